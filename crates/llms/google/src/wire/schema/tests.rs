use super::*;

fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "sql": {"type": ["string", "null"], "maxLength": 5000, "description": "One query."},
            "confidence": {"type": "number", "minimum": 0, "maximum": 1},
            "kind": {"type": "string", "const": "sql"},
            "tables": {"type": "array", "minItems": 1, "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
            "options": {"type": "array", "items": {"$ref": "#/definitions/option", "description": "lost"}},
            "when": {"oneOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "week"}]},
            "anything": {"type": ["string", "integer"]},
        },
        "required": ["kind", "sql"],
        "additionalProperties": false,
        "definitions": {
            "option": {"type": "object", "properties": {"more": {"$ref": "#/definitions/option"}, "text": {"type": "string"}}},
        },
    })
}

#[test]
fn json_schema_keeps_what_is_enforced_in_the_order_of_what_is_required() {
    insta::assert_json_snapshot!(json_schema(&schema()));
}

#[test]
fn open_api_has_types_in_capitals_and_no_references() {
    let mut schema = schema();
    schema["definitions"]["option"]["properties"].as_object_mut().unwrap().remove("more");
    insta::assert_json_snapshot!(open_api(&schema));
}

#[test]
fn a_reference_to_itself_ends() {
    let text = open_api(&schema()).to_string();
    assert!(!text.contains("$ref"), "{text}");
    assert_eq!(text.matches("\"more\":").count(), DEPTH);
    assert_eq!(open_api(&json!({"$ref": "#/$defs/missing"})), json!({"type": "OBJECT"}));
}
