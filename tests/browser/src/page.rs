//! The page under test: opened on a new origin, used by its accessible names, checked for what it must not do.
//!
//! - `finish` checks at the end of every test: no error in the console, no policy violation, no request to
//!   another origin, according to the page itself and to the recorder.
//! - `until` is the only way to wait.

use crate::browser::{Browser, Kind};
use crate::console::Console;
use crate::site::Site;
use fantoccini::Client;
use fantoccini::elements::Element;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The longest wait for one condition.
const PATIENCE: Duration = Duration::from_secs(45);
const PAUSE: Duration = Duration::from_millis(40);

/// Hosts that the browsers themselves contact, whatever page is open.
const BROWSERS_OWN: [&str; 10] = [
    "duckduckgo.com", // the start page of Debian's Chromium
    "mozilla.com",
    "mozilla.org",
    "mozilla.net",
    "mozgcp.net",
    "firefox.com",
    "google.com",
    "googleapis.com",
    "gvt1.com",
    "gstatic.com",
];

/// A page in a browser, with its own server.
pub struct Page {
    browser: Browser,
    console: Console,
    site: Site,
    allowed: Vec<String>,
}

impl Page {
    /// A page that is not open yet.
    pub(crate) async fn prepare(browser: Browser) -> Page {
        let mut console = Console::default();
        console.skip(&browser).await;
        drop(browser.take_outside());
        Page { browser, console, site: Site::serve(&dist()), allowed: Vec::new() }
    }

    /// The WebDriver session.
    pub fn client(&self) -> &Client {
        &self.browser.client
    }

    /// Which browser this is.
    pub fn kind(&self) -> Kind {
        self.browser.kind
    }

