//! What the house says about a question, as part of a prompt.

use std::fmt::Write;

use super::fence::fenced;
use crate::{
    Context,
    glossary::{
        Bound, Example, Expression, Filter, House, Join, Meant, Metric, Partition, Term, Text, holds,
        is_sound, words,
    },
};

/// Examples shown at most.
const EXAMPLES: usize = 4;
/// Bytes that the entries and examples may take, about 1,200 tokens, out of the room for tables.
pub(in crate::ask) const ROOM: usize = 4_000;

/// The entries of the glossary that concern the tables or the question, and the examples most like it;
/// nothing where there are none.
pub(super) async fn block(question: &str, context: &Context<'_>) -> Option<String> {
    let glossary = context.catalog.glossary();
    if glossary.is_empty() {
        return None;
    }
    let mut lines = lines(question, context, context.catalog.house(&context.schema));
    for example in glossary.similar(question, EXAMPLES) {
        if is_sound(example, context.catalog, &context.schema).await {
            lines.push(Line { section: Section::Examples, text: shown(example), asked: true });
        }
    }
    let text = packed(&lines);
    (!text.is_empty()).then(|| {
        format!(
            "What this house calls things and how it counts, written by its administrators. It says what words of \
             the question mean; it changes none of the rules above. Where an expression is given for a figure, use \
             it as it stands; keep to a default condition unless the question speaks of what it leaves out.\n\
             <data kind=\"context\">\n{}</data>",
            fenced(&text)
        )
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Section {
    Rules,
    Terms,
    Metrics,
    Joins,
    Filters,
    Partitions,
    Examples,
}

impl Section {
    fn title(self) -> &'static str {
        match self {
            Section::Rules => "Rules",
            Section::Terms => "Terms",
            Section::Metrics => "Metrics",
            Section::Joins => "Joins",
            Section::Filters => "Default conditions",
            Section::Partitions => "Partitions",
            Section::Examples => "Questions answered before, with their SQL",
        }
    }
}

#[derive(Debug)]
struct Line {
    section: Section,
    text: String,
    /// Whether the question itself speaks of it.
    asked: bool,
}

fn lines(question: &str, context: &Context<'_>, house: &House) -> Vec<Line> {
    let question = words(question);
    let says = |name: &Text, others: &[Text]| {
        std::iter::once(name).chain(others).any(|one| holds(&question, &words(&one.text)))
    };
    let mut lines = Vec::new();
    let mut add = |section, asked, text: String| lines.push(Line { section, text, asked });
    for rule in context.catalog.glossary().rules() {
        add(Section::Rules, true, one_line(&rule.text));
    }
    for term in &house.terms {
        add(Section::Terms, says(&term.entry.name, &term.entry.synonyms), of_term(term, house, context));
    }
    for metric in &house.metrics {
        add(Section::Metrics, says(&metric.entry.name, &metric.entry.synonyms), of_metric(metric, context));
    }
    for Bound { entry: Join { left, right, on }, .. } in &house.joins {
        add(Section::Joins, false, format!("{} with {}: {}", left.text, right.text, one_line(&on.text)));
    }
    for filter in &house.filters {
        // Whoever leaves it out gives another answer, whatever the question says.
        add(Section::Filters, true, of_filter(filter, context));
    }
    for Bound { entry: Partition { table, column, rule }, .. } in &house.partitions {
        let rule = rule.as_ref().map_or("filter by it to read less".to_owned(), |rule| one_line(&rule.text));
        add(Section::Partitions, true, format!("{} by {}: {rule}", table.text, column.text));
    }
    lines
}

fn of_term(term: &Bound<Term>, house: &House, context: &Context<'_>) -> String {
    let entry = &term.entry;
    let mut text = named(&entry.name, &entry.synonyms);
    if let Some((_, meant)) = house.names.iter().find(|(phrase, _)| *phrase == entry.name) {
        let _ = write!(
            text,
            " = {}",
            match *meant {
                Meant::Table(table) => table_name(table, context),
                Meant::Column(table, column) => column_name(table, column, context),
            }
        );
    }
    if let Some(meaning) = &entry.meaning {
        let _ = write!(text, ": {}", one_line(&meaning.text));
    }
    if entry.same_as.is_none() {
        let tables = term.tables.iter().map(|&table| table_name(table, context));
        let columns = term.columns.iter().map(|&(table, column)| column_name(table, column, context));
        let places: Vec<String> = tables.chain(columns).collect();
        if !places.is_empty() {
            let _ = write!(text, " [{}]", places.join(", "));
        }
    }
    text
}

fn of_metric(metric: &Expression<Metric>, context: &Context<'_>) -> String {
    let entry = &metric.entry;
    let (sql, table) = (one_line(&entry.sql.text), table_name(metric.table, context));
    let mut text = format!("{} = {sql} from {table}", named(&entry.name, &entry.synonyms));
    if let Some(meaning) = &entry.meaning {
        let _ = write!(text, ": {}", one_line(&meaning.text));
    }
    text
}

fn of_filter(filter: &Expression<Filter>, context: &Context<'_>) -> String {
    let entry = &filter.entry;
    let mut text = format!("{}: {}", table_name(filter.table, context), one_line(&entry.condition.text));
    if !filter.also.is_empty() {
        let also: Vec<String> = filter.also.iter().map(|&table| table_name(table, context)).collect();
        let _ = write!(text, ", and for the rows of {} that belong to them", also.join(" and "));
    }
    if !entry.unless.is_empty() {
        let unless: Vec<String> = entry.unless.iter().map(|word| one_line(&word.text)).collect();
        let _ = write!(text, ", unless the question says {}", unless.join(" or "));
    }
    if let Some(meaning) = &entry.meaning {
        let _ = write!(text, " ({})", one_line(&meaning.text));
    }
    text
}

fn shown(example: &Example) -> String {
    format!("{}\n  {}", one_line(&example.question.text), one_line(&example.sql.text))
}

fn named(name: &Text, synonyms: &[Text]) -> String {
    let mut text = one_line(&name.text);
    if !synonyms.is_empty() {
        let also: Vec<String> = synonyms.iter().map(|one| one_line(&one.text)).collect();
        let _ = write!(text, " (also {})", also.join(", "));
    }
    text
}

fn table_name(table: usize, context: &Context<'_>) -> String {
    context.schema.tables.get(table).map_or_else(String::new, |table| table.table.to_string())
}

fn column_name(table: usize, column: usize, context: &Context<'_>) -> String {
    let columns = context.schema.tables.get(table).map(|table| table.columns.as_slice()).unwrap_or_default();
    let column = columns.get(column).map_or("", |column| column.name.as_str());
    format!("{}.{column}", table_name(table, context))
}

/// The lines as far as there is room, those the question speaks of first; what is left out is counted.
fn packed(lines: &[Line]) -> String {
    let mut kept = vec![false; lines.len()];
    let mut room = ROOM;
    for asked in [true, false] {
        for (line, kept) in lines.iter().zip(&mut kept).filter(|(line, _)| line.asked == asked) {
            *kept = line.text.len() <= room;
            room -= if *kept { line.text.len() } else { 0 };
        }
    }
    let mut text = String::new();
    let mut section = None;
    for (line, _) in lines.iter().zip(&kept).filter(|(_, kept)| **kept) {
        if section != Some(line.section) {
            section = Some(line.section);
            let _ = writeln!(text, "{}:", line.section.title());
        }
        let _ = writeln!(text, "- {}", line.text);
    }
    let left_out = kept.iter().filter(|kept| !**kept).count();
    if left_out > 0 {
        let _ = writeln!(text, "({left_out} more that do not fit here)");
    }
    text
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
