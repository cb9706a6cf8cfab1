use std::io::{BufRead, BufReader, BufWriter, Write};

use serde::Serialize;

use crate::runtime::StartError;

/// What some editors put before a text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Answers each line of standard input, by its number, with a line of JSON on standard output; empty lines get none.
///
/// Answers are written as soon as no further line is at hand, so that a caller may wait for each before it sends the
/// next. A caller who reads no more ends it.
///
/// # Errors
/// Standard input cannot be read.
pub(super) fn answer<T: Serialize>(mut answer: impl FnMut(u64, &[u8]) -> T) -> Result<(), StartError> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut input = BufReader::new(std::io::stdin().lock());
    let mut line = Vec::new();
    for number in 1.. {
        if !input.buffer().contains(&b'\n') && out.flush().is_err() {
            break;
        }
        line.clear();
        let read = input.read_until(b'\n', &mut line);
        if read.map_err(|error| StartError::System(format!("standard input: {error}")))? == 0 {
            break;
        }
        let line = if number == 1 { without_mark(&line) } else { &line };
        if line.trim_ascii().is_empty() {
            continue;
        }
        let answered = serde_json::to_writer(&mut out, &answer(number, line));
        if answered.is_err() || out.write_all(b"\n").is_err() {
            break;
        }
    }
    let _ = out.flush();
    Ok(())
}

/// The text without what some editors put before it.
pub(super) fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}
