//! The Mann-Kendall test and Sen's slope, which hold for figures that are not normally distributed, and which one wild
//! figure does not move.

use super::{
    lasting::lasting,
    statistics::{Point, grouped, median, rounding, two_sided},
};

/// Pairs of one group reckoned in full; longer groups pair each figure with the one half the group later (Theil's
/// abbreviated method), so that a series of thousands stays cheap.
const ALL_PAIRS_UP_TO: usize = 400;

/// A steady rise or fall.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trend {
    /// Sen's slope: the median change from one period to the next.
    pub(super) slope: f64,
    /// The score of the weaker of two tests: the Mann-Kendall statistic, with its variance corrected for figures that
    /// remember the one before, and that of the slope of figures with any memory.
    pub(super) z: f64,
    /// How probable figures without a trend show as much.
    pub(super) p: f64,
}

/// The Mann-Kendall test and Sen's slope (Kendall 1975, Sen 1968); in seasons of a cycle, each season is compared
/// only with itself (Hirsch, Slack and Smith 1982).
///
/// Where a figure remembers the one before, the variance is stretched by `(1 + r) / (1 - r)` for the correlation `r`
/// of neighbours that a parabola leaves (Yue and Wang 2004), or chance would pass for a trend too often. That is too
/// little for figures that never come back, so the slope must pass a test that holds for those too
/// ([`lasting`]); the score is the smaller of both (an intersection-union test, Berger 1982).
pub(super) fn trend(points: &[Point], cycle: Option<i64>) -> Trend {
    let groups = grouped(points, cycle);
    let slope = slope(&groups);
    let (score, variance) = groups.iter().fold((0.0, 0.0), |(score, variance), group| {
        let (more, wider) = kendall(group);
        (score + more, variance + wider)
    });
    let flat: Vec<f64> = without_season(points, &groups, slope, cycle);
    let stretched = variance * memory(points, &flat);
    let steady =
        if score == 0.0 || stretched <= 0.0 { 0.0 } else { (score - f64::signum(score)) / stretched.sqrt() };
    let seasons = groups.iter().filter(|group| !group.is_empty()).count();
    let lasting = lasting(points, &flat, slope, seasons.saturating_sub(1));
    let z = if steady * lasting > 0.0 { steady.signum() * steady.abs().min(lasting.abs()) } else { 0.0 };
    Trend { slope, z, p: two_sided(z) }
}

/// Sen's slope within each group.
pub(super) fn slope(groups: &[Vec<Point>]) -> f64 {
    let between = |one: &Point, other: &Point| (other.value - one.value) / (other.at - one.at) as f64;
    let mut slopes = Vec::new();
    for group in groups {
        if group.len() <= ALL_PAIRS_UP_TO {
            for (place, one) in group.iter().enumerate() {
                slopes.extend(group[place + 1..].iter().map(|other| between(one, other)));
            }
        } else {
            let half = group.len().div_ceil(2);
            slopes.extend(group.iter().zip(&group[half..]).map(|(one, other)| between(one, other)));
        }
    }
    median(slopes)
}

/// Kendall's score of a series (rising pairs less falling ones) and its variance, ties counted.
fn kendall(points: &[Point]) -> (f64, f64) {
    let values: Vec<f64> = points.iter().map(|point| point.value).collect();
    let mut sorted = values.clone();
    let falling = inversions(&mut sorted);
    let pairs = |count: f64| count * (count - 1.0) / 2.0;
    let spread = |count: f64| count * (count - 1.0) * (2.0 * count + 5.0);
    let count = values.len() as f64;
    let (mut tied_pairs, mut variance) = (0.0, spread(count));
    for run in sorted.chunk_by(|one, other| one == other) {
        tied_pairs += pairs(run.len() as f64);
        variance -= spread(run.len() as f64);
    }
    (pairs(count) - tied_pairs - 2.0 * falling, variance / 18.0)
}

/// Sorts, and counts the pairs of which the earlier one was greater.
fn inversions(values: &mut [f64]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    let (left, right) = values.split_at_mut(values.len() / 2);
    let mut count = inversions(left) + inversions(right);
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let mut passed = 0;
    for &value in left.iter() {
        while passed < right.len() && right[passed] < value {
            merged.push(right[passed]);
            passed += 1;
        }
        count += passed as f64;
        merged.push(value);
    }
    merged.extend_from_slice(&right[passed..]);
    values.copy_from_slice(&merged);
    count
}

fn without_season(points: &[Point], groups: &[Vec<Point>], slope: f64, cycle: Option<i64>) -> Vec<f64> {
    let Some(cycle) = cycle else { return points.iter().map(|point| point.value).collect() };
    let level = |group: &Vec<Point>| {
        median(group.iter().map(|point| point.value - slope * point.at as f64).collect())
    };
    let levels: Vec<f64> = groups.iter().map(level).collect();
    let season = |point: &Point| {
        usize::try_from(point.at.rem_euclid(cycle)).ok().and_then(|at| levels.get(at)).copied().unwrap_or(0.0)
    };
    points.iter().map(|point| point.value - season(point)).collect()
}

/// How much wider Kendall's variance is for a series whose figures remember the one before.
fn memory(points: &[Point], values: &[f64]) -> f64 {
    let rest = less_parabola(points, values);
    let all: f64 = rest.iter().map(|one| one * one).sum();
    if all.sqrt() <= rounding(points) {
        return 1.0;
    }
    let neighbours: f64 = rest.windows(2).map(|pair| pair[0] * pair[1]).sum();
    let correlation = (neighbours / all).clamp(0.0, 0.95);
    (1.0 + correlation) / (1.0 - correlation)
}

/// What the parabola of least squares leaves of some figures.
fn less_parabola(points: &[Point], values: &[f64]) -> Vec<f64> {
    let count = values.len() as f64;
    let mean = |list: &[f64]| list.iter().sum::<f64>() / count;
    let dot = |one: &[f64], other: &[f64]| one.iter().zip(other).map(|(a, b)| a * b).sum::<f64>();
    let minus = |list: &[f64], times: f64, other: &[f64]| -> Vec<f64> {
        list.iter().zip(other).map(|(a, b)| a - times * b).collect()
    };
    // Three orthogonal shapes: flat, line, parabola.
    let first = points.first().map_or(0, |point| point.at);
    let last = points.last().map_or(1, |point| point.at);
    let length = (last - first).max(1) as f64;
    let flat = vec![1.0; values.len()];
    let line: Vec<f64> = points.iter().map(|point| (point.at - first) as f64 / length).collect();
    let line = minus(&line, mean(&line), &flat);
    let square: Vec<f64> = line.iter().map(|one| one * one).collect();
    let square = minus(&square, mean(&square), &flat);
    let square = minus(&square, dot(&square, &line) / dot(&line, &line).max(f64::MIN_POSITIVE), &line);
    let mut rest = minus(values, mean(values), &flat);
    for shape in [&line, &square] {
        let size = dot(shape, shape);
        if size > f64::EPSILON {
            rest = minus(&rest, dot(&rest, shape) / size, shape);
        }
    }
    rest
}
