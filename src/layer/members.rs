//! The members of a layer's tar go into its index.

use super::content_hash::MAX_HOLES;
use super::cost::EntryCost;
use super::hook::{self, Hook};
use super::index::ContentHash;
use super::layer_scan::LayerScan;
use super::limits::Limits;
use crate::codec::Input;
use crate::entry::Members;
use crate::problem::Problem;
use crate::text::grouped;
use crate::vocabulary::NodeKind;

/// What the user can do about a limit.
pub const LIFT_ADVICE: &str = "Read everything if you trust the image's origin.";

/// Reads all members into the scan's index. With `contents`, also hashes their contents and gives them to a
/// hook. `progress` gets the position in the tar. Returns false if the stream failed; a damaged tar alone is
/// no failure of the stream.
pub fn read_members<I: Input>(
    mut members: Members<I>,
    scan: &mut LayerScan,
    mut contents: Option<Hook<'_>>,
    limits: Limits,
    progress: &mut dyn FnMut(u64),
) -> bool {
    let (mut cost, mut holes_left) = (EntryCost::default(), MAX_HOLES);
    while let Some(member) = members.next() {
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
        if let Some(hook) = &mut contents {
            let hash = if member.kind == NodeKind::File {
                let entry = scan.index.len() as u32 - 1;
                let notes = &mut scan.notes;
                let left = (&mut holes_left, limits.large);
                hook::read_content(&mut members, &member, entry, hook, notes, left)
            } else {
                ContentHash::default()
            };
            scan.index.push_hash(hash);
        }
    }
    scan.index.cut_last(members.data_left());
    scan.warnings.extend(members.take_warnings());
    match members.problem() {
        Some(problem) => {
            scan.warnings.push(problem.clone());
            problem.code != "read-failed"
        }
        None => true,
    }
}
