mod outage;
mod schema;
mod search;
mod table_text;
mod vectors;

use std::{sync::Arc, time::Duration};

use futures::StreamExt;
use moka::future::Cache;
use sqlatte_guard::{Guard, Guarded, Reason, Refusal, TableName};
use sqlatte_providers::{
    DatabaseInfo, DatabaseProvider, ErrorKind, ProviderError, Query, Result, TableRef, Value,
};
use tokio::time::Instant;

use self::search::Search;
pub(crate) use self::search::Used;
pub use self::{schema::Schema, vectors::Embeddings};
use crate::{
    cache::Key,
    glossary::{Glossary, House},
    quote_identifier,
};

/// How long a look at the catalogue is trusted.
const FRESH_FOR: Duration = Duration::from_secs(300);
/// A list of tables younger than this is not read again for one that is missing in it.
const RECENT: Duration = Duration::from_secs(5);
/// Unknown tables named in one error.
const FAULTS_NAMED: usize = 5;
/// Different sets of tables kept described at a time.
const SCHEMAS_KEPT: u64 = 64;
/// Time for reading the distinct values of one column.
const VALUES_TIMEOUT: Duration = Duration::from_secs(5);

/// One database's tables and their descriptions, read once and kept for five minutes.
#[derive(Debug)]
pub struct Catalog {
    database: Arc<dyn DatabaseProvider>,
    glossary: Arc<Glossary>,
    guard: Guard,
    listing: Cache<(), Arc<Listing>>,
    schemas: Cache<Vec<String>, Arc<Schema>>,
    search: Search,
}

/// One look at the list of tables.
#[derive(Debug)]
struct Listing {
    tables: Arc<[TableRef]>,
    /// Passes statements over these tables only.
    guard: Guard,
    read_at: Instant,
}

impl Catalog {
    /// The catalogue of `database`; nothing is read yet.
    pub fn new(database: Arc<dyn DatabaseProvider>) -> Self {
        let guard = Guard::new(database.info().dialect);
        Catalog {
            database,
            glossary: Arc::default(),
            guard,
            listing: Cache::builder().time_to_live(FRESH_FOR).build(),
            schemas: Cache::builder().time_to_live(FRESH_FOR).max_capacity(SCHEMAS_KEPT).build(),
            search: Search::default(),
        }
    }

    /// The catalogue with what a house calls its tables.
    #[must_use]
    pub fn with_glossary(mut self, glossary: Glossary) -> Self {
        self.glossary = Arc::new(glossary);
        self
    }

    /// The catalogue with what finds tables by their meaning, if anything does.
    #[must_use]
    pub fn with_embeddings(mut self, embeddings: Option<Embeddings>) -> Self {
        self.search = Search::new(embeddings);
        self
    }

    /// What the house calls things; empty unless it was given.
    pub fn glossary(&self) -> &Glossary {
        &self.glossary
    }

