//! A question as evidence to look for.

use super::{index::TableIndex, synonyms, terms};
use crate::text::{fold, singular, stem, within_edits};

/// Words of a question that are looked for; the rest of a longer one is not read.
const MOST_WORDS: usize = 256;

/// Where proper names are kept.
const NAMES: &[&str] = &["name", "title", "first", "last"];
/// Where it is kept what something is about.
const TOPICS: &[&str] = &["keyword", "keyphrase", "topic", "tag", "theme", "subject"];
/// Those who make something, or take part in it.
const DOERS: &[&str] =
    &["author", "writer", "director", "artist", "user", "singer", "composer", "actor", "reviewer"];

/// One word of the question, or some side by side, with the terms that may mean it.
#[derive(Debug)]
pub(super) struct Evidence {
    /// How much it counts.
    pub(super) weight: f32,
    /// The terms, each with how surely it is meant, from 0 to 1.
    pub(super) terms: Vec<(u32, f32)>,
}

/// What a question gives to go by.
pub(super) fn evidence(index: &TableIndex, question: &str) -> Vec<Evidence> {
    let weights = &index.weights;
    let spoken: Vec<String> = terms::words(question).take(MOST_WORDS).collect();
    let telling = terms::of_question(&spoken);
    let mut seen: Vec<String> = Vec::new();
    let mut found = Vec::new();
    for word in &telling {
        let one = singular(word);
        if !seen.contains(&one) {
            let weight = if terms::is_vague(&one) { weights.vague } else { 1.0 };
            found.push(Evidence { weight, terms: meanings(index, word, &one) });
            seen.push(one);
        }
    }
    let phrases = phrases(&spoken, &telling).into_iter().filter_map(|phrase| index.term(&phrase));
    found.extend(phrases.map(|id| Evidence { weight: weights.phrase, terms: vec![(id, 1.0)] }));
    for (asks, weight, words) in [
        (holds_proper_name(index, question), weights.proper_name, NAMES),
        (holds_topic(&spoken, &telling), weights.topic, TOPICS),
        (holds_doer(question), weights.doer, DOERS),
    ] {
        if asks {
            let terms = words.iter().filter_map(|word| index.term(word)).map(|id| (id, 1.0)).collect();
            found.push(Evidence { weight, terms });
        }
    }
    found.retain(|evidence| !evidence.terms.is_empty());
    found
}

/// Words side by side, as names may hold them: as pairs, and as one word.
fn phrases(spoken: &[String], telling: &[String]) -> Vec<String> {
    let telling: Vec<String> = telling.iter().map(|word| singular(word)).collect();
    let spoken: Vec<String> = spoken.iter().map(|word| base(word)).collect();
    let mut phrases: Vec<String> = terms::pairs(&telling).collect();
    phrases.extend(telling.windows(2).chain(telling.windows(3)).chain(spoken.windows(2)).map(<[_]>::concat));
    phrases.sort_unstable();
    phrases.dedup();
    phrases
}

/// The word a name would use: "tried out" is `tryout`, "checks in" is `checkin`.
fn base(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ied") {
        return format!("{stem}y");
    }
    let verb = ["ing", "ed"].into_iter().find_map(|ending| word.strip_suffix(ending));
    match verb.filter(|_| word.len() > 5) {
        Some(verb) => verb.to_owned(),
        None => singular(word),
    }
}

/// Whether a word after the first is written with a capital and is no word of the catalogue.
fn holds_proper_name(index: &TableIndex, question: &str) -> bool {
    terms::raw_words(question).take(MOST_WORDS).skip(1).any(|word| {
        word.chars().next().is_some_and(char::is_uppercase) && index.term(&singular(&fold(word))).is_none()
    })
}

/// Whether it asks for what is about something: "papers about parsing", not "information about the papers".
fn holds_topic(spoken: &[String], telling: &[String]) -> bool {
    spoken.windows(3).any(|words| match words {
        [before, about, after] if about == "about" => {
            telling.contains(before) && !terms::is_vague(before) && telling.contains(after)
        }
        _ => false,
    })
}

/// Whether somebody with a proper name has made something or takes part in it: "songs by Ann Lee".
fn holds_doer(question: &str) -> bool {
    let words: Vec<&str> = question.split_whitespace().collect();
    words.windows(2).any(|two| match two {
        ["by" | "with", name] => {
            name.trim_start_matches(['"', '\'', '“']).chars().next().is_some_and(char::is_uppercase)
        }
        _ => false,
    })
}

/// The terms of the catalogue that a word may mean; `one` is its singular.
fn meanings(index: &TableIndex, word: &str, one: &str) -> Vec<(u32, f32)> {
    let weights = &index.weights;
    let exact = index.term(one);
    let mut found: Vec<(u32, f32)> = exact.map(|id| (id, 1.0)).into_iter().collect();
    let mut add = |id: u32, sure: f32| match found.iter_mut().find(|(known, _)| *known == id) {
        Some((_, known)) => *known = known.max(sure),
        None => found.push((id, sure)),
    };
    index.with_stem(&stem(word)).for_each(|id| add(id, weights.stem));
    synonyms::of(one).filter_map(|other| index.term(other)).for_each(|id| add(id, weights.synonym));
    synonyms::leads(one).filter_map(|other| index.term(other)).for_each(|id| add(id, weights.lead));
    let letter = one.chars().next().filter(|_| one.bytes().all(|letter| letter.is_ascii_alphabetic()));
    for (term, id) in letter.into_iter().flat_map(|letter| index.beginning_with(letter)) {
        if Some(id) == exact || term.contains(' ') {
            continue;
        }
        let shared = term.bytes().zip(one.bytes()).take_while(|(left, right)| left == right).count();
        let (shorter, longer) = (term.len().min(one.len()), term.len().max(one.len()));
        let mostly = shared >= 5 && shared * 3 >= longer * 2;
        let extended = shared >= 4 && shared == shorter && longer - shorter <= 3;
        if mostly || extended {
            add(id, weights.alike * fraction(shared, longer));
        } else if is_short_for(term, one) {
            add(id, weights.short);
        } else if exact.is_none() && shorter >= 5 && within_edits(term, one, 1) {
            add(id, weights.misspelt);
        } else if shared == one.len() && one.len() >= 4 {
            add(id, weights.compound);
        }
    }
    found
}

/// Whether a name's word is a shortened word of the question: `stu`, `dept`, `prereq`. Both are ASCII.
fn is_short_for(short: &str, word: &str) -> bool {
    if short.len() < 3 || word.len() < short.len() + 2 {
        return false;
    }
    if word.starts_with(short) {
        return true;
    }
    // letters left out here and there: vowels first, so that few are left
    let vowels = short.bytes().skip(1).filter(|letter| b"aeiou".contains(letter)).count();
    let mut letters = word.bytes();
    short.len() <= 5
        && vowels <= 1
        && short.len() * 2 >= word.len().min(8)
        && short.bytes().all(|letter| letters.any(|other| other == letter))
}

#[expect(clippy::cast_precision_loss, reason = "lengths of words")]
fn fraction(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}
