//! What this browser has cached from registries, and the button that clears it.

use crate::browser::page::config;
use crate::format;
use crate::protocol::{CacheNumbers, ClearCache, FetchList, ListKind, ListRows};
use crate::ui::app::{Answerer, spawn, use_answer, use_notices, use_registries};
use crate::ui::widgets::{Await, Button};
use leptos::prelude::*;

/// Part of the settings.
#[component]
pub fn CacheSection() -> AnyView {
    let (registries, notices) = (use_registries(), use_notices());
    let cleared = RwSignal::new(0);
    let client = Signal::derive(move || Some(registries.lists()));
    let answerer = Answerer::of_client(client, Signal::derive(move || cleared.get()));
    let cache = use_answer(answerer, || {
        Some(FetchList { list: ListKind::Cache, filter: String::new(), rows: 0 })
    });
    let clear = move || {
        spawn(async move {
            config::forget_known();
            match registries.lists().ask(ClearCache {}).await {
                Ok(()) => cleared.update(|cleared| *cleared += 1),
                Err(problem) => notices.failed("Could not clear the cache", problem),
            }
        });
    };
    view! {
        <h3>"Cache"</h3>
        <p class="soft">
            "Layers from registries and what was found in them, so that a second visit downloads nothing."
        </p>
        <Await answer=cache waiting="Counting…" let:part>
            {match &part.rows {
                ListRows::Cache(numbers) => Some(view! { <p>{words(numbers)}</p> }),
                _ => None,
            }}
        </Await>
        <p class="bt"><Button label="Clear cache" on_press=clear /></p>
    }
    .into_any()
}

/// "2 layers, 40.0 MB · 7 indexes and documents, 1.20 MB. This browser grants 2.00 GB."
fn words(numbers: &CacheNumbers) -> String {
    let layers = format::counted(numbers.blobs, "layer", "layers");
    let entries = format::counted(numbers.entries, "index or document", "indexes and documents");
    let mut words = format!(
        "{layers}, {} · {entries}, {}.",
        format::size(numbers.blob_bytes),
        format::size(numbers.entry_bytes)
    );
    if let Some(quota) = numbers.quota {
        words.push_str(&format!(" This browser grants {}.", format::size(quota)));
    }
    words
}

#[test]
fn the_cache_in_words() {
    let numbers = CacheNumbers {
        blobs: 1,
        blob_bytes: 40_000_000,
        entries: 7,
        entry_bytes: 1_200_000,
        quota: Some(2_000_000_000),
    };
    assert_eq!(
        words(&numbers),
        "1 layer, 40.0 MB · 7 indexes and documents, 1.20 MB. This browser grants 2.00 GB."
    );
    assert_eq!(words(&CacheNumbers::default()), "0 layers, 0 B · 0 indexes and documents, 0 B.");
}
