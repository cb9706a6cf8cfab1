//! What models put around an answer: thoughts before it, words and a fence around JSON.

use serde::de::IgnoredAny;

const BEGIN: &str = "<think>";
const END: &str = "</think>";

/// Leaves out the thoughts that some models write before their answer, between `<think>` and `</think>`, where the
/// server does not keep them apart.
#[derive(Debug, Default)]
pub(crate) struct Thoughts {
    state: Thinking,
    held: String,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Thinking {
    /// Too little was said to know.
    #[default]
    Perhaps,
    Yes,
    /// Just now: what follows may begin with empty lines.
    JustOver,
    No,
}

impl Thoughts {
    /// Takes some more text; gives back what is for the reader.
    pub(crate) fn push(&mut self, text: &str) -> String {
        if self.state == Thinking::No {
            return text.to_owned();
        }
        self.held.push_str(text);
        if self.state == Thinking::Perhaps {
            let begun = self.held.trim_start();
            if begun.starts_with(BEGIN) {
                self.state = Thinking::Yes;
            } else if !BEGIN.starts_with(begun) {
                self.state = Thinking::No;
                return std::mem::take(&mut self.held);
            }
        }
        if self.state == Thinking::Yes {
            match self.held.find(END) {
                Some(at) => {
                    self.held.drain(..at + END.len());
                    self.state = Thinking::JustOver;
                }
                None => self.forget(),
            }
        }
        if self.state == Thinking::JustOver && !self.held.trim_start().is_empty() {
            self.state = Thinking::No;
            return std::mem::take(&mut self.held).trim_start().to_owned();
        }
        String::new()
    }

    /// What was still held back at the end.
    pub(crate) fn finish(&mut self) -> String {
        let held = std::mem::take(&mut self.held);
        if self.state == Thinking::Perhaps { held } else { String::new() }
    }

    /// Keeps as much as may be the beginning of the end mark.
    fn forget(&mut self) {
        let mut from = self.held.len().saturating_sub(END.len());
        while !self.held.is_char_boundary(from) {
            from -= 1;
        }
        self.held.drain(..from);
    }
}

/// Reads one JSON value out of a text as it arrives: an object the text begins with, or a value in a fenced block.
/// A value that stands anywhere else is found when the text has ended.
#[derive(Debug, Default)]
pub(crate) struct Block {
    place: Place,
    /// The text before the value.
    before: String,
    /// How much of it holds no fence that a value could still follow.
    seen: usize,
}

#[derive(Debug, Default, Clone, Copy)]
enum Place {
    #[default]
    Before,
    Inside(Nesting),
    After,
}

/// Where in a JSON value the text is.
#[derive(Debug, Default, Clone, Copy)]
struct Nesting {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Block {
    /// Takes some more text; gives back what of it belongs to the value.
    pub(crate) fn push(&mut self, text: &str) -> String {
        match self.place {
            Place::Before => {
                self.before.push_str(text);
                let Some(start) = self.start() else { return String::new() };
                let value = self.before.split_off(start);
                self.inside(Nesting::default(), &value)
            }
            Place::Inside(nesting) => self.inside(nesting, text),
            Place::After => String::new(),
        }
    }

    /// The value, if the text has ended before one was found and yet holds one.
    pub(crate) fn finish(&mut self) -> Option<String> {
        match self.place {
            Place::Before => find(&std::mem::take(&mut self.before)).map(str::to_owned),
            Place::Inside(_) | Place::After => None,
        }
    }

    fn inside(&mut self, mut nesting: Nesting, text: &str) -> String {
        let value = match nesting.end(text) {
            Some(end) => {
                self.place = Place::After;
                &text[..end]
            }
            None => {
                self.place = Place::Inside(nesting);
                text
            }
        };
        value.to_owned()
    }

    /// Where the value begins, as soon as that is clear.
    fn start(&mut self) -> Option<usize> {
        const FENCE: &str = "```";
        let text = &self.before;
        let blank = text.len() - text.trim_start().len();
        if text[blank..].starts_with('{') {
            return Some(blank);
        }
        while let Some(fence) = text[self.seen..].find(FENCE).map(|at| self.seen + at) {
            let body = text[fence + FENCE.len()..].trim_start_matches(char::is_alphanumeric).trim_start();
            if body.starts_with(['{', '[']) {
                return Some(text.len() - body.len());
            }
            if body.is_empty() {
                // Its language, or what follows, is still to come.
                self.seen = fence;
                return None;
            }
            self.seen = fence + FENCE.len();
        }
        // Half a fence may stand at the end; it is all of one byte each.
        let backticks = text.len() - text.trim_end_matches('`').len();
        self.seen = self.seen.max(text.len() - backticks.min(FENCE.len() - 1));
        None
    }
}

impl Nesting {
    /// Follows the text; where the value ends, if it does.
    fn end(&mut self, text: &str) -> Option<usize> {
        for (at, byte) in text.bytes().enumerate() {
            if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_string = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Some(at + 1);
                    }
                }
                _ => {}
            }
        }
        None
    }
}

