//! Follow-ups: a question that changes a part of the one before.

use crate::{
    dates::{Grain, Span},
    figures,
    model::Model,
    parse::Parsed,
    query::{Figure, Filter, Group, Head, Measure, Query, Rank},
    token::{Token, TokenKind},
};

/// Whether the words alone say that this question continues another.
pub(crate) fn continues(tokens: &[Token]) -> bool {
    let words: Vec<&str> = tokens
        .iter()
        .filter(|token| token.kind != TokenKind::Mark)
        .map(|token| token.word.as_str())
        .collect();
    let starts = |lead: &[&str]| words.starts_with(lead);
    starts(&["and"])
        || starts(&["what", "about"])
        || starts(&["how", "about"])
        || starts(&["only"])
        || starts(&["just"])
        || starts(&["same"])
        || starts(&["the", "same"])
        || starts(&["but"])
        || starts(&["now"])
        || starts(&["instead"])
        || starts(&["also"])
        || starts(&["then"])
        || starts(&["sort"])
        || starts(&["order", "by"])
        || starts(&["order", "them"])
        || starts(&["by"])
        || starts(&["per"])
        || starts(&["in"]) && words.len() <= 4
        || starts(&["for"]) && words.len() <= 4
        || starts(&["without"])
        || starts(&["excluding"])
        || starts(&["except"])
        || starts(&["group", "by"])
        || starts(&["break"])
        || starts(&["split"])
        || starts(&["filter"])
        || starts(&["limit"])
        || starts(&["make", "it"])
        || words.iter().any(|word| matches!(*word, "them" | "those" | "instead" | "ones"))
        || words.windows(2).any(|pair| {
            matches!(pair, ["their", _])
                && words.len() <= 6
                && !words.iter().any(|word| matches!(*word, "with" | "and"))
        })
        || words.windows(2).any(|pair| {
            matches!(pair, ["is" | "are" | "of", "that" | "those" | "these" | "it"]) && words.len() <= 5
        })
}

/// The earlier question with what the follow-up changes; nothing where they do not fit together.
pub(crate) fn merge(before: &Query, follow_up: &Parsed, model: &Model) -> Option<Query> {
    let mut query = before.clone();
    let change = &follow_up.query;
    let mut changed = false;
    if let Some((descending, limit)) = follow_up.replaces.direction {
        redirect(&mut query, descending, limit)?;
        changed = true;
    }
    if let Some(function) = follow_up.replaces.function {
        let [measure] = query.measures.as_mut_slice() else { return None };
        if !matches!(measure.operand, crate::query::Operand::Column(_) | crate::query::Operand::Age(_)) {
            return None;
        }
        measure.function = function;
        changed = true;
    }
    if let Some(grain) = follow_up.replaces.earlier {
        earlier(&mut query, grain)?;
        changed = true;
    }
    if let Some(limit) = follow_up.replaces.limit {
        match &mut query.rank {
            Some(rank) => rank.limit = limit,
            None => query.limit = Some(query.limit.map(|_| limit)?),
        }
        changed = true;
    }
    if change.counted && change.head.is_none() && change.measures.is_empty() {
        count(&mut query)?;
        changed = true;
    }
    if let Some(head) = change.head {
        same_head(&mut query, head, model)?;
        changed |= !change.columns.is_empty() || !change.filters.is_empty();
        if !changed && Some(head) != before.head {
            return None;
        }
    }
    for filter in &change.filters {
        set_filter(&mut query, filter.clone());
        changed = true;
    }
    if !change.having.is_empty() || change.share.is_some() || !change.companions.is_empty() {
        return None;
    }
    if !change.measures.is_empty() {
        remeasure(&mut query, &change.measures);
        changed = true;
    }
    if !change.groups.is_empty() {
        regroup(&mut query, &change.groups)?;
        changed = true;
    }
    if let Some(rank) = &change.rank {
        query.rank = Some(rank.clone());
        changed = true;
    }
    for column in &change.columns {
        if !query.columns.contains(column) {
            query.columns.push(*column);
        }
        query.named = true;
        changed = true;
    }
    if !change.sort.is_empty() {
        sort(&mut query, change);
        changed = true;
    }
    changed.then_some(query)
}

/// "and the bottom five?"
fn redirect(query: &mut Query, descending: bool, limit: Option<u64>) -> Option<()> {
    if query.rank.is_none() {
        let measure = query.measures.first().cloned()?;
        if query.groups.is_empty() {
            return None;
        }
        query.measures.remove(0);
        query.rank = Some(Rank {
            by: Figure::Measure(measure),
            descending,
            limit: limit.unwrap_or(10),
            shown: true,
            within: Vec::new(),
        });
        return Some(());
    }
    let rank = query.rank.as_mut()?;
    rank.descending = descending;
    if let Some(limit) = limit {
        rank.limit = limit;
    }
    Some(())
}

