mod shelf;

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use moka::{future::Cache, ops::compute::Op, policy::EvictionPolicy};

use self::shelf::Shelf;
use super::{MemoryLimits, paging::paged, weight};
use crate::{Favorite, Feedback, HistoryEntry, HistoryStore, Owner, Page, Paged, QueryId, StoreError};

/// History, favourites and feedback, in memory.
pub struct MemoryHistory {
    shelves: Cache<Owner, Arc<Shelf>>,
    limits: MemoryLimits,
}

impl MemoryHistory {
    /// Keeps as much, and as long, as `limits` say.
    pub fn new(limits: MemoryLimits) -> Self {
        let shelves = Cache::builder()
            .eviction_policy(EvictionPolicy::lru())
            .max_capacity(limits.history_bytes)
            .weigher(|_, shelf: &Arc<Shelf>| weight(shelf.bytes()))
            .time_to_idle(limits.session_idle)
            .build();
        MemoryHistory { shelves, limits }
    }

    /// How many owners there are and what they weigh, when what is too much has gone.
    #[cfg(test)]
    pub(super) async fn settled(&self) -> (u64, u64) {
        self.shelves.run_pending_tasks().await;
        (self.shelves.entry_count(), self.shelves.weighted_size())
    }

    /// Changes the owner's shelf, an empty one if there is none. No other change comes between.
    async fn change<T: Send>(&self, owner: &Owner, change: impl FnOnce(&mut Shelf) -> T + Send) -> Option<T> {
        let mut result = None;
        self.shelves
            .entry_by_ref(owner)
            .and_compute_with(|kept| {
                let mut shelf = kept.map_or_else(Shelf::default, |kept| (**kept.value()).clone());
                result = Some(change(&mut shelf));
                std::future::ready(if shelf.is_empty() { Op::Remove } else { Op::Put(Arc::new(shelf)) })
            })
            .await;
        result
    }
}

#[async_trait]
impl HistoryStore for MemoryHistory {
    async fn record(&self, entry: &HistoryEntry) -> Result<(), StoreError> {
        self.change(&entry.owner, |shelf| shelf.record(entry, self.limits.entries_per_owner)).await;
        Ok(())
    }

    async fn find(&self, owner: &Owner, id: QueryId) -> Result<Option<HistoryEntry>, StoreError> {
        Ok(self.shelves.get(owner).await.and_then(|shelf| shelf.find(id)))
    }

    async fn list(&self, owner: &Owner, page: &Page) -> Result<Paged<HistoryEntry>, StoreError> {
        let shelf = self.shelves.get(owner).await.unwrap_or_default();
        let mut found = paged(shelf.entries.iter().rev(), page, |entry| {
            [entry.question.as_deref(), entry.sql.as_deref(), None]
        });
        for entry in &mut found.items {
            entry.favorite = shelf.is_favorite(entry.id);
        }
        Ok(found)
    }

    async fn delete(&self, owner: &Owner, id: QueryId) -> Result<bool, StoreError> {
        Ok(self.change(owner, |shelf| shelf.delete(id)).await.unwrap_or_default())
    }

    async fn clear(&self, owner: &Owner) -> Result<u64, StoreError> {
        Ok(self.change(owner, Shelf::clear).await.unwrap_or_default())
    }

    async fn add_favorite(&self, favorite: &Favorite) -> Result<(), StoreError> {
        let most = self.limits.favorites_per_owner;
        let added = self.change(&favorite.owner, |shelf| shelf.add_favorite(favorite, most)).await;
        if added == Some(false) {
            return Err(StoreError::new(format!(
                "at most {most} favourites are kept: delete one you no longer need, then save this one"
            )));
        }
        Ok(())
    }

    async fn favorites(&self, owner: &Owner, page: &Page) -> Result<Paged<Favorite>, StoreError> {
        let shelf = self.shelves.get(owner).await.unwrap_or_default();
        Ok(paged(shelf.favorites.iter().rev(), page, |favorite| {
            [Some(&favorite.name), favorite.question.as_deref(), Some(&favorite.sql)]
        }))
    }

    async fn delete_favorite(&self, owner: &Owner, id: QueryId) -> Result<bool, StoreError> {
        Ok(self.change(owner, |shelf| shelf.delete_favorite(id)).await.unwrap_or_default())
    }

    async fn set_feedback(&self, owner: &Owner, feedback: &Feedback) -> Result<bool, StoreError> {
        Ok(self.change(owner, |shelf| shelf.set_feedback(feedback)).await.unwrap_or_default())
    }
}

impl fmt::Debug for MemoryHistory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryHistory").finish_non_exhaustive()
    }
}
