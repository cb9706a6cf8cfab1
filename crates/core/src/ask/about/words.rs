//! The words in which questions about the catalogue are put.

use crate::text::{fold, singular, within_edits};

/// What a word does in such a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Tables, views or either: what is asked for.
    Table(Noun),
    Column,
    /// The database itself, or its schema.
    Place,
    /// "Data", "information".
    Data,
    /// "Which", "what".
    Which,
    How,
    Many,
    Where,
    /// "Show", "list" and the like.
    Show,
    Describe,
    /// "Names of", "list of", "kind of".
    Names,
    /// "Number of", "count of".
    Number,
    /// "Structure of", "definition of".
    Structure,
    Of,
    In,
    /// "Is", "are".
    Be,
    There,
    /// "Do", "does", "can".
    Do,
    /// "We", "you", "it".
    Person,
    /// "Have", "contain", "hold": of a table as of a database.
    Have,
    /// "Containing", "with", "that has".
    With,
    /// "Exist", "see", "access": after "which tables" no more than that there are some.
    Exist,
    /// "Stored", "kept", "found".
    Stored,
    About,
    /// "For", "on": about, where nothing else can be meant.
    For,
    /// "Related", "relevant", "dealing", before "to" or "with".
    Related,
    To,
    Called,
    /// Any other.
    Other,
}

/// Which of the things that hold rows is spoken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Noun {
    pub(super) views: bool,
    pub(super) plural: bool,
}

/// A word of the question.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// As it stands there, without punctuation.
    pub(super) text: String,
    pub(super) class: Class,
}

/// Words that may stand anywhere and change nothing.
const FILLERS: &[&str] = &[
    "a",
    "accessible",
    "actually",
    "all",
    "altogether",
    "an",
    "any",
    "available",
    "currently",
    "different",
    "every",
    "everything",
    "exactly",
    "existing",
    "here",
    "just",
    "me",
    "my",
    "now",
    "our",
    "overall",
    "please",
    "some",
    "that",
    "the",
    "these",
    "this",
    "those",
    "total",
    "us",
    "various",
    "your",
];
/// What a question may begin with and end with before it asks anything.
const POLITE: &[&str] = &[
    "and",
    "assist",
    "can",
    "could",
    "curious",
    "d",
    "dear",
    "hello",
    "help",
    "hey",
    "hi",
    "i",
    "kindly",
    "know",
    "let",
    "like",
    "m",
    "may",
    "need",
    "ok",
    "okay",
    "please",
    "pls",
    "plz",
    "quick",
    "quickly",
    "so",
    "thank",
    "thanks",
    "to",
    "want",
    "wonder",
    "wondering",
    "would",
    "you",
];
/// Words that are recognised with a typing error.
const KEYWORDS: &[&str] = &[
    "about", "column", "columns", "database", "describe", "list", "many", "schema", "show", "table",
    "tables", "view", "views", "what", "which",
];
/// English words that only look like a keyword with a typing error.
const NO_ERRORS: &[&str] = &["dose", "lit", "man", "may", "sow", "tale", "tales", "three", "vie"];

/// The words of a question that matter; `None` if it is too long to be one about the catalogue.
pub(super) fn of(question: &str) -> Option<Vec<Word>> {
    const MOST: usize = 32;
    let apart = question.replace(['’', '\''], " ");
    let mut words: Vec<Word> = apart
        .split(|letter: char| {
            letter.is_whitespace() || matches!(letter, ',' | ';' | '?' | '!' | ':' | '"' | '`')
        })
        .map(|word| word.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '_'))
        .filter(|word| !word.is_empty())
        .take(MOST + 1)
        .map(|word| Word { text: word.to_owned(), class: class(&corrected(&fold(word))) })
        .collect();
    if words.len() > MOST {
        return None;
    }
    words.retain(|word| !is_filler(&word.text));
    let first = words.iter().position(|word| !is_polite(&word.text)).unwrap_or(words.len());
    words.drain(..first);
    while words
        .last()
        .is_some_and(|last| matches!(&*fold(&last.text), "please" | "thanks" | "thank" | "pls" | "plz"))
    {
        words.pop();
    }
    Some(words)
}

