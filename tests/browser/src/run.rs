//! Runs a test in a browser that all tests share; everything else belongs to the test.
//!
//! - A test that fails leaves a screenshot in the folder for temporary files and prints its path.
//! - If a browser no longer answers or a test times out, the next test starts a new browser.

use crate::browser::{Browser, Kind};
use crate::page::Page;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{LazyLock, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::runtime::Runtime;

/// The longest that a test may take, on a busy machine with two cores.
const LIMIT: Duration = Duration::from_secs(180);

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Runtime::new().expect("the system has threads and sockets"));
static CHROMIUM: Mutex<Option<Browser>> = Mutex::new(None);
static FIREFOX: Mutex<Option<Browser>> = Mutex::new(None);
/// Every test holds it for reading; one that must run alone, for writing.
static ALONE: RwLock<()> = RwLock::new(());

/// Runs `test` on a new origin in a browser of this kind.
///
/// # Panics
/// If the test panics or times out, the console has errors, or no browser can be started.
pub fn run(kind: Kind, test: impl AsyncFnOnce(&mut Page)) {
    let _together = ALONE.read().unwrap_or_else(PoisonError::into_inner);
    run_one(kind, test);
}

/// Like `run`, while no other test runs.
///
/// # Panics
/// Like `run`.
pub fn run_alone(kind: Kind, test: impl AsyncFnOnce(&mut Page)) {
    let _alone = ALONE.write().unwrap_or_else(PoisonError::into_inner);
    run_one(kind, test);
}

fn run_one(kind: Kind, test: impl AsyncFnOnce(&mut Page)) {
    let shared = match kind {
        Kind::Chromium => &CHROMIUM,
        Kind::Firefox => &FIREFOX,
    };
    let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
    let browser = match shared.take() {
        Some(browser) if RUNTIME.block_on(browser.client.title()).is_ok() => browser,
        _ => RUNTIME.block_on(Browser::start(kind)).unwrap_or_else(|error| panic!("{error}")),
    };
    let mut page = RUNTIME.block_on(Page::prepare(browser));
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        RUNTIME.block_on(async {
            let limited = tokio::time::timeout(LIMIT, async {
                test(&mut page).await;
                page.finish().await;
            });
            limited.await.unwrap_or_else(|_| panic!("timed out after {LIMIT:?}"));
        });
    }));
    if outcome.is_err() {
        RUNTIME.block_on(page.keep_evidence());
    }
    let browser = RUNTIME.block_on(page.retire());
    *shared = browser;
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}
