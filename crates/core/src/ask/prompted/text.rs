use super::{fence::fenced, private};
use crate::{Attempt, Context, Speaker};

/// What is told of the database's own words where they may quote a row.
const WITHHELD: &str = "the database rejected it; its words are not told, because they may quote data";

/// What changes with every question: today, the conversation, the question. The stable text is cached before it.
///
/// Where nothing out of a row may be told, what earlier answers said is left out, and of their statements the texts
/// that nobody said.
pub(super) fn user_text(question: &str, context: &Context<'_>, private: bool) -> String {
    let mut text = format!("Today is {}.\n", context.today.format("%A, %Y-%m-%d"));
    if !context.conversation.is_empty() {
        text.push_str("<data kind=\"conversation\">\n");
        for message in context.conversation {
            let speaker = match message.speaker {
                Speaker::User => "question",
                Speaker::Assistant => "answer",
            };
            if !private || message.speaker == Speaker::User {
                text.push_str(&format!("{speaker}: {}\n", fenced(&message.text)));
            }
            if let Some(sql) = &message.sql {
                let sql = if private { private::told(sql, question, context) } else { sql.clone() };
                text.push_str(&format!("sql: {}\n", fenced(&sql)));
            }
        }
        text.push_str("</data>\n");
    }
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
