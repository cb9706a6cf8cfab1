use std::collections::HashSet;

use chrono::{Datelike, NaiveDate};
use sqlatte_providers::{Column, Row};

use crate::chart::{is_time, text_of};

/// One thing that stands out in a result, with its figures in the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insight {
    /// What kind of finding: `change`, `range`, `incomplete_period`, `leader`, `concentration` or `missing_values`.
    pub kind: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// One sentence.
    pub message: String,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth a look.
    Warning,
}

impl Severity {
    /// The name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
        }
    }
}

/// Fewer rows than this have no pattern.
const MIN_ROWS: usize = 3;
/// Findings given at most.
const MAX_INSIGHTS: usize = 4;
/// A share of the whole from here on is a concentration.
const CONCENTRATED: f64 = 0.5;
/// A share of NULLs from here on is worth a look.
const MANY_MISSING: f64 = 0.2;

/// Finds what stands out in a complete result: computed, deterministic, and silent where there is nothing.
///
/// Not for truncated results: half the rows would give wrong shares. The period `today` falls into is not over, so
/// it is compared with no other.
pub fn statistical_insights(columns: &[Column], rows: &[Row], today: NaiveDate) -> Vec<Insight> {
    if rows.len() < MIN_ROWS {
        return Vec::new();
    }
    let time = (0..columns.len()).find(|&index| is_time(columns, rows, index));
    let label = (0..columns.len())
        .find(|&index| Some(index) != time && rows.iter().any(|row| row[index].as_str().is_some()));
    let measure = (0..columns.len()).find(|&index| Some(index) != time && is_measure(columns, rows, index));
    let mut insights = Vec::new();
    if let Some(measure) = measure {
        match (time, label) {
            (Some(time), None) => insights.extend(change(columns, rows, time, measure, today)),
            (None, Some(label)) => insights.extend(leader(columns, rows, label, measure)),
            _ => {}
        }
    }
    insights.extend((0..columns.len()).filter_map(|index| missing(columns, rows, index)));
    insights.truncate(MAX_INSIGHTS);
    insights
}

