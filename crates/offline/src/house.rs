//! What the house says of a schema, as the engine reads and writes it.

use sqlatte_core::glossary::{Bound, House, Join, Meant, Piece};

use crate::{
    lexicon::{Lexicon, Target},
    model::{ColumnId, Model, TableId},
    synonyms::Concept,
    token::{Token, TokenKind, tokenise},
};

/// A part of an expression that the house gave.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Part {
    Sql(String),
    Column(ColumnId),
}

/// A figure that the house gave an expression for.
#[derive(Debug)]
pub(crate) struct Metric {
    pub(crate) name: String,
    /// Its name in a list of columns.
    pub(crate) column: String,
    pub(crate) table: TableId,
    /// The expression as the house wrote it.
    pub(crate) text: String,
    pub(crate) parts: Vec<Part>,
}

/// A condition that holds for a table unless the question speaks of what it leaves out.
#[derive(Debug)]
pub(crate) struct DefaultCondition {
    pub(crate) table: TableId,
    /// The condition as the house wrote it.
    pub(crate) text: String,
    pub(crate) parts: Vec<Part>,
    /// Tables whose rows are left out with the rows they belong to.
    also: Vec<TableId>,
    /// The words that lift it, each phrase as the question's words are compared.
    unless: Vec<Vec<String>>,
}

impl DefaultCondition {
    /// Whether rows of this table are left out with the rows they belong to.
    pub(crate) fn takes_along(&self, table: TableId) -> bool {
        self.also.contains(&table)
    }

    /// The column by which rows of `table` belong to rows of the table of the condition, and the column it
    /// refers to; nothing where there is no key of one column.
    pub(crate) fn owner(&self, table: TableId, model: &Model) -> Option<(ColumnId, ColumnId)> {
        let edges = model.edges.iter().filter(|edge| (edge.from, edge.to) == (table, self.table));
        let columns = edges.min_by_key(|edge| edge.role.len())?;
        match (columns.from_columns.as_slice(), columns.to_columns.as_slice()) {
            ([from], [to]) => Some((*from, *to)),
            _ => None,
        }
    }

    /// Whether it is about this column.
    pub(crate) fn reads(&self, column: ColumnId) -> bool {
        self.parts.contains(&Part::Column(column))
    }
}

impl Model {
    /// Adds the joins that the house gave and the database does not declare.
    pub(crate) fn add_given_edges(&mut self, house: &House) {
        for Bound { entry: Join { .. }, tables, columns } in &house.joins {
            let [from, to] = tables.as_slice() else { continue };
            let column = |&(table, column): &(usize, usize)| {
                self.tables.get(table).and_then(|table| table.columns.get(column)).copied()
            };
            let left: Option<Vec<ColumnId>> = columns.iter().step_by(2).map(column).collect();
            let right: Option<Vec<ColumnId>> = columns.iter().skip(1).step_by(2).map(column).collect();
            let (Some(left), Some(right)) = (left, right) else { continue };
            let known = self.edges.iter().any(|edge| {
                (edge.from, edge.to) == (*from, *to) && edge.from_columns == left && edge.to_columns == right
            });
            if !known && from != to {
                self.add_edge(*from, left, *to, right);
            }
        }
    }

    /// Takes over the metrics and default conditions.
    pub(crate) fn add_given_expressions(&mut self, house: &House) {
        for metric in &house.metrics {
            let parts = self.parts(metric.table, &metric.pieces);
            self.metrics.push(Metric {
                name: one_line(&metric.entry.name.text),
                column: column_name(&metric.entry.name.text),
                table: metric.table,
                text: one_line(&metric.entry.sql.text),
                parts,
            });
        }
        for filter in &house.filters {
            let parts = self.parts(filter.table, &filter.pieces);
            let unless = filter.entry.unless.iter().map(|text| norms(&tokenise(&text.text)));
            self.defaults.push(DefaultCondition {
                table: filter.table,
                text: one_line(&filter.entry.condition.text),
                parts,
                also: filter.also.clone(),
                unless: unless.filter(|words| !words.is_empty()).collect(),
            });
        }
    }

