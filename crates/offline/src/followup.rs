//! Follow-ups: a question that changes a part of the one before.

mod filters;

use self::filters::{denied_before, set_filter};
use crate::{
    dates::{Grain, Span},
    figures,
    model::Model,
    parse::{Bound, Parsed},
    query::{
        Comparison, Figure, Filter, Function, Group, Having, Head, Measure, Operand, Quantity, Query, Rank,
        Relation,
    },
    token::{Token, TokenKind},
};

/// Whether the words alone say that this question continues another.
pub(crate) fn continues(tokens: &[Token]) -> bool {
    let words = words_of(tokens);
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
        || refers_back(&words)
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

/// Whether a text that continues another says too little to be asked alone.
pub(crate) fn is_no_question(tokens: &[Token]) -> bool {
    let words = words_of(tokens);
    words.len() <= 3 || refers_back(&words)
}

fn words_of(tokens: &[Token]) -> Vec<&str> {
    let said = tokens.iter().filter(|token| token.kind != TokenKind::Mark);
    said.map(|token| token.word.as_str()).collect()
}

/// Whether the words speak of what the question before was about: no question of its own is in them.
fn refers_back(words: &[&str]) -> bool {
    let named = ["who", "whom", "whose", "that", "which", "if", "when"];
    let they = words.iter().position(|word| *word == "they");
    let leads = ["and", "show", "me", "list", "give", "what", "are", "is", "was", "were", "now"];
    let first = words.iter().find(|word| !leads.contains(word));
    they.is_some_and(|at| !words[..at].iter().any(|word| named.contains(word)))
        || first == Some(&"their")
        || matches!(words, ["which", _])
        || !words.is_empty() && words.iter().all(|word| crate::words::function(word).is_some())
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
    if let Some(bound) = follow_up.replaces.bound {
        bound_groups(&mut query, None, bound)?;
        changed = true;
    }
    if let Some(limit) = follow_up.replaces.limit {
        match &mut query.rank {
            Some(rank) => rank.limit = limit,
            None => query.limit = Some(query.limit.map(|_| limit)?),
        }
        changed = true;
    }
    if follow_up.replaces.listed {
        list(&mut query)?;
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
        if follow_up.replaces.adds && denied_before(&query, filter) {
            return None;
        }
        match filter {
            // "only those with more than 20 orders": of each group, not of each row that is added up
            Filter::Relation(Relation {
                table,
                via: None,
                quantity: Quantity::Count(comparison, number),
                filters,
            }) if !query.groups.is_empty() => {
                if !filters.is_empty() {
                    return None;
                }
                let bound = Bound { comparison: *comparison, number: *number as f64, to: None };
                bound_groups(&mut query, Some(Measure::count(*table)), bound)?;
            }
            other => set_filter(&mut query, other.clone()),
        }
        changed = true;
    }
    if !change.having.is_empty() || change.share.is_some() || !change.companions.is_empty() {
        return None;
    }
    if !change.measures.is_empty() {
        remeasure(&mut query, &change.measures, model)?;
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

/// "only those above 1000": the groups whose figure lies there, in place of an earlier bound of that figure.
fn bound_groups(query: &mut Query, measure: Option<Measure>, bound: Bound) -> Option<()> {
    if query.share.is_some() {
        return None;
    }
    if query.groups.is_empty() {
        measure.is_none().then_some(())?;
        return bound_rows(query, bound);
    }
    let measure = match (measure, &query.rank, query.measures.as_slice()) {
        (Some(given), ..) => given,
        (None, Some(Rank { by: Figure::Measure(by), .. }), []) => by.clone(),
        (None, None, [only]) => only.clone(),
        _ => return None,
    };
    if measure.average_per.is_some() {
        return None;
    }
    query.having.retain(|having| having.measure != measure);
    query.having.push(Having {
        measure: measure.clone(),
        comparison: bound.comparison,
        number: bound.number,
    });
    if let Some(number) = bound.to {
        query.having.push(Having { measure, comparison: Comparison::AtMost, number });
    }
    Some(())
}

/// Whether a question bounded what its rows have: "customers with more than 20 orders", "who spent over 1000".
pub(crate) fn bounds_rows(query: &Query) -> bool {
    let any = Bound { comparison: Comparison::More, number: 0.0, to: None };
    query.groups.is_empty() && bound_rows(&mut query.clone(), any).is_some()
}

/// "more than 30" after "customers with more than 20 orders".
fn bound_rows(query: &mut Query, bound: Bound) -> Option<()> {
    if let [having] = query.having.as_mut_slice() {
        (having.comparison, having.number) = (bound.comparison, bound.number);
        return bound.to.is_none().then_some(());
    }
    let mut counts = query.filters.iter_mut().filter_map(|filter| match filter {
        Filter::Relation(Relation { quantity: quantity @ Quantity::Count(..), .. }) => Some(quantity),
        _ => None,
    });
    let (Some(quantity), None) = (counts.next(), counts.next()) else { return None };
    if bound.to.is_some() || bound.number.fract() != 0.0 || bound.number < 0.0 {
        return None;
    }
    *quantity = Quantity::Count(bound.comparison, bound.number as u64);
    Some(())
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

/// "list them": the rows that were counted, or that are listed anyway.
fn list(query: &mut Query) -> Option<()> {
    if query.rank.is_some() || !query.groups.is_empty() || query.share.is_some() {
        return None;
    }
    query.counted = false;
    if query.head.is_some() && query.measures.is_empty() {
        return Some(());
    }
    let [Measure { function: Function::Count, operand: Operand::Rows(table), average_per: None }] =
        query.measures.as_slice()
    else {
        return None;
    };
    query.head = Some(Head::Table(*table));
    query.measures.clear();
    Some(())
}

/// "how many is that?"
fn count(query: &mut Query) -> Option<()> {
    if let ([Measure { function: Function::Count, operand: Operand::Rows(_), average_per: None }], None, []) =
        (query.measures.as_slice(), &query.rank, query.groups.as_slice())
    {
        // "how many of them were cancelled?" after they were counted
        return Some(());
    }
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

/// "and the number of orders?"
fn remeasure(query: &mut Query, measures: &[Measure], model: &Model) -> Option<()> {
    // what was bounded is the figure before; and a count of products for each product is always one
    let of_group = |measure: &Measure| {
        query.groups.iter().any(|group| match (measure.operand, group) {
            (Operand::Rows(table), Group::Entity(head)) => figures::head_table(model, *head) == Some(table),
            _ => false,
        })
    };
    if !query.having.is_empty() || measures.iter().any(of_group) {
        return None;
    }
    if let (Some(Rank { by: by @ Figure::Measure(_), .. }), [only]) = (&mut query.rank, measures) {
        *by = Figure::Measure(only.clone());
        query.measures.clear();
    } else {
        query.measures = measures.to_vec();
        query.sort.clear();
    }
    Some(())
}

/// "and by month?"
fn regroup(query: &mut Query, groups: &[Group]) -> Option<()> {
    // what was bounded are the groups before, or the rows they list: neither is a bound of the new groups
    if !query.having.is_empty() {
        return None;
    }
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
