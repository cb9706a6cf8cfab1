use crate::Part;

/// The most bytes of a key that are kept: none that is looked for is longer.
const LONGEST_KEY: usize = 16;

/// Picks the statement and its explanation out of an answer's JSON while that is still being written.
///
/// It is for looking on and judges nothing: what is no JSON gives no text, and the whole answer is read again at its
/// end.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Objects and lists that are open.
    depth: usize,
    /// Whether the next text in the outermost object is a value.
    is_value: bool,
    /// The text that is open.
    open: Option<Text>,
    escape: Escape,
    /// The first half of a character that JSON writes as two.
    half: Option<u32>,
    key: String,
    /// Characters given, of each part.
    given: [usize; 2],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Text {
    Key,
    Value(Part),
    Other,
}

/// Where in an escaped character the text is.
#[derive(Debug, Default, Clone, Copy)]
enum Escape {
    #[default]
    None,
    Begun,
    /// So many digits of four, and their value.
    Digits(u8, u32),
}

/// Some more of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct More {
    pub(super) part: Part,
    /// Characters of the part that came before.
    pub(super) offset: usize,
    pub(super) text: String,
}

impl Written {
    /// Takes the next piece of the answer, cut anywhere.
    pub(super) fn push(&mut self, piece: &str) -> Vec<More> {
        let mut found = Vec::new();
        for one in piece.chars() {
            match self.open {
                Some(text) => {
                    if let Some(read) = self.inside(one) {
                        self.keep(text, read, &mut found);
                    }
                }
                None => self.between(one),
            }
        }
        found
    }

    /// A character outside any text. Before the first object, and after its end, nothing counts.
    fn between(&mut self, one: char) {
        match one {
            '{' | '[' if self.depth > 0 || one == '{' => self.depth += 1,
            '}' | ']' => self.depth = self.depth.saturating_sub(1),
            ':' if self.depth == 1 => self.is_value = true,
            ',' if self.depth == 1 => self.is_value = false,
            '"' if self.depth > 1 => self.open = Some(Text::Other),
            '"' if self.depth == 1 && self.is_value => {
                self.open = Some(match self.key.as_str() {
                    "sql" => Text::Value(Part::Sql),
                    "explanation" => Text::Value(Part::Explanation),
                    _ => Text::Other,
                });
            }
            '"' if self.depth == 1 => {
                self.key.clear();
                self.open = Some(Text::Key);
            }
            _ => {}
        }
    }

    /// A character of a text; gives back the one that it stands for, once that is known.
    fn inside(&mut self, one: char) -> Option<char> {
        match self.escape {
            Escape::None => match one {
                '"' => {
                    self.open = None;
                    None
                }
                '\\' => {
                    self.escape = Escape::Begun;
                    None
                }
                _ => {
                    self.half = None;
                    Some(one)
                }
            },
            Escape::Begun => {
                self.escape = Escape::None;
                match one {
                    'n' => Some('\n'),
                    't' => Some('\t'),
                    'r' => Some('\r'),
                    'b' => Some('\u{8}'),
                    'f' => Some('\u{c}'),
                    'u' => {
                        self.escape = Escape::Digits(0, 0);
                        None
                    }
                    other => Some(other),
                }
            }
            Escape::Digits(count, value) => {
                let value = value * 16 + one.to_digit(16).unwrap_or_default();
                if count < 3 {
                    self.escape = Escape::Digits(count + 1, value);
                    return None;
                }
                self.escape = Escape::None;
                self.unit(value)
            }
        }
    }

    /// A UTF-16 unit; two of them may make one character.
    fn unit(&mut self, unit: u32) -> Option<char> {
        match (self.half.take(), unit) {
            (_, 0xd800..=0xdbff) => {
                self.half = Some(unit);
                None
            }
            (Some(high), 0xdc00..=0xdfff) => {
                char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (unit - 0xdc00))
            }
            _ => Some(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)),
        }
    }

    fn keep(&mut self, text: Text, one: char, found: &mut Vec<More>) {
        match text {
            Text::Key if self.key.len() < LONGEST_KEY => self.key.push(one),
            Text::Key | Text::Other => {}
            Text::Value(part) => {
                let given = &mut self.given[usize::from(part == Part::Explanation)];
                match found.last_mut().filter(|more| more.part == part) {
                    Some(more) => more.text.push(one),
                    None => found.push(More { part, offset: *given, text: one.to_string() }),
                }
                *given += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What comes of an answer in pieces of so many characters, put together.
    fn read(answer: &str, length: usize) -> (String, String) {
        let (mut written, mut parts) = (Written::default(), (String::new(), String::new()));
        let characters: Vec<char> = answer.chars().collect();
        for piece in characters.chunks(length) {
            for More { part, offset, text } in written.push(&piece.iter().collect::<String>()) {
                let whole = if part == Part::Sql { &mut parts.0 } else { &mut parts.1 };
                assert_eq!(whole.chars().count(), offset, "{answer}");
                whole.push_str(&text);
            }
        }
        parts
    }

    #[test]
    fn any_cut_gives_the_same() {
        let sql = "SELECT \"a\\b\",\n\t'Zoë 🦀 \u{2028}' /* {\"sql\": \"no\"} */";
        let form = json!({
            "kind": "sql", "confidence": 0.5, "sql": sql, "options": ["sql", ":"],
            "readings": [{"phrase": "sql", "meaning": "a", "sql": "b"}], "explanation": "eight ☕s",
        });
        let escaped = form.to_string().replace('🦀', "\\ud83e\\udd80").replace('ë', "\\u00EB");
        for answer in [form.to_string(), serde_json::to_string_pretty(&form).unwrap(), escaped] {
            for length in [1, 2, 3, 7, 1000] {
                assert_eq!(read(&answer, length), (sql.to_owned(), "eight ☕s".to_owned()), "{answer}");
            }
        }
    }

    #[test]
    fn what_is_no_form_gives_no_text_and_no_panic() {
        for answer in [
            "",
            "\"sql\": \"SELECT 1\"",
            "[\"sql\", \"SELECT 1\"]",
            "}}]]{{\"sql\": \"SELECT 1\"}",
            "Sure, \"sql\": it is SELECT 1",
            "{\"sql\": {\"sql\": \"SELECT 1\"}}",
            "{\"sql\": 5, \"SQL\": \"SELECT 1\"}",
            "{\"sqlsqlsqlsqlsqlsqlsqlsqlsqlsqlsql\": \"SELECT 1\"}",
        ] {
            assert_eq!(read(answer, 3).0, "", "{answer}");
        }
        assert_eq!(read("```json\n{\"sql\": \"SELECT", 2).0, "SELECT");
        assert_eq!(read(r#"{"sql": "a\ud83eb\udd80\uzzzzc"#, 1).0, "ab\u{fffd}\u{0}c");
    }
}
