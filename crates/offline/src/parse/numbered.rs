//! Rows by their number: "order 1234".

use sqlatte_core::ReadingKind;

use super::Parser;
use crate::{
    lexicon::Target,
    query::{Comparison, Filter, Operand, Ref},
};

impl Parser<'_> {
    /// "order 1234", "customer #17", "product id 5".
    pub(super) fn numbered_row(&mut self) -> Option<bool> {
        let start = self.at;
        let links = self.best_links(start, |target| matches!(target, Target::Table(_)));
        let (table, weight) = self.choose_table(&links)?;
        let mut at = start + links.first()?.length;
        if weight < 0.7 || self.is_plural(at - 1) {
            return None;
        }
        let marked = matches!(self.word_at(at), "id" | "number" | "no" | "nr")
            || self.tokens.get(at).is_some_and(|token| token.is_mark("#"));
        if marked {
            at += 1;
        }
        let number = self.tokens.get(at)?.number().filter(|number| number.fract() == 0.0)?;
        let [key] = self.setting.model.tables[table].primary_key.as_slice() else { return None };
        let key = *key;
        if !self.column(key).kind.is_numeric() {
            return None;
        }
        self.note(
            ReadingKind::Filter,
            start,
            at + 1,
            format!("{} = {number}", self.setting.model.column_name(key)),
        );
        self.take_to(at + 1);
        if self.query.head.is_none() && self.query.measures.is_empty() && self.query.columns.is_empty() {
            self.apposition = Some(table);
        }
        self.focus = Some(table);
        self.add_filter(
            Filter::Compare { left: Operand::Column(Ref::new(key)), comparison: Comparison::Equal, number },
            Some(table),
        );
        Some(true)
    }
}
