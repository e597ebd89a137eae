//! Commands of Chromium's own protocol, sent through its driver.

use crate::page::Page;
use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// `POST /session/ID/goog/cdp/execute`.
#[derive(Debug)]
struct Execute(&'static str);

impl WebDriverCompatibleCommand for Execute {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "cmd": self.0, "params": {} }).to_string()))
    }
}

/// Returns the answer to a command without parameters.
///
/// # Panics
/// If the browser does not know the command.
pub async fn ask(page: &Page, command: &'static str) -> Value {
    let answer = page.client().issue_cmd(Execute(command)).await;
    answer.unwrap_or_else(|error| panic!("{command}: {error}"))
}
