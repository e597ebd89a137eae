//! Plain values that both the engine and the page speak: each of these types exists once.
//!
//! - No logic beyond conversion and order, and no dependency but serde: both WebAssembly modules compile
//!   this file.
//! - Enums are exhaustive on purpose: a new variant must be handled wherever the value is shown.

mod file_types;
mod left_out;
mod recorded;
pub mod secret_names;
mod settings;
mod tiles;
mod waste;

pub use file_types::{FileEnding, FileFamily};
pub use left_out::LeftOut;
pub use recorded::{DigestAlgorithm, RecordedDigest};
pub use settings::CommandSetting;
pub use tiles::{TileArea, TileColour, TileColouring, TileKind};
pub use waste::{ClassTallies, FileTally, HiddenClass, PackageManager, Remedy, RewriteChange};

use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::NonZeroU32;

/// A layer of an image, counted from 0 from the base upwards, as code and reports count.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct LayerPosition(pub u32);

impl LayerPosition {
    /// The position as an index into a list of layers.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The same layer as people count it.
    pub fn number(self) -> LayerNumber {
        LayerNumber(NonZeroU32::MIN.saturating_add(self.0))
    }
}

impl fmt::Display for LayerPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A layer of an image, counted from 1 from the base upwards, as people and links count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LayerNumber(NonZeroU32);

impl LayerNumber {
    /// The base layer.
    pub const FIRST: LayerNumber = LayerNumber(NonZeroU32::MIN);

    /// `None` for 0.
    pub fn new(number: u32) -> Option<LayerNumber> {
        NonZeroU32::new(number).map(LayerNumber)
    }

    /// The number, at least 1.
    pub fn get(self) -> u32 {
        self.0.get()
    }

    /// The same layer as code counts it.
    pub fn position(self) -> LayerPosition {
        LayerPosition(self.0.get() - 1)
    }
}

impl fmt::Display for LayerNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Position of an image among the images of its source, counted from 0.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct ImagePosition(pub u32);

impl ImagePosition {
    /// The position as an index into the list of images.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for ImagePosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// What a selection of layers, or one layer, did to a path.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Change {
    /// It did not touch the path, or no comparison is shown.
    #[default]
    None,
    /// The path did not exist before.
    Added,
    /// The path existed before, and its content or metadata differ.
    Modified,
    /// The path existed before and is gone.
    Removed,
    /// The path was written again with the same content and metadata.
    Unchanged,
}

/// How a path of two images differs: the first of these that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PathDifference {
    /// Only the second image has it.
    Added,
    /// Only the first image has it.
    Removed,
    /// It is of another type. A hard link is the file that it links to.
    Type,
    /// A file's bytes, a link's target, a device's numbers.
    Content,
    /// Permission bits, owner, extended attributes.
    Metadata,
    /// The seconds of its time.
    Time,
}

impl PathDifference {
    /// All, in the order in which they are checked.
    pub const ALL: [PathDifference; 6] = [
        PathDifference::Added,
        PathDifference::Removed,
        PathDifference::Type,
        PathDifference::Content,
        PathDifference::Metadata,
        PathDifference::Time,
    ];
}

/// The kind of a path in the tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum NodeKind {
    /// A regular file.
    #[default]
    File,
    Directory,
    Symlink,
    /// A regular file that the layer wrote as a hard link to another path.
    HardLink,
    CharDevice,
    BlockDevice,
    Fifo,
}

/// Where a Dockerfile comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DockerfileOrigin {
    /// It is in an attestation of the build.
    Provenance,
    /// It was rebuilt from history, configuration and layers.
    History,
}

/// What a document about an image is. Reports spell these names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProvenanceKind {
    /// How it was built, as SLSA's provenance says it.
    Slsa,
    Sbom,
    /// A signature of cosign's.
    Cosign,
    /// A signature of Notation's.
    Notation,
    /// Another statement.
    Other,
}

/// What tells which image is the base image, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BaseSource {
    Provenance,
    Annotation,
    Label,
    /// The layers of another image are this image's first ones.
    Prefix,
    /// Published images consist of this image's first layers, as deps.dev says.
    DepsDev,
    History,
    OsRelease,
}

