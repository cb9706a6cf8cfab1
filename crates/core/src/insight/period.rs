use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, Timelike, Weekday};
use sqlatte_providers::{Column, Row, Value};

use super::names::words;

/// How long one period of a series is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Unit {
    /// The periods after which a season comes again, where there is a usual season.
    pub(super) fn cycle(self) -> Option<i64> {
        match self {
            Unit::Hour => Some(24),
            Unit::Day => Some(7),
            Unit::Week => Some(52),
            Unit::Month => Some(12),
            Unit::Quarter => Some(4),
            Unit::Year => None,
        }
    }

    /// One period, with its article.
    pub(super) fn once(self) -> &'static str {
        match self {
            Unit::Hour => "an hour",
            Unit::Day => "a day",
            Unit::Week => "a week",
            Unit::Month => "a month",
            Unit::Quarter => "a quarter",
            Unit::Year => "a year",
        }
    }

    /// Several periods.
    pub(super) fn many(self) -> &'static str {
        match self {
            Unit::Hour => "hours",
            Unit::Day => "days",
            Unit::Week => "weeks",
            Unit::Month => "months",
            Unit::Quarter => "quarters",
            Unit::Year => "years",
        }
    }
}

/// What the text of a cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Year,
    Quarter,
    Month,
    IsoWeek,
    Date,
    Time,
}

/// The calendar a column counts in: each period has a number, and neighbours follow one another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calendar {
    pub(super) unit: Unit,
    /// The day weeks begin on.
    week_start: Weekday,
    /// Whether weeks are written as `2026-W47`.
    iso_weeks: bool,
}

/// The number of each row's period, in a calendar; rows without a time have none.
#[derive(Debug)]
pub(super) struct Timeline {
    pub(super) calendar: Calendar,
    pub(super) ordinals: Vec<Option<i64>>,
}

impl Timeline {
    /// Reads a column that holds periods; `None` where it holds no times, or moments that make no periods.
    pub(super) fn read(columns: &[Column], rows: &[Row], index: usize) -> Option<Timeline> {
        let name = words(&columns[index].name);
        let mut form = None;
        let mut moments = Vec::with_capacity(rows.len());
        for row in rows {
            let read = match &row[index] {
                Value::Null => {
                    moments.push(None);
                    continue;
                }
                Value::Text(text) => moment(text)?,
                Value::Integer(number) => whole_number(*number, &name)?,
                _ => return None,
            };
            if form.is_some_and(|form| form != read.0) {
                return None;
            }
            form = Some(read.0);
            moments.push(Some(read.1));
        }
        let calendar = calendar(form?, &moments)?;
        let ordinals = moments.iter().map(|moment| moment.map(|one| calendar.ordinal(one))).collect();
        Some(Timeline { calendar, ordinals })
    }

    /// Joins a column of years and one of months, quarters or weeks.
    pub(super) fn join(rows: &[Row], year: usize, part: usize, unit: Unit) -> Option<Timeline> {
        let calendar = Calendar { unit, week_start: Weekday::Mon, iso_weeks: true };
        let date = |row: &Row| {
            let year = i32::try_from(whole(&row[year])?).ok()?;
            let part = u32::try_from(whole(&row[part])?).ok()?;
            match unit {
                Unit::Month => NaiveDate::from_ymd_opt(year, part, 1),
                Unit::Quarter => NaiveDate::from_ymd_opt(year, part.checked_mul(3)?.checked_sub(2)?, 1),
                Unit::Week => NaiveDate::from_isoywd_opt(year, part, Weekday::Mon),
                Unit::Hour | Unit::Day | Unit::Year => None,
            }
        };
        let ordinals: Vec<Option<i64>> = rows
            .iter()
            .map(|row| {
                date(row).and_then(|date| date.and_hms_opt(0, 0, 0)).map(|time| calendar.ordinal(time))
            })
            .collect();
        // Week 53 of a year that has 52 and the like: not the calendar it looks like.
        ordinals.iter().all(Option::is_some).then_some(Timeline { calendar, ordinals })
    }
}

impl Calendar {
    fn ordinal(&self, moment: NaiveDateTime) -> i64 {
        let days = i64::from(moment.num_days_from_ce());
        let year = i64::from(moment.year());
        match self.unit {
            Unit::Hour => days * 24 + i64::from(moment.hour()),
            Unit::Day => days,
            Unit::Week => (days - self.week_offset()).div_euclid(7),
            Unit::Month => year * 12 + i64::from(moment.month0()),
            Unit::Quarter => year * 4 + i64::from(moment.month0() / 3),
            Unit::Year => year,
        }
    }

