//! What is denied: "without", "never", "not", "except".

use sqlatte_core::ReadingKind;

use super::{Parser, nouns::Noun};
use crate::{
    lexicon::Target,
    query::{Filter, Quantity, Relation},
    words,
};

impl Parser<'_> {
    pub(super) fn negation(&mut self) -> bool {
        let after_verb = usize::from(matches!(self.word(0), "have" | "has" | "had" | "with" | "having"));
        if words::comparison(self.words4(self.at + after_verb)).is_some() {
            // "with no more than 3 orders" is a number of them
            return false;
        }
        let names_value =
            |link: &crate::link::Link| link.length > 1 && matches!(link.target, Target::Value(..));
        if self.links_at(self.at).iter().any(names_value) {
            // "no-show" is a status
            return false;
        }
        let length = match self.words4(self.at) {
            ["other" | "apart" | "aside", "than" | "from", ..] => 2,
            ["except", "for", ..] | ["but", "not", ..] | ["outside", "of", ..] | ["instead", "of", ..] => 2,
            ["have" | "has" | "had" | "with" | "having" | "are" | "got", "no", ..] => 2,
            ["with" | "have" | "has", "neither", ..] => return false,
            [
                "without" | "not" | "no" | "never" | "excluding" | "except" | "outside" | "non" | "lacking"
                | "lack" | "excluded",
                ..,
            ] => 1,
            ["exclude" | "ignore" | "ignoring" | "omit", ..] => 1,
            _ => return false,
        };
        if matches!(self.word(0), "not" | "non") && self.denies_subject() {
            return false;
        }
        if self.word(0) == "not" && matches!(self.word(1), "only" | "just") {
            self.trouble.get_or_insert_with(|| "it does not say what else is meant".to_owned());
            self.take(2);
            return true;
        }
        let start = self.at;
        let lacks = matches!(self.word(0), "without" | "lacking" | "lack") || self.word(length - 1) == "no";
        let mut end = start + length;
        let mut has_any = lacks;
        loop {
            match self.word_at(end) {
                "have" | "has" | "had" | "having" => has_any = true,
                "been" | "be" | "being" | "any" | "a" | "an" | "the" | "yet" | "ever" | "in" | "from"
                | "at" | "by" | "for" | "to" | "single" | "registered"
                    if self.word_at(end) != "registered" => {}
                _ => break,
            }
            end += 1;
        }
        if matches!(
            self.word_at(end),
            "placed"
                | "made"
                | "make"
                | "place"
                | "written"
                | "wrote"
                | "write"
                | "given"
                | "gave"
                | "give"
                | "submitted"
                | "received"
                | "left"
        ) {
            // "never placed an order"
            let noun_at = self.past_articles(end + 1);
            let noun = self.noun_phrase(noun_at, false).map(|phrase| phrase.noun);
            if matches!(noun, Some(Noun::Table(_))) {
                has_any = true;
                end = noun_at;
            }
        }
        self.take_to(end);
        self.negate = true;
        self.denies_any = self.word_at(start + length - 1) == "no";
        if self.denied_noun(start, has_any) {
            self.negate = false;
            return true;
        }
        // what is denied follows: a verb, a value, a yes-no column
        let took = self.missing() || self.period() || self.value() || self.verb();
        if !took && self.negate && self.at == end {
            // perhaps a filler stands between; the denial waits for what it denies
            return true;
        }
        true
    }

    /// "not paid invoices" with nothing said before: the rows are what is asked for.
    fn denies_subject(&self) -> bool {
        let nothing_before = !self.fragment
            && !self.query.counted
            && self.query.head.is_none()
            && self.query.measures.is_empty()
            && self.query.columns.is_empty()
            && self.query.groups.is_empty()
            && self.query.filters.is_empty();
        nothing_before
            && self.noun_phrase(self.at, false).is_some_and(|phrase| {
                matches!(phrase.noun, Noun::Table(_))
                    && phrase.adjectives.iter().any(|(.., at, _)| *at == self.at)
            })
    }

    /// "without orders", "with no phone", "never a review".
    fn denied_noun(&mut self, start: usize, has_any: bool) -> bool {
        let is_value =
            self.links_at(self.at).first().is_some_and(|link| matches!(link.target, Target::Value(..)));
        let Some(phrase) = self.noun_phrase(self.at, false) else { return false };
        match phrase.noun {
            Noun::Table(table) if has_any && self.deed_with_nothing(table) => {
                // "sold no tea products": of what was done, nothing was this
                self.note(
                    ReadingKind::Filter,
                    start,
                    phrase.end,
                    format!("no {}", self.setting.model.tables[table].name()),
                );
                for (filter, table, from, to) in phrase.adjectives.clone() {
                    self.note_filter(&filter, from, to);
                    self.add_filter(filter, Some(table));
                }
                self.take_to(phrase.end);
                true
            }
            Noun::Table(table) if has_any && self.main_table().or(self.main_before) != Some(table) => {
                self.note(
                    ReadingKind::Filter,
                    start,
                    phrase.end,
                    format!("no {}", self.setting.model.tables[table].name()),
                );
                self.relate(table, None, Quantity::None);
                for (filter, table, from, to) in phrase.adjectives.clone() {
                    self.note_filter(&filter, from, to);
                    self.add_filter(filter, Some(table));
                }
                self.take_to(phrase.end);
                true
            }
            Noun::Role(edge) if has_any => {
                let Some(reference) = self.setting.model.edges.get(edge) else { return false };
                let Some(&column) = reference.from_columns.first() else { return false };
                let (table, column) = (reference.from, crate::query::Ref::new(column));
                self.note(
                    ReadingKind::Filter,
                    start,
                    phrase.end,
                    format!("{} is missing", self.setting.model.column_name(column.column)),
                );
                self.take_to(phrase.end);
                self.add_filter(Filter::Missing { column, negated: false }, Some(table));
                true
            }
            Noun::Column(column) if !is_value => {
                let described = self.column(column.column);
                let (table, is_boolean) = (described.table, described.is_boolean);
                if !is_boolean && !has_any {
                    return false;
                }
                let has_value = |at: usize| {
                    self.tokens.get(at).is_some_and(|token| token.kind == crate::token::TokenKind::Quoted)
                        || self.links_at(at).iter().any(
                            |link| matches!(link.target, Target::Value(other, _) if other == column.column),
                        )
                };
                if has_value(phrase.end) || (self.word_at(phrase.end) == "of" && has_value(phrase.end + 1)) {
                    // "do not have the status Village" denies the value
                    return false;
                }
                if self.is_deduction(column.column) {
                    self.take_to(phrase.end);
                    self.note(
                        ReadingKind::Column,
                        start,
                        phrase.end,
                        self.setting.model.column_name(column.column),
                    );
                    self.with_deduction(column, Quantity::None);
                    return true;
                }
                if self.main_table().is_some_and(|main| !self.setting.model.reaches_forward(main, table)) {
                    // of related rows, there are none
                    self.note(
                        ReadingKind::Filter,
                        start,
                        phrase.end,
                        format!("no {}", self.setting.model.tables[table].name()),
                    );
                    self.relate(table, None, Quantity::None);
                    self.take_to(phrase.end);
                    return true;
                }
                if described.is_quantity() && !described.nullable {
                    // no stock may be none kept or nothing there
                    self.trouble.get_or_insert_with(|| "it is not clear what is denied".to_owned());
                }
                let name = self.setting.model.column_name(column.column);
                let filter = if is_boolean {
                    Filter::Truth { column, holds: false }
                } else {
                    Filter::Missing { column, negated: false }
                };
                self.note(
                    ReadingKind::Filter,
                    start,
                    phrase.end,
                    if is_boolean { format!("not {name}") } else { format!("{name} is missing") },
                );
                self.take_to(phrase.end);
                self.add_filter(filter, Some(table));
                true
            }
            // "excluding cancelled orders", "not Berlin customers"
            _ if !phrase.adjectives.is_empty() => {
                for (filter, table, from, to) in phrase.adjectives.clone() {
                    let filter = deny(filter);
                    self.note_filter(&filter, from, to);
                    self.deny_in_scope(filter, table);
                }
                self.take_to(phrase.end);
                true
            }
            _ => false,
        }
    }

    /// "sold no tea": the deed that was just read was done with nothing of the kind.
    fn deed_with_nothing(&mut self, table: usize) -> bool {
        let (Some(scope), Some(main)) = (self.scope, self.main_table()) else { return false };
        let model = self.setting.model;
        if let Some(Filter::Relation(relation)) = self.query.filters.get_mut(scope)
            && relation.quantity == Quantity::Some
            && relation.filters.iter().all(|filter| matches!(filter, Filter::Period { .. }))
            && main != table
            && model.distance(relation.table, table) <= model.distance(main, table)
        {
            relation.quantity = Quantity::None;
            return true;
        }
        false
    }

    /// A denied condition; about the rows of a relation it is a relation of its own: "bought tea but not coffee".
    pub(super) fn deny_in_scope(&mut self, filter: Filter, table: usize) {
        if std::mem::take(&mut self.denies_any) && self.deed_with_nothing(table) {
            self.add_filter(deny(filter), Some(table));
            return;
        }
        let open = self.scope.and_then(|scope| match self.query.filters.get(scope) {
            Some(Filter::Relation(relation))
                if relation.quantity == Quantity::Some && !relation.filters.is_empty() =>
            {
                let dated = relation.filters.iter().any(|filter| matches!(filter, Filter::Period { .. }));
                Some((relation.table, relation.via, dated))
            }
            _ => None,
        });
        match open {
            Some((related, via, dated)) if self.main_table() != Some(table) => {
                if dated {
                    // "ordered in 2025 but not tea": never, or not in that year?
                    self.trouble.get_or_insert_with(|| "it is not clear when it is denied".to_owned());
                }
                let relation =
                    Relation { table: related, via, quantity: Quantity::None, filters: vec![deny(filter)] };
                self.query.filters.push(Filter::Relation(relation));
            }
            _ => self.add_filter(filter, Some(table)),
        }
    }
}

/// The opposite of a condition.
pub(super) fn deny(filter: Filter) -> Filter {
    match filter {
        Filter::OneOf { column, values, negated } => Filter::OneOf { column, values, negated: !negated },
        Filter::Truth { column, holds } => Filter::Truth { column, holds: !holds },
        Filter::Missing { column, negated } => Filter::Missing { column, negated: !negated },
        Filter::Text { column, pattern, text, negated } => {
            Filter::Text { column, pattern, text, negated: !negated }
        }
        Filter::Period { column, spans, negated } => Filter::Period { column, spans, negated: !negated },
        Filter::Compare { left, comparison, number } => {
            Filter::Compare { left, comparison: comparison.opposite(), number }
        }
        other => other,
    }
}