impl BaseSource {
    /// Nobody claims it.
    pub fn is_guess(self) -> bool {
        matches!(self, BaseSource::History | BaseSource::OsRelease)
    }
}

/// Whose a layer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LayerOrigin {
    /// The image's own, or it is not known which layers are the base image's.
    #[default]
    Own,
    Base,
    /// The base image's, as the history seems to say.
    GuessedBase,
}

impl LayerOrigin {
    pub fn is_base(self) -> bool {
        self != LayerOrigin::Own
    }
}

/// How severe a vulnerability is, the most severe first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    Critical,
    High,
    Medium,
    Low,
    /// Rated, with a score of 0.
    None,
    /// Nobody rated it.
    Unrated,
}

impl Severity {
    /// All, the most severe first.
    pub const ALL: [Severity; 6] = [
        Severity::Critical,
        Severity::High,
        Severity::Medium,
        Severity::Low,
        Severity::None,
        Severity::Unrated,
    ];
}

/// How much a risk matters, the most severe first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RiskSeverity {
    High,
    Medium,
    Low,
    /// Worth knowing, and no risk by itself.
    Info,
}

impl RiskSeverity {
    /// All, the most severe first.
    pub const ALL: [RiskSeverity; 4] =
        [RiskSeverity::High, RiskSeverity::Medium, RiskSeverity::Low, RiskSeverity::Info];

    /// As reports and commands spell it.
    pub fn name(self) -> &'static str {
        match self {
            RiskSeverity::High => "high",
            RiskSeverity::Medium => "medium",
            RiskSeverity::Low => "low",
            RiskSeverity::Info => "info",
        }
    }
}

/// How bytes are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// Not compressed, or in a way that is not known.
    #[default]
    None,
    /// RFC 1952; one or several members.
    Gzip,
    /// RFC 8878; one or several frames, skippable ones too. A stream that begins with a skippable frame
    /// counts as zstd, and may turn out to be LZ4 when it is read.
    Zstd,
    /// The .xz format.
    Xz,
    /// The .bz2 format.
    Bzip2,
    /// LZ4 frames. The legacy format is recognised and not read.
    Lz4,
}

/// The form in which images were stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SourceFormat {
    /// `manifest.json` as `docker save` writes it.
    DockerArchive,
    /// The chain of layer folders from before Docker 1.10.
    DockerArchiveV1,
    /// `index.json` and blobs by digest.
    OciLayout,
    /// One image's manifest and blobs in a folder, as skopeo's `dir:` writes it.
    DockerDirectory,
    /// A root file system or layers without an index.
    Tar,
    /// An image in a registry.
    Registry,
    /// A saved inspection.
    Inspection,
}

impl SourceFormat {
    /// All.
    pub const ALL: [SourceFormat; 7] = [
        SourceFormat::DockerArchive,
        SourceFormat::DockerArchiveV1,
        SourceFormat::OciLayout,
        SourceFormat::DockerDirectory,
        SourceFormat::Tar,
        SourceFormat::Registry,
        SourceFormat::Inspection,
    ];

    /// The format that reports and saved inspections spell so.
    pub fn of_name(name: &str) -> Option<SourceFormat> {
        SourceFormat::ALL.into_iter().find(|format| format.name() == name)
    }

    /// As reports and saved inspections spell it.
    pub fn name(self) -> &'static str {
        match self {
            SourceFormat::DockerArchive => "docker-archive",
            SourceFormat::DockerArchiveV1 => "docker-archive-v1",
            SourceFormat::OciLayout => "oci-layout",
            SourceFormat::DockerDirectory => "docker-dir",
            SourceFormat::Tar => "tar",
            SourceFormat::Registry => "registry",
            SourceFormat::Inspection => "inspection",
        }
    }
}

/// Why something that an index names is not an image to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OtherKind {
    /// Provenance, SBOM: a statement about an image.
    Attestation,
    /// A manifest that is not an image's.
    Artifact,
    /// Named by an index, and not in the archive.
    Absent,
}

impl OtherKind {
    /// As reports spell it.
    pub fn name(self) -> &'static str {
        match self {
            OtherKind::Attestation => "attestation",
            OtherKind::Artifact => "artifact",
            OtherKind::Absent => "absent",
        }
    }
}

