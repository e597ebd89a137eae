//! One image of an archive, folder or standard input, read as far as a command needs it.
//!
//! - A part of an image gives figures that look like an image's: what cannot be read completely is refused.

use super::input::InputPath;
use super::progress::ProgressLine;
use crate::problem::Problem;
use crate::session::Session;
use crate::session::native::Driver;
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

/// Reads the image that the options name, or else the one that the page would show. `-` is standard input.
pub fn read_image(path: PathBuf, options: ScheduleOptions) -> Result<ReadImage, Problem> {
    let unreadable = |error: io::Error| {
        Problem::new("read-failed", "The file cannot be opened.")
            .expected("a file or folder that can be read")
            .found(error.to_string())
    };
    let input = InputPath::new(path).map_err(unreadable)?;
    let disk = input.open().map_err(unreadable)?;
    let name = Shown::new(&input.name);
    let mut progress = ProgressLine::new();
    let observer = move |command: &_| progress.observe(&name, command);
    let mut driver = Driver::new(&disk, options).with_observer(observer);
    driver.open_source(&input.name)?;
    if let Some(problem) = driver.failure() {
        return Err(problem.clone());
    }
    let image = driver.shown().unwrap_or_default();
    let no_image = || Problem::new("archive-no-image", "There is no image in the source.");
    let session = driver.into_session().ok_or_else(no_image)?;
    if !session.has_image(image) {
        let warning = session.info().warnings.into_iter().next();
        return Err(warning.unwrap_or_else(no_image));
    }
    match session.incomplete_layer(image)? {
        Some(problem) => Err(problem),
        None => Ok(ReadImage { session, image }),
    }
}

/// The cores of this machine.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
