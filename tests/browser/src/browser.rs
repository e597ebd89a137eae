//! A browser and its driver: started on free ports with a new profile, and ended with all their processes.
//!
//! - A shell starts each driver and waits for the end of its standard input. When this process ends, however
//!   it ends, the pipe closes and the shell ends its process group with the driver and the browser.
//! - Chromium runs as root only with `--no-sandbox`; its other flags prevent requests of its own.
//! - Requests to any host but loopback go through a proxy, our recorder: it records the host and refuses.

use crate::site::read_request;
use fantoccini::{Client, ClientBuilder};
use serde_json::{Map, Value, json};
use std::io::{BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Starts a driver, waits for the end of its input, ends all that the driver started, and removes the
/// folder: several times, because a browser still writes while it ends.
const GUARD: &str = r#"dir=$1; shift; "$@" & read -r _; trap '' TERM; kill -TERM 0; wait
for n in 1 2 3 4 5 6 7 8; do rm -rf "$dir" 2>/dev/null; sleep 0.5; [ -e "$dir" ] || break; done"#;

/// How long a driver and its browser may take to start, on a busy machine.
const START: Duration = Duration::from_secs(60);

/// Which browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Debian's `chromium` with `chromedriver`.
    Chromium,
    /// Debian's `firefox-esr` with `geckodriver`.
    Firefox,
}

impl Kind {
    /// The name in messages and file names.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Chromium => "chromium",
            Kind::Firefox => "firefox",
        }
    }
}

/// A running browser.
pub struct Browser {
    /// Which browser it is.
    pub kind: Kind,
    /// The WebDriver session.
    pub client: Client,
    /// The folder for downloads.
    pub downloads: PathBuf,
    /// The file with the output of driver and browser.
    pub output: PathBuf,
    outside: Arc<Mutex<Vec<String>>>,
    guard: Child,
}

impl Browser {
    /// Starts driver and browser.
    ///
    /// # Errors
    /// Says what is missing or was refused.
    pub async fn start(kind: Kind) -> Result<Browser, String> {
        let dir = fresh_dir(kind)?;
        let downloads = dir.join("downloads");
        std::fs::create_dir_all(&downloads).map_err(|e| e.to_string())?;
        let output = dir.join("output.txt");
        let (port, second) = (free_port(), free_port());
        let command = match kind {
            Kind::Chromium => vec!["chromedriver".to_owned(), format!("--port={port}")],
            Kind::Firefox => vec![
                geckodriver(),
                format!("--port={port}"),
                format!("--websocket-port={second}"),
                format!("--profile-root={}", dir.display()),
            ],
        };
        let file = std::fs::File::create(&output).map_err(|e| e.to_string())?;
        let guard = Command::new("sh")
            .args(["-c", GUARD, "guard"])
            .arg(&dir)
            .args(&command)
            .stdin(Stdio::piped())
            .stdout(file.try_clone().map_err(|e| e.to_string())?)
            .stderr(file)
            .process_group(0)
            .spawn()
            .map_err(|e| format!("sh: {e}"))?;
        let outside = Arc::default();
        let capabilities = capabilities(kind, &dir, &downloads, recorder(&outside));
        match connect(port, &capabilities).await {
            Ok(client) => Ok(Browser { kind, client, downloads, output, outside, guard }),
            Err(error) => {
                let said = std::fs::read_to_string(&output).unwrap_or_default();
                end(guard);
                Err(format!("{} did not start: {error}\n{said}", command[0]))
            }
        }
    }

    /// Requests to other hosts than loopback since the last call.
    pub fn take_outside(&self) -> Vec<String> {
        std::mem::take(&mut *self.outside.lock().expect("no holder panics"))
    }

    /// Ends browser and driver.
    pub async fn close(self) {
        drop(self.client.close().await);
        end(self.guard);
    }
}

fn end(mut guard: Child) {
    drop(guard.stdin.take());
    drop(guard.wait());
}

