//! The platform of the user's machine, if the browser is certain about it.
//!
//! - Chromium has an interface for it. Others name it in their user agent or not at all; some claim to be
//!   Intel on every machine, so only a user agent that says ARM is believed.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// `linux/arm64`: the platform of containers on this machine; `None` if it is not known.
pub async fn platform() -> Option<String> {
    let navigator = web_sys::window()?.navigator();
    let name = navigator.user_agent().unwrap_or_default().to_ascii_lowercase();
    let architecture = match asked(&navigator).await {
        Some(architecture) => architecture,
        None if name.contains("aarch64") || name.contains("arm64") => "arm64",
        None => return None,
    };
    Some(format!("linux/{architecture}"))
}

async fn asked(navigator: &JsValue) -> Option<&'static str> {
    let data = field(navigator, "userAgentData")?;
    let ask: Function = field(&data, "getHighEntropyValues")?.dyn_into().ok()?;
    let wanted = Array::of2(&"architecture".into(), &"bitness".into());
    let promise: Promise = ask.call1(&data, &wanted).ok()?.dyn_into().ok()?;
    let values = JsFuture::from(promise).await.ok()?;
    let text = |name| field(&values, name).and_then(|value| value.as_string());
    match (text("architecture")?.as_str(), text("bitness")?.as_str()) {
        ("arm", "64") => Some("arm64"),
        ("x86", "64") => Some("amd64"),
        ("x86", "32") => Some("386"),
        _ => None,
    }
}

fn field(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok().filter(|value| !value.is_undefined())
}
