//! What `cat` and `export` share: their arguments, and how an extraction goes to standard output.
//!
//! - A reader that has read enough (`| head`) is not an error.
//! - What comes from an image and goes to a terminal could be commands to it: there, control characters of a file
//!   are shown as `^X`, and archives are not written.

use super::progress::ProgressLine;
use super::read_image::{cores, with_image};
use crate::extract::{Extraction, unwritten, write};
use crate::problem::Problem;
use crate::protocol::ExtractionNotes;
use crate::selection::LayerSelection;
use crate::session::Session;
use crate::session::native::Driver;
use crate::session::schedule::{FirstShown, ScheduleOptions};
use crate::vocabulary::{ImagePosition, LayerNumber};
use lexopt::{Arg, Parser, ValueExt};
use std::ffi::OsString;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Bytes that are written at once.
const WRITE_SIZE: usize = 1 << 20;

/// The options that say which image and which of its layers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChosenLayers {
    pub image: FirstShown,
    /// What this layer alone has.
    pub layer: Option<LayerNumber>,
    /// The image as it is after this layer.
    pub up_to: Option<LayerNumber>,
}

impl ChosenLayers {
    /// Takes an option; false for any other, and for one that was given before.
    pub fn take(&mut self, name: &str, parser: &mut Parser) -> Result<bool, lexopt::Error> {
        match name {
            "image" if self.image == FirstShown::AsRequested => {
                let number: u32 = parser.value()?.parse()?;
                let position = number.checked_sub(1).ok_or("images are counted from 1")?;
                self.image = FirstShown::Position(ImagePosition(position));
            }
            "platform" if self.image == FirstShown::AsRequested => {
                self.image = FirstShown::Platform(parser.value()?.string()?);
            }
            "layer" if self.layer.is_none() && self.up_to.is_none() => {
                self.layer = Some(layer(parser)?);
            }
            "up-to" if self.layer.is_none() && self.up_to.is_none() => {
                self.up_to = Some(layer(parser)?);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The layers that are shown.
    pub fn selection(&self) -> LayerSelection {
        match (self.layer, self.up_to) {
            (Some(layer), _) => LayerSelection::one(layer),
            (None, Some(layer)) => LayerSelection::UpTo(layer),
            (None, None) => LayerSelection::All,
        }
    }

    /// How the source is read.
    pub fn options(&self) -> ScheduleOptions {
        ScheduleOptions {
            cores: cores(),
            tree_only: true,
            first: self.image.clone(),
            ..ScheduleOptions::default()
        }
    }
}

/// Which archive, image and path a command is about: `PATH|- PATH-IN-IMAGE` and the options of `ChosenLayers`.
#[derive(Debug, PartialEq)]
pub struct TakingArguments {
    pub archive: PathBuf,
    /// In the image.
    pub path: Option<Vec<u8>>,
    pub chosen: ChosenLayers,
}

impl TakingArguments {
    /// Reads them all.
    pub fn read(mut parser: Parser) -> Result<TakingArguments, lexopt::Error> {
        let (mut archive, mut path, mut chosen) = (None, None, ChosenLayers::default());
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long(name) => {
                    let name = name.to_owned();
                    if !chosen.take(&name, &mut parser)? {
                        return Err(Arg::Long(&name).unexpected());
                    }
                }
                Arg::Value(value) if archive.is_none() => archive = Some(PathBuf::from(value)),
                Arg::Value(value) if path.is_none() => path = Some(path_bytes(value)),
                other => return Err(other.unexpected()),
            }
        }
        let archive = archive.ok_or("a path is missing")?;
        Ok(TakingArguments { archive, path, chosen })
    }

    /// Reads the image and has `plan` say what is written. Exit 0 if all was written, 1 if there is no such thing or
    /// it cannot be written to its end, 2 if the image cannot be read completely.
    pub fn write(
        self,
        plan: impl FnOnce(
            &Self,
            &Session,
            ImagePosition,
        ) -> Result<(Extraction, ExtractionNotes), Problem>,
    ) -> ExitCode {
        let (path, options) = (self.archive.clone(), self.chosen.options());
        let written = with_image(path, options, |driver, session, image| {
            Ok(plan(&self, session, image).and_then(|(extraction, notes)| {
                write_out(driver, &extraction)?;
                print_notes(&notes);
                Ok(())
            }))
        });
        let (problem, code) = match written {
            Ok(Ok(())) => return ExitCode::SUCCESS,
            Ok(Err(problem)) => (problem, 1),
            Err(problem) => (problem, 2),
        };
        eprintln!("{}: {problem}", self.archive.display());
        ExitCode::from(code)
    }
}

fn layer(parser: &mut Parser) -> Result<LayerNumber, lexopt::Error> {
    let number: u32 = parser.value()?.parse()?;
    Ok(LayerNumber::new(number).ok_or("layers are counted from 1")?)
}

/// A path's bytes, as the command line has them.
fn path_bytes(argument: OsString) -> Vec<u8> {
    #[cfg(unix)]
    return std::os::unix::ffi::OsStringExt::into_vec(argument);
    #[cfg(not(unix))]
    argument.to_string_lossy().into_owned().into_bytes()
}

/// Writes an extraction to standard output.
fn write_out(driver: &Driver<'_>, extraction: &Extraction) -> Result<(), Problem> {
    let terminal = io::stdout().is_terminal();
    let is_text = matches!(extraction, Extraction::Content { .. });
    if terminal && !is_text {
        return Err(Problem::new("write-failed", "An archive is not written to a terminal.")
            .expected("a file or a program as standard output, such as `> root.tar`")
            .found("a terminal"));
    }
    let mut closed = false;
    let out = StandardOutput { out: io::stdout().lock(), visible: terminal, closed: &mut closed };
    let mut out = BufWriter::with_capacity(WRITE_SIZE, out);
    let (mut line, total) = (ProgressLine::new(), extraction.content_bytes());
    let mut open = |file| driver.open_file(file);
    let result = write(extraction, &mut open, &mut out, &mut |done| {
        if !terminal {
            line.show_writing(done, total);
        }
    });
    // What is left in the buffer is written, so that it tells of a closed pipe.
    let left = out.flush().map_err(unwritten);
    drop(out);
    match result {
        _ if closed => Ok(()),
        Ok(()) => left,
        Err(problem) => Err(problem),
    }
}

/// Prints what is not as the image has it.
fn print_notes(notes: &ExtractionNotes) {
    let ExtractionNotes { lost_links, left_out, .. } = notes;
    if *lost_links > 0 {
        eprintln!("hard links without a target, written as empty files: {lost_links}");
    }
    if *left_out > 0 {
        eprintln!("left out, because of a NUL byte in the name or the target: {left_out}");
    }
}

/// Standard output.
struct StandardOutput<'a> {
    out: io::StdoutLock<'static>,
    /// Control characters are shown.
    visible: bool,
    /// Nobody reads any more.
    closed: &'a mut bool,
}

