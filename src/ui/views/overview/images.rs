//! The images of the file, as `docker image ls` lists them, and what else its index names.

use crate::browser::page::locale;
use crate::format;
use crate::link::{Link, LinkTarget};
use crate::protocol::{ImageLine, ImageName, Source, SourceInfo};
use crate::text::Shown;
use crate::ui::app::{
    Loaded, OpenImageAt, ShownImage, TableRows, use_image, use_navigation, use_query,
};
use crate::ui::docker_text;
use crate::ui::views::parts::{CompareLink, NotDrawn, OtherManifestsTable};
use crate::ui::widgets::{Absent, AgeText, Column, CopyButton, DataTable, RowTarget, SizeText};
use leptos::prelude::*;
use std::sync::Arc;

/// A row: an image under one of its names.
#[derive(Clone, Debug, PartialEq)]
struct NamedImage {
    image: Arc<ImageLine>,
    name: Option<ImageName>,
}

/// The source as it is known now: sizes come with the layers, so it is asked again.
fn use_source(image: ShownImage) -> Signal<Option<SourceInfo>> {
    let news = use_query(move || Some(Source {}));
    let current = Memo::new(move |_| {
        let news = news.read();
        news.ready()
            .map(|info| (**info).clone())
            .or_else(|| image.source.info.read().as_deref().cloned())
    });
    current.into()
}

/// The images of a file, a row for each name; nothing for an image in a registry.
#[component]
pub fn ImageList() -> AnyView {
    let (image, navigation) = (use_image(), use_navigation());
    let source = use_source(image);
    let is_list = Memo::new(move |_| {
        source
            .read()
            .as_ref()
            .is_some_and(|info| info.registry.is_none() && !info.images.is_empty())
    });
    let rows = TableRows::complete(Signal::derive(move || match &*source.read() {
        Some(info) => Loaded::of(named(&info.images)),
        None => Loaded::Loading,
    }));
    let text = move || {
        let source = source.read();
        source
            .as_ref()
            .map_or(String::new(), |info| docker_text::images(&info.images, locale::now()))
    };
    let href = move |row: &NamedImage| {
        // The image that is shown keeps what is selected of it.
        let target = LinkTarget::Archive { digest: row.image.image_id.clone() };
        let is_known = !row.image.image_id.is_empty();
        let link = |link: &mut Link| {
            if link.target != target {
                *link = Link::to(target);
            }
        };
        is_known.then(|| navigation.href(link))
    };
    let is_open = move |row: &NamedImage| row.image.image == image.position;
    let title = move || match source.read().as_ref().is_some_and(|info| info.files > 1) {
        true => "In this folder",
        false => "In this file",
    };
    view! {
        <Show when=move || is_list.get()>
            <section>
                <div class="head">
                    <h2>{title}</h2>
                    <span class="soft">{move || image.source.name().to_string()}</span>
                    <span class="sp"></span>
                    <CopyButton label="Copy as text" text=Signal::derive(text) worded=true />
                </div>
                <DataTable
                    label="Images"
                    rows
                    columns=columns(image)
                    target=RowTarget::new(href, is_open)
                    natural_rows=true
                    class="images"
                />
                {move || {
                    let more = left_out(source.read().as_ref());
                    let words = ("more name is", "more names are");
                    view! { <NotDrawn more words place="The report has all images: “Download report”." /> }
                }}
            </section>
        </Show>
    }
    .into_any()
}

/// Rows that are drawn: an archive may have ten thousand images with a thousand names each.
const MAX_ROWS: usize = 200;

/// How many rows are not drawn.
fn left_out(source: Option<&SourceInfo>) -> usize {
    let rows = source.into_iter().flat_map(|source| &source.images);
    let rows = rows.map(|image| image.names.len().max(1));
    rows.fold(0, usize::saturating_add).saturating_sub(MAX_ROWS)
}

/// A row for each name, one for an image without a name.
fn named(images: &[ImageLine]) -> Vec<NamedImage> {
    let rows = images.iter().flat_map(|image| {
        let names = image.names.iter().cloned().map(Some);
        let unnamed = image.names.is_empty().then_some(None);
        let image = Arc::new(image.clone());
        names.chain(unnamed).map(move |name| NamedImage { image: image.clone(), name })
    });
    rows.take(MAX_ROWS).collect()
}

const NONE: &str = "<none>";

