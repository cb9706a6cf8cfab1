//! What a query does, in a sentence.

use crate::{
    figures,
    model::Model,
    parse::grain_name,
    query::{Comparison, Figure, Filter, Function, Group, Head, Measure, Operand, Quantity, Query},
};

/// A sentence for people about what the statement gives back.
pub(crate) fn explain(query: &Query, model: &Model) -> String {
    let words = Words { model, head: query.head.and_then(|head| figures::head_table(model, head)) };
    let mut text = words.subject(query);
    let said_as_subject =
        !query.having.is_empty() && (query.measures.is_empty() || query.head.is_some() || query.counted);
    if !query.groups.is_empty() && query.rank.is_none() && !said_as_subject {
        text.push_str(&format!(" by {}", words.groups(&query.groups)));
    }
    let filters: Vec<String> = query.filters.iter().map(|filter| words.filter(filter)).collect();
    if !filters.is_empty() {
        text.push_str(&format!(", where {}", filters.join(" and ")));
    }
    if !query.having.is_empty() {
        let having: Vec<String> = query
            .having
            .iter()
            .map(|having| {
                format!("{} {} {}", words.measure(&having.measure), having.comparison.symbol(), having.number)
            })
            .collect();
        text.push_str(&format!(", with {}", having.join(" and ")));
    }
    text.push('.');
    let per = query.measures.iter().find_map(|measure| Some((measure, measure.average_per.as_deref()?)));
    if let Some((measure, group)) = per
        && let Operand::Rows(table) = measure.operand
    {
        let (group, rows) = (words.groups(std::slice::from_ref(group)), words.table(table));
        text.push_str(&format!(" Those {group} that have no {rows} are left out."));
    }
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().collect::<String>() + letters.as_str(),
        None => text,
    }
}

struct Words<'a> {
    model: &'a Model,
    /// The table whose columns need no owner.
    head: Option<usize>,
}

