//! After the last word: who is ranked and what an average runs over.

use super::{Parser, Top};
use crate::{
    model::TableId,
    query::{Figure, Function, Group, Head, Measure, Operand, Rank},
};

impl Parser<'_> {
    pub(super) fn settle_rank(&mut self) {
        let Some(mut rank) = self.query.rank.take() else { return };
        let model = self.setting.model;
        if let (Figure::Plain(operand), Some(head)) = (&rank.by, self.head_table())
            && let Some(table) = self.operand_table(*operand)
            && table != head
            && !model.reaches_forward(head, table)
        {
            let function = match operand {
                Operand::Column(column)
                    if self.column(column.column).has_word(&["rating", "score", "star"]) =>
                {
                    Function::Average
                }
                Operand::Column(column) if self.column(column.column).has_word(&["quantity", "stock"]) => {
                    Function::Sum
                }
                Operand::Column(column) if self.ask_which_amount(*column) => Function::Sum,
                _ => Function::Maximum,
            };
            self.confidence *= 0.85;
            rank.by = Figure::Measure(Measure::new(function, *operand));
        }
        if self.query.counted {
            self.trouble = Some("it counts and ranks at once".to_owned());
        }
        match &rank.by {
            Figure::Measure(_) => {
                if let Some(head) = self.query.head {
                    let group = match head {
                        Head::Column(column) => Group::Column(column),
                        entity => Group::Entity(entity),
                    };
                    let others: Vec<Group> =
                        self.query.groups.iter().copied().filter(|other| *other != group).collect();
                    if !others.is_empty() {
                        if !self.per_each.contains(&true) {
                            self.trouble
                                .get_or_insert_with(|| "it is not clear within what is ranked".to_owned());
                        }
                        rank.within = others;
                    }
                    self.query.groups = vec![group];
                    self.query.head = None;
                } else if self.query.groups.len() > 1 {
                    let within = self.query.groups.split_off(1);
                    if !self.per_each.contains(&true) {
                        self.trouble
                            .get_or_insert_with(|| "it is not clear within what is ranked".to_owned());
                    }
                    rank.within = within;
                } else if self.query.groups.is_empty() {
                    self.trouble.get_or_insert_with(|| "it does not say what is ranked".to_owned());
                }
                rank.shown |=
                    self.query.measures.iter().any(|measure| Figure::Measure(measure.clone()) == rank.by);
                self.query.measures.retain(|measure| Figure::Measure(measure.clone()) != rank.by);
            }
            Figure::Plain(_) => {
                if !self.query.groups.is_empty() {
                    if !self.per_each.contains(&true) {
                        self.trouble
                            .get_or_insert_with(|| "it is not clear within what is ranked".to_owned());
                    }
                    rank.within = std::mem::take(&mut self.query.groups);
                }
                if !self.query.measures.is_empty() {
                    self.trouble.get_or_insert_with(|| "it ranks rows and adds them up at once".to_owned());
                }
            }
        }
        self.query.rank = Some(rank);
    }

    pub(super) fn settle_top(&mut self) {
        let Some(top) = self.top.take() else { return };
        if self.query.rank.is_some() {
            return;
        }
        if self.fragment
            && self.query.head.is_none()
            && self.query.measures.is_empty()
            && self.query.columns.is_empty()
        {
            self.replaces.direction = Some((top.descending, top.limit));
            return;
        }
        let limit = top.limit.unwrap_or(10);
        if let Some(measure) = self.query.measures.pop() {
            if self.query.head.is_none() {
                self.query.head = match self.query.groups.first() {
                    Some(Group::Entity(head)) => Some(*head),
                    Some(Group::Column(column)) => Some(Head::Column(*column)),
                    _ => None,
                };
            }
            self.query.rank = Some(Rank {
                by: Figure::Measure(measure),
                descending: top.descending,
                limit,
                shown: true,
                within: Vec::new(),
            });
            return;
        }
        if let Some(sort) = self.query.sort.pop() {
            self.query.rank = Some(Rank {
                by: sort.by,
                descending: sort.descending,
                limit,
                shown: true,
                within: Vec::new(),
            });
            return;
        }
        let Some(head) = self.head_table() else {
            self.trouble = Some("it does not say what is ranked".to_owned());
            return;
        };
        if top.by_date {
            match self.main_date(head) {
                Some(column) if self.column(column.column).table == head => {
                    self.query.rank = Some(Rank {
                        by: Figure::Plain(Operand::Column(column)),
                        descending: top.descending,
                        limit,
                        shown: true,
                        within: Vec::new(),
                    });
                }
                _ => self.query.limit = Some(limit),
            }
            return;
        }
        self.offer_rankings(top, head, limit);
    }

    pub(super) fn offer_rankings(&mut self, top: Top, head: TableId, limit: u64) {
        let options = self.measures_to_offer(head);
        let noun = self.setting.model.tables[head].name().replace('_', " ");
        let direction = if top.descending { "top" } else { "bottom" };
        if options.is_empty() || self.negate {
            self.trouble = Some(format!("it does not say by what the {noun} are ranked"));
            return;
        }
        let question: String = self.phrase(0, self.tokens.len()).trim_end_matches(['?', '.', '!']).to_owned();
        let options = options.into_iter().map(|measure| format!("{question} by {measure}?")).collect();
        self.clarify = Some((format!("By what should the {direction} {limit} {noun} be ranked?"), options));
    }

    /// "average number of orders per customer": the group is what the average runs over.
    pub(super) fn settle_nested(&mut self) {
        let averaged_concept = self.query.measures.len() == 1
            && matches!(
                self.query.measures.first(),
                Some(Measure { function: Function::Average, operand: Operand::Concept(_), .. })
            )
            && self.per_each.first() == Some(&true);
        let over_nameless = self.per_each.first() == Some(&true)
            && matches!(
                self.query.measures.as_slice(),
                [Measure { function: Function::Average, operand: Operand::Column(_), .. }]
            )
            && matches!(self.query.groups.as_slice(), [Group::Entity(head)] if self.table_of_head(*head).is_some_and(|table| self.setting.model.tables[table].labels.is_empty()));
        if over_nameless {
            // "average quantity per order": of each order, or over all of them?
            self.trouble.get_or_insert_with(|| "it is not clear over what the average is taken".to_owned());
        }
        if !self.nested && !averaged_concept {
            return;
        }
        if self.query.counted {
            self.trouble = Some("it counts and averages at once".to_owned());
            return;
        }
        if self.query.groups.is_empty() && self.query.head.is_some() {
            // "on average, how many orders do customers have"
            if let Some(head) = self.query.head.take() {
                self.query.groups.push(Group::Entity(head));
            }
        }
        let [group] = self.query.groups.as_slice() else {
            self.trouble = Some("it does not say over what the average is taken".to_owned());
            return;
        };
        let group = *group;
        let measured = self.query.measures.first().and_then(|measure| self.measure_table(measure));
        let is_own_row = matches!(group, Group::Entity(head) if self.table_of_head(head) == measured);
        let Some(measure) = self.query.measures.first_mut() else { return };
        self.query.groups.clear();
        self.per_each.clear();
        if averaged_concept {
            if is_own_row {
                // "average revenue per order" is the average of the rows
                return;
            }
            measure.function = Function::Sum;
        }
        measure.average_per = Some(Box::new(group));
        self.query.head = None;
    }
}
