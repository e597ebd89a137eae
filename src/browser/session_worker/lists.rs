//! Lists: tags, referrers, a search, a registry's repositories, and what is kept here.
//!
//! - A list is fetched once and shown under whatever filter; Docker Hub's come page by page, as far as
//!   rows are asked for.
//! - Cells are plain values; links are written here, so that the page draws any list alike.

use super::{answer, with_state};
use crate::browser::{network, store};
use crate::link::{Link, LinkTarget};
use crate::oci::{DOCKER_HUB, Reference};
use crate::problem::Problem;
use crate::registry::catalog::Catalog;
use crate::registry::hub::{Badge, HubTag, ListHubTags, Search, SearchHit};
use crate::registry::referrers::ListReferrers;
use crate::registry::tags::Tags;
use crate::session::query::{Cell, Column, Leads, Listing, Look, Table, TableRow, to_wire};
use crate::text;
use js_sys::Uint8Array;
use std::cell::RefCell;
use wasm_bindgen_futures::spawn_local;

/// Hits of a search that come at once.
const HITS: usize = 100;

thread_local! {
    /// What was fetched so far, the newest last.
    static FETCHED: RefCell<Vec<(Key, Fetched)>> = const { RefCell::new(Vec::new()) };
}

/// A list, and the filter that the registry itself applies to it.
type Key = (Listing, String);

/// Lists that are held at most.
const HELD: usize = 16;

#[derive(Clone, Default)]
struct Fetched {
    columns: &'static [&'static str],
    rows: Vec<TableRow>,
    /// How many there are, where that is more than is here.
    total: Option<u64>,
    /// The page that comes next; `None`: all is here.
    next: Option<u32>,
    note: String,
}

/// Answers with rows of a list.
pub(super) fn look(id: u32, look: Look) {
    spawn_local(async move {
        let table = table(look).await;
        answer(id, Ok(()), &Uint8Array::from(&to_wire(&table)[..]));
    });
}

/// Forgets what is kept.
pub(super) fn clear_kept(id: u32) {
    spawn_local(async move {
        store::clear().await;
        answer(id, Ok(()), &wasm_bindgen::JsValue::UNDEFINED);
    });
}

async fn table(look: Look) -> Result<Table, Problem> {
    if look.listing == Listing::Kept {
        return Ok(kept().await);
    }
    let by_registry = is_hubs(&look.listing);
    let key = (look.listing, if by_registry { look.filter.clone() } else { String::new() });
    let mut fetched = recall(&key).unwrap_or_default();
    if fetched.columns.is_empty() {
        fetched = fetch(&key, 1).await?;
    }
    while fetched.rows.len() < look.count as usize
        && let Some(page) = fetched.next
    {
        let more = fetch(&key, page).await?;
        fetched.rows.extend(more.rows);
        fetched.next = more.next;
    }
    remember(key, &fetched);
    let filter = if by_registry { String::new() } else { look.filter.trim().to_lowercase() };
    let shows =
        |row: &&TableRow| filter.is_empty() || row.cells.iter().any(|cell| holds(cell, &filter));
    let matching = fetched.rows.iter().filter(shows).count() as u64;
    let rows: Vec<_> =
        fetched.rows.iter().filter(shows).take(look.count as usize).cloned().collect();
    let more = matching > rows.len() as u64 || fetched.next.is_some();
    let total = if fetched.next.is_some() { fetched.total } else { Some(matching) };
    let columns = columns(fetched.columns);
    Ok(Table { columns, rows, total, more, note: fetched.note, ..Table::default() })
}

fn holds(cell: &Cell, filter: &str) -> bool {
    match cell {
        Cell::Text(text) | Cell::Digest(text) | Cell::Badge(text) => {
            text.to_lowercase().contains(filter)
        }
        _ => false,
    }
}

fn recall(key: &Key) -> Option<Fetched> {
    FETCHED.with_borrow(|all| all.iter().find(|(there, _)| there == key).map(|(_, f)| f.clone()))
}

