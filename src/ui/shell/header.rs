//! The header: what is shown, on which platform, what else is open, and what can be done with it.
//!
//! It stays while screens change below it, and with it the focus.

use super::help::HelpButton;
use super::open_images::OpenImages;
use super::opener::FilePickers;
use super::platforms::{MAX_CHOICES, PlatformSelect};
use super::reference::ReferenceForm;
use super::save::{ReportButton, SaveButton};
use super::settings::SettingsButton;
use crate::browser::page::dom;
use crate::format;
use crate::link::{Link, LinkTarget};
use crate::protocol::ImageLine;
use crate::text::Shown;
use crate::ui::app::{OpenImageAt, OpenSource, Screen, use_navigation, use_sources};
use crate::ui::widgets::{CopyButton, Glyph, Icon, Menu};
use crate::ui::words;
use crate::vocabulary::ImagePosition;
use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// The header of every screen.
#[component]
pub fn Header(screen: Memo<Screen>) -> AnyView {
    let shown = Memo::new(move |_| match screen.get() {
        Screen::Image(source, image) => Some((source, Some(image))),
        Screen::Contents(source) => Some((source, None)),
        _ => None,
    });
    let what = move || {
        let (source, image) = shown.get()?;
        let image = image?;
        Some(view! {
            <ImageName source image />
            <PlatformSelect source image />
            <CompareMenu source image />
        })
    };
    let navigation = use_navigation();
    let is_list = move || matches!(screen.get(), Screen::List | Screen::Compare(_));
    let list_address = Signal::derive(move || navigation.address(|_| ()));
    let actions =
        move || shown.get().map(|(source, image)| view! { <HeaderActions source image /> });
    view! {
        <header class="top">
            <Logo />
            {what}
            <span class="sp"></span>
            <Show when=move || shown.get().is_some()>
                <ReferenceForm />
            </Show>
            <OpenImages />
            <HelpButton />
            <SettingsButton />
            {actions}
            <Show when=is_list>
                <CopyButton label="Copy link" text=list_address worded=true />
            </Show>
        </header>
    }
    .into_any()
}

/// The name of the page, and the way to its start.
#[component]
fn Logo() -> AnyView {
    let sources = use_sources();
    let leave = move |event: MouseEvent| {
        if dom::is_plain_click(&event) {
            sources.leave();
        }
    };
    view! {
        <a class="logo" href="#/" aria-label="Layerscope, start" on:click=leave>
            <svg viewBox="0 0 16 16" aria-hidden="true">
                <rect y="1" width="16" height="4" rx="1" />
                <rect y="6" width="12" height="4" rx="1" />
                <rect y="11" width="8" height="4" rx="1" />
            </svg>
            <span>"Layerscope"</span>
        </a>
    }
    .into_any()
}

/// Which image is shown, and the others of its source.
#[component]
fn ImageName(source: OpenSource, image: ImagePosition) -> AnyView {
    let several = move || source.info.read().as_ref().is_some_and(|info| info.images.len() > 1);
    let several = Memo::new(move |_| several());
    let name = move || {
        let title = source.title(image);
        let (before, last) = split_name(&title);
        let platform = source.image_line(image).map(|line| line.platform.to_string());
        view! {
            <b><span class="soft hide">{before.to_owned()}</span>{last.to_owned()}</b>
            <span class="soft at">{platform}</span>
        }
    };
    let is_local = source.web_link().is_none();
    view! {
        <Show
            when=move || several.get() && is_local
            fallback=move || view! { <div class="where">{name}</div> }
        >
            <Menu
                label="Images of this archive"
                class="images-menu"
                button=move || view! { <span class="where">{name}</span><Glyph icon=Icon::ChevronDown /> }
            >
                <ImageLinks source image />
            </Menu>
        </Show>
    }
    .into_any()
}

/// A name in two parts: what tells it from its neighbours is the last.
fn split_name(name: &str) -> (&str, &str) {
    name.split_at(name.rfind('/').map_or(0, |slash| slash + 1))
}

/// Below the links of a menu: how many images it does not list.
fn more_images(more: u64) -> Option<impl IntoView> {
    (more > 0).then(|| {
        let more = format::counted(more, "more image is", "more images are");
        view! { <span class="soft">{more}" not listed. The report has all."</span> }
    })
}

#[component]
fn ImageLinks(source: OpenSource, image: ImagePosition) -> AnyView {
    let navigation = use_navigation();
    let links = move || {
        let info = source.info.get().unwrap_or_default();
        let link = |line: &ImageLine| {
            let digest = line.image_id.clone();
            let href = move || {
                let place = LinkTarget::Archive { digest: digest.clone() };
                Link { view: navigation.view(), ..Link::to(place) }.to_string()
            };
            let name = match line.names.is_empty() {
                true => Shown::from(format!("<none> {}", words::title(line))),
                false => words::title(line),
            };
            let current = (line.image == image).then_some("true");
            view! {
                <a href=href aria-current=current>
                    <span>{name.to_string()}</span>
                    <span class="soft">{line.platform.to_string()}</span>
                </a>
            }
        };
        let is_listed = |(at, line): &(usize, &ImageLine)| *at < MAX_CHOICES || line.image == image;
        let listed = info.images.iter().enumerate().filter(is_listed);
        let listed: Vec<&ImageLine> = listed.map(|(_, line)| line).collect();
        let more = more_images((info.images.len() - listed.len()) as u64);
        view! { {listed.into_iter().map(link).collect_view()}{more} }
    };
    view! { {links} }.into_any()
}

