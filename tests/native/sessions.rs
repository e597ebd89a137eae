//! Sessions for tests, opened as the page and the command open them: by the one schedule, with its native
//! driver.
//!
//! A schedule survives a job that panics and an input that it does not expect. Here neither may happen, so
//! every function looks for both.

use layerscope::problem::Problem;
use layerscope::session::Session;
use layerscope::session::native::{Driver, NativeSource};
use layerscope::session::schedule::ScheduleOptions;
use serde_json::Value;

/// A driver that has opened a source and read its first image. Layers are read as the page reads them: files
/// first, digests and packages later.
pub fn driver(source: NativeSource<'_>) -> Driver<'_> {
    try_driver(source).unwrap_or_else(|problem| panic!("{problem:?}"))
}

/// The same, or why the source cannot be opened.
pub fn try_driver(source: NativeSource<'_>) -> Result<Driver<'_>, Problem> {
    with_options(source, ScheduleOptions { cores: 2, ..ScheduleOptions::default() })
}

/// The same, with other options.
pub fn with_options(
    source: NativeSource<'_>,
    options: ScheduleOptions,
) -> Result<Driver<'_>, Problem> {
    let mut driver = Driver::new(source, options);
    let opened = driver.open_source("x");
    assert_sound(&driver);
    opened.map(|()| driver)
}

/// A session of which the first image was read.
pub fn read(source: NativeSource<'_>) -> Session {
    session(driver(source))
}

/// What is left of a driver.
pub fn session(driver: Driver<'_>) -> Session {
    assert_sound(&driver);
    driver.into_session().expect("a source was opened")
}

/// The report over all images, read as the command reads them: each layer in one pass.
pub fn report(source: NativeSource<'_>) -> Value {
    let options = ScheduleOptions { cores: 2, thorough: true, ..ScheduleOptions::default() };
    let mut driver = with_options(source, options).unwrap_or_else(|problem| panic!("{problem:?}"));
    report_of(&mut driver)
}

/// The report over all images.
pub fn report_of(driver: &mut Driver<'_>) -> Value {
    let report = driver.report(None).unwrap_or_else(|problem| panic!("{problem:?}"));
    assert_sound(driver);
    serde_json::from_str(&report).expect("a report is JSON")
}

/// No job panicked, and nothing happened that the schedule did not expect.
pub fn assert_sound(driver: &Driver<'_>) {
    assert_eq!((driver.panics(), driver.defects()), (0, 0), "panics and defects");
}
