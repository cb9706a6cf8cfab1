use super::{conversation::conversation, fence::fenced};
use crate::{Attempt, Context};

/// What is told of the database's own words where they may quote a row.
const WITHHELD: &str = "the database rejected it; its words are not told, because they may quote data";

/// What changes with every question: today, the conversation, the question. The stable text is cached before it.
pub(super) fn user_text(question: &str, context: &Context<'_>, private: bool) -> String {
    let mut text = format!("Today is {}.\n", context.today.format("%A, %Y-%m-%d"));
    text.extend(conversation(question, context, private));
    text.push_str(&format!("<data kind=\"question\">\n{}\n</data>", fenced(question)));
    text
}

/// A failed statement, the fault and the hints.
pub(super) fn told(failed: &Attempt, private: bool) -> String {
    let fault = if private && failed.of_database { WITHHELD } else { failed.fault.as_str() };
    let place =
        failed.position.map_or(String::new(), |at| format!(" (line {}, column {})", at.line, at.column));
    let mut text = format!(
        "<data kind=\"statement\">\n{}\n</data>\n<data kind=\"error\">\n{}{place}\n</data>",
        fenced(&failed.sql),
        fenced(fault)
    );
    if !failed.hints.is_empty() {
        let hints = failed.hints.iter().map(|hint| format!("- {}", fenced(hint)));
        text.push_str(&format!("\n<data kind=\"hints\">\n{}\n</data>", hints.collect::<Vec<_>>().join("\n")));
    }
    text
}
