//! Conditions on dates: "in March", "since 2024", "this year vs last year", "on weekends".

use sqlatte_core::ReadingKind;

use super::Parser;
use crate::{
    dates::{self, DatePhrase, Span},
    query::{Filter, Group, Ref},
};

impl Parser<'_> {
    fn date_at(&self, at: usize) -> Option<DatePhrase> {
        let at_article = self.past(at, &["the"]);
        let tokens = self.tokens.get(at..)?;
        let phrase = dates::read(tokens, self.setting.today).or_else(|| {
            let mut phrase = dates::read(self.tokens.get(at_article..)?, self.setting.today)?;
            phrase.length += at_article - at;
            Some(phrase)
        })?;
        Some(self.in_year_before(at, phrase))
    }

    /// "in March" after a question about 2024 is March 2024.
    fn in_year_before(&self, at: usize, phrase: DatePhrase) -> DatePhrase {
        let word = self.word_at(at);
        let says_no_year = phrase.length == 1 && (dates::month(word).is_some() || word.starts_with('q'));
        let span = self
            .year_before
            .filter(|_| says_no_year)
            .and_then(|year| chrono::Datelike::with_year(&phrase.span.start?, year))
            .and_then(|start| dates::unit_span(start, phrase.grain, 0));
        DatePhrase { span: span.unwrap_or(phrase.span), ..phrase }
    }

    pub(super) fn period(&mut self) -> bool {
        if self.weekdays() {
            return true;
        }
        let start = self.at;
        let unit = self.past(start, &["the", "in", "for"]);
        if self.fragment
            && matches!(self.word_at(unit + 1), "before" | "earlier")
            && self.tokens.get(unit + 2).is_none_or(|token| token.kind == crate::token::TokenKind::Mark)
            && let Some(grain) = dates::grain(self.norm_at(unit))
        {
            self.replaces.earlier = Some(grain);
            self.take_to(unit + 2);
            return true;
        }
        let (preposition, at) = match self.words4(start) {
            // "more than 2 weeks ago" is earlier, "less than 2 weeks ago" is later
            ["more" | "longer", "than", ..] if self.goes_back_from(start + 2) => ("before", start + 2),
            ["over", ..] if self.goes_back_from(start + 1) => ("before", start + 1),
            ["less", "than", ..] if self.goes_back_from(start + 2) => ("since", start + 2),
            ["at", "least", ..] if self.goes_back_from(start + 2) => ("until", start + 2),
            ["prior", "to", ..] => ("before", start + 2),
            ["starting" | "beginning", "in" | "from" | "on" | "with", ..] => ("since", start + 2),
            ["earlier" | "sooner", "than", ..] => ("before", start + 2),
            ["later", "than", ..] => ("after", start + 2),
            ["from", ..] => ("from", start + 1),
            ["on", "or", "after", _] => ("since", start + 3),
            ["on", "or", "before", _] => ("until", start + 3),
            ["in" | "on" | "during" | "for" | "of" | "within" | "at" | "over" | "throughout" | "by", ..] => {
                ("in", start + 1)
            }
            ["since" | "before" | "after" | "until" | "till" | "between", ..] => (self.word(0), start + 1),
            _ => ("", start),
        };
        let preposition = preposition.to_owned();
        let both = self.word_at(at) == "both";
        let at = at + usize::from(both);
        let Some(first) = self.date_at(at) else { return false };
        if first.bare_year && preposition.is_empty() && !self.bare_year_fits(at) {
            return false;
        }
        // "by" and "of" before a plain year only where nothing else can be meant
        let Some((spans, grains, end)) = self.spans(&preposition, first, at) else { return false };
        let joined = spans.len() > 1 && (at..end).any(|at| self.word_at(at) == "and");
        let day_elsewhere =
            self.happening.is_some_and(|day| self.scope_table() != Some(self.column(day.column).table));
        let of_deed = self.scope.is_some() && !day_elsewhere;
        let column = self.happening.take().or_else(|| self.date_column_before(start));
        let versus = self.versus && spans.len() > 1;
        if self.versus && self.fragment && !versus {
            // "compare with 2024": the periods before are not said again
            self.trouble
                .get_or_insert_with(|| "it compares one period with what was asked before".to_owned());
        }
        for span in &spans {
            let counted = self.units_back(at, span).map_or_else(String::new, |units| format!(": {units}"));
            self.note(ReadingKind::DateRange, start, end, format!("{}{counted}", span.describe()));
        }
        self.take_to(end);
        if of_deed && (both || joined) {
            self.versus = false;
            if !(both && self.period_of_each(&spans, column)) {
                self.ask_which_periods(start, at, end, both);
            }
            return true;
        }
        if both && self.query.measures.is_empty() {
            self.trouble.get_or_insert_with(|| "it is not clear what is in both periods".to_owned());
        }
        if versus && of_deed {
            self.trouble.get_or_insert_with(|| "it compares periods of something that was done".to_owned());
        }
        if versus {
            let grain = grains.first().copied().filter(|first| grains.iter().all(|grain| grain == first));
            match grain {
                Some(grain) => self.add_group(Group::Period(column, grain), false),
                None => self.trouble = Some("the periods to compare are of different sizes".to_owned()),
            }
        }
        let negated = std::mem::take(&mut self.negate);
        if negated && of_deed && column.is_none() {
            let set_off = (0..start).rev().find(|&at| !matches!(self.word_at(at), "in" | "not" | "the"));
            let set_off = set_off
                .is_some_and(|at| matches!(self.word_at(at), "but" | "and") || self.tokens[at].is_mark(","));
            if !(set_off && self.period_without(&spans)) {
                self.trouble.get_or_insert_with(|| "it is not clear what is denied".to_owned());
            }
            return true;
        }
        let table = column.map(|column| self.column(column.column).table);
        self.add_filter(Filter::Period { column, spans, negated }, table);
        true
    }

    /// "who ordered in 2024 and 2025": in each of them, or in one?
    fn ask_which_periods(&mut self, start: usize, at: usize, end: usize, both: bool) {
        if both || self.negate {
            self.trouble.get_or_insert_with(|| "it is not clear what is in both periods".to_owned());
            return;
        }
        let (before, after) = (self.phrase(0, start), self.phrase(end, self.tokens.len()));
        let periods = self.phrase(at, end);
        let asked = |periods: String| format!("{before} in {periods} {after}").trim().to_owned();
        self.clarify = Some((
            "Do you mean in each of the periods, or in any of them?".to_owned(),
            vec![asked(format!("both {periods}")), asked(periods.replace(" and ", " or "))],
        ));
    }

    /// Whether "2 weeks ago" stands at this place.
    pub(super) fn goes_back_from(&self, at: usize) -> bool {
        self.date_at(at).is_some_and(|phrase| phrase.day.is_some())
    }

    /// What "the last 7 days" covers, in words: as many days before today, and today.
    fn units_back(&self, at: usize, span: &Span) -> Option<String> {
        let at = self.past(at, &["the"]);
        let count = self.tokens.get(at + 1).and_then(dates::small_number)?;
        let goes_back = matches!(self.word_at(at), "last" | "past" | "previous" | "recent");
        let to_today = span.end == self.setting.today.succ_opt();
        let unit = self.tokens.get(at + 2).map(|token| token.word.as_str())?;
        (goes_back && to_today).then(|| format!("the {count} {unit} before today, and today"))
    }

    /// A year without "in": the last word, or after a figure.
    fn bare_year_fits(&self, at: usize) -> bool {
        let year_is_past = self.number_at(at).is_some_and(|year| (1950.0..=2060.0).contains(&year));
        year_is_past
            && (self.happening.is_some()
                || !self.query.measures.is_empty()
                || self.query.head.is_some()
                || self.fragment)
    }

    /// All spans said here: ranges, lists, comparisons.
    fn spans(
        &mut self,
        preposition: &str,
        first: DatePhrase,
        at: usize,
    ) -> Option<(Vec<Span>, Vec<dates::Grain>, usize)> {
        let after = at + first.length;
        let open = |start, end| Span { start, end };
        let range_to = |parser: &Self, connectors: &[&str]| -> Option<(Span, usize)> {
            if !connectors.contains(&parser.word_at(after)) {
                return None;
            }
            let second = parser.date_at(after + 1)?;
            let mut from = first.span;
            // "between May and July 2025": the year is said once
            if first.length == 1
                && let (Some(start), Some(to)) = (first.span.start, second.span.start)
                && dates::month(parser.word_at(at)).is_some()
                && second.length > 1
            {
                use chrono::Datelike;
                from.start = start.with_year(to.year());
            }
            // "from November to January" ends after it began
            let mut to = second.span.end;
            if let (Some(begin), Some(end)) = (from.start, to)
                && end <= begin
                && second.length == 1
                && first.length == 1
            {
                from.start = begin.checked_sub_months(chrono::Months::new(12));
            }
            if from.start > to {
                to = second.span.end;
            }
            Some((open(from.start, to), after + 1 + second.length))
        };
        if let (Some(day), "since" | "before" | "after" | "until" | "till") = (first.day, preposition) {
            let next = day.succ_opt();
            let span = match preposition {
                "since" => open(Some(day), None),
                "before" => open(None, Some(day)),
                "after" => open(next, None),
                _ => open(None, next),
            };
            return Some((vec![span], vec![dates::Grain::Day], after));
        }
        match preposition {
            "since" => return Some((vec![open(first.span.start, None)], vec![first.grain], after)),
            "before" => return Some((vec![open(None, first.span.start)], vec![first.grain], after)),
            "after" => return Some((vec![open(first.span.end, None)], vec![first.grain], after)),
            "until" | "till" => return Some((vec![open(None, first.span.end)], vec![first.grain], after)),
            "between" => {
                let (span, end) = range_to(self, &["and", "to"])?;
                return Some((vec![span], vec![first.grain], end));
            }
            "from" => {
                if let Some((span, end)) = range_to(self, &["to", "until", "till", "through"]) {
                    return Some((vec![span], vec![first.grain], end));
                }
                if matches!(self.word_at(after), "on" | "onwards" | "onward") {
                    return Some((vec![open(first.span.start, None)], vec![first.grain], after + 1));
                }
            }
            _ => {
                if let Some((span, end)) = range_to(self, &["to", "through", "until"]) {
                    return Some((vec![span], vec![first.grain], end));
                }
            }
        }
        let (mut spans, mut grains, mut end) = (vec![first.span], vec![first.grain], after);
        while spans.len() < 12 {
            let comma = self.tokens.get(end).is_some_and(|token| token.is_mark(","));
            let (next, compares) = match self.words4(end) {
                ["vs" | "versus" | "against", ..] => (end + 1, true),
                ["compared" | "comparing", "to" | "with", ..] => (end + 2, true),
                ["and", ..] => (end + 1, !self.query.measures.is_empty() || self.query.counted),
                ["or", ..] => (end + 1, false),
                _ if comma => (self.past(end + 1, &["and", "or"]), false),
                _ => break,
            };
            let next = if self.tokens.get(end + 1).is_some_and(|token| token.is_mark(".")) && compares {
                next + 1
            } else {
                next
            };
            let next = self.past(next, &["in", "the", "for", "of", "that"]);
            let Some(phrase) = self.date_at(next) else { break };
            self.versus |= compares;
            if phrase.length > 1 && dates::month(self.word_at(next)).is_some() {
                // "January and February 2025": the year is said once
                self.give_year(&mut spans, at, &phrase.span);
            }
            spans.push(phrase.span);
            grains.push(phrase.grain);
            end = next + phrase.length;
        }
        Some((spans, grains, end))
    }

    /// Gives months that were said without a year that of the one after them.
    fn give_year(&self, spans: &mut [Span], at: usize, dated: &Span) {
        use chrono::{Datelike, Months};
        let bare = dates::month(self.word_at(at)).is_some() && self.number_at(at + 1).is_none();
        let Some(year) = dated.start.map(|start| start.year()).filter(|_| bare) else { return };
        for span in spans {
            let Some(back) = span.start.map(|start| start.year() - year) else { continue };
            let months = Months::new(back.unsigned_abs().min(200) * 12);
            let moved = |day: chrono::NaiveDate| {
                if back > 0 { day.checked_sub_months(months) } else { day.checked_add_months(months) }
            };
            *span = Span { start: span.start.and_then(moved), end: span.end.and_then(moved) };
        }
    }

    /// "order date after March": the column said just before is the one the period is about.
    fn date_column_before(&mut self, start: usize) -> Option<Ref> {
        let column = self
            .last_column
            .filter(|column| self.column(column.column).is_date || self.column(column.column).is_year)?;
        let mut at = start;
        while at > 0 && matches!(self.word_at(at - 1), "is" | "was" | "are" | "were" | "of" | "a" | "the") {
            at -= 1;
        }
        let adjacent = (0..at).rev().take(4).any(|from| {
            self.links_at(from).iter().any(|link| {
                from + link.length == at
                    && matches!(link.target, crate::lexicon::Target::Column(other) if other == column.column)
            })
        });
        if adjacent {
            self.unask(column);
            return Some(column);
        }
        None
    }

    fn weekdays(&mut self) -> bool {
        let at = self.past(self.at, &["on", "at", "a", "the", "over", "during"]);
        let days: &[u8] = match self.norm_at(at) {
            "weekend" => &[5, 6],
            "monday" => &[0],
            "tuesday" => &[1],
            "wednesday" => &[2],
            "thursday" => &[3],
            "friday" => &[4],
            "saturday" => &[5],
            "sunday" => &[6],
            _ => return false,
        };
        let column = self.happening.take();
        self.note(ReadingKind::DateRange, self.at, at + 1, self.phrase(at, at + 1));
        self.take_to(at + 1);
        let table = column.map(|column| self.column(column.column).table);
        self.add_filter(Filter::Weekdays { column, days: days.to_vec() }, table);
        true
    }

    /// "compare", "vs": what follows is set side by side.
    pub(super) fn versus(&mut self) -> bool {
        if matches!(self.word(0), "compare" | "comparison" | "versus" | "vs") {
            self.versus = true;
            self.take(1);
            return true;
        }
        false
    }
}