/// The text itself, if it is JSON, or the first object with something in it.
pub(crate) fn find(text: &str) -> Option<&str> {
    let text = text.trim();
    if is_json(text) {
        return Some(text);
    }
    text.match_indices('{').find_map(|(at, _)| {
        let mut values = serde_json::Deserializer::from_str(&text[at..]).into_iter::<IgnoredAny>();
        values.next()?.ok()?;
        let value = &text[at..at + values.byte_offset()];
        value.contains('"').then_some(value)
    })
}

/// Whether the text is one JSON value and nothing else.
pub(crate) fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes out of a text that arrives whole, and character by character.
    fn read(text: &str) -> String {
        let run = |parts: Vec<String>| {
            let (mut thoughts, mut block) = (Thoughts::default(), Block::default());
            let mut out: String = parts.iter().map(|part| block.push(&thoughts.push(part))).collect();
            out.push_str(&block.push(&thoughts.finish()));
            out + &block.finish().unwrap_or_default()
        };
        let whole = run(vec![text.to_owned()]);
        assert_eq!(run(text.chars().map(String::from).collect()), whole, "{text}");
        whole
    }

    #[test]
    fn json_is_read_out_of_prose() {
        const JSON: &str = r#"{"sql": "SELECT '}' || \"é\" -- ```", "n": [1, {"a": "\\"}]}"#;
        for text in [
            JSON.to_owned(),
            format!("\n  {JSON}\n"),
            format!("```json\n{JSON}\n```"),
            format!("Sure! Here you are:\n\n```json\n{JSON}\n```\nDo you want {{more}}?"),
            format!("Sure:\n```\n{JSON}\n```"),
            format!("As SQL:\n```sql\nSELECT 1\n```\nand as JSON:\n```JSON\n\n  {JSON}```"),
            format!("<think>\nPerhaps ```json\n{{\"sql\": 1}}\n```? No.</think>\n\n{JSON}"),
            format!("The answer {{as asked}} is {JSON} and no more."),
            format!("`{JSON}`"),
        ] {
            assert_eq!(read(&text), JSON, "{text}");
        }
        assert_eq!(read("```json\n[1, 2]\n```"), "[1, 2]");
        assert_eq!(read("[1, 2]"), "[1, 2]", "a list is found at the end alone");
        for text in
            ["", "I cannot do that.", "{}, they said", "a { b", "```sql\nSELECT 1\n```", "<think>{\"a\": 1}"]
        {
            let json = read(text);
            assert!(json.is_empty() || json == "{}", "{text}: {json}");
        }
        assert_eq!(read("{\"sql\": \"SEL"), "{\"sql\": \"SEL", "half a value is for others to judge");
    }

    #[test]
    fn json_is_given_as_it_arrives() {
        let mut block = Block::default();
        let pieces = ["Here:\n``", "`json", "\n", "{\"sql\": \"SEL", "ECT 1\"}", "\n```\nDone."];
        assert_eq!(pieces.map(|piece| block.push(piece)), ["", "", "", "{\"sql\": \"SEL", "ECT 1\"}", ""]);
    }

    #[test]
    fn thoughts_are_left_out_and_nothing_else() {
        for (text, expected) in [
            ("SELECT 1", "SELECT 1"),
            ("  SELECT 1", "  SELECT 1"),
            ("<think>hm, é</think>\n\nSELECT 1", "SELECT 1"),
            ("\n<think></think>SELECT <think>", "SELECT <think>"),
            ("<thin", "<thin"),
            ("<b>bold</b>", "<b>bold</b>"),
            ("<think>for ever", ""),
            ("", ""),
        ] {
            let mut thoughts = Thoughts::default();
            let mut out: String =
                text.chars().map(|char| thoughts.push(char.encode_utf8(&mut [0; 4]))).collect();
            out.push_str(&thoughts.finish());
            assert_eq!(out, expected, "{text}");
            let mut thoughts = Thoughts::default();
            assert_eq!(thoughts.push(text) + &thoughts.finish(), expected, "{text}");
        }
    }
}
