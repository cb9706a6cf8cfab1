//! Functions that make a value or a series as long as a number says: the number must be small.

use sqlparser::ast::{
    BinaryOperator, Expr, FunctionArg, FunctionArgExpr, UnaryOperator, Value, ValueWithSpan,
};

use super::{Walk, Walker};
use crate::{Dialect, Reason, Refusal, TableName};

/// The longest text or blob a function may be asked for.
const LONGEST_VALUE: f64 = 1_000_000.0;
/// The same for such a function inside another.
const LONGEST_INNER_VALUE: f64 = 1_000.0;
/// The longest series.
const LONGEST_SERIES: f64 = 10_000_000.0;
/// The most rows that all series of a statement may give together, each joined with each.
const MOST_ROWS: f64 = 1e9;
/// The largest power anything may be raised to.
const LARGEST_POWER: f64 = 10_000.0;
/// The widest field of a format.
const WIDEST_FIELD: usize = 4;

/// Whether the function makes values of a length that is told, or as long as two others multiplied.
pub(super) fn makes_long_values(function: &str) -> bool {
    length_argument(function).is_some() || matches!(function, "replace" | "regexp_replace")
}

fn length_argument(function: &str) -> Option<usize> {
    Some(match function {
        "repeat" | "lpad" | "rpad" => 1,
        "space" | "randomblob" | "zeroblob" | "random_bytes" | "factorial" | "shuffle" => 0,
        "array_fill" => 1,
        "combinations" | "ngrams" => 1,
        _ => return None,
    })
}

fn makes_series(function: &str) -> bool {
    matches!(
        function,
        "generate_series"
            | "sequence"
            | "generate_array"
            | "generate_date_array"
            | "generate_timestamp_array"
            | "generate_range_array"
    )
}

impl Walker<'_> {
    pub(super) fn must_be_small(&mut self, function: &str, args: &[FunctionArg]) -> Walk {
        if let Some(index) = length_argument(function) {
            return self.must_be_short(function, args, index);
        }
        if makes_series(function) {
            return self.must_be_few(function, args);
        }
        if matches!(function, "power" | "pow") {
            return args.get(1).and_then(argument).map_or(Ok(()), must_be_a_small_power);
        }
        if function.starts_with("regexp") {
            return args
                .iter()
                .skip(1)
                .take(1)
                .filter_map(argument)
                .try_for_each(|arg| self.must_not_backtrack(arg));
        }
        if matches!(function, "printf" | "format") && self.dialect() != Dialect::Mysql {
            return must_be_narrow(function, args);
        }
        Ok(())
    }

    fn must_be_short(&mut self, function: &str, args: &[FunctionArg], index: usize) -> Walk {
        let limit = match (function, self.inside_sized) {
            ("factorial", _) => 1_000.0,
            (_, 0) => LONGEST_VALUE,
            _ => LONGEST_INNER_VALUE,
        };
        let Some(length) = args.get(index).and_then(argument) else { return Ok(()) };
        match number(length) {
            Some(value) if value.abs() <= limit => Ok(()),
            None if names_a_column(length) => Ok(()),
            _ => Err(Refusal::new(
                Reason::Cost,
                format!("`{function}` may make at most {limit} here: use a smaller number"),
            )),
        }
    }

    fn must_be_few(&mut self, function: &str, args: &[FunctionArg]) -> Walk {
        let too_many = || {
            Err(Refusal::new(
                Reason::Cost,
                format!("`{function}` would make too many rows: use a shorter series"),
            ))
        };
        let args: Vec<&Expr> = args.iter().filter_map(argument).collect();
        if args.len() < 2 {
            // SQLite's goes on to four billion.
            return if self.dialect() == Dialect::Sqlite { too_many() } else { Ok(()) };
        }
        let numbers: Vec<Option<f64>> = args.iter().map(|arg| number(arg)).collect();
        let step = numbers.get(2).copied().unwrap_or(Some(1.0)).unwrap_or(1.0).abs();
        let rows = match (numbers[0], numbers[1]) {
            (Some(from), Some(to)) if step > 0.0 => ((to - from).abs() / step).floor() + 1.0,
            // From an unknown start, which is small if the end is.
            (None, Some(to)) if !names_a_column(args[0]) => to.abs(),
            _ => 1.0,
        };
        self.generated_rows *= rows.max(1.0);
        if rows > LONGEST_SERIES || self.generated_rows > MOST_ROWS || is_fine_grained(&args) {
            return too_many();
        }
        Ok(())
    }
}

impl Walker<'_> {
    /// `seq_1_to_100` of MariaDB is a table of as many rows.
    pub(super) fn must_be_a_short_sequence(&mut self, table: &TableName) -> Walk {
        let bounds = table.name().strip_prefix("seq_").and_then(|bounds| bounds.split_once("_to_"));
        let Some((from, to)) = bounds.filter(|_| self.dialect() == Dialect::Mysql) else { return Ok(()) };
        let to = to.split('_').next().unwrap_or_default();
        let (Ok(from), Ok(to)) = (from.parse::<f64>(), to.parse::<f64>()) else { return Ok(()) };
        let rows = (to - from).abs() + 1.0;
        self.generated_rows *= rows;
        if rows > LONGEST_SERIES || self.generated_rows > MOST_ROWS {
            return Err(Refusal::new(
                Reason::Cost,
                format!("`{table}` has too many rows: use a shorter sequence"),
            ));
        }
        Ok(())
    }
}