async fn connect(port: u16, capabilities: &Map<String, Value>) -> Result<Client, String> {
    let began = Instant::now();
    let url = format!("http://127.0.0.1:{port}");
    let connector = hyper_util::client::legacy::connect::HttpConnector::new();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        if began.elapsed() > START {
            return Err("it does not listen on its port".into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut builder = ClientBuilder::new(connector);
    builder.capabilities(capabilities.clone());
    let connecting = tokio::time::timeout(START, builder.connect(&url));
    connecting
        .await
        .map_err(|_| "it started no session in time".to_owned())?
        .map_err(|e| e.to_string())
}

fn capabilities(kind: Kind, dir: &Path, downloads: &Path, proxy: u16) -> Map<String, Value> {
    let proxy = format!("127.0.0.1:{proxy}");
    let mut all = json!({
        "proxy": { "proxyType": "manual", "httpProxy": proxy, "sslProxy": proxy },
        "timeouts": { "script": 60_000, "pageLoad": 60_000, "implicit": 0 },
    });
    match kind {
        Kind::Chromium => {
            all["goog:loggingPrefs"] = json!({ "browser": "ALL" });
            let profile = format!("--user-data-dir={}", dir.join("profile").display());
            let args = [
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--window-size=1400,900",
                "--lang=en-GB",
                &profile,
            ];
            let prefs = json!({ "download.default_directory": downloads, "download.prompt_for_download": false });
            all["goog:chromeOptions"] = json!({ "args": args, "prefs": prefs });
        }
        Kind::Firefox => {
            let prefs = json!({
                "browser.download.folderList": 2,
                "browser.download.dir": downloads,
                "browser.download.useDownloadDir": true,
                "browser.download.always_ask_before_handling_new_types": false,
                "browser.download.manager.closeWhenDone": true,
                "devtools.console.stdout.content": true,
                "devtools.console.stdout.chrome": false,
                // No experiments, no remote settings.
                "app.normandy.enabled": false,
                "messaging-system.rsexperimentloader.enabled": false,
                "services.settings.server": "data:,",
                "network.captive-portal-service.enabled": false,
                "network.connectivity-service.enabled": false,
                "intl.accept_languages": "en-GB",
            });
            let args = ["-headless", "--width=1400", "--height=900"];
            all["moz:firefoxOptions"] = json!({ "args": args, "prefs": prefs });
        }
    }
    match all {
        Value::Object(all) => all,
        _ => unreachable!("made as an object above"),
    }
}

/// Starts a proxy that records the target of every request and refuses it; returns its port.
fn recorder(seen: &Arc<Mutex<Vec<String>>>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let port = listener.local_addr().expect("a bound socket has an address").port();
    let seen = seen.clone();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let Ok(clone) = stream.try_clone() else { continue };
            drop(stream.set_read_timeout(Some(Duration::from_secs(2))));
            if let Ok(Some(request)) = read_request(&mut BufReader::new(clone)) {
                seen.lock().expect("no holder panics").push(request.target);
                drop(stream.write_all(
                    b"HTTP/1.1 502 Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                ));
            }
        }
    });
    port
}

fn fresh_dir(kind: Kind) -> Result<PathBuf, String> {
    let name = format!("layerscope-{}-{}-{}", kind.name(), std::process::id(), free_port());
    let dir = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    Ok(dir)
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener.local_addr().expect("a bound socket has an address").port()
}

/// Where `cargo xtask test` or `cargo install` puts it, or else its name, to be found on the PATH.
fn geckodriver() -> String {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(target);
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo"));
    let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(home);
    let folders = [Some(ours.join("xtask/geckodriver")), cargo];
    let paths = folders.into_iter().flatten().map(|folder| folder.join("bin/geckodriver"));
    let installed = { paths }.find(|path| path.is_file());
    installed.map_or("geckodriver".into(), |path| path.to_string_lossy().into_owned())
}
