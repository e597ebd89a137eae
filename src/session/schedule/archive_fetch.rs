//! An archive on the web: fetched whole, then opened like a file of this machine.
//!
//! - It is fetched directly: the proxy is for registries.

use super::command::{Command, WriteTarget};
use super::ids::{FileNumber, TransferId};
use super::outbox::Outbox;
use super::purpose::{CallPurpose, TransferPurpose};
use crate::http::{HttpFailure, HttpRequest, HttpResponse, Method, ResponseBody};
use crate::problem::Problem;
use crate::protocol::{Event, Progress, Stage};
use crate::text::byte_count;

/// The page gets progress no more often than this, in milliseconds.
const TELL_EVERY: u64 = 100;

/// An archive on its way.
#[derive(Debug)]
pub struct ArchiveFetch {
    /// The file's name.
    pub name: String,
    url: String,
    transfer: TransferId,
    /// Bytes that are here, and in all; 0: not known.
    done: u64,
    total: u64,
    told_at: u64,
}

impl ArchiveFetch {
    /// Opens a place to write to.
    pub fn start(url: String, out: &mut Outbox) -> ArchiveFetch {
        let path = url.split(['?', '#']).next().unwrap_or_default();
        let name = path.rsplit('/').find(|part| !part.is_empty()).unwrap_or("archive").to_owned();
        let transfer = out.transfer(TransferPurpose::Archive);
        out.push(Command::BeginWrite { transfer, target: WriteTarget::Scratch });
        ArchiveFetch { name, url, transfer, done: 0, total: 0, told_at: 0 }
    }

    /// There is a place to write to.
    pub fn take_begun(&self, out: &mut Outbox) {
        let request = HttpRequest::new(Method::Get, self.url.clone(), ResponseBody::Stream);
        out.send(request, CallPurpose::Archive(self.transfer));
    }

    /// The headers of the answer; its bytes follow as a stream.
    pub fn take_headers(
        &mut self,
        result: Result<HttpResponse, HttpFailure>,
    ) -> Result<TransferId, Problem> {
        let head = result.map_err(no_answer)?;
        if head.status != 200 {
            return Err(Problem::new("fetch-failed", "There is no archive at this address.")
                .expected("status 200")
                .found(format!("status {}", head.status))
                .advice("Check the address."));
        }
        self.total = head.number("content-length").unwrap_or(0);
        Ok(self.transfer)
    }

    pub fn take_piece(&mut self, bytes: Vec<u8>, out: &mut Outbox) {
        self.done = self.done.saturating_add(bytes.len() as u64);
        out.push(Command::Write { transfer: self.transfer, bytes });
        if out.now().abs_diff(self.told_at) >= TELL_EVERY {
            self.told_at = out.now();
            out.tell(Event::Progress(Progress {
                image: None,
                stage: Stage::Fetching,
                done: self.done,
                total: self.total,
                layers: Vec::new(),
            }));
        }
    }

    /// All bytes are here, or the connection broke.
    pub fn take_end(
        &mut self,
        end: Result<(), HttpFailure>,
        out: &mut Outbox,
    ) -> Result<(), Problem> {
        end.map_err(no_answer)?;
        let (transfer, size) = (self.transfer, self.done);
        out.push(Command::FinishWrite { transfer, size, keep: false, file: FileNumber(0) });
        Ok(())
    }

    /// The problem when there is no room for the archive.
    pub fn no_room(&self) -> Problem {
        Problem::new("no-room", "The browser has no room for the archive.")
            .found(format!("no more than {}", byte_count(self.done)))
            .advice("Free some space on the disk, or download it and open the file.")
    }

    /// Ends everything that is in progress for it.
    pub fn stop(&self, out: &mut Outbox) {
        let transfer = self.transfer;
        out.abort_all(|purpose| match purpose {
            CallPurpose::Stream(id) | CallPurpose::Archive(id) => *id == transfer,
            _ => false,
        });
        if out.transfers.cancel(transfer) {
            out.push(Command::EndWrite { transfer, keep: false });
        }
    }
}

/// A file that was written cannot be read.
pub fn unreadable() -> Problem {
    Problem::new("read-failed", "The downloaded file cannot be read.")
}

fn no_answer(failure: HttpFailure) -> Problem {
    let problem = Problem::new("fetch-failed", "The address does not answer.");
    match failure {
        HttpFailure::Offline => problem.advice("This machine has no network."),
        HttpFailure::Timeout => problem.advice("It takes too long. Try again later."),
        HttpFailure::Network | HttpFailure::TooLarge => problem.advice(
            "It may be wrong, or its host does not let pages read it (CORS). Download the file and open it.",
        ),
    }
}
