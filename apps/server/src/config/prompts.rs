//! What models are told, in words of the installation's own.

mod python;

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use sqlatte_core::ask::Prompts;

use super::ConfigError;

/// Before the path of a prompt that is kept in a file of its own.
const FILE: &str = "file:";
/// Longest prompt, in bytes: some 25,000 tokens, which every question would pay for.
const MAX_BYTES: usize = 100_000;

/// The section `prompts`: each a text, `file:PATH`, or empty for the one that is built in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromptTexts {
    /// How questions become SQL.
    pub interpret: String,
    /// What is said before a statement that failed.
    pub repair: String,
    /// What is worth telling of rows.
    pub insights: String,
    /// How replies in words sound.
    pub chat: String,
    /// SQLatte in Python called `interpret` so.
    pub sql_generation: Option<String>,
    /// What SQLatte in Python asked before.
    pub intent_detection: Option<String>,
    /// SQLatte in Python called `chat` so.
    pub barista_personality: Option<String>,
    /// SQLatte in Python called `insights` so.
    pub insights_generation: Option<String>,
}

impl PromptTexts {
    /// The prompts in force, and what of them has no effect; files are looked for in `folder`.
    ///
    /// # Errors
    /// A file that cannot be read, two names of one prompt, a template that cannot be filled: the key, the line in the
    /// prompt and the holes it may have.
    pub(super) fn read(&self, folder: &Path) -> Result<(Prompts, Vec<String>), ConfigError> {
        let text = |key: &str, text: &str| text_of(key, text, folder);
        let older = |key, own: Option<&String>| match own {
            Some(own) => text(key, own),
            None => Ok(None),
        };
        let mut unused = Vec::new();
        let sql = older("sql_generation", self.sql_generation.as_ref())?;
        let intent = older("intent_detection", self.intent_detection.as_ref())?;
        let barista = older("barista_personality", self.barista_personality.as_ref())?;
        let generation = older("insights_generation", self.insights_generation.as_ref())?;

        let prompts = Prompts {
            interpret: match (text("interpret", &self.interpret)?, sql, intent) {
                (Some(own), None, None) => own,
                (None, None, None) => Prompts::default().interpret,
                (None, sql, intent) => python::interpret(sql.as_deref(), intent.as_deref(), &mut unused)?,
                (Some(_), Some(_), _) => return Err(twice("interpret", "sql_generation")),
                (Some(_), _, Some(_)) => return Err(twice("interpret", "intent_detection")),
            },
            repair: text("repair", &self.repair)?.unwrap_or_else(|| Prompts::default().repair),
            insights: match (text("insights", &self.insights)?, generation) {
                (Some(own), None) => own,
                (None, Some(generation)) => python::insights(&generation, &mut unused)?,
                (None, None) => Prompts::default().insights,
                (Some(_), Some(_)) => return Err(twice("insights", "insights_generation")),
            },
            chat: match (text("chat", &self.chat)?, barista) {
                (Some(own), None) => own,
                (None, Some(barista)) => python::chat(&barista)?,
                (None, None) => Prompts::default().chat,
                (Some(_), Some(_)) => return Err(twice("chat", "barista_personality")),
            },
        };
        prompts.check().map_err(|error| ConfigError(error.message().to_owned()))?;
        Ok((prompts, unused))
    }

    /// The keys that are set.
    pub(super) fn set(&self) -> Vec<&'static str> {
        let own = [
            ("interpret", &self.interpret),
            ("repair", &self.repair),
            ("insights", &self.insights),
            ("chat", &self.chat),
        ];
        let own = own.into_iter().map(|(key, text)| (key, Some(text)));
        let older = [
            ("sql_generation", self.sql_generation.as_ref()),
            ("intent_detection", self.intent_detection.as_ref()),
            ("barista_personality", self.barista_personality.as_ref()),
            ("insights_generation", self.insights_generation.as_ref()),
        ];
        let set = own.chain(older).filter(|(_, text)| text.is_some_and(|text| !text.trim().is_empty()));
        set.map(|(key, _)| key).collect()
    }
}

/// A prompt's text, out of its file where it names one; nothing where it is empty.
fn text_of(key: &str, text: &str, folder: &Path) -> Result<Option<String>, ConfigError> {
    let text = match text.strip_prefix(FILE) {
        None => text.to_owned(),
        Some(path) => {
            let path: PathBuf = folder.join(path.trim());
            fs::read_to_string(&path).map_err(|error| {
                ConfigError(format!("prompts.{key}: the file {} cannot be read: {error}", path.display()))
            })?
        }
    };
    if text.len() > MAX_BYTES {
        return Err(ConfigError(format!(
            "prompts.{key} has {} bytes: at most {MAX_BYTES} are sent with every question",
            text.len()
        )));
    }
    Ok((!text.trim().is_empty()).then_some(text))
}

fn twice(ours: &str, theirs: &str) -> ConfigError {
    ConfigError(format!("prompts.{ours} and prompts.{theirs} are the same: keep one of them"))
}

#[cfg(test)]
mod tests;
