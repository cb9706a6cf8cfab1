//! Figures that stand out, by median and median absolute deviation: they move neither.

use super::{
    season::expectations,
    statistics::{Point, median, median_deviation, rounding, two_sided},
};

/// Modified z-scores from here on are outliers (Iglewicz and Hoaglin 1993).
const OUTLYING: f64 = 3.5;
/// How often a whole set of normal figures may show an outlier, or a last step out of the usual.
const ALARMS: f64 = 0.005;
/// The median absolute deviation of few figures scatters, by about this much over their count (simulated for 6 to
/// 5,000 normal figures: their alarms stay as rare as wanted, where 3.5 alone gives 9 to 90 in a hundred sets).
const SMALL_SET: f64 = 11.0;

/// A figure far from what the others let expect.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outlier {
    /// Its place among the figures.
    pub(super) place: usize,
    /// What the others let expect.
    pub(super) expected: f64,
    /// The modified z-score, signed.
    pub(super) score: f64,
}

/// The figures that stand out once trend (`slope`) and season are taken away, the farthest first: a modified z-score
/// of at least 3.5 that as many normal figures hardly ever reach.
///
/// None where more than one in six stands out: such figures have long tails, or two levels, and no outliers.
pub(super) fn outliers(points: &[Point], slope: f64, cycle: Option<i64>) -> Vec<Outlier> {
    let mut apart = vec![false; points.len()];
    let most = (points.len() / 6).max(1);
    let mut found: Vec<Outlier> = Vec::new();
    loop {
        // In a season of few years an outlier shifts what the other years let expect: the farthest go first, and the
        // others are judged without them.
        let expected = expectations(points, slope, cycle, &apart);
        let rest: Vec<f64> = points.iter().zip(&expected).map(|(point, one)| point.value - one).collect();
        let scores = modified_z(&rest, &apart, points);
        let left = |place: &usize| !apart[*place];
        let outlying: Vec<usize> =
            (0..points.len()).filter(left).filter(|&place| scores.is_outlying(scores.of[place])).collect();
        let farthest = outlying.iter().map(|&place| scores.of[place].abs()).fold(0.0, f64::max);
        if outlying.is_empty() {
            break;
        }
        for &place in outlying.iter().filter(|&&place| scores.of[place].abs() >= 0.7 * farthest) {
            apart[place] = true;
            found.push(Outlier { place, expected: expected[place], score: scores.of[place] });
        }
        if found.len() > most {
            return Vec::new();
        }
    }
    found.sort_by(|one, other| {
        other.score.abs().total_cmp(&one.score.abs()).then(one.place.cmp(&other.place))
    });
    found
}

/// Modified z-scores of a set.
struct Scores {
    of: Vec<f64>,
    count: f64,
    /// More than half of the set is the same, so the mean deviation measures instead of the median one.
    mostly_same: bool,
}

impl Scores {
    fn is_outlying(&self, score: f64) -> bool {
        let shrunk = score / (1.0 + SMALL_SET / self.count);
        score.abs() >= OUTLYING && (self.mostly_same || two_sided(shrunk) < ALARMS / self.count)
    }
}

fn modified_z(rest: &[f64], apart: &[bool], points: &[Point]) -> Scores {
    let kept: Vec<f64> = rest.iter().zip(apart).filter(|(_, apart)| !**apart).map(|(one, _)| *one).collect();
    let middle = median(kept.clone());
    let deviations: Vec<f64> = kept.iter().map(|one| (one - middle).abs()).collect();
    let rounding = rounding(points);
    let count = kept.len() as f64;
    let mean = deviations.iter().sum::<f64>() / count.max(1.0);
    let same = deviations.iter().filter(|one| **one <= rounding).count() as f64;
    let deviation = median(deviations);
    let mostly_same = deviation <= rounding;
    let unit = if !mostly_same {
        deviation / 0.6745
    } else if same >= 0.8 * count && mean > rounding {
        1.253_314 * mean
    } else {
        f64::INFINITY
    };
    Scores { of: rest.iter().map(|one| (one - middle) / unit).collect(), count, mostly_same }
}

/// Whether the last step of a series is larger than its steps usually are.
pub(super) fn is_unusual_step(points: &[Point]) -> bool {
    let steps: Vec<f64> = points.windows(2).map(|pair| pair[1].value - pair[0].value).collect();
    let [earlier @ .., last] = steps.as_slice() else { return false };
    let middle = median(earlier.to_vec());
    let deviation = median_deviation(earlier, middle);
    let score = 0.6745 * (last - middle) / deviation;
    let shrunk = score / (1.0 + SMALL_SET / earlier.len() as f64);
    score.is_finite() && score.abs() >= OUTLYING && two_sided(shrunk) < ALARMS
}
