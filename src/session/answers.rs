//! Answers about the chosen image: source, layer table, history, tree rows.

use super::attached::AttachedDocument;
use super::query::*;
use super::state::{BuiltImage, OpenImage, Session, blob_size};
use crate::archive::{ImageSource, LayerSource, Other};
use crate::codec::Compression;
use crate::oci::{self, HistoryEntry};
use crate::problem::Problem;
use crate::selection::LayerSelection;
use crate::text;
use crate::tree::{FileTree, PathEvent, TreeOrder, TreeView, ViewSettings, VisibleRow};
use crate::vocabulary::{ImagePosition, LayerPosition};
use std::sync::OnceLock;

/// Rows given at once at most: what no screen shows is asked for again.
const MAX_ROWS: u32 = 2000;

impl Answers for Session {
    fn source(&mut self, _: Source) -> Result<SourceInfo, Problem> {
        Ok(self.info())
    }

    fn overview(&mut self, _: Overview) -> Result<OverviewFacts, Problem> {
        Ok(self.overview_facts())
    }

    fn layers(&mut self, _: Layers) -> Result<LayerTable, Problem> {
        let image = self.shown_source();
        let mut rows = Vec::new();
        let mut next = 0;
        for entry in image.steps() {
            if entry.empty_layer || next >= image.layers.len() {
                rows.push(history_row(entry));
            } else {
                rows.push(LayerRow { ..self.layer_row(next, Some(entry)) });
                next += 1;
            }
        }
        rows.extend((next..image.layers.len()).map(|at| self.layer_row(at, None)));
        Ok(LayerTable { rows, size: self.image_size(image), download: blob_size(image) })
    }

    fn history(&mut self, _: History) -> Result<Vec<HistoryRow>, Problem> {
        let image = self.shown_source();
        let mut rows = Vec::new();
        let mut next = 0;
        let from_chain = image.config.history.is_empty();
        for entry in image.steps() {
            let layer = if entry.empty_layer { None } else { image.layers.get(next) };
            next += usize::from(!entry.empty_layer);
            let size = match layer {
                Some(layer) => self.blobs.get(layer).map(|blob| blob.counts.size),
                None => Some(0),
            };
            let created_by = entry.created_by.as_deref().unwrap_or("").replace('\t', " ");
            rows.push(HistoryRow {
                image: "<missing>".to_owned(),
                created: entry.created.clone(),
                created_by: text::show_lines(&created_by),
                size,
                comment: text::show_lines(entry.comment.as_deref().unwrap_or("")),
                from_chain,
            });
        }
        rows.reverse();
        if let Some(newest) = rows.first_mut() {
            newest.image = image.image_id.as_ref().map_or_else(String::new, ToString::to_string);
        }
        Ok(rows)
    }

    fn tree(&mut self, ask: Tree) -> Result<TreeState, Problem> {
        let selection = selection(&ask.spec.layers)?;
        let sort = match ask.spec.sort.as_str() {
            "size" => TreeOrder::SizeDown,
            "-size" => TreeOrder::Size,
            "-name" => TreeOrder::NameDown,
            _ => TreeOrder::Name,
        };
        let BuiltImage { tree, view, .. } = self.merged()?;
        let (changes_only, filter) = (ask.spec.changes_only, ask.spec.filter.into_bytes());
        view.set(tree, ViewSettings { selection, changes_only, order: sort, filter });
        Ok(state(view))
    }

    fn rows(&mut self, ask: Rows) -> Result<TreeRows, Problem> {
        let BuiltImage { tree, view, .. } = self.merged()?;
        let first = ask.first as usize;
        let rows = view.rows().iter().skip(first).take(ask.count.min(MAX_ROWS) as usize);
        let rows = rows.filter_map(|row| tree_row(tree, view, row)).collect();
        Ok(TreeRows { first: ask.first, rows })
    }

    fn expand(&mut self, ask: Expand) -> Result<TreeState, Problem> {
        let BuiltImage { tree, view, .. } = self.merged()?;
        view.expand(tree, ask.node, ask.open, ask.all);
        Ok(state(view))
    }

