//! Answers: the plain values that queries are answered with.

use crate::problem::Problem;
use crate::vocabulary::{Change, NodeKind};
use serde::{Deserialize, Serialize};

/// What opening found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceInfo {
    /// The file's or folder's name.
    pub name: String,
    /// The bytes as they lie; of a folder, Σ of its files.
    pub size: u64,
    /// The forms that were recognised, joined by `+`: `docker-archive`, `docker-archive-v1`,
    /// `oci-layout`, `docker-dir`, `tar` (a root file system or layers without an index).
    pub format: String,
    /// How the whole is compressed: `none`, `gzip`…
    pub compression: String,
    /// Files that it came as: 1 for most, more for a folder or for several dropped at once.
    pub files: u32,
    /// The pass over the compressed archive ended at a limit, which `Client::lift(0)` lifts.
    pub limited: bool,
    /// Where it lies, if in a registry.
    pub remote: Option<RemoteInfo>,
    /// The images that can be opened, in the archive's order.
    pub images: Vec<ImageLine>,
    /// Attestations, artifacts, platforms that are not in the archive.
    pub others: Vec<OtherLine>,
    /// The image that is open: a position in `images`.
    pub chosen: u32,
    /// Problems of the archive as a whole.
    pub warnings: Vec<Problem>,
}

/// An image's place in a registry.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RemoteInfo {
    /// As Docker shows it, without a digest where there is a tag: `alpine:3.20`.
    pub reference: String,
    /// Without tag and digest, whole: `docker.io/library/alpine`.
    pub name: String,
    /// As references name it: `docker.io`.
    pub registry: String,
    /// Of what the reference names: the index, or the manifest where there is no index.
    pub digest: String,
    /// It is an index's: a link needs the platform, too.
    pub several: bool,
    /// What the tag names by now, where that is something else than the digest that was asked for.
    pub moved_to: Option<String>,
    /// It was asked through the proxy.
    pub proxied: bool,
    /// What the registry said of its rate limit: `97 of 100 pulls left in 6 hours`; empty: nothing.
    pub limit: String,
    /// The registry could not be asked: what an earlier visit kept is shown.
    pub kept: bool,
}

/// A row of `docker image ls`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImageLine {
    /// Position in `SourceInfo::images`, and what the page asks for to open it.
    pub number: u32,
    /// Each name that the archive gives the image; empty for an untagged one.
    pub names: Vec<ImageName>,
    /// The config's digest, whole; empty for a layer or root file system alone, which has no config.
    pub image_id: String,
    /// The manifest's digest, where there is a manifest: what attestations speak of.
    pub manifest_digest: Option<String>,
    /// `linux/arm64/v8`.
    pub platform: String,
    /// RFC 3339, as the config has it.
    pub created: Option<String>,
    /// Σ layers' size; `None` until the layers are read.
    pub size: Option<u64>,
    /// Σ of the blobs' bytes, where all are known.
    pub download: Option<u64>,
    /// Layers, empty ones not counted.
    pub layers: u32,
}

/// A name as `docker image ls` splits it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImageName {
    /// `registry.example:5000/team/app`, or `<none>`.
    pub repository: String,
    /// `latest`, or `<none>`.
    pub tag: String,
}

/// What is in the archive, or named by it, without being an image that can be shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OtherLine {
    /// `attestation`, `artifact` or `absent`.
    pub kind: String,
    /// Its manifest's digest.
    pub digest: String,
    /// Its platform, where one is claimed; what indexes call "unknown/unknown" is none.
    pub platform: Option<String>,
    /// Names that an index gives it.
    pub names: Vec<String>,
    /// The digest of the manifest that it speaks of.
    pub subject: Option<String>,
    /// What it says that it is (`artifactType`, else its config's media type); empty: nothing.
    pub artifact_type: String,
}

/// The overview.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OverviewFacts {
    /// All names, as written in the archive.
    pub names: Vec<String>,
    /// The config's digest; `None` for a layer or root file system alone, which has no config.
    pub image_id: Option<String>,
    /// The manifest's digest, where there is a manifest.
    pub manifest_digest: Option<String>,
    /// The digest of the index that names the manifest, where it is a blob of its own.
    pub index_digest: Option<String>,
    /// `linux/amd64`.
    pub platform: String,
    /// RFC 3339.
    pub created: Option<String>,
    /// Who the config names as its author.
    pub author: Option<String>,
    /// Σ layers' size (on disk); `None` while unknown.
    pub size: Option<u64>,
    /// Σ blobs' bytes (download).
    pub download: Option<u64>,
    /// The final tree's size; `None` until it is merged.
    pub tree_size: Option<u64>,
    /// The final tree's paths.
    pub tree_entries: Option<u64>,
    /// How the image runs.
    pub runs: RunFacts,
    /// What deserves attention, the gravest first.
    pub findings: Vec<Finding>,
}

