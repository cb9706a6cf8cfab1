use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use serde_json::Value;
use sqlatte_providers::Usage;

use super::{
    reply::{Reply, TOKEN},
    wire::WireFormat,
};

/// Counts the tokens of calls, and remembers how they began.
#[derive(Debug, Default)]
pub(super) struct Meter {
    remembered: Mutex<HashSet<String>>,
}

impl Meter {
    /// What a call costs.
    pub(super) fn read(&self, format: &dyn WireFormat, body: &Value, reply: &Reply) -> Usage {
        let tokens = |length: usize| length.div_ceil(TOKEN) as u64;
        let input_tokens = tokens(length(body));
        let beginning = format.remembered(body);
        let marked = beginning.as_ref().map_or(0, |beginning| tokens(length(beginning)));
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = beginning.is_some_and(|beginning| remembered.insert(beginning.to_string()));
        let (cached_tokens, cache_write_tokens) = if is_new { (0, marked) } else { (marked, 0) };
        let output_tokens = tokens(reply.text_length());
        Usage { input_tokens, output_tokens, cached_tokens, cache_write_tokens, ..Usage::FAILED_CALL }
    }
}

/// Characters of all texts and names in a body.
fn length(value: &Value) -> usize {
    match value {
        Value::String(text) => text.chars().count(),
        Value::Array(values) => values.iter().map(length).sum(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| name.chars().count() + length(value)).sum()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => 1,
    }
}
