//! "Cities with both a store and a supplier", "countries where we have suppliers but no customers": values that
//! two tables keep in a column of one name.

use sqlatte_core::ReadingKind;

use super::Parser;
use crate::{
    lexicon::Target,
    model::{ColumnId, TableId},
    query::{Filter, Function, Measure, Operand, Ref},
    token::TokenKind,
};

impl Parser<'_> {
    /// Reads a question of this form as a whole, from its first word to its last.
    pub(super) fn shared_values(&mut self) -> bool {
        if self.at != 0 || self.fragment {
            return false;
        }
        let lead = self.past(0, &["which", "what", "list", "show", "give", "me", "all", "the", "in", "find"]);
        let (counted, lead) = match self.words4(lead) {
            ["how", "many", "different", _] => (true, lead + 3),
            ["how", "many", ..] | ["number", "of", ..] => (true, lead + 2),
            _ => (false, lead),
        };
        let columns = self.best_links(lead, |target| matches!(target, Target::Column(_)));
        let Some(length) = columns.first().map(|link| link.length) else { return false };
        let columns: Vec<ColumnId> = columns
            .iter()
            .filter_map(|link| match link.target {
                Target::Column(column) if link.weight > 0.8 => Some(column),
                _ => None,
            })
            .collect();
        let verb = lead + length;
        let said = self.past(
            verb,
            &[
                "with", "where", "in", "which", "we", "that", "have", "has", "having", "there", "are", "is",
                "do",
            ],
        );
        let first_at = self.past(said, &["both", "a", "an", "our", "any"]);
        let Some((first, end)) = self.table_said(first_at).filter(|_| said > verb) else { return false };
        let joined = matches!(self.word_at(end), "and" | "but")
            || self.tokens.get(end).is_some_and(|token| token.is_mark(","));
        let second_at = self.past(
            end + 1,
            &[
                "and", "but", "also", "not", "no", "without", "with", "have", "we", "do", "any", "a", "an",
                "our",
            ],
        );
        let Some((second, finish)) = self.table_said(second_at).filter(|_| joined) else { return false };
        if first == second || !self.tokens.iter().skip(finish).all(|token| token.kind == TokenKind::Mark) {
            return false;
        }
        let negated = (end..second_at).any(|at| matches!(self.word_at(at), "no" | "not" | "without"));
        let Some((column, other)) = self.namesakes(&columns, first, second) else { return false };
        let name = |column: ColumnId| self.setting.model.column_name(column);
        let meaning =
            format!("{} that is {}{}", name(column), if negated { "no " } else { "also " }, name(other));
        self.note(ReadingKind::Filter, lead, finish, meaning);
        let reference = Ref::new(column);
        if counted {
            self.query.measures.push(Measure::new(Function::CountDistinct, Operand::Column(reference)));
        } else {
            self.query.columns.push(reference);
            self.query.distinct = true;
        }
        if self.column(column).nullable {
            self.query.filters.push(Filter::Missing { column: reference, negated: true });
        }
        self.query.filters.push(Filter::Shared { column: reference, other, negated });
        self.take_to(self.tokens.len());
        true
    }

    fn table_said(&self, at: usize) -> Option<(TableId, usize)> {
        let links = self.best_links(at, |target| matches!(target, Target::Table(_)));
        let end = at + links.first()?.length;
        self.choose_table(&links).filter(|(_, weight)| *weight > 0.8).map(|(table, _)| (table, end))
    }

    /// One of these columns in each table, of one name.
    fn namesakes(
        &self,
        columns: &[ColumnId],
        first: TableId,
        second: TableId,
    ) -> Option<(ColumnId, ColumnId)> {
        let of = |table: TableId| {
            columns
                .iter()
                .copied()
                .filter(move |&id| self.column(id).table == table && self.column(id).is_text())
        };
        of(first).find_map(|column| {
            let name = &self.column(column).name;
            let other = of(second).find(|&other| self.column(other).name.eq_ignore_ascii_case(name))?;
            Some((column, other))
        })
    }
}
