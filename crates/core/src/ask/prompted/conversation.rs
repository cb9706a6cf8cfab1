//! The conversation before a question, as far as there is room for it.

use super::{fence::fenced, private};
use crate::{Context, ConversationMessage, Speaker};

/// Bytes that the messages of a conversation may take, about 700 tokens.
const ROOM: usize = 2_400;
/// Bytes of the newest statement, which the question may go on from.
const LONGEST_STATEMENT: usize = 1_500;
/// Bytes of any other statement, of a question and of an answer in words.
const LONGEST: usize = 300;
/// What stands for the middle of a text that is too long.
const LEFT_OUT: &str = " … ";

/// The last messages before a question, oldest first, and how many before them find no room; nothing where there are
/// none.
///
/// Where nothing out of a row may be told, what earlier answers said is left out, and of their statements the texts
/// that nobody said.
pub(super) fn conversation(question: &str, context: &Context<'_>, private: bool) -> Option<String> {
    let mut told: Vec<String> = Vec::new();
    let mut room = ROOM;
    let mut is_newest = true;
    for message in context.conversation.iter().rev() {
        let mut text = words(message, private);
        if let Some(sql) = &message.sql {
            let sql = if private { private::told(sql, question, context) } else { sql.clone() };
            let most = if is_newest { LONGEST_STATEMENT } else { LONGEST };
            text.push_str(&format!("sql: {}\n", fenced(&shortened(&sql, most))));
            is_newest = false;
        }
        let Some(left) = room.checked_sub(text.len()) else { break };
        room = left;
        told.push(text);
    }
    let earlier = context.conversation.len() - told.len();
    if earlier > 0 {
        told.push(format!("({earlier} earlier messages are left out)\n"));
    }
    let text: String = told.into_iter().rev().collect();
    (!text.is_empty()).then(|| format!("<data kind=\"conversation\">\n{text}</data>\n"))
}

fn words(message: &ConversationMessage, private: bool) -> String {
    let speaker = match message.speaker {
        Speaker::User => "question",
        Speaker::Assistant if private => return String::new(),
        Speaker::Assistant => "answer",
    };
    format!("{speaker}: {}\n", fenced(&shortened(&message.text, LONGEST)))
}

/// A text of at most so many bytes: its beginning and its end, where it is longer.
fn shortened(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let kept = most.saturating_sub(LEFT_OUT.len());
    let end = kept / 3;
    let begins = &text[..text.floor_char_boundary(kept - end)];
    let ends = &text[text.ceil_char_boundary(text.len() - end)..];
    format!("{begins}{LEFT_OUT}{ends}")
}
