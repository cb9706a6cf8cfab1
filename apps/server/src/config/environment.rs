use std::{
    collections::BTreeMap,
    env,
    path::{Path, PathBuf},
};

use figment::value::{Dict, Num, Value};
use sqlatte_providers::Secret;

use super::{ConfigError, kinds::Kinds, layer::Layer, overrides::Overrides};

/// Before every key: `SQLATTE__QUERY__TIMEOUT`.
const PREFIX: &str = "SQLATTE__";
/// Before every key of the database that is asked: `SQLATTE_DB_PASSWORD`.
const DB_PREFIX: &str = "SQLATTE_DB_";
const DB_URL: &str = "SQLATTE_DB_URL";
const DB_PROVIDER: &str = "SQLATTE_DB_PROVIDER";
const LLM_API_KEY: &str = "SQLATTE_LLM_API_KEY";
/// The keys that machines have for some models, whose they are, and the one server they are shown: others speak the
/// same protocols, and a key for one house is no business of theirs.
const HOUSE_KEYS: [HouseKey; 3] = [
    HouseKey { name: "ANTHROPIC_API_KEY", llm: "anthropic", server: "https://api.anthropic.com" },
    HouseKey { name: "GEMINI_API_KEY", llm: "gemini", server: "https://generativelanguage.googleapis.com" },
    HouseKey { name: "OPENAI_API_KEY", llm: "openai", server: "https://api.openai.com" },
];

#[derive(Clone, Copy)]
struct HouseKey {
    name: &'static str,
    llm: &'static str,
    server: &'static str,
}

impl HouseKey {
    fn may_be_shown_to(self, url: &str) -> bool {
        let rest = url.trim().strip_prefix(self.server);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// What a process finds around itself, as far as a configuration is read from it.
#[derive(Clone, Default)]
pub struct Environment {
    /// All of them: a file may name any.
    variables: BTreeMap<String, String>,
    /// Names that look like ours and that nobody reads.
    strangers: Vec<String>,
    folder: PathBuf,
}

impl std::fmt::Debug for Environment {
    /// Names of our own alone: any value may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.variables.keys().filter(|name| is_ours(name)).collect();
        f.debug_struct("Environment").field("folder", &self.folder).field("variables", &names).finish()
    }
}

impl Environment {
    /// That of this process.
    ///
    /// # Errors
    /// A variable of ours that is not text.
    pub fn of_process() -> Result<Self, ConfigError> {
        let mut found = Environment::default();
        for (name, value) in env::vars_os() {
            let Some(name) = name.to_str() else { continue };
            found.strangers.extend(is_stranger(name).then(|| name.to_owned()));
            match value.into_string() {
                Ok(value) => drop(found.variables.insert(name.to_owned(), value)),
                Err(_) if is_ours(name) => {
                    return Err(ConfigError(format!("the environment variable {name} is not text in UTF-8")));
                }
                // What is no text is nobody's here.
                Err(_) => {}
            }
        }
        Ok(found)
    }

    /// Another folder to look for the usual file in than the working directory.
    #[must_use]
    pub fn in_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = folder.into();
        self
    }

    /// One more variable.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// `SQLATTE__SECTION__KEY`, a layer for each variable, so that each can be named.
    pub(super) fn keys(&self, kinds: &Kinds) -> Result<Vec<Layer>, ConfigError> {
        let ours = self.variables.iter().filter_map(|(name, value)| {
            let key = name.get(PREFIX.len()..)?.to_ascii_lowercase();
            name.get(..PREFIX.len())?.eq_ignore_ascii_case(PREFIX).then_some((name, key, value))
        });
        ours.map(|(name, key, value)| {
            let path: Vec<&str> = key.split("__").collect();
            if path.iter().any(|part| part.is_empty()) {
                return Err(ConfigError(format!(
                    "the environment variable {name} names no key: SQLATTE__QUERY__TIMEOUT sets query.timeout"
                )));
            }
            Layer::of(called(name), &path, read(value), kinds)
        })
        .collect()
    }

    /// Puts the values of variables where a file names them: `${NAME}`, which must be set, or `${NAME:otherwise}`.
    ///
    /// # Errors
    /// Names the variable that is not set, and where the file wants it.
    pub(super) fn fill(&self, dict: &mut Dict, file: &Path) -> Result<(), ConfigError> {
        for (key, value) in dict {
            self.fill_value(key, value)
                .map_err(|fault| ConfigError(format!("{}: {fault}", file.display())))?;
        }
        Ok(())
    }

