use std::{fmt, io, time::Duration};

use mysql_async::{DriverError, Error, IoError, ServerError};
use sqlatte_providers::{ErrorKind, ProviderError};

use crate::{position, session::Flavour};

/// What is connected to, for people.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Target {
    /// `host:port`, or a socket's path.
    pub(crate) server: String,
    pub(crate) database: Option<String>,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.server)?;
        match &self.database {
            Some(database) => write!(f, "/{database}"),
            None => Ok(()),
        }
    }
}

/// A statement as its caller wrote it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statement<'a> {
    pub(crate) sql: &'a str,
    pub(crate) flavour: Flavour,
}

/// Why no connection came about.
pub(crate) fn connecting(error: Error, target: &Target) -> ProviderError {
    let server = &target.server;
    let translated = match &error {
        Error::Server(failure) => of_server(failure, target, None),
        Error::Io(IoError::Tls(fault)) => tls(&fault.to_string(), server),
        Error::Io(IoError::Io(fault)) => of_io(fault, server),
        Error::Driver(fault) => match fault {
            DriverError::NoClientSslFlagFromServer => new(
                ErrorKind::InvalidSettings,
                format!(
                    "the server `{server}` does not offer TLS: configure a certificate there, or set \
                     `ssl_mode: \
                     preferred` if the network can be trusted"
                ),
            ),
            DriverError::UnknownAuthPlugin { name } => plugin(name, server),
            DriverError::CleartextPluginDisabled => plugin("mysql_clear_password", server),
            DriverError::MysqlOldPasswordDisabled => plugin("mysql_old_password", server),
            _ => stranger(server),
        },
        _ => stranger(server),
    };
    translated.with_source(error)
}

/// Why a new connection could not be made safe.
pub(crate) fn preparing(error: Error, target: &Target) -> ProviderError {
    match &error {
        Error::Server(failure) => new(
            ErrorKind::InvalidSettings,
            format!(
                "the server `{}` does not take the settings that keep it safe ({}): MySQL 8 or MariaDB \
                 10.4, or \
                 newer, is needed{}",
                target.server,
                failure.message,
                if failure.code == 1298 { ", and a `time_zone` that the server knows" } else { "" }
            ),
        )
        .with_source(error),
        _ => connecting(error, target),
    }
}

/// The session's settings did not take hold.
pub(crate) fn unsafe_session(target: &Target) -> ProviderError {
    new(
        ErrorKind::InvalidSettings,
        format!(
            "the server `{}` did not keep the settings that make reading safe (SQL mode, character set, \
             read-only): \
             connect to it directly instead of through a proxy that changes them",
            target.server
        ),
    )
}

/// No connection came about in time; `stranger` if something listens there that never spoke as MySQL does.
pub(crate) fn silent(stranger: bool, limit: Duration, target: &Target) -> ProviderError {
    let (server, seconds) = (&target.server, limit.as_secs());
    if stranger {
        return new(
            ErrorKind::InvalidSettings,
            format!(
                "`{server}` takes connections, but sent no greeting within {seconds} s, as a MySQL server would: \
                 check host and port"
            ),
        );
    }
    new(
        ErrorKind::Unavailable,
        format!(
            "no connection to `{server}` within {seconds} s: check host and port, that the server runs, and \
             that no \
             firewall is between"
        ),
    )
}

/// What the failure of a statement means.
pub(crate) fn of_statement(error: Error, target: &Target, statement: Option<Statement<'_>>) -> ProviderError {
    let server = &target.server;
    let translated = match &error {
        Error::Server(failure) => of_server(failure, target, statement),
        Error::Driver(DriverError::PacketTooLarge) => too_large(),
        Error::Io(IoError::Io(fault)) if fault.to_string().contains("acket too large") => too_large(),
        Error::Driver(DriverError::LocalInfile(_)) => {
            new(ErrorKind::Rejected, "no file of this machine is ever sent to the server")
        }
        Error::Io(_) | Error::Driver(DriverError::ConnectionClosed) => lost(server),
        _ => new(ErrorKind::Unexpected, format!("the server `{server}` answered out of its protocol")),
    };
    translated.with_source(error)
}

