use sqlatte_providers::{Column, Row};

use super::{CUT, Format, text::text};

pub(super) struct Html;

impl Format for Html {
    fn head(&mut self, columns: &[Column], out: &mut Vec<u8>) {
        out.extend_from_slice(
            b"<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>SQLatte export</title>\n<table border=\"1\">\n<thead><tr>",
        );
        for column in columns {
            cell("th", &column.name, out);
        }
        out.extend_from_slice(b"</tr></thead>\n<tbody>\n");
    }

    fn rows(&mut self, rows: &[Row], out: &mut Vec<u8>) {
        for row in rows {
            out.extend_from_slice(b"<tr>");
            for value in row {
                cell("td", &text(value), out);
            }
            out.extend_from_slice(b"</tr>\n");
        }
    }

    fn foot(&mut self, truncated: bool, out: &mut Vec<u8>) {
        out.extend_from_slice(b"</tbody>\n</table>\n");
        if truncated {
            out.extend_from_slice(format!("<p>{CUT}</p>\n").as_bytes());
        }
        out.extend_from_slice(b"</html>\n");
    }
}

fn cell(tag: &str, text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("<{tag}>").as_bytes());
    for character in text.chars() {
        match character {
            '&' => out.extend_from_slice(b"&amp;"),
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            '"' => out.extend_from_slice(b"&quot;"),
            other => out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.extend_from_slice(format!("</{tag}>").as_bytes());
}
