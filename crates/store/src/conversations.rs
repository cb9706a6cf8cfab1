use async_trait::async_trait;
use sqlatte_core::{ConversationMessage, ConversationStore, Owner, Speaker, StoreError};
use sqlx::{QueryBuilder, Row, SqliteConnection, sqlite::SqliteRow};

use crate::{
    sqlite::SqliteStore,
    value::{get_id, get_time, id_bytes, malformed},
    write::Write,
};

#[async_trait]
impl ConversationStore for SqliteStore {
    async fn append(&self, owner: &Owner, messages: &[ConversationMessage]) -> Result<(), StoreError> {
        self.write(Write::Append { owner: owner.clone(), messages: messages.to_vec() }).await?;
        Ok(())
    }

    async fn recent(&self, owner: &Owner, limit: u32) -> Result<Vec<ConversationMessage>, StoreError> {
        let rows = sqlx::query(
            "SELECT speaker, text, sql, query_id, created_at FROM messages
             WHERE owner = ?1 ORDER BY seq DESC LIMIT ?2",
        )
        .bind(owner.as_str())
        .bind(limit)
        .fetch_all(&mut *self.reader().await?)
        .await;
        self.told(rows.and_then(|rows| rows.iter().rev().map(message).collect()))
    }

    async fn clear(&self, owner: &Owner) -> Result<u64, StoreError> {
        self.write(Write::ClearConversation(owner.clone())).await
    }
}

fn message(row: &SqliteRow) -> Result<ConversationMessage, sqlx::Error> {
    let speaker: &str = row.try_get("speaker")?;
    let speaker = [Speaker::User, Speaker::Assistant]
        .into_iter()
        .find(|known| known.name() == speaker)
        .ok_or_else(|| malformed("speaker", "it names nobody"))?;
    Ok(ConversationMessage {
        speaker,
        text: row.try_get("text")?,
        sql: row.try_get("sql")?,
        query_id: get_id(row, "query_id")?,
        created_at: get_time(row, "created_at")?,
    })
}

/// Adds messages at the ends of their owners' conversations.
pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    messages: &[(&Owner, &ConversationMessage)],
) -> Result<u64, sqlx::Error> {
    let done = QueryBuilder::new("INSERT INTO messages (owner, speaker, text, sql, query_id, created_at) ")
        .push_values(messages, |mut row, (owner, message)| {
            row.push_bind(owner.as_str().to_owned())
                .push_bind(message.speaker.name())
                .push_bind(message.text.clone())
                .push_bind(message.sql.clone())
                .push_bind(id_bytes(message.query_id))
                .push_bind(message.created_at.timestamp_micros());
        })
        .build()
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}

pub(crate) async fn clear(connection: &mut SqliteConnection, owner: &Owner) -> Result<u64, sqlx::Error> {
    let done =
        sqlx::query("DELETE FROM messages WHERE owner = ?1").bind(owner.as_str()).execute(connection).await?;
    Ok(done.rows_affected())
}

/// Forgets conversations in which nothing was said since `before`.
pub(crate) async fn forget(
    connection: &mut SqliteConnection,
    owners: &[String],
    before: i64,
) -> Result<u64, sqlx::Error> {
    let mut forgotten = 0;
    for owner in owners {
        let done = sqlx::query(
            "DELETE FROM messages WHERE owner = ?1
             AND NOT EXISTS (SELECT 1 FROM messages AS later WHERE later.owner = ?1 AND later.created_at >= ?2)",
        )
        .bind(owner)
        .bind(before)
        .execute(&mut *connection)
        .await?;
        forgotten += done.rows_affected();
    }
    Ok(forgotten)
}
