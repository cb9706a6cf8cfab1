use serde::Deserialize;
use serde_json::{Value, json};
use sqlatte_providers::Purpose;

use crate::wire::Fault;

/// Models that are told in the text what it is for, and know no type of task:
/// <https://ai.google.dev/gemini-api/docs/embeddings>.
const TOLD_IN_THE_TEXT: &str = "gemini-embedding-2";

/// The body of `batchEmbedContents`.
pub(super) fn contents(resource: &str, texts: &[String], purpose: Purpose, dimensions: Option<u32>) -> Value {
    let in_text = resource.contains(TOLD_IN_THE_TEXT);
    let requests = texts.iter().map(|text| {
        let text = if in_text { told(text, purpose) } else { text.clone() };
        let mut request = json!({"model": resource, "content": {"parts": [{"text": text}]}});
        if !in_text {
            request["taskType"] = task(purpose).into();
        }
        if let Some(dimensions) = dimensions {
            request["outputDimensionality"] = dimensions.into();
        }
        request
    });
    json!({ "requests": requests.collect::<Vec<_>>() })
}

/// The body of `predict`. What is too long for the model is cut off there.
#[cfg(feature = "vertex")]
pub(super) fn instances(model: &str, texts: &[String], purpose: Purpose, dimensions: Option<u32>) -> Value {
    let in_text = model.contains(TOLD_IN_THE_TEXT);
    let instances = texts.iter().map(|text| match in_text {
        true => json!({"content": told(text, purpose)}),
        false => json!({"content": text, "task_type": task(purpose)}),
    });
    let mut body = json!({"instances": instances.collect::<Vec<_>>(), "parameters": {"autoTruncate": true}});
    if let Some(dimensions) = dimensions {
        body["parameters"]["outputDimensionality"] = dimensions.into();
    }
    body
}

fn task(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Document => "RETRIEVAL_DOCUMENT",
        Purpose::Query => "RETRIEVAL_QUERY",
    }
}

fn told(text: &str, purpose: Purpose) -> String {
    match purpose {
        Purpose::Document => format!("title: none | text: {text}"),
        Purpose::Query => format!("task: search result | query: {text}"),
    }
}

/// The answer of either API.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Answer {
    /// Of the Gemini API.
    embeddings: Option<Vec<Values>>,
    /// Of Vertex AI.
    predictions: Option<Vec<Prediction>>,
    error: Option<Fault>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Values {
    values: Vec<f32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Prediction {
    embeddings: Values,
}

impl Answer {
    /// A failure that was sent with status 200.
    pub(super) fn take_fault(&mut self) -> Option<Fault> {
        self.error.take()
    }

    /// The vectors, in the order of the texts; `None` where it is no answer at all.
    pub(super) fn into_vectors(self) -> Option<Vec<Vec<f32>>> {
        let predictions = self.predictions.map(|all| all.into_iter().map(|one| one.embeddings).collect());
        let all: Vec<Values> = self.embeddings.or(predictions)?;
        Some(all.into_iter().map(|one| one.values).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_model_is_told_in_the_text_what_it_is_for() {
        let texts = ["orders".to_owned()];
        let body = contents("models/gemini-embedding-2-preview", &texts, Purpose::Query, None);
        let request = json!({
            "model": "models/gemini-embedding-2-preview",
            "content": {"parts": [{"text": "task: search result | query: orders"}]},
        });
        assert_eq!(body, json!({"requests": [request]}));
    }
}
