use std::collections::HashSet;

use sqlatte_providers::{Column, Row, Value};

/// A picture of a result: which columns, drawn how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// The kind of picture.
    pub kind: ChartKind,
    /// The column along the axis, or the one value of a single figure.
    pub x: String,
    /// The columns drawn as values.
    pub y: Vec<String>,
    /// The column that splits the values into series.
    pub series: Option<String>,
}

/// The kinds of picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChartKind {
    /// One figure.
    Kpi,
    /// Standing bars.
    Bar,
    /// Lying bars, for long labels.
    HorizontalBar,
    /// A line over time.
    Line,
    /// A circle of shares.
    Pie,
    /// Points of two numbers.
    Scatter,
}

impl ChartKind {
    /// The name in answers.
    pub fn name(self) -> &'static str {
        match self {
            ChartKind::Kpi => "kpi",
            ChartKind::Bar => "bar",
            ChartKind::HorizontalBar => "hbar",
            ChartKind::Line => "line",
            ChartKind::Pie => "pie",
            ChartKind::Scatter => "scatter",
        }
    }
}

/// More categories than this make bars unreadable.
const MAX_BARS: usize = 30;
/// More slices than this make a circle unreadable.
const MAX_SLICES: usize = 6;
/// Labels longer than this, in characters, do not fit under standing bars.
const LONG_LABEL: usize = 14;
/// More lines than this cannot be told apart.
const MAX_SERIES: usize = 8;

/// Whole numbers further apart than this many times their count are amounts, not places in an order.
const SPARSEST: f64 = 4.0;
/// How far shares that were rounded may miss their whole.
const ROUNDING: f64 = 0.01;

/// Chooses the picture that suits a result, or none. `complete` says that the rows are all there are.
///
/// One figure alone is shown as a figure; values over time as a line; shares that make up a whole as a circle when
/// there are few; values by category as bars, also where the categories are small whole numbers, such as weekdays;
/// two other numbers as points. Names of things (`id`, `customer_id`) are not values.
pub fn choose_chart(columns: &[Column], rows: &[Row], complete: bool) -> Option<Chart> {
    let first = rows.first()?;
    let is_value = |index: usize| {
        !is_identifier(&columns[index].name)
            && rows.iter().any(|row| row[index].as_f64().is_some())
            && rows.iter().all(|row| row[index].is_null() || row[index].as_f64().is_some())
    };
    let values: Vec<usize> =
        (0..columns.len()).filter(|&index| is_value(index) && !is_time(columns, rows, index)).collect();
    let name = |index: usize| columns[index].name.clone();
    let chart = |kind, x: usize, y: &[usize], series: Option<usize>| {
        Some(Chart {
            kind,
            x: name(x),
            y: y.iter().map(|&index| name(index)).collect(),
            series: series.map(name),
        })
    };

    if rows.len() == 1 {
        // Figures side by side read better in the table.
        return match (values.as_slice(), columns.len()) {
            (&[value], 1) if !first[value].is_null() => chart(ChartKind::Kpi, value, &[value], None),
            _ => None,
        };
    }
    if values.is_empty() {
        return None;
    }
    if let Some(time) = (0..columns.len()).find(|&index| is_time(columns, rows, index)) {
        let labels: Vec<usize> =
            (0..columns.len()).filter(|&index| index != time && is_label(rows, index)).collect();
        return match labels.as_slice() {
            [] => chart(ChartKind::Line, time, &values, None),
            &[series] if distinct(rows, series) <= MAX_SERIES => {
                chart(ChartKind::Line, time, &values[..1], Some(series))
            }
            _ => None,
        };
    }
    if let Some(label) = (0..columns.len()).find(|&index| is_label(rows, index)) {
        if rows.len() > MAX_BARS || distinct(rows, label) < rows.len() {
            return None;
        }
        // What stands before a name numbers it; what is measured follows.
        let &value = values.iter().find(|&&index| index > label).or(values.first())?;
        if complete && rows.len() <= MAX_SLICES && are_shares(&name(value), rows, value) {
            return chart(ChartKind::Pie, label, &[value], None);
        }
        let long = rows.iter().any(|row| text_of(&row[label]).chars().count() > LONG_LABEL);
        let kind = if long { ChartKind::HorizontalBar } else { ChartKind::Bar };
        // Bars of unlike size (revenue beside a count) hide each other.
        return chart(kind, label, &[value], None);
    }
    if let Some(&place) = values.iter().find(|&&index| is_place(rows, index)) {
        let &value = values.iter().find(|&&index| index != place)?;
        return chart(ChartKind::Bar, place, &[value], None);
    }
    match values.as_slice() {
        &[x, y] => chart(ChartKind::Scatter, x, &[y], None),
        _ => None,
    }
}

