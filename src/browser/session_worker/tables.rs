//! Layers in a registry by their tables of contents: some ranges of a blob in the blob's place.

use super::{State, answer, download, with_state};
use crate::browser::file_list::document;
use crate::codec::Partial;
use crate::layer::{self, ByTable, LayerScan, Limits};
use crate::oci::Descriptor;
use crate::session::Reading;
use crate::session::query::{Event, PullState};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// Stretches of a blob that are fetched for its table at most.
const STRETCHES: usize = 4;

impl State {
    /// A layer's table of contents has come, or there is none.
    pub(super) fn table_came(&mut self, file: u32, scan: Option<LayerScan>) {
        let (Some(remote), Some(opened)) = (&mut self.remote, &mut self.opened) else { return };
        let Some(row) = remote.row(file) else { return };
        row.running = false;
        if let Some(scan) = scan {
            row.settled = true;
            row.line.state = PullState::Listed;
            remote.fetched = true;
            opened.session.list(file, scan);
            for job in self.tally.waiting_for(file) {
                self.tally.finished(&job.work);
            }
            self.news = Some(Event::LayerRead);
        }
        self.pump();
        self.tell_pull(true);
        self.go_on();
    }

    /// Brings the bytes of one file of a layer that only its table is known of.
    pub(super) fn bring_part(&self, id: u32, mut reading: Reading) {
        let (Some(remote), file) = (&self.remote, reading.job.file()) else { return };
        let Some(row) = remote.rows.iter().find(|row| row.file == file) else { return };
        let Some(stretch) = reading.needs else { return };
        let (registry, repository) = (remote.registry.clone(), remote.repository.clone());
        let blob = row.blob.clone();
        spawn_local(async move {
            let bytes = download::part(&registry, &repository, &blob, stretch).await;
            match bytes.and_then(|bytes| document(&bytes)) {
                Ok(part) => with_state(|state| {
                    if let Some(opened) = &mut state.opened {
                        reading.moved(opened.files.add(&part));
                        state.contents.push_back((id, reading));
                        state.go_on();
                    }
                }),
                Err(problem) => answer(id, Err(problem), &JsValue::UNDEFINED),
            }
        });
    }
}

/// Whether the manifest says that the layer has a table of contents.
pub(super) fn has_table(blob: &Descriptor) -> bool {
    let nothing_here = Partial::new(blob.bytes());
    matches!(layer::by_table(&nothing_here, blob, Limits::default()), ByTable::Needs(..))
}

pub(super) async fn look_up_table(
    file: u32,
    registry: String,
    repository: String,
    blob: Descriptor,
) {
    let mut here = Partial::new(blob.bytes());
    let mut found = None;
    for _ in 0..STRETCHES {
        match layer::by_table(&here, &blob, Limits::default()) {
            ByTable::Needs(first, end) => {
                let part = download::part(&registry, &repository, &blob, (first, end)).await;
                let Ok(part) = part else { break }; // the layer itself, then
                here.add(first, part);
            }
            ByTable::Layer(scan) => {
                found = Some(*scan);
                break;
            }
            ByTable::Nothing => break,
        }
    }
    with_state(|state| state.table_came(file, found));
}
