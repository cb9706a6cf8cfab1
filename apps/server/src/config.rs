//! The configuration: the compiled-in default, a file, the environment, the command line, in rising strength.

mod environment;
mod explain;
mod kinds;
mod layer;
mod llm;
mod origin;
mod overrides;
mod prompts;
mod sections;
mod yaml;

use std::path::{Path, PathBuf};

use figment::Figment;
use serde::Deserialize;
use sqlatte_core::ask::Prompts;

pub(crate) use self::origin::Origin;
pub use self::{
    environment::Environment,
    llm::{Breaker, Model, ModelPrice, Tasks},
    overrides::Overrides,
    prompts::PromptTexts,
    sections::{
        App, ContextFiles, Conversation, Cors, Database, Insights, Llm, Log, LogFormat, Query, Storage,
        Telling,
    },
};
use self::{kinds::Kinds, layer::Layer};
use crate::wiring;

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
    pub database: Database,
    /// What turns questions into SQL.
    pub llm: Llm,
    /// What models are told.
    pub prompts: PromptTexts,
    /// What the house calls things.
    pub context: ContextFiles,
    /// What a question may cost.
    pub query: Query,
    /// What is told of the rows of an answer.
    pub insights: Insights,
    /// Conversation memory.
    pub conversation: Conversation,
    /// Which web pages may use the API.
    pub cors: Cors,
    /// What is logged.
    pub log: Log,
    /// The prompts in force.
    #[serde(skip)]
    pub(crate) told: Prompts,
    /// Where the settings that matter most come from.
    #[serde(skip)]
    pub(crate) origins: Vec<Origin>,
    /// What is set and has no effect.
    #[serde(skip)]
    pub(crate) unused: Vec<String>,
}

/// A configuration that cannot be used; the text names the file, the line or the key, and what is wrong.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

impl Config {
    /// Reads all layers, with what this process finds around itself. `file` must exist; without it the usual file
    /// is read if it is there.
    ///
    /// # Errors
    /// A file that cannot be read or is not YAML, a key nobody knows, a value of the wrong kind.
    pub fn load(file: Option<&Path>, overrides: &Overrides) -> Result<Self, ConfigError> {
        Config::load_in(file, overrides, &Environment::of_process()?)
    }

    /// Reads all layers as [`load`](Config::load) does, in an environment of the caller's.
    ///
    /// # Errors
    /// Those of [`load`](Config::load).
    pub fn load_in(
        file: Option<&Path>,
        overrides: &Overrides,
        environment: &Environment,
    ) -> Result<Self, ConfigError> {
        let defaults = yaml::text("default.yaml", DEFAULTS)?;
        let kinds = Kinds::new(wiring::registry(), &defaults);
        let mut weak = Figment::from(Layer::new("the defaults", defaults, &kinds)?);
        let usual = environment.folder().join(USUAL_FILE);
        let file = file.or_else(|| usual.exists().then_some(usual.as_path()));
        let read = file.map(|file| yaml::read(file).map(|content| (file, content))).transpose()?;
        let named = |file: &Path| format!("the file {}", file.display());
        if let Some((file, content)) = &read {
            let mut settings = yaml::text(&file.display().to_string(), content)?;
            environment.fill(&mut settings, file)?;
            weak = weak.merge(Layer::new(named(file), settings, &kinds)?);
        }
        let strong = |mut layers: Figment| -> Result<Figment, ConfigError> {
            for variable in environment.keys(&kinds)? {
                layers = layers.merge(variable);
            }
            Ok(layers.merge(overrides.layer("the command line", "--database", &kinds)?))
        };
        for variable in environment.database(&kinds)? {
            weak = weak.merge(variable);
        }
        // Every layer has a say in which providers the other short names are for.
        let chosen = strong(weak.clone())?;
        let chosen = |key: &str| chosen.extract_inner::<String>(key).unwrap_or_default();
        let (database, llm) = (chosen("database.provider"), chosen("llm.provider"));
        let base_url = |llm: &str| chosen(&format!("llm.{llm}.base_url"));
        for variable in environment.of_providers(&database, &llm, base_url, &kinds)? {
            weak = weak.merge(variable);
        }
        let layers = strong(weak)?;
        let place = |name: &str, path: &[String]| {
            let of_file = read.as_ref().filter(|(file, _)| named(file) == name);
            match of_file.and_then(|(_, content)| yaml::line_of(content, path)) {
                Some(line) => format!("{name}, line {line}"),
                None => name.to_owned(),
            }
        };
        kinds.check(&layers, place)?;
        let mut config =
            layers.extract::<Config>().map_err(|error| ConfigError(explain::explain(&error, place)))?;
        config.check()?;
        config.origins = origin::origins(&layers, &config.database.provider, &config.llm.provider);
        let beside =
            file.and_then(Path::parent).map_or_else(|| environment.folder().to_owned(), PathBuf::from);
        if !config.context.path.as_os_str().is_empty() {
            config.context.path = beside.join(&config.context.path);
        }
        config.unused = environment.unused(&database, &llm, &base_url(&llm), &kinds);
        config.read_prompts(&beside)?;
        config.unused.extend(config.llm.unused());
        let insights = config.unused_insights();
        config.unused.extend(insights);
        Ok(config)
    }

