//! What is in the datasets. The lists of the REST API are free; INFORMATION_SCHEMA is billed, and apart per
//! region.

use futures::{StreamExt, TryStreamExt, stream};
use google_cloud_bigquery_v2::model::{ListFormatTable, Table, TableFieldSchema, TableReference};
use sqlatte_providers::{
    ColumnSchema, ErrorKind, ForeignKey, Layout, ProviderError, Result, TableKind, TableRef, TableSchema,
};

use crate::{client::Bridge, error, samples, scope::Dataset, types};

/// Requests under way at a time.
const AT_ONCE: usize = 8;
const LISTED_AT_ONCE: u32 = 1000;

/// Every table and view of the datasets that may be read, by name.
pub(crate) async fn tables(bridge: &Bridge) -> Result<Vec<TableRef>> {
    let named = &bridge.setup.scope.datasets;
    let datasets = if named.is_empty() { datasets(bridge).await? } else { named.clone() };
    let many = named.is_empty() && datasets.len() > 1;
    let lists = stream::iter(datasets).map(|dataset| async move {
        match list(bridge, &dataset).await {
            // Whoever may see a dataset may not see its tables; the others are worth a list.
            Err(error) if many && matches!(error.kind(), ErrorKind::Unauthorized | ErrorKind::NotFound) => {
                tracing::debug!(dataset = dataset.dataset, %error, "a dataset is left out");
                Ok(Vec::new())
            }
            listed => listed,
        }
    });
    let lists: Vec<Vec<TableRef>> = lists.buffered(AT_ONCE).try_collect().await?;
    let mut tables: Vec<TableRef> = lists.into_iter().flatten().collect();
    tables.sort_by_cached_key(ToString::to_string);
    Ok(tables)
}

/// Columns, keys, comments, layout and samples of `wanted`, in that order.
pub(crate) async fn describe(bridge: &Bridge, wanted: &[TableRef]) -> Result<Vec<TableSchema>> {
    // Copied, so that what is awaited borrows nothing of the caller's.
    let described = stream::iter(wanted.to_vec()).map(|table| one(bridge, table));
    described.buffered(AT_ONCE).try_collect().await
}

/// The datasets of the project that this account can see.
async fn datasets(bridge: &Bridge) -> Result<Vec<Dataset>> {
    let project = &bridge.setup.scope.project;
    let mut datasets = Vec::new();
    let mut token = String::new();
    loop {
        let call = bridge.services().await?.datasets.list_datasets().with_options(bridge.soon());
        let call = call.set_project_id(project).set_max_results(LISTED_AT_ONCE).set_page_token(&token);
        let page = call.send().await.map_err(|error| error::of_call(error, &bridge.setup, None))?;
        let found = page.datasets.into_iter().filter_map(|dataset| dataset.dataset_reference);
        datasets.extend(found.map(|found| Dataset { project: found.project_id, dataset: found.dataset_id }));
        token = page.next_page_token;
        if token.is_empty() {
            return Ok(datasets);
        }
    }
}

async fn list(bridge: &Bridge, dataset: &Dataset) -> Result<Vec<TableRef>> {
    let mut tables = Vec::new();
    let mut token = String::new();
    loop {
        let call = bridge.services().await?.tables.list_tables().with_options(bridge.soon());
        let call = call
            .set_project_id(&dataset.project)
            .set_dataset_id(&dataset.dataset)
            .set_max_results(LISTED_AT_ONCE)
            .set_page_token(&token);
        let page = call.send().await.map_err(|error| error::of_call(error, &bridge.setup, None))?;
        tables.extend(page.tables.iter().filter_map(|table| listed(bridge, table)));
        token = page.next_page_token;
        if token.is_empty() {
            return Ok(tables);
        }
    }
}

