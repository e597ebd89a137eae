//! Documents about an image in a registry, brought when packages are looked at: bills of materials, VEX.
//!
//! Nobody asked for them by name, so nothing is asked of the user for their sake, and what cannot be had is
//! not missed. What was had is kept by digest.

use super::{State, download, event, with_state};
use crate::archive;
use crate::browser::{network, store};
use crate::oci::Descriptor;
use crate::registry::blob::Verifier;
use crate::registry::documents::FindDocuments;
use crate::session::attached::is_of_use;
use crate::session::query::Event;
use wasm_bindgen_futures::spawn_local;

/// Bytes of a document that is brought unasked.
const MAX_BYTES: u64 = 32 << 20;

impl State {
    /// Brings what is attached to the image that is shown, once.
    pub(super) fn bring_attached(&mut self) {
        let (Some(remote), Some(opened)) = (&mut self.remote, &self.opened) else { return };
        let Some(subject) = opened.session.manifests().into_iter().next() else { return };
        if remote.attached.contains(&subject) {
            return;
        }
        remote.attached.push(subject.clone());
        let (registry, repository) = (remote.registry.clone(), remote.repository.clone());
        let attestations = opened.session.unfetched_attestations();
        let find = FindDocuments::new(&registry, &repository, subject.clone(), attestations);
        spawn_local(async move {
            let found = network::run_quietly(find).await.unwrap_or_default();
            for document in found {
                let name = archive::document_name(&document).to_owned();
                if !is_of_use(&name) || document.bytes() > MAX_BYTES {
                    continue;
                }
                let Some(bytes) = bring(&registry, &repository, &document).await else { continue };
                with_state(|state| {
                    let Ok(session) = state.session() else { return };
                    // Another image may be shown by now.
                    if session.manifests().contains(&subject) {
                        session.attach(document.digest.as_str(), &name, &bytes);
                        event(Event::Refreshed);
                    }
                });
            }
        });
    }
}

/// A document's bytes, if they are what its digest says.
async fn bring(registry: &str, repository: &str, document: &Descriptor) -> Option<Vec<u8>> {
    if let Some(kept) = store::document(&document.digest).await {
        return Some(kept);
    }
    let whole = (0, document.bytes());
    let bytes = download::part(registry, repository, document, whole).await.ok()?;
    let mut verifier = Verifier::new(&document.digest);
    verifier.update(&bytes);
    if !matches!(verifier.finish(), Ok(true)) {
        return None;
    }
    store::keep_document(&document.digest, &bytes).await;
    Some(bytes)
}
