//! Comments on tables and columns, which SQLite keeps nowhere but in the text of the `CREATE` statement.

use std::collections::HashMap;

/// The comments of one table.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Comments {
    pub(crate) table: Option<String>,
    /// By the column's name in small letters.
    columns: HashMap<String, String>,
}

impl Comments {
    pub(crate) fn column(&self, name: &str) -> Option<&str> {
        self.columns.get(&name.to_lowercase()).map(String::as_str)
    }

    /// Reads a `CREATE TABLE` or `CREATE VIEW` statement.
    ///
    /// A comment behind a column, on the same line, belongs to it; a comment on a line of its own belongs to the
    /// column below. Before the first column and behind the last parenthesis it belongs to the table.
    pub(crate) fn read(create: &str) -> Self {
        let mut reader = Reader::default();
        let mut rest = create;
        while let Some((token, after)) = next_token(rest) {
            reader.take(token, after);
            rest = after;
        }
        reader.comments
    }
}

#[derive(Debug, PartialEq)]
enum Token<'a> {
    Newline,
    Comment(&'a str),
    /// A name without its quotes, and whether it had any.
    Name(String, bool),
    /// Anything else, one character of it.
    Other(char),
}

fn next_token(text: &str) -> Option<(Token<'_>, &str)> {
    let text = text.trim_start_matches(|letter: char| letter.is_whitespace() && letter != '\n');
    let first = text.chars().next()?;
    if let Some(comment) = text.strip_prefix("--") {
        let end = comment.find('\n').unwrap_or(comment.len());
        return Some((Token::Comment(&comment[..end]), &comment[end..]));
    }
    if let Some(comment) = text.strip_prefix("/*") {
        let (comment, rest) = comment.split_once("*/").unwrap_or((comment, ""));
        return Some((Token::Comment(comment), rest));
    }
    match first {
        '\n' => Some((Token::Newline, &text[1..])),
        '"' | '`' | '\'' | '[' => Some(quoted(text, if first == '[' { ']' } else { first })),
        _ if first == '_' || first.is_alphanumeric() => {
            let end = text.find(|letter: char| !(letter == '_' || letter == '$' || letter.is_alphanumeric()));
            let (name, rest) = text.split_at(end.unwrap_or(text.len()));
            Some((Token::Name(name.to_owned(), false), rest))
        }
        other => Some((Token::Other(other), &text[other.len_utf8()..])),
    }
}

fn quoted(text: &str, quote: char) -> (Token<'_>, &str) {
    let mut name = String::new();
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((index, letter)) = letters.next() {
        if letter != quote {
            name.push(letter);
        } else if quote != ']' && letters.peek().is_some_and(|(_, next)| *next == quote) {
            name.push(quote);
            letters.next();
        } else {
            return (Token::Name(name, true), &text[index + quote.len_utf8()..]);
        }
    }
    (Token::Name(name, true), "")
}

#[derive(Debug, Default)]
struct Reader {
    comments: Comments,
    depth: usize,
    /// Whether the list of columns has begun, or the statement of the view.
    begun: bool,
    closed: bool,
    /// The column that is being defined; `None` for a constraint of the table.
    column: Option<String>,
    /// Whether the next name starts a column.
    expecting: bool,
    /// Whether something other than a comment stands earlier on this line.
    line_has_code: bool,
    /// Comments for the column below.
    above: Vec<String>,
}

