//! A JSON schema in the subset that structured output takes:
//! <https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations>.

use serde_json::{Map, Value};

/// What the API enforces; of the rest the model is told in the description.
const ENFORCED: [&str; 16] = [
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "const",
    "anyOf",
    "allOf",
    "$ref",
    "$defs",
    "definitions",
    "title",
    "description",
    "format",
    "default",
];

/// The formats of strings that are enforced.
const FORMATS: [&str; 10] =
    ["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"];

/// The same schema with every object closed, as the API demands, and what it would refuse (lengths, ranges,
/// patterns, unknown formats) moved into the descriptions, where the model reads it.
pub(crate) fn closed(schema: &Value) -> Value {
    let Value::Object(schema) = schema else { return schema.clone() };
    let mut closed = Map::new();
    let mut told = Vec::new();
    for (key, value) in schema {
        match key.as_str() {
            "properties" | "$defs" | "definitions" => {
                closed.insert(key.clone(), each_value(value));
            }
            "items" => {
                closed.insert(key.clone(), self::closed(value));
            }
            "anyOf" | "allOf" => {
                closed.insert(key.clone(), each_item(value));
            }
            "oneOf" => {
                closed.insert("anyOf".to_owned(), each_item(value));
            }
            "format" if !value.as_str().is_some_and(|format| FORMATS.contains(&format)) => {
                told.push(format!("{key}: {value}"));
            }
            "minItems" if value.as_u64().is_some_and(|least| least <= 1) => {
                closed.insert(key.clone(), value.clone());
            }
            "$schema" | "$id" => {}
            key if ENFORCED.contains(&key) => {
                closed.insert(key.to_owned(), value.clone());
            }
            key => told.push(format!("{key}: {value}")),
        }
    }
    if closed.contains_key("properties") || closed.get("type").is_some_and(is_object) {
        closed.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
    if !told.is_empty() {
        let told = format!("({})", told.join(", "));
        let description = match closed.get("description").and_then(Value::as_str) {
            Some(description) => format!("{description} {told}"),
            None => told,
        };
        closed.insert("description".to_owned(), description.into());
    }
    Value::Object(closed)
}

fn is_object(kind: &Value) -> bool {
    kind == "object" || kind.as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "object"))
}

fn each_value(schemas: &Value) -> Value {
    match schemas {
        Value::Object(schemas) => {
            schemas.iter().map(|(name, schema)| (name.clone(), closed(schema))).collect()
        }
        other => other.clone(),
    }
}

fn each_item(schemas: &Value) -> Value {
    match schemas {
        Value::Array(schemas) => schemas.iter().map(closed).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn closes_objects_and_tells_what_is_not_enforced() {
        insta::assert_json_snapshot!(closed(&json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {
                "sql": {"type": ["string", "null"], "maxLength": 5000, "description": "One query."},
                "confidence": {"type": "number", "minimum": 0, "maximum": 1},
                "kind": {"type": "string", "enum": ["sql", "chat"]},
                "tables": {"type": "array", "minItems": 1, "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
                "options": {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/option"}},
                "when": {"oneOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "week"}]},
                "default": {"type": "string", "description": "a column of that name"},
            },
            "required": ["sql"],
            "additionalProperties": true,
            "$defs": {"option": {"type": "object", "properties": {}}},
        })));
    }
}
