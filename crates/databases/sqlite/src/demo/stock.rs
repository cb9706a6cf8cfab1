//! What lies in the stores.

use chrono::{Days, NaiveDate};
use rusqlite::{Transaction, params};

use super::{assortment::PRODUCTS, random::Random};

pub(super) fn insert(
    transaction: &Transaction<'_>,
    random: &mut Random,
    stores: usize,
    today: NaiveDate,
) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare("INSERT INTO inventory VALUES (?, ?, ?, ?, ?)")?;
    for store in 1..=stores as i64 {
        for (product_id, product) in (1_i64..).zip(PRODUCTS) {
            if product.discontinued || product.popularity == 0 || random.chance(12) {
                continue;
            }
            let reorder_level = 5 * (1 + product.popularity as i64 / 40);
            let on_hand = match random.below(100) {
                0..=3 => 0,
                4..=15 => random.between(1, reorder_level),
                _ => random.between(reorder_level, reorder_level * 6),
            };
            let counted = random.chance(93).then(|| (today - Days::new(random.below(120))).to_string());
            statement.execute(params![store, product_id, on_hand, reorder_level, counted])?;
        }
    }
    Ok(())
}
