use std::{
    collections::HashMap,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use sqlatte_guard::KnownTables;
use sqlatte_providers::{DatabaseInfo, TableRef, TableSchema};

use super::search;
use crate::{
    ask::{Detail, Shown, fit, known_tables, schema_text},
    cache::Key,
    glossary::House,
};

/// Tables that are chosen before all columns of one are shown.
const FIRST: usize = 8;
/// Bytes of a table that a choice of tables counts at least, if it has as many; no text has to be shorter.
const NARROWEST: usize = 1_000;

/// Some described tables.
#[derive(Debug)]
pub struct Schema {
    /// Different for every reading of the database, so that what is derived from a schema can be kept with it.
    pub revision: u64,
    /// The tables, in the catalogue's order.
    pub tables: Vec<TableSchema>,
    /// How many tables of the database are not among them, where they were chosen for a question.
    pub left_out: usize,
    /// The columns that the text shows, where there is no room for all of them.
    shown: Option<Shown>,
    /// Made when it is first asked for: every prompt of a schema holds the same.
    text: OnceLock<String>,
    /// The same, without what may quote a row.
    shape: OnceLock<String>,
    /// Bytes of the text with all columns.
    length: OnceLock<usize>,
    /// Made when a statement over these tables is first read.
    known: OnceLock<KnownTables>,
    /// Made when a question over these tables is first looked for.
    fingerprint: OnceLock<Key>,
    /// Made when what the house says of these tables is first asked for.
    pub(super) house: OnceLock<House>,
}

static REVISION: AtomicU64 = AtomicU64::new(1);

impl Schema {
    /// A schema of these tables, under a revision of its own.
    pub fn new(tables: Vec<TableSchema>) -> Self {
        Schema {
            revision: REVISION.fetch_add(1, Ordering::Relaxed),
            tables,
            left_out: 0,
            shown: None,
            text: OnceLock::new(),
            shape: OnceLock::new(),
            length: OnceLock::new(),
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
        let tables = schema_text(&self.tables, detail, self.shown.as_ref());
        let mut text = String::new();
        if self.left_out > 0 {
            let (shown, all) = (self.tables.len(), self.tables.len() + self.left_out);
            text = format!(
                "Shown are {shown} of {all} tables: those nearest to the question. If they do not hold what is asked \
                 for, say so and ask for the table's name.\n"
            );
        }
        if self.columns_left_out() > 0 {
            text.push_str(
                "Not all their columns are shown. If one is missing, say so and ask for the column's name.\n",
            );
        }
        text + &tables
    }

    /// How many columns of these tables the text leaves out, because there is no room for them.
    pub fn columns_left_out(&self) -> usize {
        self.shown.iter().flatten().flatten().filter(|shown| !**shown).count()
    }

    /// Bytes that the text of all these tables takes with all their columns.
    pub(crate) fn length(&self) -> usize {
        *self.length.get_or_init(|| schema_text(&self.tables, Detail::Whole, None).len())
    }

    /// The schema with a text of `budget` bytes, or of a few where even that is too little: of all its tables, the
    /// columns that the question needs first. The tables themselves stay whole.
    pub(crate) fn narrowed(self: Arc<Self>, budget: usize, question: &str) -> Arc<Self> {
        let budget = budget.max(NARROWEST);
        if self.length() <= budget {
            return self;
        }
        Arc::new(Schema {
            revision: self.revision,
            left_out: self.left_out,
            shown: Some(fit(&self.tables, budget, question)),
            ..Schema::new(self.tables.clone())
        })
    }

    /// Those of its tables that are nearest to a question, which are `ranked` best first, as far as `budget` bytes of
    /// text hold them.
    pub(crate) fn nearest(&self, ranked: &[TableRef], budget: usize) -> Self {
        let table = |one| self.tables.iter().find(|table| search::is_same(&table.table, one)).cloned();
        Schema::packed(ranked.iter().filter_map(table).collect(), budget, self.tables.len() + self.left_out)
    }

    /// The schema with more tables; all of its own stay.
    pub(crate) fn with_more(&self, more: &[TableSchema]) -> Self {
        let mut tables = self.tables.clone();
        let new = |table: &&TableSchema| !tables.iter().any(|one| search::is_same(&one.table, &table.table));
        let more: Vec<TableSchema> = more.iter().filter(new).cloned().collect();
        let left_out = self.left_out.saturating_sub(more.len());
        tables.extend(more);
        tables.sort_by(|one, other| one.table.cmp(&other.table));
        Schema { left_out, ..Schema::new(tables) }
    }

    /// The same for every reading of the same tables, as long as nothing but the number of their rows changes.
    pub(crate) fn fingerprint(&self) -> Key {
        *self.fingerprint.get_or_init(|| Key::of_tables(&self.tables))
    }

    /// The tables as statements over them are read against; `info` is that of the database they are in.
    pub(crate) fn known(&self, info: &DatabaseInfo) -> &KnownTables {
        self.known.get_or_init(|| known_tables(info, &self.tables))
    }

    /// As many of `ranked` as `budget` bytes of text hold, one at least, in the catalogue's order. Of the first few there
    /// may be a part of the columns; further tables come in beside all the columns of those before them.
    pub(super) fn packed(ranked: Vec<TableSchema>, budget: usize, all: usize) -> Self {
        let share = (budget / FIRST).max(NARROWEST);
        let (mut shares, mut whole) = (0, 0);
        let mut tables = Vec::new();
        for table in ranked {
            let length = schema_text(std::slice::from_ref(&table), Detail::Whole, None).len();
            let used = if tables.len() < FIRST { shares } else { whole };
            // A table too wide for what is left does not keep out those behind it.
            if used + length.min(share) <= budget || tables.is_empty() {
                shares += length.min(share);
                whole += length;
                tables.push(table);
            }
        }
        tables.sort_by(|one, other| one.table.cmp(&other.table));
        Schema { left_out: all.saturating_sub(tables.len()), ..Schema::new(tables) }
    }

    /// The tables by their own names in lower case; of two with one name, the first.
    pub fn by_name(&self) -> HashMap<String, &TableSchema> {
        let mut map = HashMap::new();
        for table in &self.tables {
            map.entry(table.table.name.to_lowercase()).or_insert(table);
        }
        map
    }
}
