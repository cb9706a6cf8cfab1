//! What tables are partitioned by.

use std::collections::HashMap;

use mysql_async::{Error, Params, Row, prelude::Queryable};
use sqlatte_providers::TableSchema;

use crate::{catalogue::text, describe::Name, session::Session};

/// Adds the columns that decide which partition a row of `tables` is in.
pub(crate) async fn add(
    session: &mut Session,
    condition: &str,
    params: Params,
    tables: &mut HashMap<Name, TableSchema>,
) -> Result<(), Error> {
    let sql = format!(
        "SELECT DISTINCT TABLE_SCHEMA, TABLE_NAME, PARTITION_EXPRESSION, SUBPARTITION_EXPRESSION \
         FROM information_schema.PARTITIONS WHERE PARTITION_METHOD IS NOT NULL AND {condition}"
    );
    let rows: Vec<Row> = session.conn.exec(sql, params).await?;
    for row in rows {
        let mut cells = row.unwrap().into_iter().map(text);
        let mut next = || cells.next().flatten();
        let (Some(schema), Some(name)) = (next(), next()) else { continue };
        let expressions = [next(), next()];
        let Some(table) = tables.get_mut(&(schema, name)) else { continue };
        // `PARTITION BY KEY ()` names no columns and means the primary key.
        if expressions.iter().flatten().all(String::is_empty) {
            table.layout.partitioned_by.clone_from(&table.primary_key);
        }
        for expression in expressions.iter().flatten() {
            for word in words(expression) {
                let column = table.columns.iter().find(|column| column.name.eq_ignore_ascii_case(&word));
                let Some(column) = column.map(|column| column.name.clone()) else { continue };
                if !table.layout.partitioned_by.contains(&column) {
                    table.layout.partitioned_by.push(column);
                }
            }
        }
    }
    Ok(())
}

/// The names in an expression, quoted or not, without those of functions.
fn words(expression: &str) -> Vec<String> {
    let (mut words, mut rest) = (Vec::new(), expression);
    while let Some(start) = rest.find(|letter: char| letter == '`' || is_of_word(letter)) {
        rest = &rest[start..];
        if let Some(quoted) = rest.strip_prefix('`') {
            let (word, after) = unquoted(quoted);
            words.push(word);
            rest = after;
        } else {
            let end = rest.find(|letter| !is_of_word(letter)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            if !after.trim_start().starts_with('(') {
                words.push(word.to_owned());
            }
            rest = after;
        }
    }
    words
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '$'
}

/// A name up to its closing quote, and what follows; a doubled quote is a part of it.
fn unquoted(text: &str) -> (String, &str) {
    let mut word = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('`') {
        word.push_str(before);
        match after.strip_prefix('`') {
            Some(more) => {
                word.push('`');
                rest = more;
            }
            None => return (word, after),
        }
    }
    (word + rest, "")
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn names_are_found_in_expressions() {
        assert_eq!(words("year(`at`)"), ["at"]);
        assert_eq!(words("`a`,`odd``name (x)`"), ["a", "odd`name (x)"]);
        assert_eq!(words("to_days (sold_at) + größe"), ["sold_at", "größe"]);
        assert_eq!(words("`open"), ["open"]);
        assert!(words("").is_empty());
    }
}
