//! Results as files, written while they are read: no format holds the whole in memory.

mod csv;
mod html;
mod json;
mod text;
mod xlsx;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use sqlatte_providers::{Column, ProviderError, Row, RowStream};

pub(crate) use self::xlsx::xlsx;

/// Comma-separated values with a header line (RFC 4180).
pub(crate) fn csv(rows: RowStream) -> impl Stream<Item = Result<Bytes, ProviderError>> + Send + 'static {
    written(rows, csv::Csv::default())
}

/// One JSON object: columns, types, rows.
pub(crate) fn json(rows: RowStream) -> impl Stream<Item = Result<Bytes, ProviderError>> + Send + 'static {
    written(rows, json::Json::default())
}

/// A page with one table.
pub(crate) fn html(rows: RowStream) -> impl Stream<Item = Result<Bytes, ProviderError>> + Send + 'static {
    written(rows, html::Html)
}

/// What every format but JSON says at its end when there were more rows.
const CUT: &str = "There are more rows than the limit of an export.";

/// A format that is written from top to bottom.
trait Format: Send + 'static {
    fn head(&mut self, columns: &[Column], out: &mut Vec<u8>);
    fn rows(&mut self, rows: &[Row], out: &mut Vec<u8>);
    fn foot(&mut self, truncated: bool, out: &mut Vec<u8>);
}

/// Writes batch after batch; a database that fails midway breaks the body off, so that nobody takes half for all.
fn written<F: Format>(
    stream: RowStream,
    mut format: F,
) -> impl Stream<Item = Result<Bytes, ProviderError>> + Send + 'static {
    async_stream::try_stream! {
        let RowStream { columns, mut batches } = stream;
        let mut out = Vec::new();
        format.head(&columns, &mut out);
        let mut truncated = false;
        while let Some(batch) = batches.next().await {
            let batch = batch.inspect_err(|error| {
                tracing::warn!(error = error as &dyn std::error::Error, "an export broke off");
            })?;
            format.rows(&batch.rows, &mut out);
            truncated |= batch.truncated;
            if !out.is_empty() {
                yield Bytes::from(std::mem::take(&mut out));
            }
        }
        format.foot(truncated, &mut out);
        yield Bytes::from(out);
    }
}

#[cfg(test)]
mod tests;
