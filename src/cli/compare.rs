//! `layerscope compare A B`: what differs between two images.
//!
//! - docs/compare.md defines the comparison and its JSON; `compare/markdown.rs` writes the block for a pull
//!   request.
//! - Exit 0 if equal except for times, 1 if they differ, 2 for wrong use or an unreadable side.

mod markdown;
mod markdown_text;

use super::output::print;
use super::read_image::{ReadImage, cores, read_image};
use crate::analysis::compare::{ComparedImage, compare};
use crate::problem::Problem;
use crate::report::{self, ComparedSide};
use crate::session::schedule::{FirstShown, ScheduleOptions};
use crate::vocabulary::{ImagePosition, LeftOut};
use lexopt::{Arg, Parser, ValueExt};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// For the usage.
pub const ARGUMENTS: &str =
    "A B [--image-a N] [--image-b N] [--without times,owners,order] [--format json|markdown]";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum ComparisonFormat {
    #[default]
    Json,
    Markdown,
}

/// What is compared: a path, and which of its images.
#[derive(Clone, Debug, PartialEq)]
struct SidePath {
    path: PathBuf,
    image: FirstShown,
}

#[derive(Debug, PartialEq)]
struct CompareArguments {
    a: SidePath,
    b: SidePath,
    without: LeftOut,
    format: ComparisonFormat,
}

/// Prints the comparison.
pub fn run(parser: Parser) -> Result<ExitCode, lexopt::Error> {
    let arguments = CompareArguments::read(parser)?;
    match compare_images(&arguments) {
        Ok((text, same)) => {
            print(&text).map_err(|error| error.to_string())?;
            Ok(ExitCode::from(u8::from(!same)))
        }
        Err((path, problem)) => {
            eprintln!("{}: {problem}", path.display());
            Ok(ExitCode::from(2))
        }
    }
}

impl CompareArguments {
    fn read(mut parser: Parser) -> Result<CompareArguments, lexopt::Error> {
        let (mut paths, mut format, mut without) = (Vec::new(), None, None);
        let (mut image_a, mut image_b) = (None, None);
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("image-a") if image_a.is_none() => image_a = Some(position(&mut parser)?),
                Arg::Long("image-b") if image_b.is_none() => image_b = Some(position(&mut parser)?),
                Arg::Long("format") if format.is_none() => {
                    format = Some(match parser.value()?.string()?.as_str() {
                        "json" => ComparisonFormat::Json,
                        "markdown" => ComparisonFormat::Markdown,
                        other => {
                            return Err(format!("no format {other:?}: json or markdown").into());
                        }
                    });
                }
                Arg::Long("without") if without.is_none() => {
                    let words = parser.value()?.string()?;
                    let wrong = || format!("no {words:?}: times, owners, order, joined by commas");
                    without = Some(LeftOut::parse(&words).ok_or_else(wrong)?);
                }
                Arg::Value(value) if paths.len() < 2 => paths.push(PathBuf::from(value)),
                other => return Err(other.unexpected()),
            }
        }
        let [a, b] = <[PathBuf; 2]>::try_from(paths).map_err(|_| "two paths are needed")?;
        if [&a, &b].iter().all(|path| path.as_os_str() == OsStr::new("-")) {
            return Err("only one of the two can be standard input".into());
        }
        let side =
            |path, image: Option<FirstShown>| SidePath { path, image: image.unwrap_or_default() };
        Ok(CompareArguments {
            a: side(a, image_a),
            b: side(b, image_b),
            without: without.unwrap_or_default(),
            format: format.unwrap_or_default(),
        })
    }
}

fn position(parser: &mut Parser) -> Result<FirstShown, lexopt::Error> {
    let number: u32 = parser.value()?.parse()?;
    let position = number.checked_sub(1).ok_or("images are counted from 1")?;
    Ok(FirstShown::Position(ImagePosition(position)))
}

/// The comparison as text, and whether the images are the same except for times. A problem comes with the side
/// that it is about.
fn compare_images(arguments: &CompareArguments) -> Result<(String, bool), (&Path, Problem)> {
    let CompareArguments { a, b, without, format } = arguments;
    let (read_a, read_b) = (read_side(a)?, read_side(b)?);
    let (image_a, side_a) = facts(&read_a).map_err(|problem| (a.path.as_path(), problem))?;
    let (image_b, side_b) = facts(&read_b).map_err(|problem| (b.path.as_path(), problem))?;
    let mut compared = compare(&image_a, &image_b, *without);
    if compared.paths.unknown > 0 {
        let message = "Contents of files are not known, so the images cannot be compared.";
        let problem = Problem::new("layers-not-read", message)
            .found(format!("{} paths", compared.paths.unknown));
        return Err((b.path.as_path(), problem));
    }
    let (a, b) = ((&side_a, &image_a), (&side_b, &image_b));
    let text = match format {
        ComparisonFormat::Json => report::comparison(a, b, *without, &compared)
            .map(|json| json + "\n")
            .map_err(|problem| (arguments.b.path.as_path(), problem))?,
        ComparisonFormat::Markdown => {
            // Others read it: it becomes a comment, or stands in a log.
            let values = compared.settings.iter_mut().flat_map(|it| [&mut it.a, &mut it.b]);
            for value in values {
                read_a.session.mask_secrets(read_a.image, value);
                read_b.session.mask_secrets(read_b.image, value);
            }
            markdown::block(a, b, *without, &compared)
        }
    };
    Ok((text, compared.same_but_times))
}

fn read_side(side: &SidePath) -> Result<ReadImage, (&Path, Problem)> {
    let options = ScheduleOptions {
        cores: cores(),
        thorough: true,
        first: side.image.clone(),
        ..ScheduleOptions::default()
    };
    read_image(side.path.clone(), options, None).map_err(|problem| (side.path.as_path(), problem))
}

fn facts(read: &ReadImage) -> Result<(ComparedImage<'_>, ComparedSide), Problem> {
    let ReadImage { session, image } = read;
    Ok((session.compared_image(*image)?, session.compared_side(*image)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<CompareArguments> {
        CompareArguments::read(Parser::from_args(line.split_whitespace())).ok()
    }

    #[test]
    fn arguments_are_read() {
        let second = FirstShown::Position(ImagePosition(1));
        let side =
            |path: &str, image: &FirstShown| SidePath { path: path.into(), image: image.clone() };
        let any = FirstShown::AsRequested;
        for (line, a, b, format) in [
            ("a b", &any, &any, ComparisonFormat::Json),
            ("a b --format markdown", &any, &any, ComparisonFormat::Markdown),
            ("--image-b 2 a b --format=json", &any, &second, ComparisonFormat::Json),
            ("a --image-a=2 b", &second, &any, ComparisonFormat::Json),
        ] {
            let without = LeftOut::default();
            let expected = CompareArguments { a: side("a", a), b: side("b", b), without, format };
            assert_eq!(read(line), Some(expected), "{line}");
        }
        for line in
            ["", "a", "a b c", "- -", "a b --image-a 0", "a b --format xml", "a b --image 1"]
        {
            assert_eq!(read(line), None, "{line}");
        }
        let without = read("a b --without owners,times").map(|arguments| arguments.without);
        assert_eq!(without, LeftOut::parse("times,owners"));
        assert_eq!(read("a b --without dates"), None);
        assert!(read("- b").is_some() && read("a -").is_some());
    }
}
