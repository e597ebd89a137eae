//! A source without an image that can be shown: what it holds instead.

use crate::browser::page::dom;
use crate::ui::app::OpenSource;
use crate::ui::views::parts::OtherManifestsTable;
use crate::ui::widgets::{ProblemNote, VIEW_HEADING};
use leptos::prelude::*;

/// The screen.
#[component]
pub fn ContentsScreen(source: OpenSource) -> AnyView {
    let name = move || source.name().to_string();
    Effect::new(move || dom::set_title(&format!("{} · Layerscope", name())));
    let warnings = move || {
        let info = source.info.get().unwrap_or_default();
        let warning = |problem: &crate::problem::Problem| {
            view! { <div class="note"><ProblemNote problem=problem.clone() /></div> }
        };
        info.warnings.iter().map(warning).collect_view()
    };
    let others = move || {
        let info = source.info.get().filter(|info| !info.others.is_empty())?;
        Some(view! { <section><OtherManifestsTable source=info /></section> })
    };
    view! {
        <main id="main" tabindex="-1">
            <div class="view">
                <div class="page">
                    <section class="first">
                        <h1 id=VIEW_HEADING class="title" tabindex="-1">{name}</h1>
                        <p class="is">"No image in this file can be shown."</p>
                        {warnings}
                    </section>
                    {others}
                </div>
            </div>
        </main>
    }
    .into_any()
}
