//! Link: what each phrase of the question may mean in this database.

use crate::{
    lexicon::{Entry, Lexicon, Target},
    places, synonyms,
    text::within_edits,
    token::{Token, TokenKind},
    values::{MOST_WORDS, ValueIndex},
    words,
};

/// A phrase with one of its meanings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Link {
    pub(crate) start: usize,
    pub(crate) length: usize,
    pub(crate) target: Target,
    pub(crate) weight: f32,
    /// Found only by forgiving a typing error.
    pub(crate) fuzzy: bool,
}

/// The links of a question, by the token they start at, the longest first.
#[derive(Debug)]
pub(crate) struct Links {
    at: Vec<Vec<Link>>,
}

impl Links {
    pub(crate) fn at(&self, token: usize) -> &[Link] {
        self.at.get(token).map_or(&[], Vec::as_slice)
    }

    /// The length of the longest link that starts here.
    pub(crate) fn longest(&self, token: usize) -> usize {
        self.at(token).first().map_or(0, |link| link.length)
    }
}

/// Finds every link of these tokens.
pub(crate) fn link(tokens: &[Token], lexicon: &Lexicon, values: &ValueIndex) -> Links {
    let mut at: Vec<Vec<Link>> = Vec::with_capacity(tokens.len());
    let mut phrase = String::new();
    // "when did it open": the verb stands in its plain form
    let asks_did = tokens.iter().any(|token| token.word == "did");
    for start in 0..tokens.len() {
        let mut links = Vec::new();
        phrase.clear();
        for (offset, token) in tokens[start..].iter().take(MOST_WORDS).enumerate() {
            if token.kind == TokenKind::Mark {
                // "&", "." and "'" may stand inside a value
                if offset == 0 || !matches!(token.word.as_str(), "." | "'" | "'s" | "/") {
                    break;
                }
                continue;
            }
            if offset > 0 {
                phrase.push(' ');
            }
            phrase.push_str(if token.kind == TokenKind::Quoted { &token.word } else { &token.norm });
            let length = offset + 1;
            if !(length == 1 && token.kind == TokenKind::Word && words::is_closed(&token.word)) {
                find(&phrase, start, length, lexicon, values, &mut links);
            }
        }
        let token = &tokens[start];
        if token.kind == TokenKind::Quoted {
            let words = crate::values::index_words(&token.text);
            for (column, value, _) in values.find(&words) {
                push(
                    &mut links,
                    Link {
                        start,
                        length: 1,
                        target: Target::Value(column, value),
                        weight: 1.0,
                        fuzzy: false,
                    },
                );
            }
            links.retain(|link| matches!(link.target, Target::Value(..)) && link.length == 1);
        }
        if token.kind == TokenKind::Word && !words::is_closed(&token.word) {
            // "orders" and "product" are nouns before they are verbs
            let denied = denied_deed(&tokens[..start], lexicon);
            let participle = denied || token.word.ends_with("ed") || token.word.ends_with("ing");
            let noun = synonyms::concept(&token.norm).is_some()
                || lexicon
                    .phrase(&token.norm)
                    .iter()
                    .any(|entry| matches!(entry.target, Target::Table(_)) && entry.weight > 0.7);
            let past = asks_did || token.word.ends_with("ed") || crate::text::is_irregular_past(&token.word);
            for entry in lexicon.verb(&token.stem) {
                if (participle || !noun) && (past || !matches!(entry.target, Target::Happening(_))) {
                    push(
                        &mut links,
                        Link { start, length: 1, target: entry.target, weight: entry.weight, fuzzy: false },
                    );
                }
            }
        }
        links
            .sort_by(|left, right| right.length.cmp(&left.length).then(right.weight.total_cmp(&left.weight)));
        at.push(links);
    }
    Links { at }
}

/// "customers who did not ...": what follows is done, or not, by what was named, and is no noun.
fn denied_deed(before: &[Token], lexicon: &Lexicon) -> bool {
    let [.., doer, did, not] = before else { return false };
    let named = || {
        lexicon
            .phrase(&doer.norm)
            .iter()
            .any(|entry| matches!(entry.target, Target::Table(_)) && entry.weight > 0.7)
    };
    not.word == "not"
        && matches!(did.word.as_str(), "did" | "do" | "does")
        && (matches!(doer.word.as_str(), "who" | "that" | "which") || named())
}

fn find(
    phrase: &str,
    start: usize,
    length: usize,
    lexicon: &Lexicon,
    values: &ValueIndex,
    links: &mut Vec<Link>,
) {
    for &Entry { target, weight } in lexicon.phrase(phrase) {
        push(links, Link { start, length, target, weight, fuzzy: false });
    }
    if lexicon.is_given(phrase) {
        return;
    }
    if let Some(concept) = synonyms::concept(phrase) {
        push(links, Link { start, length, target: Target::Concept(concept), weight: 0.85, fuzzy: false });
    }
    let mut add_values = |words: &str, weight: f32| {
        for (column, value, _) in values.find(words) {
            push(links, Link { start, length, target: Target::Value(column, value), weight, fuzzy: false });
        }
    };
    add_values(phrase, 0.9);
    for other in places::other_names(phrase) {
        add_values(other, 0.85);
    }
}

fn push(links: &mut Vec<Link>, link: Link) {
    match links.iter_mut().find(|other| other.target == link.target && other.length == link.length) {
        Some(other) => other.weight = other.weight.max(link.weight),
        None => links.push(link),
    }
}

/// The one known word that an unknown one is a typing error of, if there is exactly one.
pub(crate) fn correct(word: &str, lexicon: &Lexicon, values: &ValueIndex) -> Option<String> {
    let limit = match word.chars().count() {
        0..=4 => return None,
        5..=8 => 1,
        _ => 2,
    };
    let first = word.chars().next();
    let close = |known: &str| {
        known.len() >= 4
            && known.chars().next() == first
            && !known.contains(' ')
            && within_edits(word, known, limit)
    };
    let mut found: Option<&str> = None;
    for known in lexicon.words().chain(values.phrases()).chain(words::GRAMMAR_WORDS.iter().copied()) {
        if close(known) {
            match found {
                Some(other) if other != known => return None,
                _ => found = Some(known),
            }
        }
    }
    found.map(str::to_owned)
}
