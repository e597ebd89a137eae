//! An image and its packages, as both formats need them.

use crate::analysis::packages::{Package, Release, licence, purl};
use crate::oci::{DiffId, Digest, Platform, Reference};
use crate::vocabulary::LayerPosition;

/// An image and what is in it.
#[derive(Clone, Debug, Default)]
pub struct SbomDocument<'a> {
    /// The name of an image without a tag: the archive's name; may be empty.
    pub name: String,
    /// References of the image, such as `docker.io/library/debian:12`; the first one is used in the PURL.
    pub tags: Vec<String>,
    /// The configuration's digest.
    pub image_id: Option<Digest>,
    /// The manifest's digest, if there is a manifest.
    pub manifest_digest: Option<Digest>,
    pub platform: Platform,
    /// The image's `created`, RFC 3339.
    pub created: Option<String>,
    /// From the base up.
    pub layers: Vec<SbomLayer>,
    /// The distribution.
    pub release: Option<Release>,
    /// In any order.
    pub components: Vec<Component<'a>>,
    /// What was not read, so that packages may be missing: one sentence; empty: everything was read.
    pub gaps: String,
}

/// A layer of the image.
#[derive(Clone, Debug, Default)]
pub struct SbomLayer {
    pub diff_id: Option<DiffId>,
    /// Digest of the blob.
    pub digest: Option<Digest>,
}

/// A package in the image.
#[derive(Clone, Debug)]
pub struct Component<'a> {
    pub package: &'a Package,
    pub purl: String,
    /// In the order of their declaration.
    pub licences: Vec<ComponentLicence>,
    /// The files that name it.
    pub locations: Vec<ComponentLocation>,
}

/// A licence as declared, and its SPDX expression if that is certain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComponentLicence {
    pub declared: String,
    pub expression: Option<String>,
}

/// A file that names a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComponentLocation {
    /// Relative to the root, without a leading slash.
    pub path: String,
    /// The layer that added the file.
    pub layer: LayerPosition,
}

impl<'a> Component<'a> {
    /// Makes PURL and licences from the package.
    pub fn new(
        package: &'a Package,
        release: Option<&Release>,
        locations: Vec<ComponentLocation>,
    ) -> Component<'a> {
        let declared = package.licenses.iter().filter(|text| !text.trim().is_empty());
        let licences = declared.map(|text| ComponentLicence {
            declared: text.clone(),
            expression: licence::normalise(text),
        });
        Component {
            package,
            purl: purl::write(package, release),
            licences: licences.collect(),
            locations,
        }
    }

    /// Decides the order of components with the same PURL.
    fn sort_key(&self) -> impl Ord {
        let first = self.locations.first().map(|first| (first.layer, first.path.clone()));
        // The same package in two jars of one jar may differ only in these.
        let rest = (self.package.inside.clone(), self.package.licenses.clone());
        (self.purl.clone(), first, rest)
    }
}

impl SbomDocument<'_> {
    /// The first tag that is a reference: `docker.io/library/debian:12`.
    pub fn repository(&self) -> Option<Reference> {
        self.tags.iter().find_map(|tag| Reference::parse(tag).ok())
    }

    /// The image's name for people.
    pub fn title(&self) -> String {
        let named = [self.tags.first(), Some(&self.name)].into_iter().flatten();
        let id = self.image_id.iter().map(Digest::to_string);
        named
            .filter(|name| !name.is_empty())
            .cloned()
            .chain(id)
            .next()
            .unwrap_or_else(|| "image".to_owned())
    }

    /// The image's PURL. Source: purl-spec, type `oci`: the version is the manifest's digest, the name the
    /// last part of the repository. Without a manifest's digest an image has no such PURL.
    pub fn purl(&self) -> Option<String> {
        let repository = self.repository()?;
        let name = repository.name();
        let last = name.rsplit('/').next()?.to_lowercase();
        let tag = repository.tag().unwrap_or_default().to_owned();
        let qualifiers = vec![("repository_url".to_owned(), name), ("tag".to_owned(), tag)];
        let package = Package {
            kind: "oci".to_owned(),
            name: last,
            version: self.manifest_digest.as_ref()?.to_string(),
            architecture: self.platform.architecture.clone(),
            qualifiers: qualifiers.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
            ..Package::default()
        };
        Some(purl::write(&package, None))
    }

    /// The diff ID of a layer; empty if unknown.
    pub fn diff_id(&self, layer: LayerPosition) -> &str {
        let layer = self.layers.get(layer.index());
        layer.and_then(|layer| layer.diff_id.as_ref()).map_or("", DiffId::as_str)
    }

    /// The components, sorted, each with a unique identifier: its PURL, followed by a number if several
    /// components have the same PURL.
    pub fn ordered(&self) -> Vec<(String, &Component<'_>)> {
        let mut all: Vec<&Component<'_>> = self.components.iter().collect();
        all.sort_by_cached_key(|component| component.sort_key());
        let mut ordered = Vec::with_capacity(all.len());
        let (mut previous, mut count) = ("", 1u32);
        for component in all {
            count = if component.purl == previous { count.saturating_add(1) } else { 1 };
            previous = &component.purl;
            // PURLs written here have no subpath, so no other identifier ends like this.
            let identifier = match count {
                1 => component.purl.clone(),
                _ => format!("{}#{count}", component.purl),
            };
            ordered.push((identifier, component));
        }
        ordered
    }
}