/// How a container of the image would start.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunFacts {
    /// Entrypoint, each argument escaped for the eye.
    pub entrypoint: Vec<String>,
    /// Command or default arguments.
    pub cmd: Vec<String>,
    /// Both together as a shell would be given them.
    pub command_line: String,
    /// `User` as written; empty: none set.
    pub user: String,
    /// True if the process starts as uid 0, as far as the config tells.
    pub root: bool,
    /// `80/tcp`.
    pub ports: Vec<String>,
    /// Working directory; empty: none set.
    pub working_dir: String,
    /// `NAME=value`.
    pub env: Vec<String>,
    /// Mount points.
    pub volumes: Vec<String>,
    /// `KEY` and value.
    pub labels: Vec<(String, String)>,
    /// Stop signal; empty: none set.
    pub stop_signal: String,
    /// Health check's command; empty: none set.
    pub healthcheck: String,
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    /// Wrong or dangerous.
    High,
    /// Worth a look.
    Medium,
    /// Not looked at (yet): never drawn like "nothing found".
    Unchecked,
    /// Looked at, nothing found.
    Clean,
}

/// One line of "what deserves attention".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// How grave.
    pub severity: Severity,
    /// A few words.
    pub title: String,
    /// One or two sentences with the numbers.
    pub detail: String,
    /// The view that shows it, and its words ("Show layers"); empty: none.
    pub view: String,
}

/// The layer table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LayerTable {
    /// Bottom first; empty layers (history without a layer) in their place.
    pub rows: Vec<LayerRow>,
    /// Σ size, `None` while a layer is not read.
    pub size: Option<u64>,
    /// Σ download.
    pub download: Option<u64>,
}

/// One history entry with its layer, or a layer without history.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LayerRow {
    /// Counted from 1 among layers; `None`: an empty layer.
    pub number: Option<u32>,
    /// `RUN`, `COPY`…; empty if the text starts with none.
    pub keyword: String,
    /// The rest of the instruction in readable form.
    pub instruction: String,
    /// CREATED BY as recorded, escaped for the eye.
    pub created_by: String,
    /// RFC 3339.
    pub created: Option<String>,
    /// Comment of the history entry.
    pub comment: String,
    /// What is known once the layer is read.
    pub size: Option<u64>,
    /// The blob's bytes as it lies.
    pub download: Option<u64>,
    /// `none`, `gzip`, `zstd`…
    pub compression: String,
    /// What the layer is beside a plain tar, in words: `eStargz`, `zstd:chunked`, `foreign`, `Windows`;
    /// empty for most.
    pub form: String,
    /// The pass over the layer ended at a limit, which the user can lift (`Client::lift`).
    pub limited: bool,
    /// Bytes this layer adds to the final tree's size; can be negative.
    pub contribution: Option<i64>,
    /// Bytes of this layer that the final tree still shows.
    pub kept: Option<u64>,
    /// Paths (not directories) that it adds, modifies, removes.
    pub added: Option<u32>,
    /// See `added`.
    pub modified: Option<u32>,
    /// See `added`.
    pub removed: Option<u32>,
    /// The blob's digest: computed where it has been, else claimed.
    pub digest: Option<String>,
    /// The uncompressed tar's digest: computed where it has been, else claimed.
    pub diff_id: Option<String>,
    /// Whether the claims hold; `None`: not checked (yet).
    pub verified: Option<bool>,
    /// Problems of this layer.
    pub warnings: Vec<Problem>,
}

/// A row of `docker image history --no-trunc`; the page shortens.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HistoryRow {
    /// The image ID, or `<missing>`.
    pub image: String,
    /// RFC 3339.
    pub created: Option<String>,
    /// Tabs as spaces, nothing else changed but what must be escaped.
    pub created_by: String,
    /// 0 for empty layers; `None` while the layer is not read.
    pub size: Option<u64>,
    /// Comment.
    pub comment: String,
    /// The row is the command of a layer in a chain as Docker wrote it before 1.10, not the config's
    /// history.
    pub from_chain: bool,
}

/// What the file tree shows: the link's parameters, unparsed where the session parses them anyway.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TreeSpec {
    /// The selection of layers as in a link: ``, `..4`, `4`, `2..4`.
    pub layers: String,
    /// Substring of a name, or of a path if it holds a `/`; letter case counts only if it has capitals.
    pub filter: String,
    /// `name` (default), `size`, each with an optional `-` for the reverse.
    pub sort: String,
    /// Only what the selection changed; the whole tree otherwise.
    pub changes_only: bool,
}

