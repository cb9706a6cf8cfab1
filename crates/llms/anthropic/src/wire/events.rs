use serde::Deserialize;
use serde_json::Value;
use sqlatte_providers::{ErrorKind, ProviderError, Result};

use super::answer::{Answer, Outcome, Tokens};
use crate::{StructuredOutput, error::Fault};

/// The most bytes of an answer; no statement and no explanation is nearly as long.
pub(crate) const LONGEST: usize = 4 << 20;

/// An event of a streamed message: <https://platform.claude.com/docs/en/build-with-claude/streaming>.
/// Types that are not known are passed over, as the documentation asks.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event {
    MessageStart {
        message: Answer,
    },
    ContentBlockDelta {
        delta: BlockDelta,
    },
    MessageDelta {
        delta: MessageDelta,
        #[serde(default)]
        usage: Tokens,
    },
    MessageStop,
    Error {
        error: Fault,
    },
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum BlockDelta {
    TextDelta {
        text: String,
    },
    InputJsonDelta {
        partial_json: String,
    },
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize)]
struct MessageDelta {
    stop_reason: Option<String>,
}

/// A message as far as it has been streamed.
#[derive(Debug)]
pub(crate) struct Draft {
    carrier: Option<StructuredOutput>,
    outcome: Outcome,
    /// What was written beside a tool that should have been called.
    beside: String,
}

/// What an event means for the reader.
#[derive(Debug)]
pub(crate) enum Step {
    /// Nothing yet.
    Nothing,
    /// Some more of the answer.
    Text(String),
    /// The end.
    Stop,
    /// The API gave up in the middle.
    Failed(Fault),
}

impl Draft {
    pub(crate) fn new(carrier: Option<StructuredOutput>) -> Self {
        let outcome = Outcome { text: String::new(), stop_reason: None, tokens: Tokens::default() };
        Draft { carrier, outcome, beside: String::new() }
    }

    /// Takes the data of one event.
    ///
    /// # Errors
    /// `Unexpected` for data that is not an event of the API, and for an answer that grows beyond all bounds.
    pub(crate) fn take(&mut self, data: &str) -> Result<Step> {
        let event = read(data).map_err(|cause| {
            ProviderError::new(
                ErrorKind::Unexpected,
                "the model's answer came in a form that is not the API's",
            )
            .with_source(cause)
        })?;
        let by_tool = self.carrier == Some(StructuredOutput::Tool);
        Ok(match event {
            Event::MessageStart { message } => {
                self.outcome.tokens = message.usage;
                Step::Nothing
            }
            Event::ContentBlockDelta { delta } => match delta {
                BlockDelta::TextDelta { text } if by_tool => self.beside(&text)?,
                BlockDelta::TextDelta { text } => self.text(text)?,
                BlockDelta::InputJsonDelta { partial_json } if by_tool => self.text(partial_json)?,
                _ => Step::Nothing,
            },
            Event::MessageDelta { delta, usage } => {
                self.outcome.stop_reason = delta.stop_reason.or(self.outcome.stop_reason.take());
                self.outcome.tokens.update(usage);
                Step::Nothing
            }
            Event::MessageStop => Step::Stop,
            Event::Error { error } => Step::Failed(error),
            Event::Other => Step::Nothing,
        })
    }

    /// A failure in the middle, with what was used until then.
    pub(crate) fn failed(&self, error: ProviderError) -> ProviderError {
        error.with_usage_of_call(self.outcome.tokens.total())
    }

    /// What was written in place of a call of the tool, now that there is none to come.
    pub(crate) fn rest(&mut self) -> Option<String> {
        let missed = self.outcome.text.is_empty() && !self.beside.is_empty();
        missed.then(|| {
            self.outcome.text = std::mem::take(&mut self.beside);
            self.outcome.text.clone()
        })
    }

    /// What the events came to.
    pub(crate) fn into_outcome(self) -> Outcome {
        self.outcome
    }