/// Refuses to raise to a power with thousands of digits.
pub(super) fn must_be_a_small_power(exponent: &Expr) -> Walk {
    match number(exponent) {
        Some(value) if value.is_finite() && value.abs() > LARGEST_POWER => Err(Refusal::new(
            Reason::Cost,
            format!("a power may be {LARGEST_POWER} at most: use a smaller number"),
        )),
        Some(_) | None => Ok(()),
    }
}

/// Whether a series of times goes by seconds or less over years.
fn is_fine_grained(args: &[&Expr]) -> bool {
    let texts: Vec<Option<String>> = args.iter().map(|arg| text(arg)).collect();
    let Some(Some(step)) = texts.get(2) else { return false };
    let step = step.to_lowercase();
    if step.contains("microsec") || step.contains("millisec") {
        return true;
    }
    let year = |text: &Option<String>| text.as_deref().and_then(|text| text.get(..4)?.parse::<i32>().ok());
    step.contains("sec")
        && matches!((year(&texts[0]), year(&texts[1])), (Some(from), Some(to)) if to - from > 1)
}

/// A format must be a text whose fields are narrow.
fn must_be_narrow(function: &str, args: &[FunctionArg]) -> Walk {
    let Some(format) = args.first().and_then(argument) else { return Ok(()) };
    let Some(format) = text(format) else {
        return if names_a_column(format) { Ok(()) } else { Err(wide(function)) };
    };
    let mut fields = format.split('%').skip(1);
    let is_wide = |field: &str| {
        let spec: String = field.chars().take_while(|c| !c.is_ascii_alphabetic()).collect();
        spec.contains('*')
            || spec.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() > WIDEST_FIELD)
    };
    if fields.any(is_wide) { Err(wide(function)) } else { Ok(()) }
}

fn wide(function: &str) -> Refusal {
    Refusal::new(
        Reason::Cost,
        format!(
            "`{function}` needs a format written out, with fields of at most {WIDEST_FIELD} digits and no `*`"
        ),
    )
}

pub(super) fn argument(arg: &FunctionArg) -> Option<&Expr> {
    let (FunctionArg::Named { arg, .. } | FunctionArg::ExprNamed { arg, .. } | FunctionArg::Unnamed(arg)) =
        arg;
    match arg {
        FunctionArgExpr::Expr(expr) => Some(expr),
        FunctionArgExpr::QualifiedWildcard(_)
        | FunctionArgExpr::Wildcard
        | FunctionArgExpr::WildcardWithOptions(_) => None,
    }
}

/// The value of an expression of plain numbers.
pub(super) fn number(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => number(inner),
        Expr::Value(ValueWithSpan { value: Value::Number(digits, _), .. }) => digits.parse().ok(),
        Expr::Value(ValueWithSpan { value: Value::SingleQuotedString(digits), .. }) => {
            // `'{2,3}'` is an array of PostgreSQL.
            let list = digits.trim().trim_start_matches('{').trim_end_matches('}');
            list.split(',')
                .map(|n| n.trim().parse().ok())
                .try_fold(1.0, |product, n: Option<f64>| Some(product * n?))
        }
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => number(expr).map(|value| -value),
        Expr::UnaryOp { op: UnaryOperator::Plus, expr } => number(expr),
        Expr::Array(array) => array.elem.iter().map(number).try_fold(1.0, |product, n| Some(product * n?)),
        Expr::BinaryOp { left, op, right } => {
            let (left, right) = (number(left)?, number(right)?);
            match op {
                BinaryOperator::Plus => Some(left + right),
                BinaryOperator::Minus => Some(left - right),
                BinaryOperator::Multiply => Some(left * right),
                BinaryOperator::Divide => Some(left / right),
                BinaryOperator::PGBitwiseShiftLeft => Some(left * right.exp2()),
                BinaryOperator::PGExp | BinaryOperator::BitwiseXor => Some(left.powf(right)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The text of a literal, a cast or an interval of one.
pub(super) fn text(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => text(inner),
        Expr::Value(ValueWithSpan { value, .. }) => value.clone().into_string(),
        Expr::TypedString(typed) => typed.value.value.clone().into_string(),
        Expr::Interval(interval) => {
            let unit = interval.leading_field.as_ref().map(ToString::to_string).unwrap_or_default();
            Some(format!("{} {unit}", text(&interval.value).unwrap_or_default()))
        }
        _ => None,
    }
}

/// Whether an expression depends on data, so that a literal cannot make it large.
pub(super) fn names_a_column(expr: &Expr) -> bool {
    let mut found = false;
    let _: std::ops::ControlFlow<()> = sqlparser::ast::visit_expressions(expr, |inner| {
        found |= matches!(inner, Expr::Identifier(_) | Expr::CompoundIdentifier(_));
        std::ops::ControlFlow::Continue(())
    });
    found
}
