use std::fs::File;

use bytes::Bytes;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use futures::{Stream, StreamExt};
use http::StatusCode;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use sqlatte_providers::{Batch, Column, ColumnType, Row, RowStream, Value};
use tokio::{sync::mpsc, task};
use tokio_util::io::ReaderStream;

use super::{CUT, text::text};
use crate::error::ApiError;

/// Rows of a sheet in Excel, the header line among them.
const MAX_ROWS: u32 = 1_048_576;
/// Columns of a sheet in Excel.
const MAX_COLUMNS: usize = 16_384;
/// Characters of a cell in Excel.
const MAX_TEXT: usize = 32_767;
/// Whole numbers up to here are exact in Excel, which keeps every number as a double.
const EXACT: u64 = 1 << 53;
/// Digits Excel shows of a number.
const DIGITS: usize = 15;
/// Batches that may wait for the writer.
const BATCHES_AHEAD: usize = 2;

/// An Excel workbook.
///
/// The sheet goes to a temporary file row by row; a workbook has its directory at the end, so the first byte is
/// sent when the last row was written.
pub(crate) async fn xlsx(
    stream: RowStream,
) -> Result<impl Stream<Item = std::io::Result<Bytes>> + Send + 'static, ApiError> {
    let RowStream { columns, mut batches } = stream;
    if columns.len() > MAX_COLUMNS {
        return Err(ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "export_too_wide",
            format!(
                "a sheet of Excel has at most {MAX_COLUMNS} columns and this result has {}: choose another format",
                columns.len()
            ),
        ));
    }
    let (sender, receiver) = mpsc::channel(BATCHES_AHEAD);
    // When this future is dropped so is the sender, and the writer ends.
    let writer = task::spawn_blocking(move || write(&columns, receiver));
    while let Some(batch) = batches.next().await {
        let batch = batch.map_err(|error| sqlatte_core::ask::AskError::Database { error, sql: None })?;
        if sender.send(batch).await.is_err() {
            break;
        }
    }
    drop(sender);
    let file = match writer.await {
        Ok(written) => written.map_err(|error| failed(&error))?,
        Err(panicked) => return Err(failed(&XlsxError::CustomError(panicked.to_string()))),
    };
    Ok(ReaderStream::new(tokio::fs::File::from_std(file)))
}

fn failed(error: &XlsxError) -> ApiError {
    tracing::warn!(error = error as &dyn std::error::Error, "a workbook could not be written");
    let (status, detail) = match error {
        XlsxError::IoError(_) => (
            StatusCode::INSUFFICIENT_STORAGE,
            "the workbook could not be written to the server's temporary folder: is it full?",
        ),
        _ => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "the rows could not be written as a workbook: choose another format; the server's log has the cause",
        ),
    };
    ApiError::new(status, "export_failed", detail)
}

fn write(columns: &[Column], mut batches: mpsc::Receiver<Batch>) -> Result<File, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    let bold = Format::new().set_bold();
    for (place, column) in (0u16..).zip(columns) {
        sheet.write_string_with_format(0, place, clipped(&column.name), &bold)?;
        sheet.set_column_width(place, width(column))?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let kinds = columns.iter().map(|column| column.kind).collect();
    let mut sheet = Sheet { sheet, cells: Cells::new(kinds), line: 1, last: None, cut: false };
    while let Some(Batch { rows, truncated }) = batches.blocking_recv() {
        sheet.cut |= truncated;
        for row in rows {
            sheet.row(row)?;
        }
    }
    sheet.end()?;
    let mut file = tempfile::tempfile().map_err(XlsxError::IoError)?;
    workbook.save_to_writer(&mut file)?;
    std::io::Seek::rewind(&mut file).map_err(XlsxError::IoError)?;
    Ok(file)
}

/// A sheet that grows downwards.
struct Sheet<'a> {
    sheet: &'a mut Worksheet,
    cells: Cells,
    line: u32,
    /// What may stand on the last line of all, unless it must say that there was more.
    last: Option<Row>,
    cut: bool,
}

impl Sheet<'_> {
    fn row(&mut self, row: Row) -> Result<(), XlsxError> {
        if self.line < MAX_ROWS - 1 {
            self.cells.write(self.sheet, self.line, &row)?;
            self.line += 1;
        } else if self.last.is_none() {
            self.last = Some(row);
        } else {
            self.cut = true;
        }
        Ok(())
    }

    fn end(self) -> Result<(), XlsxError> {
        match self.last {
            _ if self.cut => {
                self.sheet.write_string(self.line, 0, CUT)?;
            }
            Some(row) => self.cells.write(self.sheet, self.line, &row)?,
            None => {}
        }
        Ok(())
    }
}

/// How the values of each column are written.
struct Cells {
    kinds: Vec<ColumnType>,
    date: Format,
    timestamp: Format,
}

