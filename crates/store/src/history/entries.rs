use sqlatte_core::{Feedback, HistoryEntry, Owner, Page, Paged, QueryId, Status, Timing};
use sqlatte_providers::{Usage, Usd};
use sqlx::{QueryBuilder, Row, SqliteConnection, sqlite::SqliteRow};

use super::{folded, sought};
use crate::value::{get_count, get_duration, get_id, get_time, id_bytes, integer, malformed, micros};

type Result<T> = std::result::Result<T, sqlx::Error>;

/// Keeps entries; an id that is there already changes nothing.
pub(crate) async fn insert(connection: &mut SqliteConnection, entries: &[&HistoryEntry]) -> Result<u64> {
    let mut query = QueryBuilder::new(
        "INSERT INTO history (
             id, owner, question, sql, folded, status, tables, row_count, error_code, error_message,
             total_us, llm_us, database_us, llm_calls, unanswered_calls, stand_in_calls, input_tokens, output_tokens,
             cached_tokens, cache_write_tokens, cost_picodollars, cached, created_at
         ) ",
    );
    query.push_values(entries, |mut row, entry| {
        row.push_bind(id_bytes(entry.id))
            .push_bind(entry.owner.as_str().to_owned())
            .push_bind(entry.question.clone())
            .push_bind(entry.sql.clone())
            .push_bind(folded([entry.question.as_deref(), entry.sql.as_deref()]))
            .push_bind(entry.status.name())
            .push_bind(serde_json::Value::from(entry.tables.as_slice()).to_string())
            .push_bind(entry.row_count.map(integer))
            .push_bind(entry.error_code.clone())
            .push_bind(entry.error_message.clone())
            .push_bind(micros(entry.timing.total))
            .push_bind(micros(entry.timing.llm))
            .push_bind(micros(entry.timing.database))
            .push_bind(entry.usage.llm_calls)
            .push_bind(entry.usage.unanswered_calls)
            .push_bind(entry.usage.stand_in_calls)
            .push_bind(integer(entry.usage.input_tokens))
            .push_bind(integer(entry.usage.output_tokens))
            .push_bind(integer(entry.usage.cached_tokens))
            .push_bind(integer(entry.usage.cache_write_tokens))
            .push_bind(entry.usage.cost.map(|cost| integer(cost.picos())))
            .push_bind(entry.cached)
            .push_bind(entry.created_at.timestamp_micros());
    });
    let done = query.push(" ON CONFLICT (id) DO NOTHING").build().execute(connection).await?;
    Ok(done.rows_affected())
}

/// The columns of an entry, before its `WHERE`.
macro_rules! select_entries {
    ($rest:literal) => {
        concat!(
            "SELECT id, question, sql, status, tables, row_count, error_code, error_message,
                 total_us, llm_us, database_us, llm_calls, unanswered_calls, stand_in_calls, input_tokens,
                 output_tokens, cached_tokens, cache_write_tokens, cost_picodollars, cached, created_at,
                 EXISTS (
                     SELECT 1 FROM favorites
                     WHERE favorites.owner = history.owner AND favorites.query_id = history.id
                 ) AS favorite
             FROM history ",
            $rest
        )
    };
}

pub(super) async fn find(
    reader: &mut SqliteConnection,
    owner: &Owner,
    id: QueryId,
) -> Result<Option<HistoryEntry>> {
    let row = sqlx::query(select_entries!("WHERE id = ?1 AND owner = ?2"))
        .bind(id_bytes(id))
        .bind(owner.as_str())
        .fetch_optional(reader)
        .await?;
    row.map(|row| entry(owner, &row)).transpose()
}

pub(super) async fn list(
    reader: &mut SqliteConnection,
    owner: &Owner,
    page: &Page,
) -> Result<Paged<HistoryEntry>> {
    let sought = sought(page);
    let total: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM history WHERE owner = ?1 AND (?2 = '' OR instr(folded, ?2))",
    )
    .bind(owner.as_str())
    .bind(&sought)
    .fetch_one(&mut *reader)
    .await?;
    let rows = sqlx::query(select_entries!(
        "WHERE owner = ?1 AND (?2 = '' OR instr(folded, ?2))
         ORDER BY created_at DESC, id DESC LIMIT ?3 OFFSET ?4"
    ))
    .bind(owner.as_str())
    .bind(&sought)
    .bind(page.limit)
    .bind(page.offset)
    .fetch_all(reader)
    .await?;
    let items = rows.iter().map(|row| entry(owner, row)).collect::<Result<_>>()?;
    Ok(Paged { items, total: u64::try_from(total).unwrap_or_default() })
}

