//! A JSON schema as strict structured output takes it:
//! <https://platform.openai.com/docs/guides/structured-outputs#supported-schemas>.

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value};

/// What is enforced; of the rest the model is told in the description.
const ENFORCED: [&str; 20] = [
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "const",
    "anyOf",
    "$ref",
    "$defs",
    "definitions",
    "title",
    "description",
    "pattern",
    "multipleOf",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "maxItems",
];

/// The formats of strings that are enforced.
const FORMATS: [&str; 9] =
    ["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"];

/// The same schema with every object closed and every property required, as strict mode demands, and what it would
/// refuse moved into the descriptions, where the model reads it. What fits it fits the schema given.
pub(crate) fn strict(schema: &Value) -> Value {
    let Value::Object(schema) = schema else { return schema.clone() };
    let mut strict = Map::new();
    let mut told = Vec::new();
    for (key, value) in schema {
        match key.as_str() {
            "properties" | "$defs" | "definitions" => {
                strict.insert(key.clone(), each_value(value));
            }
            "items" => {
                strict.insert(key.clone(), self::strict(value));
            }
            "anyOf" | "oneOf" => {
                strict.insert("anyOf".to_owned(), each_item(value));
            }
            "format" if value.as_str().is_some_and(|format| FORMATS.contains(&format)) => {
                strict.insert(key.clone(), value.clone());
            }
            "minItems" => {
                strict.insert(key.clone(), value.clone());
            }
            "$schema" | "$id" => {}
            key if ENFORCED.contains(&key) => {
                strict.insert(key.to_owned(), value.clone());
            }
            key => told.push(format!("{key}: {value}")),
        }
    }
    if strict.contains_key("properties") || strict.get("type").is_some_and(is_object) {
        strict.insert("additionalProperties".to_owned(), Value::Bool(false));
        let names = in_order(&strict).map(|(name, _)| Value::from(name)).collect();
        strict.insert("required".to_owned(), names);
    }
    if !told.is_empty() {
        let told = format!("({})", told.join(", "));
        let description = match strict.get("description").and_then(Value::as_str) {
            Some(description) => format!("{description} {told}"),
            None => told,
        };
        strict.insert("description".to_owned(), description.into());
    }
    Value::Object(strict)
}

/// A schema whose properties are written in the order of `required`, the others after them.
///
/// Models write the fields of an answer in the order of the schema, and a `Value` sorts them by name: the author of a
/// schema says with `required` what should come first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ordered<'s>(pub(crate) &'s Value);

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(schema) => {
                let mut map = serializer.serialize_map(Some(schema.len()))?;
                for (key, value) in schema {
                    match value {
                        Value::Object(_) if key == "properties" => {
                            map.serialize_entry(key, &Properties(schema))?;
                        }
                        value => map.serialize_entry(key, &Ordered(value))?,
                    }
                }
                map.end()
            }
            Value::Array(items) => serializer.collect_seq(items.iter().map(Ordered)),
            other => other.serialize(serializer),
        }
    }
}

/// The properties of an object's schema.
struct Properties<'s>(&'s Map<String, Value>);

impl Serialize for Properties<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(in_order(self.0).map(|(name, schema)| (name, Ordered(schema))))
    }
}

/// The properties of an object's schema, the required ones first and in their order.
fn in_order(schema: &Map<String, Value>) -> impl Iterator<Item = (&str, &Value)> {
    let required = schema.get("required").and_then(Value::as_array);
    let required: Vec<&str> = required.into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema.get("properties").and_then(Value::as_object);
    let mut all: Vec<(&str, &Value)> =
        properties.into_iter().flatten().map(|(name, schema)| (name.as_str(), schema)).collect();
    // The sort is stable: those that are not required keep their order.
    all.sort_by_key(|(name, _)| required.iter().position(|one| one == name).unwrap_or(usize::MAX));
    all.into_iter()
}

fn is_object(kind: &Value) -> bool {
    kind == "object" || kind.as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "object"))
}

fn each_value(schemas: &Value) -> Value {
    match schemas {
        Value::Object(schemas) => {
            schemas.iter().map(|(name, schema)| (name.clone(), strict(schema))).collect()
        }
        other => other.clone(),
    }
}

fn each_item(schemas: &Value) -> Value {
    match schemas {
        Value::Array(schemas) => schemas.iter().map(strict).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn closes_objects_requires_all_and_tells_what_is_not_enforced() {
        let strict = strict(&json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {
                "sql": {"type": ["string", "null"], "maxLength": 5000, "description": "One query."},
                "confidence": {"type": "number", "minimum": 0, "maximum": 1},
                "kind": {"type": "string", "enum": ["sql", "chat"]},
                "tables": {"type": "array", "minItems": 1, "items": {
                    "type": "object", "properties": {"name": {"type": "string"}},
                }},
                "when": {"oneOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "week"}]},
                "required": {"type": "string", "description": "a column of that name"},
                "options": {"$ref": "#/$defs/option"},
            },
            "required": ["sql", "kind"],
            "additionalProperties": true,
            "$defs": {"option": {"type": "object", "properties": {}}},
        }));
        insta::assert_snapshot!(serde_json::to_string_pretty(&Ordered(&strict)).unwrap());
    }

    #[test]
    fn properties_are_written_in_the_order_of_required() {
        let schema = json!({
            "type": "object",
            "properties": {"a": {"type": "string"}, "b": {
                "type": "object",
                "properties": {"x": true, "y": true, "properties": {"enum": [{"required": 1}]}},
                "required": ["y", "x"],
            }, "sql": {"type": "string"}},
            "required": ["sql", "b", "missing"],
        });
        let text = serde_json::to_string(&Ordered(&schema)).unwrap();
        let at = |name: &str| text.find(&format!("\"{name}\":")).unwrap();
        assert!(at("sql") < at("b") && at("b") < at("a") && at("y") < at("x"), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), schema, "and nothing else is changed");
    }
}
