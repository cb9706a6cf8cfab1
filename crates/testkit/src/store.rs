//! What every implementation of the store ports must do, clause by clause.
//!
//! [`store_contract!`](crate::store_contract) makes one test of each clause, so that a failure names it.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a clause that fails panics: it is a test")]

mod conversations;
mod favorites;
mod history;
mod samples;
mod search;
mod sessions;

use std::{any::Any, fmt};

use sqlatte_core::Stores;

pub use self::{
    conversations::{
        appended_messages_are_read_back_in_order, clearing_a_conversation_counts_and_forgets_it,
        concurrent_appends_lose_nothing, conversations_of_owners_are_apart,
        only_the_newest_messages_are_recent,
    },
    favorites::{
        an_entry_saved_as_favorite_says_so, clearing_history_keeps_favorites,
        favorites_are_paged_and_searched, favorites_of_owners_are_apart,
    },
    history::{
        a_recorded_entry_is_read_back, concurrent_records_lose_nothing, deleted_and_cleared_entries_are_gone,
        feedback_replaces_feedback, histories_of_owners_are_apart,
        pages_have_no_gaps_while_entries_are_added, recording_twice_keeps_one, unknown_ids_are_no_error,
    },
    samples::{entry, favorite, feedback, id, instant, message, owner},
    search::{
        a_search_covers_all_entries, a_search_ignores_case, a_search_stays_within_one_text,
        a_search_takes_every_character_as_it_is,
    },
    sessions::{a_created_session_is_found, a_session_is_seen_again, an_unknown_session_is_no_error},
};

/// Stores to test, and what has to live as long as they do: a temporary folder, a schema.
pub struct StoreHarness {
    /// The stores, empty.
    pub stores: Stores,
    keep: Box<dyn Any + Send>,
}

impl StoreHarness {
    /// Stores that need nothing else.
    pub fn new(stores: Stores) -> Self {
        StoreHarness::keeping(stores, ())
    }

    /// Stores that need `keep` alive.
    pub fn keeping(stores: Stores, keep: impl Any + Send) -> Self {
        StoreHarness { stores, keep: Box::new(keep) }
    }

    /// Ends the test: what was kept alive goes after the stores.
    pub fn end(self) {
        drop(self.stores);
        drop(self.keep);
    }
}

impl fmt::Debug for StoreHarness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreHarness").field("stores", &self.stores).finish_non_exhaustive()
    }
}

/// Makes a test of each clause of the store contract. The argument is the path of an `async fn` that gives a
/// [`StoreHarness`](crate::store::StoreHarness) with empty stores; the calling crate needs `tokio` with `macros`.
#[macro_export]
macro_rules! store_contract {
    ($open:path) => {
        $crate::store_contract! { $open:
            a_created_session_is_found
            a_session_is_seen_again
            an_unknown_session_is_no_error
            appended_messages_are_read_back_in_order
            only_the_newest_messages_are_recent
            clearing_a_conversation_counts_and_forgets_it
            conversations_of_owners_are_apart
            concurrent_appends_lose_nothing
            a_recorded_entry_is_read_back
            recording_twice_keeps_one
            pages_have_no_gaps_while_entries_are_added
            deleted_and_cleared_entries_are_gone
            histories_of_owners_are_apart
            feedback_replaces_feedback
            unknown_ids_are_no_error
            concurrent_records_lose_nothing
            a_search_covers_all_entries
            a_search_ignores_case
            a_search_takes_every_character_as_it_is
            a_search_stays_within_one_text
            an_entry_saved_as_favorite_says_so
            favorites_are_paged_and_searched
            favorites_of_owners_are_apart
            clearing_history_keeps_favorites
        }
    };
    ($open:path: $($clause:ident)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $clause() {
                let harness: $crate::store::StoreHarness = $open().await;
                $crate::store::$clause(harness.stores.clone()).await;
                harness.end();
            }
        )+
    };
}

#[cfg(test)]
mod tests {
    use super::StoreHarness;

    async fn memory() -> StoreHarness {
        StoreHarness::new(sqlatte_core::memory::stores())
    }

    crate::store_contract!(memory);
}