fn remember(key: Key, fetched: &Fetched) {
    FETCHED.with_borrow_mut(|all| {
        all.retain(|(there, _)| *there != key);
        all.push((key, fetched.clone()));
        let surplus = all.len().saturating_sub(HELD);
        all.drain(..surplus);
    });
}

/// Whether Docker Hub's own interface lists it: with its filter, and page by page.
fn is_hubs(listing: &Listing) -> bool {
    match listing {
        Listing::Tags(name) => {
            Reference::parse(name).is_ok_and(|reference| reference.registry() == DOCKER_HUB)
        }
        _ => false,
    }
}

async fn fetch((listing, filter): &Key, page: u32) -> Result<Fetched, Problem> {
    match listing {
        Listing::Tags(name) => {
            let reference = Reference::parse(name)?;
            if is_hubs(listing) {
                match hub_tags(&reference, page, filter).await {
                    Err(_) if page == 1 => {} // the registry itself knows the names, at least
                    found => return found,
                }
            }
            tags(&reference, filter).await
        }
        Listing::Referrers => referrers().await,
        Listing::Search(term) => search(term, page).await,
        Listing::Catalog(registry) => catalog(registry).await,
        Listing::Kept => Ok(Fetched::default()),
    }
}

fn shown(text: &str) -> Cell {
    Cell::Text(text::show(text.as_bytes()))
}

fn link(place: LinkTarget) -> String {
    Link::to(place).to_string()
}

fn linked(link: String, cells: Vec<Cell>) -> TableRow {
    TableRow { leads: Leads::Link(link), cells, ..TableRow::default() }
}

fn columns(names: &[&str]) -> Vec<Column> {
    names.iter().map(|name| Column { name: (*name).to_owned(), ..Column::default() }).collect()
}

fn image(reference: &str) -> String {
    link(LinkTarget::Image { reference: reference.to_owned(), digest: None })
}

async fn tags(reference: &Reference, filter: &str) -> Result<Fetched, Problem> {
    let list = network::run(Tags::new(reference.registry(), reference.repository())).await?;
    let row = |tag: &&str| {
        let named = reference.with_tag(tag).map_or_else(|_| String::new(), |r| r.familiar());
        linked(image(&named), vec![shown(tag)])
    };
    let rows = crate::registry::version::filter(&list.tags, filter).iter().map(row).collect();
    let note = match (list.cut, list.passed_over) {
        (true, _) => "There are more tags than are read.".to_owned(),
        (false, 0) => String::new(),
        (false, count) => format!("{count} names that are no tags were left out."),
    };
    Ok(Fetched { columns: &["Tag"], rows, note, ..Fetched::default() })
}

async fn hub_tags(reference: &Reference, page: u32, filter: &str) -> Result<Fetched, Problem> {
    let found = network::run(ListHubTags::new(reference.repository(), page, filter)).await?;
    let rows = found.tags.iter().map(|tag| hub_row(reference, tag)).collect();
    let columns = &["Tag", "Platforms", "Download", "Updated", "Digest"];
    let next = found.more.then_some(page + 1);
    Ok(Fetched { columns, rows, total: found.total, next, note: String::new() })
}

fn hub_row(reference: &Reference, tag: &HubTag) -> TableRow {
    let platforms: Vec<String> =
        tag.images.iter().map(|image| image.platform.to_string()).collect();
    // What most people would download; each platform's is in its image.
    let usual = tag.images.iter().find(|image| image.platform.to_string() == "linux/amd64");
    let size = usual.or(tag.images.first()).and_then(|image| image.size);
    let named = reference.with_tag(&tag.name).map_or_else(|_| String::new(), |r| r.familiar());
    let digest = tag.digest.as_ref().or(tag.images.first().and_then(|image| image.digest.as_ref()));
    let cells = vec![
        shown(&tag.name),
        shown(&platforms.join(", ")),
        size.map_or(Cell::Text(String::new()), Cell::Size),
        Cell::Time(tag.updated.clone()),
        digest.map_or(Cell::Text(String::new()), |digest| Cell::Digest(digest.to_string())),
    ];
    linked(image(&named), cells)
}

