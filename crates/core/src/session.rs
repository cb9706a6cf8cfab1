use std::fmt;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

/// The random name of one browser tab's or client's session.
///
/// It acts as a bearer secret: whoever shows it sees the session's conversation and history. It therefore has
/// no `Display`, prints as `***`, and only its hash, the [`Owner`], reaches a store.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionId(String);

/// Random bytes in a session id.
const SESSION_BYTES: usize = 24;

impl SessionId {
    /// A new one of 192 random bits, or `None` when the system gives no randomness.
    pub fn generate() -> Option<Self> {
        let mut bytes = [0u8; SESSION_BYTES];
        getrandom::fill(&mut bytes).ok()?;
        Some(SessionId(hex(&bytes)))
    }

    /// Takes one that a client shows; `None` if it cannot be one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == SESSION_BYTES * 2
            && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')))
        .then(|| SessionId(text.to_owned()))
    }

    /// The id itself, for the answer to its own client.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Who owns what is stored under this session.
    pub fn owner(&self) -> Owner {
        Owner(format!("session:{}", hex(&Sha256::digest(self.0.as_bytes()))))
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId(***)")
    }
}

/// Whose conversation, history and favourites: the hash of a session id, or a logged-in user.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Owner(String);

impl Owner {
    /// A logged-in user, under the name the login knows.
    pub fn user(name: &str) -> Self {
        Owner(format!("user:{name}"))
    }

    /// The key in stores; no secret.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A session that was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The hash of its id.
    pub owner: Owner,
    /// When it was issued.
    pub created_at: DateTime<Utc>,
    /// When it was last seen, to within a few minutes.
    pub last_seen_at: DateTime<Utc>,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_long_random_and_hidden() {
        let one = SessionId::generate().unwrap();
        let two = SessionId::generate().unwrap();
        assert_ne!(one, two);
        assert_eq!(SessionId::parse(one.expose()), Some(one.clone()));
        assert!(!format!("{one:?}").contains(one.expose()));
        assert!(!one.owner().as_str().contains(one.expose()));
    }

    #[test]
    fn refuses_what_was_never_issued() {
        for text in ["", "abc", &"g".repeat(48), &"A".repeat(48), &"a".repeat(47)] {
            assert_eq!(SessionId::parse(text), None, "{text}");
        }
    }
}