    /// The first period that is not over at the start of a day.
    pub(super) fn running(&self, today: NaiveDate) -> i64 {
        self.ordinal(today.and_time(chrono::NaiveTime::MIN))
    }

    /// The same period a year earlier; for weeks, 52 weeks earlier.
    pub(super) fn year_before(&self, ordinal: i64) -> Option<i64> {
        match self.unit {
            Unit::Month | Unit::Quarter | Unit::Week => self.unit.cycle().map(|cycle| ordinal - cycle),
            Unit::Day => {
                let date = day(ordinal)?.checked_sub_months(Months::new(12))?;
                Some(i64::from(date.num_days_from_ce()))
            }
            Unit::Hour | Unit::Year => None,
        }
    }

    /// Whether a period is a Saturday or a Sunday.
    pub(super) fn is_weekend(&self, ordinal: i64) -> bool {
        self.unit == Unit::Day
            && day(ordinal).is_some_and(|date| matches!(date.weekday(), Weekday::Sat | Weekday::Sun))
    }

    /// The period's name: `2026`, `2026-Q4`, `2026-11`, `2026-W47`, `2026-11-22`, `2026-11-22 14:00`.
    pub(super) fn name(&self, ordinal: i64) -> String {
        match self.unit {
            Unit::Year => ordinal.to_string(),
            Unit::Quarter => format!("{:04}-Q{}", ordinal.div_euclid(4), ordinal.rem_euclid(4) + 1),
            Unit::Month => format!("{:04}-{:02}", ordinal.div_euclid(12), ordinal.rem_euclid(12) + 1),
            Unit::Day => day(ordinal).map_or_else(String::new, |date| date.to_string()),
            Unit::Week => {
                let monday = day(ordinal * 7 + self.week_offset()).unwrap_or_default();
                if self.iso_weeks {
                    let week = monday.iso_week();
                    format!("{:04}-W{:02}", week.year(), week.week())
                } else {
                    format!("the week of {monday}")
                }
            }
            Unit::Hour => {
                let date = day(ordinal.div_euclid(24)).map_or_else(String::new, |date| date.to_string());
                format!("{date} {:02}:00", ordinal.rem_euclid(24))
            }
        }
    }

    /// The period with its preposition: `in 2026-11`, `on 2026-11-22`, `at 2026-11-22 14:00`.
    pub(super) fn when(&self, ordinal: i64) -> String {
        let preposition = match self.unit {
            Unit::Hour => "at",
            Unit::Day => "on",
            Unit::Week | Unit::Month | Unit::Quarter | Unit::Year => "in",
        };
        format!("{preposition} {}", self.name(ordinal))
    }

    /// The day, counted from the first of the era, that is the start of a week.
    fn week_offset(&self) -> i64 {
        // Day 1 of the era was a Monday.
        1 + i64::from(self.week_start.num_days_from_monday())
    }
}

fn day(days: i64) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(days).ok()?)
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(number) => Some(*number),
        Value::Float(number) if number.fract() == 0.0 => Some(*number as i64),
        Value::Decimal(text) | Value::Text(text) => text.strip_suffix(".0").unwrap_or(text).parse().ok(),
        _ => None,
    }
}

/// `2026` in a column of years, `202611` in a column of months.
fn whole_number(number: i64, name: &[String]) -> Option<(Form, NaiveDateTime)> {
    let (year, month) = (number / 100, number % 100);
    let has = |one: &str| name.iter().any(|word| word == one);
    if has("year") && (1900..=2200).contains(&number) {
        return Some((Form::Year, midnight(number, 1, 1)?));
    }
    ((has("month") || has("period") || has("yyyymm")) && (1900..=2200).contains(&year))
        .then(|| midnight(year, month, 1))
        .flatten()
        .map(|moment| (Form::Month, moment))
}

/// Whether a text is a date, or a moment that may be the start of no period.
pub(super) fn is_date(text: &str) -> bool {
    moment(text).is_some_and(|(form, _)| matches!(form, Form::Date | Form::Time))
}

fn midnight(year: i64, month: i64, day: i64) -> Option<NaiveDateTime> {
    let part = |number: i64| u32::try_from(number).ok();
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, part(month)?, part(day)?)?.and_hms_opt(0, 0, 0)
}

