//! Replies in words by a model of their own, where one is set for them.

use std::time::Duration;

use sqlatte_providers::{CompletionRequest, LlmProvider, Output, StopReason};

use super::{PromptedInterpreter, SHORTEST_TRY, call::is_garbled, form::reply_text};
use crate::{Context, Interpretation, Interpreted};

impl PromptedInterpreter {
    /// Greetings and small talk as the model for chat says them, in the time that is `left`; anything else as it was
    /// read. Whatever keeps that model from answering, the words of the first one will do.
    pub(super) async fn in_words(
        &self,
        question: &str,
        context: &Context<'_>,
        read: Interpreted,
        left: Duration,
    ) -> Interpreted {
        let Some(chatter) = self.chatter.as_deref() else { return read };
        if !matches!(read.interpretation, Interpretation::Chat { .. }) || left < SHORTEST_TRY {
            return read;
        }
        let request = CompletionRequest {
            output: Output::Text,
            timeout: left,
            ..self.request(question, context, |prompts| &prompts.chat).await
        };
        self.said(chatter, &request, read).await
    }

    async fn said(
        &self,
        chatter: &dyn LlmProvider,
        request: &CompletionRequest,
        mut read: Interpreted,
    ) -> Interpreted {
        match chatter.complete(request).await {
            Ok(completion) => {
                read.usage += completion.usage;
                let whole = completion.stop_reason != StopReason::Refusal;
                let message = reply_text(&completion.text).filter(|_| whole);
                if let Some(message) = message.filter(|_| !is_garbled(&completion.text, request)) {
                    read.interpretation = Interpretation::Chat { message };
                }
            }
            Err(error) => {
                read.usage += error.usage();
                tracing::warn!(%error, "the model for replies in words did not answer: shown is what the one that interprets said");
            }
        }
        read
    }
}
