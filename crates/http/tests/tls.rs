//! The client against servers that show certificates.
//!
//! Those in `certificates/` were made with openssl for 127.0.0.1 and trino.test, for a hundred years; the
//! authority's own key is gone.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, and so do its helpers")]

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::Arc,
    thread,
};

use rustls::{
    RootCertStore, ServerConfig, ServerConnection, Stream,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::WebPkiClientVerifier,
};
use sqlatte_http::{Client, Tls, is_tls_fault};
use sqlatte_providers::{ErrorKind, ProviderError, Secret};

const AUTHORITY: &str = include_str!("certificates/authority.pem");
const CERTIFICATE: &str = include_str!("certificates/server.pem");
const KEY: &str = include_str!("certificates/server.key");
const CLIENT: &str =
    concat!(include_str!("certificates/client.pem"), include_str!("certificates/client.key"));

/// A server that answers everything with `1`, and may want a certificate of its client; its address.
fn serve(wants_certificate: bool) -> String {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(AUTHORITY.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(ring::default_provider());
    let builder =
        ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions().unwrap();
    let builder = match wants_certificate {
        true => builder.with_client_cert_verifier(
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap(),
        ),
        false => builder.with_no_client_auth(),
    };
    let chain = vec![CertificateDer::from_pem_slice(CERTIFICATE.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(KEY.as_bytes()).unwrap();
    let config = Arc::new(builder.with_single_cert(chain, key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let mut connection = ServerConnection::new(config.clone()).unwrap();
            let mut stream = Stream::new(&mut connection, &mut socket);
            // A client that does not trust the certificate goes away here.
            let mut request = [0; 4096];
            if stream.read(&mut request).is_ok() {
                let answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\n\r\n1";
                let _ = stream.write_all(answer);
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    format!("https://127.0.0.1:{port}")
}

async fn ask(address: &str, tls: Tls) -> Result<u8, ProviderError> {
    let client = Client::builder(address)?.max_retries(0).tls(tls).build()?;
    client.get("x").send().await?.json().await
}

#[tokio::test]
async fn trusts_only_whom_it_is_told_to() {
    let address = serve(false);
    let error = ask(&address, Tls::default()).await.unwrap_err();
    assert!(is_tls_fault(&error), "{error:?}");
    assert!(error.message().contains("signed by no authority this machine trusts"), "{error}");

    let trusting = Tls { authorities: Some(AUTHORITY.to_owned()), ..Tls::default() };
    assert_eq!(ask(&address, trusting.clone()).await.unwrap(), 1);
    let careless = Tls { trust_anybody: true, ..Tls::default() };
    assert_eq!(ask(&address, careless).await.unwrap(), 1);

    // Made out to 127.0.0.1, not to this name of the same machine.
    let elsewhere = address.replace("127.0.0.1", "localhost");
    let error = ask(&elsewhere, trusting).await.unwrap_err();
    assert!(is_tls_fault(&error), "{error:?}");
    assert!(error.message().contains("made out to another name"), "{error}");
}

#[tokio::test]
async fn shows_its_own_certificate() {
    let address = serve(true);
    let nobody = Tls { authorities: Some(AUTHORITY.to_owned()), ..Tls::default() };
    assert!(ask(&address, nobody.clone()).await.is_err());
    let somebody = Tls { identity: Some(Secret::new(CLIENT)), ..nobody };
    assert_eq!(ask(&address, somebody.clone()).await.unwrap(), 1);
    assert!(!format!("{somebody:?}").contains("PRIVATE KEY"));
}

#[tokio::test]
async fn what_is_no_certificate_is_told() {
    for tls in [
        Tls { authorities: Some("-----BEGIN".to_owned()), ..Tls::default() },
        Tls { authorities: Some(KEY.to_owned()), ..Tls::default() },
        Tls { identity: Some(Secret::new(CERTIFICATE)), ..Tls::default() },
        Tls { identity: Some(Secret::new("secret")), ..Tls::default() },
    ] {
        let error = ask("https://127.0.0.1:1", tls.clone()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidSettings, "{tls:?}");
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
    let error = ask("http://127.0.0.1:1", Tls::default()).await.unwrap_err();
    assert!(!is_tls_fault(&error), "{error:?}");
}
