//! Settings: the proxy, and the cache of this browser.

use super::cache::CacheSection;
use crate::ui::app::{use_registries, use_settings};
use crate::ui::widgets::{Button, ButtonKind, Dialog, Icon};
use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;

/// The button in the header.
#[component]
pub fn SettingsButton() -> AnyView {
    let settings = use_settings();
    view! {
        <Button
            label="Settings"
            icon=Icon::Settings
            icon_only=true
            kind=ButtonKind::Quiet
            on_press=move || settings.open()
        />
    }
    .into_any()
}

/// The dialog, while it is open.
#[component]
pub fn SettingsDialog() -> AnyView {
    let settings = use_settings();
    let close = move || settings.close();
    view! {
        <Show when=move || settings.is_open()>
            <Dialog label="Settings" on_close=close>
                <ProxySetting on_done=close />
                <CacheSection />
                <p class="bt"><Button label="Close" on_press=close /></p>
            </Dialog>
        </Show>
    }
    .into_any()
}

#[component]
fn ProxySetting(on_done: impl Fn() + Copy + Send + Sync + 'static) -> AnyView {
    let registries = use_registries();
    let input = NodeRef::<Input>::new();
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let proxy = input.get_untracked().map(|input| input.value()).unwrap_or_default();
        registries.set_proxy(Some(proxy.trim().to_owned()));
        on_done();
    };
    let reset = move || {
        registries.set_proxy(None);
        on_done();
    };
    view! {
        <form on:submit=save>
            <label>
                "Proxy"
                <input
                    class="field mono"
                    node_ref=input
                    value=registries.proxy()
                    placeholder="none"
                    spellcheck="false"
                />
            </label>
            <p class="soft">
                "Most registries block requests from web pages (CORS). A proxy relays them and can see \
                 everything, logins included. Leave empty for none."
            </p>
            <p class="bt">
                <Button label="Use this site's proxy" on_press=reset />
                <button class="btn p">"Save"</button>
            </p>
        </form>
    }
    .into_any()
}

#[test]
fn the_settings_open_on_request() {
    let text = |open: bool| {
        let html = crate::ui::testing::TestPage::new().render(move || {
            if open {
                use_settings().open();
            }
            view! { <SettingsDialog /> }
        });
        html.text()
    };
    assert_eq!(text(false), "");
    assert!(text(true).starts_with("Settings Proxy Most registries block requests"));
}
