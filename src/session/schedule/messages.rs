//! Messages of the page, and which part of the schedule handles each.

use super::command::{AddedFile, Beside, Command};
use super::downloads::REGISTRY_IMAGE;
use super::expected::unexpected;
use super::input::OfferedFile;
use super::parts::Parts;
use super::purpose::CachePurpose;
use super::shared::SharedParts;
use super::stages::{cancel_work, show_image, start_image};
use crate::problem::Problem;
use crate::protocol::{
    Action, DownloadRequest, Event, ExtractedPart, LiftLimit, Order, Query, ReadMember, Request,
    RequestId, ToSession, answer_query, perform_action,
};
use crate::session::Session;
use crate::session::jobs::MemberWish;
use crate::vocabulary::ImagePosition;

/// Takes a message of the page, with the files beside it.
pub fn take_message(parts: &mut Parts, message: ToSession, files: &[OfferedFile]) {
    match message {
        ToSession::Open(source) => parts.opening.open(source, &mut parts.shared),
        ToSession::Ask { id, request } => {
            if parts.shared.out.expect_answer(id) {
                take_request(parts, id, request, files);
            }
        }
        ToSession::Cancel { id } => cancel(parts, id),
        ToSession::Download(request) => download(parts, request),
        ToSession::Reply { question, reply } => {
            parts.shared.network.reply(&question, &reply, &mut parts.shared.out);
        }
        // For the driver, which does not hand it on.
        ToSession::Verifier(_) => parts.shared.out.defect(unexpected("the verifier's module")),
    }
}

fn take_request(parts: &mut Parts, id: RequestId, request: Request, files: &[OfferedFile]) {
    match request {
        Request::Query(query) => ask(parts, id, query),
        Request::Action(action) => perform(parts, id, action),
        Request::Order(order) => take_order(parts, id, order, files),
    }
}

fn ask(parts: &mut Parts, id: RequestId, query: Query) {
    match parts.shared.session() {
        Ok(session) => {
            let answer = answer_query(session, query);
            parts.shared.out.answer_bytes(id, answer, Beside::Nothing);
        }
        Err(problem) => parts.shared.out.refuse(id, problem),
    }
}

fn perform(parts: &mut Parts, id: RequestId, action: Action) {
    // These are about all images of the source.
    let of_all = matches!(
        action,
        Action::SetTrust(_)
            | Action::AddTrust(_)
            | Action::RemoveTrust(_)
            | Action::SetIgnoreList(_)
    );
    match parts.shared.session() {
        Ok(session) => {
            let answer = perform_action(session, action);
            let images = of_all.then(|| session.positions()).into_iter().flatten();
            parts.shared.out.answer_bytes(id, answer, Beside::Nothing);
            for image in images {
                parts.shared.out.tell(Event::Changed { image });
            }
        }
        Err(problem) => parts.shared.out.refuse(id, problem),
    }
}

