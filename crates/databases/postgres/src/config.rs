use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, IntoDeserializer},
};
use sqlatte_providers::Secret;

/// How to reach a PostgreSQL server: `url`, or single fields, and what may be left out.
///
/// Empty texts count as not set. Where `url` and a field say the same thing, the URL counts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct PostgresConfig {
    /// `postgres://user:password@host:5432/database?sslmode=verify-full`. Reserved characters are
    /// percent-encoded; several hosts, `host1:5432,host2:5432`, are tried in order. Parameters: `host`,
    /// `port`, `user`, `password`, `dbname`, `sslmode`, `sslrootcert`, `sslcert`, `sslkey`,
    /// `application_name`, `connect_timeout`, `options`, `channel_binding`.
    pub url: Secret,
    /// The server's name or address, several with commas between, or the folder of its socket, which starts
    /// with `/`; `localhost` unless set.
    pub host: String,
    /// 5432 unless set.
    #[serde(deserialize_with = "port")]
    pub port: Option<u16>,
    /// The database; named like the user unless set.
    pub database: String,
    /// The role to connect as; required here or in `url`.
    pub user: String,
    /// Its password.
    pub password: Secret,
    /// The schemas whose tables are asked; empty for all that the role may use, the system's own left out.
    pub schemas: Vec<String>,
    /// One schema; the same as a list of one in `schemas`.
    pub schema: String,
    /// Where names without a schema are looked for, in this order; `schemas` unless set, and the server's own
    /// setting where both are empty.
    pub search_path: Vec<String>,
    /// How the connection is protected. Unless set: `verify-full`, and `prefer` for a server on this machine.
    #[serde(deserialize_with = "ssl_mode")]
    pub sslmode: Option<SslMode>,
    /// A PEM file with the authorities that may sign the server's certificate; unset or `system` trusts what
    /// the operating system trusts.
    pub sslrootcert: String,
    /// A PEM file with a certificate to show to the server.
    pub sslcert: String,
    /// The PEM file with the key of `sslcert`.
    pub sslkey: String,
    /// How the connections are called in `pg_stat_activity`; `sqlatte` unless set.
    pub application_name: String,
    /// Command-line options for the server, such as `-c timezone=Europe/Istanbul`.
    pub options: String,
    /// Statements that may run at once, each on a connection of its own: 1 to 256; 8 unless set.
    pub pool_size: usize,
    /// Another name of `pool_size`, which counts where both are set.
    pub max_connections: Option<usize>,
    /// Without effect: connections are made when they are needed.
    pub min_connections: Option<usize>,
    /// Seconds that connecting may take, login included: 1 to 60; 10 unless set.
    pub connect_timeout: u64,
    /// Seconds to wait for a table that another session has locked: 1 to 3600; 5 unless set.
    pub lock_timeout: u64,
    /// Whether describing a table looks for a few values of its text columns; true unless set.
    pub samples: bool,
}

/// How a connection is protected; the names are libpq's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SslMode {
    /// No TLS at all.
    Disable,
    /// TLS if the server has it, its certificate unchecked. A password leaves this machine only over TLS.
    Prefer,
    /// TLS, the certificate unchecked; with `sslrootcert` as `verify-ca`.
    Require,
    /// TLS, the certificate signed by a trusted authority.
    VerifyCa,
    /// TLS, the certificate signed by a trusted authority and made for this host.
    VerifyFull,
}

impl Default for PostgresConfig {
    fn default() -> Self {
        PostgresConfig {
            url: Secret::default(),
            host: String::new(),
            port: None,
            database: String::new(),
            user: String::new(),
            password: Secret::default(),
            schemas: Vec::new(),
            schema: String::new(),
            search_path: Vec::new(),
            sslmode: None,
            sslrootcert: String::new(),
            sslcert: String::new(),
            sslkey: String::new(),
            application_name: String::new(),
            options: String::new(),
            pool_size: 8,
            max_connections: None,
            min_connections: None,
            connect_timeout: 10,
            lock_timeout: 5,
            samples: true,
        }
    }
}

impl PostgresConfig {
    /// The defaults for the server that `url` names.
    pub fn new(url: impl Into<String>) -> Self {
        PostgresConfig { url: Secret::new(url), ..PostgresConfig::default() }
    }
}

/// Reads a port; an empty text is none.
fn port<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    struct Port;

    impl de::Visitor<'_> for Port {
        type Value = Option<u16>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a port, from 1 to 65535")
        }

        fn visit_u64<E: de::Error>(self, number: u64) -> Result<Option<u16>, E> {
            match u16::try_from(number) {
                Ok(port) if port > 0 => Ok(Some(port)),
                _ => Err(E::invalid_value(de::Unexpected::Other("a number that is no port"), &self)),
            }
        }

        fn visit_i64<E: de::Error>(self, number: i64) -> Result<Option<u16>, E> {
            self.visit_u64(u64::try_from(number).unwrap_or(0))
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Option<u16>, E> {
            match text.parse() {
                _ if text.is_empty() => Ok(None),
                Ok(number) => self.visit_u64(number),
                Err(_) => Err(E::invalid_value(de::Unexpected::Other("another text"), &self)),
            }
        }

        fn visit_unit<E: de::Error>(self) -> Result<Option<u16>, E> {
            Ok(None)
        }

        fn visit_none<E: de::Error>(self) -> Result<Option<u16>, E> {
            Ok(None)
        }
    }

    deserializer.deserialize_any(Port)
}

/// Reads a mode; an empty text is none.
fn ssl_mode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SslMode>, D::Error> {
    match Option::<String>::deserialize(deserializer)?.as_deref() {
        None | Some("") => Ok(None),
        Some(name) => SslMode::deserialize(name.into_deserializer()).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sqlatte_providers::Settings;

    use super::{PostgresConfig, SslMode};

    fn read(value: serde_json::Value) -> Result<PostgresConfig, String> {
        Settings::new(value).unwrap().read("postgresql").map_err(|error| error.to_string())
    }

    #[test]
    fn empty_is_not_set() {
        let empty = json!({
            "url": "", "host": "", "port": "", "user": "", "password": "", "sslmode": "", "schemas": [],
            "schema": "", "sslrootcert": "",
        });
        assert_eq!(read(empty).unwrap(), PostgresConfig::default());
        assert_eq!(read(json!({ "port": null, "sslmode": null })).unwrap(), PostgresConfig::default());
    }

    #[test]
    fn reads_what_the_python_project_wrote() {
        let config = read(json!({
            "host": "db", "port": 5433, "database": "shop", "user": "sqlatte", "password": 1234,
            "schema": "public", "min_connections": 1, "max_connections": 10,
        }));
        let config = config.unwrap();
        assert_eq!((config.port, config.password.expose()), (Some(5433), "1234"));
        assert_eq!((config.schema.as_str(), config.max_connections), ("public", Some(10)));
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(read(json!({ "sslmode": "verify-full" })).unwrap().sslmode, Some(SslMode::VerifyFull));
        for (value, words) in [
            (json!({ "sslmode": "allow" }), "sslmode: "),
            (json!({ "port": 65536 }), "port: "),
            (json!({ "port": "hunter2" }), "port: "),
            (json!({ "passwort": "hunter2" }), "unknown field `passwort`"),
        ] {
            let error = read(value).unwrap_err();
            assert!(error.contains(words) && !error.contains("hunter2"), "{error}");
        }
    }
}
