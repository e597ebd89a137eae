//! The pane beside a table or tree: all that is known about the row that is open. Escape closes it.

use super::head::VIEW_HEADING;
use super::icon::{Glyph, Icon};
use crate::browser::page::dom;
use crate::link::Link;
use crate::ui::app::{on_window, use_navigation};
use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// A pane with a heading and the ways to close it. On a phone it takes the whole screen, with a way back. The focus then
/// goes to the row that was open.
#[component]
pub fn DetailsPane(
    /// Its name: `File`, `Package`.
    label: &'static str,
    /// Its heading: what it is about.
    #[prop(into)]
    title: Signal<String>,
    /// What the link is without it.
    closed: fn(&mut Link),
    /// Shown at the right of the heading.
    #[prop(optional, into)]
    tools: Option<ViewFn>,
    children: Children,
) -> AnyView {
    let navigation = use_navigation();
    let href = move || navigation.href(closed);
    let return_focus = move || {
        // Found now, because no row is open once the link has changed; the row is drawn without the pane first.
        let row = dom::open_row();
        request_animation_frame(move || {
            if !row.is_some_and(|row| dom::focus_if_there(&row)) {
                dom::focus_id(VIEW_HEADING);
            }
        });
    };
    let close = move || {
        return_focus();
        navigation.go(closed);
    };
    on_window(leptos::ev::keydown, move |event| {
        let elsewhere = dom::is_from(&event, "input, textarea, select, dialog, [role=menu]");
        if event.key() == "Escape" && !event.default_prevented() && !elsewhere {
            close();
        }
    });
    // Not by the browser: the focus would be given before the address has changed, while a phone hides the row.
    let close = move |event: MouseEvent| {
        if dom::is_plain_click(&event) {
            event.prevent_default();
            close();
        }
    };
    view! {
        <aside class="file" role="region" aria-label=label>
            // On a phone the pane is the page, and the view's heading is hidden with it.
            <h1 class="vh phone">{label}</h1>
            <div class="bar2">
                <a class="btn q back" href=href aria-label="Back" on:click=close>
                    <Glyph icon=Icon::Back big=true />
                </a>
                <h2 class="cut" title=move || title.get()>{move || title.get()}</h2>
                <span class="sp"></span>
                {tools.map(|tools| move || tools.run())}
                <a class="btn q hide" href=href aria-label="Close" title="Close" on:click=close>
                    <Glyph icon=Icon::Close />
                </a>
            </div>
            {children()}
        </aside>
    }
    .into_any()
}

/// A list of facts: names at the left, values at the right.
#[component]
pub fn FactList(children: Children) -> AnyView {
    view! { <dl class="what">{children()}</dl> }.into_any()
}

/// One fact of a `FactList`.
#[component]
pub fn Fact(
    name: &'static str,
    /// Explains the name on hover.
    #[prop(optional)]
    title: Option<&'static str>,
    /// The value is a path, digest or command.
    #[prop(optional)]
    code: bool,
    children: Children,
) -> AnyView {
    view! {
        <dt title=title>{name}</dt>
        <dd class:mono=code>{children()}</dd>
    }
    .into_any()
}

#[test]
fn a_pane_is_a_named_region_with_a_way_out() {
    let html = crate::ui::testing::TestPage::at("#/?view=packages&item=k").render(|| {
        view! {
            <DetailsPane label="Package" title="bash" closed=|link| link.item.clear()>
                <FactList><Fact name="Version" code=true>"5.2"</Fact></FactList>
            </DetailsPane>
        }
    });
    assert!(html.has(r#"role="region" aria-label="Package""#));
    assert!(html.has(r##"href="#/?view=packages" aria-label="Close""##), "{html}");
    assert_eq!(html.text(), "Package bash Version 5.2");
}
