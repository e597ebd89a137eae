//! One image of an archive, folder or standard input, read as far as a command needs it.
//!
//! - A part of an image gives figures that look like an image's: what cannot be read completely is refused.

use super::input::InputPath;
use super::progress::ProgressLine;
use crate::problem::Problem;
use crate::protocol::{SetTrust, Trust, VerifySignatures};
use crate::session::Session;
use crate::session::native::{Disk, Driver};
use crate::session::schedule::ScheduleOptions;
use crate::text::Shown;
use crate::vocabulary::ImagePosition;
use std::io;
use std::path::PathBuf;

/// An image that was read, in its session.
pub struct ReadImage {
    pub session: Session,
    pub image: ImagePosition,
}

/// Reads the image that the options name, or else the one that the page would show. `-` is standard input. With
/// `trust` its signatures are verified.
pub fn read_image(
    path: PathBuf,
    options: ScheduleOptions,
    trust: Option<Trust>,
) -> Result<ReadImage, Problem> {
    let input = open_input(path)?;
    let disk = input.open().map_err(unreadable)?;
    let mut driver = driven(&disk, &input.name, options)?;
    let image = driver.shown().unwrap_or_default();
    if let Some(trust) = trust {
        driver.ask(SetTrust { trust })?;
        driver.ask(VerifySignatures { image })?;
    }
    let session = driver.into_session().ok_or_else(no_image)?;
    Ok(ReadImage { session, image })
}

/// The same for what needs the source's files afterwards.
pub fn with_image<T>(
    path: PathBuf,
    options: ScheduleOptions,
    body: impl FnOnce(&Driver<'_>, &Session, ImagePosition) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let input = open_input(path)?;
    let disk = input.open().map_err(unreadable)?;
    let driver = driven(&disk, &input.name, options)?;
    let image = driver.shown().unwrap_or_default();
    body(&driver, driver.session().ok_or_else(no_image)?, image)
}

/// A driver that has read an image completely.
fn driven<'s>(
    disk: &'s Disk,
    source: &str,
    options: ScheduleOptions,
) -> Result<Driver<'s>, Problem> {
    let name = Shown::new(source);
    let mut progress = ProgressLine::new();
    let observer = move |command: &_| progress.observe(&name, command);
    let mut driver = Driver::new(disk, options).with_observer(observer);
    driver.open_source(source)?;
    let image = driver.shown().unwrap_or_default();
    let session = driver.session().ok_or_else(no_image)?;
    if !session.has_image(image) {
        let warning = session.info().warnings.into_iter().next();
        return Err(warning.unwrap_or_else(no_image));
    }
    match session.missing_part(image)? {
        Some(problem) => Err(problem),
        None => Ok(driver.with_observer(|_| {})),
    }
}

fn open_input(path: PathBuf) -> Result<InputPath, Problem> {
    InputPath::new(path).map_err(unreadable)
}

fn unreadable(error: io::Error) -> Problem {
    Problem::new("read-failed", "The file cannot be opened.")
        .expected("a file or folder that can be read")
        .found(error.to_string())
}

fn no_image() -> Problem {
    Problem::new("archive-no-image", "There is no image in the source.")
}

/// The cores of this machine.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
