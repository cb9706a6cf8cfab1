//! The same words again in one conversation.

use crate::{ConversationMessage, Interpretation, Speaker, text};

/// Words, folded, by which a question leans on what was said before it; in English and Turkish.
const LEANING: &[&str] = &[
    "about",
    "above",
    "again",
    "ahead",
    "also",
    "and",
    "another",
    "before",
    "below",
    "but",
    "earlier",
    "else",
    "former",
    "further",
    "her",
    "him",
    "his",
    "instead",
    "it",
    "its",
    "later",
    "more",
    "next",
    "now",
    "one",
    "ones",
    "only",
    "other",
    "others",
    "prior",
    "previous",
    "remaining",
    "rest",
    "same",
    "that",
    "their",
    "them",
    "then",
    "these",
    "they",
    "those",
    "too",
    "ayni",
    "ayrica",
    "baska",
    "bir",
    "bunlar",
    "bunu",
    "daha",
    "diger",
    "onceki",
    "onlar",
    "onu",
    "peki",
    "sadece",
    "simdi",
    "sonraki",
    "sunlar",
    "tekrar",
    "ve",
    "ya",
];

/// The answers that this conversation has to the same words, white space apart.
pub(super) fn answers<'c>(
    question: &str,
    conversation: &'c [ConversationMessage],
) -> impl Iterator<Item = &'c ConversationMessage> {
    conversation.windows(2).filter_map(move |pair| match pair {
        [asked, answer]
            if asked.speaker == Speaker::User
                && answer.speaker == Speaker::Assistant
                && asked.query_id == answer.query_id
                && asked.text.split_whitespace().eq(question.split_whitespace()) =>
        {
            Some(answer)
        }
        _ => None,
    })
}

/// Whether this is what an answer said.
pub(super) fn is_said(interpretation: &Interpretation, answer: &ConversationMessage) -> bool {
    match interpretation {
        Interpretation::Sql(draft) => answer.sql.as_ref() == Some(&draft.sql),
        Interpretation::Chat { message } | Interpretation::Clarify { message, .. } => answer.text == *message,
        Interpretation::Unanswerable { reason, .. } | Interpretation::Declined { reason } => {
            answer.text == *reason
        }
    }
}

/// Whether a question means the same wherever it stands, as far as words tell: it names a table that its
/// statement reads, and no word of it points back.
pub(super) fn stands_alone(question: &str, tables: &[String]) -> bool {
    let words: Vec<String> = question
        .split(|one: char| !one.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(text::fold)
        .collect();
    let named: Vec<String> = tables
        .iter()
        .filter_map(|table| table.rsplit('.').next())
        .flat_map(text::split_identifier)
        .map(|word| text::singular(&text::fold(&word)))
        .collect();
    words.iter().any(|word| named.contains(&text::singular(word)))
        && !words.iter().any(|word| LEANING.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::stands_alone;

    #[test]
    fn a_question_stands_alone_by_its_own_words() {
        let tables = ["public.order_items".to_owned(), "products".to_owned()];
        for question in ["Top 5 products by revenue", "How many order lines were there in 2025?"] {
            assert!(stands_alone(question, &tables), "{question}");
        }
        for question in [
            "What about the previous month?",
            "The next 10 products",
            "und im Monat davor?",
            "Only products in Berlin",
        ] {
            assert!(!stands_alone(question, &tables), "{question}");
        }
    }
}
