use sqlatte_providers::{Completion, ErrorKind, ProviderError, Result, StopReason};

use super::{
    answer::{Answer, Kind, Said, Tokens, ToolCall},
    prose::{Block, Thoughts, find, is_json},
};
use crate::{
    StructuredOutput,
    error::{Fault, cut_off},
};

/// The most bytes of an answer; no statement and no explanation is nearly as long.
pub(crate) const LONGEST: usize = 4 << 20;

/// The data of the event that ends a stream.
const DONE: &str = "[DONE]";

/// A completion as far as it has been written.
#[derive(Debug)]
pub(crate) struct Draft {
    structured: Option<StructuredOutput>,
    thoughts: Thoughts,
    block: Block,
    /// What was written beside a tool that should have been called.
    beside: String,
    /// What was given to the reader.
    text: String,
    refused: bool,
    /// Whether the server said that this is all.
    ended: bool,
    finish_reason: Option<String>,
    tokens: Tokens,
    /// Bytes of all that was said, given to the reader or not.
    received: usize,
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
    /// The server gave up in the middle.
    Failed(Fault),
}

/// A completion, and what of its text is only known now that it is whole.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) rest: Option<String>,
    pub(crate) completion: Completion,
}

impl Draft {
    /// `structured` is how the answer is held to a schema, if it is.
    pub(crate) fn new(structured: Option<StructuredOutput>) -> Self {
        Draft {
            structured,
            thoughts: Thoughts::default(),
            block: Block::default(),
            beside: String::new(),
            text: String::new(),
            refused: false,
            ended: false,
            finish_reason: None,
            tokens: Tokens::default(),
            received: 0,
        }
    }

    /// Takes a completion that came as a whole.
    ///
    /// # Errors
    /// `Unexpected` for JSON that is no answer of the API.
    pub(crate) fn whole(&mut self, answer: Answer) -> Result<Step> {
        self.ended = true;
        self.answer(answer)
    }

    /// Takes the data of one event.
    ///
    /// # Errors
    /// `Unexpected` for data that is not an event of the API, and for an answer that grows beyond all bounds.
    pub(crate) fn take(&mut self, data: &str) -> Result<Step> {
        if data.trim() == DONE {
            self.ended = true;
            return Ok(Step::Stop);
        }
        let answer = serde_json::from_str(data).map_err(|cause| foreign().with_source(cause))?;
        self.answer(answer)
    }

    /// Whether all was said that the answer needs; the usage may still follow.
    pub(crate) fn is_whole(&self) -> bool {
        self.finish_reason.is_some()
    }

    /// A failure in the middle, with what was used until then.
    pub(crate) fn failed(&self, error: ProviderError) -> ProviderError {
        error.with_usage_of_call(self.tokens.total())
    }

    fn answer(&mut self, answer: Answer) -> Result<Step> {
        self.tokens = answer.usage.unwrap_or(self.tokens);
        let choice = match answer.kind() {
            Kind::Choice(choice) => choice.unwrap_or_default(),
            Kind::Fault(fault) => return Ok(Step::Failed(fault)),
            Kind::Foreign => return Err(foreign()),
        };
        self.finish_reason = choice.finish_reason.clone().or(self.finish_reason.take());
        let text = self.said(choice.said());
        self.text.push_str(&text);
        if self.received > LONGEST {
            return Err(ProviderError::new(
                ErrorKind::Unexpected,
                format!("the model's answer is longer than {} MiB; ask in other words", LONGEST >> 20),
            ));
        }
        Ok(if text.is_empty() { Step::Nothing } else { Step::Text(text) })
    }

