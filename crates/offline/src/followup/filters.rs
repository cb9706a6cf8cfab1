//! Conditions of a follow-up: beside those of the question before, or in their place.

use crate::{
    dates::Span,
    query::{Comparison, Filter, Query, Ref},
};

/// "exclude Germany", then "and Turkey": whether Turkey is left out too or looked at is not said.
pub(super) fn denied_before(query: &Query, filter: &Filter) -> bool {
    let Filter::OneOf { column, negated: false, .. } = filter else { return false };
    let is_denied =
        |old: &Filter| matches!(old, Filter::OneOf { column: other, negated: true, .. } if other == column);
    query.filters.iter().any(is_denied)
}

/// Adds a condition, in place of what it speaks of anew.
pub(super) fn set_filter(query: &mut Query, filter: Filter) {
    match &filter {
        Filter::Period { column, spans, negated } => {
            let mut replaced = false;
            for old in query.filters.iter_mut().flat_map(with_inner) {
                if let Filter::Period { column: old_column, spans: old_spans, negated: old_negated } = old
                    && (column.is_none() || *old_column == *column)
                {
                    *old_spans =
                        if *negated || *old_negated { spans.clone() } else { within(spans, old_spans) };
                    *old_negated = *negated;
                    replaced = true;
                }
            }
            if !replaced {
                query.filters.push(filter);
            }
        }
        // "without cancelled orders" leaves other conditions as they are, "only cancelled ones" replaces them
        Filter::OneOf { column, values, negated: true } if leave_out_too(query, *column, values) => {}
        Filter::OneOf { column, values, negated } => {
            replace_or_push(query, filter.clone(), |old| match old {
                Filter::OneOf { column: other, values: known, negated: denied } => {
                    other == column
                        && (!negated || *denied || known.iter().any(|value| values.contains(value)))
                }
                _ => false,
            })
        }
        // "and over 20?" after "under 10" is another question, after "over 5" a narrower one
        Filter::Compare { left, comparison, number } => {
            let known = query.filters.iter().rposition(|old| match old {
                Filter::Compare { left: other, comparison: old, number: limit } => {
                    other == left && displaces((*comparison, *number), (*old, *limit))
                }
                _ => false,
            });
            match known.and_then(|place| query.filters.get_mut(place)) {
                Some(old) => *old = filter,
                None => query.filters.push(filter),
            }
        }
        Filter::Truth { column, .. } => replace_or_push(
            query,
            filter.clone(),
            |old| matches!(old, Filter::Truth { column: other, .. } if other == column),
        ),
        _ => query.filters.push(filter),
    }
}

/// "neither Germany nor Turkey": what is left out is left out with what was before.
fn leave_out_too(query: &mut Query, column: Ref, values: &[String]) -> bool {
    let known = query.filters.iter_mut().flat_map(with_inner).find_map(|old| match old {
        Filter::OneOf { column: other, values, negated: true } if *other == column => Some(values),
        _ => None,
    });
    let Some(known) = known else { return false };
    for value in values {
        if !known.contains(value) {
            known.push(value.clone());
        }
    }
    true
}

/// "before March" within "this year" is of this year.
fn within(new: &[Span], old: &[Span]) -> Vec<Span> {
    let ([new], [old]) = (new, old) else { return new.to_vec() };
    let mut span = *new;
    if new.start.is_none() && new.end > old.start && old.end.is_none_or(|end| new.end <= Some(end)) {
        span.start = old.start;
    }
    if new.end.is_none() && new.start >= old.start && old.end.is_some_and(|end| new.start < Some(end)) {
        span.end = old.end;
    }
    vec![span]
}

/// Whether a bound takes the place of an earlier one: of the same side, or where no number fulfils both.
fn displaces((comparison, number): (Comparison, f64), (old, limit): (Comparison, f64)) -> bool {
    let upper = |comparison| matches!(comparison, Comparison::Less | Comparison::AtMost);
    let lower = |comparison| matches!(comparison, Comparison::More | Comparison::AtLeast);
    match (comparison, old) {
        (new, old) if upper(new) && lower(old) => number <= limit,
        (new, old) if lower(new) && upper(old) => number >= limit,
        _ => true,
    }
}

/// A filter and, of a relation, those within.
fn with_inner(filter: &mut Filter) -> Vec<&mut Filter> {
    match filter {
        Filter::Relation(relation) => relation.filters.iter_mut().collect(),
        other => vec![other],
    }
}

fn replace_or_push(query: &mut Query, filter: Filter, same: impl Fn(&Filter) -> bool) {
    match query.filters.iter_mut().flat_map(with_inner).find(|old| same(old)) {
        Some(old) => *old = filter,
        None => query.filters.push(filter),
    }
}
