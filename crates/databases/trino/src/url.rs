//! A URL's parts, moved into the configuration's single keys.

use ::url::{Url, form_urlencoded};
use sqlatte_providers::{ErrorKind, ProviderError, Result, Secret};

use crate::{Protocol, TrinoConfig};

/// The configuration without its URL: what that says stands in the single keys, and what is empty is not set.
pub(crate) fn resolve(mut config: TrinoConfig) -> Result<(TrinoConfig, Option<String>)> {
    let mut prefix = None;
    let text = std::mem::take(&mut config.url);
    if !text.expose().trim().is_empty() {
        if !config.host.trim().is_empty() {
            return Err(invalid("`url` and `host` are both set: keep one of them"));
        }
        prefix = read(text.expose().trim(), &mut config)?;
    }
    for text in [
        &mut config.host,
        &mut config.http_scheme,
        &mut config.user,
        &mut config.impersonate,
        &mut config.catalog,
        &mut config.schema,
        &mut config.source,
        &mut config.time_zone,
    ] {
        let trimmed = text.trim();
        if trimmed.len() < text.len() {
            *text = trimmed.to_owned();
        }
    }
    for list in [&mut config.catalogs, &mut config.schemas, &mut config.client_tags] {
        list.retain(|text| !text.trim().is_empty());
    }
    for file in [&mut config.ca_file, &mut config.client_certificate, &mut config.client_key] {
        *file = file.take().filter(|path| !path.as_os_str().is_empty());
    }
    Ok((config, prefix))
}

/// Reads the URL into `config`; gives the path below which the server answers, where there is one.
fn read(text: &str, config: &mut TrinoConfig) -> Result<Option<String>> {
    // Its own error may quote the password.
    let url = Url::parse(text).map_err(|_| {
        invalid("the URL cannot be read; write it as trino://user:password@host:port/catalog/schema")
    })?;
    let mut prefix = None;
    let names: Vec<String> =
        url.path().split('/').filter(|part| !part.is_empty()).map(decoded).collect::<Result<_>>()?;
    match url.scheme() {
        scheme @ ("trino" | "presto") => {
            if scheme == "presto" {
                config.protocol = Protocol::Presto;
            }
            let mut names = names.into_iter();
            set(&mut config.catalog, names.next());
            set(&mut config.schema, names.next());
            if names.next().is_some() {
                return Err(invalid(
                    "the URL's path has more than a catalog and a schema; write it as \
                     trino://host:port/catalog/schema",
                ));
            }
        }
        scheme @ ("http" | "https") => {
            scheme.clone_into(&mut config.http_scheme);
            let path = url.path().trim_end_matches('/');
            prefix = (!path.is_empty()).then(|| path.to_owned());
        }
        _ => return Err(invalid("a Trino URL starts with trino://, presto://, https:// or http://")),
    }
    if url.fragment().is_some() {
        return Err(invalid("the URL has a `#`; in a user, password or name write it as %23"));
    }
    set(&mut config.host, url.host_str().map(str::to_owned));
    config.port = url.port().or(config.port);
    set(&mut config.user, Some(decoded(url.username())?));
    if let Some(password) = url.password() {
        config.password = Secret::new(decoded(password)?);
    }
    for (key, value) in form_urlencoded::parse(url.query().unwrap_or_default().as_bytes()) {
        parameter(config, &key, value.into_owned())?;
    }
    Ok(prefix)
}

fn parameter(config: &mut TrinoConfig, key: &str, value: String) -> Result<()> {
    let list = |value: &str| value.split(',').map(|part| part.trim().to_owned()).collect();
    match key {
        "http_scheme" => config.http_scheme = value,
        "protocol" => {
            config.protocol = match value.as_str() {
                "trino" => Protocol::Trino,
                "presto" => Protocol::Presto,
                _ => return Err(invalid("the URL's parameter `protocol` must be trino or presto")),
            }
        }
        "catalog" => config.catalog = value,
        "schema" => config.schema = value,
        "catalogs" => config.catalogs = list(&value),
        "schemas" => config.schemas = list(&value),
        "impersonate" => config.impersonate = value,
        "source" => config.source = value,
        "client_tags" => config.client_tags = list(&value),
        "time_zone" => config.time_zone = value,
        "ca_file" => config.ca_file = Some(value.into()),
        "ssl_verify" => {
            config.ssl_verify = value
                .parse()
                .map_err(|_| invalid("the URL's parameter `ssl_verify` must be true or false"))?;
        }
        _ => match key.strip_prefix("session.") {
            Some(name) if !name.is_empty() => {
                config.session_properties.insert(name.to_owned(), value);
            }
            _ => {
                return Err(invalid(format!(
                    "the URL's parameter `{}` is not known; settings of that kind have keys of their own",
                    // Somebody may have written a secret there.
                    key.chars()
                        .filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c))
                        .take(30)
                        .collect::<String>()
                )));
            }
        },
    }
    Ok(())
}

fn set(field: &mut String, value: Option<String>) {
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        *field = value;
    }
}

fn decoded(text: &str) -> Result<String> {
    // In a form a plus is a blank, in a user, a password or a path it is a plus.
    let form = format!("x={}", text.replace('+', "%2B").replace('&', "%26"));
    let pair = form_urlencoded::parse(form.as_bytes()).next();
    let text = pair.map(|(_, value)| value.into_owned()).unwrap_or_default();
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return Err(invalid("the URL has a percent-encoded part that is not UTF-8"));
    }
    Ok(text)
}

fn invalid(message: impl Into<String>) -> ProviderError {
    ProviderError::new(ErrorKind::InvalidSettings, message)
}
