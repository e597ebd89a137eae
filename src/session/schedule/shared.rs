//! What several parts of a schedule use: the session, its files, the workers, the network, the commands.

use super::command::{AddedFile, Command};
use super::downloads::{DownloadMeans, LayerDownloads, Ranges};
use super::expected::Expected;
use super::ids::{FileNumber, TurnId};
use super::network::Network;
use super::outbox::Outbox;
use super::pool::Pool;
use super::queue::Queue;
use crate::problem::Problem;
use crate::protocol::{Event, NetworkSettings};
use crate::session::Session;
use crate::session::jobs::{Job, Work};
use crate::vocabulary::ImagePosition;
use std::collections::BTreeSet;

/// The page gets progress no more often than this, in milliseconds.
const TELL_EVERY: u64 = 100;

/// What several parts use.
pub struct SharedParts {
    pub out: Outbox,
    pub network: Network,
    pub ranges: Ranges,
    pub pool: Pool,
    pub queue: Queue,
    pub files: PresentFiles,
    /// Once its images are known, or its archive must be read through for them.
    pub session: Option<Session>,
    /// Of an image in a registry.
    pub downloads: Option<LayerDownloads>,
    /// Pauses before work of the session itself, with the image that it is on.
    turns: Expected<TurnId, ImagePosition>,
    told_at: u64,
}

/// Which files jobs can read. Those of the source are there, except layers that are not downloaded.
#[derive(Debug, Default)]
pub struct PresentFiles {
    absent: BTreeSet<FileNumber>,
    /// Files that were added for one request each.
    of_requests: BTreeSet<FileNumber>,
}

impl PresentFiles {
    pub fn has(&self, file: FileNumber) -> bool {
        !self.absent.contains(&file)
    }

    /// Whether a job can run.
    pub fn has_for(&self, job: &Job) -> bool {
        job.files().into_iter().all(|file| self.has(FileNumber(file)))
    }

    /// Whether a job need not be given up: nothing is downloaded for the further names of files.
    pub fn can_look(&self, job: &Job) -> bool {
        !matches!(job.work, Work::Names { .. }) || self.has_for(job)
    }

    pub fn remove(&mut self, file: FileNumber) {
        self.absent.insert(file);
    }

    pub fn add(&mut self, file: FileNumber) {
        self.absent.remove(&file);
    }
}

impl SharedParts {
    pub fn new(cores: usize) -> SharedParts {
        SharedParts {
            out: Outbox::default(),
            network: Network::new(NetworkSettings::default()),
            ranges: Ranges::default(),
            pool: Pool::new(cores),
            queue: Queue::default(),
            files: PresentFiles::default(),
            session: None,
            downloads: None,
            turns: Expected::default(),
            told_at: 0,
        }
    }

    /// Sets the time, in milliseconds since 1970.
    pub fn set_now(&mut self, now: u64) {
        self.out.set_now(now);
        if let Some(session) = &mut self.session {
            session.set_now(now);
        }
    }

    /// Adds a file that is read once, for a request.
    pub fn add_file(&mut self, file: FileNumber, content: AddedFile) {
        self.files.of_requests.insert(file);
        self.out.push(Command::AddFile { file, content });
    }

    /// Nothing reads this file any more: removes it, if it was added for a request.
    pub fn remove_file(&mut self, file: FileNumber) {
        if self.files.of_requests.remove(&file) {
            self.out.push(Command::RemoveFile(file));
        }
    }

    /// The session.
    pub fn session(&mut self) -> Result<&mut Session, Problem> {
        self.session.as_mut().ok_or_else(not_open)
    }

    /// The downloads, with what they are driven with.
    pub fn downloads(&mut self) -> Option<(&mut LayerDownloads, DownloadMeans<'_>)> {
        let session = self.session.as_mut()?;
        let means = DownloadMeans {
            session,
            network: &mut self.network,
            ranges: &mut self.ranges,
            out: &mut self.out,
        };
        Some((self.downloads.as_mut()?, means))
    }

    /// A job could not read a file. True if that is a blob of the cache: then it is downloaded, and jobs wait
    /// for it. `by_user`: a request waits for the job.
    pub fn replace_blob(&mut self, file: FileNumber, by_user: bool) -> bool {
        let Some((downloads, means)) = self.downloads() else { return false };
        let replaced = downloads.replace(file, by_user, means.session);
        if replaced {
            self.files.remove(file);
        }
        replaced
    }

    /// A request reads a file: it is downloaded, if it is not here. An error if it cannot be.
    pub fn need_file(&mut self, file: FileNumber) -> Result<(), Problem> {
        if self.files.has(file) {
            return Ok(());
        }
        self.downloads().map_or(Ok(()), |(downloads, _)| downloads.look_into(file))
    }

    /// Layers are on their way.
    pub fn layers_are_coming(&self) -> bool {
        self.downloads.as_ref().is_some_and(LayerDownloads::is_coming)
    }

    /// Has the session's own work on an image begin once the page was heard.
    pub fn await_turn(&mut self, image: ImagePosition) -> TurnId {
        let turn = self.out.id();
        self.turns.insert(turn, image);
        self.out.push(Command::Yield { turn });
        turn
    }

    /// The page was heard. Its work may have begun again meanwhile, or be cancelled.
    pub fn take_turn(&mut self, turn: TurnId) -> Result<(), Problem> {
        let image = self.turns.take(turn)?;
        let work = image.and_then(|image| self.queue.image(image));
        if let Some(work) = work.filter(|work| work.turn == Some(turn)) {
            work.turn = None;
        }
        Ok(())
    }

    /// Tells the page how far the most urgent work is, and what changed.
    pub fn tell_progress(&mut self) {
        self.told_at = self.out.now();
        for work in &mut self.queue.images {
            if let Some(news) = work.news() {
                self.out.tell(news);
            }
        }
        if let Some(progress) = self.queue.numbers() {
            self.out.tell(Event::Progress(progress));
        }
    }

    /// The same, if it is time.
    pub fn tell_progress_sometimes(&mut self) {
        if self.out.now().abs_diff(self.told_at) >= TELL_EVERY {
            self.tell_progress();
        }
    }

    /// Ends background jobs that nothing needs any more.
    pub fn end_unwanted_jobs(&mut self) {
        let queue = &self.queue;
        let wanted = |job: &super::pool::RunningJob| {
            job.task.request().is_some() || queue.rank(&job.job.work) < super::queue::Rank::Unwanted
        };
        self.pool.retain(wanted, &mut self.out);
    }
}

/// Nothing is open.
pub fn not_open() -> Problem {
    Problem::new("not-open", "No image is open.")
}
