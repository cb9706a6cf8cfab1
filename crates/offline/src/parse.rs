//! Parse: from linked tokens to a [`Query`], with every word accounted for.
//!
//! The parser walks over the question once. At each place the rules of the modules below are tried in order of
//! how much they demand; the first that fits takes its words and says what they mean. A word that no rule takes
//! and that is no filler stays unread, and a question with unread words is not answered.

mod adding;
mod amounts;
mod averages;
mod bounds;
mod checks;
mod counts;
mod deductions;
mod deeds;
mod finish;
mod groups;
mod linking;
mod losses;
mod names;
mod negation;
mod nouns;
mod numbered;
mod only;
mod order;
mod periods;
mod qualities;
mod ranks;
mod relations;
mod replaced;
mod resolve;
mod settle;
mod shares;
mod sharing;
mod subjects;
mod sureness;
mod texts;
mod values;

use chrono::NaiveDate;
use sqlatte_core::Reading;

pub(crate) use self::{groups::grain_name, sureness::Grounds};
pub(crate) use replaced::{Bound, Replaced};

use crate::{
    lexicon::Target,
    link::{Link, Links},
    model::{ColumnId, Model, TableId},
    query::{Head, Query, Ref},
    synonyms::Concept,
    token::{Token, TokenKind},
    values::ValueIndex,
    words,
};

/// What the parser needs to know besides the question.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting<'a> {
    pub(crate) model: &'a Model,
    pub(crate) values: &'a ValueIndex,
    pub(crate) today: NaiveDate,
}

/// A question as understood.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parsed {
    pub(crate) query: Query,
    pub(crate) readings: Vec<Reading>,
    /// Words that nothing accounts for.
    pub(crate) unread: Vec<String>,
    /// From 0 to 1.
    pub(crate) confidence: f64,
    /// What it rests on besides the words.
    pub(crate) grounds: Grounds,
    /// The question with the owner of a doubtful column said.
    pub(crate) owners: Vec<String>,
    /// A question back, with complete questions to choose from.
    pub(crate) clarify: Option<(String, Vec<String>)>,
    /// Why there is no query although every word was read.
    pub(crate) trouble: Option<String>,
    /// What of the question before a follow-up changes without naming it.
    pub(crate) replaces: Replaced,
}

