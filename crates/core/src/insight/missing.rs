//! What is not there: values, and periods of a series.

use sqlatte_providers::{Column, Row, Value};

use super::{
    Finding, Severity,
    period::{Calendar, Unit},
    phrase::{figure, first_word, list, spoken},
};

/// A share of missing values from here on is worth a look.
const MANY_MISSING: f64 = 0.2;
/// Fewer periods than this make no calendar that one could be missing in.
const MIN_PERIODS: usize = 5;
/// A calendar that skips more than this part of its periods is not meant to hold each.
const MANY_ABSENT: f64 = 0.25;
/// Absent periods told one by one.
const NAMED: usize = 3;

/// Values of a column that are NULL, empty or no numbers, where they are many but not all.
pub(super) fn values(column: &Column, rows: &[Row], index: usize) -> Option<Finding> {
    let of = |holds: &dyn Fn(&Value) -> bool| rows.iter().filter(|row| holds(&row[index])).count();
    let nulls = of(&Value::is_null);
    let empty = of(&|value| value.as_str().is_some_and(|text| text.trim().is_empty()));
    let odd = of(&|value| matches!(value, Value::Float(number) if !number.is_finite()));
    let missing = nulls + empty + odd;
    let share = missing as f64 / rows.len() as f64;
    if missing == rows.len() || share < MANY_MISSING {
        return None;
    }
    let words: Vec<&str> = [(nulls, "missing"), (empty, "empty"), (odd, "not a number")]
        .into_iter()
        .filter_map(|(count, word)| (count > 0).then_some(word))
        .collect();
    Some(
        Finding::new("missing_values", Severity::Warning, 45.0 + 20.0 * share)
            .message(format!(
                "{} is {} in {} of {} rows",
                first_word(&spoken(&column.name)),
                words.join(" or "),
                figure(missing as f64),
                figure(rows.len() as f64)
            ))
            .figure("missing", missing as f64)
            .figure("rows", rows.len() as f64),
    )
}

/// Periods between the first and the last, in order, for which there is no row.
///
/// Weekends are not missed where there are none at all.
pub(super) fn periods(ordinals: &[i64], calendar: &Calendar) -> Option<Finding> {
    let (first, last) = (*ordinals.first()?, *ordinals.last()?);
    let free = |at: i64| calendar.is_weekend(at);
    let weekdays = calendar.unit == Unit::Day && !ordinals.iter().any(|at| free(*at));
    let span = last - first + 1;
    let weekends = if weekdays { 2.0 / 7.0 } else { 0.0 };
    let expected = span as f64 * (1.0 - weekends);
    if ordinals.len() < MIN_PERIODS || (ordinals.len() as f64) < expected * (1.0 - MANY_ABSENT) {
        return None;
    }
    let absent: Vec<i64> = ordinals
        .windows(2)
        .flat_map(|pair| pair[0] + 1..pair[1])
        .filter(|at| !(weekdays && free(*at)))
        .collect();
    if absent.is_empty() {
        return None;
    }
    let expected = ordinals.len() + absent.len();
    let told: Vec<String> = absent.iter().take(NAMED).map(|at| calendar.name(*at)).collect();
    let more = absent.len() - told.len();
    let names = if more == 0 { list(&told) } else { format!("{} and {more} more", told.join(", ")) };
    let verb = if absent.len() == 1 { "has" } else { "have" };
    Some(
        Finding::new("gap", Severity::Warning, 58.0)
            .message(format!(
                "{} {verb} no row: {} of {expected} {} from {} to {}",
                first_word(&names),
                absent.len(),
                if weekdays { "weekdays" } else { calendar.unit.many() },
                calendar.name(first),
                calendar.name(last)
            ))
            .figure("missing", absent.len() as f64)
            .figure("periods", expected as f64),
    )
}
