//! From the YAML of context files to their entries.

use std::sync::Arc;

use super::{
    ContextFile, Fault, Place,
    entries::{Entries, Example, Filter, Join, Metric, Partition, Term, Text},
    node::{self, Kind, Node},
};
use crate::text::within_edits;

const SECTIONS: [&str; 7] = ["terms", "metrics", "joins", "filters", "partitions", "rules", "examples"];

/// The entries of all files, as far as they can be read; what cannot is a fault.
pub(super) fn entries(files: &[ContextFile], faults: &mut Vec<Fault>) -> Entries {
    let mut entries = Entries::default();
    for file in files {
        let mut reader = Reader { file: Arc::from(file.name.as_str()), faults };
        reader.file(&file.text, &mut entries);
    }
    entries
}

/// The name among `known` that is nearest to a mistaken one.
pub(super) fn nearest<'a>(mistaken: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let mistaken = mistaken.to_lowercase();
    let most = (mistaken.chars().count() / 3).clamp(1, 3);
    (0..=most)
        .find_map(|edits| known.clone().find(|name| within_edits(&mistaken, &name.to_lowercase(), edits)))
}

/// ": did you mean `orders`?", if there is a name near enough.
pub(super) fn did_you_mean<'a>(mistaken: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    nearest(mistaken, known).map_or_else(String::new, |name| format!(": did you mean `{name}`?"))
}

struct Reader<'f> {
    file: Arc<str>,
    faults: &'f mut Vec<Fault>,
}

impl Reader<'_> {
    fn fault(&mut self, line: u64, message: impl Into<String>) {
        let place = Place { file: Arc::clone(&self.file), line };
        self.faults.push(Fault { place, message: message.into() });
    }

    fn file(&mut self, text: &str, into: &mut Entries) {
        let root = match node::parse(text) {
            Ok(root) => root,
            Err(error) => {
                let line = error.location().map_or(0, |at| at.line());
                let told = error.to_string();
                // What options its reader has is nothing to whoever wrote the file.
                let told = told.split(", set ").next().unwrap_or_default();
                return self.fault(line, format!("this is not valid YAML: {told}"));
            }
        };
        let sections = match root.kind {
            Kind::Nothing => return,
            Kind::Map(sections) => sections,
            other => {
                let message = format!(
                    "a context file is a mapping of {}; this is {}",
                    SECTIONS.join(", "),
                    other.name()
                );
                return self.fault(root.line, message);
            }
        };
        for (key, node) in sections {
            match key.name.as_str() {
                "terms" => into.terms.extend(self.list(node, "terms", Self::term)),
                "metrics" => into.metrics.extend(self.list(node, "metrics", Self::metric)),
                "joins" => into.joins.extend(self.list(node, "joins", Self::join)),
                "filters" => into.filters.extend(self.list(node, "filters", Self::filter)),
                "partitions" => into.partitions.extend(self.list(node, "partitions", Self::partition)),
                "rules" => {
                    into.rules.extend(self.list(node, "rules", |reader, node| reader.text(node, "a rule")))
                }
                "examples" => into.examples.extend(self.list(node, "examples", Self::example)),
                other => {
                    let guess = did_you_mean(other, SECTIONS.into_iter());
                    let guess =
                        if guess.is_empty() { format!("; there are {}", SECTIONS.join(", ")) } else { guess };
                    self.fault(key.line, format!("there is no section `{other}`{guess}"));
                }
            }
        }
    }

    fn list<T>(&mut self, node: Node, section: &str, read: impl Fn(&mut Self, Node) -> Option<T>) -> Vec<T> {
        match node.kind {
            Kind::Nothing => Vec::new(),
            Kind::List(nodes) => nodes.into_iter().filter_map(|node| read(self, node)).collect(),
            other => {
                self.fault(
                    node.line,
                    format!(
                        "`{section}` must be a list, with a dash before each entry; it is {}",
                        other.name()
                    ),
                );
                Vec::new()
            }
        }
    }

    fn term(&mut self, node: Node) -> Option<Term> {
        let known = ["name", "synonyms", "meaning", "same_as", "tables", "columns"];
        let mut fields = self.fields(node, "a term", &known)?;
        Some(Term {
            synonyms: fields.texts("synonyms"),
            meaning: fields.optional("meaning"),
            same_as: fields.optional("same_as"),
            tables: fields.texts("tables"),
            columns: fields.texts("columns"),
            name: fields.text("name")?,
        })
    }

    fn metric(&mut self, node: Node) -> Option<Metric> {
        let mut fields = self.fields(node, "a metric", &["name", "synonyms", "meaning", "table", "sql"])?;
        let (name, table, sql) = (fields.text("name"), fields.text("table"), fields.text("sql"));
        let (synonyms, meaning) = (fields.texts("synonyms"), fields.optional("meaning"));
        Some(Metric { name: name?, synonyms, meaning, table: table?, sql: sql? })
    }

    fn join(&mut self, node: Node) -> Option<Join> {
        let mut fields = self.fields(node, "a join", &["left", "right", "on"])?;
        let (left, right, on) = (fields.text("left"), fields.text("right"), fields.text("on"));
        Some(Join { left: left?, right: right?, on: on? })
    }

    fn filter(&mut self, node: Node) -> Option<Filter> {
        let mut fields =
            self.fields(node, "a filter", &["table", "condition", "also", "unless", "meaning"])?;
        let (table, condition) = (fields.text("table"), fields.text("condition"));
        let (also, unless) = (fields.texts("also"), fields.texts("unless"));
        let meaning = fields.optional("meaning");
        Some(Filter { table: table?, condition: condition?, also, unless, meaning })
    }

    fn partition(&mut self, node: Node) -> Option<Partition> {
        let mut fields = self.fields(node, "a partition", &["table", "column", "rule"])?;
        let (table, column) = (fields.text("table"), fields.text("column"));
        let rule = fields.optional("rule");
        Some(Partition { table: table?, column: column?, rule })
    }

    fn example(&mut self, node: Node) -> Option<Example> {
        let mut fields = self.fields(node, "an example", &["question", "sql"])?;
        let (question, sql) = (fields.text("question"), fields.text("sql"));
        Some(Example { question: question?, sql: sql?, tables: Vec::new() })
    }

    /// The keys of an entry; those nobody knows are faults.
    fn fields<'r>(&'r mut self, node: Node, what: &'static str, known: &[&str]) -> Option<Fields<'r>> {
        let Kind::Map(entries) = node.kind else {
            self.fault(
                node.line,
                format!("{what} is a mapping of {}; this is {}", known.join(", "), node.kind.name()),
            );
            return None;
        };
        let mut left = Vec::new();
        let mut first = node.line;
        for (key, value) in entries {
            first = first.min(key.line);
            if known.contains(&key.name.as_str()) {
                left.push((key.name, value));
            } else {
                let guess = did_you_mean(&key.name, known.iter().copied());
                let guess = if guess.is_empty() { format!("; it has {}", known.join(", ")) } else { guess };
                self.fault(key.line, format!("{what} has no `{}`{guess}", key.name));
            }
        }
        let place = Place { file: Arc::clone(&self.file), line: first };
        Some(Fields { place, what, left, faults: self.faults })
    }

    fn text(&mut self, node: Node, what: &str) -> Option<Text> {
        text(node, what, &self.file, self.faults)
    }
}

