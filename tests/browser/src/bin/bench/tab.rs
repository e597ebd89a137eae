//! The built page in a browser of its own, driven and timed.
//!
//! - Times are measured by the page: marks, and observers that are in the document before it loads.
//! - Each visit has a new server, and so its own origin and cache.

use crate::machine;
use crate::runs::Runs;
use browser_tests::browser::{Browser, Kind};
use browser_tests::compressed::Compressed;
use browser_tests::site::Site;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, Locator};
use http::Method;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use url::{ParseError, Url};

/// For the slowest archive on a busy machine.
const PATIENCE: Duration = Duration::from_secs(600);
const PAUSE: Duration = Duration::from_millis(100);

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Records when the page can be used: its state is `empty`, the input for an archive and the box for a
/// reference exist, and the box reacts: its form handles a submit event (which does nothing while empty).
const USABLE: &str = "
    const named = (selector, name) => [...document.querySelectorAll(selector)].find(element =>
        [element.ariaLabel ?? '', ...[...element.labels ?? []].map(label => label.textContent)]
            .some(text => text.includes(name)));
    const look = () => {
        if (window.usableAt !== undefined || document.documentElement?.dataset.state !== 'empty') return;
        const box = named('input', 'Image reference');
        if (!box?.form || !named('input[type=file]', 'Open image archive')) return;
        const submit = new SubmitEvent('submit', { bubbles: true, cancelable: true });
        box.form.dispatchEvent(submit);
        if (submit.defaultPrevented) window.usableAt = performance.now();
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });";

/// A line to the page's host.
#[derive(Clone, Copy)]
pub struct Line {
    /// Megabits a second, in either direction.
    pub megabits: f64,
    /// Milliseconds from a request to the first byte of its answer, at least.
    pub latency: f64,
}

/// Scrolls by `arguments[0]` pixels in each frame for three seconds; returns long tasks and frames, in ms.
const SCROLL: &str = "
    const [step, done] = arguments;
    const tree = document.querySelector('[role=treegrid]'), tasks = [], frames = [];
    const observer = new PerformanceObserver(list => tasks.push(...list.getEntries().map(e => e.duration)));
    observer.observe({ entryTypes: ['longtask'] });
    const began = performance.now(); let before = began;
    const frame = now => {
        frames.push(now - before); before = now;
        tree.scrollTop += step;
        if (now - began < 3000) { requestAnimationFrame(frame); return; }
        setTimeout(() => { observer.disconnect(); done({ tasks, frames: frames.slice(2), top: tree.scrollTop }); }, 100);
    };
    requestAnimationFrame(frame);";

/// Types `arguments[0]` into the filter; returns the milliseconds until the number of rows has changed and all
/// rows in the document have their content, and the long tasks meanwhile.
const FILTER: &str = "
    const [text, done] = arguments;
    const tree = document.querySelector('[role=treegrid]');
    const box = document.querySelector('input[type=search]');
    const count = tree.getAttribute('aria-rowcount'), tasks = [];
    const observer = new PerformanceObserver(list => tasks.push(...list.getEntries().map(e => e.duration)));
    observer.observe({ entryTypes: ['longtask'] });
    const began = performance.now();
    const look = () => {
        if (tree.getAttribute('aria-rowcount') !== count && !tree.querySelector('.bone')) {
            const took = performance.now() - began;
            setTimeout(() => { observer.disconnect(); done({ took, tasks }); }, 150);
        } else if (performance.now() - began > 20000) done({ took: 20000, tasks });
        else setTimeout(look, 1);
    };
    box.value = text;
    box.dispatchEvent(new Event('input', { bubbles: true }));
    look();";

/// Opens the first closed directory that is visible; returns the milliseconds until its rows are shown.
const EXPAND: &str = "
    const done = arguments[0];
    const tree = document.querySelector('[role=treegrid]'), tasks = [];
    const row = tree.querySelector('[role=row][aria-expanded=false]');
    if (!row) { done(null); return; }
    const observer = new PerformanceObserver(list => tasks.push(...list.getEntries().map(e => e.duration)));
    observer.observe({ entryTypes: ['longtask'] });
    const count = tree.getAttribute('aria-rowcount'), began = performance.now();
    const look = () => {
        if (tree.getAttribute('aria-rowcount') !== count && !tree.querySelector('.bone')) {
            const took = performance.now() - began;
            setTimeout(() => { observer.disconnect(); done({ took, tasks }); }, 150);
        } else if (performance.now() - began > 20000) done({ took: 20000, tasks });
        else setTimeout(look, 1);
    };
    row.querySelector('.tw').dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
    look();";

