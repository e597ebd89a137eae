//! Lists of registries: tags of a repository, a search on Docker Hub, the repositories of a registry.

use super::host_request::HostRequest;
use super::reference::ReferenceForm;
use crate::browser::page::dom;
use crate::format;
use crate::host::is_host;
use crate::link::{Link, LinkTarget};
use crate::protocol::{
    FetchList, ListKind, ListNote, ListPart, ListRows, RepositoryRow, SearchRow, TagRow,
};
use crate::text::Shown;
use crate::ui::app::{
    Answerer, Loaded, OpenSources, Registries, TableRows, registry_of, use_answer, use_navigation,
    use_registries, use_sources,
};
use crate::ui::widgets::{
    AgeText, Badge, Button, Column, DataTable, DigestText, EmptyState, FilterBox, LoadingState,
    RowTarget, SizeText, ViewHead,
};
use crate::vocabulary::PublisherBadge;
use leptos::prelude::*;

/// Rows that are fetched at first, and each time that more are wanted.
const STEP: u32 = 200;

/// The list that the link names; first a question where its registry is unknown.
#[component]
pub fn ListScreen() -> AnyView {
    let (navigation, registries) = (use_navigation(), use_registries());
    let place = Memo::new(move |_| navigation.place());
    let screen = move || {
        let place = place.get();
        let known = registry_of(&place)
            .is_some_and(|registry| is_host(&registry) && registries.is_known(&registry));
        match list_of(&place) {
            _ if !registries.is_loaded() => view! { <LoadingState /> }.into_any(),
            Some(_) if !known => view! { <HostRequest link=Link::to(place) /> }.into_any(),
            Some((list, title)) => view! { <RegistryList list title /> }.into_any(),
            None => ().into_any(),
        }
    };
    view! { <main id="main" class="start lists-page" tabindex="-1"><div>{screen}</div></main> }
        .into_any()
}

/// Which list a place is, and its heading.
fn list_of(place: &LinkTarget) -> Option<(ListKind, String)> {
    match place {
        LinkTarget::Repository(name) if name.ends_with('/') => {
            let registry = name.trim_end_matches('/').to_owned();
            let title = format!("Repositories of {}", Shown::new(&registry));
            Some((ListKind::Repositories { registry }, title))
        }
        LinkTarget::Repository(repository) => {
            let title = format!("Tags of {}", Shown::new(repository));
            Some((ListKind::Tags { repository: repository.clone() }, title))
        }
        LinkTarget::Search(term) => {
            let title = format!("Docker Hub: “{}”", Shown::new(term));
            Some((ListKind::Search { term: term.clone() }, title))
        }
        _ => None,
    }
}

#[component]
fn RegistryList(list: ListKind, title: String) -> AnyView {
    let (navigation, registries) = (use_navigation(), use_registries());
    let wanted = RwSignal::new(STEP);
    let answer = {
        let list = list.clone();
        use_answer(answerer(registries), move || {
            Some(FetchList { list: list.clone(), filter: navigation.filter(), rows: wanted.get() })
        })
    };
    let window_title = title.clone();
    Effect::new(move || dom::set_title(&format!("{window_title} · Layerscope")));
    let filter = match &list {
        ListKind::Repositories { .. } => Some("Filter repositories"),
        ListKind::Tags { .. } => Some("Filter tags"),
        ListKind::Search { .. } | ListKind::Referrers | ListKind::Cache => None,
    };
    view! {
        <ReferenceForm />
        <section class="lists">
            <ViewHead title=title>
                {filter.map(|label| view! { <FilterBox label hint="Filter by name" /> })}
            </ViewHead>
            <ListTable answer list=list.clone() />
            {move || answer.read().map(notes)}
            <Show when=move || answer.read().map(|part| part.more) == Some(true)>
                <p class="bt">
                    <Button
                        label="Show more"
                        on_press=move || wanted.update(|wanted| *wanted += STEP)
                    />
                </p>
            </Show>
        </section>
    }
    .into_any()
}

