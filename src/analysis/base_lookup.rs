//! Which published images begin with an image's layers: the answer of deps.dev, without I/O.
//!
//! Source: deps.dev, API v3alpha, "QueryContainerImages": `GET /v3alpha/querycontainerimages/CHAIN-ID` answers at most
//! 1,000 repositories of Docker Hub that have an image of these layers, or 404. A chain ID is that of OCI image-spec,
//! config.md, but a step without a layer counts as an empty tar, which osv-scanner does too.
//!
//! - Requests contain digests, nothing else.
//! - The last step is asked first: the base image with most layers is the nearest one. An answer for all steps is about
//!   the image itself, which is not its own base image.
//! - Names in a response are hostile: only the characters of repositories are taken.

use super::service::{Attempts, LookupStep, Service};
use crate::http::{HttpFailure, HttpRequest, HttpResponse, Method, ResponseBody};
use crate::oci::{DiffId, Digest, HistoryEntry};
use crate::problem::Problem;
use serde::Deserialize;

/// As errors name it.
static DEPS_DEV: Service = Service {
    name: "deps.dev",
    refused: "base-lookup-refused",
    unreachable: "base-lookup-unreachable",
    unreadable: "base-lookup-unreadable",
    advice: "Look it up again later.",
};

/// The digest of an empty tar, 1,024 zero bytes: what deps.dev takes for the layer of a step without one.
const EMPTY_TAR: &str = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";
/// Most steps that are asked about, the last ones: an image has some 20.
const MAX_STEPS: usize = 200;
/// Most bytes of a response: 1,000 names.
const MAX_RESPONSE: u64 = 1 << 20;
/// Most bytes of a name, as in the distribution specification.
const MAX_NAME: usize = 255;
/// Names that are kept; of the others there is a number.
const KEPT_NAMES: usize = 5;

/// The layers up to a step.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Chain {
    id: Digest,
    /// How many layers.
    layers: u32,
}

/// Published images that consist of the same layers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublishedImages {
    /// Their repositories on Docker Hub, its official ones first.
    pub repositories: Vec<String>,
    /// How many there are beside these.
    pub others: u32,
    /// How many layers.
    pub layers: u32,
}

/// What is published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BaseLookupResult {
    /// Images of all layers and steps.
    pub itself: Option<PublishedImages>,
    /// Images of fewer.
    pub base: Option<PublishedImages>,
}

/// Asks about an image's layers.
#[derive(Debug)]
pub struct BaseLookup {
    /// Without a trailing slash.
    endpoint: String,
    /// Those that are still to be asked about: the next one is the last.
    chains: Vec<Chain>,
    total: usize,
    /// The last chain is the whole image.
    has_whole: bool,
    attempts: Attempts,
    found: BaseLookupResult,
    error: Option<Problem>,
}

impl BaseLookup {
    /// Asks the service at `endpoint` about the image with these layers, as far as their diff IDs are known, and steps.
    pub fn new(endpoint: &str, diff_ids: &[Option<DiffId>], steps: &[HistoryEntry]) -> BaseLookup {
        let mut chains = chains(diff_ids, steps);
        chains.drain(..chains.len().saturating_sub(MAX_STEPS));
        BaseLookup {
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            has_whole: diff_ids.iter().all(Option::is_some),
            total: chains.len(),
            chains,
            attempts: Attempts::new(&DEPS_DEV),
            found: BaseLookupResult::default(),
            error: None,
        }
    }

    /// Requests that were answered, of how many at most.
    pub fn progress(&self) -> (u32, u32) {
        ((self.total - self.chains.len()) as u32, self.total as u32)
    }

    /// What to do at `now` (milliseconds since 1970).
    pub fn step(&mut self, now: u64) -> LookupStep<BaseLookupResult> {
        if let Some(error) = &self.error {
            return LookupStep::Done(Err(error.clone()));
        }
        let next = self.chains.last().filter(|_| self.found.base.is_none());
        let Some(chain) = next else { return LookupStep::Done(Ok(self.found.clone())) };
        if let Some(time) = self.attempts.wait_until(now) {
            return LookupStep::Wait(time);
        }
        let url = format!("{}/v3alpha/querycontainerimages/{}", self.endpoint, chain.id);
        LookupStep::Send(HttpRequest::new(Method::Get, url, ResponseBody::Keep(MAX_RESPONSE)))
    }

    /// Takes the result of the request that `step` returned.
    pub fn take(&mut self, result: Result<HttpResponse, HttpFailure>, now: u64) {
        let is_unknown = result.as_ref().is_ok_and(|response| response.status == 404);
        let images = match is_unknown {
            true => Ok(Some(None)),
            false => self.attempts.take(result, now).and_then(|body| body.map(read).transpose()),
        };
        match images {
            Ok(None) => {} // again
            Ok(Some(images)) => self.answered(images),
            Err(error) => self.error = Some(error),
        }
    }

