//! The pane of one secret: where it is, why it matters, how to revoke it, and how to build without it.

use super::line::SecretLine;
use super::place::place_words;
use crate::link::{Link, View};
use crate::protocol::{SecretDetails, SecretFacts, SecretLocation};
use crate::selection::LayerSelection;
use crate::ui::app::{set_path, use_image, use_navigation, use_query};
use crate::ui::widgets::{Await, DetailsPane, Fact, FactList, LayerMark};
use leptos::prelude::*;
use std::sync::Arc;

/// The pane of the secret that the link names.
#[component]
pub fn SecretPane() -> AnyView {
    let (navigation, image) = (use_navigation(), use_image().position);
    let facts = use_query(move || {
        let key = Some(navigation.item()).filter(|key| !key.is_empty())?;
        Some(SecretDetails { image, key })
    });
    let title = move || facts.read().map(|facts| facts.row.service.clone()).unwrap_or_default();
    view! {
        <DetailsPane
            label="Secret"
            title=Signal::derive(title)
            closed=|link: &mut Link| link.item.clear()
        >
            <div class="details">
                <Await answer=facts let:facts><SecretBody facts /></Await>
            </div>
        </DetailsPane>
    }
    .into_any()
}

#[component]
fn SecretBody(facts: Arc<SecretFacts>) -> AnyView {
    let row = facts.row.clone();
    let instruction =
        facts.instruction.as_ref().map(|step| format!("{} {}", step.keyword, step.text));
    let instruction = instruction.filter(|text| !text.trim().is_empty());
    let line = match (&row.location, row.layer) {
        (SecretLocation::File { path, line: Some(line), .. }, Some(layer)) => {
            Some((path.clone(), LayerSelection::one(layer.number), *line))
        }
        _ => None,
    };
    let finding = format!("finding:{}", facts.fingerprint);
    let (access, revoke) = (facts.access.clone(), facts.revoke.clone());
    let (state, place) = (state(&facts), view! { <PlaceLink facts /> });
    let (masked, rule, layer) = (row.masked.to_string(), row.rule.clone(), row.layer);
    view! {
        <FactList>
            <Fact name="State">{state}</Fact>
            <Fact name="Place" code=true>{place}</Fact>
            {layer.map(|layer| view! { <Fact name="Layer"><LayerMark layer /></Fact> })}
            {instruction.map(|text| view! { <Fact name="Instruction" code=true>{text}</Fact> })}
            <Fact name="Secret" code=true>{masked}</Fact>
            <Fact name="Gives access to">{access}</Fact>
            <Fact name="Revoke">{revoke}</Fact>
            <Fact name="Kind" code=true>{rule}</Fact>
            <Fact name="In an ignore list" code=true>{finding}</Fact>
        </FactList>
        {line.map(|(path, layers, line)| view! { <SecretLine path layers line /> })}
        <h3>"What to do"</h3>
        <ol class="lines">
            <li>
                "Revoke it first. Anyone who could pull the image may have it, and a new image does not \
                 take it back."
            </li>
            <li>{build_without(&row.location)}</li>
        </ol>
    }
    .into_any()
}

/// Whether the final image has it.
fn state(facts: &SecretFacts) -> String {
    if facts.row.ignored {
        return "Ignored: the ignore list names it.".to_owned();
    }
    match (&facts.row.package, facts.row.removed) {
        (Some(package), _) => format!(
            "In the image, in a file of the package {package} that no later layer changed. Everyone who has the \
             package has it."
        ),
        (None, true) => "Not in the final image: a later layer removes or overwrites its file. Its layer still has \
                         it, and everyone who pulls the image gets the layer."
            .to_owned(),
        (None, false) => "In the image: everyone who has the image can read it.".to_owned(),
    }
}

/// How to build the image without it.
fn build_without(location: &SecretLocation) -> &'static str {
    match location {
        SecretLocation::File { .. } => {
            "Build without it: mount it for the one instruction that needs it, with RUN --mount=type=secret, and \
             keep its file out of the build context with .dockerignore. Removing it in a later instruction does \
             not help."
        }
        SecretLocation::Env(_) => {
            "Build without it: set the variable when the container starts, or mount a file, not with ENV."
        }
        SecretLocation::Label(_) => "Build without it: labels are for everyone who has the image.",
        SecretLocation::Setting(_) => {
            "Build without it: let the command read it from a file that is mounted, or from a variable that is set \
             when the container starts."
        }
        SecretLocation::History => {
            "Build without it: build arguments and commands are recorded in the history. Use RUN \
             --mount=type=secret instead of ARG."
        }
    }
}

/// The place, with the way to it: a file in its layer, or the view that has the configuration.
#[component]
fn PlaceLink(facts: Arc<SecretFacts>) -> AnyView {
    let navigation = use_navigation();
    let row = facts.row.clone();
    let text = place_words(&row.location);
    let href = move || {
        navigation.href(|link| match (&row.location, row.layer) {
            (SecretLocation::File { path, .. }, layer) => {
                link.turn_to(View::Files);
                link.layers = layer.map_or(link.layers, |layer| LayerSelection::one(layer.number));
                set_path(link, path);
            }
            (SecretLocation::History, _) => link.turn_to(View::History),
            (_, _) => link.turn_to(View::Config),
        })
    };
    let package = facts.package_key.clone().zip(facts.row.package.clone());
    let package = package.map(|(key, name)| {
        let href = move || {
            navigation.href(|link| {
                link.turn_to(View::Packages);
                link.item = key.clone();
            })
        };
        view! { " ("<a href=href>{name.to_string()}</a>")" }
    });
    view! { <a href=href>{text}</a>{package} }.into_any()
}