/// The keys of one entry that were not taken yet.
struct Fields<'f> {
    place: Place,
    what: &'static str,
    left: Vec<(String, Node)>,
    faults: &'f mut Vec<Fault>,
}

impl Fields<'_> {
    fn take(&mut self, key: &str) -> Option<Node> {
        let at = self.left.iter().position(|(name, _)| name == key)?;
        Some(self.left.swap_remove(at).1)
    }

    fn text(&mut self, key: &str) -> Option<Text> {
        match self.take(key) {
            Some(node) => text(node, &format!("`{key}`"), &self.place.file, self.faults),
            None => {
                let message = format!("{} needs `{key}`", self.what);
                self.faults.push(Fault { place: self.place.clone(), message });
                None
            }
        }
    }

    fn optional(&mut self, key: &str) -> Option<Text> {
        let node = self.take(key).filter(|node| !matches!(node.kind, Kind::Nothing))?;
        text(node, &format!("`{key}`"), &self.place.file, self.faults)
    }

    /// A list of texts, or one text as a list of one.
    fn texts(&mut self, key: &str) -> Vec<Text> {
        let Some(node) = self.take(key) else { return Vec::new() };
        let nodes = match node.kind {
            Kind::Nothing => Vec::new(),
            Kind::List(nodes) => nodes,
            kind => vec![Node { line: node.line, kind }],
        };
        let what = format!("each of `{key}`");
        nodes.into_iter().filter_map(|node| text(node, &what, &self.place.file, self.faults)).collect()
    }
}

fn text(node: Node, what: &str, file: &Arc<str>, faults: &mut Vec<Fault>) -> Option<Text> {
    let place = Place { file: Arc::clone(file), line: node.line };
    let message = match node.kind {
        Kind::Text(text) if !text.trim().is_empty() => {
            return Some(Text { text: text.trim().to_owned(), place });
        }
        Kind::Text(_) => format!("{what} must not be empty"),
        Kind::Other(kind) => format!("{what} must be a text; this is {kind}: put it in quotes"),
        kind => format!("{what} must be a text; this is {}", kind.name()),
    };
    faults.push(Fault { place, message });
    None
}
