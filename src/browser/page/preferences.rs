//! What the user set for this browser, such as the width of a pane. Never what was opened.
//!
//! If storage is refused (private windows), the setting is lost with the tab, and nothing else. Natively
//! nothing is set.

/// The value of a setting.
#[cfg(target_arch = "wasm32")]
pub fn get(name: &str) -> Option<String> {
    storage()?.get_item(&key(name)).ok()?
}

/// The value of a setting: none, for tests of views.
#[cfg(not(target_arch = "wasm32"))]
pub fn get(_: &str) -> Option<String> {
    None
}

/// Keeps a setting.
pub fn set(name: &str, value: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(&key(name), value); // a full storage keeps the old value
    }
}

fn key(name: &str) -> String {
    format!("ui.{name}")
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}
