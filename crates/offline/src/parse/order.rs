//! Rankings and orders: "top 5", "most expensive", "with the most orders", "newest first".

use super::{Parser, Top, nouns::Noun};
use crate::{
    dates::small_number,
    lexicon::Target,
    model::TableId,
    query::{Figure, Function, Head, Measure, Operand, Rank, Ref, Sort},
    synonyms::Concept,
    words::{self, Quality},
};

/// How many rows "the most expensive products" shows where no number is given.
const SHOWN_WITHOUT_NUMBER: u64 = 10;

/// "most", "least", "highest" with what follows.
struct Superlative {
    quality: Quality,
    descending: bool,
    end: usize,
}

impl Parser<'_> {
    /// "top 5", "bottom three", "first 10", "5 best".
    pub(super) fn top(&mut self) -> bool {
        let start = self.at;
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
                || (matches!(next, "most" | "least" | "fewest") && self.word_at(start + 1) != "");
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
        let Some((top, end)) = found.filter(|(top, _)| top.limit.is_none_or(|limit| (1..=100_000).contains(&limit))) else { return false };
        self.top = Some(top);
        self.take_to(end);
        true
    }

    /// "5 customers with the most orders", "3 cities with the highest revenue": a number before the head.
    fn counts_heads(&self, at: usize) -> bool {
        if self.query.head.is_some() || !self.query.columns.is_empty() || self.query.counted {
            return false;
        }
        let Some(phrase) = self.noun_phrase(at + 1, false) else { return false };
        let ranked_later = self.tokens[phrase.end..].iter().any(|token| {
            matches!(token.word.as_str(), "most" | "least" | "fewest") || words::superlative(&token.word).is_some()
        });
        matches!(phrase.noun, Noun::Table(_) | Noun::Column(_)) && ranked_later && self.is_plural(phrase.end - 1)
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
                    _ => words::superlative(word).and_then(|(quality, descending)| hit(quality, descending, 1)),
                }
            }
            "longest" if matches!(next, "serving" | "employed" | "tenured") => hit(Quality::Recency, false, 2),
            _ => {
                let (quality, descending) = words::superlative(word)?;
                hit(quality, descending, 1)
            }
        }
    }

    /// "most expensive product", "the highest salary", "spent the most", "with the most orders".
    pub(super) fn superlative(&mut self) -> bool {
        let start = self.at;
        let Some(found) = self.superlative_at(start) else { return false };
        match found.quality {
            Quality::Bare => self.bare_superlative(start, &found),
            quality => self.quality_superlative(start, quality, &found),
        }
    }

    /// "the highest salary", "the most orders", "the lowest and highest price".
    fn bare_superlative(&mut self, start: usize, found: &Superlative) -> bool {
        let mut at = self.past(found.end, &["number", "count", "amount", "of", "the", "total", "overall"]);
        let totalled = (found.end..at).any(|at| matches!(self.word_at(at), "total" | "overall"));
        let averaged = matches!(self.word_at(at), "average" | "avg" | "mean");
        let says_number = self.word_at(found.end) == "number" || self.word_at(at.saturating_sub(1)) == "of";
        if averaged {
            at = self.past(at + 1, &["number", "of", "the"]);
        }
        // "lowest and highest price"
        let both = (self.word_at(at) == "and").then(|| self.superlative_at(self.past(at + 1, &["the"]))).flatten().filter(|other| other.quality == Quality::Bare);
        let noun_at = both.as_ref().map_or(at, |other| other.end);
        let phrase = self.noun_phrase(noun_at, true);
        let subject = self.query.head.is_some() || !self.query.columns.is_empty() || !self.query.groups.is_empty() && self.query.measures.is_empty();
        let quantity_word = matches!(self.word_at(start), "most" | "least" | "fewest");
        let Some(phrase) = phrase else {
            // "who spent the most", "which product sold the most"
            return self.rank_by_deed(start, found);
        };
        let measure = match phrase.noun {
            Noun::Table(table) if quantity_word || says_number => Figure::Measure(Measure::count(table)),
            Noun::Table(table) => {
                // "highest orders" says nothing; "biggest orders" is by size
                let _ = table;
                return false;
            }
            Noun::Concept(concept) if averaged => Figure::Measure(Measure::new(Function::Average, Operand::Concept(concept))),
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
                } else if quantity_word {
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
                self.note(start, phrase.end, self.describe_measure(&measure));
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
        self.note(start, phrase.end, format!("by {described}, {} first", if found.descending { "highest" } else { "lowest" }));
        let table = match &measure {
            Figure::Measure(measure) => self.measure_table(measure),
            Figure::Plain(operand) => self.operand_table(*operand),
        };
        let limit = self.limit_for_rank(is_plain, start);
        let descending = found.descending != self.reversed_top();
        self.focus = table.or(self.focus);
        self.set_rank(Rank { by: measure, descending, limit, within: Vec::new() });
        true
    }

    /// "bottom 5 ... with the most" is nobody's wording; "top 5 with the lowest" is ranked by the lowest.
    fn reversed_top(&mut self) -> bool {
        false
    }

    /// "current employees", "former customers": whether the day they left is known.
    pub(super) fn still_there(&mut self) -> bool {
        let gone = match self.word(0) {
            "current" | "active" | "present" => false,
            "former" | "ex" => true,
            _ => return false,
        };
        let Some(super::nouns::NounPhrase { noun: Noun::Table(table), .. }) = self.noun_phrase(self.at + 1, false) else { return false };
        let model = self.setting.model;
        let left = model.tables[table].columns.iter().copied().find(|&id| {
            let column = &model.columns[id];
            column.is_date && column.nullable && column.has_word(&["left", "end", "ended", "terminated", "closed", "resigned", "termination", "exit"])
        });
        let Some(column) = left else { return false };
        self.note(self.at, self.at + 1, format!("{} is {}missing", model.column_name(column), if gone { "not " } else { "" }));
        self.take(1);
        self.add_filter(crate::query::Filter::Missing { column: Ref::new(column), negated: gone }, Some(table));
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
        self.note(self.at, phrase.end, self.describe_measure(&measure));
        self.take_adjectives(&phrase);
        self.take_to(phrase.end);
        self.when = false;
        self.measured(measure);
        true
    }

    /// How many rows a ranking shows: what "top" says, one for one thing, some for many.
    fn limit_for_rank(&mut self, _plain: bool, start: usize) -> u64 {
        if let Some(top) = self.top.take() {
            return top.limit.unwrap_or_else(|| self.one_or_some(start));
        }
        self.one_or_some(start)
    }

    /// One where the noun that is ranked is singular or follows "which", else some.
    fn one_or_some(&mut self, start: usize) -> u64 {
        // "which products have the most orders" asks for more than one; "which product has" for one
        let noun = (0..self.tokens.len()).find(|&at| {
            self.links_at(at).iter().any(|link| match link.target {
                Target::Table(table) => Some(table) == self.head_table(),
                Target::Column(column) => self.query.columns.first().is_some_and(|first| first.column == column),
                _ => false,
            })
        });
        let plural = match noun {
            Some(noun) => self.is_plural(noun + self.links.longest(noun).saturating_sub(1)),
            None => false,
        };
        if plural {
            self.doubt(0.85);
            self.note(start, start + 1, format!("the first {SHOWN_WITHOUT_NUMBER}"));
            SHOWN_WITHOUT_NUMBER
        } else {
            1
        }
    }

    /// "who spent the most", "which product sold best": the verb before says by what.
    fn rank_by_deed(&mut self, start: usize, found: &Superlative) -> bool {
        let verb = (0..start).rev().take(4).find_map(|at| match self.tokens[at].stem.as_str() {
            "spend" => Some((Operand::Concept(Concept::Revenue), at)),
            "sell" | "buy" | "purchas" => Some((Operand::Concept(Concept::UnitsSold), at)),
            "earn" | "mak" => self.head_table().or(self.focus).and_then(|table| self.quality_column(Quality::Pay, table)).map(|column| (Operand::Column(Ref::new(column)), at)),
            "order" => self.sales_table().map(|table| (Operand::Rows(table), at)),
            "cost" => self.head_table().and_then(|table| self.quality_column(Quality::Price, table)).map(|column| (Operand::Column(Ref::new(column)), at)),
            _ => None,
        });
        let next = self.tokens.get(found.end).map(|token| token.stem.as_str());
        let verb = verb.or_else(|| match next {
            Some("spend") => Some((Operand::Concept(Concept::Revenue), found.end)),
            _ => None,
        });
        let Some((operand, verb_at)) = verb else { return false };
        if matches!(operand, Operand::Concept(concept) if crate::figures::ways(self.setting.model, concept).is_empty()) {
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
        self.note(verb_at.min(start), found.end, format!("by {}", self.describe_operand(operand)));
        self.take_to(found.end);
        self.query.measures.clear();
        let limit = self.limit_for_rank(false, start);
        self.set_rank(Rank { by, descending: found.descending, limit, within: Vec::new() });
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

    /// "the most expensive product", "newest customers", "best-selling", "largest store".
    fn quality_superlative(&mut self, start: usize, quality: Quality, found: &Superlative) -> bool {
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
        let by = match quality {
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
        self.note(start, found.end, format!("by {described}, {} first", if descending { "highest" } else { "lowest" }));
        let limit = match self.top.take() {
            Some(Top { limit: Some(limit), .. }) => limit,
            _ => match plural_at {
                Some(at) if self.is_plural(at) => {
                    self.doubt(0.85);
                    self.note(start, found.end, format!("the first {SHOWN_WITHOUT_NUMBER}"));
                    SHOWN_WITHOUT_NUMBER
                }
                Some(_) => 1,
                None => self.one_or_some(start),
            },
        };
        self.take_to(found.end);
        self.set_rank(Rank { by, descending, limit, within: Vec::new() });
        true
    }

    /// What a quality of the rows of a table is measured by; and whether its upper end is the column's lower end.
    fn figure_of_quality(&self, quality: Quality, head: TableId) -> Option<(Figure, bool)> {
        let model = self.setting.model;
        let concept = |concept| (!crate::figures::ways(model, concept).is_empty()).then_some((Figure::Measure(Measure::new(Function::Sum, Operand::Concept(concept))), false));
        match quality {
            Quality::UnitsSold => concept(Concept::UnitsSold),
            Quality::Revenue => concept(Concept::Revenue),
            Quality::Profit => concept(Concept::Profit),
            Quality::Recency => self.main_date(head).map(|column| (Figure::Plain(Operand::Column(column)), false)),
            Quality::Age => {
                let birth = self.column_with_word(head, &["age"], crate::model::Column::is_quantity).map(|column| (column, false));
                let birth = birth.or_else(|| model.tables[head].columns.iter().copied().find(|&id| model.columns[id].is_birth).map(|column| (column, true)));
                let day = || model.tables[head].columns.iter().copied().find(|&id| model.columns[id].is_year).or(model.tables[head].main_date).map(|column| (column, true));
                let (column, turned) = birth.or_else(day)?;
                Some((Figure::Plain(Operand::Column(Ref::new(column))), turned))
            }
            Quality::Rating => {
                let own = self.column_with_word(head, words::quality_words(quality), crate::model::Column::is_quantity);
                if let Some(column) = own {
                    return Some((Figure::Plain(Operand::Column(Ref::new(column))), false));
                }
                let related = (0..model.tables.len())
                    .filter(|&id| model.reaches_forward(id, head))
                    .min_by(|left, right| model.distance(head, *left).total_cmp(&model.distance(head, *right)).then(left.cmp(right)));
                let _ = related;
                let rated = (0..model.tables.len())
                    .filter(|&id| id != head && model.edges.iter().any(|edge| edge.from == id && edge.to == head))
                    .find_map(|id| self.column_with_word(id, words::quality_words(quality), crate::model::Column::is_quantity))?;
                Some((Figure::Measure(Measure::new(Function::Average, Operand::Column(Ref::new(rated)))), false))
            }
            _ => {
                let fits = |column: &crate::model::Column| column.is_quantity() || column.is_birth;
                let column = self.column_with_word(head, words::quality_words(quality), fits)?;
                Some((Figure::Plain(Operand::Column(Ref::new(column))), false))
            }
        }
    }

    /// "most common job title", "most active customers", "most used payment method".
    fn frequency(&self, next: &Option<super::nouns::NounPhrase>, head: Option<TableId>) -> Option<(Figure, bool)> {
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
    fn ask_for_measure(&mut self, start: usize, end: usize, noun_end: Option<usize>, head: Option<TableId>) {
        let (Some(head), Some(noun_end)) = (head, noun_end) else { return };
        let noun = self.phrase(end, noun_end);
        let count = self.top.and_then(|top| top.limit).unwrap_or(10);
        let rest = self.phrase(noun_end, self.tokens.len());
        let options = self.measures_to_offer(head);
        if options.is_empty() {
            return;
        }
        let rest = rest.trim_end_matches(['?', ' ', '.']).to_owned();
        let options = options.into_iter().map(|measure| format!("Top {count} {noun} by {measure} {rest}").trim().to_owned()).collect();
        self.clarify = Some((format!("By what are the {} {noun} meant?", self.phrase(start, end)), options));
        self.take_to(noun_end);
    }

    /// Measures by which the rows of a table can be ranked, in words this parser reads.
    pub(super) fn measures_to_offer(&self, head: TableId) -> Vec<String> {
        let model = self.setting.model;
        let mut options = Vec::new();
        for (concept, words) in [(Concept::Revenue, "revenue"), (Concept::UnitsSold, "units sold")] {
            if crate::figures::ways(model, concept).iter().any(|(table, _)| *table != head && model.reaches_forward(*table, head)) {
                options.push(words.to_owned());
            }
        }
        let own = model.tables[head].columns.iter().copied().filter(|&id| model.columns[id].is_quantity());
        options.extend(own.take(2).map(|id| model.columns[id].words.join(" ")));
        options.truncate(4);
        options
    }

    /// "sorted by price descending", "ordered by name", "newest first", "in alphabetical order".
    pub(super) fn sort(&mut self) -> bool {
        let start = self.at;
        let length = match self.words4(start) {
            ["sorted" | "ordered" | "sort" | "order" | "ranked" | "rank" | "arranged", "by" | "on", ..] => 2,
            ["in", "order" | "ascending" | "descending", "of" | "by", ..] => 3,
            ["sort" | "order" | "rank", "them" | "it" | "these" | "those" | "the", "by", _] => 3,
            ["sorted" | "ordered", "in" | "from", ..] => 1,
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
            ["in", "alphabetical" | "alphabetic" | "lexicographical", "order", _] | ["in", "the", "alphabetical", "order"] => {
                let length = if self.word(1) == "the" { 4 } else { 3 };
                return self.sort_by_label(start + length);
            }
            ["in", "ascending" | "descending" | "decreasing" | "increasing", "order", _] => {
                return self.sort_direction(start + 3, self.word(1).to_owned());
            }
            ["from", "highest" | "largest" | "most" | "high", "to", "lowest" | "smallest" | "least" | "low"] => return self.sort_direction(start + 4, "descending".to_owned()),
            ["from", "lowest" | "smallest" | "least" | "low", "to", "highest" | "largest" | "most" | "high"] => return self.sort_direction(start + 4, "ascending".to_owned()),
            ["descending" | "ascending", ..] => return self.sort_direction(start + 1, self.word(0).to_owned()),
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
        self.note(start, end, format!("ORDER BY {}", match &by {
            Figure::Measure(measure) => self.describe_measure(measure),
            Figure::Plain(operand) => self.describe_operand(*operand),
        }));
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
            (Noun::Table(table), _, true) | (Noun::Table(table), Some(Function::Sum), _) => Figure::Measure(Measure::count(table)),
            (Noun::Concept(concept), Some(Function::Average), _) => Figure::Measure(Measure::new(Function::Average, Operand::Concept(concept))),
            (Noun::Concept(Concept::Revenue), _, true) => Figure::Measure(Measure::count(self.sales_table()?)),
            (Noun::Concept(concept), ..) => Figure::Measure(Measure::new(Function::Sum, Operand::Concept(concept))),
            (Noun::Column(column), Some(function), _) if self.column(column.column).is_quantity() => Figure::Measure(Measure::new(function, Operand::Column(column))),
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
            ["lowest" | "smallest" | "least" | "oldest" | "earliest", "first", ..] => (Some(false), at_word + 2),
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
        let quality = if quality == Quality::Age { Quality::Recency } else { quality };
        let up = if quality == Quality::Recency && matches!(word.as_str(), "oldest" | "eldest") { false } else { up };
        let Some(table) = self.head_table().or(self.focus) else { return false };
        let Some((by, turned)) = self.figure_of_quality(quality, table) else { return false };
        self.note(self.at, end, "order".to_owned());
        self.take_to(end);
        self.add_sort(Sort { by, descending: up != turned });
        true
    }

    /// What "top 5" is by, once it is known; the head decides how.
    pub(super) fn rank_by(&mut self, by: Figure, end: usize) {
        let start = self.at;
        let Some(top) = self.top.take() else { return };
        let described = match &by {
            Figure::Measure(measure) => self.describe_measure(measure),
            Figure::Plain(operand) => self.describe_operand(*operand),
        };
        self.note(start, end, described);
        let limit = top.limit.unwrap_or_else(|| self.one_or_some(start));
        self.take_to(end);
        self.set_rank(Rank { by, descending: top.descending, limit, within: Vec::new() });
    }

    /// The head or head column of the query as a group.
    pub(super) fn head_is(&self, head: Head) -> bool {
        self.query.head == Some(head)
    }
}