/// Whether values are the parts of one whole: shares by their name that add up to 1 or to 100.
///
/// Rates and averages by category share nothing out, and counts and sums are easier to compare as bars.
fn are_shares(name: &str, rows: &[Row], index: usize) -> bool {
    let name = name.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if !says(&["share", "percent", "pct"]) || says(&["rate", "ratio", "avg", "average", "mean"]) {
        return false;
    }
    let mut sum = 0.0;
    for row in rows {
        match row[index].as_f64() {
            Some(share) if share >= 0.0 => sum += share,
            _ => return false,
        }
    }
    [1.0, 100.0].iter().any(|whole| (sum - whole).abs() <= whole * ROUNDING)
}

/// Whether a column holds places in an order, each once: weekdays, months, hours, floors, stars.
fn is_place(rows: &[Row], index: usize) -> bool {
    if rows.len() > MAX_BARS || distinct(rows, index) < rows.len() {
        return false;
    }
    let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
    for row in rows {
        match row[index].as_f64() {
            Some(place) if place.fract() == 0.0 => (least, most) = (least.min(place), most.max(place)),
            _ => return false,
        }
    }
    most - least <= SPARSEST * rows.len() as f64
}

/// Whether a column names rows rather than measuring them.
fn is_identifier(name: &str) -> bool {
    let name = name.to_lowercase();
    name == "id" || name.ends_with("_id") || name.ends_with(" id")
}

/// Whether a column runs along a calendar: by its type, or by every value being a year, a month or a date.
pub(crate) fn is_time(columns: &[Column], rows: &[Row], index: usize) -> bool {
    if columns[index].kind.is_temporal() {
        return true;
    }
    let name = columns[index].name.to_lowercase();
    let mut any = false;
    for row in rows {
        let fits = match &row[index] {
            Value::Null => continue,
            Value::Integer(year) => name.contains("year") && (1900..=2200).contains(year),
            Value::Text(text) => is_calendar_text(text),
            _ => false,
        };
        if !fits {
            return false;
        }
        any = true;
    }
    any
}

/// `2026`, `2026-11`, `2026-Q4`, `2026-W47`, `2026-11-22` and dates with times.
fn is_calendar_text(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits =
        |from: usize, to: usize| bytes.get(from..to).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    digits(0, 4)
        && match bytes.len() {
            4 => matches!(bytes[0], b'1' | b'2'),
            7 if matches!(bytes[5], b'Q' | b'q') => bytes[4] == b'-' && digits(6, 7),
            7 => bytes[4] == b'-' && digits(5, 7),
            8 => bytes[4] == b'-' && matches!(bytes[5], b'W' | b'w') && digits(6, 8),
            10.. => bytes[4] == b'-' && digits(5, 7) && bytes[7] == b'-' && digits(8, 10),
            _ => false,
        }
}

fn is_label(rows: &[Row], index: usize) -> bool {
    rows.iter().any(|row| matches!(row[index], Value::Text(_) | Value::Bool(_)))
}

fn distinct(rows: &[Row], index: usize) -> usize {
    rows.iter().map(|row| text_of(&row[index])).collect::<HashSet<_>>().len()
}

