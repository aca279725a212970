//! For every operation of the contract a request of a sound shape, made from the examples that the contract gives.

use crate::harness::forms::{FileSent, form};
use crate::harness::{Client, Reply, declared};
use entraide::db::Id;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

/// An operation as the contract declares it.
#[derive(Clone, Copy)]
pub struct Operation {
    pub name: &'static str,
    pub method: &'static str,
    pub path: &'static str,
    declared: &'static Value,
}

const METHODS: [(&str, &str); 5] = [("get", "GET"), ("post", "POST"), ("patch", "PATCH"), ("put", "PUT"), ("delete", "DELETE")];

pub fn operations() -> Vec<Operation> {
    let methods = |(path, item): (&'static String, &'static Value)| {
        METHODS.iter().filter_map(move |(word, method)| {
            let declared = item.get(word)?;
            Some(Operation { name: declared["operationId"].as_str()?, method, path, declared })
        })
    };
    declared()["paths"].as_object().unwrap().iter().flat_map(methods).collect()
}

pub fn operation(name: &str) -> Operation {
    operations().into_iter().find(|operation| operation.name == name).unwrap()
}

/// What a reference leads to.
pub fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => resolved(declared().pointer(reference.trim_start_matches('#')).unwrap()),
        None => value,
    }
}

/// A value that a schema itself gives as an example; of an object, what is required.
pub fn example(schema: &'static Value) -> Value {
    let schema = resolved(schema);
    let first = |name: &str| schema[name].get(0).cloned();
    let given = schema.get("const").or_else(|| schema.get("example")).cloned();
    if let Some(given) = given.or_else(|| first("examples")).or_else(|| first("enum")).or_else(|| first("x-extensible-enum")) {
        return given;
    }
    if let Some(forms) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        return forms.iter().find(|form| form["type"] != "null").map(example).unwrap();
    }
    match schema["type"].as_str() {
        Some("object") => {
            let required = schema["required"].as_array().into_iter().flatten().map(|name| name.as_str().unwrap());
            Value::Object(required.map(|name| (name.to_owned(), example(&schema["properties"][name]))).collect())
        }
        Some("array") => json!([example(&schema["items"])]),
        Some("boolean") => json!(true),
        Some("integer") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        _ => panic!("no example in {schema}"),
    }
}

/// Writes one value wherever a body has this name.
pub fn put(body: &mut Value, name: &str, value: &str) {
    for (found, content) in body.as_object_mut().into_iter().flatten() {
        if found == name {
            *content = value.into();
        } else {
            put(content, name, value);
        }
    }
}

