use std::{fmt::Write as _, io::Write as _, process::ExitCode, sync::Arc};

use sqlatte_core::{
    Answer, Outcome, QueryId, Rows, SessionId,
    ask::{self, Ask, Input},
    memory,
};
use sqlatte_providers::Value;
use tokio_util::sync::CancellationToken;

use super::print;
use crate::{
    config::Config,
    runtime::{self, StartError},
    wire::{AnswerBody, Cell},
    wiring::Demo,
};

/// Rows and characters of a cell printed.
const MAX_ROWS: usize = 50;
const MAX_CELL: usize = 40;

/// Answers one question on standard output. Nothing is remembered: a command line is no conversation.
pub(crate) async fn ask(config: Config, question: String, json: bool) -> Result<ExitCode, StartError> {
    let input =
        Input::question(&question).map_err(|fault| StartError::System(format!("the question {fault}")))?;
    let mut runtime = runtime::assemble(&config, Demo::AsItIs).await?;
    runtime.stores = memory::stores();
    let session = SessionId::generate()
        .ok_or_else(|| StartError::System("the system gives no random numbers".to_owned()))?;
    let ask = Ask {
        input,
        owner: session.owner(),
        session,
        query_id: QueryId::new(runtime.clock.utc()),
        tables: Vec::new(),
        limit: None,
        insights: true,
        fresh: false,
        cancel: CancellationToken::new(),
    };
    match ask::answer(Arc::new(runtime), ask).await {
        Ok(answer) if json => {
            let body = serde_json::to_string_pretty(&AnswerBody::new(answer, true));
            print(&body.map_err(|error| StartError::System(error.to_string()))?)
        }
        Ok(answer) => print(&harmless(&for_people(&answer))),
        Err(failure) => {
            if let Some(sql) = failure.error.sql() {
                let _ = writeln!(std::io::stderr(), "{}\n", harmless(sql));
            }
            Err(StartError::System(harmless(&failure.to_string())))
        }
    }
}

fn for_people(answer: &Answer) -> String {
    match &answer.outcome {
        Outcome::Chat(chat) => {
            let mut text = chat.message.clone();
            for option in chat.clarification.iter().flatten().chain(&chat.suggestions) {
                let _ = write!(text, "\n  - {option}");
            }
            text
        }
        Outcome::Sql(sql) => {
            let mut text = format!("{}\n\n{}\n\n{}", sql.explanation, sql.sql, table(&sql.rows));
            for insight in &sql.insights {
                let _ = write!(text, "\n* {}", insight.message);
            }
            text
        }
    }
}

/// Rows as aligned text.
fn table(rows: &Rows) -> String {
    let mut lines: Vec<Vec<String>> =
        vec![rows.columns.iter().map(|column| on_one_line(&column.name)).collect()];
    lines.extend(rows.rows.iter().take(MAX_ROWS).map(|row| row.iter().map(shown).collect()));
    let widths: Vec<usize> = (0..rows.columns.len())
        .map(|place| lines.iter().map(|line| line[place].chars().count()).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for line in lines {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        let _ = writeln!(text, "{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    let more = if rows.truncated { ", and more" } else { "" };
    let unit = if rows.row_count == 1 { "row" } else { "rows" };
    let _ = write!(text, "({} {unit}{more})", rows.row_count);
    text
}

fn shown(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::Text(text) | Value::Decimal(text) => text.clone(),
        other => serde_json::to_string(&Cell(other.clone())).unwrap_or_default(),
    };
    let line = on_one_line(&text);
    if line.chars().count() <= MAX_CELL {
        return line;
    }
    line.chars().take(MAX_CELL - 1).chain(['…']).collect()
}

fn on_one_line(text: &str) -> String {
    harmless(&text.replace(['\n', '\r', '\t'], " "))
}

/// Without control characters, line ends apart: data must not steer the terminal it is shown on.
fn harmless(text: &str) -> String {
    text.chars().filter(|one| *one == '\n' || !one.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_does_not_steer_the_terminal() {
        let evil = "a\u{1b}[2Jb\rc\td\ne\u{9b}31mf\u{7}g\u{0}h\u{7f}i";
        assert_eq!(shown(&Value::Text(evil.to_owned())), "a[2Jb c d e31mfghi");
        assert_eq!(harmless("SELECT 1\n\u{1b}[31mFROM t"), "SELECT 1\n[31mFROM t");
        assert!(!on_one_line(evil).chars().any(char::is_control));
    }
}
