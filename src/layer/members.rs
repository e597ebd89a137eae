//! The members of a layer's tar go into its index.

use super::content_hash::{ContentHasher, MAX_HOLES};
use super::cost::EntryCost;
use super::entry_range::EntryRange;
use super::hook::{self, ContentRules, Hook};
use super::index::NOT_HASHED;
use super::layer_scan::{FilesRead, LayerScan};
use super::limits::Limits;
use crate::codec::Input;
use crate::entry::Members;
use crate::problem::Problem;
use crate::text::grouped;
use crate::vocabulary::NodeKind;

/// What the user can do about a limit.
pub const LIFT_ADVICE: &str = "Read everything if you trust the image's origin.";

/// Which contents a pass hashes, and who sees them.
pub(super) struct ContentPass<'f, 'h> {
    pub files: FilesRead<'f>,
    /// Only these entries; the first of them comes next.
    pub range: Option<EntryRange>,
    pub hook: Hook<'h>,
}

/// Reads all members into the scan's index. With `contents`, also hashes those contents and gives them to a
/// hook. `progress` gets the position in the tar. Returns false if the stream failed; a damaged tar alone is
/// no failure of the stream.
pub(super) fn read_members<I: Input>(
    mut members: Members<I>,
    scan: &mut LayerScan,
    mut contents: Option<ContentPass<'_, '_>>,
    limits: Limits,
    progress: &mut dyn FnMut(u64),
) -> bool {
    let (mut cost, mut holes_left) = (EntryCost::default(), MAX_HOLES);
    let range = contents.as_ref().and_then(|contents| contents.range);
    let (first, most) = range.map_or((0, usize::MAX), |range| (range.first, range.count as usize));
    while scan.index.len() < most
        && let Some(member) = members.next()
    {
        cost.add(&member);
        let too_many = scan.index.len() >= limits.entries as usize || cost.exceeds(limits);
        if too_many || !scan.index.push(&member) {
            scan.limited = true;
            scan.warnings.push(
                Problem::new("layer-limit", "The layer has more entries than the limit.")
                    .expected(format!("at most {} entries", limits.entries))
                    .found(format!("more, from byte {} on", grouped(member.data_offset)))
                    .advice(LIFT_ADVICE),
            );
            return true;
        }
        progress(member.data_offset);
        if let Some(ContentPass { files, hook, .. }) = &mut contents {
            let entry = first + (scan.index.len() as u32 - 1);
            let (is_read, later) = match files {
                FilesRead::All => (true, false),
                FilesRead::But(later) => (true, later.binary_search(&entry).is_ok()),
                FilesRead::Only(wanted) => (wanted.binary_search(&entry).is_ok(), false),
            };
            let hash = if is_read && member.kind == NodeKind::File {
                let notes = &mut scan.notes;
                let rules =
                    ContentRules { holes_left: &mut holes_left, max_large: limits.large, later };
                hook::read_content(&mut members, &member, entry, hook, notes, rules)
            } else {
                // Another pass hashed its holes, which count for all files of the layer.
                ContentHasher::new(&member, &mut holes_left);
                NOT_HASHED
            };
            scan.index.push_hash(hash);
        }
    }
    if scan.index.len() < most {
        scan.index.cut_last(members.data_left());
    }
    scan.has_global_header = members.has_global_header();
    scan.warnings.extend(members.take_warnings());
    match members.problem() {
        Some(problem) => {
            scan.warnings.push(problem.clone());
            problem.code != "read-failed"
        }
        None => true,
    }
}
