//! A second look that does not trust the tree: every word before a parenthesis must be accounted for.
//!
//! The parser drops some clauses and takes some words for aliases. Whatever it made of a statement, a call that
//! the engine sees is a word and a parenthesis, and here none passes that the walk has not examined.

use std::collections::HashSet;

use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Word};

use crate::{Dialect, Guard, Reason, Refusal, functions::Catalogue, names};

/// Words of the grammar that stand before a parenthesis without being called, and types with a length.
const GRAMMAR: &[&str] = &[
    "absent",
    "against",
    "all",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "at",
    "bernoulli",
    "between",
    "bigdecimal",
    "bignumeric",
    "binary",
    "bit",
    "blob",
    "by",
    "bytes",
    "case",
    "cast",
    "char",
    "character",
    "collate",
    "columns",
    "condition",
    "cross",
    "cube",
    "dec",
    "decimal",
    "define",
    "desc",
    "distinct",
    "div",
    "double",
    "else",
    "empty",
    "enum",
    "error",
    "escape",
    "except",
    "exclude",
    "exists",
    "explain",
    "extract",
    "filter",
    "first",
    "float",
    "following",
    "force",
    "for",
    "format",
    "from",
    "glob",
    "group",
    "having",
    "ignore",
    "ilike",
    "in",
    "index",
    "int",
    "integer",
    "intersect",
    "interval",
    "is",
    "isnull",
    "join",
    "json_table",
    "key",
    "lateral",
    "like",
    "limit",
    "map",
    "match",
    "match_recognize",
    "matched",
    "materialized",
    "measures",
    "member",
    "minus",
    "mod",
    "national",
    "nchar",
    "next",
    "not",
    "notnull",
    "null",
    "number",
    "numeric",
    "nvarchar",
    "of",
    "offset",
    "on",
    "only",
    "or",
    "operator",
    "ordinality",
    "over",
    "overlaps",
    "partition",
    "passing",
    "path",
    "pattern",
    "permute",
    "pivot",
    "precision",
    "qualify",
    "quantile",
    "real",
    "regexp",
    "repeatable",
    "replace",
    "returning",
    "returns",
    "rlike",
    "rollup",
    "row",
    "rows",
    "second",
    "select",
    "separator",
    "sets",
    "signed",
    "similar",
    "smallint",
    "some",
    "string",
    "struct",
    "symmetric",
    "asymmetric",
    "system",
    "system_time",
    "table",
    "tablesample",
    "text",
    "then",
    "time",
    "timestamp",
    "tinyint",
    "to",
    "union",
    "unnest",
    "unpivot",
    "unsigned",
    "use",
    "using",
    "values",
    "varbinary",
    "varbit",
    "varchar",
    "varying",
    "when",
    "where",
    "window",
    "with",
    "within",
    "xmlnamespaces",
    "xmltable",
    "xor",
    "year",
    "zone",
    "order",
    "sort",
    "where",
    "geometry",
    "geography",
    "vector",
    "datetime",
    "timestamptz",
    "timetz",
    "bpchar",
    "money",
    "qdigest",
    "tdigest",
    "color",
    "mediumint",
    "bigint",
    "names",
    "include",
    "nulls",
    "aggregate",
    "extend",
    "nocase",
    "set",
    "subset",
    "initial",
    "seek",
    "after",
    "skip",
    "past",
    "last",
    "int2",
    "int4",
    "int8",
    "float4",
    "float8",
    "xmlelement",
    "xmlattributes",
    "straight_join",
    "high_priority",
    "sql_big_result",
    "sql_buffer_result",
    "sql_cache",
    "sql_calc_found_rows",
    "sql_no_cache",
    "sql_small_result",
    "natural",
    "inner",
    "left",
    "right",
    "full",
    "outer",
    "grouping",
];

pub(crate) fn check(
    guard: &Guard,
    tokens: &[TokenWithSpan],
    called: &HashSet<Location>,
) -> Result<(), Refusal> {
    let catalogue = Catalogue::of(guard.dialect());
    let mut significant =
        tokens.iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).peekable();
    let mut after_period = false;
    let mut after_safe = false;
    while let Some(token) = significant.next() {
        let opens = significant.peek().is_some_and(|next| next.token == Token::LParen);
        if let Token::Word(word) = &token.token
            && opens
            && !called.contains(&token.span.start)
            && (after_period || !is_grammar(word) && !is_harmless(guard, catalogue, word))
        {
            let (dialect, name) = (guard.dialect(), word.value.to_lowercase());
            return Err(Refusal::new(
                Reason::Function,
                format!(
                    "`{}(…)` may not be used: it is not on the list of functions that only compute{}",
                    word.value,
                    names::instead(dialect, &name)
                ),
            )
            .mistaken(word.quote_style.is_none() && !after_period && names::is_mistaken(dialect, &name))
            .at_location(token.span.start));
        }
        // `SAFE.f(…)` of BigQuery is `f(…)`.
        after_period = token.token == Token::Period && !after_safe;
        after_safe = guard.dialect() == Dialect::Bigquery && is_word(&token.token, "safe");
    }
    Ok(())
}

fn is_word(token: &Token, name: &str) -> bool {
    matches!(token, Token::Word(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(name))
}

fn is_grammar(word: &Word) -> bool {
    word.quote_style.is_none() && GRAMMAR.contains(&word.value.to_ascii_lowercase().as_str())
}

fn is_harmless(guard: &Guard, catalogue: &Catalogue, word: &Word) -> bool {
    let name = word.value.to_lowercase();
    word.quote_style.is_none()
        && (catalogue.has(&name) || catalogue.has_table(&name) || guard.lists_function(&name))
}