    fn beside(&mut self, text: &str) -> Result<Step> {
        self.bound(text)?;
        self.beside.push_str(text);
        Ok(Step::Nothing)
    }

    fn text(&mut self, text: String) -> Result<Step> {
        if text.is_empty() {
            return Ok(Step::Nothing);
        }
        self.bound(&text)?;
        self.outcome.text.push_str(&text);
        Ok(Step::Text(text))
    }

    fn bound(&self, more: &str) -> Result<()> {
        if self.outcome.text.len() + self.beside.len() + more.len() > LONGEST {
            return Err(ProviderError::new(
                ErrorKind::Unexpected,
                format!("the model's answer is longer than {} MiB; ask in other words", LONGEST >> 20),
            ));
        }
        Ok(())
    }
}

/// Any object with a `type` is an event, so that a later one does no harm.
fn read(data: &str) -> serde_json::Result<Event> {
    let event: Value = serde_json::from_str(data)?;
    serde_json::from_value(event)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn text_and_tool_input_are_told_apart() {
        let text = r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}"#;
        let json = r#"{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{"}}"#;
        for (carrier, expected) in
            [(None, "a"), (Some(StructuredOutput::JsonSchema), "a"), (Some(StructuredOutput::Tool), "{")]
        {
            let mut draft = Draft::new(carrier);
            draft.take(text).unwrap();
            draft.take(json).unwrap();
            assert_eq!(draft.into_outcome().text, expected);
        }
    }

    #[test]
    fn what_is_written_in_place_of_a_call_is_kept_for_the_end() {
        let text = r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{}"}}"#;
        let mut draft = Draft::new(Some(StructuredOutput::Tool));
        assert!(matches!(draft.take(text).unwrap(), Step::Nothing));
        assert_eq!(draft.rest().as_deref(), Some("{}"));
        assert_eq!((draft.rest(), draft.into_outcome().text.as_str()), (None, "{}"));
    }

    #[test]
    fn an_answer_does_not_grow_for_ever() {
        let text = "x".repeat(1 << 20);
        let event =
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}});
        let (mut draft, event) = (Draft::new(None), event.to_string());
        let taken = (0..9).take_while(|_| draft.take(&event).is_ok()).count();
        assert_eq!(taken, 4);
        assert!(draft.take(&event).unwrap_err().message().contains("longer than 4 MiB"));
    }

    #[test]
    fn what_breaks_off_says_what_it_used() {
        let start = json!({"type": "message_start", "message": {
            "content": [], "stop_reason": null, "usage": {"input_tokens": 70, "output_tokens": 1},
        }});
        let mut draft = Draft::new(None);
        draft.take(&start.to_string()).unwrap();
        for (kind, unanswered) in [(ErrorKind::Unavailable, 1), (ErrorKind::Unexpected, 0)] {
            let usage = draft.failed(ProviderError::new(kind, "gone")).usage();
            assert_eq!((usage.llm_calls, usage.unanswered_calls, usage.input_tokens), (1, unanswered, 70));
        }
    }

    #[test]
    fn what_is_unknown_is_passed_over_and_what_is_broken_is_not() {
        let mut draft = Draft::new(None);
        for data in [
            r#"{"type":"ping"}"#,
            r#"{"type":"of_the_future","x":[1]}"#,
            r#"{"type":"content_block_start","index":0,"content_block":{"type":"thinking"}}"#,
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}"#,
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"Eq"}}"#,
            r#"{"type":"content_block_stop","index":0}"#,
        ] {
            assert!(matches!(draft.take(data).unwrap(), Step::Nothing), "{data}");
        }
        for data in ["", "[DONE]", "{}", "1", r#"{"type":"message_start"}"#] {
            assert_eq!(draft.take(data).unwrap_err().kind(), ErrorKind::Unexpected, "{data}");
        }
    }
}
