//! Who built an image and who signed it, as documents about it say, with the verdicts on their signatures.
//!
//! What a document says is a claim. `signatures.rs` has what was verified.

use super::words::link_words;
use super::{RowRange, SignatureSigner, SignatureVerdict, SignedTime, Sort};
use crate::problem::Problem;
use crate::text::Shown;
use crate::vocabulary::{ImagePosition, ProvenanceKind};
use serde::{Deserialize, Serialize};

/// Which documents are fetched from a registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AttachedWish {
    /// Signatures and provenance: what the overview needs.
    Signatures,
    /// SBOMs and VEX documents, too.
    All,
}

/// Whether an image's registry was searched for documents about it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum RegistrySearch {
    /// It was not asked.
    #[default]
    NotAsked,
    /// The image is in files: only what lies beside it is known.
    NoRegistry,
    /// What it has is known.
    Complete,
    /// There may be more than is known.
    Incomplete(Problem),
}

/// Which rows of documents, in which order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProvenanceTable {
    pub image: ImagePosition,
    /// Case-insensitive substring of type, digest, builder or signer; empty: all.
    pub filter: String,
    pub sort: Sort<ProvenanceColumn>,
    pub rows: RowRange,
}

link_words! {
    /// Columns that documents are sorted by.
    ProvenanceColumn {
        /// Those that need attention first.
        Signature = "state",
        Kind = "name",
        Scope = "subject",
    }
}

/// Of what a document speaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DocumentScope {
    /// The manifest of this image.
    Manifest,
    /// The index that names it: all its platforms.
    Index,
    /// Other images only, by digest.
    Another(Vec<Shown>),
    /// It does not say; it is attached to the manifest, or to the index.
    Unnamed { index: bool },
}

/// What is known about a document's signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SignatureState {
    /// A check fails.
    Invalid,
    /// All checks were made and hold.
    Valid,
    /// No check fails, but one that is required could not be made, or what is here is not known to be what was signed
    /// (`SignedContent`).
    Unchecked,
    /// It is signed, and was not verified yet.
    Pending,
    /// It cannot be read here.
    Absent,
    Unsigned,
}

/// Whether what is shown of an image is what its manifest names, so that a signature is about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignedContent {
    /// It is, as far as it was read.
    #[default]
    Same,
    /// The image is that of a saved inspection: there are no contents to compare.
    NotHere,
    /// A layer, the configuration or the manifest is not what its digest says, or could not be compared.
    NotSame,
}

/// One document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProvenanceRow {
    /// Names it in links and queries.
    pub key: String,
    pub kind: ProvenanceKind,
    pub media_type: Shown,
    /// What a statement says, as a URI.
    pub predicate_type: Option<Shown>,
    pub scope: DocumentScope,
    pub signature: SignatureState,
    /// Who signed; a claim unless the signature is valid.
    pub signer: Option<SignatureSigner>,
    pub time: Option<SignedTime>,
    /// Who built; a claim unless the signature is valid.
    pub builder: Option<Shown>,
    pub digest: String,
}

/// All that is known about a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProvenanceFacts {
    pub row: ProvenanceRow,
    /// Bytes.
    pub size: u64,
    /// Names that it gives its subjects.
    pub names: Vec<Shown>,
    pub build: Option<BuildFacts>,
    /// `None`: it is not signed, or was not verified yet.
    pub verdict: Option<SignatureVerdict>,
    /// Why it was not read, or not whole.
    pub problem: Option<Problem>,
    /// The query `Document` answers it.
    pub is_kept: bool,
}

/// What a document claims about the build. `None` and empty: it does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildFacts {
    pub builder: Option<Shown>,
    pub build_type: Option<Shown>,
    pub repository: Option<Shown>,
    /// A branch or tag.
    pub reference: Option<Shown>,
    pub commit: Option<Shown>,
    /// The file that described the build.
    pub configuration: Option<Shown>,
    /// What started it.
    pub trigger: Option<Shown>,
    /// The run: a URL or an ID.
    pub invocation: Option<Shown>,
    pub arguments: Vec<(Shown, Shown)>,
    pub materials: Vec<MaterialFacts>,
    /// There are more arguments or materials.
    pub cut: bool,
    pub reproducible: Option<bool>,
    /// RFC 3339, as claimed.
    pub started: Option<Shown>,
    pub finished: Option<Shown>,
}

/// Something that went into the build.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaterialFacts {
    pub name: Shown,
    pub is_image: bool,
    /// Empty without one.
    pub digest: Shown,
}

/// What is known about builder and signatures, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProvenanceNumbers {
    pub search: RegistrySearch,
    pub documents: u32,
    /// Documents with a signature, by what is known about it.
    pub valid: u32,
    pub invalid: u32,
    pub unchecked: u32,
    pub pending: u32,
    /// What a signature says about what is shown.
    pub content: SignedContent,
    /// Documents, and manifests with documents, that are named and cannot be read here: they may be signed.
    pub absent: u32,
    /// There are more documents than are read.
    pub cut: bool,
    /// Documents that speak of other images only.
    pub of_others: u32,
    /// Who made valid signatures, each once, in the documents' order.
    pub signers: Vec<SignatureSigner>,
    /// When the first of these signatures was made.
    pub time: Option<SignedTime>,
    /// Who built it, from where, as the first document says that tells, signed ones first.
    pub builder: Option<Shown>,
    pub repository: Option<Shown>,
    /// The document that says so has a valid signature.
    pub is_builder_proven: bool,
}

impl ProvenanceNumbers {
    /// Who made the first valid signature.
    pub fn signer(&self) -> Option<&SignatureSigner> {
        self.signers.first()
    }

    /// Documents with a signature.
    pub fn signed(&self) -> u32 {
        self.valid + self.invalid + self.unchecked + self.pending
    }
}
