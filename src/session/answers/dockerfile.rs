//! The Dockerfile of an image and its base image, from what is known so far.

use crate::analysis::base::{BaseImage, LowerImage, base_steps};
use crate::analysis::dockerfile::brought::LookBudget;
use crate::analysis::dockerfile::provenance::{self, BuildProvenance};
use crate::analysis::dockerfile::{BuildRecord, Dockerfile, DockerfileLine, rebuild};
use crate::analysis::packages::Release;
use crate::problem::Problem;
use crate::protocol::{BaseFacts, DockerfileFacts, DockerfileRow};
use crate::session::state::{OpenImage, Session};
use crate::text::{Shown, ShownLines};
use crate::vocabulary::{DockerfileOrigin, ImagePosition, LayerPosition};

/// Rows that are answered, and bytes of all their texts: an attestation of 4 MiB may hold a Dockerfile of a million
/// lines, or of one line. The report has it whole.
const MAX_ROWS: usize = 2_000;
const MAX_TEXT: usize = 512 << 10;

/// The first lines as rows. `sizes`: a layer's bytes, and those of it that are hidden.
fn first_rows(
    lines: &[DockerfileLine],
    sizes: impl Fn(LayerPosition) -> (Option<u64>, Option<u64>),
) -> Vec<DockerfileRow> {
    let mut room = MAX_TEXT;
    let row = |line: &DockerfileLine| {
        let text = ShownLines::new(&line.text);
        room = room.checked_sub(text.len())?;
        let (size, hidden) = line.layer.map_or((None, None), &sizes);
        Some(DockerfileRow {
            keyword: Shown::new(&line.instruction),
            text,
            layer: line.layer.map(LayerPosition::number),
            size,
            hidden,
            guessed: line.guessed,
            base: line.base,
        })
    };
    lines.iter().take(MAX_ROWS).map_while(row).collect()
}

impl Session {
    /// What the view shows.
    pub(super) fn dockerfile_facts(
        &self,
        image: ImagePosition,
    ) -> Result<DockerfileFacts, Problem> {
        let open = self.image(image)?;
        let inventory = open.built.as_ref().and_then(|built| built.inventory.as_ref());
        let release = inventory.and_then(|inventory| inventory.release.as_ref());
        let (dockerfile, base) = self.build_of(image, open, release);
        let recorded =
            dockerfile.origin == DockerfileOrigin::Provenance || !open.source.steps().is_empty();
        let lines = if recorded { &dockerfile.lines[..] } else { &[] };
        let rows = first_rows(lines, |layer| self.layer_sizes(open, layer));
        let left_out = (lines.len() - rows.len()) as u32;
        let base = base.map(|base| BaseFacts {
            source: base.source,
            name: base.name.map(Shown::new),
            digest: base.digest.map(Shown::new),
            layers: base.layers,
        });
        let lookup = open.published.state();
        Ok(DockerfileFacts { origin: dockerfile.origin, rows, left_out, base, lookup })
    }

    /// The Dockerfile and the base image. `release`: the distribution of the final tree, once it is known.
    pub(super) fn build_of(
        &self,
        image: ImagePosition,
        open: &OpenImage,
        release: Option<&Release>,
    ) -> (Dockerfile, Option<BaseImage>) {
        let source = &open.source;
        let config = source.config.run_config();
        let built = self.build_provenance(image);
        let base = self.base_image(image, built, release);
        if let Some(built) = built {
            let digest = |layer: &crate::archive::LayerSource| {
                layer.digest.as_ref().map(ToString::to_string)
            };
            let digests: Vec<_> = source.layers.iter().map(digest).collect();
            return (built.dockerfile(source.steps(), &digests), base);
        }
        let known = base.as_ref().and_then(|base| base.layers);
        let is_guess = known.is_none() || base.as_ref().is_some_and(|base| base.source.is_guess());
        let budget = LookBudget::default();
        let look = |layer: LayerPosition, directory: &str| {
            let blob = self.blobs.get(source.layers.get(layer.index())?)?;
            blob.brought.of(blob.index.as_ref()?, directory, &budget)
        };
        let record = BuildRecord {
            steps: source.steps(),
            config: &config,
            layers: source.layers.len() as u32,
            windows: source.platform.os == "windows",
            base_name: base.as_ref().and_then(BaseImage::reference),
            base_steps: base_steps(source.steps(), known.filter(|_| !is_guess)),
            base_guessed: is_guess,
            brought: &look,
        };
        (rebuild(&record), base)
    }

    /// What an attestation of the build says, if it is here, of this image, and holds the Dockerfile.
    pub(in crate::session) fn build_provenance(
        &self,
        image: ImagePosition,
    ) -> Option<&BuildProvenance> {
        let open = self.images.get(image.index())?;
        open.build.get_or_init(|| self.read_build_provenance(image)).as_ref()
    }

    fn read_build_provenance(&self, image: ImagePosition) -> Option<BuildProvenance> {
        let documents = self.known_documents(image).iter().map(|known| &known.document);
        let mut builds = documents
            .filter(|document| document.build.is_some() && !self.is_of_another(image, document));
        builds.find_map(|document| provenance::read(&self.documents.find(&document.digest)?.bytes))
    }

    /// The image of the session with most layers that are this image's first ones.
    pub(in crate::session) fn lower_image(&self, image: ImagePosition) -> Option<LowerImage> {
        let open = self.images.get(image.index())?;
        if open.saved {
            return open.lower.clone();
        }
        let own = &open.source.config.rootfs.diff_ids;
        // A part of an image is none that a build starts from.
        let others = self.positions().zip(&self.images);
        let others = others.filter(|(at, other)| *at != image && other.part_of.is_none());
        let lower = others.filter(|(_, other)| {
            let diff_ids = &other.source.config.rootfs.diff_ids;
            let known = !diff_ids.is_empty() && diff_ids.iter().all(Option::is_some);
            known && diff_ids.len() < own.len() && own.starts_with(diff_ids)
        });
        let (_, other) =
            lower.max_by_key(|(_, other)| other.source.config.rootfs.diff_ids.len())?;
        let digest = other.source.manifest_digest.as_ref();
        Some(LowerImage {
            name: other.source.tags.first().cloned(),
            digest: digest.map(ToString::to_string),
            layers: u32::try_from(other.source.config.rootfs.diff_ids.len()).ok()?,
        })
    }

    /// A layer's bytes, and those that the final tree does not show.
    fn layer_sizes(&self, open: &OpenImage, at: LayerPosition) -> (Option<u64>, Option<u64>) {
        let blob = open.source.layers.get(at.index()).and_then(|layer| self.blobs.get(layer));
        let size = blob.map(|blob| blob.counts.size);
        let kept = open.built.as_ref().and_then(|built| built.tree.changes().get(at.index()));
        let hidden = size.zip(kept).map(|(size, change)| size.saturating_sub(change.kept));
        (size, hidden)
    }
}

#[test]
fn an_endless_dockerfile_is_answered_in_part() {
    let rows = |text: &str, lines: usize| {
        let line = DockerfileLine { text: text.to_owned(), ..DockerfileLine::default() };
        first_rows(&vec![line; lines], |_| (None, None)).len()
    };
    assert_eq!((rows("A", MAX_ROWS), rows("A", 100_000)), (MAX_ROWS, MAX_ROWS));
    assert_eq!(rows(&"A".repeat(MAX_TEXT / 4), 100), 4);
    assert_eq!(rows(&"\u{202e}".repeat(MAX_TEXT / 4), 1), 0, "as it is shown");
}
