use std::process::ExitCode;

use serde::Serialize;
use serde_json::Value;
use sqlatte_guard::{Dialect, Guard};

use super::lines::answer;
use crate::runtime::StartError;

#[derive(Serialize)]
struct Verdict {
    id: Value,
    verdict: &'static str,
    reason: Option<String>,
}

/// Reads statements as JSON lines and writes a verdict for each, in order.
///
/// A line that is not such an object is refused, under its id or null, so that no line goes unanswered.
pub(crate) fn guard(dialect: Dialect) -> Result<ExitCode, StartError> {
    let guard = Guard::new(dialect);
    answer(|_, line| judge(&guard, serde_json::from_slice(line)))?;
    Ok(ExitCode::SUCCESS)
}

fn judge(guard: &Guard, line: Result<Value, serde_json::Error>) -> Verdict {
    let refuse = |id, reason| Verdict { id, verdict: "refuse", reason: Some(reason) };
    let mut line = match line {
        Ok(line) => line,
        Err(error) => return refuse(Value::Null, format!("the line is not JSON: {error}")),
    };
    let id = line.get_mut("id").map(Value::take).unwrap_or_default();
    match line.get("sql").and_then(Value::as_str).map(|sql| guard.check(sql)) {
        Some(Ok(_)) => Verdict { id, verdict: "allow", reason: None },
        Some(Err(refusal)) => refuse(id, refusal.to_string()),
        None => refuse(id, "the line is not a JSON object with a text `sql`".to_owned()),
    }
}
