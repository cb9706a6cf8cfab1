use std::{net::IpAddr, path::PathBuf};

use percent_encoding::percent_decode_str;
use sqlatte_providers::{Result, Secret};
use url::Url;

use crate::{
    config::{MySqlConfig, invalid},
    tls::SslMode,
};

const PORT: u16 = 3306;
const EXAMPLE: &str = "such as `mysql://user:password@host:3306/database`";

/// Where the server is and who asks.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Address {
    pub(crate) host: Option<String>,
    pub(crate) port: Option<u16>,
    pub(crate) socket: Option<PathBuf>,
    pub(crate) database: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) password: Secret,
}

impl Address {
    /// Whether what is sent stays on this machine.
    pub(crate) fn is_local(&self) -> bool {
        let loopback = |host: &str| host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        let host = self.host.as_deref();
        self.socket.is_some()
            || host.is_none_or(|host| host.eq_ignore_ascii_case("localhost") || loopback(host))
    }

    /// Reads a URL; its parameters go into `config`. No error shows any of it but a parameter's name.
    pub(crate) fn read(url: &str, config: &mut MySqlConfig) -> Result<Self> {
        let url = Url::parse(url)
            .map_err(|error| invalid(format!("`url` is no URL ({error}): write it {EXAMPLE}")))?;
        if !["mysql", "mariadb"].contains(&url.scheme()) {
            return Err(invalid(format!("`url` must start with `mysql://` or `mariadb://`, {EXAMPLE}")));
        }
        let mut address = Address { port: url.port(), ..Address::default() };
        if let Some(host) = url.host_str() {
            address.host = text(host.trim_start_matches('[').trim_end_matches(']'))?;
        }
        address.user = text(url.username())?;
        address.password = Secret::new(text(url.password().unwrap_or_default())?.unwrap_or_default());
        let path = url.path().trim_start_matches('/');
        if path.contains('/') {
            return Err(invalid(format!("`url` names more than one database: write it {EXAMPLE}")));
        }
        address.database = text(path)?;
        for (name, value) in url.query_pairs() {
            address.parameter(&name.to_ascii_lowercase().replace('-', "_"), &value, config)?;
        }
        Ok(address)
    }

    fn parameter(&mut self, name: &str, value: &str, config: &mut MySqlConfig) -> Result<()> {
        let wrong = || invalid(format!("the parameter `{name}` of `url` has a value that does not fit"));
        match name {
            "socket" => self.socket = Some(value.into()),
            "user" => self.user = Some(value.to_owned()),
            "password" => self.password = Secret::new(value),
            "ssl_mode" | "sslmode" => config.ssl_mode = Some(SslMode::named(value).ok_or_else(wrong)?),
            "ssl_ca" => config.ssl_ca = value.into(),
            "ssl_cert" => config.ssl_cert = value.into(),
            "ssl_key" => config.ssl_key = value.into(),
            "charset" => value.clone_into(&mut config.charset),
            "time_zone" => value.clone_into(&mut config.time_zone),
            "databases" => config.databases = value.split(',').map(|name| name.trim().to_owned()).collect(),
            "pool_size" => config.pool_size = value.parse().map_err(|_| wrong())?,
            "connect_timeout" => config.connect_timeout = value.parse().map_err(|_| wrong())?,
            "samples" => config.samples = value.parse().map_err(|_| wrong())?,
            _ => {
                return Err(invalid(format!(
                    "`url` has a parameter `{name}` that is not known; known are socket, user, password, \
                     ssl_mode, \
                     ssl_ca, ssl_cert, ssl_key, charset, time_zone, databases, pool_size, connect_timeout \
                     and samples"
                )));
            }
        }
        Ok(())
    }

    /// Takes from the single fields what the URL left out.
    pub(crate) fn fill_in(&mut self, config: &MySqlConfig) {
        let set = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        if self.host.is_none() && self.socket.is_none() {
            self.host = set(&config.host);
            self.port = self.port.or(config.port);
            self.socket = Some(config.socket.clone()).filter(|socket| !socket.as_os_str().is_empty());
        }
        self.database = self.database.take().or_else(|| set(&config.database));
        self.user = self.user.take().or_else(|| set(&config.user));
        if self.password.is_empty() {
            self.password = config.password.clone();
        }
    }

    pub(crate) fn host(&self) -> &str {
        self.host.as_deref().unwrap_or("localhost")
    }

    pub(crate) fn port(&self) -> u16 {
        self.port.unwrap_or(PORT)
    }

    /// The server for people: `host:port`, or the socket's path.
    pub(crate) fn server(&self) -> String {
        match &self.socket {
            Some(socket) => socket.display().to_string(),
            None if self.host().contains(':') => format!("[{}]:{}", self.host(), self.port()),
            None => format!("{}:{}", self.host(), self.port()),
        }
    }
}

fn text(encoded: &str) -> Result<Option<String>> {
    let decoded = percent_decode_str(encoded)
        .decode_utf8()
        .map_err(|_| invalid("`url` holds percent-encoded bytes that are not UTF-8"))?;
    Ok(Some(decoded.into_owned()).filter(|text| !text.is_empty()))
}
