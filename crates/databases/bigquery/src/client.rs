use std::{sync::Arc, time::Duration};

use google_cloud_bigquery_v2::client::{DatasetService, JobService, TableService};
use google_cloud_gax::{
    client_builder::Error, exponential_backoff::ExponentialBackoffBuilder, options::RequestOptions,
};
use sqlatte_http::{Client, google::Credentials};
use sqlatte_providers::{ErrorKind, ProviderError, Result};
use tokio::sync::OnceCell;

use crate::{
    config::{Setup, invalid},
    credentials::SCOPE,
    retry::Passing,
};

const GOOGLE: &str = "https://bigquery.googleapis.com";
const FIRST_WAIT: Duration = Duration::from_millis(300);
const LONGEST_WAIT: Duration = Duration::from_secs(4);

/// The way to BigQuery: checked settings, and Google's clients, made by the first call that needs them.
#[derive(Debug)]
pub(crate) struct Bridge {
    pub(crate) setup: Setup,
    services: OnceCell<Services>,
    /// For what Google's clients leave out. Making it also gives the process its TLS, which theirs expect.
    http: Client,
}

/// Google's clients of the parts of the API.
#[derive(Clone)]
pub(crate) struct Services {
    pub(crate) jobs: JobService,
    pub(crate) datasets: DatasetService,
    pub(crate) tables: TableService,
    pub(crate) credentials: Credentials,
}

impl std::fmt::Debug for Services {
    /// Nothing of it: credentials are inside.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Services").finish_non_exhaustive()
    }
}

impl Bridge {
    pub(crate) fn new(setup: Setup) -> Result<Arc<Self>> {
        let http = Client::builder(setup.endpoint.as_deref().unwrap_or(GOOGLE))?
            .connect_timeout(setup.request_timeout)
            .build()?;
        Ok(Arc::new(Bridge { setup, services: OnceCell::new(), http }))
    }

    pub(crate) async fn services(&self) -> Result<&Services> {
        self.services.get_or_try_init(|| self.connect()).await
    }

    /// Where the API lives.
    pub(crate) fn address(&self) -> &str {
        self.setup.endpoint.as_deref().unwrap_or(GOOGLE)
    }

    pub(crate) fn http(&self) -> &Client {
        &self.http
    }

    /// The options of a call whose answer does not wait for a job.
    pub(crate) fn soon(&self) -> RequestOptions {
        self.within(self.setup.request_timeout)
    }

    /// The options of a call that may take `limit` each time it is made.
    pub(crate) fn within(&self, limit: Duration) -> RequestOptions {
        let mut options = RequestOptions::default();
        options.set_attempt_timeout(limit);
        options.set_idempotency(true);
        options
    }

    async fn connect(&self) -> Result<Services> {
        let credentials = self.setup.login.credentials(SCOPE)?;
        let backoff = || {
            ExponentialBackoffBuilder::new()
                .with_initial_delay(FIRST_WAIT)
                .with_maximum_delay(LONGEST_WAIT)
                .clamp()
        };
        macro_rules! build {
            ($service:ty) => {{
                let builder = <$service>::builder()
                    .with_credentials(credentials.clone())
                    .with_retry_policy(Passing)
                    .with_backoff_policy(backoff());
                let builder = match &self.setup.endpoint {
                    Some(endpoint) => builder.with_endpoint(endpoint),
                    None => builder,
                };
                builder.build().await.map_err(of_building)?
            }};
        }
        Ok(Services {
            jobs: build!(JobService),
            datasets: build!(DatasetService),
            tables: build!(TableService),
            credentials,
        })
    }
}

fn of_building(error: Error) -> ProviderError {
    if error.is_universe_domain_mismatch() {
        return invalid(
            "the credentials belong to another cloud than Google's public one: set GOOGLE_CLOUD_UNIVERSE_DOMAIN to \
             theirs",
        );
    }
    ProviderError::new(
        ErrorKind::InvalidSettings,
        "the client of BigQuery cannot be set up: check the proxy settings in the environment and that this machine \
         has root certificates (on Debian the package ca-certificates)",
    )
    .with_source(error)
}
