use serde::Deserialize;

/// The most names an error tells.
const TOLD: usize = 8;

/// The list of models: <https://platform.openai.com/docs/api-reference/models/list>.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Models {
    data: Vec<Model>,
}

#[derive(Debug, Deserialize)]
struct Model {
    id: String,
}

impl Models {
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
    fn the_nearest_names_are_told_first() {
        let models: Models = serde_json::from_value(json!({"object": "list", "data": [
            {"id": "qwen3:8b", "object": "model"}, {"id": "llama3.2:latest"}, {"id": "llama3.1:70b"},
        ]}))
        .unwrap();
        assert_eq!(models.some("llama3.3").as_deref(), Some("llama3.1:70b, llama3.2:latest, qwen3:8b"));
        assert_eq!(Models::default().some("llama3.3"), None);
        let many = Models { data: (0..100).map(|n| Model { id: format!("m{n:02}") }).collect() };
        assert_eq!(many.some("m9").unwrap(), "m90, m91, m92, m93, m94, m95, m96, m97 and 92 more");
    }
}
