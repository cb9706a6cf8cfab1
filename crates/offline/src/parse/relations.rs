//! Verbs: "customers who ordered", "hired in 2020", "products never sold".

use sqlatte_core::ReadingKind;

use super::Parser;
use crate::{
    lexicon::Target,
    link::Link,
    model::{ColumnId, TableId},
    query::{Filter, Function, Head, Measure, Operand, Quantity, Ref},
    synonyms::Concept,
};

impl Parser<'_> {
    pub(super) fn verb(&mut self) -> bool {
        let links: Vec<Link> = self
            .links_at(self.at)
            .iter()
            .filter(|link| matches!(link.target, Target::Verb(_) | Target::Happening(_)))
            .copied()
            .collect();
        if links.is_empty() {
            return self.spending();
        }
        if self.deed_before_noun(&links) || self.happens(&links) || self.spending() {
            return true;
        }
        if matches!(self.before(1), "we" | "you" | "i")
            && self.query.head.is_some()
            && !self.negate
            && !self.date_follows(self.at + 1)
            && !matches!(self.word(1), "in" | "to" | "from" | "at" | "by" | "through")
        {
            // "the products we sell"
            self.take(1);
            return true;
        }
        if self.ranking_follows() && self.query.head.is_some() {
            // "which supplier delivers the most products": the ranking says it all
            self.take(1);
            return true;
        }
        let Some(table) = self.deed_table(&links) else { return false };
        let (verb_at, dated) = (self.at, self.date_follows(self.at + 1));
        let did = self.does(table);
        if did && self.scope_table() == Some(table) && self.at > verb_at {
            self.day_of_deed(&links, table, verb_at, dated);
        }
        did
    }

    /// "hired", "opened", "left": a day of the row itself.
    fn happens(&mut self, links: &[Link]) -> bool {
        let head = self.scope_table().or(self.head_table()).or(self.focus);
        let own = |column: ColumnId| head.is_none_or(|head| self.column(column).table == head);
        let Some((_, column, _)) = self.choose_column(
            &links
                .iter()
                .filter(|link| matches!(link.target, Target::Happening(_)))
                .copied()
                .collect::<Vec<_>>(),
            None,
            |_| true,
        ) else {
            return false;
        };
        let dated = self.date_follows(self.at + 1);
        let only_happens = links.iter().all(|link| matches!(link.target, Target::Happening(_)));
        let is_meant = own(column) || (dated && only_happens);
        if !is_meant {
            return false;
        }
        let start = self.at;
        let described = self.column(column);
        let (nullable, table) = (described.nullable, described.table);
        let reference = Ref::new(column);
        self.note(ReadingKind::Column, start, start + 1, self.setting.model.column_name(column));
        self.take(1);
        if self.word(0) == "up" {
            // "signed up"
            self.take(1);
        }
        if let Some(Measure {
            function: Function::Minimum | Function::Maximum,
            operand: Operand::Column(measured),
            ..
        }) = self.query.measures.last_mut()
            && self.setting.model.columns[measured.column].is_date
            && self.setting.model.columns[measured.column].table == table
        {
            // "when did the first store open"
            *measured = reference;
            return true;
        }
        if dated || self.earlier_period_waits() {
            self.happening = Some(reference);
            if !dated {
                self.date_earlier_period(reference);
            }
            return true;
        }
        let negated = std::mem::take(&mut self.negate);
        if nullable && (self.query.head.is_some() || self.query.counted) && !self.when {
            self.add_filter(Filter::Missing { column: reference, negated: !negated }, Some(table));
        } else if negated {
            self.negate = true;
        } else if self.when {
            self.add_column(reference);
        } else {
            self.happening = Some(reference);
        }
        true
    }

    /// Whether a date phrase follows, perhaps after a preposition.
    pub(super) fn date_follows(&self, at: usize) -> bool {
        let at = self.past(
            at,
            &[
                "in", "on", "during", "for", "since", "before", "after", "until", "between", "from", "the",
                "at", "within", "over", "later", "earlier", "than", "by", "more", "recently",
            ],
        );
        self.tokens.get(at..).and_then(|tokens| crate::dates::read(tokens, self.setting.today)).is_some()
    }

    /// "In 2025, how many employees were hired": the period came first and has no column yet.
    fn earlier_period_waits(&self) -> bool {
        self.scope.is_none()
            && self.query.filters.iter().any(|filter| matches!(filter, Filter::Period { column: None, .. }))
    }

    fn date_earlier_period(&mut self, reference: Ref) {
        for filter in &mut self.query.filters {
            if let Filter::Period { column: column @ None, .. } = filter {
                *column = Some(reference);
            }
        }
        self.happening = None;
    }

    /// "spent", "sell" after "how much": money.
    fn spending(&mut self) -> bool {
        let Some(stem) = self.tokens.get(self.at).map(|token| token.stem.clone()) else { return false };
        let is_sale = matches!(stem.as_str(), "spend" | "sell" | "earn" | "mak" | "order" | "buy");
        let has_revenue = !crate::figures::ways(self.setting.model, Concept::Revenue).is_empty();
        if !is_sale || !has_revenue || self.ranking_follows() {
            // the ranking that follows looks back at this verb
            if is_sale
                && has_revenue
                && self.ranking_follows()
                && matches!(stem.as_str(), "spend" | "sell" | "order" | "buy")
            {
                self.take(1);
                return true;
            }
            return false;
        }
        let wants_money = self.how_much && self.query.measures.is_empty();
        let compares = stem == "spend" && self.amount_at(self.at + 1).is_some();
        if !(wants_money || compares || stem == "spend") {
            return false;
        }
        if !wants_money
            && !compares
            && self.query.measures.iter().any(|measure| matches!(measure.operand, Operand::Concept(_)))
        {
            self.take(1);
            return true;
        }
        let measure = Measure::new(Function::Sum, Operand::Concept(Concept::Revenue));
        self.note(ReadingKind::Metric, self.at, self.at + 1, self.describe_measure(&measure));
        self.take(1);
        self.how_much = false;
        if compares && let Some(amount) = self.amount_at(self.at) {
            return self.having(measure, amount);
        }
        let head = self.query.head;
        self.measured(measure);
        if wants_money && head.is_some() {
            // "how much did customers from Berlin spend" is one sum
            self.head_first = false;
        }
        true
    }

    fn ranking_follows(&self) -> bool {
        let at = self.past(self.at + 1, &["the", "for", "at"]);
        matches!(self.word_at(at), "most" | "least" | "best" | "fewest" | "highest" | "lowest" | "worst")
    }

    /// The table a verb is kept in, the nearest to what the question is about.
    fn deed_table(&self, links: &[Link]) -> Option<TableId> {
        let from = self.head_table().or(self.focus);
        links
            .iter()
            .filter_map(|link| match link.target {
                Target::Verb(table) => Some((table, link.weight)),
                // the day is kept where the deed is
                Target::Happening(column) => Some((self.column(column).table, link.weight - 0.1)),
                _ => None,
            })
            .min_by(|left, right| {
                let cost = |&(table, weight): &(TableId, f32)| {
                    from.map_or(0.0, |from| self.setting.model.distance(from, table).min(9.0))
                        + (1.0 - weight)
                };
                cost(left).total_cmp(&cost(right)).then(left.0.cmp(&right.0))
            })
            .map(|(table, _)| table)
    }

    fn does(&mut self, table: TableId) -> bool {
        let start = self.at;
        let model = self.setting.model;
        if self.query.head.is_none()
            && self.query.columns.is_empty()
            && self.query.measures.is_empty()
            && self.who
        {
            let people = (0..model.tables.len())
                .filter(|&id| model.tables[id].is_people && model.reaches_forward(table, id))
                .min_by(|left, right| model.distance(table, *left).total_cmp(&model.distance(table, *right)));
            if let Some(people) = people {
                self.query.head = Some(Head::Table(people));
                self.note(ReadingKind::Table, 0, start, crate::figures::describe_table(model, people));
            }
        }
        let measured = self.query.measures.first().and_then(|measure| self.measure_table(measure));
        let main = self.head_table().or(measured);
        let known = main
            .is_none_or(|main| main == table || (measured.is_some() && model.reaches_forward(main, table)));
        let negated = std::mem::take(&mut self.negate);
        let same_sale = measured.is_some() && !negated && self.is_sale_line(measured);
        if (known || same_sale) && !negated {
            self.take(1);
            return true;
        }
        if self.scope_table() == Some(table) && !negated {
            self.take(1);
            return true;
        }
        if known {
            self.negate = negated;
            return false;
        }
        if main.is_some_and(|main| model.distance(main, table) > 3.0) {
            // too far to be what is meant; perhaps only a word between two nouns: "suppliers deliver products"
            let object = self.noun_phrase(self.at + 1, false).filter(|phrase| phrase.adjectives.is_empty());
            if let (Some(main), Some(phrase)) = (main, object)
                && let super::nouns::Noun::Table(object) = phrase.noun
                && model.distance(main, object) <= 1.5
            {
                self.take_to(phrase.end);
                self.note(
                    ReadingKind::Filter,
                    start,
                    phrase.end,
                    format!("{} {}", if negated { "no" } else { "with" }, model.tables[object].name()),
                );
                self.relate(object, None, if negated { Quantity::None } else { Quantity::Some });
                return true;
            }
            self.negate = negated;
            return false;
        }
        self.note(
            ReadingKind::Filter,
            start,
            start + 1,
            format!("{} {}", if negated { "no" } else { "with" }, model.tables[table].name()),
        );
        self.take(1);
        self.relate(table, None, if negated { Quantity::None } else { Quantity::Some });
        if !negated {
            self.take_over_doers(table);
        }
        true
    }

    /// "which products did Ada buy": who did it is part of the deed, though said before it.
    fn take_over_doers(&mut self, deed: TableId) {
        let (Some(scope), Some(head)) = (self.scope, self.head_table()) else { return };
        let model = self.setting.model;
        let is_doer = |filter: &Filter| match filter {
            Filter::OneOf { column, .. } => {
                let table = model.columns[column.column].table;
                !model.reaches_forward(head, table) && model.reaches_forward(deed, table)
            }
            _ => false,
        };
        let relation = self.query.filters.remove(scope);
        let (doers, mut others): (Vec<Filter>, Vec<Filter>) =
            std::mem::take(&mut self.query.filters).into_iter().partition(is_doer);
        let Filter::Relation(mut relation) = relation else { return };
        relation.filters.extend(doers);
        others.push(Filter::Relation(relation));
        self.scope = Some(others.len() - 1);
        self.query.filters = others;
    }

    fn is_sale_line(&self, table: Option<TableId>) -> bool {
        table.is_some()
            && (table == crate::figures::line_table(self.setting.model) || table == self.sales_table())
    }
}
