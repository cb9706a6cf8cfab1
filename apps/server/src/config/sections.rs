use std::{collections::BTreeMap, fmt, marker::PhantomData, path::PathBuf, time::Duration};

use serde::{Deserialize, Deserializer, de};
use sqlatte_core::{Limits, ask::InsightMode};
use sqlatte_providers::{ProviderError, Secret, Settings};

use super::{Breaker, ConfigError, Model, ModelPrice, Tasks, llm::check_prices};
use crate::wiring::OFFLINE;

/// The server itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// The name pages show.
    pub name: String,
    /// The address it listens on.
    pub host: String,
    /// The port; 0 takes a free one.
    pub port: u16,
    /// Keys that open the API; empty leaves it open.
    #[serde(deserialize_with = "one_or_more")]
    pub access_keys: Vec<Secret>,
    /// Further host names browsers may use.
    #[serde(deserialize_with = "one_or_more")]
    pub allowed_hosts: Vec<String>,
    /// Largest request body, in bytes.
    pub max_body_bytes: usize,
    /// Questions, statements and exports of one session that may run at once.
    pub max_running_per_session: usize,
    /// Questions, statements and exports of everybody that may run at once.
    pub max_running: usize,
    /// Seconds a connection may be silent between two requests.
    pub idle_timeout: u64,
    /// Seconds for running answers when the server stops.
    pub shutdown_grace: u64,
}

/// Where SQLatte keeps its own data.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    /// The directory; made if it is missing.
    pub data_dir: PathBuf,
    /// Days after which a session nobody used ends, with its history and favourites.
    pub keep_sessions_days: u32,
    /// Days after which a history entry is forgotten, favourites kept.
    pub keep_history_days: Option<u32>,
}

/// The database that is asked.
#[derive(Debug, Clone, Deserialize)]
pub struct Database {
    /// The kind.
    pub provider: String,
    #[serde(flatten)]
    sections: Sections,
}

impl Database {
    /// The settings of the provider in use; an empty text counts as unset.
    ///
    /// # Errors
    /// When they are not a mapping.
    pub fn settings(&self) -> Result<Settings, ProviderError> {
        self.sections.settings(&self.provider)
    }
}

/// What turns questions into SQL.
#[derive(Debug, Clone, Deserialize)]
pub struct Llm {
    /// The kind.
    pub provider: String,
    /// Seconds for one call, retries included.
    pub timeout: u64,
    /// Seconds the reading of a question is kept; 0 for not at all.
    pub cache_seconds: u64,
    /// What is asked where that of `provider` does not answer, in this order.
    #[serde(deserialize_with = "one_or_more")]
    pub fallback: Vec<Model>,
    /// When a model that fails is left alone.
    pub breaker: Breaker,
    /// The models of single tasks.
    pub tasks: Tasks,
    /// What finds tables by their meaning, if anything does.
    pub embeddings: Model,
    /// What models cost, by their names.
    pub prices: BTreeMap<String, ModelPrice>,
    /// Whether no model is told anything out of a row.
    pub private: bool,
    /// Tables of a database that are shown whole.
    pub max_context_tables: usize,
    /// Tokens, about, for the tables chosen out of more.
    pub max_context_tokens: usize,
    #[serde(flatten)]
    sections: Sections,
}

impl Llm {
    /// The settings of the provider in use; an empty text counts as unset.
    ///
    /// # Errors
    /// When they are not a mapping.
    pub fn settings(&self) -> Result<Settings, ProviderError> {
        self.sections.settings(&self.provider)
    }

    /// The settings of a model whose provider is `kind`: its own over those of the provider's section. A model at
    /// another address has nothing of the section, whose key is no business of other servers.
    pub(crate) fn settings_of(&self, kind: &str, model: &Model) -> serde_json::Value {
        let section = self.sections.of(kind);
        if model.own.is_empty() {
            return section;
        }
        over(section, model)
    }

