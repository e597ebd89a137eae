//! Starting a check: the question before anything is sent, and files that are matched offline.

use crate::browser::page::client::Attachment;
use crate::browser::page::folder;
use crate::format;
use crate::protocol::{CheckFacts, CheckVulnerabilities, OpenAdvisories};
use crate::ui::app::{Loaded, ShownImage, claim_drops, use_image, use_registries};
use crate::ui::host::host_of;
use crate::ui::widgets::{Button, ButtonKind, Dialog, Glyph, Icon};
use leptos::prelude::*;

/// Stands for the database's host where its address in config.json names none.
pub const NO_HOST: &str = "an address without a host";

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
    let asks = RwSignal::new(false);
    view! {
        <Button label kind on_press=move || asks.set(true) />
        <Show when=move || asks.get()>
            <ConsentDialog check close=move || asks.set(false) />
        </Show>
    }
    .into_any()
}

/// What would be sent to whom. Escape declines.
#[component]
fn ConsentDialog(
    check: Signal<Loaded<CheckFacts>>,
    close: impl Fn() + Copy + Send + Sync + 'static,
) -> AnyView {
    let (image, registries) = (use_image(), use_registries());
    let endpoint = untrack(|| registries.osv()).unwrap_or_default();
    let checkable = check.read_untracked().map(|check| check.checkable).unwrap_or_default();
    let host = host_of(&endpoint);
    let is_unnamed = host.is_none();
    let agree = move || {
        close();
        check_packages(image, endpoint.clone());
    };
    view! {
        <Dialog label=format!("Check {}?", packages(checkable)) on_close=close>
            <p>
                "Sends type, name and version of "<b>{packages(checkable)}</b>" to "
                <b>{host.unwrap_or_else(|| NO_HOST.to_owned())}</b>". No paths, no image name."
            </p>
            <p class="soft">"The database's operator can tell from it what the image contains."</p>
            <p class="bt">
                <Button label="Cancel" on_press=close />
                <Button
                    label="Send and check"
                    kind=ButtonKind::Primary
                    disabled=is_unnamed
                    on_press=agree
                />
            </p>
        </Dialog>
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
