use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlatte_core::StoreError;

use crate::{SqliteStore, write::Write};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Looked up at a time.
const ROUND: u32 = 10_000;
/// Owners or entries of one write, so that questions are not kept waiting.
const STEP: usize = 50;

/// How long things are kept that nobody uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// A session that was not seen for this long ends, with all it owns.
    pub sessions: Duration,
    /// A conversation in which nothing was said for this long is forgotten.
    pub conversations: Duration,
    /// A history entry older than this is forgotten, favourites kept; `None` for never.
    pub history: Option<Duration>,
}

impl Default for Retention {
    fn default() -> Self {
        Retention { sessions: 30 * DAY, conversations: DAY, history: None }
    }
}

/// What a purge forgot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Purged {
    /// Sessions, with all they owned.
    pub sessions: u64,
    /// Messages of other idle conversations.
    pub messages: u64,
    /// Other old history entries.
    pub entries: u64,
}

impl SqliteStore {
    /// Forgets what was not used for longer than `keep` says, in small steps, while others read and write.
    ///
    /// The space in the file is used again; the file does not shrink.
    pub async fn purge(&self, now: DateTime<Utc>, keep: Retention) -> Result<Purged, StoreError> {
        let mut purged = Purged {
            sessions: self.purge_sessions(ago(now, keep.sessions)).await?,
            messages: self.purge_conversations(ago(now, keep.conversations)).await?,
            entries: 0,
        };
        if let Some(keep) = keep.history {
            purged.entries = self.purge_history(ago(now, keep)).await?;
        }
        Ok(purged)
    }

    async fn purge_sessions(&self, before: i64) -> Result<u64, StoreError> {
        let mut ended = 0;
        loop {
            let idle = sqlx::query_scalar("SELECT owner FROM sessions WHERE last_seen_at < ?1 LIMIT ?2")
                .bind(before)
                .bind(ROUND)
                .fetch_all(&mut *self.reader().await?)
                .await;
            let idle: Vec<String> = self.told(idle)?;
            for owners in idle.chunks(STEP) {
                ended += self.write(Write::EndSessions { owners: owners.to_vec(), before }).await?;
            }
            if idle.len() < ROUND as usize {
                return Ok(ended);
            }
        }
    }

    async fn purge_conversations(&self, before: i64) -> Result<u64, StoreError> {
        let mut forgotten = 0;
        loop {
            let idle = sqlx::query_scalar(
                "SELECT owner FROM messages GROUP BY owner HAVING max(created_at) < ?1 LIMIT ?2",
            )
            .bind(before)
            .bind(ROUND)
            .fetch_all(&mut *self.reader().await?)
            .await;
            let idle: Vec<String> = self.told(idle)?;
            for owners in idle.chunks(STEP) {
                forgotten +=
                    self.write(Write::ForgetConversations { owners: owners.to_vec(), before }).await?;
            }
            if idle.len() < ROUND as usize {
                return Ok(forgotten);
            }
        }
    }

    async fn purge_history(&self, before: i64) -> Result<u64, StoreError> {
        let mut forgotten = 0;
        loop {
            let old =
                sqlx::query_scalar("SELECT rowid FROM history WHERE created_at < ?1 ORDER BY rowid LIMIT ?2")
                    .bind(before)
                    .bind(ROUND)
                    .fetch_all(&mut *self.reader().await?)
                    .await;
            let old: Vec<i64> = self.told(old)?;
            for rows in old.chunks(STEP) {
                forgotten += self.write(Write::ForgetEntries { rows: rows.to_vec(), before }).await?;
            }
            if old.len() < ROUND as usize {
                return Ok(forgotten);
            }
        }
    }
}

/// The instant this long before `now`, as it stands in the file; the beginning of time if there is none.
fn ago(now: DateTime<Utc>, keep: Duration) -> i64 {
    chrono::TimeDelta::from_std(keep)
        .ok()
        .and_then(|keep| now.checked_sub_signed(keep))
        .map_or(i64::MIN, |instant| instant.timestamp_micros())
}