pub(crate) struct Parser<'a> {
    setting: Setting<'a>,
    tokens: &'a [Token],
    links: &'a Links,
    at: usize,
    query: Query,
    read: Vec<bool>,
    readings: Vec<Reading>,
    confidence: f64,
    /// Tables the question names anywhere, with the token.
    anchors: Vec<(usize, TableId)>,
    /// The table that the question before was about, by its head or first group.
    subject: Option<TableId>,
    /// The table mentioned last.
    focus: Option<TableId>,
    /// The relation that filters now belong to, by its index among the query's filters.
    scope: Option<usize>,
    /// "or" was read: the next condition and the last one are alternatives.
    alternative: bool,
    /// "not" was read and waits for what it denies.
    negate: bool,
    /// "No" was read: "sold no tea".
    denies_any: bool,
    passed_over: usize,
    onlys: Vec<only::Only>,
    /// "top 5" or "bottom 5" was read and waits for a measure.
    top: Option<Top>,
    /// A column whose date the next period is about.
    happening: Option<Ref>,
    who: bool,
    when: bool,
    in_share: Option<SharePart>,
    apposition: Option<TableId>,
    /// The head was named before any measure.
    head_first: bool,
    clarify: Option<(String, Vec<String>)>,
    trouble: Option<String>,
    replaces: Replaced,
    fragment: bool,
    /// The question before showed figures of groups.
    grouped_before: bool,
    /// The year that the question before was about.
    year_before: Option<i32>,
    /// The question before bounded a figure of the rows it listed.
    bounded_before: bool,
    /// The table whose rows the question before listed or added up.
    main_before: Option<TableId>,
    /// Spans are compared with each other, not added up.
    versus: bool,
    /// The last column that was said, for "price over 100".
    last_column: Option<Ref>,
    /// Columns said after the head, that wait for their condition, with their tokens.
    dangling: Vec<(Ref, usize, usize)>,
    /// Tables named beside the head, which some condition must be about.
    beside: Vec<(TableId, usize, usize)>,
    /// "New customers": a period must say since when.
    says_new: bool,
    /// A plain column was said after a figure.
    column_after_measure: bool,
    /// The last column was not asked for before it was said.
    last_column_is_new: bool,
    /// The last aggregate function, for "average height and weight".
    last_function: Option<crate::query::Function>,
    /// "How much" was asked and waits for money.
    how_much: bool,
    /// For each group, whether it came as "per" or "for each".
    per_each: Vec<bool>,
    /// "Average number of": the average is taken over the groups.
    nested: bool,
    /// The token from which conditions are about the part of a share.
    share_part_from: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Top {
    limit: Option<u64>,
    descending: bool,
    /// "first 5", "last 5": by date where nothing else is said.
    by_date: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SharePart {
    Whole,
    Part,
}

/// Parses the tokens; `before` is the question that a follow-up refers to.
pub(crate) fn parse(setting: Setting<'_>, tokens: &[Token], links: &Links, before: Option<&Query>) -> Parsed {
    let mut parser = Parser {
        setting,
        tokens,
        links,
        at: 0,
        query: Query::default(),
        read: vec![false; tokens.len()],
        readings: Vec::new(),
        confidence: 0.97,
        anchors: Vec::new(),
        subject: None,
        focus: None,
        scope: None,
        alternative: false,
        negate: false,
        denies_any: false,
        passed_over: 0,
        onlys: Vec::new(),
        top: None,
        happening: None,
        who: false,
        when: false,
        in_share: None,
        apposition: None,
        head_first: false,
        clarify: None,
        trouble: None,
        replaces: Replaced::begun(tokens),
        fragment: before.is_some(),
        grouped_before: before.is_some_and(|before| !before.groups.is_empty()),
        bounded_before: before.is_some_and(crate::followup::bounds_rows),
        year_before: before.and_then(crate::usage::year),
        main_before: before.and_then(|before| crate::usage::main_table(before, setting.model)),
        versus: false,
        last_column: None,
        dangling: Vec::new(),
        beside: Vec::new(),
        says_new: false,
        column_after_measure: false,
        last_column_is_new: false,
        last_function: None,
        how_much: false,
        per_each: Vec::new(),
        nested: false,
        share_part_from: 0,
    };
    parser.find_anchors(before);
    while parser.at < tokens.len() {
        let start = parser.at;
        parser.step();
        if parser.at == start {
            parser.at += 1;
        }
    }
    parser.finish()
}

impl Parser<'_> {
    /// Reads what stands at the present place.
    fn step(&mut self) {
        self.mind_share();
        let is_number = matches!(self.word(0), "a" | "an") && self.goes_back_from(self.at);
        if !is_number
            && matches!(
                self.word(0),
                "the" | "a" | "an" | "our" | "their" | "its" | "his" | "her" | "your" | "my"
            )
        {
            self.take(1);
            return;
        }
        let took = self.mark()
            || self.shared_values()
            || self.only()
            || self.given()
            || self.in_total()
            || self.list_them()
            || self.lead()
            || self.how_many()
            || self.share()
            || self.sort()
            || self.versus()
            || self.group()
            || self.out_of_stock()
            || self.unit()
            || self.still_there()
            || self.first_or_last_day()
            || self.top()
            || self.against_average()
            || self.against_named()
            || self.superlative()
            || self.negation()
            || self.text_match()
            || self.missing()
            || self.amount()
            || self.against_column()
            || self.period()
            || self.aggregate()
            || self.column_with_value()
            || self.value()
            || self.verb()
            || self.everything()
            || self.names()
            || self.noun()
            || self.alternative()
            || self.each_of_them()
            || self.linking_verb();
        if !took {
            let Some(token) = self.tokens.get(self.at) else { return };
            let word = &token.word;
            // "where is it" asks for what a filler would pass over
            let asks_where = self.at == 0 && word == "where";
            // "not anything but tea" is only tea
            let excepts = matches!(word.as_str(), "anything" | "something")
                && matches!(self.word(1), "but" | "except" | "other" | "else" | "besides" | "apart");
            if !asks_where
                && !excepts
                && token.kind == TokenKind::Word
                && (words::is_filler(word) || self.back_reference())
            {
                self.pass_over();
                self.take(1);
            }
        }
    }

    /// A figure of the house's: no word of its name is read alone.
    fn given(&mut self) -> bool {
        let longest = self.links_at(self.at).first();
        let is_given = longest.is_some_and(|link| matches!(link.target, Target::Concept(Concept::Given(_))));
        is_given && self.noun()
    }

    fn mark(&mut self) -> bool {
        let Some(token) = self.tokens.get(self.at) else { return false };
        let is_mark = token.kind == TokenKind::Mark
            && matches!(token.word.as_str(), "," | "?" | "." | "!" | ";" | ":" | "'" | "'s");
        if is_mark {
            self.take(1);
        }
        is_mark
    }

    // ---- looking ----

    /// The word `offset` tokens on, or nothing for what is no word.
    fn word(&self, offset: usize) -> &str {
        self.word_at(self.at + offset)
    }

    fn word_at(&self, at: usize) -> &str {
        match self.tokens.get(at) {
            Some(token) if token.kind == TokenKind::Word => &token.word,
            Some(token)
                if token.kind == TokenKind::Mark
                    && matches!(token.word.as_str(), ">" | "<" | ">=" | "<=" | "=" | "!=" | "<>") =>
            {
                &token.word
            }
            _ => "",
        }
    }

    fn norm_at(&self, at: usize) -> &str {
        self.tokens.get(at).filter(|token| token.kind == TokenKind::Word).map_or("", |token| &token.norm)
    }

    fn before(&self, back: usize) -> &str {
        self.at.checked_sub(back).map_or("", |at| self.word_at(at))
    }

    fn words4(&self, at: usize) -> [&str; 4] {
        [self.word_at(at), self.word_at(at + 1), self.word_at(at + 2), self.word_at(at + 3)]
    }

    /// The first place from `at` on that is none of these words.
    fn past(&self, mut at: usize, skipped: &[&str]) -> usize {
        while skipped.contains(&self.word_at(at)) {
            at += 1;
        }
        at
    }

    /// Past articles and possessives.
    fn past_articles(&self, at: usize) -> usize {
        self.past(
            at,
            &[
                "the", "a", "an", "our", "their", "its", "his", "her", "all", "of", "any", "your", "my",
                "these", "those",
            ],
        )
    }

    fn number_at(&self, at: usize) -> Option<f64> {
        let token = self.tokens.get(at)?;
        token.number().or_else(|| crate::dates::small_number(token).map(|number| number as f64))
    }

    fn links_at(&self, at: usize) -> &[Link] {
        self.links.at(at)
    }

    /// Links at `at` of the greatest length that has one accepted by `accept`.
    fn best_links(&self, at: usize, accept: impl Fn(&Target) -> bool) -> Vec<Link> {
        let Some(length) = self.links_at(at).iter().find(|link| accept(&link.target)).map(|link| link.length)
        else {
            return Vec::new();
        };
        self.links_at(at)
            .iter()
            .filter(|link| link.length == length && accept(&link.target))
            .copied()
            .collect()
    }

    fn is_plural(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| {
            token.word != token.norm || matches!(token.word.as_str(), "staff" | "personnel")
        })
    }

    // ---- taking ----

    fn column(&self, column: ColumnId) -> &crate::model::Column {
        &self.setting.model.columns[column]
    }

    fn head_table(&self) -> Option<TableId> {
        self.query.head.and_then(|head| self.table_of_head(head))
    }

    fn table_of_head(&self, head: Head) -> Option<TableId> {
        crate::figures::head_table(self.setting.model, head)
    }

    // ---- adding ----

    /// The table whose rows the question is mainly about, as far as it is known.
    fn main_table(&self) -> Option<TableId> {
        self.head_table()
            .or_else(|| self.query.measures.first().and_then(|measure| self.measure_table(measure)))
    }
}
