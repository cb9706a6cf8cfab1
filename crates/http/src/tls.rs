use std::{error::Error, sync::Once};

use reqwest::{Certificate, ClientBuilder, Identity};
use sqlatte_providers::{ErrorKind, ProviderError, Result, Secret};

use crate::error::find;

/// Whom a client trusts, and who it says it is, where the machine's own root certificates are not enough.
///
/// All certificates and keys are PEM texts.
#[derive(Debug, Clone, Default)]
pub struct Tls {
    /// Authorities to trust besides those of the machine.
    pub authorities: Option<String>,
    /// The client's own certificate, with its chain, followed by its key.
    pub identity: Option<Secret>,
    /// Takes any certificate from anybody: whoever stands in between can read and change everything.
    pub trust_anybody: bool,
}

impl Tls {
    /// # Errors
    /// `InvalidSettings` for what is not PEM.
    pub(crate) fn apply(&self, mut builder: ClientBuilder) -> Result<ClientBuilder> {
        if let Some(pem) = &self.authorities {
            let authorities = Certificate::from_pem_bundle(pem.as_bytes()).unwrap_or_default();
            if authorities.is_empty() {
                return Err(invalid(
                    "the file of certificate authorities holds no certificate in PEM format",
                ));
            }
            builder = builder.tls_certs_merge(authorities);
        }
        if let Some(pem) = &self.identity {
            let identity = Identity::from_pem(pem.expose().as_bytes()).map_err(|_| {
                invalid(
                    "the client certificate and its key cannot be read: both must be in PEM format, the key without \
                     a password",
                )
            })?;
            builder = builder.identity(identity);
        }
        Ok(builder.tls_danger_accept_invalid_certs(self.trust_anybody))
    }
}

fn invalid(message: &str) -> ProviderError {
    ProviderError::new(ErrorKind::InvalidSettings, message)
}

/// Whether `error` came of TLS: a certificate that is not trusted, or a server that speaks no TLS.
///
/// Such a fault does not pass by itself: somebody has to change a setting or a certificate.
pub fn is_tls_fault(error: &ProviderError) -> bool {
    error.source().is_some_and(|cause| find::<rustls::Error>(cause).is_some())
}

/// Makes ring the process's cipher provider, unless the program has chosen one.
///
/// The workspace builds reqwest without a provider (aws-lc-rs, its default, needs minutes and a C tool
/// chain), so somebody has to name one before the first client is built: whoever builds a client here need
/// not know.
pub(crate) fn install_provider() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        if rustls::crypto::ring::default_provider().install_default().is_err() {
            tracing::debug!("the program has its own TLS provider");
        }
    });
}
