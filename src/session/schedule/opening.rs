//! From a source to its images, and which of them is shown first.
//!
//! - A link names its image by the image's ID: a source without that image is refused. A bare
//!   layer's ID is known only once it was read: then the comparison waits until it is ready.

use super::archive_fetch::{self, ArchiveFetch};
use super::command::{AddedFile, Command};
use super::expected::unexpected;
use super::ids::{CallId, FileNumber, TransferId};
use super::input::TransferResult;
use super::network::Network;
use super::purpose::{CallPurpose, OperationPurpose};
use super::registry_opening::{PullWish, RegistryOpening};
use super::running::OperationResult;
use super::shared::SharedParts;
use super::stage_jobs::StageJobs;
use super::stages::start_image;
use crate::http::{HttpFailure, HttpResponse};
use crate::problem::Problem;
use crate::protocol::{AnswersQueries, Event, FirstImage, Progress, Source, SourceRequest, Stage};
use crate::session::Session;
use crate::session::jobs::JobResult;
use crate::text::Shown;
use crate::vocabulary::ImagePosition;

/// How a schedule works, beyond what the page says.
#[derive(Clone, Debug, Default)]
pub struct ScheduleOptions {
    /// Background jobs at once at most; 0 counts as 1.
    pub cores: usize,
    /// Every pass computes all that it can: right if the tree is not needed soon.
    pub thorough: bool,
    /// Nothing is read beyond what the tree needs: no digest is checked, and no analysis of contents runs.
    pub tree_only: bool,
    /// Layers are read beyond their limits.
    pub no_limits: bool,
    pub first: FirstShown,
}

/// Which image is read first, in place of what a link or the user's platform says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FirstShown {
    #[default]
    AsRequested,
    /// This one; a source without it is refused.
    Position(ImagePosition),
    /// The one for this platform; a source without one is refused.
    Platform(String),
}

enum OpeningState {
    /// The page has not said what to open.
    Nothing,
    /// An archive on the web is being fetched.
    Fetching(ArchiveFetch),
    /// The source's index is being read.
    Reading,
    /// An image in a registry is being found.
    Finding(Box<RegistryOpening>),
    /// The images are known, or the archive is being read through for them.
    Open,
    Failed,
}

/// How a source is opened, and how far that is.
pub struct Opening {
    options: ScheduleOptions,
    state: OpeningState,
    first: FirstImage,
}

impl Opening {
    pub fn new(options: ScheduleOptions) -> Opening {
        Opening { options, state: OpeningState::Nothing, first: FirstImage::default() }
    }

    /// Opens a source.
    pub fn open(&mut self, source: SourceRequest, shared: &mut SharedParts) {
        match source {
            SourceRequest::Files { name, paths, first } => {
                shared.out.tell(Event::Progress(Progress::default()));
                self.first = first;
                self.read(name, paths, shared);
            }
            SourceRequest::Url { url, first } => {
                self.first = first;
                self.state = OpeningState::Fetching(ArchiveFetch::start(url, &mut shared.out));
            }
            SourceRequest::Registry { reference, platform, preferred_platform, network } => {
                shared.out.tell(Event::Progress(Progress::default()));
                shared.network = Network::new(network);
                let wish = PullWish { reference, platform, preferred_platform };
                match RegistryOpening::start(wish, shared) {
                    Ok(opening) => self.state = OpeningState::Finding(Box::new(opening)),
                    Err(problem) => self.fail(problem, shared),
                }
            }
            SourceRequest::Nothing { network } => shared.network = Network::new(network),
        }
    }

    /// The images are being found: that is in progress without any job.
    pub fn is_busy(&self) -> bool {
        match self.state {
            OpeningState::Fetching(_) | OpeningState::Reading | OpeningState::Finding(_) => true,
            OpeningState::Nothing | OpeningState::Open | OpeningState::Failed => false,
        }
    }

    /// The source's index was read.
    pub fn take_source(&mut self, result: Result<Box<Session>, Problem>, shared: &mut SharedParts) {
        if !matches!(self.state, OpeningState::Reading) {
            return shared.out.defect(unexpected("a source"));
        }
        match result {
            Ok(session) => self.take_session(*session, shared),
            Err(problem) => self.fail(problem, shared),
        }
    }

    /// The archive was read through.
    pub fn take_unpacked(&mut self, result: Result<JobResult, Problem>, shared: &mut SharedParts) {
        shared.queue.opening = None;
        match shared.session().and_then(|session| session.opened(result)) {
            Ok(()) => self.announce(shared),
            Err(problem) => self.fail(problem, shared),
        }
    }