    /// What of it is for the reader.
    fn said(&mut self, said: Said) -> String {
        let content = said.content.map(|content| content.text()).unwrap_or_default();
        self.received = self.received.saturating_add(content.len());
        if let Some(refusal) = said.refusal {
            // An empty one beside a text is a server's way to say null.
            if !refusal.is_empty() || (self.ended && content.is_empty() && said.tool_calls.is_none()) {
                self.refused = true;
                return refusal;
            }
        }
        let content = self.thoughts.push(&content);
        match self.structured {
            None => content,
            Some(StructuredOutput::Tool) => {
                self.beside.push_str(&content);
                let arguments = said.tool_calls.and_then(ToolCall::arguments).unwrap_or_default();
                self.received = self.received.saturating_add(arguments.len());
                arguments
            }
            Some(StructuredOutput::JsonSchema | StructuredOutput::JsonBlock) => self.block.push(&content),
        }
    }

    /// The completion, if the model came to an end of its own.
    ///
    /// # Errors
    /// `Unexpected` for an answer that was cut off, for none at all, and for prose where JSON was asked for; `Rejected`
    /// where a filter ended it, `Unavailable` where the server did.
    pub(crate) fn finish(mut self, max_tokens: Option<u32>) -> Result<Finished> {
        let stop_reason = self.stop_reason(max_tokens).map_err(|error| self.failed(error))?;
        let rest = match stop_reason {
            StopReason::EndOfTurn => self.rest(),
            StopReason::Refusal => String::new(),
        };
        self.text.push_str(&rest);
        if stop_reason == StopReason::EndOfTurn {
            self.judge().map_err(|error| self.failed(error))?;
        }
        let completion = Completion { text: self.text, stop_reason, usage: self.tokens.total() };
        Ok(Finished { rest: Some(rest).filter(|rest| !rest.is_empty()), completion })
    }

    /// Words that servers have for an end, beside OpenAI's.
    fn stop_reason(&self, max_tokens: Option<u32>) -> Result<StopReason> {
        let fail = |kind, message: String| Err(ProviderError::new(kind, message));
        match self.finish_reason.as_deref() {
            _ if self.refused => Ok(StopReason::Refusal),
            Some("length" | "max_tokens" | "model_length") => {
                fail(ErrorKind::Unexpected, cut_off(max_tokens))
            }
            Some("content_filter") => fail(
                ErrorKind::Rejected,
                "the content filter of the model's provider stopped the answer; ask in other words"
                    .to_owned(),
            ),
            Some("error" | "abort" | "insufficient_system_resource") => fail(
                ErrorKind::Unavailable,
                "the model's server gave up in the middle of the answer; try again".to_owned(),
            ),
            None if !self.ended => fail(
                ErrorKind::Unavailable,
                "the model stopped without finishing its answer; try again".to_owned(),
            ),
            _ => Ok(StopReason::EndOfTurn),
        }
    }

    /// What was held back until the end.
    fn rest(&mut self) -> String {
        let held = self.thoughts.finish();
        match self.structured {
            None => held,
            Some(StructuredOutput::Tool) => {
                // A model that was to call a tool may write its arguments instead.
                self.beside.push_str(&held);
                let missed = self.text.trim().is_empty();
                find(&self.beside).filter(|_| missed).unwrap_or_default().to_owned()
            }
            Some(StructuredOutput::JsonSchema | StructuredOutput::JsonBlock) => {
                let more = self.block.push(&held);
                more + &self.block.finish().unwrap_or_default()
            }
        }
    }

    fn judge(&self) -> Result<()> {
        let said = !self.text.trim().is_empty();
        let message = match self.structured {
            None if said => return Ok(()),
            Some(_) if is_json(&self.text) => return Ok(()),
            Some(_) if said => "the model's answer breaks off or is not the JSON it was asked for; try again",
            Some(_) => {
                "the model did not answer with the JSON it was asked for; try again, choose another model, or set \
                 structured_output of openai to another way"
            }
            None => "the model answered with nothing; try again, or ask in other words",
        };
        Err(ProviderError::new(ErrorKind::Unexpected, message))
    }
}

fn foreign() -> ProviderError {
    ProviderError::new(ErrorKind::Unexpected, "the model's answer came in a form that is not the API's")
}

#[cfg(test)]
mod tests;
