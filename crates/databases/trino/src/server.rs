//! The server as the settings describe it.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc, time::Duration};

use ::url::form_urlencoded;
use sqlatte_http::{Address, Client, Tls};
use sqlatte_providers::{ErrorKind, ProviderError, Result, Secret};
use tokio::sync::Semaphore;

use crate::{Protocol, TrinoConfig, headers, url};

const MAX_POOL_SIZE: usize = 256;
const MAX_CONNECT_TIMEOUT: u64 = 60;
/// Servers aim at 1 MiB a page; one row alone may be larger.
const MAX_PAGE: usize = 64 << 20;
/// What gateways answer while the server behind them is away or busy; Trino itself answers none of them.
const RETRIED: [u16; 4] = [429, 502, 503, 504];
const DEFAULT_USER: &str = "sqlatte";
/// Session properties that are made from each statement's own time limit.
const TIME_LIMITS: [&str; 2] = ["query_max_run_time", "query_max_execution_time"];

/// A server, ready to be called.
pub(crate) struct Server {
    pub(crate) client: Client,
    pub(crate) protocol: Protocol,
    pub(crate) running: Arc<Semaphore>,
    /// How long a connected server may take to acknowledge a statement.
    pub(crate) patience: Duration,
    pub(crate) session_header: &'static str,
    pub(crate) scope: Scope,
    properties: BTreeMap<String, String>,
    session_limits: bool,
}

/// What messages about the settings may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    /// Who logs in; empty where the token or the certificate says it.
    pub(crate) user: String,
    /// In whose name that user asks, if not in its own.
    pub(crate) impersonated: String,
    pub(crate) login: Login,
    /// Where unqualified names are looked for; empty if not set.
    pub(crate) catalog: String,
    pub(crate) schema: String,
    /// The catalogs whose tables are listed; all that are seen if empty.
    pub(crate) catalogs: Vec<String>,
    /// The schemas whose tables are listed.
    pub(crate) schemas: Vec<String>,
}

impl Scope {
    /// Who logs in, for messages.
    pub(crate) fn login_user(&self) -> String {
        match self.login {
            Login::Token if self.user.is_empty() => "the user of the token".to_owned(),
            Login::Certificate if self.user.is_empty() => "the user of the certificate".to_owned(),
            _ => format!("the user `{}`", self.user),
        }
    }

    /// Whose rights count, for messages.
    pub(crate) fn asking_user(&self) -> String {
        match self.impersonated.as_str() {
            "" => self.login_user(),
            user => format!("the user `{user}`"),
        }
    }
}

/// How the user is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Login {
    Nothing,
    Password,
    Token,
    Certificate,
}

impl Server {
    /// # Errors
    /// `InvalidSettings` names the setting that is wrong.
    pub(crate) fn new(config: TrinoConfig) -> Result<Self> {
        let (config, prefix) = url::resolve(config)?;
        check_numbers(&config)?;
        let login = login(&config)?;
        let address = address(&config, prefix.as_deref(), login)?;
        let names = headers::of(config.protocol);
        let user = match login {
            Login::Nothing if config.user.is_empty() => DEFAULT_USER,
            _ => &config.user,
        };
        let properties = properties(&config)?;
        let builder = Client::builder(&address)?
            .retry_statuses(&RETRIED)
            .first_wait(Duration::from_millis(100))
            .connect_timeout(Duration::from_secs(config.connect_timeout))
            .max_body(MAX_PAGE)
            .tls(tls(&config)?);
        let client = headers::add(builder, names, &config, login, user)?.build()?;
        Ok(Server {
            client,
            protocol: config.protocol,
            running: Arc::new(Semaphore::new(config.pool_size)),
            // Connecting has a limit of its own, which is to be the first to say that it has passed.
            patience: Duration::from_secs(config.connect_timeout) + Duration::from_millis(500),
            session_header: names.session,
            scope: Scope {
                user: user.to_owned(),
                impersonated: config.impersonate,
                login,
                catalog: config.catalog,
                schema: config.schema,
                catalogs: config.catalogs,
                schemas: config.schemas,
            },
            properties,
            session_limits: config.session_limits,
        })
    }

    /// The header that holds the session properties of a statement that may run for `timeout`; `None` without
    /// any.
    pub(crate) fn session(&self, timeout: Duration) -> Option<String> {
        let mut properties = self.properties.clone();
        if self.session_limits {
            // A second more than our own timer, which cancels and says why; whole seconds, of a year at most.
            let seconds = timeout.as_secs().saturating_add(2).min(365 * 24 * 60 * 60);
            for name in TIME_LIMITS {
                properties.insert(name.to_owned(), format!("{seconds}s"));
            }
        }
        let pairs: Vec<String> = properties
            .iter()
            .map(|(name, value)| {
                let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
                format!("{name}={value}")
            })
            .collect();
        (!pairs.is_empty()).then(|| pairs.join(","))
    }
}

