//! Ports of this machine at which no database answers.

use std::{
    mem,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    time::Duration,
};

use socket2::{Domain, Socket, Type};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

const CERTIFICATE: &[u8] = include_bytes!("../../../../crates/http/tests/certificates/server.pem");
const KEY: &[u8] = include_bytes!("../../../../crates/http/tests/certificates/server.key");

/// Where nobody listens.
pub(super) fn closed() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// Where connections are made and nothing is ever said.
pub(super) fn silent() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    // Open until the test's process ends.
    mem::forget(listener);
    port
}

/// Where whoever wants to connect hears nothing at all, as behind a firewall that drops everything.
pub(super) fn unreachable() -> u16 {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
    // One connection may wait to be accepted; for all others the system is deaf.
    socket.listen(0).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    let connect = || TcpStream::connect_timeout(&address, Duration::from_millis(300));
    let waiting: Vec<_> = (0..8).map_while(|_| connect().ok()).collect();
    assert!(waiting.len() < 8, "this system takes more connections than it was told to");
    mem::forget((socket, waiting));
    address.port()
}

/// Where TLS is spoken, with a certificate that no machine trusts.
pub(super) async fn untrusted() -> u16 {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(CERTIFICATE).unwrap()],
            PrivateKeyDer::from_pem_slice(KEY).unwrap(),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move { drop(acceptor.accept(socket).await) });
        }
    });
    port
}
