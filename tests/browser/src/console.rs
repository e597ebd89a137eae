//! The errors in the browser's console, from a page and its workers.
//!
//! - Chromium's driver returns the console (`/se/log`), with policy violations and failed requests.
//! - Firefox's driver has no such command, but the browser prints what pages log and throw; a test reads the
//!   lines after those of the test before. It does not print policy violations: `Page` listens for them.

use crate::browser::{Browser, Kind};
use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// `POST /session/ID/se/log`.
#[derive(Debug)]
struct Log;

impl WebDriverCompatibleCommand for Log {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "type": "browser" }).to_string()))
    }
}

/// Reads the console from where it stopped the last time.
#[derive(Default)]
pub struct Console {
    read: usize, // bytes of Firefox's output
}

impl Console {
    /// Skips what is in the console now.
    pub async fn skip(&mut self, browser: &Browser) {
        drop(self.errors(browser).await);
    }

    /// The errors since the last call.
    pub async fn errors(&mut self, browser: &Browser) -> Vec<String> {
        match browser.kind {
            Kind::Chromium => {
                let log = browser.client.issue_cmd(Log).await.unwrap_or_default();
                let severe = |entry: &&Value| entry["level"] == "SEVERE";
                let text = |entry: &Value| entry["message"].as_str().unwrap_or("?").to_owned();
                log.as_array().into_iter().flatten().filter(severe).map(text).collect()
            }
            Kind::Firefox => {
                let text = std::fs::read(&browser.output).unwrap_or_default();
                let text = String::from_utf8_lossy(&text);
                let new = text.get(self.read..).unwrap_or_default();
                self.read = text.len();
                let is_error = |line: &&str| {
                    line.starts_with("console.error:") && !line.contains("RSLoader") // the browser's own
                        || line.starts_with("JavaScript error: http")
                        || line.starts_with("JavaScript error: blob:")
                };
                new.lines().filter(is_error).map(str::to_owned).collect()
            }
        }
    }
}
