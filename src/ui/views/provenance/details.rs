//! The pane of one document: its signature with every check, what it is, what it claims about the build, and the way to
//! its bytes.

use super::build::BuildSection;
use super::checks::SignatureSection;
use super::words;
use crate::link::{Link, View};
use crate::protocol::{DocumentScope, ProvenanceDetails, ProvenanceFacts};
use crate::text::Shown;
use crate::ui::app::{use_image, use_navigation, use_query};
use crate::ui::widgets::{
    Await, DetailsPane, DigestText, Fact, FactList, Glyph, Icon, ProblemNote, SizeText,
};
use leptos::prelude::*;
use std::sync::Arc;

/// The pane of the document that the link names.
#[component]
pub fn DocumentPane() -> AnyView {
    let (navigation, image) = (use_navigation(), use_image().position);
    let facts = use_query(move || {
        let key = Some(navigation.item()).filter(|key| !key.is_empty())?;
        Some(ProvenanceDetails { image, key })
    });
    let title = move || facts.read().map(|facts| words::kind(&facts.row)).unwrap_or_default();
    view! {
        <DetailsPane
            label="Document"
            title=Signal::derive(move || title().to_owned())
            closed=|link: &mut Link| link.item.clear()
        >
            <div class="details">
                <Await answer=facts let:facts><DocumentBody facts /></Await>
            </div>
        </DetailsPane>
    }
    .into_any()
}

#[component]
fn DocumentBody(facts: Arc<ProvenanceFacts>) -> AnyView {
    let problem = facts.problem.clone().map(|problem| view! { <ProblemNote problem /> });
    let build = facts.build.clone().map(|build| {
        view! { <BuildSection facts=build signature=facts.row.signature /> }
    });
    view! {
        <OtherImage scope=facts.row.scope.clone() />
        {problem}
        <SignatureSection facts=facts.clone() />
        {build}
        <DocumentFacts facts />
    }
    .into_any()
}

/// Said loudly: the document is of another image.
#[component]
fn OtherImage(scope: DocumentScope) -> AnyView {
    let DocumentScope::Another(digests) = scope else { return ().into_any() };
    let lines = digests.into_iter().map(|digest| {
        view! { <li class="mono">{digest.to_string()}</li> }
    });
    view! {
        <p class="note bad">
            <Glyph icon=Icon::High />
            <span class="sp">"This document is about another image, not this one. It names:"</span>
        </p>
        <ul class="lines">{lines.collect_view()}</ul>
    }
    .into_any()
}

#[component]
fn DocumentFacts(facts: Arc<ProvenanceFacts>) -> AnyView {
    let navigation = use_navigation();
    let row = facts.row.clone();
    let digest = row.digest.clone();
    let raw = move || {
        navigation.href(|link| {
            link.turn_to(View::Raw);
            link.item = digest.clone();
        })
    };
    let raw = facts.is_kept.then(|| {
        view! { <p><a class="go" href=raw>"Show the document"</a></p> }
    });
    let (kind, scope) = (words::type_of(&row).to_string(), words::scope(&row.scope));
    let (media_type, digest, size) = (row.media_type.to_string(), row.digest, facts.size);
    let names: Vec<&str> = facts.names.iter().map(Shown::as_str).collect();
    let names = (!names.is_empty()).then(|| names.join(", "));
    view! {
        <h3>"Document"</h3>
        <FactList>
            <Fact name="Type" code=true>{kind}</Fact>
            <Fact name="About">{scope}</Fact>
            {names.map(|names| view! { <Fact name="Names">{names}</Fact> })}
            <Fact name="Media type" code=true>{media_type}</Fact>
            <Fact name="Digest" code=true>
                <DigestText digest copy="Copy digest" />
            </Fact>
            <Fact name="Size"><SizeText bytes=size /></Fact>
        </FactList>
        {raw}
    }
    .into_any()
}
