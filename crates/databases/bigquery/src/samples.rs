//! A few values of text columns, from the first rows of a table as `tabledata.list` gives them: without a
//! job, free of charge, and under the table's own permissions.

use std::{collections::HashMap, time::Duration};

use google_cloud_bigquery_v2::model::TableReference;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use sqlatte_http::{Method, google::Token};
use sqlatte_providers::{ErrorKind, ProviderError, Result, Value};
use url::Url;

use crate::{client::Bridge, rows, types::Shape};

const ROWS: usize = 2000;
const TIME: Duration = Duration::from_secs(3);
const SAMPLES: usize = 8;
/// A column with more distinct values is not a list of choices.
const DISTINCT: usize = 50;
/// Longer texts are not choices either.
const LENGTH: usize = 60;
/// Columns of one request: their names go into its address.
const COLUMNS: usize = 50;

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    rows: Vec<Map<String, Json>>,
}

/// A few distinct values of each of `columns`, the most frequent first; none for columns of high cardinality.
pub(crate) async fn read(
    bridge: &Bridge,
    table: &TableReference,
    columns: &[&str],
) -> Result<Vec<Vec<String>>> {
    let columns = &columns[..columns.len().min(COLUMNS)];
    if columns.is_empty() {
        return Ok(Vec::new());
    }
    let credentials = &bridge.services().await?.credentials;
    let token = Token::of(credentials).await.map_err(|error| bridge.setup.login.without_token(&error))?;
    let request =
        bridge.http().request_at(Method::GET, address(bridge, table, columns)?.as_str())?.timeout(TIME);
    let response = token.apply(request).send().await?;
    if !response.status().is_success() {
        let status = response.status();
        return Err(ProviderError::new(
            ErrorKind::Rejected,
            format!("BigQuery answered with status {status}"),
        ));
    }
    let page: Page = response.json().await?;
    let shapes = vec![Shape::Text; columns.len()];
    let mut counts: Vec<Counts> = columns.iter().map(|_| Counts::default()).collect();
    for row in page.rows {
        for (counts, value) in counts.iter_mut().zip(rows::row(&shapes, row)) {
            if let Value::Text(text) = value {
                counts.add(text);
            }
        }
    }
    Ok(counts.into_iter().map(Counts::samples).collect())
}

fn address(bridge: &Bridge, table: &TableReference, columns: &[&str]) -> Result<Url> {
    let malformed = || ProviderError::new(ErrorKind::Unexpected, "the table's address cannot be written");
    let mut url = Url::parse(bridge.address()).map_err(|_| malformed())?;
    url.path_segments_mut().map_err(|()| malformed())?.pop_if_empty().extend([
        "bigquery",
        "v2",
        "projects",
        &table.project_id,
        "datasets",
        &table.dataset_id,
        "tables",
        &table.table_id,
        "data",
    ]);
    url.query_pairs_mut()
        .append_pair("maxResults", &ROWS.to_string())
        .append_pair("selectedFields", &columns.join(","));
    Ok(url)
}

#[derive(Default)]
struct Counts {
    values: HashMap<String, usize>,
    total: usize,
    too_many: bool,
}

impl Counts {
    fn add(&mut self, text: String) {
        self.total += 1;
        if self.too_many {
            return;
        }
        if let Some(count) = self.values.get_mut(&text) {
            *count += 1;
        } else if text.len() > LENGTH || self.values.len() == DISTINCT {
            self.too_many = true;
        } else if !text.is_empty() {
            self.values.insert(text, 1);
        }
    }

    fn samples(self) -> Vec<String> {
        // In a short table every text is different; in a long one that makes a name, not a choice.
        let all_different = self.total > DISTINCT && self.values.len() * 2 > self.total;
        if self.too_many || all_different {
            return Vec::new();
        }
        let mut values: Vec<_> = self.values.into_iter().collect();
        values.sort_by(|(a, a_count), (b, b_count)| b_count.cmp(a_count).then_with(|| a.cmp(b)));
        values.into_iter().take(SAMPLES).map(|(value, _)| value).collect()
    }
}
