//! Referrers: manifests that refer to a manifest (signatures, SBOMs, attestations).
//!
//! Source: OCI distribution-spec 1.1, "Listing Referrers" and "Unavailable Referrers API": if a registry has no
//! such API, an index with the tag `sha256-HEX` lists them.
//!
//! - GitHub's registry has no API and redirects to a page of github.com, which the proxy does not follow. So a
//!   request for this path that the proxy refuses also means that there is no API.

use super::endpoint::{host_of, manifest_path};
use super::limits::MAX_MANIFEST;
use super::manifest::{self, ManifestDocument};
use super::pages::next_link;
use super::{Call, Need, Operation, RegistryError, Retry, errors};
use crate::http::{HttpResponse, ResponseBody};
use crate::oci::{Descriptor, Digest};

const ACCEPT: &str = "application/vnd.oci.image.index.v1+json";
/// Pages of one list.
const MAX_PAGES: usize = 50;
/// Referrers of one manifest.
const MAX_REFERRERS: usize = 10_000;

/// The referrers of a manifest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Referrers {
    /// Each once, in the registry's order.
    pub descriptors: Vec<Descriptor>,
    /// False if the registry has no API, and the fallback tag was read.
    pub by_api: bool,
}

#[derive(Debug)]
enum ReferrersState {
    Api { query: String },
    Tag,
    Done(Result<Referrers, RegistryError>),
}

/// Lists the referrers of a manifest.
#[derive(Debug)]
pub struct ListReferrers {
    registry: String,
    repository: String,
    subject: Digest,
    found: Referrers,
    pages: usize,
    state: ReferrersState,
}

impl ListReferrers {
    /// `subject` is the manifest.
    pub fn new(registry: &str, repository: &str, subject: Digest) -> ListReferrers {
        let found = Referrers { by_api: true, ..Referrers::default() };
        let (registry, repository) = (registry.to_owned(), repository.to_owned());
        let state = ReferrersState::Api { query: String::new() };
        ListReferrers { registry, repository, subject, found, pages: 0, state }
    }

    fn answer(
        &mut self,
        response: &HttpResponse,
        now: u64,
    ) -> Result<ReferrersState, RegistryError> {
        let host = host_of(&self.registry);
        let what = format!("referrers of {}", self.repository);
        let by_api = matches!(self.state, ReferrersState::Api { .. });
        match response.status {
            200 => {}
            // Without the API this is an unknown path, for which registries use different statuses.
            400 | 404 | 405 | 501 if by_api && self.pages == 0 => return Ok(ReferrersState::Tag),
            404 if !by_api => return Ok(ReferrersState::Done(Ok(self.take_found(false)))),
            _ => return Err(errors::of_response(response, &host, &what, now)),
        }
        let document = manifest::parse(&response.body, &response.media_type());
        let index = match document {
            Ok(ManifestDocument::Index(index)) => index,
            // Some registries answer unknown paths with an HTML page and status 200.
            _ if by_api && self.pages == 0 => return Ok(ReferrersState::Tag),
            _ => return Err(errors::unreadable(&host, &what, "an index", "something else")),
        };
        let before = self.found.descriptors.len();
        for descriptor in index.manifests {
            let known =
                self.found.descriptors.iter().any(|there| there.digest == descriptor.digest);
            if !known && self.found.descriptors.len() < MAX_REFERRERS {
                self.found.descriptors.push(descriptor);
            }
        }
        self.pages += 1;
        let fresh = self.found.descriptors.len() > before;
        match next_link(response).filter(|_| by_api && fresh && self.pages < MAX_PAGES) {
            Some(query) => Ok(ReferrersState::Api { query }),
            None => Ok(ReferrersState::Done(Ok(self.take_found(by_api)))),
        }
    }

    /// Whether the registry was reached, but redirected to where the proxy does not go or where there are no CORS
    /// headers.
    fn leads_nowhere(&self, error: &RegistryError) -> bool {
        let refused = match &*error.problem.code {
            "registry-proxy" => error.retry == Retry::Never,
            code => code == "registry-cors",
        };
        refused && self.pages == 0 && matches!(self.state, ReferrersState::Api { .. })
    }

    fn take_found(&mut self, by_api: bool) -> Referrers {
        Referrers { by_api, ..std::mem::take(&mut self.found) }
    }
}

/// The tag of the index that lists referrers if there is no API.
pub fn fallback_tag(subject: &Digest) -> String {
    let keep = |text: &str, most: usize| -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
        text.chars().take(most).map(plain).collect()
    };
    format!("{}-{}", keep(subject.algorithm(), 32), keep(subject.encoded(), 64))
}

impl Operation for ListReferrers {
    type Output = Referrers;

    fn next(&mut self) -> Need<Referrers> {
        let path = match &self.state {
            ReferrersState::Api { query } => {
                let path = format!("/v2/{}/referrers/{}", self.repository, self.subject);
                if query.is_empty() { path } else { format!("{path}?{query}") }
            }
            ReferrersState::Tag => manifest_path(&self.repository, &fallback_tag(&self.subject)),
            ReferrersState::Done(result) => return Need::Done(result.clone()),
        };
        let call =
            Call::pull(&self.registry, &self.repository, path, ResponseBody::Keep(MAX_MANIFEST));
        Need::Call(Call { accept: Some(ACCEPT), ..call })
    }

    fn take(&mut self, result: Result<HttpResponse, RegistryError>, now: u64) {
        self.state = match result.and_then(|response| self.answer(&response, now)) {
            Ok(state) => state,
            // If the whole registry cannot be reached, the request for the tag reports that.
            Err(error) if self.leads_nowhere(&error) => ReferrersState::Tag,
            Err(error) => ReferrersState::Done(Err(error)),
        };
    }
}

#[test]
fn the_fallback_tag_is_a_tag() {
    for (digest, tag) in [
        (Digest::of(b"").to_string(), Digest::of(b"").to_string().replace(':', "-")),
        (format!("sha512:{}", "a".repeat(128)), format!("sha512-{}", "a".repeat(64))),
        ("a+b:x=y".to_owned(), "a-b-x-y".to_owned()),
    ] {
        let found = fallback_tag(&Digest::parse(&digest).unwrap());
        assert_eq!(found, tag);
        assert!(crate::oci::is_tag(&found));
    }
}