/// What is to be known of the tree before its rows are drawn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TreeState {
    /// Rows that are visible as directories are open now.
    pub rows: u32,
    /// Paths under the selection, hidden ones included.
    pub paths: u32,
    /// Paths that the filter finds; equal to `paths` without a filter.
    pub matches: u32,
    /// Sum of the sizes under the selection.
    pub size: u64,
    /// Paths (not directories) added, modified, removed, unchanged by the selection.
    pub added: u32,
    /// See `added`.
    pub modified: u32,
    /// See `added`.
    pub removed: u32,
    /// See `added`.
    pub unchanged: u32,
}

/// Some rows of the tree.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TreeRows {
    /// Position of the first.
    pub first: u32,
    /// The rows.
    pub rows: Vec<TreeRow>,
}

/// One visible row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TreeRow {
    /// Handle for `Expand`; stable while the image is open.
    pub node: u32,
    /// Whole path, percent-encoded byte by byte, with a leading slash.
    pub path: String,
    /// The last component, escaped for the eye.
    pub name: String,
    /// 1 for children of the root, as `aria-level` wants it.
    pub level: u32,
    /// Number of siblings, itself included (`aria-setsize`).
    pub set_size: u32,
    /// Position among them from 1 (`aria-posinset`).
    pub pos_in_set: u32,
    /// What it is.
    pub kind: NodeKind,
    /// Open or closed; `None`: nothing below.
    pub expanded: Option<bool>,
    /// Its size; a directory's is the sum below.
    pub size: u64,
    /// `drwxr-xr-x`, as `ls -l` writes it.
    pub mode: String,
    /// User and group: names where the layer has them, else numbers.
    pub owner: String,
    /// Seconds since 1970; `None` for directories that no layer names.
    pub mtime: Option<f64>,
    /// Where a link points, escaped for the eye.
    pub target: String,
    /// The layer that gave (or removed) it, from 1.
    pub layer: u32,
    /// What the selection did to it.
    pub change: Change,
    /// Whether the filter found it (and not only something below).
    pub matched: bool,
}

/// Where `Reveal` found a path.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Revealed {
    /// Its row now; `None`: not under this selection and filter.
    pub row: Option<u32>,
    /// The tree with the directories above it open.
    pub state: TreeState,
}

/// All that is known of one path.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Percent-encoded, as asked for.
    pub path: String,
    /// Escaped for the eye, with a leading slash.
    pub shown: String,
    /// What it is under the selection; `None`: not there (removed, or never there).
    pub current: Option<FileState>,
    /// What each layer did to it, the newest first.
    pub history: Vec<FileEvent>,
    /// The package that it belongs to, first, and those that it names.
    pub packages: Vec<PackageLink>,
}

/// A package that has to do with a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageLink {
    /// Name and version.
    pub name: String,
    pub key: String,
    /// The file is the package's; else it is where the package is named.
    pub owns: bool,
}

/// A path as one layer left it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FileState {
    /// The layer whose entry it is, from 1.
    pub layer: u32,
    /// What it is.
    pub kind: NodeKind,
    /// Bytes; a directory's is the sum below.
    pub size: u64,
    /// `-rw-r--r--`.
    pub mode: String,
    /// `0644`, with setuid, setgid and sticky bits in front.
    pub mode_octal: String,
    /// Numeric.
    pub uid: u64,
    /// Numeric.
    pub gid: u64,
    /// As the layer has it; often empty.
    pub user: String,
    /// As the layer has it; often empty.
    pub group: String,
    /// Seconds since 1970 with fractions; `None`: a directory that no layer names.
    pub mtime: Option<f64>,
    /// Link target, escaped for the eye.
    pub target: String,
    /// Device numbers, `8, 1`; empty for others.
    pub device: String,
    /// Extended attributes: name and value, both escaped for the eye.
    pub xattrs: Vec<(String, String)>,
    /// Names of the same inode under the selection, itself included; 1 for most.
    pub links: u32,
    /// BLAKE3 of the content, 128 bits in hexadecimal, where it was computed.
    pub content_hash: Option<String>,
    /// True if the content can be read.
    pub readable: bool,
}

/// What one layer did to a path.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FileEvent {
    /// From 1.
    pub layer: u32,
    /// The layer's instruction in short, readable form.
    pub instruction: String,
    /// Added, modified, removed or unchanged, against the layers below.
    pub change: Change,
    /// What differs from before, in words: "mode 0600 → 0644, content unchanged".
    pub detail: String,
    /// The path after it; `None`: removed.
    pub state: Option<FileState>,
}

/// A file's content, asked for by `browser/`'s Content request since it is bytes and takes time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ContentRequest {
    /// Percent-encoded.
    pub path: String,
    /// Under this selection.
    pub layers: String,
    /// First byte wanted.
    pub offset: u64,
    /// At most so many bytes.
    pub length: u64,
}
