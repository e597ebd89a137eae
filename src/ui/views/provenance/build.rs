//! What a document claims about the build: builder, source, run, arguments, materials.
//!
//! Addresses are links that open only when they are clicked (`LinkedText`). What is claimed is marked as a claim unless
//! a signature over the document was fully checked.

use crate::protocol::{BuildFacts, MaterialFacts, SignatureState};
use crate::text::Shown;
use crate::ui::widgets::{Fact, FactList, LinkedText};
use leptos::prelude::*;

/// The section.
#[component]
pub fn BuildSection(facts: BuildFacts, signature: SignatureState) -> AnyView {
    let claim = match signature {
        SignatureState::Valid => "as the signer says",
        _ => "a claim, not proven",
    };
    let arguments = facts.arguments.clone();
    let (images, others): (Vec<_>, Vec<_>) =
        facts.materials.iter().cloned().partition(|material| material.is_image);
    let cut = facts.cut.then(|| view! { <p class="hint">"There are more than are listed."</p> });
    view! {
        <h3>"Build "<span class="soft">{claim}</span></h3>
        <BuildFactList facts />
        <Arguments arguments />
        <Materials title="Images used" materials=images />
        <Materials title="Other materials" materials=others />
        {cut}
    }
    .into_any()
}

#[component]
fn BuildFactList(facts: BuildFacts) -> AnyView {
    let build = facts;
    let linked = |name: &'static str, text: Option<Shown>| {
        text.map(|text| {
            view! { <Fact name><LinkedText text=text.to_string() /></Fact> }
        })
    };
    let plain = |name: &'static str, text: Option<Shown>| {
        text.map(|text| view! { <Fact name>{text.to_string()}</Fact> })
    };
    let commit = build.commit.clone().map(|commit| {
        let address = commit_address(build.repository.as_deref(), &commit);
        let text = commit.to_string();
        let value = match address {
            Some(href) => view! {
                <a class="mono" href=href target="_blank" rel="noopener noreferrer">{text}</a>
            }
            .into_any(),
            None => view! { <span class="mono">{text}</span> }.into_any(),
        };
        view! { <Fact name="Commit">{value}</Fact> }
    });
    let reproducible = build.reproducible.map(|is| {
        let words = if is { "The builder says yes" } else { "The builder does not say so" };
        view! { <Fact name="Reproducible">{words}</Fact> }
    });
    view! {
        <FactList>
            {linked("Builder", build.builder)}
            {linked("Repository", build.repository)}
            {plain("Branch or tag", build.reference)}
            {commit}
            {plain("Build file", build.configuration)}
            {plain("Trigger", build.trigger)}
            {linked("Run", build.invocation)}
            {plain("Started", build.started)}
            {plain("Finished", build.finished)}
            {reproducible}
            {linked("Build type", build.build_type)}
        </FactList>
    }
    .into_any()
}

/// Where a commit can be looked at: on sites whose addresses are known.
fn commit_address(repository: Option<&str>, commit: &str) -> Option<String> {
    let repository = repository?;
    let site = ["https://github.com/", "https://gitlab.com/"];
    let path = site.iter().find_map(|site| repository.strip_prefix(site))?;
    let is_plain = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte))
    };
    let is_commit = commit.len() >= 7 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_plain(path) && is_commit && !path.contains(".."))
        .then(|| format!("{repository}/commit/{commit}"))
}

#[component]
fn Arguments(arguments: Vec<(Shown, Shown)>) -> AnyView {
    if arguments.is_empty() {
        return ().into_any();
    }
    let lines = arguments.into_iter().map(|(name, value)| {
        view! { <li class="mono">{name.to_string()}"="{value.to_string()}</li> }
    });
    view! { <h3>"Arguments"</h3><ul class="lines">{lines.collect_view()}</ul> }.into_any()
}

#[component]
fn Materials(title: &'static str, materials: Vec<MaterialFacts>) -> AnyView {
    if materials.is_empty() {
        return ().into_any();
    }
    let lines = materials.into_iter().map(|material| {
        let digest = (!material.digest.is_empty()).then(|| {
            view! { <span class="mono soft cut" title=material.digest.to_string()>{material.digest.to_string()}</span> }
        });
        view! {
            <li>
                <LinkedText text=material.name.to_string() />
                <span class="sp"></span>
                {digest}
            </li>
        }
    });
    view! { <h3>{title}</h3><ul class="lines">{lines.collect_view()}</ul> }.into_any()
}

#[test]
fn commits_are_linked_only_where_the_address_is_sure() {
    let commit = "f0b49a04e5a62250e0f60fb128004a73110fe311";
    let address = |repository| commit_address(Some(repository), commit);
    assert_eq!(
        address("https://github.com/o/app"),
        Some(format!("https://github.com/o/app/commit/{commit}"))
    );
    for other in [
        "https://github.com.evil.example/o",
        "https://github.com/o/../x",
        "http://github.com/o/a",
        "https://github.com/o?x=",
        "https://example.com/o/app",
    ] {
        assert_eq!(address(other), None, "{other}");
    }
    assert_eq!(commit_address(Some("https://github.com/o/app"), "main\" onclick"), None);
    assert_eq!(commit_address(None, commit), None);
}
