//! The configuration: the compiled-in default, a file, the environment, the command line, in rising strength.

mod sections;
mod yaml;

use std::path::{Path, PathBuf};

use figment::{
    Figment,
    providers::{Env, Serialized},
};
use serde::Deserialize;

pub use self::sections::{App, Conversation, Cors, Log, LogFormat, Provider, Query, Storage};
use self::yaml::Yaml;

/// The manual and the defaults in one.
const DEFAULTS: &str = include_str!("../../../config/default.yaml");
/// Read when nothing else is named and it is there.
const USUAL_FILE: &str = "config/config.yaml";

/// All settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The server itself.
    pub app: App,
    /// Where SQLatte keeps its own data.
    pub storage: Storage,
    /// The database that is asked.
    pub database: Provider,
    /// What turns questions into SQL.
    pub llm: Provider,
    /// What a question may cost.
    pub query: Query,
    /// Conversation memory.
    pub conversation: Conversation,
    /// Which web pages may use the API.
    pub cors: Cors,
    /// What is logged.
    pub log: Log,
}

/// What the command line says; each is stronger than every other layer.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `app.host`
    pub host: Option<String>,
    /// `app.port`
    pub port: Option<u16>,
    /// `storage.data_dir`
    pub data_dir: Option<PathBuf>,
    /// A database URL; its scheme is the provider.
    pub database: Option<String>,
}

/// A configuration that cannot be used; the text names the file, the line or the key, and what is wrong.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

impl Config {
    /// Reads all layers. `file` must exist; without it the usual file is read if it is there.
    ///
    /// # Errors
    /// A file that cannot be read or is not YAML, a key nobody knows, a value of the wrong kind.
    pub fn load(file: Option<&Path>, overrides: &Overrides) -> Result<Self, ConfigError> {
        let mut layers = Figment::from(Yaml::text("default.yaml", DEFAULTS)?);
        let usual = Path::new(USUAL_FILE);
        match file {
            Some(file) => layers = layers.merge(Yaml::file(file)?),
            None if usual.exists() => layers = layers.merge(Yaml::file(usual)?),
            None => {}
        }
        let config = short_names(layers)
            .merge(Env::prefixed("SQLATTE__").split("__"))
            .merge(Serialized::defaults(overrides.layer()?))
            .extract::<Config>()
            .map_err(|error| ConfigError(explain(&error)))?;
        config.check()?;
        Ok(config)
    }

    /// What no single key can say.
    fn check(&self) -> Result<(), ConfigError> {
        let Query { default_limit, max_limit, timeout, .. } = self.query;
        if default_limit > max_limit {
            return Err(ConfigError(format!(
                "query.default_limit ({default_limit}) is more than query.max_limit ({max_limit}): lower one or \
                 raise the other"
            )));
        }
        if timeout == 0 || max_limit == 0 {
            return Err(ConfigError("query.timeout and query.max_limit must be at least 1".to_owned()));
        }
        if self.app.access_keys.iter().any(|key| key.expose().len() < 24) {
            return Err(ConfigError(
                "app.access_keys: every key must have at least 24 characters; `openssl rand -hex 24` makes one"
                    .to_owned(),
            ));
        }
        if self.cors.allow_origins.iter().any(|origin| origin == "*") && self.app.access_keys.is_empty() {
            return Err(ConfigError(
                "cors.allow_origins: \"*\" lets every web page read the database through its visitor: set \
                 app.access_keys first, or name the origins"
                    .to_owned(),
            ));
        }
        Ok(())
    }
}

impl Overrides {
    fn layer(&self) -> Result<serde_json::Value, ConfigError> {
        let mut layer = serde_json::Map::new();
        let mut set = |section: &str, key: &str, value: serde_json::Value| {
            layer.entry(section).or_insert_with(|| serde_json::json!({}))[key] = value;
        };
        if let Some(host) = &self.host {
            set("app", "host", host.as_str().into());
        }
        if let Some(port) = self.port {
            set("app", "port", port.into());
        }
        if let Some(dir) = &self.data_dir {
            set("storage", "data_dir", dir.to_string_lossy().into());
        }
        if let Some(url) = &self.database {
            let kind = kind_of(url)?;
            set("database", "provider", kind.into());
            set("database", kind, serde_json::json!({ "url": url }));
        }
        Ok(layer.into())
    }
}

/// The provider a database URL is for: its scheme.
fn kind_of(url: &str) -> Result<&str, ConfigError> {
    match url.split_once(':') {
        Some((scheme, rest)) if !scheme.is_empty() && !rest.is_empty() => Ok(scheme),
        _ => Err(ConfigError(
            "--database takes a URL such as sqlite:/path/file.db or postgres://user@host/name".to_owned(),
        )),
    }
}

/// The short environment names; the general `SQLATTE__SECTION__KEY` is stronger.
fn short_names(layers: Figment) -> Figment {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let mut layers = layers;
    if let Some(url) = set("SQLATTE_DB_URL")
        && let Ok(layer) = (Overrides { database: Some(url), ..Overrides::default() }).layer()
    {
        layers = layers.merge(Serialized::defaults(layer));
    }
    if let Some(key) = set("ANTHROPIC_API_KEY") {
        layers = layers.merge(Serialized::default("llm.anthropic.api_key", key));
    }
    if let Some(key) = set("SQLATTE_LLM_API_KEY") {
        let provider = layers.extract_inner::<String>("llm.provider").unwrap_or_default();
        layers = layers.merge(Serialized::default(&format!("llm.{provider}.api_key"), key));
    }
    layers
}

/// A figment error in one line: the key, what is wrong, where it comes from.
fn explain(error: &figment::Error) -> String {
    let mut text = String::new();
    for one in error.clone() {
        if !text.is_empty() {
            text.push_str("; ");
        }
        if !one.path.is_empty() {
            text.push_str(&format!("{}: ", one.path.join(".")));
        }
        text.push_str(&one.kind.to_string());
        if let Some(metadata) = &one.metadata {
            text.push_str(&format!(" (from {})", metadata.name));
        }
    }
    text
}

#[cfg(test)]
mod tests;