fn columns(shown: ShownImage) -> Vec<Column<NamedImage>> {
    let at = move |image| Some(OpenImageAt::whole(shown.source, image));
    let mut columns = vec![
        Column::text("Repository", |row: &NamedImage| {
            row.name.as_ref().map_or(NONE.to_owned(), |name| name.repository.to_string())
        })
        .share(4),
        Column::text("Tag", |row: &NamedImage| {
            let tag = row.name.as_ref().and_then(|name| name.tag.as_ref());
            tag.map_or(NONE.to_owned(), Shown::to_string)
        })
        .share(2),
        Column::new("Image ID", |row: &NamedImage| {
            let id = row.image.image_id.clone();
            view! { <span title=id.clone()>{format::short_digest(&id).to_owned()}</span> }
        })
        .code()
        .fixed(128)
        .rank(1),
        Column::text("Platform", |row: &NamedImage| row.image.platform.to_string()).fixed(128),
        Column::new("Created", |row: &NamedImage| {
            view! { <AgeText recorded=row.image.created.clone() /> }
        })
        .fixed(128)
        .rank(2),
        Column::new("Size", |row: &NamedImage| {
            // An image that was not opened has not been read.
            let absent = Absent::Unknown;
            view! { <SizeText bytes=row.image.size absent /> }
        })
        .number()
        .fixed(92),
    ];
    let info = shown.source.info.get_untracked().unwrap_or_default();
    if info.images.len() > 1 {
        let compare = Column::new("Compare", move |row: &NamedImage| {
            view! { <CompareLink before=at(shown.position) after=at(row.image.image) /> }
        });
        columns.push(compare.fixed(92).rank(1));
    }
    columns
}

/// What else the source's index names.
#[component]
pub fn OtherManifests() -> AnyView {
    let image = use_image();
    let source = Memo::new(move |_| image.source.info.get());
    (move || {
        let source = source.get().filter(|source| !source.others.is_empty())?;
        Some(view! { <section><OtherManifestsTable source /></section> })
    })
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::{Rendered, TestPage};
    use crate::vocabulary::ImagePosition;

    fn info() -> SourceInfo {
        let name = |repository: &str, tag: Option<&str>| ImageName {
            repository: repository.into(),
            tag: tag.map(Into::into),
        };
        let image = |position: u32, names: Vec<ImageName>| ImageLine {
            image: ImagePosition(position),
            names,
            image_id: format!("sha256:{position}{}", "ab".repeat(31)),
            platform: "linux/amd64".into(),
            created: Some("2026-11-14T12:00:00Z".into()),
            size: (position == 0).then_some(1_060_000),
            ..ImageLine::default()
        };
        SourceInfo {
            name: "image.tar".into(),
            files: 1,
            images: vec![
                image(0, vec![name("lab/topped", Some("1")), name("<b>x", None)]),
                image(1, Vec::new()),
            ],
            ..SourceInfo::default()
        }
    }

    fn drawn(info: SourceInfo) -> Rendered {
        let link = format!("#/archive/sha256:0{}?layers=2", "ab".repeat(31));
        TestPage::at(&link)
            .source(info.clone())
            .answers::<Source>(info)
            .render(|| view! { <ImageList /> })
    }

    #[test]
    fn an_image_has_a_row_for_each_name() {
        let html = drawn(info());
        assert!(html.has(r#"aria-label="Images""#));
        assert_eq!(
            html.text(),
            "In this file image.tar Copy as text Repository Tag Image ID Platform Created Size Compare \
             lab/topped 1 0ababababab linux/amd64 2 weeks ago 1.06 MB <b>x <none> 0ababababab \
             linux/amd64 2 weeks ago 1.06 MB <none> <none> 1ababababab linux/amd64 2 weeks ago – Compare"
                .replace("0ababababab", "0abababababa")
                .replace("1ababababab", "1abababababa")
        );
        assert_eq!(html.count(r#"aria-current="true""#), 2);
        assert!(html.has("?layers=2\""), "the image that is shown keeps its selection: {html}");
    }

    #[test]
    fn a_thousand_names_are_listed_in_part() {
        let mut info = info();
        info.images[0].names = vec![info.images[0].names[0].clone(); 1000];
        let html = drawn(info);
        assert!(html.text().contains("801 more names are not listed."), "{}", html.text());
    }

    #[test]
    fn the_rows_of_an_image_share_its_line() {
        let rows = named(&info().images);
        assert!(Arc::ptr_eq(&rows[0].image, &rows[1].image));
    }

    #[test]
    fn the_image_of_a_registry_is_no_list() {
        let registry = Some(crate::protocol::RegistryInfo::default());
        assert_eq!(drawn(SourceInfo { registry, ..info() }).text(), "");
    }
}
