//! Forms that run, and whose result is hardly what was meant.

use sqlparser::ast::{BinaryOperator, Expr, Function, OrderByExpr, Value};

use super::{
    inside::{function_arguments, unnested},
    reader::Reader,
};
use crate::{Dialect, names};

impl Reader<'_> {
    pub(super) fn doubt(&mut self, doubt: String) {
        if !self.findings.doubtful.contains(&doubt) {
            self.findings.doubtful.push(doubt);
        }
    }

    /// Reads two values and the operator between them.
    pub(super) fn operation(&mut self, left: &Expr, operator: &BinaryOperator, right: &Expr) {
        let (left, right) = (unnested(left), unnested(right));
        let dialect = self.dialect();
        let either = |is: &dyn Fn(&Expr) -> bool| is(left) || is(right);
        let interval = |expr: &Expr| matches!(expr, Expr::Interval(_));
        match (dialect, operator) {
            (Dialect::Sqlite | Dialect::Mysql, BinaryOperator::Plus | BinaryOperator::Minus)
                if !either(&interval) && either(&|expr| self.is_date(expr)) =>
            {
                self.doubt(date_arithmetic(dialect).to_owned());
            }
            (Dialect::Sqlite, BinaryOperator::Plus) if either(&is_words) => {
                self.doubt("`+` adds numbers and counts a text as 0: write a || b".to_owned());
            }
            (Dialect::Mysql, BinaryOperator::Plus) if either(&is_words) => {
                self.doubt("`+` adds numbers and counts a text as 0: write CONCAT(a, b)".to_owned());
            }
            (Dialect::Mysql, BinaryOperator::StringConcat) if either(&|expr| text(expr).is_some()) => {
                self.doubt("`||` means OR to MySQL and MariaDB: write CONCAT(a, b)".to_owned());
            }
            (
                _,
                BinaryOperator::Eq
                | BinaryOperator::NotEq
                | BinaryOperator::Lt
                | BinaryOperator::LtEq
                | BinaryOperator::Gt
                | BinaryOperator::GtEq,
            ) => self.quoted_column(left),
            _ => {}
        }
    }

    /// A name in the double quotes that make a text of it, where a column was meant.
    pub(super) fn quoted_column(&mut self, expr: &Expr) {
        let Expr::Value(value) = unnested(expr) else { return };
        let Value::DoubleQuotedString(name) = &value.value else { return };
        if self.relations().any(|relation| relation.columns.names().iter().any(|column| column == name)) {
            let engine = self.dialect().title();
            self.doubt(format!("\"{name}\" is a text to {engine} and not the column: write `{name}`"));
        }
    }

    /// Texts do not sort or group anything.
    pub(super) fn sorted_by_text<'a>(&mut self, clause: &str, exprs: impl IntoIterator<Item = &'a Expr>) {
        for name in exprs.into_iter().filter_map(|expr| text(unnested(expr))) {
            self.doubt(format!(
                "{clause} '{name}' takes a text and not a column: write the name without these quotes"
            ));
        }
    }

    pub(super) fn ordered_by_text(&mut self, exprs: &[OrderByExpr]) {
        self.sorted_by_text("ORDER BY", exprs.iter().map(|sorted| &sorted.expr));
    }

    /// Reads a function whose arguments another engine takes in another order or form.
    pub(super) fn doubtful_call(&mut self, function: &Function) {
        let Some(&[name]) = names::idents(&function.name).as_deref() else { return };
        let name = name.value.to_lowercase();
        let args: Vec<&Expr> = function_arguments(function).into_iter().map(unnested).collect();
        let pattern = |place: usize| args.get(place).copied().and_then(text);
        let lacks_percent = |place: usize| pattern(place).is_some_and(|text| !text.contains('%'));
        match (self.dialect(), name.as_str()) {
            (Dialect::Sqlite, "format" | "printf") if args.first().is_some_and(|first| is_number(first)) => {
                self.doubt(format!(
                    "SQLite's {name}() takes a pattern first, so this gives the number as it is: write \
                     printf('%.2f', x), or round(x, 2)"
                ));
            }
            (Dialect::Sqlite, "strftime") if lacks_percent(0) => {
                self.doubt(
                    "the pattern of strftime() has `%` before each letter: write strftime('%Y-%m', x)"
                        .to_owned(),
                );
            }
            (Dialect::Mysql | Dialect::Trino, "date_format") if lacks_percent(1) => {
                self.doubt(
                    "the pattern of date_format() has `%` before each letter: write '%Y-%m'".to_owned(),
                );
            }
            (Dialect::Postgresql, "to_char") if pattern(1).is_some_and(|text| text.contains("%Y")) => {
                self.doubt("the pattern of to_char() has no `%`: write 'YYYY-MM'".to_owned());
            }
            _ => {}
        }
    }

    /// Whether an expression is certainly a date or a time that the engine keeps as a text, or takes for a number.
    fn is_date(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Identifier(ident) => {
                is_today(self.dialect(), &ident.value.to_lowercase()) && ident.quote_style.is_none()
            }
            Expr::Function(function) => {
                let name = names::idents(&function.name).map(|idents| names::lower(&idents));
                name.is_some_and(|name| {
                    is_today(self.dialect(), &name)
                        || (self.dialect() == Dialect::Sqlite && matches!(name.as_str(), "date" | "datetime"))
                })
            }
            _ => false,
        }
    }
}

fn is_today(dialect: Dialect, name: &str) -> bool {
    match dialect {
        Dialect::Mysql => matches!(name, "current_date" | "current_timestamp" | "curdate" | "now"),
        _ => matches!(name, "current_date" | "current_timestamp"),
    }
}

fn date_arithmetic(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Mysql => {
            "MySQL takes a date for a number such as 20260131 in `+` and `-`: write x - INTERVAL 30 DAY, or \
             DATEDIFF(later, earlier) for the days between"
        }
        _ => {
            "SQLite takes a date for the number of its year in `+` and `-`: write date(x, '-30 days'), or \
             julianday(later) - julianday(earlier) for the days between"
        }
    }
}

fn text(expr: &Expr) -> Option<&str> {
    let Expr::Value(value) = expr else { return None };
    match &value.value {
        Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) => Some(text),
        _ => None,
    }
}

/// Whether it is a text that is no number.
fn is_words(expr: &Expr) -> bool {
    text(expr).is_some_and(|text| text.trim().parse::<f64>().is_err())
}

/// Whether it is a value to show, and no pattern: a column, a number, or what arithmetic and aggregates give.
fn is_number(expr: &Expr) -> bool {
    match expr {
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) => true,
        Expr::Value(value) => matches!(value.value, Value::Number(..)),
        Expr::BinaryOp { op, .. } => !matches!(op, BinaryOperator::StringConcat),
        Expr::Function(function) => names::idents(&function.name).is_some_and(|idents| {
            matches!(
                names::lower(&idents).as_str(),
                "sum" | "avg" | "count" | "round" | "total" | "min" | "max" | "abs"
            )
        }),
        Expr::Cast { .. } => true,
        _ => false,
    }
}
