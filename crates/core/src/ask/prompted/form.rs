use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Value, json};
use sqlatte_providers::{ErrorKind, ProviderError, Result};

use crate::{Draft, Intent, Interpretation, Reading, ReadingKind};

/// The most characters of a reply, and of what explains a statement.
const LONGEST_TEXT: usize = 4_000;
/// The most characters of an option, a reading or a question to ask next.
const LONGEST_LINE: usize = 400;
/// The most options, readings or questions to ask next.
const MOST_LINES: usize = 12;

/// The model's answer, in the form of [`form`]. Only what it is about has to be right: fields that are missing, too
/// many or of another type than they should be are no reason to lose a statement.
#[derive(Debug, Deserialize)]
pub(super) struct Form {
    #[serde(default, deserialize_with = "if_right")]
    kind: Option<Kind>,
    #[serde(default, deserialize_with = "if_right")]
    sql: String,
    #[serde(default, deserialize_with = "if_right")]
    explanation: String,
    #[serde(default, deserialize_with = "if_right")]
    message: String,
    #[serde(default, deserialize_with = "if_right")]
    options: Vec<String>,
    #[serde(default, deserialize_with = "if_right")]
    readings: Vec<FormReading>,
    #[serde(default, deserialize_with = "if_right")]
    confidence: Option<f64>,
    #[serde(default, deserialize_with = "if_right")]
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
    #[serde(default, deserialize_with = "if_right")]
    kind: String,
    #[serde(default, deserialize_with = "if_right")]
    assumed: bool,
}

/// A field that is as it should be, or as if it were not there.
fn if_right<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(from: D) -> Result<T, D::Error> {
    Value::deserialize(from).map(|value| serde_json::from_value(value).unwrap_or_default())
}

/// Reads an answer: the form alone, or in the only fenced block of a text; or a statement in the only fenced block.
///
/// A statement anywhere else in a text is not looked for, because nobody could say which words belong to it.
///
/// # Errors
/// `Unexpected` for anything else.
pub(super) fn read(text: &str) -> Result<(Intent, Interpretation)> {
    let fault = match serde_json::from_str::<Form>(text) {
        Ok(form) => return form.read(),
        Err(fault) => fault,
    };
    let block = only_block(text);
    if let Some(form) = block.and_then(|block| serde_json::from_str::<Form>(block).ok()) {
        return form.read();
    }
    match block.filter(|block| is_query(block)) {
        Some(sql) => Form::of(sql).read(),
        None => Err(bad_answer(NO_FORM).with_source(fault)),
    }
}

/// What is told of an answer that cannot be read.
const NO_FORM: &str = "the model's answer is not in the form it was asked for; ask again in other words, or choose \
                       another model if it happens often";

/// The inside of the only fenced block.
fn only_block(text: &str) -> Option<&str> {
    let mut parts = text.split("```");
    let (_, block, _) = (parts.next()?, parts.next()?, parts.next()?);
    match (parts.next(), block.split_once('\n')) {
        // The first line names the language.
        (None, Some((_, block))) => Some(block.trim()),
        _ => None,
    }
}

fn is_query(block: &str) -> bool {
    let word = block.split(|one: char| !one.is_ascii_alphabetic()).next().unwrap_or_default();
    word.eq_ignore_ascii_case("select") || word.eq_ignore_ascii_case("with")
}

impl Form {
    /// A statement that nothing was said about.
    fn of(sql: &str) -> Self {
        Form {
            kind: Some(Kind::Sql),
            sql: sql.to_owned(),
            explanation: String::new(),
            message: String::new(),
            options: Vec::new(),
            readings: Vec::new(),
            confidence: None,
            follow_ups: Vec::new(),
        }
    }

    fn read(self) -> Result<(Intent, Interpretation)> {
        let confidence = self.confidence.filter(|sure| (0.0..=1.0).contains(sure)).unwrap_or(0.5);
        let (sql, message) = (self.sql.trim(), self.message.trim());
        let kind = self.kind.unwrap_or(if sql.is_empty() { Kind::Chat } else { Kind::Sql });
        let explanation = clipped(&self.explanation, LONGEST_TEXT);
        if kind == Kind::Sql {
            if sql.is_empty() {
                return Err(bad_answer(NO_SQL));
            }
            let readings = self.readings.into_iter().take(MOST_LINES);
            let reading = |one: FormReading| Reading {
                phrase: clipped(&one.phrase, LONGEST_LINE),
                meaning: clipped(&one.meaning, LONGEST_LINE),
                kind: ReadingKind::named(&one.kind).unwrap_or_default(),
                assumed: one.assumed,
            };
            let draft = Draft {
                sql: sql.to_owned(),
                readings: readings.map(reading).collect(),
                explanation,
                confidence,
                follow_ups: lines(self.follow_ups),
            };
            let intent = intent("sql", confidence, &draft.explanation);
            return Ok((intent, Interpretation::Sql(draft)));
        }
        if message.is_empty() {
            return Err(bad_answer(NOTHING));
        }
        let intent = intent("chat", confidence, &explanation);
        let (message, options) = (clipped(message, LONGEST_TEXT), lines(self.options));
        let interpretation = match kind {
            Kind::Clarify => Interpretation::Clarify { message, options },
            Kind::Unanswerable => Interpretation::Unanswerable { reason: message, nearest: options },
            Kind::Chat | Kind::Sql => Interpretation::Chat { message },
        };
        Ok((intent, interpretation))
    }
}

const NO_SQL: &str = "the model promised a statement and gave none; ask again in other words";
const NOTHING: &str = "the model answered with nothing; ask again in other words";

/// A reply in words, as long as one may be; `None` where there are none.
pub(super) fn reply_text(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(|text| clipped(text, LONGEST_TEXT))
}

fn lines(texts: Vec<String>) -> Vec<String> {
    let texts = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).take(MOST_LINES);
    texts.map(|text| clipped(text, LONGEST_LINE)).collect()
}

/// At most so many characters; an ellipsis says that there were more.
fn clipped(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
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
    let kinds = ReadingKind::ALL.map(ReadingKind::name);
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
                    "properties": {
                        "phrase": text,
                        "meaning": text,
                        "kind": { "type": "string", "enum": kinds },
                        "assumed": { "type": "boolean" }
                    },
                    "required": ["phrase", "meaning", "kind", "assumed"],
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

#[cfg(test)]
mod tests;
