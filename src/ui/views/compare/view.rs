//! The screen: the two images, the table, the summary.

use super::changes::Changes;
use super::summary::Summary;
use crate::browser::page::dom;
use crate::link::LinkTarget;
use crate::protocol::Comparison;
use crate::ui::app::{Answerer, ComparedPair, OpenImageAt, use_answer, use_navigation};
use crate::ui::widgets::{Await, ViewHead};
use leptos::prelude::*;

/// Two images compared.
#[component]
pub fn CompareScreen(pair: ComparedPair) -> AnyView {
    let place = pair.use_in_one_session();
    let source = pair.a.source;
    let revision = move || {
        let b = place.read().map(|image| *image).unwrap_or(pair.a.image);
        source.image_state(pair.a.image).revision + source.image_state(b).revision
    };
    let client = Signal::derive(move || source.client.get());
    let answerer = Answerer::of_client(client, Signal::derive(revision));
    let facts = use_answer(answerer, move || {
        let b = place.read().map(|image| *image)?;
        Some(Comparison { a: pair.a.image, b })
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
    view! {
        <main id="main" tabindex="-1">
            <div class="compare">
                <section class="browse" aria-label="Changes">
                    <ViewHead title="Compare"><SwapLink /></ViewHead>
                    <p class="sides">
                        <SideLink side=pair.a name="Before" />
                        <SideLink side=pair.b name="After" />
                    </p>
                    <Changes pair answerer place facts />
                </section>
                <section class="doc" aria-label="Summary">
                    <Await answer waiting="Reading both images…" let:facts>
                        <Summary facts=&*facts />
                    </Await>
                </section>
            </div>
        </main>
    }
    .into_any()
}

/// What a side is called: its name, with its platform.
fn title(side: OpenImageAt) -> String {
    let title = side.source.title(side.image);
    let platform = side.source.image_line(side.image).map(|line| line.platform);
    match platform.filter(|platform| !platform.is_empty()) {
        Some(platform) => format!("{title} ({platform})"),
        None => title.to_string(),
    }
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
