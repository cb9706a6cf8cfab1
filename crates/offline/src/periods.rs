//! Which date a period without a column is about.

use crate::{
    figures,
    model::{Model, TableId},
    query::{Figure, Filter, Group, Query, Rank, Ref},
};

/// What came of looking for dates.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Filled {
    /// The main date, where it was used.
    pub(crate) column: Option<Ref>,
    /// A period has no date to be about.
    pub(crate) missing: bool,
    /// The date is that of a thing, not of an event: "products in 2025".
    pub(crate) vague: bool,
}

/// Gives periods without a column the main date of what they are about.
pub(crate) fn fill(query: &mut Query, model: &Model) -> Filled {
    let table = dated_table(query, model);
    let date = table.and_then(|table| figures::main_date(model, table)).map(Ref::new);
    let lists_things = query.measures.is_empty()
        && query.rank.is_none()
        && query.share.is_none()
        && table.is_some_and(|table| !model.tables[table].labels.is_empty());
    let mut filled = Filled::default();
    let mut give = |column: &mut Option<Ref>, filter: bool| {
        if column.is_none() {
            *column = date;
            filled.column = date;
            filled.missing |= date.is_none();
            filled.vague |= filter && lists_things;
        }
    };
    for filter in &mut query.filters {
        match filter {
            Filter::Period { column, .. } | Filter::Weekdays { column, .. } => give(column, true),
            Filter::Either(filters) => {
                for inner in filters {
                    if let Filter::Period { column, .. } | Filter::Weekdays { column, .. } = inner {
                        give(column, true);
                    }
                }
            }
            _ => {}
        }
    }
    let within = query.rank.iter_mut().flat_map(|rank| rank.within.iter_mut());
    for group in query.groups.iter_mut().chain(within) {
        if let Group::Period(column, _) = group {
            give(column, false);
        }
    }
    for measure in &mut query.measures {
        if let Some(Group::Period(column, _)) = measure.average_per.as_deref_mut() {
            give(column, false);
        }
    }
    for filter in &mut query.filters {
        if let Filter::Relation(relation) = filter {
            let own = figures::main_date(model, relation.table).map(Ref::new);
            for inner in &mut relation.filters {
                if let Filter::Period { column: column @ None, .. }
                | Filter::Weekdays { column: column @ None, .. } = inner
                {
                    *column = own;
                    filled.missing |= own.is_none();
                }
            }
        }
    }
    filled
}

/// The table whose date "in 2025" is about.
fn dated_table(query: &Query, model: &Model) -> Option<TableId> {
    let of = |operand| figures::operand_table(model, operand);
    if let Some(measure) = query.measures.first() {
        return of(measure.operand);
    }
    if let Some(share) = &query.share {
        return of(share.of.operand);
    }
    if let Some(Rank { by: Figure::Measure(measure), .. }) = &query.rank {
        return of(measure.operand);
    }
    if let Some(having) = query.having.first() {
        return of(having.measure.operand);
    }
    query.head.and_then(|head| figures::head_table(model, head)).or_else(|| {
        query.columns.first().and_then(|column| model.columns.get(column.column)).map(|column| column.table)
    })
}
