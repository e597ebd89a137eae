//! `cargo xtask serve`: builds the page and serves dist/ on loopback.
//!
//! - On 127.0.0.1 only: nothing here is made for other machines.
//! - `--port 0` takes any free port, `--prefix /some/path` serves below that path, and `--no-build`
//!   takes dist/ as it is. These three are for tests and stand in no usage.
//! - The line with the address comes when the port is open, so that a test can wait for it.

mod files;

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use lexopt::{Arg, Parser, ValueExt};
use tokio::net::TcpListener;

use crate::WrongUse;
use crate::build::{Strictness, build};
use files::Site;

struct Options {
    port: u16,
    prefix: String,
    build: bool,
}

pub fn command(arguments: Parser) -> Result<ExitCode> {
    let options = parse(arguments)?;
    let folder = match options.build {
        true => build(Strictness::Lenient)?,
        false => crate::shell::root().join("dist"),
    };
    let site = Site::new(&folder, &options.prefix)?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(serve(options.port, Arc::new(site)))
}

fn parse(mut arguments: Parser) -> Result<Options> {
    let mut options = Options { port: 8080, prefix: String::new(), build: true };
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("port") => options.port = arguments.value()?.parse()?,
            Arg::Long("prefix") => {
                let prefix = arguments.value()?.string()?;
                if !prefix.starts_with('/') {
                    return Err(WrongUse::because(format!(
                        "--prefix: expected a path that starts with /, found {prefix:?}"
                    )));
                }
                options.prefix = prefix.trim_end_matches('/').to_owned();
            }
            Arg::Long("no-build") => options.build = false,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

async fn serve(port: u16, site: Arc<Site>) -> Result<ExitCode> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}; where the port is taken, choose another: --port 8081")
    })?;
    println!("http://{}{}/", listener.local_addr()?, site.prefix());
    loop {
        let (stream, _) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // One connection is lost, not the server; the pause is for a lack of descriptors.
                eprintln!("a connection failed: {error}");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                continue;
            }
        };
        let site = site.clone();
        tokio::spawn(async move {
            let answer = service_fn(|request| {
                let response = site.respond(&request);
                async move { Ok::<_, Infallible>(response) }
            });
            // An error here is a browser that went away.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
        });
    }
}
