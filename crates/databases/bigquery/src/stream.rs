use std::pin::Pin;

use async_stream::stream;
use futures::Stream;
use google_cloud_bigquery_v2::model::GetQueryResultsResponse;
use serde_json::{Map, Value as Json};
use sqlatte_providers::{Batch, ErrorKind, ProviderError, Result, Row};
use tokio::task::JoinHandle;

use crate::{
    deadline::Deadline,
    job::{Job, Results},
    rows,
    types::Shape,
};

/// Rows of the first page: as many as most answers have.
pub(crate) const FIRST_PAGE: u32 = 1000;
/// A later page has about so many bytes, and a number of rows within these bounds.
const PAGE_BYTES: usize = 1 << 20;
const PAGE_ROWS: (usize, usize) = (100, 20_000);
/// A batch ends at whichever comes first.
const BATCH_ROWS: usize = 500;
const BATCH_BYTES: usize = 256 << 10;

/// The rows of a complete job in batches, page after page, one page ahead at most.
pub(crate) fn batches(
    job: Job,
    shapes: Vec<Shape>,
    first: GetQueryResultsResponse,
    max_rows: u64,
    deadline: Deadline,
) -> Pin<Box<dyn Stream<Item = Result<Batch>> + Send>> {
    let truncated = first.total_rows.is_some_and(|total| total > max_rows);
    Box::pin(stream! {
        let mut left = usize::try_from(max_rows).unwrap_or(usize::MAX);
        let mut page = first;
        let mut row_bytes = Average::default();
        loop {
            let more = left > page.rows.len() && !page.page_token.is_empty();
            row_bytes.look_at(&page.rows);
            let next = more.then(|| Ahead::fetch(&job.results, &page.page_token, row_bytes.rows(left - page.rows.len())));
            let mut rows = page.rows.into_iter();
            loop {
                if let Err(late) = deadline.check() {
                    yield Err(late);
                    return;
                }
                let batch = batch(&mut rows, &shapes, &mut left);
                let ended = rows.len() == 0 || left == 0;
                let last = ended && next.is_none();
                if last || !batch.is_empty() {
                    yield Ok(Batch { rows: batch, truncated: last && truncated });
                }
                if last {
                    return;
                }
                if ended {
                    break;
                }
            }
            let Some(next) = next else { return };
            match deadline.hold(next.page()).await {
                Ok(fetched) => page = fetched,
                Err(fault) => {
                    yield Err(fault);
                    return;
                }
            }
        }
    })
}

fn batch(rows: &mut impl Iterator<Item = Map<String, Json>>, shapes: &[Shape], left: &mut usize) -> Vec<Row> {
    let mut batch = Vec::new();
    let mut bytes = 0;
    while *left > 0 && batch.len() < BATCH_ROWS && bytes < BATCH_BYTES {
        let Some(row) = rows.next() else { break };
        let row = rows::row(shapes, row);
        bytes += row.iter().map(rows::size).sum::<usize>();
        batch.push(row);
        *left -= 1;
    }
    batch
}

/// A page that is fetched while the one before is read. Dropping it ends the request.
struct Ahead(JoinHandle<Result<GetQueryResultsResponse>>);

impl Ahead {
    fn fetch(results: &Results, token: &str, rows: usize) -> Self {
        let (results, token) = (results.clone(), token.to_owned());
        let rows = u32::try_from(rows).unwrap_or(u32::MAX);
        Ahead(tokio::spawn(async move { results.next(&token, rows).await }))
    }

    async fn page(mut self) -> Result<GetQueryResultsResponse> {
        match (&mut self.0).await {
            Ok(page) => page,
            Err(fault) => Err(ProviderError::new(
                ErrorKind::Unexpected,
                "the rest of the rows could not be fetched: try again",
            )
            .with_source(fault)),
        }
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// How many bytes a row has, as far as was seen.
#[derive(Default)]
struct Average {
    rows: usize,
    bytes: usize,
}

impl Average {
    /// Some rows stand for all of a page.
    const LOOKED_AT: usize = 100;

    fn look_at(&mut self, rows: &[Map<String, Json>]) {
        for row in rows.iter().take(Self::LOOKED_AT) {
            self.rows += 1;
            self.bytes += row.values().map(rows::json_size).sum::<usize>();
        }
    }

    /// Rows of the next page, of `left`.
    fn rows(&self, left: usize) -> usize {
        let fit = PAGE_BYTES * self.rows / self.bytes.max(1);
        fit.clamp(PAGE_ROWS.0, PAGE_ROWS.1).min(left)
    }
}