    fn reveal(&mut self, ask: Reveal) -> Result<Revealed, Problem> {
        let path = path_bytes(&ask.path)?;
        let BuiltImage { tree, view, .. } = self.merged()?;
        let row = tree.find(&path).and_then(|node| view.reveal(tree, node));
        Ok(Revealed { row: row.map(|row| row as u32), state: state(view) })
    }

    fn file(&mut self, ask: File) -> Result<FileFacts, Problem> {
        self.file_facts(&ask.path, &ask.layers)
    }

    fn packages(&mut self, query: Packages) -> Result<Table, Problem> {
        self.package_table(&query.ask)
    }

    fn package(&mut self, query: Package) -> Result<Details, Problem> {
        self.package_details(&query.key)
    }

    fn checks(&mut self, _: Checks) -> Result<Checked, Problem> {
        Ok(self.checked())
    }

    fn vulnerabilities(&mut self, query: Vulnerabilities) -> Result<Table, Problem> {
        self.finding_table(&query.ask)
    }

    fn vulnerability(&mut self, query: Vulnerability) -> Result<Details, Problem> {
        self.finding_details(&query.key)
    }

    fn export(&mut self, query: Export) -> Result<Exported, Problem> {
        self.exported(&query.form)
    }
}

impl Session {
    /// The shown image's tree.
    pub(super) fn merged(&mut self) -> Result<&mut BuiltImage, Problem> {
        self.built_mut(self.shown)
    }

    pub(super) fn shown_image(&self) -> Option<&OpenImage> {
        self.images.get(self.shown.index())
    }

    pub(super) fn shown_built(&self) -> Option<&BuiltImage> {
        self.shown_image()?.built.as_ref()
    }

    pub(super) fn shown_attached(&self) -> &[AttachedDocument] {
        self.shown_image().map_or(&[], |image| &image.attached)
    }

    pub(super) fn shown_source(&self) -> &ImageSource {
        static NONE: OnceLock<ImageSource> = OnceLock::new();
        let none = || NONE.get_or_init(ImageSource::default);
        self.shown_image().map_or_else(none, |image| &image.source)
    }

    pub(super) fn shown_facts(&self, at: usize, layer: &LayerSource) -> crate::report::LayerFacts {
        let none = OpenImage::default();
        self.layer_facts(self.shown_image().unwrap_or(&none), at, layer)
    }

    /// Makes an image the one that the old queries mean.
    pub fn show(&mut self, image: ImagePosition) -> Result<(), Problem> {
        self.image(image)?;
        self.shown = image;
        Ok(())
    }

    /// What opening found.
    pub fn info(&self) -> SourceInfo {
        SourceInfo {
            name: text::show(self.name.as_bytes()),
            size: self.size(),
            format: self.formats.join("+"),
            compression: self.compression.name().to_owned(),
            files: self.files.len() as u32,
            limited: self.limited,
            remote: self.remote.clone(),
            images: self
                .images
                .iter()
                .enumerate()
                .map(|(at, i)| self.line(at as u32, &i.source))
                .collect(),
            others: self.others.iter().map(other_line).collect(),
            chosen: self.shown.0,
            warnings: self.warnings.clone(),
        }
    }

    fn line(&self, number: u32, image: &ImageSource) -> ImageLine {
        let name = |tag: &String| {
            let (repository, tag) = oci::split_name(tag);
            ImageName {
                repository: text::show(repository.as_bytes()),
                tag: text::show(tag.as_bytes()),
            }
        };
        ImageLine {
            number,
            names: image.tags.iter().map(name).collect(),
            image_id: self.link_id(image).map_or_else(String::new, ToString::to_string),
            manifest_digest: image.manifest_digest.as_ref().map(ToString::to_string),
            platform: text::show(image.platform.to_string().as_bytes()),
            created: image.config.created.clone(),
            size: self.image_size(image),
            download: blob_size(image),
            layers: image.layers.len() as u32,
        }
    }

