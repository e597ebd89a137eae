//! Lists: tags, referrers, a search, the repositories of a registry, numbers of the cache.
//!
//! - A list is fetched once, and any filter shows a part of it. Docker Hub's own lists come page by page, as
//!   far as rows are requested, and Docker Hub applies the filter.

use super::command::Command;
use super::list_rows::{self, KnownList, matching};
use super::network::Manners;
use super::purpose::{CachePurpose, OperationPurpose};
use super::running::{OperationResult, RunningOperation, operation};
use super::shared::{SharedParts, not_open};
use crate::oci::{DOCKER_HUB, Descriptor, Digest, Reference};
use crate::problem::Problem;
use crate::protocol::{CacheNumbers, FetchList, ListKind, ListNote, ListPart, ListRows, RequestId};
use crate::registry::RegistryError;
use crate::registry::catalog::Catalog;
use crate::registry::hub::{ListHubTags, Search};
use crate::registry::referrers::{ListReferrers, Referrers};
use crate::registry::tags::Tags;
use std::collections::{BTreeMap, VecDeque};

/// Hits of a search in one response.
const HITS: usize = 100;
/// Lists that are held at most.
const HELD: usize = 16;

/// A list, and the filter that Docker Hub applies to it.
type ListName = (ListKind, String);

/// Lists that were fetched, and requests in progress.
#[derive(Default)]
pub struct Lists {
    /// The newest last.
    held: VecDeque<(ListName, KnownList)>,
    open: BTreeMap<RequestId, ListRequest>,
}

struct ListRequest {
    name: ListName,
    wish: FetchList,
    known: Option<KnownList>,
    fetching: ListFetch,
}

/// What is being fetched for a list.
#[derive(Clone, Debug, PartialEq)]
enum ListFetch {
    /// This page; of tags it is Docker Hub's.
    Page(u32),
    /// Tags from the registry itself.
    PlainTags,
    /// What refers to the first of these manifests, and what was found so far.
    Referrers { place: (String, String), subjects: VecDeque<Digest>, found: ReferrersFound },
}

/// What refers to several manifests, one after the other.
#[derive(Clone, Debug, Default, PartialEq)]
struct ReferrersFound {
    descriptors: Vec<Descriptor>,
    /// Manifests whose referrers were listed.
    listed: u64,
    /// Why others' were not.
    failed: Vec<Problem>,
}

impl ReferrersFound {
    /// A manifest whose referrers cannot be listed does not take those of others.
    fn take(&mut self, list: Result<Referrers, RegistryError>) {
        match list {
            Ok(list) => {
                self.descriptors.extend(list.descriptors);
                self.listed += 1;
            }
            Err(error) => self.failed.push(error.problem),
        }
    }

    /// The rows; an error if nothing was listed.
    fn rows(self, repository: &str) -> Result<KnownList, Problem> {
        let failed = self.failed.len() as u64;
        match self.failed.into_iter().next() {
            Some(problem) if self.listed == 0 => Err(problem),
            _ => {
                let notes = (failed > 0).then_some(ListNote::FailedSubjects(failed));
                let known = list_rows::referrers(&self.descriptors, repository);
                Ok(KnownList { notes: notes.into_iter().collect(), ..known })
            }
        }
    }
}

impl Lists {
    /// Answers at once, or fetches what is missing.
    pub fn request(&mut self, request: RequestId, wish: FetchList, shared: &mut SharedParts) {
        if wish.list == ListKind::Cache {
            let id = shared.out.id();
            shared.out.caches.insert(id, CachePurpose::Numbers(request));
            return shared.out.push(Command::CountCache { id });
        }
        let by_hub = is_hubs(&wish.list);
        let name = (wish.list.clone(), if by_hub { wish.filter.clone() } else { String::new() });
        let known = self.held.iter().find(|(there, _)| *there == name);
        let known = known.map(|(_, list)| list.clone());
        let fetching = ListFetch::Page(1);
        self.open.insert(request, ListRequest { name, wish, known, fetching });
        self.advance(request, shared);
    }

    /// What the cache holds.
    pub fn take_numbers(request: RequestId, numbers: CacheNumbers, shared: &mut SharedParts) {
        let part = ListPart {
            rows: ListRows::Cache(numbers),
            total: None,
            more: false,
            notes: Vec::new(),
        };
        shared.out.answer(request, &Ok(part));
    }

