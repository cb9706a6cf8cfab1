//! What the driver's errors mean to the caller.

use std::{error::Error as _, io, time::Duration};

use sqlatte_providers::{ErrorKind, ProviderError};
use tokio_postgres::error::{DbError, Error, ErrorPosition, SqlState};

use crate::{limit::Limit, target::Target};

const SOON: Duration = Duration::from_secs(1);

pub(crate) fn invalid(message: impl Into<String>) -> ProviderError {
    ProviderError::new(ErrorKind::InvalidSettings, message)
}

pub(crate) fn unexpected(message: impl Into<String>) -> ProviderError {
    ProviderError::new(ErrorKind::Unexpected, message)
}

/// A statement failed; `sql` is its text, for the place of the fault, and `limit` the time it had.
pub(crate) fn of_statement(error: Error, target: &Target, sql: &str, limit: Limit) -> ProviderError {
    let Some(fault) = error.as_db_error() else { return of_connection(error, target) };
    let translated = match *fault.code() {
        SqlState::QUERY_CANCELED | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT if limit.is_over() => {
            limit.timed_out()
        }
        SqlState::QUERY_CANCELED => {
            ProviderError::new(ErrorKind::Cancelled, "PostgreSQL stopped the query at someone's request")
        }
        SqlState::LOCK_NOT_AVAILABLE => ProviderError::new(
            ErrorKind::Timeout,
            format!(
                "the query waited {} s for a table that another session has locked: try again later",
                target.lock_timeout.as_secs_f64()
            ),
        ),
        SqlState::READ_ONLY_SQL_TRANSACTION => ProviderError::new(
            ErrorKind::Rejected,
            format!("PostgreSQL refuses this ({}): only statements that read data may run", fault.message()),
        ),
        SqlState::INSUFFICIENT_PRIVILEGE => ProviderError::new(
            ErrorKind::Forbidden,
            format!(
                "PostgreSQL: {}: the role `{}` lacks a right; give it with GRANT USAGE ON SCHEMA … and GRANT SELECT ON …",
                fault.message(),
                target.user
            ),
        ),
        _ => match of_server(fault, target) {
            Some(translated) => translated,
            None => rejected(fault, sql),
        },
    };
    translated.with_source(error)
}

/// Bad SQL, in the server's own words.
fn rejected(fault: &DbError, sql: &str) -> ProviderError {
    let class = fault.code().code().get(..2).unwrap_or_default();
    let kind = if class == "XX" { ErrorKind::Unexpected } else { ErrorKind::Rejected };
    let mut message = format!("PostgreSQL: {}", fault.message());
    if let Some(hint) = fault.hint() {
        message.push_str(". ");
        message.push_str(hint);
    }
    let error = ProviderError::new(kind, message);
    match fault.position() {
        Some(ErrorPosition::Original(position)) => error.with_position(byte_offset(sql, *position)),
        _ => error,
    }
}

/// PostgreSQL counts characters, from 1.
fn byte_offset(sql: &str, position: u32) -> usize {
    let characters = usize::try_from(position.saturating_sub(1)).unwrap_or(usize::MAX);
    sql.char_indices().nth(characters).map_or(sql.len(), |(offset, _)| offset)
}

/// Faults of the server or of the session, which may meet any call; `None` for all others.
fn of_server(fault: &DbError, target: &Target) -> Option<ProviderError> {
    let place = target.place();
    let words = fault.message();
    Some(match *fault.code() {
        SqlState::INVALID_PASSWORD => ProviderError::new(
            ErrorKind::Unauthorized,
            format!(
                "PostgreSQL at `{place}` refused the password of the role `{}`: check `user` and `password`",
                target.user
            ),
        ),
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION if words.contains("not permitted to log in") => {
            ProviderError::new(
                ErrorKind::Unauthorized,
                format!(
                    "PostgreSQL at `{place}` lets nobody in as `{0}` ({words}): name another role as `user`, or allow it with ALTER ROLE {0} LOGIN",
                    target.user
                ),
            )
        }
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION => ProviderError::new(
            ErrorKind::Unauthorized,
            format!(
                "PostgreSQL at `{place}` does not let the role `{}` in ({words}): check `user` and `sslmode`, and the server's pg_hba.conf",
                target.user
            ),
        ),
        SqlState::INVALID_CATALOG_NAME => invalid(format!(
            "there is no database `{}` at `{place}`: check `database`",
            target.database
        )),
        SqlState::TOO_MANY_CONNECTIONS => ProviderError::new(
            ErrorKind::Unavailable,
            format!("PostgreSQL at `{place}` has no connection left ({words}): lower `pool_size`, or raise its max_connections or the role's CONNECTION LIMIT"),
        )
        .with_retry_after(SOON),
        SqlState::CANNOT_CONNECT_NOW
        | SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::DATABASE_DROPPED
        | SqlState::IDLE_SESSION_TIMEOUT
        | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => ProviderError::new(
            ErrorKind::Unavailable,
            format!("PostgreSQL at `{place}` ended the connection ({words}): try again in a moment"),
        )
        .with_retry_after(SOON),
        // A worker died with the server, before this connection did.
        SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE if words.contains("parallel worker") => lost(&place),
        _ => match fault.code().code().get(..2) {
            // Connection exceptions, and no memory or disk left.
            Some("08" | "53" | "58") => ProviderError::new(
                ErrorKind::Unavailable,
                format!("PostgreSQL at `{place}` cannot answer now ({words}): try again later, or look at its log"),
            ),
            _ => return None,
        },
    })
}

