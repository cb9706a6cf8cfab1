use sqlparser::ast::{
    Cte, Distinct, Expr, GroupByExpr, GroupByWithModifier, Ident, NamedWindowDefinition, NamedWindowExpr,
    OrderBy, OrderByExpr, OrderByKind, Query, Select, SelectItem, SelectItemQualifiedWildcardKind, SetExpr,
    SetQuantifier, Statement, WildcardAdditionalOptions, With,
};

use super::{
    finding::Findings,
    known::KnownTables,
    scope::{Aliases, Columns, Scope, stored},
};
use crate::{Dialect, names};

/// Reads a statement scope by scope. What it does not understand, it takes for right.
pub(super) struct Reader<'k> {
    pub(super) known: &'k KnownTables,
    /// The names that the `WITH` clauses around this place define.
    pub(super) ctes: Vec<Vec<(String, Columns)>>,
    pub(super) scopes: Vec<Scope>,
    pub(super) clause: Clause,
    /// Aggregates around this place.
    pub(super) aggregates: usize,
    pub(super) findings: Findings,
}

/// The clauses in which an aggregate is misplaced, for advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clause {
    Where,
    GroupBy,
    Other,
}

/// What a query gives: the columns, and what a closing `ORDER BY` may call them.
struct Output {
    columns: Columns,
    sortable: Columns,
}

impl<'k> Reader<'k> {
    pub(super) fn new(known: &'k KnownTables) -> Self {
        Reader {
            known,
            ctes: Vec::new(),
            scopes: Vec::new(),
            clause: Clause::Other,
            aggregates: 0,
            findings: Findings::default(),
        }
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.known.dialect
    }

    pub(super) fn statement(mut self, statement: &Statement) -> Findings {
        match statement {
            Statement::Query(query) => drop(self.query(query)),
            Statement::Explain { statement, .. } => return self.statement(statement),
            _ => {}
        }
        self.findings.unknown.sort_by_key(|name| name.position.map(|at| (at.line, at.column)));
        self.findings
    }

    pub(super) fn query(&mut self, query: &Query) -> Columns {
        let clause = std::mem::replace(&mut self.clause, Clause::Other);
        let aggregates = std::mem::take(&mut self.aggregates);
        self.ctes.push(Vec::new());
        if let Some(with) = &query.with {
            self.with(with);
        }
        let output = self.body(&query.body, query.order_by.as_ref());
        self.ctes.pop();
        (self.clause, self.aggregates) = (clause, aggregates);
        // What the pipes make of it, nobody follows here.
        if query.pipe_operators.is_empty() { output.columns } else { Columns::Open }
    }

    fn with(&mut self, with: &With) {
        // SQLite lets a CTE refer to itself, and to later ones, without the word.
        let recursive = with.recursive || self.dialect() == Dialect::Sqlite;
        if recursive {
            for cte in &with.cte_tables {
                self.define(&cte.alias.name, Columns::Open);
            }
        }
        for Cte { alias, query, .. } in &with.cte_tables {
            let list: Vec<&Ident> = alias.columns.iter().map(|column| &column.name).collect();
            if recursive {
                let first = self.anchor(query);
                self.define(&alias.name, first.renamed(self.dialect(), &list));
            }
            let columns = self.query(query).renamed(self.dialect(), &list);
            self.define(&alias.name, columns);
        }
    }

    /// The columns of the part that does not recurse. Inner `WITH` clauses stay open, so that nothing is read
    /// more than twice.
    fn anchor(&mut self, query: &Query) -> Columns {
        match query.body.as_ref() {
            SetExpr::SetOperation { left, .. } if self.ctes.len() == 1 && query.with.is_none() => {
                self.body(left, None).columns
            }
            _ => Columns::Open,
        }
    }

    fn define(&mut self, name: &Ident, columns: Columns) {
        let name = names::fold_alias(self.dialect(), name);
        let Some(frame) = self.ctes.last_mut() else { return };
        frame.retain(|(known, _)| *known != name);
        frame.push((name, columns));
    }