    /// Reads the archive through if it is compressed as a whole, else shows its first image.
    pub fn begin(&mut self, shared: &mut SharedParts) {
        let Some(session) = &shared.session else { return };
        match session.opening_job() {
            Some(job) => {
                shared.queue.images.clear();
                shared.queue.report = None;
                let runs = |work: &_| shared.pool.runs(work);
                let jobs = StageJobs::new(Stage::Opening, vec![job], runs);
                shared.queue.opening = Some(jobs);
                shared.end_unwanted_jobs();
                shared.tell_progress();
            }
            None => self.announce(shared),
        }
    }

    /// An image is ready. Gives the event: a link's image may turn out not to be here.
    pub fn ready(&mut self, image: ImagePosition, shared: &SharedParts) -> Event {
        match (self.first.required_id.take(), &shared.session) {
            (Some(id), Some(session)) if session.find_image(&id).is_none() => {
                Event::Failed(wrong_archive(&id, session))
            }
            _ => Event::Ready { image },
        }
    }

    /// The result of an operation of the registry protocol.
    pub fn take_image(
        &mut self,
        purpose: &OperationPurpose,
        result: OperationResult,
        shared: &mut SharedParts,
    ) {
        let OpeningState::Finding(opening) = &mut self.state else { return };
        let taken = match (purpose, result) {
            (OperationPurpose::CachedImage, OperationResult::Image(result)) => {
                opening.take_cached_image(result, shared)
            }
            (_, OperationResult::Image(result)) => opening.take_image(result, shared),
            _ => Ok(()),
        };
        self.fail_if(taken, shared);
    }

    /// The digest that the tag named on an earlier visit.
    pub fn take_tag(&mut self, value: Option<Vec<u8>>, shared: &mut SharedParts) {
        if let OpeningState::Finding(opening) = &mut self.state {
            let taken = opening.take_tag(value, shared);
            self.fail_if(taken, shared);
        }
    }

    /// Whether the cache has what the reference names.
    pub fn take_cached(&mut self, value: Option<Vec<u8>>, shared: &mut SharedParts) {
        if let OpeningState::Finding(opening) = &mut self.state {
            let taken = opening.take_cached(value, shared);
            self.fail_if(taken, shared);
        }
    }

    /// What the cache has of the layers.
    pub fn take_layers(&mut self, values: Vec<Option<Vec<u8>>>, shared: &mut SharedParts) {
        let OpeningState::Finding(opening) = &mut self.state else { return };
        match opening.take_layers(values, shared) {
            Ok((session, mut downloads)) => {
                downloads.tell(true, &session, &mut shared.out);
                shared.downloads = Some(downloads);
                self.take_session(session, shared);
            }
            Err(problem) => self.fail(problem, shared),
        }
    }

    /// The result of a command about the fetched archive.
    pub fn take_transfer(&mut self, result: TransferResult, shared: &mut SharedParts) {
        let OpeningState::Fetching(fetch) = &self.state else { return };
        match result {
            TransferResult::Begun { .. } => fetch.take_begun(&mut shared.out),
            TransferResult::Finished { found: true } => {
                let name = fetch.name.clone();
                self.read(name.clone(), vec![name], shared);
            }
            TransferResult::Finished { found: false } => {
                self.fail(archive_fetch::unreadable(), shared);
            }
            TransferResult::NoRoom => {
                let problem = fetch.no_room();
                self.fail(problem, shared);
            }
            TransferResult::Looked { .. } | TransferResult::Read { .. } => {
                shared.out.defect(unexpected("a blob"));
            }
        }
    }

    /// The headers of the fetched archive.
    pub fn take_headers(
        &mut self,
        (call, transfer): (CallId, TransferId),
        result: Result<HttpResponse, HttpFailure>,
        shared: &mut SharedParts,
    ) {
        let OpeningState::Fetching(fetch) = &mut self.state else { return };
        match fetch.take_headers(result) {
            Ok(_) => shared.out.calls.insert(call, CallPurpose::Stream(transfer)),
            Err(problem) => self.fail(problem, shared),
        }
    }

    /// Bytes of the fetched archive.
    pub fn take_piece(&mut self, bytes: Vec<u8>, shared: &mut SharedParts) {
        if let OpeningState::Fetching(fetch) = &mut self.state {
            fetch.take_piece(bytes, &mut shared.out);
        }
    }

