//! Functions that SQLite documents and its usual command line has, but not every build: the mathematical ones, the
//! statistical aggregates and `generate_series`.
//!
//! Names and meanings are those of <https://sqlite.org/lang_mathfunc.html>, <https://sqlite.org/percentile.html> and
//! <https://sqlite.org/series.html>; `stddev` and `variance` divide by n − 1, as PostgreSQL's do.

mod statistics;

use rusqlite::{
    Connection, Result,
    functions::{Context, FunctionFlags},
    types::{Value, ValueRef},
    vtab,
};

pub(crate) const PURE: FunctionFlags = FunctionFlags::SQLITE_UTF8
    .union(FunctionFlags::SQLITE_DETERMINISTIC)
    .union(FunctionFlags::SQLITE_INNOCUOUS);

type OfOne = fn(f64) -> f64;
type OfTwo = fn(f64, f64) -> f64;

/// Functions of one number; what has no value, such as the root of −1, is NULL.
const OF_ONE: [(&str, OfOne); 19] = [
    ("acos", f64::acos),
    ("acosh", f64::acosh),
    ("asin", f64::asin),
    ("asinh", f64::asinh),
    ("atan", f64::atan),
    ("atanh", f64::atanh),
    ("cos", f64::cos),
    ("cosh", f64::cosh),
    ("degrees", f64::to_degrees),
    ("exp", f64::exp),
    ("ln", logarithm),
    ("log10", |number| if number > 0.0 { number.log10() } else { f64::NAN }),
    ("log2", |number| if number > 0.0 { number.log2() } else { f64::NAN }),
    ("radians", f64::to_radians),
    ("sin", f64::sin),
    ("sinh", f64::sinh),
    ("sqrt", f64::sqrt),
    ("tan", f64::tan),
    ("tanh", f64::tanh),
];
/// Functions of two numbers.
const OF_TWO: [(&str, OfTwo); 4] = [
    ("atan2", f64::atan2),
    ("mod", |number, divisor| number % divisor),
    ("pow", f64::powf),
    ("power", f64::powf),
];
/// Rounding, which leaves an integer as it is.
const ROUNDING: [(&str, OfOne); 4] =
    [("ceil", f64::ceil), ("ceiling", f64::ceil), ("floor", f64::floor), ("trunc", f64::trunc)];

/// Adds the functions to a connection.
pub(crate) fn install(connection: &Connection) -> Result<()> {
    for (name, function) in OF_ONE {
        let call = move |context: &Context<'_>| Ok(number(context, 0).map(function).and_then(real));
        connection.create_scalar_function(name, 1, PURE, call)?;
    }
    for (name, function) in OF_TWO {
        let call = move |context: &Context<'_>| Ok(two(context).map(|(a, b)| function(a, b)).and_then(real));
        connection.create_scalar_function(name, 2, PURE, call)?;
    }
    for (name, function) in ROUNDING {
        let call = move |context: &Context<'_>| {
            if let ValueRef::Integer(whole) = context.get_raw(0) {
                return Ok(Some(Value::Integer(whole)));
            }
            Ok(number(context, 0).map(function).and_then(real))
        };
        connection.create_scalar_function(name, 1, PURE, call)?;
    }
    let ten = |context: &Context<'_>| {
        let log = |number: f64| if number > 0.0 { number.log10() } else { f64::NAN };
        Ok(number(context, 0).map(log).and_then(real))
    };
    connection.create_scalar_function("log", 1, PURE, ten)?;
    let based = |context: &Context<'_>| {
        Ok(two(context).map(|(base, number)| logarithm(number) / logarithm(base)).and_then(real))
    };
    connection.create_scalar_function("log", 2, PURE, based)?;
    connection.create_scalar_function("pi", 0, PURE, |_| Ok(std::f64::consts::PI))?;
    statistics::install(connection)?;
    vtab::series::load_module(connection)
}

fn logarithm(number: f64) -> f64 {
    if number > 0.0 { number.ln() } else { f64::NAN }
}

/// What is not a number is NULL.
fn real(number: f64) -> Option<Value> {
    (!number.is_nan()).then_some(Value::Real(number))
}

fn two(context: &Context<'_>) -> Option<(f64, f64)> {
    Some((number(context, 0)?, number(context, 1)?))
}

/// An argument as a number: a number, or a text that is one from its beginning to its end.
fn number(context: &Context<'_>, argument: usize) -> Option<f64> {
    match context.get_raw(argument) {
        ValueRef::Integer(number) => Some(number as f64),
        ValueRef::Real(number) => Some(number),
        ValueRef::Text(text) => {
            let text = std::str::from_utf8(text).ok()?.trim();
            // Words such as `inf` are numbers to Rust and not to SQLite.
            let word = text.contains(|one: char| one.is_ascii_alphabetic() && !matches!(one, 'e' | 'E'));
            if word { None } else { text.parse().ok() }
        }
        ValueRef::Null | ValueRef::Blob(_) => None,
    }
}

#[cfg(test)]
mod tests;
