//! The overview: what the image is, how it is built up, how it runs, what deserves attention.

use super::attention::Attention;
use super::bar::LayerBar;
use super::facts::Facts;
use super::here::here;
use super::images::Images;
use super::layers::LayerTableView;
use super::parts::{day, digest, image_name, size, small_icon, wait, when};
use super::problems::ProblemAlert;
use super::runs::Runs;
use crate::format;
use crate::link::View;
use crate::session::query::{LayerTable, OverviewFacts};
use leptos::prelude::*;
use std::sync::Arc;

/// So many layers are listed here; the rest is one click away.
const LISTED: usize = 12;

/// The page that answers a reviewer in ten seconds.
#[component]
pub fn OverviewView() -> impl IntoView {
    let facts = expect_context::<Facts>();
    view! {
        <div class="overview">
            <div class="doc">
                {move || match facts.overview.get() {
                    Some(Ok(overview)) => identity(&overview),
                    Some(Err(problem)) => view! { <ProblemAlert problem /> }.into_any(),
                    None => identity(&Arc::default()),
                }}
                <section>
                    <div class="head">
                        <h2>"Layers"</h2>
                        {move || verified_words(facts.layer_table())}
                        <span class="sp"></span>
                        {move || legend(facts)}
                    </div>
                    <LayerBar />
                    <LayerTableView at_most=LISTED />
                    <AllLayers />
                </section>
                {move || facts.overview.get().and_then(Result::ok).map(|o| view! { <Runs runs=o.runs.clone() /> })}
                <Images />
            </div>
            <Attention />
        </div>
    }
}

/// Name, sentence, facts.
fn identity(facts: &Arc<OverviewFacts>) -> AnyView {
    let (first, others) = match facts.names.split_first() {
        Some((first, others)) => (first.clone(), others.to_vec()),
        None => (
            format::short_digest(facts.image_id.as_deref().unwrap_or_default()).to_owned(),
            Vec::new(),
        ),
    };
    let also =
        (!others.is_empty()).then(|| view! { <p class="also">"also "{others.join(", ")}</p> });
    view! {
        <section class="first">
            <h1 class="title">{image_name(&first)}</h1>
            {also}
            <p class="is">{sentence(facts)}</p>
            {grid(facts)}
        </section>
    }
    .into_any()
}

/// "Starts nginx as root, listens on 80/tcp."
fn sentence(facts: &OverviewFacts) -> AnyView {
    if facts.image_id.is_none() {
        return ().into_any();
    }
    let runs = &facts.runs;
    let program = runs.entrypoint.first().or(runs.cmd.first());
    let Some(program) = program else {
        return "Starts nothing by itself: it has neither an entrypoint nor a command.".into_any();
    };
    let user = match runs.user.as_str() {
        "" => "root",
        user => user,
    };
    let ports =
        (!runs.ports.is_empty()).then(|| view! { ", listens on "<b>{runs.ports.join(", ")}</b> });
    let author = facts.author.clone().filter(|author| !author.is_empty());
    view! {
        "Starts "<b>{program.clone()}</b>" as "
        <b class:m=runs.root>{user.to_owned()}</b>{ports}"."
        {author.map(|author| view! { <span class="soft">" Made by "{author}"."</span> })}
    }
    .into_any()
}

fn grid(facts: &Arc<OverviewFacts>) -> AnyView {
    let known = !facts.image_id.is_none();
    let paths = facts.tree_entries.map(|n| format!(" · {}", format::counted(n, "path", "paths")));
    let manifest = facts.manifest_digest.clone();
    view! {
        <dl class="facts">
            <div><dt>"Platform"</dt><dd>{facts.platform.clone()}</dd></div>
            <div>
                <dt>"On disk"</dt>
                <dd>{size(facts.size)}<span class="soft nw">{paths}</span></dd>
            </div>
            <div>
                <dt>"Image ID"</dt>
                <dd class="mono">{known.then(|| digest(facts.image_id.as_deref().unwrap_or_default(), "Copy image ID"))}</dd>
            </div>
            <div>
                <dt>"Created"</dt>
                <dd>
                    {day(facts.created.as_deref())}" "
                    <span class="soft nw">{known.then(|| when(facts.created.as_deref()))}</span>
                </dd>
            </div>
            <div><dt>"Download, compressed"</dt><dd>{size(facts.download)}</dd></div>
            <div>
                <dt>"Manifest digest"</dt>
                <dd class="mono">
                    {match manifest {
                        Some(manifest) => digest(&manifest, "Copy manifest digest"),
                        None if known => {
                            view! { <span class="soft">"none in this archive"</span> }.into_any()
                        }
                        None => wait().into_any(),
                    }}
                </dd>
            </div>
        </dl>
    }
    .into_any()
}

/// "6 of 6 digests verified", said as it is.
fn verified_words(table: Option<Arc<LayerTable>>) -> Option<AnyView> {
    let table = table?;
    let layers: Vec<_> = table.rows.iter().filter(|row| row.number.is_some()).collect();
    let of = |state| layers.iter().filter(|row| row.verified == state).count();
    let (right, wrong) = (of(Some(true)), of(Some(false)));
    let words = match wrong {
        0 => format!(
            "{right} of {} verified",
            format::counted(layers.len() as u64, "digest", "digests")
        ),
        _ => format!("{wrong} of {} digests do not match", layers.len()),
    };
    let (glyph, class) = match (wrong, right == layers.len()) {
        (0, true) => ("check", "ok"),
        (0, false) => ("clock", "soft"),
        _ => ("high", "d"),
    };
    Some(view! { <span class=class>{small_icon(glyph)}" "{words}</span> }.into_any())
}

/// What the hatching and the outlines of the bar mean.
fn legend(facts: Facts) -> Option<AnyView> {
    let table = facts.layer_table()?;
    let gone: u64 =
        table.rows.iter().filter_map(|row| Some(row.size?.saturating_sub(row.kept?))).sum();
    let tree = facts.overview.get()?.ok()?.tree_size;
    let hatched = (gone > 0).then(|| {
        view! {
            <span class="legend">
                <span class="hatch"></span>
                <span>
                    {size(Some(gone))}
                    <span class="soft">
                        " not in the final tree"{tree.map(|t| format!(" of {}", format::size(t)))}
                    </span>
                </span>
            </span>
        }
    });
    let tiny = super::bar::any_tiny(&table).then(|| {
        view! {
            <span class="legend">
                <span class="outline"></span>
                <span class="soft">"under 1 %, drawn wider"</span>
            </span>
        }
    });
    Some(view! { {hatched} {tiny} }.into_any())
}

/// The way to those that are not listed.
#[component]
fn AllLayers() -> impl IntoView {
    let facts = expect_context::<Facts>();
    let here = here();
    move || {
        let rows = facts.layer_table()?;
        let layers = rows.rows.iter().filter(|row| row.number.is_some()).count();
        (layers > LISTED).then(|| {
            let href = here.href(|link| link.view = View::Layers);
            view! { <p><a class="go" href=href>{format!("All {layers} layers")}</a></p> }
        })
    }
}
