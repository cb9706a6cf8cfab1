use figment::{Figment, value::Value};

/// A setting that decides much, with where it comes from.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    /// The key.
    pub(crate) key: String,
    /// What it is set to; `None` if it is not set. A secret is not shown.
    pub(crate) value: Option<String>,
    /// The strongest layer that names it.
    pub(crate) from: String,
}

/// The settings on which it depends what is asked, by whom and where.
pub(super) fn origins(layers: &Figment, database: &str, llm: &str) -> Vec<Origin> {
    let shown = |key: &str| origin(layers, key.to_owned(), false);
    let secret = |key: String| origin(layers, key, true);
    let mut origins = vec![shown("app.host"), shown("app.port"), shown("storage.data_dir")];
    origins.push(shown("database.provider"));
    origins.push(shown(&format!("database.{database}.path")));
    // A URL may hold a password.
    origins.push(secret(format!("database.{database}.url")));
    origins.push(shown("llm.provider"));
    origins.push(secret(format!("llm.{llm}.api_key")));
    origins.into_iter().flatten().collect()
}

fn origin(layers: &Figment, key: String, secret: bool) -> Option<Origin> {
    let value = layers.find_value(&key).ok()?;
    let from = layers.get_metadata(value.tag())?.name.to_string();
    let text = match &value {
        Value::String(_, text) => text.clone(),
        Value::Num(_, number) => number.to_u128().map(|number| number.to_string()).unwrap_or_default(),
        _ => String::new(),
    };
    let value = (!text.is_empty()).then(|| if secret { "set".to_owned() } else { text });
    Some(Origin { key, value, from })
}
