use sqlparser::ast::{
    Expr, ObjectName, ShowStatementFilter, ShowStatementFilterPosition, ShowStatementIn,
    ShowStatementOptions, Statement, UtilityOption,
};

use super::{Found, Walk, Walker};
use crate::{Dialect, Guard, Reason, Refusal, foreign, names};

/// Options of `EXPLAIN` that show the plan without running the query.
const EXPLAIN_OPTIONS: &[&str] = &[
    "verbose",
    "costs",
    "settings",
    "buffers",
    "timing",
    "summary",
    "format",
    "type",
    "generic_plan",
    "memory",
];

/// Walks a statement; what it refers to, or why it may not run.
pub(crate) fn statement(guard: &Guard, statement: &Statement) -> Result<Found, Refusal> {
    let mut walker = Walker::new(guard);
    walker.statement(statement)?;
    if let Some(place) = walker.wildcard
        && !walker.names_table_suffix
    {
        return Err(Refusal::new(
            Reason::Cost,
            "a wildcard table reads every table of that name: add a filter on _TABLE_SUFFIX",
        )
        .at_location(place));
    }
    Ok(walker.found)
}

impl Walker<'_> {
    fn statement(&mut self, statement: &Statement) -> Walk {
        match statement {
            Statement::Query(query) => {
                self.must_not_copy_a_table(query)?;
                self.query(query)
            }
            Statement::Explain {
                describe_alias: _,
                analyze,
                verbose: _,
                query_plan: _,
                estimate: _,
                statement,
                format: _,
                options,
            } => self.explain_query(*analyze, statement, options.as_deref().unwrap_or_default()),
            Statement::ExplainTable {
                describe_alias: _,
                hive_format: _,
                has_table_keyword: _,
                table_name,
            } if shows_tables(self.dialect()) => self.table(table_name),
            Statement::ShowSchemas { terse: _, history: _, show_options }
            | Statement::ShowCatalogs { terse: _, history: _, show_options }
                if self.dialect() == Dialect::Trino =>
            {
                self.show(show_options, 1)
            }
            Statement::ShowTables {
                terse: _,
                history: _,
                extended: _,
                full: _,
                external: _,
                show_options,
            } if shows_tables(self.dialect()) => self.show(show_options, 2),
            Statement::ShowColumns { extended: _, full: _, show_options } if shows_tables(self.dialect()) => {
                self.show(show_options, 3)
            }
            Statement::ExplainTable { .. }
            | Statement::ShowTables { .. }
            | Statement::ShowColumns { .. }
            | Statement::ShowSchemas { .. }
            | Statement::ShowCatalogs { .. }
            | Statement::ShowFunctions { .. }
            | Statement::ShowVariable { .. }
            | Statement::ShowStatus { .. }
            | Statement::ShowVariables { .. }
            | Statement::ShowCreate { .. }
            | Statement::ShowDatabases { .. }
            | Statement::ShowProcessList { .. }
            | Statement::ShowCharset(_)
            | Statement::ShowObjects(_)
            | Statement::ShowViews { .. }
            | Statement::ShowCollation { .. } => Err(Refusal::new(
                Reason::NotAQuery,
                "SHOW and DESCRIBE of this kind may not run: ask for data with SELECT",
            )),
            Statement::Insert(_)
            | Statement::Update(_)
            | Statement::Delete(_)
            | Statement::Merge(_)
            | Statement::Truncate(_)
            | Statement::Copy { .. }
            | Statement::CopyIntoSnowflake { .. }
            | Statement::LoadData { .. }
            | Statement::Directory { .. }
            | Statement::Unload { .. }
            | Statement::ExportData(_)
            | Statement::Put { .. }
            | Statement::List(_)
            | Statement::Remove(_) => Err(not_a_query("change or move data")),
            Statement::CreateView(_)
            | Statement::CreateTable(_)
            | Statement::CreateVirtualTable { .. }
            | Statement::CreateIndex(_)
            | Statement::CreateRole(_)
            | Statement::CreateSecret { .. }
            | Statement::CreateServer(_)
            | Statement::CreatePolicy(_)
            | Statement::CreateConnector(_)
            | Statement::CreateOperator(_)
            | Statement::CreateOperatorFamily(_)
            | Statement::CreateOperatorClass(_)
            | Statement::CreateTextSearch(_)
            | Statement::CreateSchema { .. }
            | Statement::CreateDatabase { .. }
            | Statement::CreateFunction(_)
            | Statement::CreateTrigger(_)
            | Statement::CreateProcedure { .. }
            | Statement::CreateMacro { .. }
            | Statement::CreateStage { .. }
            | Statement::CreateFileFormat { .. }
            | Statement::CreateWarehouse(_)
            | Statement::CreateSequence { .. }
            | Statement::CreateDomain(_)
            | Statement::CreateType { .. }
            | Statement::CreateExtension(_)
            | Statement::CreateCollation(_)
            | Statement::CreateUser(_)
            | Statement::AlterTable(_)
            | Statement::AlterSchema(_)
            | Statement::AlterIndex { .. }
            | Statement::AlterView { .. }
            | Statement::AlterFunction(_)
            | Statement::AlterType(_)
            | Statement::AlterCollation(_)
            | Statement::AlterOperator(_)
            | Statement::AlterOperatorFamily(_)
            | Statement::AlterOperatorClass(_)
            | Statement::AlterTextSearch(_)
            | Statement::AlterRole { .. }
            | Statement::AlterPolicy(_)
            | Statement::AlterConnector { .. }
            | Statement::AlterUser(_)
            | Statement::Drop { .. }
            | Statement::DropFunction(_)
            | Statement::DropDomain(_)
            | Statement::DropProcedure { .. }
            | Statement::DropSecret { .. }
            | Statement::DropPolicy(_)
            | Statement::DropConnector { .. }
            | Statement::DropExtension(_)
            | Statement::DropOperator(_)
            | Statement::DropOperatorFamily(_)
            | Statement::DropOperatorClass(_)
            | Statement::DropTrigger(_)
            | Statement::RenameTable(_)
            | Statement::Comment { .. } => Err(not_a_query("change the database's structure")),
            Statement::Set(_)
            | Statement::Reset(_)
            | Statement::Use(_)
            | Statement::Discard { .. }
            | Statement::AlterSession { .. }
            | Statement::AttachDatabase { .. }
            | Statement::AttachDuckDBDatabase { .. }
            | Statement::DetachDuckDBDatabase { .. }
            | Statement::Pragma { .. }
            | Statement::Install { .. }
            | Statement::Load { .. } => Err(not_a_query("change the session or the connection")),
            Statement::StartTransaction { .. }
            | Statement::Commit { .. }
            | Statement::Rollback { .. }
            | Statement::Savepoint { .. }
            | Statement::ReleaseSavepoint { .. } => Err(not_a_query("start or end a transaction")),
            Statement::Grant(_) | Statement::Deny(_) | Statement::Revoke(_) => {
                Err(not_a_query("change who may do what"))
            }
            Statement::Analyze(_)
            | Statement::Msck(_)
            | Statement::Vacuum(_)
            | Statement::Lock(_)
            | Statement::LockTables { .. }
            | Statement::UnlockTables
            | Statement::OptimizeTable { .. }
            | Statement::Flush { .. }
            | Statement::Kill { .. }
            | Statement::Cache { .. }
            | Statement::UNCache { .. } => Err(not_a_query("administer the database")),
            Statement::LISTEN { .. } | Statement::UNLISTEN { .. } | Statement::NOTIFY { .. } => {
                Err(not_a_query("talk to other sessions"))
            }
            Statement::Case(_)
            | Statement::If(_)
            | Statement::While(_)
            | Statement::Raise(_)
            | Statement::Call(_)
            | Statement::Open(_)
            | Statement::Close { .. }
            | Statement::Declare { .. }
            | Statement::Fetch { .. }
            | Statement::Assert { .. }
            | Statement::Deallocate { .. }
            | Statement::Execute { .. }
            | Statement::Prepare { .. }
            | Statement::RaisError { .. }
            | Statement::Throw(_)
            | Statement::Print(_)
            | Statement::WaitFor(_)
            | Statement::Return(_) => Err(not_a_query("run a procedure, a cursor or a script")),
        }
    }

    fn explain_query(&mut self, analyze: bool, statement: &Statement, options: &[UtilityOption]) -> Walk {
        if analyze || options.iter().any(runs) {
            return Err(Refusal::new(
                Reason::NotAQuery,
                "EXPLAIN ANALYZE would run the statement: use EXPLAIN alone",
            ));
        }
        match statement {
            Statement::Query(query) => self.query(query),
            _ => Err(not_a_query("explain a statement that changes something")),
        }
    }

    /// A list of what is in a namespace whose full name has so many parts.
    fn show(&mut self, options: &ShowStatementOptions, parts: usize) -> Walk {
        if self.guard.schema().is_some() {
            return Err(Refusal::new(
                Reason::NotAQuery,
                "SHOW would list tables you may not ask: use the tables the schema shows",
            ));
        }
        let ShowStatementOptions { show_in, starts_with: _, limit, limit_from: _, filter_position } = options;
        if let Some(ShowStatementIn { clause: _, parent_type: _, parent_name: Some(name) }) = show_in {
            self.shown(name, parts)?;
        }
        self.exprs(limit)?;
        match filter_position {
            Some(
                ShowStatementFilterPosition::Infix(ShowStatementFilter::Where(expr))
                | ShowStatementFilterPosition::Suffix(ShowStatementFilter::Where(expr)),
            ) => self.expr(expr),
            Some(ShowStatementFilterPosition::Infix(_) | ShowStatementFilterPosition::Suffix(_)) | None => {
                Ok(())
            }
        }
    }

    /// The namespace or table whose parts are listed; a secret or foreign one stays closed.
    fn shown(&mut self, name: &ObjectName, parts: usize) -> Walk {
        let closed = || Refusal::new(Reason::Table, "this schema may not be listed: ask for data instead");
        let idents = names::idents(name).ok_or_else(closed)?;
        let listed = names::table(self.dialect(), &idents).parts;
        let secret = ["mysql", "performance_schema", "sys", "system", "runtime"];
        let is_secret = listed.iter().any(|part| secret.contains(&part.to_lowercase().as_str()));
        let catalog = listed.first().filter(|_| listed.len() >= parts);
        if is_secret || foreign::namespace_doubt(self.dialect(), &listed, catalog).is_some() {
            return Err(closed());
        }
        Ok(())
    }
}

/// Whether `SHOW TABLES` and `DESCRIBE` are how people look at a schema in this dialect.
fn shows_tables(dialect: Dialect) -> bool {
    match dialect {
        Dialect::Mysql | Dialect::Trino => true,
        Dialect::Sqlite | Dialect::Postgresql | Dialect::Bigquery => false,
    }
}

/// Whether an option makes `EXPLAIN` run the query, or is not known.
fn runs(option: &UtilityOption) -> bool {
    let name = option.name.value.to_lowercase();
    let simple = match &option.arg {
        None | Some(Expr::Value(_) | Expr::Identifier(_)) => true,
        Some(_) => false,
    };
    !simple || !EXPLAIN_OPTIONS.contains(&name.as_str())
}

fn not_a_query(deed: &str) -> Refusal {
    Refusal::new(Reason::NotAQuery, format!("this would {deed}: only queries that read data may run"))
}
