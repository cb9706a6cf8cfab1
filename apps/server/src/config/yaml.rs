use std::path::Path;

use figment::{
    Error, Metadata, Profile, Provider,
    value::{Dict, Map, Value},
};

use super::ConfigError;

/// A YAML document as a configuration layer.
#[derive(Debug)]
pub(super) struct Yaml {
    name: String,
    dict: Dict,
}

impl Yaml {
    /// Reads a file; the error names it, and the line where YAML went wrong.
    pub(super) fn file(path: &Path) -> Result<Self, ConfigError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError(format!("the configuration file {name} cannot be read: {error}")))?;
        Self::text(&name, &text)
    }

    /// Reads text that came from `name`.
    pub(super) fn text(name: &str, text: &str) -> Result<Self, ConfigError> {
        let value: Option<Value> = serde_saphyr::from_str(text)
            .map_err(|error| ConfigError(format!("{name} is not valid YAML: {error}")))?;
        match value {
            None => Ok(Yaml { name: name.to_owned(), dict: Dict::new() }),
            Some(Value::Dict(_, dict)) => Ok(Yaml { name: name.to_owned(), dict }),
            Some(_) => Err(ConfigError(format!("{name}: the configuration must be a mapping of sections"))),
        }
    }
}

impl Provider for Yaml {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.name.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Ok(Map::from([(Profile::Default, self.dict.clone())]))
    }
}
