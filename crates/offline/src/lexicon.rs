//! The lexicon: which phrase means which table, column or figure.

use std::collections::{HashMap, HashSet};

use crate::{
    model::{Column, ColumnId, EdgeId, Model, TableId},
    synonyms::{self, Concept, SALE_TABLES, SALE_VERBS, VERB_TABLES},
    text::{fold, singular, split_identifier, stem},
};

/// What a phrase may mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Target {
    Table(TableId),
    Column(ColumnId),
    /// The table a foreign key leads to, by the part it plays: "manager".
    Role(EdgeId),
    Concept(Concept),
    /// A verb whose doing a table keeps: "ordered".
    Verb(TableId),
    /// A verb whose day a column keeps: "hired".
    Happening(ColumnId),
    /// A value of a column, by its number in the value index.
    Value(ColumnId, u32),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Entry {
    pub(crate) target: Target,
    /// From 0 to 1: how surely the phrase means it.
    pub(crate) weight: f32,
}

/// Phrases of singular words, and stems of verbs.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    phrases: HashMap<Box<str>, Vec<Entry>>,
    verbs: HashMap<Box<str>, Vec<Entry>>,
    /// The single words of all phrases.
    known: HashSet<Box<str>>,
    /// The phrases that the house gave.
    given: HashSet<Box<str>>,
}

impl Lexicon {
    pub(crate) fn new(model: &Model) -> Self {
        let mut lexicon = Lexicon::default();
        for id in 0..model.tables.len() {
            lexicon.add_table(model, id);
        }
        for id in 0..model.columns.len() {
            lexicon.add_column(model, id);
        }
        for (id, edge) in model.edges.iter().enumerate() {
            if !edge.role.is_empty() {
                let phrase = edge.role.join(" ");
                lexicon.add_with_synonyms(&phrase, Target::Role(id), 0.9);
                lexicon.add(
                    &format!("{phrase} {}", model.tables[edge.to].words.join(" ")),
                    Target::Role(id),
                    1.0,
                );
            }
        }
        lexicon
    }

    pub(crate) fn phrase(&self, words: &str) -> &[Entry] {
        self.phrases.get(words).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn verb(&self, stem: &str) -> &[Entry] {
        self.verbs.get(stem).map_or(&[], Vec::as_slice)
    }

    /// Every phrase of one word, for finding typing errors.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.phrases.keys().map(|words| &**words).filter(|words| !words.contains(' '))
    }

    fn add(&mut self, phrase: &str, target: Target, weight: f32) {
        if phrase.is_empty() {
            return;
        }
        self.known.extend(phrase.split(' ').map(Box::from));
        add_entry(self.phrases.entry(phrase.into()).or_default(), target, weight);
    }

    /// Makes a phrase mean this and nothing else.
    pub(crate) fn give(&mut self, phrase: &str, target: Target) {
        if self.given.insert(phrase.into()) {
            self.phrases.remove(phrase);
        }
        self.add(phrase, target, 1.0);
    }

    /// Whether the house said what a phrase means.
    pub(crate) fn is_given(&self, phrase: &str) -> bool {
        !self.given.is_empty() && self.given.contains(phrase)
    }

    /// Whether some phrase holds this word.
    pub(crate) fn knows_word(&self, word: &str) -> bool {
        self.known.contains(word)
    }

    fn add_verb(&mut self, stem: &str, target: Target, weight: f32) {
        if stem.len() > 1 {
            add_entry(self.verbs.entry(stem.into()).or_default(), target, weight);
        }
    }

    fn add_with_synonyms(&mut self, phrase: &str, target: Target, weight: f32) {
        self.add(phrase, target, weight);
        for (other, likeness) in synonyms::of(phrase) {
            self.add(other, target, weight * likeness);
        }
    }

    fn add_table(&mut self, model: &Model, id: TableId) {
        let table = &model.tables[id];
        let words: Vec<&str> = table
            .words
            .iter()
            .map(String::as_str)
            .filter(|word| !matches!(*word, "tbl" | "table" | "dim" | "fact"))
            .collect();
        let target = Target::Table(id);
        let phrase = words.join(" ");
        self.add_with_synonyms(&phrase, target, own_name_weight(model, id));
        if let Some(schema) = &table.reference.schema
            && has_namesake(model, id)
        {
            let schema: Vec<String> = split_identifier(schema).iter().map(|word| singular(word)).collect();
            self.add(&format!("{} {phrase}", schema.join(" ")), target, 1.0);
        }
        if table.repeats_another {
            return;
        }
        if table.is_people {
            self.add(&format!("{phrase} member"), target, 0.95);
        }
        if words.len() > 1
            && let Some(last) = words.last()
        {
            // the items of an order are its lines before they are products
            let is_line = matches!(*last, "item" | "line");
            self.add_with_synonyms(last, target, if is_line { 0.78 } else { 0.6 });
            if words.contains(&"order") && (*last == "item" || *last == "line" || *last == "detail") {
                for other in ["order line", "line item", "order item", "order detail", "order position"] {
                    self.add(other, target, 0.85);
                }
            }
        }
        let is_sale = words.last().is_some_and(|last| SALE_TABLES.contains(last))
            || (words.len() > 1 && SALE_TABLES.contains(&words[0]));
        for verb in SALE_VERBS {
            if is_sale {
                self.add_verb(verb, Target::Verb(id), 0.8);
            }
        }
        if let [only] = words.as_slice() {
            self.add_verb(&stem(only), Target::Verb(id), 0.9);
        }
        for (verb, word) in VERB_TABLES {
            if words == [*word] {
                self.add_verb(verb, Target::Verb(id), 0.8);
            }
        }
        if let Some(phrase) = comment_phrase(&table.comment) {
            self.add(&phrase, target, 0.5);
        }
    }

