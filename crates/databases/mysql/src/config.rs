use std::{path::PathBuf, time::Duration};

use serde::Deserialize;
use sqlatte_providers::{ErrorKind, ProviderError, Result, Secret};

use crate::{
    address::Address,
    tls::{self, SslMode},
};

const MAX_POOL_SIZE: usize = 256;
const MAX_CONNECT_TIMEOUT: u64 = 60;

/// How to reach a MySQL or MariaDB server: `url`, or the single fields, which fill in what the URL leaves
/// out.
///
/// An empty text counts as not set.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct MySqlConfig {
    /// `mysql://user:password@host:port/database`, or `mariadb://…`. User, password and database are
    /// percent-decoded; parameters such as `?ssl_mode=required` have the names of the keys below.
    pub url: Secret,
    /// The server's name or address; `localhost` where nothing is set.
    pub host: String,
    /// The server's port; 3306 where nothing is set.
    pub port: Option<u16>,
    /// The path of a Unix socket, instead of host and port.
    pub socket: PathBuf,
    /// The database that names without a database mean. Without `databases` it is the only one listed.
    pub database: String,
    /// The databases whose tables are listed; without any, `database`, or else all the user may read.
    pub databases: Vec<String>,
    /// The user.
    pub user: String,
    /// The user's password.
    pub password: Secret,
    /// Whether the connection is encrypted and what the server's certificate must prove. Unless set:
    /// `verify_identity`, and `preferred` for a server on this machine.
    #[serde(deserialize_with = "tls::mode")]
    pub ssl_mode: Option<SslMode>,
    /// A PEM file with the certificates to trust, instead of the public ones.
    pub ssl_ca: PathBuf,
    /// A PEM file with a certificate for the user, where the server asks for one; with `ssl_key`.
    pub ssl_cert: PathBuf,
    /// The PEM file with the key to `ssl_cert`.
    pub ssl_key: PathBuf,
    /// `utf8mb4`, the one character set that loses nothing; the server converts columns of other sets.
    pub charset: String,
    /// The time zone in which `TIMESTAMP` values are shown, such as `+00:00` or `Europe/Istanbul`; the
    /// server's own where nothing is set.
    pub time_zone: String,
    /// Statements that may run at once, each on a connection of its own: 1 to 256.
    pub pool_size: usize,
    /// Seconds to wait for a connection to be made: 1 to 60.
    pub connect_timeout: u64,
    /// Whether describing a table looks at rows for a few values of its text columns.
    pub samples: bool,
    /// Read for older configurations; texts are always Unicode.
    pub use_unicode: Option<bool>,
    /// Read for older configurations; every statement runs in a read-only transaction of its own.
    pub autocommit: Option<bool>,
}

impl Default for MySqlConfig {
    fn default() -> Self {
        MySqlConfig {
            url: Secret::default(),
            host: String::new(),
            port: None,
            socket: PathBuf::new(),
            database: String::new(),
            databases: Vec::new(),
            user: String::new(),
            password: Secret::default(),
            ssl_mode: None,
            ssl_ca: PathBuf::new(),
            ssl_cert: PathBuf::new(),
            ssl_key: PathBuf::new(),
            charset: String::new(),
            time_zone: String::new(),
            pool_size: 8,
            connect_timeout: 10,
            samples: true,
            use_unicode: None,
            autocommit: None,
        }
    }
}

impl MySqlConfig {
    /// The defaults for the server at `url`.
    pub fn new(url: impl Into<String>) -> Self {
        MySqlConfig { url: Secret::new(url), ..MySqlConfig::default() }
    }

    /// What the URL and the fields say together, checked.
    pub(crate) fn resolve(mut self) -> Result<Resolved> {
        let mut address = Address::default();
        if !self.url.is_empty() {
            let url = std::mem::take(&mut self.url);
            address = Address::read(url.expose(), &mut self)?;
        }
        address.fill_in(&self);
        self.check()?;
        let mut databases: Vec<String> = Vec::new();
        for name in self.databases.into_iter().chain(address.database.clone()) {
            if !name.is_empty() && !databases.contains(&name) {
                databases.push(name);
            }
        }
        Ok(Resolved {
            database: address.database.clone().or_else(|| databases.first().cloned()),
            databases,
            ssl_mode: self.ssl_mode.unwrap_or(match address.is_local() {
                true => SslMode::Preferred,
                false => SslMode::VerifyIdentity,
            }),
            address,
            ssl_ca: set(self.ssl_ca),
            ssl_identity: set(self.ssl_cert).zip(set(self.ssl_key)),
            time_zone: Some(self.time_zone).filter(|zone| !zone.is_empty()),
            pool_size: self.pool_size,
            connect_timeout: Duration::from_secs(self.connect_timeout),
            samples: self.samples,
        })
    }

    fn check(&self) -> Result<()> {
        if !(1..=MAX_POOL_SIZE).contains(&self.pool_size) {
            return Err(invalid(format!("`pool_size` must be from 1 to {MAX_POOL_SIZE}")));
        }
        if !(1..=MAX_CONNECT_TIMEOUT).contains(&self.connect_timeout) {
            return Err(invalid(format!(
                "`connect_timeout` must be from 1 to {MAX_CONNECT_TIMEOUT} seconds"
            )));
        }
        if !["", "utf8mb4", "utf8mb3", "utf8"].contains(&&*self.charset.to_ascii_lowercase()) {
            return Err(invalid(
                "`charset` can only be `utf8mb4`: leave it out, the server converts columns of other sets",
            ));
        }
        if self.use_unicode == Some(false) {
            return Err(invalid(
                "`use_unicode: false` is not possible, texts are always Unicode: leave it out",
            ));
        }
        let is_zone_letter = |c: char| c.is_ascii_alphanumeric() || "+-:/_".contains(c);
        if !self.time_zone.chars().all(is_zone_letter) {
            return Err(invalid(
                "`time_zone` must be an offset such as `+03:00` or a name such as `Europe/Istanbul`",
            ));
        }
        if self.ssl_cert.as_os_str().is_empty() != self.ssl_key.as_os_str().is_empty() {
            return Err(invalid("`ssl_cert` and `ssl_key` belong together: set both or neither"));
        }
        for (name, file) in
            [("ssl_ca", &self.ssl_ca), ("ssl_cert", &self.ssl_cert), ("ssl_key", &self.ssl_key)]
        {
            if !file.as_os_str().is_empty() && !file.is_file() {
                return Err(invalid(format!(
                    "the file `{}` named by `{name}` does not exist",
                    file.display()
                )));
            }
        }
        Ok(())
    }
}

fn set(path: PathBuf) -> Option<PathBuf> {
    Some(path).filter(|path| !path.as_os_str().is_empty())
}

/// The settings, with nothing left to decide.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Resolved {
    pub(crate) address: Address,
    /// Where names without a database are looked for.
    pub(crate) database: Option<String>,
    /// What is listed; empty for all that can be read.
    pub(crate) databases: Vec<String>,
    pub(crate) ssl_mode: SslMode,
    pub(crate) ssl_ca: Option<PathBuf>,
    pub(crate) ssl_identity: Option<(PathBuf, PathBuf)>,
    pub(crate) time_zone: Option<String>,
    pub(crate) pool_size: usize,
    pub(crate) connect_timeout: Duration,
    pub(crate) samples: bool,
}

pub(crate) fn invalid(message: impl Into<String>) -> ProviderError {
    ProviderError::new(ErrorKind::InvalidSettings, message)
}

#[cfg(test)]
mod tests;
