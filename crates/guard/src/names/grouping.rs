//! Columns beside groups that have no one value in them, of which SQLite and MariaDB show any row's.

use sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArguments, GroupByExpr, Select, SelectItem, Value,
};

use super::{
    inside::{function_arguments, parts, unnested},
    reader::Reader,
};
use crate::{Dialect, names};

/// Aggregates by the beginnings of their names; better one too many than one missing.
const AGGREGATES: &[&str] = &[
    "any_value",
    "approx_",
    "arbitrary",
    "array_agg",
    "avg",
    "bit_",
    "bool_",
    "collect_",
    "corr",
    "count",
    "covar_",
    "every",
    "first",
    "group_concat",
    "grouping",
    "histogram",
    "hll_",
    "json_agg",
    "json_array",
    "json_group_",
    "json_object",
    "jsonb_agg",
    "jsonb_group_",
    "jsonb_object",
    "last",
    "listagg",
    "logical_",
    "map_agg",
    "max_by",
    "median",
    "min_by",
    "mode",
    "percentile",
    "regr_",
    "std",
    "string_agg",
    "sum",
    "total",
    "var",
    "xmlagg",
];

/// A column of one of the innermost query's relations: which one, and the name in lower case.
type Column = (usize, String);

/// What has one value in each group.
#[derive(Default)]
struct Settled {
    columns: Vec<Column>,
    /// Columns that are only grouped by as a part of something.
    touched: Vec<Column>,
}

