mod outage;
mod search;
mod table_text;
mod vectors;

use std::{
    collections::HashMap,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures::StreamExt;
use moka::future::Cache;
use sqlatte_guard::{Guard, Guarded, KnownTables, Reason, Refusal, TableName};
use sqlatte_providers::{
    DatabaseInfo, DatabaseProvider, ErrorKind, ProviderError, Query, Result, TableRef, TableSchema, Value,
};
use tokio::time::Instant;

use self::search::Search;
pub(crate) use self::search::Used;
pub use self::vectors::Embeddings;
use crate::{
    ask::{Detail, known_tables, room, schema_text, schema_text_within},
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

/// Some described tables.
#[derive(Debug)]
pub struct Schema {
    /// Different for every reading of the database, so that what is derived from a schema can be kept with it.
    pub revision: u64,
    /// The tables, in the catalogue's order.
    pub tables: Vec<TableSchema>,
    /// How many tables of the database are not among them, where they were chosen for a question.
    pub left_out: usize,
    /// Where a table is too wide for a prompt: the bytes that one may take, and the question its columns are for.
    within: Option<(usize, String)>,
    /// Made when it is first asked for: every prompt of a schema holds the same.
    text: OnceLock<String>,
    /// The same, without what may quote a row.
    shape: OnceLock<String>,
    /// Bytes of the text of the widest table.
    widest: OnceLock<usize>,
    /// Made when a statement over these tables is first read.
    known: OnceLock<KnownTables>,
    /// Made when a question over these tables is first looked for.
    fingerprint: OnceLock<Key>,
    /// Made when what the house says of these tables is first asked for.
    house: OnceLock<House>,
}

static REVISION: AtomicU64 = AtomicU64::new(1);

impl Schema {
    /// A schema of these tables, under a revision of its own.
    pub fn new(tables: Vec<TableSchema>) -> Self {
        Schema {
            revision: REVISION.fetch_add(1, Ordering::Relaxed),
            tables,
            left_out: 0,
            within: None,
            text: OnceLock::new(),
            shape: OnceLock::new(),
            widest: OnceLock::new(),
            known: OnceLock::new(),
            fingerprint: OnceLock::new(),
            house: OnceLock::new(),
        }
    }

    /// The schema as text for people and models: one line a column, with type, keys, comment and sample values;
    /// before them, how many tables were left out.
    pub fn text(&self) -> &str {
        self.text.get_or_init(|| self.told(Detail::Whole))
    }

    /// The schema as text without anything that may quote a row: names, types and keys alone.
    pub fn shape(&self) -> &str {
        self.shape.get_or_init(|| self.told(Detail::Shape))
    }

    fn told(&self, detail: Detail) -> String {
        let tables = match &self.within {
            Some((budget, question)) => schema_text_within(&self.tables, detail, *budget, question),
            None => schema_text(&self.tables, detail),
        };
        if self.left_out == 0 {
            return tables;
        }
        let (shown, all) = (self.tables.len(), self.tables.len() + self.left_out);
        format!(
            "Shown are {shown} of {all} tables: those nearest to the question. If they do not hold what is asked \
             for, say so and ask for the table's name.\n{tables}"
        )
    }

    /// The schema with a text in which no table is wider than `budget` bytes; the columns shown of a wider one are
    /// those that the question needs first. The tables themselves stay whole.
    pub(crate) fn narrowed(self: Arc<Self>, budget: usize, question: &str) -> Arc<Self> {
        let length = |table| schema_text(std::slice::from_ref(table), Detail::Whole).len();
        let widest = *self.widest.get_or_init(|| self.tables.iter().map(length).max().unwrap_or_default());
        if widest <= budget {
            return self;
        }
        Arc::new(Schema {
            revision: self.revision,
            left_out: self.left_out,
            within: Some((budget, question.to_owned())),
            ..Schema::new(self.tables.clone())
        })
    }

    /// The same for every reading of the same tables, as long as nothing but the number of their rows changes.
    pub(crate) fn fingerprint(&self) -> Key {
        *self.fingerprint.get_or_init(|| Key::of_tables(&self.tables))
    }

    /// The tables as statements over them are read against; `info` is that of the database they are in.
    pub(crate) fn known(&self, info: &DatabaseInfo) -> &KnownTables {
        self.known.get_or_init(|| known_tables(info, &self.tables))
    }

    /// As many of `ranked` as `budget` bytes of text hold, one at least, in the catalogue's order.
    fn packed(ranked: Vec<TableSchema>, budget: usize, all: usize) -> Self {
        let mut used = 0;
        let mut tables = Vec::new();
        for table in ranked {
            let length = room(schema_text(std::slice::from_ref(&table), Detail::Whole).len(), budget);
            // A table too wide for what is left does not keep out those behind it.
            if used + length <= budget || tables.is_empty() {
                used += length;
                tables.push(table);
            }
        }
        tables.sort_by(|one, other| one.table.cmp(&other.table));
        Schema { left_out: all.saturating_sub(tables.len()), ..Schema::new(tables) }
    }
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

impl Schema {
    /// The tables by their own names in lower case; of two with one name, the first.
    pub fn by_name(&self) -> HashMap<String, &TableSchema> {
        let mut map = HashMap::new();
        for table in &self.tables {
            map.entry(table.table.name.to_lowercase()).or_insert(table);
        }
        map
    }
}
