//! The OpenAPI document.

use std::collections::BTreeMap;

use serde_json::Value;
use sqlatte_server::document;

fn whole() -> Value {
    serde_json::to_value(document()).unwrap()
}

/// Every route with its statuses, and with what has to be shown.
#[test]
fn routes() {
    let document = whole();
    let mut routes = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let statuses: Vec<_> = operation["responses"].as_object().unwrap().keys().cloned().collect();
            let shown: Vec<_> = operation["security"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|one| one.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join("+"))
                .collect();
            routes.insert(
                format!("{path} {}", method.to_uppercase()),
                format!("{} | {}", statuses.join(" "), shown.join(", ")),
            );
        }
    }
    insta::assert_json_snapshot!(routes);
}

#[test]
fn every_reference_leads_somewhere() {
    let document = whole();
    let mut open = vec![&document];
    let mut seen = 0;
    while let Some(value) = open.pop() {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            let place = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(place).is_some(), "{reference} leads nowhere");
            seen += 1;
        }
        match value {
            Value::Object(map) => open.extend(map.values()),
            Value::Array(values) => open.extend(values),
            _ => {}
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn the_stream_names_the_shapes_of_its_events() {
    let document = whole();
    let stream = &document["paths"]["/api/query/stream"]["post"]["responses"]["200"]["content"];
    assert_eq!(stream["text/event-stream"]["schema"]["$ref"], "#/components/schemas/StreamEvent");
    let shapes: Vec<_> = document["components"]["schemas"]["StreamEvent"]["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["$ref"].as_str().or_else(|| one["allOf"][0]["$ref"].as_str()).unwrap_or("?"))
        .filter_map(|reference| reference.rsplit('/').next())
        .collect();
    insta::assert_json_snapshot!(shapes);
}
