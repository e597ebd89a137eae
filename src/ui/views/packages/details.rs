//! The pane of one package: facts, where it was found, its vulnerabilities, its files.

use crate::format;
use crate::link::{Link, View};
use crate::protocol::{
    LinkPath, PackageDetails, PackageFacts, PackageFile, PackagePlace, PackageState,
    VulnerabilityLink,
};
use crate::selection::LayerSelection;
use crate::text::Shown;
use crate::ui::app::{set_path, use_image, use_navigation, use_query};
use crate::ui::views::parts::{MAX_DRAWN, NotDrawn, drawn_text};
use crate::ui::widgets::{
    Await, Badge, CopyButton, DetailsPane, DigestText, Fact, FactList, LayerMark, LinkedText,
    SeverityMark, SizeText,
};
use crate::vocabulary::LayerNumber;
use leptos::prelude::*;
use std::sync::Arc;

/// The pane of the package that the link names.
#[component]
pub fn PackagePane() -> AnyView {
    let (navigation, image) = (use_navigation(), use_image().position);
    let facts = use_query(move || {
        let key = Some(navigation.item()).filter(|key| !key.is_empty())?;
        Some(PackageDetails { image, key })
    });
    let title = move || facts.read().map(|facts| facts.name.to_string()).unwrap_or_default();
    view! {
        <DetailsPane
            label="Package"
            title=Signal::derive(title)
            closed=|link: &mut Link| link.item.clear()
        >
            <div class="details">
                <Await answer=facts let:facts><PackageBody facts /></Await>
            </div>
        </DetailsPane>
    }
    .into_any()
}

#[component]
fn PackageBody(facts: Arc<PackageFacts>) -> AnyView {
    let places = facts.places.iter().cloned().map(|place| view! { <PlaceLine place /> });
    let places = places.collect_view();
    let place_count = facts.places.len();
    let vulnerabilities = (!facts.vulnerabilities.is_empty()).then(|| {
        let total = facts.vulnerabilities.len();
        let lines = facts.vulnerabilities.iter().take(MAX_DRAWN).cloned();
        let lines = lines.map(|link| view! { <VulnerabilityLine link /> }).collect_view();
        view! {
            <ListHead name="Vulnerabilities" shown=total.min(MAX_DRAWN) total=total as u64 />
            <ul class="lines">{lines}</ul>
        }
    });
    let files = (facts.file_count > 0).then(|| {
        let (shown, total) = (facts.files.len(), facts.file_count);
        let lines = facts.files.iter().cloned();
        let lines = lines.map(|file| view! { <FileLine file /> }).collect_view();
        view! {
            <ListHead name="Files" shown total />
            <ul class="lines">{lines}</ul>
        }
    });
    view! {
        <PackageFactList facts />
        <ListHead name="Found in" shown=place_count total=place_count as u64 />
        <ul class="lines">{places}</ul>
        {vulnerabilities}
        {files}
    }
    .into_any()
}

/// A heading with how many lines there are, and how many of them are shown.
#[component]
fn ListHead(name: &'static str, shown: usize, total: u64) -> AnyView {
    let count = match (shown as u64) < total {
        true => format!("the first {} of {}", format::count(shown as u64), format::count(total)),
        false => format::count(total),
    };
    view! { <h3>{name}" "<span class="soft n">{count}</span></h3> }.into_any()
}

