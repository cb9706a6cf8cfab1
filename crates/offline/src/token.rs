//! Tokenise: the question as a list of words, numbers and marks.

use crate::text::{fold, singular, stem};

/// One word, number or mark of a question.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    /// As written.
    pub(crate) text: String,
    /// Lower case without accents; contractions are written out.
    pub(crate) word: String,
    /// The singular of `word`.
    pub(crate) norm: String,
    /// The stem of `word`.
    pub(crate) stem: String,
    pub(crate) kind: TokenKind,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum TokenKind {
    Word,
    /// A number, in digits; whether a per cent sign stood after it.
    Number(f64),
    /// `2025-03-01`.
    Date(chrono::NaiveDate),
    /// Text in quotation marks.
    Quoted,
    Mark,
}

impl Token {
    pub(crate) fn new(text: &str, kind: TokenKind) -> Self {
        let word = fold(text);
        Token { text: text.to_owned(), norm: singular(&word), stem: stem(&word), word, kind }
    }

    pub(crate) fn is_mark(&self, mark: &str) -> bool {
        self.kind == TokenKind::Mark && self.word == mark
    }

    pub(crate) fn number(&self) -> Option<f64> {
        match self.kind {
            TokenKind::Number(number) => Some(number),
            _ => None,
        }
    }
}

/// The most tokens that are read; what is longer is no question.
const MOST_TOKENS: usize = 400;

/// Splits a question into tokens.
pub(crate) fn tokenise(question: &str) -> Vec<Token> {
    let letters: Vec<char> =
        question.chars().map(|letter| if letter == '’' { '\'' } else { letter }).collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < letters.len() && tokens.len() < MOST_TOKENS {
        let letter = letters[at];
        if letter.is_whitespace() || letter.is_control() {
            at += 1;
        } else if let Some((text, end)) = quoted(&letters, at) {
            tokens.push(Token::new(&text, TokenKind::Quoted));
            at = end;
        } else if letter.is_ascii_digit() {
            at = number(&letters, at, &mut tokens);
        } else if is_minus(&letters, at, &tokens) {
            at = number(&letters, at + 1, &mut tokens);
            if let Some(Token { kind: TokenKind::Number(value), text, .. }) = tokens.last_mut() {
                *value = -*value;
                text.insert(0, '-');
            }
        } else if letter.is_alphanumeric() {
            at = word(&letters, at, &mut tokens);
        } else {
            at = mark(&letters, at, &mut tokens);
        }
    }
    write_out_names(&mut tokens);
    crate::phrasing::settle(&mut tokens);
    tokens
}

/// A hyphen before a number, where no number stands before it.
fn is_minus(letters: &[char], at: usize, tokens: &[Token]) -> bool {
    let opens = at.checked_sub(1).is_none_or(|before| letters[before].is_whitespace());
    matches!(letters[at], '-' | '−')
        && opens
        && letters.get(at + 1).is_some_and(char::is_ascii_digit)
        && !tokens.last().is_some_and(|token| matches!(token.kind, TokenKind::Number(_) | TokenKind::Date(_)))
}

/// "first and last names" says "name" once for both.
fn write_out_names(tokens: &mut Vec<Token>) {
    let spelled = |at: usize, word: &str| {
        tokens.get(at).is_some_and(|token| token.kind == TokenKind::Word && token.word == word)
    };
    let found = (0..tokens.len()).find(|&at| {
        (spelled(at, "first") || spelled(at, "last"))
            && spelled(at + 1, "and")
            && (spelled(at + 2, "last") || spelled(at + 2, "first"))
            && tokens.get(at + 3).is_some_and(|token| token.norm == "name")
    });
    if let Some(at) = found {
        tokens.insert(at + 1, Token::new("name", TokenKind::Word));
    }
}

/// Text between quotation marks that open here; an apostrophe inside a word opens nothing.
fn quoted(letters: &[char], at: usize) -> Option<(String, usize)> {
    let close = match letters[at] {
        '"' => '"',
        '“' | '„' => '”',
        '‘' | '\'' => '\'',
        '`' => '`',
        _ => return None,
    };
    if at > 0 && letters[at] == '\'' && letters[at - 1].is_alphanumeric() {
        return None;
    }
    let closes = |index: usize| {
        let letter = letters[index];
        (letter == close || (close == '”' && matches!(letter, '"' | '“')))
            && (close != '\'' || letters.get(index + 1).is_none_or(|next| !next.is_alphanumeric()))
    };
    let end = (at + 1..letters.len()).find(|&index| closes(index))?;
    let text: String = letters[at + 1..end].iter().collect();
    (!text.trim().is_empty()).then(|| (text.trim().to_owned(), end + 1))
}

