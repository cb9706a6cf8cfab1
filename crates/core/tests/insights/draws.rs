//! Figures drawn at random, the same in each run: the kinds of noise that are no finding.

/// Numbers that look random and are the same in each run (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^= bits >> 31;
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn normal(&mut self) -> f64 {
        let (radius, angle) = (1.0 - self.uniform(), self.uniform());
        (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
    }

    fn exponential(&mut self) -> f64 {
        -(1.0 - self.uniform()).ln()
    }

    /// A count of events of which `mean` are usual.
    fn poisson(&mut self, mean: f64) -> f64 {
        let mut waited = self.exponential();
        let mut count = 0.0;
        while waited < mean {
            count += 1.0;
            waited += self.exponential();
        }
        count
    }

    /// Student's t with three degrees of freedom: now and then far from the middle.
    fn student(&mut self) -> f64 {
        let squares: f64 = (0..3).map(|_| self.normal().powi(2)).sum();
        self.normal() / (squares / 3.0).sqrt()
    }

    fn laplace(&mut self) -> f64 {
        self.exponential() - self.exponential()
    }
}

/// A kind of noise: its name, and so many figures of it.
pub(crate) type Noise = (&'static str, fn(&mut Random, usize) -> Vec<f64>);

fn each(random: &mut Random, count: usize, mut draw: impl FnMut(&mut Random) -> f64) -> Vec<f64> {
    (0..count).map(|_| draw(random)).collect()
}

/// Figures that keep `kept` of the deviation of the one before, from the middle of their course.
fn remembering(random: &mut Random, count: usize, kept: f64) -> Vec<f64> {
    let mut figure = random.normal() / (1.0 - kept * kept).sqrt();
    each(random, count, |random| {
        figure = kept * figure + random.normal();
        1000.0 + 50.0 * figure
    })
}

/// Figures that know nothing of each other.
pub(crate) const INDEPENDENT: [Noise; 8] = [
    ("normal", |random, count| each(random, count, |random| 1000.0 + 80.0 * random.normal())),
    ("uniform", |random, count| each(random, count, |random| 50.0 + 50.0 * random.uniform())),
    ("counts of 40", |random, count| each(random, count, |random| random.poisson(40.0))),
    ("counts of 4", |random, count| each(random, count, |random| random.poisson(4.0))),
    ("log-normal 0.5", |random, count| each(random, count, |random| 900.0 * (0.5 * random.normal()).exp())),
    ("log-normal 1", |random, count| each(random, count, |random| 900.0 * random.normal().exp())),
    ("gamma 2", |random, count| {
        each(random, count, |random| 90.0 * (random.exponential() + random.exponential()))
    }),
    ("exponential", |random, count| each(random, count, |random| 90.0 * random.exponential())),
];

/// Figures of which some are far from the middle, on both sides.
pub(crate) const LONG_TAILED: [Noise; 2] = [
    ("Laplace", |random, count| each(random, count, |random| 1000.0 + 50.0 * random.laplace())),
    ("Student 3", |random, count| each(random, count, |random| 1000.0 + 50.0 * random.student())),
];

/// Figures that remember the one before.
pub(crate) const REMEMBERING: [Noise; 6] = [
    ("AR 0.3", |random, count| remembering(random, count, 0.3)),
    ("AR 0.5", |random, count| remembering(random, count, 0.5)),
    ("AR 0.6", |random, count| remembering(random, count, 0.6)),
    ("AR 0.7", |random, count| remembering(random, count, 0.7)),
    ("AR 0.8", |random, count| remembering(random, count, 0.8)),
    ("AR 0.9", |random, count| remembering(random, count, 0.9)),
];

/// Figures that wander and never come back.
pub(crate) const WALKS: [Noise; 2] = [
    ("random walk", |random, count| {
        let mut figure = 1000.0;
        each(random, count, |random| {
            figure += 20.0 * random.normal();
            figure
        })
    }),
    ("walk by parts", |random, count| {
        let mut figure = 1000.0;
        each(random, count, |random| {
            figure *= (0.1 * random.normal()).exp();
            figure
        })
    }),
];

/// A walk seen through noise as wide as its steps: neither a walk nor noise.
pub(crate) const HIDDEN_WALK: Noise = ("walk through noise", |random, count| {
    let mut figure = 1000.0;
    each(random, count, |random| {
        figure += 20.0 * random.normal();
        figure + 20.0 * random.normal()
    })
});
