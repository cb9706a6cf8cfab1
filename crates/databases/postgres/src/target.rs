//! What the settings come to, once they are known to make sense.

use std::{net::IpAddr, path::PathBuf, time::Duration};

use sqlatte_providers::{Result, Secret};
use tokio_postgres::config::ChannelBinding;

use crate::{
    address,
    config::{PostgresConfig, SslMode},
    error::invalid,
};

const PORT: u16 = 5432;
const MAX_POOL_SIZE: usize = 256;

/// A server, and how to talk to it.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// At least one.
    pub(crate) places: Vec<Place>,
    pub(crate) user: String,
    pub(crate) password: Secret,
    pub(crate) database: String,
    pub(crate) ssl: Ssl,
    pub(crate) channel_binding: ChannelBinding,
    pub(crate) application_name: String,
    pub(crate) options: String,
    /// Empty for all.
    pub(crate) schemas: Vec<String>,
    pub(crate) search_path: Vec<String>,
    pub(crate) pool_size: usize,
    pub(crate) connect_timeout: Duration,
    pub(crate) lock_timeout: Duration,
    pub(crate) samples: bool,
}

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Tcp {
        host: String,
        port: u16,
    },
    /// The path of the socket itself.
    Socket(PathBuf),
}

/// The protection that is wanted.
#[derive(Debug, Clone)]
pub(crate) struct Ssl {
    pub(crate) mode: SslMode,
    /// `None` for what the operating system trusts.
    pub(crate) authorities: Option<PathBuf>,
    /// A certificate and its key.
    pub(crate) identity: Option<(PathBuf, PathBuf)>,
}

impl Place {
    fn is_local(&self) -> bool {
        match self {
            Place::Socket(_) => true,
            Place::Tcp { host, .. } => {
                host.eq_ignore_ascii_case("localhost")
                    || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            }
        }
    }
}

impl Target {
    /// # Errors
    /// `InvalidSettings` names the setting that is wrong.
    pub(crate) fn new(config: &PostgresConfig) -> Result<Self> {
        let (config, channel_binding) = address::unfold(config)?;
        if config.user.is_empty() {
            return Err(invalid("no role is named to connect as: set `user`, or write it into `url`"));
        }
        let places = places(&config.host, config.port.unwrap_or(PORT))?;
        let pool_size = config.max_connections.unwrap_or(config.pool_size);
        within("pool_size", pool_size as u64, 1..=MAX_POOL_SIZE as u64)?;
        within("connect_timeout", config.connect_timeout, 1..=60)?;
        within("lock_timeout", config.lock_timeout, 1..=3600)?;
        let schemas = match (config.schemas.as_slice(), config.schema.as_str()) {
            (schemas, "") => schemas.to_vec(),
            ([], schema) => vec![schema.to_owned()],
            ([one], schema) if one == schema => vec![schema.to_owned()],
            _ => return Err(invalid("`schema` and `schemas` are both set: keep `schemas`")),
        };
        let search_path =
            if config.search_path.is_empty() { schemas.clone() } else { config.search_path.clone() };
        if schemas.iter().chain(&search_path).any(|name| name.is_empty() || name.contains('\0')) {
            return Err(invalid("a name in `schemas` or `search_path` is empty"));
        }
        let all_local = places.iter().all(Place::is_local);
        let ssl = ssl(&config, all_local)?;
        let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
        Ok(Target {
            database: or(&config.database, &config.user),
            application_name: or(&config.application_name, "sqlatte"),
            channel_binding: match channel_binding.as_deref() {
                None | Some("prefer") => ChannelBinding::Prefer,
                Some("require") => ChannelBinding::Require,
                Some("disable") => ChannelBinding::Disable,
                Some(_) => {
                    return Err(invalid(
                        "`channel_binding` in the PostgreSQL URL is one of disable, prefer, require",
                    ));
                }
            },
            places,
            user: config.user,
            password: config.password,
            ssl,
            options: config.options,
            schemas,
            search_path,
            pool_size,
            connect_timeout: Duration::from_secs(config.connect_timeout),
            lock_timeout: Duration::from_secs(config.lock_timeout),
            samples: config.samples,
        })
    }

    /// The server's place for people, without a login.
    pub(crate) fn place(&self) -> String {
        let places = self.places.iter().map(|place| match place {
            Place::Tcp { host, port } if host.contains(':') => format!("[{host}]:{port}"),
            Place::Tcp { host, port } => format!("{host}:{port}"),
            Place::Socket(path) => path.display().to_string(),
        });
        places.collect::<Vec<_>>().join(",")
    }

    pub(crate) fn is_socket(&self) -> bool {
        matches!(self.places.as_slice(), [Place::Socket(_)])
    }
}

fn within(name: &str, number: u64, range: std::ops::RangeInclusive<u64>) -> Result<()> {
    if range.contains(&number) {
        return Ok(());
    }
    Err(invalid(format!("`{name}` must be from {} to {}", range.start(), range.end())))
}

fn places(hosts: &str, port: u16) -> Result<Vec<Place>> {
    let hosts = if hosts.is_empty() { "localhost" } else { hosts };
    hosts.split(',').map(|host| place(host.trim(), port)).collect()
}

