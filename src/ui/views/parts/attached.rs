//! Documents about an image in its registry, fetched when a view that shows them is opened, and their signatures,
//! verified then.

use crate::protocol::{AttachedWish, FetchAttached, VerifySignatures};
use crate::ui::app::{spawn, use_facts, use_image, use_notices};
use leptos::prelude::*;

/// Asks the image's registry once for documents about it. They are shown when they arrive, and nobody misses those
/// that don't.
pub fn fetch_attached(wish: AttachedWish) {
    let image = use_image();
    Effect::new(move |asked: Option<bool>| {
        let asked = asked.unwrap_or_default();
        let answers = image.source.info.read().as_ref().is_some_and(|info| {
            info.registry.as_ref().is_some_and(|registry| !registry.from_cache)
        });
        let due = !asked && answers;
        if due && let Some(client) = image.client() {
            let image = image.position;
            spawn(async move {
                let _ = client.ask(FetchAttached { image, wish }).await; // a document may be missing
            });
        }
        asked || due
    });
}

/// Has signatures of the image's documents verified, whenever there are some that were not. The verifier is fetched
/// only then.
pub fn verify_signatures() {
    let (image, facts, notices) = (use_image(), use_facts(), use_notices());
    let pending = Memo::new(move |_| {
        facts.overview.read().map(|overview| overview.provenance.pending).unwrap_or(0)
    });
    Effect::new(move |_| {
        if pending.get() > 0
            && let Some(client) = image.client()
        {
            let image = image.position;
            spawn(async move {
                if let Err(problem) = client.ask(VerifySignatures { image }).await
                    && problem.code != "closed"
                {
                    notices.failed("Signatures could not be verified", problem);
                }
            });
        }
    });
}