fn answerer(registries: Registries) -> Answerer {
    let client = Signal::derive(move || Some(registries.lists()));
    Answerer::of_client(client, Signal::derive(move || registries.revision()))
}

/// The table of a list.
#[component]
fn ListTable(answer: Signal<Loaded<ListPart>>, list: ListKind) -> impl IntoView {
    match list {
        ListKind::Tags { .. } => tags(answer),
        ListKind::Search { .. } => search_results(answer),
        ListKind::Repositories { .. } => repositories(answer),
        // The overview and the settings show these.
        ListKind::Referrers | ListKind::Cache => ().into_any(),
    }
}

fn tags(answer: Signal<Loaded<ListPart>>) -> AnyView {
    let rows = rows_of(answer, |rows| match rows {
        ListRows::Tags(rows) => Some(rows.clone()),
        _ => None,
    });
    let sources = use_sources();
    let filled = Memo::new(move |_| FilledColumns {
        details: answer.read().ready().is_some_and(|part| has_details(&part.rows)),
        compare: sources.compared_with().is_some(),
    });
    // Columns are fixed as long as a table exists.
    view! { {move || view! { <TagTable rows filled=filled.get() /> }} }.into_any()
}

/// Which columns of tags have something to show: a plain registry says nothing about a tag but its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FilledColumns {
    details: bool,
    compare: bool,
}

fn has_details(rows: &ListRows) -> bool {
    match rows {
        ListRows::Tags(rows) => rows.iter().any(|row| row.details.is_some()),
        _ => false,
    }
}

#[component]
fn TagTable(rows: TableRows<TagRow>, filled: FilledColumns) -> AnyView {
    let href = |row: &TagRow| Some(Link::to(LinkTarget::image(&row.reference)).to_string());
    view! {
        <DataTable
            label="Tags"
            rows=rows
            columns=tag_columns(use_sources(), filled)
            target=RowTarget::new(href, |_| false)
            waiting="Fetching tags…"
            empty=|| view! { <EmptyState text="No tags." /> }
        />
    }
    .into_any()
}

fn search_results(answer: Signal<Loaded<ListPart>>) -> AnyView {
    let rows = rows_of(answer, |rows| match rows {
        ListRows::Search(rows) => Some(rows.clone()),
        _ => None,
    });
    let href =
        |row: &SearchRow| Some(Link::to(LinkTarget::Repository(row.name.clone())).to_string());
    view! {
        <DataTable
            label="Search results"
            rows=rows
            columns=search_columns()
            target=RowTarget::new(href, |_| false)
            waiting="Searching…"
            empty=|| view! { <EmptyState text="Docker Hub found nothing." /> }
        />
    }
    .into_any()
}

fn repositories(answer: Signal<Loaded<ListPart>>) -> AnyView {
    let rows = rows_of(answer, |rows| match rows {
        ListRows::Repositories(rows) => Some(rows.clone()),
        _ => None,
    });
    let href = |row: &RepositoryRow| {
        Some(Link::to(LinkTarget::Repository(row.repository.clone())).to_string())
    };
    let columns = vec![Column::text("Repository", |row: &RepositoryRow| row.name.to_string())];
    view! {
        <DataTable
            label="Repositories"
            rows=rows
            columns=columns
            target=RowTarget::new(href, |_| false)
            waiting="Fetching repositories…"
            empty=|| view! { <EmptyState text="No repositories." /> }
        />
    }
    .into_any()
}

fn rows_of<R: Clone + Send + Sync + 'static>(
    answer: Signal<Loaded<ListPart>>,
    pick: fn(&ListRows) -> Option<Vec<R>>,
) -> TableRows<R> {
    let picked = move |part: &ListPart| pick(&part.rows).unwrap_or_default();
    TableRows::complete(Signal::derive(move || answer.read().turn(picked)))
}

