use serde_json::{Value, json};
use sqlatte_e2e::Response;
use uuid::{Uuid, Version};

/// What the server says of itself in its OpenAPI document, to hold its responses against.
#[derive(Debug, Clone)]
pub(crate) struct Contract {
    document: Value,
}

impl Contract {
    /// From the document.
    pub(crate) fn new(document: Value) -> Self {
        Contract { document }
    }

    /// The path templates with their methods in capitals.
    pub(crate) fn routes(&self) -> Vec<(String, String)> {
        let paths = self.document["paths"].as_object().unwrap().iter();
        paths
            .flat_map(|(path, item)| item.as_object().unwrap().keys().map(move |method| (method, path)))
            .map(|(method, path)| (method.to_uppercase(), path.clone()))
            .collect()
    }

    /// Fails unless the response is one that the document describes, or a problem as all routes have them.
    pub(crate) fn check(&self, response: &Response) {
        let what = format!("{} answered {}: {}", response.request, response.status, start(&response.text()));
        assert!(!response.header("x-request-id").is_empty(), "no request id: {what}");
        assert_eq!(response.header("x-content-type-options"), "nosniff", "{what}");
        let content_type = response.header("content-type");
        if response.status >= 400 {
            assert_eq!(content_type, "application/problem+json", "{what}");
            let problem = response.json();
            self.fits("Problem", &problem, &what);
            assert_eq!(problem["status"], response.status, "{what}");
            assert_eq!(problem["request_id"], response.header("x-request-id"), "{what}");
            return;
        }
        let Some(documented) = self.responses(&response.request) else { return };
        let documented = &documented[response.status.to_string()];
        assert!(!documented.is_null(), "a status that the document does not know: {what}");
        let Some(contents) = documented["content"].as_object() else {
            assert!(response.body.is_empty(), "a body that the document does not know: {what}");
            return;
        };
        let essence = content_type.split(';').next().unwrap_or_default();
        let schema = contents.get(essence).map(|content| &content["schema"]);
        let schema = schema.unwrap_or_else(|| {
            panic!("content of a type that the document does not know, {essence}: {what}")
        });
        if essence == "application/json" && schema["type"] != "string" {
            self.matches(schema, &response.json(), &what);
        }
    }

    /// Fails unless the value is of this component.
    pub(crate) fn fits(&self, component: &str, value: &Value, what: &str) {
        self.matches(&json!({ "$ref": format!("#/components/schemas/{component}") }), value, what);
    }

    fn matches(&self, schema: &Value, value: &Value, what: &str) {
        // A field that the document does not name would be a secret of the server's.
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": self.document["components"],
            "allOf": [schema],
            "unevaluatedProperties": false,
        });
        let validator = jsonschema::validator_for(&schema).unwrap();
        let faults: Vec<String> =
            validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(faults.is_empty(), "{}\n{what}", faults.join("\n"));
        uuids(value, what);
    }

    /// The responses of the operation that `METHOD /path?query` names; `None` if the document has no such path.
    fn responses(&self, request: &str) -> Option<&Value> {
        let (method, path) = request.split_once(' ')?;
        let path = path.split('?').next()?;
        let paths = self.document["paths"].as_object()?;
        let (_, item) = paths.iter().find(|(template, _)| is_of(path, template))?;
        Some(&item[method.to_lowercase()]["responses"])
    }
}

/// Every id of ours is a UUID of version 7.
fn uuids(value: &Value, what: &str) {
    for key in ["query_id", "id"] {
        if let Some(id) = value[key].as_str() {
            let id: Uuid = id.parse().unwrap_or_else(|error| panic!("{key}: {error}: {what}"));
            assert_eq!(id.get_version(), Some(Version::SortRand), "{key}: {what}");
        }
    }
    if let Some(items) = value["items"].as_array() {
        items.iter().for_each(|item| uuids(item, what));
    }
}

fn is_of(path: &str, template: &str) -> bool {
    let (own, known): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), template.split('/').collect());
    own.len() == known.len()
        && own.iter().zip(known).all(|(own, known)| known.starts_with('{') || *own == known)
}

fn start(text: &str) -> String {
    text.chars().take(1000).collect()
}