fn number(letters: &[char], at: usize, tokens: &mut Vec<Token>) -> usize {
    let mut end = at;
    while end < letters.len() {
        let digit_after = letters.get(end + 1).is_some_and(char::is_ascii_digit);
        match letters[end] {
            '0'..='9' => end += 1,
            '.' | ',' if digit_after => end += 1,
            '-' if digit_after && (end - at == 4 || end - at == 7) => end += 1,
            _ => break,
        }
    }
    let text: String = letters[at..end].iter().collect();
    if let Some(date) = iso_date(&text) {
        tokens.push(Token::new(&text, TokenKind::Date(date)));
        return end;
    }
    if text.contains('-') {
        // not a date after all: read the first number alone
        let first = text.find('-').unwrap_or(text.len());
        let value = text[..first].parse().unwrap_or(0.0);
        tokens.push(Token::new(&text[..first], TokenKind::Number(value)));
        return at + first;
    }
    let Some(mut value) = parse_number(&text) else {
        tokens.push(Token::new(&text, TokenKind::Mark));
        return end;
    };
    let mut suffix_end = end;
    while letters.get(suffix_end).is_some_and(|letter| letter.is_alphanumeric()) {
        suffix_end += 1;
    }
    let suffix: String = letters[end..suffix_end].iter().collect::<String>().to_lowercase();
    match suffix.as_str() {
        "" => {}
        "k" => value *= 1e3,
        "m" | "mio" | "mn" => value *= 1e6,
        "bn" => value *= 1e9,
        "st" | "nd" | "rd" | "th" => {}
        "g" | "kg" | "eur" | "usd" | "gbp" | "cm" | "mm" | "ml" | "l" | "km" | "h" | "min" => {
            tokens.push(Token::new(&text, TokenKind::Number(value)));
            tokens.push(Token::new(&suffix, TokenKind::Word));
            return suffix_end;
        }
        // "250g", "3rd" are numbers with a unit, "4x4" and "1a2b" are words
        _ => {
            let whole: String = letters[at..suffix_end].iter().collect();
            tokens.push(Token::new(&whole, TokenKind::Word));
            return suffix_end;
        }
    }
    let text: String = letters[at..suffix_end].iter().collect();
    tokens.push(Token::new(&text, TokenKind::Number(value)));
    suffix_end
}

