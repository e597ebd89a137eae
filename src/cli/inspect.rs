//! `layerscope inspect PATH [--image N | --platform P] [--no-limits]`: the report on standard output.
//! `--no-limits` reads on where a layer decompresses to more than is plausible.
//!
//! - Exit 0 if any image could be read, 1 if none could, with the reason in the report's `warnings`, 2 for
//!   wrong use.

use super::input::InputPath;
use super::output::print;
use super::progress::ProgressLine;
use super::read_image::cores;
use crate::oci::Digest;
use crate::problem::Problem;
use crate::protocol::VerifySignatures;
use crate::report;
use crate::session::Session;
use crate::session::native::Driver;
use crate::session::schedule::{FirstShown, ScheduleOptions};
use crate::text::Shown;
use crate::vocabulary::ImagePosition;
use lexopt::{Arg, Parser, ValueExt};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// For the usage.
pub const ARGUMENTS: &str = "PATH|- [--image N | --platform OS/ARCH[/VARIANT]] [--no-limits]";

#[derive(Debug, PartialEq)]
struct Arguments {
    path: PathBuf,
    images: FirstShown,
    no_limits: bool,
}

/// Prints the report.
pub fn run(parser: Parser) -> Result<ExitCode, lexopt::Error> {
    let arguments = Arguments::read(parser)?;
    let (report, code) = match inspect(&arguments) {
        Ok((report, true)) => (Ok(report), ExitCode::SUCCESS),
        Ok((report, false)) => (Ok(report), ExitCode::FAILURE),
        Err((source, problem)) => (report::failed(*source, problem), ExitCode::FAILURE),
    };
    match report {
        Ok(report) => {
            print(&(report + "\n")).map_err(|error| error.to_string())?;
            Ok(code)
        }
        Err(problem) => {
            eprintln!("{problem}");
            Ok(ExitCode::FAILURE)
        }
    }
}

impl Arguments {
    fn read(mut parser: Parser) -> Result<Arguments, lexopt::Error> {
        let (mut path, mut images, mut no_limits) = (None, FirstShown::AsRequested, false);
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("image") if images == FirstShown::AsRequested => {
                    let number: u32 = parser.value()?.parse()?;
                    let position = number.checked_sub(1).ok_or("images are counted from 1")?;
                    images = FirstShown::Position(ImagePosition(position));
                }
                Arg::Long("platform") if images == FirstShown::AsRequested => {
                    images = FirstShown::Platform(parser.value()?.string()?);
                }
                Arg::Long("no-limits") => no_limits = true,
                Arg::Value(value) if path.is_none() => path = Some(PathBuf::from(value)),
                other => return Err(other.unexpected()),
            }
        }
        let path = path.ok_or("a path is missing")?;
        Ok(Arguments { path, images, no_limits })
    }
}

/// The report, and whether there is an image in it. A problem comes with what is known about the source.
fn inspect(arguments: &Arguments) -> Result<(String, bool), (Box<report::ReportSource>, Problem)> {
    let unreadable = |error: io::Error| {
        Problem::new("read-failed", "The file cannot be opened.")
            .expected("a file or folder that can be read")
            .found(error.to_string())
    };
    let input = match InputPath::new(arguments.path.clone()) {
        Ok(input) => input,
        Err(error) => {
            let name = arguments.path.to_string_lossy().into_owned();
            return Err((Box::new(source(&arguments.path, name)), unreadable(error)));
        }
    };
    let failed = |problem| (Box::new(source(input.path(), input.name.clone())), problem);
    let disk = input.open().map_err(|error| failed(unreadable(error)))?;
    let options = ScheduleOptions {
        cores: cores(),
        thorough: true,
        no_limits: arguments.no_limits,
        first: arguments.images.clone(),
        ..ScheduleOptions::default()
    };
    let (name, mut progress) = (Shown::new(&input.name), ProgressLine::new());
    let observer = move |command: &_| progress.observe(&name, command);
    let mut driver = Driver::new(&disk, options).with_observer(observer);
    driver.open_source(&input.name).map_err(failed)?;
    let only = match arguments.images {
        FirstShown::AsRequested => None,
        FirstShown::Position(_) | FirstShown::Platform(_) => driver.shown(),
    };
    let images = driver.session().map_or(0, Session::image_count);
    for image in (0..images as u32).map(ImagePosition) {
        // Without a verifier the report says that nothing was verified.
        let _ = driver.ask(VerifySignatures { image });
    }
    let report = driver.report(only).map_err(failed)?;
    Ok((report, driver.session().is_some_and(|session| session.image_count() > 0)))
}

/// The source as far as it is known when it cannot be opened as an archive.
fn source(path: &Path, name: String) -> report::ReportSource {
    let (size, digest) = match digest(path) {
        Ok((size, digest)) => (size, Some(digest)),
        Err(_) => (0, None),
    };
    report::ReportSource {
        kind: if path.is_dir() { "directory" } else { "file" },
        format: String::new(),
        name,
        size,
        digest,
        compression: "none",
    }
}

/// Bytes and digest of a file.
fn digest(path: &Path) -> io::Result<(u64, Digest)> {
    let mut file = File::open(path)?;
    let (mut hasher, mut size) = (crate::oci::Hasher::sha256(), 0);
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok((size, hasher.finish())),
            count => {
                hasher.update(&buffer[..count]);
                size += count as u64;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_read() {
        let read = |line: &str| Arguments::read(Parser::from_args(line.split_whitespace())).ok();
        let plain = |images, no_limits| Some(Arguments { path: "a.tar".into(), images, no_limits });
        let second = FirstShown::Position(ImagePosition(1));
        let arm = FirstShown::Platform("linux/arm64".to_owned());
        for (line, expected) in [
            ("a.tar", plain(FirstShown::AsRequested, false)),
            ("--no-limits a.tar", plain(FirstShown::AsRequested, true)),
            ("a.tar --image 2", plain(second.clone(), false)),
            ("--image=2 a.tar --no-limits", plain(second, true)),
            ("--platform linux/arm64 a.tar", plain(arm, false)),
            ("", None),
            ("a.tar b.tar", None),
            ("a.tar --image 0", None),
            ("a.tar --image", None),
            ("a.tar --image 1 --platform x/y", None),
            ("a.tar --fast", None),
        ] {
            assert_eq!(read(line), expected, "{line}");
        }
        let stdin = read("- --image 1").unwrap();
        assert_eq!(stdin.path, PathBuf::from("-"));
    }
}
