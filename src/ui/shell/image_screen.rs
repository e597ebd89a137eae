//! An image: the list of views, and the view that the link names.

use crate::browser::page::dom;
use crate::link::View;
use crate::text::Shown;
use crate::ui::app::{
    ShownImage, on_window, use_facts, use_navigation, use_notices, use_search_open,
};
use crate::ui::views::parts::{PullPanel, SelectionStrip};
use crate::ui::views::{NavSection, QuickOpen, VIEWS, ViewEntry, view_entry};
use crate::ui::widgets::{FILTER_BOX, Glyph, SEARCH_BOX};
use leptos::ev::KeyboardEvent;
use leptos::html::Nav;
use leptos::prelude::*;

/// The image that is shown.
#[component]
pub fn ImageScreen(image: ShownImage) -> AnyView {
    let navigation = use_navigation();
    let view = Memo::new(move |_| view_entry(navigation.view()).view);
    Effect::new(move || {
        let title = view_entry(view.get()).title;
        dom::set_title(&format!("{} · {title} · Layerscope", image.title()));
    });
    Effect::new(move || {
        if navigation.needs_layers() && image.source.pulling.read().is_some() {
            image.source.need_layers();
        }
    });
    tell_unknown_view();
    files_on_t();
    search_on_key();
    view! {
        <ViewList />
        <main id="main" tabindex="-1">
            <PullPanel />
            <Show when=move || view_entry(view.get()).by_layers>
                <SelectionStrip />
            </Show>
            {move || (view_entry(view.get()).draw)()}
        </main>
        <QuickOpen />
    }
    .into_any()
}

/// A link of another version, or one with a typing error, opens the overview, and the page says so.
fn tell_unknown_view() {
    let (navigation, notices) = (use_navigation(), use_notices());
    let unknown = Memo::new(move |_| navigation.unknown_view());
    Effect::new(move || {
        if let Some(name) = unknown.get() {
            notices.say(format!(
                "There is no view “{}”. This is the overview.",
                Shown::start_of(&name, 60)
            ));
        }
    });
}

/// `t` leads to the filter of Files, as on code forges, unless something is being typed.
fn files_on_t() {
    let navigation = use_navigation();
    on_window(leptos::ev::keydown, move |event: KeyboardEvent| {
        let plain = !(event.ctrl_key() || event.meta_key() || event.alt_key());
        let typing = dom::is_from(&event, dom::TYPING);
        if event.key() == "t" && plain && !typing && !event.default_prevented() {
            event.prevent_default();
            navigation.go(|link| link.turn_to(View::Files));
            request_animation_frame(|| dom::focus_id(FILTER_BOX)); // the view is drawn by then
        }
    });
}

/// Ctrl+Shift+F leads to the search in contents, as in editors.
fn search_on_key() {
    let (navigation, search) = (use_navigation(), use_search_open());
    on_window(leptos::ev::keydown, move |event: KeyboardEvent| {
        let keys = (event.ctrl_key() || event.meta_key()) && event.shift_key() && !event.alt_key();
        if keys && event.key().eq_ignore_ascii_case("f") && !dom::is_from(&event, "dialog") {
            event.prevent_default();
            navigation.go(|link| *link = navigation.to_view(View::Files));
            search.open();
            request_animation_frame(|| dom::focus_id(SEARCH_BOX)); // the view is drawn by then
        }
    });
}

/// The views, as links.
#[component]
pub fn ViewList() -> AnyView {
    let section = |section: NavSection| {
        let entries = VIEWS.iter().filter(move |entry| entry.section == section);
        view! {
            <h2 aria-hidden="true">{section.title()}</h2>
            {entries.map(|entry| view! { <ViewLink entry /> }).collect_view()}
        }
    };
    // On narrow screens the views are a strip that scrolls.
    let (navigation, strip) = (use_navigation(), NodeRef::<Nav>::new());
    Effect::new(move |_| {
        navigation.view();
        if let Some(strip) = strip.get() {
            request_animation_frame(move || dom::scroll_into_view(&strip, "[aria-current]"));
        }
    });
    view! {
        <nav node_ref=strip class="side" aria-label="Views">{NavSection::ALL.map(section).collect_view()}</nav>
    }
    .into_any()
}

#[component]
fn ViewLink(entry: &'static ViewEntry) -> AnyView {
    let (navigation, facts) = (use_navigation(), use_facts());
    let count = move || (entry.count)(facts).map(crate::format::count);
    let current = move || (view_entry(navigation.view()).view == entry.view).then_some("page");
    view! {
        <a href=move || navigation.to_view(entry.view).to_string() aria-current=current>
            <Glyph icon=entry.icon big=true />
            <span>{entry.title}</span>
            " "
            <small>{count}</small>
        </a>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{LayerRow, LayerTable, Layers};
    use crate::ui::testing::TestPage;

    #[test]
    fn views_are_links_with_what_they_hold() {
        let table = LayerTable { rows: vec![LayerRow::default(); 3], ..LayerTable::default() };
        let html = TestPage::at("#/archive/sha256:a?view=history&layers=2&path=/etc")
            .answers::<Layers>(table)
            .render(|| view! { <ViewList /> });
        assert!(html.has(r#"<nav aria-label="Views""#), "{html}");
        assert!(html.text().contains("History 3"), "{}", html.text());
        assert_eq!(html.count(r#"aria-current="page""#), 1);
        let href = r##"href="#/archive/sha256:a?view=history&amp;layers=2&amp;path=/etc""##;
        assert!(html.has(href), "{html}");
    }
}
