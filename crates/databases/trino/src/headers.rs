//! The headers of every call to the server.

use base64::{Engine, prelude::BASE64_STANDARD};
use sqlatte_http::ClientBuilder;
use sqlatte_providers::{Result, Secret};

use crate::{
    Protocol, TrinoConfig,
    server::{Login, invalid},
};

/// The names of the protocol's headers.
pub(crate) struct Names {
    user: &'static str,
    original_user: &'static str,
    source: &'static str,
    catalog: &'static str,
    schema: &'static str,
    pub(crate) session: &'static str,
    client_tags: &'static str,
    time_zone: &'static str,
    capabilities: &'static str,
}

const TRINO: Names = Names {
    user: "x-trino-user",
    original_user: "x-trino-original-user",
    source: "x-trino-source",
    catalog: "x-trino-catalog",
    schema: "x-trino-schema",
    session: "x-trino-session",
    client_tags: "x-trino-client-tags",
    time_zone: "x-trino-time-zone",
    capabilities: "x-trino-client-capabilities",
};

const PRESTO: Names = Names {
    user: "x-presto-user",
    original_user: "x-presto-original-user",
    source: "x-presto-source",
    catalog: "x-presto-catalog",
    schema: "x-presto-schema",
    session: "x-presto-session",
    client_tags: "x-presto-client-tags",
    time_zone: "x-presto-time-zone",
    capabilities: "x-presto-client-capabilities",
};

/// The names that a protocol has for them.
pub(crate) fn of(protocol: Protocol) -> &'static Names {
    match protocol {
        Protocol::Trino => &TRINO,
        Protocol::Presto => &PRESTO,
    }
}

/// Adds who asks, how that is proven, and where names are looked for.
///
/// # Errors
/// `InvalidSettings` names the setting that makes no header.
pub(crate) fn add(
    mut builder: ClientBuilder,
    names: &Names,
    config: &TrinoConfig,
    login: Login,
    user: &str,
) -> Result<ClientBuilder> {
    builder = match login {
        Login::Password => {
            let pair = BASE64_STANDARD.encode(format!("{user}:{}", config.password.expose()));
            builder.secret_header("authorization", &Secret::new(format!("Basic {pair}")))
        }
        Login::Token => {
            builder.secret_header("authorization", &Secret::new(format!("Bearer {}", config.token.expose())))
        }
        Login::Certificate | Login::Nothing => builder,
    };
    if login == Login::Nothing && !config.impersonate.is_empty() {
        // Nothing else says who asks in the other's name.
        builder = builder.header(names.original_user, user);
    }
    if config.client_tags.iter().any(|tag| tag.contains(',')) {
        return Err(invalid("a tag of `client_tags` has a comma: write each tag as an entry of its own"));
    }
    let session_user = if config.impersonate.is_empty() { user } else { &config.impersonate };
    for (name, value) in [
        (names.user, session_user),
        (names.source, &config.source),
        (names.catalog, &config.catalog),
        (names.schema, &config.schema),
        (names.client_tags, &config.client_tags.join(",")),
        (names.time_zone, &config.time_zone),
        // Without it fractions of a second are cut to milliseconds.
        (names.capabilities, "PARAMETRIC_DATETIME"),
    ] {
        if !value.is_empty() {
            builder = builder.header(name, value);
        }
    }
    Ok(builder)
}
