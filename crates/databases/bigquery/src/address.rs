//! Addresses: `bigquery://project/dataset?…`, and that of the API.

use sqlatte_providers::Result;
use url::{Host, Url};

use crate::config::{BigqueryConfig, invalid};

/// Takes over what a `bigquery://` URL says.
pub(crate) fn apply(config: &mut BigqueryConfig, text: &str) -> Result<()> {
    let url = Url::parse(text).map_err(|_| malformed())?;
    if url.scheme() != "bigquery" {
        return Err(malformed());
    }
    if !url.username().is_empty() || url.password().is_some() || url.port().is_some() {
        return Err(invalid(
            "a BigQuery URL has no user, password or port: name the key's file as `?credentials_file=/path/key.json`",
        ));
    }
    if let Some(project) = url.host_str().filter(|project| !project.is_empty()) {
        config.project = Some(project.to_owned());
    }
    // A leading slash is all there is where no dataset is named.
    let datasets: Vec<String> =
        url.path().trim_matches('/').split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    if !datasets.is_empty() {
        config.datasets = datasets;
        config.dataset = None;
    }
    for (key, value) in url.query_pairs() {
        let value = value.into_owned();
        match key.as_ref() {
            "location" => config.location = Some(value),
            "dataset" => config.dataset = Some(value),
            "credentials_file" | "credentials_path" => config.credentials_file = Some(value),
            "endpoint" => config.endpoint = Some(value),
            "anonymous" => config.anonymous = parsed(&key, &value)?,
            "maximum_bytes_billed" => config.maximum_bytes_billed = Some(parsed(&key, &value)?),
            "job_timeout" => config.job_timeout = parsed(&key, &value)?,
            "pool_size" => config.pool_size = parsed(&key, &value)?,
            "request_timeout" => config.request_timeout = parsed(&key, &value)?,
            "samples" => config.samples = parsed(&key, &value)?,
            other => {
                return Err(invalid(format!(
                    "a BigQuery URL has no parameter `{other}`: it takes location, dataset, credentials_file, endpoint, \
                     anonymous, maximum_bytes_billed, job_timeout, pool_size, request_timeout and samples"
                )));
            }
        }
    }
    Ok(())
}

/// An address of the API, without a slash at its end.
pub(crate) fn endpoint(text: &str) -> Result<String> {
    let fault =
        || invalid("`endpoint` must be an address such as `http://127.0.0.1:9050`, without user, `?` or `#`");
    let url = Url::parse(text).map_err(|_| fault())?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !plain {
        return Err(fault());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// Whether an endpoint is this machine's own.
pub(crate) fn is_loopback(endpoint: &str) -> bool {
    match Url::parse(endpoint).ok().as_ref().and_then(Url::host) {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn parsed<T: std::str::FromStr>(key: &str, value: &str) -> Result<T> {
    value
        .parse()
        .map_err(|_| invalid(format!("the URL's parameter `{key}` has a value that does not fit it")))
}

fn malformed() -> sqlatte_providers::ProviderError {
    invalid("a BigQuery URL looks like `bigquery://project/dataset?location=EU`")
}