fn entry(owner: &Owner, row: &SqliteRow) -> Result<HistoryEntry> {
    let status: &str = row.try_get("status")?;
    let status = Status::ALL
        .into_iter()
        .find(|known| known.name() == status)
        .ok_or_else(|| malformed("status", "it is none that this version knows"))?;
    let tables: &str = row.try_get("tables")?;
    let row_count: Option<i64> = row.try_get("row_count")?;
    let cost: Option<i64> = row.try_get("cost_picodollars")?;
    let entry = HistoryEntry {
        id: get_id(row, "id")?,
        owner: owner.clone(),
        question: row.try_get("question")?,
        sql: row.try_get("sql")?,
        status,
        tables: serde_json::from_str(tables).map_err(|_| malformed("tables", "it is no list of names"))?,
        row_count: row_count.and_then(|count| u64::try_from(count).ok()),
        error_code: row.try_get("error_code")?,
        error_message: row.try_get("error_message")?,
        timing: Timing {
            total: get_duration(row, "total_us")?,
            llm: get_duration(row, "llm_us")?,
            database: get_duration(row, "database_us")?,
        },
        usage: Usage {
            llm_calls: row.try_get("llm_calls")?,
            unanswered_calls: row.try_get("unanswered_calls")?,
            stand_in_calls: row.try_get("stand_in_calls")?,
            input_tokens: get_count(row, "input_tokens")?,
            output_tokens: get_count(row, "output_tokens")?,
            cached_tokens: get_count(row, "cached_tokens")?,
            cache_write_tokens: get_count(row, "cache_write_tokens")?,
            cost: cost.and_then(|picos| u64::try_from(picos).ok()).map(Usd::from_picos),
        },
        cached: row.try_get("cached")?,
        created_at: get_time(row, "created_at")?,
        favorite: row.try_get("favorite")?,
    };
    Ok(entry)
}

pub(crate) async fn delete(connection: &mut SqliteConnection, owner: &Owner, id: QueryId) -> Result<u64> {
    let done = sqlx::query("DELETE FROM history WHERE id = ?1 AND owner = ?2")
        .bind(id_bytes(id))
        .bind(owner.as_str())
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}

pub(crate) async fn clear(connection: &mut SqliteConnection, owner: &Owner) -> Result<u64> {
    let done =
        sqlx::query("DELETE FROM history WHERE owner = ?1").bind(owner.as_str()).execute(connection).await?;
    Ok(done.rows_affected())
}

pub(crate) async fn set_feedback(
    connection: &mut SqliteConnection,
    owner: &Owner,
    feedback: &Feedback,
) -> Result<u64> {
    let done = sqlx::query(
        "INSERT INTO feedback (query_id, rating, comment, corrected_sql, created_at)
         SELECT id, ?3, ?4, ?5, ?6 FROM history WHERE id = ?1 AND owner = ?2
         ON CONFLICT (query_id) DO UPDATE SET rating = excluded.rating, comment = excluded.comment,
             corrected_sql = excluded.corrected_sql, created_at = excluded.created_at",
    )
    .bind(id_bytes(feedback.query_id))
    .bind(owner.as_str())
    .bind(feedback.rating.name())
    .bind(feedback.comment.as_deref())
    .bind(feedback.corrected_sql.as_deref())
    .bind(feedback.created_at.timestamp_micros())
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Forgets entries by their row numbers.
pub(crate) async fn forget(connection: &mut SqliteConnection, rows: &[i64], before: i64) -> Result<u64> {
    let mut forgotten = 0;
    for row in rows {
        let done = sqlx::query("DELETE FROM history WHERE rowid = ?1 AND created_at < ?2")
            .bind(row)
            .bind(before)
            .execute(&mut *connection)
            .await?;
        forgotten += done.rows_affected();
    }
    Ok(forgotten)
}