    /// What the house says of these tables.
    pub fn house<'a>(&self, schema: &'a Schema) -> &'a House {
        schema.house.get_or_init(|| House::new(&self.glossary, schema, &self.info(), &self.guard))
    }

    /// The guard for statements over whatever tables.
    pub(crate) fn guard(&self) -> &Guard {
        &self.guard
    }

    /// What it is the catalogue of.
    pub fn info(&self) -> DatabaseInfo {
        self.database.info()
    }

    /// The database itself.
    pub fn database(&self) -> &Arc<dyn DatabaseProvider> {
        &self.database
    }

    /// Every table and view.
    pub async fn tables(&self) -> Result<Arc<[TableRef]>> {
        Ok(Arc::clone(&self.listing().await?.tables))
    }

    /// Passes a read-only statement over tables that exist.
    ///
    /// A table that is not in the list may be new: the list is read again, unless that was a moment ago.
    pub async fn check(&self, sql: &str) -> Result<std::result::Result<Guarded, Refusal>> {
        let listing = self.listing().await?;
        match listing.guard.check(sql) {
            Err(Refusal { reason: Reason::Table, .. }) if listing.read_at.elapsed() > RECENT => {
                self.listing.invalidate(&()).await;
                Ok(self.listing().await?.guard.check(sql))
            }
            checked => Ok(checked),
        }
    }

    /// Questions that come at once wait for one look.
    async fn listing(&self) -> Result<Arc<Listing>> {
        let look = async {
            let tables: Arc<[TableRef]> = self.database.tables().await?.into();
            let guard =
                self.guard.clone().with_tables(tables.iter().map(table_name)).with_home(self.info().home);
            Ok(Arc::new(Listing { tables, guard, read_at: Instant::now() }))
        };
        self.listing.try_get_with((), look).await.map_err(shared)
    }

    /// The tables with these names, in the order of the names; a name may leave out catalog and schema where
    /// that is unambiguous, and is compared without case if nothing fits with it.
    ///
    /// A table that is not in the list may be new: the list is read again, unless that was a moment ago.
    ///
    /// # Errors
    /// `NotFound` names those that do not exist, and those that could be more than one.
    pub async fn resolve(&self, names: &[String]) -> Result<Vec<TableRef>> {
        let listing = self.listing().await?;
        match resolved(&listing.tables, names) {
            Err(_) if listing.read_at.elapsed() > RECENT => {
                self.listing.invalidate(&()).await;
                resolved(&self.listing().await?.tables, names)
            }
            resolved => resolved,
        }
    }

    /// Describes these tables, from memory where they were described together before.
    pub async fn describe(&self, tables: &[TableRef]) -> Result<Arc<Schema>> {
        let key: Vec<String> = tables.iter().map(TableRef::to_string).collect();
        let look = async { Ok(Arc::new(Schema::new(self.database.describe(tables).await?))) };
        self.schemas.try_get_with(key, look).await.map_err(shared)
    }

    /// The tables nearest to a question, best first, at most `most`; those used before are found sooner.
    pub(crate) async fn search(&self, question: &str, used: &[Used], most: usize) -> Result<Vec<TableRef>> {
        let tables = self.tables().await?;
        let searchable = self.search.over(&self.database, &tables).await;
        let likeness = self.search.likeness(&searchable, question).await;
        let found = searchable.find(question, used, likeness.as_deref(), most).into_iter();
        // The index may be of an earlier look.
        let still = found.filter_map(|one| tables.iter().find(|table| search::is_same(table, one)));
        Ok(still.cloned().collect())
    }

    /// The tables that themselves speak of something, by name, comment, column or sample value, best first.
    pub(crate) async fn mentioning(&self, subject: &str, most: usize) -> Result<Vec<TableRef>> {
        let tables = self.tables().await?;
        let searchable = self.search.over(&self.database, &tables).await;
        let found = searchable.mentioning(subject, most).into_iter();
        let still = found.filter_map(|one| tables.iter().find(|table| search::is_same(table, one)));
        Ok(still.cloned().collect())
    }

    /// Describes as many of these tables, best first, as `budget` bytes of text hold, one at least.
    pub(crate) async fn describe_within(&self, ranked: &[TableRef], budget: usize) -> Result<Arc<Schema>> {
        let all = self.tables().await?.len();
        let key = ranked.iter().map(TableRef::to_string).chain([format!("{budget} of {all}")]).collect();
        let look = async { Ok(Arc::new(Schema::packed(self.database.describe(ranked).await?, budget, all))) };
        self.schemas.try_get_with(key, look).await.map_err(shared)
    }

    /// What is known of the tables, by which a question's are found: the same for every look at the same tables, as long
    /// as nothing but the number of their rows changes, and another where embeddings took part.
    pub(crate) async fn fingerprint(&self, question: &str) -> Result<Key> {
        let tables = self.tables().await?;
        let searchable = self.search.over(&self.database, &tables).await;
        Ok(self.search.fingerprint(&searchable, question))
    }

    /// Forgets everything read, so that the next call reads the database again.
    pub fn refresh(&self) {
        self.listing.invalidate_all();
        self.schemas.invalidate_all();
        self.search.forget();
    }

    /// Up to `limit` distinct non-NULL texts of a column, or `None` when it has more than that.
    pub async fn distinct_values(
        &self,
        table: &TableRef,
        column: &str,
        limit: u64,
    ) -> Result<Option<Vec<String>>> {
        let dialect = self.info().dialect;
        let column = quote_identifier(dialect, column);
        let from = [&table.catalog, &table.schema]
            .into_iter()
            .flatten()
            .chain([&table.name])
            .map(|part| quote_identifier(dialect, part))
            .collect::<Vec<_>>()
            .join(".");
        let sql = format!("SELECT DISTINCT {column} FROM {from} WHERE {column} IS NOT NULL");
        let sql = self
            .check(&sql)
            .await?
            .map_err(|refusal| ProviderError::new(ErrorKind::Unexpected, refusal.to_string()))?;
        let mut stream =
            self.database.query(Query { sql, max_rows: limit, timeout: VALUES_TIMEOUT }).await?.batches;
        let mut values = Vec::new();
        while let Some(batch) = stream.next().await {
            let batch = batch?;
            values.extend(batch.rows.into_iter().flatten().filter_map(|value| match value {
                Value::Text(text) => Some(text),
                _ => None,
            }));
            if batch.truncated {
                return Ok(None);
            }
        }
        Ok(Some(values))
    }
}

