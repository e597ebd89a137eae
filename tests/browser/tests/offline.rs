//! The page without its host: what the service worker stores, and that it never mixes two versions.
//!
//! - "Without a network" means that the server closes every connection.
//! - A new version is a copy of the built page with changed files and a new list of files, made as
//!   xtask/src/build/offline.rs describes.

use browser_tests::material::{self, Temp};
use browser_tests::site::SUB_PATH;
use browser_tests::{Kind, Page, both_browsers, devtools, page};
use fantoccini::Locator;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Waits until the service worker has stored this page's files.
async fn kept(page: &Page) {
    page.until("an active service worker", async || {
        let script = "const done = arguments[0];
            navigator.serviceWorker.getRegistration().then(found => done(found?.active?.state ?? ''))";
        (page.script_async(script, Vec::new()).await == "activated").then_some(())
    })
    .await;
}

async fn waits(page: &Page) -> bool {
    let script = "const done = arguments[0];
        navigator.serviceWorker.getRegistration().then(found => done(!!found?.waiting))";
    // While the page is replaced, no script runs.
    page.client().execute_async(script, Vec::new()).await.is_ok_and(|waits| waits == true)
}

/// Waits until a new version is installed and waiting.
async fn new_version_waits(page: &Page) {
    page.until("a worker that waits", async || waits(page).await.then_some(())).await;
}

/// The same with a single tab: if the module loads so slowly that the new version is installed first, the
/// same load uses it.
async fn new_version_waits_or_is_shown(page: &Page) {
    page.until("a worker that waits or is in use", async || {
        (waits(page).await || shown(page).await == "new,new,new").then_some(())
    })
    .await;
}

/// Goes to another page of the same origin, and waits until no version is waiting.
async fn leave(page: &Page) {
    let url = format!("{}/elsewhere", page.site().origin());
    page.client().goto(&url).await.expect("a page that isn't there");
    let script = "const [scope, done] = arguments;
        navigator.serviceWorker.getRegistration(scope).then(found => done(found.waiting ? '' : found.active.state))";
    page.until("the new version's worker", async || {
        let state = page.script_async(script, vec![SUB_PATH.into()]).await;
        (state == "activated").then_some(())
    })
    .await;
}

async fn press_sample(page: &Page) {
    page.until("a button for the sample", async || {
        let buttons = page.client().find_all(Locator::Css("button")).await.ok()?;
        for button in buttons {
            if page.name(&button).await.contains("sample") {
                return button.click().await.ok();
            }
        }
        None
    })
    .await;
    page.wait_until_ready().await;
}

/// A copy of the built page whose style sheets and scripts contain a version name.
struct Version {
    folder: Temp,
}

impl Version {
    fn new(name: &str) -> Version {
        let version = Version { folder: Temp::new() };
        copy(&page::dist(), &version.path());
        let add = |file: &str, text: &str| {
            let path = version.path().join(file);
            let old = std::fs::read_to_string(&path).expect("a file of the page");
            std::fs::write(path, old + text).expect("a temporary file");
        };
        add("styles/tokens.css", &format!(":root {{ --of: {name}; }}\n"));
        add("index.html", &format!("<!-- of {name} -->\n"));
        // Workers import engine.js long after the page was loaded.
        add("engine.js", &format!("\nself.name ||= '{name}';\n"));
        version.stamp();
        version
    }

    fn path(&self) -> PathBuf {
        self.folder.path("dist")
    }

    /// Writes the version of the current files into the service worker's script.
    fn stamp(&self) {
        let script = self.path().join("sw.js");
        let text = std::fs::read_to_string(&script).expect("the page has a worker");
        let (old, new) = (version_of(&page::dist(), &text), version_of(&self.path(), &text));
        assert!(text.contains(&old), "the build's version is not that of its files");
        std::fs::write(script, text.replace(&old, &new)).expect("a temporary file");
    }
}

/// The version of a folder's files, by the list in a service worker's script.
fn version_of(folder: &Path, script: &str) -> String {
    let list = script.lines().find_map(|line| line.strip_prefix("const FILES = "));
    let list = list.expect("a list of files").trim_end_matches(';');
    let names: Vec<String> = serde_json::from_str(list).expect("a list of names");
    let hex = |bytes: &[u8]| material::digest(bytes).replace("sha256:", "");
    let line = |name: &String| {
        let bytes = std::fs::read(folder.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        format!("{}  {name}\n", hex(&bytes))
    };
    let sums: String = names.iter().map(line).collect();
    hex(sums.as_bytes())
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a temporary folder");
    for entry in std::fs::read_dir(from).expect("the built page").flatten() {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).expect("a temporary file")),
        }
    }
}

