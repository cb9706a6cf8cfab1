//! Dates in words: "last month", "Q2 2025", "since March", "the past 30 days".

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::token::{Token, TokenKind};

/// Days from `start` to before `end`; an open side has no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: Option<NaiveDate>,
    pub(crate) end: Option<NaiveDate>,
}

/// The steps of a calendar by which rows are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grain {
    Day,
    Week,
    Month,
    Quarter,
    Year,
    Weekday,
    /// The hour of the day.
    Hour,
}

/// A date phrase: the tokens it takes, what it means, and the size of its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DatePhrase {
    pub(crate) length: usize,
    pub(crate) span: Span,
    pub(crate) grain: Grain,
    /// A number alone, which is a year only where a date is expected.
    pub(crate) bare_year: bool,
    /// The very day of "3 months ago", from which "since" and "before" count; `span` is that whole month.
    pub(crate) day: Option<NaiveDate>,
}

impl Span {
    /// The span in words for people, with its last day included.
    pub(crate) fn describe(&self) -> String {
        let last = self.end.and_then(|end| end.pred_opt());
        match (self.start, last) {
            (Some(start), Some(last)) if start == last => start.to_string(),
            (Some(start), Some(last)) => format!("{start} … {last}"),
            (Some(start), None) => format!("from {start} on"),
            (None, Some(last)) => format!("until {last}"),
            (None, None) => "any time".to_owned(),
        }
    }
}

/// The grain of a calendar word.
pub(crate) fn grain(norm: &str) -> Option<Grain> {
    Some(match norm {
        "day" | "date" | "daily" => Grain::Day,
        "week" | "weekly" => Grain::Week,
        "month" | "monthly" => Grain::Month,
        "quarter" | "quarterly" => Grain::Quarter,
        "year" | "yearly" | "annual" | "annually" => Grain::Year,
        "weekday" => Grain::Weekday,
        "hour" | "hourly" => Grain::Hour,
        _ => return None,
    })
}

/// The month a word names.
pub(crate) fn month(word: &str) -> Option<u32> {
    Some(match word {
        "january" | "jan" => 1,
        "february" | "feb" => 2,
        "march" | "mar" => 3,
        "april" | "apr" => 4,
        "may" => 5,
        "june" | "jun" => 6,
        "july" | "jul" => 7,
        "august" | "aug" => 8,
        "september" | "sept" | "sep" => 9,
        "october" | "oct" => 10,
        "november" | "nov" => 11,
        "december" | "dec" => 12,
        _ => return None,
    })
}

/// A small number in words or digits.
pub(crate) fn small_number(token: &Token) -> Option<u64> {
    if let TokenKind::Number(number) = token.kind {
        return (number.fract() == 0.0 && (0.0..1e9).contains(&number)).then_some(number as u64);
    }
    if token.kind != TokenKind::Word {
        return None;
    }
    Some(match token.word.as_str() {
        "one" => 1,
        "two" => 2,
        "three" => 3,
        "four" => 4,
        "five" => 5,
        "six" => 6,
        "seven" => 7,
        "eight" => 8,
        "nine" => 9,
        "ten" => 10,
        "eleven" => 11,
        "twelve" => 12,
        "fifteen" => 15,
        "twenty" => 20,
        "thirty" => 30,
        "fifty" => 50,
        "hundred" => 100,
        _ => return None,
    })
}

fn ordinal(word: &str) -> Option<u32> {
    Some(match word {
        "first" | "1st" => 1,
        "second" | "2nd" => 2,
        "third" | "3rd" => 3,
        "fourth" | "4th" => 4,
        _ => return None,
    })
}

/// Reads the longest date phrase that begins with the first of these tokens.
pub(crate) fn read(tokens: &[Token], today: NaiveDate) -> Option<DatePhrase> {
    let reader = Reader { tokens, today };
    reader
        .day_words()
        .or_else(|| reader.ago())
        .or_else(|| reader.to_date())
        .or_else(|| reader.relative_count())
        .or_else(|| reader.relative_unit())
        .or_else(|| reader.month_and_day())
        .or_else(|| reader.day_and_month())
        .or_else(|| reader.month_phrase())
        .or_else(|| reader.quarter_phrase())
        .or_else(|| reader.year_phrase())
        .or_else(|| reader.exact_date())
}

struct Reader<'a> {
    tokens: &'a [Token],
    today: NaiveDate,
}

