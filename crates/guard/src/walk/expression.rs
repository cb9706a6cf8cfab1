use sqlparser::ast::{
    AccessExpr, Array, BinaryOperator, CaseWhen, CastFormat, CeilFloorKind, Expr, Ident, Interval, JsonPath,
    LambdaFunction, MemberOf, OneOrManyWithParens, Subscript, TypedString, UnaryOperator, Value,
};

use super::{Walk, Walker, clause};
use crate::{Dialect, Reason, Refusal};

impl Walker<'_> {
    pub(super) fn expr(&mut self, expr: &Expr) -> Walk {
        match expr {
            Expr::Identifier(ident) => self.column(std::slice::from_ref(ident)),
            Expr::CompoundIdentifier(idents) => self.column(idents),
            Expr::CompoundFieldAccess { root, access_chain } => {
                self.expr(root)?;
                access_chain.iter().try_for_each(|access| self.access(access))
            }
            Expr::JsonAccess { value, path } => {
                self.expr(value)?;
                let path: &JsonPath = path;
                self.json_path(path)
            }
            Expr::IsFalse(expr)
            | Expr::IsNotFalse(expr)
            | Expr::IsTrue(expr)
            | Expr::IsNotTrue(expr)
            | Expr::IsNull(expr)
            | Expr::IsNotNull(expr)
            | Expr::IsUnknown(expr)
            | Expr::IsNotUnknown(expr)
            | Expr::IsJson { expr, kind: _, unique_keys: _, negated: _ }
            | Expr::IsNormalized { expr, form: _, negated: _ }
            | Expr::Nested(expr) => self.expr(expr),
            Expr::IsDistinctFrom(left, right) | Expr::IsNotDistinctFrom(left, right) => {
                self.expr(left)?;
                self.expr(right)
            }
            Expr::InList { expr, list, negated: _ } => {
                self.expr(expr)?;
                self.exprs(list)
            }
            Expr::InSubquery { expr, subquery, negated: _ } => {
                self.expr(expr)?;
                self.query(subquery)
            }
            Expr::InUnnest { expr, array_expr, negated: _ } => {
                self.expr(expr)?;
                self.expr(array_expr)
            }
            Expr::Between { expr, negated: _, low, high } => {
                self.expr(expr)?;
                self.expr(low)?;
                self.expr(high)
            }
            Expr::BinaryOp { left, op, right } => self.binary(left, op, right),
            Expr::Like { negated: _, any: _, expr, pattern, escape_char }
            | Expr::ILike { negated: _, any: _, expr, pattern, escape_char } => {
                self.must_have_few_wildcards(pattern)?;
                self.expr(expr)?;
                self.expr(pattern)?;
                self.exprs(escape_char.as_deref())
            }
            Expr::SimilarTo { negated: _, expr, pattern, escape_char } => {
                self.expr(expr)?;
                self.expr(pattern)?;
                self.exprs(escape_char.as_deref())
            }
            Expr::RLike { negated: _, expr, pattern, regexp: _ } => {
                self.must_not_backtrack(pattern)?;
                self.expr(expr)?;
                self.expr(pattern)
            }
            Expr::AnyOp { left, compare_op, right, is_some: _ } | Expr::AllOp { left, compare_op, right } => {
                self.operator(compare_op, right)?;
                self.expr(left)?;
                self.expr(right)
            }
            Expr::UnaryOp { op, expr } => {
                unary(op);
                self.expr(expr)
            }
            Expr::Convert { is_try: _, expr, data_type, charset: _, target_before_value: _, styles } => {
                if let Some(data_type) = data_type {
                    self.data_type(data_type)?;
                }
                self.exprs(styles)?;
                self.expr(expr)
            }
            Expr::Cast { kind: _, expr, data_type, format } => {
                match format {
                    None | Some(CastFormat::Value(_) | CastFormat::ValueAtTimeZone(_, _)) => {}
                }
                self.data_type(data_type)?;
                self.expr(expr)
            }
            Expr::AtTimeZone { timestamp, time_zone } => {
                self.expr(timestamp)?;
                self.expr(time_zone)
            }
            Expr::Extract { field: _, syntax: _, expr } => self.expr(expr),
            Expr::Ceil { expr, field } | Expr::Floor { expr, field } => {
                match field {
                    CeilFloorKind::DateTimeField(_) | CeilFloorKind::Scale(_) => {}
                }
                self.expr(expr)
            }
            Expr::Position { expr, r#in } => {
                self.expr(expr)?;
                self.expr(r#in)
            }
            Expr::Substring { expr, substring_from, substring_for, special: _, shorthand: _ } => {
                self.expr(expr)?;
                self.exprs(substring_from.as_deref())?;
                self.exprs(substring_for.as_deref())
            }
            Expr::Trim { trim_where: _, trim_what, expr, trim_characters } => {
                self.exprs(trim_what.as_deref())?;
                self.exprs(trim_characters.iter().flatten())?;
                self.expr(expr)
            }
            Expr::Overlay { expr, overlay_what, overlay_from, overlay_for } => {
                self.expr(expr)?;
                self.expr(overlay_what)?;
                self.expr(overlay_from)?;
                self.exprs(overlay_for.as_deref())
            }
            Expr::Collate { expr, collation: _ } => self.expr(expr),
            Expr::Value(value) => must_not_load(&value.value),
            Expr::Wildcard(_) | Expr::QualifiedWildcard(_, _) => Ok(()),
            Expr::Prefixed { prefix: _, value } => self.expr(value),
            Expr::TypedString(TypedString { data_type, value: _, uses_odbc_syntax }) => {
                if *uses_odbc_syntax {
                    return Err(clause("the form {…}", None));
                }
                self.data_type(data_type)
            }
            Expr::Function(function) => self.function(function),
            Expr::Case { case_token: _, end_token: _, operand, conditions, else_result } => {
                self.exprs(operand.as_deref())?;
                for CaseWhen { condition, result } in conditions {
                    self.expr(condition)?;
                    self.expr(result)?;
                }
                self.exprs(else_result.as_deref())
            }
            Expr::Exists { subquery, negated: _ } | Expr::Subquery(subquery) => self.query(subquery),
            Expr::GroupingSets(sets) | Expr::Cube(sets) | Expr::Rollup(sets) => {
                sets.iter().try_for_each(|set| self.exprs(set))
            }
            Expr::Tuple(exprs) => self.exprs(exprs),
            Expr::Struct { values, fields } => {
                self.fields(fields)?;
                self.exprs(values)
            }
            Expr::Named { expr, name: _ } => self.expr(expr),
            Expr::Array(Array { elem, named: _ }) => self.exprs(elem),
            Expr::Interval(interval) => {
                let Interval {
                    value,
                    leading_field: _,
                    leading_precision: _,
                    last_field: _,
                    fractional_seconds_precision: _,
                } = interval;
                self.expr(value)
            }
            Expr::MatchAgainst { columns: _, match_value: _, opt_search_modifier: _ } => Ok(()),
            Expr::Lambda(LambdaFunction { params, body, syntax: _ }) => {
                match params {
                    OneOrManyWithParens::One(_) | OneOrManyWithParens::Many(_) => {}
                }
                self.expr(body)
            }
            Expr::MemberOf(MemberOf { value, array }) => {
                self.expr(value)?;
                self.expr(array)
            }
            Expr::Dictionary(_) | Expr::Map(_) | Expr::OuterJoin(_) | Expr::Prior(_) => {
                Err(clause("this expression of another database", None))
            }
        }
    }

    /// Walks a chain of operators along its left edge without recursing, since it may be thousands long.
    fn binary(&mut self, left: &Expr, operator: &BinaryOperator, right: &Expr) -> Walk {
        self.operator(operator, right)?;
        self.expr(right)?;
        let mut left = left;
        while let Expr::BinaryOp { left: next, op, right } = left {
            self.operator(op, right)?;
            self.expr(right)?;
            left = next;
        }
        self.expr(left)
    }

    fn access(&mut self, access: &AccessExpr) -> Walk {
        match access {
            AccessExpr::Dot(Expr::Identifier(ident)) => self.column(std::slice::from_ref(ident)),
            AccessExpr::Dot(Expr::Value(_)) => Ok(()),
            AccessExpr::Dot(_) => Err(clause("a function called on a value", None)),
            AccessExpr::Subscript(Subscript::Index { index }) => self.expr(index),
            AccessExpr::Subscript(Subscript::Slice { lower_bound, upper_bound, stride }) => {
                self.exprs(lower_bound)?;
                self.exprs(upper_bound)?;
                self.exprs(stride)
            }
        }
    }

    fn column(&mut self, idents: &[Ident]) -> Walk {
        let Some(last) = idents.last() else { return Ok(()) };
        let name = last.value.to_lowercase();
        if idents.len() > 1 && matches!(name.as_str(), "nextval" | "currval") {
            return Err(Refusal::new(Reason::Function, "sequences may not be used: leave it out")
                .at_location(last.span.start));
        }
        match self.dialect() {
            Dialect::Bigquery if name == "_table_suffix" => self.names_table_suffix = true,
            // PostgreSQL calls a function of a row by `row.function`.
            Dialect::Postgresql
                if ["pg_", "lo_", "dblink", "query_to_"].iter().any(|start| name.starts_with(start)) =>
            {
                return Err(Refusal::new(
                    Reason::Function,
                    format!(
                        "`{}` may not be used: PostgreSQL may read it as a call of its own function",
                        last.value
                    ),
                )
                .at_location(last.span.start));
            }
            Dialect::Sqlite | Dialect::Postgresql | Dialect::Mysql | Dialect::Trino | Dialect::Bigquery => {}
        }
        Ok(())
    }
}

/// Refuses XML that names other files.
fn must_not_load(value: &Value) -> Walk {
    let text = match value {
        Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) => text,
        _ => return Ok(()),
    };
    if text.contains("<!ENTITY") || (text.contains("<!DOCTYPE") && text.contains(" SYSTEM ")) {
        return Err(Refusal::new(Reason::Text, "XML may not name entities or files: leave them out"));
    }
    Ok(())
}

/// Every unary operator computes; the match makes a new one stop the build.
fn unary(operator: &UnaryOperator) {
    match operator {
        UnaryOperator::AtDashAt
        | UnaryOperator::BangNot
        | UnaryOperator::BitwiseNot
        | UnaryOperator::DoubleAt
        | UnaryOperator::Hash
        | UnaryOperator::Plus
        | UnaryOperator::Minus
        | UnaryOperator::Not
        | UnaryOperator::PGAbs
        | UnaryOperator::PGCubeRoot
        | UnaryOperator::PGPostfixFactorial
        | UnaryOperator::PGPrefixFactorial
        | UnaryOperator::PGSquareRoot
        | UnaryOperator::QuestionDash
        | UnaryOperator::QuestionPipe => {}
    }
}
