use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlatte_providers::Purpose;

use super::EmbeddingConfig;
use crate::error::Fault;

/// The body of a request.
#[derive(Debug, Serialize)]
pub(super) struct Body<'r> {
    model: &'r str,
    input: Vec<Cow<'r, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dimensions: Option<u32>,
}

impl<'r> Body<'r> {
    pub(super) fn new(config: &'r EmbeddingConfig, texts: &'r [String], purpose: Purpose) -> Self {
        let prefix = config.prefix(purpose);
        let input = texts.iter().map(|text| match prefix {
            "" => Cow::Borrowed(text.as_str()),
            prefix => Cow::Owned(format!("{prefix}{text}")),
        });
        Body { model: config.model.trim(), input: input.collect(), dimensions: config.dimensions }
    }
}

/// The answer. Some servers answer 200 and say in `error` that they failed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Answer {
    data: Option<Vec<Item>>,
    error: Value,
}

#[derive(Debug, Deserialize)]
struct Item {
    /// Which text it is of; where it is missing, the order of the answer is that of the texts.
    #[serde(default)]
    index: Option<usize>,
    embedding: Vec<f32>,
}

impl Answer {
    /// The vectors in the order of the texts, as far as each has one; `None` where it is no answer at all.
    ///
    /// # Errors
    /// The server's own account of a failure.
    pub(super) fn into_vectors(self) -> Result<Option<Vec<Vec<f32>>>, Fault> {
        if !self.error.is_null() {
            let body = serde_json::json!({ "error": self.error });
            return Err(Fault::read(&body).unwrap_or_default());
        }
        Ok(self.data.map(|mut items| {
            items.sort_by_key(|item| item.index);
            // Of two for one text, one is of no text.
            items.dedup_by(|next, first| next.index.is_some() && next.index == first.index);
            items.into_iter().map(|item| item.embedding).collect()
        }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn vectors(answer: Value) -> Option<Vec<Vec<f32>>> {
        serde_json::from_value::<Answer>(answer).unwrap().into_vectors().unwrap()
    }

    #[test]
    fn vectors_are_put_in_the_order_of_the_texts() {
        let of =
            |index: usize, value: f32| json!({"object": "embedding", "index": index, "embedding": [value]});
        assert_eq!(vectors(json!({"data": [of(1, 2.0), of(0, 1.0)]})).unwrap(), [[1.0], [2.0]]);
        assert_eq!(vectors(json!({"data": [of(0, 1.0), of(0, 2.0)]})).unwrap().len(), 1);
        let unnumbered = json!({"data": [{"embedding": [2.0]}, {"embedding": [1.0]}]});
        assert_eq!(vectors(unnumbered).unwrap(), [[2.0], [1.0]]);
        assert_eq!(vectors(json!({"object": "list"})), None);
    }
}