fn tag_columns(sources: OpenSources, filled: FilledColumns) -> Vec<Column<TagRow>> {
    let mut columns = vec![Column::text("Tag", |row: &TagRow| row.tag.to_string()).code().share(2)];
    if filled.details {
        columns.extend(detail_columns());
    }
    if filled.compare {
        columns.push(compare_column(sources));
    }
    columns
}

fn detail_columns() -> Vec<Column<TagRow>> {
    vec![
        Column::text("Platforms", |row: &TagRow| {
            let details = row.details.as_ref();
            details.map_or_else(String::new, |details| {
                details.platforms.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            })
        })
        .share(3)
        .rank(2),
        Column::new("Compressed size", |row: &TagRow| {
            let size = row.details.as_ref().and_then(|details| details.compressed_size);
            size.map(|bytes| view! { <SizeText bytes /> })
        })
        .number()
        .fixed(120)
        .rank(1),
        Column::new("Updated", |row: &TagRow| {
            let updated = row.details.as_ref().map(|details| details.updated.clone());
            updated.filter(|updated| !updated.is_empty()).map(|updated| {
                view! { <AgeText recorded=Some(updated) /> }
            })
        })
        .fixed(120)
        .rank(1),
        Column::new("Digest", |row: &TagRow| {
            let digest = row.details.as_ref().and_then(|details| details.digest.clone());
            digest.map(|digest| view! { <DigestText digest copy="Copy digest" /> })
        })
        .fixed(180)
        .rank(3),
    ]
}

/// Leads to a comparison of what is open with the tag.
fn compare_column(sources: OpenSources) -> Column<TagRow> {
    Column::new("Compare", move |row: &TagRow| {
        let tag = Link::to(LinkTarget::image(&row.reference)).to_string();
        let link = move || {
            let (before, after) = (sources.compared_with()?, tag.strip_prefix("#/")?);
            let place = LinkTarget::Compare { a: before.side()?, b: after.to_owned() };
            let title = format!("Compare {} with this tag", before.source.title(before.image));
            let href = Link::to(place).to_string();
            Some(view! { <a class="btn q" href=href title=title>"Compare"</a> })
        };
        view! { {link} }
    })
    .fixed(92)
    .rank(1)
}

fn search_columns() -> Vec<Column<SearchRow>> {
    vec![
        Column::text("Repository", |row: &SearchRow| row.name.clone()).share(2),
        Column::new("Publisher", |row: &SearchRow| {
            row.badge.map(|badge| view! { <Badge text=badge_words(badge) /> })
        })
        .fixed(150)
        .rank(1),
        Column::text("Description", |row: &SearchRow| row.description.to_string()).share(4).rank(2),
        Column::new("Stars", |row: &SearchRow| row.stars.map(format::count)).number().fixed(72),
        Column::new("Pulls", |row: &SearchRow| row.pulls.to_string()).number().fixed(72).rank(1),
    ]
}

fn badge_words(badge: PublisherBadge) -> &'static str {
    match badge {
        PublisherBadge::Official => "Official Image",
        PublisherBadge::VerifiedPublisher => "Verified Publisher",
        PublisherBadge::OpenSource => "Sponsored OSS",
        PublisherBadge::Hardened => "Hardened Image",
    }
}

