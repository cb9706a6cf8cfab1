use std::time::{Duration, Instant};

use rusqlite::{Rows, types::ValueRef};
use sqlatte_providers::{Column, Row, Value};

use crate::types;

const MAX_ROWS: usize = 500;
const MAX_BYTES: usize = 256 << 10;
/// A slow statement shows what it has after this long.
const MAX_AGE: Duration = Duration::from_millis(200);

/// Reads the rows of a running statement, some at a time.
pub(crate) struct Reader<'a> {
    rows: Rows<'a>,
    /// The columns, known with the first row.
    pub(crate) declared: Option<Vec<Declared>>,
    width: usize,
    /// Rows that may still be given out.
    left: u64,
}

/// Some rows as SQLite stores them, and whether the statement has ended or the limit is reached.
pub(crate) struct Chunk {
    pub(crate) rows: Vec<Row>,
    pub(crate) end: Option<End>,
}

/// Why there are no more rows.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum End {
    Complete,
    Truncated,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(rows: Rows<'a>, max_rows: u64) -> Self {
        Reader { rows, declared: None, width: 0, left: max_rows }
    }

    pub(crate) fn next(&mut self) -> rusqlite::Result<Chunk> {
        let (mut rows, mut bytes) = (Vec::new(), 0);
        let mut started = None;
        loop {
            let Some(row) = self.rows.next()? else {
                return Ok(Chunk { rows, end: Some(End::Complete) });
            };
            if self.width == 0 {
                let declared = declared(row.as_ref());
                self.width = declared.len();
                self.declared = Some(declared);
            }
            if self.left == 0 {
                return Ok(Chunk { rows, end: Some(End::Truncated) });
            }
            self.left -= 1;
            let mut values = Vec::with_capacity(self.width);
            for index in 0..self.width {
                let value = row.get_ref(index)?;
                bytes += size(value);
                values.push(owned(value));
            }
            rows.push(values);
            let started = *started.get_or_insert_with(Instant::now);
            if rows.len() == MAX_ROWS || bytes >= MAX_BYTES || started.elapsed() > MAX_AGE {
                return Ok(Chunk { rows, end: None });
            }
        }
    }
}

fn size(value: ValueRef<'_>) -> usize {
    match value {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.len() + size_of::<Value>(),
        _ => size_of::<Value>(),
    }
}

fn owned(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Float(number),
        // SQLite does not check texts: one that is not UTF-8 is shown as well as it can be.
        ValueRef::Text(bytes) => Value::Text(String::from_utf8_lossy(bytes).into_owned()),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
    }
}

/// A column as the statement declares it.
pub(crate) struct Declared {
    pub(crate) name: String,
    pub(crate) database_type: Option<String>,
}

pub(crate) fn declared(statement: &rusqlite::Statement<'_>) -> Vec<Declared> {
    let columns = statement.columns();
    let declared = columns.iter().map(|column| Declared {
        name: column.name().to_owned(),
        database_type: column.decl_type().map(str::to_owned),
    });
    declared.collect()
}

/// Decides what the columns hold by what is declared and by the first rows.
pub(crate) fn decide(declared: Vec<Declared>, rows: &[Row]) -> Vec<Column> {
    let decide = |(index, column): (usize, Declared)| Column {
        kind: types::of_result(column.database_type.as_deref(), rows.iter().filter_map(|row| row.get(index))),
        name: column.name,
    };
    declared.into_iter().enumerate().map(decide).collect()
}

/// Gives all values the form their columns' kinds have everywhere.
pub(crate) fn refine(columns: &[Column], rows: &mut [Row]) {
    for row in rows {
        for (column, value) in columns.iter().zip(row) {
            types::refine(column.kind, value);
        }
    }
}
