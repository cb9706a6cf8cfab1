use std::{collections::BTreeMap, time::Duration};

use serde::Deserialize;
use sqlatte_http::google::Login;
use sqlatte_providers::{ErrorKind, ProviderError, Result, Secret};

use crate::{
    address, credentials,
    scope::{Dataset, Scope},
};

const MAX_POOL_SIZE: usize = 256;
/// A day: BigQuery itself ends a query after six hours.
const LONGEST: u64 = 24 * 60 * 60;
const GIB: u64 = 1 << 30;

/// How to reach BigQuery: `url` or `project`, and what may be left out. A text left empty counts as not set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct BigqueryConfig {
    /// `bigquery://project/dataset?location=EU&credentials_file=/path/key.json`; several datasets are
    /// separated by commas. What it names wins over the other settings.
    pub url: Option<String>,
    /// The project that pays for the queries, and whose datasets are meant where none is named; without it,
    /// the project of the key.
    #[serde(alias = "project_id")]
    pub project: Option<String>,
    /// The dataset in which tables are looked for that are named without one. Unless it is set and where
    /// `datasets` names one alone, that one.
    pub dataset: Option<String>,
    /// The datasets that may be read, as `dataset` or `project.dataset`; none for all of the project.
    pub datasets: Vec<String>,
    /// Datasets that views in `datasets` read from: statements may reach them, and they are not listed.
    pub view_datasets: Vec<String>,
    /// Where the datasets are, such as `EU` or `europe-west3`; BigQuery finds out itself where it is not set.
    pub location: Option<String>,
    /// The file of a key, as Google hands it out: a service account, or a configuration of workload identity.
    #[serde(alias = "credentials_path")]
    pub credentials_file: Option<String>,
    /// The same as text, instead of a file. With neither: the application default credentials.
    pub credentials_json: Secret,
    /// Whether to send no credentials at all, which an emulator elsewhere may want. An `endpoint` on this
    /// machine is asked without credentials unless some are set.
    pub anonymous: bool,
    /// Another address of the API, such as that of an emulator or of Private Service Connect.
    pub endpoint: Option<String>,
    /// The most bytes one statement may be billed; `None` for no limit of ours.
    pub maximum_bytes_billed: Option<u64>,
    /// Seconds after which BigQuery itself ends a statement, even if the server is gone. The statement's own
    /// time limit ends it earlier where that is shorter.
    pub job_timeout: u64,
    /// Labels of every job, for finding them in the bill; `application: sqlatte` is added unless set.
    pub labels: BTreeMap<String, String>,
    /// Statements that may run at once: 1 to 256.
    pub pool_size: usize,
    /// Seconds in which BigQuery must answer a request, the waiting for a statement's end not counted.
    pub request_timeout: u64,
    /// Whether describing a table looks at rows for a few values of its text columns. That is free of charge.
    pub samples: bool,
}

impl Default for BigqueryConfig {
    fn default() -> Self {
        BigqueryConfig {
            url: None,
            project: None,
            dataset: None,
            datasets: Vec::new(),
            view_datasets: Vec::new(),
            location: None,
            credentials_file: None,
            credentials_json: Secret::default(),
            anonymous: false,
            endpoint: None,
            maximum_bytes_billed: Some(10 * GIB),
            job_timeout: 600,
            labels: BTreeMap::new(),
            pool_size: 8,
            request_timeout: 10,
            samples: true,
        }
    }
}

/// The settings, checked.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) scope: Scope,
    /// Empty where BigQuery finds out itself.
    pub(crate) location: String,
    pub(crate) login: Login,
    pub(crate) endpoint: Option<String>,
    pub(crate) maximum_bytes_billed: Option<u64>,
    pub(crate) job_timeout: Duration,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) pool_size: usize,
    pub(crate) request_timeout: Duration,
    pub(crate) samples: bool,
}

impl BigqueryConfig {
    /// The defaults for `project`.
    pub fn new(project: impl Into<String>) -> Self {
        BigqueryConfig { project: Some(project.into()), ..BigqueryConfig::default() }
    }

    pub(crate) fn setup(mut self) -> Result<Setup> {
        if let Some(url) = set(self.url.take()) {
            address::apply(&mut self, &url)?;
        }
        in_range("pool_size", self.pool_size as u64, MAX_POOL_SIZE as u64)?;
        in_range("request_timeout", self.request_timeout, LONGEST)?;
        in_range("job_timeout", self.job_timeout, LONGEST)?;
        if let Some(limit) = self.maximum_bytes_billed {
            in_range("maximum_bytes_billed", limit, i64::MAX.unsigned_abs())?;
        }
        let endpoint = set(self.endpoint.take()).map(|endpoint| address::endpoint(&endpoint)).transpose()?;
        let login = credentials::login(
            set(self.credentials_file.take()).as_deref(),
            &self.credentials_json,
            self.anonymous,
            endpoint.as_deref(),
        )?;
        let Some(project) = set(self.project.take()).or_else(|| login.project()) else {
            return Err(invalid(
                "no project is named: set `project`, or `url` as `bigquery://project/dataset`",
            ));
        };
        let scope = Scope::new(project, set(self.dataset.take()), &self.datasets, &self.view_datasets)?;
        self.labels.entry("application".to_owned()).or_insert_with(|| "sqlatte".to_owned());
        for (key, value) in &self.labels {
            check_label(key, value)?;
        }
        Ok(Setup {
            scope,
            location: set(self.location).unwrap_or_default(),
            login,
            endpoint,
            maximum_bytes_billed: self.maximum_bytes_billed,
            job_timeout: Duration::from_secs(self.job_timeout),
            labels: self.labels,
            pool_size: self.pool_size,
            request_timeout: Duration::from_secs(self.request_timeout),
            samples: self.samples,
        })
    }
}

impl Setup {
    /// What is connected to, for people: the project and its dataset.
    pub(crate) fn target(&self) -> String {
        let mut target = match &self.scope.home {
            Some(Dataset { project, dataset }) if *project == self.scope.project => {
                format!("{project}/{dataset}")
            }
            _ => self.scope.project.clone(),
        };
        if let Some(endpoint) = &self.endpoint {
            target.push_str(" at ");
            target.push_str(endpoint);
        }
        target
    }
}

pub(crate) fn invalid(message: impl Into<String>) -> ProviderError {
    ProviderError::new(ErrorKind::InvalidSettings, message)
}

/// A text that says something.
fn set(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn in_range(key: &str, value: u64, most: u64) -> Result<()> {
    if (1..=most).contains(&value) {
        return Ok(());
    }
    Err(invalid(format!("`{key}` must be from 1 to {most}")))
}

/// BigQuery's own rule; its refusal would come with every statement.
fn check_label(key: &str, value: &str) -> Result<()> {
    let fits = |text: &str| {
        text.chars().count() <= 63
            && text
                .chars()
                .all(|c| c == '_' || c == '-' || c.is_numeric() || c.is_alphabetic() && !c.is_uppercase())
    };
    if fits(value) && fits(key) && key.chars().next().is_some_and(char::is_alphabetic) {
        return Ok(());
    }
    Err(invalid(format!(
        "the label `{key}` cannot be used: keys and values have at most 63 small letters, digits, `_` and `-`, and a \
         key begins with a letter"
    )))
}

#[cfg(test)]
mod tests;
