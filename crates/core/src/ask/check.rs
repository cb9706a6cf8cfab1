use sqlatte_guard::Guarded;

use super::{AskError, names};
use crate::{Runtime, Schema};

/// Guards a statement, reads its names against the schema it was written for, if it was for one, then compares what
/// it would cost with the limits.
pub(super) async fn check(
    runtime: &Runtime,
    sql: &str,
    schema: Option<&Schema>,
) -> Result<Guarded, AskError> {
    let checked = runtime.catalog.check(sql).await;
    let guarded = checked
        .map_err(|error| AskError::Database { error, sql: Some(sql.to_owned()) })?
        .map_err(|refusal| AskError::Refused { refusal, sql: sql.to_owned() })?;
    if let Some(schema) = schema {
        names::refuse(&names::read(runtime, schema, &guarded).await, sql)?;
    }
    let limits = &runtime.limits;
    if limits.max_estimated_rows.is_none() && limits.max_bytes_billed.is_none() {
        return Ok(guarded);
    }
    let estimate = runtime
        .catalog
        .database()
        .estimate(&guarded)
        .await
        .map_err(|error| AskError::Database { error, sql: Some(sql.to_owned()) })?
        .unwrap_or_default();
    within(estimate.rows, limits.max_estimated_rows, "rows", sql)?;
    within(estimate.bytes, limits.max_bytes_billed, "bytes", sql)?;
    Ok(guarded)
}

fn within(estimate: Option<u64>, limit: Option<u64>, unit: &str, sql: &str) -> Result<(), AskError> {
    match (estimate, limit) {
        (Some(estimate), Some(limit)) if estimate > limit => Err(AskError::TooExpensive {
            message: format!(
                "the database expects to read {estimate} {unit}, more than the {limit} allowed: \
                 ask for a shorter period or fewer tables"
            ),
            sql: sql.to_owned(),
        }),
        _ => Ok(()),
    }
}
