use std::collections::HashSet;

use sqlatte_providers::{Column, ColumnType, Row, Value};

use super::{
    names::{CalendarPart, Scale, calendar_part, is_code, scale, words},
    period::{Timeline, Unit, is_date},
    phrase::spoken,
};
use crate::chart::text_of;

/// Measures looked at; a wide table's others are only looked at for missing values.
const MAX_MEASURES: usize = 3;
/// Characters of a label told in a sentence.
const LABEL_LENGTH: usize = 60;
/// Figures beyond this cannot be squared and added up.
const LARGEST: f64 = 1e150;

/// What the columns of a result are to its figures.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) timeline: Option<Timeline>,
    /// What each row is about, where there is such a column; `None` for NULL.
    pub(super) labels: Option<Labels>,
    pub(super) measures: Vec<Measure>,
}

/// What each row is about.
#[derive(Debug)]
pub(super) struct Labels {
    /// The column's name, or the names of several.
    pub(super) name: String,
    pub(super) of_rows: Vec<Option<String>>,
}

/// A column of figures.
#[derive(Debug)]
pub(super) struct Measure {
    pub(super) name: String,
    pub(super) scale: Scale,
    /// The figure of each row: NULL, NaN and infinities are none.
    pub(super) values: Vec<Option<f64>>,
}

/// Tells periods, labels and measures apart, by types, values and names.
pub(super) fn read(columns: &[Column], rows: &[Row]) -> Layout {
    let names: Vec<Vec<String>> = columns.iter().map(|column| words(&column.name)).collect();
    let parts: Vec<Option<CalendarPart>> =
        (0..columns.len()).map(|index| part_of(&names[index], rows, index)).collect();
    let (time, timeline) = match timeline(columns, rows, &parts) {
        Some((used, timeline)) => (used, Some(timeline)),
        None => (Vec::new(), None),
    };
    let mut labels = Vec::new();
    let mut measures = Vec::new();
    for index in (0..columns.len()).filter(|index| !time.contains(index)) {
        if parts[index].is_some() {
            labels.push(index);
        } else if let Some(measure) = measure(columns, rows, index, &names[index]) {
            measures.push(measure);
        } else if is_label(&columns[index], rows, index) {
            labels.push(index);
        }
    }
    measures.truncate(MAX_MEASURES);
    // A name says more than a code, and both may name each row.
    labels.sort_by_key(|&index| is_code(&names[index]));
    let ordinals = timeline.as_ref().map(|timeline| timeline.ordinals.as_slice());
    Layout { labels: choose_labels(columns, rows, &labels, &parts, ordinals), timeline, measures }
}

/// A figure that can be reckoned with.
fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Text(text) => text.strip_suffix('%').unwrap_or(text).trim().parse().ok()?,
        value => value.as_f64()?,
    };
    (number.is_finite() && number.abs() < LARGEST).then_some(number)
}

/// The column or columns that hold periods: one of them, or years beside months, quarters or weeks.
fn timeline(
    columns: &[Column],
    rows: &[Row],
    parts: &[Option<CalendarPart>],
) -> Option<(Vec<usize>, Timeline)> {
    let of = |part| parts.iter().position(|one| *one == Some(part));
    if let Some(year) = of(CalendarPart::Year) {
        let units = [
            (CalendarPart::Month, Unit::Month),
            (CalendarPart::Quarter, Unit::Quarter),
            (CalendarPart::Week, Unit::Week),
        ];
        for (part, unit) in units {
            if let Some(part) = of(part)
                && let Some(timeline) = Timeline::join(rows, year, part, unit)
            {
                return Some((vec![year, part], timeline));
            }
        }
    }
    (0..columns.len())
        .find_map(|index| Timeline::read(columns, rows, index).map(|timeline| (vec![index], timeline)))
}

fn part_of(name: &[String], rows: &[Row], index: usize) -> Option<CalendarPart> {
    let mut range: Option<(i64, i64)> = None;
    for row in rows {
        let number = match &row[index] {
            Value::Null => continue,
            Value::Integer(number) => *number,
            other => {
                let number = number(other)?;
                if number.fract() != 0.0 || number.abs() > 1e6 {
                    return None;
                }
                number as i64
            }
        };
        let (least, most) = range.unwrap_or((number, number));
        range = Some((least.min(number), most.max(number)));
    }
    let (least, most) = range?;
    calendar_part(name, least, most)
}

