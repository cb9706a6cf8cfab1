//! What may stand between a provider and its server, or instead of it.

#![expect(clippy::unwrap_used, reason = "a harness is a part of tests")]

use std::{net::SocketAddr, path::Path, sync::Arc};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

/// The request for TLS that clients begin with.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// The path of a certificate among those of the tests.
pub(crate) fn certificate(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/certificates").join(name).display().to_string()
}

/// A server with TLS: shows a certificate, then hands everything to the server at `place`.
///
/// It takes no connection that does not begin with TLS.
pub(crate) async fn with_tls(place: String, certificate_name: &str) -> SocketAddr {
    let chain = vec![CertificateDer::from_pem_file(certificate(&format!("{certificate_name}.pem"))).unwrap()];
    let key = PrivateKeyDer::from_pem_file(certificate(&format!("{certificate_name}.key"))).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    listen(move |mut client| {
        let (acceptor, place) = (acceptor.clone(), place.clone());
        async move {
            let mut request = [0; 8];
            client.read_exact(&mut request).await.ok()?;
            if request != SSL_REQUEST {
                return None;
            }
            client.write_all(b"S").await.ok()?;
            let mut client = acceptor.accept(client).await.ok()?;
            let mut server = TcpStream::connect(place).await.ok()?;
            copy_bidirectional(&mut client, &mut server).await.ok()
        }
    })
    .await
}

/// A server that answers whatever comes with `answer`, and hangs up; with an empty answer it says nothing and
/// waits.
pub(crate) async fn that_answers(answer: &'static [u8]) -> SocketAddr {
    listen(move |mut client| async move {
        // Every client of PostgreSQL says at least this much.
        let mut request = [0; 8];
        client.read_exact(&mut request).await.ok()?;
        client.write_all(answer).await.ok()?;
        if answer.is_empty() {
            client.read_to_end(&mut Vec::new()).await.ok()?;
        }
        Some(0)
    })
    .await
}

async fn listen<T, F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = Option<T>> + Send + 'static,
    T: Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(serve(client));
        }
    });
    address
}
