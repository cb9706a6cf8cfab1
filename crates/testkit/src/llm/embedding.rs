//! The embeddings of the APIs of language models: where they are asked for, and the bodies that are documented.

use serde_json::{Value, json};

use super::{
    chat_completions::ChatCompletions, generate_content::GenerateContent, wire::Call, wire::WireFormat,
};

/// The form in which an API takes texts and gives vectors. Failures are those of its completions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmbeddingFormat {
    /// `POST …/embeddings`: <https://platform.openai.com/docs/api-reference/embeddings>.
    OpenAi,
    /// `:batchEmbedContents`: <https://ai.google.dev/api/embeddings>. A call without `x-goog-api-key` is refused.
    Gemini,
    /// `:predict`: <https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api>.
    Vertex,
}

impl EmbeddingFormat {
    /// The format that `path` belongs to, if any.
    pub fn at(path: &str) -> Option<Self> {
        if path.ends_with("/embeddings") {
            Some(EmbeddingFormat::OpenAi)
        } else if path.ends_with(":batchEmbedContents") {
            Some(EmbeddingFormat::Gemini)
        } else if path.ends_with(":predict") {
            Some(EmbeddingFormat::Vertex)
        } else {
            None
        }
    }

    /// The format of completions at the same API, which has its failures.
    pub fn completions(self) -> &'static dyn WireFormat {
        match self {
            EmbeddingFormat::OpenAi => &ChatCompletions,
            EmbeddingFormat::Gemini => &GenerateContent::Gemini,
            EmbeddingFormat::Vertex => &GenerateContent::Vertex,
        }
    }

    /// Whether the API turns the call away for want of a key.
    pub(crate) fn lacks_key(self, call: &Call<'_>) -> bool {
        self == EmbeddingFormat::Gemini && !call.has("x-goog-api-key")
    }

    /// The texts of a request; empty for a body that is none.
    pub fn texts(self, body: &Value) -> Vec<String> {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        match self {
            EmbeddingFormat::OpenAi => list(&body["input"]).iter().filter_map(text).collect(),
            EmbeddingFormat::Gemini => list(&body["requests"])
                .iter()
                .filter_map(|request| text(&request["content"]["parts"][0]["text"]))
                .collect(),
            EmbeddingFormat::Vertex => {
                list(&body["instances"]).iter().filter_map(|instance| text(&instance["content"])).collect()
            }
        }
    }

    /// The answer with these vectors; each is a list of numbers, as far as a test wants it to be right.
    pub fn answer(self, vectors: &[Value]) -> Value {
        match self {
            EmbeddingFormat::OpenAi => {
                let data = vectors.iter().enumerate().map(
                    |(index, vector)| json!({"object": "embedding", "index": index, "embedding": vector}),
                );
                json!({
                    "object": "list",
                    "data": data.collect::<Vec<_>>(),
                    "model": "text-embedding-3-small",
                    "usage": {"prompt_tokens": 8, "total_tokens": 8},
                })
            }
            EmbeddingFormat::Gemini => {
                let embeddings = vectors.iter().map(|vector| json!({ "values": vector }));
                json!({ "embeddings": embeddings.collect::<Vec<_>>() })
            }
            EmbeddingFormat::Vertex => {
                let predictions = vectors.iter().map(|vector| {
                    let statistics = json!({"truncated": false, "token_count": 4});
                    json!({"embeddings": {"values": vector, "statistics": statistics}})
                });
                json!({"predictions": predictions.collect::<Vec<_>>(), "metadata": {"billableCharacterCount": 11}})
            }
        }
    }
}
