//! What the insights say of series whose figures numpy knows, of noise, and of the values that databases deliver.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]
#![expect(clippy::print_stdout, reason = "what was measured is printed")]

mod draws;
mod expected;
mod noise;
mod planted;
mod shapes;
mod tables;

use chrono::NaiveDate;
use sqlatte_core::{Insight, statistical_insights};
use sqlatte_providers::{Column, ColumnType, Row, Value};

/// Sunday, 22 November 2026.
fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

fn insights(columns: &[(&str, ColumnType)], rows: &[Row]) -> Vec<Insight> {
    let columns: Vec<Column> =
        columns.iter().map(|(name, kind)| Column { name: (*name).to_owned(), kind: *kind }).collect();
    statistical_insights(&columns, rows, today())
}

fn messages(columns: &[(&str, ColumnType)], rows: &[Row]) -> Vec<String> {
    insights(columns, rows).into_iter().map(|insight| insight.message).collect()
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}
