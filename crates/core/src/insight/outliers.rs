//! Figures that stand out, by median and median absolute deviation: they move neither.

use super::{
    season::expectations,
    statistics::{Point, by_chance, median, rounding, two_sided},
};

/// Modified z-scores from here on are outliers (Iglewicz and Hoaglin 1993).
const OUTLYING: f64 = 3.5;
/// How often a whole set of normal figures may show an outlier, or a last step out of the usual.
const ALARMS: f64 = 0.005;
/// The median absolute deviation of few figures scatters, by about this much over their count (simulated for 6 to
/// 5,000 normal figures: their alarms stay as rare as wanted, where 3.5 alone gives 9 to 90 in a hundred sets).
const SMALL_SET: f64 = 11.0;
/// A gap between outliers and the others as wide as theirs is, at the tail that the others have, is this rare at most.
/// Not rarer, or six deviations among 36 normal figures would not be told: it is there for figures with longer tails.
const GAPS: f64 = 0.2;
/// And on the scale that bears an outlier out, this.
const GAPS_BORNE_OUT: f64 = 0.35;
/// The part of the others whose gaps tell of the tail.
const TAIL: f64 = 1.0 / 6.0;

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
/// of at least 3.5 that as many normal figures hardly ever reach, and a gap to the others that their tail does not
/// explain.
///
/// Figures above zero must stand out as ratios to what was expected too, and counts in their roots (Anscombe 1948):
/// sizes of customers and sums of orders have long tails on one side, and the largest of them is no exception.
pub(super) fn outliers(points: &[Point], slope: f64, cycle: Option<i64>) -> Vec<Outlier> {
    let mut found = far(points, slope, cycle, ALARMS / points.len() as f64, GAPS);
    if found.is_empty() {
        return found;
    }
    let mut apart = vec![false; points.len()];
    found.iter().for_each(|one| apart[one.place] = true);
    let expected = expectations(points, slope, cycle, &apart);
    let least =
        points.iter().map(|point| point.value).chain(expected.iter().copied()).fold(f64::INFINITY, f64::min);
    let scale: fn(f64) -> f64 = match least {
        _ if least > 0.0 => f64::ln,
        _ if least == 0.0 => |value| (value + 0.375).sqrt(),
        _ => return found,
    };
    let rescaled =
        |(point, one): (&Point, &f64)| Point { at: point.at, value: scale(point.value) - scale(*one) };
    let rescaled: Vec<Point> = points.iter().zip(&expected).map(rescaled).collect();
    // The alarms are rare already: another scale only has to bear them out.
    let borne_out = far(&rescaled, 0.0, None, ALARMS, GAPS_BORNE_OUT);
    found.retain(|one| borne_out.iter().any(|other| other.place == one.place));
    found
}

/// The figures with a far score, that a normal one reaches by chance as often as `alarms`, and a wide gap, the
/// farthest first.
///
/// None where more than one in six has a far score: such figures have long tails, or two levels, and no outliers.
fn far(points: &[Point], slope: f64, cycle: Option<i64>, alarms: f64, gaps: f64) -> Vec<Outlier> {
    let mut apart = vec![false; points.len()];
    let most = (points.len() / 6).max(1);
    let mut found: Vec<Outlier> = Vec::new();
    let scores = loop {
        // In a season of few years an outlier shifts what the other years let expect: the farthest go first, and the
        // others are judged without them.
        let expected = expectations(points, slope, cycle, &apart);
        let rest: Vec<f64> = points.iter().zip(&expected).map(|(point, one)| point.value - one).collect();
        let scores = modified_z(&rest, &apart, points);
        let left = |place: &usize| !apart[*place];
        let outlying: Vec<usize> = (0..points.len())
            .filter(left)
            .filter(|&place| scores.is_outlying(scores.of[place], alarms))
            .collect();
        let farthest = outlying.iter().map(|&place| scores.of[place].abs()).fold(0.0, f64::max);
        if outlying.is_empty() {
            break scores;
        }
        for &place in outlying.iter().filter(|&&place| scores.of[place].abs() >= 0.7 * farthest) {
            apart[place] = true;
            found.push(Outlier { place, expected: expected[place], score: scores.of[place] });
        }
        if found.len() > most {
            return Vec::new();
        }
    };
    found.sort_by(|one, other| {
        other.score.abs().total_cmp(&one.score.abs()).then(one.place.cmp(&other.place))
    });
    if !scores.mostly_same {
        let others = scores.of.iter().zip(&apart).filter(|(_, apart)| !**apart).map(|(score, _)| score.abs());
        let mut sizes: Vec<f64> = others.map(f64::ln).collect();
        sizes.sort_by(|one, other| other.total_cmp(one));
        found.truncate(before_the_gap(&found, &sizes, gaps));
    }
    found
}

/// How many of the found lie before the widest gap among them and the others, whose sizes are logarithms; none if
/// such a gap is no exception.
fn before_the_gap(found: &[Outlier], others: &[f64], gaps: f64) -> usize {
    let sizes: Vec<f64> =
        found.iter().map(|one| one.score.abs().ln()).chain(others.iter().copied()).collect();
    let gap = |place: &usize| sizes[place - 1] - sizes.get(*place).copied().unwrap_or(f64::INFINITY);
    let Some(apart) = (1..=found.len()).max_by(|one, other| gap(one).total_cmp(&gap(other))) else {
        return 0;
    };
    let tail = ((others.len() as f64 * TAIL).round() as usize).max(3);
    if by_chance(&sizes, apart, tail) < gaps { apart } else { 0 }
}

/// Modified z-scores of a set.
struct Scores {
    of: Vec<f64>,
    count: f64,
    /// More than half of the set is the same, so the mean deviation measures instead of the median one.
    mostly_same: bool,
}

impl Scores {
    fn is_outlying(&self, score: f64, alarms: f64) -> bool {
        let shrunk = score / (1.0 + SMALL_SET / self.count);
        score.abs() >= OUTLYING && (self.mostly_same || two_sided(shrunk) < alarms)
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

/// Whether the last step of a series is an outlier among its steps, and of figures above zero among their ratios:
/// sums with a long tail make far steps now and then.
pub(super) fn is_unusual_step(points: &[Point]) -> bool {
    let is_far = |scale: fn(f64) -> f64| {
        let step = |(place, pair): (usize, &[Point])| Point {
            at: place as i64,
            value: scale(pair[1].value) - scale(pair[0].value),
        };
        let steps: Vec<Point> = points.windows(2).enumerate().map(step).collect();
        outliers(&steps, 0.0, None).iter().any(|one| one.place + 1 == steps.len())
    };
    is_far(|value| value) && (points.iter().any(|point| point.value <= 0.0) || is_far(f64::ln))
}
