//! The overview as a whole: facts, layers and configuration at the left, the verdict at the right.

use super::findings_pane::FindingsPane;
use super::identity::Identity;
use super::images::{ImageList, OtherManifests};
use super::largest::{DigestSummary, LargestLayers, SelectedLayer};
use super::origin::Origin;
use super::referrers::Referrers;
use super::run_summary::RunSummary;
use crate::protocol::AttachedWish;
use crate::ui::app::use_facts;
use crate::ui::views::parts::{
    BarLegend, CompletedPull, LayerBar, SourceProblems, fetch_attached, mark_layers_shown,
    provide_masks, verify_signatures,
};
use crate::ui::widgets::ProblemAlert;
use leptos::prelude::*;

/// The view.
#[component]
pub fn OverviewView() -> AnyView {
    provide_masks();
    mark_layers_shown();
    fetch_attached(AttachedWish::Signatures);
    verify_signatures();
    let facts = use_facts();
    let failed = move || {
        let overview = facts.overview.read();
        overview.problem().map(|problem| view! { <ProblemAlert problem=problem.clone() /> })
    };
    view! {
        <div class="overview">
            <div class="doc">
                <section class="first">
                    <SourceProblems />
                    {failed}
                    <Identity />
                </section>
                <Origin />
                <section>
                    <div class="head">
                        <h2>"Layers"</h2>
                        <DigestSummary />
                        <span class="sp"></span>
                        <BarLegend />
                    </div>
                    <LayerBar />
                    <LargestLayers />
                    <SelectedLayer />
                </section>
                <RunSummary />
                <ImageList />
                <OtherManifests />
                <Referrers />
                <CompletedPull />
            </div>
            <FindingsPane />
        </div>
    }
    .into_any()
}
