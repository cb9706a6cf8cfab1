//! `GET /api/query/{query_id}/export`: the full result as a file, streamed.

use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use http::{HeaderValue, header};
use serde::{Deserialize, Serialize};
use sqlatte_core::{
    QueryId,
    ask::{self, AskError},
};
use sqlatte_providers::{ErrorKind, ProviderError, RowStream};
use utoipa::{IntoParams, ToSchema};

use crate::{
    caller::Caller,
    error::{ApiError, Problem},
    export,
    extract::{Id, Params},
    openapi,
    state::{AppState, RunningGuard},
};

/// Which file.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportParams {
    /// The format; csv if there is none.
    #[param(inline)]
    format: Option<Format>,
}

/// The formats of an export.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Format {
    /// Comma-separated values, UTF-8 with a header line.
    Csv,
    /// An Excel workbook.
    Xlsx,
    /// One object with columns, types and rows.
    Json,
    /// A page with one table.
    Html,
}

/// The JSON format.
#[derive(Debug, Serialize, ToSchema)]
struct ExportedJson {
    /// Column names.
    columns: Vec<String>,
    /// Column types, named as in an answer.
    column_types: Vec<String>,
    /// The rows.
    rows: Vec<Vec<serde_json::Value>>,
    /// Whether there were more.
    truncated: bool,
}

/// The full result as a file: the statement runs again under the export's own row limit.
#[utoipa::path(get, path = "/api/query/{query_id}/export", tag = "query",
    params(("query_id" = String, Path), ExportParams), security((), ("session" = [])),
    responses(
        (status = 200, description = "The file. One that was cut at `query.max_export_rows` says so at its end",
            content(
                (String = "text/csv"),
                (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
                (ExportedJson = "application/json"),
                (String = "text/html"),
            ),
            headers(("content-disposition" = String, description = "The file's name"))),
        (status = 404, description = "Unknown, not yours, or without a statement", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "There is no room for the workbook", body = Problem, content_type = "application/problem+json"),
        openapi::Asking,
    ))]
pub(super) async fn export(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
    Params(params): Params<ExportParams>,
) -> Result<Response, ApiError> {
    let unknown = || ApiError::not_found("no question of yours with this id has a result to export");
    let owner = caller.owner().ok_or_else(unknown)?;
    let runtime = state.runtime();
    let running = state.running().enter(QueryId::new(runtime.clock.utc()), owner.clone())?;
    let token = running.token();
    let rows = tokio::select! {
        biased;
        () = token.cancelled() => return Err(AskError::Cancelled.into()),
        rows = ask::export(&runtime, &owner, id) => rows.inspect_err(|error| state.checks().failed(error))?,
    };
    let rows = counted(rows.ok_or_else(unknown)?, running);
    let (content_type, extension, body) = match params.format.unwrap_or(Format::Csv) {
        Format::Csv => ("text/csv; charset=utf-8", "csv", Body::from_stream(export::csv(rows))),
        Format::Json => ("application/json", "json", Body::from_stream(export::json(rows))),
        Format::Html => ("text/html; charset=utf-8", "html", Body::from_stream(export::html(rows))),
        Format::Xlsx => (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "xlsx",
            Body::from_stream(export::xlsx(rows).await?),
        ),
    };
    let short = id.to_string();
    let name =
        format!("attachment; filename=\"sqlatte-{}.{extension}\"", &short[short.len().saturating_sub(12)..]);
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    // A file is saved, never shown as a page of ours.
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    Ok(response)
}

/// An export runs, and can be stopped, until its last row was read.
fn counted(rows: RowStream, running: RunningGuard) -> RowStream {
    let RowStream { columns, mut batches } = rows;
    let batches = async_stream::stream! {
        let token = running.token();
        loop {
            let batch = tokio::select! {
                biased;
                () = token.cancelled() => Some(Err(stopped())),
                batch = batches.next() => batch,
            };
            let Some(batch) = batch else { break };
            let failed = batch.is_err();
            yield batch;
            if failed {
                break;
            }
        }
    };
    RowStream { columns, batches: batches.boxed() }
}

fn stopped() -> ProviderError {
    ProviderError::new(ErrorKind::Cancelled, "the export was stopped")
}
