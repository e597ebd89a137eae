//! The pane of one risk: where it is, why it matters, and what to do.

use super::mark::RiskMark;
use crate::link::{Link, View};
use crate::protocol::{RiskDetails, RiskFacts, RiskRow};
use crate::selection::LayerSelection;
use crate::ui::app::{set_path, use_image, use_navigation, use_query};
use crate::ui::widgets::{Await, DetailsPane, Fact, FactList, LayerMark};
use leptos::prelude::*;
use std::sync::Arc;

/// The pane of the risk that the link names.
#[component]
pub fn RiskPane() -> AnyView {
    let (navigation, image) = (use_navigation(), use_image().position);
    let facts = use_query(move || {
        let key = Some(navigation.item()).filter(|key| !key.is_empty())?;
        Some(RiskDetails { image, key })
    });
    let title = move || facts.read().map(|facts| facts.row.title.clone()).unwrap_or_default();
    view! {
        <DetailsPane
            label="Risk"
            title=Signal::derive(title)
            closed=|link: &mut Link| link.item.clear()
        >
            <div class="details">
                <Await answer=facts let:facts><RiskBody facts /></Await>
            </div>
        </DetailsPane>
    }
    .into_any()
}

#[component]
fn RiskBody(facts: Arc<RiskFacts>) -> AnyView {
    let row = facts.row.clone();
    let instruction =
        facts.instruction.as_ref().map(|step| format!("{} {}", step.keyword, step.text));
    let instruction = instruction.filter(|text| !text.trim().is_empty());
    let aliases = (!facts.aliases.is_empty()).then(|| facts.aliases.join(", "));
    let finding = format!("finding:{}", facts.fingerprint);
    let (why, advice) = (facts.why.clone(), facts.advice.clone());
    let (severity, message, check) = (row.severity, row.message.to_string(), row.check.clone());
    let (layer, place) = (row.layer, row.path.is_some().then(|| view! { <PlaceLink row /> }));
    view! {
        <FactList>
            <Fact name="Severity"><RiskMark severity /></Fact>
            <Fact name="Found">{message}</Fact>
            {place.map(|place| view! { <Fact name="Place" code=true>{place}</Fact> })}
            {layer.map(|layer| view! { <Fact name="Layer"><LayerMark layer /></Fact> })}
            {instruction.map(|text| view! { <Fact name="Instruction" code=true>{text}</Fact> })}
            <Fact name="Check" code=true>{check}</Fact>
            <Fact name="In an ignore list" code=true>{finding}</Fact>
            {aliases.map(|text| view! { <Fact name="Also known as">{text}</Fact> })}
        </FactList>
        <h3>"Why it matters"</h3>
        <p class="prose">{why}</p>
        <h3>"What to do"</h3>
        <p class="prose">{advice}</p>
    }
    .into_any()
}

/// The path, with the way to it: a file in the tree. A path that only the configuration names is text.
#[component]
fn PlaceLink(row: RiskRow) -> AnyView {
    let navigation = use_navigation();
    let Some((path, shown)) = row.path else { return ().into_any() };
    let text = shown.to_string();
    if row.layer.is_none() {
        return text.into_any();
    }
    let href = move || {
        navigation.href(|link| {
            link.turn_to(View::Files);
            link.layers = LayerSelection::All;
            set_path(link, &path);
        })
    };
    view! { <a href=href>{text}</a> }.into_any()
}
