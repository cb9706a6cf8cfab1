use serde::Deserialize;
use sqlatte_providers::{Completion, ErrorKind, ProviderError, Result, StopReason, Usage};

use crate::StructuredOutput;

/// A whole message, or the empty one a stream begins with.
#[derive(Debug, Deserialize)]
pub(crate) struct Answer {
    content: Vec<Block>,
    stop_reason: Option<String>,
    pub(crate) usage: Tokens,
}

/// A part of a message. Thinking and whatever is invented later has nothing for us.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Block {
    Text {
        text: String,
    },
    ToolUse {
        input: serde_json::Value,
    },
    #[serde(other)]
    Other,
}

/// The usage of one call. In a stream it comes in parts, each the whole so far of what it names:
/// <https://platform.claude.com/docs/en/build-with-claude/streaming#event-types>.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Tokens {
    input_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
    output_tokens: Option<u64>,
}

/// How a model's turn ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) text: String,
    pub(crate) stop_reason: Option<String>,
    pub(crate) tokens: Tokens,
}

impl Answer {
    /// The text, or where a tool carries the answer, its input as JSON; the text again where the model does not call it.
    pub(crate) fn into_outcome(self, carrier: Option<StructuredOutput>) -> Outcome {
        let (mut text, mut input) = (String::new(), String::new());
        for block in self.content {
            match block {
                Block::Text { text: more } => text.push_str(&more),
                Block::ToolUse { input: more } => input.push_str(&more.to_string()),
                Block::Other => {}
            }
        }
        let by_tool = carrier == Some(StructuredOutput::Tool) && !input.is_empty();
        let text = if by_tool { input } else { text };
        Outcome { text, stop_reason: self.stop_reason, tokens: self.usage }
    }
}

impl Outcome {
    /// The completion, if the model came to an end of its own:
    /// <https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons>.
    ///
    /// # Errors
    /// `Unexpected` for an answer that was cut off, and for none at all.
    pub(crate) fn finish(self, max_tokens: u32) -> Result<Completion> {
        let usage = self.tokens.total();
        let unexpected = |message: String| {
            Err(ProviderError::new(ErrorKind::Unexpected, message).with_usage_of_call(usage))
        };
        let stop_reason = match self.stop_reason.as_deref() {
            Some("end_turn" | "stop_sequence" | "tool_use") => StopReason::EndOfTurn,
            Some("refusal") => StopReason::Refusal,
            Some("max_tokens") => {
                return unexpected(format!(
                    "the model's answer was cut off at {max_tokens} tokens; raise max_tokens, or lower effort so that \
                     less of it goes into thinking"
                ));
            }
            Some("model_context_window_exceeded") => {
                return unexpected(
                    "the model's answer was cut off because question and schema fill its context; ask about fewer \
                     tables, or choose a model with a larger context"
                        .to_owned(),
                );
            }
            _ => return unexpected("the model stopped without finishing its answer; try again".to_owned()),
        };
        if self.text.trim().is_empty() && stop_reason == StopReason::EndOfTurn {
            return unexpected(
                "the model answered with nothing; try again, or ask in other words".to_owned(),
            );
        }
        Ok(Completion { text: self.text, stop_reason, usage })
    }
}

impl Tokens {
    /// Takes over what a later event says; it repeats only some of the numbers.
    pub(crate) fn update(&mut self, later: Tokens) {
        self.input_tokens = later.input_tokens.or(self.input_tokens);
        self.cache_read_input_tokens = later.cache_read_input_tokens.or(self.cache_read_input_tokens);
        self.cache_creation_input_tokens =
            later.cache_creation_input_tokens.or(self.cache_creation_input_tokens);
        self.output_tokens = later.output_tokens.or(self.output_tokens);
    }

    /// The API's `input_tokens` are those outside the cache; ours are all that were read:
    /// <https://platform.claude.com/docs/en/build-with-claude/prompt-caching#tracking-cache-performance>.
    pub(super) fn total(self) -> Usage {
        let cached_tokens = self.cache_read_input_tokens.unwrap_or_default();
        let written = self.cache_creation_input_tokens.unwrap_or_default();
        Usage {
            input_tokens: self
                .input_tokens
                .unwrap_or_default()
                .saturating_add(cached_tokens)
                .saturating_add(written),
            output_tokens: self.output_tokens.unwrap_or_default(),
            cached_tokens,
            cache_write_tokens: written,
            ..Usage::FAILED_CALL
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn finish(answer: serde_json::Value, carrier: Option<StructuredOutput>) -> Result<Completion> {
        serde_json::from_value::<Answer>(answer).unwrap().into_outcome(carrier).finish(100)
    }

    #[test]
    fn reads_text_past_thinking_and_counts_the_cache() {
        let answer = json!({
            "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-5-5",
            "content": [
                {"type": "thinking", "thinking": "", "signature": "EqQB"},
                {"type": "text", "text": "SELECT"},
                {"type": "of_the_future", "x": 1},
                {"type": "text", "text": " 1", "citations": null},
            ],
            "stop_reason": "end_turn", "stop_sequence": null, "stop_details": null,
            "usage": {
                "input_tokens": 10, "cache_read_input_tokens": 200, "cache_creation_input_tokens": 30,
                "output_tokens": 4, "service_tier": "standard",
            },
        });
        let completion = finish(answer, None).unwrap();
        assert_eq!(completion.text, "SELECT 1");
        let usage = Usage {
            input_tokens: 240,
            output_tokens: 4,
            cached_tokens: 200,
            cache_write_tokens: 30,
            ..Usage::FAILED_CALL
        };
        assert_eq!((completion.stop_reason, completion.usage), (StopReason::EndOfTurn, usage));
    }

    #[test]
    fn a_tool_carries_json() {
        let answer = json!({
            "content": [
                {"type": "text", "text": "I'll answer."},
                {"type": "tool_use", "id": "toolu_1", "name": "plan", "input": {"sql": "SELECT 1"}},
            ],
            "stop_reason": "tool_use", "usage": {"input_tokens": 1, "output_tokens": 1, "cache_read_input_tokens": null},
        });
        let text = |carrier| finish(answer.clone(), carrier).unwrap().text;
        assert_eq!(text(Some(StructuredOutput::Tool)), r#"{"sql":"SELECT 1"}"#);
        assert_eq!(text(Some(StructuredOutput::JsonSchema)), "I'll answer.");
    }

    #[test]
    fn every_way_to_stop_is_told_apart() {
        let mut texts = Vec::new();
        for reason in [
            json!("end_turn"),
            json!("stop_sequence"),
            json!("tool_use"),
            json!("refusal"),
            json!("max_tokens"),
            json!("model_context_window_exceeded"),
            json!("pause_turn"),
            json!("invented"),
            json!(null),
        ] {
            let answer =
                json!({"content": [{"type": "text", "text": "x"}], "stop_reason": reason, "usage": {}});
            texts.push(match finish(answer, None) {
                Ok(completion) => format!("{reason}: {:?}", completion.stop_reason),
                Err(error) => format!("{reason}: {}: {error}", error.kind().name()),
            });
        }
        for reason in ["end_turn", "refusal"] {
            let answer = json!({"content": [], "stop_reason": reason, "usage": {}});
            texts.push(match finish(answer, None) {
                Ok(completion) => format!("empty {reason}: {:?}", completion.stop_reason),
                Err(error) => format!("empty {reason}: {}: {error}", error.kind().name()),
            });
        }
        insta::assert_snapshot!(texts.join("\n"));
    }
}
