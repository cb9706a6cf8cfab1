//! What a model sees of an answer, and the numbers it can get out of that.

use std::fmt::Write;

use sqlatte_providers::{Row, Value};

use super::{Seen, fenced, numbers::Known};
use crate::Insight;

/// Fewer rows say what they say by themselves.
pub(super) const FEWEST_ROWS: usize = 3;
/// Characters of a cell, and bytes of all rows, that are shown at most.
const LONGEST_CELL: usize = 80;
const MOST_BYTES: usize = 12_000;

/// The findings, numbered, without a row.
pub(super) fn findings(question: &str, computed: &[Insight]) -> String {
    let mut text = asked(question);
    text.push_str("<data kind=\"findings\">\n");
    for (number, finding) in (1..).zip(computed) {
        let figures: Vec<String> =
            finding.figures.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        let (kind, severity) = (finding.kind, finding.severity.name());
        let message = fenced(&finding.message);
        let _ = writeln!(text, "{number}. {kind}, {severity}: {message} [{}]", figures.join(", "));
    }
    text.push_str("</data>");
    text
}

/// The first rows, and the figures of their columns over all rows.
pub(super) fn rows(seen: &Seen<'_>, most: usize) -> String {
    let mut text = asked(seen.question);
    let _ = writeln!(text, "<data kind=\"statement\">\n{}\n</data>", fenced(seen.sql));
    let _ = writeln!(text, "<data kind=\"columns\">\n{} rows", seen.rows.len());
    for (at, column) in seen.columns.iter().enumerate() {
        let _ = write!(text, "{} {}", fenced(&column.name), column.kind.name());
        if let Some(Figures { sum, mean, least, most }) = Figures::of(seen.rows, at) {
            let _ = write!(text, ": sum {sum}, mean {mean}, least {least}, most {most}");
        }
        text.push('\n');
    }
    let shown = shown(seen, most);
    let _ = writeln!(text, "</data>\n<data kind=\"rows\">");
    for row in shown {
        let cells: Vec<String> = row.iter().map(cell).collect();
        let _ = writeln!(text, "{}", fenced(&cells.join(" | ")));
    }
    text.push_str("</data>");
    text
}

/// The numbers that can be got out of what is shown: cells, figures of columns, shares of a sum, and changes from one
/// row to the next and from the first to the last.
pub(super) fn numbers(seen: &Seen<'_>, most: usize) -> Known {
    let mut known = Known::default();
    let shown = shown(seen, most);
    known.add(seen.rows.len() as f64);
    known.add_text(seen.question);
    for value in shown.iter().flat_map(|row| row.iter()) {
        known.add_cell(&cell(value));
    }
    for at in 0..seen.columns.len() {
        let values: Vec<f64> = shown.iter().filter_map(|row| number(row.get(at)?)).collect();
        let figures = Figures::of(seen.rows, at);
        if let Some(Figures { sum, mean, least, most }) = &figures {
            [*sum, *mean, *least, *most, most - least].into_iter().for_each(|value| known.add(value));
        }
        let sum = figures.map_or(0.0, |figures| figures.sum);
        values.iter().for_each(|value| {
            known.add(*value);
            known.add(value / sum);
        });
        let steps = values.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?)));
        let whole = values.first().copied().zip(values.last().copied());
        for (from, to) in steps.chain(whole) {
            known.add(to - from);
            known.add((to - from) / from);
        }
    }
    known
}

fn asked(question: &str) -> String {
    format!("<data kind=\"question\">\n{}\n</data>\n", fenced(question))
}

/// As many of the first rows as are wanted and have room.
fn shown<'a>(seen: &Seen<'a>, most: usize) -> Vec<&'a Row> {
    let mut bytes = 0;
    let fits = |row: &&Row| {
        bytes += row.iter().map(|value| cell(value).len() + 3).sum::<usize>();
        bytes <= MOST_BYTES
    };
    seen.rows.iter().take(most).take_while(fits).collect()
}

/// The figures of a column of numbers.
struct Figures {
    sum: f64,
    mean: f64,
    least: f64,
    most: f64,
}

impl Figures {
    /// Nothing for a column that is not of numbers.
    fn of(rows: &[Row], at: usize) -> Option<Self> {
        let cells = rows.iter().filter_map(|row| row.get(at)).filter(|value| !matches!(value, Value::Null));
        let values: Vec<f64> = cells.map(number).collect::<Option<_>>()?;
        let (first, rest) = values.split_first()?;
        let sum: f64 = values.iter().sum();
        Some(Figures {
            sum,
            mean: sum / values.len() as f64,
            least: rest.iter().copied().fold(*first, f64::min),
            most: rest.iter().copied().fold(*first, f64::max),
        })
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Unsigned(number) => Some(*number as f64),
        Value::Float(number) => Some(*number).filter(|number| number.is_finite()),
        Value::Decimal(text) => text.parse().ok(),
        _ => None,
    }
}

fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => "NULL".to_owned(),
        Value::Bool(yes) => yes.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Unsigned(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Decimal(text) | Value::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Value::Json(json) => json.to_string(),
        Value::Bytes(_) => "[bytes]".to_owned(),
        Value::Array(_) => "[list]".to_owned(),
    };
    text.chars().take(LONGEST_CELL).collect()
}
