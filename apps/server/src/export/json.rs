use sqlatte_providers::{Column, Row};

use super::Format;
use crate::wire::{Cell, column_names, column_types};

#[derive(Default)]
pub(super) struct Json {
    any: bool,
}

impl Format for Json {
    fn head(&mut self, columns: &[Column], out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"columns\":");
        write(&column_names(columns), out);
        out.extend_from_slice(b",\"column_types\":");
        write(&column_types(columns), out);
        out.extend_from_slice(b",\"rows\":[");
    }

    fn rows(&mut self, rows: &[Row], out: &mut Vec<u8>) {
        for row in rows {
            out.extend_from_slice(if self.any { b",\n" } else { b"\n" });
            self.any = true;
            write(&row.iter().cloned().map(Cell).collect::<Vec<_>>(), out);
        }
    }

    fn foot(&mut self, truncated: bool, out: &mut Vec<u8>) {
        out.extend_from_slice(format!("\n],\"truncated\":{truncated}}}\n").as_bytes());
    }
}

/// Writing to memory cannot fail.
fn write(value: &impl serde::Serialize, out: &mut Vec<u8>) {
    let _ = serde_json::to_writer(out, value);
}
