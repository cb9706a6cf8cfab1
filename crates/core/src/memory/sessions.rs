use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use moka::{future::Cache, ops::compute::Op, policy::EvictionPolicy};

use super::MemoryLimits;
use crate::{Owner, Session, SessionStore, StoreError};

/// Issued sessions, in memory.
pub struct MemorySessions {
    pub(super) sessions: Cache<Owner, Session>,
}

impl MemorySessions {
    /// Keeps as many sessions, and as long, as `limits` say.
    pub fn new(limits: MemoryLimits) -> Self {
        let sessions = Cache::builder()
            // the default policy turns new entries away when full, and a new session must work
            .eviction_policy(EvictionPolicy::lru())
            .max_capacity(limits.sessions)
            .time_to_idle(limits.session_idle)
            .build();
        MemorySessions { sessions }
    }
}

#[async_trait]
impl SessionStore for MemorySessions {
    async fn create(&self, session: &Session) -> Result<(), StoreError> {
        self.sessions.insert(session.owner.clone(), session.clone()).await;
        Ok(())
    }

    async fn find(&self, owner: &Owner) -> Result<Option<Session>, StoreError> {
        Ok(self.sessions.get(owner).await)
    }

    async fn touch(&self, owner: &Owner, now: DateTime<Utc>) -> Result<(), StoreError> {
        let seen = |session: Session| Session { last_seen_at: now, ..session };
        self.sessions
            .entry_by_ref(owner)
            .and_compute_with(|kept| {
                std::future::ready(kept.map_or(Op::Nop, |kept| Op::Put(seen(kept.into_value()))))
            })
            .await;
        Ok(())
    }
}

impl fmt::Debug for MemorySessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemorySessions").finish_non_exhaustive()
    }
}