    fn add_column(&mut self, model: &Model, id: ColumnId) {
        let column = &model.columns[id];
        let target = Target::Column(id);
        let words: Vec<&str> = column.words.iter().map(String::as_str).collect();
        self.add_with_synonyms(&words.join(" "), target, 1.0);
        let table_words = model.tables[column.table].words.join(" ");
        self.add(&format!("{table_words} {}", words.join(" ")), target, 1.0);
        let bare: Vec<&str> =
            words.iter().copied().skip_while(|word| matches!(*word, "is" | "has" | "can")).collect();
        let bare = strip_suffix(&bare, column);
        // what a foreign key leads to is named by its table or its role
        let leads_away = column.is_foreign_key && bare.len() != words.len();
        if bare.len() != words.len() && !bare.is_empty() && !leads_away {
            let names_key = column.is_key && column.has_word(&["id"]);
            self.add_with_synonyms(&bare.join(" "), target, if names_key { 0.6 } else { 0.95 });
        }
        if let [first, second] = bare {
            self.add(&format!("{second} of {first}"), target, 0.9);
        }
        self.add_parts(bare, column, target);
        self.add_dates(bare, column, id);
        if column.is_birth {
            self.add("age", target, 0.9);
            self.add("birthday", target, 0.9);
        }
        if is_total(column) {
            for phrase in ["value", "amount", "total", "total value", "total amount"] {
                self.add(phrase, target, 0.7);
                self.add(&format!("{table_words} {phrase}"), target, 0.97);
            }
            for phrase in ["size", "total price", "order size", "basket size", "basket value", "order amount"]
            {
                if model.tables[column.table].has_word(&["order"]) {
                    self.add(phrase, target, 0.75);
                }
            }
        }
        let is_bare_id = column.is_key && column.words == ["id"];
        if !column.is_foreign_key
            && !is_bare_id
            && let Some(phrase) = comment_phrase(&column.comment)
        {
            self.add(&phrase, target, 0.55);
        }
    }

    /// Single words of a compound name, the last the surest.
    fn add_parts(&mut self, bare: &[&str], column: &Column, target: Target) {
        if bare.len() < 2 || column.is_foreign_key || column.is_key {
            return;
        }
        for start in 0..bare.len() {
            for end in start + 2..=bare.len() {
                if end - start < bare.len()
                    && !matches!(bare[end - 1], "in" | "of" | "per" | "to")
                    && !matches!(bare[start], "in" | "of" | "per" | "to")
                {
                    self.add(&bare[start..end].join(" "), target, 0.8);
                }
            }
        }
        for (index, word) in bare.iter().enumerate() {
            let is_last = index + 1 == bare.len();
            let vague = matches!(
                *word,
                "name"
                    | "number"
                    | "code"
                    | "date"
                    | "time"
                    | "type"
                    | "total"
                    | "first"
                    | "last"
                    | "of"
                    | "in"
                    | "per"
                    | "no"
                    | "max"
                    | "min"
            );
            if column.is_date || word.len() < 3 {
                continue;
            }
            let weight = match (is_last, vague) {
                (true, false) => 0.65,
                (true, true) => 0.5,
                (false, false) => 0.5,
                (false, true) => continue,
            };
            self.add(word, target, weight);
        }
    }

    /// `hired_on` is "hired", "hire date" and "date hired".
    fn add_dates(&mut self, bare: &[&str], column: &Column, id: ColumnId) {
        if !column.is_date && !column.is_year {
            return;
        }
        if let [only] = bare {
            self.add_verb(&stem(only), Target::Happening(id), 0.9);
            if stem(only) == "hir" {
                self.add_verb("join", Target::Happening(id), 0.7);
                self.add_verb("recruit", Target::Happening(id), 0.8);
            }
            if stem(only) == "register" {
                self.add_verb("sign", Target::Happening(id), 0.6);
                self.add_verb("join", Target::Happening(id), 0.6);
            }
            if stem(only) == "launch" {
                self.add_verb("releas", Target::Happening(id), 0.6);
                self.add_verb("introduc", Target::Happening(id), 0.6);
            }
            for form in date_forms(only) {
                for noun in ["date", "day", "time"] {
                    self.add(&format!("{form} {noun}"), Target::Column(id), 0.9);
                    self.add(&format!("{noun} {form}"), Target::Column(id), 0.8);
                }
            }
        }
        self.add("date", Target::Column(id), 0.45);
    }
}

