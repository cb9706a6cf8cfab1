//! What stands in `FROM`.

use sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, Ident, JoinConstraint, JoinOperator, JsonTableColumn, ObjectName,
    TableAlias, TableFactor, TableWithJoins,
};

use super::{
    reader::Reader,
    scope::{Columns, Relation, Scope, stored},
};
use crate::{Dialect, names};

impl Reader<'_> {
    /// Adds the relations to the innermost scope; gives back what may refer to all of them.
    pub(super) fn from<'a>(&mut self, tables: &'a [TableWithJoins]) -> Vec<&'a Expr> {
        let mut later = Vec::new();
        tables.iter().for_each(|table| self.joined(table, &mut later));
        later
    }

    fn joined<'a>(&mut self, table: &'a TableWithJoins, later: &mut Vec<&'a Expr>) {
        let first = self.count();
        self.factor(&table.relation, later);
        for join in &table.joins {
            let middle = self.count();
            self.factor(&join.relation, later);
            match &join.join_operator {
                JoinOperator::Join(constraint)
                | JoinOperator::Inner(constraint)
                | JoinOperator::Left(constraint)
                | JoinOperator::LeftOuter(constraint)
                | JoinOperator::Right(constraint)
                | JoinOperator::RightOuter(constraint)
                | JoinOperator::FullOuter(constraint)
                | JoinOperator::CrossJoin(constraint)
                | JoinOperator::StraightJoin(constraint) => match constraint {
                    JoinConstraint::On(expr) => later.push(expr),
                    JoinConstraint::Using(columns) => self.using(columns, first, middle),
                    JoinConstraint::Natural => {
                        if let Some(scope) = self.scopes.last_mut() {
                            scope.natural = true;
                        }
                    }
                    JoinConstraint::None => {}
                },
                _ => {}
            }
        }
    }

    /// Columns that both sides must have.
    fn using(&mut self, columns: &[ObjectName], first: usize, middle: usize) {
        let dialect = self.dialect();
        for name in columns {
            let Some(&[ident]) = names::idents(name).as_deref() else { continue };
            let Some(scope) = self.scopes.last_mut() else { continue };
            scope.merged.push(stored(dialect, ident));
            let relations = &scope.relations;
            let lacking = |side: &[Relation]| {
                !side.is_empty() && side.iter().all(|one| !one.columns.may_have(dialect, ident))
            };
            let (left, right) = (relations[first..middle].to_vec(), relations[middle..].to_vec());
            if lacking(&right) {
                self.missing_in_using(&right, &left, ident);
            } else if lacking(&left) {
                self.missing_in_using(&left, &right, ident);
            }
        }
    }

    fn factor<'a>(&mut self, factor: &'a TableFactor, later: &mut Vec<&'a Expr>) {
        match factor {
            TableFactor::Table { name, alias, args, .. } => match args {
                Some(args) => self.table_function(name, &args.args, alias.as_ref(), later),
                None => self.table(name, alias.as_ref()),
            },
            TableFactor::Derived { lateral, subquery, alias, .. } => {
                let columns = self.beside(*lateral, |reader| reader.query(subquery));
                self.add(alias.as_ref(), columns);
            }
            TableFactor::Function { name, args, alias, .. } => {
                self.table_function(name, args, alias.as_ref(), later);
            }
            TableFactor::UNNEST { alias, array_exprs, with_offset_alias, .. } => {
                later.extend(array_exprs);
                self.add(alias.as_ref(), Columns::Open);
                if let Some(offset) = with_offset_alias {
                    let name = stored(self.dialect(), offset);
                    self.push(Relation {
                        name: None,
                        table: None,
                        aliased: true,
                        columns: Columns::known(vec![name]),
                    });
                }
            }
            TableFactor::JsonTable { json_expr, columns, alias, .. } => {
                later.push(json_expr);
                let named: Option<Vec<String>> = columns
                    .iter()
                    .map(|column| match column {
                        JsonTableColumn::Named(column) => Some(stored(self.dialect(), &column.name)),
                        JsonTableColumn::ForOrdinality(name) => Some(stored(self.dialect(), name)),
                        JsonTableColumn::Nested(_) => None,
                    })
                    .collect();
                self.add(alias.as_ref(), named.map_or(Columns::Open, Columns::known));
            }
            TableFactor::NestedJoin { table_with_joins, alias: None } => self.joined(table_with_joins, later),
            TableFactor::NestedJoin { table_with_joins, alias: Some(alias) } => {
                let inside = self.apart(|reader| {
                    let mut conditions = Vec::new();
                    reader.joined(table_with_joins, &mut conditions);
                    conditions.into_iter().for_each(|condition| reader.expr(condition));
                });
                let columns = inside
                    .relations
                    .into_iter()
                    .fold(Columns::known(Vec::new()), |all, relation| all.joined(relation.columns));
                self.add(Some(alias), columns);
            }
            TableFactor::Pivot { table, alias, .. }
            | TableFactor::Unpivot { table, alias, .. }
            | TableFactor::MatchRecognize { table, alias, .. } => {
                self.apart(|reader| reader.factor(table, &mut Vec::new()));
                self.add_unnamed_or(alias.as_ref());
            }
            TableFactor::TableFunction { alias, .. } | TableFactor::XmlTable { alias, .. } => {
                self.add(alias.as_ref(), Columns::Open);
            }
            _ => self.add(None, Columns::Open),
        }
    }

    fn table(&mut self, name: &ObjectName, alias: Option<&TableAlias>) {
        let Some(idents) = names::idents(name) else { return self.add(alias, Columns::Open) };
        let Some(last) = idents.last() else { return };
        let cte = match idents.as_slice() {
            [ident] => self.cte(ident),
            _ => None,
        };
        let dialect = self.dialect();
        // `FROM orders AS o, o.items` of BigQuery: an array of the row.
        let path = dialect == Dialect::Bigquery
            && idents.len() > 1
            && self.relations().any(|relation| relation.is_named(dialect, idents[0]));
        let table = if cte.is_some() || path { None } else { self.known.find(&idents) };
        let columns = match (cte, table) {
            (Some(columns), _) => columns,
            (None, Some(table)) => Columns::known(self.known.tables[table].columns.clone()),
            // MySQL's and MariaDB's table of one row and no column.
            (None, None) if dialect == Dialect::Mysql && last.value.eq_ignore_ascii_case("dual") => {
                Columns::known(Vec::new())
            }
            (None, None) => Columns::Open,
        };
        if alias.is_some() {
            self.add(alias, columns);
            if let Some(relation) = self.scopes.last_mut().and_then(|scope| scope.relations.last_mut()) {
                relation.table = table;
            }
            return;
        }
        let own = last.value.rsplit('.').next().filter(|_| dialect == Dialect::Bigquery);
        let name = own.map_or_else(|| stored(dialect, last), str::to_owned);
        self.push(Relation { name: Some(name), table, aliased: false, columns });
    }

    fn table_function<'a>(
        &mut self,
        name: &ObjectName,
        args: &'a [FunctionArg],
        alias: Option<&TableAlias>,
        later: &mut Vec<&'a Expr>,
    ) {
        for arg in args {
            let (FunctionArg::Named { arg, .. }
            | FunctionArg::ExprNamed { arg, .. }
            | FunctionArg::Unnamed(arg)) = arg;
            if let FunctionArgExpr::Expr(expr) = arg {
                later.push(expr);
            }
        }
        if alias.is_some() {
            return self.add(alias, Columns::Open);
        }
        let own =
            names::idents(name).and_then(|idents| idents.last().map(|last| stored(self.dialect(), last)));
        self.push(Relation { name: own, table: None, aliased: false, columns: Columns::Open });
    }

    fn cte(&self, ident: &Ident) -> Option<Columns> {
        let name = names::fold_alias(self.dialect(), ident);
        let mut frames = self.ctes.iter().rev().flatten();
        frames.find(|(known, _)| *known == name).map(|(_, columns)| columns.clone())
    }

    fn add(&mut self, alias: Option<&TableAlias>, columns: Columns) {
        let dialect = self.dialect();
        let list: Vec<&Ident> =
            alias.into_iter().flat_map(|alias| &alias.columns).map(|column| &column.name).collect();
        let name = alias.map(|alias| stored(dialect, &alias.name));
        self.push(Relation {
            name,
            table: None,
            aliased: alias.is_some(),
            columns: columns.renamed(dialect, &list),
        });
    }

    /// A relation made of others, whose own names may still be used where it has none.
    fn add_unnamed_or(&mut self, alias: Option<&TableAlias>) {
        self.add(alias.filter(|alias| alias.columns.is_empty()), Columns::Open);
    }

    /// Reads a derived table, which sees its neighbours only if it is lateral.
    fn beside<T>(&mut self, lateral: bool, read: impl FnOnce(&mut Self) -> T) -> T {
        if lateral || self.dialect() == Dialect::Bigquery {
            return read(self);
        }
        let hidden = self.scopes.last_mut().map(|scope| std::mem::take(&mut scope.relations));
        let result = read(self);
        if let (Some(scope), Some(hidden)) = (self.scopes.last_mut(), hidden) {
            scope.relations = hidden;
        }
        result
    }

    /// Reads into a scope of its own.
    fn apart(&mut self, read: impl FnOnce(&mut Self)) -> Scope {
        self.scopes.push(Scope::default());
        read(self);
        self.scopes.pop().unwrap_or_default()
    }

    fn push(&mut self, relation: Relation) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.relations.push(relation);
        }
    }

    fn count(&self) -> usize {
        self.scopes.last().map_or(0, |scope| scope.relations.len())
    }

    /// Everything in `FROM` around this place, nearest first.
    pub(super) fn relations(&self) -> impl Iterator<Item = &Relation> {
        self.scopes.iter().rev().flat_map(|scope| &scope.relations)
    }
}