/// A value as a label.
pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::Null => "(none)".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Unsigned(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Decimal(text) | Value::Text(text) => text.clone(),
        Value::Bytes(bytes) => format!("{} bytes", bytes.len()),
        Value::Json(json) => json.to_string(),
        Value::Array(values) => values.iter().map(text_of).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use sqlatte_providers::ColumnType;

    use super::*;

    fn columns(names: &[&str]) -> Vec<Column> {
        names.iter().map(|name| Column { name: (*name).to_owned(), kind: ColumnType::Unknown }).collect()
    }

    fn text(value: &str) -> Value {
        Value::Text(value.to_owned())
    }

    fn kind(names: &[&str], rows: &[Row]) -> Option<ChartKind> {
        choose_chart(&columns(names), rows, true).map(|chart| chart.kind)
    }

    #[test]
    fn one_figure_stands_alone() {
        assert_eq!(kind(&["orders"], &[vec![Value::Integer(7)]]), Some(ChartKind::Kpi));
        assert_eq!(kind(&["orders"], &[vec![Value::Null]]), None);
        assert_eq!(kind(&["orders"], &[]), None);
    }

    #[test]
    fn months_make_a_line_and_categories_make_bars() {
        let months = [vec![text("2026-01"), Value::Float(1.0)], vec![text("2026-02"), Value::Float(2.0)]];
        assert_eq!(kind(&["month", "revenue"], &months), Some(ChartKind::Line));
        let cities = [vec![text("Berlin"), Value::Integer(4)], vec![text("İstanbul"), Value::Integer(9)]];
        assert_eq!(kind(&["city", "orders"], &cities), Some(ChartKind::Bar));
        let long =
            [vec![text("Ethiopia Yirgacheffe 250 g"), Value::Integer(4)], vec![text("b"), Value::Integer(9)]];
        assert_eq!(kind(&["product", "orders"], &long), Some(ChartKind::HorizontalBar));
    }

    #[test]
    fn names_of_things_are_not_values() {
        let rows = [vec![text("a"), Value::Integer(4)], vec![text("b"), Value::Integer(9)]];
        assert_eq!(kind(&["name", "customer_id"], &rows), None);
    }

    #[test]
    fn a_series_splits_a_line() {
        let rows = [
            vec![text("2026-01"), text("online"), Value::Integer(4)],
            vec![text("2026-01"), text("store"), Value::Integer(9)],
        ];
        let chart = choose_chart(&columns(&["month", "channel", "orders"]), &rows, true).unwrap();
        assert_eq!((chart.kind, chart.series.as_deref()), (ChartKind::Line, Some("channel")));
    }

    #[test]
    fn only_shares_of_a_whole_make_a_circle() {
        let by_channel = |name: &str, values: [f64; 3], complete: bool| {
            let rows: Vec<Row> = ["web", "store", "phone"]
                .iter()
                .zip(values)
                .map(|(channel, value)| vec![text(channel), Value::Float(value)])
                .collect();
            choose_chart(&columns(&["channel", name]), &rows, complete).map(|chart| chart.kind)
        };
        assert_eq!(by_channel("share", [0.5, 0.3, 0.2], true), Some(ChartKind::Pie));
        assert_eq!(by_channel("percent_of_orders", [33.3, 33.3, 33.3], true), Some(ChartKind::Pie));
        assert_eq!(by_channel("share", [0.5, 0.3, 0.2], false), Some(ChartKind::Bar));
        for (name, values) in [
            ("share_of_returned_orders", [0.05, 0.03, 0.02]),
            ("share", [1.2, -0.3, 0.1]),
            ("ratio", [0.5, 0.3, 0.2]),
            ("return_rate_percent", [50.0, 30.0, 20.0]),
            ("average_share", [0.5, 0.3, 0.2]),
            ("average_duration", [50.0, 30.0, 20.0]),
            ("orders", [5.0, 3.0, 2.0]),
        ] {
            assert_eq!(by_channel(name, values, true), Some(ChartKind::Bar), "{name}");
        }
    }

    #[test]
    fn small_whole_numbers_are_categories() {
        let rows = |pairs: &[(i64, f64)]| -> Vec<Row> {
            pairs.iter().map(|&(x, y)| vec![Value::Integer(x), Value::Float(y)]).collect()
        };
        let weekdays = rows(&[(0, 15806.1), (1, 12894.98), (2, 9000.5), (6, 11.0)]);
        assert_eq!(kind(&["weekday", "revenue"], &weekdays), Some(ChartKind::Bar));
        let floors =
            [vec![Value::Integer(4), Value::Integer(-1)], vec![Value::Integer(2), Value::Integer(3)]];
        let chart = choose_chart(&columns(&["doctors", "floor"]), &floors, true).unwrap();
        assert_eq!((chart.kind, chart.x.as_str()), (ChartKind::Bar, "doctors"));
        let decimals = [
            vec![Value::Decimal("1".to_owned()), Value::Integer(40)],
            vec![Value::Decimal("2".to_owned()), Value::Integer(3)],
        ];
        assert_eq!(kind(&["extract", "orders"], &decimals), Some(ChartKind::Bar));
    }

    #[test]
    fn two_measures_are_points() {
        let rows = |pairs: &[(i64, f64)]| -> Vec<Row> {
            pairs.iter().map(|&(x, y)| vec![Value::Integer(x), Value::Float(y)]).collect()
        };
        assert_eq!(
            kind(&["weight", "price"], &rows(&[(250, 7.5), (500, 14.2), (1000, 26.5)])),
            Some(ChartKind::Scatter)
        );
        assert_eq!(
            kind(&["age", "income"], &rows(&[(30, 7.5), (30, 14.2), (31, 26.5)])),
            Some(ChartKind::Scatter)
        );
    }

    #[test]
    fn a_number_before_a_name_is_not_what_is_measured() {
        let rows = [
            vec![Value::Integer(1), text("House Blend"), Value::Integer(90)],
            vec![Value::Integer(2), text("Mocha"), Value::Integer(70)],
        ];
        let chart = choose_chart(&columns(&["rank", "product", "orders"]), &rows, true).unwrap();
        assert_eq!((chart.x.as_str(), chart.y), ("product", vec!["orders".to_owned()]));
        let chart = choose_chart(&columns(&["orders", "product", "customer_id"]), &rows, true).unwrap();
        assert_eq!(chart.y, ["orders"]);
    }
}
