use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use chrono::{DateTime, Utc};

use crate::{Favorite, Feedback, HistoryEntry, QueryId};

/// What one owner keeps, oldest first. It is replaced as a whole, so that the cache weighs it anew.
#[derive(Clone, Default)]
pub(super) struct Shelf {
    pub(super) entries: VecDeque<Arc<HistoryEntry>>,
    pub(super) favorites: VecDeque<Arc<Favorite>>,
    feedback: HashMap<QueryId, Arc<Feedback>>,
    bytes: usize,
}

impl Shelf {
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.favorites.is_empty()
    }

    /// Keeps the entry in order of time; an id that is there already changes nothing.
    pub(super) fn record(&mut self, entry: &HistoryEntry, most: usize) {
        if insert_by_time(&mut self.entries, entry, |entry| (entry.created_at, entry.id)) {
            self.bytes += entry_bytes(entry);
        }
        while self.entries.len() > most {
            if let Some(oldest) = self.entries.pop_front() {
                self.bytes -= entry_bytes(&oldest);
                self.forget_feedback(oldest.id);
            }
        }
    }

    pub(super) fn find(&self, id: QueryId) -> Option<HistoryEntry> {
        let entry = self.entries.iter().find(|entry| entry.id == id)?;
        Some(HistoryEntry { favorite: self.is_favorite(id), ..(**entry).clone() })
    }

    pub(super) fn is_favorite(&self, id: QueryId) -> bool {
        self.favorites.iter().any(|favorite| favorite.query_id == Some(id))
    }

    pub(super) fn delete(&mut self, id: QueryId) -> bool {
        let Some(position) = self.entries.iter().position(|entry| entry.id == id) else {
            return false;
        };
        if let Some(entry) = self.entries.remove(position) {
            self.bytes -= entry_bytes(&entry);
        }
        self.forget_feedback(id);
        true
    }

    pub(super) fn clear(&mut self) -> u64 {
        let count = self.entries.len() as u64;
        self.entries.clear();
        self.feedback.clear();
        self.bytes = self.favorites.iter().map(|favorite| favorite_bytes(favorite)).sum();
        count
    }

    /// Keeps the favourite in order of time; says `false` when there is no room.
    pub(super) fn add_favorite(&mut self, favorite: &Favorite, most: usize) -> bool {
        let known = self.favorites.iter().any(|kept| kept.id == favorite.id);
        if !known && self.favorites.len() >= most {
            return false;
        }
        if insert_by_time(&mut self.favorites, favorite, |favorite| (favorite.created_at, favorite.id)) {
            self.bytes += favorite_bytes(favorite);
        }
        true
    }

    pub(super) fn delete_favorite(&mut self, id: QueryId) -> bool {
        let Some(position) = self.favorites.iter().position(|favorite| favorite.id == id) else {
            return false;
        };
        if let Some(favorite) = self.favorites.remove(position) {
            self.bytes -= favorite_bytes(&favorite);
        }
        true
    }

    /// Keeps the feedback in place of earlier feedback; says `false` when there is no such entry.
    pub(super) fn set_feedback(&mut self, feedback: &Feedback) -> bool {
        let id = feedback.query_id;
        if !self.entries.iter().any(|entry| entry.id == id) {
            return false;
        }
        self.forget_feedback(id);
        self.bytes += feedback_bytes(feedback);
        self.feedback.insert(id, Arc::new(feedback.clone()));
        true
    }

    fn forget_feedback(&mut self, id: QueryId) {
        if let Some(forgotten) = self.feedback.remove(&id) {
            self.bytes -= feedback_bytes(&forgotten);
        }
    }
}

/// Inserts in order of time, then id; says `false` when the id is there already.
fn insert_by_time<T: Clone>(
    items: &mut VecDeque<Arc<T>>,
    item: &T,
    key: impl Fn(&T) -> (DateTime<Utc>, QueryId),
) -> bool {
    let (at, id) = key(item);
    if items.iter().any(|kept| key(kept).1 == id) {
        return false;
    }
    let position = items.partition_point(|kept| key(kept) < (at, id));
    items.insert(position, Arc::new(item.clone()));
    true
}

fn entry_bytes(entry: &HistoryEntry) -> usize {
    size_of::<HistoryEntry>()
        + entry.owner.as_str().len()
        + length(&entry.question)
        + length(&entry.sql)
        + length(&entry.error_code)
        + length(&entry.error_message)
        + entry.tables.iter().map(|table| size_of::<String>() + table.len()).sum::<usize>()
}

fn favorite_bytes(favorite: &Favorite) -> usize {
    size_of::<Favorite>()
        + favorite.owner.as_str().len()
        + favorite.name.len()
        + length(&favorite.question)
        + favorite.sql.len()
}

fn feedback_bytes(feedback: &Feedback) -> usize {
    size_of::<Feedback>() + length(&feedback.comment) + length(&feedback.corrected_sql)
}

fn length(text: &Option<String>) -> usize {
    text.as_ref().map_or(0, String::len)
}
