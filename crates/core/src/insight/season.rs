//! What the other figures of a series let expect of each one.

use std::collections::BTreeMap;

use super::{
    statistics::{Point, grouped, median, median_deviation, rounding},
    trend::slope,
};

/// A season explains at least this part of the scatter, judged by the other years' figures.
const SEASON_EXPLAINS: f64 = 0.65;

/// Whether a season of this cycle shows: three rounds or more, in which the other years' figures of a season
/// foretell the one left out better than all figures do.
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
    all > rounding(points) && within * within < (1.0 - SEASON_EXPLAINS) * all * all
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
