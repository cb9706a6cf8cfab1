//! Values of the database: "in Berlin", "cancelled orders", "status is shipped", "order 1234".

use sqlatte_core::ReadingKind;

use super::{Parser, nouns::Noun};
use crate::{
    lexicon::Target,
    link::Link,
    model::ColumnId,
    query::{Comparison, Filter, Group, Operand, Ref},
    words,
};

impl Parser<'_> {
    /// "status is cancelled", "category: Tea", "rating of 5", "price over 100".
    pub(super) fn column_with_value(&mut self) -> bool {
        let start = self.at;
        if let Some(took) = self.numbered_row() {
            return took;
        }
        let at = self.past(start, &["the", "a", "their", "its", "our", "whose"]);
        let columns: Vec<Link> = self
            .links_at(at)
            .iter()
            .filter(|link| matches!(link.target, Target::Column(_)))
            .copied()
            .collect();
        let Some(length) = columns.first().map(|link| link.length) else { return false };
        let columns: Vec<Link> = columns.into_iter().filter(|link| link.length == length).collect();
        let end = at + length;
        let mut next = self.past(
            end,
            &["is", "are", "was", "were", "of", "equals", "equal", "to", "being", "as", "=", "in", "on"],
        );
        if self.tokens.get(next).is_some_and(|token| token.is_mark(":") || token.is_mark("=")) {
            next += 1;
        }
        let denied = self.word_at(next) == "not";
        if denied {
            next = self.past(next + 1, &["in", "equal", "to"]);
        }
        // a value of that very column
        let values = self.best_links(next, |target| {
            matches!(target, Target::Value(column, _) if columns.iter().any(|link| link.target == Target::Column(*column)))
        });
        if let Some((_, column, _)) = self.choose_column(&values, None, |_| true) {
            if self.table_is_rather_meant(next, column) {
                return false;
            }
            self.take_to(next);
            self.negate |= denied;
            return self.value_of(column);
        }
        let noun_is_measure_word = matches!(self.word_at(end), "of" | "in" | "for") && next == end + 1;
        if let Some(amount) = self.amount_at(end).or_else(|| self.amount_at(next)) {
            let quantity = self.choose_column(&columns, None, |column| {
                self.column(column).is_quantity() || self.column(column).is_year
            });
            if let Some((_, column, _)) = quantity {
                let counts_next = self
                    .noun_phrase(amount.end, true)
                    .is_some_and(|phrase| matches!(phrase.noun, Noun::Table(_)));
                if counts_next && !amount.has_unit {
                    return false;
                }
                self.note(
                    ReadingKind::Filter,
                    start,
                    amount.end,
                    format!(
                        "{} {} {}",
                        self.setting.model.column_name(column),
                        amount.comparison.symbol(),
                        amount.number
                    ),
                );
                self.negate |= denied;
                self.last_column = Some(Ref::new(column));
                let is_age = self.column(column).is_birth;
                let operand =
                    if is_age { Operand::Age(Ref::new(column)) } else { Operand::Column(Ref::new(column)) };
                return self.compare(operand, amount);
            }
            let age = self.choose_column(&columns, None, |column| {
                self.column(column).is_birth && self.norm_at(at) == "age"
            });
            if let Some((_, column, _)) = age {
                self.note(
                    ReadingKind::Filter,
                    start,
                    amount.end,
                    format!("age {} {}", amount.comparison.symbol(), amount.number),
                );
                return self.compare(Operand::Age(Ref::new(column)), amount);
            }
        }
        // "rating 5", "rating of 5"
        if let Some(number) = self.number_at(next)
            && (next == end || !noun_is_measure_word || self.word_at(end) == "of")
            && let Some((_, column, _)) = self.choose_column(&columns, None, |column| {
                self.column(column).is_quantity() || self.column(column).kind.is_numeric()
            })
            && self.tokens.get(next).is_some_and(|token| token.kind != crate::token::TokenKind::Word)
        {
            let (finish, has_unit) = self.past_units(next + 1);
            let amount = super::amounts::Amount {
                comparison: if denied { Comparison::NotEqual } else { Comparison::Equal },
                number,
                to: None,
                end: finish,
                has_unit,
                quality: None,
            };
            self.note(
                ReadingKind::Filter,
                start,
                finish,
                format!("{} = {number}", self.setting.model.column_name(column)),
            );
            return self.compare(Operand::Column(Ref::new(column)), amount);
        }
        // a text in quotation marks that the index does not know
        if self.tokens.get(next).is_some_and(|token| token.kind == crate::token::TokenKind::Quoted)
            && let Some((_, column, _)) =
                self.choose_column(&columns, None, |column| self.column(column).is_text())
        {
            let text = self.tokens[next].text.clone();
            self.note(
                ReadingKind::Filter,
                start,
                next + 1,
                format!("{} is “{text}”", self.setting.model.column_name(column)),
            );
            self.take_to(next + 1);
            let table = self.column(column).table;
            self.add_filter(
                Filter::Text {
                    column: Ref::new(column),
                    pattern: crate::query::Pattern::Same,
                    text,
                    negated: denied,
                },
                Some(table),
            );
            return true;
        }
        self.no_such_value(&columns, end, next)
    }

    /// "store" after "name of the" is the table and no value.
    fn table_is_rather_meant(&self, at: usize, column: ColumnId) -> bool {
        let length = self
            .links_at(at)
            .iter()
            .filter(|link| matches!(link.target, Target::Value(..)))
            .map(|link| link.length)
            .max()
            .unwrap_or(0);
        let table = self.links_at(at).iter().any(|link| {
            matches!(link.target, Target::Table(_)) && link.length >= length && link.weight > 0.7
        });
        table && self.before(1) == "of" && self.column(column).table == 0
    }

    /// A value where it stands: "in Berlin", "from Berlin, London or Istanbul", "cancelled".
    pub(super) fn value(&mut self) -> bool {
        let at = self.past(self.at, &["the", "a", "an"]);
        let links = self.best_links(at, |target| matches!(target, Target::Value(..)));
        let Some(length) = links.first().map(|link| link.length) else { return self.boolean() };
        let status =
            self.choose_column(&links, None, |column| self.value_instead_of_deed(column, at + length));
        let rival = self
            .links_at(at)
            .iter()
            .filter(|link| !matches!(link.target, Target::Value(..)) && link.length >= length)
            .filter(|link| status.is_none() || !self.is_deed(&link.target))
            .map(|link| if matches!(link.target, Target::Verb(_)) { link.weight - 0.2 } else { link.weight })
            .fold(0.0, f32::max);
        let owner = self
            .noun_owner(at + length)
            .or_else(|| self.subject_before(&links))
            .or_else(|| self.place_of_sale(at));
        let Some((link, column, margin)) = self.choose_column(&links, owner, |_| true) else { return false };
        let is_number = length == 1 && self.number_at(at).is_some();
        if is_number && !self.value_by_neighbours(at, &link, column) {
            // a number is a text only where its column is named
            return self.boolean();
        }
        if rival >= link.weight && !self.value_by_neighbours(at, &link, column) {
            return self.boolean();
        }
        // a dated verb is a happening and no status: "orders shipped in March"
        let happens = self.links_at(at).iter().any(|link| matches!(link.target, Target::Happening(_)));
        if happens
            && self.date_phrase_at(at + length)
            && self.column(column).table != self.main_table().unwrap_or(usize::MAX)
        {
            return false;
        }
        if margin < 0.05 {
            self.doubt(0.8);
        }
        self.take_to(at);
        self.value_of(column)
    }

    /// "revenue in Germany", "sold in Germany": a place is that of the sale, unless a thing stands before it.
    fn place_of_sale(&self, at: usize) -> Option<usize> {
        let sale = |operand: Operand| match operand {
            Operand::Concept(concept) => self.concept_table(concept) == self.sales_table(),
            _ => false,
        };
        let figure = |figure: &crate::query::Figure| match figure {
            crate::query::Figure::Measure(measure) => sale(measure.operand),
            crate::query::Figure::Plain(_) => false,
        };
        let measured = self.query.measures.iter().any(|measure| sale(measure.operand))
            || self.query.rank.as_ref().is_some_and(|rank| figure(&rank.by));
        let lines = crate::figures::line_table(self.setting.model);
        let sold =
            self.scope_table().is_some_and(|table| Some(table) == lines || Some(table) == self.sales_table());
        let measured = measured || sold;
        if !measured || !matches!(self.word_at(at.checked_sub(1)?), "in" | "from" | "to" | "at" | "for") {
            return None;
        }
        let before = at.checked_sub(2)?;
        let thing = self
            .links_at(before)
            .iter()
            .any(|link| matches!(link.target, Target::Table(_)) && link.length == 1);
        if thing { None } else { self.sales_table() }
    }

    /// "only for Berlin" after "by store": the column of what the question before was about.
    fn subject_before(&self, links: &[Link]) -> Option<usize> {
        let subject = self.subject?;
        let has_it = links.iter().any(
            |link| matches!(link.target, Target::Value(column, _) if self.column(column).table == subject),
        );
        has_it.then_some(subject)
    }

    fn date_phrase_at(&self, at: usize) -> bool {
        let at = self.past(at, &["in", "on", "during", "since", "before", "after", "the"]);
        self.tokens.get(at..).and_then(|tokens| crate::dates::read(tokens, self.setting.today)).is_some()
    }

    /// The table named directly after a value: "Berlin customers".
    fn noun_owner(&self, at: usize) -> Option<usize> {
        let links = self.best_links(at, |target| matches!(target, Target::Table(_)));
        self.choose_table(&links).filter(|(_, weight)| *weight > 0.6).map(|(table, _)| table)
    }

    /// The value of `column` at the present place and those listed after it.
    pub(super) fn value_of(&mut self, column: ColumnId) -> bool {
        let start = self.at;
        let mut values: Vec<u32> = Vec::new();
        let mut at = start;
        let mut end = start;
        let mut versus = false;
        let mut both = false;
        loop {
            let article = self.past(at, &["the", "in", "from", "a"]);
            let article = if values.is_empty() { at } else { article };
            let longest = self.links_at(article).iter().filter_map(|link| match link.target {
                Target::Value(other, value) if other == column => Some((link.length, value)),
                _ => None,
            });
            let all: Vec<(usize, u32)> = longest.collect();
            let Some(length) = all.iter().map(|(length, _)| *length).max() else { break };
            values.extend(all.iter().filter(|(own, _)| *own == length).map(|(_, value)| *value));
            end = article + length;
            at = end;
            let comma = self.tokens.get(at).is_some_and(|token| token.is_mark(",") || token.is_mark("/"));
            if comma {
                at += 1;
            }
            match self.word_at(at) {
                "or" | "and" => {
                    both |= self.word_at(at) == "and";
                    at += 1;
                }
                "vs" | "versus" => {
                    versus = true;
                    at += 1;
                    if self.tokens.get(at).is_some_and(|token| token.is_mark(".")) {
                        at += 1;
                    }
                }
                _ if comma => {}
                _ => break,
            }
            if values.len() > 100 {
                break;
            }
        }
        if values.is_empty() {
            return false;
        }
        let texts: Vec<String> =
            values.iter().map(|&value| self.setting.values.text(value).to_owned()).collect();
        let mut finish = end;
        // "the Tea category", "dark roast": the column's own noun adds nothing
        let own_noun = self.links_at(end).iter().find(|link| match link.target {
            Target::Column(other) => other == column,
            Target::Table(table) => {
                let owner = &self.setting.model.tables[table];
                owner.labels == [column]
                    && !(self.query.head.is_none()
                        && self.query.measures.is_empty()
                        && self.query.columns.is_empty())
            }
            _ => false,
        });
        if let Some(link) = own_noun
            && (!words::is_closed(self.word_at(end)))
        {
            finish = end + link.length;
        }
        let table = self.column(column).table;
        let negated = std::mem::take(&mut self.negate);
        self.take_to(finish);
        let reference = self.with_role(column);
        let apart = self.main_table().filter(|&main| {
            both && !negated
                && texts.len() > 1
                && self.scope.is_none()
                && self.query.head.is_some()
                && !self.setting.model.reaches_forward(main, table)
        });
        if apart.is_some() {
            // "with both a win and a loss": one related row of each
            self.doubt(0.9);
            for text in &texts {
                let filter = Filter::OneOf { column: reference, values: vec![text.clone()], negated: false };
                self.note_filter(&filter, start, end);
                self.relate(table, None, crate::query::Quantity::Some);
                self.add_filter(filter, Some(table));
            }
            return true;
        }
        let both_of_relation = both
            && !negated
            && texts.len() > 1
            && self.scope.is_some()
            && self.scope_table() != Some(table)
            && self.main_table() != Some(table);
        if both_of_relation
            && let Some(Filter::Relation(open)) =
                self.scope.and_then(|scope| self.query.filters.get(scope)).cloned()
        {
            // "who bought A and B": one purchase of each
            self.doubt(0.85);
            let scope = self.scope.unwrap_or_default();
            for (index, text) in texts.iter().enumerate() {
                let filter = Filter::OneOf { column: reference, values: vec![text.clone()], negated: false };
                self.note_filter(&filter, start, end);
                if index == 0 {
                    if let Some(Filter::Relation(relation)) = self.query.filters.get_mut(scope) {
                        relation.filters.push(filter);
                    }
                } else {
                    let mut relation = open.clone();
                    relation.filters.push(filter);
                    self.query.filters.push(Filter::Relation(relation));
                }
            }
            return true;
        }
        if versus || (self.versus && texts.len() > 1) {
            self.add_group(Group::Column(reference), false);
        }
        let kind_of_people = self.setting.model.tables[table].is_people
            && self.column(column).has_word(&[
                "title",
                "role",
                "position",
                "job",
                "occupation",
                "profession",
            ]);
        if kind_of_people
            && !negated
            && self.query.head.is_none()
            && !self.query.counted
            && self.query.measures.is_empty()
            && self.query.columns.is_empty()
        {
            // "which account manager": people by what they are
            self.query.head = Some(crate::query::Head::Table(table));
            self.query.named = true;
            self.focus = Some(table);
        }
        let filter = Filter::OneOf { column: reference, values: texts, negated };
        self.note_filter(&filter, start, end);
        if negated {
            self.deny_in_scope(filter, table)
        } else {
            self.add_filter(filter, Some(table))
        }
        true
    }

    /// "manager is Anna": a name after a role is that of the role.
    fn with_role(&self, column: ColumnId) -> Ref {
        Ref::new(column)
    }

    /// A yes-no column as a condition: "organic", "that are discontinued".
    fn boolean(&mut self) -> bool {
        let start = self.at;
        let links = self.best_links(
            start,
            |target| matches!(target, Target::Column(column) if self.column(*column).is_boolean),
        );
        let Some((link, column, _)) =
            self.choose_column(&links, None, |column| self.column(column).is_boolean)
        else {
            return false;
        };
        let longest = self.links_at(start).first().map_or(0, |link| link.length);
        let by = matches!(self.before(1), "by" | "per" | "each");
        if link.length < longest || by {
            return false;
        }
        let holds = !std::mem::take(&mut self.negate);
        let filter = Filter::Truth { column: Ref::new(column), holds };
        self.note_filter(&filter, start, start + link.length);
        self.take(link.length);
        let table = self.column(column).table;
        if self.query.head.is_none() && self.query.measures.is_empty() && self.query.columns.is_empty() {
            self.apposition = Some(table);
        }
        self.add_filter(filter, Some(table));
        true
    }

    pub(super) fn note_filter(&mut self, filter: &Filter, start: usize, end: usize) {
        let model = self.setting.model;
        let meaning = match filter {
            Filter::OneOf { column, values, negated } => {
                let name = model.column_name(column.column);
                let list = values.iter().map(|value| format!("“{value}”")).collect::<Vec<_>>().join(", ");
                let (one, many) = if *negated { ("is not", "is none of") } else { ("is", "is one of") };
                format!("{name} {} {list}", if values.len() == 1 { one } else { many })
            }
            Filter::Truth { column, holds } => format!("{} is {holds}", model.column_name(column.column)),
            _ => return,
        };
        self.note(ReadingKind::Filter, start, end, meaning);
    }
}