fn of_server(failure: &ServerError, target: &Target, statement: Option<Statement<'_>>) -> ProviderError {
    let server = &target.server;
    let words = &failure.message;
    let name = statement.map_or("the server", |statement| statement.flavour.name());
    match failure.code {
        3118 | 3955 | 4151 => unauthorized(format!(
            "the server `{server}` has locked this user ({words}): unlock it with ALTER USER … ACCOUNT UNLOCK"
        )),
        1045 | 1698 => unauthorized(format!(
            "the server `{server}` refuses this login ({words}): check user and password, and from which \
             hosts the \
             user may connect"
        )),
        1820 | 1862 => unauthorized(format!(
            "the password for `{server}` has expired ({words}): set a new one with ALTER USER"
        )),
        1130 => unauthorized(format!(
            "the server `{server}` takes no connections from this host ({words}): create the user for it"
        )),
        // One that is not there looks the same to whoever may not know.
        1044 if statement.is_none() => unauthorized(format!(
            "the server `{server}` does not let the user into the database ({words}): check `database`, or give \
             the right with GRANT SELECT ON … TO …"
        )),
        1044 | 1142 | 1143 | 1227 | 1345 | 1379 | 1449 => {
            let message = format!("{name}: {words}. Grant the user what is missing, or ask for other data");
            new(ErrorKind::Forbidden, message)
        }
        1049 => new(
            ErrorKind::InvalidSettings,
            format!("the server `{server}` has no such database ({words}): correct `database`, or create it"),
        ),
        3159 => new(
            ErrorKind::InvalidSettings,
            format!("the server `{server}` takes encrypted connections only: set `ssl_mode: required`"),
        ),
        1251 | 1524 | 2059 => {
            unauthorized(format!("the server `{server}` asks for a login that is not supported ({words})"))
        }
        1040 | 1203 | 1226 => busy(format!(
            "the server `{server}` has no connection left ({words}): try again, lower `pool_size`, or raise \
             the \
             server's limit"
        )),
        1205 | 1213 => busy(format!("{name}: {words}. Try again")),
        1129 => new(ErrorKind::Unavailable, format!("the server `{server}` has blocked this host ({words})")),
        1053 | 1077 | 1079 | 1152 | 1158..=1161 | 1184 | 1927 | 3169 | 4031 => lost(server),
        1317 => new(ErrorKind::Cancelled, "the query was stopped by the server's administrator"),
        1028 | 1969 | 3024 => new(
            ErrorKind::Timeout,
            format!("{name} stopped the query at its time limit: ask for a shorter period or fewer rows"),
        ),
        1153 => too_large(),
        1290 | 1792 | 1836 => {
            new(ErrorKind::Rejected, format!("{name}: {words} Only statements that read data may run"))
        }
        _ => {
            // What the server says of a function that it does not know, where functions of users would be
            // looked for.
            let hint = if failure.code == 1370 {
                ": there is no such function, or the user may not run it"
            } else {
                ""
            };
            let error = new(ErrorKind::Rejected, format!("{name}: {words}{hint}"));
            match statement.and_then(|statement| position::find(statement.sql, failure.code, words)) {
                Some(position) => error.with_position(position),
                None => error,
            }
        }
    }
}

fn of_io(fault: &io::Error, server: &str) -> ProviderError {
    if let Some(words) = tls_words(fault) {
        return tls(&words, server);
    }
    let words = fault.to_string();
    match fault.kind() {
        io::ErrorKind::ConnectionRefused => unavailable(format!(
            "nothing listens at `{server}`: check host and port, and that the server runs"
        )),
        io::ErrorKind::NotFound => {
            unavailable(format!("there is no socket `{server}`: check `socket`, and that the server runs"))
        }
        io::ErrorKind::PermissionDenied => {
            unavailable(format!("the socket `{server}` may not be used by this user: give it permission"))
        }
        // Whatever came first was no greeting.
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
            stranger(server)
        }
        _ if words.contains("acket") => stranger(server),
        _ if words.contains("lookup") => unavailable(format!(
            "the host of `{server}` is not known: check its name, and that names can be looked up here"
        )),
        _ => unavailable(format!(
            "the connection to `{server}` failed ({words}): check host, port and network, and that the \
             server runs"
        )),
    }
}

/// rustls hides its errors in those of the stream.
fn tls_words(fault: &io::Error) -> Option<String> {
    let inner = fault.get_ref()?;
    let text = inner.to_string();
    let is_tls = ["certificate", "handshake", "alert", "TLS", "peer"].iter().any(|word| text.contains(word));
    (is_tls || inner.source().is_some_and(|source| source.to_string().contains("certificate")))
        .then_some(text)
}

fn tls(words: &str, server: &str) -> ProviderError {
    new(
        ErrorKind::InvalidSettings,
        format!(
            "TLS with `{server}` failed ({words}): name the authority of the server's certificate in \
             `ssl_ca`, \
             connect by the name in the certificate, or choose a weaker `ssl_mode`"
        ),
    )
}

fn plugin(name: &str, server: &str) -> ProviderError {
    // MySQL answers like this for users that do not exist, too, so that nobody can tell.
    unauthorized(format!(
        "the server `{server}` knows no such user, or asks it to log in by `{name}`, which is not \
         supported: check the \
         user, or give it `caching_sha2_password` (MySQL) or `mysql_native_password` (MariaDB)"
    ))
}

fn stranger(server: &str) -> ProviderError {
    new(
        ErrorKind::InvalidSettings,
        format!("`{server}` does not speak as a MySQL or MariaDB server does: check host and port"),
    )
}

fn lost(server: &str) -> ProviderError {
    busy(format!("the connection to `{server}` was lost: try again, and check that the server runs"))
}

fn too_large() -> ProviderError {
    new(ErrorKind::Rejected, "a row is larger than 64 MiB: ask for fewer or shorter columns")
}

fn busy(message: String) -> ProviderError {
    unavailable(message).with_retry_after(Duration::from_secs(1))
}

fn unavailable(message: String) -> ProviderError {
    new(ErrorKind::Unavailable, message)
}

fn unauthorized(message: String) -> ProviderError {
    new(ErrorKind::Unauthorized, message)
}

fn new(kind: ErrorKind, message: impl Into<String>) -> ProviderError {
    ProviderError::new(kind, message)
}
