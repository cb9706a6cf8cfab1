use std::{error::Error, io, time::Duration};

use rustls::CertificateError;
use sqlatte_providers::{ErrorKind, ProviderError};

/// What the transport reported, told to people by host and remedy; the cause, freed of its URL, goes to the log.
pub(crate) fn transport(error: reqwest::Error, target: &str) -> ProviderError {
    let error = error.without_url();
    let (kind, message) = describe(&error, target);
    ProviderError::new(kind, message).with_source(error)
}

/// The whole call's time limit passed.
pub(crate) fn timed_out(target: &str, limit: Duration) -> ProviderError {
    ProviderError::new(
        ErrorKind::Timeout,
        format!(
            "{target} did not answer within {}; raise the time limit or try again later",
            in_words(limit)
        ),
    )
}

/// The connection ended before the answer did, or what came cannot be decompressed: reqwest does not tell which.
pub(crate) fn broke_off(target: &str) -> ProviderError {
    ProviderError::new(
        ErrorKind::Unavailable,
        format!("{target} broke off the connection in the middle of its answer; try again"),
    )
}

/// A web page came where JSON was expected.
pub(crate) fn web_page(target: &str) -> ProviderError {
    ProviderError::new(
        ErrorKind::Unexpected,
        format!(
            "{target} answered with a web page instead of data; check the address in the settings, and whether a \
             proxy or login page stands in between"
        ),
    )
}

/// Something came that is neither a web page nor what was expected.
pub(crate) fn not_what_was_asked(target: &str, expected: &str) -> ProviderError {
    ProviderError::new(
        ErrorKind::Unexpected,
        format!(
            "{target} answered with something other than {expected}; check that the address is that of the API"
        ),
    )
}

/// The answer goes on beyond what is kept in memory.
pub(crate) fn too_large(target: &str, limit: usize) -> ProviderError {
    ProviderError::new(
        ErrorKind::Unexpected,
        format!(
            "{target} answered with more than {} MiB, which is not read further; ask in other words, or for less",
            limit.div_ceil(1 << 20)
        ),
    )
}

/// The server wants its client elsewhere.
pub(crate) fn redirected(target: &str, to: Option<&str>) -> ProviderError {
    let remedy = match to {
        Some(to) => format!("to {to}; if that is where the API lives, set it as the address"),
        None => "elsewhere; check the address in the settings".to_owned(),
    };
    ProviderError::new(ErrorKind::Unexpected, format!("{target} redirects {remedy}"))
}

fn describe(error: &reqwest::Error, target: &str) -> (ErrorKind, String) {
    use ErrorKind::{Unavailable, Unexpected};

    if let Some(fault) = find::<rustls::Error>(error) {
        return (Unavailable, describe_tls(fault, target));
    }
    if error.is_dns() {
        return (
            Unavailable,
            format!(
                "the name {target} cannot be resolved; check its spelling, and this machine's network and DNS"
            ),
        );
    }
    if error.is_connect() && error.is_timeout() {
        return (
            Unavailable,
            format!(
                "{target} cannot be reached: no sign of it in time; check the address, firewall and proxy"
            ),
        );
    }
    if error.is_connect() {
        let reason = match find::<io::Error>(error).map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => {
                "it refuses the connection; check that it runs there and that the port is right"
            }
            Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable) => {
                "there is no way to it; check this machine's network"
            }
            _ => "the connection failed; check the address, firewall and proxy",
        };
        return (Unavailable, format!("{target} cannot be reached: {reason}"));
    }
    if find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse) {
        return (Unexpected, format!("{target} does not speak HTTP; check the address and the port"));
    }
    if error.is_builder() {
        return (Unexpected, format!("the request to {target} could not be made"));
    }
    (Unavailable, format!("{target} closed the connection without an answer; try again, or check the port"))
}

fn describe_tls(fault: &rustls::Error, target: &str) -> String {
    match fault {
        rustls::Error::InvalidCertificate(fault) => match fault {
            CertificateError::UnknownIssuer => format!(
                "the certificate of {target} is signed by no authority this machine trusts; install the authority's \
                 certificate (of the company's proxy, if one reads along)"
            ),
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                format!(
                    "the certificate of {target} has expired; if it has not, this machine's clock is wrong"
                )
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                format!(
                    "the certificate of {target} is not valid yet; if it is, this machine's clock is wrong"
                )
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                format!("the certificate of {target} is made out to another name; check the address")
            }
            _ => format!("the certificate of {target} is not valid"),
        },
        rustls::Error::InvalidMessage(_) => {
            format!(
                "{target} does not speak TLS; check the port, and whether the address should start with http://"
            )
        }
        _ => format!("no secure connection to {target} could be agreed on"),
    }
}

/// The first cause of type `T` in the chain; `io::Error` hides the one it wraps from `source`.
pub(crate) fn find<'e, T: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e T> {
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref::<T>() {
            return Some(found);
        }
        if let Some(found) =
            cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref).and_then(|inner| find(inner))
        {
            return Some(found);
        }
        next = cause.source();
    }
    None
}

fn in_words(limit: Duration) -> String {
    match limit.as_millis() {
        millis if millis < 1000 => format!("{millis} ms"),
        millis if millis % 1000 == 0 => format!("{} s", millis / 1000),
        _ => format!("{:.1} s", limit.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_io_errors_wrap() {
        let fault = rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let wrapped = io::Error::other(io::Error::other(fault.clone()));
        assert_eq!(find::<rustls::Error>(&wrapped), Some(&fault));
        assert!(find::<rustls::Error>(&io::Error::other("other")).is_none());
    }

    #[test]
    fn says_what_is_wrong_with_a_certificate() {
        let texts = [
            CertificateError::UnknownIssuer,
            CertificateError::Expired,
            CertificateError::NotValidYet,
            CertificateError::NotValidForName,
            CertificateError::BadSignature,
        ]
        .map(|fault| describe_tls(&rustls::Error::InvalidCertificate(fault), "api.example.com"));
        insta::assert_snapshot!(texts.join("\n"));
    }

    #[test]
    fn limits_are_told_in_words() {
        let words = [250, 1000, 1500, 90_000].map(|millis| in_words(Duration::from_millis(millis)));
        assert_eq!(words, ["250 ms", "1 s", "1.5 s", "90 s"]);
    }
}
