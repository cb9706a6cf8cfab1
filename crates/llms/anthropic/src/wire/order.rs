use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// A schema whose properties are written in the order of `required`, the others after them.
///
/// Models write the fields of an answer in the order of the schema, and a `Value` sorts them by name: the author of a
/// schema says with `required` what should come first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ordered<'s>(pub(crate) &'s Value);

/// Writes a schema of one's own in its order.
pub(crate) fn ordered<S: Serializer>(schema: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    Ordered(schema).serialize(serializer)
}

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(schema) => serializer.collect_map(schema.iter().map(|(key, value)| {
                let part = match value {
                    Value::Object(_) if key == "properties" => Part::Properties(schema),
                    value => Part::Schema(Ordered(value)),
                };
                (key, part)
            })),
            Value::Array(items) => serializer.collect_seq(items.iter().map(Ordered)),
            other => other.serialize(serializer),
        }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Part<'s> {
    Schema(Ordered<'s>),
    #[serde(serialize_with = "properties")]
    Properties(&'s Map<String, Value>),
}

/// The properties of an object's schema, the required ones first and in their order.
fn properties<S: Serializer>(schema: &Map<String, Value>, serializer: S) -> Result<S::Ok, S::Error> {
    let required = schema.get("required").and_then(Value::as_array);
    let required: Vec<&str> = required.into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema.get("properties").and_then(Value::as_object);
    let mut all: Vec<(&String, &Value)> = properties.into_iter().flatten().collect();
    // The sort is stable: those that are not required keep their order.
    all.sort_by_key(|(name, _)| required.iter().position(|one| one == name).unwrap_or(usize::MAX));
    serializer.collect_map(all.into_iter().map(|(name, schema)| (name, Ordered(schema))))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
