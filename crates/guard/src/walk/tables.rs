//! Which tables a name in `FROM` means, and whether they may be read.

use sqlparser::ast::{ObjectName, TableAlias};

use super::{Walk, Walker};
use crate::{Dialect, Reason, Refusal, TableName, catalogs, foreign, names};

impl Walker<'_> {
    pub(super) fn table(&mut self, name: &ObjectName) -> Walk {
        let Some(idents) = names::idents(name) else {
            return Err(Refusal::new(
                Reason::Table,
                "a table's name may not be computed: write the name itself",
            ));
        };
        let [first, rest @ ..] = idents.as_slice() else { return Ok(()) };
        let alias = names::fold_alias(self.dialect(), first);
        if rest.is_empty() && self.scopes.iter().any(|scope| scope.ctes.contains(&alias)) {
            return Ok(());
        }
        // `FROM orders AS o, o.items`: an array of the row, not a table.
        let path = self.dialect() == Dialect::Bigquery && !rest.is_empty() && !first.value.contains('.');
        if path && self.scopes.iter().any(|scope| scope.ranges.contains(&alias)) {
            return Ok(());
        }
        if let Some(ident) = idents.iter().find(|ident| ident.value.is_empty() || ident.value.contains('\0'))
        {
            return Err(Refusal::new(Reason::Table, "a table's name is empty").at_location(ident.span.start));
        }
        let table = names::table(self.dialect(), &idents);
        if table.parts.len() > 4 {
            return Err(refused(&table, "has too many parts", "write catalog, schema and table at most"));
        }
        if let Some(why) = catalogs::secret(self.dialect(), &table) {
            let words = format!("may not be read: {why}");
            return Err(refused(&table, &words, "ask for data instead").at_location(first.span.start));
        }
        if let Some(why) = foreign::doubt(self.dialect(), &table)
            && self.guard.schema().is_none()
        {
            let words = format!("may not be read: {why}");
            return Err(refused(&table, &words, "use a table of your own").at_location(first.span.start));
        }
        if let Some(schema) = self.guard.schema()
            && !schema.has(&table)
        {
            let near = schema.near(table.name());
            let advice = if near.is_empty() {
                "use one of those the schema shows".to_owned()
            } else {
                names::did_you_mean(&near).trim_start_matches([':', ' ']).to_owned()
            };
            let refusal = if catalogs::is_catalog(self.dialect(), &table) {
                refused(&table, "may not be read here", "use one of those the schema shows")
            } else {
                refused(&table, "is not among the tables you may ask", &advice).mistaken(true)
            };
            return Err(refusal.at_location(first.span.start));
        }
        self.must_be_a_short_sequence(&table)?;
        if self.dialect() == Dialect::Bigquery && is_open_wildcard(table.name()) && !self.filtered {
            self.wildcard = Some(first.span.start);
        }
        if !self.found.tables.contains(&table) {
            self.found.tables.push(table);
        }
        Ok(())
    }

    /// Remembers what a later item of the same `FROM` may start a path with.
    pub(super) fn range(&mut self, name: &ObjectName, alias: Option<&TableAlias>) {
        if alias.is_some() {
            self.range_alias(alias);
        } else if let Some(last) = names::idents(name).and_then(|idents| idents.last().copied()) {
            let name = last.value.rsplit('.').next().unwrap_or_default().to_lowercase();
            self.add_range(name);
        }
    }

    pub(super) fn range_alias(&mut self, alias: Option<&TableAlias>) {
        if let Some(alias) = alias {
            self.add_range(names::fold_alias(self.dialect(), &alias.name));
        }
    }

    fn add_range(&mut self, name: String) {
        if self.dialect() == Dialect::Bigquery
            && let Some(scope) = self.scopes.last_mut()
        {
            scope.ranges.push(name);
        }
    }
}

/// Whether a name such as `events_*` stands for tables of all times; `events_2024*` does not.
fn is_open_wildcard(name: &str) -> bool {
    name.strip_suffix('*').is_some_and(|prefix| !prefix.ends_with(|c: char| c.is_ascii_digit()))
}

fn refused(table: &TableName, words: &str, advice: &str) -> Refusal {
    Refusal::new(Reason::Table, format!("the table `{table}` {words}; {advice}"))
}
