use chrono::{DateTime, Utc};
use sqlatte_core::{ConversationMessage, Favorite, Feedback, HistoryEntry, Owner, QueryId, Session};
use sqlx::SqliteConnection;

use crate::{conversations, history, sessions};

/// One change, as it waits for the connection that writes.
pub(crate) enum Write {
    CreateSession(Session),
    TouchSession {
        owner: Owner,
        now: DateTime<Utc>,
    },
    Append {
        owner: Owner,
        messages: Vec<ConversationMessage>,
    },
    ClearConversation(Owner),
    Record(Box<HistoryEntry>),
    DeleteEntry {
        owner: Owner,
        id: QueryId,
    },
    ClearHistory(Owner),
    AddFavorite(Box<Favorite>),
    DeleteFavorite {
        owner: Owner,
        id: QueryId,
    },
    SetFeedback {
        owner: Owner,
        feedback: Box<Feedback>,
    },
    EndSessions {
        owners: Vec<String>,
        before: i64,
    },
    ForgetConversations {
        owners: Vec<String>,
        before: i64,
    },
    ForgetEntries {
        rows: Vec<i64>,
        before: i64,
    },
    /// Changes nothing but touches the file, to see whether it can be written.
    Probe,
}

impl Write {
    /// Makes the change; gives how many rows (for sessions that ended: how many sessions) it touched.
    pub(crate) async fn apply(&self, connection: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
        match self {
            Write::CreateSession(session) => sessions::create(connection, session).await,
            Write::TouchSession { owner, now } => sessions::touch(connection, owner, *now).await,
            Write::Append { owner, messages } => {
                let rows: Vec<_> = messages.iter().map(|message| (owner, message)).collect();
                conversations::insert(connection, &rows).await
            }
            Write::ClearConversation(owner) => conversations::clear(connection, owner).await,
            Write::Record(entry) => history::insert(connection, &[entry]).await,
            Write::DeleteEntry { owner, id } => history::delete(connection, owner, *id).await,
            Write::ClearHistory(owner) => history::clear(connection, owner).await,
            Write::AddFavorite(favorite) => history::add(connection, favorite).await,
            Write::DeleteFavorite { owner, id } => history::remove(connection, owner, *id).await,
            Write::SetFeedback { owner, feedback } => {
                history::set_feedback(connection, owner, feedback).await
            }
            Write::EndSessions { owners, before } => sessions::end(connection, owners, *before).await,
            Write::ForgetConversations { owners, before } => {
                conversations::forget(connection, owners, *before).await
            }
            Write::ForgetEntries { rows, before } => history::forget(connection, rows, *before).await,
            Write::Probe => probe(connection).await,
        }
    }
}

/// Writes to the file without changing what it holds.
pub(crate) async fn probe(connection: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
    // `user_version` is ours to use; setting it rewrites the first page, whatever it was
    let done = sqlx::query("PRAGMA user_version = 1").execute(connection).await?;
    Ok(done.rows_affected())
}
