//! Words as they are compared: folded and singular.

use super::stop_words::is_stop_word;
use crate::text::{singular, split_identifier};

/// The singulars of an identifier's words; digits at the end of a word are let go.
pub(super) fn of_name(name: &str) -> Vec<String> {
    split_identifier(name).iter().filter_map(|word| without_digits(word)).map(singular).collect()
}

/// `address1` is `address`; `m2` and `x86` stay what they are, and a number alone is no word.
fn without_digits(word: &str) -> Option<&str> {
    match word.trim_end_matches(|letter: char| letter.is_ascii_digit()) {
        "" => None,
        head if head.len() >= 3 => Some(head),
        _ => Some(word),
    }
}

/// The singulars of the words of a comment or value that say something.
pub(super) fn of_text(text: &str) -> Vec<String> {
    let telling = |word: &String| !is_stop_word(word) && !is_short_number(word);
    words(text).filter(telling).map(|word| singular(&word)).collect()
}

/// The words of a question that may name something, as they stand there.
pub(super) fn of_question(words: &[String]) -> Vec<String> {
    let beside = |at: Option<usize>| at.and_then(|at| words.get(at)).map_or("", String::as_str);
    let telling = |(at, word): &(usize, &String)| {
        let (before, after) = (beside(at.checked_sub(1)), beside(Some(at + 1)));
        !is_stop_word(word) && !is_short_number(word) && !only_asks(before, word, after)
    };
    words.iter().enumerate().filter(telling).map(|(_, word)| word.clone()).collect()
}

/// Words that name something elsewhere and here only say how to answer: "in alphabetical order", "number of", "most
/// times".
fn only_asks(before: &str, word: &str, after: &str) -> bool {
    match word {
        "order" | "orders" => {
            after == "by"
                || matches!(
                    before,
                    "in" | "ascending"
                        | "descending"
                        | "asc"
                        | "desc"
                        | "increasing"
                        | "decreasing"
                        | "rising"
                        | "falling"
                        | "alphabetical"
                        | "alphabetic"
                        | "lexicographical"
                        | "lexicographic"
                        | "lexical"
                        | "dictionary"
                        | "numerical"
                        | "chronological"
                        | "reverse"
                        | "reversed"
                        | "sorted"
                )
        }
        "amount" => after == "of",
        "time" | "times" => {
            matches!(
                before,
                "most" | "least" | "of" | "many" | "more" | "first" | "last" | "one" | "two" | "three"
            )
        }
        _ => false,
    }
}

/// Words that ask rather than name, and yet may be a column's.
pub(super) fn is_vague(word: &str) -> bool {
    matches!(
        word,
        "name"
            | "id"
            | "type"
            | "kind"
            | "time"
            | "year"
            | "date"
            | "day"
            | "code"
            | "who"
            | "where"
            | "when"
            | "last"
            | "order"
            | "full"
            | "detail"
            | "description"
            | "value"
            | "information"
    )
}

/// A text's words, folded: `what's` is `what`, and `orderItems` is two words.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    raw_words(text).flat_map(split_identifier)
}

/// A text's words as they stand there, without what follows an apostrophe.
pub(super) fn raw_words(text: &str) -> impl Iterator<Item = &str> {
    let apostrophe = ['\'', '’'];
    text.split(move |letter: char| !letter.is_alphanumeric() && !apostrophe.contains(&letter))
        .map(move |word| word.trim_matches(apostrophe))
        .map(move |word| word.split_once(apostrophe).map_or(word, |(before, _)| before))
        .filter(|word| !word.is_empty())
}

/// Parts of dates, amounts and house numbers: too many values hold them by chance.
fn is_short_number(word: &str) -> bool {
    word.len() < 5 && word.bytes().all(|letter| letter.is_ascii_digit())
}

/// Two words as one term, in alphabetical order: the "name of the student" is `student_name`.
pub(super) fn pair(one: &str, other: &str) -> String {
    if one < other { format!("{one} {other}") } else { format!("{other} {one}") }
}

/// Words side by side as terms.
pub(super) fn pairs(words: &[String]) -> impl Iterator<Item = String> {
    words.windows(2).filter_map(|two| match two {
        [one, other] if one != other => Some(pair(one, other)),
        _ => None,
    })
}
