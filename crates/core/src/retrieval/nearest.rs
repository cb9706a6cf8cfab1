//! The tables that embeddings find, among those that words find.

/// Every so many places one is for embeddings, and the others are for words.
const EVERY: usize = 4;
/// The least by which a table must be above the mean, in standard deviations of all of them.
const STANDS_OUT: f64 = 1.0;
/// Tables that differ by less are all alike: what differs is the rounding.
const ALIKE: f64 = 1e-6;

/// The tables of `by_words`, best first, with those among them that are most like the question, at most `most`.
///
/// `likeness` is the cosine of each table and the question, `None` where it is not known. How large cosines are, and how
/// far apart, is another thing with each model, and the scores of words are comparable within one question only:
/// so places are shared out, not scores added. Every fourth place is for the most alike table that has none yet, and
/// what words found keeps its order and at least three places of four, however wrong the likeness is.
pub fn with_nearest(by_words: &[usize], likeness: &[Option<f32>], most: usize) -> Vec<usize> {
    let nearest = nearest(likeness);
    let (mut words, mut near) = (by_words.iter().copied(), nearest.into_iter());
    let mut found: Vec<usize> = Vec::new();
    while found.len() < most {
        let for_words = !(found.len() + 1).is_multiple_of(EVERY);
        let is_new = |table: &usize| !found.contains(table);
        let table = match for_words {
            true => words.find(is_new).or_else(|| near.find(is_new)),
            false => near.find(is_new).or_else(|| words.find(is_new)),
        };
        let Some(table) = table else { break };
        found.push(table);
    }
    found
}

/// The tables that stand out by their likeness, the most alike first; none where all are alike.
fn nearest(likeness: &[Option<f32>]) -> Vec<usize> {
    let known = || likeness.iter().flatten().map(|one| f64::from(*one));
    #[expect(clippy::cast_precision_loss, reason = "a catalogue has fewer tables than 2^52")]
    let count = known().count().max(1) as f64;
    let mean = known().sum::<f64>() / count;
    let deviation = (known().map(|one| (one - mean).powi(2)).sum::<f64>() / count).sqrt();
    if deviation < ALIKE {
        return Vec::new();
    }
    let least = mean + STANDS_OUT * deviation;
    let known = likeness.iter().enumerate().filter_map(|(table, one)| Some((table, (*one)?)));
    let mut found: Vec<(usize, f32)> = known.filter(|(_, one)| f64::from(*one) > least).collect();
    found.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    found.into_iter().map(|(table, _)| table).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twenty tables, all alike but these.
    fn likeness(some: &[(usize, f32)]) -> Vec<Option<f32>> {
        let mut all = vec![Some(0.3); 20];
        for &(table, one) in some {
            all[table] = Some(one);
        }
        all
    }

    #[test]
    fn a_table_that_no_word_finds_gets_a_place() {
        let near = likeness(&[(17, 0.9), (18, 0.8)]);
        assert_eq!(with_nearest(&[4, 5, 6, 7, 8, 9, 10, 11], &near, 8), [4, 5, 6, 17, 7, 8, 9, 18]);
        assert_eq!(with_nearest(&[4], &near, 8), [4, 17, 18]);
        assert_eq!(with_nearest(&[], &near, 1), [17]);
        assert_eq!(with_nearest(&[4, 5], &near, 0), [0; 0]);
    }

    #[test]
    fn both_agreeing_costs_nobody_a_place() {
        let near = likeness(&[(5, 0.9), (4, 0.8)]);
        assert_eq!(with_nearest(&[4, 5, 6, 7, 8], &near, 5), [4, 5, 6, 7, 8]);
        assert_eq!(with_nearest(&[1, 2, 3, 6, 7, 5], &near, 6), [1, 2, 3, 5, 6, 7]);
    }

    #[test]
    fn likeness_that_says_nothing_changes_nothing() {
        let words = [4, 5, 6, 7, 8];
        for nothing in [vec![], vec![None; 20], vec![Some(0.7); 20], vec![Some(0.7)]] {
            assert_eq!(with_nearest(&words, &nothing, 5), words);
        }
    }

    /// Whatever the vectors say, the order of words holds, and three of four places are theirs.
    #[test]
    fn words_keep_their_order_and_three_places_of_four() {
        let words: Vec<usize> = (0..40).collect();
        let near: Vec<Option<f32>> = (0..400_u16).map(|table| Some(f32::from(table) / 400.0)).collect();
        let found = with_nearest(&words, &near, 24);
        let of_words: Vec<usize> = found.iter().copied().filter(|table| *table < 40).collect();
        assert_eq!((found.len(), of_words), (24, (0..18).collect()));
    }

    #[test]
    fn of_equals_the_first_table_comes_first() {
        let near = likeness(&[(12, 0.9), (11, 0.9), (13, 0.9)]);
        assert_eq!(with_nearest(&[], &near, 3), [11, 12, 13]);
    }
}
