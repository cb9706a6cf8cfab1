//! Orders: "sorted by price", "newest first", "in alphabetical order".

use sqlatte_core::ReadingKind;

use super::{Parser, nouns::Noun};
use crate::{
    query::{Figure, Function, Measure, Operand, Ref, Sort},
    synonyms::Concept,
    words::{self, Quality},
};

impl Parser<'_> {
    /// "sorted by price descending", "ordered by name", "newest first", "in alphabetical order".
    pub(super) fn sort(&mut self) -> bool {
        let start = self.at;
        if self.word(0) == "ordered"
            && matches!(self.before(1), "was" | "were" | "been" | "are" | "is" | "be" | "being")
        {
            // "were ordered by customers" is a deed
            return false;
        }
        let length = match self.words4(start) {
            [
                "sorted" | "ordered" | "sort" | "order" | "ranked",
                "by" | "in",
                "descending" | "ascending" | "decreasing" | "increasing",
                next,
            ] if next != "order" => {
                let descending = matches!(self.word(2), "descending" | "decreasing");
                let Some((by, end)) = self.figure_at(start + 3) else { return false };
                self.take_to(end);
                self.add_sort(Sort { by, descending });
                return true;
            }
            ["sorted" | "ordered" | "sort" | "order" | "ranked" | "rank" | "arranged", "by" | "on", ..] => 2,
            ["in", "the", "order", "of"] => 4,
            ["in", "order" | "ascending" | "descending", "of" | "by", ..] => 3,
            ["sort" | "order" | "rank", "them" | "it" | "these" | "those" | "the", "by", _] => 3,
            ["sorted" | "ordered", "in" | "from", ..] => 1,
            ["most" | "least", adjective, "first", ..] if words::gradable(adjective).is_some() => {
                let descending = self.word(0) == "most";
                let quality = words::gradable(self.word(1));
                let table = self.head_table().or(self.focus);
                let figure =
                    quality.zip(table).and_then(|(quality, table)| self.figure_of_quality(quality, table));
                let Some((by, turned)) = figure else { return false };
                self.take_to(start + 3);
                self.add_sort(Sort { by, descending: descending != turned });
                return true;
            }
            ["alphabetically", ..] => return self.sort_by_label(start + 1),
            ["in", "ascending" | "descending" | "decreasing" | "increasing", "order", "of" | "by"] => {
                let descending = matches!(self.word(1), "descending" | "decreasing");
                let Some((by, end)) = self.figure_at(start + 4) else { return false };
                self.take_to(end);
                self.add_sort(Sort { by, descending });
                return true;
            }
            ["in", "alphabetical" | "alphabetic" | "lexicographical", "order", "of" | "by"] => {
                let Some((by, end)) = self.figure_at(start + 4) else { return false };
                self.take_to(end);
                self.add_sort(Sort { by, descending: false });
                return true;
            }
            ["in", "alphabetical" | "alphabetic" | "lexicographical", "order", _]
            | ["in", "the", "alphabetical", "order"] => {
                let length = if self.word(1) == "the" { 4 } else { 3 };
                return self.sort_by_label(start + length);
            }
            ["in", "ascending" | "descending" | "decreasing" | "increasing", "order", _] => {
                return self.sort_direction(start + 3, self.word(1).to_owned());
            }
            [
                "from",
                "highest" | "largest" | "most" | "high",
                "to",
                "lowest" | "smallest" | "least" | "low",
            ] => return self.sort_direction(start + 4, "descending".to_owned()),
            [
                "from",
                "lowest" | "smallest" | "least" | "low",
                "to",
                "highest" | "largest" | "most" | "high",
            ] => return self.sort_direction(start + 4, "ascending".to_owned()),
            ["descending" | "ascending", ..] => {
                return self.sort_direction(start + 1, self.word(0).to_owned());
            }
            [word, "first", ..] => return self.first(word.to_owned()),
            ["the", word, "first", _] => {
                let word = word.to_owned();
                self.at += 1;
                let took = self.first(word);
                if !took {
                    self.at -= 1;
                }
                return took;
            }
            _ => return false,
        };
        if self.word(0) == "ordered" && length == 1 {
            return false;
        }
        let at = self.past_articles(start + length);
        let Some((by, end)) = self.figure_at(at) else {
            if length == 1 {
                self.take(1);
                return true;
            }
            return false;
        };
        let (direction, end) = self.direction_at(end);
        let descending = direction.unwrap_or(matches!(by, Figure::Measure(_)) && !self.is_asked(&by));
        self.note(
            ReadingKind::Ranking,
            start,
            end,
            format!(
                "ORDER BY {}",
                match &by {
                    Figure::Measure(measure) => self.describe_measure(measure),
                    Figure::Plain(operand) => self.describe_operand(*operand),
                }
            ),
        );
        self.take_to(end);
        self.add_sort(Sort { by, descending });
        true
    }

    fn is_asked(&self, _by: &Figure) -> bool {
        false
    }

    /// A measure or column at `at`: what rows are ordered or ranked by.
    pub(super) fn figure_at(&self, at: usize) -> Option<(Figure, usize)> {
        let at = self.past_articles(at);
        let function = words::function(self.word_at(at));
        let after = if function.is_some() { self.past_articles(at + 1) } else { at };
        let counts = matches!(self.words4(after), ["number" | "count" | "amount", "of", ..]);
        let noun_at = if counts { after + 2 } else { after };
        let phrase = self.noun_phrase(noun_at, true)?;
        if !phrase.adjectives.is_empty() {
            return None;
        }
        let figure = match (phrase.noun, function, counts) {
            (Noun::Table(table), _, true) | (Noun::Table(table), Some(Function::Sum), _) => {
                Figure::Measure(Measure::count(table))
            }
            (Noun::Concept(concept), Some(Function::Average), _) => {
                Figure::Measure(Measure::new(Function::Average, Operand::Concept(concept)))
            }
            (Noun::Concept(Concept::Revenue), _, true) => {
                Figure::Measure(Measure::count(self.sales_table()?))
            }
            (Noun::Concept(concept), ..) => {
                Figure::Measure(Measure::new(Function::Sum, Operand::Concept(concept)))
            }
            (Noun::Column(column), Some(function), _) if self.column(column.column).is_quantity() => {
                Figure::Measure(Measure::new(function, Operand::Column(column)))
            }
            (Noun::Column(column), _, _) => Figure::Plain(Operand::Column(column)),
            (Noun::Age(column), ..) => Figure::Plain(Operand::Age(column)),
            (Noun::Table(table), ..) => {
                let label = self.setting.model.tables[table].labels.first()?;
                Figure::Plain(Operand::Column(Ref::new(*label)))
            }
            (Noun::Role(_), ..) => return None,
        };
        Some((figure, phrase.end))
    }

    fn direction_at(&self, at: usize) -> (Option<bool>, usize) {
        let at_word = self.past(at, &["in", "the"]);
        match self.words4(at_word) {
            ["descending" | "desc" | "decreasing", "order", ..] => (Some(true), at_word + 2),
            ["ascending" | "asc" | "increasing", "order", ..] => (Some(false), at_word + 2),
            ["descending" | "desc" | "decreasing" | "descendingly", ..] => (Some(true), at_word + 1),
            ["ascending" | "asc" | "increasing", ..] => (Some(false), at_word + 1),
            ["from", "high" | "highest" | "largest", "to", _] => (Some(true), at_word + 4),
            ["from", "low" | "lowest" | "smallest", "to", _] => (Some(false), at_word + 4),
            ["highest" | "largest" | "most" | "newest" | "latest", "first", ..] => (Some(true), at_word + 2),
            ["lowest" | "smallest" | "least" | "oldest" | "earliest", "first", ..] => {
                (Some(false), at_word + 2)
            }
            _ => (None, at),
        }
    }

    fn sort_by_label(&mut self, end: usize) -> bool {
        let Some(column) = self.label_to_sort() else { return false };
        self.take_to(end);
        self.add_sort(Sort { by: Figure::Plain(Operand::Column(column)), descending: false });
        true
    }

    fn label_to_sort(&self) -> Option<Ref> {
        if let Some(column) = self.query.columns.first() {
            return Some(*column);
        }
        let table = self.head_table().or(self.focus)?;
        self.setting.model.tables[table].labels.first().copied().map(Ref::new)
    }

    /// A direction alone turns the order that was asked for before, or orders by the measure.
    fn sort_direction(&mut self, end: usize, word: String) -> bool {
        let descending = matches!(word.as_str(), "descending" | "decreasing");
        let by = match (self.query.sort.last(), self.query.measures.first(), self.last_column) {
            (Some(sort), ..) => sort.by.clone(),
            (_, Some(measure), _) => Figure::Measure(measure.clone()),
            (.., Some(column)) => Figure::Plain(Operand::Column(column)),
            _ => return false,
        };
        self.take_to(end);
        self.query.sort.clear();
        self.add_sort(Sort { by, descending });
        true
    }

    /// "newest first", "cheapest first", "highest first".
    fn first(&mut self, word: String) -> bool {
        let Some((quality, up)) = words::superlative(&word) else { return false };
        let end = self.at + 2;
        if quality == Quality::Bare || quality == Quality::Size {
            return self.sort_direction(end, if up { "descending" } else { "ascending" }.to_owned());
        }
        if quality == Quality::Rating && !self.query.measures.is_empty() {
            return self.sort_direction(end, if up { "descending" } else { "ascending" }.to_owned());
        }
        let quality = if quality == Quality::Age { Quality::Recency } else { quality };
        let up = if quality == Quality::Recency && matches!(word.as_str(), "oldest" | "eldest") {
            false
        } else {
            up
        };
        let Some(table) = self.head_table().or(self.focus) else { return false };
        let Some((by, turned)) = self.figure_of_quality(quality, table) else { return false };
        self.note(ReadingKind::Ranking, self.at, end, "order".to_owned());
        self.take_to(end);
        self.add_sort(Sort { by, descending: up != turned });
        true
    }
}
