//! What is remembered between questions: how a question was read, and for a time the rows of a statement.
//!
//! Both are kept under everything they depend on, as one hash: what differs in a word, a table or a policy is
//! another question. Nothing is written to disk, and both are bounded by bytes and by time.

mod answers;
mod key;
mod repeats;
mod results;

pub(crate) use self::{
    answers::{Answers, Kept, Places},
    key::{Asked, Key},
    results::{Results, cell_size},
};
use crate::{Limits, QueryId};

/// What one runtime remembers.
#[derive(Debug)]
pub struct Caches {
    pub(crate) answers: Option<Answers>,
    pub(crate) results: Option<Results>,
}

impl Caches {
    /// Empty ones; what is kept for no time is not kept at all.
    pub(crate) fn new(limits: &Limits) -> Self {
        Caches {
            answers: (!limits.keep_answers.is_zero())
                .then(|| Answers::new(limits.answer_cache_bytes, limits.keep_answers)),
            results: (!limits.keep_results.is_zero())
                .then(|| Results::new(limits.result_cache_bytes, limits.keep_results)),
        }
    }

    /// Forgets how the question of this answer was read, so that the next to ask it gets a new reading.
    pub async fn forget(&self, answer: QueryId) {
        if let Some(answers) = &self.answers {
            answers.forget_answer(answer).await;
        }
    }
}
