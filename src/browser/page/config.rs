//! The settings of this deployment (config.json), and the user's, which stay in this browser.
//!
//! - JSON is read by the browser's own parser.
//! - If storage is refused (private windows), the user's settings are lost with the tab, and nothing else.

use super::fetch;
use js_sys::{Array, JSON, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Storage;

/// The proxy that the user set; empty: use none.
const PROXY: &str = "proxy";
/// Registries that the user has opened, one a line.
const HOSTS: &str = "hosts";

/// config.json.
#[derive(Clone, Debug)]
pub struct DeploymentConfig {
    /// The proxy that the deployment offers, absolute.
    pub proxy: Option<String>,
    /// Registries that a link may contact without asking the user.
    pub hosts: Vec<String>,
    /// The address of the OSV database for vulnerability checks.
    pub osv: String,
    /// The address of deps.dev, which knows base images.
    pub deps_dev: String,
}

/// The OSV database, unless config.json names another.
const OSV: &str = "https://api.osv.dev";
/// deps.dev, unless config.json names another.
const DEPS_DEV: &str = "https://api.deps.dev";

/// Reads config.json; one that is missing or unreadable is the same as an empty one.
pub async fn load() -> DeploymentConfig {
    let text = fetch::text("config.json").await.unwrap_or_default();
    let json = JSON::parse(&text).unwrap_or_default();
    let get = |name: &str| Reflect::get(&json, &JsValue::from_str(name)).ok();
    let proxy = get("proxy").and_then(|proxy| proxy.as_string());
    let hosts = get("hosts").and_then(|hosts| hosts.dyn_into::<Array>().ok());
    let service = |name: &str, usual: &str| {
        get(name).and_then(|address| address.as_string()).unwrap_or_else(|| usual.to_owned())
    };
    DeploymentConfig {
        osv: service("osv", OSV),
        deps_dev: service("depsDev", DEPS_DEV),
        proxy: proxy.map(|proxy| absolute(&proxy)),
        hosts: hosts.map(|h| h.iter().filter_map(|h| h.as_string()).collect()).unwrap_or_default(),
    }
}

/// A proxy's absolute address; config.json may give it relative to the page.
fn absolute(proxy: &str) -> String {
    match proxy.contains("://") {
        true => proxy.to_owned(),
        false => fetch::address(proxy),
    }
}

/// The proxy that the user set in place of the deployment's; `Some(None)`: use none.
pub fn own_proxy() -> Option<Option<String>> {
    let set = storage()?.get_item(PROXY).ok()??;
    Some(Some(set).filter(|proxy| !proxy.is_empty()))
}

/// Sets it; `None` returns to the deployment's.
pub fn set_own_proxy(proxy: Option<&str>) {
    if let Some(storage) = storage() {
        let _ = match proxy {
            Some(proxy) => storage.set_item(PROXY, proxy),
            None => storage.remove_item(PROXY),
        };
    }
}

/// Whether the user has opened anything from this registry.
pub fn is_known(host: &str) -> bool {
    known().lines().any(|known| known == host)
}

/// The user opens something from this registry.
pub fn know(host: &str) {
    if !is_known(host)
        && let Some(storage) = storage()
    {
        let _ = storage.set_item(HOSTS, &format!("{}{host}\n", known()));
    }
}

/// Forgets all registries.
pub fn forget_known() {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(HOSTS);
    }
}

fn known() -> String {
    storage().and_then(|storage| storage.get_item(HOSTS).ok()?).unwrap_or_default()
}

#[cfg(target_arch = "wasm32")]
fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// None, for tests of views.
#[cfg(not(target_arch = "wasm32"))]
fn storage() -> Option<Storage> {
    None
}
