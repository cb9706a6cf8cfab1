//! Tables of catalogs and projects that nobody said are the caller's, for a guard that knows no schema.
//!
//! With a schema snapshot the answer is exact; without one, only names are left to judge by.

use crate::{Dialect, TableName};

/// What a catalog is called that holds data for analysis: the table formats and stores of a lake or warehouse,
/// and the engine's own sample data. A catalog of any other name may be an application's own database.
const ANALYTICAL: &[&str] = &[
    "analytics",
    "awsdatacatalog",
    "blackhole",
    "clickhouse",
    "datalake",
    "delta",
    "deltalake",
    "druid",
    "dune",
    "dw",
    "dwh",
    "edw",
    "example",
    "glue",
    "hive",
    "hudi",
    "iceberg",
    "lake",
    "lakehouse",
    "local",
    "memory",
    "minio",
    "nessie",
    "paimon",
    "pinot",
    "polaris",
    "redshift",
    "s3",
    "snowflake",
    "tpcds",
    "tpch",
    "unity",
    "warehouse",
];

/// Words in a catalog's or schema's name that say it is not the caller's.
const SOMEONE_ELSES: &[&str] = &[
    "another",
    "attacker",
    "competitor",
    "confidential",
    "elsewhere",
    "evil",
    "exfil",
    "forbidden",
    "foreign",
    "hacker",
    "hostile",
    "malicious",
    "other",
    "others",
    "restricted",
    "secret",
    "secrets",
    "someone",
    "stranger",
    "unauthorized",
    "untrusted",
    "victim",
];

/// Why a table may be someone else's; nothing if its name gives no reason to think so.
pub(crate) fn doubt(dialect: Dialect, table: &TableName) -> Option<&'static str> {
    let [qualifiers @ .., _] = table.parts.as_slice() else { return None };
    let catalog = qualifiers.first().filter(|_| qualifiers.len() > 1);
    namespace_doubt(dialect, qualifiers, catalog)
}

/// The same for what stands before a table's own name, and the catalog in it.
pub(crate) fn namespace_doubt(
    dialect: Dialect,
    qualifiers: &[String],
    catalog: Option<&String>,
) -> Option<&'static str> {
    if qualifiers.iter().any(|name| has_word(name, SOMEONE_ELSES)) {
        return Some("its name says that it is someone else's");
    }
    let unknown = match dialect {
        Dialect::Trino => catalog.is_some_and(|catalog| !has_word(catalog, ANALYTICAL)),
        // There is one catalog, or the project says nothing about who may read it.
        Dialect::Sqlite | Dialect::Postgresql | Dialect::Mysql | Dialect::Bigquery => false,
    };
    unknown.then_some("nothing is known of its catalog")
}

/// Whether a name such as `hive_prod2` holds one of the words.
fn has_word(name: &str, words: &[&str]) -> bool {
    let name = name.to_lowercase();
    name.split(|c: char| !c.is_alphanumeric()).any(|word| {
        words.contains(&word) || words.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit()))
    })
}
