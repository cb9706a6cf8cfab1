//! "Orders with a discount": an amount that is kept in every row counts as there where it is above nothing.

use super::Parser;
use crate::{
    model::ColumnId,
    query::{Comparison, Filter, Operand, Quantity, Ref, Relation},
};

impl Parser<'_> {
    /// Whether a column keeps an amount that most rows may have none of.
    pub(super) fn is_deduction(&self, column: ColumnId) -> bool {
        let column = self.column(column);
        column.is_quantity()
            && column.has_word(&["discount", "rebate", "tip", "surcharge", "refund", "bonus", "commission"])
    }

    /// Rows with or without such an amount, their own or that of related rows.
    pub(super) fn with_deduction(&mut self, column: Ref, quantity: Quantity) {
        let table = self.column(column.column).table;
        let left = Operand::Column(column);
        let some = Filter::Compare { left, comparison: Comparison::More, number: 0.0 };
        let own = self.main_table().is_none_or(|main| self.setting.model.reaches_forward(main, table));
        let filter = match (own, quantity) {
            (true, Quantity::None) if self.column(column.column).nullable => Filter::Either(vec![
                Filter::Compare { left, comparison: Comparison::AtMost, number: 0.0 },
                Filter::Missing { column, negated: false },
            ]),
            (true, Quantity::None) => Filter::Compare { left, comparison: Comparison::AtMost, number: 0.0 },
            (true, _) => some,
            (false, quantity) => {
                let relation = Relation { table, via: None, quantity, filters: vec![some] };
                self.query.filters.push(Filter::Relation(relation));
                return;
            }
        };
        self.add_filter(filter, Some(table));
    }
}