impl Reader<'_> {
    /// Reads whether every column of the result has one value in each group; `conditions` are those of the joins.
    pub(super) fn grouping(&mut self, select: &Select, conditions: &[&Expr]) {
        let GroupByExpr::Expressions(grouped, modifiers) = &select.group_by else { return };
        let items: Vec<&Expr> = select.projection.iter().filter_map(expr_of).collect();
        let grouped: Vec<&Expr> = grouped.iter().map(|expr| self.meant(expr, select)).collect();
        let sets = |expr: &&Expr| matches!(expr, Expr::GroupingSets(_) | Expr::Cube(_) | Expr::Rollup(_));
        let silent = !modifiers.is_empty() || grouped.iter().any(sets) || self.is_natural();
        if silent || (grouped.is_empty() && !items.iter().any(|item| has_aggregate(item))) {
            return;
        }
        // SQLite takes the other columns from the row that holds the only extreme.
        let all = items.iter().copied().chain(&select.having);
        if self.dialect() == Dialect::Sqlite && all.into_iter().any(has_extreme) {
            return;
        }
        let settled = self.settled(&grouped, select, conditions);
        let loose: Vec<String> =
            items.iter().filter_map(|item| self.loose(item, &grouped, &settled)).collect();
        let Some(first) = loose.first() else { return };
        let how = if grouped.is_empty() {
            "stands beside an aggregate"
        } else {
            "is neither in GROUP BY nor inside an aggregate"
        };
        let what = match self.dialect() {
            Dialect::Sqlite | Dialect::Mysql => "any row's value would be shown",
            _ => "there is no one value to show",
        };
        let message = format!(
            "`{first}` {how}, so {what}: add `{first}` to GROUP BY, or write an aggregate such as MAX({first})"
        );
        match self.dialect() {
            Dialect::Sqlite | Dialect::Mysql => self.doubt(message),
            _ => self.advise(message),
        }
    }

    fn is_natural(&self) -> bool {
        self.scopes.last().is_some_and(|scope| scope.natural)
    }

    /// The expression that a number or an alias in `GROUP BY` stands for.
    fn meant<'a>(&self, expr: &'a Expr, select: &'a Select) -> &'a Expr {
        let expr = unnested(expr);
        let item = match expr {
            Expr::Value(value) => match &value.value {
                Value::Number(number, _) => {
                    let place = number.to_string().parse::<usize>().unwrap_or_default();
                    place.checked_sub(1).and_then(|place| select.projection.get(place))
                }
                _ => None,
            },
            Expr::Identifier(ident) if self.resolved(expr).is_none() => {
                select.projection.iter().find(|item| {
                    matches!(item, SelectItem::ExprWithAlias { alias, .. }
                    if alias.value.eq_ignore_ascii_case(&ident.value))
                })
            }
            _ => None,
        };
        item.and_then(expr_of).map_or(expr, unnested)
    }

    /// The column an expression is, if it is one of this query's own.
    fn resolved(&self, expr: &Expr) -> Option<Column> {
        let relations = &self.scopes.last()?.relations;
        let (qualifier, ident) = match unnested(expr) {
            Expr::Identifier(ident) => (None, ident),
            Expr::CompoundIdentifier(idents) => match idents.as_slice() {
                [.., qualifier, ident] => (Some(qualifier), ident),
                _ => return None,
            },
            _ => return None,
        };
        let dialect = self.dialect();
        let mut owners = relations.iter().enumerate().filter(|(_, relation)| {
            qualifier.is_none_or(|qualifier| relation.is_named(dialect, qualifier))
                && relation.columns.have(dialect, ident)
        });
        match (owners.next(), owners.next()) {
            (Some((only, _)), None) => Some((only, ident.value.to_lowercase())),
            _ => None,
        }
    }

    /// The columns inside an expression, subqueries left out.
    fn mentioned(&self, expr: &Expr) -> Vec<Column> {
        let (mut found, mut open) = (Vec::new(), vec![expr]);
        while let Some(expr) = open.pop() {
            found.extend(self.resolved(expr));
            open.extend(parts(expr));
        }
        found
    }

    /// What is settled by the groups, by conditions, and by keys.
    fn settled(&self, grouped: &[&Expr], select: &Select, conditions: &[&Expr]) -> Settled {
        let mut settled = Settled::default();
        for expr in grouped {
            match self.resolved(expr) {
                Some(column) => settled.columns.push(column),
                None => settled.touched.extend(self.mentioned(expr)),
            }
        }
        let mut pairs: Vec<(Column, Column)> = Vec::new();
        for condition in conditions.iter().copied().chain(&select.selection).flat_map(conjuncts) {
            match condition {
                Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => {
                    match (self.resolved(left), self.resolved(right)) {
                        (Some(left), Some(right)) => pairs.push((left, right)),
                        _ => {
                            settled.columns.extend(self.only(left, right).or_else(|| self.only(right, left)))
                        }
                    }
                }
                Expr::Like { expr, pattern, negated: false, .. }
                | Expr::ILike { expr, pattern, negated: false, .. } => {
                    settled.columns.extend(self.only(expr, pattern));
                }
                Expr::InList { expr, list, negated: false } if list.len() == 1 => {
                    settled.columns.extend(self.mentioned(expr));
                }
                Expr::IsNull(expr) => settled.columns.extend(self.mentioned(expr)),
                _ => {}
            }
        }
        pairs.extend(self.merged_pairs());
        self.close(&mut settled.columns, &pairs);
        settled
    }

    /// The one column in an expression that is compared with something without columns.
    fn only(&self, expr: &Expr, other: &Expr) -> Option<Column> {
        let mut columns = self.mentioned(expr);
        let one = columns.pop()?;
        (columns.iter().all(|column| *column == one) && self.mentioned(other).is_empty()).then_some(one)
    }

    /// Columns that `USING` makes equal.
    fn merged_pairs(&self) -> Vec<(Column, Column)> {
        let Some(scope) = self.scopes.last() else { return Vec::new() };
        let named = |index: usize, name: &str| (index, name.to_lowercase());
        let pairs = scope.merged.iter().flat_map(|name| {
            (1..scope.relations.len()).map(move |index| (named(index - 1, name), named(index, name)))
        });
        pairs.collect()
    }

    /// Adds what equals a settled column, and the rows whose keys are settled, until nothing more follows.
    fn close(&self, columns: &mut Vec<Column>, pairs: &[(Column, Column)]) {
        let relations = self.scopes.last().map_or(&[][..], |scope| &scope.relations);
        let mut whole = vec![false; relations.len()];
        loop {
            let before = (columns.len(), whole.clone());
            for (left, right) in pairs {
                for (one, other) in [(left, right), (right, left)] {
                    if columns.contains(one) && !columns.contains(other) {
                        columns.push(other.clone());
                    }
                }
            }
            for (index, relation) in relations.iter().enumerate().filter(|(index, _)| !before.1[*index]) {
                let has = |name: &String| columns.contains(&(index, name.to_lowercase()));
                let known = relation.table.map(|table| &self.known.tables[table]);
                let is_whole = match known {
                    Some(known) if known.primary_key.is_empty() => {
                        columns.iter().any(|(of, name)| *of == index && looks_like_a_key(name))
                    }
                    Some(known) => known.primary_key.iter().all(has),
                    // Of a subquery's keys nothing is known.
                    None => true,
                };
                if is_whole {
                    whole[index] = true;
                    columns.extend(relation.columns.names().iter().map(|name| (index, name.to_lowercase())));
                }
            }
            if (columns.len(), whole.clone()) == before {
                return;
            }
        }
    }

    /// The first column of an item that has no one value in each group.
    fn loose(&self, item: &Expr, grouped: &[&Expr], settled: &Settled) -> Option<String> {
        let text = |expr: &Expr| expr.to_string().to_lowercase();
        let grouped: Vec<String> = grouped.iter().map(|expr| text(expr)).collect();
        let whole = unnested(item);
        let mut open = vec![whole];
        while let Some(expr) = open.pop() {
            if is_aggregate_or_window(expr) {
                continue;
            }
            if let Some(column) = self.resolved(expr) {
                let partly = settled.touched.contains(&column) && !std::ptr::eq(expr, whole);
                if !settled.columns.contains(&column) && !partly {
                    return Some(expr.to_string());
                }
                continue;
            }
            if !grouped.contains(&text(expr)) {
                open.extend(parts(expr));
            }
        }
        None
    }
}