/// `2026`, `2026-11`, `2026-Q4`, `2026-W47`, `2026-11-22`, and dates with times, zone or not.
fn moment(text: &str) -> Option<(Form, NaiveDateTime)> {
    let digits = |from: usize, to: usize| {
        let part = text.get(from..to)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<i64>().ok()).flatten()
    };
    let dash = |at: usize| text.as_bytes().get(at) == Some(&b'-');
    let year = digits(0, 4)?;
    match (text.len(), text.as_bytes().get(5)) {
        (4, _) => {
            (1000..3000).contains(&year).then(|| midnight(year, 1, 1)).flatten().map(|at| (Form::Year, at))
        }
        (7, Some(b'Q' | b'q')) if dash(4) => Some((Form::Quarter, midnight(year, digits(6, 7)? * 3 - 2, 1)?)),
        (7, _) if dash(4) => Some((Form::Month, midnight(year, digits(5, 7)?, 1)?)),
        (8, Some(b'W' | b'w')) if dash(4) => {
            let (year, week) = (i32::try_from(year).ok()?, u32::try_from(digits(6, 8)?).ok()?);
            let monday = NaiveDate::from_isoywd_opt(year, week, Weekday::Mon)?;
            Some((Form::IsoWeek, monday.and_hms_opt(0, 0, 0)?))
        }
        (10.., _) if dash(4) && dash(7) => {
            let date = midnight(year, digits(5, 7)?, digits(8, 10)?)?;
            let Some(separator) = text.as_bytes().get(10) else { return Some((Form::Date, date)) };
            if !matches!(separator, b' ' | b'T') {
                return None;
            }
            let part = |at: usize| match text.as_bytes().get(at - 1) {
                Some(b':') => digits(at, at + 2),
                _ => Some(0),
            };
            let (minute, second) = (part(14)?, part(17)?);
            // A fraction of a second is as good as a second: not the start of a period.
            let fraction = text.get(19..).is_some_and(|rest| {
                rest.strip_prefix('.').is_some_and(|rest| {
                    rest.bytes().take_while(u8::is_ascii_digit).any(|digit| digit != b'0')
                })
            });
            let time = date.date().and_hms_opt(
                u32::try_from(digits(11, 13)?).ok()?,
                u32::try_from(minute).ok()?,
                u32::try_from(second.max(i64::from(fraction))).ok()?,
            )?;
            Some((Form::Time, time))
        }
        _ => None,
    }
}

/// The longest period at whose start (or, for months, on whose last day) every moment lies.
fn calendar(form: Form, moments: &[Option<NaiveDateTime>]) -> Option<Calendar> {
    let in_unit = |unit| Calendar { unit, week_start: Weekday::Mon, iso_weeks: true };
    match form {
        Form::Year => return Some(in_unit(Unit::Year)),
        Form::Quarter => return Some(in_unit(Unit::Quarter)),
        Form::Month => return Some(in_unit(Unit::Month)),
        Form::IsoWeek => return Some(in_unit(Unit::Week)),
        Form::Date | Form::Time => {}
    }
    let moments: Vec<NaiveDateTime> = moments.iter().flatten().copied().collect();
    let all = |holds: &dyn Fn(&NaiveDateTime) -> bool| moments.iter().all(holds);
    let first = moments.first()?;
    if !all(&|one| one.minute() == 0 && one.second() == 0) {
        return None;
    }
    if !all(&|one| one.hour() == 0) {
        return Some(in_unit(Unit::Hour));
    }
    // One day alone, or the same one again, says nothing of its length.
    if all(&|one| one == first) {
        return Some(in_unit(Unit::Day));
    }
    let month_end =
        |one: &NaiveDateTime| one.date().checked_add_days(Days::new(1)).is_some_and(|next| next.day() == 1);
    if all(&|one| one.day() == 1) {
        let quarters = all(&|one| one.month0().is_multiple_of(3));
        return Some(in_unit(match quarters {
            true if all(&|one| one.month() == 1) => Unit::Year,
            true => Unit::Quarter,
            false => Unit::Month,
        }));
    }
    if all(&month_end) {
        return Some(in_unit(Unit::Month));
    }
    let week_start = first.weekday();
    if all(&|one| one.weekday() == week_start) {
        return Some(Calendar { unit: Unit::Week, week_start, iso_weeks: false });
    }
    Some(in_unit(Unit::Day))
}
