//! A large catalogue as questions search it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use sqlatte_providers::{DatabaseProvider, ErrorKind, TableRef, TableSchema};
use tokio::{
    sync::watch,
    task::spawn_blocking,
    time::{Instant, timeout, timeout_at},
};
use tokio_util::task::AbortOnDropHandle;

use super::vectors::{Embeddings, TableText, Vectors};
use crate::{
    cache::Key,
    retrieval::{Prior, TableIndex, with_nearest},
};

/// How long the first question waits for columns to be read; after that names and comments are searched until they are.
const FIRST_WAIT: Duration = Duration::from_secs(2);
/// Time for describing every table; those it does not suffice for are found by name and comment.
const READ_WITHIN: Duration = Duration::from_secs(60);
/// Tables described at a time.
const BATCH: usize = 100;
/// How long descriptions are searched before they are read again, where all could be read and where not.
const KEPT_FOR: Duration = Duration::from_secs(3600);
const KEPT_INCOMPLETE: Duration = Duration::from_secs(300);

/// The index of a catalogue, read in the background when it is first asked for and when tables came or went.
#[derive(Debug, Default)]
pub(super) struct Search {
    kept: Arc<watch::Sender<Option<Arc<Searchable>>>>,
    reading: Mutex<Option<AbortOnDropHandle<()>>>,
    vectors: Option<Vectors>,
}

/// The tables of one reading with their index.
#[derive(Debug)]
pub(super) struct Searchable {
    tables: Arc<[TableRef]>,
    index: TableIndex,
    fingerprint: Key,
    /// What is said of each table to whoever embeds it; `None` where nobody does.
    texts: Option<Arc<[TableText]>>,
    expires: Instant,
}

/// A table that somebody used before, by name, and how much that says, from 0 to 1.
pub(crate) type Used = (String, f32);

impl Search {
    /// A search with what finds tables by their meaning, if anything does.
    pub(super) fn new(embeddings: Option<Embeddings>) -> Self {
        Search { vectors: embeddings.map(Vectors::new), ..Search::default() }
    }

    /// How like the question each table is, where embeddings tell.
    pub(super) async fn likeness(&self, searchable: &Searchable, question: &str) -> Option<Vec<Option<f32>>> {
        self.vectors.as_ref()?.likeness(searchable.texts.as_ref()?, question).await
    }

    /// What it depends on which tables were found for a question: the descriptions, and the embeddings where they took
    /// part.
    pub(super) fn fingerprint(&self, searchable: &Searchable, question: &str) -> Key {
        let texts = searchable.texts.as_deref();
        match self.vectors.as_ref().zip(texts).and_then(|(vectors, texts)| vectors.model(texts, question)) {
            Some(model) => searchable.fingerprint.with(&model),
            None => searchable.fingerprint,
        }
    }

    /// The index over `tables`; an older one while a newer is made.
    pub(super) async fn over(
        &self,
        database: &Arc<dyn DatabaseProvider>,
        tables: &Arc<[TableRef]>,
    ) -> Arc<Searchable> {
        self.keep_fresh(database, tables);
        let mut kept = self.kept.subscribe();
        let found = timeout(2 * FIRST_WAIT, kept.wait_for(Option::is_some)).await;
        let found = found.ok().and_then(Result::ok).and_then(|kept| kept.clone());
        found.unwrap_or_else(|| Arc::new(Searchable::of_names(Arc::clone(tables))))
    }

    /// Makes the next question read the descriptions again.
    pub(super) fn forget(&self) {
        self.kept.send_replace(None);
    }

    fn keep_fresh(&self, database: &Arc<dyn DatabaseProvider>, tables: &Arc<[TableRef]>) {
        if self.kept.borrow().as_ref().is_some_and(|kept| kept.is_fresh(tables)) {
            return;
        }
        let Ok(mut reading) = self.reading.lock() else { return };
        if reading.as_ref().is_some_and(|task| !task.is_finished()) {
            return;
        }
        let (database, tables, kept) = (Arc::clone(database), Arc::clone(tables), Arc::clone(&self.kept));
        let embeddings = self.vectors.as_ref().map(|vectors| vectors.embeddings().clone());
        *reading = Some(AbortOnDropHandle::new(tokio::spawn(read(database, tables, embeddings, kept))));
    }
}