fn measure(columns: &[Column], rows: &[Row], index: usize, name: &[String]) -> Option<Measure> {
    if is_code(name) || columns[index].kind.is_temporal() {
        return None;
    }
    let mut values = Vec::with_capacity(rows.len());
    let (mut texts, mut percent) = (0, false);
    for row in rows {
        values.push(match &row[index] {
            Value::Null => None,
            Value::Text(text) => {
                if !is_written_number(text) {
                    return None;
                }
                texts += 1;
                percent |= text.ends_with('%');
                number(&row[index])
            }
            value if value.as_f64().is_some() => number(value),
            _ => return None,
        });
    }
    if values.iter().all(Option::is_none) || (texts > 0 && are_codes(columns[index].kind, rows, index)) {
        return None;
    }
    let scale = if percent { Scale::Percent } else { scale(name) };
    Some(Measure { name: spoken(&columns[index].name), scale, values })
}

/// Whether a text is a number as databases write them: no leading zeros, which codes have.
fn is_written_number(text: &str) -> bool {
    let text = text.strip_suffix('%').unwrap_or(text).trim_end();
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.starts_with(|first: char| first.is_ascii_digit())
        && (!digits.starts_with('0') || digits.len() == 1 || digits.starts_with("0."))
        && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
        && text.parse::<f64>().is_ok()
}

/// Whether numbers kept as text are rather codes, such as postcodes: whole, and all of one length.
fn are_codes(kind: ColumnType, rows: &[Row], index: usize) -> bool {
    let lengths: HashSet<usize> = rows.iter().filter_map(|row| row[index].as_str()).map(str::len).collect();
    let whole = rows
        .iter()
        .filter_map(|row| row[index].as_str())
        .all(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    !kind.is_numeric() && whole && lengths.len() == 1 && lengths.iter().all(|&length| length > 3)
}

fn is_label(column: &Column, rows: &[Row], index: usize) -> bool {
    let is_name = |value: &Value| match value {
        Value::Text(text) => !is_date(text),
        Value::Bool(_) => true,
        _ => false,
    };
    rows.iter().any(|row| is_name(&row[index]))
        && !matches!(
            column.kind,
            ColumnType::Date
                | ColumnType::Time
                | ColumnType::Timestamp
                | ColumnType::TimestampTz
                | ColumnType::Interval
        )
}

/// The first column that names each row (in each period) once, or two that do so together.
fn choose_labels(
    columns: &[Column],
    rows: &[Row],
    candidates: &[usize],
    parts: &[Option<CalendarPart>],
    ordinals: Option<&[Option<i64>]>,
) -> Option<Labels> {
    let read = |index: usize| -> Vec<Option<String>> {
        let name = spoken(&columns[index].name);
        rows.iter()
            .map(|row| match &row[index] {
                Value::Null => None,
                value if parts[index].is_some() => Some(format!("{name} {}", text_of(value))),
                value => Some(shortened(&text_of(value))),
            })
            .collect()
    };
    let names_each_once = |labels: &[Option<String>]| {
        let mut seen = HashSet::with_capacity(labels.len());
        labels.iter().enumerate().all(|(row, label)| seen.insert((ordinals.and_then(|all| all[row]), label)))
    };
    // The same word in every row tells nothing apart.
    let readings: Vec<(usize, Vec<Option<String>>)> = candidates
        .iter()
        .map(|&index| (index, read(index)))
        .filter(|(_, labels)| labels.iter().any(|label| *label != labels[0]))
        .collect();
    if let Some((index, labels)) = readings.iter().find(|(_, labels)| names_each_once(labels)) {
        return Some(Labels { name: spoken(&columns[*index].name), of_rows: labels.clone() });
    }
    let [(one, first), (other, second)] = readings.as_slice() else { return None };
    let together: Vec<Option<String>> = first
        .iter()
        .zip(second)
        .map(|pair| match pair {
            (None, None) => None,
            (first, second) => {
                let text = |label: &Option<String>| label.clone().unwrap_or_else(|| "(none)".to_owned());
                Some(format!("{} / {}", text(first), text(second)))
            }
        })
        .collect();
    names_each_once(&together).then(|| Labels {
        name: format!("{} and {}", spoken(&columns[*one].name), spoken(&columns[*other].name)),
        of_rows: together,
    })
}

fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LABEL_LENGTH {
        return line;
    }
    line.chars().take(LABEL_LENGTH - 1).chain(['…']).collect()
}