impl Words<'_> {
    fn subject(&self, query: &Query) -> String {
        if let Some(share) = &query.share {
            let part: Vec<String> = share.part.iter().map(|filter| self.filter(filter)).collect();
            let of = self.measure(&share.of);
            return if part.is_empty() {
                format!("the share of {of} in per cent")
            } else {
                format!("the share of {of} in per cent where {}", part.join(" and "))
            };
        }
        if let Some(rank) = &query.rank {
            let by = match &rank.by {
                Figure::Measure(measure) => self.measure(measure),
                Figure::Plain(operand) => self.operand(*operand),
            };
            let what = if query.groups.is_empty() {
                query.head.map_or_else(|| "rows".to_owned(), |head| self.head(head))
            } else {
                self.groups(&query.groups)
            };
            let end = if rank.descending { "highest" } else { "lowest" };
            let each = if rank.within.is_empty() {
                String::new()
            } else {
                format!(" in each {}", self.groups(&rank.within))
            };
            return if rank.limit == 1 {
                format!("the {what} with the {end} {by}{each}")
            } else {
                format!("the {} {what} with the {end} {by}{each}", rank.limit)
            };
        }
        if query.counted {
            return format!(
                "the number of {}",
                query.head.map_or_else(|| self.groups(&query.groups), |head| self.head(head))
            );
        }
        if query.measures.is_empty() && query.head.is_none() && !query.having.is_empty() {
            return format!("each {}", self.groups(&query.groups));
        }
        if !query.having.is_empty()
            && let Some(head) = query.head
        {
            return format!("the {}", self.head(head));
        }
        if !query.measures.is_empty() {
            return query
                .measures
                .iter()
                .map(|measure| self.measure(measure))
                .collect::<Vec<_>>()
                .join(" and ");
        }
        let head = query.head.map(|head| self.head(head));
        let columns: Vec<String> = query.columns.iter().map(|column| self.column(column.column)).collect();
        match (head, columns.is_empty()) {
            (Some(head), true) => format!("the {head}"),
            (Some(head), false) => format!("{} of the {head}", columns.join(", ")),
            (None, _) => columns.join(", "),
        }
    }

    fn head(&self, head: Head) -> String {
        match head {
            Head::Table(table) => self.table(table),
            Head::Role(edge) => {
                self.model.edges.get(edge).map_or_else(String::new, |edge| edge.role.join(" "))
            }
            Head::Column(column) => self.column(column.column),
        }
    }

    fn table(&self, table: usize) -> String {
        self.model.tables[table].name().replace('_', " ")
    }

    /// A column by its name; with its table where other tables have one of that name.
    fn column(&self, column: usize) -> String {
        let described = &self.model.columns[column];
        let elsewhere =
            self.model.columns.iter().any(|other| {
                other.table != described.table && other.name.eq_ignore_ascii_case(&described.name)
            });
        if elsewhere && self.head != Some(described.table) {
            return self.model.column_name(column);
        }
        described.name.replace('_', " ")
    }

    fn groups(&self, groups: &[Group]) -> String {
        let names: Vec<String> = groups
            .iter()
            .map(|group| match group {
                Group::Column(column) => self.column(column.column),
                Group::Entity(head) => self.head(*head),
                Group::Period(_, grain) => grain_name(*grain).to_owned(),
            })
            .collect();
        names.join(" and ")
    }

    fn operand(&self, operand: Operand) -> String {
        match operand {
            Operand::Rows(table) => self.table(table),
            Operand::Column(column) => self.column(column.column),
            Operand::Age(_) => "age".to_owned(),
            Operand::Concept(concept) => match concept {
                crate::synonyms::Concept::Revenue => {
                    format!("revenue ({})", figures::describe_concept(self.model, concept))
                }
                crate::synonyms::Concept::UnitsSold => {
                    format!("units sold ({})", figures::describe_concept(self.model, concept))
                }
                crate::synonyms::Concept::Profit => {
                    format!("profit ({})", figures::describe_concept(self.model, concept))
                }
                crate::synonyms::Concept::Given(at) => {
                    let name = self.model.metrics.get(at).map_or("", |metric| metric.name.as_str());
                    format!("{name} ({})", figures::describe_concept(self.model, concept))
                }
            },
        }
    }

    fn measure(&self, measure: &Measure) -> String {
        let operand = self.operand(measure.operand);
        let text = match measure.function {
            Function::Count => format!("number of {operand}"),
            Function::CountDistinct => format!("number of different {operand}"),
            Function::Sum if matches!(measure.operand, Operand::Concept(_)) => operand,
            Function::Sum => format!("total {operand}"),
            Function::Average => format!("average {operand}"),
            Function::Minimum => format!("lowest {operand}"),
            Function::Maximum => format!("highest {operand}"),
        };
        match &measure.average_per {
            Some(group) => format!("the average {text} per {}", self.groups(std::slice::from_ref(group))),
            None => text,
        }
    }

    fn filter(&self, filter: &Filter) -> String {
        match filter {
            Filter::Compare { left, comparison, number } => {
                format!("{} {} {number}", self.operand(*left), comparison.symbol())
            }
            Filter::Between { left, low, high } => {
                format!("{} is between {low} and {high}", self.operand(*left))
            }
            Filter::Columns { left, comparison, right } => {
                format!("{} {} {}", self.column(left.column), comparison.symbol(), self.column(right.column))
            }
            Filter::Shared { column, other, negated } => format!(
                "{} is {} {}",
                self.column(column.column),
                if *negated { "no" } else { "also a" },
                self.model.column_name(*other)
            ),
            Filter::OneOf { column, values, negated } => {
                format!(
                    "{} is {}{}",
                    self.column(column.column),
                    if *negated { "not " } else { "" },
                    values.join(" or ")
                )
            }
            Filter::Text { column, text, negated, .. } => format!(
                "{} {} “{text}”",
                self.column(column.column),
                if *negated { "is not like" } else { "is like" }
            ),
            Filter::Missing { column, negated } => {
                format!("{} is {}", self.column(column.column), if *negated { "known" } else { "missing" })
            }
            Filter::Truth { column, holds } => format!("{} is {holds}", self.column(column.column)),
            Filter::Period { column, spans, negated } => {
                let spans: Vec<String> = spans.iter().map(crate::dates::Span::describe).collect();
                let name = column.map_or_else(|| "date".to_owned(), |column| self.column(column.column));
                format!("{name} is {}{}", if *negated { "not in " } else { "" }, spans.join(" or "))
            }
            Filter::Weekdays { days, .. } => {
                let names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
                let days: Vec<&str> =
                    days.iter().filter_map(|day| names.get(usize::from(*day)).copied()).collect();
                format!("the day is {}", days.join(" or "))
            }
            Filter::Average { column, comparison } => {
                let side = if matches!(comparison, Comparison::More | Comparison::AtLeast) {
                    "above"
                } else {
                    "below"
                };
                format!("{} is {side} its average", self.operand(*column))
            }
            Filter::Named { column, comparison, name, .. } => {
                format!("{0} {1} {0} of “{name}”", self.column(column.column), comparison.symbol())
            }
            Filter::Either(filters) => {
                filters.iter().map(|filter| self.filter(filter)).collect::<Vec<_>>().join(" or ")
            }
            Filter::Relation(relation) => {
                let table = self.table(relation.table);
                let amount = match relation.quantity {
                    Quantity::Some => format!("there are {table}"),
                    Quantity::None => format!("there are no {table}"),
                    Quantity::Count(comparison, number) => {
                        format!("the number of {table} is {} {number}", comparison.symbol())
                    }
                };
                let inner: Vec<String> = relation.filters.iter().map(|filter| self.filter(filter)).collect();
                if inner.is_empty() { amount } else { format!("{amount} with {}", inner.join(" and ")) }
            }
        }
    }
}
