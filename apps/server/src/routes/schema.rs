//! What there is to ask: tables, their columns, questions to start with.

use axum::{Json as JsonBody, extract::State};
use serde::{Deserialize, Serialize};
use sqlatte_core::{Context, ask::AskError};
use sqlatte_providers::{ErrorKind, ProviderError, TableRef, TableSchema};
use utoipa::{IntoParams, ToSchema};

use crate::{
    error::{ApiError, Problem},
    extract::{Json, Params},
    openapi,
    state::AppState,
};

/// Tables described at once.
const MAX_TABLES: usize = 200;
/// Starter questions given.
const STARTERS: usize = 6;

/// The tables.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Tables {
    /// Their names.
    tables: Vec<String>,
    /// More about each, in the same order.
    details: Vec<TableDetail>,
}

/// A table.
#[derive(Debug, Serialize, ToSchema)]
struct TableDetail {
    /// Its name.
    name: String,
    /// The schema it is in.
    schema: Option<String>,
    /// table, view, materialized_view or foreign_table.
    kind: &'static str,
    /// The comment kept in the database.
    comment: Option<String>,
    /// About how many rows it has.
    rows_estimate: Option<u64>,
}

/// How the tables are read.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TablesParams {
    /// Whether to look at the database anew: new tables and columns are otherwise seen within five minutes.
    #[serde(default)]
    refresh: bool,
}

/// The tables and views that can be asked about.
#[utoipa::path(get, path = "/api/tables", tag = "schema", params(TablesParams),
    responses((status = 200, body = Tables), openapi::Reading))]
pub(super) async fn tables(
    State(state): State<AppState>,
    Params(params): Params<TablesParams>,
) -> Result<JsonBody<Tables>, ApiError> {
    let runtime = state.runtime();
    if params.refresh {
        runtime.catalog.refresh();
    }
    let tables = runtime.catalog.tables().await.map_err(down)?;
    Ok(JsonBody(Tables {
        tables: tables.iter().map(TableRef::to_string).collect(),
        details: tables
            .iter()
            .map(|table| TableDetail {
                name: table.name.clone(),
                schema: table.schema.clone(),
                kind: table.kind.name(),
                comment: table.comment.clone(),
                rows_estimate: table.rows_estimate,
            })
            .collect(),
    }))
}

/// Tables to describe.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct SchemaRequest {
    /// Their names.
    #[schema(min_items = 1, max_items = 200)]
    tables: Vec<String>,
}

/// Described tables.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SchemaBody {
    /// Their names.
    tables: Vec<String>,
    /// Their columns and keys.
    schemas: Vec<TableSchemaBody>,
    /// The same as text.
    combined_schema: String,
}

/// One table.
#[derive(Debug, Serialize, ToSchema)]
struct TableSchemaBody {
    /// Its name.
    table: String,
    /// The comment kept in the database.
    comment: Option<String>,
    /// Its columns, in order.
    columns: Vec<ColumnBody>,
}

/// One column.
#[derive(Debug, Serialize, ToSchema)]
struct ColumnBody {
    /// Its name.
    name: String,
    /// The type in the database's own words.
    #[serde(rename = "type")]
    kind: String,
    /// Whether it may be NULL.
    nullable: bool,
    /// Whether it is part of the primary key.
    primary_key: bool,
    /// The comment kept in the database.
    comment: Option<String>,
    /// The column a foreign key points to, as `table.column`.
    references: Option<String>,
}

/// The columns and keys of some tables.
#[utoipa::path(post, path = "/api/schema", tag = "schema", request_body = SchemaRequest,
    responses((status = 200, body = SchemaBody), (status = 404, description = "Unknown table", body = Problem, content_type = "application/problem+json"),
        openapi::Body, openapi::Reading))]
pub(super) async fn describe(
    State(state): State<AppState>,
    Json(request): Json<SchemaRequest>,
) -> Result<JsonBody<SchemaBody>, ApiError> {
    if request.tables.is_empty() {
        return Err(ApiError::invalid("tables: name at least one"));
    }
    if request.tables.len() > MAX_TABLES {
        return Err(ApiError::invalid(format!("tables: at most {MAX_TABLES} can be named")));
    }
    let catalog = &state.runtime().catalog;
    let tables = catalog.resolve(&request.tables).await.map_err(unknown_or_down)?;
    let schema = catalog.describe(&tables).await.map_err(unknown_or_down)?;
    Ok(JsonBody(SchemaBody {
        tables: tables.iter().map(TableRef::to_string).collect(),
        schemas: schema.tables.iter().map(table_body).collect(),
        combined_schema: schema.text().to_owned(),
    }))
}

fn table_body(schema: &TableSchema) -> TableSchemaBody {
    let references = |column: &str| {
        let key = schema.foreign_keys.iter().find(|key| key.columns.iter().any(|own| own == column))?;
        let place = key.columns.iter().position(|own| own == column)?;
        Some(format!("{}.{}", key.references, key.referenced_columns.get(place)?))
    };
    let columns = schema.columns.iter().map(|column| ColumnBody {
        name: column.name.clone(),
        kind: column.database_type.clone(),
        nullable: column.nullable,
        primary_key: schema.primary_key.contains(&column.name),
        comment: column.comment.clone(),
        references: references(&column.name),
    });
    TableSchemaBody {
        table: schema.table.to_string(),
        comment: schema.table.comment.clone(),
        columns: columns.collect(),
    }
}

/// Questions to start with.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Suggestions {
    /// Complete questions.
    suggestions: Vec<String>,
}

/// Questions to start with, made for the tables there are.
#[utoipa::path(get, path = "/api/suggestions", tag = "schema",
    responses((status = 200, body = Suggestions), openapi::Reading))]
pub(super) async fn suggestions(State(state): State<AppState>) -> Result<JsonBody<Suggestions>, ApiError> {
    let runtime = state.runtime();
    let tables = runtime.catalog.tables().await.map_err(down)?;
    let most = tables.len().min(runtime.limits.max_context_tables);
    let schema = runtime.catalog.describe(&tables[..most]).await.map_err(down)?;
    let context = Context {
        catalog: &runtime.catalog,
        schema,
        conversation: &[],
        today: runtime.clock.today(),
        watcher: None,
    };
    let suggestions =
        runtime.interpreter.starters(&context, STARTERS).await.map_err(AskError::Interpreter)?;
    Ok(JsonBody(Suggestions { suggestions }))
}

fn down(error: ProviderError) -> ApiError {
    AskError::Database { error, sql: None }.into()
}

fn unknown_or_down(error: ProviderError) -> ApiError {
    match error.kind() {
        ErrorKind::NotFound => AskError::UnknownTable(error).into(),
        _ => down(error),
    }
}
