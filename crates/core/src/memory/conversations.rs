use std::{collections::VecDeque, fmt, sync::Arc};

use async_trait::async_trait;
use moka::{future::Cache, policy::EvictionPolicy};

use super::{MemoryLimits, weight};
use crate::{ConversationMessage, ConversationStore, Owner, StoreError};

/// Conversations, in memory.
pub struct MemoryConversations {
    conversations: Cache<Owner, Arc<Conversation>>,
    longest: usize,
}

impl MemoryConversations {
    /// Keeps as much, and as long, as `limits` say.
    pub fn new(limits: MemoryLimits) -> Self {
        let conversations = Cache::builder()
            .eviction_policy(EvictionPolicy::lru())
            .max_capacity(limits.conversation_bytes)
            .weigher(|_, conversation: &Arc<Conversation>| weight(conversation.bytes))
            .time_to_idle(limits.conversation_idle)
            .build();
        MemoryConversations { conversations, longest: limits.messages_per_conversation }
    }
}

/// What was said in one session, oldest first. It is replaced as a whole, so that the cache weighs it anew.
#[derive(Clone, Default)]
struct Conversation {
    messages: VecDeque<Arc<ConversationMessage>>,
    bytes: usize,
}

impl Conversation {
    fn push(&mut self, message: &ConversationMessage, longest: usize) {
        self.bytes += bytes(message);
        self.messages.push_back(Arc::new(message.clone()));
        while self.messages.len() > longest {
            if let Some(oldest) = self.messages.pop_front() {
                self.bytes -= bytes(&oldest);
            }
        }
    }
}

fn bytes(message: &ConversationMessage) -> usize {
    size_of::<ConversationMessage>() + message.text.len() + message.sql.as_ref().map_or(0, String::len)
}

#[async_trait]
impl ConversationStore for MemoryConversations {
    async fn append(&self, owner: &Owner, messages: &[ConversationMessage]) -> Result<(), StoreError> {
        self.conversations
            .entry_by_ref(owner)
            .and_upsert_with(|kept| {
                let mut conversation =
                    kept.map_or_else(Conversation::default, |kept| (**kept.value()).clone());
                for message in messages {
                    conversation.push(message, self.longest);
                }
                std::future::ready(Arc::new(conversation))
            })
            .await;
        Ok(())
    }

    async fn recent(&self, owner: &Owner, limit: u32) -> Result<Vec<ConversationMessage>, StoreError> {
        let Some(conversation) = self.conversations.get(owner).await else {
            return Ok(Vec::new());
        };
        let messages = &conversation.messages;
        let older = messages.len().saturating_sub(limit as usize);
        Ok(messages.iter().skip(older).map(|message| (**message).clone()).collect())
    }

    async fn clear(&self, owner: &Owner) -> Result<u64, StoreError> {
        let forgotten = self.conversations.remove(owner).await;
        Ok(forgotten.map_or(0, |conversation| conversation.messages.len() as u64))
    }
}

impl fmt::Debug for MemoryConversations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryConversations").finish_non_exhaustive()
    }
}
