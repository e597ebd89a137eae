//! `layerscope-proxy`: the proxy by itself, on a port of its own.
//!
//! Exit codes: 1 for a failure, 2 for wrong use. The line with the address is printed when the port is open.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use hyper::header::HeaderName;
use layerscope_proxy::{Config, HostRule, InsecureHost, Proxy, serve};
use lexopt::{Arg, Parser, ValueExt};
use tokio::net::TcpListener;

const USAGE: &str = "usage: layerscope-proxy [--listen ADDR] [--prefix /PATH] [--host NAME]… \
[--origin ORIGIN]…
           [--allow HOST[:PORT][/PATH]]… [--allow-redirect HOST[:PORT]]…
           [--allow-insecure HOST[:PORT][/PATH]]… [--client-header NAME] [--per-client N] [--quiet]

  --listen          where to listen; default 127.0.0.1:8081
  --prefix          the path before /https/…; default /proxy
  --host            a name that the proxy answers to, as in Host; default: the names of the
                    listening address
  --origin          a page that may use the proxy: https://layerscope.example; default: the proxy's
                    own origin
  --allow           a registry in addition to the listed ones, with its token endpoint
  --allow-redirect  a host that registries may redirect to
  --allow-insecure  a registry that may have a private address and plain HTTP
  --client-header   the header in which a trusted server before this one names the client's address
  --per-client      requests of one client at the same time, by that address; default 32
  --quiet           no log";

struct Options {
    listen: SocketAddr,
    prefix: Option<String>,
    hosts: Vec<String>,
    origins: Vec<String>,
    allow: Vec<HostRule>,
    allow_redirect: Vec<HostRule>,
    allow_insecure: Vec<InsecureHost>,
    client_header: Option<HeaderName>,
    per_client: Option<usize>,
    quiet: bool,
}

fn main() -> ExitCode {
    let options = match parse(Parser::from_env()) {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("{error}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// `None` if help is requested.
fn parse(mut arguments: Parser) -> Result<Option<Options>, lexopt::Error> {
    let mut options = Options {
        listen: SocketAddr::from(([127, 0, 0, 1], 8081)),
        prefix: None,
        hosts: Vec::new(),
        origins: Vec::new(),
        allow: Vec::new(),
        allow_redirect: Vec::new(),
        allow_insecure: Vec::new(),
        client_header: None,
        per_client: None,
        quiet: false,
    };
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("listen") => options.listen = arguments.value()?.parse()?,
            Arg::Long("prefix") => {
                let check = |text: &str| match text.trim_end_matches('/') {
                    "" => Ok(String::new()),
                    path if path.starts_with('/') => Ok(path.to_owned()),
                    _ => Err("expected a path that starts with /"),
                };
                options.prefix = Some(arguments.value()?.parse_with(check)?);
            }
            Arg::Long("host") => options.hosts.push(arguments.value()?.string()?.to_lowercase()),
            Arg::Long("origin") => {
                let check = |text: &str| match text.split_once("://") {
                    Some((_, host)) if !host.is_empty() && !host.contains('/') => {
                        Ok(text.to_lowercase())
                    }
                    _ => Err("expected SCHEME://HOST[:PORT], as browsers send it"),
                };
                options.origins.push(arguments.value()?.parse_with(check)?);
            }
            Arg::Long("allow") => {
                options.allow.push(arguments.value()?.parse_with(HostRule::parse)?)
            }
            Arg::Long("allow-redirect") => {
                options.allow_redirect.push(arguments.value()?.parse_with(HostRule::parse)?)
            }
            Arg::Long("allow-insecure") => {
                options.allow_insecure.push(arguments.value()?.parse_with(InsecureHost::parse)?)
            }
            Arg::Long("client-header") => options.client_header = Some(arguments.value()?.parse()?),
            Arg::Long("per-client") => {
                let check = |text: &str| match text.parse() {
                    Ok(0) | Err(_) => Err("expected a number from 1 on"),
                    Ok(count) => Ok(count),
                };
                options.per_client = Some(arguments.value()?.parse_with(check)?);
            }
            Arg::Long("quiet") => options.quiet = true,
            Arg::Short('h') | Arg::Long("help") => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(options))
}

fn run(options: Options) -> Result<(), Box<dyn std::error::Error>> {
    // Lookups run on blocking threads; one per request would be too many.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(64)
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(options.listen)
            .await
            .map_err(|error| format!("cannot listen on {}: {error}", options.listen))?;
        let address = listener.local_addr()?;
        let config = configure(options, address);
        println!("http://{address}{}/", config.prefix);
        serve(Proxy::new(config)?, listener).await?;
        Ok(())
    })
}

fn configure(options: Options, address: SocketAddr) -> Config {
    let mut config = Config::new(address);
    if let Some(prefix) = options.prefix {
        config.prefix = prefix;
    }
    if !options.hosts.is_empty() {
        // A named proxy is behind a server that does TLS for it.
        config.origins = options.hosts.iter().map(|name| format!("https://{name}")).collect();
        config.host_names = options.hosts;
    }
    if !options.origins.is_empty() {
        config.origins = options.origins;
    }
    config.lists.requested.extend(options.allow);
    config.lists.redirected.extend(options.allow_redirect);
    config.lists.insecure.extend(options.allow_insecure);
    config.client_header = options.client_header;
    if let Some(count) = options.per_client {
        config.limits.per_client = count;
    }
    if !options.quiet {
        config.log = Some(Arc::new(|line| eprintln!("{line}")));
    }
    config
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configured(arguments: &[&str]) -> Option<Config> {
        let options = parse(Parser::from_args(arguments)).ok()??;
        Some(configure(options, SocketAddr::from(([127, 0, 0, 1], 8081))))
    }

    #[test]
    fn a_named_proxy_serves_its_name_over_tls_and_nothing_else() {
        let config = configured(&[]).unwrap();
        assert_eq!(config.host_names, ["127.0.0.1:8081", "localhost:8081"]);
        assert_eq!(config.origins, ["http://127.0.0.1:8081", "http://localhost:8081"]);
        let config = configured(&["--host", "Proxy.example"]).unwrap();
        assert_eq!(config.host_names, ["proxy.example"]);
        assert_eq!(config.origins, ["https://proxy.example"]);
        let config = configured(&["--host=a.example", "--origin=https://b.example"]).unwrap();
        assert_eq!(config.origins, ["https://b.example"]);
    }

    #[test]
    fn wrong_use_is_an_error() {
        for arguments in [
            ["--origin", "https://a.example/"],
            ["--origin", "a.example"],
            ["--origin", "*"],
            ["--allow", "10.0.0.1"],
            ["--allow", "a.example/v2/../x"],
            ["--allow-insecure", "http://a.example"],
            ["--allow-insecure", "10.1"],
            ["--prefix", "proxy"],
            ["--listen", "8081"],
        ] {
            assert!(configured(&arguments).is_none(), "{arguments:?}");
        }
        let insecure = &configured(&["--allow-insecure", "[::1]:5000"]).unwrap().lists.insecure;
        assert_eq!(insecure[0].port, Some(5000));
    }
}
