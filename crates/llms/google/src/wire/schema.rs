//! A JSON schema in the forms that the API takes. What neither form enforces (patterns, lengths, unknown formats)
//! goes into the descriptions, where the model reads it.

use serde_json::{Map, Value, json};

/// What `responseJsonSchema` enforces: <https://ai.google.dev/api/generate-content#generationconfig>.
const ENFORCED: [&str; 19] = [
    "$id",
    "$defs",
    "$ref",
    "$anchor",
    "type",
    "format",
    "title",
    "description",
    "enum",
    "items",
    "prefixItems",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
    "anyOf",
    "properties",
    "additionalProperties",
    "required",
];

/// What `responseSchema` knows, as far as it is called the same: <https://ai.google.dev/api/caching#Schema>.
const OPEN_API: [&str; 14] = [
    "title",
    "description",
    "enum",
    "format",
    "minItems",
    "maxItems",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "pattern",
    "required",
    "nullable",
    "default",
];

/// Formats of strings and numbers that `responseSchema` does not refuse.
const OPEN_API_FORMATS: [&str; 8] =
    ["date-time", "date", "enum", "int32", "int64", "float", "double", "time"];

/// How often a reference is followed into itself before the rest is left open.
const DEPTH: usize = 8;

/// The schema for `responseJsonSchema`, with its properties written in the order in which they are required.
pub(crate) fn json_schema(schema: &Value) -> Value {
    let mut schema = parameters(schema);
    each_object(&mut schema, &order);
    schema
}

/// The schema for the arguments of a function, which arrive whole and in any order.
pub(crate) fn parameters(schema: &Value) -> Value {
    let Value::Object(schema) = schema else { return schema.clone() };
    let mut kept = Map::new();
    let mut told = Vec::new();
    for (key, value) in schema {
        match key.as_str() {
            "properties" | "$defs" => drop(kept.insert(key.clone(), each_value(value, parameters))),
            "definitions" => drop(kept.insert("$defs".to_owned(), each_value(value, parameters))),
            "items" => drop(kept.insert(key.clone(), parameters(value))),
            "anyOf" | "prefixItems" => drop(kept.insert(key.clone(), each_item(value, parameters))),
            "oneOf" => drop(kept.insert("anyOf".to_owned(), each_item(value, parameters))),
            "const" => drop(kept.insert("enum".to_owned(), json!([value]))),
            "$ref" => {
                let target = value.as_str().map(|target| target.replace("#/definitions/", "#/$defs/"));
                kept.insert(key.clone(), target.map_or(value.clone(), Value::from));
            }
            "$schema" => {}
            key if ENFORCED.contains(&key) => drop(kept.insert(key.to_owned(), value.clone())),
            key => told.push(format!("{key}: {value}")),
        }
    }
    // Beside a reference the API takes nothing else.
    if kept.contains_key("$ref") {
        kept.retain(|key, _| key.starts_with('$'));
    } else {
        tell(&mut kept, &told);
    }
    Value::Object(kept)
}

/// The schema for `responseSchema`: types in capitals, `nullable` instead of a type `null`, no references.
pub(crate) fn open_api(schema: &Value) -> Value {
    convert(schema, schema, DEPTH)
}

fn convert(schema: &Value, root: &Value, depth: usize) -> Value {
    let Value::Object(schema) = schema else { return json!({"type": "STRING"}) };
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        let target = target.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
        return match (target, depth) {
            (Some(target), 1..) => convert(target, root, depth - 1),
            _ => json!({"type": "OBJECT"}),
        };
    }
    let convert = |schema: &Value| convert(schema, root, depth);
    let mut kept = Map::new();
    let mut told = Vec::new();
    for (key, value) in schema {
        match key.as_str() {
            "type" => kind(value, &mut kept),
            "properties" => drop(kept.insert(key.clone(), each_value(value, convert))),
            "items" => drop(kept.insert(key.clone(), convert(value))),
            "anyOf" | "oneOf" => drop(kept.insert("anyOf".to_owned(), each_item(value, convert))),
            "const" => drop(kept.insert("enum".to_owned(), json!([value]))),
            "$schema" | "$id" | "$defs" | "definitions" | "additionalProperties" => {}
            "format" if !value.as_str().is_some_and(|format| OPEN_API_FORMATS.contains(&format)) => {
                told.push(format!("{key}: {value}"));
            }
            key if OPEN_API.contains(&key) => drop(kept.insert(key.to_owned(), value.clone())),
            key => told.push(format!("{key}: {value}")),
        }
    }
    tell(&mut kept, &told);
    order(&mut kept);
    Value::Object(kept)
}

/// `"type": ["string", "null"]` is a text that may be null.
fn kind(value: &Value, kept: &mut Map<String, Value>) {
    let names = match value {
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect::<Vec<_>>(),
    };
    if names.contains(&"null") {
        kept.insert("nullable".to_owned(), true.into());
    }
    let kinds: Vec<_> =
        names.into_iter().filter(|name| *name != "null").map(str::to_ascii_uppercase).collect();
    match &kinds[..] {
        [] => {}
        [one] => drop(kept.insert("type".to_owned(), one.as_str().into())),
        several => {
            let any = several.iter().map(|kind| json!({"type": kind})).collect();
            kept.insert("anyOf".to_owned(), Value::Array(any));
        }
    }
}

/// Objects are written in the order of `required`, and what may be left out comes last: JSON objects have no order of
/// their own, and a reader of the stream wants what matters first.
fn order(schema: &mut Map<String, Value>) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    let mut order: Vec<Value> = required
        .filter(|name| name.as_str().is_some_and(|name| properties.contains_key(name)))
        .cloned()
        .collect();
    let rest: Vec<Value> = properties
        .keys()
        .map(|name| Value::from(name.as_str()))
        .filter(|name| !order.contains(name))
        .collect();
    order.extend(rest);
    if order.len() > 1 {
        schema.insert("propertyOrdering".to_owned(), order.into());
    }
}

/// Changes the schema and every one within.
fn each_object(schema: &mut Value, change: &impl Fn(&mut Map<String, Value>)) {
    let Value::Object(schema) = schema else { return };
    change(schema);
    for (key, value) in schema {
        match (key.as_str(), value) {
            ("properties" | "$defs", Value::Object(schemas)) => {
                schemas.values_mut().for_each(|schema| each_object(schema, change));
            }
            ("anyOf" | "prefixItems", Value::Array(schemas)) => {
                schemas.iter_mut().for_each(|schema| each_object(schema, change));
            }
            ("items", schema) => each_object(schema, change),
            _ => {}
        }
    }
}

/// Puts what is not enforced into the description.
fn tell(schema: &mut Map<String, Value>, told: &[String]) {
    if told.is_empty() {
        return;
    }
    let told = format!("({})", told.join(", "));
    let description = match schema.get("description").and_then(Value::as_str) {
        Some(description) => format!("{description} {told}"),
        None => told,
    };
    schema.insert("description".to_owned(), description.into());
}

fn each_value(schemas: &Value, form: impl Fn(&Value) -> Value) -> Value {
    match schemas {
        Value::Object(schemas) => schemas.iter().map(|(name, schema)| (name.clone(), form(schema))).collect(),
        other => other.clone(),
    }
}

fn each_item(schemas: &Value, form: impl Fn(&Value) -> Value) -> Value {
    match schemas {
        Value::Array(schemas) => schemas.iter().map(form).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests;