fn listed(bridge: &Bridge, table: &ListFormatTable) -> Option<TableRef> {
    let reference = table.table_reference.as_ref()?;
    Some(TableRef { kind: kind(&table.r#type), ..bridge.setup.scope.table(reference) })
}

fn kind(name: &str) -> TableKind {
    match name {
        "VIEW" => TableKind::View,
        "MATERIALIZED_VIEW" => TableKind::MaterializedView,
        "EXTERNAL" => TableKind::ForeignTable,
        // Snapshots and clones among them.
        _ => TableKind::Table,
    }
}

async fn one(bridge: &Bridge, wanted: TableRef) -> Result<TableSchema> {
    let missing = || {
        let target = bridge.setup.target();
        ProviderError::new(ErrorKind::NotFound, format!("there is no table `{wanted}` in `{target}`"))
    };
    let scope = &bridge.setup.scope;
    let Some(reference) = scope.reference(&wanted) else { return Err(missing()) };
    if !scope.allows(&reference.project_id, &reference.dataset_id) {
        return Err(missing());
    }
    let call = bridge.services().await?.tables.get_table().with_options(bridge.soon());
    let call = call
        .set_project_id(&reference.project_id)
        .set_dataset_id(&reference.dataset_id)
        .set_table_id(&reference.table_id);
    let table = call.send().await.map_err(|error| {
        let error = error::of_call(error, &bridge.setup, None);
        if error.kind() == ErrorKind::NotFound { missing().with_source(error) } else { error }
    })?;
    let mut schema = schema(bridge, &reference, &table);
    if bridge.setup.samples && schema.table.kind == TableKind::Table {
        add_samples(bridge, &reference, &mut schema).await;
    }
    Ok(schema)
}

fn schema(bridge: &Bridge, reference: &TableReference, table: &Table) -> TableSchema {
    let scope = &bridge.setup.scope;
    let named = TableRef {
        kind: kind(&table.r#type),
        comment: text(table.description.as_ref()),
        // A view has no rows of its own, and says 0.
        rows_estimate: table.num_rows.filter(|_| kind(&table.r#type) != TableKind::View),
        ..scope.table(reference)
    };
    let fields = table.schema.as_ref().map(|schema| schema.fields.as_slice()).unwrap_or_default();
    let keys = table.table_constraints.as_ref();
    let foreign_keys = keys.map(|keys| keys.foreign_keys.as_slice()).unwrap_or_default();
    TableSchema {
        columns: fields.iter().map(column).collect(),
        primary_key: keys.and_then(|keys| keys.primary_key.clone()).unwrap_or_default().columns,
        foreign_keys: foreign_keys
            .iter()
            .filter_map(|key| {
                let references = &key.column_references;
                Some(ForeignKey {
                    columns: references.iter().map(|it| it.referencing_column.clone()).collect(),
                    references: scope.table(key.referenced_table.as_ref()?).to_string(),
                    referenced_columns: references.iter().map(|it| it.referenced_column.clone()).collect(),
                })
            })
            .collect(),
        layout: layout(table),
        ..TableSchema::new(named)
    }
}

fn column(field: &TableFieldSchema) -> ColumnSchema {
    ColumnSchema {
        nullable: !matches!(field.mode.as_str(), "REQUIRED" | "REPEATED"),
        default: text(field.default_value_expression.as_ref()),
        comment: text(field.description.as_ref()),
        ..ColumnSchema::new(field.name.clone(), types::written(field), types::kind(field))
    }
}

fn layout(table: &Table) -> Layout {
    let by_time = table.time_partitioning.as_ref().map(|by| match by.field.as_deref() {
        Some(field) if !field.is_empty() => field.to_owned(),
        // Partitioned by when a row came: the column is there without being listed.
        _ => "_PARTITIONTIME".to_owned(),
    });
    let by_range = table.range_partitioning.as_ref().map(|by| by.field.clone());
    let files =
        table.external_data_configuration.as_ref().and_then(|data| data.hive_partitioning_options.as_ref());
    let by_folder = files.map(|by| by.fields.clone()).unwrap_or_default();
    let required = files.and_then(|by| by.require_partition_filter);
    Layout {
        partitioned_by: by_time.into_iter().chain(by_range).chain(by_folder).collect(),
        filter_required: table.require_partition_filter.or(required).unwrap_or(false),
        clustered_by: table.clustering.as_ref().map(|by| by.fields.clone()).unwrap_or_default(),
    }
}

async fn add_samples(bridge: &Bridge, reference: &TableReference, schema: &mut TableSchema) {
    let texts: Vec<&mut ColumnSchema> =
        schema.columns.iter_mut().filter(|column| column.database_type.starts_with("STRING")).collect();
    let names: Vec<&str> = texts.iter().map(|column| column.name.as_str()).collect();
    match samples::read(bridge, reference, &names).await {
        Ok(samples) => {
            for (column, samples) in texts.into_iter().zip(samples) {
                column.samples = samples;
            }
        }
        // Some tables keep their rows to themselves, such as those with policies on rows.
        Err(error) => tracing::debug!(table = %schema.table, %error, "no samples"),
    }
}

fn text(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.is_empty()).cloned()
}
