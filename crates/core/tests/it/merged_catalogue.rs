//! One catalogue merged from 166 databases, and questions with the tables their SQL needs: a folder beside the project,
//! which not every checkout has.

use std::{collections::HashMap, fs, path::PathBuf};

use serde_json::Value;
use sqlatte_core::retrieval::{TableIndex, table_from_json};
use sqlatte_providers::TableSchema;

/// A question with the places of all tables it needs.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) question: String,
    pub(crate) needed: Vec<usize>,
    /// Whether its database was kept back while the weights were tuned.
    pub(crate) kept_back: bool,
}

/// The numbers of tables among which all needed ones are looked for.
pub(crate) const AT: [usize; 5] = [1, 3, 5, 10, 20];

/// The tables and the questions.
///
/// # Errors
/// Says what is not there.
pub(crate) fn load() -> Result<(Vec<TableSchema>, Vec<Asked>), String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/retrieval");
    let read = |file: &str| {
        let path = folder.join(file);
        fs::read_to_string(&path).map_err(|error| format!("no {}: {error}", path.display()))
    };
    let lines = read("catalog_tables.jsonl")?;
    let tables: Result<Vec<TableSchema>, _> = lines.lines().map(table_from_json).collect();
    let tables = tables.map_err(|error| error.to_string())?;
    let places: HashMap<String, usize> =
        tables.iter().enumerate().map(|(place, one)| (one.table.to_string().to_lowercase(), place)).collect();
    let asked = |line: &str| -> Option<Asked> {
        let line: Value = serde_json::from_str(line).ok()?;
        let needed = line["gold_tables"].as_array()?.iter();
        Some(Asked {
            question: line["question"].as_str()?.to_owned(),
            needed: needed
                .map(|name| places.get(&name.as_str()?.to_lowercase()).copied())
                .collect::<Option<_>>()?,
            kept_back: is_kept_back(line["db"].as_str()?),
        })
    };
    let questions: Option<Vec<Asked>> = read("questions.jsonl")?.lines().map(asked).collect();
    Ok((tables, questions.ok_or("a question is not in the form expected")?))
}

/// Two databases in five, by the FNV-1a hash of their names.
fn is_kept_back(database: &str) -> bool {
    let hash = database
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(16_777_619));
    hash % 5 < 2
}

/// The shares of questions all of whose tables are among the first [`AT`].
pub(crate) fn recall<'a>(
    index: &TableIndex,
    questions: impl IntoIterator<Item = &'a Asked>,
) -> [f64; AT.len()] {
    let (mut found, mut all) = ([0_u32; AT.len()], 0_u32);
    for asked in questions {
        let ranked = index.rank(&asked.question, &[], AT[AT.len() - 1]);
        let place = |table: &usize| ranked.iter().position(|one| one.table == *table).unwrap_or(usize::MAX);
        let last = asked.needed.iter().map(place).max().unwrap_or(0);
        all += 1;
        for (found, at) in found.iter_mut().zip(AT) {
            *found += u32::from(last < at);
        }
    }
    found.map(|found| f64::from(found) / f64::from(all.max(1)))
}
