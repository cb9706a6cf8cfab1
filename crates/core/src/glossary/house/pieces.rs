//! An SQL expression cut at the columns it reads, so that it can be written with other names for its table.

use sqlatte_guard::Dialect;
use sqlatte_providers::TableSchema;

/// A part of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// SQL as it stands.
    Sql(String),
    /// A column of the expression's table, by its place.
    Column(usize),
}

/// Cuts an expression over one table.
pub(super) fn cut(sql: &str, table: &TableSchema, dialect: Dialect) -> Vec<Piece> {
    let letters: Vec<char> = sql.chars().collect();
    let mut cutter = Cutter { letters: &letters, dialect, at: 0 };
    let mut pieces: Vec<Piece> = Vec::new();
    let mut plain = String::new();
    let mut last_word = String::new();
    while cutter.at < letters.len() {
        let start = cutter.at;
        if let Some(names) = cutter.names() {
            let typed = matches!(cutter.ahead(), Some('(' | '\''));
            match column(&names, table).filter(|_| !typed && !last_word.eq_ignore_ascii_case("as")) {
                Some(column) => {
                    if !plain.is_empty() {
                        pieces.push(Piece::Sql(std::mem::take(&mut plain)));
                    }
                    pieces.push(Piece::Column(column));
                }
                None => plain.extend(&letters[start..cutter.at]),
            }
            last_word = names.last().cloned().unwrap_or_default();
        } else {
            cutter.other();
            let skipped = &letters[start..cutter.at];
            if skipped.iter().any(|letter| !letter.is_whitespace()) {
                last_word.clear();
            }
            plain.extend(skipped);
        }
    }
    if !plain.is_empty() {
        pieces.push(Piece::Sql(plain));
    }
    pieces
}

fn column(names: &[String], table: &TableSchema) -> Option<usize> {
    let (name, owner) = names.split_last()?;
    if owner.last().is_some_and(|owner| !owner.eq_ignore_ascii_case(&table.table.name)) {
        return None;
    }
    table.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name))
}

struct Cutter<'a> {
    letters: &'a [char],
    dialect: Dialect,
    at: usize,
}

impl Cutter<'_> {
    fn letter(&self, at: usize) -> Option<char> {
        self.letters.get(at).copied()
    }

    /// The next letter that is no white space.
    fn ahead(&self) -> Option<char> {
        self.letters.iter().skip(self.at).copied().find(|letter| !letter.is_whitespace())
    }

    /// Takes a name, dotted or not.
    fn names(&mut self) -> Option<Vec<String>> {
        let mut names = vec![self.name()?];
        while self.letter(self.at) == Some('.') {
            let dot = self.at;
            self.at += 1;
            match self.name() {
                Some(name) => names.push(name),
                None => {
                    self.at = dot;
                    break;
                }
            }
        }
        Some(names)
    }

    fn name(&mut self) -> Option<String> {
        let first = self.letter(self.at)?;
        let quote = match self.dialect {
            Dialect::Mysql | Dialect::Bigquery => '`',
            Dialect::Sqlite | Dialect::Postgresql | Dialect::Trino => '"',
        };
        if first == quote {
            let start = self.at + 1;
            self.quoted(quote);
            return Some(self.letters[start..self.at.saturating_sub(1).max(start)].iter().collect());
        }
        if !first.is_alphabetic() && first != '_' {
            return None;
        }
        let start = self.at;
        while self.letter(self.at).is_some_and(|one| one.is_alphanumeric() || one == '_' || one == '$') {
            self.at += 1;
        }
        Some(self.letters[start..self.at].iter().collect())
    }

    /// Past a text in quotes; a doubled quote begins another one, which comes to the same.
    fn quoted(&mut self, quote: char) {
        self.at += 1;
        let escapes = matches!(self.dialect, Dialect::Mysql | Dialect::Bigquery) && quote != '`';
        while let Some(letter) = self.letter(self.at) {
            self.at += if letter == '\\' && escapes { 2 } else { 1 };
            if letter == quote {
                break;
            }
        }
        self.at = self.at.min(self.letters.len());
    }

    /// Past whatever is no name: a text, a comment, a number, one mark.
    fn other(&mut self) {
        match (self.letter(self.at), self.letter(self.at + 1)) {
            (Some(quote @ ('\'' | '"' | '`')), _) => self.quoted(quote),
            (Some('-'), Some('-')) => {
                while self.letter(self.at).is_some_and(|letter| letter != '\n') {
                    self.at += 1;
                }
            }
            (Some('/'), Some('*')) => {
                while self.at < self.letters.len()
                    && (self.letter(self.at), self.letter(self.at + 1)) != (Some('*'), Some('/'))
                {
                    self.at += 1;
                }
                self.at = (self.at + 2).min(self.letters.len());
            }
            // the `e` of 1e5 is no name
            (Some(digit), _) if digit.is_ascii_digit() => {
                while self.letter(self.at).is_some_and(|one| one.is_alphanumeric() || one == '.') {
                    self.at += 1;
                }
            }
            _ => self.at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use sqlatte_providers::{ColumnSchema, ColumnType, TableRef};

    use super::*;

    #[test]
    fn columns_are_found_and_nothing_else_is() {
        let mut table = TableSchema::new(TableRef::new("orders"));
        for name in ["total", "status", "date", "max", "my col"] {
            table.columns.push(ColumnSchema::new(name, "text", ColumnType::Text));
        }
        let shown = |sql: &str, dialect| {
            let pieces = cut(sql, &table, dialect).into_iter();
            pieces
                .map(|piece| match piece {
                    Piece::Sql(sql) => sql,
                    Piece::Column(column) => format!("[{column}]"),
                })
                .collect::<String>()
        };
        for (sql, cut) in [
            ("SUM(total)", "SUM([0])"),
            ("max(orders.Total) - 1e5", "max([0]) - 1e5"),
            (
                "status <> 'status' AND date > DATE '2026-01-01'",
                "[1] <> 'status' AND [2] > DATE '2026-01-01'",
            ),
            ("CAST(total AS date) + other.total", "CAST([0] AS date) + other.total"),
            ("\"my col\" = 'it''s total' -- total", "[4] = 'it''s total' -- total"),
            ("total /* total */ + total2", "[0] /* total */ + total2"),
            ("'total", "'total"),
            ("\"", "\""),
        ] {
            assert_eq!(shown(sql, Dialect::Sqlite), cut, "{sql}");
        }
        assert_eq!(shown(r#"`my col` = "total\" total""#, Dialect::Mysql), r#"[4] = "total\" total""#);
        assert_eq!(shown("`", Dialect::Mysql), "`");
    }
}