impl Operation {
    /// The collection whose item its address names.
    pub fn collection(&self) -> Option<&'static str> {
        let (before, _) = self.path.split_once("/{")?;
        before.rsplit('/').next()
    }

    pub fn address(&self, id: &str) -> String {
        self.path.split('/').map(|part| if part.starts_with('{') { id } else { part }).collect::<Vec<_>>().join("/")
    }

    pub fn takes(&self, parameter: &str) -> bool {
        self.declared["parameters"].as_array().into_iter().flatten().any(|declared| resolved(declared)["name"] == parameter)
    }

    /// The queries that ask for each thing that it can be asked for, one by one, and the plain one.
    pub fn questions(&self) -> Vec<String> {
        let mut queries = vec![String::new()];
        for declared in self.declared["parameters"].as_array().into_iter().flatten().map(resolved).filter(|declared| declared["in"] == "query") {
            let (name, schema) = (declared["name"].as_str().unwrap(), resolved(&declared["schema"]));
            let values = schema["enum"].as_array().filter(|_| name == "sort").cloned().unwrap_or_else(|| vec![example(schema)]);
            let text = |value: &Value| value.as_array().map_or(value, |values| &values[0]).to_string();
            let encoded = |value: &Value| utf8_percent_encode(text(value).trim_matches('"'), NON_ALPHANUMERIC).to_string();
            queries.extend(values.iter().map(|value| format!("?{name}={}", encoded(value))));
        }
        queries
    }

    fn media(&self) -> Option<(&'static str, &'static Value)> {
        let content = resolved(self.declared.get("requestBody")?)["content"].as_object()?;
        content.iter().next().map(|(media, content)| (media.as_str(), &content["schema"]))
    }

    pub fn media_type(&self) -> Option<&'static str> {
        self.media().map(|(media, _)| media)
    }

    /// The schemas of its body, where it is JSON: one for each command.
    pub fn schemas(&self) -> Vec<&'static Value> {
        let Some((_, schema)) = self.media().filter(|(media, _)| media.ends_with("json")) else { return Vec::new() };
        let schema = resolved(schema);
        schema["oneOf"].as_array().map_or_else(|| vec![schema], |forms| forms.iter().map(resolved).collect())
    }

    /// A sound body of each form; none where it takes none.
    pub fn bodies(&self) -> Vec<Value> {
        let fit = |mut body: Value| {
            // What the examples cannot know: which of several must be there, and what a role goes with.
            let more = match self.name {
                "members_search" => json!({ "birth_date": "1984-05-06" }),
                "dossiers_create" => json!({ "member_id": Id::new().to_string(), "association_id": Id::new().to_string(), "facts": { "date": "2026-09-14" } }),
                "incidents_create" => json!({ "association_id": Id::new().to_string(), "occurred_on": "2026-09-14" }),
                "financial_aid_requests_create" => json!({ "member_id": Id::new().to_string() }),
                "aid_rules_create" => json!({ "association_id": Id::new().to_string() }),
                "contact_requests_create" => json!({ "association_id": Id::new().to_string() }),
                "aid_committees_create" => json!({ "association_id": Id::new().to_string() }),
                "aid_sessions_create" => json!({ "held_on": "2026-12-24" }),
                "mandates_create" => json!({ "external_lawyer": { "name": "Anne Lac", "bar": "Moulins" }, "purpose": "reassurance" }),
                "users_create" => json!({ "grant": { "role": "volunteer", "department_code": "63", "starts_on": "2026-11-22" } }),
                "cover_decisions_create" => json!({ "insurer_code": "maif", "member_informed_on": "2026-11-20" }),
                "training_slots_create" => json!({ "starts_at": "2026-12-08T13:00:00Z", "ends_at": "2026-12-08T14:00:00Z" }),
                "training_registrations_create" => json!({ "outsider": { "name": "Anne Lac" } }),
                "training_registrations_create_many" => json!({ "establishment_id": Id::new().to_string() }),
                "training_sessions_create" => json!({ "association_id": Id::new().to_string() }),
                "user_grants_create" => json!({ "role": "volunteer", "department_code": "63" }),
                _ => json!({}),
            };
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        self.schemas().into_iter().map(|schema| fit(example(schema))).collect()
    }

    /// Sends it so that nothing changes even where it is permitted: as a trial where the operation knows trials, else without the
    /// version that it needs.
    pub fn try_out(&self, client: &Client, id: &str, body: Option<&Value>, query: &str) -> Reply {
        if !self.takes("mode") {
            return self.send(client, id, body, query, &[]);
        }
        let headers: &[(&str, &str)] = if self.takes("If-Match") { &[("If-Match", "*")] } else { &[] };
        self.send(client, id, body, &format!("mode=validate&{query}"), headers)
    }

    pub fn send(&self, client: &Client, id: &str, body: Option<&Value>, query: &str, headers: &[(&str, &str)]) -> Reply {
        let mark = if query.is_empty() { "" } else { "?" };
        let mut request = client.request(self.method, &format!("{}{mark}{}", self.address(id), query.trim_end_matches('&')));
        if self.takes("Idempotency-Key") {
            request = request.key(&Id::new().to_string());
        }
        for (name, value) in headers {
            request = request.header(name, value);
        }
        match (self.media(), body) {
            (Some(("multipart/form-data", schema)), _) => {
                let mut fields = example(schema);
                let file = fields.as_object_mut().unwrap().remove("file").unwrap();
                let (media, body) = form(&fields, Some(FileSent { declared: Some("text/plain"), bytes: file.as_str().unwrap().as_bytes() }));
                request.body(&media, body).send()
            }
            (Some(("text/csv", schema)), _) => request.body("text/csv", example(schema).as_str().unwrap().as_bytes().to_vec()).send(),
            (Some((media, _)), Some(body)) => request.body(media, body.to_string().into_bytes()).send(),
            _ => request.send(),
        }
    }
}
