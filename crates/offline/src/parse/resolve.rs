//! Which of several columns or tables of one name is meant.

use super::Parser;
use crate::{
    lexicon::Target,
    link::Link,
    model::{ColumnId, TableId},
    query::{Function, Group, Head, Measure, Operand, Query, Ref},
    synonyms::Concept,
};

impl Parser<'_> {
    /// Collects the tables the question names, and those of the question before.
    pub(super) fn find_anchors(&mut self, before: Option<&Query>) {
        let mut at = 0;
        while at < self.tokens.len() {
            let length = self.links.longest(at).max(1);
            let best = self
                .links_at(at)
                .iter()
                .filter(|link| link.length == length)
                .max_by(|left, right| left.weight.total_cmp(&right.weight));
            let table = match best {
                Some(Link { target: Target::Table(table), weight, .. }) if *weight >= 0.6 => Some(*table),
                Some(Link { target: Target::Role(edge), .. }) => {
                    self.setting.model.edges.get(*edge).map(|edge| edge.from)
                }
                Some(Link { target: Target::Concept(concept), .. }) => self.concept_table(*concept),
                _ => None,
            };
            if let Some(table) = table {
                self.anchors.push((at, table));
            }
            at += length;
        }
        if let Some(before) = before {
            let head = before.head.and_then(|head| self.table_of_head(head));
            let measured = before.measures.first().and_then(|measure| self.measure_table(measure));
            for table in [head, measured].into_iter().flatten() {
                self.anchors.push((0, table));
            }
            self.focus = head.or(measured);
            self.subject = head.or_else(|| match before.groups.first()? {
                Group::Entity(head) => self.table_of_head(*head),
                Group::Column(column) => Some(self.column(column.column).table),
                Group::Period(..) => None,
            });
        }
    }

    pub(super) fn sales_table(&self) -> Option<TableId> {
        crate::figures::sales_table(self.setting.model)
    }

    /// The table whose rows a figure is mainly of.
    pub(super) fn concept_table(&self, concept: Concept) -> Option<TableId> {
        match concept {
            Concept::Given(_) => self.operand_table(Operand::Concept(concept)),
            _ => self.sales_table(),
        }
    }

    /// The table whose rows a measure adds up.
    pub(super) fn measure_table(&self, measure: &Measure) -> Option<TableId> {
        self.operand_table(measure.operand)
    }

    pub(super) fn operand_table(&self, operand: Operand) -> Option<TableId> {
        crate::figures::operand_table(self.setting.model, operand)
    }

    /// How far a table is from what the question is about at token `at`; less is nearer.
    pub(super) fn remoteness(&self, table: TableId, at: usize, owner: Option<TableId>) -> f32 {
        let model = self.setting.model;
        let far = |from: TableId| model.distance(from, table).min(9.0);
        if let Some(owner) = owner {
            return far(owner) * 2.0;
        }
        let mut cost = 0.0;
        let mut weights = 0.0;
        let mut add = |distance: f32, weight: f32| {
            cost += distance * weight;
            weights += weight;
        };
        if let Some(relation) = self.scope_table() {
            add(far(relation), 1.5);
        }
        if let Some(focus) = self.focus {
            add(far(focus), 1.0);
        }
        if let Some(head) = self.head_table() {
            add(far(head), 0.6);
        }
        // a table named soon after counts like the focus: "average price of products"
        if let Some(next) = self
            .anchors
            .iter()
            .filter(|(token, _)| *token > at && *token <= at + 4)
            .map(|(_, table)| *table)
            .next()
        {
            add(far(next), if self.focus.is_some() { 0.6 } else { 1.0 });
        }
        let nearest = self.anchors.iter().map(|(_, anchor)| far(*anchor)).fold(f32::INFINITY, f32::min);
        if nearest.is_finite() {
            add(nearest, 0.8);
        }
        if weights == 0.0 { 0.0 } else { cost / weights * 1.6 }
    }

    pub(super) fn scope_table(&self) -> Option<TableId> {
        match self.query.filters.get(self.scope?) {
            Some(crate::query::Filter::Relation(relation)) => Some(relation.table),
            _ => None,
        }
    }

    /// The column among these links that is meant, with how much dearer the second best is.
    pub(super) fn choose_column(
        &self,
        links: &[Link],
        owner: Option<TableId>,
        accept: impl Fn(ColumnId) -> bool,
    ) -> Option<(Link, ColumnId, f32)> {
        let mut best: Option<(f32, Link, ColumnId)> = None;
        let mut second = f32::INFINITY;
        // "Los Angeles county": the column's own name beside the value
        let beside = links.first().map(|link| (link.start, link.start + link.length)).map(|(start, end)| {
            let names = |at: usize, to: Option<usize>| -> Vec<ColumnId> {
                self.links_at(at)
                    .iter()
                    .filter(|link| to.is_none_or(|to| at + link.length == to))
                    .filter_map(|link| match link.target {
                        Target::Column(column) if link.weight > 0.8 => Some(column),
                        _ => None,
                    })
                    .collect()
            };
            let mut beside = names(end, None);
            for back in 1..=3 {
                if let Some(at) = start.checked_sub(back) {
                    beside.extend(names(at, Some(start)));
                }
            }
            beside
        });
        for link in links {
            let column = match link.target {
                Target::Column(column) | Target::Value(column, _) | Target::Happening(column) => column,
                _ => continue,
            };
            if !accept(column) {
                continue;
            }
            let is_beside = matches!(link.target, Target::Value(..))
                && beside.as_ref().is_some_and(|beside| beside.contains(&column));
            let cost = (1.0 - link.weight) * 3.0
                + self.remoteness(self.column(column).table, link.start, owner)
                + if self.column(column).is_foreign_key { 0.12 } else { 0.0 }
                + self.cost_of_repeated(self.column(column).table)
                - if is_beside { 2.0 } else { 0.0 };
            match &best {
                Some((least, ..)) if cost >= *least => second = second.min(cost),
                _ => {
                    if let Some((least, ..)) = best {
                        second = second.min(least);
                    }
                    best = Some((cost, *link, column));
                }
            }
        }
        let (cost, link, column) = best?;
        Some((link, column, second - cost))
    }

    /// A table that only repeats another is meant where it is named.
    fn cost_of_repeated(&self, table: TableId) -> f32 {
        let named = || self.anchors.iter().any(|(_, anchor)| *anchor == table);
        if self.setting.model.tables[table].repeats_another && !named() { 2.0 } else { 0.0 }
    }

    /// The column whose words fit one of these, in or near `table`.
    pub(super) fn column_with_word(
        &self,
        table: TableId,
        words: &[&str],
        accept: impl Fn(&crate::model::Column) -> bool,
    ) -> Option<ColumnId> {
        let model = self.setting.model;
        let partial = ["shipping", "tax", "discount", "reorder", "percent", "unit"];
        words.iter().find_map(|word| {
            model.tables[table]
                .columns
                .iter()
                .copied()
                .filter(|&id| accept(&model.columns[id]) && model.columns[id].has_word(&[word]))
                .min_by_key(|&id| (model.columns[id].has_word(&partial), model.columns[id].words.len()))
        })
    }

    /// The day on which rows of a table happen: its own main date, or that of the nearest table it belongs to.
    pub(super) fn main_date(&self, table: TableId) -> Option<Ref> {
        crate::figures::main_date(self.setting.model, table).map(Ref::new)
    }

    /// The label of a head, for people.
    pub(super) fn describe_head(&self, head: Head) -> String {
        let model = self.setting.model;
        match head {
            Head::Table(table) => crate::figures::describe_table(model, table),
            Head::Role(edge) => model.edges.get(edge).map_or_else(String::new, |edge| {
                format!(
                    "{} ({})",
                    crate::figures::describe_table(model, edge.to),
                    edge.from_columns
                        .iter()
                        .map(|&column| model.column_name(column))
                        .collect::<Vec<_>>()
                        .join(", ")
                )
            }),
            Head::Column(column) => model.column_name(column.column),
        }
    }

    /// A measure in the words of SQL, for people.
    pub(super) fn describe_measure(&self, measure: &Measure) -> String {
        let operand = self.describe_operand(measure.operand);
        match (measure.function, measure.operand) {
            (Function::Count, Operand::Rows(table)) => {
                format!("COUNT of {}", self.setting.model.tables[table].name())
            }
            (Function::Count, _) => format!("COUNT({operand})"),
            (Function::CountDistinct, _) => format!("COUNT(DISTINCT {operand})"),
            (Function::Sum, _) => format!("SUM({operand})"),
            (Function::Average, _) => format!("AVG({operand})"),
            (Function::Minimum, _) => format!("MIN({operand})"),
            (Function::Maximum, _) => format!("MAX({operand})"),
        }
    }

    pub(super) fn describe_operand(&self, operand: Operand) -> String {
        let model = self.setting.model;
        match operand {
            Operand::Rows(table) => model.tables[table].name().to_owned(),
            Operand::Column(column) => model.column_name(column.column),
            Operand::Age(column) => format!("age by {}", model.column_name(column.column)),
            Operand::Concept(concept) => crate::figures::describe_concept(model, concept),
        }
    }
}