    /// Readable instruction of a layer, for lists.
    pub(super) fn instruction(&self, layer: u32) -> String {
        let filled = |entry: &&HistoryEntry| !entry.empty_layer;
        let entry = self.shown_source().steps().iter().filter(filled).nth(layer as usize);
        let recorded = entry.and_then(|entry| entry.created_by.as_deref()).unwrap_or("");
        let (keyword, rest) = oci::readable(recorded);
        text::show(format!("{keyword} {rest}").trim().as_bytes())
    }

    /// What a layer is beside a tar, in words.
    fn form(&self, layer: &LayerSource) -> String {
        let foreign = layer.media_type.as_deref().is_some_and(oci::is_foreign);
        let windows = self.shown_source().platform.os == "windows";
        let form = self.blobs.get(layer).map_or("", |blob| &blob.scan.form);
        let words = [(!form.is_empty(), form), (foreign, "foreign"), (windows, "Windows")];
        words.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect::<Vec<_>>().join(", ")
    }

    fn layer_row(&self, at: usize, entry: Option<&HistoryEntry>) -> LayerRow {
        let layer = &self.shown_source().layers[at];
        let facts = self.shown_facts(at, layer);
        // What the archive says of the layer (that it is missing) belongs to its row, too.
        let of_layer = |warning: &&Problem| warning.layer == Some(LayerPosition(at as u32));
        let of_image = self.shown_source().warnings.iter().filter(of_layer).cloned();
        let warnings = of_image.chain(facts.warnings).collect();
        let change = self.shown_built().and_then(|merged| merged.tree.changes().get(at));
        let change = facts.counts.and(change);
        LayerRow {
            number: Some(at as u32 + 1),
            size: facts.counts.map(|counts| counts.size),
            download: facts.compressed_size,
            compression: facts.compression.map_or("", Compression::name).to_owned(),
            contribution: change.map(|change| change.contribution),
            kept: change.map(|change| change.kept),
            added: change.map(|change| change.added),
            modified: change.map(|change| change.modified),
            removed: change.map(|change| change.removed),
            digest: facts.digest.map(|digest| digest.to_string()),
            diff_id: facts.diff_id.map(|digest| digest.to_string()),
            verified: facts.verified,
            warnings,
            form: self.form(layer),
            limited: facts.limited,
            ..history_row(entry.unwrap_or(&HistoryEntry::default()))
        }
    }
}

/// What a history entry alone tells.
fn history_row(entry: &HistoryEntry) -> LayerRow {
    let recorded = entry.created_by.as_deref().unwrap_or("");
    let (keyword, instruction) = oci::readable(recorded);
    LayerRow {
        keyword,
        instruction: text::show_lines(&instruction),
        created_by: text::show_lines(recorded),
        created: entry.created.clone(),
        comment: text::show_lines(entry.comment.as_deref().unwrap_or("")),
        ..LayerRow::default()
    }
}

/// Reads a selection; `Err` says what one looks like.
pub(super) fn selection(written: &str) -> Result<LayerSelection, Problem> {
    LayerSelection::parse(written).ok_or_else(|| {
        Problem::new("bad-selection", "This is no selection of layers.")
            .expected("a number, `N..M` or `..N`")
            .found(text::show(written.as_bytes()))
    })
}

/// A path's bytes from a link.
pub(super) fn path_bytes(encoded: &str) -> Result<Vec<u8>, Problem> {
    text::percent_decode(encoded).ok_or_else(|| {
        Problem::new("bad-path", "This is no percent-encoded path.")
            .found(text::show(encoded.as_bytes()))
    })
}

fn other_line(other: &Other) -> OtherLine {
    OtherLine {
        kind: other.kind.name().to_owned(),
        digest: other.digest.to_string(),
        platform: other
            .platform
            .as_ref()
            .filter(|platform| *platform != "unknown/unknown")
            .map(|platform| text::show(platform.as_bytes())),
        names: other.names.iter().map(|name| text::show(name.as_bytes())).collect(),
        subject: other.subject.as_ref().map(ToString::to_string),
        artifact_type: text::show(other.artifact_type.as_bytes()),
    }
}

