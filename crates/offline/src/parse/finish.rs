//! After the last word: who is ranked, which dates are meant, what is left unread.

use sqlatte_core::ReadingKind;

use super::{Parsed, Parser};
use crate::{
    model::TableId,
    query::{Figure, Filter, Function, Group, Head, Measure, Operand, Rank},
    token::TokenKind,
};

impl Parser<'_> {
    pub(super) fn finish(mut self) -> Parsed {
        self.settle_head();
        self.settle_top();
        self.settle_nested();
        if !self.fragment || self.query.head.is_some() {
            self.settle_rank();
        }
        self.settle_bare_groups();
        self.settle_listed_groups();
        self.settle_counts();
        self.settle_shares();
        self.settle_only();
        if !self.fragment {
            self.check_periods_of_deeds();
            self.settle_dates();
            self.check_whole();
        }
        self.accept_comment_words();
        if self.alternative {
            self.trouble.get_or_insert_with(|| "it does not say what the alternative is".to_owned());
        }
        if self.negate {
            self.trouble.get_or_insert_with(|| "it is not clear what is denied".to_owned());
        }
        let left: Vec<&crate::token::Token> = self
            .tokens
            .iter()
            .zip(&self.read)
            .filter(|(token, read)| !**read && token.kind != TokenKind::Mark)
            .map(|(token, _)| token)
            .collect();
        // a question word is known; what it asks about was not found
        let (asking, unread): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|token| matches!(token.word.as_str(), "how" | "many" | "much"));
        if !asking.is_empty() {
            self.trouble.get_or_insert_with(|| "it does not say what is asked for".to_owned());
        }
        let unread: Vec<String> = unread.into_iter().map(|token| token.text.clone()).collect();
        let grounds = self.grounds();
        Parsed {
            grounds,
            owners: if grounds.rivals > 0 { self.owners_to_offer() } else { Vec::new() },
            query: self.query,
            readings: self.readings,
            unread,
            confidence: self.confidence,
            clarify: self.clarify,
            trouble: self.trouble,
            replaces: self.replaces,
        }
    }

    fn settle_head(&mut self) {
        let columns_in_head = self.columns_in_head();
        let query = &mut self.query;
        if query.head.is_none() && query.measures.is_empty() {
            query.head = self.apposition.map(Head::Table);
        }
        let ranked_by_measure = matches!(query.rank, Some(Rank { by: Figure::Measure(_), .. }));
        let grouped_already = !query.groups.is_empty();
        let wants_group = ranked_by_measure || !query.having.is_empty() || !query.measures.is_empty();
        // "which city has the most customers": the column is what is grouped by
        if ranked_by_measure && query.head.is_none() && query.groups.is_empty() && query.columns.len() > 1 {
            // "the id, first and last name with the most accounts" are of one row
            let model = self.setting.model;
            let table = |column: &crate::query::Ref| model.columns[column.column].table;
            if let Some(first) = query.columns.first().map(table)
                && query.columns.iter().all(|column| table(column) == first)
            {
                query.head = Some(Head::Table(first));
                query.named = false;
            }
        }
        let measured_first = self.column_after_measure && !query.measures.is_empty() && !ranked_by_measure;
        if measured_first && !query.columns.is_empty() {
            // "the average rating and resolution": of what the second is a figure is not said
            self.trouble.get_or_insert_with(|| "it asks for a figure and a plain column at once".to_owned());
        } else if wants_group
            && !query.columns.is_empty()
            && (query.head.is_none() || query.counted && query.having.is_empty() && !ranked_by_measure)
        {
            for column in std::mem::take(&mut query.columns) {
                let group = Group::Column(column);
                if !query.groups.contains(&group) {
                    query.groups.push(group);
                    self.per_each.push(false);
                }
            }
        } else if ranked_by_measure
            && query.head.is_some()
            && query.columns.len() == 1
            && !grouped_already
            && !columns_in_head
        {
            // "top 5 cities by number of customers"
            let column = query.columns.remove(0);
            query.groups.push(Group::Column(column));
            self.per_each.push(false);
            self.query.head = None;
        }
        if self.who && self.query.head.is_none() && self.query.groups.is_empty() {
            self.settle_who();
        }
        let entity_after_measure = self.query.measures.is_empty() || self.query.counted || !self.head_first;
        if !entity_after_measure && let Some(head) = self.query.head {
            let own =
                self.query.measures.iter().all(|measure| self.measure_table(measure) == self.head_table());
            let group = match head {
                Head::Column(column) => Group::Column(column),
                entity => Group::Entity(entity),
            };
            if !own && !self.query.groups.contains(&group) {
                self.query.groups.insert(0, group);
                self.per_each.insert(0, false);
            }
            self.query.head = None;
        } else if !self.query.measures.is_empty()
            && !self.query.counted
            && self.query.having.is_empty()
            && self.query.rank.is_none()
        {
            self.query.head = None;
        }
    }

    /// Whether the columns asked for are of the head itself.
    fn columns_in_head(&self) -> bool {
        let Some(head) = self.head_table() else { return false };
        self.query.columns.iter().all(|column| {
            let column_table = self.column(column.column).table;
            column_table == head
                && (self.setting.model.tables[head].labels.contains(&column.column)
                    || self.column(column.column).is_key)
        })
    }

    /// "who spent the most": the people nearest to what is measured.
    fn settle_who(&mut self) {
        let measured = match &self.query.rank {
            Some(Rank { by: Figure::Measure(measure), .. }) => self.measure_table(measure),
            Some(Rank { by: Figure::Plain(operand), .. }) => self.operand_table(*operand),
            None => self.query.having.first().and_then(|having| self.measure_table(&having.measure)),
        };
        let Some(measured) = measured else { return };
        let model = self.setting.model;
        let sells = self.tokens.iter().any(|token| token.stem == "sell");
        let people = (0..model.tables.len())
            .filter(|&id| {
                model.tables[id].is_people && (id == measured || model.reaches_forward(measured, id))
            })
            .min_by(|left, right| {
                let cost = |id: TableId| {
                    let seller =
                        model.tables[id].has_word(&["employee", "staff", "seller", "salesperson", "agent"]);
                    model.distance(measured, id) + if sells && !seller { 2.0 } else { 0.0 }
                };
                cost(*left).total_cmp(&cost(*right))
            });
        self.query.head = people.map(Head::Table);
        if let Some(head) = self.query.head {
            let described = self.describe_head(head);
            self.note(ReadingKind::Table, 0, 1, described);
        }
    }

    /// "orders by month" counts them.
    fn settle_bare_groups(&mut self) {
        let query = &mut self.query;
        let only_grouped = !query.groups.is_empty()
            && query.measures.is_empty()
            && query.rank.is_none()
            && query.having.is_empty()
            && query.share.is_none()
            && query.columns.is_empty()
            && query.ages.is_empty()
            && query.companions.is_empty()
            && !query.counted;
        let amount = match query.columns.as_slice() {
            [only] => Some(*only).filter(|column| {
                let described = &self.setting.model.columns[column.column];
                described.is_quantity()
                    && described.has_word(&["quantity", "stock", "hand", "amount", "total"])
            }),
            _ => None,
        };
        let own_table = amount.map(|column| self.setting.model.columns[column.column].table);
        if let Some(column) = amount
            && !query.groups.is_empty()
            && query.measures.is_empty()
            && query.rank.is_none()
            && query.having.is_empty()
            && query.share.is_none()
            && query.companions.is_empty()
            && query.head.is_none_or(|head| crate::figures::head_table(self.setting.model, head) == own_table)
        {
            // "the stock in each store"
            query.columns.clear();
            query.head = None;
            query.measures.push(Measure::new(Function::Sum, Operand::Column(column)));
            self.confidence *= 0.9;
            return;
        }
        if only_grouped && let Some(Head::Table(table)) = query.head {
            query.measures.push(Measure::count(table));
            query.head = None;
            self.confidence *= 0.85;
        }
    }

    fn settle_counts(&mut self) {
        if !self.query.counted || !self.query.having.is_empty() {
            return;
        }
        match self.query.head {
            Some(Head::Table(table)) => {
                self.query.measures.insert(0, Measure::count(table));
                self.query.counted = false;
                self.query.head = None;
            }
            Some(_) => self.trouble = Some("it is not clear what is counted".to_owned()),
            None if self.query.measures.is_empty()
                && self.query.share.is_none()
                && self.query.columns.len() == 1 =>
            {
                let column = self.query.columns.remove(0);
                self.query.measures.push(Measure::new(Function::CountDistinct, Operand::Column(column)));
                self.query.counted = false;
            }
            None if self.fragment => {}
            None => self.query.counted = false,
        }
    }

    fn settle_shares(&mut self) {
        if self.query.share.is_none() {
            return;
        }
        self.query.head = None;
        let periods_only = self.query.filters.iter().all(|filter| matches!(filter, Filter::Period { .. }));
        if self.share_is_whole() && self.query.groups.is_empty() {
            let _ = periods_only && self.filters_mention_period();
            self.trouble = Some("it does not say which part is meant".to_owned());
        }
        if !self.share_is_whole() && !self.query.groups.is_empty() && self.query.groups.len() > 2 {
            self.trouble = Some("it asks for shares of shares".to_owned());
        }
        if !self.query.measures.is_empty() || self.query.rank.is_some() || !self.query.having.is_empty() {
            self.trouble = Some("it asks for a share and another figure at once".to_owned());
        }
    }
}