impl Write for StandardOutput<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = match self.visible {
            true => self.out.write_all(&visible(bytes)).map(|()| bytes.len()),
            false => self.out.write(bytes),
        };
        *self.closed |= is_closed(&result);
        result
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.out.flush();
        *self.closed |= is_closed(&result);
        result
    }
}

fn is_closed<T>(result: &io::Result<T>) -> bool {
    result.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Bytes for a terminal: control characters but tabs and line feeds as `^X`, and `?` for bytes that are not ASCII
/// and could be controls of eight bits.
fn visible(bytes: &[u8]) -> Vec<u8> {
    let mut shown = Vec::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b'\t' | b'\n' => shown.push(*byte),
            0..0x20 | 0x7f => shown.extend([b'^', byte ^ 0x40]),
            _ => shown.push(*byte),
        }
    }
    let text = String::from_utf8_lossy(&shown);
    let harmless = |c: char| if c.is_control() && !"\t\n".contains(c) { '?' } else { c };
    text.chars().map(harmless).collect::<String>().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_read() {
        let read =
            |line: &str| TakingArguments::read(Parser::from_args(line.split_whitespace())).ok();
        let arguments = |path: Option<&str>, chosen| {
            let path = path.map(|path| path.as_bytes().to_vec());
            Some(TakingArguments { archive: "a.tar".into(), path, chosen })
        };
        let all = ChosenLayers::default;
        let third = LayerNumber::new(3);
        let layer = ChosenLayers { layer: third, ..all() };
        let second = FirstShown::Position(ImagePosition(1));
        for (line, expected) in [
            ("a.tar", arguments(None, all())),
            ("a.tar usr/lib", arguments(Some("usr/lib"), all())),
            ("a.tar --layer 3", arguments(None, layer.clone())),
            ("a.tar /etc/x --layer=3", arguments(Some("/etc/x"), layer)),
            ("a.tar --up-to=3 /x", arguments(Some("/x"), ChosenLayers { up_to: third, ..all() })),
            ("--image 2 a.tar x", arguments(Some("x"), ChosenLayers { image: second, ..all() })),
            ("", None),
            ("a.tar /etc/x /etc/y", None),
            ("a.tar --layer", None),
            ("a.tar --layer 0", None),
            ("a.tar --layer 1 --up-to 2", None),
            ("a.tar --layer 1 --up-to 1", None),
            ("a.tar --image 1 --platform a/b", None),
            ("a.tar --secrets", None),
            ("a.tar --zip", None),
        ] {
            assert_eq!(read(line), expected, "{line}");
        }
    }

    #[test]
    fn a_terminal_gets_no_control_characters() {
        assert_eq!(visible(b"a\tb\n\x1b[31m\x7f"), b"a\tb\n^[[31m^?");
        assert_eq!(visible("é\u{9b}2J".as_bytes()), "é?2J".as_bytes());
        assert_eq!(visible(b"\x9b2J"), "\u{fffd}2J".as_bytes());
    }
}