fn place(host: &str, port: u16) -> Result<Place> {
    if host.starts_with('/') {
        return Ok(Place::Socket(PathBuf::from(host).join(format!(".s.PGSQL.{port}"))));
    }
    let (host, own_port) = match (host.strip_prefix('['), host.matches(':').count()) {
        (Some(bracketed), _) => {
            let (address, rest) = bracketed
                .split_once(']')
                .ok_or_else(|| invalid("`host`: the address in brackets does not end"))?;
            (address, rest.strip_prefix(':'))
        }
        (None, 1) => host.split_once(':').map_or((host, None), |(host, port)| (host, Some(port))),
        // An address of version 6, bare.
        (None, _) => (host, None),
    };
    let port = match own_port {
        None | Some("") => port,
        Some(text) => match text.parse() {
            Ok(port) if port > 0 => port,
            _ => return Err(invalid("`host`: what follows the colon is a port, from 1 to 65535")),
        },
    };
    let host = if host.is_empty() { "localhost" } else { host };
    Ok(Place::Tcp { host: host.to_owned(), port })
}

fn ssl(config: &PostgresConfig, all_local: bool) -> Result<Ssl> {
    let file = |text: &str| (!text.is_empty()).then(|| PathBuf::from(text));
    let authorities = file(&config.sslrootcert).filter(|path| path.as_os_str() != "system");
    let identity = match (file(&config.sslcert), file(&config.sslkey)) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        _ => return Err(invalid("`sslcert` and `sslkey` belong together: set both")),
    };
    let mode = match config.sslmode {
        None if all_local => SslMode::Prefer,
        None => SslMode::VerifyFull,
        // Whoever names an authority wants it to be asked; libpq does the same.
        Some(SslMode::Require) if authorities.is_some() => SslMode::VerifyCa,
        // Whoever stands in the way could say that there is no TLS, and be given the password.
        Some(SslMode::Prefer) if !all_local && !config.password.is_empty() => SslMode::Require,
        Some(mode) => mode,
    };
    Ok(Ssl { mode, authorities, identity })
}

#[cfg(test)]
mod tests {
    use sqlatte_providers::Secret;

    use super::{Place, Target};
    use crate::config::{PostgresConfig, SslMode};

    fn target(url: &str) -> Target {
        Target::new(&PostgresConfig::new(url)).unwrap()
    }

    #[test]
    fn knows_where_servers_listen() {
        let place = |url: &str| target(url).place();
        assert_eq!(place("postgres://u@db/d"), "db:5432");
        assert_eq!(place("postgres://u@db:6000/d"), "db:6000");
        assert_eq!(place("postgres://u@a:1,b/d?port=2"), "a:1,b:2");
        assert_eq!(place("postgres://u@[::1]:7/d"), "[::1]:7");
        assert_eq!(place("postgres://u@/d"), "localhost:5432");
        assert_eq!(place("postgres:///d?host=/run/pg&user=u"), "/run/pg/.s.PGSQL.5432");
        assert_eq!(target("postgres://u@db").database, "u");
        let config = PostgresConfig { user: "u".to_owned(), ..PostgresConfig::default() };
        let local = Place::Tcp { host: "localhost".to_owned(), port: 5432 };
        assert_eq!(Target::new(&config).unwrap().places, [local]);
    }

    #[test]
    fn protects_by_default() {
        let mode = |url: &str| target(url).ssl.mode;
        assert_eq!(mode("postgres://u@127.0.0.1/d"), SslMode::Prefer);
        assert_eq!(mode("postgres://u@/d?host=/run/pg"), SslMode::Prefer);
        assert_eq!(mode("postgres://u@db.example.com/d"), SslMode::VerifyFull);
        assert_eq!(mode("postgres://u@localhost,db.example.com/d"), SslMode::VerifyFull);
        assert_eq!(mode("postgres://u@db/d?sslmode=prefer"), SslMode::Prefer);
        assert_eq!(mode("postgres://u:p@db/d?sslmode=prefer"), SslMode::Require);
        assert_eq!(mode("postgres://u:p@db/d?sslmode=require&sslrootcert=/ca.pem"), SslMode::VerifyCa);
        assert_eq!(mode("postgres://u:p@db/d?sslmode=disable"), SslMode::Disable);
    }

    #[test]
    fn one_schema_is_a_list_of_one() {
        let mut config = PostgresConfig::new("postgres://u@db/d");
        config.schema = "sales".to_owned();
        let target = Target::new(&config).unwrap();
        assert_eq!(
            (target.schemas, target.search_path),
            (vec!["sales".to_owned()], vec!["sales".to_owned()])
        );
    }

    #[test]
    fn says_what_is_wrong() {
        let fault = |change: fn(&mut PostgresConfig)| {
            let mut config = PostgresConfig::new("postgres://u:hunter2@db/d");
            change(&mut config);
            Target::new(&config).unwrap_err().to_string()
        };
        assert!(fault(|config| config.url = Secret::new("postgres://db/d")).contains("set `user`"));
        assert!(fault(|config| config.pool_size = 0).contains("`pool_size` must be from 1 to 256"));
        assert!(fault(|config| config.max_connections = Some(1000)).contains("`pool_size`"));
        assert!(fault(|config| config.connect_timeout = 0).contains("`connect_timeout`"));
        assert!(fault(|config| config.sslcert = "x".to_owned()).contains("`sslkey`"));
        assert!(fault(|config| config.schemas = vec![String::new()]).contains("empty"));
        assert!(fault(|config| config.url = Secret::new("postgres://u@db:99999/d")).contains("port"));
        let both = fault(|config| {
            config.schema = "a".to_owned();
            config.schemas = vec!["a".to_owned(), "b".to_owned()];
        });
        assert!(both.contains("keep `schemas`"), "{both}");
    }

    #[test]
    fn shows_no_password() {
        let shown = format!("{:?}", target("postgres://u:hunter2@db/d"));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
