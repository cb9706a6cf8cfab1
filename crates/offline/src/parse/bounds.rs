//! Which column, level or figure a number is compared with.

use sqlatte_core::ReadingKind;

use super::{Parser, amounts::Amount};
use crate::{
    lexicon::Target,
    model::ColumnId,
    query::{Comparison, Filter, Group, Operand, Ref},
    words::{self, Quality},
};

impl Parser<'_> {
    /// "stock below the reorder level": one column of a row against another.
    pub(super) fn against_column(&mut self) -> bool {
        let start = self.at;
        if self.below_level() {
            return true;
        }
        let Some(left) = self
            .last_column
            .filter(|column| self.column(column.column).is_quantity() || self.column(column.column).is_date)
        else {
            return false;
        };
        let Some((comparison, length)) = words::comparison(self.words4(start)) else { return false };
        let table = self.column(left.column).table;
        let at = self.past_articles(start + length);
        let columns = self.best_links(at, |target| matches!(target, Target::Column(_)));
        let right = self.choose_column(&columns, Some(table), |column| {
            let other = self.column(column);
            column != left.column && other.table == table && (other.is_quantity() || other.is_date)
        });
        let Some((link, right, _)) = right else { return false };
        self.unask(left);
        let end = at + link.length;
        let name = |column| self.setting.model.column_name(column);
        self.note(
            ReadingKind::Filter,
            start,
            end,
            format!("{} {} {}", name(left.column), comparison.symbol(), name(right)),
        );
        self.take_to(end);
        self.add_filter(Filter::Columns { left, comparison, right: Ref::new(right) }, Some(table));
        true
    }

    /// "below their reorder level": what the level is for stands beside it in the same table.
    pub(super) fn below_level(&mut self) -> bool {
        let start = self.at;
        let Some((comparison, length)) = words::comparison(self.words4(start)) else { return false };
        let at = self.past_articles(start + length);
        let columns = self.best_links(at, |target| matches!(target, Target::Column(_)));
        let bound = ["reorder", "minimum", "min", "threshold", "target", "maximum", "limit"];
        let Some((link, right, _)) = self.choose_column(&columns, None, |column| {
            self.column(column).is_quantity() && self.column(column).has_word(&bound)
        }) else {
            return false;
        };
        let model = self.setting.model;
        let table = self.column(right).table;
        let mut others = model.tables[table].columns.iter().copied().filter(|&column| {
            column != right && model.columns[column].is_quantity() && !model.columns[column].has_word(&bound)
        });
        let (Some(left), None) = (others.next(), others.next()) else { return false };
        if let Some(said) = self.last_column.filter(|said| said.column == left) {
            self.unask(said);
        }
        let end = at + link.length;
        self.note(
            ReadingKind::Filter,
            start,
            end,
            format!("{} {} {}", model.column_name(left), comparison.symbol(), model.column_name(right)),
        );
        self.take_to(end);
        self.add_filter(
            Filter::Columns { left: Ref::new(left), comparison, right: Ref::new(right) },
            Some(table),
        );
        true
    }

    /// "costing", "earning", "weighing": a verb that says which column the number is of.
    pub(super) fn verb_column(&self, at: usize) -> Option<(ColumnId, usize)> {
        let word = self.tokens.get(at)?;
        let quality = match word.stem.as_str() {
            "cost" | "pric"
                if !self.links_at(at + 1).iter().any(|link| matches!(link.target, Target::Table(_))) =>
            {
                Quality::Price
            }
            "earn" | "mak" => Quality::Pay,
            "weigh" => Quality::Weight,
            _ => return None,
        };
        let table = self.head_table().or(self.focus)?;
        let end = if self.word_at(at + 1) == "at" { at + 2 } else { at + 1 };
        self.quality_column(quality, table).map(|column| (column, end))
    }

    pub(super) fn plain_number(&self, at: usize) -> Option<Amount> {
        let at = self.past_currency(at);
        let number = self.number_at(at)?;
        let (end, has_unit) = self.past_units(at + 1);
        Some(Amount { comparison: Comparison::Equal, number, to: None, end, has_unit, quality: None })
    }

    /// The column of `table` or a table it leads to that keeps a quality.
    pub(super) fn quality_column(&self, quality: Quality, table: usize) -> Option<ColumnId> {
        let model = self.setting.model;
        let wanted = words::quality_words(quality);
        let fits = |column: &crate::model::Column| column.is_quantity() || column.is_birth;
        self.column_with_word(table, wanted, fits).or_else(|| {
            let mut near: Vec<usize> = (0..model.tables.len())
                .filter(|&id| id != table && model.distance(table, id) <= 1.5)
                .collect();
            near.sort_by(|left, right| {
                model.distance(table, *left).total_cmp(&model.distance(table, *right))
            });
            near.into_iter().find_map(|id| self.column_with_word(id, wanted, fits))
        })
    }

    /// Whether the words right before this place name the column.
    pub(super) fn said_just_before(&self, column: Ref, at: usize) -> bool {
        (0..at).rev().take(4).any(|from| {
            self.links_at(from).iter().any(|link| {
                from + link.length == at
                    && matches!(link.target, Target::Column(other) if other == column.column)
            })
        })
    }

    /// The one amount of money a row is worth.
    pub(super) fn money_column(&self, table: usize) -> Option<ColumnId> {
        let model = self.setting.model;
        let total = model.tables[table]
            .columns
            .iter()
            .copied()
            .find(|&id| crate::lexicon::is_total(&model.columns[id]));
        total.or_else(|| {
            self.column_with_word(
                table,
                &["price", "salary", "amount", "fee"],
                crate::model::Column::is_quantity,
            )
        })
    }

    pub(super) fn compare_quality(&mut self, quality: Quality, amount: Amount) -> bool {
        let Some(table) = self.scope_table().or(self.head_table()).or(self.focus) else { return false };
        let Some(column) = self.quality_column(quality, table) else { return false };
        let is_age = self.column(column).is_birth;
        let operand = if is_age { Operand::Age(Ref::new(column)) } else { Operand::Column(Ref::new(column)) };
        self.note(
            ReadingKind::Filter,
            self.at,
            amount.end,
            format!("{} {} {}", self.describe_operand(operand), amount.comparison.symbol(), amount.number),
        );
        self.compare(operand, amount)
    }

    /// Whether a figure by groups was said and nothing else since: "average rating per product" before "above 4".
    pub(super) fn after_group(&self) -> bool {
        if self.query.groups.is_empty()
            || self.scope.is_some()
            || self.query.head.is_some() && !self.query.counted
        {
            return false;
        }
        // "revenue by customer for orders over 100" bounds the orders
        let rows_between = self.at.checked_sub(1).is_some_and(|before| {
            self.links_at(before).iter().any(|link| match link.target {
                Target::Table(table) => {
                    link.weight > 0.7
                        && !self.query.groups.iter().any(|group| match group {
                            Group::Entity(head) => self.table_of_head(*head) == Some(table),
                            Group::Column(column) => self.column(column.column).table == table,
                            Group::Period(..) => false,
                        })
                }
                _ => false,
            })
        });
        !rows_between
    }

    /// "only those above 1000" after a figure by groups: nothing that has numbers of its own was said.
    pub(super) fn bounds_groups_before(&self) -> bool {
        self.fragment
            && (self.grouped_before || self.bounded_before)
            && self.query.head.is_none()
            && self.query.columns.is_empty()
            && self.query.measures.is_empty()
            && self.query.groups.is_empty()
            && self.scope.is_none()
            && self.last_column.is_none()
    }

    /// "average rating per product above 4": which groups are shown, and not which rows are averaged.
    pub(super) fn bound_of_groups(&mut self, amount: Amount) -> bool {
        let [measure] = self.query.measures.as_slice() else {
            self.take_to(amount.end);
            self.trouble.get_or_insert_with(|| "it is not clear which figure the bound is for".to_owned());
            return true;
        };
        let measure = measure.clone();
        let described = self.describe_measure(&measure);
        let bound = match amount.to {
            Some(high) => format!("{described} is between {} and {high}", amount.number),
            None => format!("{described} {} {}", amount.comparison.symbol(), amount.number),
        };
        self.note(ReadingKind::Filter, self.at, amount.end, bound);
        self.having(measure, amount)
    }
}
