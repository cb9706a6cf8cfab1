//! Nouns of the main clause: what is listed, counted, related or only said for its condition.

use sqlatte_core::ReadingKind;

use super::{
    Parser, SharePart,
    nouns::{Noun, NounPhrase},
};
use crate::{
    lexicon::Target,
    model::{EdgeId, TableId},
    query::{Filter, Function, Head, Measure, Operand, Quantity, Ref, Relation},
};

impl Parser<'_> {
    /// Whether this place is in a sentence of its own that begins with "list", "give", "find" and the like.
    pub(super) fn starts_request(&self, at: usize) -> bool {
        let Some(stop) = (0..at).rev().find(|&at| {
            self.tokens[at].is_mark("?") || self.tokens[at].is_mark(".") || self.tokens[at].is_mark(";")
        }) else {
            return false;
        };
        matches!(
            self.word_at(stop + 1),
            "list" | "give" | "find" | "show" | "return" | "tell" | "display" | "report" | "what"
        )
    }

    /// "all grinders with their price": the rows that the value groups are what is listed.
    pub(super) fn head_of_values(&mut self, table: TableId) {
        let model = self.setting.model;
        let by_value = self.query.filters.iter().any(|filter| match filter {
            Filter::OneOf { column, .. } => {
                let owner = model.columns[column.column].table;
                owner == table || model.edges.iter().any(|edge| edge.from == table && edge.to == owner)
            }
            _ => false,
        });
        if by_value && self.query.measures.is_empty() && !model.tables[table].labels.is_empty() {
            self.query.head = Some(Head::Table(table));
            self.query.named = true;
        }
    }

    /// A noun phrase in the main clause.
    pub(super) fn noun(&mut self) -> bool {
        let Some(phrase) = self.noun_phrase(self.at, false) else { return false };
        let start = self.at;
        let lead = self.word_before_phrase(start);
        match phrase.noun {
            Noun::Table(table) => self.table_noun(table, &phrase, &lead),
            Noun::Role(edge) => self.role_noun(edge, &phrase, &lead),
            Noun::Column(column) => self.column_noun(column, &phrase, &lead),
            Noun::Age(column) => {
                self.query.ages.push(column);
                self.note(
                    ReadingKind::Column,
                    phrase.noun_at,
                    phrase.end,
                    format!("age by {}", self.setting.model.column_name(column.column)),
                );
                self.take_to(phrase.end);
            }
            Noun::Concept(concept) => {
                self.take_adjectives(&phrase);
                let measure = Measure::new(Function::Sum, Operand::Concept(concept));
                if self.bounded(measure.clone(), phrase.noun_at, phrase.end) {
                    return true;
                }
                self.note(ReadingKind::Metric, phrase.noun_at, phrase.end, self.describe_measure(&measure));
                self.take_to(phrase.end);
                self.measured(measure);
            }
        }
        true
    }

    /// A measure in the main clause: asked for, or what "top 5 by" waits for.
    pub(super) fn measured(&mut self, measure: Measure) {
        self.focus = self.measure_table(&measure).or(self.focus);
        if let Some(share) = self.in_share
            && share == SharePart::Whole
            && self.query.share.is_none()
        {
            self.set_share(crate::query::Share { of: measure, part: Vec::new() });
            return;
        }
        self.scope = None;
        self.add_measure(measure);
    }

    pub(super) fn word_before_phrase(&self, start: usize) -> String {
        let mut at = start;
        let mut possessive = false;
        while let Some(before) = at.checked_sub(1) {
            match self.word_at(before) {
                "their" | "its" | "his" | "her" => {
                    possessive = true;
                    at = before;
                }
                "the" | "a" | "an" | "our" | "all" | "any" | "some" => at = before,
                _ if possessive => return "their".to_owned(),
                word => {
                    return if word.is_empty() && before < self.tokens.len() {
                        self.tokens[before].word.clone()
                    } else {
                        word.to_owned()
                    };
                }
            }
        }
        if possessive { "their".to_owned() } else { String::new() }
    }

    pub(super) fn take_adjectives(&mut self, phrase: &NounPhrase) {
        for (filter, table, start, end) in phrase.adjectives.clone() {
            self.note_filter(&filter, start, end);
            self.add_filter(filter, Some(table));
        }
        if phrase.distinct {
            self.query.distinct = true;
        }
        self.says_new |= phrase.new;
        if phrase.weight < 0.75 {
            self.doubt(f64::from(phrase.weight) + 0.2);
        }
    }

    pub(super) fn table_noun(&mut self, table: TableId, phrase: &NounPhrase, lead: &str) {
        let (start, end) = (phrase.noun_at, phrase.end);
        let model = self.setting.model;
        let measured = !self.query.measures.is_empty() || self.query.share.is_some();
        // "category Tea": the noun says whose the value is
        let names_value = !self.is_plural(end - 1)
            && self.best_links(end, |target| matches!(target, Target::Value(..))).iter().any(
                |link| matches!(link.target, Target::Value(column, _) if self.column(column).table == table),
            );
        if names_value {
            self.apposition = Some(table);
            self.focus = Some(table);
            self.take_adjectives(phrase);
            self.take_to(end);
            return;
        }
        let relation_open = self.scope_table() == Some(table);
        let head = self.head_table();
        match head {
            None if !measured => {
                self.query.head = Some(Head::Table(table));
                self.query.named = self.query.columns.is_empty() && self.query.ages.is_empty();
                self.note(ReadingKind::Table, start, end, crate::figures::describe_table(model, table));
            }
            Some(head) if head == table && matches!(self.query.head, Some(Head::Table(_))) => {}
            Some(head)
                if !relation_open
                    && matches!(lead, "with" | "having" | "have" | "has" | "had" | "got")
                    && !measured
                    && (!self.query.counted || head != table) =>
            {
                self.relate(table, None, Quantity::Some);
                self.note(ReadingKind::Filter, start, end, format!("with {}", model.tables[table].name()));
            }
            Some(_) if matches!(lead, "and" | "," | "their" | "plus") && !measured && !relation_open => {
                if self.query.counted {
                    self.trouble.get_or_insert_with(|| "it counts two things at once".to_owned());
                }
                if lead != "their" && self.scope.is_some() {
                    self.relate(table, None, Quantity::Some);
                } else {
                    self.query.companions.push(Head::Table(table));
                }
                self.note(ReadingKind::Table, start, end, crate::figures::describe_table(model, table));
            }
            Some(head)
                if !measured
                    && !relation_open
                    && head != table
                    && matches!(
                        lead,
                        "made"
                            | "make"
                            | "placed"
                            | "place"
                            | "took"
                            | "take"
                            | "got"
                            | "own"
                            | "owns"
                            | "received"
                            | "receive"
                            | "gave"
                            | "wrote"
                            | "left"
                            | "submitted"
                    ) =>
            {
                self.relate(table, None, Quantity::Some);
                self.note(ReadingKind::Filter, start, end, format!("with {}", model.tables[table].name()));
            }
            Some(head) if !measured && head != table && self.scope.is_none() => {
                let names_owner = matches!(
                    lead,
                    "of" | "for" | "from" | "in" | "at" | "on" | "to" | "by" | "within" | "per" | "all"
                ) || self.at_value_end(phrase.noun_at);
                if !names_owner {
                    self.doubt(0.6);
                }
            }
            _ => {}
        }
        if self.query.head != Some(Head::Table(table)) {
            self.beside.push((table, start, end));
        }
        self.focus = Some(table);
        self.take_adjectives(phrase);
        self.take_to(end);
    }

    /// Whether a value ends right before this place.
    pub(super) fn at_value_end(&self, at: usize) -> bool {
        (1..=crate::values::MOST_WORDS).filter_map(|back| at.checked_sub(back)).any(|start| {
            self.links_at(start)
                .iter()
                .any(|link| start + link.length == at && matches!(link.target, Target::Value(..)))
        })
    }

    /// Opens a relation to `table`; the conditions that follow belong to it.
    pub(super) fn relate(&mut self, table: TableId, via: Option<EdgeId>, quantity: Quantity) {
        let relation = Filter::Relation(Relation { table, via, quantity, filters: Vec::new() });
        if self.in_share == Some(SharePart::Part)
            && let Some(share) = &mut self.query.share
        {
            share.part.push(relation);
            return;
        }
        self.query.filters.push(relation);
        self.scope = Some(self.query.filters.len() - 1);
        self.focus = Some(table);
    }

    pub(super) fn role_noun(&mut self, edge: EdgeId, phrase: &NounPhrase, lead: &str) {
        let Some(reference) = self.setting.model.edges.get(edge) else { return };
        let (from, to) = (reference.from, reference.to);
        let measured = !self.query.measures.is_empty() || self.query.share.is_some();
        self.note(ReadingKind::Table, phrase.noun_at, phrase.end, self.describe_head(Head::Role(edge)));
        match self.head_table() {
            None if !measured && !self.query.columns.is_empty() => {
                self.trouble = Some(format!(
                    "it is not clear how “{}” is meant",
                    self.phrase(phrase.noun_at, phrase.end)
                ));
            }
            None if !measured => {
                // "the manager of Anna" is the one her row refers to; "managers" are those whom some row refers to
                if self.word_at(phrase.end) == "of"
                    || self.tokens.get(phrase.end).is_some_and(|token| token.is_mark("'s"))
                {
                    self.query.head = Some(Head::Role(edge));
                    self.focus = Some(from);
                } else {
                    self.query.head = Some(Head::Table(to));
                    self.query.named = true;
                    self.query.filters.push(Filter::Relation(Relation {
                        table: from,
                        via: Some(edge),
                        quantity: Quantity::Some,
                        filters: Vec::new(),
                    }));
                }
            }
            Some(head)
                if matches!(lead, "and" | "," | "their" | "with")
                    && (head == from || head == to)
                    && !measured =>
            {
                self.query.companions.push(Head::Role(edge));
            }
            Some(_) if measured => {}
            _ => {
                self.trouble = Some(format!(
                    "it is not clear how “{}” is meant",
                    self.phrase(phrase.noun_at, phrase.end)
                ))
            }
        }
        self.focus = Some(to);
        self.take_adjectives(phrase);
        self.take_to(phrase.end);
    }

    pub(super) fn column_noun(&mut self, column: Ref, phrase: &NounPhrase, lead: &str) {
        let (start, end) = (phrase.noun_at, phrase.end);
        let name = self.setting.model.column_name(column.column);
        let described = self.column(column.column);
        let (is_boolean, nullable, table) = (described.is_boolean, described.nullable, described.table);
        self.last_column = Some(column);
        if self.focus.is_none() {
            self.focus = Some(table);
        }
        self.take_adjectives(phrase);
        self.note(ReadingKind::Column, start, end, name);
        if lead == "with" && self.query.head.is_none() && self.query.columns.is_empty() {
            self.head_of_values(table);
        }
        let has_head = self.query.head.is_some();
        let asked_anew = has_head && self.starts_request(start);
        let followed_by_column = matches!(self.word_at(end), "and")
            || self.tokens.get(end).is_some_and(|token| token.is_mark(","));
        let said_of_head = matches!(lead, "with" | "having" | "have" | "has" | "had");
        if has_head
            && said_of_head
            && !followed_by_column
            && !self.fragment
            && self.is_deduction(column.column)
        {
            self.with_deduction(column, Quantity::Some);
        } else if is_boolean && (has_head || self.query.counted) {
            self.add_filter(Filter::Truth { column, holds: true }, Some(table));
        } else if has_head && nullable && self.query.columns.is_empty() && said_of_head && !followed_by_column
        {
            self.add_filter(Filter::Missing { column, negated: true }, Some(table));
        } else if let Some(function) =
            self.last_function.filter(|_| lead == "and" && self.column(column.column).is_quantity())
        {
            // "average height and weight"
            self.add_measure(Measure::new(function, Operand::Column(column)));
        } else {
            // after the head, a column is asked for only where it is added to a list
            let added =
                matches!(lead, "and" | "," | "with" | "their" | "plus" | "including" | "also" | "or" | "");
            if asked_anew {
                // "Which customers ...? List their names and cities.": these are what is asked for
                self.query.named = false;
            } else if has_head && !added && !self.fragment {
                self.dangling.push((column, start, end));
            }
            self.add_column(column);
        }
        self.take_to(end);
    }
}