/// Connecting failed, or a connection was lost.
pub(crate) fn of_connection(error: Error, target: &Target) -> ProviderError {
    let place = target.place();
    if let Some(fault) = error.as_db_error() {
        return of_server(fault, target).unwrap_or_else(|| refused(fault, target)).with_source(error);
    }
    // The driver keeps its kinds to itself; these are its own fixed words.
    let words = error.to_string();
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    let translated = match words.as_str() {
        "error performing TLS handshake" => of_tls(&cause, &place),
        "unexpected message from server" | "error parsing response from server" => not_postgres(target),
        "authentication error" => ProviderError::new(
            ErrorKind::Unauthorized,
            format!(
                "PostgreSQL at `{place}` wants a login this program does not know or has no data for ({cause}): check `user`, `password` and the server's pg_hba.conf"
            ),
        ),
        "invalid configuration" if cause.contains("password") => ProviderError::new(
            ErrorKind::Unauthorized,
            format!("PostgreSQL at `{place}` asks for a password: set `password`"),
        ),
        _ => lost(&place),
    };
    translated.with_source(error)
}

/// The server is there and takes no connection of this kind.
fn refused(fault: &DbError, target: &Target) -> ProviderError {
    let (place, words) = (target.place(), fault.message());
    if *fault.code() == SqlState::INSUFFICIENT_PRIVILEGE {
        let message = format!(
            "PostgreSQL at `{place}` does not let the role `{0}` connect ({words}): allow it with GRANT CONNECT ON DATABASE {1} TO {0}, or check `database`",
            target.user, target.database
        );
        return ProviderError::new(ErrorKind::Unauthorized, message);
    }
    invalid(format!(
        "PostgreSQL at `{place}` refused the connection: {words}: check `options` and `application_name`, and the server's log"
    ))
}

/// Something else answers.
pub(crate) fn not_postgres(target: &Target) -> ProviderError {
    invalid(format!(
        "what answers at `{}` does not speak PostgreSQL's protocol: check `host` and `port`",
        target.place()
    ))
}

/// The connection is gone.
pub(crate) fn lost(place: &str) -> ProviderError {
    ProviderError::new(
        ErrorKind::Unavailable,
        format!(
            "the connection to PostgreSQL at `{place}` was lost: check that the server runs, and try again"
        ),
    )
    .with_retry_after(SOON)
}

fn of_tls(cause: &str, place: &str) -> ProviderError {
    if cause.contains("server does not support TLS") {
        return invalid(format!(
            "PostgreSQL at `{place}` offers no TLS: turn it on there (`ssl = on`), or set `sslmode: disable` if nobody can listen on the way"
        ));
    }
    let advice = if cause.contains("corrupt message") {
        "what answers there may be no PostgreSQL at all: check `host` and `port`"
    } else if cause.contains("UnknownIssuer") {
        "its certificate is signed by nobody this machine trusts: set `sslrootcert` to the file of the authority that signed it"
    } else if cause.contains("NotValidForName") || cause.contains("not valid for name") {
        "its certificate was made for another name: use that name as `host`, or set `sslmode: verify-ca`"
    } else if cause.contains("Expired") || cause.contains("expired") {
        "its certificate has expired: renew it on the server"
    } else {
        "look at its certificate, `sslmode` and `sslrootcert`"
    };
    invalid(format!("no safe connection to PostgreSQL at `{place}` ({cause}): {advice}"))
}

/// No socket to the server could be had.
pub(crate) fn of_socket(error: io::Error, target: &Target) -> ProviderError {
    let place = target.place();
    let unavailable = |message: String| ProviderError::new(ErrorKind::Unavailable, message);
    let translated = match error.kind() {
        io::ErrorKind::ConnectionRefused => unavailable(format!(
            "nothing listens at `{place}`: check `host` and `port`, and that PostgreSQL runs there"
        )),
        io::ErrorKind::NotFound if target.is_socket() => unavailable(format!(
            "there is no PostgreSQL socket `{place}`: check `host` and `port`, and that PostgreSQL runs"
        )),
        io::ErrorKind::PermissionDenied if target.is_socket() => unavailable(format!(
            "the socket `{place}` may not be opened by this program's user: change its rights, or connect by TCP"
        )),
        io::ErrorKind::TimedOut => timed_out(target),
        _ => unavailable(format!(
            "PostgreSQL at `{place}` cannot be reached ({error}): check `host` and the network"
        )),
    };
    translated.with_source(error)
}

/// Connecting took longer than it may.
pub(crate) fn timed_out(target: &Target) -> ProviderError {
    ProviderError::new(
        ErrorKind::Unavailable,
        format!(
            "PostgreSQL at `{}` did not answer within {} s: check `host`, `port` and the network, or raise `connect_timeout`",
            target.place(),
            target.connect_timeout.as_secs_f64()
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::byte_offset;

    #[test]
    fn places_are_bytes() {
        assert_eq!(byte_offset("SELECT x", 8), 7);
        assert_eq!(byte_offset("SELECT 'ağ😊', x", 16), 21 - 3 + 1);
        assert_eq!(byte_offset("é", 99), 2);
        assert_eq!(byte_offset("x", 0), 0);
    }
}
