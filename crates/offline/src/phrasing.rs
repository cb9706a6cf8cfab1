//! Phrasing: set phrases of English in the one wording the parser reads.

use crate::token::{Token, TokenKind};

/// Set phrases and what they are read as. Common slips of the pen are among them.
const PHRASES: &[(&[&str], &[&str])] = &[
    (&["as", "well", "as"], &["and"]),
    (&["together", "with"], &["with"]),
    (&["in", "terms", "of"], &["by"]),
    (&["more", "than", "once"], &["at", "least", "2", "times"]),
    (&["at", "least", "once"], &["at", "least", "1", "times"]),
    (&["at", "least", "twice"], &["at", "least", "2", "times"]),
    (&["more", "than", "twice"], &["more", "than", "2", "times"]),
    (&["nr", "of"], &["number", "of"]),
    (&["no", ".", "of"], &["number", "of"]),
    (&["headcount"], &["number", "of", "employees"]),
    (&["month", "by", "month"], &["by", "month"]),
    (&["most", "recently"], &["most", "recent"]),
    (&["in", "percent"], &[]),
    (&["as", "of", "now"], &[]),
    (&["wich"], &["which"]),
    (&["whcih"], &["which"]),
    (&["teh"], &["the"]),
    (&["hwo"], &["how"]),
    (&["mininum"], &["minimum"]),
    (&["minumum"], &["minimum"]),
    (&["maximun"], &["maximum"]),
];

/// Rewrites set phrases.
pub(crate) fn settle(tokens: &mut Vec<Token>) {
    write_out_neither(tokens);
    let mut at = 0;
    while at < tokens.len() {
        let found = PHRASES.iter().find(|(said, _)| {
            said.iter().enumerate().all(|(offset, word)| {
                tokens
                    .get(at + offset)
                    .is_some_and(|token| token.kind != TokenKind::Quoted && token.word == *word)
            })
        });
        let Some((said, meant)) = found else {
            at += 1;
            continue;
        };
        let meant: Vec<Token> = meant
            .iter()
            .map(|word| match word.parse() {
                Ok(number) => Token::new(word, TokenKind::Number(number)),
                Err(_) => Token::new(word, TokenKind::Word),
            })
            .collect();
        let length = meant.len();
        tokens.splice(at..at + said.len(), meant);
        at += length;
    }
}

/// "With neither phone nor email" is "without phone and without email".
fn write_out_neither(tokens: &mut Vec<Token>) {
    let spelled = |token: &Token, word: &str| token.kind == TokenKind::Word && token.word == word;
    let Some(at) = tokens.iter().position(|token| spelled(token, "neither")) else { return };
    let ends: Vec<usize> = (at + 1..tokens.len()).filter(|&place| spelled(&tokens[place], "nor")).collect();
    if ends.is_empty() {
        return;
    }
    let before = at.checked_sub(1).map_or_else(String::new, |place| tokens[place].word.clone());
    let (denial, start) = match before.as_str() {
        "with" => ("without", at - 1),
        "have" | "has" | "had" => ("no", at),
        _ => ("not", at),
    };
    for &place in ends.iter().rev() {
        let verb = (denial == "no").then_some(before.as_str());
        let words = ["and"].into_iter().chain(verb).chain([denial]);
        let words: Vec<Token> = words.map(|word| Token::new(word, TokenKind::Word)).collect();
        tokens.splice(place..=place, words);
    }
    tokens.splice(start..=at, [Token::new(denial, TokenKind::Word)]);
}

#[cfg(test)]
mod tests {
    use crate::token::tokenise;

    #[test]
    fn settles_set_phrases() {
        let words = |question: &str| {
            tokenise(question).into_iter().map(|token| token.word).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(words("names as well as ages"), "names and ages");
        assert_eq!(words("who ordered more than once"), "who ordered at least 2 times");
        assert_eq!(words("customers called \"wich\""), "customers called wich");
        assert_eq!(words("with neither phone nor email"), "without phone and without email");
        assert_eq!(words("who have neither orders nor reviews"), "who have no orders and have no reviews");
        assert_eq!(words("neither organic nor cheap"), "not organic and not cheap");
    }
}
