//! Starting a check: the question before anything is sent, and files that are matched offline.

use crate::browser::page::client::Attachment;
use crate::browser::page::folder;
use crate::format;
use crate::protocol::{CheckFacts, CheckVulnerabilities, OpenAdvisories};
use crate::ui::app::{Loaded, ShownImage, claim_drops, use_image, use_registries};
use crate::ui::views::parts::ConsentDialog;
use crate::ui::widgets::{Button, ButtonKind, Glyph, Icon};
use leptos::prelude::*;

/// Asks the database at `endpoint`: the user agreed.
fn check_packages(image: ShownImage, endpoint: String) {
    let Some(client) = image.client() else { return };
    let position = image.position;
    image
        .source
        .check(position)
        .start(async move { client.ask(CheckVulnerabilities { image: position, endpoint }).await });
}

/// Matches the image's packages with files of OSV exports or VEX documents. Nothing is sent.
fn open_advisories(image: ShownImage, files: Vec<web_sys::File>) {
    let Some(client) = image.client() else { return };
    if files.is_empty() {
        return;
    }
    let position = image.position;
    image.source.check(position).start(async move {
        let names = files.iter().map(|file| file.name()).collect();
        let question = OpenAdvisories { image: position, names };
        client.ask_with(question, Attachment::Files(files), |_| ()).await.map(|_| ())
    });
}

/// Takes files of advisories that are dropped while the view is shown: they are no images.
pub fn take_dropped_advisories() {
    let image = use_image();
    claim_drops(move |files| {
        let names: Vec<String> = files.iter().map(web_sys::File::name).collect();
        let own = are_advisories(names.iter().map(String::as_str));
        if own {
            open_advisories(image, files.to_vec());
        }
        own
    });
}

/// Whether all of these may be exports of OSV or VEX documents: what the file picker accepts.
fn are_advisories<'a>(mut names: impl Iterator<Item = &'a str>) -> bool {
    names.all(|name| {
        let name = name.to_ascii_lowercase();
        name.ends_with(".json") || name.ends_with(".zip")
    })
}

/// The button that begins a check, with the dialog that asks first.
#[component]
pub fn CheckButton(
    check: Signal<Loaded<CheckFacts>>,
    #[prop(into)] label: Signal<String>,
    #[prop(optional)] kind: ButtonKind,
) -> AnyView {
    let (image, registries) = (use_image(), use_registries());
    let endpoint = move || untrack(|| registries.osv()).unwrap_or_default();
    let asks = RwSignal::new(false);
    let dialog = move || {
        let checkable = check.read_untracked().map(|check| check.checkable).unwrap_or_default();
        view! {
            <ConsentDialog
                label=format!("Check {}?", packages(checkable))
                endpoint=endpoint()
                sent=view! { "type, name and version of "<b>{packages(checkable)}</b> }.into_any()
                not_sent=". No paths, no image name."
                told="The database's operator can tell from it what the image contains."
                agreed="Send and check"
                agree=move || check_packages(image, endpoint())
                close=move || asks.set(false)
            />
        }
    };
    view! {
        <Button label kind on_press=move || asks.set(true) />
        <Show when=move || asks.get()>{dialog}</Show>
    }
    .into_any()
}

/// The file picker for OSV exports and VEX documents.
#[component]
pub fn AdvisoryPicker() -> AnyView {
    const LABEL: &str = "Open OSV or VEX files";
    let image = use_image();
    let picked = move |event: leptos::ev::Event| {
        open_advisories(image, folder::from_input(&event_target(&event)));
    };
    view! {
        <label class="btn open">
            <input
                class="vh"
                type="file"
                multiple
                accept=".json,.zip"
                aria-label=LABEL
                on:change=picked
            />
            <Glyph icon=Icon::Open />
            <span>{LABEL}</span>
        </label>
    }
    .into_any()
}

/// `93 packages`.
pub fn packages(count: u32) -> String {
    format::counted(count.into(), "package", "packages")
}

#[test]
fn files_of_advisories_are_told_by_their_names() {
    assert!(are_advisories(["GHSA-1.json", "Go-all.ZIP", "vex.openvex.json"].into_iter()));
    assert!(!are_advisories(["GHSA-1.json", "image.tar"].into_iter()));
    assert!(!are_advisories(["image.layerscope"].into_iter()));
}
