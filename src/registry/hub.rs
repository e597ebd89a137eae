//! Docker Hub beside the registry protocol: its search, and its list of tags with platforms and sizes.
//!
//! Source: github.com/docker/hub-mcp, specs/search.yaml (`/api/search/v4`) and src/repos.ts (tags);
//! github.com/moby/moby, registry search, for `index.docker.io/v1/search`, which is asked when the
//! first fails. None of them is a promised interface, so both searches give one kind of hit.
//!
//! - Everything is read leniently: a hit that has no name is left out, a number that is none counts as
//!   unknown. Texts are as they came; whoever shows them escapes them (`text::show`).

use super::limits::MAX_LIST;
use super::{Call, Need, Operation, RegistryError, errors};
use crate::http::Method;
use crate::http::{HttpResponse, ResponseBody};
use crate::oci::{DOCKER_HUB, Digest, Platform, Reference, is_tag};
use crate::problem::Problem;
use crate::text::percent_encode;
use serde_json::Value;

const HUB: &str = "hub.docker.com";
const INDEX: &str = "index.docker.io";
/// The namespace in which Hub lists Docker's hardened images (`dhi/python`).
const HARDENED: &str = "dhi/";
/// Hits that are asked for at once at most: `size` of the interface goes to 100.
const MAX_HITS: usize = 100;
/// `from` + `size` can't be more.
const MAX_FROM: u32 = 2500;
/// Characters of a description that are kept.
const MAX_TEXT: usize = 1000;

/// Whose content it is, by Docker's badges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Badge {
    /// Docker Official Image.
    Official,
    /// Verified Publisher.
    VerifiedPublisher,
    /// Sponsored OSS.
    OpenSource,
    /// Hardened Image.
    Hardened,
}

/// A repository that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchHit {
    /// As it would be pulled: `alpine`, `bitnami/redis`, `dhi.io/python`.
    pub name: String,
    /// As Hub's own lists name it: `library/alpine`, for `ListHubTags`.
    pub repository: String,
    /// One line.
    pub description: String,
    /// Stars.
    pub stars: Option<u64>,
    /// Pulls as Hub tells them (`1B+`), empty if it doesn't.
    pub pulls: String,
    /// A Docker Official Image.
    pub official: bool,
    /// `None`: from the community, or not told.
    pub badge: Option<Badge>,
    /// Who publishes it; empty: not told.
    pub publisher: String,
    /// `amd64`, `arm64`; empty: not told.
    pub architectures: Vec<String>,
    /// RFC 3339; empty: not told.
    pub updated: String,
    /// Nothing is pushed to it any more.
    pub archived: bool,
}

/// What a search gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchResult {
    /// In Hub's order.
    pub hits: Vec<SearchHit>,
    /// How many there are; `None`: not told.
    pub total: Option<u64>,
    /// True if the old interface answered, which tells less.
    pub old: bool,
}

/// Searches.
#[derive(Debug)]
pub struct Search {
    term: String,
    from: u32,
    size: usize,
    old: bool,
    /// Why the first interface did not answer.
    first: Option<RegistryError>,
    done: Option<Result<SearchResult, RegistryError>>,
}

impl Search {
    /// `size` hits (at most 100) from the one numbered `from` (from 0) on.
    pub fn new(term: &str, from: u32, size: usize) -> Search {
        let size = size.clamp(1, MAX_HITS);
        let from = from.min(MAX_FROM - size as u32);
        Search { term: term.trim().to_owned(), from, size, old: false, first: None, done: None }
    }
}

impl Operation for Search {
    type Output = SearchResult;

    fn next(&mut self) -> Need<SearchResult> {
        if let Some(done) = &self.done {
            return Need::Done(done.clone());
        }
        let term = percent_encode(self.term.as_bytes()).replace('/', "%2F");
        let (host, path) = match self.old {
            false => {
                let (from, size) = (self.from, self.size);
                (HUB, format!("/api/search/v4?query={term}&type=image&from={from}&size={size}"))
            }
            true => (INDEX, format!("/v1/search?q={term}&n={}", self.size)),
        };
        Need::Call(open(host, path, "search"))
    }

