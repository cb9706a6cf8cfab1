use std::{pin::Pin, sync::Arc};

use async_stream::stream;
use futures::Stream;
use google_cloud_bigquery_v2::model::GetQueryResultsResponse;
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
/// A later page takes about so much memory while it is read, and has a number of rows within these bounds.
const PAGE_MEMORY: usize = 12 << 20;
const PAGE_ROWS: (usize, usize) = (100, 10_000);
/// What `{"v": …}` takes besides the value: nearly all of the memory, for most rows.
const MAP: usize = 640;
/// A batch ends at whichever comes first.
const BATCH_ROWS: usize = 500;
const BATCH_BYTES: usize = 256 << 10;

/// The rows of a complete job in batches, page after page, one page ahead at most.
///
/// The job is given up before the end is told: whoever keeps a stream that ended keeps nobody waiting.
pub(crate) fn batches(
    job: Job,
    shapes: Vec<Shape>,
    first: GetQueryResultsResponse,
    max_rows: u64,
    deadline: Deadline,
) -> Pin<Box<dyn Stream<Item = Result<Batch>> + Send>> {
    let truncated = first.total_rows.is_some_and(|total| total > max_rows);
    let shapes: Arc<[Shape]> = shapes.into();
    Box::pin(stream! {
        let mut left = usize::try_from(max_rows).unwrap_or(usize::MAX);
        let mut page = Page::read(first, &shapes);
        loop {
            let more = left > page.rows.len() && !page.token.is_empty();
            let next = more.then(|| Ahead::fetch(&job.results, &page, left - page.rows.len(), &shapes));
            let mut rows = page.rows.into_iter();
            loop {
                if let Err(late) = deadline.check() {
                    drop((job, next));
                    yield Err(late);
                    return;
                }
                let batch = batch(&mut rows, &mut left);
                let ended = rows.len() == 0 || left == 0;
                let last = ended && next.is_none();
                if last {
                    drop(job);
                    yield Ok(Batch { rows: batch, truncated });
                    return;
                }
                if !batch.is_empty() {
                    yield Ok(Batch { rows: batch, truncated: false });
                }
                if ended {
                    break;
                }
            }
            let Some(next) = next else { return };
            match deadline.hold(next.page()).await {
                Ok(fetched) => page = fetched,
                Err(fault) => {
                    drop(job);
                    yield Err(fault);
                    return;
                }
            }
        }
    })
}

fn batch(rows: &mut impl Iterator<Item = Row>, left: &mut usize) -> Vec<Row> {
    let mut batch = Vec::new();
    let mut bytes = 0;
    while *left > 0 && batch.len() < BATCH_ROWS && bytes < BATCH_BYTES {
        let Some(row) = rows.next() else { break };
        bytes += row.iter().map(rows::size).sum::<usize>();
        batch.push(row);
        *left -= 1;
    }
    batch
}

/// Some rows, read as soon as they arrive: as JSON they take ten times the memory.
struct Page {
    rows: Vec<Row>,
    /// Where the next page begins; empty after the last.
    token: String,
    /// How many rows the next page should have.
    next_rows: usize,
}

impl Page {
    fn read(answer: GetQueryResultsResponse, shapes: &[Shape]) -> Self {
        let rows: Vec<Row> = answer.rows.into_iter().map(|row| rows::row(shapes, row)).collect();
        let text: usize = rows.iter().flatten().map(rows::size).sum();
        let maps = rows.len() * (shapes.len() + 1);
        let fit = (PAGE_MEMORY * rows.len()).checked_div(text + maps * MAP).unwrap_or(PAGE_ROWS.1);
        Page { token: answer.page_token, next_rows: fit.clamp(PAGE_ROWS.0, PAGE_ROWS.1), rows }
    }
}

/// A page that is fetched while the one before is read. Dropping it ends the request.
struct Ahead(JoinHandle<Result<Page>>);

impl Ahead {
    /// Fetches what comes after `page`, at most `left` rows.
    fn fetch(results: &Results, page: &Page, left: usize, shapes: &Arc<[Shape]>) -> Self {
        let (results, token, shapes) = (results.clone(), page.token.clone(), Arc::clone(shapes));
        let rows = u32::try_from(page.next_rows.min(left)).unwrap_or(u32::MAX);
        Ahead(tokio::spawn(async move { Ok(Page::read(results.next(&token, rows).await?, &shapes)) }))
    }

    async fn page(mut self) -> Result<Page> {
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
