use sqlatte_providers::{ErrorKind, ProviderError, Result};

use super::{
    answer::{Answer, Outcome},
    fault::Fault,
};
use crate::StructuredOutput;

/// The most bytes of an answer; no statement and no explanation is nearly as long.
pub(crate) const LONGEST: usize = 4 << 20;

/// An answer as far as it has been streamed: <https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent>.
#[derive(Debug)]
pub(crate) struct Draft {
    carrier: Option<StructuredOutput>,
    outcome: Outcome,
}

/// What an event means for the reader.
#[derive(Debug)]
pub(crate) enum Step {
    /// Nothing yet.
    Nothing,
    /// Some more of the answer.
    Text(String),
    /// The API gave up in the middle.
    Failed(Fault),
}

impl Draft {
    pub(crate) fn new(carrier: Option<StructuredOutput>) -> Self {
        Draft { carrier, outcome: Outcome::default() }
    }

    /// Takes the data of one event.
    ///
    /// # Errors
    /// `Unexpected` for data that is nothing of the API's, and for an answer that grows beyond all bounds.
    pub(crate) fn take(&mut self, data: &str) -> Result<Step> {
        let answer = serde_json::from_str(data).map_err(|cause| {
            ProviderError::new(
                ErrorKind::Unexpected,
                "the model's answer came in a form that is not the API's",
            )
            .with_source(cause)
        })?;
        self.add(answer)
    }

    /// Takes a part that has been read.
    ///
    /// # Errors
    /// `Unexpected` for an answer that grows beyond all bounds.
    pub(crate) fn add(&mut self, mut answer: Answer) -> Result<Step> {
        if let Some(fault) = answer.take_fault() {
            return Ok(Step::Failed(fault));
        }
        let text = answer.add_to(&mut self.outcome, self.carrier);
        if self.outcome.text.len() > LONGEST {
            return Err(ProviderError::new(
                ErrorKind::Unexpected,
                format!("the model's answer is longer than {} MiB; ask in other words", LONGEST >> 20),
            ));
        }
        Ok(if text.is_empty() { Step::Nothing } else { Step::Text(text) })
    }

    /// Whether the turn has come to an end: the stream itself has no mark for it.
    pub(crate) fn is_finished(&self) -> bool {
        self.outcome.is_finished()
    }

    /// A failure in the middle, with what was used until then.
    pub(crate) fn failed(&self, error: ProviderError) -> ProviderError {
        error.with_usage_of_call(self.outcome.usage())
    }

    /// What the events came to.
    pub(crate) fn into_outcome(self) -> Outcome {
        self.outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_arguments_are_told_apart_and_thoughts_left_out() {
        let thought = r#"{"candidates":[{"content":{"role":"model","parts":[{"text":"hm","thought":true}]},"index":0}]}"#;
        let text =
            r#"{"candidates":[{"content":{"parts":[{"text":"a"},{"thoughtSignature":"Eq"},{"text":"b"}]}}]}"#;
        let call =
            r#"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"plan","args":{"sql":"S"}}}]}}]}"#;
        for (carrier, expected) in [
            (None, "ab"),
            (Some(StructuredOutput::JsonSchema), "ab"),
            (Some(StructuredOutput::Tool), r#"{"sql":"S"}"#),
        ] {
            let mut draft = Draft::new(carrier);
            assert!(matches!(draft.take(thought).unwrap(), Step::Nothing));
            draft.take(text).unwrap();
            draft.take(call).unwrap();
            assert!(!draft.is_finished());
            draft
                .take(r#"{"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1}}"#)
                .unwrap();
            assert!(draft.is_finished());
            assert_eq!(draft.into_outcome().finish(9).unwrap().text, expected);
        }
    }

    #[test]
    fn an_answer_does_not_grow_for_ever() {
        let text = "x".repeat(1 << 20);
        let event = serde_json::json!({"candidates": [{"content": {"parts": [{"text": text}]}}]}).to_string();
        let mut draft = Draft::new(None);
        assert_eq!((0..9).take_while(|_| draft.take(&event).is_ok()).count(), 4);
        assert!(draft.take(&event).unwrap_err().message().contains("longer than 4 MiB"));
    }

    #[test]
    fn what_is_broken_is_not_passed_over() {
        let mut draft = Draft::new(None);
        for data in ["", "[DONE]", "{}", "1", r#"{"green":"ideas"}"#, r#"{"candidates":1}"#] {
            assert_eq!(draft.take(data).unwrap_err().kind(), ErrorKind::Unexpected, "{data}");
        }
        let fault = r#"{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}"#;
        assert!(matches!(draft.take(fault).unwrap(), Step::Failed(_)));
    }
}
