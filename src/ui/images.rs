//! The images of the archive, as `docker image ls` lists them, and what else is in it.

use super::facts::ask;
use super::here::here;
use super::opened::Opened;
use super::others::others;
use super::parts::{Views, copy_button, live, says, size, view, when};
use crate::browser::locale;
use crate::format;
use crate::link::{Link, Place};
use crate::session::query::{ImageLine, ImageName, Source, SourceInfo};
use leptos::prelude::*;

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
                {table(&source)}
            }
        });
        Some(view! { <section>{images} {others(&source)}</section> }.into_any())
    })
}

/// "docker save archive, gzip around the whole · 12.4 MB", with the exact bytes one hover away.
pub fn source_form(source: &SourceInfo) -> AnyView {
    let words = format::source_words(&source.format, &source.compression, source.files);
    view! { {words}" · "{size(Some(source.size))} }
}

fn table(source: &SourceInfo) -> AnyView {
    let rows = source.images.iter().flat_map(|image| rows(image, source.chosen)).views();
    view! {
        <div class="scroll-x">
            <table class="t images lines" aria-label="Images">
                <thead>
                    <tr>
                        <th>"Repository"</th>
                        <th>"Tag"</th>
                        <th>"Image ID"</th>
                        <th>"Platform"</th>
                        <th>"Created"</th>
                        <th class="num">"Size"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// One row a name, one for an image without any.
fn rows(image: &ImageLine, chosen: u32) -> Vec<AnyView> {
    let none = [ImageName { repository: "<none>".to_owned(), tag: "<none>".to_owned() }];
    let names = if image.names.is_empty() { &none[..] } else { &image.names[..] };
    names.iter().map(|name| row(image, name, image.number == chosen)).collect()
}

fn row(image: &ImageLine, name: &ImageName, chosen: bool) -> AnyView {
    let digest = image.image_id.clone();
    let here = here();
    let href = says(move || {
        // The image that is shown keeps what is selected of it.
        let place = match digest.is_empty() {
            true => Place::Start, // a layer alone, while its diff ID isn't known
            false => Place::Archive { digest: digest.clone() },
        };
        here.href(|link| {
            if link.place != place {
                *link = Link::to(place);
            }
        })
    });
    let repository = name.repository.clone();
    view! {
        <tr class:on=chosen>
            <td class="cut">
                <a class="row-link" href=href aria-current=chosen.then_some("true") title=repository.clone()>
                    {repository.clone()}
                </a>
            </td>
            <td>{name.tag.clone()}</td>
            <td class="mono" title=image.image_id.clone()>
                {format::short_digest(&image.image_id).to_owned()}
            </td>
            <td class="soft">{image.platform.clone()}</td>
            <td class="nw">{when(image.created.as_deref())}</td>
            <td class="num">{size(image.size)}</td>
        </tr>
    }
}