impl Reader {
    fn take(&mut self, token: Token<'_>, after: &str) {
        match token {
            Token::Newline => {
                self.line_has_code = false;
                return;
            }
            Token::Comment(text) => return self.comment(text, after),
            Token::Name(name, quoted) => self.name(name, quoted),
            Token::Other('(') => {
                self.depth += 1;
                if self.depth == 1 && !self.begun {
                    (self.begun, self.expecting) = (true, true);
                }
            }
            Token::Other(')') => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 && self.begun {
                    (self.closed, self.column) = (true, None);
                }
            }
            Token::Other(',') if self.depth == 1 => self.expecting = true,
            Token::Other(_) => {}
        }
        self.line_has_code = true;
    }

    fn name(&mut self, name: String, quoted: bool) {
        if self.depth == 0 && !self.begun && !quoted && name.eq_ignore_ascii_case("SELECT") {
            // A view: what it selects has comments of its own.
            self.closed = true;
        }
        if self.depth != 1 || !self.expecting {
            return;
        }
        self.expecting = false;
        let constraint = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];
        let is_column = quoted || !constraint.iter().any(|word| name.eq_ignore_ascii_case(word));
        self.column = is_column.then(|| name.to_lowercase());
        for text in std::mem::take(&mut self.above) {
            self.add_to_column(text);
        }
    }

    fn comment(&mut self, text: &str, after: &str) {
        let Some(text) = tidy(text) else { return };
        if !self.begun || (self.closed && self.depth == 0) {
            let of_view_body = self.closed && !self.begun;
            if !of_view_body {
                add(&mut self.comments.table, text);
            }
        } else if self.expecting && self.column.is_none() && self.line_has_code && self.first_line() {
            // Behind the opening parenthesis.
            add(&mut self.comments.table, text);
        } else if self.expecting && (!self.line_has_code || !ends_line(after)) {
            self.above.push(text);
        } else {
            self.add_to_column(text);
        }
    }

    fn first_line(&self) -> bool {
        self.comments.columns.is_empty() && self.above.is_empty()
    }

    fn add_to_column(&mut self, text: String) {
        if let Some(column) = &self.column {
            let comment = self.comments.columns.entry(column.clone()).or_default();
            if !comment.is_empty() {
                comment.push(' ');
            }
            comment.push_str(&text);
        }
    }
}

fn ends_line(after: &str) -> bool {
    after.trim_start_matches([' ', '\t', '\r']).starts_with('\n') || after.trim().is_empty()
}

fn add(comment: &mut Option<String>, text: String) {
    match comment {
        Some(comment) => {
            comment.push(' ');
            comment.push_str(&text);
        }
        None => *comment = Some(text),
    }
}

/// One line without decoration; `None` for a ruler such as `-------`.
fn tidy(text: &str) -> Option<String> {
    let words = text.lines().map(|line| line.trim().trim_matches(['-', '*', '=', '#', ' ']).trim());
    let text = words.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    text.contains(char::is_alphanumeric).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::Comments;

    fn check(create: &str, table: Option<&str>, columns: &[(&str, &str)]) {
        let comments = Comments::read(create);
        assert_eq!(comments.table.as_deref(), table, "{create}");
        for (name, comment) in columns {
            assert_eq!(comments.column(name), Some(*comment), "{name} in {create}");
        }
        assert_eq!(comments.columns.len(), columns.len(), "{comments:?}");
    }

    #[test]
    fn behind_the_column() {
        check(
            "CREATE TABLE t ( -- All things\n  a INTEGER PRIMARY KEY, -- the key\n  \"b c\" TEXT /* the, name */,\n  d NUMERIC(10, 2) -- last one\n)",
            Some("All things"),
            &[("a", "the key"), ("b c", "the, name"), ("D", "last one")],
        );
    }

    #[test]
    fn on_the_line_above() {
        check(
            "CREATE TABLE t\n-- Things\n(\n  -- the key\n  -- of things\n  a INTEGER,\n  -----------\n  /* the name */\n  b TEXT, c INT, /* about d */ d INT\n)",
            Some("Things"),
            &[("a", "the key of things"), ("b", "the name"), ("d", "about d")],
        );
    }

    #[test]
    fn commas_in_front_and_constraints() {
        check(
            "CREATE TABLE t(\n  a INT DEFAULT ('--,') -- first\n, b INT -- second\n, CHECK (a > 0) -- not a column\n, [check] INT -- a column\n) -- behind all",
            Some("behind all"),
            &[("a", "first"), ("b", "second"), ("check", "a column")],
        );
    }

    #[test]
    fn views_and_odd_texts() {
        check("CREATE VIEW v AS -- Active ones\nSELECT a, -- not this\n b FROM t", Some("Active ones"), &[]);
        check("CREATE TABLE t(a, b -- \u{e9}t\u{e9}", None, &[("b", "\u{e9}t\u{e9}")]);
        check("CREATE TABLE \"a(b\"(\"x\"\"y\" TEXT -- quoted\n)", None, &[("x\"y", "quoted")]);
        check("", None, &[]);
    }
}
