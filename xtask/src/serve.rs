//! `cargo xtask serve`: builds the page for development and serves dist/ and the proxy on loopback.
//!
//! - It listens on 127.0.0.1 only.
//! - The proxy (`proxy/`) answers below `PREFIX/proxy`, by its own rules; `--allow-insecure HOST[:PORT]`
//!   names a registry that it may reach on a private address, by TLS first and then by plain HTTP.
//! - A first build takes minutes, so modules that the page can do without at first (wasm-pack.toml, `after-the-page`)
//!   are built once the port is open.
//! - `--port 0` takes any free port, `--prefix /some/path` serves below that path, and `--no-build`
//!   serves dist/ as it is. These three are for tests and for looking at a release build; the usage
//!   does not list them.
//! - The address is printed once the port is open, so that a test can wait for it.

mod files;

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use http_body_util::BodyExt;
use layerscope_proxy::{Config, InsecureHost, Proxy, serve_with};
use lexopt::{Arg, Parser, ValueExt};
use tokio::net::TcpListener;

use crate::WrongUse;
use crate::build::{Mode, build, build_the_page};
use files::Site;

/// Why a body ended early.
type Failed = Box<dyn std::error::Error + Send + Sync>;

struct Options {
    port: u16,
    prefix: String,
    build: bool,
    insecure: Vec<InsecureHost>,
}

pub fn command(arguments: Parser) -> Result<ExitCode> {
    let options = parse(arguments)?;
    let folder = match options.build {
        true => build_the_page()?,
        false => crate::shell::root().join("dist"),
    };
    let site = Site::new(&folder, &options.prefix)?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(serve(options, Arc::new(site)))
}

/// Builds what is not needed to open an image. The server goes on without it.
fn build_the_rest() {
    match build(Mode::Development) {
        Ok(_) => println!("All modules are built: a page that is open has them after a reload."),
        Err(error) => eprintln!("A module is missing in the page: {error:#}"),
    }
}

fn parse(mut arguments: Parser) -> Result<Options> {
    let mut options =
        Options { port: 8080, prefix: String::new(), build: true, insecure: Vec::new() };
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
            Arg::Long("allow-insecure") => {
                let host = arguments.value()?.string()?;
                let read = InsecureHost::parse(&host);
                options.insecure.push(read.map_err(|error| {
                    WrongUse::because(format!("--allow-insecure {host:?}: {error}"))
                })?);
            }
            Arg::Long("no-build") => options.build = false,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

async fn serve(options: Options, site: Arc<Site>) -> Result<ExitCode> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}; where the port is taken, choose another: --port 8081")
    })?;
    println!("http://{}{}/", listener.local_addr()?, site.prefix());
    if options.build {
        std::thread::spawn(build_the_rest);
    }
    answer(listener, site, options.insecure).await?;
    Ok(ExitCode::SUCCESS)
}

/// Never returns unless the socket fails: the proxy answers below its prefix, the page everywhere else.
async fn answer(listener: TcpListener, site: Arc<Site>, insecure: Vec<InsecureHost>) -> Result<()> {
    let mut config = Config::new(listener.local_addr()?);
    config.prefix = format!("{}/proxy", site.prefix());
    config.lists.insecure = insecure;
    let proxy = Proxy::new(config)?;
    let limits = proxy.limits().clone();
    serve_with(listener, limits, move |request| {
        let (proxy, site) = (proxy.clone(), site.clone());
        async move {
            match proxy.takes(request.uri().path()) {
                true => proxy
                    .answer(request)
                    .await
                    .map(|body| body.map_err(Failed::from).boxed_unsync()),
                false => site.respond(request).await,
            }
        }
    })
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    async fn head(address: SocketAddr, path: &str) -> String {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut text = Vec::new();
        stream.read_to_end(&mut text).await.unwrap();
        String::from_utf8_lossy(&text).to_lowercase()
    }

    #[tokio::test]
    async fn page_and_proxy_are_served_side_by_side() {
        let folder = std::env::temp_dir().join(format!("xtask-serve-both-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("index.html"), "the page").unwrap();
        let site = Arc::new(Site::new(&folder, "/some/path").unwrap());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(answer(listener, site, Vec::new()));
        let page = head(address, "/some/path/").await;
        assert!(page.starts_with("http/1.1 200") && page.ends_with("the page"), "{page}");
        let refused = head(address, "/some/path/proxy/https/169.254.169.254/v2/").await;
        assert!(
            refused.starts_with("http/1.1 403") && refused.contains("x-proxy-error"),
            "{refused}"
        );
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
