//! The filter of a view: what is typed goes into the link when typing rests.
//!
//! `/` gives it the focus from anywhere in the view; Escape clears it.

use crate::browser::page::dom;
use crate::link::Link;
use crate::ui::app::{on_window, use_navigation};
use leptos::ev::{Event, KeyboardEvent};
use leptos::html::Input;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use std::time::Duration;

/// The parameter of the link that a box writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FilterParameter {
    #[default]
    Filter,
    /// The Files view's.
    Find,
    /// The search in contents, which is not the view's filter.
    Grep,
}

impl FilterParameter {
    fn of(self, link: &mut Link) -> &mut String {
        match self {
            FilterParameter::Filter => &mut link.filter,
            FilterParameter::Find => &mut link.find,
            FilterParameter::Grep => &mut link.grep,
        }
    }
}

/// The search box that filters a view.
#[component]
pub fn FilterBox(
    /// Its name: `Filter files`.
    label: &'static str,
    /// What it shows while it is empty.
    hint: &'static str,
    /// How long typing rests before it filters.
    #[prop(default = Duration::from_millis(100))]
    rest: Duration,
    #[prop(optional)] parameter: FilterParameter,
    /// The box itself, for others to give it the focus.
    #[prop(optional)]
    input: NodeRef<Input>,
    /// Takes the focus down to what is filtered.
    #[prop(optional, into)]
    on_down: Option<Callback<()>>,
) -> AnyView {
    let navigation = use_navigation();
    let draft = RwSignal::new(None::<String>);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let apply = move || {
        if let Some(text) = draft.try_update(Option::take).flatten() {
            navigation.replace(|link| *parameter.of(link) = text);
        }
    };
    let typed = move |event: Event| {
        draft.set(Some(event_target_value(&event)));
        timer.with_value(|timer| timer.as_ref().map(TimeoutHandle::clear));
        timer.set_value(set_timeout_with_handle(apply, rest).ok());
    };
    let key = move |event: KeyboardEvent| {
        let is_empty = input.get_untracked().is_none_or(|input| input.value().is_empty());
        match event.key().as_str() {
            "Enter" => apply(),
            "ArrowDown" if on_down.is_some() => {
                event.prevent_default();
                apply();
                on_down.into_iter().for_each(|down| down.run(()));
            }
            "Escape" if !is_empty => {
                event.prevent_default();
                event.stop_propagation(); // it closes nothing else
                draft.set(Some(String::new()));
                apply();
            }
            _ => {}
        }
    };
    let filters = parameter != FilterParameter::Grep;
    if filters {
        focus_on_slash(input);
    }
    let of_link = move || match parameter {
        FilterParameter::Filter => navigation.filter(),
        FilterParameter::Find => navigation.find(),
        FilterParameter::Grep => navigation.grep(),
    };
    let value = move || draft.get().unwrap_or_else(of_link);
    view! {
        <input
            id=if filters { FILTER_BOX } else { SEARCH_BOX }
            class="field"
            type="search"
            aria-label=label
            aria-keyshortcuts=if filters { "/" } else { "Control+Shift+F" }
            placeholder=hint
            title=hint
            spellcheck="false"
            autocomplete="off"
            autocapitalize="off"
            node_ref=input
            prop:value=value
            value=untrack(value)
            on:input=typed
            on:keydown=key
        />
    }
    .into_any()
}

/// The ID of a view's filter.
pub const FILTER_BOX: &str = "filter";

/// The ID of the box of the search in contents.
pub const SEARCH_BOX: &str = "search-contents";

/// `/` gives the box the focus, unless something is being typed.
fn focus_on_slash(input: NodeRef<Input>) {
    on_window(leptos::ev::keydown, move |event| {
        let plain = !(event.ctrl_key() || event.meta_key() || event.alt_key());
        let typing = dom::is_from(&event, dom::TYPING);
        if event.key() == "/"
            && plain
            && !typing
            && let Some(input) = input.get_untracked()
        {
            event.prevent_default();
            dom::focus(&input);
            input.select();
        }
    });
}

#[test]
fn the_box_shows_the_links_filter() {
    let html = crate::ui::testing::TestPage::at("#/?filter=%3Cb%3E").render(|| {
        view! { <FilterBox label="Filter files" hint="Filter by name" /> }
    });
    assert!(html.has(r#"type="search""#) && html.has(r#"aria-label="Filter files""#));
    assert!(html.has(r#"value="&lt;b&gt;""#), "{html}");
    let html = crate::ui::testing::TestPage::at("#/?view=files&find=*.so&filter=a").render(|| {
        view! { <FilterBox label="Filter files" hint="" parameter=FilterParameter::Find /> }
    });
    assert!(html.has(r#"value="*.so""#), "{html}");
}
