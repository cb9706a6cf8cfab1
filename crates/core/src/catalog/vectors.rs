//! What the tables of a large catalogue and the questions about them mean, as vectors.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use futures::StreamExt;
use moka::{future::Cache, policy::EvictionPolicy};
use sqlatte_providers::{
    Embedding, EmbeddingProvider, ErrorKind, ProviderError, Purpose, Result, TableSchema,
};
use tokio::time::{Instant, timeout};
use tokio_util::task::AbortOnDropHandle;

use super::{outage::Outage, table_text::table_text};
use crate::cache::Key;

/// Time for embedding a question, which waits for it.
const QUESTION_WITHIN: Duration = Duration::from_secs(2);
/// Time for embedding some tables, for which nobody waits.
const BATCH_WITHIN: Duration = Duration::from_secs(60);
/// Batches under way at a time.
const AT_ONCE: usize = 4;
/// Questions whose vectors are kept.
const QUESTIONS_KEPT: u64 = 256;
/// The longest part of a question that is embedded, in bytes.
const LONGEST_QUESTION: usize = 2_000;

/// What finds tables by their meaning, besides words.
#[derive(Debug, Clone)]
pub struct Embeddings {
    /// What makes vectors of texts.
    pub provider: Arc<dyn EmbeddingProvider>,
    /// Whether nothing that may quote a row is sent to it: comments are left out. Sample values never are.
    pub private: bool,
}

/// The vectors of tables and of recent questions.
#[derive(Debug)]
pub(super) struct Vectors {
    shared: Arc<Shared>,
    questions: Cache<String, Arc<Embedding>>,
    making: Mutex<Option<AbortOnDropHandle<()>>>,
}

struct Shared {
    embeddings: Embeddings,
    /// By the text they are of, so that a table that did not change is not embedded again.
    tables: RwLock<Arc<Known>>,
    of_tables: Outage,
    of_questions: Outage,
}

type Known = HashMap<Key, Arc<Embedding>>;

/// What is said of a table to whoever embeds it.
#[derive(Debug)]
pub(super) struct TableText {
    key: Key,
    text: String,
}

impl Embeddings {
    /// What is said of these tables.
    pub(super) fn texts(&self, schemas: &[TableSchema]) -> Arc<[TableText]> {
        let texts = schemas.iter().map(|schema| {
            let text = table_text(schema, self.private);
            TableText { key: Key::of_text(&text), text }
        });
        texts.collect()
    }
}

impl Vectors {
    pub(super) fn new(embeddings: Embeddings) -> Self {
        let shared = Shared {
            embeddings,
            tables: RwLock::default(),
            of_tables: Outage::new("tables"),
            of_questions: Outage::new("questions"),
        };
        let questions = Cache::builder().max_capacity(QUESTIONS_KEPT).eviction_policy(EvictionPolicy::lru());
        Vectors { shared: Arc::new(shared), questions: questions.build(), making: Mutex::default() }
    }

    /// What the texts of tables are made with.
    pub(super) fn embeddings(&self) -> &Embeddings {
        &self.shared.embeddings
    }

    /// The model by whose vectors tables were found for a question; `None` where words alone found them.
    pub(super) fn model(&self, tables: &[TableText], question: &str) -> Option<String> {
        let known = self.shared.known();
        let some = tables.iter().any(|table| known.contains_key(&table.key));
        let both = some && self.questions.contains_key(&shortened(question));
        both.then(|| self.shared.embeddings.provider.info().model)
    }

    /// How like the question each table is, as far as it is known; `None` while there is nothing to go by.
    ///
    /// Vectors that are missing are made in the background, for the questions after this one.
    pub(super) async fn likeness(
        &self,
        tables: &Arc<[TableText]>,
        question: &str,
    ) -> Option<Vec<Option<f32>>> {
        self.keep_fresh(tables);
        let known = self.shared.known();
        let vectors: Vec<Option<&Arc<Embedding>>> =
            tables.iter().map(|table| known.get(&table.key)).collect();
        if vectors.iter().all(Option::is_none) {
            return None;
        }
        let question = self.of_question(question).await?;
        Some(vectors.into_iter().map(|vector| question.likeness(vector?)).collect())
    }