impl Reader<'_> {
    fn word(&self, at: usize) -> &str {
        match self.tokens.get(at) {
            Some(token) if matches!(token.kind, TokenKind::Word | TokenKind::Number(_)) => &token.word,
            _ => "",
        }
    }

    fn norm(&self, at: usize) -> &str {
        self.tokens.get(at).filter(|token| token.kind == TokenKind::Word).map_or("", |token| &token.norm)
    }

    /// Past a "the" or "of" at this place.
    fn past(&self, at: usize, words: &[&str]) -> usize {
        if words.contains(&self.word(at)) { at + 1 } else { at }
    }

    fn year(&self, at: usize) -> Option<i32> {
        let token = self.tokens.get(at)?;
        let number = token.number()?;
        (token.text.len() == 4 && (1900.0..=2100.0).contains(&number) && number.fract() == 0.0)
            .then_some(number as i32)
    }

    fn phrase(&self, length: usize, span: Option<Span>, grain: Grain) -> Option<DatePhrase> {
        Some(DatePhrase { length, span: span?, grain, bare_year: false, day: None })
    }

    /// "2 weeks ago", "a month ago": the whole week or month that many before this one.
    fn ago(&self) -> Option<DatePhrase> {
        let count = match self.word(0) {
            "a" | "an" => 1,
            _ => u32::try_from(small_number(self.tokens.first()?)?).ok().filter(|&count| count > 0)?,
        };
        let unit = grain(self.norm(1)).filter(|unit| *unit < Grain::Weekday)?;
        if self.word(2) != "ago" {
            return None;
        }
        let day = back(self.today, unit, count)?;
        Some(DatePhrase { day: Some(day), ..self.phrase(3, unit_span(day, unit, 0), unit)? })
    }

    fn day_words(&self) -> Option<DatePhrase> {
        let start = self.past(0, &["the"]);
        let near = match (self.word(start), self.word(start + 1), self.word(start + 2)) {
            ("day", "before", "yesterday") => back(self.today, Grain::Day, 2),
            ("day", "after", "tomorrow") => ahead(self.today, Grain::Day, 2),
            _ => None,
        };
        if let Some(day) = near {
            return self.phrase(start + 3, days(day, 1), Grain::Day);
        }
        let day = match self.word(0) {
            "today" => self.today,
            "yesterday" => self.today.pred_opt()?,
            "tomorrow" => self.today.succ_opt()?,
            _ => return None,
        };
        self.phrase(1, days(day, 1), Grain::Day)
    }

    /// "year to date", "so far this year", "this year so far".
    fn to_date(&self) -> Option<DatePhrase> {
        let (length, unit) = match (self.word(0), self.word(1), self.word(2), self.word(3)) {
            ("ytd", ..) => (1, Grain::Year),
            ("mtd", ..) => (1, Grain::Month),
            ("year", "to", "date", _) => (3, Grain::Year),
            ("quarter", "to", "date", _) => (3, Grain::Quarter),
            ("month", "to", "date", _) => (3, Grain::Month),
            ("so", "far", "this", unit) | ("this", unit, "so", "far") => (4, grain(unit)?),
            _ => return None,
        };
        let start = unit_span(self.today, unit, 0)?.start;
        self.phrase(length, Some(Span { start, end: self.today.succ_opt() }), unit)
    }

    /// "last 30 days", "the past three months", "last twelve months", "next 2 weeks".
    fn relative_count(&self) -> Option<DatePhrase> {
        let start = self.past(0, &["the"]);
        let past = match self.word(start) {
            "last" | "past" | "previous" | "recent" => true,
            "next" | "coming" | "following" => false,
            _ => return None,
        };
        let count =
            u32::try_from(small_number(self.tokens.get(start + 1)?)?).ok().filter(|&count| count > 0)?;
        let unit = grain(self.norm(start + 2)).filter(|unit| *unit < Grain::Weekday)?;
        let from = if past { back(self.today, unit, count)? } else { self.today };
        let to = if past { self.today } else { ahead(self.today, unit, count)? };
        self.phrase(start + 3, Some(Span { start: Some(from), end: to.succ_opt() }), unit)
    }

    /// "last month", "this year", "the previous quarter", "past week"; "last year's" too.
    fn relative_unit(&self) -> Option<DatePhrase> {
        let start = self.past(0, &["the"]);
        let offset = match self.word(start) {
            "this" | "current" => 0,
            "last" | "previous" | "past" => -1,
            "next" | "coming" => 1,
            _ => return None,
        };
        let unit = grain(self.word(start + 1)).filter(|unit| *unit < Grain::Weekday)?;
        if matches!(self.word(start + 1), "date" | "daily" | "weekly" | "monthly" | "yearly" | "annual") {
            return None;
        }
        let length = start + 2;
        self.phrase(length, unit_span(self.today, unit, offset), unit)
    }

    /// "March 3, 2025", "march 3rd".
    fn month_and_day(&self) -> Option<DatePhrase> {
        let month = month(self.word(0))?;
        let number =
            self.tokens.get(1)?.number().filter(|day| (1.0..=31.0).contains(day) && day.fract() == 0.0)?;
        let at = if self.tokens.get(2).is_some_and(|token| token.is_mark(",")) { 3 } else { 2 };
        let (year, length) = match self.year(at) {
            Some(year) => (year, at + 1),
            None => (self.latest_year(month), 2),
        };
        self.phrase(length, days(NaiveDate::from_ymd_opt(year, month, number as u32)?, 1), Grain::Day)
    }

    /// "3 March 2025", "3rd of March".
    fn day_and_month(&self) -> Option<DatePhrase> {
        let number =
            self.tokens.first()?.number().filter(|day| (1.0..=31.0).contains(day) && day.fract() == 0.0)?;
        let at = self.past(1, &["of"]);
        let month = month(self.word(at))
            .filter(|_| self.word(at) != "may" || at == 2 || self.year(at + 1).is_some())?;
        let comma = usize::from(self.tokens.get(at + 1).is_some_and(|token| token.is_mark(",")));
        let (year, length) = match self.year(at + 1 + comma) {
            Some(year) => (year, at + 2 + comma),
            None => (self.latest_year(month), at + 1),
        };
        self.phrase(length, days(NaiveDate::from_ymd_opt(year, month, number as u32)?, 1), Grain::Day)
    }

    /// "March", "march 2025", "March of last year", "march this year".
    fn month_phrase(&self) -> Option<DatePhrase> {
        let month = month(self.word(0))?;
        let at = self.past(1, &["of", "in"]);
        let at = if self.tokens.get(at).is_some_and(|token| token.is_mark(",")) { at + 1 } else { at };
        let (year, length) = match (self.year(at), self.word(at), self.word(at + 1)) {
            (Some(year), ..) => (year, at + 1),
            (_, "this", "year") => (self.today.year(), at + 2),
            (_, "last" | "previous", "year") => (self.today.year() - 1, at + 2),
            _ => (self.latest_year(month), 1),
        };
        let start = NaiveDate::from_ymd_opt(year, month, 1)?;
        self.phrase(length, unit_span(start, Grain::Month, 0), Grain::Month)
    }

    /// "Q2 2025", "Q2", "second quarter of 2025", "first half of 2025", "H1 2025".
    fn quarter_phrase(&self) -> Option<DatePhrase> {
        let start = self.past(0, &["the"]);
        let first = self.word(start);
        let mut letters = first.chars();
        let short = match (letters.next(), letters.as_str().parse::<u32>()) {
            (Some('q'), Ok(number @ 1..=4)) => Some((number, 3, start + 1)),
            (Some('h'), Ok(number @ 1..=2)) => Some((number, 6, start + 1)),
            _ => None,
        };
        let (number, months, at) = match short {
            Some(short) => short,
            None => {
                let number = ordinal(first)?;
                match self.word(start + 1) {
                    "quarter" => (number, 3, start + 2),
                    "half" if number <= 2 => (number, 6, start + 2),
                    _ => return None,
                }
            }
        };
        let year_at = self.past(at, &["of", "in"]);
        let (year, length) = match (self.year(year_at), self.word(year_at), self.word(year_at + 1)) {
            (Some(year), ..) => (Some(year), year_at + 1),
            (_, "this", "year") => (Some(self.today.year()), year_at + 2),
            (_, "last" | "previous", "year") => (Some(self.today.year() - 1), year_at + 2),
            _ => (None, at),
        };
        let first_month = (number - 1) * months + 1;
        let year = year.unwrap_or_else(|| self.latest_year(first_month));
        let from = NaiveDate::from_ymd_opt(year, first_month, 1)?;
        let to = from.checked_add_months(Months::new(months))?;
        self.phrase(length, Some(Span { start: Some(from), end: Some(to) }), Grain::Quarter)
    }

    fn year_phrase(&self) -> Option<DatePhrase> {
        let at = self.past(0, &["year"]);
        let year = self.year(at)?;
        let span = unit_span(NaiveDate::from_ymd_opt(year, 1, 1)?, Grain::Year, 0)?;
        Some(DatePhrase { length: at + 1, span, grain: Grain::Year, bare_year: at == 0, day: None })
    }

    fn exact_date(&self) -> Option<DatePhrase> {
        let TokenKind::Date(date) = self.tokens.first()?.kind else { return None };
        self.phrase(1, days(date, 1), Grain::Day)
    }

    /// The year in which this month last began.
    fn latest_year(&self, month: u32) -> i32 {
        if month <= self.today.month() { self.today.year() } else { self.today.year() - 1 }
    }
}

