//! The box for a filter: what is typed rests a moment before it goes into the link.

use super::here::here;
use super::parts::{says, view};
use super::state::{RwSignal, StoredValue};
use leptos::prelude::*;
use std::time::Duration;

/// `name` is for those who don't see the box, `hint` what it shows while it is empty, `rest` how long typing
/// has to, in milliseconds.
pub fn filter_box(name: &'static str, hint: &'static str, rest: u64) -> AnyView {
    let here = here();
    let draft = RwSignal::new(None::<String>);
    let resting = StoredValue::new(None::<TimeoutHandle>);
    let typed = move |event| {
        draft.set(Some(event_target_value(&event)));
        if let Some(handle) = resting.get_value() {
            handle.clear();
        }
        let rested = move || {
            let mut text = None;
            draft.update(|draft| text = draft.take());
            if let Some(text) = text {
                here.replace(|link| link.filter = text);
            }
        };
        let handle = set_timeout_with_handle(rested, Duration::from_millis(rest));
        resting.set_value(handle.ok());
    };
    let value = move || draft.get().unwrap_or_else(|| here.filter());
    view! {
        <input
            class="field"
            type="search"
            aria-label=name
            placeholder=hint
            spellcheck="false"
            autocomplete="off"
            autocapitalize="off"
            prop:value=says(value)
            on:input=typed
        />
    }
}