async fn search(term: &str, page: u32) -> Result<Fetched, Problem> {
    let from = (page - 1) * HITS as u32;
    let found = network::run(Search::new(term, from, HITS)).await?;
    let columns = &["Name", "Description", "Stars", "Official", "Pulls", "Trust"];
    let full = found.hits.len() == HITS && !found.old;
    let rows = found.hits.iter().map(hit).collect();
    Ok(Fetched {
        columns,
        rows,
        total: found.total,
        next: full.then_some(page + 1),
        note: match found.old {
            true => "Docker Hub's search gave no answer; this is its old one, which tells less."
                .to_owned(),
            false => String::new(),
        },
    })
}

fn hit(hit: &SearchHit) -> TableRow {
    let badge = hit.badge.map_or("", |badge| match badge {
        Badge::Official => "Docker Official Image",
        Badge::VerifiedPublisher => "Verified Publisher",
        Badge::OpenSource => "Sponsored OSS",
        Badge::Hardened => "Hardened Image",
    });
    let cells = vec![
        shown(&hit.name),
        shown(&hit.description),
        hit.stars.map_or(Cell::Text(String::new()), Cell::Count),
        Cell::Text(if hit.official { "[OK]" } else { "" }.to_owned()),
        shown(&hit.pulls),
        Cell::Badge(badge.to_owned()),
    ];
    linked(link(LinkTarget::Repository(hit.name.clone())), cells)
}

async fn catalog(registry: &str) -> Result<Fetched, Problem> {
    let names = network::run(Catalog::new(registry)).await?;
    let row = |name: &String| {
        linked(link(LinkTarget::Repository(format!("{registry}/{name}"))), vec![shown(name)])
    };
    let rows = names.iter().map(row).collect();
    Ok(Fetched { columns: &["Repository"], rows, ..Fetched::default() })
}

async fn referrers() -> Result<Fetched, Problem> {
    let mut asked = None;
    with_state(|state| {
        let remote = state.remote.as_ref();
        let place = remote.map(|remote| (remote.registry.clone(), remote.repository.clone()));
        asked = place.zip(state.session().ok().map(|session| session.manifests()));
    });
    let Some(((registry, repository), subjects)) = asked else {
        return Err(Problem::new("not-open", "No image of a registry is open."));
    };
    let mut rows = Vec::new();
    for subject in subjects {
        let found = network::run(ListReferrers::new(&registry, &repository, subject)).await?;
        for descriptor in found.descriptors {
            let pinned = format!("{registry}/{repository}");
            let place = LinkTarget::Image {
                reference: Reference::parse(&pinned).map_or(pinned, |r| familiar_name(&r)),
                digest: Some(descriptor.digest.to_string()),
            };
            let kind = match &descriptor.artifact_type[..] {
                "" => &descriptor.media_type,
                kind => kind,
            };
            let cells = vec![
                shown(kind),
                u64::try_from(descriptor.size).map_or(Cell::Text(String::new()), Cell::Size),
                Cell::Digest(descriptor.digest.to_string()),
            ];
            rows.push(linked(link(place), cells));
        }
    }
    Ok(Fetched { columns: &["Kind", "Size", "Digest"], rows, ..Fetched::default() })
}

/// The name without the tag that is meant where none is written.
fn familiar_name(reference: &Reference) -> String {
    let whole = reference.familiar();
    whole.strip_suffix(":latest").map_or_else(|| whole.clone(), str::to_owned)
}

async fn kept() -> Table {
    let kept = store::kept().await;
    let row = |name: &str, count: u64, bytes: u64| TableRow {
        cells: vec![shown(name), Cell::Count(count), Cell::Size(bytes)],
        ..TableRow::default()
    };
    let rows = vec![
        row("Layers", kept.blobs, kept.blob_bytes),
        row("Indexes and documents", kept.entries, kept.entry_bytes),
    ];
    let columns = columns(&["What", "Number", "Size"]);
    let note = match kept.quota {
        0 => String::new(),
        quota => format!("The browser grants this page {:.1} GB in all.", quota as f64 / 1e9),
    };
    Table { columns, rows, note, ..Table::default() }
}
