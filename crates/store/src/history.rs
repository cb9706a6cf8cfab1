mod entries;
mod favorites;

use async_trait::async_trait;
use sqlatte_core::{
    Favorite, Feedback, HistoryEntry, HistoryStore, Owner, Page, Paged, QueryId, StoreError,
    memory::fold_case,
};

pub(crate) use self::{
    entries::{clear, delete, forget, insert, set_feedback},
    favorites::{add, remove},
};
use crate::{sqlite::SqliteStore, write::Write};

#[async_trait]
impl HistoryStore for SqliteStore {
    async fn record(&self, entry: &HistoryEntry) -> Result<(), StoreError> {
        self.write(Write::Record(Box::new(entry.clone()))).await?;
        Ok(())
    }

    async fn find(&self, owner: &Owner, id: QueryId) -> Result<Option<HistoryEntry>, StoreError> {
        self.told(entries::find(&mut *self.reader().await?, owner, id).await)
    }

    async fn list(&self, owner: &Owner, page: &Page) -> Result<Paged<HistoryEntry>, StoreError> {
        self.told(entries::list(&mut *self.reader().await?, owner, page).await)
    }

    async fn delete(&self, owner: &Owner, id: QueryId) -> Result<bool, StoreError> {
        Ok(self.write(Write::DeleteEntry { owner: owner.clone(), id }).await? > 0)
    }

    async fn clear(&self, owner: &Owner) -> Result<u64, StoreError> {
        self.write(Write::ClearHistory(owner.clone())).await
    }

    async fn add_favorite(&self, favorite: &Favorite) -> Result<(), StoreError> {
        self.write(Write::AddFavorite(Box::new(favorite.clone()))).await?;
        Ok(())
    }

    async fn favorites(&self, owner: &Owner, page: &Page) -> Result<Paged<Favorite>, StoreError> {
        self.told(favorites::list(&mut *self.reader().await?, owner, page).await)
    }

    async fn delete_favorite(&self, owner: &Owner, id: QueryId) -> Result<bool, StoreError> {
        Ok(self.write(Write::DeleteFavorite { owner: owner.clone(), id }).await? > 0)
    }

    async fn set_feedback(&self, owner: &Owner, feedback: &Feedback) -> Result<bool, StoreError> {
        let write = Write::SetFeedback { owner: owner.clone(), feedback: Box::new(feedback.clone()) };
        Ok(self.write(write).await? > 0)
    }
}

/// The texts a search looks at, in one letter case; a search cannot reach from one into the next.
fn folded<'a>(texts: impl IntoIterator<Item = Option<&'a str>>) -> String {
    const BETWEEN_TEXTS: &str = "\u{1f}";
    texts.into_iter().flatten().map(fold_case).collect::<Vec<_>>().join(BETWEEN_TEXTS)
}

/// What a page looks for: the empty text, which is in every text, if it looks for nothing.
fn sought(page: &Page) -> String {
    page.search.as_deref().map(fold_case).unwrap_or_default()
}
