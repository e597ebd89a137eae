//! A schedule driven natively: says what a page would say, and waits for the answers.

use super::executor::NativeExecutor;
use super::threads::NativeSource;
use super::transport::{NoNetwork, Transport};
use crate::problem::Problem;
use crate::protocol::{
    Ask, FirstImage, ReadContent, RequestId, ShowImage, SourceRequest, ToSession, WriteReport,
    from_wire,
};
use crate::session::schedule::{Command, OfferedFile, Schedule, ScheduleInput, ScheduleOptions};
use crate::session::{ReadSeek, Session};
use crate::vocabulary::ImagePosition;
use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A file beside a question.
#[derive(Clone, Debug)]
pub struct FileBeside {
    pub bytes: Arc<[u8]>,
    /// Time of the last change, milliseconds since 1970.
    pub modified: u64,
}

/// A schedule, and what executes its commands.
pub struct Driver<'s> {
    schedule: Schedule,
    executor: NativeExecutor<'s>,
    observer: Box<dyn FnMut(&Command) + 's>,
    next_request: u32,
}

impl<'s> Driver<'s> {
    /// Opens a source, and does everything that runs without being requested.
    pub fn open(
        name: &str,
        source: NativeSource<'s>,
        options: ScheduleOptions,
    ) -> Result<Driver<'s>, Problem> {
        let mut driver = Driver::new(source, options);
        driver.open_source(name)?;
        Ok(driver)
    }

    /// A driver that has opened nothing yet.
    pub fn new(source: NativeSource<'s>, options: ScheduleOptions) -> Driver<'s> {
        Driver {
            schedule: Schedule::new(options),
            executor: NativeExecutor::new(source, Box::new(NoNetwork)),
            observer: Box::new(|_| {}),
            next_request: 1,
        }
    }

    /// Sends requests by this.
    pub fn with_transport(mut self, transport: impl Transport + 's) -> Driver<'s> {
        self.executor.transport = Box::new(transport);
        self
    }

    /// Shows each command to an observer.
    pub fn with_observer(mut self, observer: impl FnMut(&Command) + 's) -> Driver<'s> {
        self.observer = Box::new(observer);
        self
    }

    /// Opens the driver's source under a name.
    pub fn open_source(&mut self, name: &str) -> Result<(), Problem> {
        let list = self.executor.source.list();
        let paths = list.into_iter().map(|(path, _)| path).collect();
        let first = FirstImage::default();
        let source = SourceRequest::Files { name: name.to_owned(), paths, first };
        self.say(ToSession::Open(source));
        self.failure().map_or(Ok(()), |problem| Err(problem.clone()))
    }

    /// Says something, and does everything that follows from it.
    pub fn say(&mut self, message: ToSession) {
        self.run(ScheduleInput::FromPage { message, files: Vec::new() });
    }

    /// Asks something, and does everything that follows from it.
    pub fn ask<Q: Ask>(&mut self, question: Q) -> Result<Q::Answer, Problem> {
        self.ask_with(question, Vec::new()).map(|(answer, _)| answer)
    }

    /// Asks something, with files beside the question. Gives the bytes beside the answer, too.
    pub fn ask_with<Q: Ask>(
        &mut self,
        question: Q,
        files: Vec<FileBeside>,
    ) -> Result<(Q::Answer, Vec<u8>), Problem> {
        let id = RequestId(self.next_request);
        self.next_request += 1;
        let size = |file: &FileBeside| file.bytes.len() as u64;
        let offered =
            files.iter().map(|file| OfferedFile { size: size(file), modified: file.modified });
        let offered = offered.collect();
        self.executor.offered.insert(id, files.into_iter().map(|file| file.bytes).collect());
        let message = ToSession::Ask { id, request: question.into() };
        self.run(ScheduleInput::FromPage { message, files: offered });
        let no_answer = || Problem::new("session-failed", "The session gave no answer.");
        let (answer, beside) = self.executor.answers.remove(&id).ok_or_else(no_answer)?;
        let answer: Result<Q::Answer, Problem> = from_wire(&answer).ok_or_else(no_answer)?;
        Ok((answer?, beside))
    }

    /// Reads an image and builds its tree.
    pub fn show(&mut self, image: ImagePosition) -> Result<(), Problem> {
        self.ask(ShowImage { image })
    }

    /// The report over one image, or over all images of the source.
    pub fn report(&mut self, image: Option<ImagePosition>) -> Result<String, Problem> {
        let (_, bytes) = self.ask_with(WriteReport { image }, Vec::new())?;
        String::from_utf8(bytes)
            .map_err(|_| Problem::new("session-failed", "The report is not text."))
    }

    /// Bytes of a file.
    pub fn content(&mut self, question: ReadContent) -> Result<Vec<u8>, Problem> {
        self.ask_with(question, Vec::new()).map(|(_, bytes)| bytes)
    }

    /// A file that the session reads: of the source, or one that was added.
    pub fn open_file(&self, file: u32) -> io::Result<Box<dyn ReadSeek>> {
        self.executor.open_file(file)
    }

    /// The image that is shown.
    pub fn shown(&self) -> Option<ImagePosition> {
        self.schedule.shown()
    }

    /// The problem that ended the session.
    pub fn failure(&self) -> Option<&Problem> {
        self.executor.failure.as_ref()
    }

    /// The session, once a source was opened.
    pub fn session(&self) -> Option<&Session> {
        self.schedule.session()
    }

    /// The session alone.
    pub fn into_session(self) -> Option<Session> {
        self.schedule.into_session()
    }

    /// Defects that the schedule found.
    pub fn defects(&self) -> u32 {
        self.schedule.defects()
    }

    /// Jobs that panicked. Each is a defect of the engine, though the schedule goes on without it.
    pub fn panics(&self) -> u32 {
        self.executor.threads.panics()
    }

    /// Gives an input, and executes commands until nothing more happens by itself.
    fn run(&mut self, input: ScheduleInput) {
        self.executor.inputs.push_back(input);
        std::thread::scope(|scope| {
            while let Some(input) = self.next_input() {
                self.schedule.take(input, now());
                while let Some(command) = self.schedule.step() {
                    (self.observer)(&command);
                    self.executor.execute(command, scope);
                }
                self.executor.forget_unused();
            }
        });
    }

    /// The next input: what is ready, what a thread says, the alarm. `None`: nothing is left to happen.
    fn next_input(&mut self) -> Option<ScheduleInput> {
        let executor = &mut self.executor;
        if let Some(input) = executor.inputs.pop_front() {
            return Some(input);
        }
        while !executor.threads.is_idle() {
            if let Some(news) = executor.threads.wait() {
                executor.content = news.content;
                return Some(news.input);
            }
        }
        let at = executor.wakes_at.take()?;
        std::thread::sleep(Duration::from_millis(at.saturating_sub(now())));
        Some(ScheduleInput::Time)
    }
}

/// Milliseconds since 1970.
fn now() -> u64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}
