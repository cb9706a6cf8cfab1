use chrono::{DateTime, Utc};

use crate::QueryId;

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationMessage {
    /// Who said it.
    pub speaker: Speaker,
    /// What was said: the question as asked, or the answer's explanation or message.
    pub text: String,
    /// The SQL of an answer.
    pub sql: Option<String>,
    /// The question it belongs to.
    pub query_id: QueryId,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Speaker {
    /// The person who asks.
    User,
    /// SQLatte.
    Assistant,
}

impl Speaker {
    /// The name in answers and stores.
    pub fn name(self) -> &'static str {
        match self {
            Speaker::User => "user",
            Speaker::Assistant => "assistant",
        }
    }
}
