use std::fs::File;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use http::StatusCode;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use sqlatte_providers::{Column, Row, RowStream, Value};
use tokio::{sync::mpsc, task};
use tokio_util::io::ReaderStream;

use super::text::text;
use crate::error::ApiError;

/// Rows of a sheet in Excel, the header line among them.
const MAX_ROWS: u32 = 1_048_576;
/// Characters of a cell in Excel.
const MAX_TEXT: usize = 32_767;
/// Whole numbers up to here are exact in Excel, which keeps every number as a double.
const EXACT: i64 = 1 << 53;
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
    let (sender, receiver) = mpsc::channel(BATCHES_AHEAD);
    // When this future is dropped so is the sender, and the writer ends.
    let writer = task::spawn_blocking(move || write(&columns, receiver));
    while let Some(batch) = batches.next().await {
        let batch = batch.map_err(|error| sqlatte_core::ask::AskError::Database { error, sql: None })?;
        if sender.send(batch.rows).await.is_err() {
            break;
        }
    }
    drop(sender);
    let file = writer.await.map_err(failed)?.map_err(failed)?;
    Ok(ReaderStream::new(tokio::fs::File::from_std(file)))
}

fn failed(error: impl std::error::Error) -> ApiError {
    tracing::warn!(%error, "a workbook could not be written");
    ApiError::new(
        StatusCode::INSUFFICIENT_STORAGE,
        "export_failed",
        "the workbook could not be written: is the temporary folder full?",
    )
}

fn write(columns: &[Column], mut batches: mpsc::Receiver<Vec<Row>>) -> Result<File, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    let bold = Format::new().set_bold();
    for (place, column) in (0u16..).zip(columns) {
        sheet.write_string_with_format(0, place, clipped(&column.name), &bold)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let mut line = 1;
    while let Some(rows) = batches.blocking_recv() {
        for row in rows {
            if line < MAX_ROWS {
                write_row(sheet, line, &row)?;
                line += 1;
            }
        }
    }
    let mut file = tempfile::tempfile().map_err(XlsxError::IoError)?;
    workbook.save_to_writer(&mut file)?;
    std::io::Seek::rewind(&mut file).map_err(XlsxError::IoError)?;
    Ok(file)
}

fn write_row(sheet: &mut Worksheet, line: u32, row: &[Value]) -> Result<(), XlsxError> {
    for (place, value) in (0u16..).zip(row) {
        match value {
            Value::Null => continue,
            Value::Bool(flag) => sheet.write_boolean(line, place, *flag)?,
            Value::Integer(number) if (-EXACT..=EXACT).contains(number) => {
                sheet.write_number(line, place, *number as f64)?
            }
            Value::Float(number) if number.is_finite() => sheet.write_number(line, place, *number)?,
            other => sheet.write_string(line, place, clipped(&text(other)))?,
        };
    }
    Ok(())
}

fn clipped(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}
