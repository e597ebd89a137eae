//! What the user set for this browser, such as the width of a pane. Never what was opened; which signer the user accepted
//! for a repository, though, names the repository.
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

/// Whether a switch is on; `None`: it was never used.
pub fn is_on(name: &str) -> Option<bool> {
    get(name).map(|value| matches!(&value[..], "on" | "1")) // once, some had digits
}

/// Keeps a switch.
pub fn switch(name: &str, on: bool) {
    set(name, if on { "on" } else { "off" });
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