    /// The result of an operation for a list.
    pub fn take(&mut self, request: RequestId, result: OperationResult, shared: &mut SharedParts) {
        let Some(open) = self.open.get_mut(&request) else { return };
        match open.take(result) {
            Ok(Some(page)) => {
                match &mut open.known {
                    Some(known) => known.extend(page),
                    known => *known = Some(page),
                }
                self.advance(request, shared);
            }
            Ok(None) => self.fetch(request, shared),
            Err(problem) => self.fail(request, problem, shared),
        }
    }

    /// A request was cancelled.
    pub fn cancel(&mut self, request: RequestId, shared: &mut SharedParts) {
        if self.open.remove(&request).is_some() {
            let SharedParts { network, out, .. } = shared;
            network.cancel_all(|purpose| *purpose == OperationPurpose::List(request), out);
        }
        shared.out.forget_lookups(|purpose| match purpose {
            CachePurpose::Numbers(id) | CachePurpose::Cleared(id) => *id == request,
            _ => false,
        });
    }

    /// Answers if enough is known, else fetches the next page.
    fn advance(&mut self, request: RequestId, shared: &mut SharedParts) {
        let Some(open) = self.open.get_mut(&request) else { return };
        let next = match &open.known {
            None => Some(1),
            Some(known) if known.len() < open.wish.rows as usize => known.next_page,
            Some(_) => None,
        };
        if let Some(page) = next {
            open.fetching = ListFetch::Page(page);
            return self.fetch(request, shared);
        }
        let Some(ListRequest { name, wish, known: Some(known), .. }) = self.open.remove(&request)
        else {
            return;
        };
        shared.out.answer(request, &Ok(part(&known, &wish)));
        self.held.retain(|(there, _)| *there != name);
        // One with gaps is fetched again.
        if !known.notes.iter().any(|note| matches!(note, ListNote::FailedSubjects(_))) {
            self.held.push_back((name, known));
        }
        while self.held.len() > HELD {
            self.held.pop_front();
        }
    }

    fn fetch(&mut self, request: RequestId, shared: &mut SharedParts) {
        let Some(open) = self.open.get_mut(&request) else { return };
        match open.operation(shared) {
            Ok(Some(running)) => {
                let SharedParts { network, out, .. } = shared;
                network.start(running, OperationPurpose::List(request), Manners::Asks, out);
            }
            Ok(None) => {
                open.known = Some(KnownList::whole(ListRows::Referrers(Vec::new())));
                self.advance(request, shared);
            }
            Err(problem) => self.fail(request, problem, shared),
        }
    }

    fn fail(&mut self, request: RequestId, problem: Problem, shared: &mut SharedParts) {
        self.open.remove(&request);
        shared.out.refuse(request, problem);
    }
}

impl ListRequest {
    /// The operation that fetches what is missing. `None`: there is nothing to ask.
    fn operation(
        &mut self,
        shared: &mut SharedParts,
    ) -> Result<Option<Box<dyn RunningOperation>>, Problem> {
        let filter = &self.name.1;
        Ok(Some(match (&self.wish.list, &mut self.fetching) {
            (ListKind::Tags { repository }, ListFetch::Page(page)) if is_hubs(&self.wish.list) => {
                let reference = Reference::parse(repository)?;
                let list = ListHubTags::new(reference.repository(), *page, filter);
                operation(list, OperationResult::HubTags)
            }
            (ListKind::Tags { repository }, _) => {
                let reference = Reference::parse(repository)?;
                let list = Tags::new(reference.registry(), reference.repository());
                operation(list, OperationResult::Tags)
            }
            (ListKind::Search { term }, ListFetch::Page(page)) => {
                let from = (*page - 1).saturating_mul(HITS as u32);
                operation(Search::new(term, from, HITS), OperationResult::Search)
            }
            (ListKind::Repositories { registry }, _) => {
                operation(Catalog::new(registry), OperationResult::Repositories)
            }
            (ListKind::Referrers, fetching) => {
                if !matches!(fetching, ListFetch::Referrers { .. }) {
                    *fetching = subjects(shared)?;
                }
                let ListFetch::Referrers { place, subjects, .. } = fetching else {
                    return Ok(None);
                };
                let Some(subject) = subjects.front() else { return Ok(None) };
                let list = ListReferrers::new(&place.0, &place.1, subject.clone());
                operation(list, OperationResult::Referrers)
            }
            (ListKind::Search { .. } | ListKind::Cache, _) => return Ok(None),
        }))
    }

