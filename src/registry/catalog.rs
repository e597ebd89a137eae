//! The repositories of a registry, if it lists them.
//!
//! Source: Distribution's `_catalog`. It is not in the OCI specification, and most public registries refuse it.

use super::endpoint::host_of;
use super::limits::MAX_LIST;
use super::pages::Pages;
use super::{Call, Need, Operation, RegistryError, errors};
use crate::http::{HttpResponse, ResponseBody};
use crate::oci::Reference;
use crate::problem::Problem;
use serde::Deserialize;

/// Lists the repositories of a registry, in the registry's order.
#[derive(Debug)]
pub struct Catalog {
    registry: String,
    pages: Pages,
    query: Option<String>,
    error: Option<RegistryError>,
}

impl Catalog {
    /// The registry is given as references name it.
    pub fn new(registry: &str) -> Catalog {
        let query = Some(Pages::first());
        Catalog { registry: registry.to_owned(), pages: Pages::default(), query, error: None }
    }

    fn page(&mut self, response: &HttpResponse, now: u64) -> Result<Option<String>, RegistryError> {
        #[derive(Deserialize)]
        struct CatalogPage {
            repositories: Option<Vec<Option<String>>>,
        }
        let host = host_of(&self.registry);
        let what = "list of repositories";
        match response.status {
            200 => {}
            401 | 403 | 404 | 405 => {
                let told = errors::of_response(response, &host, what, now);
                let problem = Problem::new(
                    "registry-no-catalog",
                    format!("{host} does not list its repositories."),
                )
                .advice("Enter the name of a repository. Most registries do not list them.");
                let found = told.problem.found.unwrap_or_default();
                return Err(RegistryError { problem: problem.found(found), ..told });
            }
            _ => return Err(errors::of_response(response, &host, what, now)),
        }
        let page: CatalogPage = serde_json::from_slice(&response.body).map_err(|error| {
            errors::unreadable(&host, what, "JSON with a list of repositories", &error.to_string())
        })?;
        let names = page.repositories.unwrap_or_default();
        let is_name = |name: &String| {
            let whole = Reference::parse(&format!("{}/{name}", self.registry));
            whole.is_ok_and(|reference| reference.repository() == name)
        };
        Ok(self.pages.add(response, names.into_iter().flatten().filter(is_name).collect()))
    }
}

impl Operation for Catalog {
    type Output = Vec<String>;

    fn next(&mut self) -> Need<Vec<String>> {
        if let Some(error) = &self.error {
            return Need::Done(Err(error.clone()));
        }
        match &self.query {
            Some(query) => {
                let path = format!("/v2/_catalog?{query}");
                let call = Call::pull(&self.registry, "", path, ResponseBody::Keep(MAX_LIST));
                let what = "list of repositories".to_owned();
                Need::Call(Call { what, scope: Some("registry:catalog:*".to_owned()), ..call })
            }
            None => Need::Done(Ok(self.pages.entries.clone())),
        }
    }

    fn take(&mut self, result: Result<HttpResponse, RegistryError>, now: u64) {
        match result.and_then(|response| self.page(&response, now)) {
            Ok(query) => self.query = query,
            Err(error) => self.error = Some(error),
        }
    }
}
