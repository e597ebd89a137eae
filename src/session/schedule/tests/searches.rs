//! Searches in contents of files.

use super::cached::later;
use super::contents::content;
use super::downloads::{pulled, pulled_of, states};
use super::images::{LayerBlob, estargz, noise, three_layers};
use super::registry::{Fault, blobs};
use super::world::{World, image, runs, world};
use crate::expression::Expression;
use crate::protocol::{
    DownloadRequest, MatchCounts, MatchTable, Matches, PullState, RequestId, RowRange,
    SearchContents, SearchSpec, SearchTotals, TableLine,
};
use crate::selection::LayerSelection;

pub fn search(text: &str, layers: LayerSelection) -> SearchContents {
    let expression = Expression { text: text.to_owned(), case: true, ..Expression::default() };
    SearchContents {
        image: image(0),
        spec: SearchSpec { layers, expression, ..SearchSpec::default() },
    }
}

fn ready() -> World {
    let mut world = world();
    world.open_files(three_layers());
    world.run();
    world
}

fn totals(world: &mut World) -> SearchTotals {
    let question = MatchCounts { image: image(0) };
    let request = world.ask(question.clone());
    world.answer(request, &question).unwrap()
}

/// `/b:1 three`.
fn lines(world: &mut World) -> Vec<String> {
    let rows = RowRange { first: 0, count: 100 };
    let question = Matches { table: MatchTable { image: image(0), rows } };
    let request = world.ask(question.clone());
    let part = world.answer(request, &question).unwrap();
    let rows = part.lines.iter().filter_map(|line| match line {
        TableLine::Head(_) => None,
        TableLine::Row(row) => {
            let text: String = row.parts.iter().map(|part| part.text.as_str()).collect();
            Some(format!("{}:{} {text}", row.shown, row.number))
        }
    });
    rows.collect()
}

fn searched(world: &mut World, text: &str, layers: &str) -> Vec<String> {
    let request = world.ask(search(text, LayerSelection::parse(layers).unwrap()));
    world.run();
    world.done(request).unwrap();
    assert!(totals(world).complete);
    lines(world)
}

#[test]
fn the_files_of_the_selection_are_searched() {
    let mut world = ready();
    for (text, layers, want) in [
        ("o", "", &["/c:1 four"][..]),
        ("o", "..1", &["/a:1 one", "/b:1 two and more"]),
        ("o", "3", &["/c:1 four"]),
        ("e", "2", &["/b:1 three"]),
        ("nowhere", "", &[]),
    ] {
        assert_eq!(searched(&mut world, text, layers), want, "{text} in {layers}");
    }
    world.assert_clean();
}

#[test]
fn a_file_that_the_user_opens_does_not_wait_for_a_search() {
    let mut world = ready();
    let request = world.ask(search("e", LayerSelection::All));
    assert_eq!(world.logged("run search"), ["run search 1", "run search 2"], "on both cores");
    let file = world.ask(content("c"));
    assert_eq!(world.logged("run content"), ["run content 3"], "on a third worker");
    world.finish_first(runs("content 3"));
    assert_eq!(world.beside(file), b"four");
    assert_eq!(world.logged("run search").len(), 2, "the third job waits for a core");
    world.run();
    world.done(request).unwrap();
    let SearchTotals { searched, files, bytes, .. } = totals(&mut world);
    assert_eq!((searched, files, bytes), (3, 3, 31 + 5 + 4));
    let last = world.progress.last().map(|(_, progress)| (progress.done, progress.total));
    assert_eq!(last, Some((40, 40)));
    world.assert_clean();
}

#[test]
fn a_search_that_is_cancelled_keeps_what_it_found() {
    let mut world = ready();
    let request = world.ask(search("e", LayerSelection::All));
    world.finish_first(runs("search 2"));
    world.cancel(request);
    assert_eq!(world.logged("run search").len(), 3);
    world.run();
    let found = totals(&mut world);
    assert!(!found.complete);
    assert_eq!((found.searched, found.lines), (1, 1));
    assert_eq!(lines(&mut world), ["/b:1 three"]);
    world.assert_clean();
}