impl Cells {
    fn new(kinds: Vec<ColumnType>) -> Self {
        let date = Format::new().set_num_format("yyyy-mm-dd");
        Cells { kinds, date, timestamp: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss") }
    }

    fn write(&self, sheet: &mut Worksheet, line: u32, row: &[Value]) -> Result<(), XlsxError> {
        for (place, (value, kind)) in (0u16..).zip(row.iter().zip(&self.kinds)) {
            match (value, number(value), day(*kind, value)) {
                (Value::Null, ..) => continue,
                (Value::Bool(flag), ..) => sheet.write_boolean(line, place, *flag)?,
                (_, Some(number), _) => sheet.write_number(line, place, number)?,
                (_, None, Some(day)) => {
                    let format = if *kind == ColumnType::Date { &self.date } else { &self.timestamp };
                    sheet.write_number_with_format(line, place, day, format)?
                }
                (other, None, None) => sheet.write_string(line, place, clipped(&text(other)))?,
            };
        }
        Ok(())
    }
}

/// Characters that a column shows: its name's, and those of a usual value.
fn width(column: &Column) -> f64 {
    let value = match column.kind {
        ColumnType::Timestamp | ColumnType::TimestampTz => 19,
        ColumnType::Text | ColumnType::Json => 24,
        ColumnType::Uuid => 36,
        _ => 10,
    };
    (column.name.chars().count().max(value) + 2).min(60) as f64
}

/// A date or time as Excel counts it, in days since 1899-12-30; `None` where that would lose something: before
/// March 1900, which Excel believes to begin with a 29th of February, and with a zone.
fn day(kind: ColumnType, value: &Value) -> Option<f64> {
    let text = value.as_str()?;
    let moment = match kind {
        ColumnType::Date => text.parse::<NaiveDate>().ok()?.and_time(NaiveTime::MIN),
        ColumnType::Timestamp => ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"]
            .iter()
            .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?,
        _ => return None,
    };
    let first = NaiveDate::from_ymd_opt(1900, 3, 1)?.and_time(NaiveTime::MIN);
    let last = NaiveDate::from_ymd_opt(10_000, 1, 1)?.and_time(NaiveTime::MIN);
    let zero = NaiveDate::from_ymd_opt(1899, 12, 30)?.and_time(NaiveTime::MIN);
    let counted = (first..last).contains(&moment);
    counted.then(|| (moment - zero).num_milliseconds() as f64 / 86_400_000.0)
}

/// The value as a number, if Excel would keep all of it.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) if number.unsigned_abs() <= EXACT => Some(*number as f64),
        Value::Unsigned(number) if *number <= EXACT => Some(*number as f64),
        Value::Float(number) => Some(*number).filter(|number| number.is_finite()),
        Value::Decimal(text) => exact(text),
        _ => None,
    }
}

/// A plain decimal whose digits all fit into a double and into what Excel shows of it.
fn exact(decimal: &str) -> Option<f64> {
    let plain = decimal.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.'));
    let digits = decimal.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
    if !plain || digits > DIGITS {
        return None;
    }
    decimal.parse().ok()
}

fn clipped(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_numbers_where_nothing_is_lost() {
        let decimal = |text: &str| number(&Value::Decimal(text.to_owned()));
        assert_eq!(decimal("0.10"), Some(0.1));
        assert_eq!(decimal("-1234567890123.45"), Some(-1_234_567_890_123.45));
        assert_eq!(decimal("0.000000000000000001"), Some(1e-18));
        assert_eq!(decimal("1234567890123456.7"), None);
        assert_eq!(decimal("NaN"), None);
        assert_eq!(decimal(""), None);
        assert_eq!(number(&Value::Unsigned(7)), Some(7.0));
        assert_eq!(number(&Value::Integer(i64::MIN)), None);
        assert_eq!(number(&Value::Float(f64::NAN)), None);
    }

    #[test]
    fn dates_are_counted_where_nothing_is_lost() {
        let day = |kind, text: &str| day(kind, &Value::Text(text.to_owned()));
        assert_eq!(day(ColumnType::Date, "1900-03-01"), Some(61.0));
        assert_eq!(day(ColumnType::Date, "2026-11-22"), Some(46348.0));
        assert_eq!(day(ColumnType::Timestamp, "2026-11-22 12:00:00"), Some(46348.5));
        assert_eq!(day(ColumnType::Timestamp, "2026-11-22T06:00:00.000"), Some(46348.25));
        assert_eq!(day(ColumnType::Date, "1900-02-28"), None);
        assert_eq!(day(ColumnType::Date, "infinity"), None);
        assert_eq!(day(ColumnType::TimestampTz, "2026-11-22T12:00:00Z"), None);
        assert_eq!(day(ColumnType::Text, "2026-11-22"), None);
    }

    #[test]
    fn the_last_line_of_a_full_sheet_says_that_there_was_more() {
        let full = |rows: usize, truncated: bool| {
            let mut workbook = Workbook::new();
            let sheet = workbook.add_worksheet_with_constant_memory().unwrap();
            let cells = Cells::new(vec![ColumnType::Integer]);
            let mut sheet = Sheet { sheet, cells, line: MAX_ROWS - 2, last: None, cut: truncated };
            for _ in 0..rows {
                sheet.row(vec![Value::Integer(1)]).unwrap();
            }
            let (cut, line) = (sheet.cut, sheet.line);
            sheet.end().unwrap();
            (cut, line)
        };
        assert_eq!(full(1, true), (true, MAX_ROWS - 1));
        assert_eq!(full(2, false), (false, MAX_ROWS - 1));
        assert_eq!(full(3, false), (true, MAX_ROWS - 1));
    }
}