fn take_order(parts: &mut Parts, id: RequestId, order: Order, files: &[OfferedFile]) {
    let Parts { shared, requested, .. } = parts;
    match order {
        Order::ShowImage(order) => {
            let known = known_image(parts, order.image);
            if known.is_ok() {
                match reads_again(&parts.shared) {
                    true => parts.opening.begin(&mut parts.shared),
                    false => show_image(&mut parts.shared, order.image),
                }
            }
            parts.shared.out.answer(id, &known);
        }
        Order::LiftLimit(order) => {
            let lifted = lift_limit(parts, order);
            parts.shared.out.answer(id, &lifted);
        }
        Order::CancelWork(_) => {
            parts.reports.refuse_all(&mut parts.shared);
            parts.extractions.refuse_waiting(&mut parts.shared);
            cancel_work(&mut parts.shared);
            parts.shared.out.answer(id, &Ok(()));
        }
        Order::SearchContents(order) => parts.searches.request(id, order, requested, shared),
        Order::ReadContent(order) => {
            let plan = |session: &Session| session.read_content(&order);
            parts.contents.request(id, plan, requested, shared);
        }
        Order::CompareContent(order) => {
            let plan = |session: &Session| session.compare_content(order);
            parts.contents.request(id, plan, requested, shared);
        }
        Order::OutlineFile(order) => {
            let plan = |session: &Session| session.file_outline(order);
            parts.contents.request(id, plan, requested, shared);
        }
        Order::ComputeDigest(order) => {
            parts.contents.digest(id, order, requested, shared);
        }
        Order::ListMembers(order) => {
            parts.contents.member(id, order.of, MemberWish::List, requested, shared);
        }
        Order::ReadMember(ReadMember { of, offset, length }) => {
            let wish = MemberWish::Content { offset, length };
            parts.contents.member(id, of, wish, requested, shared);
        }
        Order::OutlineMember(order) => {
            parts.contents.member(id, order.of, MemberWish::Outline, requested, shared);
        }
        Order::DigestMember(order) => {
            parts.contents.member(id, order.of, MemberWish::Digest, requested, shared);
        }
        Order::WriteReport(order) => {
            let known = match order.image {
                Some(image) => known_image(parts, image),
                None => shared.session().map(|_| ()),
            };
            match known {
                Ok(()) => {
                    parts.reports.report(id, order.image);
                    download(parts, DownloadRequest::All);
                }
                Err(problem) => parts.shared.out.refuse(id, problem),
            }
        }
        Order::SaveInspection(order) => match known_image(parts, order.image) {
            Ok(()) => {
                parts.reports.save(id, order.image);
                download(parts, DownloadRequest::All);
            }
            Err(problem) => parts.shared.out.refuse(id, problem),
        },
        Order::Extract(order) => match known_image(parts, order.image) {
            Ok(()) => {
                let wanted = match &order.part {
                    ExtractedPart::Layer { layer, .. } => DownloadRequest::Layer(*layer),
                    ExtractedPart::Root { .. } | ExtractedPart::Content { .. } => {
                        DownloadRequest::All
                    }
                };
                parts.extractions.request(id, order, &mut parts.shared);
                download(parts, wanted);
            }
            Err(problem) => parts.shared.out.refuse(id, problem),
        },
        Order::AddInspection(order) => match shared.session() {
            Ok(_) => {
                let file = shared.out.added_file();
                shared.add_file(file, AddedFile::Offered { request: id, files: vec![0] });
                let name = order.name;
                shared.out.push(Command::ReadInspection { name, file });
                parts.inspections.insert(file, id);
            }
            Err(problem) => shared.out.refuse(id, problem),
        },
        Order::CheckVulnerabilities(order) => parts.checks.request(id, order, shared),
        Order::LookUpBase(order) => parts.base_lookups.request(id, order, shared),
        Order::OpenAdvisories(order) => {
            let names = order.names;
            parts.advisories.request(id, order.image, names, files, requested, shared);
        }
        Order::FetchAttached(order) => parts.attached.request(id, &order, shared),
        Order::VerifySignatures(order) => match known_image(parts, order.image) {
            Ok(()) => parts.signatures.request(id, order.image, &mut parts.shared),
            Err(problem) => parts.shared.out.refuse(id, problem),
        },
        Order::FetchList(order) => parts.lists.request(id, order, shared),
        Order::ClearCache(_) => {
            let cache = shared.out.id();
            shared.out.caches.insert(cache, CachePurpose::Cleared(id));
            shared.out.push(Command::ClearCache { id: cache });
        }
    }
}

/// An answer is no longer needed. If it was given before, it is on its way, which is not a defect.
fn cancel(parts: &mut Parts, id: RequestId) {
    if !parts.shared.out.cancel(id) {
        return;
    }
    let shared = &mut parts.shared;
    parts.requested.cancel(id, shared);
    parts.contents.cancel(id, shared);
    parts.searches.cancel(id);
    parts.advisories.cancel(id);
    parts.reports.cancel(id, shared);
    parts.checks.cancel(id, shared);
    parts.base_lookups.cancel(id, shared);
    parts.attached.cancel(id, shared);
    parts.lists.cancel(id, shared);
    parts.signatures.cancel(id);
    parts.extractions.cancel(id);
    let read = parts.inspections.iter().find(|(_, request)| **request == id).map(|(file, _)| file);
    if let Some(file) = read {
        parts.inspections.cancel(file);
    }
}

fn download(parts: &mut Parts, request: DownloadRequest) {
    let Some((downloads, mut means)) = parts.shared.downloads() else { return };
    let again = downloads.request(request, &mut means);
    downloads.tell(true, means.session, means.out);
    if again {
        start_image(&mut parts.shared, REGISTRY_IMAGE);
    }
}

/// Whether the archive must be read through, and the user has cancelled that.
fn reads_again(shared: &SharedParts) -> bool {
    let must = shared.session.as_ref().is_some_and(|session| session.opening_job().is_some());
    must && shared.queue.opening.is_none()
}

fn known_image(parts: &mut Parts, image: ImagePosition) -> Result<(), Problem> {
    parts.shared.session()?.image(image).map(drop)
}

fn lift_limit(parts: &mut Parts, order: LiftLimit) -> Result<(), Problem> {
    let LiftLimit { image, layer } = order;
    parts.shared.session()?.lift_limit(image, layer)?;
    if layer.is_none() {
        if reads_again(&parts.shared) {
            parts.opening.begin(&mut parts.shared);
        }
        return Ok(());
    }
    start_image(&mut parts.shared, image);
    // The layer may be theirs too.
    let others = parts.shared.queue.images.iter().map(|work| work.image);
    for other in others.filter(|other| *other != image).collect::<Vec<_>>() {
        start_image(&mut parts.shared, other);
    }
    Ok(())
}
