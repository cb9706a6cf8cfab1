//! Rankings: "top 5", "with the most orders", "spent the most".

use sqlatte_core::ReadingKind;

use super::{Parser, Top, nouns::Noun};
use crate::{
    dates::{self, small_number},
    lexicon::Target,
    model::TableId,
    query::{Figure, Function, Measure, Operand, Rank, Ref},
    synonyms::Concept,
    words::{self, Quality},
};

/// How many rows "the most expensive products" shows where no number is given.
pub(super) const SHOWN_WITHOUT_NUMBER: u64 = 10;

/// "most", "least", "highest" with what follows.
pub(super) struct Superlative {
    pub(super) quality: Quality,
    pub(super) descending: bool,
    pub(super) end: usize,
}

impl Parser<'_> {
    /// "top 5", "bottom three", "first 10", "5 best".
    pub(super) fn top(&mut self) -> bool {
        let start = self.at;
        if self.fragment
            && self.word(0) == "make"
            && matches!(self.word(1), "it" | "that" | "them")
            && let Some(limit) = self.tokens.get(start + 2).and_then(small_number)
            && self.tokens.get(start + 3).is_none_or(|token| token.kind == crate::token::TokenKind::Mark)
        {
            self.replaces.limit = Some(limit);
            self.take(3);
            return true;
        }
        if self.tokens.get(start..).is_some_and(|rest| dates::read(rest, self.setting.today).is_some()) {
            // "revenue last 3 months"
            return false;
        }
        let number = |at: usize| self.tokens.get(at).and_then(small_number);
        let directed = |word: &str| match word {
            "top" | "best" => Some((true, false)),
            "bottom" | "worst" => Some((false, false)),
            "first" => Some((false, true)),
            "last" => Some((true, true)),
            _ => None,
        };
        let mut found = None;
        if let Some((descending, by_date)) = directed(self.word(0)) {
            if let Some(limit) = number(start + 1) {
                found = Some((Top { limit: Some(limit), descending, by_date }, start + 2));
            } else if self.word(0) == "top" || self.word(0) == "bottom" {
                let rated = matches!(self.word(1), "selling" | "rated" | "sold" | "paid" | "earning");
                if !rated {
                    found = Some((Top { limit: None, descending, by_date }, start + 1));
                }
            }
        }
        if let Some(limit) = number(start) {
            // "the 5 best", "5 most expensive", "three oldest"
            let next = self.word_at(start + 1);
            let ranks = words::superlative(next).is_some()
                || (matches!(next, "most" | "least" | "fewest") && !next.is_empty());
            let is_more = matches!(next, "or");
            if ranks && !is_more {
                let (descending, end) = match next {
                    "top" => (true, start + 2),
                    _ => (true, start + 1),
                };
                found = Some((Top { limit: Some(limit), descending, by_date: false }, end));
            } else if self.top.is_none() && self.counts_heads(start) {
                found = Some((Top { limit: Some(limit), descending: true, by_date: false }, start + 1));
            }
        }
        if found.is_none() && self.shows_some() {
            return true;
        }
        let Some((top, end)) =
            found.filter(|(top, _)| top.limit.is_none_or(|limit| (1..=100_000).contains(&limit)))
        else {
            return false;
        };
        self.top = Some(top);
        self.take_to(end);
        true
    }

    /// "show 3 employees": no ranking, only so many rows.
    fn shows_some(&mut self) -> bool {
        let asked = matches!(self.before(1), "show" | "list" | "give" | "me" | "display" | "any");
        let limit =
            self.tokens.get(self.at).and_then(small_number).filter(|limit| (1..=100_000).contains(limit));
        let unranked = !self.tokens.iter().any(|token| matches!(token.word.as_str(), "by" | "per" | "each"));
        let (true, true, Some(limit), None) = (asked, unranked, limit, self.query.head) else { return false };
        let Some(phrase) = self.noun_phrase(self.at + 1, false) else { return false };
        let rows = matches!(phrase.noun, Noun::Table(_)) && self.query.columns.is_empty();
        if !rows || !self.query.measures.is_empty() {
            return false;
        }
        self.note(ReadingKind::Ranking, self.at, self.at + 1, format!("the first {limit}"));
        self.query.limit = Some(limit);
        self.take(1);
        true
    }

    /// "5 customers with the most orders", "3 cities with the highest revenue": a number before the head.
    fn counts_heads(&self, at: usize) -> bool {
        if self.query.head.is_some() || !self.query.columns.is_empty() || self.query.counted {
            return false;
        }
        let Some(phrase) = self.noun_phrase(at + 1, false) else { return false };
        let ranked_later = self.tokens.iter().skip(phrase.end).any(|token| {
            matches!(token.word.as_str(), "most" | "least" | "fewest")
                || words::superlative(&token.word).is_some()
        });
        matches!(phrase.noun, Noun::Table(_) | Noun::Column(_))
            && ranked_later
            && self.is_plural(phrase.end - 1)
    }

    /// Reads a superlative at `at`.
    fn superlative_at(&self, at: usize) -> Option<Superlative> {
        let word = self.word_at(at);
        let next = self.word_at(at + 1);
        let hit = |quality, descending, length| Some(Superlative { quality, descending, end: at + length });
        match word {
            "most" | "least" | "fewest" | "more" => {
                let descending = word == "most";
                if word == "more" {
                    return None;
                }
                if let Some(quality) = words::gradable(next) {
                    return hit(quality, descending, 2);
                }
                hit(Quality::Bare, descending, 1)
            }
            "highest" | "lowest" | "best" | "worst" | "top" => {
                let descending = matches!(word, "highest" | "best" | "top");
                match next {
                    "selling" | "sold" | "seller" | "sellers" => hit(Quality::UnitsSold, descending, 2),
                    "rated" | "ranked" | "reviewed" => hit(Quality::Rating, descending, 2),
                    "paid" | "earning" => hit(Quality::Pay, descending, 2),
                    "priced" => hit(Quality::Price, descending, 2),
                    "grossing" => hit(Quality::Revenue, descending, 2),
                    _ => {
                        words::superlative(word).and_then(|(quality, descending)| hit(quality, descending, 1))
                    }
                }
            }
            "longest" if matches!(next, "serving" | "employed" | "tenured") => {
                hit(Quality::Recency, false, 2)
            }
            _ => {
                let (quality, descending) = words::superlative(word)?;
                hit(quality, descending, 1)
            }
        }
    }

    /// "max speed" is the name of a column.
    pub(super) fn names_longer_column(&self, at: usize) -> bool {
        self.links_at(at)
            .iter()
            .any(|link| matches!(link.target, Target::Column(_)) && link.length > 1 && link.weight > 0.8)
    }

    /// "most expensive product", "the highest salary", "spent the most", "with the most orders".
    pub(super) fn superlative(&mut self) -> bool {
        let start = self.at;
        if self.names_longer_column(start) {
            return false;
        }
        let Some(mut found) = self.superlative_at(start) else { return false };
        if self.top.is_none()
            && found.quality != Quality::Bare
            && let Some(limit) = self.tokens.get(found.end).and_then(small_number)
            && self.noun_phrase(found.end + 1, false).is_some()
        {
            // "the latest 5 reviews"
            self.top = Some(Top { limit: Some(limit), descending: true, by_date: false });
            found.end += 1;
        }
        match found.quality {
            Quality::Bare => self.bare_superlative(start, &found),
            quality => self.quality_superlative(start, quality, &found),
        }
    }

    /// "the highest salary", "the most orders", "the lowest and highest price".
    pub(super) fn bare_superlative(&mut self, start: usize, found: &Superlative) -> bool {
        let mut at = self.past(found.end, &["number", "count", "amount", "of", "the", "total", "overall"]);
        let totalled = (found.end..at).any(|at| matches!(self.word_at(at), "total" | "overall"));
        let averaged = matches!(self.word_at(at), "average" | "avg" | "mean");
        let says_number = self.word_at(found.end) == "number" || self.word_at(at.saturating_sub(1)) == "of";
        if averaged {
            at = self.past(at + 1, &["number", "of", "the"]);
        }
        // "lowest and highest price"
        let both = (self.word_at(at) == "and")
            .then(|| self.superlative_at(self.past(at + 1, &["the"])))
            .flatten()
            .filter(|other| other.quality == Quality::Bare);
        let noun_at = both.as_ref().map_or(at, |other| other.end);
        let phrase = self.noun_phrase(noun_at, true);
        let subject = self.query.head.is_some()
            || !self.query.columns.is_empty()
            || !self.query.groups.is_empty() && self.query.measures.is_empty();
        let quantity_word = matches!(self.word_at(start), "most" | "least" | "fewest");
        let Some(phrase) = phrase else {
            // "who spent the most", "which product sold the most"
            return self.rank_by_deed(start, found);
        };
        let measure = match phrase.noun {
            Noun::Table(table) if quantity_word && self.sells_before(start, table) => {
                // "sold the most products" counts pieces, not kinds
                self.doubt(0.8);
                Figure::Measure(Measure::new(Function::Sum, Operand::Concept(Concept::UnitsSold)))
            }
            Noun::Table(table) if quantity_word || says_number => Figure::Measure(Measure::count(table)),
            Noun::Table(table) => {
                // "highest orders" says nothing; "biggest orders" is by size
                let _ = table;
                return false;
            }
            Noun::Concept(concept) if averaged => {
                Figure::Measure(Measure::new(Function::Average, Operand::Concept(concept)))
            }
            Noun::Concept(concept) => Figure::Measure(Measure::new(Function::Sum, Operand::Concept(concept))),
            Noun::Age(column) => Figure::Plain(Operand::Age(column)),
            Noun::Column(column) => {
                let described = self.column(column.column);
                if described.is_quantity() || described.is_date || described.is_year {
                    if totalled && described.is_quantity() {
                        Figure::Measure(Measure::new(Function::Sum, Operand::Column(column)))
                    } else if averaged {
                        Figure::Measure(Measure::new(Function::Average, Operand::Column(column)))
                    } else {
                        Figure::Plain(Operand::Column(column))
                    }
                } else if quantity_word && !described.is_figure_as_text() {
                    Figure::Measure(Measure::new(Function::CountDistinct, Operand::Column(column)))
                } else {
                    return false;
                }
            }
            Noun::Role(_) => return false,
        };
        // "which city has the highest number of customers" ranks; "what is the highest price" is one number
        let is_plain = matches!(measure, Figure::Plain(_));
        if let Figure::Plain(operand) = &measure
            && (both.is_some() || (!subject && !self.who && self.top.is_none()))
        {
            let ends = if found.descending { Function::Maximum } else { Function::Minimum };
            let mut functions = vec![ends];
            if let Some(other) = &both {
                functions.push(if other.descending { Function::Maximum } else { Function::Minimum });
            }
            self.take_adjectives(&phrase);
            self.take_to(phrase.end);
            for function in functions {
                let measure = Measure::new(function, *operand);
                self.note(ReadingKind::Metric, start, phrase.end, self.describe_measure(&measure));
                self.measured(measure);
            }
            return true;
        }
        if both.is_some() {
            return false;
        }
        self.take_adjectives(&phrase);
        self.take_to(phrase.end);
        let described = match &measure {
            Figure::Measure(measure) => self.describe_measure(measure),
            Figure::Plain(operand) => self.describe_operand(*operand),
        };
        self.note(
            ReadingKind::Ranking,
            start,
            phrase.end,
            format!("by {described}, {} first", if found.descending { "highest" } else { "lowest" }),
        );
        let table = match &measure {
            Figure::Measure(measure) => self.measure_table(measure),
            Figure::Plain(operand) => self.operand_table(*operand),
        };
        let limit = self.limit_for_rank(is_plain, start);
        let descending = found.descending;
        self.focus = table.or(self.focus);
        self.set_rank(Rank { by: measure, descending, limit, shown: false, within: Vec::new() });
        true
    }

    /// Whether a verb of selling stands before and `table` is what is sold.
    fn sells_before(&self, start: usize, table: crate::model::TableId) -> bool {
        let model = self.setting.model;
        let verb = (start.saturating_sub(3)..start)
            .any(|at| matches!(self.tokens[at].stem.as_str(), "sell" | "buy" | "purchas" | "order"));
        let lines = crate::figures::line_table(model);
        verb && lines.is_some_and(|lines| {
            lines == table || model.edges.iter().any(|edge| edge.from == lines && edge.to == table)
        }) && self.sales_table() != Some(table)
            && !crate::figures::ways(model, Concept::UnitsSold).is_empty()
    }

    /// How many rows a ranking shows: what "top" says, one for one thing, some for many.
    pub(super) fn limit_for_rank(&mut self, _plain: bool, start: usize) -> u64 {
        if let Some(top) = self.top.take() {
            return top.limit.unwrap_or_else(|| self.one_or_some(start));
        }
        self.one_or_some(start)
    }

    /// One where the noun that is ranked is singular or follows "which", else some.
    pub(super) fn one_or_some(&mut self, start: usize) -> u64 {
        // "which products have the most orders" asks for more than one; "which product has" for one
        let noun = (0..self.tokens.len()).find(|&at| {
            self.links_at(at).iter().any(|link| match link.target {
                Target::Table(table) => Some(table) == self.head_table(),
                Target::Column(column) => {
                    self.query.columns.first().is_some_and(|first| first.column == column)
                }
                _ => false,
            })
        });
        let plural = match noun {
            Some(noun) => self.is_plural(noun + self.links.longest(noun).saturating_sub(1)),
            None => false,
        };
        if plural {
            self.doubt(0.85);
            self.assume(ReadingKind::Ranking, start, start + 1, format!("the first {SHOWN_WITHOUT_NUMBER}"));
            SHOWN_WITHOUT_NUMBER
        } else {
            1
        }
    }

    /// "who spent the most", "which product sold best": the verb before says by what.
    pub(super) fn rank_by_deed(&mut self, start: usize, found: &Superlative) -> bool {
        let verb = (0..start).rev().take(4).find_map(|at| match self.tokens[at].stem.as_str() {
            "spend" => Some((Operand::Concept(Concept::Revenue), at)),
            "sell" | "buy" | "purchas" => Some((Operand::Concept(Concept::UnitsSold), at)),
            "earn" | "mak" => self
                .head_table()
                .or(self.focus)
                .and_then(|table| self.quality_column(Quality::Pay, table))
                .map(|column| (Operand::Column(Ref::new(column)), at)),
            "order" => self.sales_table().map(|table| (Operand::Rows(table), at)),
            "cost" => self
                .head_table()
                .and_then(|table| self.quality_column(Quality::Price, table))
                .map(|column| (Operand::Column(Ref::new(column)), at)),
            _ => None,
        });
        let next = self.tokens.get(found.end).map(|token| token.stem.as_str());
        let verb = verb.or(match next {
            Some("spend") => Some((Operand::Concept(Concept::Revenue), found.end)),
            _ => None,
        });
        let Some((operand, verb_at)) = verb else { return false };
        // what a seller sells most is money, what sells most is pieces
        let sold_itself = self.head_table().is_none_or(|head| {
            self.setting.model.edges.iter().any(|edge| {
                edge.to == head && Some(edge.from) == crate::figures::line_table(self.setting.model)
            })
        });
        let operand = match operand {
            Operand::Concept(Concept::UnitsSold) if !sold_itself => Operand::Concept(Concept::Revenue),
            other => other,
        };
        if matches!(operand, Operand::Concept(concept) if crate::figures::ways(self.setting.model, concept).is_empty())
        {
            return false;
        }
        // the verb was read as a relation of its own: it is the measure instead
        self.drop_scope();
        let by = match operand {
            Operand::Column(_) => Figure::Plain(operand),
            Operand::Rows(table) => Figure::Measure(Measure::count(table)),
            _ => Figure::Measure(Measure::new(Function::Sum, operand)),
        };
        if matches!(operand, Operand::Rows(_) | Operand::Concept(Concept::UnitsSold)) {
            self.doubt(0.8);
        }
        self.note(
            ReadingKind::Ranking,
            verb_at.min(start),
            found.end,
            format!("by {}", self.describe_operand(operand)),
        );
        self.take_to(found.end);
        self.query.measures.clear();
        let limit = self.limit_for_rank(false, start);
        self.set_rank(Rank { by, descending: found.descending, limit, shown: false, within: Vec::new() });
        true
    }

    /// Takes back a relation that holds nothing yet.
    pub(super) fn drop_scope(&mut self) {
        if let Some(scope) = self.scope
            && let Some(crate::query::Filter::Relation(relation)) = self.query.filters.get(scope)
            && relation.filters.is_empty()
            && relation.quantity == crate::query::Quantity::Some
            && scope + 1 == self.query.filters.len()
        {
            self.query.filters.pop();
        }
        self.scope = None;
    }

    /// Measures by which the rows of a table can be ranked, in words this parser reads.
    pub(super) fn measures_to_offer(&self, head: TableId) -> Vec<String> {
        let model = self.setting.model;
        let mut options = Vec::new();
        for (concept, words) in [(Concept::Revenue, "revenue"), (Concept::UnitsSold, "units sold")] {
            if crate::figures::ways(model, concept)
                .iter()
                .any(|(table, _)| *table != head && model.reaches_forward(*table, head))
            {
                options.push(words.to_owned());
            }
        }
        let own = model.tables[head].columns.iter().copied().filter(|&id| model.columns[id].is_quantity());
        options.extend(own.take(2).map(|id| model.columns[id].words.join(" ")));
        options.truncate(4);
        options
    }

    /// What "top 5" is by, once it is known; the head decides how.
    pub(super) fn rank_by(&mut self, by: Figure, end: usize) {
        let start = self.at;
        let Some(top) = self.top.take() else { return };
        let described = match &by {
            Figure::Measure(measure) => self.describe_measure(measure),
            Figure::Plain(operand) => self.describe_operand(*operand),
        };
        self.note(ReadingKind::Ranking, start, end, described);
        let limit = top.limit.unwrap_or_else(|| self.one_or_some(start));
        self.take_to(end);
        self.set_rank(Rank { by, descending: top.descending, limit, shown: true, within: Vec::new() });
    }
}
