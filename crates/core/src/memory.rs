//! The stores kept in this process's memory: for embedding, for tests, and for a server that keeps nothing.
//!
//! Everything here is bounded: sessions by number, conversations and histories by their own length and by
//! bytes in all, and what nobody used for long is forgotten. What is used least recently goes first.

mod conversations;
mod fold;
mod history;
mod paging;
mod sessions;

use std::{sync::Arc, time::Duration};

pub use self::{
    conversations::MemoryConversations, fold::fold_case, history::MemoryHistory, sessions::MemorySessions,
};
use crate::Stores;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MIB: u64 = 1024 * 1024;

/// How much the stores in memory keep, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryLimits {
    /// Sessions at a time.
    pub sessions: u64,
    /// A session, its history and its favourites are forgotten when unused for this long.
    pub session_idle: Duration,
    /// A conversation is forgotten when unused for this long.
    pub conversation_idle: Duration,
    /// Messages of one conversation; the oldest go first.
    pub messages_per_conversation: usize,
    /// History entries of one owner; the oldest go first.
    pub entries_per_owner: usize,
    /// Favourites of one owner; one more is refused, because people chose to keep them.
    pub favorites_per_owner: usize,
    /// Bytes of all conversations together, about.
    pub conversation_bytes: u64,
    /// Bytes of all histories and favourites together, about.
    pub history_bytes: u64,
}

impl Default for MemoryLimits {
    fn default() -> Self {
        MemoryLimits {
            sessions: 10_000,
            session_idle: 30 * DAY,
            conversation_idle: DAY,
            messages_per_conversation: 200,
            entries_per_owner: 500,
            favorites_per_owner: 500,
            conversation_bytes: 32 * MIB,
            history_bytes: 32 * MIB,
        }
    }
}

impl MemoryLimits {
    /// Stores in memory within these limits.
    pub fn stores(self) -> Stores {
        Stores {
            sessions: Arc::new(MemorySessions::new(self)),
            conversations: Arc::new(MemoryConversations::new(self)),
            history: Arc::new(MemoryHistory::new(self)),
        }
    }
}

/// Stores in memory within the default limits.
pub fn stores() -> Stores {
    MemoryLimits::default().stores()
}

/// A number of bytes as the weight of a cache entry.
fn weight(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