/// What restricts a list.
fn notes(part: &ListPart) -> Option<impl IntoView + use<>> {
    let note = |note: &ListNote| match note {
        ListNote::Cut => "The registry has more tags than this page reads.".to_owned(),
        ListNote::InvalidNames(count) => {
            let names = format::counted(*count, "name is", "names are");
            format!("{names} not valid as tags and left out.")
        }
        ListNote::FailedSubjects(count) => {
            let manifests = format::counted(*count, "manifest", "manifests");
            format!("What refers to {manifests} of the image could not be listed.")
        }
        ListNote::OldSearch => {
            "Docker Hub's search did not answer; its older interface did, with fewer details."
                .to_owned()
        }
    };
    let total = part.total.map(|total| format!("{} in all.", format::count(total)));
    let notes: Vec<String> = total.into_iter().chain(part.notes.iter().map(note)).collect();
    (!notes.is_empty()).then(|| view! { <p class="soft">{notes.join(" ")}</p> })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;
    use crate::protocol::TagDetails;
    use crate::ui::testing::{Rendered, TestPage};

    fn list(link: &str, answer: Loaded<ListPart>) -> Rendered {
        let place = Link::parse(link).target;
        TestPage::at(link).answers_with::<FetchList>(move |_| answer.clone()).render(move || {
            let (list, title) = list_of(&place).expect("a list");
            view! { <RegistryList list title /> }
        })
    }

    fn part(rows: ListRows) -> Loaded<ListPart> {
        Loaded::of(ListPart {
            rows,
            total: Some(1200),
            more: true,
            notes: vec![ListNote::InvalidNames(1)],
        })
    }

    #[test]
    fn tags_lead_to_their_images() {
        let tag = TagRow {
            tag: "3.20<".into(),
            reference: "alpine:3.20".into(),
            details: Some(TagDetails {
                platforms: vec!["linux/amd64".into(), "linux/arm64".into()],
                compressed_size: Some(3_400_000),
                updated: "2026-11-27T12:00:00Z".into(),
                digest: None,
            }),
        };
        let html = list("#/repository/alpine", part(ListRows::Tags(vec![tag])));
        assert!(html.has(r##"href="#/image/alpine:3.20""##), "{html}");
        let text = html.text();
        assert!(text.contains("Tags of alpine"), "{text}");
        assert!(text.contains("3.20< linux/amd64, linux/arm64 3.40 MB 24 hours ago"), "{text}");
        assert!(
            text.ends_with("1,200 in all. 1 name is not valid as tags and left out. Show more"),
            "{text}"
        );
    }

    #[test]
    fn a_plain_registry_has_no_empty_columns() {
        let tag = TagRow { tag: "1".into(), reference: "localhost:5000/a:1".into(), details: None };
        let html = list("#/repository/localhost:5000/a", part(ListRows::Tags(vec![tag])));
        let text = html.text();
        assert!(text.contains("Tag 1 "), "{text}");
        let columns = ["Platforms", "Compressed size", "Updated", "Digest", "Compare"];
        assert!(columns.iter().all(|name| !text.contains(name)), "{text}");
    }

    #[test]
    fn a_search_leads_to_tags() {
        let row = SearchRow {
            name: "grafana/grafana".into(),
            description: "dashboards".into(),
            stars: Some(3000),
            official: false,
            pulls: "1B+".into(),
            badge: Some(PublisherBadge::VerifiedPublisher),
        };
        let html = list("#/search/grafana", part(ListRows::Search(vec![row])));
        assert!(html.has(r##"href="#/repository/grafana/grafana""##));
        assert!(html.text().contains("grafana/grafana Verified Publisher dashboards 3,000 1B+"));
    }

    #[test]
    fn lists_say_how_far_they_are() {
        let text = |answer| list("#/repository/localhost:5000/", answer).text();
        assert!(text(Loaded::Loading).contains("Repositories of localhost:5000"));
        assert!(text(Loaded::Loading).ends_with("Fetching repositories…"));
        let none = Loaded::of(ListPart {
            rows: ListRows::Repositories(Vec::new()),
            total: None,
            more: false,
            notes: Vec::new(),
        });
        assert!(text(none).ends_with("No repositories."));
        let problem = Problem::new("registry-unreachable", "localhost:5000 cannot be reached.");
        assert!(text(Loaded::Failed(problem)).ends_with("localhost:5000 cannot be reached."));
    }

    #[test]
    fn an_unknown_registry_is_asked_about_first() {
        let html = TestPage::at("#/repository/ghcr.io/a/b").render(|| view! { <ListScreen /> });
        assert!(html.text().contains("Open a list from ghcr.io?"), "{}", html.text());
    }
}
