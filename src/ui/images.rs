//! The images of the archive, as `docker image ls` lists them, and what else is in it.

use super::facts::ask;
use super::here::here;
use super::opened::Opened;
use super::parts::{copy_button, size, when};
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
    move || {
        let source = news.get().and_then(Result::ok).or_else(|| opened.source.get())?;
        let listed = source.clone();
        let rows = source.images.iter().flat_map(|image| rows(image, source.chosen)).collect_view();
        Some(view! {
            <section>
                <div class="head">
                    <h2>"In this archive"</h2>
                    <span class="soft">{what(&source)}</span>
                    <span class="sp"></span>
                    {copy_button("Copy as text", true, move || {
                        format::images_text(&listed.images, locale::now())
                    })}
                </div>
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
                {others(&source)}
            </section>
        })
    }
}

fn what(source: &SourceInfo) -> String {
    format!("{} · {} · {}", source.name, source.format, format::size(source.size))
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
    let href = move || {
        // The image that is shown keeps what is selected of it.
        let place = Place::Archive { digest: digest.clone() };
        here.href(|link| {
            if link.place != place {
                *link = Link::to(place);
            }
        })
    };
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
    .into_any()
}

/// Attestations, artifacts, platforms that were left out.
fn others(source: &SourceInfo) -> Option<AnyView> {
    if source.others.is_empty() {
        return None;
    }
    let line = |other: &crate::session::query::OtherLine| {
        let words = match other.kind.as_str() {
            "absent" => "not in the archive",
            kind => kind,
        };
        view! {
            <li title=other.digest.clone()>
                <span class="mono">{format::short_digest(&other.digest).to_owned()}</span>
                " "{other.platform.clone()}" "<span class="soft">{words.to_owned()}</span>
            </li>
        }
    };
    let count = source.others.len() as u64;
    Some(
        view! {
            <details class="pairs">
                <summary>
                    {super::parts::small_icon("chev")}
                    {format::counted(count, "other manifest", "other manifests")}
                </summary>
                <ul class="others">{source.others.iter().map(line).collect_view()}</ul>
            </details>
        }
        .into_any(),
    )
}