fn iso_date(text: &str) -> Option<chrono::NaiveDate> {
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

/// `1,000`, `1.000.000`, `2.5`, `1,000.50`.
fn parse_number(text: &str) -> Option<f64> {
    let groups_of_three = |separator: char| {
        let mut parts = text.split(separator);
        let first = parts.next().unwrap_or("");
        (1..=3).contains(&first.len()) && parts.clone().count() > 0 && parts.all(|part| part.len() == 3)
    };
    let cleaned = if text.contains(',') && text.contains('.') {
        text.replace(',', "")
    } else if text.contains(',') {
        if groups_of_three(',') { text.replace(',', "") } else { text.replace(',', ".") }
    } else if text.matches('.').count() > 1 {
        text.replace('.', "")
    } else {
        text.to_owned()
    };
    cleaned.parse::<f64>().ok().filter(|value| value.is_finite())
}

fn word(letters: &[char], at: usize, tokens: &mut Vec<Token>) -> usize {
    let mut end = at;
    while end < letters.len() {
        let letter = letters[end];
        let joins =
            matches!(letter, '_' | '\'') && letters.get(end + 1).is_some_and(|next| next.is_alphanumeric());
        if letter.is_alphanumeric() || joins || matches!(letter, '\u{300}'..='\u{36f}') {
            end += 1;
        } else {
            break;
        }
    }
    let text: String = letters[at..end].iter().collect();
    // "e-mail" is one word, other hyphens part words
    if text.eq_ignore_ascii_case("e") && letters.get(end) == Some(&'-') {
        let rest = word(letters, end + 1, tokens);
        if let Some(last) = tokens.last_mut().filter(|_| rest > end + 1) {
            *last = Token::new(&format!("e{}", last.text), TokenKind::Word);
            return rest;
        }
    }
    let folded = fold(&text);
    if let Some(written_out) = contraction(&folded) {
        tokens.extend(written_out.iter().map(|word| Token::new(word, TokenKind::Word)));
        return end;
    }
    let bare = folded.strip_suffix("'s").map(|bare| bare.chars().count());
    if let Some(length) = bare {
        let own: String = text.chars().take(length).collect();
        match folded.as_str() {
            "what's" | "who's" | "where's" | "when's" | "it's" | "that's" | "there's" | "how's" => {
                tokens.push(Token::new(&own, TokenKind::Word));
                tokens.push(Token::new("is", TokenKind::Word));
            }
            _ => {
                tokens.push(Token::new(&own, TokenKind::Word));
                tokens.push(Token::new("'s", TokenKind::Mark));
            }
        }
        return end;
    }
    if text.contains('_') {
        tokens.extend(
            text.split('_').filter(|part| !part.is_empty()).map(|part| Token::new(part, TokenKind::Word)),
        );
        return end;
    }
    tokens.push(Token::new(&text, TokenKind::Word));
    end
}

fn contraction(folded: &str) -> Option<&'static [&'static str]> {
    Some(match folded {
        "don't" | "dont" => &["do", "not"],
        "doesn't" | "doesnt" => &["does", "not"],
        "didn't" | "didnt" => &["did", "not"],
        "haven't" | "havent" => &["have", "not"],
        "hasn't" | "hasnt" => &["has", "not"],
        "hadn't" => &["had", "not"],
        "isn't" | "isnt" => &["is", "not"],
        "aren't" | "arent" => &["are", "not"],
        "wasn't" => &["was", "not"],
        "weren't" => &["were", "not"],
        "can't" => &["can", "not"],
        "cannot" => &["can", "not"],
        "won't" => &["will", "not"],
        "i'm" => &["i", "am"],
        "we've" => &["we", "have"],
        "we're" => &["we", "are"],
        "who've" => &["who", "have"],
        "they've" => &["they", "have"],
        "i'd" => &["i", "would"],
        "let's" => &["let", "us"],
        _ => return None,
    })
}

fn mark(letters: &[char], at: usize, tokens: &mut Vec<Token>) -> usize {
    let two: String = letters[at..letters.len().min(at + 2)].iter().collect();
    let (word, length) = match two.as_str() {
        ">=" | "<=" | "!=" | "<>" => (two.clone(), 2),
        _ => (letters[at].to_string(), 1),
    };
    match word.as_str() {
        "%" => tokens.push(Token::new("percent", TokenKind::Word)),
        "&" => tokens.push(Token::new("and", TokenKind::Word)),
        "€" => tokens.push(Token::new("euro", TokenKind::Word)),
        "$" => tokens.push(Token::new("dollar", TokenKind::Word)),
        "£" => tokens.push(Token::new("pound", TokenKind::Word)),
        "≥" => tokens.push(Token::new(">=", TokenKind::Mark)),
        "≤" => tokens.push(Token::new("<=", TokenKind::Mark)),
        // a hyphen parts words and means nothing
        "-" | "–" | "—" | "(" | ")" => {}
        _ => tokens.push(Token::new(&word, TokenKind::Mark)),
    }
    at + length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(question: &str) -> Vec<String> {
        tokenise(question).into_iter().map(|token| token.word).collect()
    }

    #[test]
    fn splits_questions() {
        assert_eq!(
            words("What's the best-selling product?"),
            ["what", "is", "the", "best", "selling", "product", "?"]
        );
        assert_eq!(
            words("customers' e-mails, who didn't order"),
            ["customers", "'", "emails", ",", "who", "did", "not", "order"]
        );
        assert_eq!(words("products over €1,000.50"), ["products", "over", "euro", "1,000.50"]);
        assert_eq!(words("Ayşe's orders"), ["ayse", "'s", "orders"]);
    }

    #[test]
    fn reads_numbers_dates_and_quotes() {
        let kinds: Vec<TokenKind> = tokenise("10k 1,000 2.5 2025-03-01 \"dark roast\" 5th")
            .into_iter()
            .map(|token| token.kind)
            .collect();
        let date = chrono::NaiveDate::from_ymd_opt(2025, 3, 1).unwrap();
        assert_eq!(
            kinds,
            [
                TokenKind::Number(10_000.0),
                TokenKind::Number(1000.0),
                TokenKind::Number(2.5),
                TokenKind::Date(date),
                TokenKind::Quoted,
                TokenKind::Number(5.0),
            ]
        );
    }
}
