use std::{sync::Arc, time::Duration};

use sqlatte_providers::DatabaseProvider;

use crate::{
    Caches, Catalog, Clock, Embeddings, Interpreter, Stores, ask::ModelInsights, glossary::Glossary, memory,
};

/// Everything one question needs, as one unchanging snapshot.
///
/// A question holds the snapshot it started with to its end, so a reload never mixes two configurations.
#[derive(Debug)]
pub struct Runtime {
    /// The database that is asked, with its catalogue and the guard before it.
    pub catalog: Catalog,
    /// What turns questions into SQL.
    pub interpreter: Arc<dyn Interpreter>,
    /// What tells of the rows besides computed insights, if anything does.
    pub insights: Option<ModelInsights>,
    /// What a question may cost.
    pub limits: Limits,
    /// What is remembered between questions.
    pub caches: Caches,
    /// Sessions, conversations and history.
    pub stores: Stores,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// What a question may cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Rows of an answer when the question names no limit.
    pub default_rows: u64,
    /// Rows of an answer at most.
    pub max_rows: u64,
    /// Rows of an export at most.
    pub max_export_rows: u64,
    /// Bytes of an answer's cells, about; an answer that would be larger is cut like one of too many rows.
    pub max_result_bytes: usize,
    /// Time for one statement.
    pub query_timeout: Duration,
    /// Time for one export, downloading included.
    pub export_timeout: Duration,
    /// Time for one call to the model, retries included.
    pub llm_timeout: Duration,
    /// Rows the database may expect to read, where it can say.
    pub max_estimated_rows: Option<u64>,
    /// Bytes the database may expect to scan, where it can say.
    pub max_bytes_billed: Option<u64>,
    /// Messages of the conversation an interpreter sees.
    pub context_messages: u32,
    /// How long a conversation is remembered after its last message.
    pub conversation_timeout: Duration,
    /// Tables of a database of which an interpreter is shown all, if there is room for them; of more, those nearest to
    /// the question are chosen.
    pub max_context_tables: usize,
    /// Tokens, about, that the description of tables may take, what the house says of them included; a question much
    /// longer than usual takes its room out of it, too.
    pub max_context_tokens: usize,
    /// How long the reading of a question is kept, for those who ask the same; zero for not at all.
    pub keep_answers: Duration,
    /// Bytes that kept readings may take, about.
    pub answer_cache_bytes: u64,
    /// How long the rows of a statement are kept, for those who run the same; zero for not at all.
    pub keep_results: Duration,
    /// Bytes that kept rows may take, about; a single result at most a quarter of it.
    pub result_cache_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            default_rows: 1_000,
            max_rows: 100_000,
            max_export_rows: 1_000_000,
            max_result_bytes: 64 * 1024 * 1024,
            query_timeout: Duration::from_secs(60),
            export_timeout: Duration::from_secs(30 * 60),
            llm_timeout: Duration::from_secs(120),
            max_estimated_rows: None,
            max_bytes_billed: None,
            context_messages: 10,
            conversation_timeout: Duration::from_secs(3600),
            max_context_tables: 60,
            max_context_tokens: 4_000,
            keep_answers: Duration::from_secs(24 * 60 * 60),
            answer_cache_bytes: 16 * 1024 * 1024,
            keep_results: Duration::ZERO,
            result_cache_bytes: 64 * 1024 * 1024,
        }
    }
}

impl Runtime {
    /// Starts a runtime from its three necessary parts; the rest has defaults made for embedding.
    pub fn builder(
        database: Arc<dyn DatabaseProvider>,
        interpreter: Arc<dyn Interpreter>,
        clock: impl Clock,
    ) -> RuntimeBuilder {
        RuntimeBuilder {
            database,
            interpreter,
            clock: Arc::new(clock),
            insights: None,
            limits: Limits::default(),
            stores: None,
            glossary: Glossary::default(),
            embeddings: None,
        }
    }
}

/// A [`Runtime`] in the making.
#[derive(Debug)]
#[must_use]
pub struct RuntimeBuilder {
    database: Arc<dyn DatabaseProvider>,
    interpreter: Arc<dyn Interpreter>,
    clock: Arc<dyn Clock>,
    insights: Option<ModelInsights>,
    limits: Limits,
    stores: Option<Stores>,
    glossary: Glossary,
    embeddings: Option<Embeddings>,
}

impl RuntimeBuilder {
    /// Limits other than the defaults.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// A model that tells what stands out, besides what is computed.
    pub fn insights(mut self, insights: Option<ModelInsights>) -> Self {
        self.insights = insights;
        self
    }

    /// Stores other than memory.
    pub fn stores(mut self, stores: Stores) -> Self {
        self.stores = Some(stores);
        self
    }

    /// What the house calls things, other than nothing.
    pub fn glossary(mut self, glossary: Glossary) -> Self {
        self.glossary = glossary;
        self
    }

    /// What finds tables of a large database by their meaning, besides words.
    pub fn embeddings(mut self, embeddings: Option<Embeddings>) -> Self {
        self.embeddings = embeddings;
        self
    }

    /// The runtime.
    pub fn build(self) -> Runtime {
        Runtime {
            catalog: Catalog::new(self.database)
                .with_glossary(self.glossary)
                .with_embeddings(self.embeddings),
            interpreter: self.interpreter,
            insights: self.insights,
            caches: Caches::new(&self.limits),
            limits: self.limits,
            stores: self.stores.unwrap_or_else(memory::stores),
            clock: self.clock,
        }
    }
}
