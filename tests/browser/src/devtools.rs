//! Commands of Chromium's own protocol, sent through its driver.

use crate::page::Page;
use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// `POST /session/ID/goog/cdp/execute`.
#[derive(Debug)]
struct Execute(&'static str, Value);

impl WebDriverCompatibleCommand for Execute {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "cmd": self.0, "params": self.1 }).to_string()))
    }
}

/// Returns the answer to a command without parameters.
///
/// # Panics
/// If the browser does not know the command.
pub async fn ask(page: &Page, command: &'static str) -> Value {
    tell(page, command, json!({})).await
}

/// Returns the answer to a command.
///
/// # Panics
/// If the browser does not know the command, or refuses its parameters.
pub async fn tell(page: &Page, command: &'static str, parameters: Value) -> Value {
    let answer = page.client().issue_cmd(Execute(command, parameters)).await;
    answer.unwrap_or_else(|error| panic!("{command}: {error}"))
}
