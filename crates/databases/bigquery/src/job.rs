use std::{sync::Arc, time::Duration};

use google_cloud_bigquery_v2::{
    client::JobService,
    model::{
        CancelJobRequest, DataFormatOptions, DatasetReference, GetQueryResultsRequest,
        GetQueryResultsResponse, InsertJobRequest, Job as JobModel, JobConfiguration, JobConfigurationQuery,
        JobReference,
    },
};
use sqlatte_providers::{ProviderError, Result};
use tokio::{runtime::Handle, sync::OwnedSemaphorePermit, time::sleep};
use uuid::Uuid;

use crate::{client::Bridge, config::Setup, deadline::Deadline, error, fault::Fault};

/// How long BigQuery may keep a request for results that are not there yet.
const LONG_POLL: Duration = Duration::from_secs(10);
/// The pauses between tries to cancel: the job may not have arrived yet.
const CANCEL_PAUSES: [u64; 6] = [0, 100, 250, 500, 1000, 2000];

/// A statement that BigQuery works on. Dropping it before it [is complete](Self::first) cancels it.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) results: Results,
    runtime: Handle,
    /// Whether there is nothing left to cancel.
    ended: bool,
    permit: Option<OwnedSemaphorePermit>,
}

/// The way to a job's rows.
#[derive(Debug, Clone)]
pub(crate) struct Results {
    bridge: Arc<Bridge>,
    jobs: JobService,
    id: String,
    location: String,
    sql: Arc<str>,
}

/// What every statement runs under, and nothing else: no destination, no session, no legacy SQL.
pub(crate) fn configuration(setup: &Setup, sql: &str) -> JobConfiguration {
    let home = setup.scope.home.as_ref();
    let home = home.map(|it| DatasetReference::new().set_project_id(&it.project).set_dataset_id(&it.dataset));
    let query = JobConfigurationQuery::new()
        .set_query(sql)
        .set_use_legacy_sql(false)
        .set_use_query_cache(true)
        .set_create_session(false)
        .set_or_clear_default_dataset(home);
    JobConfiguration::new().set_query(query).set_labels(setup.labels.clone())
}

/// A location, if it is known.
pub(crate) fn location(location: &str) -> Option<String> {
    (!location.is_empty()).then(|| location.to_owned())
}

impl Job {
    /// Hands the statement to BigQuery.
    pub(crate) async fn start(
        bridge: &Arc<Bridge>,
        sql: &str,
        location: &str,
        deadline: Deadline,
        permit: OwnedSemaphorePermit,
    ) -> Result<Job> {
        let setup = &bridge.setup;
        let results = Results {
            bridge: Arc::clone(bridge),
            jobs: bridge.services().await?.jobs.clone(),
            // The name is ours, so that a request that is sent twice makes one job, and one on its way can be
            // cancelled.
            id: format!("sqlatte_{}", Uuid::now_v7().simple()),
            location: location.to_owned(),
            sql: sql.into(),
        };
        let mut job = Job { results, runtime: Handle::current(), ended: false, permit: Some(permit) };

        let mut configuration = configuration(setup, sql);
        let timeout = deadline.remaining().min(setup.job_timeout).as_millis().max(1);
        configuration = configuration.set_job_timeout_ms(i64::try_from(timeout).unwrap_or(i64::MAX));
        if let (Some(limit), Some(query)) = (setup.maximum_bytes_billed, &mut configuration.query) {
            query.maximum_bytes_billed = Some(i64::try_from(limit).unwrap_or(i64::MAX));
        }
        let project = &setup.scope.project;
        let reference = JobReference::new()
            .set_project_id(project)
            .set_job_id(&job.results.id)
            .set_or_clear_location(self::location(location));
        let request = InsertJobRequest::new()
            .set_project_id(project)
            .set_job(JobModel::new().set_job_reference(reference).set_configuration(configuration));
        let call = job.results.jobs.insert_job().with_request(request).with_options(bridge.soon());
        // Boxed: a job has very many fields.
        let sent = Box::pin(call.send());
        match deadline.hold(async { Ok(sent.await) }).await? {
            Ok(answer) => {
                if let Some(location) = answer.job_reference.and_then(|reference| reference.location) {
                    job.results.location = location;
                }
                if let Some(fault) = answer.status.and_then(|status| status.error_result) {
                    job.ended = true;
                    return Err(error::of_fault(&Fault::of_job(&fault), setup, Some(sql)));
                }
            }
            // The first of two requests made it.
            Err(fault) if fault.http_status_code() == Some(409) => {}
            Err(fault) => return Err(job.failed(fault)),
        }
        Ok(job)
    }

