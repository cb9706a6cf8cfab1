//! After the last word: who is ranked, which dates are meant, what is left unread.

use super::{Parsed, Parser, Top};
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
        if !self.fragment {
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
        let unread: Vec<String> = self
            .tokens
            .iter()
            .zip(&self.read)
            .filter(|(token, read)| !**read && token.kind != TokenKind::Mark)
            .map(|(token, _)| token.text.clone())
            .collect();
        Parsed {
            query: self.query,
            readings: self.readings,
            unread,
            confidence: self.confidence,
            clarify: self.clarify,
            trouble: self.trouble,
            replaces: self.replaces,
        }
    }

    /// "with beans from Ethiopia": "beans" stands in the comment of the column that Ethiopia is a value of.
    fn accept_comment_words(&mut self) {
        let mut comments = String::new();
        for filter in &self.query.filters {
            if let Filter::OneOf { column, .. } | Filter::Truth { column, .. } = filter {
                comments.push_str(&self.column(column.column).comment);
                comments.push(' ');
            }
        }
        if comments.is_empty() {
            return;
        }
        let known: Vec<String> =
            crate::token::tokenise(&comments).into_iter().map(|token| token.norm).collect();
        for (at, token) in self.tokens.iter().enumerate() {
            let is_content = token.kind == TokenKind::Word
                && token.word.len() > 3
                && !crate::words::is_grammar(&token.word)
                && !crate::words::is_closed(&token.word);
            let has_value_near = (at.saturating_sub(3)..at + 4).any(|near| {
                self.links_at(near)
                    .iter()
                    .any(|link| matches!(link.target, crate::lexicon::Target::Value(..)))
            });
            let said_of_rows = at > 0
                && matches!(
                    self.word_at(at - 1),
                    "have" | "has" | "no" | "without" | "a" | "an" | "by" | "per"
                );
            if !self.read[at] && is_content && has_value_near && !said_of_rows && known.contains(&token.norm)
            {
                self.read[at] = true;
                self.confidence *= 0.85;
            }
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
            self.note(0, 1, described);
        }
    }

    fn settle_top(&mut self) {
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

    fn offer_rankings(&mut self, top: Top, head: TableId, limit: u64) {
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
    fn settle_nested(&mut self) {
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

    fn settle_rank(&mut self) {
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

    fn settle_dates(&mut self) {
        let filled = crate::periods::fill(&mut self.query, self.setting.model);
        if filled.missing {
            self.trouble.get_or_insert_with(|| "there is no date to go by".to_owned());
        }
        if filled.vague {
            self.confidence *= 0.75;
        }
        if let Some(column) = filled.column {
            let meaning = self.setting.model.column_name(column.column);
            self.readings.push(sqlatte_core::Reading { phrase: "dates".to_owned(), meaning });
        }
    }

    /// A table that was named must be what is listed, counted, grouped by or asked about; or one that every row
    /// has anyway.
    fn check_named_tables(&mut self) {
        let used = crate::usage::tables(&self.query, self.setting.model);
        let mains: Vec<TableId> = self
            .query
            .head
            .and_then(|head| self.table_of_head(head))
            .into_iter()
            .chain(self.query.measures.iter().filter_map(|measure| self.measure_table(measure)))
            .chain(self.query.share.iter().filter_map(|share| self.measure_table(&share.of)))
            .chain(self.query.rank.iter().filter_map(|rank| match &rank.by {
                Figure::Measure(measure) => self.measure_table(measure),
                Figure::Plain(_) => None,
            }))
            .collect();
        let lost = self.beside.iter().find(|(table, ..)| {
            !used.contains(table) && !mains.iter().any(|main| self.setting.model.always_has(*main, *table))
        });
        if let Some((_, start, end)) = lost {
            let said = self.phrase(*start, *end);
            self.trouble.get_or_insert_with(|| format!("it is not clear how “{said}” is meant"));
        }
    }

    /// One row cannot be organic and not organic, or in Berlin and in Paris.
    fn check_contradictions(&mut self) {
        let filters = &self.query.filters;
        let clashes = filters.iter().enumerate().any(|(place, filter)| {
            filters.iter().skip(place + 1).any(|other| match (filter, other) {
                (Filter::Truth { column, holds }, Filter::Truth { column: other, holds: also }) => {
                    column == other && holds != also
                }
                (
                    Filter::OneOf { column, values, negated: false },
                    Filter::OneOf { column: other, values: also, negated: false },
                ) => column == other && !values.iter().any(|value| also.contains(value)),
                _ => false,
            })
        });
        if clashes {
            self.trouble.get_or_insert_with(|| "no row can fulfil all of it".to_owned());
        }
    }

    fn check_whole(&mut self) {
        self.check_contradictions();
        self.check_named_tables();
        if self.says_new
            && !self.query.filters.iter().any(|filter| matches!(filter, Filter::Period { .. }))
            && !self.query.groups.iter().any(|group| matches!(group, Group::Period(..)))
        {
            self.trouble.get_or_insert_with(|| "it does not say since when something is new".to_owned());
        }
        if let Some((_, start, end)) =
            self.dangling.iter().find(|(column, ..)| self.query.columns.contains(column))
        {
            let said = self.phrase(*start, *end);
            self.trouble.get_or_insert_with(|| format!("it is not clear how “{said}” is meant"));
        }
        let query = &self.query;
        let asks = query.head.is_some()
            || !query.columns.is_empty()
            || !query.measures.is_empty()
            || !query.groups.is_empty()
            || query.share.is_some()
            || !query.ages.is_empty()
            || query.rank.is_some();
        if !asks {
            self.trouble.get_or_insert_with(|| "it names nothing that this database keeps".to_owned());
        }
        if self.how_much {
            self.trouble.get_or_insert_with(|| "it does not say how much of what".to_owned());
        }
        let grouped_without_measure = !query.groups.is_empty()
            && query.measures.is_empty()
            && query.rank.is_none()
            && query.having.is_empty()
            && query.share.is_none();
        if grouped_without_measure && query.head.is_none() && query.columns.is_empty() {
            self.trouble
                .get_or_insert_with(|| "it groups without saying what is counted or added up".to_owned());
        } else if grouped_without_measure {
            self.trouble.get_or_insert_with(|| "it lists and groups at once".to_owned());
        }
        if !query.having.is_empty() && query.head.is_none() && query.groups.is_empty() {
            self.trouble.get_or_insert_with(|| "it does not say what the amounts are of".to_owned());
        }
    }
}