    fn answered(&mut self, images: Option<PublishedImages>) {
        let is_whole = self.has_whole && self.chains.len() == self.total;
        let (Some(Chain { layers, .. }), Some(images)) = (self.chains.pop(), images) else {
            return;
        };
        let images = Some(PublishedImages { layers, ..images });
        match is_whole {
            true => self.found.itself = images,
            false => self.found.base = images,
        }
    }
}

/// The chains of all steps, the first one first; of layers alone where the history does not fit to them.
fn chains(diff_ids: &[Option<DiffId>], steps: &[HistoryEntry]) -> Vec<Chain> {
    let layered = steps.iter().filter(|step| !step.empty_layer).count();
    let has_layer: Vec<bool> = match layered == diff_ids.len() {
        true => steps.iter().map(|step| !step.empty_layer).collect(),
        false => vec![true; diff_ids.len()],
    };
    let mut diff_ids = diff_ids.iter();
    let (mut chains, mut layers) = (Vec::<Chain>::new(), 0);
    for has_layer in has_layer {
        let digest = match has_layer {
            true => diff_ids.next().and_then(|id| id.as_ref()).map(|id| id.0.clone()),
            false => Digest::parse(EMPTY_TAR),
        };
        let Some(digest) = digest else { break };
        layers += u32::from(has_layer);
        let id = match chains.last() {
            Some(below) => Digest::of(format!("{} {digest}", below.id).as_bytes()),
            None => digest,
        };
        chains.push(Chain { id, layers });
    }
    // Steps before the first layer are those of no image.
    chains.retain(|chain| chain.layers > 0);
    chains
}

/// The repositories in a response; `None`: it names none.
fn read(body: Vec<u8>) -> Result<Option<PublishedImages>, Problem> {
    #[derive(Deserialize)]
    struct Response {
        #[serde(default)]
        results: Vec<Published>,
    }
    #[derive(Deserialize)]
    struct Published {
        #[serde(default)]
        repository: String,
    }
    let read: Result<Response, _> = serde_json::from_slice(&body);
    let results = read.map_err(|error| DEPS_DEV.unreadable(error.to_string()))?.results;
    let names = results.into_iter().map(|published| published.repository);
    let mut names: Vec<String> = names.filter(|name| is_repository(name)).map(official).collect();
    names.sort_by_cached_key(|name| (name.contains('/'), name.len(), name.clone()));
    names.dedup();
    let others = names.len().saturating_sub(KEPT_NAMES) as u32;
    names.truncate(KEPT_NAMES);
    Ok((!names.is_empty()).then_some(PublishedImages {
        repositories: names,
        others,
        ..PublishedImages::default()
    }))
}

/// Docker Hub's official images are written without their namespace.
fn official(name: String) -> String {
    name.strip_prefix("library/").map(str::to_owned).unwrap_or(name)
}

