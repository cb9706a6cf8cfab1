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
    }
}
