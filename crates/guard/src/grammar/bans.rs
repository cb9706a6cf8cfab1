//! Words that no query may hold wherever they stand, looked for before the parser can mistake them for an alias.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use crate::{Dialect, Reason, Refusal};

/// What a statement that starts with this word would do; nothing if it may be a query.
fn deed(word: &str) -> Option<&'static str> {
    Some(match word {
        "insert" | "replace" | "upsert" | "update" | "delete" | "merge" | "truncate" | "load" | "import" => {
            "change data"
        }
        "create" | "alter" | "drop" | "rename" | "comment" | "undrop" | "refresh" => {
            "change the database's structure"
        }
        "grant" | "revoke" | "deny" | "reassign" => "change who may do what",
        "set" | "reset" | "use" | "discard" | "attach" | "detach" | "pragma" | "install" => {
            "change the session or the connection"
        }
        "begin" | "start" | "commit" | "rollback" | "end" | "savepoint" | "release" | "abort" | "xa" => {
            "start or end a transaction"
        }
        "lock" | "unlock" | "flush" | "kill" | "vacuum" | "analyze" | "reindex" | "cluster"
        | "checkpoint" | "optimize" | "repair" | "check" | "checksum" | "shutdown" | "restart" | "purge"
        | "cache" | "binlog" | "clone" | "security" => "administer the database",
        "call" | "do" | "exec" | "execute" | "prepare" | "deallocate" | "declare" | "fetch" | "close"
        | "open" | "handler" | "move" | "loop" | "while" | "repeat" | "for" | "if" | "case" | "raise"
        | "return" | "assert" | "signal" | "resignal" | "get" => "run a procedure, a cursor or a script",
        "copy" | "export" | "unload" | "backup" | "restore" => "move data out of or into the database",
        "listen" | "unlisten" | "notify" => "talk to other sessions",
        _ => return None,
    })
}

pub(super) fn check(dialect: Dialect, tokens: &[TokenWithSpan]) -> Result<(), Refusal> {
    let significant: Vec<&TokenWithSpan> =
        tokens.iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).collect();
    if let Some(first) = significant.first()
        && let Some(word) = bare(first)
        && let Some(deed) = deed(&word)
    {
        return Err(Refusal::new(
            Reason::NotAQuery,
            format!("{} would {deed}: only queries that read data may run", word.to_uppercase()),
        )
        .at_location(first.span.start));
    }
    for (i, token) in significant.iter().enumerate() {
        let Some(word) = bare(token) else { continue };
        let qualified = i > 0 && significant[i - 1].token == Token::Period;
        let next = significant.get(i + 1).and_then(|next| bare(next)).unwrap_or_default();
        let banned = match (word.as_str(), next.as_str()) {
            ("into", _) if !qualified => Some("INTO would write the result somewhere: leave it out"),
            ("for", "read") if dialect == Dialect::Postgresql && is_only(significant.get(i + 2)) => None,
            ("for", "update" | "share" | "no" | "key" | "read") if !qualified => {
                Some("FOR UPDATE and FOR SHARE would lock rows: leave them out")
            }
            ("lock", "in") if dialect == Dialect::Mysql => {
                Some("LOCK IN SHARE MODE would lock rows: leave it out")
            }
            ("procedure", "analyse") => Some("PROCEDURE ANALYSE may not be used: leave it out"),
            ("with", "function") if dialect == Dialect::Trino => {
                Some("functions may not be defined in a query: write the expression itself")
            }
            _ => None,
        };
        if let Some(message) = banned {
            return Err(Refusal::new(Reason::Clause, message).at_location(token.span.start));
        }
    }
    Ok(())
}

/// `FOR READ ONLY` locks nothing.
fn is_only(token: Option<&&TokenWithSpan>) -> bool {
    token.and_then(|token| bare(token)).as_deref() == Some("only")
}

/// A word that is not quoted, in lower case.
fn bare(token: &TokenWithSpan) -> Option<String> {
    match &token.token {
        Token::Word(word) if word.quote_style.is_none() => Some(word.value.to_lowercase()),
        _ => None,
    }
}
