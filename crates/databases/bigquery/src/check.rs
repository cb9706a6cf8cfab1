//! Whether BigQuery answers, lets this account run queries, and has the datasets.

use google_cloud_bigquery_v2::model::Dataset as Found;
use sqlatte_providers::{ErrorKind, ProviderError, Result};

use crate::{client::Bridge, config::invalid, dry_run, error, scope::Dataset};

pub(crate) async fn check(bridge: &Bridge) -> Result<()> {
    // Needs the right to run jobs, and costs nothing.
    dry_run::plan(bridge, "SELECT 1").await?;
    let Bridge { setup, .. } = bridge;
    if setup.scope.datasets.is_empty() {
        let call = bridge.services().await?.datasets.list_datasets().with_options(bridge.soon());
        let call = call.set_project_id(&setup.scope.project).set_max_results(1_u32);
        call.send().await.map_err(|error| error::of_call(error, setup, None))?;
        return Ok(());
    }
    for dataset in &setup.scope.datasets {
        let Dataset { project, dataset: name } = dataset;
        let found = get(bridge, dataset).await.map_err(|error| match error.kind() {
            ErrorKind::NotFound => {
                invalid(format!("there is no dataset `{project}.{name}`: check `datasets`"))
                    .with_source(error)
            }
            _ => error,
        })?;
        let place = &setup.location;
        if !place.is_empty() && !found.location.is_empty() && !found.location.eq_ignore_ascii_case(place) {
            return Err(invalid(format!(
                "the dataset `{project}.{name}` is in {}, and `location` says {place}: set `location` to {}, or leave it out",
                found.location, found.location
            )));
        }
    }
    Ok(())
}

async fn get(bridge: &Bridge, dataset: &Dataset) -> Result<Found, ProviderError> {
    let call = bridge.services().await?.datasets.get_dataset().with_options(bridge.soon());
    let call = call.set_project_id(&dataset.project).set_dataset_id(&dataset.dataset);
    call.send().await.map_err(|error| error::of_call(error, &bridge.setup, None))
}
