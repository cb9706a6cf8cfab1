//! Which tables a query makes use of.

use chrono::Datelike;

use crate::{
    figures,
    model::{Model, TableId},
    query::{Figure, Filter, Group, Measure, Operand, Query},
};

/// The year in which the one period of a question lies.
pub(crate) fn year(query: &Query) -> Option<i32> {
    let mut periods = query.filters.iter().filter_map(|filter| match filter {
        Filter::Period { spans, negated: false, .. } => Some(spans),
        _ => None,
    });
    let (spans, None) = (periods.next()?, periods.next()) else { return None };
    let [span] = spans.as_slice() else { return None };
    let (first, last) = (span.start?.year(), span.end?.pred_opt()?.year());
    (first == last).then_some(first)
}

/// The table whose rows a question lists or adds up.
pub(crate) fn main_table(query: &Query, model: &Model) -> Option<TableId> {
    let ranked = query.rank.as_ref().and_then(|rank| match &rank.by {
        Figure::Measure(measure) => Some(measure),
        Figure::Plain(_) => None,
    });
    let measure = query.measures.first().or(ranked);
    query
        .head
        .and_then(|head| figures::head_table(model, head))
        .or_else(|| figures::operand_table(model, measure?.operand))
}

/// Every table of which the query lists, groups by, adds up or asks something.
pub(crate) fn tables(query: &Query, model: &Model) -> Vec<TableId> {
    let mut used = Vec::new();
    let column = |column: usize| model.columns.get(column).map(|column| column.table);
    used.extend(query.head.and_then(|head| figures::head_table(model, head)));
    used.extend(query.columns.iter().chain(&query.ages).filter_map(|reference| column(reference.column)));
    used.extend(query.companions.iter().filter_map(|head| figures::head_table(model, *head)));
    let measures = query
        .measures
        .iter()
        .chain(query.having.iter().map(|having| &having.measure))
        .chain(query.share.iter().map(|share| &share.of));
    for measure in measures {
        add_measure(measure, model, &mut used);
    }
    let sorts = query.sort.iter().map(|sort| &sort.by).chain(query.rank.iter().map(|rank| &rank.by));
    for figure in sorts {
        match figure {
            Figure::Measure(measure) => add_measure(measure, model, &mut used),
            Figure::Plain(operand) => used.extend(figures::operand_table(model, *operand)),
        }
    }
    let within = query.rank.iter().flat_map(|rank| &rank.within);
    for group in query.groups.iter().chain(within) {
        add_group(group, model, &mut used);
    }
    let part = query.share.iter().flat_map(|share| &share.part);
    for filter in query.filters.iter().chain(part) {
        add_filter(filter, model, &mut used);
    }
    used
}

fn add_measure(measure: &Measure, model: &Model, used: &mut Vec<TableId>) {
    used.extend(figures::operand_table(model, measure.operand));
    if let Operand::Concept(concept) = measure.operand {
        used.extend(figures::ways(model, concept).into_iter().map(|(table, _)| table));
    }
    if let Some(group) = &measure.average_per {
        add_group(group, model, used);
    }
}

fn add_group(group: &Group, model: &Model, used: &mut Vec<TableId>) {
    match group {
        Group::Column(reference) => {
            used.extend(model.columns.get(reference.column).map(|column| column.table))
        }
        Group::Entity(head) => used.extend(figures::head_table(model, *head)),
        Group::Period(reference, _) => {
            used.extend(
                reference
                    .and_then(|reference| model.columns.get(reference.column))
                    .map(|column| column.table),
            );
        }
    }
}

fn add_filter(filter: &Filter, model: &Model, used: &mut Vec<TableId>) {
    let column = |column: usize| model.columns.get(column).map(|column| column.table);
    match filter {
        Filter::Compare { left, .. }
        | Filter::Between { left, .. }
        | Filter::Average { column: left, .. } => {
            used.extend(figures::operand_table(model, *left));
        }
        Filter::Columns { left, .. } | Filter::Named { column: left, .. } => used.extend(column(left.column)),
        Filter::Shared { column: reference, other, .. } => {
            used.extend(column(reference.column));
            used.extend(column(*other));
        }
        Filter::OneOf { column: reference, .. }
        | Filter::Text { column: reference, .. }
        | Filter::Missing { column: reference, .. }
        | Filter::Truth { column: reference, .. } => used.extend(column(reference.column)),
        Filter::Period { column: reference, .. } | Filter::Weekdays { column: reference, .. } => {
            used.extend(reference.and_then(|reference| column(reference.column)));
        }
        Filter::Either(filters) => filters.iter().for_each(|filter| add_filter(filter, model, used)),
        Filter::Relation(relation) => {
            used.push(relation.table);
            // what a relation passes through is part of it
            used.extend(model.edges.iter().filter(|edge| edge.from == relation.table).map(|edge| edge.to));
            used.extend(model.edges.iter().filter(|edge| edge.to == relation.table).map(|edge| edge.from));
            for inner in &relation.filters {
                add_filter(inner, model, used);
            }
        }
    }
}
