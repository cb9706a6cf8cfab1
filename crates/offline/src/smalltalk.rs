//! What is no question about data: greetings, thanks, help, and commands that would change something.

use crate::token::{Token, TokenKind};

/// What a text is, where it is no question about data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Talk {
    Greeting,
    Thanks,
    Goodbye,
    Help,
    HowAreYou,
    /// It asks to change the data.
    Command,
    /// It asks why, or what will be.
    Reasoning,
    Empty,
}

/// Recognises small talk and commands.
pub(crate) fn recognise(tokens: &[Token]) -> Option<Talk> {
    let words: Vec<&str> = tokens
        .iter()
        .filter(|token| token.kind != TokenKind::Mark)
        .map(|token| token.word.as_str())
        .collect();
    if words.is_empty() {
        return Some(Talk::Empty);
    }
    let polite: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| {
            !matches!(
                *word,
                "please"
                    | "there"
                    | "sqlatte"
                    | "everyone"
                    | "all"
                    | "so"
                    | "very"
                    | "much"
                    | "you"
                    | "again"
                    | "a"
                    | "lot"
                    | "team"
            )
        })
        .collect();
    let all = |known: &[&str]| !polite.is_empty() && polite.iter().all(|word| known.contains(word));
    if all(&[
        "hello",
        "hi",
        "hey",
        "good",
        "morning",
        "evening",
        "afternoon",
        "day",
        "greetings",
        "howdy",
        "hallo",
        "merhaba",
        "yo",
        "hola",
        "bonjour",
        "servus",
        "moin",
        "selam",
        "welcome",
    ]) && polite != ["day"]
        && polite != ["good"]
    {
        return Some(Talk::Greeting);
    }
    if all(&[
        "thanks",
        "thank",
        "thx",
        "cheers",
        "great",
        "perfect",
        "nice",
        "cool",
        "awesome",
        "ok",
        "okay",
        "good",
        "job",
        "well",
        "done",
        "danke",
        "merci",
        "wonderful",
        "excellent",
        "super",
    ]) {
        return Some(Talk::Thanks);
    }
    if all(&["bye", "goodbye", "see", "later", "ciao", "good", "night", "tschuss"]) {
        return Some(Talk::Goodbye);
    }
    let after_thanks = [
        "thanks", "thank", "thx", "that", "this", "it", "helped", "helps", "help", "me", "for", "your",
        "the", "was", "is", "of", "great", "good", "answer", "answers", "quick", "really", "lot", "all",
        "useful", "helpful", "support",
    ];
    if matches!(polite.first(), Some(&("thanks" | "thank" | "thx"))) && all(&after_thanks) {
        return Some(Talk::Thanks);
    }
    // "good morning, how are you?" is what follows the greeting
    let greeting = ["hello", "hi", "hey", "good", "morning", "evening", "afternoon", "there"];
    let words: Vec<&str> = match words.iter().position(|word| !greeting.contains(word)) {
        Some(start) => words[start..].to_vec(),
        None => words,
    };
    let starts = |lead: &[&str]| words.starts_with(lead);
    if words == ["help"]
        || words == ["help", "me"]
        || starts(&["what", "can", "you"])
        || starts(&["what", "can", "i", "ask"])
        || starts(&["who", "are", "you"])
        || starts(&["what", "are", "you"])
        || starts(&["how", "do", "you", "work"])
        || starts(&["how", "does", "this", "work"])
        || starts(&["what", "do", "you", "do"])
        || starts(&["can", "you", "help"])
        || starts(&["how", "can", "you", "help"])
        || words == ["what", "is", "this"]
        || starts(&["what", "is", "your", "name"])
    {
        return Some(Talk::Help);
    }
    if starts(&["how", "are", "you"])
        || starts(&["how", "is", "it", "going"])
        || words == ["what", "is", "up"]
    {
        return Some(Talk::HowAreYou);
    }
    let imperative: Vec<&str> = words
        .iter()
        .copied()
        .skip_while(|word| {
            matches!(
                *word,
                "please"
                    | "can"
                    | "could"
                    | "you"
                    | "would"
                    | "i"
                    | "want"
                    | "to"
                    | "we"
                    | "now"
                    | "then"
                    | "and"
                    | "let"
                    | "us"
                    | "just"
                    | "go"
                    | "ahead"
            )
        })
        .collect();
    let first = imperative.first().copied().unwrap_or("");
    let changes = matches!(
        first,
        "delete"
            | "drop"
            | "update"
            | "insert"
            | "remove"
            | "truncate"
            | "alter"
            | "create"
            | "add"
            | "change"
            | "modify"
            | "erase"
            | "wipe"
            | "rename"
            | "set"
            | "grant"
            | "revoke"
            | "replace"
            | "cancel"
            | "refund"
            | "increase"
            | "decrease"
            | "raise"
            | "reduce"
            | "send"
            | "email"
            | "mail"
            | "write"
            | "export"
            | "import"
            | "upload"
            | "book"
            | "hire"
            | "fire"
            | "buy"
            | "lower"
            | "double"
            | "reset"
            | "clear"
            | "purge"
            | "merge"
            | "edit"
            | "fix"
            | "mark"
            | "move"
            | "schedule"
            | "execute"
            | "kill"
            | "archive"
            | "give'"
            | "vacuum"
            | "attach"
            | "pragma"
    );
    // "email of Ada" asks for it; "email Ada" and "cancel order 5" tell us to do something
    let names_a_thing = matches!(
        imperative.as_slice(),
        [
            "email" | "mail" | "book" | "schedule" | "export" | "import",
            "of" | "and" | "address" | "addresses",
            ..
        ]
    );
    if changes && !names_a_thing {
        return Some(Talk::Command);
    }
    if words.windows(2).any(|pair| {
        matches!(pair, ["drop" | "truncate" | "alter", "table"] | ["delete", "from"] | ["insert", "into"])
    }) {
        return Some(Talk::Command);
    }
    if words.iter().any(|word| {
        matches!(
            *word,
            "why"
                | "predict"
                | "forecast"
                | "should"
                | "recommend"
                | "suggest"
                | "advise"
                | "explain"
                | "translate"
                | "summarize"
                | "summarise"
                | "tomorrow's"
        )
    }) {
        return Some(Talk::Reasoning);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::tokenise;

    #[test]
    fn recognises_talk() {
        let cases = [
            ("Hello!", Some(Talk::Greeting)),
            ("good morning", Some(Talk::Greeting)),
            ("thank you very much", Some(Talk::Thanks)),
            ("what can you do?", Some(Talk::Help)),
            ("How are you?", Some(Talk::HowAreYou)),
            ("Good morning, how are you?", Some(Talk::HowAreYou)),
            ("thanks, that helped a lot", Some(Talk::Thanks)),
            ("delete all orders", Some(Talk::Command)),
            ("please drop table customers", Some(Talk::Command)),
            ("1; DROP TABLE customers", Some(Talk::Command)),
            ("why did sales fall?", Some(Talk::Reasoning)),
            ("?!", Some(Talk::Empty)),
            ("show cancelled orders", None),
            ("how many orders", None),
            ("email of Ada Lovelace", None),
            ("email addresses of customers in Berlin", None),
            ("email Ada Lovelace", Some(Talk::Command)),
            ("email all customers", Some(Talk::Command)),
            ("what is the average price", None),
        ];
        for (words, talk) in cases {
            assert_eq!(recognise(&tokenise(words)), talk, "{words}");
        }
    }
}