    fn keep_fresh(&self, tables: &Arc<[TableText]>) {
        let known = self.shared.known();
        if self.shared.of_tables.lasts() || tables.iter().all(|table| known.contains_key(&table.key)) {
            return;
        }
        let mut making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if making.as_ref().is_none_or(AbortOnDropHandle::is_finished) {
            let (shared, tables) = (Arc::clone(&self.shared), Arc::clone(tables));
            *making = Some(AbortOnDropHandle::new(tokio::spawn(async move { shared.make(&tables).await })));
        }
    }

    /// The vector of a question; questions of the same words that come at once make one call.
    async fn of_question(&self, question: &str) -> Option<Arc<Embedding>> {
        let question = shortened(question);
        if let Some(known) = self.questions.get(&question).await {
            return Some(known);
        }
        let outage = &self.shared.of_questions;
        if question.is_empty() || outage.lasts() {
            return None;
        }
        let provider = &self.shared.embeddings.provider;
        let texts = [question.clone()];
        let embed = async {
            let vectors = provider.embed(&texts, Purpose::Query, QUESTION_WITHIN).await?;
            vectors.into_iter().next().map(Arc::new).ok_or_else(|| not_one_each(&**provider))
        };
        match timeout(QUESTION_WITHIN, self.questions.try_get_with(question, embed)).await {
            Ok(Ok(vector)) => {
                outage.end();
                Some(vector)
            }
            Ok(Err(error)) => {
                outage.begin(&error);
                None
            }
            Err(_) => {
                outage.begin(&too_slow(&**provider));
                None
            }
        }
    }
}

impl Shared {
    fn known(&self) -> Arc<Known> {
        Arc::clone(&self.tables.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Embeds the tables that are new, and forgets those that are gone. What was made is used once all was tried.
    async fn make(&self, tables: &[TableText]) {
        let begun = Instant::now();
        let before = self.known();
        let mut made: Known = HashMap::with_capacity(tables.len());
        let mut missing: Vec<(Key, String)> = Vec::new();
        for table in tables {
            match before.get(&table.key) {
                Some(vector) => drop(made.insert(table.key, Arc::clone(vector))),
                None => missing.push((table.key, table.text.clone())),
            }
        }
        let most = self.embeddings.provider.most_texts().max(1);
        let batches: Vec<_> = missing.chunks(most).map(<[_]>::to_vec).collect();
        let mut answers = futures::stream::iter(batches).map(|batch| self.embed(batch)).buffered(AT_ONCE);
        let mut failed = None;
        while let Some(answer) = answers.next().await {
            match answer {
                Ok(vectors) => made.extend(vectors),
                Err(error) => {
                    // What is refused for a text of its own says nothing of the others.
                    let lasts = error.kind() != ErrorKind::Rejected;
                    failed = Some(error);
                    if lasts {
                        break;
                    }
                }
            }
        }
        tracing::debug!(
            tables = tables.len(),
            missing = missing.len(),
            known = made.len(),
            took = ?begun.elapsed(),
            "tables were embedded"
        );
        *self.tables.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(made);
        match failed {
            Some(error) => self.of_tables.begin(&error),
            None => self.of_tables.end(),
        }
    }

    async fn embed(&self, tables: Vec<(Key, String)>) -> Result<Vec<(Key, Arc<Embedding>)>> {
        let provider = &self.embeddings.provider;
        let (keys, texts): (Vec<Key>, Vec<String>) = tables.into_iter().unzip();
        let vectors = provider.embed(&texts, Purpose::Document, BATCH_WITHIN).await?;
        if vectors.len() != keys.len() {
            return Err(not_one_each(&**provider));
        }
        Ok(keys.into_iter().zip(vectors.into_iter().map(Arc::new)).collect())
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.known().len();
        f.debug_struct("Shared").field("embeddings", &self.embeddings).field("known", &known).finish()
    }
}

/// A question as it is embedded: on one line, and no longer than a model takes.
fn shortened(question: &str) -> String {
    let mut question = question.split_whitespace().collect::<Vec<_>>().join(" ");
    question.truncate(question.floor_char_boundary(LONGEST_QUESTION));
    question
}

fn not_one_each(provider: &dyn EmbeddingProvider) -> ProviderError {
    let target = provider.info().target;
    ProviderError::new(
        ErrorKind::Unexpected,
        format!("{target} did not answer with one vector for each text"),
    )
}

fn too_slow(provider: &dyn EmbeddingProvider) -> ProviderError {
    let (target, limit) = (provider.info().target, QUESTION_WITHIN.as_secs());
    let message = format!("{target} did not embed a question within {limit} seconds; choose a smaller model");
    ProviderError::new(ErrorKind::Timeout, message)
}