    fn body(&mut self, body: &SetExpr, order_by: Option<&OrderBy>) -> Output {
        match body {
            SetExpr::Select(select) => {
                let columns = self.select(select, order_by);
                Output { sortable: columns.clone(), columns }
            }
            SetExpr::Query(query) => {
                let columns = self.query(query);
                // PostgreSQL sorts such a query by the columns inside it too.
                Output { columns, sortable: Columns::Open }
            }
            SetExpr::SetOperation { left, right, set_quantifier, .. } => {
                let left = self.body(left, None);
                let right = self.body(right, None);
                let by_name = matches!(
                    set_quantifier,
                    SetQuantifier::ByName | SetQuantifier::AllByName | SetQuantifier::DistinctByName
                );
                let sortable = left.sortable.joined(right.sortable);
                if let Some(OrderBy { kind: OrderByKind::Expressions(exprs), .. }) = order_by {
                    self.sorted_set(&sortable, exprs);
                }
                Output { columns: if by_name { Columns::Open } else { left.columns }, sortable }
            }
            SetExpr::Values(values) => {
                values.rows.iter().for_each(|row| self.exprs(&row.content));
                let width = values.rows.first().map_or(0, |row| row.content.len());
                // PostgreSQL and SQLite count from 1, MySQL from 0.
                let made = (0..=width)
                    .flat_map(|place| [format!("column{place}"), format!("column_{place}")])
                    .collect();
                let columns = Columns::known(made);
                Output { sortable: columns.clone(), columns: widened(columns, width) }
            }
            _ => Output { columns: Columns::Open, sortable: Columns::Open },
        }
    }

    /// A set can be sorted by the names of its result alone.
    fn sorted_set(&mut self, sortable: &Columns, exprs: &[OrderByExpr]) {
        for OrderByExpr { expr, .. } in exprs {
            if let Expr::Identifier(ident) = expr
                && !sortable.may_have(self.dialect(), ident)
            {
                let (output, aliases) = (Some(sortable.clone()), Aliases::Visible);
                self.scopes.push(Scope { output, aliases, ..Scope::default() });
                self.column(ident);
                self.scopes.pop();
            }
        }
    }

    fn select(&mut self, select: &Select, order_by: Option<&OrderBy>) -> Columns {
        self.scopes.push(Scope::default());
        let dialect = self.dialect();
        let conditions = self.from(&select.from);
        let output = self.output(&select.projection);
        if let Some(scope) = self.scopes.last_mut() {
            scope.output = Some(output.clone());
        }
        let when = |visible| if visible { Aliases::Visible } else { Aliases::Hidden };
        let sqlite = dialect == Dialect::Sqlite;

        self.aliases(when(sqlite));
        conditions.iter().for_each(|condition| self.expr(condition));
        self.inside(Clause::Where, select.selection.as_ref());

        self.aliases(if dialect == Dialect::Mysql { Aliases::Nested } else { Aliases::Hidden });
        self.items(&select.projection);
        self.grouping(select, &conditions);

        self.aliases(when(dialect != Dialect::Trino));
        self.group_by(&select.group_by);
        self.aliases(when(matches!(dialect, Dialect::Sqlite | Dialect::Mysql | Dialect::Bigquery)));
        self.exprs(&select.having);

        self.aliases(Aliases::Visible);
        if let Some(Distinct::On(exprs)) = &select.distinct {
            self.exprs(exprs);
        }
        for NamedWindowDefinition(_, window) in &select.named_window {
            if let NamedWindowExpr::WindowSpec(window) = window {
                self.window(window);
            }
        }
        self.exprs(&select.qualify);
        if let Some(OrderBy { kind: OrderByKind::Expressions(exprs), .. }) = order_by {
            self.sorted(exprs);
            self.ordered_by_text(exprs);
        }
        self.scopes.pop();
        output
    }

    fn inside(&mut self, clause: Clause, expr: Option<&Expr>) {
        let before = std::mem::replace(&mut self.clause, clause);
        self.exprs(expr);
        self.clause = before;
    }