/// The tables with these names, or which names fit none or several.
fn resolved(tables: &[TableRef], names: &[String]) -> Result<Vec<TableRef>> {
    let mut found = Vec::with_capacity(names.len());
    let mut faults = Vec::new();
    for name in names {
        match named(tables, name).as_slice() {
            [] => faults.push(format!("there is no table `{name}` in this database")),
            [table] if found.contains(*table) => {}
            [table] => found.push((*table).clone()),
            several => {
                let several: Vec<String> = several.iter().map(ToString::to_string).collect();
                faults.push(format!("`{name}` can be {}: name its schema", several.join(" or ")));
            }
        }
    }
    if faults.is_empty() {
        return Ok(found);
    }
    let more = faults.len().saturating_sub(FAULTS_NAMED);
    faults.truncate(FAULTS_NAMED);
    if more > 0 {
        faults.push(format!("and {more} more"));
    }
    Err(ProviderError::new(ErrorKind::NotFound, faults.join("; ")))
}

/// The tables a name can mean: exactly, else without case, with its schema or without.
fn named<'a>(tables: &'a [TableRef], name: &str) -> Vec<&'a TableRef> {
    let all =
        |fits: &dyn Fn(&TableRef) -> bool| tables.iter().filter(|table| fits(table)).collect::<Vec<_>>();
    let ways: [&dyn Fn(&TableRef) -> bool; 4] = [
        &|table| table.to_string() == name,
        &|table| table.name == name,
        &|table| table.to_string().eq_ignore_ascii_case(name),
        &|table| table.name.eq_ignore_ascii_case(name),
    ];
    ways.into_iter().map(|fits| all(fits)).find(|found| !found.is_empty()).unwrap_or_default()
}

/// An error that several waiting questions share, for one of them.
fn shared(error: Arc<ProviderError>) -> ProviderError {
    let copy = ProviderError::new(error.kind(), error.message());
    let copy = match error.retry_after() {
        Some(wait) => copy.with_retry_after(wait),
        None => copy,
    };
    copy.with_source(error)
}

fn table_name(table: &TableRef) -> TableName {
    let parts = [&table.catalog, &table.schema].into_iter().flatten().chain([&table.name]);
    TableName { parts: parts.cloned().collect() }
}
