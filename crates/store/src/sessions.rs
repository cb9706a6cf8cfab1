use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlatte_core::{Owner, Session, SessionStore, StoreError};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use crate::{sqlite::SqliteStore, value::get_time, write::Write};

#[async_trait]
impl SessionStore for SqliteStore {
    async fn create(&self, session: &Session) -> Result<(), StoreError> {
        self.write(Write::CreateSession(session.clone())).await?;
        Ok(())
    }

    async fn find(&self, owner: &Owner) -> Result<Option<Session>, StoreError> {
        let row = sqlx::query("SELECT created_at, last_seen_at FROM sessions WHERE owner = ?1")
            .bind(owner.as_str())
            .fetch_optional(&mut *self.reader().await?)
            .await;
        self.told(row.and_then(|row| row.map(|row| session(owner, &row)).transpose()))
    }

    async fn touch(&self, owner: &Owner, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(Write::TouchSession { owner: owner.clone(), now }).await?;
        Ok(())
    }
}

fn session(owner: &Owner, row: &SqliteRow) -> Result<Session, sqlx::Error> {
    Ok(Session {
        owner: owner.clone(),
        created_at: get_time(row, "created_at")?,
        last_seen_at: get_time(row, "last_seen_at")?,
    })
}

pub(crate) async fn create(connection: &mut SqliteConnection, session: &Session) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO sessions (owner, created_at, last_seen_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (owner) DO UPDATE SET created_at = excluded.created_at, last_seen_at = excluded.last_seen_at",
    )
    .bind(session.owner.as_str())
    .bind(session.created_at.timestamp_micros())
    .bind(session.last_seen_at.timestamp_micros())
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

pub(crate) async fn touch(
    connection: &mut SqliteConnection,
    owner: &Owner,
    now: DateTime<Utc>,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("UPDATE sessions SET last_seen_at = ?2 WHERE owner = ?1")
        .bind(owner.as_str())
        .bind(now.timestamp_micros())
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}

/// Ends sessions not seen since `before`, with everything they own: nobody can show their id again.
pub(crate) async fn end(
    connection: &mut SqliteConnection,
    owners: &[String],
    before: i64,
) -> Result<u64, sqlx::Error> {
    let mut ended = 0;
    for owner in owners {
        let still_idle: Option<SqliteRow> =
            sqlx::query("DELETE FROM sessions WHERE owner = ?1 AND last_seen_at < ?2 RETURNING owner")
                .bind(owner)
                .bind(before)
                .fetch_optional(&mut *connection)
                .await?;
        let Some(row) = still_idle else { continue };
        let owner: &str = row.try_get("owner")?;
        for delete in [
            "DELETE FROM messages WHERE owner = ?1",
            "DELETE FROM history WHERE owner = ?1",
            "DELETE FROM favorites WHERE owner = ?1",
        ] {
            sqlx::query(delete).bind(owner).execute(&mut *connection).await?;
        }
        ended += 1;
    }
    Ok(ended)
}
