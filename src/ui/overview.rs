//! The overview: what the image is, how it is built up, how it runs, what deserves attention.

use super::attention::Attention;
use super::bar::LayerBar;
use super::facts::Facts;
use super::here::{Here, here};
use super::images::{Images, source_form};
use super::layers::LayerTableView;
use super::lists::list;
use super::opened::Opened;
use super::parts::{Views, day, image_name, live, size, view, wait};
use super::platforms::platform_select;
use super::problems::{ProblemAlert, source_limit};
use super::pull::pull_panel;
use super::raw::{El, el, icon, raw};
use super::runs::runs_section;
use super::table::{digest, fill, heard};
use crate::format;
use crate::link::{Link, LinkTarget, View};
use crate::session::query::{Cell, LayerTable, Listing, OverviewFacts, SourceInfo};
use leptos::prelude::*;
use std::sync::Arc;

/// So many layers are listed here; the rest is one click away.
const LISTED: usize = 12;

/// The page that answers a reviewer in ten seconds.
#[component]
pub fn OverviewView() -> impl IntoView {
    let facts = expect_context::<Facts>();
    let opened = expect_context::<Opened>();
    let pulled = opened.has_all_layers();
    view! {
        <div class="overview">
            <div class="doc">
                {live(move || match facts.overview.get() {
                    Some(Ok(overview)) => identity(&overview, true),
                    Some(Err(problem)) => view! { <ProblemAlert problem /> },
                    None => identity(&Arc::default(), false),
                })}
                {live(move || source_limit(opened))}
                <section>
                    <div class="head">
                        <h2>"Layers"</h2>
                        {live(move || verified_words(facts.layer_table(), opened))}
                        <span class="sp"></span>
                        {live(move || legend(facts))}
                    </div>
                    <LayerBar />
                    <LayerTableView at_most=LISTED />
                    <AllLayers />
                </section>
                {live(move || runs(facts))}
                <Images />
                {live(move || asked(opened).then(|| referrers(opened)))}
                {live(move || (pulled.get() == Some(true)).then(|| pull_panel(opened)))}
            </div>
            <Attention />
        </div>
    }
}

/// Whether it comes from a registry that answers.
fn asked(opened: Opened) -> bool {
    let source = opened.source.read();
    source.as_ref().and_then(|source| source.remote.as_ref()).is_some_and(|remote| !remote.kept)
}

/// What speaks of the image in its registry: signatures, SBOMs, attestations.
fn referrers(opened: Opened) -> AnyView {
    let client = move || opened.client.get();
    view! {
        <section>
            <h2>"Referrers"</h2>
            {list(client, Listing::Referrers, "Referrers", "")}
        </section>
    }
    .into_any()
}

/// How it runs, if it is an image.
fn runs(facts: Facts) -> Option<AnyView> {
    let facts = facts.overview.get()?.ok().filter(|facts| facts.image_id.is_some())?;
    Some(runs_section(facts.runs.clone()))
}

/// Name, sentence, facts; all but the name waits until they are known.
fn identity(facts: &Arc<OverviewFacts>, known: bool) -> AnyView {
    let (opened, here) = (expect_context::<Opened>(), here());
    let grid = Grid { facts: expect_context(), opened, here };
    let shown = facts.clone();
    let facts_of = move |into: El| grid.fill(into, &shown, known);
    let (first, others) = match facts.names.split_first() {
        Some((first, others)) => (first.clone(), others.to_vec()),
        None => (opened.title(), Vec::new()),
    };
    let also = (!others.is_empty()).then(|| el("p", "also").text("also ").text(&others.join(", ")));
    let from = live(move || Some(came_from(opened, &*opened.source.get()?)));
    let alone = (known && facts.image_id.is_none())
        .then(|| format::alone_words(opened.chosen(|image| image.layers).unwrap_or_default()));
    view! {
        <section class="first">
            {image_name(el("h1", "title"), &first)}
            {platform_select(opened, "narrow")}
            {also}
            {match alone {
                Some(words) => {
                    let words = el("p", "is").add(el("b", "").text(words));
                    words.text(": no image around it says how it runs.")
                }
                None => sentence(facts),
            }}
            {from}
            {raw("", facts_of, move |key, event| heard(key, event, here))}
        </section>
    }
}

/// The file or the registry that it came from, and by which way.
fn came_from(opened: Opened, source: &SourceInfo) -> El {
    let made = el("p", "soft");
    let Some(remote) = &source.remote else {
        return source_form(made.text("From ").text(&opened.name()).text(": "), source);
    };
    let way = match (remote.kept, remote.proxied) {
        (true, _) => "kept from an earlier visit",
        (_, true) => "asked through the proxy",
        (_, false) => "asked directly",
    };
    let limit = match remote.limit.as_str() {
        "" => String::new(),
        limit => format!("{limit}. "),
    };
    let tags = Link::to(LinkTarget::Repository(remote.name.clone())).to_string();
    let words = format!("From the registry {}, {way}. {limit}", remote.registry);
    let tags = el("a", "").set("href", &tags).text("All tags");
    made.text(&words).add(tags)
}

/// "Starts nginx as root, listens on 80/tcp."
fn sentence(facts: &OverviewFacts) -> El {
    let made = el("p", "is");
    if facts.image_id.is_none() {
        return made;
    }
    let runs = &facts.runs;
    let Some(program) = runs.entrypoint.first().or(runs.cmd.first()) else {
        return made.text("Starts nothing by itself: it has neither an entrypoint nor a command.");
    };
    let user = match runs.user.as_str() {
        "" => "root",
        user => user,
    };
    let user = el("b", if runs.root { "m" } else { "" }).text(user);
    let mut made = made.text("Starts ").add(el("b", "").text(program)).text(" as ").add(user);
    if !runs.ports.is_empty() {
        made = made.text(", listens on ").add(el("b", "").text(&runs.ports.join(", ")));
    }
    made = made.text(".");
    match facts.author.as_deref() {
        None | Some("") => made,
        Some(author) => made.add(el("span", "soft").text(&format!(" Made by {author}."))),
    }
}

