use crate::Dialect;

/// How one engine reads text, under the settings the adapters give their connections.
pub(super) struct Rules {
    /// `/* /* */ */` is one comment.
    pub(super) nested_comments: bool,
    /// `#` starts a comment.
    pub(super) hash_comments: bool,
    /// `--` starts a comment only before a blank or the end.
    pub(super) dashes_need_blank: bool,
    /// `"…"` is a text, not a name.
    pub(super) double_quotes_are_text: bool,
    /// `` `…` `` is a name.
    pub(super) backticks: bool,
    /// `[…]` is a name.
    pub(super) brackets: bool,
    /// A backslash in a plain text takes the next character's meaning away.
    pub(super) backslashes: bool,
    /// `'''…'''` and `"""…"""` are texts.
    pub(super) triple_quotes: bool,
    /// `$$…$$` and `$tag$…$tag$` are texts.
    pub(super) dollar_quotes: bool,
    /// A text goes on after a line end: `'a'⏎'b'` is `'ab'`.
    pub(super) texts_continue_on_next_line: bool,
    /// Letters outside ASCII may be in bare names.
    pub(super) unicode_names: bool,
    /// `$` may be in bare names.
    pub(super) dollar_names: bool,
    /// A bare name may start with a digit.
    pub(super) digit_names: bool,
    /// Form feed separates words.
    pub(super) form_feed_is_blank: bool,
    /// Letters that turn the text right after them into a literal of another kind, in lower case.
    pub(super) text_prefixes: &'static [&'static str],
}

const STANDARD: Rules = Rules {
    nested_comments: false,
    hash_comments: false,
    dashes_need_blank: false,
    double_quotes_are_text: false,
    backticks: false,
    brackets: false,
    backslashes: false,
    triple_quotes: false,
    dollar_quotes: false,
    texts_continue_on_next_line: false,
    unicode_names: false,
    dollar_names: false,
    digit_names: false,
    form_feed_is_blank: false,
    text_prefixes: &[],
};

const POSTGRESQL: Rules = Rules {
    nested_comments: true,
    dollar_quotes: true,
    texts_continue_on_next_line: true,
    unicode_names: true,
    dollar_names: true,
    form_feed_is_blank: true,
    text_prefixes: &["e", "b", "x", "n"],
    ..STANDARD
};

const MYSQL: Rules = Rules {
    hash_comments: true,
    dashes_need_blank: true,
    double_quotes_are_text: true,
    backticks: true,
    backslashes: true,
    unicode_names: true,
    dollar_names: true,
    digit_names: true,
    form_feed_is_blank: true,
    text_prefixes: &["b", "x", "n"],
    ..STANDARD
};

const TRINO: Rules = Rules { text_prefixes: &["x"], ..STANDARD };

const BIGQUERY: Rules = Rules {
    hash_comments: true,
    double_quotes_are_text: true,
    backticks: true,
    backslashes: true,
    triple_quotes: true,
    text_prefixes: &["r", "b", "rb", "br"],
    ..STANDARD
};

const SQLITE: Rules = Rules {
    backticks: true,
    brackets: true,
    unicode_names: true,
    dollar_names: true,
    form_feed_is_blank: true,
    text_prefixes: &["x"],
    ..STANDARD
};

impl Rules {
    pub(super) fn of(dialect: Dialect) -> &'static Rules {
        match dialect {
            Dialect::Sqlite => &SQLITE,
            Dialect::Postgresql => &POSTGRESQL,
            Dialect::Mysql => &MYSQL,
            Dialect::Trino => &TRINO,
            Dialect::Bigquery => &BIGQUERY,
        }
    }
}