    fn parts(&self, table: TableId, pieces: &[Piece]) -> Vec<Part> {
        let columns = self.tables.get(table).map(|table| table.columns.as_slice()).unwrap_or_default();
        let part = |piece: &Piece| match piece {
            Piece::Sql(sql) => Some(Part::Sql(sql.clone())),
            Piece::Column(column) => columns.get(*column).copied().map(Part::Column),
        };
        pieces.iter().filter_map(part).collect()
    }

    /// The default conditions that words of the question lift.
    pub(crate) fn lifted(&self, tokens: &[Token]) -> Vec<usize> {
        if self.defaults.is_empty() {
            return Vec::new();
        }
        let said = norms(tokens);
        let says = |phrase: &Vec<String>| said.windows(phrase.len()).any(|words| words == phrase.as_slice());
        let lifted = |condition: &DefaultCondition| condition.unless.iter().any(says);
        (0..self.defaults.len()).filter(|&at| lifted(&self.defaults[at])).collect()
    }

    /// The tokens without the phrases that lift a default condition: they say that and nothing else. A single
    /// word may say more ("former"), so it stays. Nothing where there is no such phrase.
    pub(crate) fn without_lifting(&self, tokens: &[Token]) -> Option<Vec<Token>> {
        let phrases = self.defaults.iter().flat_map(|condition| &condition.unless);
        let phrases: Vec<&Vec<String>> = phrases.filter(|phrase| phrase.len() > 1).collect();
        let mut left = Vec::with_capacity(tokens.len());
        let mut at = 0;
        while at < tokens.len() {
            let rest: Vec<&str> = tokens[at..].iter().map(|token| token.norm.as_str()).collect();
            let said = phrases.iter().filter(|phrase| rest.len() >= phrase.len());
            let said =
                said.filter(|phrase| rest.iter().zip(phrase.iter()).all(|(word, other)| word == other));
            match said.map(|phrase| phrase.len()).max() {
                Some(length) => at += length,
                None => {
                    left.extend(tokens.get(at).cloned());
                    at += 1;
                }
            }
        }
        (left.len() < tokens.len()).then_some(left)
    }
}

impl Lexicon {
    /// Takes over the names that the house gave: what it calls something is that and nothing else.
    pub(crate) fn learn(&mut self, model: &Model, house: &House) {
        for (name, meant) in &house.names {
            let phrase = phrase_of(&name.text);
            match *meant {
                Meant::Table(table) => self.give(&phrase, Target::Table(table)),
                Meant::Column(table, column) => {
                    let owner = model.tables.get(table);
                    let Some(&column) = owner.and_then(|table| table.columns.get(column)) else { continue };
                    self.give(&phrase, Target::Column(column));
                    let words = owner.map(|table| table.words.join(" ")).unwrap_or_default();
                    self.give(&format!("{words} {phrase}"), Target::Column(column));
                }
            }
        }
        for (at, metric) in house.metrics.iter().enumerate() {
            for name in std::iter::once(&metric.entry.name).chain(&metric.entry.synonyms) {
                self.give(&phrase_of(&name.text), Target::Concept(Concept::Given(at)));
            }
        }
    }
}

/// "Net revenue" is `net_revenue`.
fn column_name(name: &str) -> String {
    let tokens = tokenise(name);
    let words = tokens.iter().filter(|token| token.kind != TokenKind::Mark);
    words.map(|token| token.word.replace(' ', "_")).collect::<Vec<_>>().join("_")
}

/// A name as phrases of a question are compared.
fn phrase_of(name: &str) -> String {
    norms(&tokenise(name)).join(" ")
}

fn norms(tokens: &[Token]) -> Vec<String> {
    let words = tokens.iter().filter(|token| token.kind != TokenKind::Mark);
    words.map(|token| token.norm.clone()).collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
