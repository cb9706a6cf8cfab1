//! What would be lost if the question were answered: words that change its meaning and that no rule gave one.

use sqlatte_core::ReadingKind;

use super::Parser;
use crate::{
    model::{ColumnId, TableId},
    query::{Figure, Filter, Function, Group, Head, Operand, Quantity, Rank, Ref},
    token::TokenKind,
};

impl Parser<'_> {
    pub(super) fn check_losses(&mut self) {
        self.check_running_totals();
        self.check_sums_of_percents();
        self.check_who();
        self.check_comparison();
        self.check_companions();
        self.check_guessed_joins();
    }

    /// "cumulative revenue by month" adds up more than one month.
    fn check_running_totals(&mut self) {
        let running = self.tokens.iter().enumerate().find(|(at, token)| {
            let next = self.word_at(at + 1);
            token.kind == TokenKind::Word
                && match token.word.as_str() {
                    "cumulative" | "cumulatively" | "cumulated" | "accumulated" => true,
                    "running" => matches!(next, "total" | "totals" | "sum" | "sums" | "count" | "balance"),
                    "rolling" | "moving" => matches!(next, "average" | "mean" | "sum" | "total"),
                    _ => false,
                }
        });
        if let Some((at, _)) = running
            && !self.links_at(at).iter().any(|link| link.weight > 0.8)
        {
            let said = self.phrase(at, at + 1);
            self.trouble = Some(format!("“{said}” asks for sums that run on from row to row"));
        }
    }

    /// Percentages and rates of different rows do not add up.
    fn check_sums_of_percents(&mut self) {
        let of_rank = self.query.rank.as_ref().and_then(|rank| match &rank.by {
            Figure::Measure(measure) => Some(measure),
            Figure::Plain(_) => None,
        });
        let of_having = self.query.having.iter().map(|having| &having.measure);
        let sum = self.query.measures.iter().chain(of_rank).chain(of_having).find_map(|measure| {
            match (measure.function, measure.operand) {
                (Function::Sum, Operand::Column(column)) if self.is_percentage(column.column) => Some(column),
                _ => None,
            }
        });
        if let Some(column) = sum {
            let name = self.setting.model.column_name(column.column);
            self.trouble.get_or_insert_with(|| format!("{name} is in per cent, and per cents do not add up"));
        }
    }

    fn is_percentage(&self, column: ColumnId) -> bool {
        let column = self.column(column);
        let comment = column.comment.to_lowercase();
        column.has_word(&["percent", "percentage", "pct"])
            || ["per cent", "percent", "%"].iter().any(|unit| comment.contains(unit))
    }

    /// "Who placed the largest order" asks for a person: the one the row leads to.
    fn check_who(&mut self) {
        let model = self.setting.model;
        let asks_first =
            self.tokens.iter().take(2).any(|token| matches!(token.word.as_str(), "who" | "whom"));
        let Some(Head::Table(head)) = self.query.head.filter(|_| asks_first) else { return };
        if model.tables[head].is_people || !self.query.columns.is_empty() || !self.query.companions.is_empty()
        {
            return;
        }
        let ranked = matches!(self.query.rank, Some(Rank { by: Figure::Plain(_), .. }));
        let mut people: Vec<TableId> = (0..model.tables.len())
            .filter(|&id| model.tables[id].is_people && model.reaches_forward(head, id))
            .collect();
        people.sort_by(|left, right| model.distance(head, *left).total_cmp(&model.distance(head, *right)));
        let clear = match people.as_slice() {
            [] => None,
            [only] => Some(*only),
            [nearest, next, ..] => {
                let buys = self.tokens.iter().any(|token| {
                    matches!(token.word.as_str(), "placed" | "ordered" | "bought" | "purchased" | "made")
                });
                let is_buyer =
                    model.tables[*nearest].has_word(&["customer", "client", "buyer", "member", "guest"]);
                let nearer = model.distance(head, *nearest) + 0.05 < model.distance(head, *next);
                (buys && is_buyer && nearer).then_some(*nearest)
            }
        };
        match clear.filter(|_| ranked && self.query.measures.is_empty()) {
            Some(people) => {
                self.query.companions.push(Head::Table(people));
                let described = crate::figures::describe_table(model, people);
                self.note(ReadingKind::Table, 0, 1, described);
            }
            None => {
                self.trouble.get_or_insert_with(|| "it asks who, and names rows that are nobody".to_owned());
            }
        }
    }

    /// "invoiced vs paid": two things that were not set side by side.
    fn check_comparison(&mut self) {
        let says_versus =
            self.tokens.iter().any(|token| matches!(token.word.as_str(), "vs" | "versus" | "compare"));
        let two = self.query.groups.len() + self.query.measures.len() + self.query.columns.len() > 1
            || !self.query.groups.is_empty();
        if says_versus && !two && self.query.share.is_none() {
            self.trouble.get_or_insert_with(|| "it does not say what is compared".to_owned());
        }
    }

    /// "cities with both a store and a supplier" wants no pairs of them.
    fn check_companions(&mut self) {
        self.check_namesakes();
        let Some(head) = self.head_table() else { return };
        if self.query.named || self.query.columns.is_empty() || self.query.companions.is_empty() {
            return;
        }
        let model = self.setting.model;
        let multiplies = self.query.companions.iter().any(|companion| {
            self.table_of_head(*companion).is_some_and(|table| {
                !model.reaches_forward(head, table) && !model.reaches_forward(table, head)
            })
        });
        if multiplies {
            self.trouble
                .get_or_insert_with(|| "it is not clear how the things it names belong together".to_owned());
        }
    }

    /// "countries where we have suppliers but no customers": the countries of customers are meant as well.
    fn check_namesakes(&mut self) {
        let [asked] = self.query.columns.as_slice() else { return };
        let model = self.setting.model;
        let name = &self.column(asked.column).name;
        let keeps_it = |table: TableId| {
            let mut columns = model.tables[table].columns.iter();
            columns
                .any(|&other| other != asked.column && model.columns[other].name.eq_ignore_ascii_case(name))
        };
        let denied_there = self.query.filters.iter().any(|filter| {
            matches!(filter, Filter::Relation(relation)
                if relation.quantity == Quantity::None && relation.filters.is_empty() && keeps_it(relation.table))
        });
        let is_name = model.tables[self.column(asked.column).table].labels.contains(&asked.column);
        if denied_there && !self.query.named && !is_name && self.column(asked.column).is_text() {
            self.trouble.get_or_insert_with(|| "it is not clear whose these are".to_owned());
        }
    }

    /// "customers who ordered in every month": the months are those of the deed, and not of the customers.
    pub(super) fn check_periods_of_deeds(&mut self) {
        let by_period = self.query.groups.iter().any(|group| matches!(group, Group::Period(None, _)));
        let main = self.main_table();
        let deed = self
            .query
            .filters
            .iter()
            .any(|filter| matches!(filter, Filter::Relation(relation) if Some(relation.table) != main));
        if by_period && deed {
            self.trouble.get_or_insert_with(|| "it is not clear what happened in each period".to_owned());
        }
    }

    /// "salary of baristas in Istanbul" where only customers are in Istanbul: a way through other tables that
    /// nobody named is a guess.
    fn check_guessed_joins(&mut self) {
        let Some(main) = self.main_table() else { return };
        let model = self.setting.model;
        // revenue may be worked out from order lines, which lead to more
        let worked_out =
            self.query.measures.iter().any(|measure| matches!(measure.operand, Operand::Concept(_)));
        if worked_out {
            return;
        }
        let named = |table: TableId| self.anchors.iter().any(|(_, anchor)| *anchor == table);
        let guessed = self.query.filters.iter().find_map(|filter| match filter {
            Filter::Relation(relation) if relation.via.is_none() && relation.table != main => {
                let joined = |edge: &crate::model::Edge| {
                    let ends = (edge.from, edge.to);
                    ends == (main, relation.table) || ends == (relation.table, main)
                };
                let near = model.edges.iter().any(joined) || self.bridged(main, relation.table);
                // "orders with a rating": that of whoever ordered?
                let from_afar = !near
                    && relation.filters.is_empty()
                    && relation.quantity == Quantity::Some
                    && !named(relation.table);
                from_afar.then(|| model.tables[relation.table].name().to_owned())
            }
            Filter::OneOf { column, .. } => {
                let table = self.column(column.column).table;
                let far = !model.reaches_forward(main, table)
                    && model.distance(main, table) > 1.8
                    && !self.bridged(main, table);
                (far && !named(table) && column.via.is_none()).then(|| model.column_name(column.column))
            }
            _ => None,
        });
        if let Some(name) = guessed {
            let main = model.tables[main].name();
            self.trouble
                .get_or_insert_with(|| format!("it is not clear what {name} has to do with {main} here"));
        }
    }

    /// Whether a table that keeps little more than who belongs to what joins the two: "students in Smith Hall".
    fn bridged(&self, left: TableId, right: TableId) -> bool {
        let model = self.setting.model;
        (0..model.tables.len()).any(|id| {
            let leads = |to: TableId| model.edges.iter().any(|edge| edge.from == id && edge.to == to);
            let own = model.tables[id].columns.iter().filter(|&&column| {
                let column = self.column(column);
                !column.is_key && !column.is_foreign_key && !column.is_date
            });
            leads(left) && leads(right) && own.count() <= 2
        })
    }

    /// "top 5 patients by invoice amount": their highest one, or all of them together?
    pub(super) fn ask_which_amount(&mut self, column: Ref) -> bool {
        let says_which = self.tokens.iter().any(|token| {
            crate::words::superlative(&token.word)
                .is_some_and(|_| token.word != "top" && token.word != "best")
                || matches!(token.word.as_str(), "single" | "most" | "least")
        });
        let Some(by) = self.tokens.iter().rposition(|token| token.word == "by") else { return false };
        if says_which || !self.column(column.column).is_quantity() {
            return false;
        }
        let before = self.phrase(0, by + 1);
        let after = self.phrase(by + 1, self.tokens.len()).trim_end_matches(['?', ' ', '.', '!']).to_owned();
        let asked = |which: &str| format!("{before} {which} {after}");
        let name = self.setting.model.column_name(column.column);
        self.clarify = Some((
            format!("There may be several {name}: all of them together, or on average?"),
            vec![asked("total"), asked("average")],
        ));
        true
    }
}
