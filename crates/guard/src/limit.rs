//! How many rows a statement asks for itself.

use sqlparser::ast::{Expr, Fetch, LimitClause, Query, Statement, Value};

/// The outermost `LIMIT` or `FETCH`, where it is a number.
pub(crate) fn of_statement(statement: &Statement) -> Option<u64> {
    let Statement::Query(query) = statement else { return None };
    let Query { limit_clause, fetch, .. } = &**query;
    match (limit_clause, fetch) {
        (Some(LimitClause::LimitOffset { limit, .. }), _) => number(limit.as_ref()?),
        (Some(LimitClause::OffsetCommaLimit { limit, .. }), _) => number(limit),
        (None, Some(Fetch { with_ties: false, percent: false, quantity })) => number(quantity.as_ref()?),
        (None, _) => None,
    }
}

fn number(expr: &Expr) -> Option<u64> {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::Number(digits, _) => digits.parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::{Dialect, Guard};

    fn limit(dialect: Dialect, sql: &str) -> Option<u64> {
        Guard::new(dialect).check(sql).unwrap().row_limit()
    }

    #[test]
    fn only_the_outermost_counts() {
        use Dialect::{Mysql, Postgresql, Sqlite, Trino};
        assert_eq!(limit(Sqlite, "SELECT a FROM t ORDER BY a LIMIT 5000"), Some(5000));
        assert_eq!(limit(Sqlite, "SELECT a FROM t LIMIT 10 OFFSET 20;"), Some(10));
        assert_eq!(limit(Mysql, "SELECT a FROM t LIMIT 20, 10"), Some(10));
        assert_eq!(limit(Trino, "SELECT a FROM t FETCH FIRST 7 ROWS ONLY"), Some(7));
        assert_eq!(limit(Postgresql, "SELECT a FROM t FETCH FIRST 7 ROWS WITH TIES"), None);
        assert_eq!(limit(Postgresql, "SELECT a FROM t LIMIT ALL"), None);
        assert_eq!(limit(Sqlite, "SELECT a FROM (SELECT a FROM t LIMIT 3) AS s"), None);
        assert_eq!(limit(Sqlite, "SELECT a FROM t LIMIT 2 + 3"), None);
    }
}
