//! Grouping: "by month", "per customer", "for each category", "monthly".

use sqlatte_core::ReadingKind;

use super::{Parser, nouns::Noun};
use crate::{
    dates::{self, Grain},
    lexicon::Target,
    query::{Figure, Group, Head, Operand, Ref},
};

impl Parser<'_> {
    pub(super) fn group(&mut self) -> bool {
        if self.adverb_group() {
            return true;
        }
        let (length, per_each) = match self.words4(self.at) {
            ["by" | "per", "each" | "every", ..] => (2, true),
            ["per", ..] => (1, true),
            ["by", ..] => (1, false),
            [
                "for" | "in" | "of" | "at" | "on" | "to" | "from" | "across" | "with",
                "each" | "every",
                "of",
                _,
            ] => (3, true),
            ["for" | "in" | "of" | "at" | "on" | "to" | "from" | "across" | "with", "each" | "every", ..] => {
                (2, true)
            }
            ["grouped" | "group" | "split" | "broken" | "divided" | "segmented", "by" | "per", ..] => {
                (2, false)
            }
            ["break" | "broken" | "split", "down" | "up" | "it" | "them" | "that", "by" | "per", _] => {
                (3, false)
            }
            ["according", "to", ..] => (2, false),
            ["each" | "every", ..] => (1, true),
            ["across" | "among", "all", ..] => {
                // "the average across all tracks" is one figure
                self.take(2);
                return true;
            }
            ["across", "the" | "different", ..] => (2, false),
            ["across", ..] => (1, false),
            [
                "which" | "what",
                "month" | "months" | "year" | "years" | "quarter" | "quarters" | "week" | "weeks" | "day"
                | "days" | "weekday" | "weekdays",
                ..,
            ] => (1, false),
            ["best" | "busiest" | "strongest" | "worst" | "weakest", unit, ..]
                if dates::grain(unit).is_some() && self.query.groups.is_empty() =>
            {
                return self.best_period();
            }
            ["over", "time", ..] => {
                self.add_group(Group::Period(None, Grain::Month), false);
                self.note(ReadingKind::Grouping, self.at, self.at + 2, "by month".to_owned());
                self.take(2);
                return true;
            }
            ["month", "by", "month", _] => {
                self.add_group(Group::Period(None, Grain::Month), false);
                self.take(3);
                return true;
            }
            _ => return false,
        };
        let start = self.at;
        let is_by = matches!(self.word(0), "by");
        if is_by && self.is_agent() {
            self.take(1);
            return true;
        }
        let at = self.past_articles(start + length);
        if let Some((group, end)) = self.period_group(at) {
            self.note(
                ReadingKind::Grouping,
                start,
                end,
                match group {
                    Group::Period(_, grain) => format!("by {}", grain_name(grain)),
                    _ => String::new(),
                },
            );
            self.take_to(end);
            self.add_group(group, per_each);
            return self.more_groups(per_each);
        }
        // "top 5 products by revenue": what the ranking is by
        if is_by
            && self.top.is_some()
            && let Some((figure, end)) = self.figure_at(at)
            && self.ranks(&figure)
        {
            self.rank_by(figure, end);
            return true;
        }
        if is_by
            && let Some((figure @ Figure::Measure(_), end)) = self.figure_at(at)
            && self.query.rank.is_none()
            && (self.query.head.is_some() || !self.query.columns.is_empty())
            && self.query.measures.is_empty()
            && !self.query.counted
        {
            // "products by revenue"
            if let Figure::Measure(measure) = figure.clone() {
                self.note(ReadingKind::Metric, start, end, self.describe_measure(&measure));
                self.take_to(end);
                self.add_measure(measure);
                self.add_sort(crate::query::Sort { by: figure, descending: true });
                return true;
            }
        }
        if self.word(0) == "across"
            && self.query.rank.is_some()
            && let Some(phrase) = self.noun_phrase(at, false)
            && let Noun::Table(table) = phrase.noun
        {
            // "the most common type across products"
            self.focus = Some(table);
            self.take_to(phrase.end);
            return true;
        }
        if is_by && self.value_follows(at) {
            // "orders by Berlin customers", "paid by card"
            self.take(1);
            return true;
        }
        self.group_by_noun(start, at, per_each)
    }

    /// "the best month by revenue", "the busiest day of the week".
    fn best_period(&mut self) -> bool {
        let descending = matches!(self.word(0), "best" | "busiest" | "strongest");
        let busy = self.word(0) == "busiest";
        let Some((group, end)) = self.period_group(self.at + 1) else { return false };
        self.note(ReadingKind::Grouping, self.at, end, "by period".to_owned());
        self.take_to(end);
        self.add_group(group, false);
        if busy {
            let Some(table) = self.focus.or_else(|| self.sales_table()) else { return false };
            self.set_rank(crate::query::Rank {
                by: Figure::Measure(crate::query::Measure::count(table)),
                descending,
                limit: 1,
                shown: true,
                within: Vec::new(),
            });
        } else {
            self.top = Some(super::Top { limit: Some(1), descending, by_date: false });
        }
        true
    }

    fn group_by_noun(&mut self, start: usize, at: usize, per_each: bool) -> bool {
        let Some(phrase) = self.noun_phrase(at, false).filter(|phrase| phrase.adjectives.is_empty()) else {
            return false;
        };
        let is_quantity =
            matches!(phrase.noun, Noun::Column(column) if self.column(column.column).is_quantity());
        if is_quantity
            && !per_each
            && self.query.measures.is_empty()
            && !self.query.counted
            && self.query.head.is_some()
            && self.query.rank.is_none()
        {
            // "products by price": an order
            let Noun::Column(column) = phrase.noun else { return false };
            self.take_to(phrase.end);
            self.add_sort(crate::query::Sort {
                by: Figure::Plain(Operand::Column(column)),
                descending: false,
            });
            self.doubt(0.85);
            return true;
        }
        let group = match phrase.noun {
            Noun::Table(table) => {
                self.focus = self.focus.or(Some(table));
                Group::Entity(Head::Table(table))
            }
            Noun::Role(edge) => Group::Entity(Head::Role(edge)),
            Noun::Column(column) if self.column(column.column).is_date => {
                Group::Period(Some(column), Grain::Day)
            }
            Noun::Column(column) => self.column_or_entity(column),
            Noun::Age(column) => Group::Column(column),
            Noun::Concept(_) => return false,
        };
        let meaning = match group {
            Group::Column(column) => self.setting.model.column_name(column.column),
            Group::Entity(head) => self.describe_head(head),
            Group::Period(_, grain) => format!("by {}", grain_name(grain)),
        };
        self.note(ReadingKind::Grouping, start, phrase.end, meaning);
        if phrase.weight < 0.75 {
            self.doubt(f64::from(phrase.weight) + 0.2);
        }
        self.take_to(phrase.end);
        self.add_group(group, per_each);
        self.more_groups(per_each)
    }

    /// "by product name" is by product.
    fn column_or_entity(&self, column: Ref) -> Group {
        let table = self.column(column.column).table;
        let labels = &self.setting.model.tables[table].labels;
        if labels.as_slice() == [column.column] {
            Group::Entity(Head::Table(table))
        } else {
            Group::Column(column)
        }
    }

    /// "by country and city", "per month, per channel".
    fn more_groups(&mut self, per_each: bool) -> bool {
        let mut at = self.at;
        let comma = self.tokens.get(at).is_some_and(|token| token.is_mark(","));
        if comma {
            at += 1;
        }
        let and = self.word_at(at) == "and";
        if and {
            at += 1;
        }
        if !(comma || and) {
            return true;
        }
        let at = self.past(at, &["by", "per", "each", "for", "the"]);
        if let Some((group, end)) = self.period_group(at) {
            self.take_to(end);
            self.add_group(group, per_each);
            return true;
        }
        let Some(phrase) = self.noun_phrase(at, false).filter(|phrase| phrase.adjectives.is_empty()) else {
            return true;
        };
        let group = match phrase.noun {
            Noun::Table(table) if !self.is_plural(phrase.end - 1) => Group::Entity(Head::Table(table)),
            Noun::Column(column)
                if !self.column(column.column).is_quantity() && !self.column(column.column).is_date =>
            {
                self.column_or_entity(column)
            }
            _ => return true,
        };
        self.take_to(phrase.end);
        self.add_group(group, per_each);
        true
    }

    /// "monthly revenue", "daily orders", "yearly".
    fn adverb_group(&mut self) -> bool {
        let grain = match self.word(0) {
            "daily" => Grain::Day,
            "weekly" => Grain::Week,
            "monthly" => Grain::Month,
            "quarterly" => Grain::Quarter,
            "yearly" | "annual" | "annually" => Grain::Year,
            "hourly" => Grain::Hour,
            _ => return false,
        };
        if self
            .best_links(self.at, |target| matches!(target, Target::Column(_)))
            .first()
            .is_some_and(|link| link.length > 1)
        {
            return false;
        }
        self.note(ReadingKind::Grouping, self.at, self.at + 1, format!("by {}", grain_name(grain)));
        self.take(1);
        self.add_group(Group::Period(None, grain), true);
        true
    }

    /// "month", "day of the week", "order month", "month of registration", "registration year".
    pub(super) fn period_group(&self, at: usize) -> Option<(Group, usize)> {
        match self.words4(at) {
            ["day", "of", "week", _] => return Some((Group::Period(None, Grain::Weekday), at + 3)),
            ["day", "of", "the", "week"] => return Some((Group::Period(None, Grain::Weekday), at + 4)),
            ["hour", "of", "day", _] => return Some((Group::Period(None, Grain::Hour), at + 3)),
            ["hour", "of", "the", "day"] => return Some((Group::Period(None, Grain::Hour), at + 4)),
            _ => {}
        }
        if let Some(grain) = dates::grain(self.norm_at(at)).filter(|_| self.word_at(at) != "date") {
            // a column may be called so
            let column = self.best_links(at, |target| matches!(target, Target::Column(_)));
            if let Some((link, column, _)) =
                self.choose_column(&column, None, |column| !self.column(column).is_date)
                && link.weight > 0.9
                && (self.focus.or(self.head_table()) == Some(self.column(column).table))
            {
                return Some((Group::Column(Ref::new(column)), at + link.length));
            }
            let of = self.past(at + 1, &["of", "the", "their", "they", "were"]);
            if of > at + 1
                && let Some((column, end)) = self.date_column_at(of)
            {
                return Some((Group::Period(Some(Ref::new(column)), grain), end));
            }
            return Some((Group::Period(None, grain), at + 1));
        }
        let (column, end) = self.date_column_at(at)?;
        let grain = dates::grain(self.norm_at(end)).filter(|_| self.word_at(end) != "date")?;
        Some((Group::Period(Some(Ref::new(column)), grain), end + 1))
    }

    /// A date column by its name or its verb: "order", "hiring", "registration", "birth".
    pub(super) fn date_column_at(&self, at: usize) -> Option<(usize, usize)> {
        let links: Vec<_> = self
            .links_at(at)
            .iter()
            .filter(|link| match link.target {
                Target::Column(column) => self.column(column).is_date,
                Target::Happening(_) => true,
                _ => false,
            })
            .copied()
            .collect();
        let (link, column, _) = self.choose_column(&links, None, |_| true)?;
        Some((column, at + link.length))
    }

    /// "placed by customers", "sold by employees": who did it, no grouping.
    fn is_agent(&self) -> bool {
        let verb = self.before(1);
        if !self.query.measures.is_empty()
            && let Some(phrase) = self.noun_phrase(self.at + 1, false)
            && matches!(phrase.noun, Noun::Table(_))
            && !self.is_plural(phrase.end - 1)
        {
            // "units sold by product" groups, "services provided by stations" does not
            return false;
        }
        if verb == "ordered" && self.scope.is_some() {
            return true;
        }
        verb.ends_with("ed") && !matches!(verb, "grouped" | "sorted" | "ordered" | "ranked" | "speed")
            || matches!(
                verb,
                "made" | "sold" | "bought" | "written" | "given" | "paid" | "done" | "taken" | "run"
            )
    }

    fn value_follows(&self, at: usize) -> bool {
        let longest = self.links_at(at).first();
        longest.is_some_and(|link| matches!(link.target, Target::Value(..)))
            && !self.links_at(at).iter().any(|link| {
                matches!(link.target, Target::Table(_) | Target::Column(_))
                    && Some(link.length) == longest.map(|longest| longest.length)
            })
    }

    fn ranks(&self, figure: &Figure) -> bool {
        match figure {
            Figure::Measure(_) => true,
            Figure::Plain(Operand::Column(column)) => {
                let column = self.column(column.column);
                column.is_quantity() || column.is_date || column.is_year
            }
            Figure::Plain(_) => true,
        }
    }
}

pub(crate) fn grain_name(grain: Grain) -> &'static str {
    match grain {
        Grain::Day => "day",
        Grain::Week => "week",
        Grain::Month => "month",
        Grain::Quarter => "quarter",
        Grain::Year => "year",
        // Its values are numbers in every dialect.
        Grain::Weekday => "day of the week (0 is Sunday)",
        Grain::Hour => "hour of the day",
    }
}
