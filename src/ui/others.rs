//! What is in a source, or named by it, without being an image: each called what it is.

use super::here::here;
use super::parts::{CopyButton, Views, view};
use crate::format;
use crate::session::query::{ImageLine, OtherLine, SourceInfo};
use leptos::prelude::*;

/// Attestations, artifacts, platforms that are not in the source.
pub fn others(source: &SourceInfo) -> Option<AnyView> {
    let title = if source.remote.is_some() { "Beside it in the index" } else { "Not images" };
    let rows = source.others.iter().map(|other| row(source, other)).views();
    (!source.others.is_empty()).then(|| {
        view! {
            <div class="head"><h2>{title}</h2></div>
            <div class="scroll-x">
                <table class="t others lines" aria-label=title>
                    <thead>
                        <tr><th>"What it is"</th><th>"Of"</th><th>"Name"</th><th>"Manifest"</th></tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    })
}

fn row(source: &SourceInfo, other: &OtherLine) -> AnyView {
    let (what, of) = match other.kind.as_str() {
        "absent" if source.remote.is_some() => ("Image".to_owned(), platform_link(other)),
        "absent" => ("Image, not in this archive".to_owned(), platform(other)),
        "attestation" => (attestation(other), subject(source, other)),
        _ => {
            let words = format::artifact_words(&other.artifact_type, &other.names);
            (words, subject(source, other).or_else(|| platform(other)))
        }
    };
    // Words stand for the media type; the type itself is one hover away.
    let recorded = Some(other.artifact_type.clone()).filter(|text| !text.is_empty());
    view! {
        <tr>
            <td title=recorded>{what}</td>
            <td>{of}</td>
            <td class="cut" title=other.names.join(", ")>{other.names.join(", ")}</td>
            <td class="mono nw">
                <span title=other.digest.clone()>{format::short_digest(&other.digest).to_owned()}</span>
                <CopyButton label="Copy manifest digest" text=other.digest.clone() />
            </td>
        </tr>
    }
}

fn attestation(other: &OtherLine) -> String {
    let words = format::artifact_words(&other.artifact_type, &[]);
    match words.starts_with("SBOM") {
        true => format!("Attestation, {words}"),
        false => "Attestation".to_owned(),
    }
}

fn platform(other: &OtherLine) -> Option<AnyView> {
    other.platform.clone().map(|platform| view! { <span class="soft">{platform}</span> })
}

/// The way to the image for another platform.
fn platform_link(other: &OtherLine) -> Option<AnyView> {
    let name = other.platform.clone()?;
    let mut link = here().link_untracked();
    link.platform.clone_from(&name);
    Some(view! { <a href=link.to_string()>{name}</a> }.into_any())
}

/// What an attestation or a signature speaks of: by name if it is one of the images.
fn subject(source: &SourceInfo, other: &OtherLine) -> Option<AnyView> {
    let digest = other.subject.as_ref()?;
    let is_it = |image: &&ImageLine| image.manifest_digest.as_ref() == Some(digest);
    let other = || source.others.iter().find(|other| other.digest == *digest);
    let words = match source.images.iter().find(is_it) {
        Some(image) => match image.names.first() {
            Some(name) => format!("{} {}", image.platform, format::name_words(name)),
            None => image.platform.clone(),
        },
        None => other().map_or_else(String::new, |other| match &other.platform {
            Some(platform) if other.kind == "absent" => platform.clone(),
            _ => other.names.join(", "),
        }),
    };
    Some(view! {
        {words}" "
        <span class="mono soft" title=digest.clone()>{format::short_digest(digest).to_owned()}</span>
    })
}
