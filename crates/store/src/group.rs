//! Makes writes with few statements: each is a trip to SQLite's thread and back, which costs more than the
//! insert itself.

use sqlatte_core::{ConversationMessage, HistoryEntry, Owner};
use sqlx::SqliteConnection;

use crate::{conversations, history, write::Write};

/// Rows of one statement at most.
const ROWS: usize = 64;

/// Makes the writes, in order as far as they could notice; gives the rows each touched.
///
/// Messages and history entries are most of what is written and do not touch each other's tables, so they wait
/// for each other until something else comes.
pub(crate) async fn apply(
    connection: &mut SqliteConnection,
    writes: &[Write],
) -> Result<Vec<u64>, sqlx::Error> {
    let mut touched = Vec::with_capacity(writes.len());
    let mut waiting = Waiting::default();
    for write in writes {
        touched.push(match write {
            Write::Append { owner, messages } => {
                waiting.messages.extend(messages.iter().map(|message| (owner, message)));
                messages.len() as u64
            }
            Write::Record(entry) => {
                waiting.entries.push(&**entry);
                1
            }
            other => {
                waiting.insert(connection).await?;
                other.apply(connection).await?
            }
        });
    }
    waiting.insert(connection).await?;
    Ok(touched)
}

/// Whether [`apply`] makes this write by a single statement, which is a transaction of its own.
pub(crate) fn is_one_statement(write: &Write) -> bool {
    match write {
        Write::Append { messages, .. } => messages.len().is_power_of_two() && messages.len() <= ROWS,
        Write::EndSessions { .. } | Write::ForgetConversations { .. } | Write::ForgetEntries { .. } => false,
        _ => true,
    }
}

#[derive(Default)]
struct Waiting<'a> {
    messages: Vec<(&'a Owner, &'a ConversationMessage)>,
    entries: Vec<&'a HistoryEntry>,
}

impl Waiting<'_> {
    async fn insert(&mut self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        for rows in powers_of_two(&self.messages) {
            conversations::insert(connection, rows).await?;
        }
        self.messages.clear();
        for rows in powers_of_two(&self.entries) {
            history::insert(connection, rows).await?;
        }
        self.entries.clear();
        Ok(())
    }
}

/// Pieces whose lengths are powers of two: so few lengths that a prepared statement is kept for each.
fn powers_of_two<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let largest = 1usize.checked_shl(rows.len().checked_ilog2()?)?;
        let (piece, rest) = rows.split_at(largest.min(ROWS));
        rows = rest;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_powers_of_two_and_all() {
        for count in 0..300usize {
            let rows: Vec<_> = (0..count).collect();
            let pieces: Vec<_> = powers_of_two(&rows).collect();
            assert!(pieces.iter().all(|piece| piece.len().is_power_of_two() && piece.len() <= ROWS));
            assert_eq!(pieces.concat(), rows);
        }
    }
}
