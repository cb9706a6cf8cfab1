//! Adjectives that rank: "most expensive", "newest", "best-selling", "most common", "current".

use sqlatte_core::ReadingKind;

use super::{
    Parser, Top,
    nouns::Noun,
    ranks::{SHOWN_WITHOUT_NUMBER, Superlative},
};
use crate::{
    model::TableId,
    query::{Figure, Function, Measure, Operand, Rank, Ref},
    synonyms::Concept,
    words::{self, Quality},
};

impl Parser<'_> {
    /// "the most expensive product", "newest customers", "best-selling", "largest store".
    pub(super) fn quality_superlative(
        &mut self,
        start: usize,
        quality: Quality,
        found: &Superlative,
    ) -> bool {
        let one = usize::from(matches!(self.word_at(found.end), "one" | "ones") && self.query.head.is_some());
        let found =
            &Superlative { quality: found.quality, descending: found.descending, end: found.end + one };
        let next = self.noun_phrase(found.end, false);
        let head = match (&next, self.head_table()) {
            (_, Some(head)) => Some(head),
            (Some(phrase), None) => match phrase.noun {
                Noun::Table(table) => Some(table),
                Noun::Role(edge) => self.setting.model.edges.get(edge).map(|edge| edge.to),
                Noun::Column(column) => Some(self.column(column.column).table),
                _ => None,
            },
            _ => self.owner_after(found.end),
        };
        // "latest order date", "largest order value": the end of a column
        if let Some(phrase) = &next
            && let Noun::Column(column) = phrase.noun
            && (self.column(column.column).is_quantity() || self.column(column.column).is_date)
            && matches!(quality, Quality::Size | Quality::Recency | Quality::Length | Quality::Rating)
        {
            let bare = Superlative { quality: Quality::Bare, descending: found.descending, end: found.end };
            return self.bare_superlative(start, &bare);
        }
        if let Some(phrase) = &next
            && matches!(quality, Quality::Size)
            && (matches!(phrase.noun, Noun::Concept(_)) || self.word_at(found.end) == "number")
        {
            let bare = Superlative { quality: Quality::Bare, descending: found.descending, end: found.end };
            return self.bare_superlative(start, &bare);
        }
        // a popular product is one of which many pieces are sold; a popular payment method one of many orders
        let sold_itself = head.is_some_and(|head| {
            let lines = crate::figures::line_table(self.setting.model);
            self.setting.model.edges.iter().any(|edge| edge.to == head && Some(edge.from) == lines)
        });
        let of_column = match &next {
            Some(phrase) => matches!(phrase.noun, Noun::Column(_)),
            None => self.query.head.is_none() && !self.query.columns.is_empty(),
        };
        let popular = (start..found.end).any(|at| self.word_at(at) == "popular");
        let quality = if popular && (of_column || !sold_itself) { Quality::Frequency } else { quality };
        let happened = self.happening.filter(|_| {
            quality == Quality::Recency
                && next.is_none()
                && head.is_none_or(|head| Some(head) == self.head_table())
        });
        let by = match quality {
            Quality::Recency if happened.is_some() => {
                // "who joined most recently"
                let column = happened.map(|column| (Figure::Plain(Operand::Column(column)), false));
                if let (Some(day), None) = (self.happening.take(), self.query.head) {
                    self.query.head = Some(crate::query::Head::Table(self.column(day.column).table));
                    self.query.named = true;
                }
                column
            }
            Quality::Frequency => self.frequency(&next, head),
            _ => head.and_then(|head| self.figure_of_quality(quality, head)),
        };
        let Some((by, mut descending)) = by.map(|(by, turned)| (by, found.descending != turned)) else {
            self.ask_for_measure(start, found.end, next.as_ref().map(|phrase| phrase.end), head);
            return self.clarify.is_some();
        };
        if let Some(Top { descending: false, .. }) = self.top {
            descending = !descending;
        }
        let plural_at = next.as_ref().map(|phrase| phrase.end - 1);
        let described = match &by {
            Figure::Measure(measure) => self.describe_measure(measure),
            Figure::Plain(operand) => self.describe_operand(*operand),
        };
        self.note(
            ReadingKind::Ranking,
            start,
            found.end,
            format!("by {described}, {} first", if descending { "highest" } else { "lowest" }),
        );
        let limit = match self.top.take() {
            Some(Top { limit: Some(limit), .. }) => limit,
            _ => match plural_at {
                Some(at) if self.is_plural(at) => {
                    self.doubt(0.85);
                    self.assume(
                        ReadingKind::Ranking,
                        start,
                        found.end,
                        format!("the first {SHOWN_WITHOUT_NUMBER}"),
                    );
                    SHOWN_WITHOUT_NUMBER
                }
                Some(_) => 1,
                None => self.one_or_some(start),
            },
        };
        self.take_to(found.end);
        self.set_rank(Rank { by, descending, limit, shown: false, within: Vec::new() });
        true
    }

    /// What a quality of the rows of a table is measured by; and whether its upper end is the column's lower end.
    pub(super) fn figure_of_quality(&self, quality: Quality, head: TableId) -> Option<(Figure, bool)> {
        let model = self.setting.model;
        let concept = |concept| {
            (!crate::figures::ways(model, concept).is_empty())
                .then_some((Figure::Measure(Measure::new(Function::Sum, Operand::Concept(concept))), false))
        };
        match quality {
            Quality::UnitsSold => concept(Concept::UnitsSold),
            Quality::Revenue => concept(Concept::Revenue),
            Quality::Profit => concept(Concept::Profit),
            Quality::Recency => {
                self.main_date(head).map(|column| (Figure::Plain(Operand::Column(column)), false))
            }
            Quality::Age => {
                let birth = self
                    .column_with_word(head, &["age"], crate::model::Column::is_quantity)
                    .map(|column| (column, false));
                let birth = birth.or_else(|| {
                    model.tables[head]
                        .columns
                        .iter()
                        .copied()
                        .find(|&id| model.columns[id].is_birth)
                        .map(|column| (column, true))
                });
                let day = || {
                    model.tables[head]
                        .columns
                        .iter()
                        .copied()
                        .find(|&id| model.columns[id].is_year)
                        .or(model.tables[head].main_date)
                        .map(|column| (column, true))
                };
                let (column, turned) = birth.or_else(day)?;
                Some((Figure::Plain(Operand::Column(Ref::new(column))), turned))
            }
            Quality::Rating => {
                let own = self.column_with_word(
                    head,
                    words::quality_words(quality),
                    crate::model::Column::is_quantity,
                );
                if let Some(column) = own {
                    return Some((Figure::Plain(Operand::Column(Ref::new(column))), false));
                }
                let related = (0..model.tables.len()).filter(|&id| model.reaches_forward(id, head)).min_by(
                    |left, right| {
                        model
                            .distance(head, *left)
                            .total_cmp(&model.distance(head, *right))
                            .then(left.cmp(right))
                    },
                );
                let _ = related;
                let rated = (0..model.tables.len())
                    .filter(|&id| {
                        id != head && model.edges.iter().any(|edge| edge.from == id && edge.to == head)
                    })
                    .find_map(|id| {
                        self.column_with_word(
                            id,
                            words::quality_words(quality),
                            crate::model::Column::is_quantity,
                        )
                    })?;
                Some((
                    Figure::Measure(Measure::new(Function::Average, Operand::Column(Ref::new(rated)))),
                    false,
                ))
            }
            _ => {
                let fits = |column: &crate::model::Column| column.is_quantity() || column.is_birth;
                let column = self.column_with_word(head, words::quality_words(quality), fits)?;
                Some((Figure::Plain(Operand::Column(Ref::new(column))), false))
            }
        }
    }

    /// "most common job title", "most active customers", "most used payment method".
    pub(super) fn frequency(
        &self,
        next: &Option<super::nouns::NounPhrase>,
        head: Option<TableId>,
    ) -> Option<(Figure, bool)> {
        let model = self.setting.model;
        let count = |table| Some((Figure::Measure(Measure::count(table)), false));
        match next.as_ref().map(|phrase| phrase.noun) {
            Some(Noun::Column(column)) => count(self.column(column.column).table),
            _ => {
                if let Some(column) = self.query.columns.first() {
                    return count(self.column(column.column).table);
                }
                let head = head?;
                let sales = self.sales_table()?;
                (sales != head && model.distance(sales, head) < 2.5).then(|| count(sales)).flatten()
            }
        }
    }

    /// "best products" may be by revenue, by pieces or by rating: the person should say.
    pub(super) fn ask_for_measure(
        &mut self,
        start: usize,
        end: usize,
        noun_end: Option<usize>,
        head: Option<TableId>,
    ) {
        let (Some(head), Some(noun_end)) = (head, noun_end) else { return };
        let noun = self.phrase(end, noun_end);
        let count = self.top.and_then(|top| top.limit).unwrap_or(10);
        let rest = self.phrase(noun_end, self.tokens.len());
        let options = self.measures_to_offer(head);
        if options.is_empty() {
            return;
        }
        let rest = rest.trim_end_matches(['?', ' ', '.']).to_owned();
        let options = options
            .into_iter()
            .map(|measure| format!("Top {count} {noun} by {measure} {rest}").trim().to_owned())
            .collect();
        self.clarify = Some((format!("By what are the {} {noun} meant?", self.phrase(start, end)), options));
        self.take_to(noun_end);
    }

    /// "current employees", "former customers": whether the day they left is known.
    pub(super) fn still_there(&mut self) -> bool {
        let gone = match self.word(0) {
            "current" | "active" | "present" => false,
            "former" | "ex" => true,
            _ => return false,
        };
        let Some(super::nouns::NounPhrase { noun: Noun::Table(table), .. }) =
            self.noun_phrase(self.at + 1, false)
        else {
            return false;
        };
        let model = self.setting.model;
        let left = model.tables[table].columns.iter().copied().find(|&id| {
            let column = &model.columns[id];
            column.is_date
                && column.nullable
                && column.has_word(&[
                    "left",
                    "end",
                    "ended",
                    "terminated",
                    "closed",
                    "resigned",
                    "termination",
                    "exit",
                ])
        });
        let Some(column) = left else { return false };
        self.note(
            ReadingKind::Filter,
            self.at,
            self.at + 1,
            format!("{} is {}missing", model.column_name(column), if gone { "not " } else { "" }),
        );
        self.take(1);
        self.add_filter(
            crate::query::Filter::Missing { column: Ref::new(column), negated: gone },
            Some(table),
        );
        true
    }

    /// "out of stock": nothing of it is there.
    pub(super) fn out_of_stock(&mut self) -> bool {
        if !matches!(self.words4(self.at), ["out", "of", "stock", _] | ["sold", "out", ..]) {
            return false;
        }
        self.trouble.get_or_insert_with(|| "it does not say whether everywhere or anywhere".to_owned());
        let length = if self.word(0) == "out" { 3 } else { 2 };
        self.take(length);
        true
    }

    /// "when was the first order": the end of a date.
    pub(super) fn first_or_last_day(&mut self) -> bool {
        if !self.when {
            return false;
        }
        let (function, length) = match self.words4(self.at) {
            ["first" | "earliest" | "oldest", ..] => (Function::Minimum, 1),
            ["last" | "latest" | "newest", ..] => (Function::Maximum, 1),
            ["most", "recent", ..] => (Function::Maximum, 2),
            _ => return false,
        };
        let Some(phrase) = self.noun_phrase(self.at + length, false) else { return false };
        let Noun::Table(table) = phrase.noun else { return false };
        let Some(date) = self.main_date(table) else { return false };
        let measure = Measure::new(function, Operand::Column(date));
        self.note(ReadingKind::Metric, self.at, phrase.end, self.describe_measure(&measure));
        self.take_adjectives(&phrase);
        self.take_to(phrase.end);
        self.when = false;
        self.measured(measure);
        true
    }
}
