//! Quick open: Ctrl+P opens a box in which a few letters of a path find it.
//!
//! Source: ARIA Authoring Practices, "Combobox" with a list box: the focus stays in the box, and the arrows move which
//! path is chosen.

use crate::browser::page::dom;
use crate::format;
use crate::link::View;
use crate::protocol::{FuzzyPaths, FuzzyRow, FuzzyRows};
use crate::ui::app::{
    Loaded, on_window, set_path, use_image, use_navigation, use_query, use_search_open,
};
use crate::ui::widgets::{Dialog, row_after};
use leptos::ev::{Event, KeyboardEvent};
use leptos::html::{Input, Ul};
use leptos::prelude::*;
use std::sync::Arc;

/// The ID of the list, to which the box refers.
const LIST: &str = "quick-open-paths";
/// Paths that a page key moves by.
const PAGE: u32 = 10;

/// The dialog, while it is open; Ctrl+P opens it.
#[component]
pub fn QuickOpen() -> AnyView {
    let open = RwSignal::new(false);
    on_window(leptos::ev::keydown, move |event: KeyboardEvent| {
        let keys = (event.ctrl_key() || event.meta_key()) && !event.shift_key() && !event.alt_key();
        if keys && event.key().eq_ignore_ascii_case("p") {
            event.prevent_default(); // the browser's dialog for printing
            open.set(!dom::is_from(&event, "dialog"));
        }
    });
    let close = move || open.set(false);
    view! {
        <Show when=move || open.get()>
            <Dialog label="Open a path" on_close=close>
                <QuickOpenBox close />
            </Dialog>
        </Show>
    }
    .into_any()
}

/// The box and the paths.
#[component]
pub(super) fn QuickOpenBox(
    close: impl Fn() + Copy + Send + Sync + 'static,
    /// What is typed already, in tests.
    #[prop(optional)]
    typed: &'static str,
) -> AnyView {
    let (navigation, image) = (use_navigation(), use_image().position);
    let search = use_search_open();
    let text = RwSignal::new(typed.to_owned());
    let chosen = RwSignal::new(0u32);
    let (input, list) = (NodeRef::<Input>::new(), NodeRef::<Ul>::new());
    let found = use_query(move || {
        let text = Some(text.get()).filter(|text| !text.trim().is_empty())?;
        Some(FuzzyPaths { image, layers: navigation.layers(), text })
    });
    let rows = Memo::new(move |_| found.read().ready().cloned().unwrap_or_default());
    let go = move |row: &FuzzyRow| {
        let mut link = navigation.to_view(View::Files);
        set_path(&mut link, &row.path);
        link.grep.clear();
        search.close();
        navigation.go(|there| *there = link);
        close();
    };
    let typing = move |event: Event| {
        text.set(event_target_value(&event));
        chosen.set(0);
    };
    let pressed = move |event: KeyboardEvent| {
        let rows = rows.get_untracked();
        let at = chosen.get_untracked();
        match event.key().as_str() {
            "Enter" => {
                event.prevent_default();
                if let Some(row) = rows.rows.get(at as usize) {
                    go(row);
                }
            }
            "Home" | "End" => {} // of the text
            key => {
                if let Some(to) = row_after(key, at, rows.rows.len() as u32, PAGE) {
                    event.prevent_default();
                    chosen.set(to);
                }
            }
        }
    };
    Effect::new(move || {
        if let Some(input) = input.get() {
            dom::focus(&input);
        }
    });
    Effect::new(move || {
        chosen.track();
        if let Some(list) = list.get() {
            request_animation_frame(move || dom::scroll_into_view(&list, "[aria-selected=true]"));
        }
    });
    let active = move || (!rows.read().rows.is_empty()).then(|| option_id(chosen.get()));
    let options = move || {
        let rows = rows.get();
        let option = |(at, row): (u32, &FuzzyRow)| {
            let target = row.clone();
            view! { <PathOption at row=row.clone() chosen on_choose=move || go(&target) /> }
        };
        (0..).zip(&rows.rows).map(option).collect_view()
    };
    view! {
        <div class="quick">
            <input
                class="field"
                type="text"
                role="combobox"
                aria-label="Path"
                aria-expanded="true"
                aria-autocomplete="list"
                aria-controls=LIST
                aria-activedescendant=active
                placeholder="Letters of a path, in their order"
                spellcheck="false"
                autocomplete="off"
                autocapitalize="off"
                node_ref=input
                on:input=typing
                on:keydown=pressed
            />
            <ul id=LIST role="listbox" aria-label="Paths" node_ref=list>{options}</ul>
            <p class="soft" role="status">{move || found_text(&found.read())}</p>
        </div>
    }
    .into_any()
}

