//! How far a server's certificate is trusted.

use std::{path::Path, sync::Arc};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject},
    server::ParsedCertificate,
};
use rustls_platform_verifier::Verifier as PlatformVerifier;
use sqlatte_providers::{ProviderError, Result};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{config::SslMode, error::invalid, target::Ssl};

/// What makes TLS connections as `ssl` says; `None` where none are to be made.
pub(crate) fn connector(ssl: &Ssl) -> Result<Option<MakeRustlsConnect>> {
    let trust = match ssl.mode {
        SslMode::Disable => return Ok(None),
        SslMode::Prefer | SslMode::Require => Trust::Anyone,
        SslMode::VerifyCa => Trust::Authorities(authorities(ssl)?),
        SslMode::VerifyFull => Trust::AuthoritiesAndName(authorities(ssl)?),
    };
    let provider = Arc::new(ring::default_provider());
    let verifier = Arc::new(Verifier { trust, provider: Arc::clone(&provider) });
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| invalid("TLS cannot be set up").with_source(error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let config = match &ssl.identity {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            let private =
                PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable("sslkey", key, error))?;
            builder.with_client_auth_cert(certificates("sslcert", certificate)?, private).map_err(|error| {
                invalid(format!(
                    "`sslcert` and `sslkey` cannot be used ({error}): check that the key belongs to the certificate"
                ))
            })?
        }
    };
    Ok(Some(MakeRustlsConnect::new(config)))
}

fn unreadable(
    key: &str,
    path: &Path,
    error: impl std::error::Error + Send + Sync + 'static,
) -> ProviderError {
    invalid(format!("`{key}`: the file `{}` cannot be read as PEM ({error})", path.display()))
        .with_source(error)
}

fn certificates(key: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let found = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unreadable(key, path, error))?;
    if found.is_empty() {
        return Err(invalid(format!("`{key}`: there is no certificate in `{}`", path.display())));
    }
    Ok(found)
}

/// Who is believed when signing certificates.
#[derive(Debug)]
struct Authorities {
    verifier: Arc<dyn ServerCertVerifier>,
    /// A certificate that signs itself vouches for itself alone, and must be met exactly.
    exact: Vec<CertificateDer<'static>>,
}

fn authorities(ssl: &Ssl) -> Result<Authorities> {
    let provider = Arc::new(ring::default_provider());
    let Some(path) = &ssl.authorities else {
        let verifier = PlatformVerifier::new(provider).map_err(|error| {
            invalid("the operating system has no list of trusted authorities: install one (`ca-certificates`), or set `sslrootcert`")
                .with_source(error)
        })?;
        return Ok(Authorities { verifier: Arc::new(verifier), exact: Vec::new() });
    };
    let exact = certificates("sslrootcert", path)?;
    let mut roots = RootCertStore::empty();
    for certificate in &exact {
        roots.add(certificate.clone()).map_err(|error| unreadable("sslrootcert", path, error))?;
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|error| unreadable("sslrootcert", path, error))?;
    Ok(Authorities { verifier, exact })
}

#[derive(Debug)]
enum Trust {
    Anyone,
    Authorities(Authorities),
    AuthoritiesAndName(Authorities),
}

#[derive(Debug)]
struct Verifier {
    trust: Trust,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let (authorities, with_name) = match &self.trust {
            Trust::Anyone => return Ok(ServerCertVerified::assertion()),
            Trust::Authorities(authorities) => (authorities, false),
            Trust::AuthoritiesAndName(authorities) => (authorities, true),
        };
        if authorities.exact.iter().any(|certificate| certificate == end_entity) {
            if with_name {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
            }
            return Ok(ServerCertVerified::assertion());
        }
        let verified = authorities.verifier.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        match verified {
            // The name is looked at last: everything else is in order.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !with_name => Ok(ServerCertVerified::assertion()),
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
