//! `layerscope-inspect FILE-OR-FOLDER [--image N | --platform P] [--no-limits]`: the report on standard
//! output. `--no-limits` reads on where a layer decompresses to more than is plausible.
//!
//! Source: CONTRACTS.md, "Commands". Exit 0 if any image could be read, 1 if none could, with the
//! reason in the report's `warnings`, 2 for wrong use.

use layerscope::problem::Problem;
use layerscope::report;
use layerscope::session::{disk::Disk, drive};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str =
    "usage: inspect FILE-OR-FOLDER [--image N | --platform OS/ARCH[/VARIANT]] [--no-limits]";

enum Which {
    All,
    Number(usize),
    Platform(String),
}

fn main() -> ExitCode {
    let Some(Arguments { path, which, limits }) = arguments() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let (text, code) = match inspect(&path, &which, limits) {
        Ok((text, true)) => (Ok(text), ExitCode::SUCCESS),
        Ok((text, false)) => (Ok(text), ExitCode::FAILURE),
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

struct Arguments {
    path: PathBuf,
    which: Which,
    /// Stop at the limits of plausible sizes.
    limits: bool,
}

fn arguments() -> Option<Arguments> {
    let mut path = None;
    let mut which = Which::All;
    let mut limits = true;
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
            Some("--no-limits") => limits = false,
            Some(flag) if flag.starts_with('-') => return None,
            _ if path.is_none() => path = Some(PathBuf::from(argument)),
            _ => return None,
        }
    }
    Some(Arguments { path: path?, which, limits })
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The report, and whether there was an image in it.
fn inspect(path: &Path, which: &Which, limits: bool) -> Result<(String, bool), Problem> {
    let disk = Disk::open(path).map_err(|error| {
        Problem::new("read-failed", "The file cannot be opened.")
            .expected("a file or folder that can be read")
            .found(error.to_string())
    })?;
    let open = if limits { drive::open } else { drive::open_unlimited };
    let mut session = open(&name(path), &disk)?;
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
    drive::finish_report(&mut session, only, &disk, threads);
    Ok((session.report(only)?, session.image_count() > 0))
}

/// The source as far as it is known when it can't be opened as an archive.
fn source(path: &Path) -> report::ReportSource {
    let folder = path.is_dir();
    let bytes = std::fs::read(path).ok();
    report::ReportSource {
        kind: if folder { "directory" } else { "file" },
        format: String::new(),
        name: name(path),
        size: bytes.as_ref().map_or(0, |bytes| bytes.len() as u64),
        digest: bytes.map(|bytes| layerscope::oci::Digest::of(&bytes)),
        compression: "none",
    }
}