#[component]
fn PathOption(
    at: u32,
    row: FuzzyRow,
    chosen: RwSignal<u32>,
    on_choose: impl Fn() + 'static,
) -> AnyView {
    let is_chosen = move || chosen.get() == at;
    let parts = row.parts.into_iter().map(|part| {
        let text = part.text.to_string();
        match part.matches {
            true => view! { <mark>{text}</mark> }.into_any(),
            false => text.into_any(),
        }
    });
    view! {
        <li
            id=option_id(at)
            role="option"
            class="mono"
            aria-selected=move || if is_chosen() { "true" } else { "false" }
            on:click=move |_| on_choose()
        >
            {parts.collect_view()}
        </li>
    }
    .into_any()
}

fn option_id(at: u32) -> String {
    format!("{LIST}-{at}")
}

/// `The best 200 of 3,120 paths`.
fn found_text(found: &Loaded<FuzzyRows>) -> String {
    if let Some(problem) = found.problem() {
        return problem.message.to_string();
    }
    let Some(FuzzyRows { rows, total }) = found.ready().map(Arc::as_ref) else {
        return String::new();
    };
    let shown = rows.len() as u64;
    let all = u64::from(*total);
    match all {
        0 => "No path has these letters.".to_owned(),
        all if all > shown => {
            format!(
                "The best {} of {}",
                format::count(shown),
                format::counted(all, "path", "paths")
            )
        }
        all => format::counted(all, "path", "paths"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;
    use crate::protocol::{LinePart, LinkPath};
    use crate::ui::testing::{Rendered, TestPage};
    use crate::vocabulary::NodeKind;

    fn draw(page: TestPage) -> Rendered {
        page.render(|| view! { <QuickOpenBox close=|| () typed="pw" /> })
    }

    #[test]
    fn paths_are_options_with_what_was_matched_marked() {
        let part = |text: &str, matches| LinePart { text: text.into(), matches };
        let row = FuzzyRow {
            path: LinkPath("/etc/%3Cpw".into()),
            parts: vec![part("/etc/<", false), part("pw", true)],
            kind: NodeKind::File,
        };
        let rows = FuzzyRows { rows: vec![row.clone(), row], total: 1200 };
        let html = draw(TestPage::at("#/?layers=2").answers_with::<FuzzyPaths>(move |question| {
            assert_eq!((&question.text[..], question.layers.to_string()), ("pw", "2".into()));
            Loaded::of(rows.clone())
        }));
        assert!(html.has(r#"role="combobox""#) && html.has(r#"role="listbox""#), "{html}");
        assert!(html.has(r#"aria-activedescendant="quick-open-paths-0""#), "{html}");
        assert_eq!((html.count(r#"role="option""#), html.count(r#"aria-selected="true""#)), (2, 1));
        assert!(html.has("/etc/&lt;<mark>pw</mark>"), "{html}");
        assert!(html.text().ends_with("The best 2 of 1,200 paths"), "{}", html.text());
    }

    #[test]
    fn nothing_found_and_a_failure_are_said() {
        let html = draw(TestPage::new().answers::<FuzzyPaths>(FuzzyRows::default()));
        assert!(html.text().ends_with("No path has these letters."), "{}", html.text());
        let problem = Problem::new("session-failed", "The engine failed.");
        let html = draw(TestPage::new().fails::<FuzzyPaths>(problem));
        assert!(html.text().ends_with("The engine failed."), "{}", html.text());
    }
}
