/// SplitMix64, after Sebastiano Vigna's public-domain `splitmix64.c` (2015): small, fast, and the same numbers
/// on every machine and with every version of every library.
#[derive(Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Random(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number in `0..end`; 0 for an empty range.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        if end == 0 { 0 } else { self.next() % end }
    }

    /// A number in `low..=high`.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as u64) as i64
    }

    /// True in `percent` of 100 cases.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u64) as usize]
    }
}

/// Picks an index with a chance in proportion to its weight.
#[derive(Debug, Default)]
pub(super) struct Weights(Vec<u64>);

impl Weights {
    pub(super) fn new(weights: impl IntoIterator<Item = u64>) -> Self {
        let mut total = 0;
        Weights(
            weights
                .into_iter()
                .map(|weight| {
                    total += weight;
                    total
                })
                .collect(),
        )
    }

    /// An index below `count`; the later ones do not exist yet.
    pub(super) fn pick_among(&self, random: &mut Random, count: usize) -> usize {
        let total = count.checked_sub(1).and_then(|last| self.0.get(last)).copied().unwrap_or(0);
        let point = random.below(total);
        self.0.partition_point(|&sum| sum <= point)
    }

    pub(super) fn pick(&self, random: &mut Random) -> usize {
        self.pick_among(random, self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::{Random, Weights};

    #[test]
    fn gives_the_published_numbers() {
        // The first outputs of `splitmix64.c` for the seed 1234567.
        let mut random = Random::new(1_234_567);
        assert_eq!(
            [random.next(), random.next(), random.next()],
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn weights_are_kept() {
        let mut random = Random::new(1);
        let weights = Weights::new([0, 3, 0, 1]);
        let mut seen = [0; 4];
        for _ in 0..4000 {
            seen[weights.pick(&mut random)] += 1;
        }
        assert_eq!((seen[0], seen[2]), (0, 0));
        assert!((2800..3200).contains(&seen[1]), "{seen:?}");
        assert_eq!(weights.pick_among(&mut random, 2), 1);
    }
}