/// What can be done with what is shown. On narrow screens it is a menu (`.actions` in shell.css).
#[component]
fn HeaderActions(source: OpenSource, image: Option<ImagePosition>) -> AnyView {
    let navigation = use_navigation();
    let address = move || {
        navigation.address(|link| {
            if let Some(image) = image {
                source.make_lasting(image, link);
            }
        })
    };
    view! {
        <Menu
            label="Open, download, copy"
            class="actions"
            button=|| view! { <Glyph icon=Icon::More big=true /> }
        >
            <FilePickers />
            <ReportButton source />
            {image.map(|image| view! { <SaveButton source image /> })}
            <CopyButton label="Copy link" text=Signal::derive(address) worded=true />
        </Menu>
    }
    .into_any()
}

/// The other open images, as links to a comparison: what is shown is the first of the two. Nothing where there is no
/// other.
#[component]
fn CompareMenu(source: OpenSource, image: ImagePosition) -> AnyView {
    let sources = use_sources();
    let own = OpenImageAt::whole(source, image);
    let others = Memo::new(move |_| sources.comparisons_of(own));
    let links = move || {
        let link = |(href, name, platform): (String, Shown, Shown)| {
            view! {
                <a href=href>
                    <span>{name.to_string()}</span>
                    <span class="soft">{platform.to_string()}</span>
                </a>
            }
        };
        let (links, more) = others.get();
        let more = more_images(more);
        view! { {links.into_iter().map(link).collect_view()}{more} }
    };
    view! {
        <Show when=move || !others.read().0.is_empty()>
            <Menu label="Compare with…" class="images-menu compare-menu">
                {links}
            </Menu>
        </Show>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{ImageName as NameOfImage, SourceInfo};
    use crate::ui::app::use_image;
    use crate::ui::testing::{Rendered, TestPage};

    fn header(images: Vec<ImageLine>) -> Rendered {
        let info = SourceInfo { images, name: "a.tar".into(), ..SourceInfo::default() };
        TestPage::at("#/archive/sha256:a?view=history").source(info).render(|| {
            let image = use_image();
            let screen = Memo::new(move |_| Screen::Image(image.source, image.position));
            view! { <Header screen /> }
        })
    }

    fn line(position: u32, name: &str, id: &str) -> ImageLine {
        ImageLine {
            image: ImagePosition(position),
            names: vec![NameOfImage { repository: name.into(), tag: Some("1".into()) }],
            image_id: id.into(),
            platform: "linux/amd64".into(),
            ..ImageLine::default()
        }
    }

    #[test]
    fn the_image_is_named_with_its_platform() {
        let html = header(vec![line(0, "registry.example/team/<app>", "sha256:a")]);
        assert!(
            html.text().contains("registry.example/team/ <app>:1 linux/amd64"),
            "{}",
            html.text()
        );
        assert!(!html.has("Images of this archive"));
        let menu = r#"aria-label="Open, download, copy" title="Open, download, copy" aria-expanded="false""#;
        assert!(html.has(menu), "{html}");
        for name in ["Download report", "Save inspection", "Copy link", "Open image archive"] {
            assert!(html.text().contains(name), "{name}");
        }
    }

    #[test]
    fn several_images_are_a_menu() {
        let html = header(vec![line(0, "a", "sha256:a"), line(1, "b", "sha256:b")]);
        assert!(html.has(r#"aria-label="Images of this archive""#), "{html}");
    }

    #[test]
    fn of_endless_images_some_are_links_and_the_others_counted() {
        let html = header((0..10_000).map(|at| line(at, "a", "sha256:b")).collect());
        assert!(html.count("<a ") < MAX_CHOICES + 20, "{}", html.count("<a "));
        assert!(html.text().contains("9,800 more images"));
    }

    #[test]
    fn a_list_has_a_link_to_copy() {
        let html = TestPage::at("#/repository/alpine").render(|| {
            view! { <Header screen=Memo::new(|_| Screen::List) /> }
        });
        assert!(html.text().contains("Copy link"), "{html}");
    }

    #[test]
    fn without_an_image_there_is_nothing_to_save() {
        let html = TestPage::new().render(|| {
            view! { <Header screen=Memo::new(|_| Screen::Start) /> }
        });
        assert!(html.text().starts_with("Layerscope"));
        assert!(!html.text().contains("Download report") && !html.text().contains("Inspect"));
    }
}
