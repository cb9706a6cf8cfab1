//! How ids, times and numbers stand in the file.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlatte_core::QueryId;
use sqlx::{Row, sqlite::SqliteRow};
use uuid::Uuid;

type Result<T> = std::result::Result<T, sqlx::Error>;

pub(crate) fn id_bytes(id: QueryId) -> Vec<u8> {
    id.uuid().as_bytes().to_vec()
}

pub(crate) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

pub(crate) fn integer(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(crate) fn get_id(row: &SqliteRow, column: &str) -> Result<QueryId> {
    parse_id(column, row.try_get(column)?)
}

pub(crate) fn get_optional_id(row: &SqliteRow, column: &str) -> Result<Option<QueryId>> {
    row.try_get::<Option<&[u8]>, _>(column)?.map(|bytes| parse_id(column, bytes)).transpose()
}

pub(crate) fn get_time(row: &SqliteRow, column: &str) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp_micros(row.try_get(column)?)
        .ok_or_else(|| malformed(column, "it is no instant that can be told"))
}

pub(crate) fn get_duration(row: &SqliteRow, column: &str) -> Result<Duration> {
    Ok(Duration::from_micros(get_count(row, column)?))
}

pub(crate) fn get_count(row: &SqliteRow, column: &str) -> Result<u64> {
    let number: i64 = row.try_get(column)?;
    u64::try_from(number).map_err(|error| malformed(column, error))
}

/// An error of a value that this crate did not write so. It names the column, never the value.
pub(crate) fn malformed(
    column: &str,
    cause: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: cause.into() }
}

fn parse_id(column: &str, bytes: &[u8]) -> Result<QueryId> {
    let uuid = Uuid::from_slice(bytes).map_err(|error| malformed(column, error))?;
    let mut text = Uuid::encode_buffer();
    uuid.hyphenated().encode_lower(&mut text).parse().map_err(|error: uuid::Error| malformed(column, error))
}
