//! Conditions on text: "contains", "starting with", "named"; and on what is missing.

use sqlatte_core::ReadingKind;

use super::{Parser, nouns::Noun};
use crate::{
    lexicon::Target,
    query::{Filter, Pattern, Ref},
    token::TokenKind,
};

impl Parser<'_> {
    pub(super) fn text_match(&mut self) -> bool {
        let start = self.at;
        let (pattern, length) = match self.words4(start) {
            ["contain" | "contains" | "containing" | "includes" | "including" | "like", ..] => {
                (Pattern::Contains, 1)
            }
            ["start" | "starts" | "starting" | "begin" | "begins" | "beginning", "with", ..] => {
                (Pattern::Starts, 2)
            }
            ["end" | "ends" | "ending", "with" | "in", ..] => (Pattern::Ends, 2),
            ["named" | "called", ..] => (Pattern::Contains, 1),
            ["with", "the", "name", _] => (Pattern::Contains, 3),
            _ => return false,
        };
        let by_name = matches!(self.word(0), "named" | "called" | "with");
        let mut at = start + length;
        let spelled = matches!(
            self.words4(at),
            ["the" | "a", "word" | "letter" | "text" | "string" | "substring" | "phrase" | "prefix", ..]
        );
        if spelled {
            at += 2;
        } else if matches!(self.word_at(at), "word" | "letter") {
            at += 1;
        }
        if by_name && self.tokens.get(at).is_none_or(|token| token.kind == TokenKind::Mark) && length == 1 {
            self.take(length);
            self.trouble.get_or_insert_with(|| "it does not say which name".to_owned());
            return true;
        }
        let Some(token) = self.tokens.get(at) else { return false };
        let quoted = token.kind == TokenKind::Quoted;
        let text = token.text.clone();
        let mut end = at + 1;
        // a value of the database is more than a text: "orders containing Earl Grey"
        let value = self.links_at(at).iter().any(|link| matches!(link.target, Target::Value(..)));
        let column_said = self.text_column_before(start);
        if by_name {
            let label = self.label_of_subject().map(|label| label.column);
            let is_whole = |link: &&crate::link::Link| match link.target {
                Target::Value(column, _) => label == Some(column),
                _ => false,
            };
            // a whole name that the database has is no part of others
            if let Some(column) = label.filter(|_| self.links_at(at).iter().any(|link| is_whole(&link))) {
                self.take(length);
                return self.value_of(column);
            }
        }
        if pattern == Pattern::Contains && !by_name && !quoted && !spelled && column_said.is_none() {
            let links = self.links_at(at);
            if value || !links.is_empty() {
                if value && self.word(0) != "like" {
                    self.take(length);
                    return self.value();
                }
                return false;
            }
        }
        if self.word(0) == "like" && !quoted && column_said.is_none() {
            return false;
        }
        let mut text = text;
        if by_name && !quoted {
            // a name goes on while words are capitalised
            while let Some(next) = self.tokens.get(end).filter(|next| {
                next.kind == TokenKind::Word && next.text.chars().next().is_some_and(char::is_uppercase)
            }) {
                text.push(' ');
                text.push_str(&next.text);
                end += 1;
            }
            let unknown = self.links_at(at).is_empty() && !crate::words::is_closed(&text);
            if !text.chars().next().is_some_and(char::is_uppercase) && !unknown {
                return false;
            }
        }
        let Some(column) = column_said.or_else(|| self.label_of_subject()) else { return false };
        let negated = std::mem::take(&mut self.negate);
        let verb = match pattern {
            Pattern::Contains => "contains",
            Pattern::Starts => "starts with",
            Pattern::Ends => "ends with",
            Pattern::Same => "is",
        };
        self.note(
            ReadingKind::Filter,
            start,
            end,
            format!("{} {verb} “{text}”", self.setting.model.column_name(column.column)),
        );
        if let Some(column) = column_said {
            self.unask(column);
        }
        self.take_to(end);
        let table = self.column(column.column).table;
        self.add_filter(Filter::Text { column, pattern, text, negated }, Some(table));
        true
    }

    /// The text column said directly before: "whose email ends with".
    fn text_column_before(&self, start: usize) -> Option<Ref> {
        let column = self.last_column.filter(|column| self.column(column.column).is_text())?;
        let mut at = start;
        while at > 0
            && matches!(self.word_at(at - 1), "that" | "which" | "does" | "do" | "not" | "is" | "are")
        {
            at -= 1;
        }
        (0..at)
            .rev()
            .take(4)
            .any(|from| {
                self.links_at(from).iter().any(|link| {
                    from + link.length == at
                        && matches!(link.target, Target::Column(other) if other == column.column)
                })
            })
            .then_some(column)
    }

    fn label_of_subject(&self) -> Option<Ref> {
        let table = self.scope_table().or(self.focus).or(self.head_table())?;
        match self.setting.model.tables[table].labels.as_slice() {
            [label] => Some(Ref::new(*label)),
            _ => None,
        }
    }

    /// "phone is missing", "missing phone", "unknown birth date", "is null".
    pub(super) fn missing(&mut self) -> bool {
        if !matches!(
            self.word(0),
            "missing" | "unknown" | "empty" | "blank" | "null" | "unspecified" | "undefined" | "unset"
        ) {
            return false;
        }
        let start = self.at;
        let next = self.noun_phrase(start + 1, false);
        let (column, end) = match next.map(|phrase| (phrase.noun, phrase.end)) {
            Some((Noun::Column(column) | Noun::Age(column), end)) => (column, end),
            _ => {
                let Some(column) = self.last_column else { return false };
                self.unask(column);
                // "with phone" was read as having one
                self.query.filters.retain(|filter| *filter != Filter::Missing { column, negated: true });
                (column, start + 1)
            }
        };
        let negated = std::mem::take(&mut self.negate);
        let table = self.column(column.column).table;
        self.note(
            ReadingKind::Filter,
            start,
            end,
            format!(
                "{} is {}missing",
                self.setting.model.column_name(column.column),
                if negated { "not " } else { "" }
            ),
        );
        self.take_to(end);
        self.add_filter(Filter::Missing { column, negated }, Some(table));
        true
    }
}