/// The link to the view, whose name is followed by a count.
const FILES_LINK: &str = "//nav[@aria-label='Views']//a[contains(., 'Files')]";

/// A command of Chromium's own protocol.
#[derive(Debug)]
struct Devtools(Value);

impl WebDriverCompatibleCommand for Devtools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> std::result::Result<Url, ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.0.to_string()))
    }
}

/// A browser.
pub struct Tab {
    browser: Browser,
}

/// An open page.
pub struct Visit<'a> {
    client: &'a Client,
    /// Serves the page during the visit.
    _site: Site,
}

/// Notes the largest memory of the renderer processes until it is asked.
struct MemoryWatch {
    end: Arc<AtomicBool>,
    thread: JoinHandle<u64>,
}

impl MemoryWatch {
    fn start() -> MemoryWatch {
        let end = Arc::new(AtomicBool::new(false));
        let asked = end.clone();
        let thread = std::thread::spawn(move || {
            let mut peak = 0;
            while !asked.load(Ordering::Relaxed) {
                peak = peak.max(machine::renderer_resident());
                std::thread::sleep(PAUSE / 4);
            }
            peak
        });
        MemoryWatch { end, thread }
    }

    /// Bytes.
    fn peak(self) -> u64 {
        self.end.store(true, Ordering::Relaxed);
        self.thread.join().unwrap_or(0)
    }
}

impl Tab {
    pub async fn start() -> Result<Tab> {
        let tab = Tab { browser: Browser::start(Kind::Chromium).await? };
        tab.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": USABLE })).await?;
        Ok(tab)
    }

    pub async fn close(self) {
        self.browser.close().await;
    }

    async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        let command = Devtools(json!({ "cmd": command, "params": parameters }));
        Ok(self.browser.client.issue_cmd(command).await?)
    }

    /// Opens the page on a new origin and waits until it can be used.
    pub async fn visit(&self, dist: &Path) -> Result<Visit<'_>> {
        self.visit_site(Site::serve(dist)).await
    }

    /// Like `visit`, from a host with compressed files, over a line that the browser throttles.
    pub async fn visit_over(&self, line: Line, files: &Compressed) -> Result<Visit<'_>> {
        let bytes_per_second = line.megabits * 1e6 / 8.0;
        let conditions = json!({
            "offline": false, "latency": line.latency,
            "downloadThroughput": bytes_per_second, "uploadThroughput": bytes_per_second,
        });
        self.devtools("Network.enable", json!({})).await?;
        self.devtools("Network.emulateNetworkConditions", conditions).await?;
        let visit = self.visit_site(Site::serve_compressed(files)).await;
        let free = json!({
            "offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
        });
        self.devtools("Network.emulateNetworkConditions", free).await?;
        visit
    }

    async fn visit_site(&self, site: Site) -> Result<Visit<'_>> {
        let visit = Visit { client: &self.browser.client, _site: site };
        visit.client.goto(&visit._site.url()).await?;
        visit.until("a page that can be used", "return window.usableAt !== undefined").await?;
        Ok(visit)
    }

    /// Memory of the page's process in bytes, after a garbage collection.
    pub async fn bytes(&self) -> Result<u64> {
        self.devtools("HeapProfiler.collectGarbage", json!({})).await?;
        tokio::time::sleep(Duration::from_secs(2)).await; // until freed memory is returned to the system
        Ok(machine::renderers_bytes())
    }
}

