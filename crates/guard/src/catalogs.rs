//! The engines' own catalogues: what describes the data may be read, what shows secrets or sessions may not.

use crate::{Dialect, TableName};

const POSTGRESQL: &[&str] = &[
    "pg_am",
    "pg_attrdef",
    "pg_attribute",
    "pg_cast",
    "pg_class",
    "pg_collation",
    "pg_constraint",
    "pg_depend",
    "pg_description",
    "pg_enum",
    "pg_index",
    "pg_indexes",
    "pg_inherits",
    "pg_matviews",
    "pg_namespace",
    "pg_opclass",
    "pg_operator",
    "pg_partitioned_table",
    "pg_range",
    "pg_stat_all_indexes",
    "pg_stat_all_tables",
    "pg_stat_user_indexes",
    "pg_stat_user_tables",
    "pg_statio_user_indexes",
    "pg_statio_user_tables",
    "pg_tables",
    "pg_timezone_abbrevs",
    "pg_timezone_names",
    "pg_type",
    "pg_views",
];

const INFORMATION_SCHEMA: &[&str] = &[
    "character_sets",
    "check_constraints",
    "collations",
    "column_domain_usage",
    "column_field_paths",
    "columns",
    "constraint_column_usage",
    "constraint_table_usage",
    "domain_constraints",
    "domains",
    "element_types",
    "key_column_usage",
    "partitions",
    "referential_constraints",
    "schemata",
    "schemata_options",
    "statistics",
    "table_constraints",
    "table_options",
    "tables",
    "table_storage",
    "view_column_usage",
    "view_table_usage",
    "views",
];

const SQLITE: &[&str] = &[
    "sqlite_master",
    "sqlite_schema",
    "sqlite_temp_master",
    "sqlite_temp_schema",
    "sqlite_sequence",
    "sqlite_stat1",
];

/// Virtual tables of SQLite that exist without being made: they show files, pages or the connection.
const SQLITE_EPONYMOUS: &[&str] = &[
    "bytecode",
    "carray",
    "completion",
    "csv",
    "dbstat",
    "fsdir",
    "fts3tokenize",
    "generate_series",
    "json_each",
    "json_tree",
    "lsdir",
    "memstat",
    "prefixes",
    "stmt",
    "tables_used",
    "templatevtab",
    "unionvtab",
    "vtshim",
    "wholenumber",
    "zipfile",
];

const TRINO_SUFFIXES: &[&str] = &["partitions", "snapshots", "history"];

/// Why a table of this name may not be read, whatever the schema; nothing if it may.
pub(crate) fn secret(dialect: Dialect, table: &TableName) -> Option<&'static str> {
    let parts: Vec<String> = table.parts.iter().map(|part| part.to_lowercase()).collect();
    let name = parts.last().map_or("", String::as_str);
    let schema = parts.len().checked_sub(2).map(|i| parts[i].as_str());
    let information_schema = schema == Some("information_schema");
    let hidden = match dialect {
        Dialect::Postgresql => {
            let system =
                name.starts_with("pg_") || matches!(schema, Some(schema) if schema.starts_with("pg_"));
            (system && !POSTGRESQL.contains(&name)) || schema == Some("pg_toast")
        }
        Dialect::Mysql => matches!(schema, Some("mysql" | "performance_schema" | "sys")),
        Dialect::Trino => {
            (parts.len() == 3 && parts[0] == "system")
                || matches!(schema, Some("runtime"))
                || name.split_once('$').is_some_and(|(_, suffix)| !TRINO_SUFFIXES.contains(&suffix))
        }
        Dialect::Bigquery => false,
        Dialect::Sqlite => {
            (name.starts_with("sqlite_") && !SQLITE.contains(&name))
                || name.starts_with("pragma_")
                || SQLITE_EPONYMOUS.contains(&name)
        }
    };
    if hidden || (information_schema && !INFORMATION_SCHEMA.contains(&name)) {
        return Some("it shows passwords, settings, files or other people's sessions");
    }
    None
}

/// Whether the table belongs to the engine and describes the data.
pub(crate) fn is_catalog(dialect: Dialect, table: &TableName) -> bool {
    let name = table.name().to_lowercase();
    let schema = table.parts.len().checked_sub(2).map(|i| table.parts[i].to_lowercase());
    match dialect {
        Dialect::Postgresql if name.starts_with("pg_") => true,
        Dialect::Sqlite if name.starts_with("sqlite_") => true,
        Dialect::Bigquery if name.starts_with("__") => true,
        _ => schema.as_deref() == Some("information_schema"),
    }
}
