//! Connections to registries: resolve, check the addresses, connect to exactly those, then TLS.
//!
//! - hyper-util's pooling client requests connections by scheme, host and port. That the host is allowed was checked
//!   before; how it is trusted is looked up again here, so that a pooled connection is of the same kind as a new one.
//! - An insecure host is tried with TLS first, with any certificate, and then with plain HTTP, which is no safer than
//!   any certificate.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::address::is_public;
use crate::hosts::Lists;
use crate::network::{Network, Stream};
use crate::refusal::Refusal;
use crate::target::{Host, authority};

/// At most this many addresses of one name are tried.
const ADDRESSES_AT_MOST: usize = 4;

/// Opens connections for the client.
#[derive(Clone)]
pub struct Connector {
    network: Arc<dyn Network>,
    lists: Arc<Lists>,
    /// Time for one address, TLS included.
    patience: Duration,
    strict: TlsConnector,
    lenient: TlsConnector,
}

impl Connector {
    pub fn new(
        network: Arc<dyn Network>,
        lists: Arc<Lists>,
        roots: RootCertStore,
        patience: Duration,
    ) -> Result<Self, rustls::Error> {
        let provider = Arc::new(ring::default_provider());
        let builder = || {
            ClientConfig::builder_with_provider(provider.clone())
                .with_safe_default_protocol_versions()
        };
        let strict = builder()?.with_root_certificates(roots).with_no_client_auth();
        let any = Arc::new(AnyCertificate(provider.clone()));
        let lenient =
            builder()?.dangerous().with_custom_certificate_verifier(any).with_no_client_auth();
        let (strict, lenient) = (Arc::new(strict).into(), Arc::new(lenient).into());
        Ok(Self { network, lists, patience, strict, lenient })
    }

    async fn connect(self, uri: Uri) -> Result<Conn, Refusal> {
        let named = uri.authority().ok_or(Refusal::HostMalformed)?;
        let (host, explicit) = authority(named.as_str())?;
        let port = explicit.unwrap_or(443);
        let insecure = self.lists.is_insecure(&host, port);
        let addresses = self.resolve(&host, port).await?;
        let checked: Vec<_> =
            addresses.into_iter().filter(|it| insecure || is_public(it.ip())).collect();
        if checked.is_empty() {
            return Err(Refusal::AddressNotPublic);
        }
        let mut last = Refusal::NotReached;
        for address in checked.into_iter().take(ADDRESSES_AT_MOST) {
            // Often a listed name has two addresses, and one of them is dead.
            let secure = self.secure(&host, address, insecure);
            match timeout(self.patience, secure).await.unwrap_or(Err(Refusal::TimedOut)) {
                Ok(stream) => return Ok(Conn(TokioIo::new(stream))),
                Err(refusal) => last = refusal,
            }
            if insecure {
                // Without a port, plain HTTP uses its default port.
                let plain = SocketAddr::new(address.ip(), explicit.unwrap_or(80));
                match timeout(self.patience, self.network.connect(plain)).await {
                    Ok(Ok(stream)) => return Ok(Conn(TokioIo::new(stream))),
                    _ => last = Refusal::NotReached,
                }
            }
        }
        Err(last)
    }

    async fn resolve(&self, host: &Host, port: u16) -> Result<Vec<SocketAddr>, Refusal> {
        let name = match host {
            Host::Address(address) => return Ok(vec![SocketAddr::new(*address, port)]),
            Host::Name(name) => name,
        };
        match timeout(self.patience, self.network.resolve(name, port)).await {
            Ok(Ok(addresses)) if !addresses.is_empty() => Ok(addresses),
            Ok(_) => Err(Refusal::NotResolved),
            Err(_) => Err(Refusal::TimedOut),
        }
    }

    async fn secure(
        &self,
        host: &Host,
        address: SocketAddr,
        insecure: bool,
    ) -> Result<Box<dyn Stream>, Refusal> {
        let stream = self.network.connect(address).await.map_err(|_| Refusal::NotReached)?;
        let name = match host {
            Host::Name(name) => ServerName::try_from(name.clone()).map_err(|_| Refusal::Tls)?,
            Host::Address(address) => ServerName::from(*address),
        };
        let tls = if insecure { &self.lenient } else { &self.strict };
        let stream = tls.connect(name, stream).await.map_err(|_| Refusal::Tls)?;
        Ok(Box::new(stream))
    }
}

impl tower_service::Service<Uri> for Connector {
    type Response = Conn;
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Conn, Refusal>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context) -> Poll<Result<(), Refusal>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        Box::pin(self.clone().connect(uri))
    }
}

/// A connection, with or without TLS.
pub struct Conn(TokioIo<Box<dyn Stream>>);

impl Connection for Conn {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl Read for Conn {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context,
        buffer: ReadBufCursor,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl Write for Conn {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// Accepts any certificate, for insecure hosts; signatures must be valid.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer,
        _: &[CertificateDer],
        _: &ServerName,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
