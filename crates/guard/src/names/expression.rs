use sqlparser::ast::{
    AccessExpr, BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause,
    FunctionArguments, HavingBound, Ident, ObjectName, OneOrManyWithParens, Subscript, WindowFrameBound,
    WindowSpec, WindowType,
};

use super::{
    reader::{Clause, Reader},
    scope::{Aliases, Columns, Relation, Scope, stored},
    words,
};
use crate::{Dialect, names};

impl Reader<'_> {
    pub(super) fn exprs<'a>(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) {
        exprs.into_iter().for_each(|expr| self.expr(expr));
    }

    /// Reads the expressions inside; of a kind not named here, nothing.
    pub(super) fn expr(&mut self, expr: &Expr) {
        self.form(expr);
        match expr {
            Expr::Identifier(ident) => self.column(ident),
            Expr::CompoundIdentifier(idents) => self.qualified(idents),
            Expr::CompoundFieldAccess { root, access_chain } => {
                self.expr(root);
                for access in access_chain {
                    if let AccessExpr::Subscript(Subscript::Index { index }) = access {
                        self.expr(index);
                    }
                }
            }
            Expr::JsonAccess { value: expr, .. }
            | Expr::IsFalse(expr)
            | Expr::IsNotFalse(expr)
            | Expr::IsTrue(expr)
            | Expr::IsNotTrue(expr)
            | Expr::IsNull(expr)
            | Expr::IsNotNull(expr)
            | Expr::IsUnknown(expr)
            | Expr::IsNotUnknown(expr)
            | Expr::IsJson { expr, .. }
            | Expr::IsNormalized { expr, .. }
            | Expr::Nested(expr)
            | Expr::UnaryOp { expr, .. }
            | Expr::Convert { expr, .. }
            | Expr::Cast { expr, .. }
            | Expr::Extract { expr, .. }
            | Expr::Ceil { expr, .. }
            | Expr::Floor { expr, .. }
            | Expr::Collate { expr, .. }
            | Expr::Prefixed { value: expr, .. }
            | Expr::Named { expr, .. } => self.expr(expr),
            Expr::IsDistinctFrom(left, right) | Expr::IsNotDistinctFrom(left, right) => {
                self.exprs([left.as_ref(), right]);
            }
            Expr::InList { expr, list, .. } => {
                self.expr(expr);
                self.exprs(list);
            }
            Expr::InSubquery { expr, subquery, .. } => {
                self.expr(expr);
                self.query(subquery);
            }
            Expr::InUnnest { expr, array_expr, .. } => self.exprs([expr.as_ref(), array_expr]),
            Expr::Between { expr, low, high, .. } => self.exprs([expr.as_ref(), low, high]),
            Expr::BinaryOp { left, op, right } => self.binary(left, op, right),
            Expr::Like { expr, pattern, .. }
            | Expr::ILike { expr, pattern, .. }
            | Expr::SimilarTo { expr, pattern, .. }
            | Expr::RLike { expr, pattern, .. } => self.exprs([expr.as_ref(), pattern]),
            Expr::AnyOp { left, right, .. } | Expr::AllOp { left, right, .. } => {
                self.exprs([left.as_ref(), right]);
            }
            Expr::AtTimeZone { timestamp, time_zone } => self.exprs([timestamp.as_ref(), time_zone]),
            Expr::Position { expr, r#in } => self.exprs([expr.as_ref(), r#in]),
            Expr::Substring { expr, substring_from, substring_for, .. } => {
                self.expr(expr);
                self.exprs(substring_from.as_deref().into_iter().chain(substring_for.as_deref()));
            }
            Expr::Trim { trim_what, expr, trim_characters, .. } => {
                self.exprs(trim_what.as_deref());
                self.exprs(trim_characters.iter().flatten());
                self.expr(expr);
            }
            Expr::Overlay { expr, overlay_what, overlay_from, overlay_for } => {
                self.exprs([expr.as_ref(), overlay_what, overlay_from]);
                self.exprs(overlay_for.as_deref());
            }
            Expr::Function(function) => self.function(function),
            Expr::Case { operand, conditions, else_result, .. } => {
                self.exprs(operand.as_deref());
                for when in conditions {
                    self.exprs([&when.condition, &when.result]);
                }
                self.exprs(else_result.as_deref());
            }
            Expr::Exists { subquery, .. } | Expr::Subquery(subquery) => drop(self.query(subquery)),
            Expr::GroupingSets(sets) | Expr::Cube(sets) | Expr::Rollup(sets) => {
                sets.iter().for_each(|set| self.exprs(set));
            }
            Expr::Tuple(exprs) | Expr::Struct { values: exprs, .. } => self.exprs(exprs),
            Expr::Array(array) => self.exprs(&array.elem),
            Expr::Interval(interval) => self.expr(&interval.value),
            Expr::MatchAgainst { columns, .. } => columns.iter().for_each(|name| self.dotted(name)),
            Expr::Lambda(lambda) => {
                let parameters = match &lambda.params {
                    OneOrManyWithParens::One(one) => std::slice::from_ref(one),
                    OneOrManyWithParens::Many(many) => many.as_slice(),
                };
                let named = parameters.iter().map(|parameter| stored(self.dialect(), &parameter.name));
                let output = Some(Columns::known(named.collect()));
                self.scopes.push(Scope { output, aliases: Aliases::Visible, ..Scope::default() });
                self.expr(&lambda.body);
                self.scopes.pop();
            }
            Expr::MemberOf(member) => self.exprs([member.value.as_ref(), &member.array]),
            _ => {}
        }
    }

    /// Reads a chain of operators along its left edge without recursing, since it may be thousands long.
    fn binary(&mut self, left: &Expr, operator: &BinaryOperator, right: &Expr) {
        self.operation(left, operator, right);
        let mut operands = vec![right];
        let mut left = left;
        while let Expr::BinaryOp { left: next, op, right } = left {
            self.operation(next, op, right);
            operands.push(right);
            left = next;
        }
        // `RANGE<DATE> '[…)'`, a literal of BigQuery that the parser takes for comparisons.
        if matches!(left, Expr::Identifier(ident) if words::is_range(self.dialect(), ident)) {
            return;
        }
        self.expr(left);
        for operand in operands.into_iter().rev() {
            self.expr(operand);
        }
    }

    fn function(&mut self, function: &Function) {
        self.doubtful_call(function);
        let aggregate = function.over.is_none() && self.aggregate(function);
        self.aggregates += usize::from(aggregate);
        match &function.args {
            FunctionArguments::None => {}
            FunctionArguments::Subquery(query) => drop(self.query(query)),
            FunctionArguments::List(list) => {
                list.args.iter().for_each(|arg| self.argument(arg));
                for clause in &list.clauses {
                    match clause {
                        FunctionArgumentClause::Where(expr)
                        | FunctionArgumentClause::Limit(expr)
                        | FunctionArgumentClause::Having(HavingBound(_, expr)) => self.expr(expr),
                        FunctionArgumentClause::OrderBy(exprs) => self.sorted(exprs),
                        _ => {}
                    }
                }
            }
        }
        self.sorted(&function.within_group);
        self.exprs(function.filter.as_deref());
        self.aggregates -= usize::from(aggregate);
        if let Some(WindowType::WindowSpec(window)) = &function.over {
            self.window(window);
        }
    }

    fn argument(&mut self, arg: &FunctionArg) {
        let (FunctionArg::Named { arg, .. } | FunctionArg::ExprNamed { arg, .. } | FunctionArg::Unnamed(arg)) =
            arg;
        match arg {
            FunctionArgExpr::Expr(Expr::Identifier(ident)) if words::is_argument(self.dialect(), ident) => {}
            FunctionArgExpr::Expr(expr) => self.expr(expr),
            _ => {}
        }
    }

    pub(super) fn window(&mut self, window: &WindowSpec) {
        // MySQL looks among the result's names too.
        let scope = self.scopes.last_mut().filter(|scope| scope.aliases == Aliases::Nested);
        if let Some(scope) = scope {
            scope.aliases = Aliases::Visible;
            self.window(window);
            if let Some(scope) = self.scopes.last_mut() {
                scope.aliases = Aliases::Nested;
            }
            return;
        }
        self.exprs(&window.partition_by);
        self.sorted(&window.order_by);
        let Some(frame) = &window.window_frame else { return };
        for bound in std::iter::once(&frame.start_bound).chain(&frame.end_bound) {
            if let WindowFrameBound::Preceding(Some(expr)) | WindowFrameBound::Following(Some(expr)) = bound {
                self.expr(expr);
            }
        }
    }

    fn dotted(&mut self, name: &ObjectName) {
        let idents: Vec<Ident> = names::idents(name).unwrap_or_default().into_iter().cloned().collect();
        match idents.as_slice() {
            [ident] => self.column(ident),
            idents => self.qualified(idents),
        }
    }

    /// A name that stands alone.
    pub(super) fn column(&mut self, ident: &Ident) {
        let dialect = self.dialect();
        for (depth, scope) in self.scopes.iter().rev().enumerate() {
            let having = scope.relations.iter().filter(|one| one.columns.may_have(dialect, ident)).count();
            if self.is_result(scope, depth, ident) {
                return;
            }
            if having > 1 {
                return self.ambiguous(self.scopes.len() - 1 - depth, ident);
            }
            // A row as a whole goes by the name of its table.
            if having > 0 || scope.relations.iter().any(|relation| relation.is_named(dialect, ident)) {
                return;
            }
        }
        if !words::stands_alone(dialect, ident) {
            let relations: Vec<Relation> = self.relations().cloned().collect();
            self.missing_in(&relations, ident);
        }
    }

    /// Whether a name is one of a query's result, where that can be used.
    fn is_result(&self, scope: &Scope, depth: usize, ident: &Ident) -> bool {
        let visible = match scope.aliases {
            Aliases::Visible => true,
            Aliases::Nested => depth > 0,
            Aliases::Hidden => false,
        };
        let Some(output) = scope.output.as_ref().filter(|_| visible) else { return false };
        match (self.dialect(), output) {
            // Only around a subquery do its expressions go by the names SQLite made up for them.
            (Dialect::Sqlite, Columns::Known { .. }) => output.have(Dialect::Sqlite, ident),
            (dialect, output) => output.may_have(dialect, ident),
        }
    }

    /// A name with others before it: a column of a table, or a field of a value.
    pub(super) fn qualified(&mut self, idents: &[Ident]) {
        let [first, second, ..] = idents else { return };
        let dialect = self.dialect();
        let has_fields = matches!(dialect, Dialect::Bigquery | Dialect::Trino);
        let mut meant = None;
        for (depth, scope) in self.scopes.iter().rev().enumerate() {
            if has_fields && self.is_result(scope, depth, first) {
                return;
            }
            for relation in &scope.relations {
                let unnamed = relation.name.is_none() && matches!(relation.columns, Columns::Open);
                if unnamed || (has_fields && relation.columns.may_have(dialect, first)) {
                    return;
                }
                let column = if relation.is_named(dialect, first) {
                    second
                } else if self.is_called(relation, idents) {
                    &idents[idents.len() - 1]
                } else {
                    continue;
                };
                if relation.columns.may_have(dialect, column) || words::stands_alone(dialect, column) {
                    return;
                }
                meant.get_or_insert_with(|| (relation.clone(), column.clone()));
            }
        }
        match meant {
            Some((relation, column)) => self.missing_in(&[relation], &column),
            None => self.no_such_table(idents),
        }
    }

    /// Whether a longer name, `schema.table.column`, names a column of this relation.
    fn is_called(&self, relation: &Relation, idents: &[Ident]) -> bool {
        let [qualifier @ .., _] = idents else { return false };
        let [_, .., last] = qualifier else { return false };
        match relation.table.filter(|_| !relation.aliased) {
            Some(table) => self.known.is_called(table, qualifier),
            // Of a table that nobody described, the schema is not known either; SQLite lets it stand before aliases.
            None => {
                let open = matches!(relation.columns, Columns::Open) || self.dialect() == Dialect::Sqlite;
                open && relation.is_named(self.dialect(), last)
            }
        }
    }

    /// `name.*`.
    pub(super) fn whole(&mut self, name: &ObjectName) {
        let Some(idents) = names::idents(name) else { return };
        let &[ident] = idents.as_slice() else { return };
        let dialect = self.dialect();
        let found = self.relations().any(|relation| {
            let open = relation.name.is_none() && matches!(relation.columns, Columns::Open);
            open || relation.is_named(dialect, ident) || relation.columns.may_have(dialect, ident)
        });
        if !found {
            self.no_such_table(&[ident.clone(), Ident::new("*")]);
        }
    }

    /// Notes an aggregate where none may stand.
    fn aggregate(&mut self, function: &Function) -> bool {
        let Some(&[name]) = names::idents(&function.name).as_deref() else { return false };
        let name = name.value.to_lowercase();
        if !is_aggregate(&name, &function.args) {
            return false;
        }
        let advice = match self.clause {
            Clause::Where => {
                "an aggregate may not stand in WHERE: put the condition into HAVING, after GROUP BY"
            }
            Clause::GroupBy => "an aggregate may not stand in GROUP BY: group by the column itself",
            Clause::Other if self.aggregates > 0 => {
                "an aggregate may not stand inside another: compute the inner one in a subquery with its own \
                 GROUP BY"
            }
            Clause::Other => return true,
        };
        self.advise(format!("{}(…): {advice}", name.to_uppercase()));
        true
    }
}

fn is_aggregate(name: &str, args: &FunctionArguments) -> bool {
    let one = matches!(args, FunctionArguments::List(list) if list.args.len() == 1);
    match name {
        "count" | "sum" | "avg" | "total" | "group_concat" | "string_agg" | "array_agg" => true,
        // With two arguments they compare values of one row in SQLite.
        "min" | "max" => one,
        _ => false,
    }
}
