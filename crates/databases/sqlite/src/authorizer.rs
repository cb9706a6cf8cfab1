use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use rusqlite::{
    Connection,
    hooks::{AuthAction, AuthContext, Authorization},
};

/// Functions that leave the database, change it, or write elsewhere; most are not compiled in anyway.
const DENIED_FUNCTIONS: &[&str] =
    &["edit", "fts3_tokenizer", "load_extension", "optimize", "readfile", "sqlite_log", "writefile"];

/// What describing a table needs, all of it reading.
const DESCRIBING_PRAGMAS: &[&str] = &["foreign_key_list", "table_list", "table_xinfo"];

/// What full-text tables ask for themselves while they are read.
const READING_PRAGMAS: &[&str] = &["data_version"];

/// Whether the connection runs our own statements, which may use some pragmas, or a caller's.
#[derive(Debug, Clone, Default)]
pub(crate) struct Describing(Arc<AtomicBool>);

impl Describing {
    pub(crate) fn set(&self, describing: bool) {
        self.0.store(describing, Ordering::Relaxed);
    }

    fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Lets the connection prepare statements that read, and no others.
pub(crate) fn install(connection: &Connection, describing: Describing) -> rusqlite::Result<()> {
    connection.authorizer(Some(move |context: AuthContext<'_>| decide(context.action, describing.get())))
}

fn decide(action: AuthAction<'_>, describing: bool) -> Authorization {
    let allowed = match action {
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive => true,
        AuthAction::Function { function_name } => !listed(DENIED_FUNCTIONS, function_name),
        AuthAction::Pragma { pragma_name, pragma_value } => {
            (describing && listed(DESCRIBING_PRAGMAS, pragma_name))
                || (pragma_value.is_none() && listed(READING_PRAGMAS, pragma_name))
        }
        // Everything else writes, locks, attaches or changes settings; what is new in SQLite is refused too.
        _ => false,
    };
    if allowed { Authorization::Allow } else { Authorization::Deny }
}

fn listed(names: &[&str], name: &str) -> bool {
    names.iter().any(|listed| listed.eq_ignore_ascii_case(name))
}