    fn take(&mut self, result: Result<HttpResponse, RegistryError>, now: u64) {
        let host = if self.old { INDEX } else { HUB };
        let read = if self.old { old_hits } else { hits };
        let result = result.and_then(|response| answered(&response, host, "search", now, read));
        match result {
            Ok(found) => self.done = Some(Ok(found)),
            // The old one knows no pages: behind the first it has nothing to say.
            Err(error) if !self.old && self.from == 0 => {
                self.first = Some(error);
                self.old = true;
            }
            Err(error) => self.done = Some(Err(self.first.take().unwrap_or(error))),
        }
    }
}

/// A tag as Hub lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubTag {
    /// The tag.
    pub name: String,
    /// RFC 3339; empty: not told.
    pub updated: String,
    /// Of index or manifest.
    pub digest: Option<Digest>,
    /// Its images.
    pub images: Vec<HubImage>,
}

/// An image of a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubImage {
    /// As Hub tells it.
    pub platform: Platform,
    /// Bytes of all layers, compressed.
    pub size: Option<u64>,
    /// Of its manifest.
    pub digest: Option<Digest>,
}

/// A page of tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HubTags {
    /// In Hub's order: the last pushed first.
    pub tags: Vec<HubTag>,
    /// How many there are.
    pub total: Option<u64>,
    /// Whether there is another page.
    pub more: bool,
}

/// Lists a page of tags.
#[derive(Debug)]
pub struct ListHubTags {
    path: String,
    page: u32,
    done: Option<Result<HubTags, RegistryError>>,
}

impl ListHubTags {
    /// Page `page` (from 1) of `repository` (`library/alpine`), only tags that contain `filter`.
    pub fn new(repository: &str, page: u32, filter: &str) -> ListHubTags {
        let page = page.max(1);
        let mut path = format!("/v2/repositories/{repository}/tags?page_size=100&page={page}");
        if !filter.is_empty() {
            path += &format!("&name={}", percent_encode(filter.as_bytes()).replace('/', "%2F"));
        }
        ListHubTags { path, page, done: None }
    }
}

impl Operation for ListHubTags {
    type Output = HubTags;

    fn next(&mut self) -> Need<HubTags> {
        match &self.done {
            Some(done) => Need::Done(done.clone()),
            None => Need::Call(open(HUB, self.path.clone(), "tags")),
        }
    }

    fn take(&mut self, result: Result<HttpResponse, RegistryError>, now: u64) {
        self.done = Some(result.and_then(|response| match (response.status, self.page) {
            (403, 2..) => Err(RegistryError { status: Some(403), ..end_of_list(&response) }),
            _ => answered(&response, HUB, "tags", now, tags),
        }));
    }
}

/// Docker Hub lists the last thousand tags to those that are not signed in to it, which we never are:
/// what is behind them is refused as if it were not allowed.
fn end_of_list(response: &HttpResponse) -> RegistryError {
    let told = errors::registry_errors(&response.body).map_or(String::new(), |t| format!(": {t}"));
    let message = "Docker Hub lists no further tags to those who are not signed in to its site.";
    let advice = "Filter by a part of the tag's name, or write the tag behind the image's name.";
    let found = format!("status {} from {HUB}{told}", response.status);
    RegistryError::new(Problem::new("registry-forbidden", message).found(found).advice(advice))
}

/// A call without a login.
fn open(host: &str, path: String, what: &str) -> Call {
    let what = what.to_owned();
    let call = Call::pull(host, "", path, ResponseBody::Keep(MAX_LIST));
    Call { what, method: Method::Get, scope: None, ..call }
}

fn answered<T>(
    response: &HttpResponse,
    host: &str,
    what: &str,
    now: u64,
    read: impl FnOnce(&Value) -> Option<T>,
) -> Result<T, RegistryError> {
    if response.status != 200 {
        return Err(errors::of_response(response, host, what, now));
    }
    let value: Option<Value> = serde_json::from_slice(&response.body).ok();
    value.as_ref().and_then(read).ok_or_else(|| {
        let start = String::from_utf8_lossy(&response.body[..response.body.len().min(60)]);
        errors::unreadable(host, what, "JSON with results", &start)
    })
}

fn text(value: &Value, key: &str) -> String {
    let text = value.get(key).and_then(Value::as_str).unwrap_or_default();
    text.chars().take(MAX_TEXT).collect()
}

fn number(value: &Value, key: &str) -> Option<u64> {
    value.get(key).and_then(Value::as_u64)
}

fn flag(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or_default()
}