    /// Waits for the statement's end, and gives its first rows.
    pub(crate) async fn first(&mut self, rows: u32, deadline: Deadline) -> Result<GetQueryResultsResponse> {
        loop {
            let wait = deadline.remaining().min(LONG_POLL);
            let call = self.results.page("", rows, wait);
            match deadline.hold(async { Ok(call.await) }).await? {
                Ok(page) if page.job_complete == Some(true) => {
                    self.ended = true;
                    return Ok(page);
                }
                Ok(_) => {}
                Err(fault) => return Err(self.failed(fault)),
            }
        }
    }

    /// What a failed call means; one that BigQuery answered for good leaves nothing to cancel.
    fn failed(&mut self, fault: google_cloud_bigquery_v2::Error) -> ProviderError {
        let said = Fault::of_call(&fault);
        self.ended = said.status.is_some() && !said.is_passing();
        error::of_call(fault, &self.results.bridge.setup, Some(&self.results.sql))
    }
}

impl Results {
    /// A page of rows, the first where `token` is empty.
    pub(crate) async fn page(
        &self,
        token: &str,
        rows: u32,
        wait: Duration,
    ) -> Result<GetQueryResultsResponse, google_cloud_bigquery_v2::Error> {
        let request = GetQueryResultsRequest::new()
            .set_project_id(&self.bridge.setup.scope.project)
            .set_job_id(&self.id)
            .set_location(&self.location)
            .set_page_token(token)
            .set_max_results(rows)
            .set_timeout_ms(u32::try_from(wait.as_millis()).unwrap_or(u32::MAX))
            .set_format_options(DataFormatOptions::new().set_use_int64_timestamp(true));
        let options = self.bridge.within(wait + self.bridge.setup.request_timeout);
        self.jobs.get_query_results().with_request(request).with_options(options).send().await
    }

    /// A later page of rows, with failures as the caller reads them.
    pub(crate) async fn next(&self, token: &str, rows: u32) -> Result<GetQueryResultsResponse> {
        self.page(token, rows, LONG_POLL)
            .await
            .map_err(|fault| error::of_call(fault, &self.bridge.setup, Some(&self.sql)))
    }

    /// Ends the job, which may be on its way still.
    async fn cancel(self) {
        for pause in CANCEL_PAUSES {
            sleep(Duration::from_millis(pause)).await;
            let request = CancelJobRequest::new()
                .set_project_id(&self.bridge.setup.scope.project)
                .set_job_id(&self.id)
                .set_location(&self.location);
            let call = self.jobs.cancel_job().with_request(request).with_options(self.bridge.soon());
            match call.send().await {
                Ok(_) => return,
                Err(fault) if fault.http_status_code() == Some(404) => {}
                Err(fault) => {
                    let fault = error::of_call(fault, &self.bridge.setup, None);
                    tracing::warn!(job = %self.id, %fault, "a job could not be cancelled");
                    return;
                }
            }
        }
        tracing::debug!(job = %self.id, "there is no job to cancel");
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        let (results, permit) = (self.results.clone(), self.permit.take());
        // The next statement waits for this one's end, so that no more run at once than are allowed.
        self.runtime.spawn(async move {
            results.cancel().await;
            drop(permit);
        });
    }
}
