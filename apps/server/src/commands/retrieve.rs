use std::{
    fs,
    io::{BufRead, BufWriter, Write},
    path::Path,
    process::ExitCode,
};

use serde::Serialize;
use serde_json::Value;
use sqlatte_core::retrieval::{TableIndex, table_from_json};

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
    let mut out = BufWriter::new(std::io::stdout().lock());
    for (number, line) in (1_u64..).zip(std::io::stdin().lock().split(b'\n')) {
        let line = line.map_err(|error| StartError::System(format!("standard input: {error}")))?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let found = find(&index, &names, &line).unwrap_or_else(|(id, fault)| Found {
            id,
            tables: Vec::new(),
            error: Some(format!("line {number}: {fault}")),
        });
        let written = serde_json::to_writer(&mut out, &found).is_ok() && out.write_all(b"\n").is_ok();
        if !written {
            break;
        }
    }
    let _ = out.flush();
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

/// Every table of a catalogue file.
fn read(path: &Path) -> Result<Vec<sqlatte_providers::TableSchema>, StartError> {
    let fault = |what: String| StartError::System(format!("the catalogue {}: {what}", path.display()));
    let text = fs::read(path).map_err(|error| fault(format!("it cannot be read: {error}")))?;
    let mut tables = Vec::new();
    for (number, line) in (1_u64..).zip(text.split(|byte| *byte == b'\n')) {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let line = std::str::from_utf8(line)
            .map_err(|error| fault(format!("line {number} is not UTF-8: {error}")))?;
        let table = table_from_json(line).map_err(|error| {
            fault(format!("line {number} is no table ({{\"db\", \"table\", \"columns\"}}): {error}"))
        })?;
        tables.push(table);
    }
    if tables.is_empty() {
        return Err(fault(
            "it holds no table; a table is a line of JSON with `db`, `table` and `columns`".to_owned(),
        ));
    }
    Ok(tables)
}
