//! One schema, indexed, and the way from a question's words to SQL on it.

mod wording;

use chrono::NaiveDate;
#[cfg(test)]
use sqlatte_core::glossary::House;
use sqlatte_core::{Catalog, Reading, ReadingKind, Schema};

use crate::{
    explain, figures, followup,
    lexicon::Lexicon,
    link,
    model::Model,
    parse::{self, Parsed, Setting},
    periods, plan,
    query::Query,
    sql, suggest,
    sureness::Sure,
    synonyms::Concept,
    token::{Token, TokenKind, tokenise},
    values::ValueIndex,
    words,
};

/// What is known of one schema: made once, read by every question.
#[derive(Debug)]
pub(crate) struct Knowledge {
    pub(crate) model: Model,
    lexicon: Lexicon,
    pub(crate) values: ValueIndex,
}

/// A question that was read.
#[derive(Debug, Clone)]
pub(crate) struct Read {
    pub(crate) query: Query,
    pub(crate) sql: String,
    pub(crate) explanation: String,
    pub(crate) readings: Vec<Reading>,
    pub(crate) confidence: f64,
    pub(crate) follow_ups: Vec<String>,
}

/// Why a question was not read.
#[derive(Debug, Clone)]
pub(crate) enum Unread {
    /// These words mean nothing here.
    Words(Vec<String>),
    /// The words are known and do not make a question that can be answered.
    Trouble(String),
    /// More than one thing may be meant.
    Ambiguous(String, Vec<String>),
}

impl Knowledge {
    pub(crate) async fn read_from(schema: &Schema, catalog: &Catalog) -> Self {
        let house = catalog.house(schema);
        let model = Model::new(schema, catalog.info().dialect, house);
        let mut lexicon = Lexicon::new(&model);
        lexicon.learn(&model, house);
        let values = ValueIndex::read(&model, catalog).await;
        tracing::debug!(tables = model.tables.len(), values = values.len(), "indexed a schema");
        Knowledge { model, lexicon, values }
    }

    /// A schema with these values, for tests that have no database.
    #[cfg(test)]
    pub(crate) fn of(
        schema: &Schema,
        dialect: sqlatte_guard::Dialect,
        values: &[(&str, &str, &str)],
    ) -> Self {
        let model = Model::new(schema, dialect, &House::default());
        let lexicon = Lexicon::new(&model);
        let mut index = ValueIndex::default();
        for (table, column, text) in values {
            let id =
                (0..model.columns.len()).find(|&id| model.column_name(id) == format!("{table}.{column}"));
            if let Some(id) = id {
                index.add(id, text);
            }
        }
        Knowledge { model, lexicon, values: index }
    }

    /// Reads a question; `before` is the one a follow-up may refer to.
    pub(crate) fn read(
        &self,
        question: &str,
        before: Option<&Query>,
        today: NaiveDate,
    ) -> Result<Read, Unread> {
        let mut tokens = self.write_out_denials(tokenise(question));
        let takes_discount = self.taking_discount(&mut tokens);
        let continues = before.is_some() && followup::continues(&tokens);
        let alone = if continues { None } else { Some(self.read_alone(&tokens, takes_discount, today)) };
        if let Some(Ok(read)) = alone {
            return Ok(read);
        }
        if let Some(before) = before
            && let Some(read) = self.read_follow_up(&tokens, before, takes_discount, today)
        {
            return read;
        }
        match alone {
            Some(unread) => unread,
            // "and employees?" says too little to be a question of its own, "do they" is never one
            None if followup::is_no_question(&tokens) => {
                Err(Unread::Trouble("it does not go with the question before".to_owned()))
            }
            None => self.read_alone(&tokens, takes_discount, today),
        }
    }

    fn read_alone(
        &self,
        tokens: &[Token],
        takes_discount: Option<bool>,
        today: NaiveDate,
    ) -> Result<Read, Unread> {
        let asked = tokens;
        let lifted = self.model.lifted(tokens);
        let bare = if lifted.is_empty() { None } else { self.model.without_lifting(tokens) };
        let tokens = bare.as_deref().unwrap_or(tokens);
        let (corrected, fixes) = self.forgive(tokens);
        let tokens = corrected.as_deref().unwrap_or(tokens);
        let mut parsed = self.parse(tokens, None, today);
        parsed.query.lifted = lifted;
        parsed.query.takes_discount = takes_discount;
        parsed.readings.extend(fixes);
        if corrected.is_some() {
            parsed.confidence *= 0.85;
        }
        self.check(&parsed)?;
        let sure = Sure { parsed: parsed.confidence, follows: false, grounds: parsed.grounds };
        let read =
            self.write(parsed.query, parsed.readings, sure, today).map_err(|unread| unread.about(asked))?;
        match self.owners_that_differ(&parsed.owners, &read, today) {
            Some(options) => Err(Unread::Ambiguous("Which of these do you mean?".to_owned(), options)),
            None => Ok(read),
        }
    }

