//! SOCI indexes: which blobs of a registry are tables of contents of an image's layers.
//!
//! Source: soci-snapshotter, docs/soci-index-manifest-v2.md and soci/soci_index.go.
//!
//! - The image itself names an index of version 2, in its manifest or in the image index: no request is needed to
//!   find it, and the image's digest covers it. An index of version 1 refers to the manifest, so anyone who can
//!   push to the repository may have written it.
//! - The index is used only if its digest matches, like every document.

use super::endpoint::manifest_path;
use super::limits::MAX_MANIFEST;
use super::manifest::{self, ACCEPT_MANIFESTS, ManifestDocument};
use super::pull::Pulled;
use super::referrers::ListReferrers;
use super::{Call, Need, Operation, RegistryError, errors};
use crate::http::{HttpResponse, ResponseBody};
use crate::oci::{Descriptor, Digest, ImageManifest};
use std::collections::VecDeque;

const ARTIFACTS: [&str; 2] =
    ["application/vnd.amazon.soci.index.v2+json", "application/vnd.amazon.soci.index.v1+json"];
/// Annotation of an image's manifest: its SOCI index of version 2.
const INDEX: &str = "com.amazon.soci.index-digest";
/// Annotation of an entry in an image index: the manifest to which this SOCI index belongs.
const MANIFEST: &str = "com.amazon.soci.image-manifest-digest";
/// Annotation of a table: its layer.
const LAYER: &str = "com.amazon.soci.image-layer-digest";
/// Media type of tables. Lists of files to fetch first are among them, with the same annotation.
const TABLE: &str = "application/octet-stream";
/// At most this many indexes are tried.
const TRIED: usize = 3;

/// The SOCI index of version 2 that an image names.
pub fn named(pulled: &Pulled) -> Option<Digest> {
    let image = pulled.image.as_ref()?;
    let is_for_it = |descriptor: &&Descriptor| {
        ARTIFACTS.contains(&&descriptor.artifact_type[..])
            && descriptor.annotations.get(MANIFEST).and_then(|digest| Digest::parse(digest))
                == Some(image.manifest_digest.clone())
    };
    let beside = || {
        let mut others = pulled.others.iter().map(|other| &other.descriptor);
        others.find(is_for_it).map(|descriptor| descriptor.digest.clone())
    };
    let annotated = image.manifest.annotations.get(INDEX);
    annotated.and_then(|digest| Digest::parse(digest)).or_else(beside)
}

/// Digests of layers with their tables.
pub type LayerTables = Vec<(Digest, Descriptor)>;

/// Where the search is.
#[derive(Debug)]
enum TableSearch {
    Referrers(Box<ListReferrers>),
    /// Indexes that are not tried yet, the next one first.
    Indexes(VecDeque<Digest>),
    Done(Result<LayerTables, RegistryError>),
}

/// Finds the tables of an image's layers; finding none is not an error.
#[derive(Debug)]
pub struct FindTables {
    registry: String,
    repository: String,
    state: TableSearch,
}

impl FindTables {
    /// In the index that the image names.
    pub fn named(registry: &str, repository: &str, index: Digest) -> FindTables {
        FindTables::new(registry, repository, TableSearch::Indexes([index].into()))
    }

    /// In the referrers of the manifest `subject`.
    pub fn referring(registry: &str, repository: &str, subject: Digest) -> FindTables {
        let list = ListReferrers::new(registry, repository, subject);
        FindTables::new(registry, repository, TableSearch::Referrers(Box::new(list)))
    }

    fn new(registry: &str, repository: &str, state: TableSearch) -> FindTables {
        FindTables { registry: registry.to_owned(), repository: repository.to_owned(), state }
    }

    /// The tables that an index names.
    fn index(
        &self,
        digest: &Digest,
        response: &HttpResponse,
        now: u64,
    ) -> Result<LayerTables, RegistryError> {
        let host = super::endpoint::host_of(&self.registry);
        let what = format!("the SOCI index of {}", self.repository);
        if response.status != 200 {
            return Err(errors::of_response(response, &host, &what, now));
        }
        manifest::verify(&response.body, digest, "a SOCI index")?;
        match manifest::parse(&response.body, &response.media_type())? {
            ManifestDocument::Manifest(manifest) if is_soci(&manifest) => {
                let layer = |table: &Descriptor| Digest::parse(table.annotations.get(LAYER)?);
                let tables = manifest.layers.into_iter().filter(|layer| layer.media_type == TABLE);
                Ok(tables.filter_map(|table| Some((layer(&table)?, table))).collect())
            }
            _ => Err(errors::unreadable(&host, &what, "a SOCI index", "something else")),
        }
    }
}

fn is_soci(manifest: &ImageManifest) -> bool {
    [&manifest.artifact_type, &manifest.config.media_type]
        .iter()
        .any(|kind| ARTIFACTS.contains(&&kind[..]))
}

impl Operation for FindTables {
    type Output = LayerTables;

    fn next(&mut self) -> Need<LayerTables> {
        loop {
            match &mut self.state {
                TableSearch::Referrers(list) => match list.next() {
                    Need::Call(call) => return Need::Call(call),
                    Need::Cached(digest) => return Need::Cached(digest),
                    Need::Done(Err(error)) => self.state = TableSearch::Done(Err(error)),
                    Need::Done(Ok(found)) => {
                        let found = found.descriptors.into_iter();
                        let soci = found.filter(|d| ARTIFACTS.contains(&&d.artifact_type[..]));
                        let digests = soci.map(|descriptor| descriptor.digest).take(TRIED);
                        self.state = TableSearch::Indexes(digests.collect());
                    }
                },
                TableSearch::Indexes(left) => match left.front() {
                    None => self.state = TableSearch::Done(Ok(LayerTables::new())),
                    Some(digest) => {
                        let path = manifest_path(&self.repository, &digest.to_string());
                        let body = ResponseBody::Keep(MAX_MANIFEST);
                        let call = Call::pull(&self.registry, &self.repository, path, body);
                        return Need::Call(Call { accept: Some(ACCEPT_MANIFESTS), ..call });
                    }
                },
                TableSearch::Done(result) => return Need::Done(result.clone()),
            }
        }
    }

    fn take(&mut self, result: Result<HttpResponse, RegistryError>, now: u64) {
        let tried = match &mut self.state {
            TableSearch::Referrers(list) => return list.take(result, now),
            TableSearch::Done(_) => return,
            TableSearch::Indexes(left) => left.pop_front(),
        };
        let tables = result.and_then(|response| match &tried {
            Some(digest) => self.index(digest, &response, now),
            None => Ok(LayerTables::new()),
        });
        match (tables, &self.state) {
            (Err(_), TableSearch::Indexes(left)) if !left.is_empty() => {} // the next
            (tables, _) => self.state = TableSearch::Done(tables),
        }
    }
}
