//! Context files against the database as it is.

use sqlatte_providers::Result;

use super::{
    Fault, Glossary,
    entries::{Example, Text},
    house::{Meant, Names, find},
};
use crate::{Catalog, Schema};

impl Glossary {
    /// Every name that the database does not know. Such an entry is not used as long as that is so.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn check(&self, catalog: &Catalog) -> Result<Vec<Fault>> {
        if self.is_empty() {
            return Ok(Vec::new());
        }
        let tables = catalog.tables().await?;
        let mut mentioned: Vec<usize> =
            self.mentioned().filter_map(|name| find(tables.iter(), name)).collect();
        mentioned.sort_unstable();
        mentioned.dedup();
        let mentioned: Vec<_> = mentioned.into_iter().filter_map(|at| tables.get(at).cloned()).collect();
        let schema = Schema::new(catalog.database().describe(&mentioned).await?);
        let info = catalog.info();
        let names = Names {
            schema: &schema,
            known: schema.known(&info),
            dialect: info.dialect,
            guard: catalog.guard(),
            others: &tables,
        };
        let mut faults = self.unknown(&names);
        for example in &self.entries.examples {
            faults.extend(fault_of(example, catalog, &schema).await?);
        }
        faults.sort();
        faults.dedup();
        Ok(faults)
    }

    fn unknown(&self, names: &Names<'_>) -> Vec<Fault> {
        let mut faults = Vec::new();
        let entries = &self.entries;
        for term in &entries.terms {
            faults.extend(term.same_as.iter().filter_map(|same| names.meant(same).err()));
            faults.extend(names.another_table(term));
            faults.extend(term.tables.iter().filter_map(|table| names.table(table).err()));
            faults.extend(term.columns.iter().filter_map(|column| not_a_column(names, column)));
        }
        faults.extend(entries.metrics.iter().filter_map(|metric| names.metric(metric).err()));
        faults.extend(entries.filters.iter().filter_map(|filter| names.filter(filter).err()));
        let also = entries.filters.iter().flat_map(|filter| &filter.also);
        faults.extend(also.filter_map(|table| names.table(table).err()));
        faults.extend(entries.joins.iter().filter_map(|join| names.join(join).err()));
        faults.extend(entries.partitions.iter().filter_map(|partition| names.partition(partition).err()));
        faults
    }

    /// Everything in the files that may be the name of a table.
    fn mentioned(&self) -> impl Iterator<Item = &str> {
        let entries = &self.entries;
        let of_terms = entries.terms.iter().flat_map(|term| {
            let dotted = term.same_as.iter().chain(&term.columns);
            let owners = dotted.filter_map(|name| name.text.rsplit_once('.').map(|(table, _)| table));
            owners.chain(term.same_as.iter().chain(&term.tables).map(|name| name.text.as_str()))
        });
        let metrics = entries.metrics.iter().map(|metric| &metric.table);
        let joins = entries.joins.iter().flat_map(|join| [&join.left, &join.right]);
        let filters = entries.filters.iter().flat_map(|filter| filter.also.iter().chain([&filter.table]));
        let partitions = entries.partitions.iter().map(|partition| &partition.table);
        let others = metrics.chain(joins).chain(filters).chain(partitions).map(|name| name.text.as_str());
        let examples = entries.examples.iter().flat_map(|example| &example.tables).map(String::as_str);
        of_terms.chain(others).chain(examples)
    }
}

fn not_a_column(names: &Names<'_>, column: &Text) -> Option<Fault> {
    match names.meant(column) {
        Ok(Meant::Column(..)) => None,
        Ok(Meant::Table(_)) => {
            let message = format!("`{}` is a table: columns are written as `table.column`", column.text);
            Some(Fault { place: column.place.clone(), message })
        }
        Err(fault) => Some(fault),
    }
}

/// Why an example is not used now, if it is not: the guard refuses it, or a name in it does not exist.
async fn fault_of(example: &Example, catalog: &Catalog, schema: &Schema) -> Result<Option<Fault>> {
    let fault = |message: String| Some(Fault { place: example.sql.place.clone(), message });
    let guarded = match catalog.check(&example.sql.text).await? {
        Ok(guarded) => guarded,
        Err(refusal) => return Ok(fault(refusal.to_string())),
    };
    let findings = schema.known(&catalog.info()).read(&guarded);
    Ok(findings.unknown.first().and_then(|unknown| fault(unknown.message.clone())))
}

/// Whether an example may be shown beside this schema: the guard passes it now, and all it reads is there.
pub(crate) async fn is_sound(example: &Example, catalog: &Catalog, schema: &Schema) -> bool {
    let here = |name: &String| find(schema.tables.iter().map(|table| &table.table), name).is_some();
    if !example.tables.iter().all(here) {
        return false;
    }
    matches!(fault_of(example, catalog, schema).await, Ok(None))
}