fn expr_of(item: &SelectItem) -> Option<&Expr> {
    match item {
        SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => Some(expr),
        _ => None,
    }
}

/// The conditions that must all hold.
fn conjuncts(condition: &Expr) -> Vec<&Expr> {
    let (mut found, mut open) = (Vec::new(), vec![condition]);
    while let Some(expr) = open.pop() {
        match unnested(expr) {
            Expr::BinaryOp { left, op: BinaryOperator::And, right } => open.extend([left.as_ref(), right]),
            expr => found.push(expr),
        }
    }
    found
}

fn any_inside(expr: &Expr, is: impl Fn(&Expr) -> bool) -> bool {
    let mut open = vec![expr];
    while let Some(expr) = open.pop() {
        if is(expr) {
            return true;
        }
        open.extend(parts(expr));
    }
    false
}

fn has_aggregate(expr: &Expr) -> bool {
    any_inside(
        expr,
        |expr| matches!(expr, Expr::Function(function) if function.over.is_none() && is_aggregate(function)),
    )
}

fn has_extreme(expr: &Expr) -> bool {
    any_inside(
        expr,
        |expr| matches!(expr, Expr::Function(function) if function.over.is_none() && is_extreme(function)),
    )
}

fn is_aggregate_or_window(expr: &Expr) -> bool {
    matches!(expr, Expr::Function(function) if function.over.is_some() || is_aggregate(function))
}

fn is_aggregate(function: &Function) -> bool {
    let distinct =
        matches!(&function.args, FunctionArguments::List(list) if list.duplicate_treatment.is_some());
    let marked = function.filter.is_some() || !function.within_group.is_empty() || distinct;
    let name = called(function);
    marked || is_extreme(function) || AGGREGATES.iter().any(|start| name.starts_with(start))
}

/// `min(x)` or `max(x)`.
fn is_extreme(function: &Function) -> bool {
    matches!(called(function).as_str(), "min" | "max") && function_arguments(function).len() == 1
}

fn called(function: &Function) -> String {
    names::idents(&function.name).map(|idents| names::lower(&idents)).unwrap_or_default()
}

/// Whether a table that declares no key may have one in a column of this name.
fn looks_like_a_key(name: &str) -> bool {
    let ends = ["id", "_no", "_nr", "_key", "code", "number", "name", "email", "uuid"];
    ends.iter().any(|end| name.ends_with(end))
}
