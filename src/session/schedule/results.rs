//! Results of commands, and which part of the schedule each is for.

use super::command::Command;
use super::contents::{self, of_another_kind};
use super::downloads::{BlobDownload, DownloadStep};
use super::expected::unexpected;
use super::extractions::ExtractedFile;
use super::ids::{CacheId, CallId, FileNumber, JobId, TransferId};
use super::input::{CacheResult, JobEnd, ScheduleInput, TransferResult};
use super::lists::Lists;
use super::messages::take_message;
use super::network::Network;
use super::outbox::Outbox;
use super::parts::Parts;
use super::pool::{RunningJob, Task, lost};
use super::purpose::{CachePurpose, CallPurpose, SpillPurpose, TransferPurpose};
use super::stages::finish_job;
use crate::http::{HttpFailure, HttpResponse};
use crate::problem::Problem;
use crate::session::Inspection;
use crate::session::jobs::{JobResult, READ_FAILED, Work};

/// What an input leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Other things may start now.
    Advances,
    /// It was one piece of many.
    Counts,
}

/// Takes an input. An error is a defect of the driver, or of the schedule.
pub fn take_input(parts: &mut Parts, input: ScheduleInput) -> Result<Effect, Problem> {
    match input {
        ScheduleInput::FromPage { message, files } => take_message(parts, message, &files),
        ScheduleInput::SourceRead(result) => parts.opening.take_source(result, &mut parts.shared),
        ScheduleInput::InspectionRead { file, result } => take_inspection(parts, file, result)?,
        ScheduleInput::JobProgress { id, done } => {
            take_progress(parts, id, done)?;
            return Ok(Effect::Counts);
        }
        ScheduleInput::JobEnded { id, end } => {
            if let Some(running) = parts.shared.pool.take(id)? {
                take_job(parts, id, running, end);
            }
        }
        ScheduleInput::WorkerLost { worker, words } => {
            if let Some((id, running)) = parts.shared.pool.lose(worker, &mut parts.shared.out)? {
                let problem = lost(&running.job, &words);
                take_job(parts, id, running, JobEnd::Failed(problem));
            }
        }
        ScheduleInput::SpillOpened { spill, found } => match parts.spills.take(spill)? {
            Some(SpillPurpose::Unpacked { work, file }) if found => {
                if let Some(session) = &mut parts.shared.session {
                    session.spilled(&work, file.0);
                }
            }
            Some(SpillPurpose::Extraction { request, notes, file }) => {
                let of = ExtractedFile { request, notes, spill, file };
                parts.extractions.opened(of, found, &mut parts.shared);
            }
            _ => {}
        },
        ScheduleInput::Verified { id, result } => {
            parts.signatures.take(id, result, &mut parts.shared)?;
        }
        ScheduleInput::Response { call, result } => take_response(parts, call, result)?,
        ScheduleInput::Piece { call, bytes } => return take_piece(parts, call, bytes),
        ScheduleInput::StreamEnded { call, result } => match parts.shared.out.calls.take(call)? {
            Some(CallPurpose::Stream(transfer)) => take_end(parts, transfer, result)?,
            Some(_) => return Err(unexpected(call)),
            None => {}
        },
        ScheduleInput::Cache { id, result } => take_cache(parts, id, result)?,
        ScheduleInput::Transfer { id, result } => take_transfer(parts, id, result)?,
        ScheduleInput::Turn { turn } => parts.shared.take_turn(turn)?,
        ScheduleInput::Time => {
            let shared = &mut parts.shared;
            shared.ranges.wake(&mut shared.network, &mut shared.out);
            parts.checks.wake(shared);
            parts.base_lookups.wake(shared);
        }
    }
    Ok(Effect::Advances)
}

fn take_inspection(
    parts: &mut Parts,
    file: FileNumber,
    result: Result<Box<Inspection>, Problem>,
) -> Result<(), Problem> {
    let waiting = parts.inspections.take(file)?;
    let shared = &mut parts.shared;
    shared.remove_file(file);
    let Some(request) = waiting else { return Ok(()) };
    let taken = result.and_then(|read| Ok(shared.session()?.add_inspection(*read)));
    parts.shared.out.answer(request, &taken);
    Ok(())
}

