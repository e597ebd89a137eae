//! Docker Hub's own interfaces: its search, and its list of tags with platforms and sizes.
//!
//! Source: github.com/docker/hub-mcp, specs/search.yaml (`/api/search/v4`) and src/repos.ts (tags);
//! github.com/moby/moby, registry search, for `index.docker.io/v1/search`, which is used if the first one fails.
//! Neither interface is guaranteed, so both searches give the same kind of hit.
//!
//! - Everything is read leniently: a hit without a name is left out, and an invalid number counts as unknown.
//! - Texts are unchanged: the caller escapes them for display.

use super::error_body::registry_errors;
use super::limits::MAX_LIST;
use super::{Call, Need, Operation, RegistryError, errors};
use crate::http::{HttpResponse, Method, ResponseBody};
use crate::oci::{DOCKER_HUB, Digest, Platform, Reference, is_tag};
use crate::problem::Problem;
use crate::text::percent_encode_component;
use crate::vocabulary::PublisherBadge;
use serde_json::Value;

const HUB: &str = "hub.docker.com";
const INDEX: &str = "index.docker.io";
/// The namespace in which Hub lists Docker's hardened images (`dhi/python`).
const HARDENED: &str = "dhi/";
/// Hits per request: `size` of the interface is at most 100.
const MAX_HITS: usize = 100;
/// The largest `from` + `size`.
const MAX_FROM: u32 = 2500;
/// Characters of each text that are kept.
const MAX_TEXT: usize = 1000;

/// A repository in the result of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchHit {
    /// As it is pulled: `alpine`, `bitnami/redis`, `dhi.io/python`.
    pub name: String,
    /// As Hub's own lists name it: `library/alpine`, for `ListHubTags`.
    pub repository: String,
    /// One line.
    pub description: String,
    pub stars: Option<u64>,
    /// Number of pulls as Hub states it (`1B+`); may be empty.
    pub pulls: String,
    /// A Docker Official Image.
    pub official: bool,
    /// `None`: a community image, or unknown.
    pub badge: Option<PublisherBadge>,
    /// The publisher; may be empty.
    pub publisher: String,
    /// `amd64`, `arm64`; may be empty.
    pub architectures: Vec<String>,
    /// RFC 3339; may be empty.
    pub updated: String,
    /// The repository is archived.
    pub archived: bool,
}

/// The result of a search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchResult {
    /// In Hub's order.
    pub hits: Vec<SearchHit>,
    /// The number of all hits, if known.
    pub total: Option<u64>,
    /// The result is from the old interface, which has fewer fields.
    pub old: bool,
}

/// A search on Docker Hub.
#[derive(Debug)]
pub struct Search {
    term: String,
    from: u32,
    size: usize,
    old: bool,
    /// The error of the first interface.
    first: Option<RegistryError>,
    done: Option<Result<SearchResult, RegistryError>>,
}

impl Search {
    /// `size` hits (at most 100), starting with the one at position `from`, counted from 0.
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
        let term = percent_encode_component(self.term.as_bytes());
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
            // The old interface has no pages: it can only replace the first one.
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
    /// RFC 3339; may be empty.
    pub updated: String,
    /// Digest of the index or manifest.
    pub digest: Option<Digest>,
    pub images: Vec<HubImage>,
}

/// An image of a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubImage {
    pub platform: Platform,
    /// Bytes of all layers (compressed).
    pub size: Option<u64>,
    /// Digest of its manifest.
    pub digest: Option<Digest>,
}

/// A page of tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HubTags {
    /// In Hub's order: the newest first.
    pub tags: Vec<HubTag>,
    /// The number of all tags, if known.
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
    /// Page `page` (from 1) of the tags of `repository` (`library/alpine`) that contain `filter`.
    pub fn new(repository: &str, page: u32, filter: &str) -> ListHubTags {
        let page = page.max(1);
        let mut path = format!("/v2/repositories/{repository}/tags?page_size=100&page={page}");
        if !filter.is_empty() {
            path += &format!("&name={}", percent_encode_component(filter.as_bytes()));
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

/// Docker Hub lists only the newest thousand tags without a login to its site. Requests for more are refused with
/// 403.
fn end_of_list(response: &HttpResponse) -> RegistryError {
    let told = registry_errors(&response.body).map_or(String::new(), |t| format!(": {t}"));
    let message = "Docker Hub lists no more tags without a login to its web site.";
    let advice = "Filter by a part of the tag, or enter the tag after the name of the image.";
    let found = format!("status {} from {HUB}{told}", response.status);
    RegistryError::new(Problem::new("registry-forbidden", message).found(found).advice(advice))
}

/// A call without a login.
fn open(host: &str, path: String, what: &str) -> Call {
    let what = what.to_owned();
    let call = Call::pull(host, "", path, ResponseBody::Keep(MAX_LIST));
    Call { what, method: Method::Get, scope: None, ..call }
}

/// Reads a successful response.
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

/// The names by which Docker pulls a repository and Hub lists it; `None` if no reference can name it.
fn names(name: &str) -> Option<(String, String)> {
    let reference = Reference::parse(name).ok().filter(|r| r.registry() == DOCKER_HUB)?;
    let repository = reference.repository();
    let short = repository.strip_prefix("library/").filter(|n| !n.contains('/'));
    // Hub lists hardened images in a separate namespace, and a separate registry serves them.
    let pulled = match repository.strip_prefix(HARDENED) {
        Some(name) => format!("dhi.io/{name}"),
        None => short.unwrap_or(repository).to_owned(),
    };
    Some((pulled, repository.to_owned()))
}

/// Reads a response of `/api/search/v4`.
fn hits(answer: &Value) -> Option<SearchResult> {
    let one = |hit: &Value| {
        let badge = match &text(hit, "badge")[..] {
            "official" => Some(PublisherBadge::Official),
            "verified_publisher" => Some(PublisherBadge::VerifiedPublisher),
            "open_source" => Some(PublisherBadge::OpenSource),
            _ => None,
        };
        // Official images have no namespace in some responses, and `library/` in others.
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
            official: badge == Some(PublisherBadge::Official),
            badge: if hardened { Some(PublisherBadge::Hardened) } else { badge },
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

/// Reads a response of `/v1/search`.
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
            badge: official.then_some(PublisherBadge::Official),
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

/// Reads a page of tags.
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
