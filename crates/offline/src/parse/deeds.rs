//! What was done to a row and is kept beside it: "orders that were delivered", "delivered orders".

use sqlatte_core::ReadingKind;

use super::{Parser, nouns::Noun};
use crate::{
    lexicon::Target,
    link::Link,
    model::{ColumnId, TableId},
    query::{Filter, Quantity, Ref},
};

impl Parser<'_> {
    /// The one column among these links that keeps the day of a deed in `table`.
    fn day_in(&self, links: &[Link], table: TableId) -> Option<ColumnId> {
        let mut days = links.iter().filter_map(|link| match link.target {
            Target::Happening(column) if self.column(column).table == table => Some(column),
            _ => None,
        });
        let (Some(day), None) = (days.next(), days.next()) else { return None };
        Some(day)
    }

    /// The relation that a verb opened: where the day of the deed may be empty, it must be there.
    pub(super) fn day_of_deed(&mut self, links: &[Link], table: TableId, verb_at: usize, dated: bool) {
        let Some(day) = self.day_in(links, table) else { return };
        let reference = Ref::new(day);
        if dated {
            self.happening = Some(reference);
            return;
        }
        if !self.column(day).nullable {
            return;
        }
        let filter = Filter::Missing { column: reference, negated: true };
        if let Some(Filter::Relation(relation)) =
            self.scope.and_then(|scope| self.query.filters.get_mut(scope))
            && !relation.filters.contains(&filter)
        {
            relation.filters.push(filter);
            self.note(
                ReadingKind::Filter,
                verb_at,
                verb_at + 1,
                format!("{} is known", self.setting.model.column_name(day)),
            );
        }
    }

    /// Whether a participle stands here before the table it is said of.
    pub(super) fn is_deed_before_table(&self, at: usize) -> bool {
        let links = self.links_at(at);
        let happens = links.iter().any(|link| matches!(link.target, Target::Happening(_)));
        let follows = self.noun_phrase(at + 1, false).map(|phrase| phrase.noun);
        happens
            && links.iter().all(|link| self.is_deed(&link.target))
            && matches!(follows, Some(Noun::Table(_)))
            && self.query.head.is_none()
            && self.query.measures.is_empty()
    }

    /// "delivered orders": the deed stands before what it was done to.
    pub(super) fn deed_before_noun(&mut self, links: &[Link]) -> bool {
        if self.head_table().is_some() || !self.query.measures.is_empty() || !self.query.columns.is_empty() {
            return false;
        }
        let verb_at = self.at;
        let Some(phrase) = self.noun_phrase(verb_at + 1, false) else { return false };
        let Noun::Table(table) = phrase.noun else { return false };
        let model = self.setting.model;
        let mut days = links.iter().filter_map(|link| match link.target {
            Target::Happening(column) => Some(column),
            _ => None,
        });
        let (Some(day), None) = (days.next(), days.next()) else { return false };
        let kept_in = self.column(day).table;
        let negated = self.negate;
        if kept_in == table || model.distance(table, kept_in) > 1.5 || negated {
            return false;
        }
        self.take(1);
        self.noun();
        self.note(
            ReadingKind::Filter,
            verb_at,
            verb_at + 1,
            format!("with {}", model.tables[kept_in].name()),
        );
        self.relate(kept_in, None, Quantity::Some);
        self.day_of_deed(links, kept_in, verb_at, false);
        // what follows is about the noun again
        self.scope = None;
        self.focus = Some(table);
        true
    }

    /// What a participle may mean besides a value: the deed, or the column of its day.
    pub(super) fn is_deed(&self, target: &Target) -> bool {
        match target {
            Target::Verb(_) | Target::Happening(_) => true,
            Target::Column(column) => self.column(*column).is_date,
            _ => false,
        }
    }

    /// Whether the word of a value here is all that is said of the row: "shipped orders", "orders not shipped".
    /// With a day, a carrier or a place after it, it is the deed that is meant.
    pub(super) fn value_instead_of_deed(&self, column: ColumnId, end: usize) -> bool {
        let table = self.column(column).table;
        let of_subject = self.scope_table().or(self.head_table()).is_some_and(|subject| subject == table);
        let before_noun = matches!(
            self.noun_phrase(end, false).map(|phrase| phrase.noun),
            Some(Noun::Table(noun)) if noun == table
        );
        let goes_on = matches!(
            self.word_at(end),
            "by" | "to"
                | "from"
                | "with"
                | "via"
                | "in"
                | "on"
                | "at"
                | "through"
                | "for"
                | "after"
                | "before"
        ) || self.date_follows(end);
        before_noun || of_subject && !goes_on
    }

    /// "status is delivered" where no status is called so: says which there are.
    pub(super) fn no_such_value(&mut self, columns: &[Link], end: usize, next: usize) -> bool {
        let Some(token) = self.tokens.get(next) else { return false };
        let links = self.links_at(next);
        let is_deed = !links.is_empty() && links.iter().all(|link| self.is_deed(&link.target));
        let said_to_be =
            next > end && matches!(self.word_at(end), "is" | "are" | "was" | "were" | "=" | "equals");
        let is_word = token.kind == crate::token::TokenKind::Word
            && !crate::words::is_filler(&token.word)
            && !crate::words::is_closed(&token.word)
            && !crate::words::is_grammar(&token.word);
        let unknown = links.is_empty() && said_to_be && is_word;
        if !(is_deed && (said_to_be || next == end) || unknown) {
            return false;
        }
        let text = |column: ColumnId| {
            let column = self.column(column);
            column.is_text() && !column.is_date && !column.is_boolean
        };
        let Some((_, column, _)) = self.choose_column(columns, None, text) else { return false };
        let known = self.setting.values.of_column(column);
        if known.is_empty() || known.len() > MOST_NAMED {
            return false;
        }
        let name = self.setting.model.column_name(column);
        let (said, known) = (token.text.clone(), known.join(", "));
        self.take_to(next + 1);
        self.trouble = Some(format!("{name} is never “{said}”; it is {known}"));
        true
    }
}

/// Values of a column that are named where another was asked for.
const MOST_NAMED: usize = 20;
