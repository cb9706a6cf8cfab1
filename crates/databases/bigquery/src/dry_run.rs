//! What a statement is and reads, by BigQuery's own account, before anything runs or costs.

use futures::future::BoxFuture;
use google_cloud_bigquery_v2::model::{InsertJobRequest, Job, JobReference, JobStatistics2};
use sqlatte_providers::{Column, ErrorKind, ProviderError, Result};

use crate::{
    client::Bridge,
    config::Setup,
    error,
    fault::Fault,
    job,
    types::{self, Shape},
};

/// BigQuery lists no more: of a longer list some are missing.
const TABLES_LISTED: usize = 50;

/// A statement that may run.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) columns: Vec<Column>,
    pub(crate) shapes: Vec<Shape>,
    /// Bytes that it would read.
    pub(crate) bytes: u64,
    /// Where it runs.
    pub(crate) location: String,
}

/// Asks BigQuery about the statement, and refuses what is not a query within the settings.
///
/// Boxed: a job has very many fields, and all of them wait in the future.
pub(crate) fn plan<'a>(bridge: &'a Bridge, sql: &'a str) -> BoxFuture<'a, Result<Plan>> {
    Box::pin(ask(bridge, sql))
}

async fn ask(bridge: &Bridge, sql: &str) -> Result<Plan> {
    let Bridge { setup, .. } = bridge;
    let project = &setup.scope.project;
    let reference =
        JobReference::new().set_project_id(project).set_or_clear_location(job::location(&setup.location));
    let request = InsertJobRequest::new().set_project_id(project).set_job(
        Job::new()
            .set_job_reference(reference)
            .set_configuration(job::configuration(setup, sql).set_dry_run(true)),
    );
    let call = bridge.services().await?.jobs.insert_job().with_request(request).with_options(bridge.soon());
    let answer = call.send().await.map_err(|error| error::of_call(error, setup, Some(sql)))?;
    if let Some(fault) = answer.status.and_then(|status| status.error_result) {
        return Err(error::of_fault(&Fault::of_job(&fault), setup, Some(sql)));
    }
    let Some(query) = answer.statistics.and_then(|statistics| statistics.query) else {
        return Err(ProviderError::new(
            ErrorKind::Unexpected,
            "BigQuery did not say what the statement would do: check `endpoint`",
        ));
    };
    check(&query, setup, sql)?;
    let fields = query.schema.map(|schema| schema.fields).unwrap_or_default();
    Ok(Plan {
        columns: fields.iter().map(types::column).collect(),
        shapes: fields.iter().map(types::shape).collect(),
        bytes: bytes(query.total_bytes_processed),
        location: answer.job_reference.and_then(|job| job.location).unwrap_or_else(|| setup.location.clone()),
    })
}

/// The second wall: what the guard let through, BigQuery must call a query too.
fn check(query: &JobStatistics2, setup: &Setup, sql: &str) -> Result<()> {
    match query.statement_type.as_str() {
        "SELECT" => {}
        "" => {
            return Err(rejected("BigQuery does not say what kind of statement this is, so it does not run"));
        }
        other => {
            return Err(rejected(format!(
                "BigQuery: the statement is {other}: only a single SELECT may run"
            )));
        }
    }
    if !query.undeclared_query_parameters.is_empty() {
        return Err(rejected("BigQuery: the statement has parameters, and there are no values for them"));
    }
    // How the views of INFORMATION_SCHEMA are listed differs; other people's statements are among what they
    // show.
    let hidden =
        |name: &str| name.to_ascii_uppercase().contains("INFORMATION_SCHEMA") || name.starts_with("__");
    if hidden(sql) {
        return Err(rejected("BigQuery: INFORMATION_SCHEMA may not be read here: ask for data instead"));
    }
    if query.referenced_tables.len() >= TABLES_LISTED {
        return Err(rejected(format!(
            "BigQuery: the statement reads {TABLES_LISTED} tables or more, so not all of them can be checked: ask for fewer"
        )));
    }
    for table in &query.referenced_tables {
        if hidden(&table.table_id) || hidden(&table.dataset_id) {
            return Err(rejected(format!(
                "BigQuery: `{}.{}` may not be read here: ask for data instead",
                table.dataset_id, table.table_id
            )));
        }
        if !setup.scope.allows(&table.project_id, &table.dataset_id) {
            return Err(rejected(format!(
                "the table `{}.{}.{}` is in none of the datasets that may be read: {}; if a view reads it, an \
                 administrator can name its dataset in `view_datasets`",
                table.project_id,
                table.dataset_id,
                table.table_id,
                setup.scope.in_words()
            )));
        }
    }
    for routine in &query.referenced_routines {
        if !setup.scope.allows(&routine.project_id, &routine.dataset_id) {
            return Err(rejected(format!(
                "the function `{}.{}.{}` is in none of the datasets that may be read: {}",
                routine.project_id,
                routine.dataset_id,
                routine.routine_id,
                setup.scope.in_words()
            )));
        }
    }
    let estimate = bytes(query.total_bytes_processed);
    match setup.maximum_bytes_billed {
        Some(limit) if estimate > limit => Err(rejected(format!(
            "the query would read {}, and `maximum_bytes_billed` allows {}: ask for fewer columns or a shorter time",
            amount(estimate),
            amount(limit)
        ))),
        _ => Ok(()),
    }
}

fn bytes(count: Option<i64>) -> u64 {
    count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0)
}

/// Bytes for people.
fn amount(bytes: u64) -> String {
    for (unit, name) in [(40, "TiB"), (30, "GiB"), (20, "MiB")] {
        if bytes >= 1 << unit {
            return format!("{:.1} {name}", bytes as f64 / (1_u64 << unit) as f64);
        }
    }
    format!("{bytes} bytes")
}

fn rejected(message: impl Into<String>) -> ProviderError {
    ProviderError::new(ErrorKind::Rejected, message)
}

#[cfg(test)]
mod tests;
