//! The view: the list of documents, and the one that is open.

use super::json_tree::JsonTree;
use crate::browser::page::download;
use crate::format;
use crate::protocol::{Document, DocumentContent, DocumentKind, DocumentLine, Documents};
use crate::ui::app::{Loaded, use_image, use_navigation, use_notices, use_query};
use crate::ui::views::parts::{Masks, provide_masks, use_masks};
use crate::ui::widgets::{
    Await, Button, CopyButton, DigestText, EmptyState, Icon, ProblemNote, SizeText, SizedPane,
    Split, ViewHead,
};
use leptos::prelude::*;
use std::sync::Arc;

/// The view: asks for the list of documents.
#[component]
pub fn RawView() -> AnyView {
    let image = use_image().position;
    let documents = use_query(move || Some(Documents { image }));
    provide_masks();
    let list = move || view! { <DocumentList documents /> };
    let document = move || view! { <OpenDocument documents /> };
    view! {
        <div class="raw">
            <Split
                id="raw-documents"
                label="List of documents"
                sized=SizedPane::First
                default=256.0
                min=160.0
                max=480.0
                first=list
                second=document
            />
        </div>
    }
    .into_any()
}

#[component]
fn DocumentList(documents: Signal<Loaded<Vec<DocumentLine>>>) -> AnyView {
    let open = use_open_digest(documents);
    view! {
        <section class="beside documents" aria-label="Documents">
            <div class="bar2"><h2>"Documents"</h2></div>
            <Await answer=documents waiting="Reading the documents…" let:lines>
                {lines.iter().cloned().map(|line| view! { <DocumentLink line open /> }).collect_view()}
            </Await>
        </section>
    }
    .into_any()
}

#[component]
fn DocumentLink(line: DocumentLine, open: Memo<Option<String>>) -> AnyView {
    let navigation = use_navigation();
    let (digest, item) = (line.digest.clone(), line.digest.clone());
    let is_open = Memo::new(move |_| open.read().as_ref() == Some(&digest));
    let href = move || navigation.href(|link| link.item = item.clone());
    view! {
        <a
            class="document"
            class:on=move || is_open.get()
            aria-current=move || is_open.get().then_some("true")
            href=href
            title=line.media_type.to_string()
        >
            <span>{kind_words(line.kind)}</span>
            <span class="num soft"><SizeText bytes=line.size /></span>
            <span class="mono soft">{format::short_digest(&line.digest).to_owned()}</span>
        </a>
    }
    .into_any()
}

/// What a document is.
fn kind_words(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Index => "Index",
        DocumentKind::DockerManifest => "manifest.json",
        DocumentKind::Manifest => "Manifest",
        DocumentKind::Configuration => "Configuration",
        DocumentKind::AttestationManifest => "Manifest of an attestation",
        DocumentKind::Attestation => "Attestation",
    }
}

/// The digest of the document that is open: the link's, else the first one's.
fn use_open_digest(documents: Signal<Loaded<Vec<DocumentLine>>>) -> Memo<Option<String>> {
    let navigation = use_navigation();
    Memo::new(move |_| {
        let item = navigation.item();
        if !item.is_empty() {
            return Some(item);
        }
        let documents = documents.read();
        documents.ready().and_then(|lines| lines.first()).map(|line| line.digest.clone())
    })
}

#[component]
fn OpenDocument(documents: Signal<Loaded<Vec<DocumentLine>>>) -> AnyView {
    let image = use_image().position;
    let digest = use_open_digest(documents);
    let content = use_query(move || Some(Document { image, digest: digest.get()? }));
    let none = move || {
        let is_empty = documents.read().map(|lines| lines.is_empty()) == Some(true);
        (is_empty && digest.read().is_none()).then(|| {
            view! { <EmptyState text="No document describes this: it is a root file system or a single layer." /> }
        })
    };
    let is_asked = Memo::new(move |_| digest.read().is_some());
    view! {
        <div class="browse">
            <Show when=move || !is_asked.get()>
                <ViewHead title="Raw" subtitle="the documents that describe the image" />
            </Show>
            {none}
            <Show when=move || is_asked.get()>
                <Await answer=content waiting="Reading the document…" let:content>
                    <DocumentPage content />
                </Await>
            </Show>
        </div>
    }
    .into_any()
}

#[component]
fn DocumentPage(content: Arc<DocumentContent>) -> AnyView {
    let line = content.line.clone();
    let title = format!("Raw: {}", kind_words(line.kind));
    let media_type = match line.media_type.is_empty() {
        true => "media type not recorded".to_owned(),
        false => line.media_type.to_string(),
    };
    let masks = use_masks();
    let text = std::str::from_utf8(&content.bytes).ok().map(str::to_owned);
    let whole = StoredValue::new(text.clone().unwrap_or_default());
    let hides = move || whole.with_value(|text| masks.hides(text));
    let copy = text.map(|text| {
        let text = Signal::derive(move || masks.text(&text));
        view! { <CopyButton label="Copy document" text worded=true /> }
    });
    let problem = content.problem.clone().map(|problem| view! { <ProblemNote problem /> });
    let tree = match content.lines.is_empty() {
        true => view! { <EmptyState text="This document is not JSON. Its bytes can be saved." /> }
            .into_any(),
        false => view! { <JsonTree content=content.clone() /> }.into_any(),
    };
    view! {
        <ViewHead title>
            {copy}
            <SaveButton content masks />
        </ViewHead>
        <p class="doc-facts">
            <code class="mono">{media_type}</code>
            <SizeText bytes=line.size />
            <DigestText digest=line.digest copy="Copy digest" />
        </p>
        <Show when=hides>
            <p class="note">
                "Secrets are masked, also in what is copied and saved. Select one in the tree to show it."
            </p>
        </Show>
        {problem}
        {tree}
    }
    .into_any()
}

#[component]
fn SaveButton(content: Arc<DocumentContent>, masks: Masks) -> AnyView {
    let notices = use_notices();
    let save = move || {
        // Unless something is masked, these are the exact bytes.
        let text = std::str::from_utf8(&content.bytes).ok();
        let masked = untrack(|| text.filter(|text| masks.hides(text)).map(|text| masks.text(text)));
        let bytes = masked.as_ref().map_or(&content.bytes[..], |text| text.as_bytes());
        if let Err(problem) = download::save_bytes(&file_name(&content.line), bytes) {
            notices.failed("Could not save the document", problem);
        }
    };
    view! { <Button label="Save" icon=Icon::Down on_press=save /> }.into_any()
}

/// `manifest-0123456789ab.json`.
pub(super) fn file_name(line: &DocumentLine) -> String {
    let kind = match line.kind {
        DocumentKind::Index => "index",
        DocumentKind::DockerManifest => "docker-manifest",
        DocumentKind::Manifest => "manifest",
        DocumentKind::Configuration => "config",
        DocumentKind::AttestationManifest => "attestation-manifest",
        DocumentKind::Attestation => "attestation",
    };
    let digest: String =
        format::short_digest(&line.digest).chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{kind}-{digest}.json")
}