    /// The settings of embeddings whose provider is `kind`: their own over those keys of the provider's section that are
    /// `shared`. At another address they have nothing of the section.
    pub(crate) fn embedding_settings(&self, kind: &str, shared: &[&str]) -> serde_json::Value {
        let mut section = self.sections.of(kind);
        if let Some(section) = section.as_object_mut() {
            section.retain(|key, _| shared.contains(&key.as_str()));
        }
        over(section, &self.embeddings)
    }

    /// What is set and has no effect, a sentence each.
    pub(super) fn unused(&self) -> Vec<String> {
        if self.provider != OFFLINE {
            return Vec::new();
        }
        let fallback = (!self.fallback.is_empty()).then_some("llm.fallback");
        let tasks = self.tasks.each().into_iter().filter(|(_, model)| model.is_set()).map(|(key, _)| key);
        let set = fallback.into_iter().chain(tasks);
        set.map(|key| format!("{key} has no effect: llm.provider is {OFFLINE}")).collect()
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        self.breaker.check()?;
        check_prices(&self.prices)?;
        match self.fallback.iter().position(|model| model.provider.is_none()) {
            Some(index) => Err(ConfigError(format!("llm.fallback[{index}] names no provider"))),
            None => Ok(()),
        }
    }
}

/// A model's own settings over those of its provider's section.
fn over(section: serde_json::Value, model: &Model) -> serde_json::Value {
    let elsewhere = model.own.get("base_url").is_some_and(|own| section.get("base_url") != Some(own));
    let mut settings = match section {
        serde_json::Value::Object(section) if !elsewhere => section,
        _ => serde_json::Map::new(),
    };
    settings.extend(model.own.clone());
    settings.retain(|_, value| value.as_str() != Some(""));
    settings.into()
}

/// The settings of each kind of provider, unread: only the adapter knows their shape.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
struct Sections(BTreeMap<String, serde_json::Value>);

impl Sections {
    fn settings(&self, kind: &str) -> Result<Settings, ProviderError> {
        Settings::new(self.of(kind))
    }

    fn of(&self, kind: &str) -> serde_json::Value {
        let mut settings = self.0.get(kind).cloned().unwrap_or_default();
        if let Some(map) = settings.as_object_mut() {
            map.retain(|_, value| value.as_str() != Some(""));
        }
        settings
    }
}

impl fmt::Debug for Sections {
    /// Names alone: any value may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// What the house calls things.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContextFiles {
    /// The folder of context files; empty for none.
    pub path: PathBuf,
}

/// What a question may cost.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// Rows when the question names no limit.
    pub default_limit: u64,
    /// Rows at most.
    pub max_limit: u64,
    /// Rows of an export at most.
    pub max_export_rows: u64,
    /// Seconds for one statement.
    pub timeout: u64,
    /// Rows the database may expect to read.
    pub max_estimated_rows: Option<u64>,
    /// Bytes the database may expect to scan.
    pub max_bytes_billed: Option<u64>,
    /// Seconds the rows of a statement are kept; 0 for not at all.
    pub cache_seconds: u64,
    /// Bytes kept rows may take.
    pub cache_bytes: u64,
}

/// What is told of the rows of an answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Insights {
    /// Who tells it.
    pub mode: Telling,
    /// Rows of an answer that a model sees.
    pub max_sample_rows: usize,
}

/// Who tells what stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Telling {
    /// It is computed.
    #[serde(alias = "statistical_only")]
    Statistical,
    /// A model tells what it sees.
    #[serde(alias = "llm_only")]
    Llm,
    /// It is computed, and a model says it.
    Hybrid,
}

impl super::Config {
    /// What a model has to say about rows, if it may.
    pub(crate) fn model_insights(&self) -> Option<InsightMode> {
        if self.llm.private || self.llm.provider == OFFLINE {
            return None;
        }
        match self.insights.mode {
            Telling::Statistical => None,
            Telling::Llm => Some(InsightMode::Llm),
            Telling::Hybrid => Some(InsightMode::Hybrid),
        }
    }

