use sqlatte_core::{ConversationMessage, Speaker, Stores};

use super::{message, owner};

/// Texts that a store could damage.
const AWKWARD: [&str; 6] =
    ["", "it's", "\"; DROP TABLE messages; --", "İstanbul 🫘 \u{202e}", "a\0b", "a\r\nb\t%_\\"];

/// Read your write, every field.
pub async fn appended_messages_are_read_back_in_order(stores: Stores) {
    let owner = owner("ada");
    let mut said: Vec<_> = AWKWARD.iter().map(|text| message(0, text)).collect();
    said.push(ConversationMessage {
        speaker: Speaker::Assistant,
        sql: Some("SELECT 'it''s'".to_owned()),
        ..message(1, "There are 3.")
    });
    stores.conversations.append(&owner, &said).await.unwrap();
    stores.conversations.append(&owner, &[]).await.unwrap();
    assert_eq!(stores.conversations.recent(&owner, 100).await.unwrap(), said);
}

/// The limit leaves out the oldest, and what is left stays in order.
pub async fn only_the_newest_messages_are_recent(stores: Stores) {
    let owner = owner("ada");
    for count in 0..12u32 {
        let said = [message(count, &format!("question {count}")), message(count, &format!("answer {count}"))];
        stores.conversations.append(&owner, &said).await.unwrap();
    }
    let recent = stores.conversations.recent(&owner, 3).await.unwrap();
    let texts: Vec<_> = recent.iter().map(|message| message.text.as_str()).collect();
    assert_eq!(texts, ["answer 10", "question 11", "answer 11"]);
    assert_eq!(stores.conversations.recent(&owner, 0).await.unwrap(), []);
}

/// Clearing says how much there was; what is said after it is kept.
pub async fn clearing_a_conversation_counts_and_forgets_it(stores: Stores) {
    let owner = owner("ada");
    stores.conversations.append(&owner, &[message(0, "one"), message(0, "two")]).await.unwrap();
    assert_eq!(stores.conversations.clear(&owner).await.unwrap(), 2);
    assert_eq!(stores.conversations.clear(&owner).await.unwrap(), 0);
    assert_eq!(stores.conversations.recent(&owner, 10).await.unwrap(), []);
    stores.conversations.append(&owner, &[message(1, "three")]).await.unwrap();
    assert_eq!(stores.conversations.recent(&owner, 10).await.unwrap().len(), 1);
}

/// Nobody reads or clears what another said.
pub async fn conversations_of_owners_are_apart(stores: Stores) {
    let (ada, bob) = (owner("ada"), owner("ADA"));
    stores.conversations.append(&ada, &[message(0, "secret")]).await.unwrap();
    assert_eq!(stores.conversations.recent(&bob, 10).await.unwrap(), []);
    assert_eq!(stores.conversations.clear(&bob).await.unwrap(), 0);
    assert_eq!(stores.conversations.recent(&ada, 10).await.unwrap().len(), 1);
}

/// Many at once on one conversation: each pair of messages is there, together and in order.
pub async fn concurrent_appends_lose_nothing(stores: Stores) {
    const CALLERS: u32 = 32;
    let owner = owner("ada");
    let callers = (0..CALLERS).map(|caller| {
        let (stores, owner) = (stores.clone(), owner.clone());
        tokio::spawn(async move {
            for round in 0..3 {
                let said = [
                    message(round, &format!("{caller}.{round} asked")),
                    message(round, &format!("{caller}.{round} answered")),
                ];
                stores.conversations.append(&owner, &said).await.unwrap();
                let recent = stores.conversations.recent(&owner, 200).await.unwrap();
                assert!(recent.contains(&said[1]), "what was appended is read back at once");
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    let recent = stores.conversations.recent(&owner, 1_000).await.unwrap();
    assert_eq!(recent.len() as u32, CALLERS * 3 * 2);
    for pair in recent.chunks(2) {
        assert_eq!(pair[0].text.replace("asked", "answered"), pair[1].text);
    }
}