pub(super) fn is_filler(word: &str) -> bool {
    FILLERS.contains(&fold(word).as_str())
}

fn is_polite(word: &str) -> bool {
    POLITE.contains(&fold(word).as_str())
}

/// The keyword that was meant: letters swapped, doubled or one left out.
fn corrected(word: &str) -> String {
    if class(word) != Class::Other || NO_ERRORS.contains(&word) || word.len() < 3 {
        return word.to_owned();
    }
    let meant = KEYWORDS.iter().find(|keyword| {
        let first = keyword.chars().next() == word.chars().next();
        let (long, short) = (keyword.len(), word.len());
        let swapped = long == short && sorted(keyword) == sorted(word);
        let doubled = short == long + 1 && squeezed(keyword) == squeezed(word);
        first && (swapped || doubled || long == short + 1) && within_edits(keyword, word, 1)
    });
    meant.map_or_else(|| word.to_owned(), |keyword| (*keyword).to_owned())
}

fn sorted(word: &str) -> Vec<char> {
    let mut letters: Vec<char> = word.chars().collect();
    letters.sort_unstable();
    letters
}

fn squeezed(word: &str) -> Vec<char> {
    let mut letters: Vec<char> = word.chars().collect();
    letters.dedup();
    letters
}

fn class(word: &str) -> Class {
    match word {
        "table" | "tables" | "relations" => Class::Table(Noun { views: false, plural: word != "table" }),
        "view" | "views" => Class::Table(Noun { views: true, plural: word == "views" }),
        "column" | "columns" | "field" | "fields" | "attributes" => Class::Column,
        "database" | "db" | "schema" | "schemas" | "catalog" | "catalogue" | "warehouse" | "system" => {
            Class::Place
        }
        "data" | "information" | "info" | "details" | "datasets" => Class::Data,
        "which" | "what" | "whats" => Class::Which,
        "how" => Class::How,
        "many" => Class::Many,
        "where" => Class::Where,
        "show" | "list" | "give" | "tell" | "display" | "print" | "get" | "enumerate" | "see" | "find" => {
            Class::Show
        }
        "describe" | "desc" | "explain" => Class::Describe,
        "names" | "name" | "kind" | "kinds" | "sort" | "type" | "types" | "overview" => Class::Names,
        "number" | "count" => Class::Number,
        "structure" | "definition" | "layout" | "ddl" => Class::Structure,
        "of" => Class::Of,
        "in" | "inside" | "within" | "from" => Class::In,
        "is" | "are" | "s" => Class::Be,
        "there" => Class::There,
        "do" | "does" | "can" | "could" | "should" | "would" => Class::Do,
        "we" | "you" | "i" | "it" => Class::Person,
        "have" | "has" | "got" | "contain" | "contains" | "include" | "includes" | "hold" | "holds"
        | "store" | "stores" | "keep" | "keeps" => Class::Have,
        "with" | "containing" | "holding" | "storing" | "having" | "including" => Class::With,
        "exist" | "exists" | "access" | "use" | "query" | "know" | "need" => Class::Exist,
        "stored" | "kept" | "saved" | "found" | "held" => Class::Stored,
        "about" | "concern" | "concerns" | "concerning" | "mention" | "mentions" | "cover" | "covers"
        | "regarding" | "mentioning" | "covering" | "describing" => Class::About,
        "for" | "on" => Class::For,
        "related" | "relating" | "relevant" | "dealing" | "deal" | "relate" | "connected" => Class::Related,
        "to" => Class::To,
        "called" | "named" => Class::Called,
        _ => Class::Other,
    }
}

/// One name for all ways to write a table's or column's name: `Order_Items`, "order item".
pub(super) fn plain(name: &str) -> String {
    crate::text::split_identifier(name).iter().map(|word| singular(word)).collect()
}