/// Describes every table, and puts the index in place: one of names meanwhile, where that takes long.
async fn read(
    database: Arc<dyn DatabaseProvider>,
    tables: Arc<[TableRef]>,
    embeddings: Option<Embeddings>,
    kept: Arc<watch::Sender<Option<Arc<Searchable>>>>,
) {
    let mut describing = std::pin::pin!(describe(&*database, &tables));
    let described = match timeout(FIRST_WAIT, &mut describing).await {
        Ok(described) => described,
        Err(_) => {
            if kept.borrow().is_none() {
                kept.send_replace(Some(Arc::new(Searchable::of_names(Arc::clone(&tables)))));
            }
            describing.await
        }
    };
    let (schemas, complete) = described;
    let tables = Arc::clone(&tables);
    // Seconds of work for very many tables, which must not hold up a thread that serves others.
    let made = spawn_blocking(move || {
        let texts = embeddings.map(|embeddings| embeddings.texts(&schemas));
        Searchable { texts, ..Searchable::new(tables, &schemas, complete) }
    });
    if let Ok(made) = made.await {
        kept.send_replace(Some(Arc::new(made)));
    }
}

/// Every table in order, as far as time allows with its columns, and whether that was all.
async fn describe(database: &dyn DatabaseProvider, tables: &[TableRef]) -> (Vec<TableSchema>, bool) {
    let deadline = Instant::now() + READ_WITHIN;
    let mut described = Vec::with_capacity(tables.len());
    let mut complete = true;
    for batch in tables.chunks(BATCH) {
        match timeout_at(deadline, database.describe(batch)).await {
            Ok(Ok(schemas)) if schemas.len() == batch.len() => described.extend(schemas),
            // One was dropped meanwhile.
            Ok(Err(error)) if error.kind() == ErrorKind::NotFound => {
                complete = false;
                described.extend(by_name(batch));
            }
            failed => {
                let error = failed.ok().and_then(Result::err).map(|error| error.to_string());
                let (read, of) = (described.len(), tables.len());
                tracing::warn!(
                    read,
                    of,
                    error,
                    "not every table could be described: the rest is found by name only"
                );
                complete = false;
                break;
            }
        }
    }
    described.extend(by_name(tables.get(described.len()..).unwrap_or_default()));
    (described, complete)
}

fn by_name(tables: &[TableRef]) -> Vec<TableSchema> {
    tables.iter().cloned().map(TableSchema::new).collect()
}

impl Searchable {
    fn new(tables: Arc<[TableRef]>, schemas: &[TableSchema], complete: bool) -> Self {
        let kept = if complete { KEPT_FOR } else { KEPT_INCOMPLETE };
        let (index, fingerprint) = (TableIndex::new(schemas), Key::of_tables(schemas));
        Searchable { tables, index, fingerprint, texts: None, expires: Instant::now() + kept }
    }

    /// Of tables of which nothing but their names and comments is known yet.
    fn of_names(tables: Arc<[TableRef]>) -> Self {
        let schemas = by_name(&tables);
        Searchable::new(tables, &schemas, false)
    }

    fn is_fresh(&self, tables: &[TableRef]) -> bool {
        let unchanged =
            |(one, other): (&TableRef, &TableRef)| is_same(one, other) && one.comment == other.comment;
        Instant::now() < self.expires
            && self.tables.len() == tables.len()
            && self.tables.iter().zip(tables).all(unchanged)
    }

    /// The tables nearest to a question, best first, at most `most`.
    pub(super) fn find(
        &self,
        question: &str,
        used: &[Used],
        likeness: Option<&[Option<f32>]>,
        most: usize,
    ) -> Vec<&TableRef> {
        let places = used
            .iter()
            .filter_map(|(name, weight)| Some(Prior { table: self.place(name)?, weight: *weight }));
        let priors: Vec<Prior> = places.collect();
        let ranked = self.index.rank(question, &priors, most).into_iter();
        let by_words: Vec<usize> = ranked.map(|one| one.table).collect();
        let found = match likeness {
            Some(likeness) => with_nearest(&by_words, likeness, most),
            None => by_words,
        };
        found.into_iter().filter_map(|table| self.tables.get(table)).collect()
    }

    /// The tables that themselves speak of a subject, best first, at most `most`.
    pub(super) fn mentioning(&self, subject: &str, most: usize) -> Vec<&TableRef> {
        let ranked = self.index.mentioning(subject, most).into_iter();
        ranked.filter_map(|one| self.tables.get(one.table)).collect()
    }

    /// Where the one table is that a statement's name for it means.
    fn place(&self, name: &str) -> Option<usize> {
        let mut parts = name.rsplit('.');
        let (own, schema) = (parts.next()?, parts.next());
        let mut fitting = self.tables.iter().enumerate().filter(|(_, table)| {
            let in_schema =
                |schema: &str| table.schema.as_deref().is_some_and(|one| one.eq_ignore_ascii_case(schema));
            table.name.eq_ignore_ascii_case(own) && schema.is_none_or(in_schema)
        });
        match (fitting.next(), fitting.next()) {
            (Some((place, _)), None) => Some(place),
            _ => None,
        }
    }
}

/// Whether two are one table, whatever is estimated of it.
pub(super) fn is_same(one: &TableRef, other: &TableRef) -> bool {
    one.name == other.name && one.schema == other.schema && one.catalog == other.catalog
}
