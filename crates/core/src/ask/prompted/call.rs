//! One call of a model, looked on if somebody does, and what it said.

use futures::StreamExt;
use sqlatte_providers::{
    Completion, CompletionRequest, ErrorKind, LlmProvider, Piece, ProviderError, Result, StopReason,
};

use super::{
    form::{bad_answer, intent, read},
    written::{More, Written},
};
use crate::{Interpretation, Interpreted, Part, Watcher};

/// Asks once and reads the answer.
pub(super) async fn call(
    llm: &dyn LlmProvider,
    request: &CompletionRequest,
    watcher: Option<&dyn Watcher>,
) -> Result<Interpreted> {
    let completion = match watcher {
        Some(watcher) => watched(llm, request, watcher).await?,
        None => llm.complete(request).await?,
    };
    let read = if completion.stop_reason == StopReason::Refusal {
        let reason = "the model declined to answer this question: ask it in other words".to_owned();
        Ok((intent("chat", 1.0, ""), Interpretation::Declined { reason }))
    } else if is_garbled(&completion.text, request) {
        Err(bad_answer(GARBLED))
    } else {
        read(&completion.text)
    };
    let usage = completion.usage;
    match read {
        Ok((intent, interpretation)) => Ok(Interpreted { interpretation, intent, usage }),
        Err(unreadable) => Err(unreadable.with_usage(usage)),
    }
}

/// The same call, with the statement told as it is written.
async fn watched(
    llm: &dyn LlmProvider,
    request: &CompletionRequest,
    watcher: &dyn Watcher,
) -> Result<Completion> {
    let mut pieces = llm.stream(request);
    let mut written = Written::default();
    while let Some(piece) = pieces.next().await {
        match piece? {
            Piece::Text(text) => {
                for More { part, offset, text } in written.push(&text) {
                    watcher.wrote(part, offset, &text);
                }
            }
            Piece::Restart => {
                written = Written::default();
                forget(watcher);
            }
            Piece::Done(completion) => return Ok(completion),
        }
    }
    Err(ProviderError::new(ErrorKind::Unavailable, "the model ended its answer in the middle; try again"))
}

/// Says that what was written so far counts for nothing.
pub(super) fn forget(watcher: &dyn Watcher) {
    watcher.wrote(Part::Sql, 0, "");
    watcher.wrote(Part::Explanation, 0, "");
}

/// What is told of text whose bytes were no characters.
const GARBLED: &str = "the model's answer has characters that cannot be read; ask again in other words, or choose \
                       another model if it happens often";

/// Whether bytes got lost on the way: such a statement would run and find nothing.
pub(super) fn is_garbled(answer: &str, request: &CompletionRequest) -> bool {
    let lost = char::REPLACEMENT_CHARACTER;
    let asked = request.messages.iter().map(|message| &message.text);
    let told = request.system.iter().map(|block| &block.text);
    answer.contains(lost) && !asked.chain(told).any(|text| text.contains(lost))
}