    /// What a follow-up makes of the question before, or that it may mean more than one thing; nothing where
    /// the two do not fit together.
    fn read_follow_up(
        &self,
        tokens: &[Token],
        before: &Query,
        takes_discount: Option<bool>,
        today: NaiveDate,
    ) -> Option<Result<Read, Unread>> {
        let asked = tokens;
        let (corrected, fixes) = self.forgive(tokens);
        let tokens = corrected.as_deref().unwrap_or(tokens);
        let mut parsed = self.parse(tokens, Some(before), today);
        if !parsed.unread.is_empty() || parsed.trouble.is_some() || parsed.clarify.is_some() {
            return None;
        }
        let mut query = followup::merge(before, &parsed, &self.model)?;
        let filled = periods::fill(&mut query, &self.model);
        if filled.missing {
            return None;
        }
        query.lifted.extend(self.model.lifted(tokens));
        query.takes_discount = takes_discount.or(query.takes_discount);
        parsed.readings.extend(fixes);
        let sure = Sure { parsed: parsed.confidence * 0.92, follows: true, grounds: parsed.grounds };
        match self.write(query, parsed.readings, sure, today) {
            Ok(read) => Some(Ok(read)),
            Err(unread @ Unread::Ambiguous(..)) => Some(Err(unread.about(asked))),
            Err(_) => None,
        }
    }

    pub(crate) fn parse(&self, tokens: &[Token], before: Option<&Query>, today: NaiveDate) -> Parsed {
        let links = link::link(tokens, &self.lexicon, &self.values);
        parse::parse(Setting { model: &self.model, values: &self.values, today }, tokens, &links, before)
    }

    pub(crate) fn check(&self, parsed: &Parsed) -> Result<(), Unread> {
        if !parsed.unread.is_empty() {
            return Err(Unread::Words(parsed.unread.clone()));
        }
        if let Some((message, options)) = &parsed.clarify {
            return Err(Unread::Ambiguous(message.clone(), options.clone()));
        }
        match &parsed.trouble {
            Some(trouble) => Err(Unread::Trouble(trouble.clone())),
            None => Ok(()),
        }
    }

    pub(crate) fn write(
        &self,
        query: Query,
        readings: Vec<Reading>,
        sure: Sure,
        today: NaiveDate,
    ) -> Result<Read, Unread> {
        if sure.parsed < sure.least() {
            return Err(Unread::Trouble("it could be read in more than one way".to_owned()));
        }
        let mut statement = plan::plan(&query, &self.model, today).map_err(Unread::Trouble)?;
        let is_of_lines =
            |(_, figure): &&(Concept, figures::RowFigure)| matches!(figure, figures::RowFigure::Lines { .. });
        let by_lines = statement.figures.iter().find(is_of_lines).cloned();
        if by_lines.is_some()
            && query.takes_discount.is_none()
            && let Some(asked) = self.ask_about_discount()
        {
            return Err(asked);
        }
        let joins = statement.instances.len().saturating_sub(1);
        let confidence = sure.shown(joins);
        if confidence < sure.least_shown() {
            return Err(Unread::Trouble("it could be read in more than one way".to_owned()));
        }
        let defaults = plan::defaults::apply(&mut statement, &query, &self.model).map_err(Unread::Trouble)?;
        // revenue may be worked out from order lines instead of orders: say the way that was taken
        let as_taken = |mut text: String| {
            for (concept, figure) in &statement.figures {
                let usual = figures::describe_concept(&self.model, *concept);
                text = text.replace(&usual, &figures::describe_figure(&self.model, figure));
            }
            text
        };
        let mut explanation = as_taken(explain::explain(&query, &self.model));
        let readings = readings.into_iter();
        let mut readings: Vec<Reading> = readings
            .map(|Reading { meaning, phrase, kind, assumed }| Reading {
                meaning: as_taken(meaning),
                phrase,
                kind,
                assumed,
            })
            .collect();
        if let Some((Concept::Revenue, figure)) = by_lines
            && let Some(total) = figures::total_beside_lines(&self.model)
        {
            let meaning = format!(
                "{}, because {} is only of a whole sale; the two may differ",
                figures::describe_figure(&self.model, &figure),
                self.model.column_name(total)
            );
            readings.push(Reading::assumed(ReadingKind::Metric, "revenue", meaning));
        }
        for condition in defaults.iter().filter_map(|&at| self.model.defaults.get(at)) {
            let table = self.model.tables[condition.table].name();
            let meaning = format!("only those where {}, as usual here", condition.text);
            explanation.push_str(&format!(" Of {table}, {meaning}."));
            readings.push(Reading::assumed(ReadingKind::Filter, table, meaning));
        }
        Ok(Read {
            sql: sql::print(&statement, &self.model),
            explanation,
            readings,
            confidence: (confidence * 100.0).round() / 100.0,
            follow_ups: followup::suggestions(&query, &self.model),
            query,
        })
    }

