//! Links from what creates a resource to what reads, changes and removes it.

use serde_json::{Value, json};

use super::json::{Object, text};

/// Links the 201 of `POST /things` to the operations on `/things/{id}`.
pub fn link_created(paths: &mut Object) {
    let targets: Vec<(String, Object)> = paths.keys().filter_map(|path| Some((path.clone(), links_to_item(paths.get(&format!("{path}/{{id}}"))?)))).collect();
    for (path, links) in targets {
        let created = paths.get_mut(&path).and_then(|item| item.pointer_mut("/post/responses/201"));
        if let Some(Value::Object(created)) = created {
            created.insert("links".to_owned(), Value::Object(links));
        }
    }
}

fn links_to_item(item: &Value) -> Object {
    let operations = ["get", "patch", "delete"].into_iter().filter_map(|method| item.get(method)?.as_object());
    operations
        .filter_map(|operation| Some((text(operation, "operationId")?, text(operation, "summary").unwrap_or_default())))
        .map(|(id, summary)| {
            let link = json!({ "operationId": id, "description": summary, "parameters": { "id": "$response.body#/id" } });
            (id.to_owned(), link)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::contract::json::object;

    #[test]
    fn a_created_resource_links_to_its_own_address() {
        let mut paths = object(json!({
            "/schools": { "post": { "responses": { "201": {} } } },
            "/schools/{id}": { "get": { "operationId": "schools_retrieve", "summary": "Retrieve a school" } },
        }));
        link_created(&mut paths);
        let link = paths.get("/schools").and_then(|item| item.pointer("/post/responses/201/links/schools_retrieve/parameters/id"));
        assert_eq!(link, Some(&json!("$response.body#/id")));
    }
}
