//! Forms of other dialects that parse, and that this engine does not have.

use sqlparser::ast::{CastKind, Expr};

use super::reader::Reader;
use crate::Dialect;

impl Reader<'_> {
    /// Advises where an expression is certainly no form of this dialect.
    pub(super) fn form(&mut self, expr: &Expr) {
        let advice = match (self.dialect(), expr) {
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
            _ => return,
        };
        self.advise(advice.to_owned());
    }
}