fn is_repository(name: &str) -> bool {
    let good = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || b"._-/".contains(&c);
    !name.is_empty() && name.len() <= MAX_NAME && name.bytes().all(good)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff_id(byte: u8) -> DiffId {
        DiffId(Digest::of(&[byte]))
    }

    fn known<const N: usize>(ids: [u8; N]) -> [Option<DiffId>; N] {
        ids.map(|id| Some(diff_id(id)))
    }

    fn steps(has_layer: &[bool]) -> Vec<HistoryEntry> {
        let step =
            |has_layer: &bool| HistoryEntry { empty_layer: !has_layer, ..Default::default() };
        has_layer.iter().map(step).collect()
    }

    fn answer(status: u16, body: &str) -> Result<HttpResponse, HttpFailure> {
        Ok(HttpResponse { status, headers: Vec::new(), body: body.as_bytes().to_vec() })
    }

    /// Three steps, the second without a layer.
    fn lookup() -> BaseLookup {
        BaseLookup::new("https://api.example/", &known([1, 2]), &steps(&[true, false, true]))
    }

    fn url(lookup: &mut BaseLookup) -> String {
        match lookup.step(0) {
            LookupStep::Send(request) => request.url,
            other => panic!("{other:?}"),
        }
    }

    fn done(lookup: &mut BaseLookup) -> Result<BaseLookupResult, Problem> {
        match lookup.step(0) {
            LookupStep::Done(result) => result,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn chain_ids_are_those_of_the_specification_with_an_empty_tar_for_steps_without_a_layer() {
        assert_eq!(Digest::of(&[0; 1024]).as_str(), EMPTY_TAR);
        let (a, b) = (diff_id(1), diff_id(2));
        let found = chains(&known([1, 2]), &steps(&[true, false, true]));
        let second = Digest::of(format!("{a} {EMPTY_TAR}").as_bytes());
        let third = Digest::of(format!("{second} {b}").as_bytes());
        let chain = |id: &Digest, layers| Chain { id: id.clone(), layers };
        assert_eq!(found, [chain(&a.0, 1), chain(&second, 1), chain(&third, 2)]);
        let without = chains(&known([1, 2]), &[]);
        let both = Digest::of(format!("{a} {b}").as_bytes());
        assert_eq!(without, [chain(&a.0, 1), chain(&both, 2)], "a history that does not fit");
    }

    #[test]
    fn the_nearest_base_image_is_asked_for_first_and_ends_the_lookup() {
        let mut lookup = lookup();
        let whole = url(&mut lookup);
        assert!(whole.starts_with("https://api.example/v3alpha/querycontainerimages/sha256:"));
        lookup.take(answer(404, "not found"), 0);
        assert_eq!(lookup.progress(), (1, 3));
        assert_ne!(url(&mut lookup), whole);
        let names =
            r#"{"results":[{"repository":"somebody/copy"},{"repository":"library/debian"}]}"#;
        lookup.take(answer(200, names), 0);
        let base = done(&mut lookup).unwrap().base.unwrap();
        assert_eq!(base.repositories, ["debian", "somebody/copy"], "the official one first");
        assert_eq!((base.others, base.layers), (0, 1));
    }

    #[test]
    fn an_image_that_is_published_itself_is_not_its_own_base_image() {
        let mut lookup = lookup();
        lookup.take(answer(200, r#"{"results":[{"repository":"nginx"}]}"#), 0);
        lookup.take(answer(200, "{}"), 0);
        lookup.take(answer(404, ""), 0);
        let found = done(&mut lookup).unwrap();
        assert_eq!(found.itself.unwrap().repositories, ["nginx"]);
        assert_eq!(found.base, None);
    }

    #[test]
    fn layers_above_one_of_an_unknown_digest_are_not_asked_about() {
        let ids = [Some(diff_id(1)), None, Some(diff_id(3))];
        let mut lookup = BaseLookup::new("https://api.example", &ids, &steps(&[true; 3]));
        assert_eq!(lookup.progress(), (0, 1));
        lookup.take(answer(200, r#"{"results":[{"repository":"debian"}]}"#), 0);
        let found = done(&mut lookup).unwrap();
        assert_eq!(found.base.map(|base| base.layers), Some(1), "it is not the whole image");
    }

    #[test]
    fn of_many_repositories_the_shortest_are_named_and_the_others_counted() {
        let names = (0..1000).map(|at| format!(r#"{{"repository":"user{at}/app"}}"#));
        let body = format!(r#"{{"results":[{}]}}"#, names.collect::<Vec<_>>().join(","));
        let images = read(body.into_bytes()).unwrap().unwrap();
        assert_eq!((images.repositories.len(), images.others), (KEPT_NAMES, 1000 - 5));
        assert_eq!(images.repositories[0], "user0/app");
    }

    #[test]
    fn names_that_are_none_and_responses_that_cannot_be_read_are_not_taken() {
        let body = r#"{"results":[{"repository":"<b>x</b>"},{"repository":""},{}]}"#;
        assert_eq!(read(body.into()).unwrap(), None);
        for body in ["", "1", r#"{"results":{}}"#] {
            let mut lookup = lookup();
            lookup.take(answer(200, body), 0);
            assert_eq!(done(&mut lookup).unwrap_err().code, "base-lookup-unreadable", "{body:?}");
        }
    }

    #[test]
    fn a_service_that_is_down_is_tried_again_and_then_told() {
        let mut lookup = lookup();
        lookup.take(Err(HttpFailure::Network), 0);
        assert!(matches!(lookup.step(0), LookupStep::Wait(_)));
        for _ in 0..4 {
            lookup.take(Err(HttpFailure::Network), 0);
        }
        let problem = done(&mut lookup).unwrap_err();
        assert_eq!(problem.code, "base-lookup-unreachable");
        assert_eq!(problem.message.as_str(), "deps.dev cannot be reached.");
    }

    #[test]
    fn a_history_of_many_steps_costs_few_requests() {
        let many = BaseLookup::new("https://api.example", &known([1]), &{
            let mut steps = steps(&[true]);
            steps.resize(10_000, HistoryEntry { empty_layer: true, ..Default::default() });
            steps
        });
        assert_eq!(many.progress(), (0, MAX_STEPS as u32));
    }
}