/// "and the year before?": the one period of the question, a step back.
fn earlier(query: &mut Query, grain: Grain) -> Option<()> {
    let mut periods = query.filters.iter_mut().filter_map(|filter| match filter {
        Filter::Period { spans, .. } => Some(spans),
        _ => None,
    });
    let (spans, None) = (periods.next()?, periods.next()) else { return None };
    let [span] = spans.as_mut_slice() else { return None };
    let (start, end) = (span.start?, span.end?);
    let back = |day| crate::dates::back(day, grain, 1);
    *span = Span { start: Some(back(start)?), end: Some(back(end)?) };
    Some(())
}

/// "how many is that?"
fn count(query: &mut Query) -> Option<()> {
    if query.rank.is_some() || !query.measures.is_empty() || !query.groups.is_empty() {
        return None;
    }
    query.columns.clear();
    query.companions.clear();
    query.sort.clear();
    if query.having.is_empty() {
        let Some(Head::Table(table)) = query.head.take() else { return None };
        query.measures.push(Measure::count(table));
    } else {
        query.counted = true;
    }
    Some(())
}

/// The follow-up names the same thing again.
fn same_head(query: &mut Query, head: Head, model: &Model) -> Option<()> {
    let named = figures::head_table(model, head);
    let known = query.head.and_then(|head| figures::head_table(model, head)) == named
        || query.groups.iter().any(
            |group| matches!(group, Group::Entity(entity) if figures::head_table(model, *entity) == named),
        )
        || query.measures.iter().any(|measure| figures::operand_table(model, measure.operand) == named);
    known.then_some(())
}

fn set_filter(query: &mut Query, filter: Filter) {
    match &filter {
        Filter::Period { column, spans, negated } => {
            let mut replaced = false;
            for old in query.filters.iter_mut().flat_map(with_inner) {
                if let Filter::Period { column: old_column, spans: old_spans, negated: old_negated } = old
                    && (column.is_none() || *old_column == *column)
                {
                    old_spans.clone_from(spans);
                    *old_negated = *negated;
                    replaced = true;
                }
            }
            if !replaced {
                query.filters.push(filter);
            }
        }
        Filter::OneOf { column, .. } => replace_or_push(
            query,
            filter.clone(),
            |old| matches!(old, Filter::OneOf { column: other, .. } if other == column),
        ),
        Filter::Truth { column, .. } => replace_or_push(
            query,
            filter.clone(),
            |old| matches!(old, Filter::Truth { column: other, .. } if other == column),
        ),
        _ => query.filters.push(filter),
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

/// "and the number of orders?"
fn remeasure(query: &mut Query, measures: &[Measure]) {
    if let (Some(Rank { by: by @ Figure::Measure(_), .. }), [only]) = (&mut query.rank, measures) {
        *by = Figure::Measure(only.clone());
        query.measures.clear();
    } else {
        query.measures = measures.to_vec();
        query.sort.clear();
    }
}

/// "and by month?"
fn regroup(query: &mut Query, groups: &[Group]) -> Option<()> {
    if let Some(Rank { by: Figure::Measure(measure), .. }) = query.rank.take() {
        query.measures.insert(0, measure);
    }
    if query.measures.is_empty() && query.share.is_none() {
        let Some(Head::Table(table)) = query.head.take() else { return None };
        query.columns.clear();
        query.measures.push(Measure::count(table));
    }
    query.sort.clear();
    query.limit = None;
    query.groups = groups.to_vec();
    Some(())
}

fn sort(query: &mut Query, change: &Query) {
    let Some(sort) = change.sort.first() else { return };
    match &mut query.rank {
        // the same few rows in another order would be another question: the ranking is replaced
        Some(rank) if rank.by != sort.by => {
            rank.by = sort.by.clone();
            rank.descending = sort.descending;
        }
        Some(rank) => rank.descending = sort.descending,
        None => query.sort.clone_from(&change.sort),
    }
}

/// Whether grouping by a calendar step makes sense to offer next.
pub(crate) fn suggestions(query: &Query, model: &Model) -> Vec<String> {
    let mut next = Vec::new();
    let table = query.measures.first().or(match &query.rank {
        Some(Rank { by: Figure::Measure(measure), .. }) => Some(measure),
        _ => None,
    });
    let dated = table
        .and_then(|measure| figures::operand_table(model, measure.operand))
        .and_then(|table| figures::main_date(model, table))
        .is_some();
    let by_month = query.groups.iter().any(|group| matches!(group, Group::Period(_, Grain::Month)));
    if dated && !by_month && query.share.is_none() {
        next.push("And by month?".to_owned());
    }
    if dated
        && !query.filters.iter().any(|filter| matches!(filter, Filter::Period { .. }))
        && query.share.is_none()
    {
        next.push("What about last month?".to_owned());
    }
    if let Some(rank) = &query.rank
        && rank.limit > 1
        && rank.within.is_empty()
    {
        next.push(format!("And the {} {}?", if rank.descending { "bottom" } else { "top" }, rank.limit));
    }
    if matches!(query.head, Some(Head::Table(_)))
        && query.rank.is_none()
        && query.measures.is_empty()
        && query.having.is_empty()
    {
        next.push("How many is that?".to_owned());
    }
    next.truncate(3);
    next
}