    fn fill_value(&self, path: &str, value: &mut Value) -> Result<(), String> {
        match value {
            Value::String(tag, text) if text.contains("${") => {
                let filled = self.filled(text).map_err(|fault| format!("{path}: {fault}"))?;
                // A number where nothing else stands, as if it were written there.
                let whole = text.starts_with("${") && text.find('}') == Some(text.len() - 1);
                *value = if whole { read(&filled) } else { Value::String(*tag, filled) };
            }
            Value::Dict(_, dict) => {
                for (key, value) in dict {
                    self.fill_value(&format!("{path}.{key}"), value)?;
                }
            }
            Value::Array(_, list) => {
                for value in list {
                    self.fill_value(path, value)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn filled(&self, text: &str) -> Result<String, String> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((named, after)) = after.split_once('}') else { break };
            filled.push_str(before);
            let (name, otherwise) = match named.split_once(':') {
                Some((name, otherwise)) => (name, Some(otherwise)),
                None => (named, None),
            };
            match self.variables.get(name).map(String::as_str).or(otherwise) {
                Some(value) => filled.push_str(value),
                None => {
                    return Err(format!(
                        "the environment variable {name} is not set: set it, or write ${{{name}:}} for nothing"
                    ));
                }
            }
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// The short names of which database is asked.
    pub(super) fn database(&self, kinds: &Kinds) -> Result<Vec<Layer>, ConfigError> {
        let mut layers = Vec::new();
        if let Some(provider) = self.set(DB_PROVIDER) {
            layers.push(Layer::of(called(DB_PROVIDER), &["database", "provider"], provider.into(), kinds)?);
        }
        if let Some(url) = self.set(DB_URL) {
            let overrides = Overrides { database: Some(Secret::new(url)), ..Overrides::default() };
            layers.push(overrides.layer(called(DB_URL), DB_URL, kinds)?);
        }
        Ok(layers)
    }

    /// The short names of what belongs to the chosen providers: `SQLATTE_DB_KEY` and the keys of models. `base_url`
    /// tells where a model is asked.
    pub(super) fn of_providers(
        &self,
        database: &str,
        llm: &str,
        base_url: impl Fn(&str) -> String,
        kinds: &Kinds,
    ) -> Result<Vec<Layer>, ConfigError> {
        let mut layers = Vec::new();
        for (name, key, value) in self.database_keys() {
            if !kinds.is_of_another(database, &key) {
                layers.push(Layer::of(called(name), &["database", database, &key], read(value), kinds)?);
            }
        }
        let mut key = |name: &str, llm: &str| -> Result<(), ConfigError> {
            if let Some(key) = self.set(name).filter(|_| kinds.has_llm(llm)) {
                layers.push(Layer::of(called(name), &["llm", llm, "api_key"], key.into(), kinds)?);
            }
            Ok(())
        };
        for house in HOUSE_KEYS {
            if house.may_be_shown_to(&base_url(house.llm)) {
                key(house.name, house.llm)?;
            }
        }
        if takes_key(llm) {
            key(LLM_API_KEY, llm)?;
        }
        Ok(layers)
    }

    /// The variables `SQLATTE_DB_KEY` that are set: name, key, value.
    fn database_keys(&self) -> impl Iterator<Item = (&str, String, &str)> {
        self.variables.iter().filter_map(|(name, value)| {
            let key = name.strip_prefix(DB_PREFIX)?;
            let other = [DB_URL, DB_PROVIDER].contains(&name.as_str());
            (!other && !value.is_empty()).then(|| (name.as_str(), key.to_ascii_lowercase(), value.as_str()))
        })
    }

    /// What is set and has no effect, a sentence each; `llm` is asked at `base_url`.
    pub(super) fn unused(&self, database: &str, llm: &str, base_url: &str, kinds: &Kinds) -> Vec<String> {
        let of_others = self.database_keys().filter(|(_, key, _)| kinds.is_of_another(database, key));
        let of_others =
            of_others.map(|(name, key, _)| format!("{name} is set and not used: {database} has no `{key}`"));
        let strangers = self.strangers.iter().map(|name| {
            format!("{name} is set and not used: a key is set as SQLATTE__SECTION__KEY, with two underscores")
        });
        let key = self.set(LLM_API_KEY).is_some() && !(kinds.has_llm(llm) && takes_key(llm));
        let key = key.then(|| format!("{LLM_API_KEY} is set and not used: llm.provider is {llm}"));
        let elsewhere = HOUSE_KEYS.iter().filter(|house| {
            house.llm == llm && !house.may_be_shown_to(base_url) && self.set(house.name).is_some()
        });
        let elsewhere = elsewhere.map(|house| {
            format!(
                "{} is set and not used: llm.{llm}.base_url names another server, whose key is {LLM_API_KEY}",
                house.name
            )
        });
        strangers.chain(of_others).chain(key).chain(elsewhere).collect()
    }

    fn set(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

fn called(name: &str) -> String {
    format!("the environment variable {name}")
}

fn is_ours(name: &str) -> bool {
    let prefixed = name.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX));
    let house = HOUSE_KEYS.iter().any(|house| house.name == name);
    prefixed || name.starts_with(DB_PREFIX) || name == LLM_API_KEY || house
}

/// Vertex AI logs in as an account of Google Cloud.
fn takes_key(llm: &str) -> bool {
    llm != "vertex"
}

/// A name that was meant for us, as far as one can tell; some are read by others.
fn is_stranger(name: &str) -> bool {
    !is_ours(name)
        && name.starts_with("SQLATTE_")
        && name != "SQLATTE_CONFIG"
        && !name.starts_with("SQLATTE_TEST_")
}

/// A number, a truth value, a list or a mapping where it reads as one, in JSON or in figment's own way, else the text.
fn read(text: &str) -> Value {
    // Keys of digits in a plain list are texts.
    if text.trim_start().starts_with(['[', '{'])
        && text.contains('{')
        && let Ok(json) = serde_json::from_str::<serde_json::Value>(text)
        && let Ok(value) = Value::serialize(json)
    {
        return value;
    }
    let Ok(value) = text.parse::<Value>();
    match &value {
        // A key of digits must keep each of them.
        Value::Num(_, Num::F64(_)) if text.len() > 15 => text.into(),
        Value::Num(_, Num::F64(_)) => value,
        Value::Num(_, number) => {
            let digits = number.to_u128().map(|number| number.to_string());
            let digits = digits.or_else(|| number.to_i128().map(|number| number.to_string()));
            if digits.as_deref() == Some(text.trim()) { value } else { text.into() }
        }
        _ => value,
    }
}
