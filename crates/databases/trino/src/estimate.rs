//! What the planner expects, before anything is read.

use std::{collections::HashMap, sync::Arc, time::Duration};

use serde::Deserialize;
use sqlatte_providers::{Batch, Estimate, Result, Row, Value};

use crate::{describe::Name, listing::extra, server::Server, statement::Statement};
use futures::TryStreamExt;

const ESTIMATE_TIMEOUT: Duration = Duration::from_secs(30);
// On a line of its own, so that columns in the statement stay what they are.
const EXPLAIN: &str = "EXPLAIN (TYPE IO, FORMAT JSON)\n";
/// Tables whose sizes one statement asks for.
const TABLES_AT_ONCE: usize = 50;

/// The plan's inputs, as the server writes them.
#[derive(Deserialize)]
struct Plan {
    #[serde(default, rename = "inputTableColumnInfos")]
    inputs: Vec<Input>,
}

#[derive(Deserialize)]
struct Input {
    table: Table,
    /// Old servers have none.
    #[serde(default)]
    estimate: Expected,
}

#[derive(Deserialize)]
struct Table {
    catalog: String,
    #[serde(rename = "schemaTable")]
    schema_table: SchemaTable,
}

#[derive(Deserialize)]
struct SchemaTable {
    schema: String,
    table: String,
}

/// Numbers, or the text `NaN` where the connector keeps no statistics.
#[derive(Deserialize, Default)]
struct Expected {
    #[serde(default, rename = "outputRowCount")]
    rows: serde_json::Value,
    #[serde(default, rename = "outputSizeInBytes")]
    bytes: serde_json::Value,
}

/// What a statement reads: the sum of what the planner knows of its tables; `None` where it knows nothing.
pub(crate) async fn estimate(server: &Arc<Server>, sql: &str) -> Result<Option<Estimate>> {
    // What explains or shows reads no tables, and cannot be explained.
    let word: String = sql.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
    if ["EXPLAIN", "SHOW", "DESCRIBE", "DESC"].contains(&word.to_ascii_uppercase().as_str()) {
        return Ok(None);
    }
    let statement = Statement::after(EXPLAIN, sql, u64::MAX, ESTIMATE_TIMEOUT);
    let batches: Vec<Batch> = server.run(statement).await?.batches.try_collect().await?;
    let rows = batches.into_iter().flat_map(|batch| batch.rows).collect();
    Ok(read(rows).and_then(|plan| sum(&plan)))
}

fn read(rows: Vec<Row>) -> Option<Plan> {
    let Some([Value::Text(plan)]) = rows.first().map(Vec::as_slice) else { return None };
    serde_json::from_str(plan).inspect_err(|error| tracing::debug!(%error, "the plan cannot be read")).ok()
}

fn sum(plan: &Plan) -> Option<Estimate> {
    let total = |of: fn(&Expected) -> &serde_json::Value| {
        let known: Vec<u64> = plan.inputs.iter().filter_map(|input| number(of(&input.estimate))).collect();
        let all_known = !known.is_empty() || plan.inputs.is_empty();
        all_known.then(|| known.into_iter().fold(0, u64::saturating_add))
    };
    let estimate =
        Estimate { rows: total(|expected| &expected.rows), bytes: total(|expected| &expected.bytes) };
    (estimate != Estimate::default()).then_some(estimate)
}

/// A number of rows or bytes, if it is known.
fn number(value: &serde_json::Value) -> Option<u64> {
    let number = value.as_f64()?;
    // Beyond 2^64 the conversion stays at the largest number.
    (number.is_finite() && number >= 0.0).then_some(number.round() as u64)
}

/// How many rows the planner expects in whole tables: all in one plan that is never run.
pub(crate) async fn sizes(server: &Arc<Server>, names: &[&Name]) -> HashMap<Name, u64> {
    let mut found = HashMap::new();
    for names in names.chunks(TABLES_AT_ONCE) {
        let selects: Vec<String> = names.iter().map(|name| format!("SELECT 1 FROM {}", name.sql())).collect();
        let rows = extra(server, &format!("{EXPLAIN}{}", selects.join(" UNION ALL "))).await;
        for Input { table, estimate } in read(rows).map(|plan| plan.inputs).unwrap_or_default() {
            let SchemaTable { schema, table: name } = table.schema_table;
            let name = Name { catalog: table.catalog, schema, table: name };
            if let Some(rows) = number(&estimate.rows) {
                found.insert(name, rows);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn plan(inputs: serde_json::Value) -> Option<Estimate> {
        let text = json!({ "inputTableColumnInfos": inputs, "estimate": {} }).to_string();
        sum(&read(vec![vec![Value::Text(text)]])?)
    }

    fn input(rows: serde_json::Value, bytes: serde_json::Value) -> serde_json::Value {
        let table = json!({ "catalog": "c", "schemaTable": { "schema": "s", "table": "t" } });
        json!({ "table": table, "estimate": { "outputRowCount": rows, "outputSizeInBytes": bytes } })
    }

    #[test]
    fn sums_what_is_known() {
        let both = |rows, bytes| Some(Estimate { rows, bytes });
        assert_eq!(
            plan(json!([input(json!(15000.0), json!(1597294.4))])),
            both(Some(15000), Some(1_597_294))
        );
        let unknown = input(json!("NaN"), json!("NaN"));
        assert_eq!(plan(json!([unknown, input(json!(2), json!("NaN"))])), both(Some(2), None));
        assert_eq!(plan(json!([unknown])), None);
        assert_eq!(plan(json!([])), both(Some(0), Some(0)));
        let huge = input(json!(1e300), json!(-1.0));
        assert_eq!(plan(json!([huge, huge])), both(Some(u64::MAX), None));
        let old = json!({ "table": { "catalog": "c", "schemaTable": { "schema": "s", "table": "t" } } });
        assert_eq!(plan(json!([old])), None);
    }

    #[test]
    fn other_answers_are_no_plan() {
        for rows in
            [vec![], vec![vec![]], vec![vec![Value::Null]], vec![vec![Value::Text("Fragment 0".into())]]]
        {
            assert!(read(rows).is_none());
        }
    }
}
