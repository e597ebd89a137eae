//! The box for a reference, and what is asked before a link's host is.

use super::here::here;
use super::network::{net, registry_of};
use super::parts::{clicks, live, view};
use super::raw::{el, icon};
use super::sources::sources;
use super::state::RwSignal;
use crate::link::{Link, LinkTarget};
use crate::oci::split_registry;
use crate::text;
use leptos::html::Input;
use leptos::prelude::*;

/// The box and its button. What is typed counts as the user's word for its host.
pub fn reference_form() -> AnyView {
    let (net, here) = (net(), here());
    let field = NodeRef::<Input>::new();
    let typed = RwSignal::new(String::new());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let written = field.get_untracked().map(|field| field.value()).unwrap_or_default();
        let written = written.trim();
        if !written.is_empty() {
            net.know(split_registry(written).0);
            here.go(|link| *link = Link::to(place(written)));
        }
    };
    let search = move || {
        let term = typed.get().trim().to_owned();
        (!term.is_empty() && !term.contains("://")).then(|| {
            let href = Link::to(LinkTarget::Search(term.clone())).to_string();
            let words = format!("Search Docker Hub for “{term}”");
            el("a", "").set("href", &href).add(icon("search")).text(&words)
        })
    };
    view! {
        <form class="inspect" on:submit=submit>
            <label>
                <span class="vh">"Image reference"</span>
                <input
                    class="field mono"
                    node_ref=field
                    placeholder="alpine, ghcr.io/owner/name:tag, localhost:5000/app"
                    autocapitalize="off"
                    autocomplete="off"
                    spellcheck="false"
                    on:input=move |event| typed.set(event_target_value(&event))
                />
            </label>
            <button class="btn p">"Inspect"</button>
            <p class="more">{live(search)}</p>
        </form>
    }
}

/// The place that a text names: a registry alone (`localhost:5000/`) is its list. What is no reference
/// fails with its message once it is opened.
fn place(written: &str) -> LinkTarget {
    match written.ends_with('/') {
        true => LinkTarget::Repository(written.to_owned()),
        false => LinkTarget::image(written),
    }
}

/// What is asked before a link has the page ask a host that nobody here has named.
pub fn ask_host(link: Link) -> AnyView {
    let (sources, net) = (sources(), net());
    let registry = registry_of(&link.target);
    let (what, host, name) = match (&link.target, &registry) {
        (LinkTarget::Url(url), _) => ("an archive", host_of(url), url.clone()),
        (LinkTarget::Repository(name), Some(registry)) => {
            ("a list", registry.clone(), name.clone())
        }
        (LinkTarget::Search(term), Some(registry)) => ("a search", registry.clone(), term.clone()),
        (LinkTarget::Image { reference, digest }, Some(registry)) => {
            let pinned = digest.as_ref().map(|digest| format!("{reference}@{digest}"));
            ("an image", registry.clone(), pinned.unwrap_or_else(|| reference.clone()))
        }
        _ => return ().into_any(),
    };
    let way = match (&registry, net.proxy()) {
        (Some(_), Some(proxy)) => {
            format!("directly, or where that fails through the proxy {proxy}")
        }
        _ => "directly".to_owned(),
    };
    let open = move |_| {
        if let Some(registry) = &registry {
            net.know(registry);
        }
        sources.begin_web(link.clone()); // a list begins by itself
    };
    let title = format!("Open {what} from {host}?");
    let mut told = el("dl", "");
    for (term, class, words) in [
        ("What", "mono", text::show(name.as_bytes())),
        ("Host", "mono", text::show(host.as_bytes())),
        ("Way", "", way),
    ] {
        told = told.add(el("dt", "").text(term)).add(el("dd", class).text(&words));
    }
    let lead = "A link led here. Nothing has been asked of this host yet.";
    view! {
        <section class="asks" aria-label=title.clone()>
            {el("h1", "").text(&title)}
            {el("p", "lead").text(lead)}
            {told}
            <p class="bt">
                <button class="btn big p" on:click=clicks(open)>"Open"</button>
                {el("a", "btn big").set("href", "#/").text("Start")}
            </p>
        </section>
    }
}

fn host_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let host = &rest[..end];
    host.rsplit_once('@').map_or(host, |(_, host)| host).to_owned()
}