    /// The tokens with typing errors put right, where an unknown word is close to exactly one known one.
    fn forgive(&self, tokens: &[Token]) -> (Option<Vec<Token>>, Vec<Reading>) {
        let mut corrected: Option<Vec<Token>> = None;
        let mut fixes = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            let lacks_letter = self.lacks_last_letter(token);
            let means_from = token.word == "form" && self.value_at(tokens, at + 1);
            if token.kind != TokenKind::Word || (self.is_known(tokens, at) && !lacks_letter && !means_from) {
                continue;
            }
            let slip = match token.word.as_str() {
                _ if means_from => Some("from".to_owned()),
                _ if lacks_letter => Some(format!("{}e", token.norm)),
                _ => None,
            };
            let right = slip.or_else(|| link::correct(&token.norm, &self.lexicon, &self.values));
            if let Some(right) = right {
                let meaning = format!("“{right}”, as a typing error");
                fixes.push(Reading::assumed(ReadingKind::Other, &token.text, meaning));
                let list = corrected.get_or_insert_with(|| tokens.to_vec());
                if let (Some(place), Some(fixed)) = (list.get_mut(at), tokenise(&right).into_iter().next()) {
                    // a plural stays one: "custmers" is about many
                    let plural = token.word != token.norm;
                    let word = if plural { format!("{}s", fixed.word) } else { fixed.word.clone() };
                    *place = Token { text: token.text.clone(), word, ..fixed };
                }
            }
        }
        (corrected, fixes)
    }

    fn value_at(&self, tokens: &[Token], at: usize) -> bool {
        tokens.get(at).is_some_and(|token| self.values.find(&token.norm).next().is_some())
    }

    /// "employes": a verb by its stem, and a table with one more letter.
    fn lacks_last_letter(&self, token: &Token) -> bool {
        token.word != token.norm
            && self.lexicon.phrase(&token.norm).is_empty()
            && self
                .lexicon
                .phrase(&format!("{}e", token.norm))
                .iter()
                .any(|entry| matches!(entry.target, crate::lexicon::Target::Table(_)) && entry.weight > 0.9)
    }

    fn is_known(&self, tokens: &[Token], at: usize) -> bool {
        let token = &tokens[at];
        words::is_closed(&token.word)
            || words::is_filler(&token.word)
            || words::is_grammar(&token.word)
            || !self.lexicon.phrase(&token.norm).is_empty()
            || !self.lexicon.verb(&token.stem).is_empty()
            || crate::synonyms::concept(&token.norm).is_some()
            || self.values.find(&token.norm).next().is_some()
            || !crate::places::other_names(&token.norm).is_empty()
            || crate::dates::read(&tokens[at..], NaiveDate::default()).is_some()
            || crate::dates::grain(&token.norm).is_some()
            || crate::dates::small_number(token).is_some()
            || words::function(&token.word).is_some()
            || words::superlative(&token.word).is_some()
            || words::comparative(&token.word).is_some()
            || words::gradable(&token.word).is_some()
            || words::is_unit(&token.word)
            // part of a longer phrase: "area" of "floor area", "Grey" of "Earl Grey"
            || self.values.knows_word(&token.norm)
            || self.lexicon.knows_word(&token.norm)
    }

    /// Questions the engine reads on this schema, the most interesting first.
    pub(crate) fn questions(&self, today: NaiveDate) -> Vec<String> {
        suggest::questions(self, today)
    }
}
