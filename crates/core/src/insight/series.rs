//! What a series over time tells: its trend, its last change, figures that stand out, its range.

use super::{
    Finding, Severity,
    names::Scale,
    outliers::{is_unusual_step, outliers},
    period::{Calendar, Unit},
    phrase::{amount, comparison, figure, first_word, list, probability},
    season::is_seasonal,
    statistics::{Point, median},
    trend::trend,
};

/// Shorter series have no trend: five rising figures in a row are not rare enough.
const MIN_TREND: usize = 6;
/// Shorter series have no usual scatter to stand out from.
const MIN_SCATTER: usize = 8;
/// A series without a trend passes for one this often at most, all series of a result together.
const TREND_ALARMS: f64 = 0.01;
/// A trend that changes less than this part of the usual figure over the whole series is not worth telling.
const MIN_TREND_EFFECT: f64 = 0.05;
/// A figure nearer than this part of what was expected is not worth telling.
const MIN_OUTLIER_EFFECT: f64 = 0.01;
/// Outliers told one by one.
const NAMED: usize = 3;

/// A series in the order of time, its periods over, each there once.
#[derive(Debug)]
pub(super) struct Series {
    /// What it measures.
    pub(super) subject: String,
    pub(super) scale: Scale,
    pub(super) points: Vec<Point>,
}

/// What stands out in a series, one of `tested` of its result.
pub(super) fn findings(series: &Series, calendar: &Calendar, tested: usize) -> Vec<Finding> {
    let points = &series.points;
    if points.iter().all(|point| point.value == points[0].value) {
        return Vec::new();
    }
    let cycle = calendar.unit.cycle().filter(|&cycle| is_seasonal(points, cycle));
    let found = trend(points, cycle);
    let effect = found.slope.abs() * points.last().map_or(0, |last| last.at - points[0].at) as f64;
    let usual = median(points.iter().map(|point| point.value.abs()).collect());
    let trending = points.len() >= MIN_TREND
        && found.p < TREND_ALARMS / tested as f64
        && effect > MIN_TREND_EFFECT * usual;
    let slope = if trending { found.slope } else { 0.0 };

    let mut findings = Vec::new();
    if trending {
        let unit = calendar.unit;
        let per = match series.scale {
            Scale::Percent => format!("{} points {}", figure(slope.abs()), unit.once()),
            Scale::Amount | Scale::Level => format!("{} {}", figure(slope.abs()), unit.once()),
        };
        findings.push(
            Finding::new(
                "trend",
                Severity::Info,
                60.0 + (effect / usual.max(f64::MIN_POSITIVE)).min(1.0) * 10.0,
            )
            .message(format!(
                "{} {} by about {per} over {} {}, {} to {} ({}, {})",
                first_word(&series.subject),
                if slope > 0.0 { "rose" } else { "fell" },
                points.len(),
                unit.many(),
                calendar.name(points[0].at),
                calendar.name(points[points.len() - 1].at),
                if cycle.is_some() { "seasonal Mann-Kendall test" } else { "Mann-Kendall test" },
                probability(found.p),
            ))
            .figure("slope", slope)
            .figure("z", found.z)
            .figure("p", found.p),
        );
    }
    findings.extend(standing_out(series, calendar, slope, cycle));
    // The last step and the extremes of mere scatter are chance; those of a few figures are all there is to tell.
    let short = points.len() < MIN_SCATTER;
    let unusual = !short && is_unusual_step(points);
    if short || trending || cycle.is_some() || unusual {
        findings.extend(change(series, calendar, cycle, unusual));
    }
    // A trend has told its ends.
    if short || cycle.is_some() {
        findings.extend(range(series, calendar));
    }
    findings
}

/// Figures far from what trend, season and the others let expect.
fn standing_out(series: &Series, calendar: &Calendar, slope: f64, cycle: Option<i64>) -> Option<Finding> {
    let points = &series.points;
    if points.len() < MIN_SCATTER {
        return None;
    }
    let mut found = outliers(points, slope, cycle);
    found.retain(|one| {
        (points[one.place].value - one.expected).abs() >= MIN_OUTLIER_EFFECT * one.expected.abs()
    });
    // The same month of two years is a season that two years cannot prove.
    if let Some(cycle) = calendar.unit.cycle() {
        let marks: Vec<(i64, bool)> =
            found.iter().map(|one| (points[one.place].at, one.score > 0.0)).collect();
        found.retain(|one| {
            let (at, high) = (points[one.place].at, one.score > 0.0);
            !marks.contains(&(at - cycle, high)) && !marks.contains(&(at + cycle, high))
        });
    }
    let first = found.first()?;
    let describe = |one: &super::outliers::Outlier| {
        let point = points[one.place];
        format!(
            "{} ({}, where the others suggest {})",
            calendar.when(point.at),
            amount(point.value, series.scale),
            amount(one.expected, series.scale),
        )
    };
    let told: Vec<String> = found.iter().take(NAMED).map(describe).collect();
    let more = found.len() - told.len();
    let rest = if more == 0 { String::new() } else { format!(", and {more} more") };
    Some(
        Finding::new("outlier", Severity::Warning, 65.0 + first.score.abs().min(20.0))
            .message(format!("{} stood out {}{rest}", first_word(&series.subject), list(&told)))
            .figure("value", points[first.place].value)
            .figure("expected", first.expected)
            .figure("score", first.score)
            .figure("count", found.len() as f64),
    )
}

/// The last period beside the one before, or for hours and days the same one a round of the season earlier, and
/// beside the same one a year earlier.
fn change(series: &Series, calendar: &Calendar, cycle: Option<i64>, unusual: bool) -> Option<Finding> {
    let [.., before, last] = series.points.as_slice() else { return None };
    let there = |at: i64| series.points.iter().find(|point| point.at == at);
    // From Friday to Saturday says nothing of a shop that has weekends.
    let round_before = cycle
        .filter(|_| matches!(calendar.unit, Unit::Hour | Unit::Day))
        .and_then(|cycle| there(last.at - cycle));
    let year_before = calendar.year_before(last.at).and_then(there).filter(|point| point.at != before.at);
    let others: Vec<(&'static str, &Point)> = [
        ("before", round_before.is_none().then_some(before)),
        ("round_before", round_before),
        ("year_before", year_before),
    ]
    .into_iter()
    .filter_map(|(name, point)| Some((name, point?)))
    .collect();
    let compare = |(_, other): &(&str, &Point)| {
        comparison(last.value, other.value, &calendar.name(other.at), series.scale)
    };
    let comparisons = list(&others.iter().map(compare).collect::<Vec<_>>());
    let finding = Finding::new("change", Severity::Info, if unusual { 72.0 } else { 55.0 })
        .message(format!(
            "{} {}: {}, {comparisons}",
            first_word(&series.subject),
            calendar.when(last.at),
            amount(last.value, series.scale)
        ))
        .figure("last", last.value);
    Some(others.iter().fold(finding, |finding, (name, other)| finding.figure(name, other.value)))
}

fn range(series: &Series, calendar: &Calendar) -> Option<Finding> {
    let by_value = |one: &&Point, other: &&Point| one.value.total_cmp(&other.value);
    let high = series.points.iter().rev().max_by(by_value)?;
    let low = series.points.iter().min_by(by_value)?;
    Some(
        Finding::new("range", Severity::Info, 20.0)
            .message(format!(
                "Highest {} {} ({}), lowest {} ({})",
                series.subject,
                calendar.when(high.at),
                amount(high.value, series.scale),
                calendar.when(low.at),
                amount(low.value, series.scale)
            ))
            .figure("high", high.value)
            .figure("low", low.value),
    )
}
