//! An archive becomes blobs and images: which images are named here, and where each blob is.
//!
//! - The bytes decide what a document is (`oci::DocumentShape`), not the descriptor that leads to it.
//! - One form, one file: `docker.rs` reads `manifest.json` as `docker save` writes it, `layout.rs` the
//!   `index.json` of an OCI image layout, `directory.rs` the `manifest.json` of `dir:`, `chain.rs` the form
//!   before Docker 1.10; `bare.rs` is for what has no index. Docker writes two forms into one archive; these
//!   are two views of the same images and are joined. docs/formats.md lists all forms.
//! - The index files say what a blob is; contents are not guessed before that. The one exception is an
//!   archive that is compressed as a whole: its index may come last, in a stream that is read once (see
//!   `layer::pass_archive`).
//! - Who packs a folder packs its name: names are relative to the folder that everything is in.
//! - Readers of index files do not know whether members are in a tar, in a folder or in a stream that has
//!   passed: `ArchiveContents` does.
//! - Layers are not read here: a layer is a place in the archive and the claims about it.

mod bare;
mod chain;
mod claims;
mod contents;
mod cut;
mod described;
mod directory;
mod docker;
mod documents;
mod files;
mod folders;
mod head;
mod images;
mod inline;
mod layer_json;
mod layout;
mod limits;
mod listing;
mod open;
mod schema_one;
mod walk;
mod zipped;

pub use contents::{ArchiveContents, KeptMembers, MAX_JSON};
pub use documents::{SourceDocument, SourceDocuments, blob_name};
pub use files::Files;
pub use images::{
    Archive, ArtifactDocument, ImageSource, LayerSource, NamedDigest, OtherKind, OtherSource,
};
pub use inline::InlineBlobs;
pub use limits::{MAX_IMAGES, MAX_LAYERS, MAX_NAME, MAX_NAMES, MAX_WARNINGS};
pub use listing::{ArchiveListing, ListingEnd};
pub use open::{OpenedSource, Unindexed, open, read};
pub use walk::{artifact_type, document_name};
