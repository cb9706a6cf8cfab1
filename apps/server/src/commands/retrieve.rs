use std::{fs, io::Write, path::Path, process::ExitCode};

use serde::Serialize;
use serde_json::Value;
use sqlatte_core::retrieval::{TableIndex, table_from_json};
use sqlatte_providers::TableSchema;

use super::lines::{answer, without_mark};
use crate::runtime::StartError;

/// Tables named for a question at most.
const MOST: usize = 50;

#[derive(Serialize)]
struct Found<'a> {
    id: Value,
    tables: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Reads questions as JSON lines and names the tables of the catalogue each may be about, best first.
///
/// A line that is not such an object gets no tables and an error with its number, under its id or null, so that no
/// line goes unanswered.
pub(crate) fn retrieve(catalog: &Path) -> Result<ExitCode, StartError> {
    let tables = read(catalog)?;
    let index = TableIndex::new(&tables);
    let names: Vec<String> = tables.iter().map(|schema| schema.table.to_string()).collect();
    drop(tables);
    answer(|number, line| {
        find(&index, &names, line).unwrap_or_else(|(id, fault)| Found {
            id,
            tables: Vec::new(),
            error: Some(format!("line {number}: {fault}")),
        })
    })?;
    Ok(ExitCode::SUCCESS)
}

fn find<'a>(index: &TableIndex, names: &'a [String], line: &[u8]) -> Result<Found<'a>, (Value, String)> {
    let mut line: Value = serde_json::from_slice(line)
        .map_err(|error| (Value::Null, format!("the line is not JSON: {error}")))?;
    let id = line.get_mut("id").map(Value::take).unwrap_or_default();
    let Some(question) = line.get("question").and_then(Value::as_str) else {
        return Err((id, "the line is not a JSON object with a text `question`".to_owned()));
    };
    let ranked = index.rank(question, &[], MOST).into_iter();
    let tables = ranked.filter_map(|one| names.get(one.table)).map(String::as_str).collect();
    Ok(Found { id, tables, error: None })
}

/// Every table of a catalogue file; lines that are none are told on standard error and left out.
fn read(path: &Path) -> Result<Vec<TableSchema>, StartError> {
    let fault = |what: String| StartError::System(format!("the catalogue {}: {what}", path.display()));
    let text = fs::read(path).map_err(|error| fault(format!("it cannot be read: {error}")))?;
    let mut tables = Vec::new();
    let mut faults = Vec::new();
    for (number, line) in (1_u64..).zip(without_mark(&text).split(|byte| *byte == b'\n')) {
        if line.trim_ascii().is_empty() {
            continue;
        }
        match table(line) {
            Ok(table) => tables.push(table),
            Err(what) => faults.push(format!("line {number} {what}")),
        }
    }
    if tables.is_empty() {
        let first = faults.first().map(|first| format!(": {first}")).unwrap_or_default();
        return Err(fault(format!(
            "it holds no table; a table is a line of JSON with `db`, `table` and `columns`{first}"
        )));
    }
    let mut told = std::io::stderr().lock();
    for fault in faults {
        let _ = writeln!(told, "sqlatte: the catalogue {}: {fault}; it is left out", path.display());
    }
    Ok(tables)
}

fn table(line: &[u8]) -> Result<TableSchema, String> {
    let line = std::str::from_utf8(line).map_err(|error| format!("is not UTF-8: {error}"))?;
    table_from_json(line)
        .map_err(|error| format!("is no table ({{\"db\", \"table\", \"columns\"}}): {error}"))
}
