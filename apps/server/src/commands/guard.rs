use std::{
    io::{BufRead, BufWriter, Write},
    process::ExitCode,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlatte_guard::{Dialect, Guard};

use crate::runtime::StartError;

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    id: Value,
    sql: String,
}

#[derive(Serialize)]
struct Verdict {
    id: Value,
    verdict: &'static str,
    reason: Option<String>,
}

/// Reads statements as JSON lines and writes a verdict for each, in order.
///
/// A line that is not such an object is refused under the id null, so that no line goes unanswered.
pub(crate) fn guard(dialect: Dialect) -> Result<ExitCode, StartError> {
    let guard = Guard::new(dialect);
    let mut out = BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().split(b'\n') {
        let line = line.map_err(|error| StartError::System(format!("standard input: {error}")))?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let verdict = match serde_json::from_slice::<Asked>(&line) {
            Ok(Asked { id, sql }) => match guard.check(&sql) {
                Ok(_) => Verdict { id, verdict: "allow", reason: None },
                Err(refusal) => Verdict { id, verdict: "refuse", reason: Some(refusal.to_string()) },
            },
            Err(error) => Verdict {
                id: Value::Null,
                verdict: "refuse",
                reason: Some(format!("the line is not a JSON object with `id` and `sql`: {error}")),
            },
        };
        let written = serde_json::to_writer(&mut out, &verdict).is_ok() && out.write_all(b"\n").is_ok();
        if !written {
            break;
        }
    }
    let _ = out.flush();
    Ok(ExitCode::SUCCESS)
}
