//! Phrases of other dialects, told from the tokens alone: many of them end the parser's reading, so that there is no
//! tree to find them in. Told only of statements that do not run.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use crate::Dialect;

/// Words and signs in a row, and what to write instead in SQLite, PostgreSQL, MySQL, Trino and BigQuery; empty where
/// the phrase is the engine's own. `0` is any number, `'x'` a text, `'x y'` a text with blanks in it, `'-7 days'` a
/// step in time.
type Phrase = (&'static [&'static [&'static str]], [&'static str; 5]);

const NO_PATTERNS: &str = "SQLite has no regular expressions: \
     write x LIKE 'A%' OR x LIKE 'B%', or x GLOB '[A-Z]*', where case counts";
const TRINO_PATTERN: &str = "Trino has no operator for regular expressions: write regexp_like(x, 'pattern')";
const BIGQUERY_PATTERN: &str =
    "BigQuery has no operator for regular expressions: write REGEXP_CONTAINS(x, 'pattern')";
const MYSQL_PATTERN: &str = "MySQL's operator for regular expressions is another: write x REGEXP 'pattern'";
const NO_QUALIFY: &str = "there is no QUALIFY here: number the rows in a subquery and filter around it, \
     SELECT * FROM (SELECT …, ROW_NUMBER() OVER (PARTITION BY … ORDER BY …) AS r FROM …) t WHERE r = 1";
const NO_DISTINCT_ON: &str = "there is no DISTINCT ON here: number the rows in a subquery by \
     ROW_NUMBER() OVER (PARTITION BY key ORDER BY …) AS r and keep those with r = 1";
const LIMIT_AT_END: &str = "there is no FETCH FIRST here: write LIMIT 5 at the end, or LIMIT 5 OFFSET 10";
const NAMES_IN_QUOTES: &str = "names stand in double quotes here, not in backticks: write \"name\"";
const LIMIT_FIRST: &str = "there is no LIMIT 5, 10 here: write LIMIT 10 OFFSET 5, the number of rows first";
const DAYS_IN_TEXT: &str = "write an interval as INTERVAL '7 days'";
const DAYS_IN_WORDS: &str = "write an interval as INTERVAL 7 DAY";
const DAYS_APART: &str = "write an interval as INTERVAL '7' DAY";

#[rustfmt::skip]
const PHRASES: &[Phrase] = &[
    (&[&["~"], &["~*"], &["!~"], &["!~*"]],
     [NO_PATTERNS, "", MYSQL_PATTERN, TRINO_PATTERN, BIGQUERY_PATTERN]),
    (&[&["similar", "to"]], [NO_PATTERNS, "", MYSQL_PATTERN, TRINO_PATTERN, BIGQUERY_PATTERN]),
    (&[&["regexp"], &["rlike"]],
     [NO_PATTERNS, "PostgreSQL has no REGEXP: write x ~ 'pattern', or x ~* 'pattern' where case does not count", "",
      TRINO_PATTERN, BIGQUERY_PATTERN]),
    (&[&["glob"]],
     ["", "there is no GLOB here: write x LIKE 'a%'", "there is no GLOB here: write x LIKE 'a%'",
      "there is no GLOB here: write x LIKE 'a%'", "there is no GLOB here: write x LIKE 'a%'"]),
    (&[&["fetch", "first"], &["fetch", "next"]], [LIMIT_AT_END, "", LIMIT_AT_END, "", LIMIT_AT_END]),
    (&[&["limit", "0", ",", "0"]],
     ["", LIMIT_FIRST, "", "there is no LIMIT 5, 10 here: write OFFSET 5 LIMIT 10", LIMIT_FIRST]),
    (&[&["qualify"]], [NO_QUALIFY, NO_QUALIFY, NO_QUALIFY, NO_QUALIFY, ""]),
    (&[&["distinct", "on"]], [NO_DISTINCT_ON, "", NO_DISTINCT_ON, NO_DISTINCT_ON, NO_DISTINCT_ON]),
    (&[&["within", "group"]],
     ["SQLite has no WITHIN GROUP: write median(x), percentile_cont(x, 0.9) or group_concat(x, ', ')", "",
      "MySQL has no WITHIN GROUP: take the middle row of a subquery numbered by ROW_NUMBER() OVER (ORDER BY x), or \
       write GROUP_CONCAT(x ORDER BY x SEPARATOR ', ')", "",
      "BigQuery has no WITHIN GROUP: write APPROX_QUANTILES(x, 2)[OFFSET(1)] or PERCENTILE_CONT(x, 0.5) OVER ()"]),
    (&[&["rollup", "("], &["cube", "("], &["grouping", "sets"], &["with", "rollup"]],
     ["SQLite has no ROLLUP, CUBE or GROUPING SETS: write one query for each level, joined by UNION ALL", "", "", "",
      ""]),
    (&[&["rollup", "("], &["cube", "("], &["grouping", "sets"]],
     ["", "", "MySQL has one form for totals: write GROUP BY a, b WITH ROLLUP", "", ""]),
    (&[&["with", "rollup"]],
     ["", "write GROUP BY ROLLUP (a, b)", "", "write GROUP BY ROLLUP (a, b)", "write GROUP BY ROLLUP (a, b)"]),
    (&[&["lateral", "("]],
     ["SQLite has no LATERAL: number the rows of the subquery by ROW_NUMBER() OVER (PARTITION BY key ORDER BY …) AS r \
       and join those with r = 1, or write a subquery in the SELECT list", "", "", "", ""]),
    (&[&["=", "any"], &["=", "some"], &[">", "any"], &["<", "any"], &[">=", "any"], &["<=", "any"], &[">", "all"],
       &["<", "all"], &[">=", "all"], &["<=", "all"], &["<>", "all"]],
     ["SQLite has no ANY or ALL: write x IN (…), or compare with (SELECT max(x) FROM …)", "", "", "", ""]),
    (&[&["separator", "'x'"], &["separator", "'x y'"]],
     ["there is no SEPARATOR here: write group_concat(x, ', ')", "there is no SEPARATOR here: write string_agg(x, ', ')",
      "", "there is no SEPARATOR here: write array_join(array_agg(x), ', ')",
      "there is no SEPARATOR here: write STRING_AGG(x, ', ')"]),
    (&[&[":", ":"]],
     ["", "", "", "there is no `::` here: write CAST(x AS type)", "there is no `::` here: write CAST(x AS type)"]),
    (&[&["`"]], ["", NAMES_IN_QUOTES, "", NAMES_IN_QUOTES, ""]),
    (&[&["["]], ["", "", "names stand in backticks here, not in brackets: write `name`", "", ""]),
    (&[&["interval", "0"]], ["", DAYS_IN_TEXT, "", DAYS_APART, ""]),
    (&[&["interval", "'x y'"]], ["", "", DAYS_IN_WORDS, DAYS_APART, DAYS_IN_WORDS]),
    (&[&["'now'"], &["'-7 days'"]],
     ["", "date('now', '-7 days') is SQLite's: write CURRENT_DATE - INTERVAL '7 days'",
      "date('now', '-7 days') is SQLite's: write CURRENT_DATE - INTERVAL 7 DAY, or x - INTERVAL 7 DAY",
      "date('now', '-7 days') is SQLite's: write current_date - INTERVAL '7' DAY",
      "date('now', '-7 days') is SQLite's: write DATE_SUB(CURRENT_DATE(), INTERVAL 7 DAY)"]),
    (&[&["full", "join"], &["full", "outer"]],
     ["", "", "MySQL has no FULL OUTER JOIN: write a LEFT JOIN and a RIGHT JOIN, joined by UNION", "", ""]),
    (&[&["filter", "("]],
     ["", "", "MySQL has no FILTER: write SUM(CASE WHEN a THEN x END) or COUNT(CASE WHEN a THEN 1 END)", "",
      "BigQuery has no FILTER: write COUNTIF(a) or SUM(IF(a, x, 0))"]),
    (&[&["nulls", "first"], &["nulls", "last"]],
     ["", "", "MySQL has no NULLS FIRST or NULLS LAST: write ORDER BY x IS NULL, x", "", ""]),
    (&[&["at", "time", "zone"]], ["", "", "MySQL has no AT TIME ZONE: write CONVERT_TZ(x, 'UTC', 'Europe/Berlin')", "", ""]),
];

