use sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArgumentList,
    FunctionArguments, HavingBound, Ident, ListAggOnOverflow, ObjectName,
};

use super::{Walk, Walker, clause, place, sizes};
use crate::{Dialect, Reason, Refusal, names};

impl Walker<'_> {
    pub(super) fn function(&mut self, function: &Function) -> Walk {
        let Function {
            name,
            uses_odbc_syntax,
            parameters,
            args,
            within_group,
            filter,
            null_treatment: _,
            over,
        } = function;
        if *uses_odbc_syntax {
            return Err(clause("the form {fn …}", place(name)));
        }
        match parameters {
            FunctionArguments::None => {}
            FunctionArguments::Subquery(_) | FunctionArguments::List(_) => {
                return Err(clause("parameters before the arguments", place(name)));
            }
        }
        let called = self.callable(name, |walker, lower| walker.catalogue.has(lower))?;
        match args {
            FunctionArguments::None => {}
            FunctionArguments::Subquery(query) => self.query(query)?,
            FunctionArguments::List(FunctionArgumentList { duplicate_treatment: _, args, clauses }) => {
                self.sized(&called, args, place(name))?;
                clauses.iter().try_for_each(|clause| self.argument_clause(clause))?;
            }
        }
        self.order_exprs(within_group)?;
        self.exprs(filter.as_deref())?;
        match over {
            Some(window) => self.window_type(window),
            None => Ok(()),
        }
    }

    /// A function in `FROM`.
    pub(super) fn table_function(&mut self, name: &ObjectName, args: &[FunctionArg]) -> Walk {
        let called = self.callable(name, |walker, lower| walker.catalogue.has_table(lower))?;
        self.sized(&called, args, place(name))
    }

    /// `TABLE(f(…))`.
    pub(super) fn table_expression(&mut self, expr: &Expr) -> Walk {
        let refused = || Err(clause("TABLE(…) of anything but a harmless table function", place(expr)));
        if self.dialect() == Dialect::Postgresql || self.dialect() == Dialect::Sqlite {
            return refused();
        }
        match expr {
            Expr::Function(Function {
                name,
                uses_odbc_syntax: false,
                parameters: FunctionArguments::None,
                args:
                    FunctionArguments::List(FunctionArgumentList { duplicate_treatment: None, args, clauses }),
                within_group,
                filter: None,
                null_treatment: None,
                over: None,
            }) if clauses.is_empty() && within_group.is_empty() => self.table_function(name, args),
            _ => refused(),
        }
    }

    /// The function's lower-case name if it may be called, its place noted.
    fn callable(&mut self, name: &ObjectName, listed: fn(&Self, &str) -> bool) -> Result<String, Refusal> {
        let Some(idents) = names::idents(name) else {
            return Err(clause("a computed function name", place(name)));
        };
        let [.., last] = idents.as_slice() else { return Err(clause("a nameless function", None)) };
        let lower = names::lower(&idents);
        let spelled = idents.iter().all(|ident| is_spelled_plainly(ident));
        let plain = self.without_schema(&idents);
        let known = plain.as_deref().is_some_and(|plain| listed(self, plain));
        if spelled && (known || self.guard.lists_function(&lower)) {
            self.explain(last);
            return Ok(plain.unwrap_or(lower));
        }
        Err(Refusal::new(
            Reason::Function,
            format!(
                "the function `{lower}` may not be used here: it is not on the list of {} functions that only compute{}",
                self.dialect().title(),
                names::instead(self.dialect(), &lower)
            ),
        )
        .mistaken(names::is_mistaken(self.dialect(), &lower))
        .at_location(last.span.start))
    }

    /// The name to look up, if what stands before it is the engine's own.
    fn without_schema(&self, idents: &[&Ident]) -> Option<String> {
        let exact = |ident: &Ident| match (self.dialect(), ident.quote_style) {
            // A quoted name keeps its case, and all built-in ones are in lower case.
            (Dialect::Postgresql, Some(_)) => ident.value.clone(),
            _ => ident.value.to_lowercase(),
        };
        match idents {
            [name] => Some(exact(name)),
            [schema, name] if self.dialect() == Dialect::Postgresql && exact(schema) == "pg_catalog" => {
                Some(exact(name))
            }
            [family, name] if self.dialect() == Dialect::Bigquery => match exact(family).as_str() {
                "safe" => Some(exact(name)),
                family => Some(format!("{family}.{}", exact(name))),
            },
            [safe, family, name] if self.dialect() == Dialect::Bigquery && exact(safe) == "safe" => {
                Some(format!("{}.{}", exact(family), exact(name)))
            }
            _ => None,
        }
    }

    fn sized(
        &mut self,
        called: &str,
        args: &[FunctionArg],
        place: Option<sqlparser::tokenizer::Location>,
    ) -> Walk {
        self.must_be_small(called, args).map_err(|refusal| match place {
            Some(place) => refusal.at_location(place),
            None => refusal,
        })?;
        let sized = sizes::makes_long_values(called);
        self.inside_sized += usize::from(sized);
        args.iter().try_for_each(|arg| self.argument(arg))?;
        self.inside_sized -= usize::from(sized);
        Ok(())
    }

    fn argument(&mut self, arg: &FunctionArg) -> Walk {
        let arg = match arg {
            FunctionArg::Named { name: _, arg, operator: _ } => arg,
            FunctionArg::ExprNamed { name, arg, operator: _ } => {
                self.expr(name)?;
                arg
            }
            FunctionArg::Unnamed(arg) => arg,
        };
        match arg {
            FunctionArgExpr::Expr(expr) => self.expr(expr),
            FunctionArgExpr::QualifiedWildcard(_) | FunctionArgExpr::Wildcard => Ok(()),
            FunctionArgExpr::WildcardWithOptions(options) => self.wildcard(options),
        }
    }

    fn argument_clause(&mut self, clause: &FunctionArgumentClause) -> Walk {
        match clause {
            FunctionArgumentClause::IgnoreOrRespectNulls(_)
            | FunctionArgumentClause::Separator(_)
            | FunctionArgumentClause::JsonNullClause(_) => Ok(()),
            FunctionArgumentClause::Where(expr)
            | FunctionArgumentClause::Limit(expr)
            | FunctionArgumentClause::Having(HavingBound(_, expr)) => self.expr(expr),
            FunctionArgumentClause::OrderBy(exprs) => self.order_exprs(exprs),
            FunctionArgumentClause::OnOverflow(ListAggOnOverflow::Error) => Ok(()),
            FunctionArgumentClause::OnOverflow(ListAggOnOverflow::Truncate { filler, with_count: _ }) => {
                self.exprs(filler.as_deref())
            }
            FunctionArgumentClause::JsonReturningClause(returning) => self.data_type(&returning.data_type),
        }
    }
}

fn is_spelled_plainly(ident: &Ident) -> bool {
    !ident.value.is_empty() && ident.value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$')
}
