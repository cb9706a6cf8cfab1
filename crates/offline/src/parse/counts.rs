//! Counting and adding up: "how many", "number of", "average price", "total orders".

use sqlatte_core::ReadingKind;

use super::{
    Parser,
    nouns::{Noun, NounPhrase},
};
use crate::{
    lexicon::Target,
    model::ColumnId,
    query::{Filter, Function, Head, Measure, Operand, Ref},
    synonyms::Concept,
    words::{self, Quality},
};

impl Parser<'_> {
    /// "in total", "overall" at the end say nothing more.
    pub(super) fn in_total(&mut self) -> bool {
        let ends = |at: usize| {
            self.tokens
                .get(at)
                .is_none_or(|token| token.is_mark("?") || token.is_mark(".") || token.is_mark(","))
        };
        let length = match self.words4(self.at) {
            ["in", "total", ..] => 2,
            ["overall" | "altogether", ..] if ends(self.at + 1) => 1,
            ["total", ..] if ends(self.at + 1) && (self.query.counted || !self.query.measures.is_empty()) => {
                1
            }
            _ => return false,
        };
        self.take(length);
        true
    }

    /// "Who", "when": what kind of thing is asked for.
    pub(super) fn lead(&mut self) -> bool {
        if matches!(self.word(0), "who" | "whom") && self.query.head.is_none() {
            self.who = true;
        }
        if self.word(0) == "when" && self.at == 0 {
            self.when = true;
            self.take(1);
            return true;
        }
        if self.word(0) == "is" && self.word(1) == "there" || self.word(0) == "are" && self.word(1) == "there"
        {
            if self.at == 0 {
                self.query.counted = true;
            }
            self.take(2);
            return true;
        }
        if self.at == 0 && self.word(0) == "do" && self.word(1) == "we" && self.word(2) == "have" {
            self.query.counted = true;
            self.take(3);
            return true;
        }
        false
    }

    /// "How many", "number of", "count of", "how much".
    pub(super) fn how_many(&mut self) -> bool {
        if self.rows_of_table() {
            return true;
        }
        let length = match self.words4(self.at) {
            ["how", "many", ..] => 2,
            ["total" | "overall", "number" | "count", "of", _] => 3,
            ["number" | "count", "of", ..] => 2,
            ["count" | "find" | "calculate", "the", "number" | "count" | "total", "of"] if self.at == 0 => 4,
            ["count", "number", "of", ..] if self.at == 0 => 3,
            ["count", ..] if self.at == 0 => 1,
            ["how", "much", ..] => return self.how_much(),
            _ => return false,
        };
        let phrase = self.noun_phrase(self.at + length, true);
        if phrase.is_none() && self.fragment && self.word(1) == "many" {
            // "how many is that?", "how many of them"
            self.take(length);
            self.query.counted = true;
            return true;
        }
        let start = self.at;
        if self.is_deed_before_table(start + length) {
            // "how many delivered orders": the deed is no date that is counted
            self.take(length);
            self.query.counted = true;
            return true;
        }
        let Some(phrase) = phrase else { return false };
        let possible_head =
            self.query.head.is_none() && self.query.measures.is_empty() && self.query.rank.is_none();
        if let Noun::Column(column) = phrase.noun
            && possible_head
            && phrase
                .adjectives
                .iter()
                .any(|(filter, ..)| matches!(filter, Filter::OneOf { column: other, .. } if *other == column))
        {
            // "how many dark roast products": the noun belongs to the value, and what is counted comes after it
            self.take(length);
            self.query.counted = true;
            return true;
        }
        match phrase.noun {
            Noun::Concept(Concept::Revenue) => {
                let Some(table) = self.sales_table() else { return false };
                self.count_rows(table, &phrase, possible_head, start);
            }
            Noun::Table(table) => self.count_rows(table, &phrase, possible_head, start),
            Noun::Concept(concept) => {
                let measure = Measure::new(Function::Sum, Operand::Concept(concept));
                self.note(ReadingKind::Metric, start, phrase.end, self.describe_measure(&measure));
                self.take_adjectives(&phrase);
                self.take_to(phrase.end);
                self.measured(measure);
            }
            Noun::Column(column) => {
                let described = self.column(column.column);
                if described.is_boolean {
                    // "how many organic and non organic products": nothing is counted by its yes or no alone
                    return false;
                }
                let add_up = described.is_quantity() && !phrase.distinct && !described.is_year;
                let function = if add_up { Function::Sum } else { Function::CountDistinct };
                self.count_column(column, function, &phrase, start);
            }
            Noun::Role(edge) => {
                let Some(reference) = self.setting.model.edges.get(edge) else { return false };
                let [column] = reference.from_columns.as_slice() else { return false };
                self.count_column(Ref::new(*column), Function::CountDistinct, &phrase, start);
            }
            Noun::Age(_) => return false,
        }
        self.query.distinct = false;
        true
    }

    /// "how many rows in orders", "how many rows does the orders table have".
    fn rows_of_table(&mut self) -> bool {
        let start = self.at;
        let of_rows = match self.words4(start) {
            ["how", "many", "rows" | "records" | "entries", _] => 3,
            ["number" | "count", "of", "rows" | "records" | "entries", _] => 3,
            ["count", "rows" | "records" | "entries", ..] => 2,
            _ => return false,
        };
        if !self.links_at(start + of_rows - 1).is_empty()
            || self.query.head.is_some()
            || !self.query.measures.is_empty()
        {
            return false;
        }
        let at = self.past(
            start + of_rows,
            &["are", "there", "in", "of", "do", "does", "has", "have", "is", "the", "our", "table"],
        );
        let Some(phrase) = self.noun_phrase(at, false) else { return false };
        let Noun::Table(table) = phrase.noun else { return false };
        self.note(ReadingKind::Metric, start, phrase.end, self.describe_measure(&Measure::count(table)));
        self.query.head = Some(Head::Table(table));
        self.query.counted = true;
        self.focus = Some(table);
        self.take_adjectives(&phrase);
        self.take_to(phrase.end);
        let end = self.past(self.at, &["table"]);
        self.take_to(end);
        true
    }

    fn count_rows(&mut self, table: usize, phrase: &NounPhrase, possible_head: bool, start: usize) {
        // "how many products were sold" may mean pieces or kinds
        let sold = self
            .tokens
            .iter()
            .skip(phrase.end)
            .any(|token| matches!(token.stem.as_str(), "sell" | "buy" | "purchas" | "order"));
        let denied = self.tokens.iter().any(|token| {
            matches!(token.word.as_str(), "never" | "not" | "no" | "without" | "most" | "least")
        });
        let has_pieces = !crate::figures::ways(self.setting.model, Concept::UnitsSold).is_empty();
        let is_sold_thing = crate::figures::line_table(self.setting.model).is_some_and(|lines| {
            lines == table
                || self.setting.model.edges.iter().any(|edge| edge.from == lines && edge.to == table)
        }) && self.sales_table() != Some(table);
        let follows = self.tokens.get(phrase.end).map_or("", |token| token.word.as_str());
        if possible_head
            && sold
            && !denied
            && has_pieces
            && is_sold_thing
            && matches!(follows, "were" | "was" | "did" | "have" | "has" | "do" | "sold" | "are")
            && !phrase.distinct
        {
            let (before, after) =
                (self.phrase(0, phrase.noun_at), self.phrase(phrase.end, self.tokens.len()));
            let noun = self.phrase(phrase.noun_at, phrase.end);
            let lead = if before.is_empty() { "How many".to_owned() } else { before };
            let after = after.trim_end_matches('?').to_owned();
            self.clarify = Some((
                format!("Do you mean how many pieces, or how many different {noun}?"),
                vec![format!("{lead} units {after}?"), format!("{lead} different {noun} {after}?")],
            ));
        }
        let measure = Measure::count(table);
        self.note(ReadingKind::Metric, start, phrase.end, self.describe_measure(&measure));
        if possible_head && self.in_share.is_none() {
            self.query.head = Some(Head::Table(table));
            self.query.counted = true;
            self.focus = Some(table);
            self.take_adjectives(phrase);
            self.take_to(phrase.end);
        } else {
            self.take_adjectives(phrase);
            if self.bounded(measure.clone(), start, phrase.end) {
                return;
            }
            self.take_to(phrase.end);
            self.measured(measure);
        }
    }

    fn count_column(&mut self, column: Ref, function: Function, phrase: &NounPhrase, start: usize) {
        let measure = Measure::new(function, Operand::Column(column));
        if function == Function::CountDistinct && !phrase.distinct && phrase.weight < 0.75 {
            // a part of a column's name is more likely another word for the rows
            self.doubt(0.7);
        }
        self.note(ReadingKind::Metric, start, phrase.end, self.describe_measure(&measure));
        self.take_adjectives(phrase);
        self.take_to(phrase.end);
        self.measured(measure);
    }

    fn how_much(&mut self) -> bool {
        self.take(2);
        self.how_much = true;
        if let Some(phrase) = self.noun_phrase(self.at, true) {
            let operand = match phrase.noun {
                Noun::Concept(concept) => Some(Operand::Concept(concept)),
                Noun::Column(column) if self.column(column.column).is_quantity() => {
                    Some(Operand::Column(column))
                }
                _ => None,
            };
            if let Some(operand) = operand {
                let measure = Measure::new(Function::Sum, operand);
                self.note(ReadingKind::Metric, self.at, phrase.end, self.describe_measure(&measure));
                self.take_adjectives(&phrase);
                self.take_to(phrase.end);
                self.measured(measure);
                self.how_much = false;
            }
        }
        true
    }

    /// "Average price", "minimum and maximum salary", "total orders".
    pub(super) fn aggregate(&mut self) -> bool {
        let mut functions = Vec::new();
        let mut at = self.at;
        while let Some(function) = words::function(self.word_at(at)) {
            functions.push(function);
            at += 1;
            let next = self.past(at, &["and", "or", "the"]);
            let next = if self.tokens.get(next).is_some_and(|token| token.is_mark(",")) {
                self.past(next + 1, &["and", "the"])
            } else {
                next
            };
            if next > at && words::function(self.word_at(next)).is_some() {
                at = next;
            } else {
                break;
            }
        }
        let Some(&function) = functions.first() else { return false };
        if self
            .links_at(self.at)
            .iter()
            .any(|link| matches!(link.target, Target::Column(_)) && link.length > 1 && link.weight > 0.8)
        {
            // "max speed" is the name of a column
            return false;
        }
        at = self.past(at, &["of", "the", "our", "all"]);
        if function == Function::Sum && functions.len() == 1 && self.how_many_follows(at) {
            self.take_to(at);
            return self.how_many();
        }
        if function == Function::Average && matches!(self.words4(at), ["number" | "count", "of", ..]) {
            return self.average_count(at + 2);
        }
        let phrase = self.noun_phrase(at, true);
        if phrase.is_none() && self.fragment && at >= self.tokens.len().saturating_sub(1) {
            // "and the maximum?"
            self.take_to(at);
            self.replaces.function = Some(function);
            return true;
        }
        let Some(phrase) = phrase else { return false };
        let operand = match phrase.noun {
            Noun::Table(table) if functions == [Function::Sum] => {
                let possible_head = self.query.head.is_none() && self.query.measures.is_empty();
                self.count_rows(table, &phrase, possible_head, self.at);
                return true;
            }
            Noun::Column(column) if self.can_aggregate(column.column, &functions) => Operand::Column(column),
            Noun::Age(column) => Operand::Age(column),
            Noun::Concept(concept) => Operand::Concept(concept),
            // "average orders per month": of their number in each
            Noun::Table(_)
                if functions == [Function::Average]
                    && matches!(self.word_at(phrase.end), "per" | "each" | "every" | "a") =>
            {
                return self.average_count(at);
            }
            _ => return false,
        };
        let start = self.at;
        self.take_adjectives(&phrase);
        if functions.len() == 1 && self.bounded(Measure::new(function, operand), start, phrase.end) {
            return true;
        }
        self.take_to(phrase.end);
        for function in functions {
            let measure = Measure::new(function, operand);
            self.note(ReadingKind::Metric, start, phrase.end, self.describe_measure(&measure));
            self.measured(measure);
        }
        if let Operand::Column(column) = operand {
            self.last_column = Some(column);
            self.last_column_is_new = false;
        }
        self.last_function = Some(function);
        true
    }

    /// "an average salary above 40000": a figure with a bound is a condition on what is listed.
    pub(super) fn bounded(&mut self, measure: Measure, start: usize, end: usize) -> bool {
        // a figure can be bigger, but not older
        let of_figure =
            |amount: &super::amounts::Amount| matches!(amount.quality, None | Some(Quality::Size));
        let Some(amount) = self.amount_at(end).filter(of_figure) else {
            return false;
        };
        // "average price per category over 20" has its bound later; "revenue over 20 stores" has none
        let counts_next =
            self.noun_phrase(amount.end, true).is_some_and(|phrase| matches!(phrase.noun, Noun::Table(_)));
        if counts_next && !amount.has_unit {
            return false;
        }
        self.note(
            ReadingKind::Filter,
            start,
            amount.end,
            format!("{} {} {}", self.describe_measure(&measure), amount.comparison.symbol(), amount.number),
        );
        self.having(measure, amount)
    }

    fn how_many_follows(&self, at: usize) -> bool {
        matches!(self.words4(at), ["number" | "count", "of", ..])
    }

    fn can_aggregate(&self, column: ColumnId, functions: &[Function]) -> bool {
        let column = self.column(column);
        let only_ends =
            functions.iter().all(|function| matches!(function, Function::Minimum | Function::Maximum));
        column.is_quantity() || (only_ends && (column.is_date || column.is_year))
    }

    /// "Average number of orders per customer".
    fn average_count(&mut self, at: usize) -> bool {
        let Some(phrase) = self.noun_phrase(at, true) else { return false };
        if matches!(self.norm_at(phrase.end + 1), "weekday" | "hour") {
            // of each Monday, or of all Mondays together?
            self.trouble.get_or_insert_with(|| "it is not clear over what the average is taken".to_owned());
        }
        let measure = match phrase.noun {
            Noun::Table(table) => Measure::count(table),
            Noun::Concept(Concept::UnitsSold) => {
                Measure::new(Function::Sum, Operand::Concept(Concept::UnitsSold))
            }
            Noun::Column(column) if self.column(column.column).is_quantity() => {
                // a number that is kept: "average number of seats"
                Measure::new(Function::Average, Operand::Column(column))
            }
            _ => return false,
        };
        self.nested = measure.function != Function::Average;
        let start = self.at;
        self.take_adjectives(&phrase);
        self.take_to(phrase.end);
        self.note(
            ReadingKind::Metric,
            start,
            phrase.end,
            format!("AVG of {}", self.describe_measure(&measure)),
        );
        self.measured(measure);
        true
    }
}