/// What to write in place of each phrase of another dialect.
pub(crate) fn hints(dialect: Dialect, tokens: &[TokenWithSpan]) -> Vec<String> {
    let tokens = tokens.iter().map(|token| &token.token);
    let words: Vec<String> =
        tokens.filter(|token| !matches!(token, Token::Whitespace(_))).map(word).collect();
    let stands = |phrase: &[&str]| {
        words.windows(phrase.len()).enumerate().any(|(at, window)| {
            let qualified = at > 0 && words[at - 1] == ".";
            !qualified && window.iter().zip(phrase).all(|(word, wanted)| word == wanted)
        })
    };
    let found = PHRASES.iter().filter(|(phrases, _)| phrases.iter().any(|phrase| stands(phrase)));
    let mut told: Vec<String> = Vec::new();
    for hint in found.map(|(_, written)| written[place(dialect)]) {
        if !hint.is_empty() && told.iter().all(|one| one != hint) {
            told.push(hint.to_owned());
        }
    }
    told
}

/// What to write in place of a sign that an engine's text cannot hold; empty where nobody knows.
pub(crate) fn in_place_of(dialect: Dialect, sign: &str) -> &'static str {
    let found = PHRASES.iter().find(|(phrases, _)| phrases.contains(&[sign].as_slice()));
    found.map_or("", |(_, written)| written[place(dialect)])
}

fn place(dialect: Dialect) -> usize {
    Dialect::ALL.iter().position(|known| *known == dialect).unwrap_or_default()
}

/// A token as the phrases write it; nothing of a name in quotes.
fn word(token: &Token) -> String {
    match token {
        Token::Word(word) if word.quote_style.is_none() => word.value.to_lowercase(),
        Token::Word(_) => String::new(),
        Token::Number(..) => "0".to_owned(),
        Token::SingleQuotedString(text) | Token::DoubleQuotedString(text) => {
            let text = text.trim().to_lowercase();
            let step = text.starts_with(['-', '+'])
                && ["day", "days", "month", "months", "year", "years", "hours"]
                    .iter()
                    .any(|unit| text.ends_with(unit));
            match text.as_str() {
                "now" => "'now'",
                _ if step => "'-7 days'",
                text if text.contains(' ') => "'x y'",
                _ => "'x'",
            }
            .to_owned()
        }
        sign => sign.to_string(),
    }
}
