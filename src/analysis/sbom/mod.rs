//! Bills of materials: the image's packages as CycloneDX and SPDX write them, and those of others, read.
//!
//! - `cyclonedx.rs` and `spdx.rs` write a `Document`; `read.rs` reads what is attached to an image;
//!   `compare.rs` holds that against what was found.
//! - The same image gives the same bytes: times are the image's, identifiers are digests of what the
//!   document says, packages are in an order of their own.
//! - Only what is in the image is listed: packages that a later layer removes, and those that are merely
//!   declared, are left out by who fills the document.
//! - Names and versions are hostile text; JSON's own escaping is all that they need here.

mod base64;
pub mod compare;
pub mod cyclonedx;
mod parts;
pub mod read;
mod read_cyclonedx;
mod read_spdx;
pub mod spdx;
pub mod time;

use crate::analysis::packages::{Package, Release, licence, purl};
use crate::oci::{Digest, Platform, Reference};
use crate::vocabulary::LayerPosition;

/// The name of what makes these documents.
const TOOL: &str = "layerscope";
const TOOL_VERSION: &str = env!("CARGO_PKG_VERSION");

/// An image and what is in it, as both formats need it.
#[derive(Clone, Debug, Default)]
pub struct SbomDocument<'a> {
    /// What the image is called where it has no tag: the archive's name, or empty.
    pub name: String,
    /// References that name the image, `docker.io/library/debian:12`; the first names it in the PURL.
    pub tags: Vec<String>,
    /// The configuration's digest.
    pub image_id: Option<Digest>,
    /// The manifest's digest, where there is a manifest.
    pub manifest_digest: Option<Digest>,
    /// What it runs on.
    pub platform: Platform,
    /// The image's `created`, RFC 3339; `None`: it doesn't say.
    pub created: Option<String>,
    /// From the base up.
    pub layers: Vec<SbomLayer>,
    /// The distribution.
    pub release: Option<Release>,
    /// In any order.
    pub components: Vec<Component<'a>>,
}

/// One layer of the image.
#[derive(Clone, Debug, Default)]
pub struct SbomLayer {
    /// Digest of the uncompressed tar.
    pub diff_id: Option<Digest>,
    /// Digest of the blob.
    pub digest: Option<Digest>,
}

/// A package that is in the image.
#[derive(Clone, Debug)]
pub struct Component<'a> {
    pub package: &'a Package,
    pub purl: String,
    /// In the order in which they are declared.
    pub licences: Vec<Licence>,
    /// Files that say that it is there.
    pub locations: Vec<ComponentLocation>,
}

/// A licence as declared, and what SPDX calls it where that is certain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licence {
    pub declared: String,
    pub expression: Option<String>,
}

/// Where a package was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComponentLocation {
    /// Relative to the root, without a slash before.
    pub path: String,
    /// The layer that added the file.
    pub layer: LayerPosition,
}

impl<'a> Component<'a> {
    /// With PURL and licences made from the package.
    pub fn new(
        package: &'a Package,
        release: Option<&Release>,
        locations: Vec<ComponentLocation>,
    ) -> Component<'a> {
        let declared = package.licenses.iter().filter(|text| !text.trim().is_empty());
        let licences = declared
            .map(|text| Licence { declared: text.clone(), expression: licence::normalise(text) })
            .collect();
        Component { package, purl: purl::purl(package, release), licences, locations }
    }
}

impl SbomDocument<'_> {
    /// The repository of the first tag that is a reference: `docker.io/library/debian`.
    fn repository(&self) -> Option<Reference> {
        self.tags.iter().find_map(|tag| Reference::parse(tag).ok())
    }

    /// What people call the image.
    fn title(&self) -> String {
        let named = [self.tags.first(), Some(&self.name)].into_iter().flatten();
        let id = self.image_id.iter().map(Digest::to_string);
        named
            .filter(|name| !name.is_empty())
            .cloned()
            .chain(id)
            .next()
            .unwrap_or_else(|| "image".to_owned())
    }

    /// Source: purl-spec, type `oci`: the version is the manifest's digest, the name the last part of the
    /// repository. Without a manifest's digest an image has no such PURL.
    fn purl(&self) -> Option<String> {
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
        Some(purl::purl(&package, None))
    }

    /// Diff ID of a layer, as text.
    fn diff_id(&self, layer: LayerPosition) -> &str {
        let layer = self.layers.get(layer.index());
        layer.and_then(|layer| layer.diff_id.as_ref()).map_or("", Digest::as_str)
    }

    /// The components in their order, each with an identifier that no other has: its PURL, and a number
    /// where several have one.
    fn ordered(&self) -> Vec<(String, &Component<'_>)> {
        let mut all: Vec<&Component<'_>> = self.components.iter().collect();
        let first = |component: &Component<'_>| {
            let location = component.locations.first();
            location.map(|location| (location.layer, location.path.clone()))
        };
        // The same package in two jars of one jar differs in no more than this.
        let rest = |component: &Component<'_>| {
            (component.package.inside.clone(), component.package.licenses.clone())
        };
        let key = |one: &Component<'_>| (one.purl.clone(), first(one), rest(one));
        all.sort_by_cached_key(|component| key(component));
        let mut ordered = Vec::with_capacity(all.len());
        let (mut previous, mut count) = ("", 1u32);
        for component in all {
            count = if component.purl == previous { count.saturating_add(1) } else { 1 };
            previous = &component.purl;
            // No PURL made here has an encoded subpath, so that nothing else ends like this.
            let reference = match count {
                1 => component.purl.clone(),
                _ => format!("{}#{count}", component.purl),
            };
            ordered.push((reference, component));
        }
        ordered
    }
}

/// An identifier in the form of a UUID that says what `text` says and nothing else.
///
/// Source: RFC 9562, version 8, as in its appendix B.2: the first bits of a SHA-256.
fn uuid(text: &str) -> String {
    let digest = Digest::of(text.as_bytes());
    let mut hex: Vec<char> = digest.encoded().chars().take(32).collect();
    let variant = hex.get(16).and_then(|digit| digit.to_digit(16)).unwrap_or(0) & 3 | 8;
    for (at, digit) in [(12, Some('8')), (16, char::from_digit(variant, 16))] {
        if let (Some(place), Some(digit)) = (hex.get_mut(at), digit) {
            *place = digit;
        }
    }
    let mut out = String::with_capacity(36);
    for (at, digit) in hex.into_iter().enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            out.push('-');
        }
        out.push(digit);
    }
    out
}
