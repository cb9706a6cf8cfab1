use std::path::Path;

use figment::value::{Dict, Value};

use super::ConfigError;

/// Reads a file; the error names it, and the line where YAML went wrong.
pub(super) fn file(path: &Path) -> Result<Dict, ConfigError> {
    let name = path.display().to_string();
    let content = std::fs::read_to_string(path)
        .map_err(|error| ConfigError(format!("the configuration file {name} cannot be read: {error}")))?;
    text(&name, &content)
}

/// Reads text that came from `name`.
pub(super) fn text(name: &str, content: &str) -> Result<Dict, ConfigError> {
    // A piece of the document in the error could show a password.
    let options = serde_saphyr::options! { with_snippet: false };
    let value: Option<Value> = serde_saphyr::from_str_with_options(content, options)
        .map_err(|error| ConfigError(format!("{name} is not valid YAML: {error}")))?;
    match value {
        None => Ok(Dict::new()),
        Some(Value::Dict(_, dict)) => Ok(dict),
        Some(_) => Err(ConfigError(format!("{name}: the configuration must be a mapping of sections"))),
    }
}
