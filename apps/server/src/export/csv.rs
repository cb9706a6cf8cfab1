use std::borrow::Cow;

use sqlatte_providers::{Column, Row, Value};

use super::{CUT, Format, text::text};

#[derive(Default)]
pub(super) struct Csv {
    columns: usize,
}

impl Format for Csv {
    fn head(&mut self, columns: &[Column], out: &mut Vec<u8>) {
        self.columns = columns.len();
        let mut writer = writer(out);
        record(&mut writer, columns.iter().map(|column| harmless(Cow::Borrowed(&column.name))));
    }

    fn rows(&mut self, rows: &[Row], out: &mut Vec<u8>) {
        let mut writer = writer(out);
        for row in rows {
            record(
                &mut writer,
                row.iter().map(|value| match value {
                    Value::Text(_) => harmless(text(value)),
                    _ => text(value),
                }),
            );
        }
    }

    /// CSV has no place for remarks: a last record of the same width says it where nobody overlooks it.
    fn foot(&mut self, truncated: bool, out: &mut Vec<u8>) {
        if truncated {
            let blanks = std::iter::repeat_n("", self.columns.saturating_sub(1));
            record(&mut writer(out), std::iter::once(CUT).chain(blanks).map(Cow::Borrowed));
        }
    }
}

/// What it was given is in `out` when it is dropped.
fn writer(out: &mut Vec<u8>) -> csv::Writer<&mut Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(out)
}

fn record<'a>(writer: &mut csv::Writer<&mut Vec<u8>>, fields: impl Iterator<Item = Cow<'a, str>>) {
    // Writing to memory cannot fail.
    for field in fields {
        let _ = writer.write_field(field.as_bytes());
    }
    let _ = writer.write_record(None::<&[u8]>);
}

/// Text that a spreadsheet would run as a formula gets an apostrophe before it (OWASP "CSV Injection"); numbers
/// and telephone numbers written as text stay as they are.
fn harmless(field: Cow<'_, str>) -> Cow<'_, str> {
    let formula = match field.as_bytes().first() {
        Some(b'=' | b'@' | b'\t' | b'\r' | b'\n') => true,
        Some(b'+' | b'-') => !field.chars().all(|one| one.is_ascii_digit() || "+-. ()/".contains(one)),
        _ => false,
    };
    if formula { Cow::Owned(format!("'{field}")) } else { field }
}
