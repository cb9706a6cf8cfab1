//! What stands out in a result, computed from its rows: correct, deterministic, and silent where there is nothing.
//!
//! The figures behind each sentence travel with it. Whoever phrases findings anew needs only them, and no row.

mod categories;
mod lasting;
mod layout;
mod missing;
mod names;
mod outliers;
mod over_time;
mod period;
mod phrase;
mod season;
mod series;
mod statistics;
mod trend;

use chrono::NaiveDate;
use sqlatte_providers::{Column, Row};

use self::categories::Categories;

/// One thing that stands out in a result, with its figures in the message.
#[derive(Debug, Clone, PartialEq)]
pub struct Insight {
    /// What kind of finding: `trend`, `change`, `outlier`, `range`, `gap`, `incomplete_period`, `leader`,
    /// `concentration` or `missing_values`; `summary` is a model's alone.
    pub kind: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// One sentence.
    pub message: String,
    /// The figures of the sentence by name, not rounded: `slope`, `z` and `p` of a trend; `share` of a concentration,
    /// as a part of 1.
    pub figures: Vec<(&'static str, f64)>,
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
const MAX_INSIGHTS: usize = 5;
/// Findings of one kind given at most.
const MAX_OF_A_KIND: usize = 2;
/// What a second finding of a kind weighs less than the first: another kind says more.
const SECOND: f64 = 15.0;

/// A finding, and how much it matters beside the others of its result.
#[derive(Debug)]
struct Finding {
    insight: Insight,
    weight: f64,
}

impl Finding {
    fn new(kind: &'static str, severity: Severity, weight: f64) -> Finding {
        Finding { insight: Insight { kind, severity, message: String::new(), figures: Vec::new() }, weight }
    }

    fn message(mut self, message: String) -> Finding {
        self.insight.message = message;
        self
    }

    fn figure(mut self, name: &'static str, value: f64) -> Finding {
        self.insight.figures.push((name, value));
        self
    }
}

/// Finds what stands out in a complete result, what matters most first, at most five things.
///
/// Not for truncated results: half the rows would give wrong shares. The period `today` falls into is not over, so
/// it is compared with no other.
pub fn statistical_insights(columns: &[Column], rows: &[Row], today: NaiveDate) -> Vec<Insight> {
    if rows.len() < MIN_ROWS || rows.iter().any(|row| row.len() != columns.len()) {
        return Vec::new();
    }
    let layout = layout::read(columns, rows);
    let mut findings = Vec::new();
    if let Some(timeline) = &layout.timeline {
        findings.extend(over_time::findings(&layout, timeline, today));
    } else if let Some(labels) = &layout.labels {
        for measure in &layout.measures {
            let figures = labels.of_rows.iter().zip(&measure.values);
            findings.extend(categories::findings(&Categories {
                measure: measure.name.clone(),
                label: labels.name.clone(),
                scale: measure.scale,
                parts: figures.filter_map(|(label, value)| Some((label.clone(), (*value)?))).collect(),
            }));
        }
    }
    findings.extend((0..columns.len()).filter_map(|index| missing::values(&columns[index], rows, index)));
    ranked(findings)
}

/// The findings that matter most, and always what was left out of them.
fn ranked(mut findings: Vec<Finding>) -> Vec<Insight> {
    let by_weight = |one: &Finding, other: &Finding| other.weight.total_cmp(&one.weight);
    findings.sort_by(by_weight);
    let mut of_kinds: Vec<&'static str> = Vec::new();
    findings.retain_mut(|finding| {
        let kind = finding.insight.kind;
        let before = of_kinds.iter().filter(|one| **one == kind).count();
        of_kinds.push(kind);
        finding.weight -= SECOND * before as f64;
        before < MAX_OF_A_KIND
    });
    findings.sort_by(by_weight);
    let is_note = |finding: &Finding| finding.insight.kind == over_time::INCOMPLETE;
    let notes = findings.iter().filter(|finding| is_note(finding)).count();
    let mut others = 0;
    findings.retain(|finding| {
        others += usize::from(!is_note(finding));
        is_note(finding) || others + notes <= MAX_INSIGHTS
    });
    findings.into_iter().map(|finding| finding.insight).collect()
}
