//! Statements and names as the server wants them written.

use std::borrow::Cow;

/// The statement with a semicolon at its end made a blank: the protocol takes statements without, and places
/// in the text stay the same.
pub(crate) fn unterminated(sql: &str) -> Cow<'_, str> {
    match last_token(sql) {
        Some((at, b';')) => Cow::Owned(format!("{} {}", &sql[..at], &sql[at + 1..])),
        _ => Cow::Borrowed(sql),
    }
}

/// The last byte that is neither blank nor comment, and its place.
fn last_token(sql: &str) -> Option<(usize, u8)> {
    let bytes = sql.as_bytes();
    let find = |from: usize, what: &str| sql.get(from..)?.find(what).map(|at| from + at + what.len());
    let (mut last, mut at) = (None, 0);
    while let Some(&byte) = bytes.get(at) {
        at = match (byte, bytes.get(at + 1)) {
            (b'-', Some(b'-')) => find(at, "\n").unwrap_or(bytes.len()),
            (b'/', Some(b'*')) => find(at + 2, "*/").unwrap_or(bytes.len()),
            (b'\'' | b'"', _) => {
                // A doubled quote inside ends one text and begins the next, which comes to the same.
                let quote = if byte == b'\'' { "'" } else { "\"" };
                last = Some((at, byte));
                find(at + 1, quote).unwrap_or(bytes.len())
            }
            _ => {
                if !byte.is_ascii_whitespace() {
                    last = Some((at, byte));
                }
                at + 1
            }
        };
    }
    last
}

/// A name, quoted.
pub(crate) fn name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text, quoted.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Texts, quoted, with commas between.
pub(crate) fn literals<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    texts.into_iter().map(literal).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_semicolon_at_the_end_goes() {
        for (sql, sent) in [
            ("SELECT 1", "SELECT 1"),
            ("SELECT 1;", "SELECT 1 "),
            ("SELECT 1 ; \n", "SELECT 1   \n"),
            ("SELECT 1; -- done; really", "SELECT 1  -- done; really"),
            ("SELECT 1; /* ; */ ", "SELECT 1  /* ; */ "),
            ("SELECT 1 -- ;", "SELECT 1 -- ;"),
            ("SELECT ';'", "SELECT ';'"),
            ("SELECT 'it''s;'", "SELECT 'it''s;'"),
            ("SELECT \"a;", "SELECT \"a;"),
            ("SELECT 1; SELECT 2", "SELECT 1; SELECT 2"),
            ("SELECT 'ü';", "SELECT 'ü' "),
            (";", " "),
            ("/*", "/*"),
            ("", ""),
        ] {
            assert_eq!(unterminated(sql), sent);
        }
    }

    #[test]
    fn quotes_are_doubled() {
        assert_eq!(name("a\"b"), "\"a\"\"b\"");
        assert_eq!(literals(["it's", "x"]), "'it''s', 'x'");
    }
}
