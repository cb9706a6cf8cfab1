//! Keys and references that nobody declared, as names tell them. Some engines, such as Trino, know none at all.

use super::{ColumnId, Model, Table, TableId};
use crate::text::{singular, split_identifier};

/// Whose rows have superiors among themselves.
const STAFF: [&str; 4] = ["employee", "staff", "worker", "personnel"];
/// Who that is.
const SUPERIORS: [&str; 4] = ["manager", "supervisor", "boss", "superior"];

impl Model {
    /// `id`, or `customer_id` in `customers`, is the key of a table without one.
    pub(super) fn infer_keys(&mut self) {
        for table in 0..self.tables.len() {
            if self.tables[table].primary_key.is_empty() {
                self.tables[table].primary_key = self.key_by_name(table).into_iter().collect();
            }
        }
    }

    fn key_by_name(&self, table: TableId) -> Option<ColumnId> {
        let table = &self.tables[table];
        let full: Vec<&str> = table.words.iter().map(String::as_str).chain(["id"]).collect();
        let named = |wanted: &[&str]| {
            let mut columns = table.columns.iter().copied();
            columns.find(|&column| singular_words(&self.columns[column].name) == wanted)
        };
        named(&["id"]).or_else(|| named(&full))
    }

    /// `customer_id` leads to `customers.id` also where nobody declared it.
    pub(super) fn infer_edges(&mut self) {
        for column in 0..self.columns.len() {
            let from = self.columns[column].table;
            if self.edges.iter().any(|edge| edge.from_columns.contains(&column)) {
                continue;
            }
            if self.tables[from].primary_key == [column] {
                continue;
            }
            if let Some((to, key)) = self.referred_key(column).or_else(|| self.own_key(column)) {
                self.add_edge(from, vec![column], to, vec![key]);
            }
        }
    }

    fn referred_key(&self, column: ColumnId) -> Option<(TableId, ColumnId)> {
        let from = self.columns[column].table;
        let name = self.columns[column].name.to_lowercase();
        let words = split_identifier(&name);
        let (last, stem) = words.split_last()?;
        let key_of = |table: &Table| match table.primary_key.as_slice() {
            [key] => Some(*key),
            _ => table.columns.iter().copied().find(|&key| self.columns[key].name.eq_ignore_ascii_case("id")),
        };
        if last == "id" && !stem.is_empty() {
            let stem: Vec<String> = stem.iter().map(|word| singular(word)).collect();
            let named = self.nearest(from, |table| table.words == stem);
            if let Some((id, key)) = named.and_then(|id| Some((id, key_of(&self.tables[id])?))) {
                return Some((id, key));
            }
        }
        // the same distinctive name is the other table's whole key
        let distinctive = name != "id" && name != "name" && name != "code" && name != "key";
        let same_key = |table: &Table| match table.primary_key.as_slice() {
            [key] => self.columns[*key].name.eq_ignore_ascii_case(&name),
            _ => false,
        };
        let to = self.nearest(from, |table| distinctive && same_key(table))?;
        Some((to, *self.tables[to].primary_key.first()?))
    }

    /// The first such table beside `from`; one of another schema only if there is no second.
    fn nearest(&self, from: TableId, such: impl Fn(&Table) -> bool) -> Option<TableId> {
        let place = |id: TableId| {
            let reference = &self.tables[id].reference;
            (&reference.catalog, &reference.schema)
        };
        let found: Vec<TableId> =
            (0..self.tables.len()).filter(|&id| id != from && such(&self.tables[id])).collect();
        let beside = found.iter().copied().find(|&id| place(id) == place(from));
        beside.or_else(|| if let [only] = found[..] { Some(only) } else { None })
    }

    /// `manager_id` of employees, and `parent_id`, lead to another row of the same table.
    fn own_key(&self, column: ColumnId) -> Option<(TableId, ColumnId)> {
        let id = self.columns[column].table;
        let table = &self.tables[id];
        let [key] = table.primary_key[..] else { return None };
        let words = singular_words(&self.columns[column].name);
        let is_staff = table.words.last().is_some_and(|word| STAFF.contains(&word.as_str()));
        let leads = match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["report", "to"] => is_staff,
            [role, ref kind @ .., "id"] if kind.is_empty() || kind == table.words => match role {
                // beside a type it may be a row of any table
                "parent" => !table.columns.iter().any(|&other| {
                    self.columns[other].name.to_lowercase().contains("parent") && other != column
                }),
                _ => is_staff && SUPERIORS.contains(&role),
            },
            _ => false,
        };
        (leads && self.columns[column].kind == self.columns[key].kind).then_some((id, key))
    }
}