/// Schemas whose tables are meant where none is named.
const USUAL_SCHEMAS: [&str; 3] = ["public", "dbo", "main"];

/// Whether another table has the same name, in another schema.
fn has_namesake(model: &Model, id: TableId) -> bool {
    let name = model.tables[id].name();
    (0..model.tables.len()).any(|other| other != id && model.tables[other].name().eq_ignore_ascii_case(name))
}

/// How surely a table's bare name means it: of two with one name, that of the usual schema.
fn own_name_weight(model: &Model, id: TableId) -> f32 {
    let usual = |id: TableId| {
        let schema = model.tables[id].reference.schema.as_deref().unwrap_or("");
        USUAL_SCHEMAS.contains(&schema.to_lowercase().as_str())
    };
    if usual(id) || !has_namesake(model, id) { 1.0 } else { 0.9 }
}

fn add_entry(entries: &mut Vec<Entry>, target: Target, weight: f32) {
    match entries.iter_mut().find(|entry| entry.target == target) {
        Some(entry) => entry.weight = entry.weight.max(weight),
        None => entries.push(Entry { target, weight }),
    }
}

/// "hired": "hire"; "ordered": "order"; "shipped": "ship", "shipping".
fn date_forms(participle: &str) -> Vec<String> {
    let mut forms = vec![participle.to_owned()];
    let base = stem(participle);
    forms.push(format!("{base}ing"));
    forms.push(format!("{base}e"));
    forms.push(format!("{base}y"));
    forms.push(format!("{base}ment"));
    if base == "register" {
        forms.push("registration".to_owned());
    }
    forms.push(base);
    forms
}

/// The words that name a column without those that say only what type it has.
fn strip_suffix<'a>(words: &'a [&'a str], column: &Column) -> &'a [&'a str] {
    match words {
        [rest @ .., last] if !rest.is_empty() => {
            let is_unit = matches!(
                *last,
                "m2" | "eur" | "usd" | "euro" | "dollar" | "gram" | "kg" | "cm" | "percent" | "km"
            );
            let is_key = (column.is_key || column.is_foreign_key) && matches!(*last, "id" | "code" | "key");
            let is_day = column.is_date
                && matches!(*last, "on" | "at" | "date" | "day" | "time" | "datetime" | "timestamp");
            if is_unit || is_key || is_day || matches!(*last, "flag") { rest } else { words }
        }
        _ => words,
    }
}

/// Whether the column is the total of its row, in money.
pub(crate) fn is_total(column: &Column) -> bool {
    let partial = [
        "shipping", "tax", "discount", "fee", "tip", "cost", "refund", "percent", "rate", "number", "count",
        "quantity", "unit",
    ];
    column.is_quantity()
        && column.has_word(&["total", "revenue", "turnover", "amount", "subtotal"])
        && !column.has_word(&partial)
}

/// The noun phrase a comment begins with: "Position, such as Barista" names a "position".
fn comment_phrase(comment: &str) -> Option<String> {
    let lead: String =
        comment.chars().take_while(|letter| letter.is_alphabetic() || matches!(letter, ' ' | '-')).collect();
    // "online, store or wholesale" lists values
    let rest = comment.get(lead.len()..).unwrap_or("");
    if rest.starts_with(',') && !rest.starts_with(", such as") && rest.contains(" or ") {
        return None;
    }
    let folded = fold(&lead.replace("e-mail", "email").replace('-', " "));
    let mut words = Vec::new();
    for word in folded.split_whitespace() {
        if matches!(
            word,
            "of" | "in"
                | "on"
                | "for"
                | "to"
                | "with"
                | "at"
                | "and"
                | "or"
                | "that"
                | "from"
                | "by"
                | "when"
                | "per"
        ) {
            break;
        }
        if !matches!(word, "the" | "a" | "an" | "our" | "own" | "each" | "all") {
            words.push(singular(word));
        }
    }
    let vague = [
        "whether",
        "who",
        "what",
        "when",
        "where",
        "which",
        "how",
        "name",
        "number",
        "day",
        "date",
        "everything",
        "pieces",
        "piece",
        "current",
        "part",
        "one",
        "group",
        "line",
        "charged",
        "city",
        "country",
        "category",
        "store",
        "product",
        "order",
        "first",
        "last",
        "text",
        "type",
        "list",
        "person",
        "people",
        "light",
        "true",
        "false",
        "id",
        "identifier",
        "unique",
        "reference",
    ];
    let only_vague = words.iter().all(|word| vague.contains(&word.as_str()));
    (!only_vague
        && words.len() <= 3
        && !words.iter().any(|word| {
            matches!(word.as_str(), "whether" | "who" | "what" | "when" | "which" | "everything")
        }))
    .then(|| words.join(" "))
}
