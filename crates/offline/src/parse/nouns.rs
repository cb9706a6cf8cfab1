//! Tables, columns and figures by their names, with the adjectives before them.

use super::Parser;
use crate::{
    lexicon::Target,
    link::Link,
    model::{ColumnId, EdgeId, TableId},
    query::{Filter, Ref},
    synonyms::Concept,
};

/// What a noun phrase names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Noun {
    Table(TableId),
    Role(EdgeId),
    Column(Ref),
    /// The age that a date of birth tells.
    Age(Ref),
    Concept(Concept),
}

/// A noun with what stands before it: "completed online orders".
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NounPhrase {
    pub(super) adjectives: Vec<(Filter, TableId, usize, usize)>,
    pub(super) distinct: bool,
    /// "New": a period must say since when.
    pub(super) new: bool,
    pub(super) noun: Noun,
    /// The first token of the noun itself.
    pub(super) noun_at: usize,
    pub(super) end: usize,
    pub(super) weight: f32,
}

impl Parser<'_> {
    /// Reads a noun phrase at `at` without taking it; `figure` prefers what can be counted or added up.
    pub(super) fn noun_phrase(&self, at: usize, figure: bool) -> Option<NounPhrase> {
        let mut at = self.past_articles(at);
        let mut distinct = false;
        while matches!(self.word_at(at), "different" | "distinct" | "unique" | "individual") {
            distinct = true;
            at = self.past_articles(at + 1);
        }
        let new = self.word_at(at) == "new" && self.links_at(at).is_empty();
        if new {
            at += 1;
        }
        let mut adjectives = Vec::new();
        for _ in 0..4 {
            match self.adjective(at) {
                Some((filter, table, end)) => {
                    adjectives.push((filter, table, at, end));
                    at = end;
                }
                None => break,
            }
        }
        let (noun, end, weight) = self.bare_noun(at, figure)?;
        Some(NounPhrase { adjectives, distinct, new, noun, noun_at: at, end, weight })
    }

    /// A value or yes-no column directly before a noun: "cancelled orders", "organic products".
    pub(super) fn adjective(&self, at: usize) -> Option<(Filter, TableId, usize)> {
        let denied = matches!(self.word_at(at), "non" | "not");
        let at = if denied { at + 1 } else { at };
        let (filter, table, end) = self.condition_word(at, denied)?;
        // an adjective needs its noun
        let next = self.adjective(end).map_or(end, |(.., end)| end);
        let (noun, ..) = self.bare_noun(next, false)?;
        let noun_table = match noun {
            Noun::Table(table) => table,
            Noun::Role(edge) => self.setting.model.edges.get(edge)?.to,
            Noun::Column(column) | Noun::Age(column) => self.column(column.column).table,
            Noun::Concept(concept) => self.concept_table(concept)?,
        };
        let (filter, table) = self.for_owner(at, end, noun_table, denied).unwrap_or((filter, table));
        self.setting.model.distance(noun_table, table).is_finite().then_some((filter, table, end))
    }

    /// A single word or name that is a condition by itself.
    pub(super) fn condition_word(&self, at: usize, denied: bool) -> Option<(Filter, TableId, usize)> {
        let longest = self.links_at(at).first()?.length;
        let schema = self.links_at(at).iter().any(|link| {
            matches!(link.target, Target::Table(_) | Target::Role(_) | Target::Concept(_))
                && link.length == longest
                && link.weight > 0.7
        });
        let values = self.best_links(at, |target| matches!(target, Target::Value(..)));
        if let Some((link, column, _)) = self.choose_column(&values, None, |_| true)
            && link.length == longest
            && (!schema || self.value_by_neighbours(at, &link, column))
            && let Target::Value(_, value) = link.target
        {
            let table = self.column(column).table;
            let values = vec![self.setting.values.text(value).to_owned()];
            return Some((
                Filter::OneOf { column: Ref::new(column), values, negated: denied },
                table,
                at + link.length,
            ));
        }
        let booleans = self.best_links(
            at,
            |target| matches!(target, Target::Column(column) if self.column(*column).is_boolean),
        );
        let (link, column, _) =
            self.choose_column(&booleans, None, |column| self.column(column).is_boolean)?;
        (link.length == longest).then(|| {
            (
                Filter::Truth { column: Ref::new(column), holds: !denied },
                self.column(column).table,
                at + link.length,
            )
        })
    }

    /// The same value in the table of the noun, if it has it there: "Berlin stores" is not about customers.
    pub(super) fn for_owner(
        &self,
        at: usize,
        end: usize,
        owner: TableId,
        denied: bool,
    ) -> Option<(Filter, TableId)> {
        let links: Vec<Link> = self
            .links_at(at)
            .iter()
            .filter(|link| at + link.length == end && matches!(link.target, Target::Value(..)))
            .copied()
            .collect();
        let (link, column, _) = self.choose_column(&links, Some(owner), |_| true)?;
        let Target::Value(_, value) = link.target else { return None };
        let values = vec![self.setting.values.text(value).to_owned()];
        Some((Filter::OneOf { column: Ref::new(column), values, negated: denied }, self.column(column).table))
    }

    /// Whether a word that also names a table is a value here: its column stands beside it, or a sibling value.
    pub(super) fn value_by_neighbours(&self, at: usize, link: &Link, column: ColumnId) -> bool {
        let names_column =
            |at: usize| self.links_at(at).iter().any(|link| link.target == Target::Column(column));
        let end = at + link.length;
        if names_column(end) || at.checked_sub(1).is_some_and(names_column) {
            return true;
        }
        let sibling = |at: usize| {
            self.links_at(at)
                .iter()
                .any(|link| matches!(link.target, Target::Value(other, _) if other == column))
        };
        let joined = |word: &str| matches!(word, "or" | "and" | "vs" | "versus");
        (joined(self.word_at(end)) && sibling(end + 1))
            || (at >= 2 && joined(self.word_at(at - 1)) && sibling(at - 2))
    }

    /// A table, column or figure at exactly this place.
    pub(super) fn bare_noun(&self, at: usize, figure: bool) -> Option<(Noun, usize, f32)> {
        let is_schema = |target: &Target| {
            matches!(target, Target::Table(_) | Target::Role(_) | Target::Concept(_) | Target::Column(_))
        };
        let links = self.best_links(at, is_schema);
        let length = links.first()?.length;
        // a longer value at this place is no noun: "Filter Coffee" is not "filter"
        if self
            .links_at(at)
            .first()
            .is_some_and(|longest| longest.length > length && matches!(longest.target, Target::Value(..)))
        {
            return None;
        }
        let end = at + length;
        let phrase_is_age = self.norm_at(at) == "age" && length == 1;
        let table = self.choose_table(&links);
        let owner = self.owner_after(end);
        let column = self.choose_column(&links, owner, |column| self.is_sayable(column));
        let concept = links.iter().find_map(|link| match link.target {
            Target::Concept(concept) if !crate::figures::ways(self.setting.model, concept).is_empty() => {
                Some((concept, link.weight))
            }
            _ => None,
        });
        let role = links.iter().find_map(|link| match link.target {
            Target::Role(edge) => Some((edge, link.weight)),
            _ => None,
        });
        let mut choices: Vec<(Noun, f32)> = Vec::new();
        if let Some((table, weight)) = table {
            choices.push((Noun::Table(table), weight));
        }
        if let Some((link, column, _)) = column {
            let in_head = self.head_table() == Some(self.column(column).table)
                && table.is_some_and(|(table, _)| Some(table) == self.head_table());
            // "stock" is what lies there before it is the table that keeps it
            let by_synonym =
                table.is_some_and(|(table, weight)| weight < 1.0 && table == self.column(column).table);
            let preferred = (figure || in_head || by_synonym) && self.column(column).is_quantity();
            let weight = link.weight + if preferred { 0.2 } else { -0.01 };
            let noun = if phrase_is_age && self.column(column).is_birth {
                Noun::Age(Ref::new(column))
            } else {
                Noun::Column(Ref::new(column))
            };
            choices.push((noun, weight));
        }
        if let Some((concept, weight)) = concept {
            choices.push((Noun::Concept(concept), weight + if figure { 0.2 } else { 0.0 }));
        }
        if let Some((edge, weight)) = role {
            choices.push((Noun::Role(edge), weight - 0.02));
        }
        let (noun, weight) = choices.into_iter().max_by(|left, right| left.1.total_cmp(&right.1))?;
        if let Noun::Table(table) = noun
            && let Some((compound, end, weight)) = self.compound(table, end, figure)
        {
            return Some((compound, end, weight));
        }
        if let Noun::Column(column) = noun
            && let Some(link) = self
                .links_at(end)
                .iter()
                .find(|link| link.target == Target::Column(column.column) && link.weight >= 0.5)
        {
            // two words of one name that something stood between: "market value in billions"
            return Some((noun, end + link.length, weight.max(link.weight)));
        }
        Some((noun, end, weight))
    }

    pub(super) fn choose_table(&self, links: &[Link]) -> Option<(TableId, f32)> {
        links
            .iter()
            .filter_map(|link| match link.target {
                Target::Table(table) => Some((table, link.weight)),
                _ => None,
            })
            .max_by(|left, right| {
                let near = |table: TableId| {
                    -self.head_table().map_or(0.0, |head| self.setting.model.distance(head, table).min(9.0))
                };
                left.1
                    .total_cmp(&right.1)
                    .then(near(left.0).total_cmp(&near(right.0)))
                    .then(right.0.cmp(&left.0))
            })
    }

    /// "customer city", "customers' names", "product sales": the first noun says whose the second is.
    pub(super) fn compound(&self, owner: TableId, at: usize, figure: bool) -> Option<(Noun, usize, f32)> {
        let mut next = at;
        let possessive = self.tokens.get(next).is_some_and(|token| token.is_mark("'s") || token.is_mark("'"));
        if possessive {
            next += 1;
        }
        if matches!(self.word_at(next), "total" | "number" | "count" | "date") && !possessive {
            return None;
        }
        if matches!(self.word_at(next), "cost" | "costs" | "weigh" | "earn")
            && self.amount_at(next + 1).is_some()
        {
            // "products cost more than 100" says what they do
            return None;
        }
        let columns = self.best_links(next, |target| matches!(target, Target::Column(_)));
        let concepts = self.best_links(next, |target| matches!(target, Target::Concept(_)));
        let tables = self.best_links(next, |target| matches!(target, Target::Table(_)));
        let length = |links: &[Link]| links.first().map_or(0, |link| link.length);
        let model = self.setting.model;
        let deeds: Vec<ColumnId> = self
            .links_at(next)
            .iter()
            .filter_map(|link| match link.target {
                Target::Happening(column) if length(&columns) == 1 => Some(column),
                _ => None,
            })
            .collect();
        let column = self.choose_column(&columns, Some(owner), |column| {
            self.is_sayable(column)
                && !deeds.contains(&column)
                && model.distance(owner, self.column(column).table) <= if possessive { 1.5 } else { 0.0 }
        });
        let table = self.choose_table(&tables);
        let beats = |own: &[Link], other: &[Link]| length(own) >= length(other);
        if let Some((link, column, _)) = column
            && beats(&columns, &tables)
            && beats(&columns, &concepts)
            && table.is_none_or(|(_, weight)| weight <= link.weight || length(&columns) > length(&tables))
        {
            let is_age = self.norm_at(next) == "age" && self.column(column).is_birth;
            let noun = if is_age { Noun::Age(Ref::new(column)) } else { Noun::Column(Ref::new(column)) };
            return Some((noun, next + link.length, link.weight));
        }
        if let Some((table, weight)) = table
            && table != owner
            && beats(&tables, &concepts)
        {
            return Some((Noun::Table(table), next + length(&tables), weight.min(0.9)));
        }
        let concept = concepts.first().filter(|_| figure || possessive || table.is_none())?;
        match concept.target {
            Target::Concept(concept_named) if !crate::figures::ways(model, concept_named).is_empty() => {
                Some((Noun::Concept(concept_named), next + concept.length, concept.weight))
            }
            _ => None,
        }
    }

    /// The table in "... of the customers" after a column's name.
    pub(super) fn owner_after(&self, at: usize) -> Option<TableId> {
        let at = self.past_enumeration(at);
        if !matches!(self.word_at(at), "of" | "for" | "from" | "in") {
            return None;
        }
        let at = self.past(
            at,
            &[
                "of",
                "for",
                "from",
                "in",
                "the",
                "all",
                "our",
                "their",
                "its",
                "his",
                "her",
                "each",
                "every",
                "any",
                "these",
                "different",
                "distinct",
                "unique",
            ],
        );
        let at = self.past_ranking_words(at);
        let at = self.condition_word(at, false).map_or(at, |(.., end)| end);
        let links = self.best_links(at, |target| matches!(target, Target::Table(_)));
        self.choose_table(&links).filter(|(_, weight)| *weight > 0.6).map(|(table, _)| table)
    }

    /// Past the other columns of a list: "the name, age and city of the customers".
    pub(super) fn past_enumeration(&self, at: usize) -> usize {
        let mut end = at;
        let mut past = at;
        for _ in 0..16 {
            let comma = self.tokens.get(past).is_some_and(|token| token.is_mark(","));
            let part_of_name = matches!(self.word_at(past), "full" | "first" | "last" | "name" | "names")
                && self.links_at(past).is_empty();
            if comma || part_of_name || matches!(self.word_at(past), "and" | "the" | "their") {
                past += 1;
                continue;
            }
            let column = self.best_links(past, |target| matches!(target, Target::Column(_)));
            match column.first() {
                Some(link) if past > at => past += link.length,
                _ => break,
            }
            end = past;
        }
        if matches!(self.word_at(end), "of" | "for" | "from" | "in") { end } else { at }
    }

    /// Past "5 most expensive", "lowest earning", "oldest".
    pub(super) fn past_ranking_words(&self, at: usize) -> usize {
        let mut at = at;
        if self.number_at(at).is_some() {
            at += 1;
        }
        match self.word_at(at) {
            "most" | "least" => at + 2,
            "highest" | "lowest" | "best" | "worst" | "top" => {
                at + 1
                    + usize::from(matches!(
                        self.word_at(at + 1),
                        "earning" | "paid" | "rated" | "selling" | "priced"
                    ))
            }
            word if crate::words::superlative(word).is_some() => at + 1,
            _ => at,
        }
    }

    /// Keys that lead elsewhere are named by what they lead to; bare ids only when asked for as such.
    pub(super) fn is_sayable(&self, column: ColumnId) -> bool {
        let in_key = self.setting.model.tables[self.column(column).table].primary_key.contains(&column);
        let column = self.column(column);
        !column.is_foreign_key || in_key || !column.is_key
    }
}