#[test]
fn a_search_takes_the_place_of_the_one_before() {
    let mut world = ready();
    let first = world.ask(search("e", LayerSelection::All));
    assert_eq!(searched(&mut world, "f", ""), ["/c:1 four"]);
    assert_eq!(world.problem(first), "search-replaced");
    let jobs = world.logged("run search").len();
    assert_eq!(searched(&mut world, "f", ""), ["/c:1 four"]);
    assert_eq!(world.logged("run search").len(), jobs, "the same again reads nothing");
    world.assert_clean();
}

#[test]
fn a_lost_worker_costs_what_it_searched() {
    let mut world = ready();
    let request = world.ask(search("e", LayerSelection::All));
    world.lose_worker(runs("search 2"));
    world.run();
    world.done(request).unwrap();
    let found = totals(&mut world);
    assert!(found.complete);
    let problem = &found.problems[..];
    assert_eq!(problem.iter().map(|one| &*one.code).collect::<Vec<_>>(), ["worker-failed"]);
    assert_eq!(found.searched, 2);
    world.assert_clean();
}

#[test]
fn what_cannot_be_searched_is_refused() {
    let mut world = world();
    let early = world.ask(search("e", LayerSelection::All));
    assert_eq!(world.problem(early), "not-open");
    let mut world = ready();
    let empty = world.ask(search("", LayerSelection::All));
    assert_eq!(world.problem(empty), "search-expression");
    let mut regex = search("a(", LayerSelection::All);
    regex.spec.expression.regex = true;
    let regex = world.ask(regex);
    assert_eq!(world.problem(regex), "search-expression");
    let mut other = search("e", LayerSelection::All);
    other.image = image(7);
    let other: RequestId = world.ask(other);
    assert_eq!(world.problem(other), "no-such-image");
    world.assert_clean();
}

/// Two layers, the second with a table of contents.
fn with_table() -> Vec<LayerBlob> {
    let mut layers = blobs(&[&[("etc/base", "small base")]]);
    layers.push(estargz(&[("etc/small", "small"), ("etc/large", &noise(400_000))]));
    layers
}

#[test]
fn a_layer_that_is_known_by_its_table_is_downloaded_and_read_first() {
    let (mut world, _) = pulled_of(&with_table());
    world.download(DownloadRequest::Needed);
    world.run();
    assert_eq!(states(&world)[1], PullState::Listed);
    assert_eq!(searched(&mut world, "small", "..1"), ["/etc/base:1 small base"]);
    assert_eq!(states(&world)[1], PullState::Listed, "that was in the first layer");
    let found = searched(&mut world, "small", "");
    // The table is a file of the layer, too.
    assert_eq!(found[..2], ["/etc/base:1 small base", "/etc/small:1 small"]);
    assert_eq!(states(&world), [PullState::Done; 2]);
    world.assert_clean();
}

#[test]
fn a_layer_that_cannot_be_downloaded_ends_the_search() {
    let (mut world, digests) = pulled_of(&with_table());
    world.download(DownloadRequest::Needed);
    world.run();
    world.registry.fail(&digests[1], Fault::Status(404));
    let request = world.ask(search("small", LayerSelection::All));
    world.run();
    assert_eq!(world.problem(request), "registry-not-found");
    world.assert_clean();
}

#[test]
fn a_search_that_cannot_go_on_leaves_no_jobs_behind() {
    let (mut first, digests) = pulled();
    first.download(DownloadRequest::Needed);
    first.run();
    first.blobs.clear(); // the cache knows the layers, but has none of their bytes
    let mut world = later(first);
    world.registry.fail(&digests[1], Fault::Status(404));
    let content = world.ask(content("b"));
    world.run();
    assert_eq!(world.problem(content), "registry-not-found");
    let request = world.ask(search("1", LayerSelection::All));
    world.run();
    assert_eq!(world.problem(request), "registry-not-found");
    assert_eq!(world.logged("run search"), [""; 0]);
    world.assert_clean();
}
