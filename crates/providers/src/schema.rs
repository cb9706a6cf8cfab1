use std::fmt;

/// A table or view as the database names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableRef {
    /// The catalog (Trino) or project (BigQuery), where there is more than one.
    pub catalog: Option<String>,
    /// The schema or dataset, where the database has them.
    pub schema: Option<String>,
    /// The table's own name, case kept.
    pub name: String,
    /// What it is.
    pub kind: TableKind,
    /// The comment kept in the database.
    pub comment: Option<String>,
    /// About how many rows it has: an estimate the database keeps, never a count made for this.
    pub rows_estimate: Option<u64>,
}

impl TableRef {
    /// A plain table without schema, comment or estimate.
    pub fn new(name: impl Into<String>) -> Self {
        TableRef {
            catalog: None,
            schema: None,
            name: name.into(),
            kind: TableKind::Table,
            comment: None,
            rows_estimate: None,
        }
    }
}

impl fmt::Display for TableRef {
    /// The name with its catalog and schema, unquoted: for people and for comparison, not for SQL.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in [&self.catalog, &self.schema].into_iter().flatten() {
            write!(f, "{part}.")?;
        }
        f.write_str(&self.name)
    }
}

/// The kinds of relation that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TableKind {
    /// A table.
    Table,
    /// A view.
    View,
    /// A view whose rows are stored.
    MaterializedView,
    /// A table that lives in another server.
    ForeignTable,
}

impl TableKind {
    /// The name in answers.
    pub fn name(self) -> &'static str {
        match self {
            TableKind::Table => "table",
            TableKind::View => "view",
            TableKind::MaterializedView => "materialized_view",
            TableKind::ForeignTable => "foreign_table",
        }
    }
}

/// All that is needed to write SQL for one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSchema {
    /// Which table.
    pub table: TableRef,
    /// Its columns, in the table's order.
    pub columns: Vec<ColumnSchema>,
    /// The columns of the primary key, in key order; empty without one.
    pub primary_key: Vec<String>,
    /// Its foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// How its rows are laid out, where a query that knows it reads less.
    pub layout: Layout,
}

impl TableSchema {
    /// A table with no columns, keys or layout yet.
    pub fn new(table: TableRef) -> Self {
        TableSchema {
            table,
            columns: Vec::new(),
            primary_key: Vec::new(),
            foreign_keys: Vec::new(),
            layout: Layout::default(),
        }
    }
}

/// How a table's rows are laid out: what a query filters by to read only a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    /// The columns that rows are partitioned by; a filter on them leaves whole partitions unread.
    pub partitioned_by: Vec<String>,
    /// Whether the database refuses queries that do not filter by the partition columns.
    pub filter_required: bool,
    /// The columns that rows are sorted or clustered by within a partition, in order.
    pub clustered_by: Vec<String>,
}

/// One column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnSchema {
    /// The name, case kept.
    pub name: String,
    /// The type in the database's own words, such as `NUMERIC(12,2)`.
    pub database_type: String,
    /// What it holds, in the words common to all databases.
    pub kind: crate::ColumnType,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// The default as the database writes it, where there is one that says something about the values.
    pub default: Option<String>,
    /// The comment kept in the database.
    pub comment: Option<String>,
    /// A few distinct values of a low-cardinality text column, or the labels of an enum; may be empty.
    pub samples: Vec<String>,
}

impl ColumnSchema {
    /// A column that may be NULL, without default, comment or samples.
    pub fn new(name: impl Into<String>, database_type: impl Into<String>, kind: crate::ColumnType) -> Self {
        ColumnSchema {
            name: name.into(),
            database_type: database_type.into(),
            kind,
            nullable: true,
            default: None,
            comment: None,
            samples: Vec::new(),
        }
    }
}

/// A reference from one table to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// The columns here.
    pub columns: Vec<String>,
    /// The table referred to, named as [`TableRef`] displays it.
    pub references: String,
    /// The columns there, in the same order.
    pub referenced_columns: Vec<String>,
}