/// What is known of it in numbers and names.
#[derive(Clone, Copy)]
struct Grid {
    facts: Facts,
    opened: Opened,
    here: Here,
}

impl Grid {
    fn fill(self, into: El, facts: &OverviewFacts, known: bool) -> El {
        let soft = |words: &str| el("span", "soft nw").text(words);
        let size = |into: El, bytes: Option<u64>| match bytes {
            Some(bytes) => fill(into, &Cell::Size(bytes), self.here),
            None => into.add(wait()),
        };
        let value = || el("dd", "");
        let platform = match facts.platform.as_str() {
            "" if known => value().add(soft("not said")),
            platform => value().text(platform),
        };
        let mut disk = size(value(), facts.size);
        if let Some(paths) = facts.tree_entries {
            disk = disk.add(soft(&format!(" · {}", format::counted(paths, "path", "paths"))));
        }
        let mut made = row(el("dl", "facts"), "Platform", "", platform);
        made = row(made, "On disk", "", disk);
        // A root file system or a layer alone was fetched as the file that it came as.
        let alone = known && facts.image_id.is_none();
        if !alone {
            made = row(made, "Download, compressed", "", size(value(), facts.download));
        }
        made = self.identifiers(made, facts, known, alone);
        let mut created = value();
        if let Some(day) = day(facts.created.as_deref()) {
            created = created.text(&day).text(" ");
        }
        if known {
            let time = Cell::Time(facts.created.clone().unwrap_or_default());
            created = created.add(fill(soft(""), &time, self.here));
        }
        made = row(made, "Created", "", created);
        let packages = match self.facts.package_counts() {
            Some(words) => {
                let href = self.here.href(|link| link.turn_to(View::Packages));
                el("a", "").set("href", &href).text(&words)
            }
            None if self.opened.ready.get() => soft("not known"),
            None => wait(),
        };
        into.add(row(made, "Packages", "", value().add(packages)))
    }

    /// The digests, each by what it is the digest of.
    fn identifiers(self, into: El, facts: &OverviewFacts, known: bool, alone: bool) -> El {
        let value = || el("dd", "mono");
        let waits = || value().add(wait());
        let diff_id = alone.then(|| self.opened.chosen_id().filter(|id| !id.is_empty())).flatten();
        let own = match (&facts.image_id, diff_id) {
            (Some(id), _) => digest(value(), "Copy image ID", id),
            (None, Some(id)) => digest(value(), "Copy diff ID", &id),
            (None, None) => waits(),
        };
        if alone {
            return row(into, "Diff ID", "The digest of the uncompressed tar", own);
        }
        let made = row(into, "Image ID", "The digest of the image's config", own);
        let manifest = match &facts.manifest_digest {
            Some(manifest) => digest(value(), "Copy manifest digest", manifest),
            None if known => value().add(el("span", "soft").text("none in this archive")),
            None => waits(),
        };
        let title = "The digest of the manifest that names the layers";
        let made = row(made, "Manifest digest", title, manifest);
        let Some(index) = &facts.index_digest else { return made };
        let title = "The digest of the index that names the manifests of all platforms";
        row(made, "Index digest", title, digest(value(), "Copy index digest", index))
    }
}

fn row(into: El, name: &str, title: &str, value: El) -> El {
    let name = el("dt", "").set("title", title).text(name);
    into.add(el("div", "").add(name).add(value))
}

/// "6 of 6 digests verified", said as it is.
fn verified_words(table: Option<Arc<LayerTable>>, opened: Opened) -> Option<El> {
    let table = table?;
    let layers: Vec<_> = table.rows.iter().filter(|row| row.number.is_some()).collect();
    let of = |state| layers.iter().filter(|row| row.verified == state).count();
    let (right, wrong) = (of(Some(true)), of(Some(false)));
    let words = match wrong {
        0 if right == 0 && opened.ready.get() => "no digest to check".to_owned(),
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
    Some(el("span", class).add(icon(glyph)).text(" ").text(&words))
}

/// What the hatching and the outlines of the bar mean.
fn legend(facts: Facts) -> Option<AnyView> {
    let table = facts.layer_table()?;
    let gone: u64 =
        table.rows.iter().filter_map(|row| Some(row.size?.saturating_sub(row.kept?))).sum();
    let tree = facts.overview.get()?.ok()?.tree_size;
    let mut made = Vec::new();
    if gone > 0 {
        let of = tree.map_or(String::new(), |tree| format!(" of {}", format::size(tree)));
        let words = el("span", "soft").text(" not in the final tree").text(&of);
        let words = el("span", "").add(size(Some(gone))).add(words);
        made.push(el("span", "legend").add(el("span", "hatch")).add(words));
    }
    if super::bar::any_tiny(&table) {
        let words = el("span", "soft").text("under 1 %, drawn wider");
        made.push(el("span", "legend").add(el("span", "outline")).add(words));
    }
    Some(made.into_iter().views())
}

/// The way to those that are not listed.
#[component]
fn AllLayers() -> impl IntoView {
    let facts = expect_context::<Facts>();
    let here = here();
    live(move || {
        let rows = facts.layer_table()?;
        let layers = rows.rows.iter().filter(|row| row.number.is_some()).count();
        (layers > LISTED).then(|| {
            let href = here.href(|link| link.view = View::Layers);
            let link = el("a", "go").set("href", &href).text(&format!("All {layers} layers"));
            el("p", "").add(link)
        })
    })
}
