//! The text of a statement.

use sqlatte_guard::Dialect;

use super::{Condition, DateKind, Expr, Instance, InstanceId, Select, Source, Statement, dialect};
use crate::{
    house::Part,
    model::{ColumnId, Model},
    query::{Function, Pattern},
};

/// Writes a statement in the dialect of its model.
pub(crate) fn print(statement: &Statement, model: &Model) -> String {
    let printer = Printer { model, instances: &statement.instances, dialect: model.dialect };
    printer.select(&statement.select, 0)
}

struct Printer<'a> {
    model: &'a Model,
    instances: &'a [Instance],
    dialect: Dialect,
}

impl Printer<'_> {
    fn select(&self, select: &Select, depth: usize) -> String {
        let line = format!("\n{}", "  ".repeat(depth));
        let columns: Vec<String> = select
            .columns
            .iter()
            .map(|(expr, alias)| match alias {
                Some(alias) => {
                    format!("{} AS {}", self.expr(expr, depth), dialect::name(self.dialect, alias))
                }
                None => self.expr(expr, depth),
            })
            .collect();
        let mut text =
            format!("SELECT {}{}", if select.distinct { "DISTINCT " } else { "" }, columns.join(", "));
        text.push_str(&format!("{line}FROM {}", self.source(&select.from, depth)));
        for join in &select.joins {
            let equal = join.on.iter();
            let equal = equal
                .map(|(left, right)| format!("{} = {}", self.expr(left, depth), self.expr(right, depth)));
            let also = join.also.iter().map(|condition| self.condition(condition, depth));
            let on: Vec<String> = equal.chain(also).collect();
            let kind = if join.outer { "LEFT JOIN" } else { "JOIN" };
            text.push_str(&format!(
                "{line}{kind} {} ON {}",
                self.instance_in_from(join.instance),
                on.join(" AND ")
            ));
        }
        if !select.filters.is_empty() {
            text.push_str(&format!(
                "{line}WHERE {}",
                self.conditions(&select.filters, &format!("{line}  AND "), depth)
            ));
        }
        if !select.groups.is_empty() {
            let groups: Vec<String> = select.groups.iter().map(|expr| self.expr(expr, depth)).collect();
            text.push_str(&format!("{line}GROUP BY {}", groups.join(", ")));
        }
        if !select.having.is_empty() {
            text.push_str(&format!(
                "{line}HAVING {}",
                self.conditions(&select.having, &format!("{line}  AND "), depth)
            ));
        }
        if !select.order.is_empty() {
            text.push_str(&format!("{line}ORDER BY {}", self.order(&select.order, depth)));
        }
        if let Some(limit) = select.limit {
            text.push_str(&format!("{line}LIMIT {limit}"));
        }
        text
    }

    fn order(&self, order: &[(Expr, bool)], depth: usize) -> String {
        order
            .iter()
            .map(|(expr, descending)| {
                format!("{}{}", self.expr(expr, depth), if *descending { " DESC" } else { "" })
            })
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn source(&self, source: &Source, depth: usize) -> String {
        match source {
            Source::Table(instance) => self.instance_in_from(*instance),
            Source::Select(select, alias) => {
                let inner = "  ".repeat(depth + 1);
                format!("(\n{inner}{}\n{}) AS {alias}", self.select(select, depth + 1), "  ".repeat(depth))
            }
        }
    }

    fn instance_in_from(&self, id: InstanceId) -> String {
        let Some(instance) = self.instances.get(id) else { return String::new() };
        let table = dialect::table(self.dialect, &self.model.tables[instance.table].reference);
        match &instance.alias {
            Some(alias) => format!("{table} AS {}", dialect::name(self.dialect, alias)),
            None => table,
        }
    }

    fn instance(&self, id: InstanceId) -> String {
        let Some(instance) = self.instances.get(id) else { return String::new() };
        match &instance.alias {
            Some(alias) => dialect::name(self.dialect, alias),
            None => dialect::name(self.dialect, self.model.tables[instance.table].name()),
        }
    }

    fn expr(&self, expr: &Expr, depth: usize) -> String {
        match expr {
            Expr::Column(instance, column) => self.column(*instance, *column),
            Expr::Given(instance, parts) => self.given(*instance, parts),
            Expr::Output(name) => dialect::name(self.dialect, name),
            Expr::Number(number) => format_number(*number),
            Expr::Decimal(number) => format!("{number:?}"),
            Expr::Star => "*".to_owned(),
            Expr::Aggregate(function, inner) => {
                let inner = self.expr(inner, depth);
                match function {
                    Function::Count => format!("COUNT({inner})"),
                    Function::CountDistinct => format!("COUNT(DISTINCT {inner})"),
                    Function::Sum => format!("SUM({inner})"),
                    Function::Average => format!("AVG({inner})"),
                    Function::Minimum => format!("MIN({inner})"),
                    Function::Maximum => format!("MAX({inner})"),
                }
            }
            Expr::Arithmetic(left, operator, right) => {
                let wrap = |side: &Expr| {
                    let text = self.expr(side, depth);
                    let loose = matches!(side, Expr::Arithmetic(_, inner, _) if precedence(*inner) < precedence(*operator))
                        || (matches!(side, Expr::Arithmetic(..)) && matches!(operator, '-' | '/'));
                    if loose { format!("({text})") } else { text }
                };
                format!("{} {operator} {}", wrap(left), wrap(right))
            }
            Expr::Bucket(_, date, DateKind::Year) => self.expr(date, depth),
            Expr::Bucket(grain, date, kind) => dialect::bucket(
                self.dialect,
                *grain,
                &dialect::moment(self.dialect, *kind, self.expr(date, depth)),
            ),
            Expr::Age(date, today) => dialect::age(self.dialect, &self.expr(date, depth), *today),
            Expr::Where(conditions, then, otherwise) => {
                let conditions = self.conditions(conditions, " AND ", depth);
                let otherwise =
                    otherwise.map_or_else(String::new, |number| format!(" ELSE {}", format_number(number)));
                format!("CASE WHEN {conditions} THEN {}{otherwise} END", self.expr(then, depth))
            }
            Expr::OverAll(inner) => format!("SUM({}) OVER ()", self.expr(inner, depth)),
            Expr::RowNumber { within, order } => {
                let within: Vec<String> = within.iter().map(|expr| self.expr(expr, depth)).collect();
                format!(
                    "ROW_NUMBER() OVER (PARTITION BY {} ORDER BY {})",
                    within.join(", "),
                    self.order(order, depth)
                )
            }
            Expr::Select(select) => {
                let text = self.select(select, 0);
                format!("({})", text.split_whitespace().collect::<Vec<_>>().join(" "))
            }
        }
    }

    fn column(&self, instance: InstanceId, column: ColumnId) -> String {
        let name = dialect::name(self.dialect, &self.model.columns[column].name);
        if self.instances.get(instance).is_some_and(|instance| instance.qualified) {
            format!("{}.{name}", self.instance(instance))
        } else {
            name
        }
    }

    fn given(&self, instance: InstanceId, parts: &[Part]) -> String {
        let part = |part: &Part| match part {
            Part::Sql(sql) => sql.clone(),
            Part::Column(column) => self.column(instance, *column),
        };
        parts.iter().map(part).collect()
    }

    fn conditions(&self, conditions: &[Condition], and: &str, depth: usize) -> String {
        conditions.iter().map(|condition| self.condition(condition, depth)).collect::<Vec<_>>().join(and)
    }

    fn condition(&self, condition: &Condition, depth: usize) -> String {
        match condition {
            Condition::Compare(left, comparison, right) => {
                format!("{} {} {}", self.expr(left, depth), comparison.symbol(), self.expr(right, depth))
            }
            Condition::Between(expr, low, high) => format!(
                "{} BETWEEN {} AND {}",
                self.expr(expr, depth),
                format_number(*low),
                format_number(*high)
            ),
            Condition::OneOf(expr, values, negated) => self.one_of(&self.expr(expr, depth), values, *negated),
            Condition::InSelect(expr, select, negated) => {
                format!(
                    "{} {}IN {}",
                    self.expr(expr, depth),
                    if *negated { "NOT " } else { "" },
                    self.nested(select, depth)
                )
            }
            Condition::Exists(select, negated) => {
                format!("{}EXISTS {}", if *negated { "NOT " } else { "" }, self.nested(select, depth))
            }
            Condition::Null(expr, negated) => {
                format!("{} IS {}NULL", self.expr(expr, depth), if *negated { "NOT " } else { "" })
            }
            Condition::Truth(expr, holds, is_number) => {
                dialect::truth(self.dialect, &self.expr(expr, depth), *holds, *is_number)
            }
            Condition::Like(expr, pattern, text, negated) => {
                self.like(&self.expr(expr, depth), *pattern, text, *negated)
            }
            Condition::Range(expr, kind, start, end) => {
                self.range(&self.expr(expr, depth), *kind, *start, *end)
            }
            Condition::Weekdays(expr, kind, days) => {
                let moment = dialect::moment(self.dialect, *kind, self.expr(expr, depth));
                let weekday = dialect::bucket(self.dialect, crate::dates::Grain::Weekday, &moment);
                // Monday is 0 here and Sunday is 0 in SQL
                let days: Vec<String> = days.iter().map(|day| ((day + 1) % 7).to_string()).collect();
                if let [only] = days.as_slice() {
                    format!("{weekday} = {only}")
                } else {
                    format!("{weekday} IN ({})", days.join(", "))
                }
            }
            Condition::Any(conditions) => format!(
                "({})",
                conditions
                    .iter()
                    .map(|condition| self.condition(condition, depth))
                    .collect::<Vec<_>>()
                    .join(" OR ")
            ),
            Condition::Not(inner) => format!("NOT ({})", self.condition(inner, depth)),
            Condition::Given(instance, parts) => format!("({})", self.given(*instance, parts)),
        }
    }

    fn nested(&self, select: &Select, depth: usize) -> String {
        let inner = "  ".repeat(depth + 2);
        format!("(\n{inner}{}\n{})", self.select(select, depth + 2), "  ".repeat(depth + 1))
    }

    fn one_of(&self, column: &str, values: &[String], negated: bool) -> String {
        let values: Vec<String> = values.iter().map(|value| dialect::text(self.dialect, value)).collect();
        match (values.as_slice(), negated) {
            ([only], false) => format!("{column} = {only}"),
            ([only], true) => format!("{column} <> {only}"),
            (_, false) => format!("{column} IN ({})", values.join(", ")),
            (_, true) => format!("{column} NOT IN ({})", values.join(", ")),
        }
    }

    fn like(&self, column: &str, pattern: Pattern, text: &str, negated: bool) -> String {
        // a wildcard in the text would match more than it says; it is matched as any one letter
        let text = text.replace(['%', '\\'], "_");
        let pattern = match pattern {
            Pattern::Contains => format!("%{text}%"),
            Pattern::Starts => format!("{text}%"),
            Pattern::Ends => format!("%{text}"),
            Pattern::Same => text,
        };
        dialect::like(self.dialect, column, &pattern, negated)
    }

    fn range(
        &self,
        column: &str,
        kind: DateKind,
        start: Option<chrono::NaiveDate>,
        end: Option<chrono::NaiveDate>,
    ) -> String {
        use chrono::Datelike;
        if kind == DateKind::Year {
            let last = end.and_then(|end| end.pred_opt()).map(|day| day.year());
            return match (start.map(|day| day.year()), last) {
                (Some(first), Some(last)) if first == last => format!("{column} = {first}"),
                (Some(first), Some(last)) => format!("{column} BETWEEN {first} AND {last}"),
                (Some(first), None) => format!("{column} >= {first}"),
                (None, Some(last)) => format!("{column} <= {last}"),
                (None, None) => format!("{column} IS NOT NULL"),
            };
        }
        let from = start.map(|day| format!("{column} >= {}", dialect::day(self.dialect, day, kind)));
        let to = end.map(|day| format!("{column} < {}", dialect::day(self.dialect, day, kind)));
        match (from, to) {
            (Some(from), Some(to)) => format!("{from} AND {to}"),
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => format!("{column} IS NOT NULL"),
        }
    }
}

fn precedence(operator: char) -> u8 {
    if matches!(operator, '*' | '/') { 2 } else { 1 }
}

/// A number as SQL writes it.
fn format_number(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        format!("{}", number as i64)
    } else {
        format!("{number}")
    }
}