/// What a layer is beside a plain tar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LayerForm {
    EStargz,
    ZstdChunked,
    /// A table of contents beside it in the registry (SOCI) was read.
    Soci,
    /// It must not be distributed with the image, and is stored elsewhere.
    Foreign,
    Windows,
}

/// Docker's badge of a publisher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PublisherBadge {
    /// Docker Official Image.
    Official,
    /// Verified Publisher.
    VerifiedPublisher,
    /// Sponsored OSS.
    OpenSource,
    /// Hardened Image.
    Hardened,
}

/// Why a package cannot be checked for vulnerabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum UncheckedReason {
    /// Its version is unknown, or a placeholder such as `(devel)`.
    NoVersion,
    /// OSV has no database of this type of package.
    TypeNotCovered,
    /// OSV has no database of this distribution.
    DistributionNotCovered,
    /// The distribution's release is unknown, or a rolling one that OSV does not follow.
    ReleaseNotCovered,
    /// The opened files say nothing of its ecosystem.
    NotInFiles,
    /// It is a part of the project itself, which no database knows; one of the same name is another package.
    ProjectsOwn,
}

/// Why a vulnerability of a package may not be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Uncertainty {
    /// The package is of a module; records do not name the stream that they are about.
    ModuleStream,
    /// The version is a commit without a release before it, which is older than every release.
    PseudoVersion,
    /// The version has a local part: somebody built the package again, maybe with the fix.
    LocalVersion,
}

impl Uncertainty {
    /// In a few words, to follow "uncertain:".
    pub fn words(self) -> &'static str {
        match self {
            Uncertainty::ModuleStream => "the records do not tell a module's streams apart",
            Uncertainty::PseudoVersion => "the version is a commit without a release before it",
            Uncertainty::LocalVersion => "somebody built this version again, maybe with the fix",
        }
    }
}

/// The status of a VEX statement, spelled as OpenVEX does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VexStatus {
    NotAffected,
    Affected,
    Fixed,
    UnderInvestigation,
}

/// Where a VEX document comes from. Later ones count over earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum VexOrigin {
    /// It came with the image: the image says so about itself, and no signature around it is checked.
    Attached,
    /// The user opened it.
    Opened,
}

impl VexOrigin {
    /// Who says what such a document says, for the middle of a sentence. `name` is a file's name, or a digest.
    pub fn speaker(self, name: &str) -> String {
        match self {
            VexOrigin::Attached => format!(
                "the image itself (attached VEX document {name}, whose author was not checked)"
            ),
            VexOrigin::Opened => name.to_owned(),
        }
    }
}

/// The user name and password for one registry.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Login {
    /// The registry as references name it: `docker.io`, `registry.example:5000`.
    pub registry: String,
    pub user: String,
    /// Never shown, logged or stored.
    pub password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.user, self.registry)
    }
}

/// A question that only the user can answer. The request that raised it waits for the answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum UserQuestion {
    /// The registry requires a login.
    Login {
        /// The registry as references name it.
        registry: String,
        reason: LoginReason,
    },
    /// The registry's token endpoint is on another host: may the credentials be sent there?
    TokenHost { registry: String, host: String },
    /// May credentials be sent through this proxy?
    TrustProxy { registry: String, proxy: String },
}

/// Why a registry requires a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LoginReason {
    /// Nobody is logged in.
    Needed,
    /// User name or password are wrong.
    Wrong,
    /// The account may not read this repository, or the repository does not exist.
    Denied,
}

#[test]
fn positions_and_numbers_name_the_same_layer() {
    for position in [0, 1, 41] {
        let number = LayerPosition(position).number();
        assert_eq!(number.get(), position + 1);
        assert_eq!(number.position(), LayerPosition(position));
    }
    assert_eq!(LayerNumber::new(0), None);
}

#[test]
fn the_password_is_not_in_debug_output() {
    let login = Login {
        registry: "registry.example".into(),
        user: "ann".into(),
        password: "hunter2".into(),
    };
    assert_eq!(format!("{login:?}"), "ann at registry.example");
}