fn digest(value: &Value) -> Option<Digest> {
    Digest::parse(value.get("digest")?.as_str()?)
}

/// Names as Docker pulls it and as Hub lists it; `None` for what no reference can name.
fn names(name: &str) -> Option<(String, String)> {
    let reference = Reference::parse(name).ok().filter(|r| r.registry() == DOCKER_HUB)?;
    let repository = reference.repository();
    let short = repository.strip_prefix("library/").filter(|n| !n.contains('/'));
    // Hub lists hardened images in a namespace of its own and serves them from a registry of theirs.
    let pulled = match repository.strip_prefix(HARDENED) {
        Some(name) => format!("dhi.io/{name}"),
        None => short.unwrap_or(repository).to_owned(),
    };
    Some((pulled, repository.to_owned()))
}

/// `/api/search/v4`.
fn hits(answer: &Value) -> Option<SearchResult> {
    let one = |hit: &Value| {
        let badge = match &text(hit, "badge")[..] {
            "official" => Some(Badge::Official),
            "verified_publisher" => Some(Badge::VerifiedPublisher),
            "open_source" => Some(Badge::OpenSource),
            _ => None,
        };
        // An official image's name has no namespace in some answers, `library/` in others.
        let (name, repository) = names(&text(hit, "name")).or_else(|| names(&text(hit, "slug")))?;
        let hardened = repository.starts_with(HARDENED);
        let listed = hit.get("architectures").and_then(Value::as_array);
        let architectures = listed.into_iter().flatten().take(32).map(|a| text(a, "name"));
        Some(SearchHit {
            description: text(hit, "short_description"),
            stars: number(hit, "star_count"),
            pulls: match number(hit, "pull_count") {
                Some(count) => count.to_string(),
                None => text(hit, "pull_count"),
            },
            official: badge == Some(Badge::Official),
            badge: if hardened { Some(Badge::Hardened) } else { badge },
            publisher: hit.get("publisher").map(|p| text(p, "name")).unwrap_or_default(),
            architectures: architectures.filter(|name| !name.is_empty()).collect(),
            updated: text(hit, "updated_at"),
            archived: flag(hit, "archived"),
            name,
            repository,
        })
    };
    let results = answer.get("results")?.as_array()?;
    let hits = results.iter().take(MAX_HITS).filter_map(one).collect();
    Some(SearchResult { hits, total: number(answer, "total"), old: false })
}

/// `/v1/search`.
fn old_hits(answer: &Value) -> Option<SearchResult> {
    let one = |hit: &Value| {
        let official = flag(hit, "is_official");
        let (name, repository) = names(&text(hit, "name"))?;
        Some(SearchHit {
            name,
            repository,
            description: text(hit, "description"),
            stars: number(hit, "star_count"),
            pulls: number(hit, "pull_count").map(|count| count.to_string()).unwrap_or_default(),
            official,
            badge: official.then_some(Badge::Official),
            publisher: String::new(),
            architectures: Vec::new(),
            updated: String::new(),
            archived: false,
        })
    };
    let results = answer.get("results")?.as_array()?;
    let hits = results.iter().take(MAX_HITS).filter_map(one).collect();
    Some(SearchResult { hits, total: number(answer, "num_results"), old: true })
}

fn tags(answer: &Value) -> Option<HubTags> {
    let image = |image: &Value| HubImage {
        platform: Platform {
            os: text(image, "os"),
            architecture: text(image, "architecture"),
            variant: text(image, "variant"),
        },
        size: number(image, "size"),
        digest: digest(image),
    };
    let one = |tag: &Value| {
        let listed = tag.get("images").and_then(Value::as_array);
        Some(HubTag {
            name: Some(text(tag, "name")).filter(|name| is_tag(name))?,
            updated: [text(tag, "tag_last_pushed"), text(tag, "last_updated")]
                .into_iter()
                .find(|date| !date.is_empty())
                .unwrap_or_default(),
            digest: digest(tag),
            images: listed.into_iter().flatten().take(100).map(image).collect(),
        })
    };
    let results = answer.get("results")?.as_array()?;
    let tags = results.iter().take(MAX_HITS).filter_map(one).collect();
    let more = answer.get("next").is_some_and(Value::is_string);
    Some(HubTags { tags, total: number(answer, "count"), more })
}

#[cfg(test)]
mod tests;