    /// What of insights by a model is set and has no effect.
    pub(super) fn unused_insights(&self) -> Vec<String> {
        let why = match self.insights.mode {
            _ if self.llm.provider == OFFLINE => return self.without_mode("llm.provider is offline"),
            Telling::Statistical => "insights.mode is statistical",
            _ if self.llm.private => return self.without_mode("llm.private keeps rows from every model"),
            _ => return Vec::new(),
        };
        let prompt =
            ["insights", "insights_generation"].into_iter().filter(|key| self.prompts.set().contains(key));
        let prompt = prompt.map(|key| format!("prompts.{key} has no effect: {why}"));
        let task = self.llm.tasks.insights.is_set();
        prompt.chain(task.then(|| format!("llm.tasks.insights has no effect: {why}"))).collect()
    }

    fn without_mode(&self, why: &str) -> Vec<String> {
        let set = self.insights.mode != Telling::Statistical;
        set.then(|| format!("insights.mode has no effect: {why}")).into_iter().collect()
    }
}

/// Conversation memory.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversation {
    /// Minutes after the last message.
    pub timeout_minutes: u64,
    /// Messages an interpreter sees.
    pub context_messages: u32,
}

/// Which web pages may use the API.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cors {
    /// Origins, `loopback`, or `*`.
    #[serde(deserialize_with = "one_or_more")]
    pub allow_origins: Vec<String>,
}

/// What is logged.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// A level or a filter.
    pub level: String,
    /// Text or JSON.
    pub format: LogFormat,
}

impl Log {
    /// A word that is no level would be taken for the name of a part of the program, and nothing be logged.
    pub(super) fn check(&self) -> Result<(), super::ConfigError> {
        const LEVELS: [&str; 6] = ["error", "warn", "info", "debug", "trace", "off"];
        let mut plain = self.level.split(',').map(str::trim).filter(|part| !part.contains('='));
        let known = |part: &str| LEVELS.iter().any(|level| level.eq_ignore_ascii_case(part));
        match plain.find(|part| !known(part)) {
            Some(_) => Err(super::ConfigError(format!(
                "log.level must be one of {}, or a filter such as info,sqlatte_core=debug",
                LEVELS.join(", ")
            ))),
            None => Ok(()),
        }
    }
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For collectors.
    Json,
}

impl super::Config {
    /// The limits of a question.
    pub fn limits(&self) -> Limits {
        let query = &self.query;
        Limits {
            default_rows: query.default_limit,
            max_rows: query.max_limit,
            max_export_rows: query.max_export_rows,
            query_timeout: Duration::from_secs(query.timeout),
            max_estimated_rows: query.max_estimated_rows,
            max_bytes_billed: query.max_bytes_billed,
            context_messages: self.conversation.context_messages,
            conversation_timeout: Duration::from_secs(self.conversation.timeout_minutes.saturating_mul(60)),
            llm_timeout: Duration::from_secs(self.llm.timeout),
            max_context_tables: self.llm.max_context_tables,
            max_context_tokens: self.llm.max_context_tokens,
            keep_answers: Duration::from_secs(self.llm.cache_seconds),
            keep_results: Duration::from_secs(query.cache_seconds),
            result_cache_bytes: query.cache_bytes,
            ..Limits::default()
        }
    }
}

/// Reads a list, or one text as a list of one, which is what a variable of the environment holds; an empty text is
/// an empty list.
fn one_or_more<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    struct OneOrMore<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> de::Visitor<'de> for OneOrMore<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of texts, each in quotes if it is all digits")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
            if text.is_empty() {
                return Ok(Vec::new());
            }
            T::deserialize(de::value::StrDeserializer::new(text)).map(|one| vec![one])
        }

        fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
            let mut all = Vec::new();
            while let Some(one) = list.next_element()? {
                all.push(one);
            }
            Ok(all)
        }
    }

    deserializer.deserialize_any(OneOrMore(PhantomData))
}
