use std::{sync::Arc, time::Duration};

use moka::future::Cache;

use super::{
    key::{Asked, Key},
    repeats,
};
use crate::{ConversationMessage, Draft, Intent, Interpretation, QueryId};

/// What an entry takes besides its texts, about.
const ENTRY_BYTES: usize = 512;
/// Answers that remember which reading they were made from.
const NOTED: u64 = 10_000;

/// How questions were read.
#[derive(Debug)]
pub(crate) struct Answers {
    readings: Cache<Key, Arc<Kept>>,
    /// Where the reading of each answer is kept, for those who say that it was wrong.
    made_from: Cache<QueryId, Places>,
}

/// How a question was read: a statement that ran, or a reply.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kept {
    pub(crate) interpretation: Interpretation,
    pub(crate) intent: Intent,
    /// The tables that the statement read.
    pub(crate) tables: Vec<String>,
}

/// Where the reading of a question is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Places {
    /// For the same words after the same messages.
    exact: Key,
    /// For the same words after others.
    again: Key,
}

impl Places {
    /// Of a question after this conversation.
    pub(crate) fn of(asked: &Asked<'_>, conversation: &[ConversationMessage]) -> Self {
        Places { exact: Key::of_question(asked, conversation), again: Key::of_repeat(asked) }
    }
}

impl Answers {
    pub(super) fn new(bytes: u64, keep: Duration) -> Self {
        let size = |_: &Key, kept: &Arc<Kept>| u32::try_from(kept.size()).unwrap_or(u32::MAX);
        Answers {
            readings: Cache::builder().weigher(size).max_capacity(bytes).time_to_live(keep).build(),
            made_from: Cache::builder().max_capacity(NOTED).time_to_live(keep).build(),
        }
    }

    /// How the question was read before, and where that is kept.
    ///
    /// The same words after other messages are another question. Only where this very conversation has had
    /// them before, they mean what they meant then: if that is what they mean with no conversation at all, or
    /// if they stand alone.
    pub(crate) async fn find(
        &self,
        asked: &Asked<'_>,
        conversation: &[ConversationMessage],
    ) -> Option<(Places, Arc<Kept>)> {
        let places = Places::of(asked, conversation);
        if let Some(kept) = self.readings.get(&places.exact).await {
            return Some((places, kept));
        }
        let answers: Vec<&ConversationMessage> = repeats::answers(asked.question, conversation).collect();
        if answers.is_empty() {
            return None;
        }
        for key in [Key::of_question(asked, &[]), places.again] {
            if let Some(kept) = self.readings.get(&key).await
                && answers.iter().any(|answer| repeats::is_said(&kept.interpretation, answer))
            {
                return Some((Places { exact: key, ..places }, kept));
            }
        }
        None
    }

    /// Keeps how a question was read, in place of an earlier reading, and that `answer` was made from it.
    pub(crate) async fn keep(&self, places: Places, question: &str, kept: Kept, answer: QueryId) {
        let kept = Arc::new(kept);
        if repeats::stands_alone(question, &kept.tables) {
            self.readings.insert(places.again, Arc::clone(&kept)).await;
        }
        self.readings.insert(places.exact, kept).await;
        self.note(places, answer).await;
    }

    /// Remembers that `answer` was made from a reading that was kept before.
    pub(crate) async fn note(&self, places: Places, answer: QueryId) {
        self.made_from.insert(answer, places).await;
    }

    /// Forgets a reading that led nowhere.
    pub(crate) async fn forget(&self, places: Places) {
        self.readings.invalidate(&places.exact).await;
        self.readings.invalidate(&places.again).await;
    }

    /// Forgets the reading that an answer was made from.
    pub(super) async fn forget_answer(&self, answer: QueryId) {
        if let Some(places) = self.made_from.remove(&answer).await {
            self.forget(places).await;
        }
    }
}

impl Kept {
    /// What it takes in memory, about.
    fn size(&self) -> usize {
        let texts = |texts: &[String]| texts.iter().map(|text| text.len() + ENTRY_BYTES / 8).sum::<usize>();
        let own = match &self.interpretation {
            Interpretation::Sql(Draft { sql, explanation, readings, follow_ups, confidence: _ }) => {
                let readings =
                    readings.iter().map(|one| one.phrase.len() + one.meaning.len() + ENTRY_BYTES / 4);
                sql.len() + explanation.len() + texts(follow_ups) + readings.sum::<usize>()
            }
            Interpretation::Chat { message } => message.len(),
            Interpretation::Clarify { message, options } => message.len() + texts(options),
            Interpretation::Unanswerable { reason, nearest } => reason.len() + texts(nearest),
            Interpretation::Declined { reason } => reason.len(),
        };
        own + texts(&self.tables) + self.intent.reasoning.len() + ENTRY_BYTES
    }
}
