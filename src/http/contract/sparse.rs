//! What `fields=` serves: the same object with every property optional.

use serde_json::{Value, json};

use super::json::{Object, referred_schema, schema_ref};

/// A representation with only the fields asked for.
pub struct Sparse {
    /// Reference to its schema.
    pub reference: Value,
    /// Words that `fields=` takes.
    pub fields: Vec<String>,
}

/// Adds the sparse form of a resource, or of a page of them, to the component schemas.
pub fn add_sparse(name: &str, schemas: &mut Object) -> Option<Sparse> {
    match item_name(schemas.get(name)?) {
        None => add_sparse_resource(name, schemas),
        Some(item) => {
            let Sparse { reference, fields } = add_sparse_resource(&item, schemas)?;
            let mut page = schemas.get(name)?.clone();
            *page.pointer_mut("/properties/items/items")? = reference;
            let page_name = format!("{item}FieldsPage");
            schemas.insert(page_name.clone(), page);
            Some(Sparse { reference: schema_ref(&page_name), fields })
        }
    }
}

/// Name of the schema of the items of a page.
pub fn item_name(page: &Value) -> Option<String> {
    referred_schema(page.pointer("/properties/items/items")?.as_object()?).map(str::to_owned)
}

fn add_sparse_resource(name: &str, schemas: &mut Object) -> Option<Sparse> {
    let mut schema = schemas.get(name)?.as_object()?.clone();
    // What is always served can be asked for; the rest comes by `expand`.
    let fields = schema.remove("required")?.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    schema.insert("description".to_owned(), json!(format!("`{name}` with only the properties asked for in `fields`.")));
    let sparse_name = format!("{name}Fields");
    schemas.insert(sparse_name.clone(), Value::Object(schema));
    Some(Sparse { reference: schema_ref(&sparse_name), fields })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::contract::json::object;

    #[test]
    fn a_page_of_sparse_items_has_optional_fields_only_inside() {
        let mut schemas = object(json!({
            "School": { "type": "object", "properties": { "id": {}, "uai": {} }, "required": ["id", "uai"] },
            "SchoolPage": { "type": "object", "required": ["items"],
                "properties": { "items": { "type": "array", "items": schema_ref("School") } } },
        }));
        let sparse = add_sparse("SchoolPage", &mut schemas);
        assert_eq!(sparse.map(|sparse| (sparse.reference, sparse.fields)), Some((schema_ref("SchoolFieldsPage"), vec!["id".to_owned(), "uai".to_owned()])));
        assert_eq!(schemas.get("SchoolFields").and_then(|fields| fields.get("required")), None);
        assert_eq!(schemas.get("SchoolFieldsPage").and_then(|page| page.get("required")), Some(&json!(["items"])));
    }
}
