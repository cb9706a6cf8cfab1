use serde::Deserialize;
use serde_json::Value;

/// The most names an error tells.
const TOLD: usize = 8;

/// The list of models: <https://platform.openai.com/docs/api-reference/models/list>.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Models {
    data: Vec<Model>,
}

/// A model of the list. What it tells beside the name is each server's own.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Model {
    pub(crate) id: String,
    /// `library` at Ollama, `llamacpp` at llama.cpp.
    pub(crate) owned_by: Value,
    /// LM Studio: the context it is loaded with.
    loaded_context_length: Value,
    /// vLLM.
    max_model_len: Value,
    /// OpenRouter.
    context_length: Value,
    /// LM Studio: the most it could be loaded with.
    max_context_length: Value,
}

impl Model {
    /// The context in tokens, if the list tells.
    pub(crate) fn context(&self) -> Option<u64> {
        let told = [
            &self.loaded_context_length,
            &self.max_model_len,
            &self.context_length,
            &self.max_context_length,
        ];
        told.into_iter().find_map(Value::as_u64)
    }
}

/// Whether two names are the same model's. Ollama lists `llama3.2` as `llama3.2:latest`.
pub(crate) fn is_same(listed: &str, name: &str) -> bool {
    listed == name || listed.strip_suffix(":latest") == Some(name)
}

impl Models {
    /// The model of this name, if it is among them.
    pub(crate) fn find(&self, name: &str) -> Option<&Model> {
        self.data.iter().find(|model| is_same(&model.id, name.trim()))
    }

    /// Some of the names, those that begin like `name` first; nothing where there are none.
    pub(crate) fn some(&self, name: &str) -> Option<String> {
        let like = |id: &str| {
            let same = id.chars().zip(name.trim().chars()).take_while(|(one, other)| one == other);
            std::cmp::Reverse(same.count())
        };
        let mut names: Vec<&str> = self.data.iter().map(|model| model.id.as_str()).collect();
        names.sort_by_key(|id| (like(id), *id));
        let more = names.len().saturating_sub(TOLD);
        names.truncate(TOLD);
        match (names.is_empty(), more) {
            (true, _) => None,
            (false, 0) => Some(names.join(", ")),
            (false, more) => Some(format!("{} and {more} more", names.join(", "))),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_found_and_the_nearest_told_first() {
        let models: Models = serde_json::from_value(json!({"object": "list", "data": [
            {"id": "qwen3:8b", "object": "model", "max_model_len": 4096}, {"id": "llama3.2:latest"},
            {"id": "llama3.1:70b", "context_length": "unknown"},
        ]}))
        .unwrap();
        let context = |name| models.find(name).map(Model::context);
        assert_eq!(
            (context(" qwen3:8b "), context("llama3.2"), context("llama3")),
            (Some(Some(4096)), Some(None), None)
        );
        assert_eq!(models.some("llama3.3").as_deref(), Some("llama3.1:70b, llama3.2:latest, qwen3:8b"));
        assert_eq!(Models::default().some("llama3.3"), None);
        let many =
            Models { data: (0..100).map(|n| Model { id: format!("m{n:02}"), ..Model::default() }).collect() };
        assert_eq!(many.some("m9").unwrap(), "m90, m91, m92, m93, m94, m95, m96, m97 and 92 more");
    }
}