/// The versions of the style sheet, the page and a file that is fetched now.
async fn shown(page: &Page) -> String {
    let script = "const done = arguments[0];
        const style = getComputedStyle(document.documentElement).getPropertyValue('--of').trim();
        const html = [...document.childNodes, ...document.documentElement.childNodes, ...document.body.childNodes]
            .filter(node => node.nodeType === 8 && node.data.includes(' of ')).map(node => node.data.trim().slice(3)).join();
        fetch('engine.js').then(answer => answer.text())
            .then(text => done([style, html, text.match(/self.name \\|\\|= '(.*)'/)?.[1]].join()))";
    // While the page is replaced, no script runs.
    let shown = page.client().execute_async(script, Vec::new()).await.unwrap_or_default();
    shown.as_str().unwrap_or_default().to_owned()
}

both_browsers! {
    async fn the_page_opens_the_sample_and_local_archives_without_a_network(page: &mut Page) {
        page.open("").await;
        kept(page).await;
        page.site().fall_silent();
        page.expect("sw.js"); // is requested at each load, and fails
        page.reload().await;
        press_sample(page).await;
        page.open_archive(&material::fixture("odd.docker20.docker.tar")).await;
        page.view("Files").await;
        page.get("treegrid", "Files").await;
    }

    async fn the_first_visit_continues_without_a_network(page: &mut Page) {
        page.open("").await;
        kept(page).await;
        page.until("the page to be in the worker's care", async || {
            page.script("return !!navigator.serviceWorker.controller").await.as_bool().filter(|is| *is)
        }).await;
        page.site().fall_silent();
        press_sample(page).await;
        page.open_archive(&material::fixture("odd.docker20.docker.tar")).await;
    }

    async fn a_link_opens_without_a_network(page: &mut Page) {
        page.open("").await;
        kept(page).await;
        page.open_archive(&material::sample()).await;
        let fragment = page.fragment().await;
        page.site().fall_silent();
        page.expect("sw.js");
        page.client().goto("about:blank").await.expect("an empty page");
        page.open(&fragment).await;
        page.open_archive(&material::sample()).await;
        assert_eq!(page.fragment().await, fragment);
    }

    async fn only_the_pages_own_files_come_from_the_service_worker(page: &mut Page) {
        page.open("").await;
        kept(page).await;
        page.reload().await;
        let before = page.site().requests().len();
        page.expect("404");
        page.script_async("const done = arguments[0];
            Promise.all(['page.js', 'proxy/https/registry.example/v2/', 'config.json'].map(path => fetch(path))).then(done)",
            Vec::new()).await;
        let requests = page.site().requests();
        let asked = |path: &str| requests[before..].iter().any(|request| request.target.ends_with(path));
        assert!(!asked("page.js"));
        assert!(asked("proxy/https/registry.example/v2/"));
        assert!(asked("config.json"), "a deployment's own file is requested from the network");
    }

    async fn a_new_version_waits_for_the_old_page_to_close(page: &mut Page) {
        page.expect("404"); // of the page that isn't ours
        let (old, new) = (Version::new("old"), Version::new("new"));
        page.site().turn_to(&old.path());
        page.open("").await;
        kept(page).await;
        page.reload().await;
        let other = page.client().new_window(true).await.expect("a second tab").handle;
        let first = page.client().window().await.expect("a tab");
        page.client().switch_to_window(other).await.expect("a second tab");
        page.open("").await;
        assert_eq!(shown(page).await, "old,old,old");
        page.site().turn_to(&new.path());
        page.reload().await;
        new_version_waits(page).await;
        // With two open pages, both keep their version, however often one is reloaded.
        page.reload().await;
        assert_eq!(shown(page).await, "old,old,old");
        page.open_archive(&material::sample()).await;
        page.client().close_window().await.expect("a tab can be closed");
        page.client().switch_to_window(first).await.expect("the first tab");
        assert_eq!(shown(page).await, "old,old,old");
        page.open_archive(&material::sample()).await;
        leave(page).await;
        page.open("").await;
        assert_eq!(shown(page).await, "new,new,new");
        page.open_archive(&material::sample()).await;
    }

    async fn a_reload_of_the_only_tab_loads_the_new_version(page: &mut Page) {
        let (old, new) = (Version::new("old"), Version::new("new"));
        page.site().turn_to(&old.path());
        page.open("").await;
        kept(page).await;
        page.reload().await;
        page.site().turn_to(&new.path());
        page.reload().await;
        new_version_waits_or_is_shown(page).await;
        // Chromium keeps an old worker while it is busy: then the next load activates the new one. A load
        // on a busy machine has more time each time.
        let (mut loaded, mut patience) = (None::<Instant>, Duration::from_secs(4));
        page.until("the new version", async || {
            let shown = shown(page).await;
            if shown == "old,old,old" && loaded.is_none_or(|at| at.elapsed() > patience) {
                patience = loaded.map_or(patience, |_| patience * 2);
                page.client().execute("setTimeout(() => location.reload())", Vec::new()).await.ok()?;
                loaded = Some(Instant::now());
            }
            (shown == "new,new,new").then_some(())
        }).await;
        page.open_archive(&material::sample()).await;
        let caches = page.script_async("const done = arguments[0]; caches.keys().then(done)", Vec::new()).await;
        assert_eq!(caches.as_array().map(Vec::len), Some(1), "caches of other versions are removed: {caches}");
    }

    async fn files_of_two_versions_are_not_stored(page: &mut Page) {
        page.expect("sw.js");
        page.expect("not of one version");
        let (old, new) = (Version::new("old"), Version::new("new"));
        page.site().turn_to(&old.path());
        page.open("").await;
        kept(page).await;
        let mixed = Version::new("new");
        std::fs::copy(old.path().join("engine.js"), mixed.path().join("engine.js")).expect("a temporary file");
        page.site().turn_to(&mixed.path());
        page.script_async("const done = arguments[0];
            navigator.serviceWorker.getRegistration().then(async found => {
                found.onupdatefound = () => {
                    const worker = found.installing;
                    worker.onstatechange = () => worker.state === 'redundant' && done(true); };
                await found.update(); })", Vec::new()).await;
        assert!(!waits(page).await);
        page.reload().await;
        assert_eq!(shown(page).await, "old,old,old");
        page.site().turn_to(&new.path());
        page.reload().await;
        new_version_waits_or_is_shown(page).await;
    }

    async fn the_page_works_without_service_workers(page: &mut Page) {
        let none = Version::new("none");
        let html = none.path().join("index.html");
        let text = std::fs::read_to_string(&html).expect("the page");
        let before = r#"<script src="without.js"></script><script type="module""#;
        std::fs::write(&html, text.replace(r#"<script type="module""#, before)).expect("a temporary file");
        for lack in [
            "delete Navigator.prototype.serviceWorker;",
            "Object.defineProperty(Navigator.prototype, 'serviceWorker', { get() { throw new DOMException('', 'SecurityError'); } });",
            "ServiceWorkerContainer.prototype.register = () => Promise.reject(new DOMException('', 'SecurityError'));",
        ] {
            std::fs::write(none.path().join("without.js"), lack).expect("a temporary file");
            page.site().turn_to(&none.path());
            page.open("").await;
            page.open_archive(&material::sample()).await;
        }
    }

    async fn the_installed_page_opens_files_from_the_system(page: &mut Page) {
        page.open_after("Object.defineProperty(window, 'launchQueue', {
            value: { setConsumer(consumer) { window.launch = consumer; } } });").await;
        page.until("a consumer", async || page.script("return !!window.launch").await.as_bool().filter(|is| *is)).await;
        page.script_async("const done = arguments[0];
            fetch('sample.tar').then(answer => answer.blob()).then(blob => {
                const getFile = async () => new File([blob], 'launched.tar');
                launch({ files: [{ kind: 'file', getFile }] }).then(done); })", Vec::new()).await;
        page.wait_until_ready().await;
        assert_eq!(page.sources().await, ["launched.tar"]);
    }
}

#[test]
fn chromium_considers_the_page_installable() {
    browser_tests::run::run(Kind::Chromium, async |page: &mut Page| {
        page.open("").await;
        kept(page).await;
        let found = devtools::ask(page, "Page.getInstallabilityErrors").await;
        assert_eq!(found["installabilityErrors"], serde_json::json!([]), "{found}");
        let found = devtools::ask(page, "Page.getAppManifest").await;
        assert_eq!(found["errors"], serde_json::json!([]), "{found}");
    });
}
