use sqlatte_core::retrieval::{TableIndex, with_nearest};

use crate::merged_catalogue::{Asked, load, recall};

#[test]
fn questions_over_databases_kept_back_find_all_their_tables() {
    let (tables, questions) = match load() {
        Ok(loaded) => loaded,
        Err(reason) => {
            println!("skipped: {reason}");
            return;
        }
    };
    let index = TableIndex::new(&tables);
    let kept_back: Vec<_> = questions.iter().filter(|asked| asked.kept_back).collect();
    assert!(kept_back.len() > 3_000, "{} questions", kept_back.len());
    let [.., at_10, at_20] = recall(&index, kept_back);
    assert!(at_10 >= 0.95 && at_20 >= 0.98, "{at_10} at 10, {at_20} at 20");
}

/// Likeness that is noise is the worst that embeddings can say: it costs little, because three of four places stay with
/// the words.
#[test]
fn embeddings_that_know_nothing_cost_little() {
    let Ok((tables, questions)) = load() else {
        println!("skipped: no merged catalogue");
        return;
    };
    let index = TableIndex::new(&tables);
    let kept_back: Vec<&Asked> = questions.iter().filter(|asked| asked.kept_back).step_by(3).collect();
    let mut state = 1_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        #[expect(clippy::cast_precision_loss, reason = "noise")]
        let random = (state >> 8) as f32 / 16_777_216.0;
        Some(random)
    };
    let mut found = [0_u32; 2];
    for asked in &kept_back {
        let ranked = index.rank(&asked.question, &[], 24);
        let by_words: Vec<usize> = ranked.iter().map(|one| one.table).collect();
        let likeness: Vec<Option<f32>> = tables.iter().map(|_| noise()).collect();
        let shown = with_nearest(&by_words, &likeness, 24);
        let all_in = |tables: &[usize]| asked.needed.iter().all(|table| tables.contains(table));
        found[0] += u32::from(all_in(&by_words));
        found[1] += u32::from(all_in(&shown));
    }
    #[expect(clippy::cast_precision_loss, reason = "some thousands of questions")]
    let [words, mixed] = found.map(|found| f64::from(found) / kept_back.len() as f64);
    println!("all tables among 24: {words} by words, {mixed} with noise");
    assert!(words - mixed < 0.01, "{words} by words, {mixed} with noise");
}
