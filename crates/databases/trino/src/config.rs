use std::{collections::BTreeMap, path::PathBuf};

use serde::Deserialize;
use sqlatte_providers::Secret;

/// How to reach a Trino or Presto server: `url`, or `host` and what belongs to it.
///
/// An empty text counts as not set.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct TrinoConfig {
    /// `trino://user:password@host:port/catalog/schema`, with `presto` for a Presto server; or an `http` or
    /// `https` URL, whose path is then the one below which the server answers. Its query may hold
    /// `http_scheme`, `protocol`, `catalog`, `schema`, `catalogs`, `schemas`, `impersonate`, `source`,
    /// `client_tags`, `time_zone`, `ssl_verify`, `ca_file` and `session.NAME`. User, password and names are
    /// percent-decoded. What the URL says counts before the single keys.
    pub url: Secret,
    /// The host, instead of `url`.
    pub host: String,
    /// The port: 443 with https and 8080 with http unless set.
    pub port: Option<u16>,
    /// `http` or `https`. Unless set: https on the ports 443 and 8443, and wherever a password, a token or a
    /// client certificate is to be sent to another machine.
    pub http_scheme: String,
    /// `trino` or `presto`: how the headers of the protocol begin.
    pub protocol: Protocol,
    /// The user: `sqlatte` unless set, or whom the token names.
    pub user: String,
    /// The user's password (HTTP basic authentication): only over https, or to this machine.
    pub password: Secret,
    /// A JSON web token (bearer authentication), instead of a password: only over https, or to this machine.
    pub token: Secret,
    /// The user in whose name statements run; the server must allow `user` to do that.
    pub impersonate: String,
    /// Where unqualified names are looked for.
    pub catalog: String,
    /// Where unqualified names are looked for; also the only schema of `catalog` whose tables are listed,
    /// unless `schemas` says otherwise.
    pub schema: String,
    /// The catalogs whose tables are listed: `catalog` unless set, and without that every catalog the user
    /// sees, less `system` and `jmx`.
    pub catalogs: Vec<String>,
    /// The schemas whose tables are listed, in each of `catalogs`.
    pub schemas: Vec<String>,
    /// What the server shows as the client's name.
    pub source: String,
    /// Tags that the server's resource groups can tell these statements by.
    pub client_tags: Vec<String>,
    /// Session properties of every statement, such as `join_distribution_type: BROADCAST` or `hive.x: y`.
    pub session_properties: BTreeMap<String, String>,
    /// The time zone of `now()` and of values without one, such as `Europe/Istanbul`: the server's own unless
    /// set.
    pub time_zone: String,
    /// Whether the server must show a certificate that this machine trusts. Without it whoever stands in
    /// between can read the password and change every answer.
    pub ssl_verify: bool,
    /// A PEM file of certificate authorities to trust besides those of the machine.
    pub ca_file: Option<PathBuf>,
    /// A PEM file with the client's own certificate and its chain.
    pub client_certificate: Option<PathBuf>,
    /// A PEM file with the key of `client_certificate`, without a password.
    pub client_key: Option<PathBuf>,
    /// Statements that may run at once: 1 to 256.
    pub pool_size: usize,
    /// Seconds that connecting may take, and then the server's first sign: 1 to 60.
    pub connect_timeout: u64,
    /// Whether each statement's time limit is also given to the server, as the session properties
    /// `query_max_run_time` and `query_max_execution_time`, for the case that SQLatte itself goes away.
    pub session_limits: bool,
    /// The most bytes a statement may read from storage, as the session property
    /// `query_max_scan_physical_bytes`.
    pub max_scan_bytes: Option<u64>,
    /// Whether describing a table asks the planner how many rows it has.
    pub row_estimates: bool,
    /// Whether describing a table reads up to 2000 of its rows for a few values of text columns. Off unless
    /// set: that can be slow and dear where tables lie in object stores.
    pub samples: bool,
}

/// Whose headers are sent and read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "String")]
pub enum Protocol {
    /// `X-Trino-User` and its like.
    #[default]
    Trino,
    /// `X-Presto-User` and its like.
    Presto,
}

impl Protocol {
    /// The name in settings and as a URL's scheme.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Protocol::Trino => "trino",
            Protocol::Presto => "presto",
        }
    }
}

impl TryFrom<String> for Protocol {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, &'static str> {
        match name.trim() {
            "" | "trino" => Ok(Protocol::Trino),
            "presto" => Ok(Protocol::Presto),
            _ => Err("found another text, expected trino or presto"),
        }
    }
}

impl Default for TrinoConfig {
    fn default() -> Self {
        TrinoConfig {
            url: Secret::default(),
            host: String::new(),
            port: None,
            http_scheme: String::new(),
            protocol: Protocol::Trino,
            user: String::new(),
            password: Secret::default(),
            token: Secret::default(),
            impersonate: String::new(),
            catalog: String::new(),
            schema: String::new(),
            catalogs: Vec::new(),
            schemas: Vec::new(),
            source: "sqlatte".to_owned(),
            client_tags: Vec::new(),
            session_properties: BTreeMap::new(),
            time_zone: String::new(),
            ssl_verify: true,
            ca_file: None,
            client_certificate: None,
            client_key: None,
            pool_size: 8,
            connect_timeout: 10,
            session_limits: true,
            max_scan_bytes: None,
            row_estimates: true,
            samples: false,
        }
    }
}

impl TrinoConfig {
    /// The defaults for the server at `url`.
    pub fn new(url: &str) -> Self {
        TrinoConfig { url: Secret::new(url), ..TrinoConfig::default() }
    }
}