fn days(first: NaiveDate, count: u64) -> Option<Span> {
    Some(Span { start: Some(first), end: Some(first.checked_add_days(Days::new(count))?) })
}

/// The day this many units before.
pub(crate) fn back(day: NaiveDate, unit: Grain, count: u32) -> Option<NaiveDate> {
    match unit {
        Grain::Day => day.checked_sub_days(Days::new(count.into())),
        Grain::Week => day.checked_sub_days(Days::new(u64::from(count) * 7)),
        Grain::Month => day.checked_sub_months(Months::new(count)),
        Grain::Quarter => day.checked_sub_months(Months::new(count.checked_mul(3)?)),
        Grain::Year => day.checked_sub_months(Months::new(count.checked_mul(12)?)),
        Grain::Weekday | Grain::Hour => None,
    }
}

fn ahead(day: NaiveDate, unit: Grain, count: u32) -> Option<NaiveDate> {
    match unit {
        Grain::Day => day.checked_add_days(Days::new(count.into())),
        Grain::Week => day.checked_add_days(Days::new(u64::from(count) * 7)),
        Grain::Month => day.checked_add_months(Months::new(count)),
        Grain::Quarter => day.checked_add_months(Months::new(count.checked_mul(3)?)),
        Grain::Year => day.checked_add_months(Months::new(count.checked_mul(12)?)),
        Grain::Weekday | Grain::Hour => None,
    }
}