fn take_progress(parts: &mut Parts, id: JobId, done: u64) -> Result<(), Problem> {
    let shared = &mut parts.shared;
    let Some(running) = shared.pool.progress(id, done)? else { return Ok(()) };
    match &running.task {
        Task::Background => {
            shared.queue.progress(&running.job.work, done);
            shared.tell_progress_sometimes();
        }
        Task::Search { request, .. } => {
            let request = *request;
            parts.searches.progress(request, id, done, shared);
        }
        task => contents::tell_progress(task, done, running.job.blob_bytes, &mut shared.out),
    }
    Ok(())
}

/// A job has ended, well or not.
fn take_job(parts: &mut Parts, id: JobId, running: RunningJob, end: JobEnd) {
    let RunningJob { job, task, spill, .. } = running;
    let shared = &mut parts.shared;
    if let (Some(spill), JobEnd::Failed(_)) = (spill, &end) {
        shared.out.push(Command::RemoveSpill(spill)); // a worker that was lost has not removed it
    }
    let file = FileNumber(job.file());
    let replaces = !job.must_spill() && is_unread(&end);
    if replaces && shared.replace_blob(file, task.request().is_some()) {
        return match task {
            Task::Background => shared.queue.put_back(&job.work),
            task => parts.requested.push(job, task),
        };
    }
    shared.remove_file(file);
    match task {
        Task::Background => {
            if let (Some(spill), JobEnd::Result { spilled: true, .. }) = (spill, &end) {
                let file = shared.out.added_file();
                let work = job.work.clone();
                parts.spills.insert(spill, SpillPurpose::Unpacked { work, file });
                shared.out.push(Command::OpenSpill { spill, file });
            }
            match job.work {
                Work::Unpack { .. } => parts.opening.take_unpacked(result_of(end), shared),
                _ => finish_job(shared, &job, result_of(end)),
            }
        }
        Task::Search { request, .. } => {
            parts.searches.take(request, Some(id), &job, result_of(end), shared);
        }
        Task::Content { request, .. } => {
            parts.contents.take(request, id, end, &mut parts.requested, shared);
        }
        Task::Advisories { request, image, file } => {
            parts.advisories.take(request, image, &file, result_of(end), shared);
        }
        Task::Extraction { request } => {
            let written = match end {
                JobEnd::Result { spilled: true, .. } => spill.ok_or_else(of_another_kind),
                JobEnd::Result { .. } | JobEnd::Content { .. } => Err(of_another_kind()),
                JobEnd::Failed(problem) => Err(problem),
            };
            parts.extractions.written(request, written, &mut parts.spills, shared);
        }
    }
}

/// Whether a job could not read its file.
fn is_unread(end: &JobEnd) -> bool {
    match end {
        JobEnd::Failed(problem) => problem.code == READ_FAILED,
        JobEnd::Result { result, .. } => result.is_unread(),
        JobEnd::Content { .. } => false,
    }
}

fn result_of(end: JobEnd) -> Result<JobResult, Problem> {
    match end {
        JobEnd::Result { result, .. } => Ok(*result),
        JobEnd::Content { .. } => Err(of_another_kind()),
        JobEnd::Failed(problem) => Err(problem),
    }
}

fn take_response(
    parts: &mut Parts,
    call: CallId,
    result: Result<HttpResponse, HttpFailure>,
) -> Result<(), Problem> {
    let Some(purpose) = parts.shared.out.calls.take(call)? else { return Ok(()) };
    let shared = &mut parts.shared;
    match purpose {
        CallPurpose::Operation { operation, streams } => {
            shared.network.take_response((operation, call, streams), result, &mut shared.out);
        }
        CallPurpose::Archive(transfer) => {
            parts.opening.take_headers((call, transfer), result, shared);
        }
        CallPurpose::Advisories(request) => parts.checks.take_response(request, result, shared),
        CallPurpose::Advisory(request, id) => {
            parts.checks.take_record(request, &id, result, shared);
        }
        CallPurpose::PublishedImages(request) => {
            parts.base_lookups.take_response(request, result, shared);
        }
        CallPurpose::Stream(_) => return Err(unexpected(call)),
    }
    Ok(())
}

