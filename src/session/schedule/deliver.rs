//! Passes what has ended inside a schedule (operations, ranges, downloads) to the part that waits for it.

use super::downloads::{DownloadEvent, REGISTRY_IMAGE, RangeEnd};
use super::parts::Parts;
use super::purpose::{OperationPurpose, TransferPurpose};
use super::results::download;
use super::running::OperationResult;
use super::stages::{finish_job, start_image};
use crate::problem::Problem;
use crate::registry::RegistryError;
use crate::registry::documents::FoundDocuments;

/// Tells the parts of everything that has ended. False if there was nothing.
pub fn deliver(parts: &mut Parts) -> Result<bool, Problem> {
    let mut any = false;
    while let Some((purpose, result)) = parts.shared.network.next_ended() {
        deliver_operation(parts, purpose, result)?;
        any = true;
    }
    while let Some(end) = parts.shared.ranges.next_ended() {
        deliver_range(parts, end);
        any = true;
    }
    while let Some(event) = parts.shared.downloads.as_mut().and_then(|all| all.next_event()) {
        deliver_download(parts, event);
        any = true;
    }
    Ok(any)
}

fn deliver_operation(
    parts: &mut Parts,
    purpose: OperationPurpose,
    result: OperationResult,
) -> Result<(), Problem> {
    let shared = &mut parts.shared;
    match (purpose, result) {
        (purpose @ (OperationPurpose::Image | OperationPurpose::CachedImage), result) => {
            parts.opening.take_image(&purpose, result, shared);
        }
        (OperationPurpose::Tables, OperationResult::Tables(tables)) => {
            if let Some(downloads) = &mut shared.downloads {
                downloads.take_tables(tables.unwrap_or_default());
            }
        }
        (OperationPurpose::Documents(request), OperationResult::Documents(found)) => {
            let failed = |error: RegistryError| FoundDocuments {
                problem: Some(error.problem),
                ..FoundDocuments::default()
            };
            parts.attached.take_found(request, found.unwrap_or_else(failed), shared);
        }
        (OperationPurpose::List(request), result) => parts.lists.take(request, result, shared),
        (OperationPurpose::Stream(transfer), OperationResult::Stream(headers)) => {
            match shared.out.transfers.get(transfer)? {
                Some(TransferPurpose::Layer(file)) => {
                    let file = *file;
                    download(parts, file, |d, _, out| d.take_headers(headers, out));
                }
                Some(_) => shared.ranges.take_headers(transfer, headers, &mut shared.out),
                None => {}
            }
        }
        // Operations end with a result of their own kind.
        (
            OperationPurpose::Tables | OperationPurpose::Documents(_) | OperationPurpose::Stream(_),
            _,
        ) => {}
    }
    Ok(())
}

fn deliver_range(parts: &mut Parts, end: RangeEnd) {
    let shared = &mut parts.shared;
    match end.purpose {
        TransferPurpose::Table(file) => {
            if let Some((downloads, mut means)) = shared.downloads() {
                downloads.take_range(file, end, &mut means);
            }
        }
        TransferPurpose::Content(request) => {
            parts.contents.take_range(request, end.bytes, &mut parts.requested, shared);
        }
        TransferPurpose::Document(request) => {
            parts.attached.take_fetched(request, end.bytes, shared);
        }
        TransferPurpose::Layer(_) | TransferPurpose::Archive => {} // these are not ranges
    }
}

fn deliver_download(parts: &mut Parts, event: DownloadEvent) {
    let shared = &mut parts.shared;
    match event {
        DownloadEvent::Arrived { file, replaces_table } => {
            shared.files.add(file);
            if replaces_table {
                start_image(shared, REGISTRY_IMAGE); // what the table claims is compared with the layer
            }
        }
        DownloadEvent::Listed { file } => {
            for job in shared.queue.waiting_for(file.0) {
                shared.queue.end(&job.work);
            }
        }
        DownloadEvent::Failed { file, problem } => {
            let searches = parts.requested.give_up(file.0, &problem, &mut shared.out);
            for (job, request) in searches {
                parts.searches.take(request, None, &job, Err(problem.clone()), shared);
            }
            for job in shared.queue.waiting_for(file.0) {
                finish_job(shared, &job, Err(problem.clone()));
            }
        }
    }
}