/// The calendar unit that holds `day`, or the one `offset` (-1, 0, 1) units away.
pub(crate) fn unit_span(day: NaiveDate, unit: Grain, offset: i32) -> Option<Span> {
    let start = match unit {
        Grain::Day => day,
        Grain::Week => day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into()))?,
        Grain::Month => day.with_day(1)?,
        Grain::Quarter => NaiveDate::from_ymd_opt(day.year(), (day.month() - 1) / 3 * 3 + 1, 1)?,
        Grain::Year => NaiveDate::from_ymd_opt(day.year(), 1, 1)?,
        Grain::Weekday | Grain::Hour => return None,
    };
    let start = match offset {
        0 => start,
        before if before < 0 => back(start, unit, before.unsigned_abs())?,
        after => ahead(start, unit, after.unsigned_abs())?,
    };
    Some(Span { start: Some(start), end: Some(ahead(start, unit, 1)?) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::tokenise;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
    }

    #[test]
    fn reads_phrases() {
        let cases = [
            ("today", "2026-11-22"),
            ("yesterday", "2026-11-21"),
            ("this week", "2026-11-16 … 2026-11-22"),
            ("last week", "2026-11-09 … 2026-11-15"),
            ("last month", "2026-10-01 … 2026-10-31"),
            ("the previous quarter", "2026-07-01 … 2026-09-30"),
            ("last year", "2025-01-01 … 2025-12-31"),
            ("last 30 days", "2026-10-23 … 2026-11-22"),
            ("the past three months", "2026-08-22 … 2026-11-22"),
            ("march", "2026-03-01 … 2026-03-31"),
            ("December", "2025-12-01 … 2025-12-31"),
            ("March 2025", "2025-03-01 … 2025-03-31"),
            ("march of last year", "2025-03-01 … 2025-03-31"),
            ("Q2 2025", "2025-04-01 … 2025-06-30"),
            ("the second quarter of 2024", "2024-04-01 … 2024-06-30"),
            ("first half of 2025", "2025-01-01 … 2025-06-30"),
            ("2024", "2024-01-01 … 2024-12-31"),
            ("2025-03-01", "2025-03-01"),
            ("March 3rd, 2025", "2025-03-03"),
            ("3 March 2025", "2025-03-03"),
            ("the day before yesterday", "2026-11-20"),
            ("two weeks ago", "2026-11-02 … 2026-11-08"),
            ("3 months ago", "2026-08-01 … 2026-08-31"),
            ("a year ago", "2025-01-01 … 2025-12-31"),
            ("year to date", "2026-01-01 … 2026-11-22"),
            ("so far this year", "2026-01-01 … 2026-11-22"),
        ];
        for (words, meaning) in cases {
            let tokens = tokenise(words);
            let phrase = read(&tokens, today()).unwrap_or_else(|| panic!("{words} is not read"));
            assert_eq!((phrase.span.describe().as_str(), phrase.length), (meaning, tokens.len()), "{words}");
        }
    }

    #[test]
    fn leaves_other_words() {
        for words in ["orders", "42", "last 30 orders", "this customer", "99999", "2 weeks", "0 days ago"] {
            assert_eq!(read(&tokenise(words), today()), None, "{words}");
        }
    }
}
