//! Figures of a business that are worked out: revenue, pieces sold, profit; and where the day of a row is kept.

use crate::{
    lexicon::is_total,
    model::{ColumnId, Model, TableId},
    query::{Head, Operand},
    synonyms::{Concept, SALE_TABLES},
};

/// A figure of one row that can be added up.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RowFigure {
    Column(ColumnId),
    /// Quantity times price, less a discount.
    Lines {
        quantity: ColumnId,
        price: ColumnId,
        discount: Option<(ColumnId, DiscountKind)>,
        cost: Option<ColumnId>,
    },
    /// The house's own expression, aggregates and all, by its place among the model's metrics.
    Given(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DiscountKind {
    /// From 0 to 1.
    Fraction,
    Percent,
}

/// The ways to work a figure out, the coarsest first, each with the table whose rows it is of.
pub(crate) fn ways(model: &Model, concept: Concept) -> Vec<(TableId, RowFigure)> {
    let lines = line_table(model).and_then(|table| Some((table, lines(model, table)?)));
    match concept {
        Concept::Revenue => totals(model)
            .into_iter()
            .map(|(table, column)| (table, RowFigure::Column(column)))
            .chain(lines)
            .collect(),
        Concept::UnitsSold => lines
            .and_then(|(table, figure)| match figure {
                RowFigure::Lines { quantity, .. } => Some((table, RowFigure::Column(quantity))),
                RowFigure::Column(_) | RowFigure::Given(_) => None,
            })
            .into_iter()
            .collect(),
        Concept::Profit => lines
            .and_then(|(table, figure)| match figure {
                RowFigure::Lines { quantity, price, discount, .. } => {
                    let cost = unit_cost(model, table)?;
                    Some((table, RowFigure::Lines { quantity, price, discount, cost: Some(cost) }))
                }
                RowFigure::Column(_) | RowFigure::Given(_) => None,
            })
            .into_iter()
            .collect(),
        Concept::Given(at) => {
            model.metrics.get(at).map(|metric| (metric.table, RowFigure::Given(at))).into_iter().collect()
        }
    }
}

/// Tables of sales with a total in money.
fn totals(model: &Model) -> Vec<(TableId, ColumnId)> {
    let mut totals: Vec<(TableId, ColumnId)> = (0..model.tables.len())
        .filter(|&id| model.tables[id].words.len() <= 2 && model.tables[id].has_word(SALE_TABLES))
        .filter(|&id| Some(id) != line_table(model))
        .filter_map(|id| {
            let columns =
                model.tables[id].columns.iter().copied().filter(|&column| is_total(&model.columns[column]));
            columns
                .min_by_key(|&column| {
                    (
                        !model.columns[column].has_word(&["total", "revenue"]),
                        model.columns[column].words.len(),
                    )
                })
                .map(|column| (id, column))
        })
        .collect();
    // a table of payments or invoices, or a view of the orders, tells the same money twice
    totals.sort_by_key(|&(id, _)| model.tables[id].repeats_another);
    totals.truncate(1);
    totals
}

/// The price and the discount of lines of which it is not known whether the one is already less the other:
/// sales keep a total too, and only one of the two ways adds up to it.
pub(crate) fn doubtful_discount(model: &Model) -> Option<(ColumnId, ColumnId)> {
    totals(model).first()?;
    match lines(model, line_table(model)?)? {
        RowFigure::Lines { price, discount: Some((discount, _)), .. } => Some((price, discount)),
        _ => None,
    }
}

/// The total of sales beside lines that may add up to something else, as nothing says that they do not.
pub(crate) fn total_beside_lines(model: &Model) -> Option<ColumnId> {
    line_table(model)?;
    let (_, total) = *totals(model).first()?;
    let comment = model.columns[total].comment.to_lowercase();
    (!comment.contains("sum")).then_some(total)
}

/// The table of what was sold line by line: it has a quantity and a price.
pub(crate) fn line_table(model: &Model) -> Option<TableId> {
    let fits = |id: &TableId| lines(model, *id).is_some() && model.edges.iter().any(|edge| edge.from == *id);
    let sale = |id: &TableId| {
        let table = &model.tables[*id];
        table.has_word(SALE_TABLES) || table.has_word(&["line", "item", "detail"])
    };
    (0..model.tables.len())
        .filter(|id| fits(id) && sale(id))
        .min_by_key(|&id| (model.tables[id].repeats_another, model.tables[id].words.len() != 2))
}

fn lines(model: &Model, table: TableId) -> Option<RowFigure> {
    let columns = &model.tables[table].columns;
    let find = |words: &[&str], not: &[&str]| {
        columns
            .iter()
            .copied()
            .filter(|&id| {
                model.columns[id].is_quantity()
                    && model.columns[id].has_word(words)
                    && !model.columns[id].has_word(not)
            })
            .min_by_key(|&id| model.columns[id].words.len())
    };
    let quantity = find(&["quantity", "unit", "piece"], &["price", "cost"])?;
    let price = find(&["price"], &["total", "list"])?;
    let discount =
        find(&["discount", "rebate"], &[]).filter(|_| !says_discounted(&model.columns[price].comment));
    let discount = discount.map(|column| {
        let text = format!("{} {}", model.columns[column].name, model.columns[column].comment).to_lowercase();
        (
            column,
            if text.contains("percent") || text.contains("pct") {
                DiscountKind::Percent
            } else {
                DiscountKind::Fraction
            },
        )
    });
    Some(RowFigure::Lines { quantity, price, discount, cost: None })
}

/// Whether a comment on a price says that the discount is already taken off.
fn says_discounted(comment: &str) -> bool {
    let comment = comment.to_lowercase();
    comment.contains("discount")
        && ["already", "after", "less", "net of", "taken off", "included"]
            .iter()
            .any(|word| comment.contains(word))
}

/// What one piece costs, in the lines themselves or in a table they lead to.
fn unit_cost(model: &Model, table: TableId) -> Option<ColumnId> {
    let cost_in = |id: TableId| {
        model.tables[id].columns.iter().copied().find(|&column| {
            let column = &model.columns[column];
            column.is_quantity() && column.has_word(&["cost"]) && !column.has_word(&["shipping", "total"])
        })
    };
    cost_in(table)
        .or_else(|| model.edges.iter().filter(|edge| edge.from == table).find_map(|edge| cost_in(edge.to)))
}

/// The table that keeps sales: "orders".
pub(crate) fn sales_table(model: &Model) -> Option<TableId> {
    SALE_TABLES
        .iter()
        .find_map(|word| (0..model.tables.len()).find(|&id| model.tables[id].words == [*word]))
        .or_else(|| {
            let mut sales = (0..model.tables.len()).filter(|&id| model.tables[id].has_word(SALE_TABLES));
            let first = sales.next()?;
            let first_own = std::iter::once(first).chain(sales).find(|&id| !model.tables[id].repeats_another);
            Some(first_own.unwrap_or(first))
        })
}

/// The table whose rows a figure is of.
pub(crate) fn operand_table(model: &Model, operand: Operand) -> Option<TableId> {
    match operand {
        Operand::Rows(table) => Some(table),
        Operand::Column(column) | Operand::Age(column) => {
            model.columns.get(column.column).map(|column| column.table)
        }
        Operand::Concept(Concept::UnitsSold | Concept::Profit) => {
            line_table(model).or_else(|| sales_table(model))
        }
        Operand::Concept(Concept::Revenue) => sales_table(model),
        Operand::Concept(Concept::Given(at)) => model.metrics.get(at).map(|metric| metric.table),
    }
}

/// The table a head is in.
pub(crate) fn head_table(model: &Model, head: Head) -> Option<TableId> {
    match head {
        Head::Table(table) => Some(table),
        Head::Role(edge) => model.edges.get(edge).map(|edge| edge.to),
        Head::Column(column) => model.columns.get(column.column).map(|column| column.table),
    }
}

/// The main date of a table, or of the nearest table it belongs to.
pub(crate) fn main_date(model: &Model, table: TableId) -> Option<ColumnId> {
    let mut near: Vec<(f32, ColumnId)> = (0..model.tables.len())
        .filter(|&id| id == table || model.reaches_forward(table, id))
        .filter_map(|id| Some((model.distance(table, id), model.tables[id].main_date?)))
        .collect();
    near.sort_by(|left, right| left.0.total_cmp(&right.0));
    let own = near.first().copied()?;
    // the date of a thing one only refers to is not the date of the row: an inventory row has no order date
    (own.0 <= 1.3).then_some(own.1)
}

pub(crate) fn describe_table(model: &Model, table: TableId) -> String {
    let labels = &model.tables[table].labels;
    if labels.is_empty() {
        return model.tables[table].name().to_owned();
    }
    labels.iter().map(|&column| model.column_name(column)).collect::<Vec<_>>().join(", ")
}

pub(crate) fn describe_concept(model: &Model, concept: Concept) -> String {
    ways(model, concept).first().map_or_else(String::new, |(_, figure)| describe_figure(model, figure))
}

pub(crate) fn describe_figure(model: &Model, figure: &RowFigure) -> String {
    match figure {
        RowFigure::Column(column) => model.column_name(*column),
        RowFigure::Given(at) => model.metrics.get(*at).map_or_else(String::new, |metric| metric.text.clone()),
        RowFigure::Lines { quantity, price, discount, cost } => {
            let mut text = match cost {
                Some(cost) => format!(
                    "{} × ({} - {})",
                    model.column_name(*quantity),
                    model.column_name(*price),
                    model.column_name(*cost)
                ),
                None => format!("{} × {}", model.column_name(*quantity), model.column_name(*price)),
            };
            match discount {
                Some((column, DiscountKind::Percent)) => {
                    text.push_str(&format!(" × (1 - {} / 100)", model.column_name(*column)))
                }
                Some((column, DiscountKind::Fraction)) => {
                    text.push_str(&format!(" × (1 - {})", model.column_name(*column)))
                }
                None => {}
            }
            text
        }
    }
}