fn take_piece(parts: &mut Parts, call: CallId, bytes: Vec<u8>) -> Result<Effect, Problem> {
    let transfer = match parts.shared.out.calls.get(call)? {
        Some(CallPurpose::Stream(transfer)) => *transfer,
        Some(_) => return Err(unexpected(call)),
        None => return Ok(Effect::Counts),
    };
    match purpose(parts, transfer)? {
        None => return Ok(Effect::Counts),
        Some(TransferPurpose::Archive) => parts.opening.take_piece(bytes, &mut parts.shared),
        Some(TransferPurpose::Layer(file)) => {
            download(parts, file, |download, _, out| download.take_piece(bytes, out));
        }
        Some(_) => {
            let shared = &mut parts.shared;
            shared.ranges.take_piece(transfer, bytes, &mut shared.out);
        }
    }
    let shared = &parts.shared;
    let ended = shared.ranges.has_ended()
        || shared.downloads.as_ref().is_some_and(|downloads| downloads.has_events());
    Ok(if ended { Effect::Advances } else { Effect::Counts })
}

fn take_end(
    parts: &mut Parts,
    transfer: TransferId,
    result: Result<(), HttpFailure>,
) -> Result<(), Problem> {
    match purpose(parts, transfer)? {
        None => {}
        Some(TransferPurpose::Archive) => parts.opening.take_end(result, &mut parts.shared),
        Some(TransferPurpose::Layer(file)) => {
            download(parts, file, |download, _, out| download.take_end(result, out));
        }
        Some(_) => {
            let shared = &mut parts.shared;
            shared.ranges.take_end(transfer, result, &mut shared.out);
        }
    }
    Ok(())
}

fn take_cache(parts: &mut Parts, id: CacheId, result: CacheResult) -> Result<(), Problem> {
    let Some(purpose) = parts.shared.out.caches.take(id)? else { return Ok(()) };
    let shared = &mut parts.shared;
    match (purpose, result) {
        (CachePurpose::Numbers(request), CacheResult::Numbers(numbers)) => {
            Lists::take_numbers(request, numbers, shared);
        }
        (CachePurpose::Cleared(request), CacheResult::Cleared) => {
            shared.out.answer(request, &Ok(()));
        }
        (purpose, CacheResult::Values(values)) => take_cached(parts, purpose, values),
        _ => return Err(unexpected(id)),
    }
    Ok(())
}

fn take_cached(parts: &mut Parts, purpose: CachePurpose, mut values: Vec<Option<Vec<u8>>>) {
    let shared = &mut parts.shared;
    let first = |values: &mut Vec<Option<Vec<u8>>>| values.pop().flatten();
    match purpose {
        CachePurpose::Routes => shared.network.take_routes(first(&mut values), &mut shared.out),
        CachePurpose::Operation(operation) => {
            shared.network.take_cached(operation, first(&mut values), &mut shared.out);
        }
        CachePurpose::Tag => parts.opening.take_tag(first(&mut values), shared),
        CachePurpose::CachedImage => parts.opening.take_cached(first(&mut values), shared),
        CachePurpose::Layers => parts.opening.take_layers(values, shared),
        CachePurpose::Advisories(request) => {
            parts.checks.take_cached_answers(request, values, shared);
        }
        CachePurpose::Advisory(request, advisory) => {
            let value = first(&mut values);
            parts.checks.take_cached_record(request, &advisory, value, shared);
        }
        CachePurpose::Document(request) => {
            parts.attached.take_cached(request, first(&mut values), shared);
        }
        CachePurpose::Numbers(_) | CachePurpose::Cleared(_) => {
            shared.out.defect(unexpected("bytes of the cache"));
        }
    }
}

fn take_transfer(parts: &mut Parts, id: TransferId, result: TransferResult) -> Result<(), Problem> {
    match purpose(parts, id)? {
        None => Ok(()),
        Some(TransferPurpose::Archive) => {
            if let TransferResult::Finished { .. } = result {
                parts.shared.out.transfers.take(id)?;
            }
            parts.opening.take_transfer(result, &mut parts.shared);
            Ok(())
        }
        Some(TransferPurpose::Layer(file)) => {
            download(parts, file, |download, network, out| download.take(result, network, out));
            Ok(())
        }
        Some(_) => Err(unexpected(id)),
    }
}

/// What a transfer is for. `Ok(None)`: it was ended before.
fn purpose(parts: &mut Parts, transfer: TransferId) -> Result<Option<TransferPurpose>, Problem> {
    Ok(parts.shared.out.transfers.get(transfer)?.copied())
}

/// Hands the result of something to the download that waits for it.
pub fn download(
    parts: &mut Parts,
    file: FileNumber,
    take: impl FnOnce(&mut BlobDownload, &mut Network, &mut Outbox) -> DownloadStep,
) {
    if let Some((downloads, mut means)) = parts.shared.downloads() {
        downloads.take(file, &mut means, take);
    }
}
