//! The tags of a repository: all pages of the list.
//!
//! Source: OCI distribution-spec 1.1, "Listing Tags".
//!
//! - Texts that are not tags by the reference grammar are left out and counted: nobody could pull them.
//! - A page that fails ends the list with an error; the pages before it stay in `found`.

use super::limits::MAX_LIST;
use super::pages::Pages;
use super::{Call, Need, Operation, RegistryError, errors, version};
use crate::http::{HttpResponse, ResponseBody};
use crate::oci::is_tag;
use serde::Deserialize;

/// A list of tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagList {
    /// Sorted by `version::sort`.
    pub tags: Vec<String>,
    /// Number of texts in the registry's list that are not tags.
    pub passed_over: usize,
    /// There are more tags than the limit.
    pub cut: bool,
}

/// Lists the tags of a repository.
#[derive(Debug)]
pub struct Tags {
    registry: String,
    repository: String,
    pages: Pages,
    passed_over: usize,
    /// The next page's query.
    query: Option<String>,
    error: Option<RegistryError>,
}

impl Tags {
    /// `registry` and `repository` are given as references name them.
    pub fn new(registry: &str, repository: &str) -> Tags {
        Tags {
            registry: registry.to_owned(),
            repository: repository.to_owned(),
            pages: Pages::default(),
            passed_over: 0,
            query: Some(Pages::first()),
            error: None,
        }
    }

    /// The tags so far.
    pub fn found(&self) -> TagList {
        let mut tags = self.pages.entries.clone();
        version::sort(&mut tags);
        TagList { tags, passed_over: self.passed_over, cut: self.pages.cut }
    }

    fn page(&mut self, response: &HttpResponse, now: u64) -> Result<Option<String>, RegistryError> {
        #[derive(Deserialize)]
        struct TagsPage {
            tags: Option<Vec<Option<String>>>,
        }
        let host = super::endpoint::host_of(&self.registry);
        let what = format!("tags of {}", self.repository);
        if response.status != 200 {
            return Err(errors::of_response(response, &host, &what, now));
        }
        let page: TagsPage = serde_json::from_slice(&response.body).map_err(|error| {
            errors::unreadable(&host, &what, "JSON with a list of tags", &error.to_string())
        })?;
        let (good, bad): (Vec<_>, Vec<_>) =
            page.tags.unwrap_or_default().into_iter().flatten().partition(|tag| is_tag(tag));
        self.passed_over += bad.len();
        Ok(self.pages.add(response, good))
    }
}

impl Operation for Tags {
    type Output = TagList;

    fn next(&mut self) -> Need<TagList> {
        if let Some(error) = &self.error {
            return Need::Done(Err(error.clone()));
        }
        match &self.query {
            Some(query) => {
                let path = format!("/v2/{}/tags/list?{query}", self.repository);
                Need::Call(Call::pull(
                    &self.registry,
                    &self.repository,
                    path,
                    ResponseBody::Keep(MAX_LIST),
                ))
            }
            None => Need::Done(Ok(self.found())),
        }
    }

    fn take(&mut self, result: Result<HttpResponse, RegistryError>, now: u64) {
        match result.and_then(|response| self.page(&response, now)) {
            Ok(query) => self.query = query,
            Err(error) => self.error = Some(error),
        }
    }
}
