use std::collections::{BTreeMap, BTreeSet};

use figment::{
    Figment,
    value::{Dict, Value},
};
use sqlatte_providers::Registry;

use super::{ConfigError, explain};

/// The sections that hold providers, each beside the key `provider`.
const DATABASE: &str = "database";
const LLM: &str = "llm";
/// Keys of that section which are no provider's.
const OF_LLM: [&str; 10] = [
    "timeout",
    "private",
    "cache_seconds",
    "max_context_tables",
    "max_context_tokens",
    "fallback",
    "breaker",
    "tasks",
    "embeddings",
    "prices",
];

/// The kinds of provider: those compiled in, and those the default file has a section for.
#[derive(Debug)]
pub(super) struct Kinds {
    registry: Registry,
    databases: BTreeSet<String>,
    /// The keys of each database that the default file has a section for.
    database_keys: BTreeMap<String, BTreeSet<String>>,
    llms: BTreeSet<String>,
}

impl Kinds {
    pub(super) fn new(registry: Registry, defaults: &Dict) -> Self {
        let sections = |name: &str| {
            let section = defaults.get(name).and_then(Value::as_dict).into_iter().flatten();
            let sections = section.filter(|(_, value)| value.as_dict().is_some()).map(|(kind, _)| kind);
            sections.filter(|kind| !OF_LLM.contains(&kind.as_str())).cloned().collect::<BTreeSet<_>>()
        };
        let section = defaults.get(DATABASE).and_then(Value::as_dict).into_iter().flatten();
        let keys = section.filter_map(|(kind, value)| {
            Some((kind.clone(), value.as_dict()?.keys().cloned().collect::<BTreeSet<_>>()))
        });
        let database_keys = keys.collect();
        let mut kinds = Kinds { databases: sections(DATABASE), database_keys, llms: sections(LLM), registry };
        kinds.databases.extend(kinds.registry.databases().into_iter().map(str::to_owned));
        kinds.llms.extend(kinds.registry.llms().into_iter().map(str::to_owned));
        kinds
    }

    /// A database's own name for any of its names; an unknown one as it is.
    pub(super) fn database<'a>(&self, name: &'a str) -> &'a str {
        self.registry.canonical_database(name).unwrap_or(name)
    }

    /// A model provider's own name for any of its names; an unknown one as it is.
    pub(super) fn llm<'a>(&self, name: &'a str) -> &'a str {
        self.registry.canonical_llm(name).unwrap_or(name)
    }

    /// Whether a key is another database's alone; one that nobody has is a mistake, not another's.
    pub(super) fn is_of_another(&self, database: &str, key: &str) -> bool {
        let Some(own) = self.database_keys.get(database) else { return false };
        !own.contains(key) && self.database_keys.values().any(|keys| keys.contains(key))
    }

    /// Whether there is such a kind of model provider.
    pub(super) fn has_llm(&self, name: &str) -> bool {
        self.llms.contains(name)
    }

    /// Puts every provider under its own name, so that layers that call it differently still meet.
    pub(super) fn normalise(&self, dict: &mut Dict) -> Result<(), String> {
        for name in [DATABASE, LLM] {
            let own = |kind: &str| {
                if name == LLM { self.llm(kind).to_owned() } else { self.database(kind).to_owned() }
            };
            let Some(Value::Dict(_, section)) = dict.get_mut(name) else { continue };
            for (key, mut value) in std::mem::take(section) {
                if key == "provider"
                    && let Value::String(_, kind) = &mut value
                {
                    *kind = own(kind);
                }
                let canonical = own(&key);
                if section.insert(canonical.clone(), value).is_some() {
                    return Err(format!(
                        "{name}.{key} and {name}.{canonical} are the same: keep one of them"
                    ));
                }
            }
        }
        Ok(())
    }

    /// Refuses settings that no provider would ever see.
    pub(super) fn check(
        &self,
        layers: &Figment,
        place: impl Fn(&str, &[String]) -> String,
    ) -> Result<(), ConfigError> {
        for (name, kinds, own) in [(DATABASE, &self.databases, &[][..]), (LLM, &self.llms, &OF_LLM[..])] {
            let Ok(Value::Dict(_, section)) = layers.find_value(name) else { continue };
            let chosen = section.get("provider").and_then(Value::as_str).unwrap_or_default();
            for (key, value) in &section {
                if key == "provider" || own.contains(&key.as_str()) {
                    continue;
                }
                let from = layers.get_metadata(value.tag()).map_or("", |metadata| &metadata.name);
                let fault = if kinds.contains(key) {
                    match value {
                        Value::Dict(..) | Value::Empty(..) => continue,
                        _ => format!(
                            "{name}.{key} must be a section of keys, such as {name}.{key}.KEY: VALUE; it is {}",
                            explain::kind(&value.to_actual())
                        ),
                    }
                } else if let Value::Dict(..) | Value::Empty(..) = value {
                    let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
                    format!(
                        "{name}.{key}: there is no such provider; {name} has sections for: {}",
                        kinds.join(", ")
                    )
                } else {
                    let kind = if kinds.contains(chosen) { chosen } else { "PROVIDER" };
                    format!("{name}.{key} belongs in the section of a provider: {name}.{kind}.{key}")
                };
                let from = place(from, &[name.to_owned(), key.clone()]);
                return Err(ConfigError(format!("{fault} (from {from})")));
            }
        }
        Ok(())
    }
}
