//! From files to the image that is shown first.
//!
//! A link names the image that it speaks of; a source without that image is the wrong one. Where a layer
//! alone was opened, its ID is its diff ID, which is known once it was read: the comparison waits.

use super::{Opened, State, event};
use crate::browser::file_list::FileList;
use crate::problem::Problem;
use crate::session::{
    Session,
    query::{Event, Stage},
};

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
