//! What jobs' results change.

use super::jobs::{Job, JobResult, Outcome, Work};
use super::state::Session;
use crate::codec::BlobPart;
use crate::layer::ScanOptions;
use crate::problem::Problem;
use std::sync::Arc;

impl Session {
    /// Takes a job's result. A failed job costs that layer, with a warning.
    pub(super) fn finish(&mut self, job: &Job, result: Result<JobResult, Problem>) {
        let (part, full) = match &job.work {
            Work::Index { part, options } => (*part, !options.diff_ids.is_empty()),
            Work::Check { part, .. } => (*part, true),
            Work::SourceDigest { .. } => {
                match result {
                    Ok(JobResult(Outcome::SourceDigest(digest))) => {
                        self.source_digest = Some(digest);
                    }
                    Ok(_) => {}
                    Err(problem) => self.warnings.push(problem),
                }
                return;
            }
            Work::Look { part, entry, .. } => {
                if let Ok(JobResult(Outcome::TooManyParts)) = result {
                    return self.blobs.needs_whole(part, *entry);
                }
                let looked = result.map(|result| match result {
                    JobResult(Outcome::Looked(text)) => text,
                    _ => None,
                });
                return self.blobs.looked(part, *entry, looked);
            }
            Work::Names { part, files, .. } => {
                let (notes, problem) = match result {
                    Ok(JobResult(Outcome::Named(notes, problem))) => (notes, problem),
                    Ok(_) => (Vec::new(), None),
                    Err(problem) => (Vec::new(), Some(problem)),
                };
                return self.blobs.looked_at_names(part, files, notes, problem);
            }
            Work::Attached { digest, .. } => {
                let document = result.map(|result| match result {
                    JobResult(Outcome::Attached(document)) => document,
                    _ => String::new(),
                });
                return self.take_attached(digest, document);
            }
            Work::Content(_)
            | Work::Search { .. }
            | Work::Compare { .. }
            | Work::ContentDigest { .. }
            | Work::RecordedDigest { .. }
            | Work::Outline(_)
            | Work::Member { .. }
            | Work::Unpack { .. }
            | Work::Advisories { .. }
            | Work::Extract(_) => return,
        };
        match result {
            Ok(JobResult(Outcome::Scan(scan))) => {
                if let Work::Index {
                    options: ScanOptions { entries: Some(range), limits, .. },
                    ..
                } = &job.work
                {
                    self.blobs.finish_range(part, *range, *limits, *scan);
                } else if self.blobs.finish(part, *scan, full) {
                    self.mark_outdated(&part);
                }
            }
            Ok(_) => {}
            Err(_) if job.work.range().is_some() => self.blobs.fail_range(&part),
            Err(problem) => self.blobs.fail(part, problem),
        }
        self.renew_hashes(&part);
    }

    /// File `file`, which is not of the source, holds what a job's stream decompresses to: contents are
    /// read from there.
    pub(super) fn spilled(&mut self, work: &Work, file: u32) {
        self.blobs.spilled(work, file);
    }

    /// The trees that have this blob as a layer show a table's claims, and must be built again.
    fn mark_outdated(&mut self, part: &BlobPart) {
        let with = |layer: &crate::archive::LayerSource| layer.blob.as_ref() == Some(part);
        for image in &mut self.images {
            image.outdated |= image.source.layers.iter().any(with);
        }
    }

    /// Passes hashes of contents that were computed later to the trees that have the blob.
    fn renew_hashes(&mut self, part: &BlobPart) {
        self.comparison.forget();
        for image in &mut self.images {
            if image.outdated {
                continue; // its tree is built again once all layers are read
            }
            let Some(built) = &mut image.built else { continue };
            let mut changed = false;
            for (at, layer) in image.source.layers.iter().enumerate() {
                if layer.blob.as_ref() != Some(part) {
                    continue;
                }
                let index = self.blobs.get(layer).and_then(|blob| blob.index.as_ref());
                if let Some(index) = index
                    && index.contents_read()
                    && !Arc::ptr_eq(index, &built.tree.layers()[at])
                {
                    built.tree.replace_layer(at, Arc::clone(index));
                    changed = true;
                }
            }
            if changed {
                built.tree.count_unchanged();
                built.rehashed = true;
                built.view.refresh(&built.tree);
            }
        }
    }
}