    /// The server behind the page.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// Opens the page; `fragment` is empty or starts with `#`.
    pub async fn open(&self, fragment: &str) {
        let url = format!("{}{fragment}", self.site.url());
        self.client().goto(&url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
        self.watch().await;
        self.wait_for_names().await;
    }

    /// Opens the page and runs a script in it before the page's own module is loaded.
    pub async fn open_after(&self, script: &str) {
        self.site.hold("page_bg.wasm");
        let url = self.site.url();
        self.client().goto(&url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
        self.watch().await;
        self.script(script).await;
        self.site.release();
        self.wait_for_names().await;
    }

    /// Reloads the page as a user does. (A reload by Firefox's driver would bypass the service worker.)
    pub async fn reload(&self) {
        self.script("window.isOld = true; setTimeout(() => location.reload())").await;
        let is_new = "return !window.isOld && document.readyState === 'complete'";
        self.until("the reloaded page", async || {
            // While the old page is unloaded, no script runs.
            (self.client().execute(is_new, Vec::new()).await.ok()? == true).then_some(())
        })
        .await;
        self.watch().await;
        self.wait_for_names().await;
    }

    /// Waits for the page's module, which shows an input for archives, or what a link leads to: a question,
    /// a list, an alert.
    async fn wait_for_names(&self) {
        let script = "return document.querySelector('#app section[aria-label], #app table, #app [role=alert]') !== null";
        self.until("an input for archives, or what a link led to", async || {
            let shown = self.archive_input().await.is_some() || self.script(script).await == true;
            shown.then_some(())
        })
        .await;
    }

    /// Records policy violations from now on.
    async fn watch(&self) {
        self.script(
            "if (!window.violationsSeen) { window.violationsSeen = [];
             document.addEventListener('securitypolicyviolation', event => window.violationsSeen.push(
                 `${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`)); }",
        )
        .await;
    }

    /// Returns a script's value.
    pub async fn script(&self, script: &str) -> Value {
        self.script_with(script, Vec::new()).await
    }

    /// Returns the value of a script with `arguments`.
    pub async fn script_with(&self, script: &str, arguments: Vec<Value>) -> Value {
        let answer = self.client().execute(script, arguments).await;
        answer.unwrap_or_else(|error| panic!("{error}\nin the script {script}"))
    }

    /// Returns what a script passes to its last argument, a function.
    pub async fn script_async(&self, script: &str, arguments: Vec<Value>) -> Value {
        let answer = self.client().execute_async(script, arguments).await;
        answer.unwrap_or_else(|error| panic!("{error}\nin the script {script}"))
    }

    /// Calls `ask` again and again until it returns something.
    ///
    /// # Panics
    /// On timeout: with what was expected, the page's state and its alerts.
    pub async fn until<T>(&self, what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
        let began = Instant::now();
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            if began.elapsed() > PATIENCE {
                let (state, alert) = (self.state().await, self.alert().await);
                panic!(
                    "timed out waiting for {what}; state {state:?}, alert {alert:?}, at {}",
                    self.url().await
                );
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// `empty`, `loading`, `tree`, `ready`, `error`.
    pub async fn state(&self) -> String {
        let state = self.script("return document.documentElement.dataset.state || ''").await;
        state.as_str().unwrap_or_default().to_owned()
    }

    /// Waits for a state of the page.
    pub async fn wait_for(&self, state: &str) {
        self.until(&format!("the state {state}"), async || {
            (self.state().await == state).then_some(())
        })
        .await;
    }

    /// The texts of all alerts, joined; empty if there is none.
    pub async fn alert(&self) -> String {
        let script = "return [...document.querySelectorAll('[role=alert]')].map(a => a.innerText).join('\\n')";
        self.script(script).await.as_str().unwrap_or_default().trim().to_owned()
    }

    /// The URL.
    pub async fn url(&self) -> String {
        let address = self.script("return location.href").await;
        address.as_str().unwrap_or_default().to_owned()
    }

    /// The fragment of the URL, with its `#`.
    pub async fn fragment(&self) -> String {
        let url = self.url().await;
        url.find('#').map(|start| url[start..].to_owned()).unwrap_or_default()
    }

    /// Waits until `right` accepts the fragment, and returns it.
    pub async fn wait_for_fragment(&self, what: &str, right: impl Fn(&str) -> bool) -> String {
        self.until(&format!("a link with {what}"), async || {
            Some(self.fragment().await).filter(|fragment| right(fragment))
        })
        .await
    }

    /// The file input for archives.
    async fn archive_input(&self) -> Option<Element> {
        self.input("Open image archive").await
    }

    /// The file input with this name.
    async fn input(&self, name: &str) -> Option<Element> {
        for input in self.can_be_named("input[type=file]", name).await? {
            // Firefox appends the text of the input's own button to the label.
            if self.name(&input).await.starts_with(name) {
                return Some(input);
            }
        }
        None
    }

    /// Gives the page a file and waits until the page starts to open it.
    pub async fn give(&self, file: &Path) {
        self.give_to("Open image archive", &[file]).await;
    }

    /// Gives the page several files at once.
    pub async fn give_all(&self, files: &[&Path]) {
        self.give_to("Open image archive", files).await;
    }

    /// Gives the page a folder, which Firefox's driver cannot do.
    pub async fn give_folder(&self, folder: &Path) {
        self.give_to("Open image folder", &[folder]).await;
    }

    async fn give_to(&self, input: &str, files: &[&Path]) {
        let begun = "return performance.getEntriesByName('layerscope:drop').map(m => m.startTime).pop() ?? -1";
        let before = self.script(begun).await;
        let path = |file: &&Path| {
            let path = file.canonicalize().unwrap_or_else(|e| panic!("{}: {e}", file.display()));
            path.to_string_lossy().into_owned()
        };
        let paths = files.iter().map(path).collect::<Vec<_>>().join("\n");
        self.until("a file input", async || self.input(input).await?.send_keys(&paths).await.ok())
            .await;
        self.until("layerscope:drop", async || (self.script(begun).await != before).then_some(()))
            .await;
    }

    /// Gives the page a file and waits until its analyses have finished.
    ///
    /// # Panics
    /// If the page shows an error instead.
    pub async fn open_archive(&self, file: &Path) {
        self.give(file).await;
        self.wait_until_ready().await;
    }

    /// Gives the page an archive or a folder and waits until its analyses have finished. Where the driver
    /// cannot give a folder, it gives the folder's files, without their paths.
    ///
    /// # Panics
    /// If the page shows an error instead.
    pub async fn open_source(&self, path: &Path) {
        match (path.is_dir(), self.kind()) {
            (false, _) => self.give(path).await,
            (true, Kind::Chromium) => self.give_folder(path).await,
            (true, Kind::Firefox) => {
                let files = all_files(path);
                self.give_all(&files.iter().map(PathBuf::as_path).collect::<Vec<_>>()).await;
            }
        }
        self.wait_until_ready().await;
    }

    /// The names in the list of open images.
    pub async fn sources(&self) -> Vec<String> {
        let script = "return [...document.querySelectorAll('nav[aria-label=\"Open images\"] li a span:first-child')]
            .map(name => name.textContent)";
        serde_json::from_value(self.script(script).await).expect("a list of names")
    }

    /// Clicks the element with this role and name in the list of open images.
    pub async fn press_in_sources(&self, role: &str, name: &str) {
        let list = self.get("button", "Open images").await;
        if list.attr("aria-expanded").await.ok().flatten().as_deref() != Some("true") {
            self.click("button", "Open images").await;
        }
        self.until(&format!("{role} {name:?} in the list of open images"), async || {
            let inside = "nav[aria-label='Open images'] :is(a, li button)";
            for element in self.can_be_named(inside, name).await? {
                let found = self.name(&element).await;
                if found.starts_with(name) && self.role(&element).await == role {
                    return element.click().await.ok();
                }
            }
            None
        })
        .await;
    }

    /// Waits for the state `ready`.
    ///
    /// # Panics
    /// If the page shows an error instead.
    pub async fn wait_until_ready(&self) {
        let state = self
            .until("the state ready", async || {
                Some(self.state().await).filter(|state| state == "ready" || state == "error")
            })
            .await;
        assert_eq!(state, "ready", "{}", self.alert().await);
    }

    /// Goes to a view by its link, whose text may continue after the view's name ("Layers 6").
    pub async fn view(&self, name: &str) {
        self.until(&format!("the view {name}"), async || {
            let link = self.view_link(name).await?;
            if link.attr("aria-current").await.ok()?.as_deref() != Some("page") {
                link.click().await.ok()?;
            }
            let current = link.attr("aria-current").await.ok()?;
            (current.as_deref() == Some("page")).then_some(())
        })
        .await;
    }

    /// A view's link in the navigation "Views".
    pub async fn view_link(&self, name: &str) -> Option<Element> {
        for link in self.can_be_named("nav[aria-label='Views'] a[href]", name).await? {
            if self.name(&link).await.split_whitespace().next() == Some(name) {
                return Some(link);
            }
        }
        None
    }

    /// The bytes of the file that a click on this button downloads.
    pub async fn download(&self, button: &str) -> Vec<u8> {
        self.download_as(button, Some).await
    }

    /// What `read` makes of the file that a click on this button downloads. A file that is still being written is read again
    /// until `read` accepts it, and until it no longer grows.
    async fn download_as<T>(&self, button: &str, read: impl Fn(Vec<u8>) -> Option<T>) -> T {
        let folder = &self.browser.downloads;
        let before = files(folder);
        for file in &before {
            std::fs::remove_file(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        }
        self.click("button", button).await;
        let mut length = None;
        self.until(&format!("the download of {button:?}"), async || {
            let mut files = files(folder);
            // A browser may write the previous download once more when it finishes it.
            if files.len() > 1 {
                files.retain(|file| !before.contains(file));
            }
            let unfinished = |path: &PathBuf| {
                let ending = path.extension().and_then(|ending| ending.to_str());
                matches!(ending, Some("part" | "crdownload" | "tmp"))
                    || std::fs::metadata(path).is_ok_and(|facts| facts.len() == 0)
            };
            match files.as_slice() {
                [file] if !unfinished(file) => {
                    let bytes = std::fs::read(file).ok()?;
                    let is_still = length.replace(bytes.len()) == Some(bytes.len());
                    read(bytes).filter(|_| is_still)
                }
                _ => None,
            }
        })
        .await
    }

    /// The report that the page's button downloads.
    pub async fn report(&self) -> Value {
        self.download_as("Download report", |bytes| serde_json::from_slice(&bytes).ok()).await
    }

    /// Allows errors, violations and requests that contain this text: the test provokes them.
    pub fn expect(&mut self, text: &str) {
        self.allowed.push(text.to_owned());
    }

    /// Requests of the page to other origins.
    pub async fn requests_elsewhere(&self) -> Vec<String> {
        let script = "return performance.getEntriesByType('resource').map(entry => entry.name)";
        let resources: Vec<String> =
            serde_json::from_value(self.script(script).await).expect("a list of addresses");
        let ours = self.site.origin();
        let local = |url: &String| {
            url.starts_with(&format!("{ours}/"))
                || url.starts_with("blob:")
                || url.starts_with("data:")
        };
        let own = |target: &String| BROWSERS_OWN.iter().any(|host| target.contains(host));
        let outside = self.browser.take_outside().into_iter().filter(|target| !own(target));
        resources.into_iter().filter(|url| !local(url)).chain(outside).collect()
    }

    /// Policy violations since the page was opened.
    pub async fn violations(&self) -> Vec<String> {
        let seen = self.script("return window.violationsSeen || []").await;
        serde_json::from_value(seen).expect("a list of texts")
    }

    /// The visible text of the page.
    pub async fn text(&self) -> String {
        self.script("return document.body.innerText").await.as_str().unwrap_or_default().to_owned()
    }

    /// Checks what must be true at the end of every test.
    pub(crate) async fn finish(&mut self) {
        let expected = |line: &String| self.allowed.iter().any(|text| line.contains(text.as_str()));
        let violations = self.violations().await.into_iter().filter(|line| !expected(line));
        assert_eq!(violations.collect::<Vec<_>>(), [""; 0], "policy violations");
        let elsewhere = self.requests_elsewhere().await.into_iter().filter(|line| !expected(line));
        assert_eq!(elsewhere.collect::<Vec<_>>(), [""; 0], "requests to other origins");
        let errors = self.console.errors(&self.browser).await;
        let errors: Vec<String> = errors.into_iter().filter(|line| !expected(line)).collect();
        assert_eq!(errors, [""; 0], "errors in the console");
    }

    /// Saves a screenshot and prints the console after a failure.
    pub(crate) async fn keep_evidence(&mut self) {
        let name = format!("layerscope-failure-{}.png", self.kind().name());
        let path = std::env::temp_dir().join(name);
        if let Ok(picture) = self.client().screenshot().await {
            drop(std::fs::write(&path, picture));
            eprintln!("screenshot: {}", path.display());
        }
        for line in self.console.errors(&self.browser).await {
            eprintln!("console: {line}");
        }
    }

    /// Returns the browser for the next test, if it still works.
    pub(crate) async fn retire(self) -> Option<Browser> {
        let blank =
            tokio::time::timeout(Duration::from_secs(10), self.client().goto("about:blank"));
        if matches!(blank.await, Ok(Ok(()))) {
            return Some(self.browser);
        }
        self.browser.close().await;
        None
    }

    /// Saves a screenshot.
    pub async fn picture(&self, path: &Path) {
        let bytes = self.client().screenshot().await.expect("a browser can take a screenshot");
        std::fs::write(path, bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }
}

/// The built page.
///
/// # Panics
/// If it does not exist.
pub fn dist() -> PathBuf {
    let named = std::env::var_os("LAYERSCOPE_DIST").map(PathBuf::from);
    let dist = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dist"));
    let index = dist.join("index.html");
    assert!(index.is_file(), "{} does not exist: run cargo xtask build", index.display());
    dist
}

/// All files below a folder.
fn all_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let below = |path: PathBuf| if path.is_dir() { all_files(&path) } else { vec![path] };
    entries.flat_map(|entry| below(entry.path())).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect()
}
