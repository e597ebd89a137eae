//! `layerscope-inspect FILE-OR-FOLDER [--image N | --platform P]`: the report on standard output.
//!
//! Source: CONTRACTS.md, "Commands". Exit 0 if any image could be read, 1 if none could, with the
//! reason in the report's `warnings`, 2 for wrong use.

use layerscope::problem::Problem;
use layerscope::report;
use layerscope::session::{disk::Disk, drive};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "usage: inspect FILE-OR-FOLDER [--image N | --platform OS/ARCH[/VARIANT]]";

enum Which {
    All,
    Number(usize),
    Platform(String),
}

fn main() -> ExitCode {
    let Some((path, which)) = arguments() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let (text, code) = match inspect(&path, &which) {
        Ok(text) => (Ok(text), ExitCode::SUCCESS),
        Err(problem) => (report::failed(source(&path), problem), ExitCode::FAILURE),
    };
    match text {
        Ok(text) => println!("{text}"),
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::FAILURE;
        }
    }
    code
}

fn arguments() -> Option<(PathBuf, Which)> {
    let mut path = None;
    let mut which = Which::All;
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            Some(flag @ ("--image" | "--platform")) if matches!(which, Which::All) => {
                let value = arguments.next()?.into_string().ok()?;
                which = match flag {
                    "--image" => Which::Number(value.parse().ok().filter(|&n: &usize| n > 0)?),
                    _ => Which::Platform(value),
                };
            }
            Some(flag) if flag.starts_with('-') => return None,
            _ if path.is_none() => path = Some(PathBuf::from(argument)),
            _ => return None,
        }
    }
    Some((path?, which))
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn inspect(path: &Path, which: &Which) -> Result<String, Problem> {
    let disk = Disk::open(path).map_err(|error| {
        Problem::new("read-failed", "The file cannot be opened.")
            .expected("a file or folder that can be read")
            .found(error.to_string())
    })?;
    let mut session = drive::open(&name(path), &disk)?;
    session.thorough();
    let only = match which {
        Which::All => None,
        Which::Number(number) => Some(number - 1),
        Which::Platform(platform) => Some(session.by_platform(platform).ok_or_else(|| {
            Problem::new("no-such-image", "No image of the archive is for this platform.")
                .found(platform.clone())
        })?),
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    if let Some(only) = only {
        session.choose(only as u32)?;
        drive::finish_image(&mut session, &disk, threads)?;
    }
    let jobs = session.report_jobs(only);
    drive::run_jobs(&mut session, jobs, &disk, threads);
    session.report(only)
}

/// The source as far as it is known when it can't be opened as an archive.
fn source(path: &Path) -> report::Source {
    let folder = path.is_dir();
    let bytes = std::fs::read(path).ok();
    report::Source {
        kind: if folder { "directory" } else { "file" },
        format: String::new(),
        name: name(path),
        size: bytes.as_ref().map_or(0, |bytes| bytes.len() as u64),
        digest: bytes.map(|bytes| layerscope::oci::Digest::of(&bytes)),
        compression: "none",
    }
}
