//! Tables that show the rows of another once more: views of a table, backups and excerpts of it.

use sqlatte_providers::TableKind;

use super::{Model, Table, TableId};

/// Columns of one name by which two tables may be thought to keep the same rows.
const LEAST_SHARED: usize = 3;

impl Model {
    /// Finds the tables that repeat another. They mean only what their own name says: nobody who asks for the
    /// revenue means that of a view of some orders.
    pub(super) fn find_repeated(&mut self) {
        let repeats: Vec<bool> = (0..self.tables.len())
            .map(|id| (0..self.tables.len()).any(|other| other != id && self.repeats(id, other)))
            .collect();
        for (table, repeats) in self.tables.iter_mut().zip(repeats) {
            table.repeats_another = repeats;
        }
    }

    fn repeats(&self, id: TableId, other: TableId) -> bool {
        let (table, other_table) = (&self.tables[id], &self.tables[other]);
        let (is_view, of_view) = (is_view(table), is_view(other_table));
        let shared = self.shared_columns(id, other);
        let own = table.columns.len();
        let longer = table.words.len() > other_table.words.len()
            && other_table.words.iter().all(|word| table.words.contains(word));
        match (is_view, of_view) {
            (true, false) => longer || (shared >= LEAST_SHARED && shared * 10 >= own * 6),
            (false, true) => false,
            // a backup: the same columns under a longer name
            _ => {
                let most = own.max(other_table.columns.len());
                longer && shared >= LEAST_SHARED && shared * 10 >= most * 8
            }
        }
    }

    fn shared_columns(&self, left: TableId, right: TableId) -> usize {
        let has = |name: &str| {
            self.tables[right]
                .columns
                .iter()
                .any(|&other| self.columns[other].name.eq_ignore_ascii_case(name))
        };
        self.tables[left].columns.iter().filter(|&&column| has(&self.columns[column].name)).count()
    }
}

fn is_view(table: &Table) -> bool {
    matches!(table.reference.kind, TableKind::View | TableKind::MaterializedView)
}

#[cfg(test)]
mod tests {
    use sqlatte_core::Schema;
    use sqlatte_guard::Dialect;
    use sqlatte_providers::{ColumnSchema, ColumnType, TableRef, TableSchema};

    use super::*;

    fn table(name: &str, kind: TableKind, columns: &[&str]) -> TableSchema {
        let columns = columns.iter().map(|name| ColumnSchema::new(*name, "", ColumnType::Integer)).collect();
        TableSchema { columns, ..TableSchema::new(TableRef { kind, ..TableRef::new(name) }) }
    }

    fn repeated(tables: Vec<TableSchema>) -> Vec<String> {
        let house = sqlatte_core::glossary::House::default();
        let model = Model::new(&Schema::new(tables), Dialect::Sqlite, &house);
        let found = model.tables.iter().filter(|table| table.repeats_another);
        found.map(|table| table.name().to_owned()).collect()
    }

    #[test]
    fn a_view_repeats_its_table_and_a_backup_as_well() {
        let orders = ["id", "customer_id", "total", "channel"];
        let found = repeated(vec![
            table("big_orders", TableKind::View, &orders),
            table("orders", TableKind::Table, &orders),
            table("orders_backup", TableKind::Table, &orders),
            table("order_items", TableKind::Table, &["order_id", "product_id", "quantity"]),
            table("recent", TableKind::MaterializedView, &["id", "customer_id", "total"]),
            table("ratings", TableKind::View, &["product_id", "stars"]),
        ]);
        assert_eq!(found, ["big_orders", "orders_backup", "recent"]);
    }

    #[test]
    fn views_alone_are_the_tables() {
        let orders = ["id", "customer_id", "total"];
        assert!(repeated(vec![table("orders", TableKind::View, &orders)]).is_empty());
    }
}
