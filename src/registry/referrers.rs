//! Referrers: manifests that refer to a manifest (signatures, SBOMs, attestations).
//!
//! Source: OCI distribution-spec 1.1, "Listing Referrers" and "Unavailable Referrers API": if a registry has no
//! such API, an index with the tag `sha256-HEX` lists them.
//!
//! - GitHub's registry has no API and redirects to a page of github.com, which the proxy does not follow. So a
//!   request for this path that the proxy refuses also means that there is no API.
//! - GitLab's registry answers the fallback tag with the subject itself: its digest tells. An index would
//!   otherwise be taken for the list.

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
            // Without the API this is an unknown path, for which registries use different statuses: Artifactory
            // 406.
            400 | 404 | 405 | 406 | 501 if by_api && self.pages == 0 => {
                return Ok(ReferrersState::Tag);
            }
            404 | 406 if !by_api => return Ok(ReferrersState::Done(Ok(self.take_found(false)))),
            _ => return Err(errors::of_response(response, &host, &what, now)),
        }
        if !by_api && manifest::verify(&response.body, &self.subject, "the subject").is_ok() {
            return Ok(ReferrersState::Done(Ok(self.take_found(false))));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> HttpResponse {
        HttpResponse { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
    }

    /// Lists the referrers of `subject`: by the API, and by the tag.
    fn list(
        subject: &str,
        api: &HttpResponse,
        tag: &HttpResponse,
    ) -> (Result<Referrers, RegistryError>, usize) {
        let mut list = ListReferrers::new("r.example", "a", Digest::of(subject.as_bytes()));
        for calls in 0..9 {
            match list.next() {
                Need::Call(call) => {
                    let answer = if call.path.contains("/referrers/") { api } else { tag };
                    list.take(Ok(answer.clone()), 0);
                }
                Need::Done(result) => return (result, calls),
                Need::Cached(_) => panic!("nothing is cached"),
            }
        }
        panic!("it never ends");
    }

    const INDEX: &str = "application/vnd.oci.image.index.v1+json";

    #[test]
    fn a_registry_without_the_api_is_asked_by_tag_whatever_its_status() {
        let found = format!(r#"{{"manifests":[{{"digest":"{}"}}]}}"#, Digest::of(b"x"));
        for status in [400, 404, 405, 406, 501] {
            let (result, calls) = list("s", &answer(status, ""), &answer(200, &found));
            let referrers = result.unwrap();
            assert_eq!((referrers.by_api, referrers.descriptors.len(), calls), (false, 1, 2));
            for none in [404, 406] {
                let (result, _) = list("s", &answer(status, ""), &answer(none, ""));
                assert_eq!(result.unwrap(), Referrers::default(), "{status}, {none}");
            }
        }
        let (result, _) = list("s", &answer(403, ""), &answer(200, &found));
        assert_eq!(result.unwrap_err().problem.code, "registry-forbidden");
    }

    #[test]
    fn the_subject_itself_under_the_tag_is_no_list() {
        let index = format!(r#"{{"manifests":[{{"digest":"{}"}}]}}"#, Digest::of(b"x"));
        let manifest = format!(r#"{{"config":{{"digest":"{}"}},"layers":[]}}"#, Digest::of(b"x"));
        for subject in [&index, &manifest] {
            let (result, _) = list(subject, &answer(404, ""), &answer(200, subject));
            assert_eq!(result.unwrap(), Referrers::default(), "{subject}");
        }
        // Another manifest under the tag is an error.
        let (result, _) = list("s", &answer(404, ""), &answer(200, &manifest));
        assert_eq!(result.unwrap_err().problem.code, "registry-answer");
    }

    #[test]
    fn an_index_without_a_list_lists_nothing() {
        for body in [
            r#"{"schemaVersion":2,"manifests":null}"#.to_owned(),
            format!(r#"{{"schemaVersion":2,"mediaType":"{INDEX}","manifests":null}}"#),
            format!(r#"{{"schemaVersion":2,"mediaType":"{INDEX}"}}"#),
            r#"{"schemaVersion":2,"manifests":[null]}"#.to_owned(),
        ] {
            let (result, _) = list("s", &answer(404, ""), &answer(200, &body));
            assert_eq!(result.unwrap(), Referrers::default(), "{body}");
            let (result, calls) = list("s", &answer(200, &body), &answer(500, ""));
            let by_api = Referrers { by_api: true, ..Referrers::default() };
            assert_eq!((result.unwrap(), calls), (by_api, 1), "{body}");
        }
    }

    #[test]
    fn a_descriptor_that_cannot_be_read_leaves_the_others() {
        let body = format!(
            r#"{{"manifests":[{{"digest":"sha256:XY"}},7,{{"digest":"{}","annotations":{{"a":null,"b":3}},"size":"x"}}]}}"#,
            Digest::of(b"x")
        );
        let (result, _) = list("s", &answer(200, &body), &answer(500, ""));
        assert_eq!(result.unwrap().descriptors.len(), 1);
    }
}
