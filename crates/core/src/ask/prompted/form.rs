use serde::Deserialize;
use serde_json::json;
use sqlatte_providers::{ErrorKind, ProviderError, Result};

use crate::{Draft, Intent, Interpretation, Reading};

/// The model's answer, in the form of [`form`].
#[derive(Debug, Deserialize)]
pub(super) struct Form {
    kind: Kind,
    #[serde(default)]
    sql: String,
    #[serde(default)]
    explanation: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    options: Vec<String>,
    #[serde(default)]
    readings: Vec<FormReading>,
    #[serde(default)]
    confidence: Option<f64>,
    #[serde(default)]
    follow_ups: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Sql,
    Chat,
    Clarify,
    Unanswerable,
}

#[derive(Debug, Deserialize)]
struct FormReading {
    phrase: String,
    meaning: String,
}

impl Form {
    pub(super) fn read(self) -> Result<(Intent, Interpretation)> {
        let confidence = self.confidence.filter(|sure| (0.0..=1.0).contains(sure)).unwrap_or(0.5);
        if self.kind == Kind::Sql {
            let sql = self.sql.trim().to_owned();
            if sql.is_empty() {
                return Err(bad_answer("the model promised a statement and gave none: ask again"));
            }
            let readings = self.readings.into_iter();
            let draft = Draft {
                sql,
                readings: readings.map(|one| Reading { phrase: one.phrase, meaning: one.meaning }).collect(),
                explanation: self.explanation,
                confidence,
                follow_ups: self.follow_ups,
            };
            let intent = intent("sql", confidence, &draft.explanation);
            return Ok((intent, Interpretation::Sql(draft)));
        }
        if self.message.trim().is_empty() {
            return Err(bad_answer("the model answered with nothing: ask again"));
        }
        let intent = intent("chat", confidence, &self.explanation);
        let message = self.message;
        let interpretation = match self.kind {
            Kind::Clarify => Interpretation::Clarify { message, options: self.options },
            Kind::Unanswerable => Interpretation::Unanswerable { reason: message, nearest: self.options },
            Kind::Chat | Kind::Sql => Interpretation::Chat { message },
        };
        Ok((intent, interpretation))
    }
}

pub(super) fn intent(intent: &'static str, confidence: f64, reasoning: &str) -> Intent {
    Intent { intent, confidence, reasoning: reasoning.to_owned() }
}

pub(super) fn bad_answer(message: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Unexpected, message)
}

/// The JSON Schema of the answer. Every field is required, because strict modes of some models demand it.
pub(super) fn form() -> serde_json::Value {
    let text = json!({ "type": "string" });
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    json!({
        "type": "object",
        "properties": {
            "kind": { "type": "string", "enum": ["sql", "chat", "clarify", "unanswerable"] },
            "sql": text,
            "explanation": text,
            "message": text,
            "options": texts,
            "readings": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": { "phrase": text, "meaning": text },
                    "required": ["phrase", "meaning"],
                    "additionalProperties": false
                }
            },
            "confidence": { "type": "number" },
            "follow_ups": texts
        },
        "required": ["kind", "sql", "explanation", "message", "options", "readings", "confidence", "follow_ups"],
        "additionalProperties": false
    })
}
