//! The pane of one vulnerability: facts, the record's text, references.

use crate::link::{Link, View};
use crate::protocol::{VexNote, VulnerabilityDetails, VulnerabilityFacts};
use crate::text::Shown;
use crate::ui::app::{use_image, use_navigation, use_query};
use crate::ui::views::packages::SeverityCellMark;
use crate::ui::widgets::{
    AgeText, Await, Badge, DetailsPane, Fact, FactList, LayerMark, LinkedText,
};
use crate::vocabulary::{Uncertainty, VexStatus};
use leptos::prelude::*;
use std::sync::Arc;

/// The pane of the vulnerability that the link names.
#[component]
pub fn AdvisoryPane() -> AnyView {
    let (navigation, image) = (use_navigation(), use_image().position);
    let facts = use_query(move || {
        let key = Some(navigation.item()).filter(|key| !key.is_empty())?;
        Some(VulnerabilityDetails { image, key })
    });
    let title = move || facts.read().map(|facts| facts.id.to_string()).unwrap_or_default();
    view! {
        <DetailsPane
            label="Advisory"
            title=Signal::derive(title)
            closed=|link: &mut Link| link.item.clear()
        >
            <div class="details">
                <Await answer=facts let:facts><AdvisoryBody facts /></Await>
            </div>
        </DetailsPane>
    }
    .into_any()
}

#[component]
fn AdvisoryBody(facts: Arc<VulnerabilityFacts>) -> AnyView {
    let details = (!facts.details.is_empty()).then(|| {
        view! { <p class="prose">{facts.details.to_string()}</p> }
    });
    let references = (!facts.references.is_empty()).then(|| {
        let lines = facts.references.iter().map(|(address, kind)| {
            view! {
                <li>
                    <LinkedText text=address.to_string() />
                    <span class="sp"></span>
                    <Badge text=kind.to_string() />
                </li>
            }
        });
        view! { <h3>"References"</h3><ul class="lines">{lines.collect_view()}</ul> }
    });
    view! {
        <AdvisoryFacts facts />
        {details}
        {references}
    }
    .into_any()
}

#[component]
fn AdvisoryFacts(facts: Arc<VulnerabilityFacts>) -> AnyView {
    let facts = VulnerabilityFacts::clone(&facts);
    let text = |value: &Shown| (!value.is_empty()).then(|| value.to_string());
    let joined = |values: &[Shown]| {
        let values: Vec<&str> = values.iter().map(Shown::as_str).collect();
        (!values.is_empty()).then(|| values.join(", "))
    };
    let time = |value: &Shown| Some(value.clone()).filter(|value| !value.is_empty());
    let package = format!("{} {}", facts.package, facts.version);
    let package = match facts.package_key.clone() {
        Some(key) => view! { <PackageLink key text=package /> }.into_any(),
        None => package.into_any(),
    };
    let fixed = match joined(&facts.fixed) {
        Some(fixed) => view! { <Fact name="Fixed in" code=true>{fixed}</Fact> }.into_any(),
        None => view! { <Fact name="Fixed in">"No fix is known"</Fact> }.into_any(),
    };
    let rating = facts.rating.clone().map(|(source, vector)| {
        view! {
            <Fact name="Rated by">{source.to_string()}</Fact>
            <Fact name="Vector" code=true>{vector.to_string()}</Fact>
        }
    });
    let advisory = text(&facts.advisory).map(|text| view! { <LinkedText text /> });
    let (summary, aliases, database) =
        (text(&facts.summary), joined(&facts.aliases), text(&facts.database));
    let (published, changed) = (time(&facts.published), time(&facts.changed));
    let (severity, layer, vex) = (facts.severity, facts.layer, facts.vex);
    let uncertain = facts.uncertain;
    view! {
        <FactList>
            {summary.map(|text| view! { <Fact name="Summary">{text}</Fact> })}
            <Fact name="Severity"><SeverityCellMark severity /></Fact>
            {rating}
            <Fact name="Package">{package}</Fact>
            {fixed}
            {layer.map(|layer| view! { <Fact name="Layer"><LayerMark layer /></Fact> })}
            {aliases.map(|text| view! { <Fact name="Aliases">{text}</Fact> })}
            {advisory.map(|address| view! { <Fact name="Advisory">{address}</Fact> })}
            {published
                .map(|at| view! { <Fact name="Published"><AgeText recorded=Some(at) /></Fact> })}
            {changed
                .map(|at| view! { <Fact name="Changed"><AgeText recorded=Some(at) /></Fact> })}
            {database.map(|text| view! { <Fact name="Database">{text}</Fact> })}
            {uncertain.map(|doubt| view! { <Fact name="Uncertain">{sentence(doubt)}</Fact> })}
            {vex.map(|note| view! { <VexFacts note /> })}
        </FactList>
    }
    .into_any()
}

/// A mark beside a vulnerability that may not be one.
#[component]
pub fn UncertainMark(doubt: Uncertainty) -> AnyView {
    view! { <Badge text="uncertain" title=sentence(doubt) /> }.into_any()
}

fn sentence(doubt: Uncertainty) -> String {
    let words = doubt.words();
    let (first, rest) = words.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}

#[component]
fn PackageLink(key: String, text: String) -> AnyView {
    let navigation = use_navigation();
    let href = move || {
        navigation.href(|link| {
            link.turn_to(View::Packages);
            link.item = key.clone();
        })
    };
    view! { <a href=href>{text}</a> }.into_any()
}

/// What a VEX document says about it.
#[component]
fn VexFacts(note: VexNote) -> AnyView {
    let status = match note.status {
        VexStatus::NotAffected => "Not affected",
        VexStatus::Affected => "Affected",
        VexStatus::Fixed => "Fixed",
        VexStatus::UnderInvestigation => "Under investigation",
    };
    let text = |value: &Shown| (!value.is_empty()).then(|| value.to_string());
    view! {
        <Fact name="VEX">{status}", according to "{note.source.to_string()}</Fact>
        <Fact name="VEX document">{note.document.to_string()}</Fact>
        {text(&note.justification).map(|text| view! { <Fact name="Justification">{text}</Fact> })}
        {text(&note.note).map(|text| view! { <Fact name="Note">{text}</Fact> })}
    }
    .into_any()
}
