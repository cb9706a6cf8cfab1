//! The cases that `expect.py` wrote: kinds and figures must be its own, and the sentences are read in a snapshot.

use std::{collections::BTreeMap, fmt::Write, fs, path::Path};

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value as Json;
use sqlatte_core::statistical_insights;
use sqlatte_providers::{Column, ColumnType, Value};

#[derive(Deserialize)]
struct Case {
    today: NaiveDate,
    columns: Vec<(String, String)>,
    expect: BTreeMap<String, BTreeMap<String, f64>>,
    rows: Vec<Vec<Json>>,
}

fn kind(name: &str) -> ColumnType {
    let kinds = [
        ColumnType::Text,
        ColumnType::Integer,
        ColumnType::Decimal,
        ColumnType::Float,
        ColumnType::Date,
        ColumnType::Timestamp,
    ];
    kinds.into_iter().find(|kind| kind.name() == name).unwrap()
}

fn cell(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => {
            number.as_i64().map_or_else(|| Value::Float(number.as_f64().unwrap()), Value::Integer)
        }
        Json::String(text) => Value::Text(text.clone()),
        Json::Object(typed) => match (typed.get("decimal"), typed.get("float")) {
            (Some(digits), _) => Value::Decimal(digits.as_str().unwrap().to_owned()),
            (_, Some(float)) => Value::Float(float.as_str().unwrap().parse().unwrap()),
            _ => panic!("a cell of no known type: {json}"),
        },
        Json::Array(_) => panic!("a cell of no known type: {json}"),
    }
}

/// To a part in a million, and one in a million for what is about zero.
fn same(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-6 * one.abs().max(other.abs()).max(1.0)
}

#[test]
fn figures_are_those_of_numpy() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/insights/cases");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 30, "{} cases", files.len());
    let mut sentences = String::new();
    let mut faults = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let case: Case = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        let columns: Vec<Column> =
            case.columns.iter().map(|(name, of)| Column { name: name.clone(), kind: kind(of) }).collect();
        let rows: Vec<Vec<Value>> = case.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
        let found = statistical_insights(&columns, &rows, case.today);

        writeln!(sentences, "{name}").unwrap();
        for insight in &found {
            writeln!(sentences, "  {}: {}", insight.kind, insight.message).unwrap();
            if !case.expect.contains_key(insight.kind) {
                faults.push(format!("{name}: no {} expected: {}", insight.kind, insight.message));
            }
        }
        for (kind, figures) in &case.expect {
            let fits = |insight: &&sqlatte_core::Insight| {
                insight.kind == kind
                    && figures.iter().all(|(name, value)| {
                        insight.figures.iter().any(|(own, figure)| own == name && same(*figure, *value))
                    })
            };
            if !found.iter().any(|insight| fits(&insight)) {
                let own: Vec<_> =
                    found.iter().filter(|one| one.kind == kind).map(|one| &one.figures).collect();
                faults.push(format!("{name}: {kind} should have {figures:?}, not {own:?}"));
            }
        }
    }
    insta::assert_snapshot!("sentences", sentences);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
