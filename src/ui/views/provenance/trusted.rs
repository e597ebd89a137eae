//! What signatures are verified with: the roots that are part of the program, and what the user gave.
//!
//! - A file that is given is not an image, so this view claims it when it is dropped. What it is, the engine tells.

use crate::browser::page::{file_bytes, folder};
use crate::format;
use crate::protocol::{
    AddTrust, GivenTrust, KeyFacts, KeyKind, ROOTS_AS_OF, RemoveTrust, TrustItem, TrustedThing,
};
use crate::time::Timestamp;
use crate::ui::app::{Notices, ShownImage, claim_drops, spawn, use_image, use_notices, use_query};
use crate::ui::widgets::{Button, ButtonKind, Dialog, Glyph, Icon};
use leptos::prelude::*;
use web_sys::File;

/// Bytes of one file: the engine takes no more.
const MAX_BYTES: u32 = 1 << 20;
const ADD: &str = "Add a key, root or CA";

/// The line with everything that is trusted.
#[component]
pub fn TrustedLine() -> AnyView {
    let (image, notices) = (use_image(), use_notices());
    let pastes = RwSignal::new(false);
    let given = use_query(move || Some(GivenTrust { image: image.position }));
    claim_drops(move |files| {
        let own = files.iter().all(|file| is_trust_file(&file.name()));
        if own {
            add_files(image, notices, files.to_vec());
        }
        own
    });
    let picked = move |event: leptos::ev::Event| {
        add_files(image, notices, folder::from_input(&event_target(&event)));
    };
    let items = move || {
        let items = given.read().map(|items| items.to_vec()).unwrap_or_default();
        items.into_iter().map(|item| view! { <TrustedItem item /> }).collect_view()
    };
    view! {
        <div class="tools trusted">
            <span class="soft">"Verified with"</span>
            <ul aria-label="Trusted">
                <li>"Sigstore’s and GitHub’s roots as of "{ROOTS_AS_OF}</li>
                {items}
            </ul>
            <span class="sp"></span>
            <label class="btn open" title="A public key (PEM), a trusted root of Sigstore (JSON), or the certificate of an authority (CA) for Notation (PEM or DER)">
                <input
                    class="vh"
                    type="file"
                    multiple
                    accept=".pem,.pub,.key,.json,.crt,.cer"
                    aria-label=ADD
                    on:change=picked
                />
                <Glyph icon=Icon::Open />
                <span>{ADD}</span>
            </label>
            <Button label="Paste a key, root or CA…" on_press=move || pastes.set(true) />
            <Show when=move || pastes.get()>
                <PasteDialog close=move || pastes.set(false) />
            </Show>
        </div>
    }
    .into_any()
}

/// Whether a file of this name may be a key or a root.
fn is_trust_file(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".pem", ".pub", ".key", ".json", ".crt", ".cer"].iter().any(|ending| name.ends_with(ending))
}

fn add_files(image: ShownImage, notices: Notices, files: Vec<File>) {
    let Some(client) = image.client() else { return };
    spawn(async move {
        for file in files {
            let added = match file_bytes::read(&file, MAX_BYTES).await {
                Ok(content) => client.ask(AddTrust { content }).await,
                Err(problem) => Err(problem),
            };
            if let Err(problem) = added {
                notices.failed(format!("{} is not used", file.name()), problem);
            }
        }
    });
}

/// One thing that the user gave.
#[component]
fn TrustedItem(item: TrustItem) -> AnyView {
    let (image, notices) = (use_image(), use_notices());
    let TrustItem { id, what } = item;
    let name = match what {
        TrustedThing::Key(_) => "Your key",
        TrustedThing::Root { .. } => "Your root",
        TrustedThing::Authority { .. } => "Your CA",
    };
    let remove = move || {
        let Some(client) = image.client() else { return };
        let id = id.clone();
        spawn(async move {
            if let Err(problem) = client.ask(RemoveTrust { id }).await {
                notices.failed("It is still used", problem);
            }
        });
    };
    let unusable = (!is_usable(&what)).then_some(" (nothing is verified with it)");
    let what = thing_words(&what);
    let label = format!("Remove {}: {what}", name.to_lowercase());
    view! {
        <li>
            <b>{name}</b>" "<span class="mono">{what}</span>{unusable}" "
            <Button label icon=Icon::Close icon_only=true kind=ButtonKind::Quiet on_press=remove />
        </li>
    }
    .into_any()
}

