//! What a statement would read, by `EXPLAIN`.

use serde_json::Value;
use sqlatte_providers::{Estimate, ProviderError, Result};
use tokio_postgres::{Statement, types::Type};

use crate::{binary::Raw, error, limit::Limit, session::Session};

const EXPLAIN: &str = "EXPLAIN (FORMAT JSON, VERBOSE) ";
/// What the catalogue knows about the tables that a plan reads from end to end.
const SIZES: &str = "SELECT max(c.reltuples)::float8 FROM pg_catalog.pg_class AS c \
                     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
                     JOIN ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) AS w (schema, name) \
                     ON n.nspname = w.schema AND c.relname = w.name";

/// The statement that explains `sql`; `None` where that explains another one itself.
pub(crate) fn statement(sql: &str) -> Option<String> {
    let word = first_word(sql);
    (!word.eq_ignore_ascii_case("explain")).then(|| format!("{EXPLAIN}{sql}"))
}

/// What a statement begins with, comments left out.
fn first_word(sql: &str) -> &str {
    let mut rest = sql.trim_start();
    loop {
        let after = match (rest.strip_prefix("--"), rest.strip_prefix("/*")) {
            (Some(comment), _) => comment.split_once('\n'),
            (_, Some(comment)) => comment.split_once("*/"),
            _ => return rest.split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default(),
        };
        rest = after.map_or("", |(_, after)| after.trim_start());
    }
}

/// The error of an explained statement, with its place in the statement itself.
pub(crate) fn placed(error: ProviderError) -> ProviderError {
    match error.position() {
        Some(position) => error.with_position(position.saturating_sub(EXPLAIN.len())),
        None => error,
    }
}

/// Runs the prepared `EXPLAIN` and reads the plan: the most rows that any of its steps is expected to give,
/// or to look at where a table is read from end to end.
pub(crate) async fn read(
    mut session: Session,
    statement: &Statement,
    limit: Limit,
) -> Result<Option<Estimate>> {
    session.busy = true;
    let plan = session.client()?.query(statement, &[]).await;
    session.busy = false;
    let failed = |error| error::of_statement(error, &session.connector.target, "", limit);
    let plan = plan.map_err(failed)?;
    let document = plan.first().and_then(|row| match row.try_get::<_, Raw<'_>>(0) {
        Ok(Raw(raw)) => serde_json::from_slice::<Value>(raw).ok(),
        Err(_) => None,
    });
    let Some(document) = document else { return Ok(None) };
    let mut steps = Steps::default();
    steps.walk(&document[0]["Plan"], 1.0, 1.0);
    if !steps.scanned.is_empty() {
        let (schemas, names): (Vec<_>, Vec<_>) = steps.scanned.iter().cloned().unzip();
        let parameters = [(&schemas as _, Type::TEXT_ARRAY), (&names as _, Type::TEXT_ARRAY)];
        let sizes = session.client()?.query_typed(SIZES, &parameters).await.map_err(failed)?;
        let size = sizes.first().and_then(|row| row.try_get::<_, Option<f64>>(0).ok().flatten());
        steps.rows = steps.rows.max(size.unwrap_or(0.0));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast of what is too large saturates"
    )]
    let rows = steps.rows.max(0.0).ceil() as u64;
    Ok(Some(Estimate { rows: Some(rows), bytes: None }))
}

/// What is gathered from a plan.
#[derive(Debug, Default, PartialEq)]
struct Steps {
    rows: f64,
    /// Schemas and names of tables read from end to end with rows left out on the way.
    scanned: Vec<(String, String)>,
}

