//! Name, sentence, where it came from, and the grid of facts.

use super::facts_grid::FactGrid;
use super::facts_part::part_of;
use super::provenance_line::ProvenanceLine;
use crate::format;
use crate::link::{Link, LinkTarget};
use crate::protocol::{PullLimit, RegistryInfo, RunFacts, SourceInfo};
use crate::text::Shown;
use crate::ui::app::use_image;
use crate::ui::source_words;
use crate::ui::views::parts::MaskedText;
use crate::ui::widgets::{SizeText, VIEW_HEADING};
use leptos::prelude::*;

/// What the image is called and what it is.
#[component]
pub fn Identity() -> AnyView {
    let image = use_image();
    let names = part_of(|facts| facts.names.clone());
    let first = move || names.get().and_then(|names| names.first().cloned());
    let title = Memo::new(move |_| first().unwrap_or_else(|| image.title()));
    let others = move || {
        let names = names.get()?;
        let others: Vec<String> = names.iter().skip(1).map(Shown::to_string).collect();
        (!others.is_empty()).then(|| view! { <p class="also">"also "{others.join(", ")}</p> })
    };
    let source = Memo::new(move |_| image.source.info.read().as_deref().cloned());
    let origin = move || Some(source_line(image.source.name(), &source.get()?));
    view! {
        <h1 id=VIEW_HEADING class="title" tabindex="-1">
            {move || {
                let title = title.get();
                let (before, last) = title.split_at(title.rfind('/').map_or(0, |at| at + 1));
                view! { <span class="soft">{before.to_owned()}</span>{last.to_owned()} }
            }}
        </h1>
        {others}
        <Sentence />
        {origin}
        <ProvenanceLine />
        <FactGrid />
    }
    .into_any()
}

/// What a container of it would do, in one sentence.
#[component]
fn Sentence() -> AnyView {
    let facts = part_of(|facts| {
        (facts.image_id.is_some(), facts.layers, facts.run.clone(), facts.author.clone())
    });
    (move || {
        let (is_image, layers, run, author) = facts.get()?;
        let starts = match is_image {
            true => starts(&run).into_any(),
            false => view! { <b>{source_words::not_an_image(layers)}</b> }.into_any(),
        };
        let author = author.filter(|author| !author.is_empty());
        let author = author.map(|author| {
            view! { <span class="soft">" Author: "<MaskedText text=author.to_string() />"."</span> }
        });
        Some(view! { <p class="is">{starts}{author}</p> })
    })
    .into_any()
}

/// `Starts nginx as root, listens on 80/tcp.`
fn starts(run: &RunFacts) -> impl IntoView + use<> {
    let Some(program) = run.entrypoint.first().or(run.cmd.first()) else {
        return "No ENTRYPOINT and no CMD.".into_any();
    };
    let user = if run.user.is_empty() { "root".to_owned() } else { run.user.to_string() };
    let class = if run.root == Some(true) { "m" } else { "" };
    let ports: Vec<String> = run.ports.iter().map(Shown::to_string).collect();
    let listens = (!ports.is_empty())
        .then(|| view! { ", listens on "<b><MaskedText text=ports.join(", ") /></b> });
    view! {
        "Starts "
        <b><MaskedText text=program.to_string() /></b>
        " as "
        <b class=class><MaskedText text=user /></b>
        {listens}
        "."
    }
    .into_any()
}

/// The file or the registry that it came from.
fn source_line(name: Shown, source: &SourceInfo) -> AnyView {
    let Some(registry) = &source.registry else {
        let form = source_words::source_form(source);
        return view! {
            <p class="soft came">
                "From "{name.to_string()}": "{form}" · "<SizeText bytes=source.size />
            </p>
        }
        .into_any();
    };
    let tags = Link::to(LinkTarget::Repository(registry.name.clone())).to_string();
    view! { <p class="soft came">{registry_line(registry)}" "<a href=tags>"All tags"</a></p> }
        .into_any()
}

fn registry_line(registry: &RegistryInfo) -> String {
    let connection = match (registry.from_cache, registry.proxied) {
        (true, _) => "not reachable now, from the cache of an earlier visit",
        (_, true) => "through the proxy",
        (_, false) => "direct",
    };
    let limit =
        registry.rate_limit.map(|limit| format!(" {}", pulls_left(limit))).unwrap_or_default();
    let name = Shown::new(&registry.registry);
    format!("From the registry {name} · Connection: {connection}.{limit}")
}

/// `93 of 100 pulls left, in 6 hours.`
fn pulls_left(limit: PullLimit) -> String {
    let left = match limit.limit {
        Some(all) => {
            format!("{} of {} pulls left", format::count(limit.remaining), format::count(all))
        }
        None => format!("{} left", format::counted(limit.remaining, "pull", "pulls")),
    };
    match limit.window_seconds {
        Some(seconds) if seconds >= 3600 => {
            format!("{left}, in {}.", format::counted(seconds / 3600, "hour", "hours"))
        }
        Some(seconds) => {
            format!("{left}, in {}.", format::counted(seconds / 60, "minute", "minutes"))
        }
        None => format!("{left}."),
    }
}

#[test]
fn a_registry_is_told_with_the_connection_and_its_limit() {
    let registry = RegistryInfo {
        registry: "docker.io".into(),
        rate_limit: Some(PullLimit {
            remaining: 93,
            limit: Some(100),
            window_seconds: Some(21_600),
        }),
        ..RegistryInfo::default()
    };
    assert_eq!(
        registry_line(&registry),
        "From the registry docker.io · Connection: direct. 93 of 100 pulls left, in 6 hours."
    );
    let proxied = RegistryInfo { proxied: true, rate_limit: None, ..registry.clone() };
    assert!(registry_line(&proxied).ends_with("Connection: through the proxy."));
    let cached = RegistryInfo { from_cache: true, ..proxied };
    assert!(registry_line(&cached).contains("from the cache"));
    assert_eq!(
        pulls_left(PullLimit { remaining: 1, limit: None, window_seconds: None }),
        "1 pull left."
    );
}
