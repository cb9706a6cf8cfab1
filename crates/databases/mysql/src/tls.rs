use mysql_async::{ClientIdentity, SslOpts};
use serde::{Deserialize, Deserializer, de};

use crate::config::Resolved;

/// A server name that lets a certificate of any name pass, while its chain is still verified.
///
/// The driver means to forgive a wrong name alone, but looks for this word in an error's text, where rustls
/// no longer writes it. The text does hold the name that was asked for.
const ANY_NAME: &str = "NotValidForName.invalid";

/// Whether the connection is encrypted, and what the server's certificate must prove: as MySQL's own clients
/// understand `--ssl-mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SslMode {
    /// Never encrypted.
    Disabled,
    /// Encrypted if the server can; its certificate is not looked at.
    Preferred,
    /// Always encrypted; the certificate is not looked at.
    Required,
    /// Encrypted, and the certificate must come from a trusted authority.
    VerifyCa,
    /// Encrypted, from a trusted authority, and for the host that is connected to.
    VerifyIdentity,
}

impl SslMode {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().replace('-', "_").as_str() {
            "disabled" => SslMode::Disabled,
            "preferred" => SslMode::Preferred,
            "required" => SslMode::Required,
            "verify_ca" => SslMode::VerifyCa,
            "verify_identity" => SslMode::VerifyIdentity,
            _ => return None,
        })
    }

    /// Whether a server without TLS is talked to in plain text.
    pub(crate) fn allows_plain(self) -> bool {
        matches!(self, SslMode::Disabled | SslMode::Preferred)
    }
}

/// Reads a mode; an empty text is none.
pub(crate) fn mode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SslMode>, D::Error> {
    match Option::<String>::deserialize(deserializer)?.as_deref() {
        None | Some("") => Ok(None),
        Some(name) => SslMode::named(name).map(Some).ok_or_else(|| {
            de::Error::custom(
                "found another text, expected disabled, preferred, required, verify_ca or verify_identity",
            )
        }),
    }
}

/// How the driver is to encrypt; `None` for not at all.
pub(crate) fn options(config: &Resolved) -> Option<SslOpts> {
    let mut options = SslOpts::default();
    if let Some(file) = &config.ssl_ca {
        options = options.with_root_certs(vec![file.clone().into()]).with_disable_built_in_roots(true);
    }
    if let Some((certificate, key)) = &config.ssl_identity {
        let identity = ClientIdentity::new(certificate.clone().into(), key.clone().into());
        options = options.with_client_identity(Some(identity));
    }
    match config.ssl_mode {
        SslMode::Disabled => None,
        SslMode::Preferred | SslMode::Required => Some(options.with_danger_accept_invalid_certs(true)),
        SslMode::VerifyCa => Some(
            options
                .with_danger_skip_domain_validation(true)
                .with_danger_tls_hostname_override(Some(ANY_NAME)),
        ),
        SslMode::VerifyIdentity => Some(options),
    }
}