impl Steps {
    /// `share` of this step's rows will be asked for; `workers` do it side by side.
    fn walk(&mut self, step: &Value, share: f64, workers: f64) {
        let number = |key: &str| step[key].as_f64().unwrap_or(0.0);
        let kind = step["Node Type"].as_str().unwrap_or_default();
        self.rows = self.rows.max(number("Plan Rows") * share * workers);
        // Whoever stops early does not read to the end.
        if kind == "Seq Scan"
            && step["Filter"].is_string()
            && share >= 1.0
            && let (Some(schema), Some(name)) = (step["Schema"].as_str(), step["Relation Name"].as_str())
        {
            self.scanned.push((schema.to_owned(), name.to_owned()));
        }
        let workers = if kind.starts_with("Gather") { divisor(number("Workers Planned")) } else { workers };
        for below in step["Plans"].as_array().into_iter().flatten() {
            let share = match kind {
                "Limit" => share * part(step, below),
                // These see all rows before they give the first.
                "Sort" | "Aggregate" | "Hash" | "WindowAgg" | "Materialize" | "SetOp" => 1.0,
                _ => share,
            };
            self.walk(below, share, workers);
        }
    }
}

/// How much of what stands below a `LIMIT` runs, as the planner has priced it.
fn part(limit: &Value, below: &Value) -> f64 {
    let cost = |step: &Value, key: &str| step[key].as_f64().unwrap_or(0.0);
    let whole = cost(below, "Total Cost") - cost(below, "Startup Cost");
    let run = cost(limit, "Total Cost") - cost(below, "Startup Cost");
    if whole > 0.0 { (run / whole).clamp(0.0, 1.0) } else { 1.0 }
}

/// How many share the rows below a `Gather`: the leader helps less the more it has to collect.
fn divisor(workers: f64) -> f64 {
    workers + (1.0 - 0.3 * workers).max(0.0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Steps, statement};

    fn steps(plan: &serde_json::Value) -> Steps {
        let mut steps = Steps::default();
        steps.walk(plan, 1.0, 1.0);
        steps
    }

    #[test]
    fn explanations_are_not_explained() {
        assert_eq!(statement("SELECT 1").as_deref(), Some("EXPLAIN (FORMAT JSON, VERBOSE) SELECT 1"));
        assert_eq!(statement(" -- why\n/* and */ explain(costs) SELECT 1"), None);
        assert!(statement("-- explain").is_some());
    }

    #[test]
    fn the_largest_step_counts() {
        let plan = json!({ "Node Type": "Aggregate", "Plan Rows": 1, "Plans": [
            { "Node Type": "Nested Loop", "Plan Rows": 1_000_000, "Plans": [
                { "Node Type": "Seq Scan", "Plan Rows": 1000 }, { "Node Type": "Seq Scan", "Plan Rows": 1000 }
            ]}
        ]});
        assert_eq!(steps(&plan), Steps { rows: 1_000_000.0, scanned: vec![] });
    }

    #[test]
    fn a_limit_stops_early_unless_something_sorts() {
        let scan = json!({ "Node Type": "Seq Scan", "Plan Rows": 1_000_000, "Startup Cost": 0.0, "Total Cost": 1000.0,
            "Filter": "x", "Schema": "s", "Relation Name": "t" });
        let limit = json!({ "Node Type": "Limit", "Plan Rows": 10, "Startup Cost": 0.0, "Total Cost": 0.01,
            "Plans": [scan] });
        assert_eq!(steps(&limit), Steps { rows: 10.0, scanned: vec![] });
        let sorted = json!({ "Node Type": "Limit", "Plan Rows": 10, "Startup Cost": 2000.0, "Total Cost": 2000.01,
            "Plans": [{ "Node Type": "Sort", "Plan Rows": 1_000_000, "Startup Cost": 2000.0, "Total Cost": 2500.0,
                "Plans": [scan] }] });
        assert_eq!(steps(&sorted).rows, 1_000_000.0);
        assert_eq!(steps(&sorted).scanned, [("s".to_owned(), "t".to_owned())]);
    }

    #[test]
    fn workers_share_the_rows() {
        let plan = json!({ "Node Type": "Gather", "Plan Rows": 10, "Workers Planned": 2, "Plans": [
            { "Node Type": "Seq Scan", "Plan Rows": 1000 }
        ]});
        assert_eq!(steps(&plan).rows, 2400.0);
    }
}