fn state(view: &TreeView) -> TreeState {
    let summary = view.summary();
    TreeState {
        rows: view.rows().len() as u32,
        paths: summary.paths,
        matches: summary.matches,
        size: summary.size,
        added: summary.added,
        modified: summary.modified,
        removed: summary.removed,
        unchanged: summary.unchanged,
    }
}

fn tree_row(tree: &FileTree, view: &TreeView, row: &VisibleRow) -> Option<TreeRow> {
    let event = view.event(tree, row.node)?;
    let entry = tree.entry(event);
    let kind = node_kind(tree, event);
    Some(TreeRow {
        node: row.node,
        path: format!("/{}", text::percent_encode(&tree.path(row.node))),
        name: text::show(tree.name(row.node)),
        level: row.level,
        set_size: row.siblings,
        pos_in_set: row.position,
        kind,
        expanded: view.expanded(row.node),
        size: view.size(row.node),
        mode: mode_text(kind, entry.map_or(0o755, |entry| entry.mode())),
        owner: entry.map_or_else(|| "–".to_owned(), |entry| owner_text(entry.owner())),
        mtime: entry.map(|entry| seconds(entry.mtime())),
        target: entry.map_or_else(String::new, |entry| text::show(entry.link())),
        layer: layer_of(tree, view, row.node, event),
        change: view.change(row.node),
        matched: view.matched(row.node),
    })
}

/// The layer that gave a path, or that removed it.
fn layer_of(tree: &FileTree, view: &TreeView, node: u32, event: &PathEvent) -> u32 {
    let removed = view.change(node) == Change::Removed;
    let later = |next: &&PathEvent| !next.is_there() && next.layer > event.layer;
    let remover = tree.history(node).filter(later).last().filter(|_| removed);
    remover.unwrap_or(event).layer.number().get()
}

/// What an event makes of a path; directories that no member names are directories.
pub(super) fn node_kind(tree: &FileTree, event: &PathEvent) -> NodeKind {
    tree.entry(event).map_or(NodeKind::Directory, |entry| entry.kind())
}

/// As `ls -l` writes it.
pub(super) fn mode_text(kind: NodeKind, mode: u16) -> String {
    let mut text = String::with_capacity(10);
    text.push(match kind {
        NodeKind::Directory => 'd',
        NodeKind::Symlink => 'l',
        NodeKind::CharDevice => 'c',
        NodeKind::BlockDevice => 'b',
        NodeKind::Fifo => 'p',
        NodeKind::File | NodeKind::HardLink => '-',
    });
    for (shift, special, letter) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        let bits = mode >> shift;
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(match (mode & special != 0, bits & 1 != 0) {
            (false, false) => '-',
            (false, true) => 'x',
            (true, true) => letter,
            (true, false) => letter.to_ascii_uppercase(),
        });
    }
    text
}

fn owner_text(owner: &crate::layer::Owner) -> String {
    let part = |name: &[u8], id: u64| match name {
        b"" => id.to_string(),
        name => text::show(name),
    };
    format!("{}:{}", part(&owner.user, owner.uid), part(&owner.group, owner.gid))
}

pub(super) fn seconds((whole, nanos): (i64, u32)) -> f64 {
    whole as f64 + f64::from(nanos) / 1e9
}

#[test]
fn modes_are_written_as_ls_does() {
    for (kind, mode, want) in [
        (NodeKind::Directory, 0o1777, "drwxrwxrwt"),
        (NodeKind::File, 0o4755, "-rwsr-xr-x"),
        (NodeKind::File, 0o6644, "-rwSr-Sr--"),
        (NodeKind::Symlink, 0o777, "lrwxrwxrwx"),
        (NodeKind::Fifo, 0o1640, "prw-r----T"),
    ] {
        assert_eq!(mode_text(kind, mode), want);
    }
}
