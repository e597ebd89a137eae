//! From files to the image that is shown first.
//!
//! A link names the image that it speaks of; a source without that image is the wrong one. Where a layer
//! alone was opened, its ID is its diff ID, which is known once it was read: the comparison waits.

use super::{Opened, State, event, with_state};
use crate::browser::file_list::FileList;
use crate::browser::spill::Spill;
use crate::browser::store::blobs::Sink;
use crate::browser::{spill, transport};
use crate::http::{HttpFailure, HttpRequest, Method, ResponseBody};
use crate::problem::Problem;
use crate::session::{
    Session,
    query::{Event, Progress, Stage},
};
use js_sys::{Array, Date};
use std::io::Write;
use web_sys::File;

/// Which image is to be shown first.
#[derive(Default)]
pub(super) struct Wanted {
    /// The one of a link: a source without it is the wrong one.
    pub digest: Option<String>,
    /// `linux/arm64`.
    pub platform: Option<String>,
}

impl State {
    pub(super) fn open(&mut self, name: &str, files: FileList) {
        match Session::open(name, &files) {
            Ok(session) => {
                self.opened = Some(Opened { files, session });
                self.begin();
            }
            Err(problem) => event(Event::Failed(problem)),
        }
    }

    /// Reads the archive through if it is compressed as a whole, else begins with its image.
    pub(super) fn begin(&mut self) {
        let Ok(session) = self.session() else { return };
        match session.opening_job() {
            Some(job) => self.enter(Some(Stage::Opening), vec![job]),
            None => self.announce(),
        }
    }

    /// The images are known.
    pub(super) fn announce(&mut self) {
        let wanted = std::mem::take(&mut self.wanted);
        let Ok(session) = self.session() else { return };
        if let Some(platform) = &wanted.platform {
            session.prefer(platform);
        }
        let chosen = match &wanted.digest {
            None => Ok(()),
            Some(digest) => match session.find(digest) {
                Some(number) => session.choose(number),
                // A layer alone has its ID once it is digested: then it is looked at again.
                None if session.has_unnamed() => Ok(()),
                None => Err(wrong_archive(digest, session)),
            },
        };
        match chosen {
            Ok(()) => {
                event(Event::Opened(session.info()));
                // The platform is for the first look: what the user turns to later stays.
                self.wanted = Wanted { platform: None, ..wanted };
                self.index();
            }
            Err(problem) => {
                self.enter(None, Vec::new());
                event(Event::Failed(problem));
            }
        }
    }

    /// What could not be compared with a link's digest at opening is compared now.
    pub(super) fn compare(&mut self) -> Result<(), Problem> {
        let Some(digest) = self.wanted.digest.take() else { return Ok(()) };
        let session = self.session()?;
        match session.find(&digest) {
            Some(_) => Ok(()),
            None => Err(wrong_archive(&digest, session)),
        }
    }
}

fn wrong_archive(digest: &str, session: &Session) -> Problem {
    let images = session.info().images;
    let mut found: Vec<String> =
        images.iter().take(3).map(|i| format!("image {}", i.image_id)).collect();
    match images.len() {
        0 => found.push("no image".to_owned()),
        1..=3 => {}
        more => found.push(format!("{} more", more - 3)),
    }
    Problem::new("wrong-archive", "The link speaks of an image that is not in this file.")
        .expected(format!("image {}", crate::text::show(digest.as_bytes())))
        .found(found.join(", "))
        .advice("Open the archive that the link was made from.")
}

/// Fetches an archive on the web, and opens it. It is asked for directly: the proxy is for registries.
pub(super) async fn fetch(url: String) {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').find(|part| !part.is_empty()).unwrap_or("archive").to_owned();
    match fetch_file(&url).await {
        Ok(file) => with_state(|state| {
            state.open(&name, FileList::new(vec![name.clone()], Array::of1(&file)));
            state.go_on();
        }),
        Err(problem) => event(Event::Failed(problem)),
    }
}

async fn fetch_file(url: &str) -> Result<File, Problem> {
    let request = HttpRequest::new(Method::Get, url.to_owned(), ResponseBody::Stream);
    let (head, stream) = transport::send(&request).await.map_err(no_answer)?;
    if head.status != 200 {
        return Err(Problem::new("fetch-failed", "The address gives no archive.")
            .expected("status 200")
            .found(format!("status {}", head.status))
            .advice("Check the address."));
    }
    let all = head.number("content-length").unwrap_or(0);
    let mut path = String::new();
    with_state(|state| {
        state.spills += 1;
        path = state.folder.file(state.spills);
    });
    let (mut disk, mut memory) = (Spill::create(&path).await.ok(), Sink::in_memory());
    let (mut done, mut told_at) = (0, 0.0);
    while let Some(piece) = stream.next().await.map_err(no_answer)? {
        let bytes = piece.to_vec();
        done += bytes.len() as u64;
        let written = match &mut disk {
            Some(disk) => disk.write_all(&bytes).is_ok(),
            None => memory.write(&bytes),
        };
        if !written {
            return Err(Problem::new("no-room", "The browser has no room for the archive.")
                .found(format!("no more than {done} bytes"))
                .advice("Free some room on the disk, or download it and open the file."));
        }
        if Date::now() - told_at > super::TOLD_EVERY_MILLIS {
            told_at = Date::now();
            let layers = Vec::new();
            event(Event::Progress(Progress { stage: Stage::Fetching, done, all, layers }));
        }
    }
    let file = match disk {
        Some(disk) => {
            drop(disk); // closed, so that it can be read
            spill::open(&path).await.ok()
        }
        None => memory.finish(done, false).await,
    };
    file.ok_or_else(|| Problem::new("read-failed", "What was fetched cannot be read."))
}

fn no_answer(failure: HttpFailure) -> Problem {
    let problem = Problem::new("fetch-failed", "The address gives the page no answer.");
    match failure {
        HttpFailure::Offline => problem.advice("This machine has no network."),
        HttpFailure::Timeout => problem.advice("It takes too long. Try again later."),
        _ => problem.advice(
            "It may be wrong, or its host may not let pages read it (CORS). Download it and open the file.",
        ),
    }
}
