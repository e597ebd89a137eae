//! What one file says about packages.
//!
//! Serialised field names are short because a distribution's lists of files make up most of the notes of a
//! layer. They never change: caches and saved inspections hold them.

use crate::problem::Problem;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::sync::Arc;

/// A package as one file describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Package {
    /// The type of its PURL: `deb`, `apk`, `rpm`, `npm`, `pypi`, `golang`, …
    #[serde(rename = "t")]
    pub kind: String,
    /// The full name in its ecosystem, including npm scope, Composer vendor or Go module path; for Maven
    /// the artifactId.
    #[serde(rename = "n")]
    pub name: String,
    /// The full version, including epoch and release, as the ecosystem's own tool prints it; empty if
    /// unknown.
    #[serde(rename = "v")]
    pub version: String,
    /// The namespace of its PURL where the name does not include it: Maven's groupId. Empty for `deb`,
    /// `apk`, `rpm` and similar types: their namespace is the distribution's ID, from another file.
    #[serde(rename = "ns", skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// As the ecosystem writes it; may be empty.
    #[serde(rename = "a", skip_serializing_if = "String::is_empty")]
    pub architecture: String,
    /// Name and version of the source package, if given; an empty version is the package's own version.
    #[serde(rename = "s", skip_serializing_if = "Option::is_none")]
    pub source: Option<(String, String)>,
    /// Licences as declared, one expression or name each.
    #[serde(rename = "l", skip_serializing_if = "Vec::is_empty")]
    pub licenses: Vec<String>,
    /// Bytes on disk that the package manager claims, if it does.
    #[serde(rename = "z", skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Paths that it owns, relative to the root, without a leading slash. A path with a trailing slash is a
    /// directory that it owns with everything below.
    #[serde(rename = "f", skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// Digests of the package as published, such as `sha256:…`; most package managers record none.
    #[serde(rename = "d", skip_serializing_if = "Vec::is_empty")]
    pub digests: Vec<String>,
    /// Further qualifiers of its PURL that identify it: `(key, value)`. Architecture, distribution and
    /// source package are added when the PURL is written.
    #[serde(rename = "q", skip_serializing_if = "Vec::is_empty")]
    pub qualifiers: Vec<(String, String)>,
    /// Author or maintainer as declared; may be empty.
    #[serde(rename = "m", skip_serializing_if = "String::is_empty")]
    pub supplier: String,
    /// Home page as declared; may be empty.
    #[serde(rename = "h", skip_serializing_if = "String::is_empty")]
    pub homepage: String,
    /// A lock file or a project's own manifest names it: it is required, but not necessarily installed.
    #[serde(rename = "p", skip_serializing_if = "std::ops::Not::not")]
    pub declared: bool,
    /// Path within the file that names it (a jar in a jar: `BOOT-INF/lib/a.jar`); empty: the file itself.
    /// Shared, because such a path may be long and have many packages.
    #[serde(rename = "i", skip_serializing_if = "is_empty")]
    #[serde(serialize_with = "write_shared", deserialize_with = "read_shared")]
    pub inside: Arc<str>,
    /// Where the package manager stopped halfway, its word for the state: dpkg's `unpacked`; empty: the
    /// package is installed.
    #[serde(rename = "w", skip_serializing_if = "String::is_empty")]
    pub state: String,
    /// It is a part of the project itself: made from a folder, not from a registry. A package of the same
    /// name in a registry is another one.
    #[serde(rename = "o", skip_serializing_if = "std::ops::Not::not")]
    pub own: bool,
}

impl Package {
    /// Bytes of its texts, and of itself, without its files.
    pub fn weight(&self) -> usize {
        let Package { kind, name, version, namespace, architecture, .. } = self;
        let Package { source, licenses, digests, qualifiers, .. } = self;
        let (source, version_of) = source.as_ref().map_or(("", ""), |(a, b)| (a, b));
        let texts = [kind, name, version, namespace, architecture, source, version_of];
        let more: [&str; 4] = [&self.supplier, &self.homepage, &self.inside, &self.state];
        let lists = licenses.iter().chain(digests);
        let lists = lists.chain(qualifiers.iter().flat_map(|(key, value)| [key, value]));
        let lists = lists.map(|text| text.len() + size_of::<String>());
        let texts = texts.iter().chain(&more).map(|text| text.len());
        texts.chain(lists).fold(size_of::<Package>(), usize::saturating_add)
    }
}

fn is_empty(text: &Arc<str>) -> bool {
    text.is_empty()
}

fn write_shared<S: Serializer>(text: &Arc<str>, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(text)
}

fn read_shared<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<str>, D::Error> {
    String::deserialize(from).map(Arc::from)
}

