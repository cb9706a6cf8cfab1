use sqlatte_core::{Favorite, Owner, Page, Paged, QueryId};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{folded, sought};
use crate::value::{get_id, get_optional_id, get_time, id_bytes};

type Result<T> = std::result::Result<T, sqlx::Error>;

pub(crate) async fn add(connection: &mut SqliteConnection, favorite: &Favorite) -> Result<u64> {
    let done = sqlx::query(
        "INSERT INTO favorites (id, owner, query_id, name, question, sql, folded, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(id_bytes(favorite.id))
    .bind(favorite.owner.as_str())
    .bind(favorite.query_id.map(id_bytes))
    .bind(&favorite.name)
    .bind(favorite.question.as_deref())
    .bind(&favorite.sql)
    .bind(folded([Some(&*favorite.name), favorite.question.as_deref(), Some(&favorite.sql)]))
    .bind(favorite.created_at.timestamp_micros())
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

pub(super) async fn list(
    reader: &mut SqliteConnection,
    owner: &Owner,
    page: &Page,
) -> Result<Paged<Favorite>> {
    let sought = sought(page);
    let total: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM favorites WHERE owner = ?1 AND (?2 = '' OR instr(folded, ?2))",
    )
    .bind(owner.as_str())
    .bind(&sought)
    .fetch_one(&mut *reader)
    .await?;
    let rows = sqlx::query(
        "SELECT id, query_id, name, question, sql, created_at FROM favorites
         WHERE owner = ?1 AND (?2 = '' OR instr(folded, ?2))
         ORDER BY created_at DESC, id DESC LIMIT ?3 OFFSET ?4",
    )
    .bind(owner.as_str())
    .bind(&sought)
    .bind(page.limit)
    .bind(page.offset)
    .fetch_all(reader)
    .await?;
    let items = rows.iter().map(|row| favorite(owner, row)).collect::<Result<_>>()?;
    Ok(Paged { items, total: u64::try_from(total).unwrap_or_default() })
}

fn favorite(owner: &Owner, row: &SqliteRow) -> Result<Favorite> {
    Ok(Favorite {
        id: get_id(row, "id")?,
        owner: owner.clone(),
        query_id: get_optional_id(row, "query_id")?,
        name: row.try_get("name")?,
        question: row.try_get("question")?,
        sql: row.try_get("sql")?,
        created_at: get_time(row, "created_at")?,
    })
}

pub(crate) async fn remove(connection: &mut SqliteConnection, owner: &Owner, id: QueryId) -> Result<u64> {
    let done = sqlx::query("DELETE FROM favorites WHERE id = ?1 AND owner = ?2")
        .bind(id_bytes(id))
        .bind(owner.as_str())
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}
