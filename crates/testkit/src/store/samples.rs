use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlatte_core::{
    ConversationMessage, Favorite, Feedback, HistoryEntry, Owner, QueryId, Rating, Speaker, Status, Timing,
};
use sqlatte_providers::{Usage, Usd};

/// An owner by name.
pub fn owner(name: &str) -> Owner {
    Owner::user(name)
}

/// The instant this many seconds after a fixed one, with microseconds.
pub fn instant(seconds: u32) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + Duration::new(1_790_000_000 + u64::from(seconds), 123_456_000)
}

/// A new id at [`instant`].
pub fn id(seconds: u32) -> QueryId {
    QueryId::new(instant(seconds))
}

/// A message said by the user at [`instant`].
pub fn message(seconds: u32, text: &str) -> ConversationMessage {
    ConversationMessage {
        speaker: Speaker::User,
        text: text.to_owned(),
        sql: None,
        query_id: id(seconds),
        created_at: instant(seconds),
    }
}

/// An answered question at [`instant`], with every field set.
pub fn entry(owner: &Owner, seconds: u32, question: &str) -> HistoryEntry {
    HistoryEntry {
        id: id(seconds),
        owner: owner.clone(),
        question: Some(question.to_owned()),
        sql: Some("SELECT count(*) FROM orders".to_owned()),
        status: Status::Answered,
        tables: vec!["orders".to_owned(), "a \"quoted\", name".to_owned()],
        row_count: Some(1),
        error_code: None,
        error_message: None,
        timing: Timing {
            total: Duration::from_micros(2_345),
            llm: Duration::from_micros(1_234),
            database: Duration::from_micros(567),
        },
        usage: Usage {
            llm_calls: 4,
            unanswered_calls: 2,
            stand_in_calls: 1,
            input_tokens: 1_000,
            output_tokens: 50,
            cached_tokens: 900,
            cache_write_tokens: 70,
            cost: Some(Usd::from_picos(1_234_567_890_123)),
        },
        created_at: instant(seconds),
        cached: true,
        favorite: false,
    }
}

/// A favourite at [`instant`], saved from an entry or not.
pub fn favorite(owner: &Owner, seconds: u32, name: &str, query_id: Option<QueryId>) -> Favorite {
    Favorite {
        id: id(seconds),
        owner: owner.clone(),
        query_id,
        name: name.to_owned(),
        question: Some("How many orders?".to_owned()),
        sql: "SELECT count(*) FROM orders".to_owned(),
        created_at: instant(seconds),
    }
}

/// Feedback on an answer.
pub fn feedback(query_id: QueryId, rating: Rating) -> Feedback {
    Feedback {
        query_id,
        rating,
        comment: Some("it's the net amount; 100 %".to_owned()),
        corrected_sql: Some("SELECT sum(net) FROM orders".to_owned()),
        created_at: instant(0),
    }
}
