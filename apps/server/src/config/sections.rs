use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use serde::Deserialize;
use sqlatte_core::Limits;
use sqlatte_providers::{ProviderError, Secret, Settings};

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
    pub access_keys: Vec<Secret>,
    /// Further host names browsers may use.
    pub allowed_hosts: Vec<String>,
    /// Largest request body, in bytes.
    pub max_body_bytes: usize,
    /// Questions, statements and exports of one session that may run at once.
    pub max_running_per_session: usize,
    /// Questions, statements and exports of everybody that may run at once.
    pub max_running: usize,
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

/// Which provider is used, and the settings of each, unread.
#[derive(Debug, Clone, Deserialize)]
pub struct Provider {
    /// The kind.
    pub provider: String,
    #[serde(flatten)]
    settings: BTreeMap<String, ProviderSettings>,
}

/// Settings that do not print: any of them may be a secret.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
struct ProviderSettings(serde_json::Value);

impl std::fmt::Debug for ProviderSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl Provider {
    /// The settings of the provider in use; an empty text counts as unset.
    ///
    /// # Errors
    /// When they are not a mapping.
    pub fn settings(&self) -> Result<Settings, ProviderError> {
        match self.settings.get(&self.provider) {
            Some(settings) => {
                let mut settings = settings.0.clone();
                if let Some(map) = settings.as_object_mut() {
                    map.retain(|_, value| value.as_str() != Some(""));
                }
                Settings::new(settings)
            }
            None => Ok(Settings::default()),
        }
    }

    /// One text setting of the provider in use, if it is set and not empty.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.settings.get(&self.provider)?.0.get(key)?.as_str().filter(|text| !text.is_empty())
    }
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
            ..Limits::default()
        }
    }
}
