//! The screen: the two images, the table, the summary.

use super::changes::Changes;
use super::difference_pane::DifferencePane;
use super::summary::Summary;
use super::vulnerabilities::CheckBoth;
use crate::browser::page::dom;
use crate::link::LinkTarget;
use crate::protocol::Comparison;
use crate::ui::app::{Answerer, ComparedPair, OpenImageAt, PlacedPair, use_answer, use_navigation};
use crate::ui::widgets::{Await, Switch, ViewHead};
use crate::vocabulary::LeftOut;
use leptos::prelude::*;

/// Two images compared.
#[component]
pub fn CompareScreen(pair: ComparedPair) -> AnyView {
    let place = pair.use_in_one_session();
    let (source, navigation) = (pair.a.source, use_navigation());
    let revision = move || {
        let placed = place.read().map(|placed| *placed).unwrap_or_default();
        source.image_state(placed.a).revision + source.image_state(placed.b).revision
    };
    let client = Signal::derive(move || source.client.get());
    let answerer = Answerer::of_client(client, Signal::derive(revision));
    let facts = use_answer(answerer, move || {
        let PlacedPair { a, b } = place.read().map(|placed| *placed)?;
        Some(Comparison { a, b, without: navigation.without() })
    });
    Effect::new(move || {
        let (a, b) = (title(pair.a), title(pair.b));
        dom::set_title(&format!("{a} → {b} · Layerscope"));
    });
    // What keeps the two from being in one session is told in place of the summary.
    let answer = Signal::derive(move || match place.read().problem() {
        Some(problem) => crate::ui::app::Loaded::Failed(problem.clone()),
        None => facts.get(),
    });
    let path = Memo::new(move |_| navigation.path());
    let has_path = Memo::new(move |_| !path.read().0.is_empty());
    let summary = move || {
        view! {
            <section class="doc" aria-label="Summary">
                <Await answer waiting="Reading both images…" let:facts>
                    <Summary facts=&*facts />
                    {facts.vulnerabilities.is_none().then(|| view! { <CheckBoth source place /> })}
                </Await>
            </section>
        }
    };
    view! {
        <main id="main" tabindex="-1">
            <div class="compare">
                <section class="browse" aria-label="Changes">
                    <ViewHead title="Compare"><SwapLink /></ViewHead>
                    <p class="sides">
                        <SideLink side=pair.a name="Before" />
                        <SideLink side=pair.b name="After" />
                    </p>
                    <LeaveOut />
                    <Changes pair answerer place facts />
                </section>
                <Show when=move || has_path.get() fallback=summary>
                    <DifferencePane pair path />
                </Show>
            </div>
        </main>
    }
    .into_any()
}

/// What a side is called: its name, with its platform.
fn title(side: OpenImageAt) -> String {
    let title = side.source.title(side.image);
    let platform = side.source.image_line(side.image).map(|line| line.platform);
    let title = match platform.filter(|platform| !platform.is_empty()) {
        Some(platform) => format!("{title} ({platform})"),
        None => title.to_string(),
    };
    match side.last {
        Some(last) => format!("{title} up to layer {last}"),
        None => title,
    }
}

/// What differs first in builds that should be the same: it can be left out.
#[component]
fn LeaveOut() -> AnyView {
    let navigation = use_navigation();
    let switch = move |label: &'static str, part: fn(&mut LeftOut) -> &mut bool| {
        let on = Signal::derive(move || *part(&mut navigation.without()));
        let change = move |on: bool| {
            let mut without = untrack(|| navigation.without());
            *part(&mut without) = on;
            navigation.go(|link| link.without = without.to_string());
        };
        view! { <Switch label on on_change=change /> }
    };
    view! {
        <div class="sides" role="group" aria-label="Leave out">
            <span class="soft">"Leave out"</span>
            {switch("Times", |without| &mut without.times)}
            {switch("Owners", |without| &mut without.owners)}
            {switch("Order", |without| &mut without.order)}
        </div>
    }
    .into_any()
}

#[component]
fn SideLink(side: OpenImageAt, name: &'static str) -> AnyView {
    let href = move || side.link().map(|link| link.to_string());
    view! { <span><span class="soft">{name}" "</span><a href=href>{move || title(side)}</a></span> }
        .into_any()
}

/// The comparison the other way round.
#[component]
fn SwapLink() -> AnyView {
    let navigation = use_navigation();
    let href = move || {
        navigation.href(|link| {
            if let LinkTarget::Compare { a, b } = &mut link.target {
                std::mem::swap(a, b);
            }
        })
    };
    view! { <a class="btn" href=href>"Swap"</a> }.into_any()
}
