//! Verification of signatures, when the page or the command asks: what is open of an image is given to the
//! verifier, once.
//!
//! - A document that makes the verifier fail must not hide the others: they are given to it again one by one, and
//!   that one is called not checked.
//! - Verdicts with what was trusted before are dropped.
//! - What arrives meanwhile, as documents from a registry do, is verified before the request is answered.

use super::command::Command;
use super::expected::Expected;
use super::ids::VerificationId;
use super::input::VerifierFailure;
use super::shared::SharedParts;
use crate::problem::Problem;
use crate::protocol::{Event, RequestId, SignatureVerdict, SignaturesToVerify, Trust};
use crate::session::provenance::OpenSignature;
use crate::vocabulary::ImagePosition;

/// Verifications in progress.
#[derive(Debug, Default)]
pub struct Verifications {
    open: Expected<VerificationId, OpenVerification>,
    /// Requests that wait for all verdicts on an image.
    waiting: Vec<(RequestId, ImagePosition)>,
}

/// What the verifier was given.
#[derive(Debug)]
struct OpenVerification {
    image: ImagePosition,
    documents: Vec<OpenSignature>,
    trust: Trust,
}

impl Verifications {
    /// Verifies what is open of an image.
    pub fn request(&mut self, id: RequestId, image: ImagePosition, shared: &mut SharedParts) {
        self.waiting.push((id, image));
        if !self.is_running(image) {
            self.start(image, shared);
        }
    }

    /// An answer is no longer needed. What the verifier was given, it verifies.
    pub fn cancel(&mut self, request: RequestId) {
        self.waiting.retain(|(waiting, _)| *waiting != request);
    }

    /// The verifier has answered, or failed.
    pub fn take(
        &mut self,
        id: VerificationId,
        result: Result<Vec<SignatureVerdict>, VerifierFailure>,
        shared: &mut SharedParts,
    ) -> Result<(), Problem> {
        let Some(open) = self.open.take(id)? else { return Ok(()) };
        let OpenVerification { image, documents, trust } = open;
        let verdicts = match result {
            Ok(verdicts) if verdicts.len() == documents.len() => verdicts,
            Err(VerifierFailure::Unavailable(problem)) => {
                self.answer(image, &Err(problem), shared);
                return Ok(());
            }
            _ if documents.len() > 1 => {
                for document in documents {
                    self.give(image, vec![document], trust.clone(), shared);
                }
                return Ok(());
            }
            Ok(_) => vec![SignatureVerdict::not_run("another number of verdicts")],
            Err(VerifierFailure::Lost(words)) => vec![SignatureVerdict::not_run(&words)],
        };
        if let Ok(session) = shared.session()
            && *session.trust() == trust
        {
            session.take_verdicts(&documents, verdicts);
            shared.out.tell(Event::Changed { image });
        }
        if !self.is_running(image) {
            self.start(image, shared);
        }
        Ok(())
    }

    /// Gives the verifier what is open of an image; if nothing is, requests for it are answered.
    fn start(&mut self, image: ImagePosition, shared: &mut SharedParts) {
        let Ok(session) = shared.session() else { return };
        let (documents, trust) = (session.signatures_to_verify(image), session.trust().clone());
        if documents.is_empty() {
            return self.answer(image, &Ok(()), shared);
        }
        self.give(image, documents, trust, shared);
    }

    fn give(
        &mut self,
        image: ImagePosition,
        documents: Vec<OpenSignature>,
        trust: Trust,
        shared: &mut SharedParts,
    ) {
        let id = shared.out.id();
        let contents = documents.iter().map(|open| open.document.clone()).collect();
        let request = SignaturesToVerify { documents: contents, trust: trust.clone() };
        self.open.insert(id, OpenVerification { image, documents, trust });
        shared.out.push(Command::Verify { id, request: Box::new(request) });
    }

    fn is_running(&self, image: ImagePosition) -> bool {
        self.open.iter().any(|(_, open)| open.image == image)
    }

    fn answer(
        &mut self,
        image: ImagePosition,
        answer: &Result<(), Problem>,
        shared: &mut SharedParts,
    ) {
        self.waiting.retain(|(id, of)| {
            if *of == image {
                shared.out.answer(*id, answer);
            }
            *of != image
        });
    }
}
