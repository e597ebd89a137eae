//! `layerscope cat PATH FILE`: the content of one file on standard output.
//!
//! - Symbolic links of the image are followed, in the image.
//! - Exit 0 if the file was written, 1 if there is no such file or its content cannot be written, 2 for wrong use
//!   or an image that cannot be read completely.

use super::taking::TakingArguments;
use crate::protocol::ExtractionNotes;
use lexopt::Parser;
use std::process::ExitCode;

/// For the usage.
pub const ARGUMENTS: &str = "PATH|- FILE [--layer N | --up-to N] \
     [--image N | --platform OS/ARCH[/VARIANT]]";

/// Prints the file.
pub fn run(parser: Parser) -> Result<ExitCode, lexopt::Error> {
    let arguments = TakingArguments::read(parser)?;
    let file = arguments.path.clone().ok_or("the path of a file in the image is missing")?;
    Ok(arguments.write(|arguments, session, image| {
        let content = session.content_extraction(image, &file, arguments.chosen.selection())?;
        Ok((content, ExtractionNotes::default()))
    }))
}