    /// The prompts, from texts and files; `beside` is where the files are.
    fn read_prompts(&mut self, beside: &Path) -> Result<(), ConfigError> {
        let (told, unused) = self.prompts.read(beside)?;
        self.told = told;
        if self.llm.provider == wiring::OFFLINE {
            let set = self.prompts.set().into_iter();
            self.unused
                .extend(set.map(|key| format!("prompts.{key} has no effect: llm.provider is offline")));
        } else {
            self.unused.extend(unused);
        }
        Ok(())
    }

    /// What no single key can say.
    fn check(&self) -> Result<(), ConfigError> {
        let Query { default_limit, max_limit, max_export_rows, timeout, .. } = self.query;
        if default_limit > max_limit {
            return Err(ConfigError(format!(
                "query.default_limit ({default_limit}) is more than query.max_limit ({max_limit}): lower one or \
                 raise the other"
            )));
        }
        for (key, value) in [
            ("query.default_limit", default_limit),
            ("query.max_limit", max_limit),
            ("query.max_export_rows", max_export_rows),
            ("query.timeout", timeout),
            ("llm.timeout", self.llm.timeout),
            ("insights.max_sample_rows", self.insights.max_sample_rows as u64),
            ("llm.max_context_tables", self.llm.max_context_tables as u64),
            ("llm.max_context_tokens", self.llm.max_context_tokens as u64),
            ("app.idle_timeout", self.app.idle_timeout),
            ("app.max_running", self.app.max_running as u64),
            ("app.max_running_per_session", self.app.max_running_per_session as u64),
        ] {
            if value == 0 {
                return Err(ConfigError(format!(
                    "{key} must be at least 1: with 0 nothing could be answered"
                )));
            }
        }
        if self.storage.data_dir.as_os_str().is_empty() {
            return Err(ConfigError(
                "storage.data_dir is empty: name a folder for SQLatte's own data".to_owned(),
            ));
        }
        self.log.check()?;
        self.llm.check()?;
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
        for origin in &self.cors.allow_origins {
            if !is_origin(origin) {
                return Err(ConfigError(format!(
                    "cors.allow_origins: {origin:?} is no origin: write scheme and host, and a port if it is not \
                     the usual one, such as https://portal.example.com"
                )));
            }
        }
        Ok(())
    }
}

/// Whether a browser could send this as `Origin` (RFC 6454, 6.2), or it is one of our words.
fn is_origin(text: &str) -> bool {
    if matches!(text, "*" | "loopback") {
        return true;
    }
    let Some((scheme, host)) = text.trim_end_matches('/').split_once("://") else { return false };
    let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    !scheme.is_empty()
        && scheme.bytes().all(is_scheme)
        && !host.is_empty()
        && !host.contains(|one: char| one.is_whitespace() || "/?#@*".contains(one))
}

#[cfg(test)]
mod tests;