/// A column's name as the first word of a sentence.
fn first_word(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

fn is_measure(columns: &[Column], rows: &[Row], index: usize) -> bool {
    let name = columns[index].name.to_lowercase();
    name != "id"
        && !name.ends_with("_id")
        && rows.iter().any(|row| row[index].as_f64().is_some())
        && rows.iter().all(|row| row[index].is_null() || row[index].as_f64().is_some_and(f64::is_finite))
}

/// Highest and lowest period, and the change from the first to the last, for one value per period in order.
fn change(columns: &[Column], rows: &[Row], time: usize, measure: usize, today: NaiveDate) -> Vec<Insight> {
    let mut points: Vec<(String, f64)> =
        rows.iter().filter_map(|row| Some((text_of(&row[time]), row[measure].as_f64()?))).collect();
    points.sort_by(|one, other| one.0.cmp(&other.0));
    points.dedup_by(|one, other| one.0 == other.0);
    if points.len() < rows.len() {
        return Vec::new();
    }
    let name = &columns[measure].name;
    let mut insights = Vec::new();
    let running = points.last().map(|last| last.0.clone()).filter(|period| is_running(period, today));
    if running.is_some() {
        points.pop();
    }
    let [first, .., last] = points.as_slice() else { return Vec::new() };
    if points.len() < MIN_ROWS {
        return Vec::new();
    }
    if first.1 > 0.0 {
        let percent = (last.1 / first.1 - 1.0) * 100.0;
        let direction = if percent >= 0.0 { "rose" } else { "fell" };
        insights.push(Insight {
            kind: "change",
            severity: Severity::Info,
            message: format!(
                "{} {direction} {} % from {} ({}) to {} ({})",
                first_word(name),
                figure(percent.abs()),
                first.0,
                figure(first.1),
                last.0,
                figure(last.1)
            ),
        });
    }
    let by_value = |one: &&(String, f64), other: &&(String, f64)| one.1.total_cmp(&other.1);
    if let (Some(high), Some(low)) = (points.iter().max_by(by_value), points.iter().min_by(by_value))
        && high.1 > low.1
    {
        insights.push(Insight {
            kind: "range",
            severity: Severity::Info,
            message: format!(
                "{} was highest in {} ({}) and lowest in {} ({})",
                first_word(name),
                high.0,
                figure(high.1),
                low.0,
                figure(low.1)
            ),
        });
    }
    if let Some(period) = running {
        insights.push(Insight {
            kind: "incomplete_period",
            severity: Severity::Info,
            message: format!("{period} is not over yet, so it is left out of the comparison"),
        });
    }
    insights
}

/// Whether a period, written as a year, quarter, month or day, is the one that `today` falls into.
fn is_running(period: &str, today: NaiveDate) -> bool {
    let quarter = format!("{}-Q{}", today.year(), today.month0() / 3 + 1);
    let day = today.to_string();
    period.eq_ignore_ascii_case(&quarter)
        || [4, 7, 10].iter().any(|&length| day.get(..length) == Some(period))
}

/// The leading category, its distance to the next, and how much of the whole few categories hold.
fn leader(columns: &[Column], rows: &[Row], label: usize, measure: usize) -> Vec<Insight> {
    let mut parts: Vec<(String, f64)> =
        rows.iter().filter_map(|row| Some((text_of(&row[label]), row[measure].as_f64()?))).collect();
    parts.sort_by(|one, other| other.1.total_cmp(&one.1));
    // Rows that repeat a label list things; they do not compare them.
    let labels: HashSet<&str> = parts.iter().map(|part| part.0.as_str()).collect();
    if labels.len() < rows.len() {
        return Vec::new();
    }
    let [first, second, third, ..] = parts.as_slice() else { return Vec::new() };
    let name = &columns[measure].name;
    let mut insights = Vec::new();
    if first.1 > second.1 && second.1 > 0.0 {
        insights.push(Insight {
            kind: "leader",
            severity: Severity::Info,
            message: format!(
                "{} leads with {} {name}, {} % above {}",
                first.0,
                figure(first.1),
                figure((first.1 / second.1 - 1.0) * 100.0),
                second.0
            ),
        });
    }
    let whole: f64 = parts.iter().map(|part| part.1).sum();
    let top = first.1 + second.1 + third.1;
    let additive = parts.iter().all(|part| part.1 >= 0.0) && !is_average(name);
    if additive && parts.len() > 5 && whole > 0.0 && top / whole >= CONCENTRATED {
        insights.push(Insight {
            kind: "concentration",
            severity: Severity::Info,
            message: format!(
                "The top 3 of {} hold {} % of the {name} shown",
                parts.len(),
                figure(top / whole * 100.0)
            ),
        });
    }
    insights
}

/// Averages, shares and prices cannot be added up to a whole.
fn is_average(name: &str) -> bool {
    const WORDS: [&str; 11] =
        ["avg", "average", "mean", "share", "percent", "rate", "ratio", "price", "min", "max", "rating"];
    let name = name.to_lowercase();
    name.split(|one: char| !one.is_alphanumeric()).any(|word| WORDS.contains(&word))
}

fn missing(columns: &[Column], rows: &[Row], index: usize) -> Option<Insight> {
    let nulls = rows.iter().filter(|row| row[index].is_null()).count();
    (nulls > 0 && nulls < rows.len() && nulls as f64 / rows.len() as f64 >= MANY_MISSING).then(|| Insight {
        kind: "missing_values",
        severity: Severity::Warning,
        message: format!("{} is missing in {nulls} of {} rows", first_word(&columns[index].name), rows.len()),
    })
}

/// A number for a sentence: grouped thousands, one decimal where it tells something.
fn figure(value: f64) -> String {
    let decimals = if value.abs() >= 1000.0 { 0 } else { 1 };
    let text = format!("{value:.decimals$}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if fraction.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use sqlatte_providers::{ColumnType, Value};

    use super::*;

    fn messages(names: &[&str], rows: &[(&str, f64)]) -> Vec<String> {
        let columns: Vec<Column> =
            names.iter().map(|name| Column { name: (*name).to_owned(), kind: ColumnType::Unknown }).collect();
        let rows: Vec<Row> = rows
            .iter()
            .map(|(text, value)| vec![Value::Text((*text).to_owned()), Value::Float(*value)])
            .collect();
        statistical_insights(&columns, &rows, NaiveDate::from_ymd_opt(2026, 11, 22).unwrap())
            .into_iter()
            .map(|insight| insight.message)
            .collect()
    }

    #[test]
    fn tells_the_change_over_time_whatever_the_order() {
        let rows = [("2026-03", 150.0), ("2026-01", 100.0), ("2026-02", 80.0)];
        assert_eq!(
            messages(&["month", "revenue"], &rows),
            [
                "Revenue rose 50 % from 2026-01 (100) to 2026-03 (150)",
                "Revenue was highest in 2026-03 (150) and lowest in 2026-02 (80)"
            ]
        );
    }

    #[test]
    fn the_running_period_is_compared_with_no_other() {
        let rows = [("2026-08", 100.0), ("2026-09", 80.0), ("2026-10", 120.0), ("2026-11", 5.0)];
        assert_eq!(
            messages(&["month", "revenue"], &rows),
            [
                "Revenue rose 20 % from 2026-08 (100) to 2026-10 (120)",
                "Revenue was highest in 2026-10 (120) and lowest in 2026-09 (80)",
                "2026-11 is not over yet, so it is left out of the comparison"
            ]
        );
        assert!(
            messages(&["quarter", "revenue"], &[("2026-Q2", 1.0), ("2026-Q3", 2.0), ("2026-Q4", 0.5)])
                .is_empty()
        );
    }

    #[test]
    fn tells_the_leader_and_the_concentration() {
        let rows = [("a", 5000.0), ("b", 4000.0), ("c", 900.0), ("d", 50.0), ("e", 30.0), ("f", 20.0)];
        assert_eq!(
            messages(&["city", "revenue"], &rows),
            ["a leads with 5,000 revenue, 25 % above b", "The top 3 of 6 hold 99 % of the revenue shown"]
        );
        assert_eq!(messages(&["city", "avg_price"], &rows).len(), 1);
    }

    #[test]
    fn is_silent_without_a_pattern() {
        assert!(messages(&["city", "revenue"], &[("a", 1.0), ("b", 1.0)]).is_empty());
        assert!(messages(&["city", "revenue"], &[("a", 1.0), ("b", 1.0), ("c", 1.0)]).is_empty());
        let list = [("Zoë", 10.5), ("Zoë", 4.0), ("Ali", 7.25), ("Ann", 1.0)];
        assert!(messages(&["name", "total"], &list).is_empty());
    }

    #[test]
    fn groups_thousands() {
        assert_eq!(
            [figure(1234567.0), figure(-999.0), figure(12.34), figure(1234.5), figure(100.0)],
            ["1,234,567", "-999", "12.3", "1,234", "100"]
        );
    }
}
