//! Forms of other dialects that parse, and that this engine does not have.

use sqlparser::ast::{
    CastKind, DateTimeField, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
};

use super::{functions::instead, reader::Reader};
use crate::{Dialect, names};

/// Functions that MariaDB has and MySQL has not.
const MARIADB: &[&str] = &["nvl", "nvl2", "to_char", "median", "percentile_cont", "percentile_disc"];
/// Functions that Trino has only with its Teradata plugin.
const TERADATA: &[&str] = &["to_char", "to_date", "to_timestamp"];

impl Reader<'_> {
    /// Advises where an expression is certainly no form of this dialect.
    pub(super) fn form(&mut self, expr: &Expr) {
        let advice = match (self.dialect(), expr) {
            (Dialect::Sqlite, Expr::Extract { field: DateTimeField::Dow | DateTimeField::Isodow, .. }) => {
                "SQLite has no EXTRACT: write strftime('%w', x), which is 0 on Sundays"
            }
            (Dialect::Sqlite, Expr::Extract { .. }) => {
                "SQLite has no EXTRACT: write strftime('%Y', x), with '%m' for the month and '%d' for the day"
            }
            (Dialect::Sqlite, Expr::Interval(_)) => {
                "SQLite has no INTERVAL: write date(x, '-7 days') or date('now', '-1 month')"
            }
            (Dialect::Sqlite, Expr::AtTimeZone { .. }) => {
                "SQLite has no AT TIME ZONE: write datetime(x, 'localtime')"
            }
            (Dialect::Sqlite, Expr::Substring { shorthand: false, special: false, .. }) => {
                "SQLite has no SUBSTRING(x FROM n FOR m): write substr(x, n, m)"
            }
            (Dialect::Sqlite, Expr::Position { .. }) => "SQLite has no POSITION(a IN x): write instr(x, a)",
            (Dialect::Sqlite, Expr::TypedString(_)) => {
                "SQLite has no typed literals such as DATE '2024-01-01': write the text alone, '2024-01-01'"
            }
            (Dialect::Sqlite | Dialect::Mysql | Dialect::Bigquery | Dialect::Trino, Expr::ILike { .. }) => {
                "there is no ILIKE here: write lower(x) LIKE lower(pattern)"
            }
            (
                Dialect::Sqlite | Dialect::Mysql | Dialect::Bigquery | Dialect::Trino,
                Expr::Cast { kind: CastKind::DoubleColon, .. },
            ) => "there is no `::` here: write CAST(x AS type)",
            (_, Expr::Function(function)) => return self.missing_function(function),
            _ => return,
        };
        self.advise(advice.to_owned());
    }

    /// Advises where the guard lets a function pass that not every server of this kind has, or not with these
    /// arguments.
    fn missing_function(&mut self, function: &Function) {
        let Some(&[name]) = names::idents(&function.name).as_deref() else { return };
        let name = name.value.to_lowercase();
        let dialect = self.dialect();
        match dialect {
            Dialect::Mysql if MARIADB.contains(&name.as_str()) => {
                self.advise(format!("only MariaDB has `{name}`{}", instead(dialect, &name)));
            }
            Dialect::Trino if TERADATA.contains(&name.as_str()) => {
                self.advise(format!("not every Trino has `{name}`{}", instead(dialect, &name)));
            }
            Dialect::Bigquery if name == "date_trunc" && first_is_text(&function.args) => {
                self.advise("the part stands last and is a word: write DATE_TRUNC(x, MONTH)".to_owned());
            }
            _ => {}
        }
    }
}

fn first_is_text(args: &FunctionArguments) -> bool {
    let FunctionArguments::List(list) = args else { return false };
    let Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(first)))) = list.args.first() else {
        return false;
    };
    first.value.clone().into_string().is_some()
}
