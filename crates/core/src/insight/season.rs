//! What the other figures of a series let expect of each one.

use std::collections::BTreeMap;

use super::{
    statistics::{Point, grouped, median, median_deviation, rounding, two_sided},
    trend::slope,
};

/// A season explains at least this part of the scatter, judged by the other years' figures.
const SEASON_EXPLAINS: f64 = 0.65;
/// A series without a season passes for one with a season this often at most.
const SEASON_ALARMS: f64 = 0.01;

/// Whether a season of this cycle shows: three rounds or more, in which the other years' figures of a season
/// foretell the one left out better than all figures do, and whose ranks differ by season more than by chance.
pub(super) fn is_seasonal(points: &[Point], cycle: i64) -> bool {
    let groups = grouped(points, Some(cycle));
    if groups.iter().any(|group| group.len() < 3) {
        return false;
    }
    let slope = slope(&groups);
    let plain = expectations(points, slope, None, &[]);
    let seasonal = expectations(points, slope, Some(cycle), &[]);
    let spread = |expected: &[f64]| {
        let rest: Vec<f64> = points.iter().zip(expected).map(|(point, one)| point.value - one).collect();
        median_deviation(&rest, median(rest.clone()))
    };
    let (all, within) = (spread(&plain), spread(&seasonal));
    all > rounding(points)
        && within * within < (1.0 - SEASON_EXPLAINS) * all * all
        && differing_ranks(points, slope, cycle) < SEASON_ALARMS
}

/// How probable figures of no season differ as much by season: the test of Kruskal and Wallis (1952), as the seasonal
/// adjustment of official figures uses it (Lothian and Morry 1978).
fn differing_ranks(points: &[Point], slope: f64, cycle: i64) -> f64 {
    let mut order: Vec<(f64, i64)> = points
        .iter()
        .map(|point| (point.value - slope * point.at as f64, point.at.rem_euclid(cycle)))
        .collect();
    order.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut ranks: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
    let mut before = 0.0;
    for tied in order.chunk_by(|one, other| one.0 == other.0) {
        let count = tied.len() as f64;
        for (_, season) in tied {
            let (seen, sum) = ranks.entry(*season).or_default();
            *seen += 1.0;
            *sum += before + f64::midpoint(1.0, count);
        }
        before += count;
    }
    let squares: f64 = ranks.values().map(|(count, sum)| sum * sum / count).sum();
    let statistic = 12.0 * squares / (before * (before + 1.0)) - 3.0 * (before + 1.0);
    // The normal score of a chi-square (Wilson and Hilferty 1931).
    let freedom = ranks.len() as f64 - 1.0;
    let spread = 2.0 / (9.0 * freedom);
    let score = ((statistic / freedom).cbrt() - 1.0 + spread) / spread.sqrt();
    if score > 0.0 { two_sided(score) / 2.0 } else { 1.0 }
}

/// What the other figures of its season, or all figures, let expect of each figure along a slope.
pub(super) fn expectations(points: &[Point], slope: f64, cycle: Option<i64>, apart: &[bool]) -> Vec<f64> {
    let level = |point: &Point| point.value - slope * point.at as f64;
    let kept = |place: usize| !apart.get(place).copied().unwrap_or(false);
    let Some(cycle) = cycle else {
        let middle = median(
            points
                .iter()
                .enumerate()
                .filter(|(place, _)| kept(*place))
                .map(|(_, point)| level(point))
                .collect(),
        );
        return points.iter().map(|point| middle + slope * point.at as f64).collect();
    };
    let mut seasons: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    for (_, point) in points.iter().enumerate().filter(|(place, _)| kept(*place)) {
        seasons.entry(point.at.rem_euclid(cycle)).or_default().push(level(point));
    }
    for levels in seasons.values_mut() {
        levels.sort_by(f64::total_cmp);
    }
    let others = |place: usize, point: &Point| {
        let levels = seasons.get(&point.at.rem_euclid(cycle)).map_or(&[][..], Vec::as_slice);
        let own = kept(place).then(|| levels.partition_point(|one| *one < level(point)));
        median_without(levels, own).map_or(point.value, |middle| middle + slope * point.at as f64)
    };
    points.iter().enumerate().map(|(place, point)| others(place, point)).collect()
}

/// The middle of sorted figures, one of them left out.
fn median_without(sorted: &[f64], out: Option<usize>) -> Option<f64> {
    let count = sorted.len() - usize::from(out.is_some());
    let at = |place: usize| sorted.get(place + usize::from(out.is_some_and(|out| place >= out))).copied();
    if count == 0 {
        None
    } else if count % 2 == 1 {
        at(count / 2)
    } else {
        Some(f64::midpoint(at(count / 2 - 1)?, at(count / 2)?))
    }
}