/// What a file adds to a package that another file names: dpkg's lists of files and copyright files, where
/// pip installed a distribution from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PackageSupplement {
    /// As `Package::kind`.
    #[serde(rename = "t")]
    pub kind: String,
    /// As `Package::name`.
    #[serde(rename = "n")]
    pub name: String,
    /// As `Package::architecture`; empty: any.
    #[serde(rename = "a", skip_serializing_if = "String::is_empty")]
    pub architecture: String,
    /// As `Package::files`.
    #[serde(rename = "f", skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// As `Package::licenses`.
    #[serde(rename = "l", skip_serializing_if = "Vec::is_empty")]
    pub licenses: Vec<String>,
    /// As `Package::own`.
    #[serde(rename = "o", skip_serializing_if = "std::ops::Not::not")]
    pub own: bool,
}

/// A distribution's release. Source: os-release(5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Release {
    /// `debian`, `alpine`, `rhel`, …
    pub id: String,
    /// `ID_LIKE`: related distributions, in the file's order.
    pub id_like: Vec<String>,
    /// `12`, `3.18.4`, `22.04`; empty for a rolling release.
    pub version_id: String,
    /// `bookworm`.
    pub version_codename: String,
    /// `Debian GNU/Linux 12 (bookworm)`.
    pub pretty_name: String,
    /// `CPE_NAME`.
    pub cpe_name: String,
    /// `VARIANT_ID`, by which some distributions differ.
    pub variant_id: String,
    /// `SUPPORT_END`, a day as `2028-06-30`; empty: the file does not say.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub support_end: String,
}

/// Most bytes of a field of a release; real ones have less than a hundred. Each PURL of the image repeats two of them.
const MAX_RELEASE_TEXT: usize = 256;

impl Release {
    /// `Debian GNU/Linux 12 (bookworm)`, or `alpine 3.20` where the file has no name for people; empty: neither.
    pub fn shown_name(&self) -> String {
        match &*self.pretty_name {
            "" => format!("{} {}", self.id, self.version_id).trim().to_owned(),
            name => name.to_owned(),
        }
    }

    /// Without the fields that are too long to be real. They are not cut: a part of a version is another version.
    pub fn bounded(mut self) -> Release {
        let release = &mut self;
        let Release { id, id_like, version_id, version_codename, pretty_name, .. } = release;
        let Release { cpe_name, variant_id, support_end, .. } = release;
        let names = [id, version_id, version_codename, pretty_name];
        let texts = names.into_iter().chain([cpe_name, variant_id, support_end]);
        for text in texts.filter(|text| text.len() > MAX_RELEASE_TEXT) {
            *text = String::new();
        }
        if id_like.iter().map(|id| id.len() + 1).sum::<usize>() > MAX_RELEASE_TEXT {
            *id_like = Vec::new();
        }
        self
    }
}

/// What one file says about packages and the distribution.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CatalogFacts {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<Package>,
    #[serde(rename = "about", skip_serializing_if = "Vec::is_empty")]
    pub supplements: Vec<PackageSupplement>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<Release>,
    /// Of a database's log: what it adds to the database, as the cataloger of both writes it, in base64.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub log: String,
    /// Parts that could not be read, with codes such as `package-database-damaged`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Problem>,
}

impl CatalogFacts {
    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        *self == CatalogFacts::default()
    }

    /// Adds what another cataloger found in the same file.
    pub fn add(&mut self, other: CatalogFacts) {
        self.packages.extend(other.packages);
        self.supplements.extend(other.supplements);
        self.release = self.release.take().or(other.release);
        if self.log.is_empty() {
            self.log = other.log;
        }
        self.warnings.extend(other.warnings);
    }

    /// Facts of a single package.
    pub fn of(package: Package) -> CatalogFacts {
        CatalogFacts { packages: vec![package], ..CatalogFacts::default() }
    }

    /// Facts of a single supplement; empty if it adds nothing.
    pub fn of_supplement(supplement: PackageSupplement) -> CatalogFacts {
        let PackageSupplement { name, files, licenses, own, .. } = &supplement;
        if name.is_empty() || files.is_empty() && licenses.is_empty() && !own {
            return CatalogFacts::default();
        }
        CatalogFacts { supplements: vec![supplement], ..CatalogFacts::default() }
    }
}

#[test]
fn a_release_without_a_name_for_people_is_called_by_its_id_and_version() {
    let release = |pretty: &str, version: &str| Release {
        id: "alpine".to_owned(),
        version_id: version.to_owned(),
        pretty_name: pretty.to_owned(),
        ..Release::default()
    };
    assert_eq!(release("Alpine Linux v3.20", "3.20").shown_name(), "Alpine Linux v3.20");
    assert_eq!(release("", "3.20").shown_name(), "alpine 3.20");
    assert_eq!(release("", "").shown_name(), "alpine");
    assert_eq!(Release::default().shown_name(), "");
}