    fn aliases(&mut self, aliases: Aliases) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.aliases = aliases;
        }
    }

    fn group_by(&mut self, group_by: &GroupByExpr) {
        let before = std::mem::replace(&mut self.clause, Clause::GroupBy);
        let (exprs, modifiers) = match group_by {
            GroupByExpr::All(modifiers) => (&[][..], modifiers),
            GroupByExpr::Expressions(exprs, modifiers) => (exprs.as_slice(), modifiers),
        };
        self.exprs(exprs);
        self.sorted_by_text("GROUP BY", exprs);
        for modifier in modifiers {
            if let GroupByWithModifier::GroupingSets(expr) = modifier {
                self.expr(expr);
            }
        }
        self.clause = before;
    }

    pub(super) fn sorted(&mut self, exprs: &[OrderByExpr]) {
        exprs.iter().for_each(|sorted| self.expr(&sorted.expr));
    }

    fn items(&mut self, items: &[SelectItem]) {
        for item in items {
            match item {
                SelectItem::UnnamedExpr(expr)
                | SelectItem::ExprWithAlias { expr, .. }
                | SelectItem::ExprWithAliases { expr, .. } => {
                    self.quoted_column(expr);
                    self.expr(expr);
                }
                SelectItem::QualifiedWildcard(kind, options) => {
                    if let SelectItemQualifiedWildcardKind::ObjectName(name) = kind {
                        self.whole(name);
                    }
                    self.replaced(options);
                }
                SelectItem::Wildcard(options) => self.replaced(options),
            }
        }
    }

    fn replaced(&mut self, options: &WildcardAdditionalOptions) {
        for item in options.opt_replace.iter().flat_map(|replace| &replace.items) {
            self.expr(&item.expr);
        }
    }

    /// The columns a list of expressions gives.
    fn output(&self, items: &[SelectItem]) -> Columns {
        let dialect = self.dialect();
        let mut all = Columns::known(Vec::new());
        for item in items {
            let columns = match item {
                SelectItem::ExprWithAlias { alias, .. } => Columns::known(vec![stored(dialect, alias)]),
                SelectItem::ExprWithAliases { aliases, .. } => {
                    Columns::known(aliases.iter().map(|alias| stored(dialect, alias)).collect())
                }
                SelectItem::UnnamedExpr(expr) => unnamed(dialect, expr),
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), options)
                    if is_plain(options) =>
                {
                    let idents = names::idents(name).unwrap_or_default();
                    self.all_of(&idents)
                }
                SelectItem::Wildcard(options) if is_plain(options) => {
                    let scope = self.scopes.last();
                    let relations = scope.into_iter().flat_map(|scope| &scope.relations);
                    relations.fold(Columns::known(Vec::new()), |columns, relation| {
                        columns.joined(relation.columns.clone())
                    })
                }
                SelectItem::QualifiedWildcard(..) | SelectItem::Wildcard(_) => Columns::Open,
            };
            all = all.joined(columns);
        }
        all
    }

    /// The columns of `name.*`.
    fn all_of(&self, idents: &[&Ident]) -> Columns {
        let [ident] = idents else { return Columns::Open };
        let relations = self.scopes.last().into_iter().flat_map(|scope| &scope.relations);
        let mut named = relations.filter(|relation| relation.is_named(self.dialect(), ident));
        named.next().map_or(Columns::Open, |relation| relation.columns.clone())
    }
}

/// The name that an expression without an alias goes by, and whether the engine may have made up another.
fn unnamed(dialect: Dialect, expr: &Expr) -> Columns {
    let made_up = |names| Columns::Known { names, unnamed: true };
    match expr {
        Expr::Identifier(ident) => Columns::known(vec![stored(dialect, ident)]),
        Expr::CompoundIdentifier(idents) => {
            Columns::known(idents.last().map(|ident| stored(dialect, ident)).into_iter().collect())
        }
        Expr::Function(function) if dialect == Dialect::Postgresql => {
            match names::idents(&function.name).and_then(|idents| idents.last().copied()) {
                Some(name) => Columns::known(vec![stored(dialect, name)]),
                None => Columns::Open,
            }
        }
        Expr::Value(value) if dialect == Dialect::Mysql => {
            made_up(value.value.clone().into_string().into_iter().collect())
        }
        Expr::Nested(expr) | Expr::Cast { expr, .. } | Expr::Collate { expr, .. } => {
            made_up(unnamed(dialect, expr).names().to_vec())
        }
        _ => made_up(Vec::new()),
    }
}

/// Whether a wildcard stands for all columns under their own names.
fn is_plain(options: &WildcardAdditionalOptions) -> bool {
    options.opt_rename.is_none() && options.opt_ilike.is_none() && options.opt_alias.is_none()
}

/// So many names that an alias's list can take the place of the first.
fn widened(columns: Columns, width: usize) -> Columns {
    match columns {
        Columns::Known { names, unnamed } => {
            let mut all: Vec<String> = (0..width).map(|place| format!("column{}", place + 1)).collect();
            all.extend(names);
            Columns::Known { names: all, unnamed }
        }
        Columns::Open => Columns::Open,
    }
}
