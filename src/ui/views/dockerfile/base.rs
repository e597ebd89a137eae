//! Which image is the base image, how much of this one is its own, and what tells so.

use super::lookup::BaseLookupPart;
use crate::format;
use crate::protocol::{BaseFacts, BaseLookupState, DockerfileFacts, PublishedNames};
use crate::text::Shown;
use crate::vocabulary::BaseSource;
use leptos::prelude::*;
use std::sync::Arc;

/// What is known, and the lookup of what is not.
#[component]
pub fn BaseImageLine(facts: Arc<DockerfileFacts>) -> AnyView {
    let base = facts.base.as_ref().map(|base| view! { <p>{base_sentence(base)}</p> });
    let published = published(&facts.lookup).map(|text| view! { <p class="soft">{text}</p> });
    view! { {base}{published}<BaseLookupPart state=facts.lookup.clone() /> }.into_any()
}

fn base_sentence(base: &BaseFacts) -> String {
    let layers = base.layers.map(|count| match count {
        1 => "the first layer".to_owned(),
        count => format!("the first {count} layers"),
    });
    let name = base.name.as_deref().or(base.digest.as_deref());
    let what = match (name, layers) {
        (Some(name), Some(layers)) => format!("{name} ({layers})"),
        (Some(name), None) => name.to_owned(),
        (None, layers) => layers.unwrap_or_else(|| "not named".to_owned()),
    };
    let by = match base.source {
        BaseSource::Provenance => "by the build’s attestation",
        BaseSource::Annotation => "by the manifest’s annotation",
        BaseSource::Label => "by the image’s label",
        BaseSource::Prefix => "because its layers are this image’s first ones",
        BaseSource::DepsDev => "because a published image consists of these layers",
        BaseSource::History => "guessed from the history",
        BaseSource::OsRelease => "guessed from os-release",
    };
    let probably = if base.source.is_guess() { "probably " } else { "" };
    format!("Base image: {probably}{what}, {by}.")
}

/// What the lookup has told, with all that it named.
fn published(lookup: &BaseLookupState) -> Option<String> {
    let BaseLookupState::Known { host, itself, base } = lookup else { return None };
    let itself = itself
        .as_ref()
        .map(|names| format!("All layers of this image are those of {}.", repositories(names)));
    let base = match base {
        Some(names) => {
            format!("Its first layers are those of {}, as {host} says.", repositories(names))
        }
        None => {
            format!("{host} knows no published image that consists of this image’s first layers.")
        }
    };
    Some(itself.into_iter().chain([base]).collect::<Vec<_>>().join(" "))
}

/// `debian, nginx and 214 other repositories on Docker Hub`.
fn repositories(names: &PublishedNames) -> String {
    let named: Vec<&str> = names.repositories.iter().map(Shown::as_str).collect();
    let mut text = named.join(", ");
    if names.others > 0 {
        let others = format::counted(names.others.into(), "other repository", "other repositories");
        text = format!("{text} and {others}");
    }
    format!("{text} on Docker Hub")
}
