//! A column as its name and type tell it.

use chrono::NaiveDate;
use sqlatte_providers::{ColumnSchema, ColumnType};

use super::{Column, TableId};
use crate::text::{singular, split_identifier};

pub(super) fn new_column(
    table: TableId,
    column: &ColumnSchema,
    table_words: &[String],
    is_key: bool,
) -> Column {
    let mut words: Vec<String> = split_identifier(&column.name)
        .iter()
        .flat_map(|word| expand(&singular(word)).split(' ').map(str::to_owned).collect::<Vec<_>>())
        .collect();
    if let [initial, name] = words.as_slice()
        && name == "name"
        && let Some(whole) = match initial.as_str() {
            "f" => Some("first"),
            "l" => Some("last"),
            _ => None,
        }
    {
        words[0] = whole.to_owned();
    }
    if words.len() > table_words.len() && words.starts_with(table_words) {
        words.drain(..table_words.len());
    } else if let Some(last) = table_words.last()
        && words.len() > 1
        && words[0] == *last
    {
        words.remove(0);
    }
    let has = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    let ends_like_date =
        words.last().is_some_and(|word| matches!(word.as_str(), "date" | "datetime" | "timestamp"));
    let text_or_unknown = matches!(column.kind, ColumnType::Text | ColumnType::Unknown);
    let is_date =
        column.kind.is_temporal() || (text_or_unknown && (ends_like_date || keeps_dates(&column.samples)));
    let is_id = words.last().is_some_and(|word| word == "id" || word == "uuid" || word == "guid");
    let flag = split_identifier(&column.name);
    let is_flag = flag.first().is_some_and(|word| matches!(word.as_str(), "is" | "has" | "can"));
    let is_boolean = column.kind == ColumnType::Boolean
        || (is_flag && flag.len() > 1 && column.kind == ColumnType::Integer);
    let year = has(&["year", "founded"]) && matches!(column.kind, ColumnType::Integer | ColumnType::Text);
    Column {
        table,
        name: column.name.clone(),
        kind: column.kind,
        nullable: column.nullable,
        is_birth: is_date && has(&["birth", "birthday", "dob", "born", "birthdate"]),
        is_key: is_key || is_id,
        is_foreign_key: false,
        is_date,
        is_year: year && !is_date,
        is_boolean,
        words,
        comment: column.comment.clone().unwrap_or_default(),
        samples: column.samples.clone(),
    }
}

/// Whether a column of text holds dates, as its values say: `2026-11-22`, also with a time behind it.
fn keeps_dates(samples: &[String]) -> bool {
    let is_date = |text: &String| {
        let day = text.get(..10).is_some_and(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").is_ok());
        day && matches!(text.as_bytes().get(10), None | Some(b' ' | b'T'))
    };
    !samples.is_empty() && samples.iter().all(is_date)
}

/// Abbreviations in names.
fn expand(word: &str) -> String {
    match word {
        "fname" | "firstname" | "forename" => "first name",
        "lname" | "lastname" | "surname" => "last name",
        "qty" => "quantity",
        "amt" => "amount",
        "num" | "nr" => "number",
        "desc" => "description",
        "addr" => "address",
        "tel" => "telephone",
        "dept" => "department",
        "cat" => "category",
        "emp" => "employee",
        "cust" => "customer",
        "prod" => "product",
        "yr" => "year",
        "avg" => "average",
        "pct" => "percent",
        "dob" => "birth",
        "lat" => "latitude",
        "lng" | "lon" => "longitude",
        "mgr" => "manager",
        "loc" => "location",
        "stu" => "student",
        "fac" => "faculty",
        "acc" => "account",
        "tot" => "total",
        "cred" => "credit",
        "seq" => "sequence",
        "descr" => "description",
        "ref" => "reference",
        "acct" => "account",
        "inst" => "institution",
        "temp" => "temperature",
        other => other,
    }
    .to_owned()
}
