//! The documents of the protocol: <https://trino.io/docs/current/develop/client-protocol.html>.

use serde::Deserialize;
use serde_json::value::RawValue;

/// One answer of the server about a statement; rows and columns stay unread.
#[derive(Debug, Deserialize)]
pub(crate) struct Page<'a> {
    /// Where the next page comes from, and where the statement is cancelled; none when it has ended.
    #[serde(rename = "nextUri")]
    pub(crate) next_uri: Option<String>,
    #[serde(borrow, default)]
    pub(crate) columns: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) data: Option<&'a RawValue>,
    pub(crate) error: Option<QueryError>,
    /// Every document of the protocol has it.
    #[serde(rename = "id")]
    _id: String,
}

/// A column of a result.
#[derive(Debug, Deserialize)]
pub(crate) struct WireColumn {
    pub(crate) name: String,
    /// The type as people write it.
    #[serde(default, rename = "type")]
    pub(crate) type_text: String,
    /// The type as a tree; its form differs between versions.
    #[serde(default, rename = "typeSignature")]
    pub(crate) signature: serde_json::Value,
}

/// Why a statement failed.
#[derive(Debug, Deserialize)]
pub(crate) struct QueryError {
    #[serde(default)]
    pub(crate) message: String,
    /// The stable name, such as `COLUMN_NOT_FOUND`.
    #[serde(default, rename = "errorName")]
    pub(crate) name: String,
    /// `USER_ERROR`, `INTERNAL_ERROR`, `INSUFFICIENT_RESOURCES` or `EXTERNAL`.
    #[serde(default, rename = "errorType")]
    pub(crate) kind: String,
    #[serde(rename = "errorLocation")]
    pub(crate) location: Option<Location>,
}

/// A place in a statement.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Location {
    /// Counted from 1, by line feeds.
    #[serde(rename = "lineNumber")]
    pub(crate) line: usize,
    /// Counted from 1, in Unicode characters.
    #[serde(rename = "columnNumber")]
    pub(crate) column: usize,
}

impl Location {
    /// The byte of `sql` that is meant; its end for a place beyond it.
    pub(crate) fn offset(self, sql: &str) -> usize {
        let before = self.line.saturating_sub(1);
        let start = match before {
            0 => 0,
            _ => sql.match_indices('\n').nth(before - 1).map_or(sql.len(), |(at, _)| at + 1),
        };
        let line = &sql[start..];
        let column = line.char_indices().nth(self.column.saturating_sub(1)).map_or(line.len(), |(at, _)| at);
        start + column
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_become_bytes() {
        let sql = "SELECT '😊ü',\n  nmae\nFROM x";
        for (line, column, rest) in [
            (1, 1, sql),
            (1, 8, "'😊ü',\n  nmae\nFROM x"),
            (1, 12, ",\n  nmae\nFROM x"),
            (2, 3, "nmae\nFROM x"),
            (3, 6, "x"),
            (3, 7, ""),
            (3, 99, ""),
            (9, 1, ""),
            (0, 0, sql),
        ] {
            assert_eq!(&sql[Location { line, column }.offset(sql)..], rest, "{line}:{column}");
        }
    }
}
