//! Rows of figures by period or by store.

use sqlatte_providers::{Row, Value};

use super::text;

/// Months up to the last one that is over.
pub(crate) fn months(figures: &[f64]) -> Vec<Row> {
    let first = 2026 * 12 + 10 - figures.len();
    figures
        .iter()
        .enumerate()
        .map(|(at, figure)| {
            let month = first + at;
            vec![text(&format!("{:04}-{:02}", month / 12, month % 12 + 1)), Value::Float(*figure)]
        })
        .collect()
}

/// Days up to yesterday.
pub(crate) fn days(figures: &[f64]) -> Vec<Row> {
    let last = super::today();
    figures
        .iter()
        .rev()
        .enumerate()
        .map(|(before, figure)| {
            let day = last - chrono::Days::new(before as u64 + 1);
            vec![text(&day.to_string()), Value::Float(*figure)]
        })
        .collect()
}

/// A store for each figure.
pub(crate) fn categories(figures: &[f64]) -> Vec<Row> {
    figures
        .iter()
        .enumerate()
        .map(|(at, figure)| vec![text(&format!("store {at}")), Value::Float(*figure)])
        .collect()
}

/// Quarters up to the last one that is over.
pub(crate) fn quarters(figures: &[f64]) -> Vec<Row> {
    let first = 2026 * 4 + 3 - figures.len();
    let row = |(at, figure): (usize, &f64)| {
        let quarter = first + at;
        vec![text(&format!("{:04}-Q{}", quarter / 4, quarter % 4 + 1)), Value::Float(*figure)]
    };
    figures.iter().enumerate().map(row).collect()
}