#[component]
fn PackageFactList(facts: Arc<PackageFacts>) -> AnyView {
    let facts = PackageFacts::clone(&facts);
    let state = match facts.state {
        PackageState::Installed if !facts.stopped_at.is_empty() => {
            Some(format!("Not installed completely: {}", facts.stopped_at))
        }
        PackageState::Installed => None,
        PackageState::Removed => Some("Removed: not in the final image".to_owned()),
        PackageState::Declared => Some("Declared: named by a lock file or manifest".to_owned()),
    };
    let own = facts.own.then_some("A part of the project itself, in no registry");
    let text = |value: &Shown| (!value.is_empty()).then(|| value.to_string());
    let joined = |values: &[Shown]| {
        let values: Vec<&str> = values.iter().map(Shown::as_str).collect();
        (!values.is_empty()).then(|| drawn_text(values.join(", ")))
    };
    let source = facts.source.as_ref().map(|(name, version)| format!("{name} {version}"));
    let homepage = text(&facts.homepage).map(|text| view! { <LinkedText text /> });
    let digests = facts.digests.iter().take(MAX_DRAWN).map(|digest| {
        let digest = digest.to_string();
        view! { <Fact name="Digest"><DigestText digest copy="Copy digest" /></Fact> }
    });
    let digests = digests.collect_view();
    let more_digests = facts.digests.len().saturating_sub(MAX_DRAWN);
    let (version, kind, purl) =
        (facts.version.to_string(), facts.kind.to_string(), facts.purl.to_string());
    let layer = facts.layer;
    let architecture = text(&facts.architecture);
    let supplier = text(&facts.supplier);
    let licences = joined(&facts.licences);
    let spdx_licences = joined(&facts.spdx_licences);
    view! {
        <FactList>
            <Fact name="Version" code=true>
                {version.clone()}
                " "
                <CopyButton label="Copy version" text=version />
            </Fact>
            <Fact name="Type"><Badge text=kind /></Fact>
            {state.map(|state| view! { <Fact name="State">{state}</Fact> })}
            {own.map(|text| view! { <Fact name="Origin">{text}</Fact> })}
            <Fact name="PURL" code=true>
                {purl.clone()}
                " "
                <CopyButton label="Copy PURL" text=purl />
            </Fact>
            {architecture.map(|text| view! { <Fact name="Architecture">{text}</Fact> })}
            {source.map(|text| view! { <Fact name="Source">{text}</Fact> })}
            {licences.map(|text| view! { <Fact name="Licence">{text}</Fact> })}
            {spdx_licences
                .map(|text| view! { <Fact name="SPDX licence" code=true>{text}</Fact> })}
            {facts.size.map(|bytes| view! { <Fact name="Size"><SizeText bytes /></Fact> })}
            <Fact name="Layer"><LayerMark layer /></Fact>
            {supplier.map(|text| view! { <Fact name="Supplier">{text}</Fact> })}
            {homepage.map(|address| view! { <Fact name="Homepage">{address}</Fact> })}
            {digests}
        </FactList>
        <NotDrawn
            more=more_digests
            words=("more digest is", "more digests are")
            place="Exported SBOMs have all."
        />
    }
    .into_any()
}

#[component]
fn PlaceLine(place: PackagePlace) -> AnyView {
    // A removed package is shown as the file was before it was removed.
    let before = place.removed_by.and_then(|layer| LayerNumber::new(layer.position().0));
    let layers = before.map_or(LayerSelection::All, LayerSelection::UpTo);
    let removed = place.removed_by.map(|layer| {
        view! { <span class="soft">{format!("removed in layer {layer}")}</span> }
    });
    view! {
        <li class:gone=place.removed_by.is_some()>
            <FileLink path=place.path layers text=place.shown.to_string() />
            <span class="sp"></span>
            {removed}
            <LayerMark layer=place.layer />
        </li>
    }
    .into_any()
}

#[component]
fn FileLine(file: PackageFile) -> AnyView {
    view! {
        <li>
            <FileLink path=file.path layers=LayerSelection::All text=file.shown.to_string() />
            <span class="sp"></span>
            <SizeText bytes=file.size />
        </li>
    }
    .into_any()
}

/// A link to a file of the image.
#[component]
fn FileLink(path: LinkPath, layers: LayerSelection, text: String) -> AnyView {
    let navigation = use_navigation();
    let href = move || {
        navigation.href(|link| {
            link.turn_to(View::Files);
            link.layers = layers;
            set_path(link, &path);
        })
    };
    view! { <a class="mono cut" href=href title=text.clone()>{text.clone()}</a> }.into_any()
}

#[component]
fn VulnerabilityLine(link: VulnerabilityLink) -> AnyView {
    let navigation = use_navigation();
    let key = link.key;
    let href = move || {
        navigation.href(|link| {
            link.turn_to(View::Vulnerabilities);
            link.item = key.clone();
        })
    };
    let severity = link.severity;
    view! {
        <li class:gone=!link.applies>
            <a class="mono" href=href>{link.id.to_string()}</a>
            <span class="sp"></span>
            <SeverityCellMark severity />
        </li>
    }
    .into_any()
}

/// A severity with its score, if it has one.
#[component]
pub fn SeverityCellMark(severity: crate::protocol::SeverityCell) -> AnyView {
    match severity.score_tenths {
        Some(score_tenths) => {
            view! { <SeverityMark severity=severity.severity score_tenths /> }.into_any()
        }
        None => view! { <SeverityMark severity=severity.severity /> }.into_any(),
    }
    .into_any()
}