/// Whether anything is verified with it.
fn is_usable(what: &TrustedThing) -> bool {
    match what {
        TrustedThing::Root { .. } | TrustedThing::Authority { .. } => true,
        TrustedThing::Key(facts) => {
            facts.as_ref().is_some_and(|facts| facts.algorithm != KeyKind::Other)
        }
    }
}

/// `ECDSA P-256, sha256:…`, `Example CA, valid until 2036-01-31`, `1 authority, 2 transparency logs, 1 timestamp authority`.
fn thing_words(what: &TrustedThing) -> String {
    match what {
        TrustedThing::Key(None) => "it cannot be read".to_owned(),
        TrustedThing::Key(Some(KeyFacts { algorithm, fingerprint })) => {
            let algorithm = match algorithm {
                KeyKind::EcdsaP256 => "ECDSA P-256",
                KeyKind::EcdsaP384 => "ECDSA P-384",
                KeyKind::Ed25519 => "Ed25519",
                KeyKind::Rsa => "RSA",
                KeyKind::Other => "of a kind that is not supported",
            };
            format!("{algorithm}, {fingerprint}")
        }
        TrustedThing::Authority { subject, until } => {
            let day = Timestamp::from_seconds(*until).to_rfc3339();
            let day = day.and_then(|text| text.get(..10).map(str::to_owned)).unwrap_or_default();
            format!("{subject}, valid until {day}")
        }
        TrustedThing::Root { authorities, logs, timestamp_authorities } => [
            format::counted((*authorities).into(), "authority", "authorities"),
            format::counted((*logs).into(), "transparency log", "transparency logs"),
            format::counted(
                (*timestamp_authorities).into(),
                "timestamp authority",
                "timestamp authorities",
            ),
        ]
        .join(", "),
    }
}

/// A key or a root as text.
#[component]
fn PasteDialog(close: impl Fn() + Copy + Send + Sync + 'static) -> AnyView {
    let image = use_image();
    let (text, problem) = (RwSignal::new(String::new()), RwSignal::new(None));
    let add = move || {
        let Some(client) = image.client() else { return };
        let content = text.get_untracked().into_bytes();
        spawn(async move {
            match client.ask(AddTrust { content }).await {
                Ok(()) => close(),
                Err(found) => problem.set(Some(found)),
            }
        });
    };
    let told = move || {
        let problem = problem.get()?;
        Some(view! { <crate::ui::widgets::ProblemAlert problem /> })
    };
    view! {
        <Dialog label=ADD on_close=close>
            <p>
                "A public key as PEM, a trusted root of Sigstore as JSON, or the certificate of an authority (CA) as PEM, for Notation’s signatures. It stays in this tab."
            </p>
            <textarea
                class="paste"
                aria-label="Key, root or certificate"
                rows="10"
                spellcheck="false"
                on:input=move |event| text.set(event_target_value(&event))
            ></textarea>
            {told}
            <p class="bt">
                <Button label="Cancel" on_press=close />
                <Button
                    label="Add"
                    kind=ButtonKind::Primary
                    disabled=Signal::derive(move || text.read().trim().is_empty())
                    on_press=add
                />
            </p>
        </Dialog>
    }
    .into_any()
}

#[test]
fn keys_and_roots_are_claimed_by_their_names_and_images_are_not() {
    assert!(
        ["cosign.pub", "KEY.PEM", "trusted_root.json", "ca.crt", "ca.CER"]
            .into_iter()
            .all(is_trust_file)
    );
    assert!(!["image.tar", "image.layerscope", "key"].into_iter().any(is_trust_file));
}
