//! The network as the proxy needs it: names become addresses, addresses become connections.
//!
//! Two steps in one trait, so that a connection is opened to the very address that was checked, with no lookup in
//! between, and so that tests can replace the whole internet.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// The result of both steps.
pub type Answer<T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send>>;

/// A stream of bytes in both directions.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// Lookups and connections.
pub trait Network: Send + Sync + 'static {
    /// The addresses of a name, the best first.
    fn resolve(&self, name: &str, port: u16) -> Answer<Vec<SocketAddr>>;

    /// A connection to one address.
    fn connect(&self, address: SocketAddr) -> Answer<Box<dyn Stream>>;
}

/// The resolver and TCP of this machine.
pub struct System;

impl Network for System {
    fn resolve(&self, name: &str, port: u16) -> Answer<Vec<SocketAddr>> {
        let name = name.to_owned();
        Box::pin(async move { Ok(tokio::net::lookup_host((name, port)).await?.collect()) })
    }

    fn connect(&self, address: SocketAddr) -> Answer<Box<dyn Stream>> {
        Box::pin(async move {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            Ok(Box::new(stream) as Box<dyn Stream>)
        })
    }
}
