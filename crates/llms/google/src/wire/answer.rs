use serde::Deserialize;
use serde_json::Value;
use sqlatte_providers::{Completion, ErrorKind, ProviderError, Result, StopReason, Usage};

use super::fault::Fault;
use crate::StructuredOutput;

/// An answer, or a part of one that is streamed.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Fields")]
pub(crate) struct Answer(Fields);

/// What comes as JSON where a stream of events was asked for: the parts in a list, or one whole answer.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Parts {
    List(Vec<Answer>),
    Whole(Answer),
}

impl Parts {
    /// The parts in their order.
    pub(crate) fn into_vec(self) -> Vec<Answer> {
        match self {
            Parts::List(parts) => parts,
            Parts::Whole(answer) => vec![answer],
        }
    }
}

/// Everything may be missing, but not all of it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Fields {
    candidates: Vec<Candidate>,
    prompt_feedback: Option<PromptFeedback>,
    usage_metadata: Option<Tokens>,
    error: Option<Fault>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Candidate {
    content: Option<Content>,
    finish_reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Content {
    parts: Vec<Part>,
}

/// A part of what the model wrote. Signatures and whatever is invented later have nothing for us.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Part {
    text: Option<String>,
    /// Whether it is a summary of the model's thoughts instead of its answer.
    thought: bool,
    function_call: Option<FunctionCall>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FunctionCall {
    args: Value,
}

/// Sent instead of an answer where the question itself was refused.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PromptFeedback {
    block_reason: Option<String>,
}

/// The usage of one call; in a stream each is the whole so far.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Tokens {
    prompt_token_count: u64,
    tool_use_prompt_token_count: u64,
    cached_content_token_count: u64,
    candidates_token_count: u64,
    thoughts_token_count: u64,
}

/// How a model's turn ended.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) text: String,
    /// Why the model stopped; `None` as long as it has not.
    finish_reason: Option<String>,
    /// Why the question was not put to the model at all.
    block_reason: Option<String>,
    tokens: Tokens,
}

impl TryFrom<Fields> for Answer {
    type Error = &'static str;

    fn try_from(fields: Fields) -> Result<Self, Self::Error> {
        let Fields { candidates, prompt_feedback, usage_metadata, error } = &fields;
        if candidates.is_empty() && prompt_feedback.is_none() && usage_metadata.is_none() && error.is_none() {
            return Err("nothing of an answer is in it");
        }
        Ok(Answer(fields))
    }
}

impl Answer {
    /// The failure that the API reports in the middle of a stream.
    pub(crate) fn take_fault(&mut self) -> Option<Fault> {
        self.0.error.take()
    }

    /// Adds what it says to what was said before: text, or where a function carries the answer, its arguments as JSON.
    /// Gives back the addition.
    pub(crate) fn add_to(self, outcome: &mut Outcome, carrier: Option<StructuredOutput>) -> String {
        let Fields { candidates, prompt_feedback, usage_metadata, .. } = self.0;
        let by_tool = carrier == Some(StructuredOutput::Tool);
        let mut added = String::new();
        // There is one candidate unless more are asked for.
        if let Some(candidate) = candidates.into_iter().next() {
            for part in candidate.content.unwrap_or_default().parts {
                match part {
                    Part { function_call: Some(call), .. } if by_tool => {
                        added.push_str(&call.args.to_string())
                    }
                    Part { text: Some(text), thought: false, .. } if !by_tool => added.push_str(&text),
                    _ => {}
                }
            }
            outcome.finish_reason = candidate.finish_reason.or(outcome.finish_reason.take());
        }
        outcome.block_reason =
            prompt_feedback.and_then(|feedback| feedback.block_reason).or(outcome.block_reason.take());
        outcome.tokens = usage_metadata.unwrap_or(outcome.tokens);
        outcome.text.push_str(&added);
        added
    }

    /// What a whole answer came to.
    pub(crate) fn into_outcome(self, carrier: Option<StructuredOutput>) -> Outcome {
        let mut outcome = Outcome::default();
        self.add_to(&mut outcome, carrier);
        outcome
    }
}

impl Outcome {
    /// Whether the turn has come to an end.
    pub(crate) fn is_finished(&self) -> bool {
        self.finish_reason.is_some() || self.block_reason.is_some()
    }

    /// What was used so far.
    pub(super) fn usage(&self) -> Usage {
        self.tokens.total()
    }

    /// The completion, if the model came to an end of its own, or declined:
    /// <https://ai.google.dev/api/generate-content#FinishReason>.
    ///
    /// # Errors
    /// `Unexpected` for an answer that was cut off or went wrong, and for none at all.
    pub(crate) fn finish(self, max_tokens: u32) -> Result<Completion> {
        let usage = self.usage();
        let unexpected =
            |message: &str| Err(ProviderError::new(ErrorKind::Unexpected, message).with_usage_of_call(usage));
        let stop_reason = match (self.block_reason.as_deref(), self.finish_reason.as_deref()) {
            (Some(_), _) => StopReason::Refusal,
            (None, Some("STOP")) => StopReason::EndOfTurn,
            (
                None,
                Some(
                    "SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "MODEL_ARMOR"
                    | "IMAGE_SAFETY",
                ),
            ) => StopReason::Refusal,
            (None, Some("MAX_TOKENS")) => {
                return unexpected(&format!(
                    "the model's answer was cut off at {max_tokens} tokens; raise max_tokens, or set thinking_level \
                     (thinking_budget with Gemini 2.5) so that less of it goes into thinking"
                ));
            }
            (None, Some("MALFORMED_FUNCTION_CALL" | "MALFORMED_RESPONSE" | "UNEXPECTED_TOOL_CALL")) => {
                return unexpected(
                    "the model's answer did not keep to the form it was asked for; try again, or choose another model",
                );
            }
            (None, Some("LANGUAGE")) => {
                return unexpected("the model does not know the language of the question; ask in another");
            }
            _ => return unexpected("the model stopped without finishing its answer; try again"),
        };
        if self.text.trim().is_empty() && stop_reason == StopReason::EndOfTurn {
            return unexpected("the model answered with nothing; try again, or ask in other words");
        }
        Ok(Completion { text: self.text, stop_reason, usage })
    }
}

impl Tokens {
    /// What came from the cache is within the tokens read; thinking is written beside the answer:
    /// <https://ai.google.dev/api/generate-content#UsageMetadata>.
    fn total(self) -> Usage {
        Usage {
            llm_calls: 1,
            input_tokens: self.prompt_token_count.saturating_add(self.tool_use_prompt_token_count),
            output_tokens: self.candidates_token_count.saturating_add(self.thoughts_token_count),
            cached_tokens: self.cached_content_token_count,
            ..Usage::default()
        }
    }
}

#[cfg(test)]
mod tests;
