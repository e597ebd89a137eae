//! The images of the archive, as `docker image ls` lists them, and what else is in it.

use super::facts::ask;
use super::here::{Here, here};
use super::opened::Opened;
use super::others::others;
use super::parts::{copy_button, live, size, view};
use super::raw::{El, el, raw};
use super::table::fill;
use crate::browser::locale;
use crate::format;
use crate::link::{Link, LinkTarget};
use crate::session::query::{Cell, ImageLine, ImageName, Source, SourceInfo};
use leptos::prelude::*;
use std::sync::Arc;

/// A row a name; choosing one opens its image.
#[component]
pub fn Images() -> impl IntoView {
    let opened = expect_context::<Opened>();
    let news = ask(opened, || Some(Source {})); // sizes come with the layers
    live(move || {
        let source = news.get().and_then(Result::ok).or_else(|| opened.source.get())?;
        if source.remote.is_some() {
            return others(&source).map(|others| view! { <section>{others}</section> }.into_any());
        }
        let listed = source.clone();
        let images = (!source.images.is_empty()).then(|| {
            view! {
                <div class="head">
                    <h2>"In this archive"</h2>
                    <span class="soft">{opened.name()}</span>
                    <span class="sp"></span>
                    {copy_button("Copy as text", true, move || {
                        format::images_text(&listed.images, locale::now())
                    })}
                </div>
                {table(source.clone())}
            }
        });
        Some(view! { <section>{images} {others(&source)}</section> }.into_any())
    })
}

/// "docker save archive, gzip around the whole · 12.4 MB", with the exact bytes one hover away.
pub fn source_form(into: El, source: &SourceInfo) -> El {
    let words = format::source_words(&source.format, &source.compression, source.files);
    into.text(&words).text(" · ").add(size(Some(source.size)))
}

fn table(source: Arc<SourceInfo>) -> AnyView {
    let here = here();
    let drawn = move |into: El| {
        let mut body = el("tbody", "");
        for image in &source.images {
            // One row a name, one for an image without any.
            let none = ["<none>", "<none>"].map(str::to_owned);
            let [repository, tag] = none;
            let none = [ImageName { repository, tag }];
            let names = if image.names.is_empty() { &none[..] } else { &image.names[..] };
            for name in names {
                body = body.add(row(image, name, image.number == source.chosen, here));
            }
        }
        let mut head = el("tr", "");
        for name in ["Repository", "Tag", "Image ID", "Platform", "Created", "Size"] {
            head = head.add(el("th", if name == "Size" { "num" } else { "" }).text(name));
        }
        let table = el("table", "t images lines").set("aria-label", "Images");
        into.add(table.add(el("thead", "").add(head)).add(body))
    };
    raw("scroll-x", drawn, |_, _| ())
}

fn row(image: &ImageLine, name: &ImageName, chosen: bool, here: Here) -> El {
    // The image that is shown keeps what is selected of it.
    let place = match image.image_id.is_empty() {
        true => LinkTarget::Start, // a layer alone, while its diff ID isn't known
        false => LinkTarget::Archive { digest: image.image_id.clone() },
    };
    let href = here.href(|link| {
        if link.target != place {
            *link = Link::to(place);
        }
    });
    let link = el("a", "row-link").set("href", &href).set("title", &name.repository);
    let link = link.text(&name.repository);
    let link = if chosen { link.set("aria-current", "true") } else { link };
    let id = el("td", "mono").set("title", &image.image_id);
    let time = Cell::Time(image.created.clone().unwrap_or_default());
    let size = match image.size {
        Some(bytes) => fill(el("td", "num"), &Cell::Size(bytes), here),
        None => el("td", "num").text("…"),
    };
    el("tr", if chosen { "on" } else { "" })
        .add(el("td", "cut").add(link))
        .add(el("td", "").text(&name.tag))
        .add(id.text(format::short_digest(&image.image_id)))
        .add(el("td", "soft").text(&image.platform))
        .add(fill(el("td", "nw"), &time, here))
        .add(size)
}