/// The words of a name, singular.
fn singular_words(name: &str) -> Vec<String> {
    split_identifier(name).iter().map(|word| singular(word)).collect()
}

#[cfg(test)]
mod tests {
    use sqlatte_core::Schema;
    use sqlatte_guard::Dialect;
    use sqlatte_providers::{ColumnSchema, ColumnType, TableRef, TableSchema};

    use super::*;

    /// A table without keys; a column is a number unless its name says otherwise.
    fn table(name: &str, columns: &[&str]) -> TableSchema {
        let (schema, name) = name.split_once('.').unwrap_or(("shop", name));
        let kind = |name: &str| match name {
            "name" | "manager_code" | "parent_type" => ColumnType::Text,
            _ => ColumnType::Integer,
        };
        let reference = TableRef { schema: Some(schema.to_owned()), ..TableRef::new(name) };
        TableSchema {
            columns: columns.iter().map(|name| ColumnSchema::new(*name, "", kind(name))).collect(),
            ..TableSchema::new(reference)
        }
    }

    fn edges(tables: Vec<TableSchema>) -> Vec<String> {
        let model =
            Model::new(&Schema::new(tables), Dialect::Trino, &sqlatte_core::glossary::House::default());
        let place = |column: ColumnId| {
            let table = &model.tables[model.columns[column].table].reference;
            format!("{table}.{}", model.columns[column].name)
        };
        let shown = |edge: &super::super::Edge| {
            format!("{} -> {}", place(edge.from_columns[0]), place(edge.to_columns[0]))
        };
        model.edges.iter().map(shown).collect()
    }

    #[test]
    fn names_lead_where_nothing_is_declared() {
        let found = edges(vec![
            table("customers", &["customer_id", "name"]),
            table("orders", &["id", "customer_id", "store_id"]),
            table("order_items", &["order_id", "line", "product_id"]),
            table("employees", &["employee_id", "name", "manager_id"]),
            table("categories", &["id", "name", "parent_id"]),
        ]);
        assert_eq!(
            found,
            [
                "shop.orders.customer_id -> shop.customers.customer_id",
                "shop.order_items.order_id -> shop.orders.id",
                "shop.employees.manager_id -> shop.employees.employee_id",
                "shop.categories.parent_id -> shop.categories.id",
            ]
        );
    }

    #[test]
    fn people_of_one_name_stay_two_people() {
        let schema = Schema::new(vec![
            table("customers", &["customer_id", "name"]),
            table("orders", &["order_id", "customer_id"]),
        ]);
        let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let knowledge = crate::reader::Knowledge::of(&schema, Dialect::Trino, &[]);
        let read = knowledge.read("number of orders per customer", None, today);
        let sql = read.map(|read| read.sql).unwrap_or_default();
        assert!(sql.contains("GROUP BY customers.customer_id, customers.name"), "{sql}");
    }

    #[test]
    fn a_name_that_may_mean_another_row_leads_nowhere() {
        let found = edges(vec![
            // an office's manager is no office
            table("offices", &["id", "manager_id"]),
            // a row of any table
            table("comments", &["id", "parent_id", "parent_type"]),
            // of another type than the key
            table("employees", &["id", "manager_code", "parent_badge_id"]),
            // without a key of its own
            table("workers", &["name", "manager_id"]),
        ]);
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn tables_of_the_same_schema_come_first() {
        let customers = |schema: &str| table(&format!("{schema}.customers"), &["id", "name"]);
        let orders = |schema: &str| table(&format!("{schema}.orders"), &["id", "customer_id"]);
        let both = edges(vec![customers("now"), customers("archive"), orders("archive"), orders("now")]);
        assert_eq!(
            both,
            [
                "archive.orders.customer_id -> archive.customers.id",
                "now.orders.customer_id -> now.customers.id"
            ]
        );
        assert_eq!(
            edges(vec![customers("now"), orders("other")]),
            ["other.orders.customer_id -> now.customers.id"]
        );
        assert!(edges(vec![customers("now"), customers("archive"), orders("other")]).is_empty());
    }
}
