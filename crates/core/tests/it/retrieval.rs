use sqlatte_core::retrieval::TableIndex;

use crate::merged_catalogue::{load, recall};

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