impl Visit<'_> {
    async fn number(&self, script: &str) -> Result<f64> {
        let value = self.client.execute(script, Vec::new()).await?;
        value
            .as_f64()
            .ok_or_else(|| format!("expected a number from {script}, found {value}").into())
    }

    async fn until(&self, what: &str, script: &str) -> Result<()> {
        let began = Instant::now();
        while self.client.execute(script, Vec::new()).await? != Value::Bool(true) {
            if began.elapsed() > PATIENCE {
                return Err(format!("timed out waiting for {what}").into());
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Milliseconds from the navigation's start until the page could be used.
    pub async fn usable_at(&self) -> Result<f64> {
        self.number("return window.usableAt").await
    }

    /// The bytes transferred until the page could be used, and the rate of the largest file in megabits a
    /// second, which shows whether the throttle works.
    pub async fn transfer(&self) -> Result<(f64, f64)> {
        let entries = "const entries = [...performance.getEntriesByType('navigation'),
            ...performance.getEntriesByType('resource')].filter(entry => entry.responseEnd <= window.usableAt);";
        let bytes =
            format!("{entries} return entries.reduce((sum, e) => sum + e.encodedBodySize, 0)");
        let rate = format!(
            "{entries} const largest = entries.reduce((a, b) => a.encodedBodySize > b.encodedBodySize ? a : b);
             return largest.encodedBodySize * 8 / 1000 / (largest.responseEnd - largest.requestStart)"
        );
        Ok((self.number(&bytes).await?, self.number(&rate).await?))
    }

    /// Gives the page a file, waits for `ready`, and records the seconds from the drop to each mark.
    pub async fn open(&self, runs: &mut Runs, what: &str, file: &Path) -> Result<()> {
        let before = machine::descendants_seconds();
        let input =
            self.client.find(Locator::Css("input[type=file]:not([webkitdirectory])")).await?;
        let watch = MemoryWatch::start();
        input.send_keys(&file.canonicalize()?.to_string_lossy()).await?;
        self.times(runs, what, before).await?;
        runs.note(&format!("{what} peak memory"), watch.peak() as f64 / 1e6, "MB");
        Ok(())
    }

    /// Types a reference and Enter, and records the same.
    pub async fn pull(&self, runs: &mut Runs, what: &str, reference: &str) -> Result<()> {
        let before = machine::descendants_seconds();
        let field = self.client.find(Locator::Css("form.inspect input")).await?;
        field.send_keys(&format!("{reference}\u{e007}")).await?; // WebDriver's Enter
        self.times(runs, what, before).await
    }

    async fn times(&self, runs: &mut Runs, what: &str, before: f64) -> Result<()> {
        let state = |words: &str| {
            format!("return {words}.includes(document.documentElement.dataset.state)")
        };
        self.until("the tree", &state("['tree', 'ready', 'error']")).await?;
        let cpu = machine::descendants_seconds() - before;
        self.until("the end of the analyses", &state("['ready', 'error']")).await?;
        let alert = "return document.querySelector('[role=alert]')?.innerText ?? ''";
        if self.client.execute(&state("['error']"), Vec::new()).await? == Value::Bool(true) {
            let alert = self.client.execute(alert, Vec::new()).await?;
            return Err(format!("{what}: {alert}").into());
        }
        for (mark, name) in
            [("layers", "layers wall"), ("tree", "tree wall"), ("ready", "ready wall")]
        {
            let at = |mark: &str| {
                format!("performance.getEntriesByName('layerscope:{mark}')[0].startTime")
            };
            let script = format!("return {} - {}", at(mark), at("drop"));
            runs.note(&format!("{what} {name}"), self.number(&script).await? / 1000.0, "s");
        }
        runs.note(&format!("{what} tree processors"), cpu, "s");
        let all = machine::descendants_seconds() - before;
        runs.note(&format!("{what} ready processors"), all, "s");
        Ok(())
    }

    /// Scrolls, filters and opens directories in the view of files.
    pub async fn move_about(&self, runs: &mut Runs, what: &str, filters: &[&str]) -> Result<()> {
        self.client.find(Locator::XPath(FILES_LINK)).await?.click().await?;
        self.until(
            "rows",
            "return document.querySelectorAll('[role=treegrid] [role=row]').length > 3",
        )
        .await?;
        for _ in 0..4 {
            let found = self.client.execute_async(EXPAND, Vec::new()).await?;
            note_tasks(runs, &format!("{what} expand"), &found);
        }
        for text in filters {
            let found = self.client.execute_async(FILTER, vec![json!(text)]).await?;
            note_tasks(runs, &format!("{what} filter {text}"), &found);
        }
        for step in [60, 5000] {
            let found = self.client.execute_async(SCROLL, vec![json!(step)]).await?;
            if found["top"].as_f64().unwrap_or(0.0) <= 0.0 {
                return Err("the tree doesn't scroll".into());
            }
            note_tasks(runs, &format!("{what} scroll by {step} px"), &found);
        }
        Ok(())
    }
}

fn note_tasks(runs: &mut Runs, what: &str, found: &Value) {
    let longest = |list: &Value| {
        let values = list.as_array().into_iter().flatten().filter_map(Value::as_f64);
        values.fold(0.0, f64::max)
    };
    if let Some(took) = found["took"].as_f64() {
        runs.note(&format!("{what} answer"), took, "ms");
    }
    if !found["frames"].is_null() {
        runs.note(&format!("{what} longest frame"), longest(&found["frames"]), "ms");
    }
    // Browsers do not report tasks under 50 ms: 0 stands for all of them.
    runs.note(&format!("{what} longest task"), longest(&found["tasks"]), "ms");
}
