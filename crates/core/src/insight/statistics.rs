//! What the tests of series share.

/// Differences below this part of the largest figure are rounding.
const ROUNDING: f64 = 1e-9;

/// One figure of a series and the number of its period.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    pub(super) at: i64,
    pub(super) value: f64,
}

/// The difference from which on figures of this size differ by more than rounding.
pub(super) fn rounding(points: &[Point]) -> f64 {
    ROUNDING * points.iter().fold(0.0, |most: f64, point| most.max(point.value.abs()))
}

/// The middle of some figures, 0 of none.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    let count = values.len();
    if count == 0 {
        return 0.0;
    }
    let (lower, middle, _) = values.select_nth_unstable_by(count / 2, f64::total_cmp);
    if count % 2 == 1 {
        return *middle;
    }
    let below = lower.iter().copied().max_by(f64::total_cmp).unwrap_or(*middle);
    f64::midpoint(below, *middle)
}

/// The median distance of some figures from a middle.
pub(super) fn median_deviation(values: &[f64], middle: f64) -> f64 {
    median(values.iter().map(|one| (one - middle).abs()).collect())
}

/// How probable a normal figure this many deviations away from the mean is, on either side.
pub(super) fn two_sided(z: f64) -> f64 {
    libm::erfc(z.abs() / std::f64::consts::SQRT_2)
}

/// How probable the `apart` largest of some sizes, in descending order, are as far from the next as they are: by the
/// `among` spacings below, which are alike in the tail of any usual distribution once each is weighed by its place
/// (Rényi 1953, Weissman 1978). 1 where there are too few.
pub(super) fn by_chance(sizes: &[f64], apart: usize, among: usize) -> f64 {
    let Some(&[last, ref rest @ ..]) = apart.checked_sub(1).and_then(|first| sizes.get(first..)) else {
        return 1.0;
    };
    let Some(&[next, .., end]) = rest.get(..=among) else { return 1.0 };
    let below: f64 = rest[..among].iter().map(|size| size - end).sum();
    let count = among as f64;
    // The spacing is exponential and the sum below it gamma distributed, so their ratio is that of an F distribution.
    if last > next { (1.0 + (last - next) / below).powf(-count) } else { 1.0 }
}

/// Figures by season, or all in one group.
pub(super) fn grouped(points: &[Point], cycle: Option<i64>) -> Vec<Vec<Point>> {
    let Some(cycle) = cycle else { return vec![points.to_vec()] };
    let mut groups = vec![Vec::new(); usize::try_from(cycle).unwrap_or(1)];
    for point in points {
        if let Some(group) =
            usize::try_from(point.at.rem_euclid(cycle)).ok().and_then(|at| groups.get_mut(at))
        {
            group.push(*point);
        }
    }
    groups
}