    /// The end of the fetched archive.
    pub fn take_end(&mut self, end: Result<(), HttpFailure>, shared: &mut SharedParts) {
        if let OpeningState::Fetching(fetch) = &mut self.state {
            let taken = fetch.take_end(end, &mut shared.out);
            self.fail_if(taken, shared);
        }
    }

    fn read(&mut self, name: String, paths: Vec<String>, shared: &mut SharedParts) {
        self.state = OpeningState::Reading;
        shared.out.push(Command::ReadSource { name, paths });
    }

    fn take_session(&mut self, mut session: Session, shared: &mut SharedParts) {
        if self.options.thorough {
            session.thorough();
        }
        if self.options.tree_only {
            session.tree_only();
        }
        if self.options.no_limits {
            session.lift_all();
        }
        session.set_now(shared.out.now());
        shared.session = Some(session);
        self.state = OpeningState::Open;
        self.begin(shared);
    }

    /// The images are known.
    fn announce(&mut self, shared: &mut SharedParts) {
        let Some(session) = &mut shared.session else { return };
        for (file, bytes) in session.take_inline_files() {
            let (file, content) = (FileNumber(file), AddedFile::Bytes(bytes));
            shared.out.push(Command::AddFile { file, content });
        }
        let shown = shared.queue.shown.filter(|image| session.has_image(*image));
        let first = match shown {
            Some(image) => Ok(image), // the archive was read again
            None => first_image(&self.options.first, &self.first, session),
        };
        let source = session.source(Source {});
        match first.and_then(|first| Ok((first, source?))) {
            Ok((first, source)) => {
                let has_image = !source.images.is_empty();
                shared.out.tell(Event::Opened { source, first });
                shared.queue.show(first);
                match has_image {
                    true => start_image(shared, first),
                    false => shared.out.tell(Event::Ready { image: first }),
                }
            }
            Err(problem) => self.fail(problem, shared),
        }
    }

    fn fail_if(&mut self, result: Result<(), Problem>, shared: &mut SharedParts) {
        if let Err(problem) = result {
            self.fail(problem, shared);
        }
    }

    fn fail(&mut self, problem: Problem, shared: &mut SharedParts) {
        let state = std::mem::replace(&mut self.state, OpeningState::Failed);
        if let OpeningState::Fetching(fetch) = state {
            fetch.stop(&mut shared.out);
        }
        shared.out.tell(Event::Failed(problem));
    }
}

/// The image that is shown first.
fn first_image(
    choice: &FirstShown,
    first: &FirstImage,
    session: &Session,
) -> Result<ImagePosition, Problem> {
    let usual = || {
        let preferred = first.preferred_platform.as_deref();
        let preferred = preferred.and_then(|platform| session.image_for_platform(platform));
        preferred.unwrap_or_else(|| session.default_image())
    };
    match (choice, &first.required_id) {
        (FirstShown::Position(image), _) if session.has_image(*image) => Ok(*image),
        (FirstShown::Position(image), _) => {
            Err(Problem::new("no-such-image", "There is no such image in the archive.")
                .expected(format!("a number up to {}", session.image_count()))
                .found((image.0 + 1).to_string()))
        }
        (FirstShown::Platform(platform), _) => {
            session.image_for_platform(platform).ok_or_else(|| {
                Problem::new("no-such-image", "No image of the archive is for this platform.")
                    .found(platform)
            })
        }
        (FirstShown::AsRequested, None) => Ok(usual()),
        (FirstShown::AsRequested, Some(id)) => match session.find_image(id) {
            Some(image) => Ok(image),
            // A bare layer has its ID once it is read: then it is looked at again.
            None if session.has_unnamed_images() => Ok(usual()),
            None => Err(wrong_archive(id, session)),
        },
    }
}

fn wrong_archive(id: &str, session: &Session) -> Problem {
    let images = session.source(Source {}).map(|source| source.images).unwrap_or_default();
    let mut found: Vec<String> =
        images.iter().take(3).map(|image| format!("image {}", image.image_id)).collect();
    match images.len() {
        0 => found.push("no image".to_owned()),
        1..=3 => {}
        more => found.push(format!("{} more", more - 3)),
    }
    Problem::new("wrong-archive", "This file does not contain the linked image.")
        .expected(format!("image {}", Shown::new(id)))
        .found(found.join(", "))
        .advice("Open the archive that the link was made from.")
}