    /// A page of rows; `Ok(None)`: another operation must run for it.
    fn take(&mut self, result: OperationResult) -> Result<Option<KnownList>, Problem> {
        let repository = match &self.wish.list {
            ListKind::Tags { repository } => Some(Reference::parse(repository)?),
            _ => None,
        };
        match (result, repository, &mut self.fetching) {
            (OperationResult::HubTags(Ok(page)), Some(repository), ListFetch::Page(number)) => {
                Ok(Some(list_rows::hub_tags(&page, *number, &repository)))
            }
            // The registry itself knows the names, at least.
            (OperationResult::HubTags(Err(_)), _, ListFetch::Page(1)) => {
                self.fetching = ListFetch::PlainTags;
                Ok(None)
            }
            (OperationResult::HubTags(Err(error)), ..) => Err(error.problem),
            (OperationResult::Tags(list), Some(repository), _) => {
                Ok(Some(list_rows::tags(&list?, &repository, &self.name.1)))
            }
            (OperationResult::Search(page), _, ListFetch::Page(number)) => {
                Ok(Some(list_rows::search(&page?, *number, HITS)))
            }
            (OperationResult::Repositories(names), ..) => {
                let ListKind::Repositories { registry } = &self.wish.list else {
                    return Err(of_another_kind());
                };
                Ok(Some(list_rows::repositories(&names?, registry)))
            }
            (
                OperationResult::Referrers(list),
                _,
                ListFetch::Referrers { place, subjects, found },
            ) => {
                found.take(list);
                subjects.pop_front();
                if !subjects.is_empty() {
                    return Ok(None);
                }
                let name = format!("{}/{}", place.0, place.1);
                let name = Reference::parse(&name).map_or(name, |r| untagged(&r));
                Ok(Some(std::mem::take(found).rows(&name)?))
            }
            _ => Err(of_another_kind()),
        }
    }
}

/// Whether Docker Hub's own interface lists it: with its filter, and page by page.
fn is_hubs(list: &ListKind) -> bool {
    match list {
        ListKind::Tags { repository } => {
            Reference::parse(repository).is_ok_and(|name| name.registry() == DOCKER_HUB)
        }
        _ => false,
    }
}

/// Where the open image is, and what may be referred to there.
fn subjects(shared: &mut SharedParts) -> Result<ListFetch, Problem> {
    let (downloads, means) = shared.downloads().ok_or_else(not_open)?;
    let place = downloads.place();
    let subjects = means.session.manifests(super::downloads::REGISTRY_IMAGE).into();
    let place = (place.registry.to_owned(), place.repository.to_owned());
    Ok(ListFetch::Referrers { place, subjects, found: ReferrersFound::default() })
}

fn part(known: &KnownList, wish: &FetchList) -> ListPart {
    let filter = if is_hubs(&wish.list) { "" } else { &wish.filter };
    let (rows, matching) = matching(&known.rows, filter, wish.rows as usize);
    let shown = matching.min(u64::from(wish.rows));
    ListPart {
        rows,
        total: if known.next_page.is_some() { known.total } else { Some(matching) },
        more: matching > shown || known.next_page.is_some(),
        notes: known.notes.clone(),
    }
}

/// The name without the tag that is meant where none is written.
fn untagged(reference: &Reference) -> String {
    let whole = reference.familiar();
    whole.strip_suffix(":latest").map_or_else(|| whole.clone(), str::to_owned)
}

fn of_another_kind() -> Problem {
    Problem::new("worker-answer", "A list cannot be read.").expected("rows of its kind")
}

#[test]
fn one_manifest_s_failure_does_not_take_the_others_referrers() {
    let fails = || RegistryError::new(Problem::new("registry-failed", "It failed."));
    let lists = |text: &[u8]| {
        let descriptors = vec![Descriptor::of(Digest::of(text))];
        Ok(Referrers { descriptors, by_api: true })
    };
    for (results, rows, failed) in [
        (vec![lists(b"a"), lists(b"b")], Some(2), 0),
        (vec![Err(fails()), lists(b"b")], Some(1), 1),
        (vec![lists(b"a"), Err(fails())], Some(1), 1),
        (vec![Err(fails()), Err(fails())], None, 2),
    ] {
        let mut found = ReferrersFound::default();
        results.into_iter().for_each(|result| found.take(result));
        let known = found.rows("r.example/a");
        assert_eq!(known.as_ref().map(KnownList::len).ok(), rows);
        let notes = known.map(|known| known.notes).unwrap_or_default();
        let want = (rows.is_some() && failed > 0).then_some(ListNote::FailedSubjects(failed));
        assert_eq!(notes, want.into_iter().collect::<Vec<_>>());
    }
}
