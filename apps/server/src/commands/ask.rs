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
};

/// Rows and characters of a cell printed.
const MAX_ROWS: usize = 50;
const MAX_CELL: usize = 40;

/// Answers one question on standard output. Nothing is remembered: a command line is no conversation.
pub(crate) async fn ask(config: Config, question: String, json: bool) -> Result<ExitCode, StartError> {
    let mut runtime = runtime::build(&config).await?;
    runtime.stores = memory::stores();
    let session = SessionId::generate()
        .ok_or_else(|| StartError::System("the system gives no random numbers".to_owned()))?;
    let ask = Ask {
        input: Input::Question(question),
        owner: session.owner(),
        session,
        query_id: QueryId::new(runtime.clock.utc()),
        tables: Vec::new(),
        limit: None,
        insights: true,
        cancel: CancellationToken::new(),
    };
    match ask::answer(Arc::new(runtime), ask).await {
        Ok(answer) if json => {
            let body = serde_json::to_string_pretty(&AnswerBody::new(answer, true));
            print(&body.map_err(|error| StartError::System(error.to_string()))?)
        }
        Ok(answer) => print(&for_people(&answer)),
        Err(error) => {
            if let Some(sql) = error.sql() {
                let _ = writeln!(std::io::stderr(), "{sql}\n");
            }
            Err(StartError::System(error.to_string()))
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
    let mut lines: Vec<Vec<String>> = vec![rows.columns.iter().map(|column| column.name.clone()).collect()];
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
    let _ = write!(text, "({} rows{more})", rows.row_count);
    text
}

fn shown(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::Text(text) | Value::Decimal(text) => text.clone(),
        other => serde_json::to_string(&Cell(other.clone())).unwrap_or_default(),
    };
    let line = text.replace(['\n', '\r', '\t'], " ");
    if line.chars().count() <= MAX_CELL {
        return line;
    }
    line.chars().take(MAX_CELL - 1).chain(['…']).collect()
}
