use sqlparser::ast::{
    Distinct, ExcludeSelectItem, GroupByExpr, GroupByWithModifier, NamedWindowDefinition, NamedWindowExpr,
    Select, SelectItem, SelectItemQualifiedWildcardKind, SelectModifiers, WildcardAdditionalOptions,
    WindowFrame, WindowFrameBound, WindowSpec, WindowType,
};

use super::{Walk, Walker, clause, sizes::names_a_column};
use crate::{Reason, Refusal};

impl Walker<'_> {
    pub(super) fn select(&mut self, select: &Select) -> Walk {
        let Select {
            select_token: _,
            // The lexer examined hints and passes none on.
            optimizer_hints: _,
            distinct,
            select_modifiers,
            top,
            top_before_distinct: _,
            projection,
            exclude,
            into,
            from,
            lateral_views,
            prewhere,
            selection,
            connect_by,
            group_by,
            cluster_by,
            distribute_by,
            sort_by,
            having,
            named_window,
            qualify,
            window_before_qualify: _,
            value_table_mode: _,
            flavor: _,
        } = select;
        if into.is_some() {
            return Err(Refusal::new(Reason::Clause, "INTO would write the result somewhere: leave it out"));
        }
        if top.is_some() {
            let message = "TOP may not be used in a query: write LIMIT at its end";
            return Err(Refusal::new(Reason::Clause, message).mistaken(true));
        }
        let foreign = [
            ("EXCLUDE after the columns", exclude.is_some()),
            ("LATERAL VIEW", !lateral_views.is_empty()),
            ("PREWHERE", prewhere.is_some()),
            ("CONNECT BY", !connect_by.is_empty()),
            ("CLUSTER BY", !cluster_by.is_empty()),
            ("DISTRIBUTE BY", !distribute_by.is_empty()),
            ("SORT BY", !sort_by.is_empty()),
        ];
        if let Some((what, _)) = foreign.iter().find(|(_, present)| *present) {
            return Err(clause(what, None).mistaken(true));
        }
        if let Some(SelectModifiers {
            high_priority: _,
            straight_join: _,
            sql_small_result: _,
            sql_big_result: _,
            sql_buffer_result: _,
            sql_no_cache: _,
            sql_calc_found_rows: _,
        }) = select_modifiers
        {}
        self.must_join_on_something(select)?;
        let some_columns = !projection.iter().any(|item| matches!(item, SelectItem::Wildcard(_)));
        let some_rows = selection.as_ref().is_some_and(names_a_column);
        let filtered = std::mem::replace(&mut self.filtered, some_columns && some_rows);
        for table in from {
            self.table_with_joins(table)?;
        }
        self.filtered = filtered;
        match distinct {
            None | Some(Distinct::All | Distinct::Distinct) => {}
            Some(Distinct::On(exprs)) => self.exprs(exprs)?,
        }
        self.select_items(projection)?;
        self.exprs(selection)?;
        self.group_by(group_by)?;
        self.exprs(having)?;
        for NamedWindowDefinition(name, window) in named_window {
            self.explain(name);
            match window {
                NamedWindowExpr::NamedWindow(_) => {}
                NamedWindowExpr::WindowSpec(window) => self.window(window)?,
            }
        }
        self.exprs(qualify)
    }

    pub(super) fn select_items(&mut self, items: &[SelectItem]) -> Walk {
        for item in items {
            match item {
                SelectItem::UnnamedExpr(expr)
                | SelectItem::ExprWithAlias { expr, alias: _ }
                | SelectItem::ExprWithAliases { expr, aliases: _ } => self.expr(expr)?,
                SelectItem::QualifiedWildcard(kind, options) => {
                    match kind {
                        SelectItemQualifiedWildcardKind::ObjectName(_) => {}
                        SelectItemQualifiedWildcardKind::Expr(expr) => self.expr(expr)?,
                    }
                    self.wildcard(options)?;
                }
                SelectItem::Wildcard(options) => self.wildcard(options)?,
            }
        }
        Ok(())
    }

    pub(super) fn wildcard(&mut self, options: &WildcardAdditionalOptions) -> Walk {
        let WildcardAdditionalOptions {
            wildcard_token: _,
            opt_ilike: _,
            opt_exclude,
            opt_except: _,
            opt_replace,
            opt_rename: _,
            opt_alias: _,
        } = options;
        match opt_exclude {
            None | Some(ExcludeSelectItem::Single(_) | ExcludeSelectItem::Multiple(_)) => {}
        }
        match opt_replace {
            Some(replace) => self.exprs(replace.items.iter().map(|item| &item.expr)),
            None => Ok(()),
        }
    }

    fn group_by(&mut self, group_by: &GroupByExpr) -> Walk {
        let modifiers = match group_by {
            GroupByExpr::All(modifiers) => modifiers,
            GroupByExpr::Expressions(exprs, modifiers) => {
                self.exprs(exprs)?;
                modifiers
            }
        };
        for modifier in modifiers {
            match modifier {
                GroupByWithModifier::Rollup | GroupByWithModifier::Cube | GroupByWithModifier::Totals => {}
                GroupByWithModifier::GroupingSets(expr) => self.expr(expr)?,
            }
        }
        Ok(())
    }

    pub(super) fn window_type(&mut self, window: &WindowType) -> Walk {
        match window {
            WindowType::WindowSpec(window) => self.window(window),
            WindowType::NamedWindow(_) => Ok(()),
        }
    }

    fn window(&mut self, window: &WindowSpec) -> Walk {
        let WindowSpec { window_name: _, partition_by, order_by, window_frame } = window;
        self.exprs(partition_by)?;
        self.order_exprs(order_by)?;
        let Some(WindowFrame { units: _, start_bound, end_bound }) = window_frame else { return Ok(()) };
        for bound in std::iter::once(start_bound).chain(end_bound) {
            match bound {
                WindowFrameBound::CurrentRow => {}
                WindowFrameBound::Preceding(expr) | WindowFrameBound::Following(expr) => {
                    self.exprs(expr.as_deref())?;
                }
            }
        }
        Ok(())
    }
}
