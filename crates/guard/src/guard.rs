use std::{collections::HashSet, sync::Arc};

use sqlparser::{ast::Statement, tokenizer::TokenWithSpan};

use crate::{
    Dialect, Guarded, Refusal, TableName, bytes, calls, grammar, lexer, limit, names, schema::Schema,
    volatile, walk,
};

/// Statements with fewer tokens than this need no more than [`SMALL_STACK`].
const SMALL: usize = 300;

const SMALL_STACK: usize = 8 * 1024 * 1024;

/// Enough for the deepest tree that a statement of the longest text can spell, also without optimisation.
const LARGE_STACK: usize = 64 * 1024 * 1024;

/// Checks statements of one dialect. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Guard {
    dialect: Dialect,
    schema: Option<Arc<Schema>>,
    functions: Arc<HashSet<String>>,
}

impl Guard {
    /// A guard that knows the dialect but no schema.
    pub fn new(dialect: Dialect) -> Self {
        Guard { dialect, schema: None, functions: Arc::default() }
    }

    /// Lets only these tables pass, each with as many of catalog, schema and name as are known.
    ///
    /// The catalogues that describe the data (`information_schema`, `sqlite_schema`, …) then pass only if listed.
    #[must_use]
    pub fn with_tables(mut self, tables: impl IntoIterator<Item = TableName>) -> Self {
        self.schema = Some(Arc::new(Schema::new(self.dialect, tables)));
        self
    }

    /// Names the catalog and schema the connection is in, which complete the shorter table names of a statement;
    /// for use after [`Guard::with_tables`].
    #[must_use]
    pub fn with_home(mut self, home: impl IntoIterator<Item = String>) -> Self {
        if let Some(schema) = &mut self.schema {
            Arc::make_mut(schema).set_home(self.dialect, home.into_iter().collect());
        }
        self
    }

    /// Lets these functions pass besides the engine's own: an administrator's list, with their schema if they
    /// are called with one. Upper and lower case are the same.
    #[must_use]
    pub fn with_functions(mut self, functions: impl IntoIterator<Item = String>) -> Self {
        self.functions = Arc::new(functions.into_iter().map(|name| name.to_lowercase()).collect());
        self
    }

    /// The dialect it checks.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Passes one read-only query, or says why not.
    pub fn check(&self, sql: &str) -> Result<Guarded, Refusal> {
        bytes::check(self.dialect, sql)?;
        let tokens = lexer::tokens(self.dialect, sql)?;
        let volatile = volatile::any(&tokens);
        let examined = with_stack(tokens.len(), || self.examine(tokens.clone()));
        let (tables, row_limit) =
            examined.map_err(|refusal| refusal.hinted(|| names::hints(self.dialect, &tokens)))?;
        Ok(Guarded::new(sql.to_owned(), self.dialect, tables, row_limit, volatile))
    }

    fn examine(&self, tokens: Vec<TokenWithSpan>) -> Result<(Vec<TableName>, Option<u64>), Refusal> {
        let tokens = grammar::single_statement(self.dialect, tokens)?;
        let statement: Statement = grammar::parse(self.dialect, tokens.clone())?;
        let found = walk::statement(self, &statement)?;
        calls::check(self, &tokens, &found.called)?;
        Ok((found.tables, limit::of_statement(&statement)))
    }

    pub(crate) fn schema(&self) -> Option<&Schema> {
        self.schema.as_deref()
    }

    /// Whether an administrator listed a function of this lower-case name.
    pub(crate) fn lists_function(&self, name: &str) -> bool {
        self.functions.contains(name)
    }
}

/// Runs what parses, walks or drops a tree, all of which recurse, on a stack that is deep enough.
pub(crate) fn with_stack<T>(tokens: usize, run: impl FnOnce() -> T) -> T {
    let stack = if tokens < SMALL { SMALL_STACK } else { LARGE_STACK };
    stacker::maybe_grow(stack, stack, run)
}
