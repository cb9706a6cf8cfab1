//! Figures over time: one series or several, and the period that is not over.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{
    Finding, Severity,
    categories::{self, Categories},
    layout::{Labels, Layout, Measure},
    missing,
    names::Scale,
    period::{Calendar, Timeline},
    phrase::first_word,
    series::{self, Series},
    statistics::Point,
};

/// The kind of finding that says what was left out.
pub(super) const INCOMPLETE: &str = "incomplete_period";

/// Fewer periods than this show nothing.
const MIN_PERIODS: usize = 3;
/// Series looked at one by one; of more, those with the greatest figures.
const MAX_SERIES: usize = 8;
/// Rows whose labels mostly come once are a list with dates, not series.
const MIN_PERIODS_OF_SERIES: f64 = 2.0;

/// What stands out over time.
pub(super) fn findings(layout: &Layout, timeline: &Timeline, today: NaiveDate) -> Vec<Finding> {
    let Timeline { calendar, ordinals } = timeline;
    let running = calendar.running(today);
    let all: BTreeSet<i64> = ordinals.iter().flatten().copied().collect();
    let over: Vec<i64> = all.range(..running).copied().collect();
    let is_series = match &layout.labels {
        // Each label once is a list; each label in many periods are series.
        Some(labels) => labels.of_rows.len() as f64 >= MIN_PERIODS_OF_SERIES * distinct(labels) as f64,
        None => ordinals.iter().flatten().count() == all.len(),
    };
    if !is_series {
        return layout.labels.iter().flat_map(|labels| by_label(layout, labels)).collect();
    }
    if over.len() < MIN_PERIODS {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let series: Vec<Series> = layout
        .measures
        .iter()
        .flat_map(|measure| match &layout.labels {
            Some(labels) => split(measure, labels, ordinals, running),
            None => vec![single(measure, ordinals, running)],
        })
        .filter(|series| series.points.len() >= MIN_PERIODS)
        .collect();
    for one in &series {
        findings.extend(series::findings(one, calendar, series.len()));
    }
    if let Some(labels) = &layout.labels {
        findings.extend(by_label(layout, labels));
    }
    findings.extend(missing::periods(&over, calendar));
    findings.extend(incomplete(&all, running, calendar, findings.is_empty()));
    findings
}

fn distinct(labels: &Labels) -> usize {
    labels.of_rows.iter().collect::<BTreeSet<_>>().len()
}

/// The shares of the labels over all periods, of measures that add up.
fn by_label(layout: &Layout, labels: &Labels) -> Vec<Finding> {
    let once = distinct(labels) == labels.of_rows.len();
    layout
        .measures
        .iter()
        .filter(|measure| once || measure.scale == Scale::Amount)
        .flat_map(|measure| {
            let mut places: BTreeMap<&Option<String>, usize> = BTreeMap::new();
            let mut parts: Vec<(Option<String>, f64)> = Vec::new();
            for (label, value) in labels.of_rows.iter().zip(&measure.values) {
                let Some(value) = value else { continue };
                let place = *places.entry(label).or_insert(parts.len());
                match parts.get_mut(place) {
                    Some(part) => part.1 += value,
                    None => parts.push((label.clone(), *value)),
                }
            }
            categories::findings(&Categories {
                measure: measure.name.clone(),
                label: labels.name.clone(),
                scale: measure.scale,
                parts,
            })
        })
        .collect()
}

fn single(measure: &Measure, ordinals: &[Option<i64>], running: i64) -> Series {
    let points: BTreeMap<i64, f64> = ordinals
        .iter()
        .zip(&measure.values)
        .filter_map(|(at, value)| Some(((*at)?, (*value)?)))
        .filter(|(at, _)| *at < running)
        .collect();
    series(measure.name.clone(), measure.scale, points)
}

fn series(subject: String, scale: Scale, points: BTreeMap<i64, f64>) -> Series {
    Series { subject, scale, points: points.into_iter().map(|(at, value)| Point { at, value }).collect() }
}

/// The whole, where the measure adds up, and the series of the greatest labels.
fn split(measure: &Measure, labels: &Labels, ordinals: &[Option<i64>], running: i64) -> Vec<Series> {
    let name = &measure.name;
    let mut whole: BTreeMap<i64, f64> = BTreeMap::new();
    let mut parts: BTreeMap<&Option<String>, BTreeMap<i64, f64>> = BTreeMap::new();
    for ((at, value), label) in ordinals.iter().zip(&measure.values).zip(&labels.of_rows) {
        let (Some(at), Some(value)) = (at, value) else { continue };
        if *at < running {
            *whole.entry(*at).or_default() += value;
            parts.entry(label).or_default().insert(*at, *value);
        }
    }
    let size = |points: &BTreeMap<i64, f64>| points.values().map(|value| value.abs()).sum::<f64>();
    let mut parts: Vec<(&Option<String>, BTreeMap<i64, f64>)> = parts.into_iter().collect();
    parts.sort_by(|one, other| size(&other.1).total_cmp(&size(&one.1)));
    parts.truncate(MAX_SERIES);
    let total =
        (measure.scale == Scale::Amount).then(|| series(format!("{name} in total"), measure.scale, whole));
    let each = parts.into_iter().map(|(label, points)| {
        let subject = match label {
            Some(label) => format!("{name} for {label}"),
            None => format!("{name} without {}", labels.name),
        };
        series(subject, measure.scale, points)
    });
    total.into_iter().chain(each).collect()
}

/// That the running period, and any after it, are left out.
fn incomplete(all: &BTreeSet<i64>, running: i64, calendar: &Calendar, alone: bool) -> Option<Finding> {
    let left_out: Vec<i64> = all.range(running..).copied().collect();
    let first = first_word(&calendar.name(*left_out.first()?));
    let message = match (left_out.len() - 1, alone) {
        (0, true) => format!("{first} is not over yet, so its figure is not final"),
        (0, false) => format!("{first} is not over yet, so it is left out of the comparison"),
        (more, _) => {
            let periods = if more == 1 { "the one".to_owned() } else { format!("the {more}") };
            format!("{first} and {periods} after it are not over yet, so they are left out of the comparison")
        }
    };
    Some(
        Finding::new(INCOMPLETE, Severity::Info, 10.0)
            .message(message)
            .figure("periods", left_out.len() as f64),
    )
}
