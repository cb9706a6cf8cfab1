//! Comparing with numbers: "more than 20 orders", "over 100 euros", "older than 30".

use sqlatte_core::ReadingKind;

use super::{
    Bound, Parser,
    nouns::{Noun, NounPhrase},
};
use crate::{
    lexicon::Target,
    query::{Comparison, Filter, Function, Having, Measure, Operand, Quantity, Ref},
    words::{self, Quality},
};

/// A comparison with a number: "more than 20".
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Amount {
    pub(super) comparison: Comparison,
    pub(super) number: f64,
    /// The upper end of "between 10 and 20".
    pub(super) to: Option<f64>,
    pub(super) end: usize,
    pub(super) has_unit: bool,
    /// "older", "cheaper": what is compared.
    pub(super) quality: Option<Quality>,
}

impl Parser<'_> {
    /// A comparison with a number at `at`, without taking it.
    pub(super) fn amount_at(&self, at: usize) -> Option<Amount> {
        let at = self
            .past(at, &["is", "are", "was", "were", "of", "that", "be", "being", "has", "have", "a", "an"]);
        if self.word_at(at) == "between" || self.word_at(at) == "from" {
            return self.between_at(at);
        }
        let quality_word = words::comparative(self.word_at(at)).filter(|_| self.word_at(at + 1) == "than");
        let cost_word = match self.words4(at) {
            ["more", "expensive", "than", _] => Some((Quality::Price, true)),
            ["less", "expensive", "than", _] => Some((Quality::Price, false)),
            _ => None,
        };
        let (quality, comparison, mut next) = match (quality_word, cost_word) {
            (_, Some((quality, more))) => {
                (Some(quality), if more { Comparison::More } else { Comparison::Less }, at + 3)
            }
            (Some((quality, more)), _) => {
                (Some(quality), if more { Comparison::More } else { Comparison::Less }, at + 2)
            }
            _ => {
                let (comparison, length) = words::comparison(self.words4(at))?;
                (None, comparison, at + length)
            }
        };
        if self.goes_back_from(next) {
            return None;
        }
        next = self.past_currency(next);
        let number = self.number_at(next)?;
        let is_date =
            self.tokens.get(next).is_some_and(|token| matches!(token.kind, crate::token::TokenKind::Date(_)));
        if is_date {
            return None;
        }
        next += 1;
        let (end, has_unit) = self.past_units(next);
        Some(Amount { comparison, number, to: None, end, has_unit: has_unit || next > at + 3, quality })
    }

    pub(super) fn between_at(&self, at: usize) -> Option<Amount> {
        let low_at = self.past_currency(at + 1);
        let low = self.number_at(low_at)?;
        let (after, _) = self.past_units(low_at + 1);
        if !matches!(self.word_at(after), "and" | "to") {
            return None;
        }
        let high_at = self.past_currency(after + 1);
        let high = self.number_at(high_at)?;
        let (end, has_unit) = self.past_units(high_at + 1);
        let is_year = |number: f64| (1900.0..=2100.0).contains(&number) && number.fract() == 0.0;
        if !has_unit
            && is_year(low)
            && is_year(high)
            && self.last_column.is_none_or(|column| !self.column(column.column).is_quantity())
        {
            return None;
        }
        Some(Amount {
            comparison: Comparison::AtLeast,
            number: low,
            to: Some(high),
            end,
            has_unit,
            quality: None,
        })
    }

    pub(super) fn past_currency(&self, at: usize) -> usize {
        self.past(at, &["euro", "dollar", "pound", "eur", "usd", "gbp", "a"])
    }

    pub(super) fn past_units(&self, at: usize) -> (usize, bool) {
        let mut end = at;
        let is_column = |at: usize| {
            self.links_at(at).iter().any(|link| matches!(link.target, Target::Column(column) if link.weight > 0.5 && self.column(column).is_quantity()))
        };
        while words::is_unit(self.word_at(end)) && !is_column(end) {
            end += 1;
        }
        (end, end > at)
    }

    /// Any comparison with a number, where nothing before it was a column.
    pub(super) fn amount(&mut self) -> bool {
        let start = self.at;
        let verb_column = self.verb_column(start);
        if let Some((column, end)) = verb_column
            && let Some(amount) = self.amount_at(end).or_else(|| self.plain_number(end))
        {
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
            return self.compare(Operand::Column(Ref::new(column)), amount);
        }
        if !matches!(
            self.word(0),
            "of" | "is" | "are" | "was" | "were" | "that" | "has" | "have" | "from" | "a" | "an" | "be"
        ) && let Some(amount) = self.amount_at(start)
        {
            return self.amount_of_something(amount);
        }
        // "5 star reviews"
        if let Some(number) = self.number_at(start)
            && matches!(self.word_at(start + 1), "star" | "stars")
        {
            let columns = self.best_links(start + 1, |target| matches!(target, Target::Column(_)));
            if let Some((_, column, _)) =
                self.choose_column(&columns, None, |column| self.column(column).is_quantity())
            {
                let repeated = self
                    .links_at(start + 2)
                    .iter()
                    .any(|link| link.target == Target::Column(column) && link.length == 1);
                let end = if repeated { start + 3 } else { start + 2 };
                self.note(
                    ReadingKind::Filter,
                    start,
                    end,
                    format!("{} = {number}", self.setting.model.column_name(column)),
                );
                let amount = Amount {
                    comparison: Comparison::Equal,
                    number,
                    to: None,
                    end,
                    has_unit: true,
                    quality: None,
                };
                return self.compare(Operand::Column(Ref::new(column)), amount);
            }
        }
        // "students who are 18 years old"
        if let Some(number) = self.number_at(start)
            && matches!(self.words4(start + 1), ["year" | "years", "old", ..])
        {
            return self.compare_quality(
                Quality::Age,
                Amount {
                    comparison: Comparison::Equal,
                    number,
                    to: None,
                    end: start + 3,
                    has_unit: true,
                    quality: None,
                },
            );
        }
        // "5 or more orders", "exactly 3 orders" is above; "with 3 orders"
        if let Some(number) = self.number_at(start)
            && matches!(self.words4(start + 1), ["or", "more" | "less" | "fewer", ..])
        {
            let comparison =
                if self.word_at(start + 2) == "more" { Comparison::AtLeast } else { Comparison::AtMost };
            return self.amount_of_something(Amount {
                comparison,
                number,
                to: None,
                end: start + 3,
                has_unit: false,
                quality: None,
            });
        }
        let lead = if self.before(1) == "only" { self.before(2) } else { self.before(1) };
        if matches!(lead, "with" | "have" | "has" | "having" | "had")
            && let Some(number) = self.number_at(start)
            && let Some(phrase) = self.noun_phrase(start + 1, true)
            && matches!(phrase.noun, Noun::Table(_) | Noun::Column(_))
        {
            return self.amount_of_something(Amount {
                comparison: Comparison::Equal,
                number,
                to: None,
                end: start + 1,
                has_unit: false,
                quality: None,
            });
        }
        false
    }

    /// "in grams", "in euros" after a figure.
    pub(super) fn unit(&mut self) -> bool {
        let names_unit =
            self.word(0) == "in" && words::is_unit(self.word(1)) && self.links_at(self.at + 1).is_empty();
        if names_unit {
            self.take(2);
        }
        names_unit
    }

    /// "more than 20 orders", "over 100 euros", "older than 30".
    pub(super) fn amount_of_something(&mut self, amount: Amount) -> bool {
        let start = self.at;
        let of_groups = self.after_group() || self.bounds_groups_before();
        if let Some(quality) = amount.quality.filter(|quality| *quality != Quality::Size || !of_groups) {
            return self.compare_quality(quality, amount);
        }
        if let Some(phrase) =
            self.noun_phrase(amount.end, true).filter(|_| !matches!(self.word_at(amount.end), "of" | "all"))
        {
            match phrase.noun {
                Noun::Table(table) => return self.count_related(table, &phrase, amount),
                Noun::Column(column) if self.column(column.column).is_quantity() => {
                    self.take_adjectives(&phrase);
                    let end = phrase.end;
                    self.note(
                        ReadingKind::Filter,
                        start,
                        end,
                        format!(
                            "{} {} {}",
                            self.setting.model.column_name(column.column),
                            amount.comparison.symbol(),
                            amount.number
                        ),
                    );
                    return self.compare(Operand::Column(column), Amount { end, ..amount });
                }
                Noun::Concept(concept) => {
                    let measure = Measure::new(Function::Sum, Operand::Concept(concept));
                    self.note(ReadingKind::Metric, start, phrase.end, self.describe_measure(&measure));
                    return self.having(measure, Amount { end: phrase.end, ..amount });
                }
                Noun::Column(column) if !self.column(column.column).is_figure_as_text() => {
                    let measure = Measure::new(Function::CountDistinct, Operand::Column(column));
                    self.note(ReadingKind::Metric, start, phrase.end, self.describe_measure(&measure));
                    return self.having(measure, Amount { end: phrase.end, ..amount });
                }
                _ => {}
            }
        }
        if matches!(self.word_at(amount.end), "time" | "times") {
            // "ordered more than 5 times": the relation that was opened is counted
            if let (Some(scope), true) = (self.scope, amount.number.fract() == 0.0)
                && let Some(Filter::Relation(relation)) = self.query.filters.get_mut(scope)
            {
                relation.quantity = Quantity::Count(amount.comparison, amount.number.max(0.0) as u64);
                self.take_to(amount.end + 1);
                return true;
            }
            return false;
        }
        if self.after_group() {
            return self.bound_of_groups(amount);
        }
        let of_groups = self.bounds_groups_before() && (self.grouped_before || !amount.has_unit);
        if of_groups {
            self.replaces.bound =
                Some(Bound { comparison: amount.comparison, number: amount.number, to: amount.to });
            self.take_to(amount.end);
            return true;
        }
        if let Some(column) = self.last_column.filter(|column| self.column(column.column).is_quantity()) {
            self.note(
                ReadingKind::Filter,
                start,
                amount.end,
                format!(
                    "{} {} {}",
                    self.setting.model.column_name(column.column),
                    amount.comparison.symbol(),
                    amount.number
                ),
            );
            self.unask(column);
            return self.compare(Operand::Column(column), amount);
        }
        // "who spent more than 1000"
        if let Some(measure) = self.query.measures.last().cloned()
            && self.query.head.is_some()
            && self.head_first
        {
            self.query.measures.pop();
            return self.having(measure, amount);
        }
        if let Some(column) = self.last_column.filter(|column| self.said_just_before(*column, start)) {
            // the column was named, whatever it keeps: no other one is meant
            if !self.column(column.column).kind.is_numeric() {
                return false;
            }
            self.unask(column);
            self.query.filters.retain(|filter| *filter != Filter::Missing { column, negated: true });
            return self.compare(Operand::Column(column), amount);
        }
        // "orders over 100 euros"
        let Some(table) = self.scope_table().or(self.focus).or(self.head_table()) else { return false };
        if (amount.number - 55.0).abs() <= 54.0
            && self.setting.model.tables[table].is_people
            && (self.word_at(amount.end.saturating_sub(1)) == "old" || !amount.has_unit)
            && let Some(age) =
                self.quality_column(Quality::Age, table).filter(|&age| self.column(age).table == table)
        {
            // "students over 20", "over 20 years old"
            let operand = if self.column(age).is_birth {
                Operand::Age(Ref::new(age))
            } else {
                Operand::Column(Ref::new(age))
            };
            self.note(
                ReadingKind::Filter,
                start,
                amount.end,
                format!(
                    "{} {} {}",
                    self.describe_operand(operand),
                    amount.comparison.symbol(),
                    amount.number
                ),
            );
            self.doubt(0.9);
            return self.compare(operand, amount);
        }
        let Some(column) = self.money_column(table) else { return false };
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
        if !amount.has_unit {
            self.doubt(0.8);
        }
        self.compare(Operand::Column(Ref::new(column)), amount)
    }

    /// A condition on one column; of related rows, it is their average that counts.
    pub(super) fn compare(&mut self, operand: Operand, amount: Amount) -> bool {
        let table = self.operand_table(operand);
        let filter = match amount.to {
            Some(high) => {
                Filter::Between { left: operand, low: amount.number.min(high), high: amount.number.max(high) }
            }
            None => {
                let negated = std::mem::take(&mut self.negate);
                let comparison = if negated { amount.comparison.opposite() } else { amount.comparison };
                Filter::Compare { left: operand, comparison, number: amount.number }
            }
        };
        let head = self.main_table();
        let is_rating = matches!(operand, Operand::Column(column) if self.column(column.column).has_word(&["rating", "score", "star"]));
        if let (Some(head), Some(table), true, None, None) = (head, table, is_rating, self.scope, amount.to)
            && !self.setting.model.reaches_forward(head, table)
        {
            let measure = Measure::new(Function::Average, operand);
            self.doubt(0.85);
            return self.having(measure, amount);
        }
        if let (Some(head), Some(table), None) = (head, table, self.scope)
            && !self.setting.model.reaches_forward(head, table)
        {
            // of several related rows: each, some, or their sum?
            self.doubt(0.5);
        }
        self.take_to(amount.end);
        self.add_filter(filter, table);
        true
    }

    /// "customers with more than 20 orders".
    pub(super) fn count_related(&mut self, table: usize, phrase: &NounPhrase, amount: Amount) -> bool {
        if amount.number.fract() != 0.0 || amount.number < 0.0 {
            return false;
        }
        let start = self.at;
        let name = self.setting.model.tables[table].name().to_owned();
        self.note(
            ReadingKind::Filter,
            start,
            phrase.end,
            format!("COUNT of {name} {} {}", amount.comparison.symbol(), amount.number),
        );
        let by_column = self.query.head.is_none() && !self.query.columns.is_empty();
        if by_column || amount.to.is_some() {
            if amount.to.is_some() {
                self.trouble.get_or_insert_with(|| "ranges of counts are not read".to_owned());
            }
            // "cities with at least 100 customers"
            self.take_adjectives(phrase);
            return self.having(Measure::count(table), Amount { end: phrase.end, ..amount });
        }
        self.take_to(phrase.end);
        let already = self.scope.filter(|_| self.scope_table() == Some(table));
        if let Some(scope) = already
            && let Some(Filter::Relation(relation)) = self.query.filters.get_mut(scope)
        {
            relation.quantity = Quantity::Count(amount.comparison, amount.number as u64);
        } else {
            self.relate(table, None, Quantity::Count(amount.comparison, amount.number as u64));
        }
        self.take_adjectives(phrase);
        true
    }

    pub(super) fn having(&mut self, measure: Measure, amount: Amount) -> bool {
        self.take_to(amount.end);
        self.focus = self.measure_table(&measure).or(self.focus);
        let (comparison, number) = (amount.comparison, amount.number);
        self.add_having(Having { measure: measure.clone(), comparison, number });
        if let Some(high) = amount.to {
            self.add_having(Having { measure, comparison: Comparison::AtMost, number: high });
        }
        true
    }
}
