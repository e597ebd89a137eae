//! What is in a source, or named by it, without being an image: each called what it is.

use super::here::{Here, here};
use super::raw::{El, el, raw};
use super::table::{copy, heard};
use crate::format;
use crate::session::query::{ImageLine, OtherLine, SourceInfo};
use leptos::prelude::*;
use std::sync::Arc;

/// Attestations, artifacts, platforms that are not in the source.
pub fn others(source: &Arc<SourceInfo>) -> Option<AnyView> {
    if source.others.is_empty() {
        return None;
    }
    let (source, here) = (source.clone(), here());
    let fill = move |into: El| {
        let title = if source.remote.is_some() { "Beside it in the index" } else { "Not images" };
        let mut head = el("tr", "");
        for name in ["What it is", "Of", "Name", "Manifest"] {
            head = head.add(el("th", "").text(name));
        }
        let mut body = el("tbody", "");
        for other in &source.others {
            body = body.add(row(&source, other, here));
        }
        let table = el("table", "t others lines").set("aria-label", title);
        let table = table.add(el("thead", "").add(head)).add(body);
        into.add(el("div", "head").add(el("h2", "").text(title)))
            .add(el("div", "scroll-x").add(table))
    };
    Some(raw("", fill, move |key, event| heard(key, event, here)))
}

fn row(source: &SourceInfo, other: &OtherLine, here: Here) -> El {
    let platform = || {
        let platform = other.platform.as_deref()?;
        Some(el("span", "soft").text(platform))
    };
    let (what, of) = match other.kind.as_str() {
        "absent" if source.remote.is_some() => ("Image".to_owned(), platform_link(other, here)),
        "absent" => ("Image, not in this archive".to_owned(), platform()),
        "attestation" => (attestation(other), subject(source, other)),
        _ => {
            let words = format::artifact_words(&other.artifact_type, &other.names);
            (words, subject(source, other).or_else(platform))
        }
    };
    let what = el("td", "").text(&what);
    // Words stand for the media type; the type itself is one hover away.
    let what = match other.artifact_type.as_str() {
        "" => what,
        recorded => what.set("title", recorded),
    };
    let of = of.into_iter().fold(el("td", ""), El::add);
    let names = other.names.join(", ");
    let digest = el("span", "").set("title", &other.digest);
    let digest = digest.text(format::short_digest(&other.digest));
    let digest = el("td", "mono nw").add(digest).add(copy("Copy manifest digest", &other.digest));
    let names = el("td", "cut").set("title", &names).text(&names);
    el("tr", "").add(what).add(of).add(names).add(digest)
}

fn attestation(other: &OtherLine) -> String {
    let words = format::artifact_words(&other.artifact_type, &[]);
    match words.starts_with("SBOM") {
        true => format!("Attestation, {words}"),
        false => "Attestation".to_owned(),
    }
}

/// The way to the image for another platform.
fn platform_link(other: &OtherLine, here: Here) -> Option<El> {
    let name = other.platform.as_deref()?;
    let mut link = here.link_untracked();
    link.platform = name.to_owned();
    Some(el("a", "").set("href", &link.to_string()).text(name))
}

/// What an attestation or a signature speaks of: by name if it is one of the images.
fn subject(source: &SourceInfo, other: &OtherLine) -> Option<El> {
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
    let short = el("span", "mono soft").set("title", digest).text(format::short_digest(digest));
    Some(el("span", "").text(&words).text(" ").add(short))
}
