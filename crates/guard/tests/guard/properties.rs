//! What holds for any text: no panic, and a verdict that blanks and comments do not change.

use proptest::{collection::vec, prelude::*, sample::select};
use sqlatte_guard::{Dialect, Guard};

use crate::corpora::own;

const WORDS: &[&str] = &[
    "SELECT",
    "FROM",
    "WHERE",
    "WITH",
    "RECURSIVE",
    "AS",
    "UNION",
    "ALL",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    ";",
    "'",
    "\"",
    "`",
    "$$",
    "$a$",
    "E'",
    "r'",
    "'''",
    "/*",
    "*/",
    "--",
    "#",
    "\n",
    "\\",
    "t",
    "a",
    "\"b\"",
    "1",
    "0x1F",
    "1e9",
    "::",
    "->",
    "->>",
    "|>",
    "=>",
    ":=",
    "@",
    "@@",
    "?",
    "$1",
    ":x",
    "+",
    "-",
    "*",
    "/",
    "||",
    "<",
    ">",
    ">>",
    "=",
    "!=",
    "IN",
    "NOT",
    "CASE",
    "WHEN",
    "END",
    "CAST",
    "ARRAY",
    "STRUCT",
    "ROW",
    "MAP",
    "TABLE",
    "VALUES",
    "UNNEST",
    "LATERAL",
    "OVER",
    "PARTITION",
    "BY",
    "ORDER",
    "GROUP",
    "LIMIT",
    "INTO",
    "FOR",
    "UPDATE",
    "DELETE",
    "pg_sleep",
    "count",
    "sum",
    "repeat",
    "generate_series",
    "EXTRACT",
    "INTERVAL",
    "DATE",
    "é",
    "\u{a0}",
    "\u{0}",
    "MATCH_RECOGNIZE",
    "PIVOT",
    "JSON_TABLE",
    "TRIM",
    "LEADING",
    "SAFE",
    "MOD",
    "IS",
    "NULL",
    "ON",
    "EMPTY",
    "WRAPPER",
];

fn dialect() -> impl Strategy<Value = Dialect> {
    select(Dialect::ALL.to_vec())
}

/// A statement of the corpora, cut, doubled and patched.
fn mutated() -> impl Strategy<Value = (Dialect, String)> {
    dialect().prop_flat_map(|dialect| {
        let statements: Vec<String> = own(dialect).into_iter().map(|case| case.sql).collect();
        (
            Just(dialect),
            select(statements),
            vec((any::<prop::sample::Index>(), select(WORDS.to_vec()), 0..4_usize), 1..6),
        )
            .prop_map(|(dialect, sql, changes)| {
                let mut characters: Vec<char> = sql.chars().collect();
                for (index, word, deleted) in changes {
                    let at = index.index(characters.len() + 1);
                    let end = (at + deleted).min(characters.len());
                    characters.splice(at..end, word.chars());
                }
                (dialect, characters.into_iter().collect())
            })
    })
}

fn passes(dialect: Dialect, sql: &str) -> bool {
    Guard::new(dialect).check(sql).is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_has_a_verdict(dialect in dialect(), sql in ".{0,200}") {
        let _ = Guard::new(dialect).check(&sql);
    }

    #[test]
    fn any_bytes_have_a_verdict(dialect in dialect(), bytes in vec(any::<u8>(), 0..300)) {
        let _ = Guard::new(dialect).check(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_words_have_a_verdict(dialect in dialect(), words in vec(select(WORDS.to_vec()), 0..60), glue in select(vec!["", " "])) {
        let _ = Guard::new(dialect).check(&words.join(glue));
    }

    #[test]
    fn a_changed_statement_has_a_verdict((dialect, sql) in mutated()) {
        let _ = Guard::new(dialect).check(&sql);
    }

    /// Nothing that passes becomes harmful by what follows it, and nothing harmful passes with more around it.
    #[test]
    fn blanks_and_comments_do_not_matter((dialect, sql) in mutated()) {
        let verdict = passes(dialect, &sql);
        prop_assert_eq!(passes(dialect, &format!("\n {sql}")), verdict, "blanks before: {}", sql);
        if verdict {
            prop_assert!(passes(dialect, &format!("/* x */ {sql}\n-- the end\n")), "comments around: {}", sql);
            let open_comment = sql.trim_end().ends_with(';');
            let stacked = format!("{sql}\n; DROP TABLE t");
            prop_assert!(open_comment || !passes(dialect, &stacked), "stacked: {}", stacked);
        }
    }

    /// A function that is never let pass is refused wherever a name or number of a harmless statement stood.
    #[test]
    fn a_call_cannot_hide(index in any::<prop::sample::Index>(), dialect in dialect()) {
        let allowed: Vec<String> = own(dialect).into_iter().filter(|case| case.allow).map(|case| case.sql).collect();
        let sql = &allowed[index.index(allowed.len())];
        for (at, _) in sql.match_indices(" 1") {
            let hidden = format!("{} evil_call(1){}", &sql[..at], &sql[at + 2..]);
            let in_text = hidden[..at].matches(['\'', '"', '`']).count() % 2 == 1 || hidden[..at].contains("--");
            prop_assert!(in_text || !passes(dialect, &hidden), "{}", hidden);
        }
    }
}
