//! Whether a rise is more than figures that remember the ones before would make by chance: a random walk rises or
//! falls too.

use super::statistics::{Point, median, median_deviation, rounding};

/// How far the memory may be underestimated, in its standard errors.
const UPWARD: f64 = 1.0;
/// Memories this near to a walk's, over the root of the count, may be a walk's.
///
/// Simulated, like the next one, for 8 to 104 figures that keep none, some or all of the deviation before: walks pass
/// for a trend in 5 of 100 series at most, and a rise of 4 deviations among 24 figures is found in 85.
const NEAR_A_WALK: f64 = 2.35;
/// How many times the usual score a slope needs that would be none on a walk, where a walk is possible.
const AGAINST_A_WALK: f64 = 2.5;
/// Figures farther from the line than this many deviations are moved to there: one wild figure hides no trend.
const FARTHEST: f64 = 3.5;

/// The normal score of a line's slope that stands for figures with any memory, walks among them: generalised least
/// squares with the memory estimated, and with a walk's where it is near to one (after Perron and Yabu 2009).
///
/// `values` are the figures without their season, `slope` a slope that one wild figure does not move, `lost` the
/// degrees of freedom that the season took. Infinite where the line leaves nothing but rounding.
pub(super) fn lasting(points: &[Point], values: &[f64], slope: f64, lost: usize) -> f64 {
    let freedom = values.len() as f64 - 2.0 - lost as f64;
    let Some(first) = points.first().filter(|_| freedom > 0.0 && values.len() > 4) else { return 0.0 };
    let times: Vec<f64> = points.iter().map(|point| (point.at - first.at) as f64).collect();
    let values = limited(&times, values, slope);
    let left = less_line(&times, &values);
    if dot(&left, &left).sqrt() <= rounding(points) {
        return f64::INFINITY.copysign(slope);
    }
    let count = freedom + 2.0;
    let memory = memory(&left, count);
    let remembered = student(&times, &values, memory, freedom);
    if memory <= 1.0 - NEAR_A_WALK / count.sqrt() {
        return normal_score(remembered, freedom);
    }
    let walked = normal_score(student(&times, &values, 1.0, freedom), freedom);
    let demanded = normal_score(remembered / AGAINST_A_WALK, freedom);
    if walked.abs() > demanded.abs() { walked } else { demanded }
}

/// Student's t of the slope of figures of which each keeps `memory` of the deviation before.
fn student(times: &[f64], values: &[f64], memory: f64, freedom: f64) -> f64 {
    let from_start = (1.0 - memory * memory).sqrt();
    // What is new in each figure: the first in full, the others less what they remember (Prais and Winsten 1954).
    let news = |list: &[f64]| -> Vec<f64> {
        let later = list.windows(2).map(|pair| pair[1] - memory * pair[0]);
        list.first().map(|one| from_start * one).into_iter().chain(later).collect()
    };
    let level = news(&vec![1.0; values.len()]);
    let line = less(&news(times), &level);
    let rest = less(&news(values), &level);
    let size = dot(&line, &line);
    let along = dot(&rest, &line) / size;
    let scatter = less(&rest, &line);
    along / (dot(&scatter, &scatter) / freedom / size).sqrt()
}

/// How much of a deviation the next figure keeps, from 0 to 1, at the upper end of what it may be: the correlation of
/// neighbours, without what the line took of it (Kendall 1954).
///
/// Where a walk is seen through noise, neighbours are alike by less than the walk remembers, but figures two and three
/// apart by nearly as much: the roots of their correlations tell.
fn memory(left: &[f64], count: f64) -> f64 {
    let correlation = |apart: usize| {
        let pairs: f64 = left.iter().zip(left.iter().skip(apart)).map(|(one, other)| one * other).sum();
        (count * pairs / dot(left, left) + 2.0) / (count - 4.0).max(1.0)
    };
    let error = 1.0 / count.sqrt();
    let (neighbours, second) = (correlation(1), correlation(2));
    let kept = if neighbours > 0.0 && second > error {
        neighbours.max(second.sqrt()).max(correlation(3).cbrt())
    } else {
        neighbours
    };
    (kept + UPWARD * error).clamp(0.0, 1.0)
}

/// The figures, none of them far from the line of `slope` through their middle.
fn limited(times: &[f64], values: &[f64], slope: f64) -> Vec<f64> {
    let levels: Vec<f64> = values.iter().zip(times).map(|(value, time)| value - slope * time).collect();
    let middle = median(levels.clone());
    let most = FARTHEST * median_deviation(&levels, middle) / 0.6745;
    if most <= 0.0 {
        return values.to_vec();
    }
    levels
        .iter()
        .zip(times)
        .map(|(level, time)| level.clamp(middle - most, middle + most) + slope * time)
        .collect()
}

/// What the line of least squares leaves.
fn less_line(times: &[f64], values: &[f64]) -> Vec<f64> {
    let flat = vec![1.0; values.len()];
    less(&less(values, &flat), &less(times, &flat))
}

/// What is left of figures when as much of a shape is taken away as they hold.
fn less(values: &[f64], shape: &[f64]) -> Vec<f64> {
    let size = dot(shape, shape);
    if size <= f64::EPSILON {
        return values.to_vec();
    }
    let times = dot(values, shape) / size;
    values.iter().zip(shape).map(|(value, one)| value - times * one).collect()
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

/// The normal score as improbable as a score of Student's t (Wallace 1959).
fn normal_score(t: f64, freedom: f64) -> f64 {
    let score = (8.0 * freedom + 1.0) / (8.0 * freedom + 3.0) * (freedom * (t * t / freedom).ln_1p()).sqrt();
    score.copysign(t)
}