fn check_numbers(config: &TrinoConfig) -> Result<()> {
    if !(1..=MAX_POOL_SIZE).contains(&config.pool_size) {
        return Err(invalid(format!("`pool_size` must be from 1 to {MAX_POOL_SIZE}")));
    }
    if !(1..=MAX_CONNECT_TIMEOUT).contains(&config.connect_timeout) {
        return Err(invalid(format!("`connect_timeout` must be from 1 to {MAX_CONNECT_TIMEOUT} seconds")));
    }
    if config.port == Some(0) {
        return Err(invalid("`port` must be from 1 to 65535"));
    }
    Ok(())
}

fn login(config: &TrinoConfig) -> Result<Login> {
    match (config.password.is_empty(), config.token.is_empty()) {
        (false, false) => Err(invalid("`password` and `token` are both set: keep one of them")),
        (false, true) if config.user.is_empty() => Err(invalid("`password` is set without `user`")),
        (false, true) if config.user.contains(':') => {
            Err(invalid("a `user` that proves itself with a password cannot have a colon in its name"))
        }
        (false, true) => Ok(Login::Password),
        (true, false) => Ok(Login::Token),
        (true, true) if config.client_certificate.is_some() => Ok(Login::Certificate),
        (true, true) => Ok(Login::Nothing),
    }
}

fn address(config: &TrinoConfig, prefix: Option<&str>, login: Login) -> Result<String> {
    if config.host.is_empty() {
        return Err(invalid(format!(
            "no server is named: set `host`, or `url` as {}://user@host:port/catalog/schema",
            config.protocol.name()
        )));
    }
    let host = match config.host.parse::<std::net::Ipv6Addr>() {
        Ok(ip) => format!("[{ip}]"),
        Err(_) if config.host.contains(['/', '@', '?', '#', ' ']) => {
            return Err(invalid("`host` must be a name or an IP address alone"));
        }
        Err(_) => config.host.clone(),
    };
    let loopback = Address::parse(&format!("http://{host}"))
        .map_err(|_| invalid("`host` must be a name or an IP address alone"))?
        .is_loopback();
    let scheme = match config.http_scheme.as_str() {
        scheme @ ("http" | "https") => scheme,
        "" if matches!(config.port, Some(443 | 8443)) => "https",
        "" if login != Login::Nothing && !loopback => "https",
        "" => "http",
        _ => return Err(invalid("`http_scheme` must be http or https")),
    };
    if scheme == "http" {
        match login {
            Login::Password | Login::Token if !loopback => {
                return Err(invalid(
                    "a password or token is not sent over plain http to another machine: set `http_scheme` to \
                     https",
                ));
            }
            _ if config.client_certificate.is_some() => {
                return Err(invalid("a client certificate needs https: set `http_scheme` to https"));
            }
            _ => {}
        }
    }
    let port = config.port.unwrap_or(if scheme == "https" { 443 } else { 8080 });
    Ok(format!("{scheme}://{host}:{port}{}", prefix.unwrap_or_default()))
}

fn tls(config: &TrinoConfig) -> Result<Tls> {
    let identity = match (&config.client_certificate, &config.client_key) {
        (Some(certificate), Some(key)) => {
            let mut pem = read(certificate, "client_certificate")?;
            pem.push('\n');
            pem.push_str(&read(key, "client_key")?);
            Some(Secret::new(pem))
        }
        (None, None) => None,
        _ => return Err(invalid("`client_certificate` and `client_key` belong together: set both or none")),
    };
    let authorities = config.ca_file.as_deref().map(|file| read(file, "ca_file")).transpose()?;
    Ok(Tls { authorities, identity, trust_anybody: !config.ssl_verify })
}

fn read(file: &Path, key: &str) -> Result<String> {
    fs::read_to_string(file).map_err(|error| {
        invalid(format!("`{key}`: the file {} cannot be read: {error}", file.display())).with_source(error)
    })
}

fn properties(config: &TrinoConfig) -> Result<BTreeMap<String, String>> {
    let mut properties = config.session_properties.clone();
    for name in properties.keys() {
        // The header is a list of pairs: other characters would end a pair.
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || "._-$".contains(c)) {
            return Err(invalid(
                "a key of `session_properties` is no name of a session property, such as query_priority or \
                 hive.x",
            ));
        }
        if config.session_limits && TIME_LIMITS.contains(&name.as_str()) {
            return Err(invalid(format!(
                "`session_properties` has {name}, which is made from the time limit of each statement: remove it, \
                 or set `session_limits: false`"
            )));
        }
    }
    if let Some(bytes) = config.max_scan_bytes {
        let name = match config.protocol {
            Protocol::Trino => "query_max_scan_physical_bytes",
            Protocol::Presto => "query_max_scan_raw_input_bytes",
        };
        properties.insert(name.to_owned(), format!("{bytes}B"));
    }
    Ok(properties)
}

pub(crate) fn invalid(message: impl Into<String>) -> ProviderError {
    ProviderError::new(ErrorKind::InvalidSettings, message)
}
