use sqlatte_guard::Dialect;

/// Quotes a name so that it means exactly itself in `dialect`, whatever characters it holds.
///
/// MySQL and BigQuery quote with backticks, the others with double quotes; a quote inside is doubled, except in
/// BigQuery, which escapes it with a backslash.
pub fn quote_identifier(dialect: Dialect, name: &str) -> String {
    match dialect {
        Dialect::Mysql => format!("`{}`", name.replace('`', "``")),
        Dialect::Bigquery => format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`")),
        Dialect::Sqlite | Dialect::Postgresql | Dialect::Trino => {
            format!("\"{}\"", name.replace('"', "\"\""))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hostile_names() {
        assert_eq!(quote_identifier(Dialect::Sqlite, r#"a"; DROP"#), r#""a""; DROP""#);
        assert_eq!(quote_identifier(Dialect::Mysql, "a`b"), "`a``b`");
        assert_eq!(quote_identifier(Dialect::Bigquery, r"a`\b"), r"`a\`\\b`");
    }
}
