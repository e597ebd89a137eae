//! What the analyses want to see of file contents: one hook, so that one pass over a layer serves them all.
//!
//! A note is a JSON object with a field for each analysis that has something to say. It is made in the
//! worker that reads the layer, so that no content crosses to the session.
//!
//! - A file has further names: hard links, and paths through symbolic links. An analysis that asks for files
//!   by their names sees it under each; one that asks by content alone sees it once, during the pass.

use super::file_bytes::{FileBytes, FileParts, PartsEnd};
use super::packages::{Binary, CatalogFacts, CatalogRead, UnpackBudget, catalog, is_object};
use super::risks::NotedRisks;
use super::secrets::{NotedSecrets, SecretScanner, SharedSearch};
use crate::codec::ReadSeek;
use crate::entry::Member;
use crate::entry::path;
use crate::json;
use crate::layer::{ContentHook, FurtherName, HEAD, Limits, MAX_NOTES, Note, Wanted};
use crate::problem::Problem;
use crate::text::{TextEncoding, text_as_utf8};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::io::{self, Write};

/// Bytes of one file's note: half of what a layer's may have together.
const MAX_NOTE: usize = MAX_NOTES / 2;

/// What all analyses found in one file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FileNotes {
    /// By its name.
    #[serde(skip_serializing_if = "CatalogFacts::is_empty")]
    pub packages: CatalogFacts,
    /// By its content alone: the same under every name.
    #[serde(skip_serializing_if = "CatalogFacts::is_empty")]
    pub content: CatalogFacts,
    /// In its text, during the pass.
    #[serde(skip_serializing_if = "NotedSecrets::is_empty")]
    pub secrets: NotedSecrets,
    /// By its own name and content: accounts, certificates, programs.
    #[serde(skip_serializing_if = "NotedRisks::is_empty")]
    pub risks: NotedRisks,
}

impl FileNotes {
    /// Reads a note. An unreadable one was written by another version and counts as empty.
    pub fn parse(note: &Note) -> FileNotes {
        FileNotes::parse_text(&note.text)
    }

    /// Reads a note's text.
    pub fn parse_text(text: &str) -> FileNotes {
        json::from_text(text).unwrap_or_default()
    }

    /// Adds what the analyses say about a program or library.
    fn add_program(&mut self, file: &catalog::Candidate<'_>, content: FileBytes<'_>) {
        let binary = Binary::parse(content);
        for cataloger in catalog::CATALOGERS {
            if let CatalogRead::Program(read) = cataloger.read
                && (cataloger.wants)(file)
            {
                self.content.add(read(file, &binary));
            }
        }
        self.risks.program = NotedRisks::program(content);
    }

    /// A text in a note may take six times its bytes, so what is written is bounded, too.
    fn into_text(self) -> Option<String> {
        if self == FileNotes::default() {
            return None;
        }
        self.written().or_else(|| {
            let message = "The file says more about packages than the limit; it is left out.";
            let warnings = vec![Problem::new("packages-limit", message)];
            let packages = CatalogFacts { warnings, ..CatalogFacts::default() };
            let FileNotes { secrets, risks, .. } = self;
            FileNotes { packages, secrets, risks, ..FileNotes::default() }.written()
        })
    }

    fn written(&self) -> Option<String> {
        let mut text = BoundedText(Vec::new());
        serde_json::to_writer(&mut text, self).ok()?;
        String::from_utf8(text.0).ok() // serde_json writes UTF-8
    }
}

/// The text of a note, which fails to grow beyond its limit.
struct BoundedText(Vec<u8>);

impl Write for BoundedText {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len().saturating_add(bytes.len()) > MAX_NOTE {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A file to inspect, as the analyses choose it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InspectedFile {
    /// Relative to the root.
    pub path: Vec<u8>,
    /// Bytes.
    pub size: u64,
    /// Permission bits.
    pub mode: u16,
}

impl InspectedFile {
    fn candidate<'a>(&'a self, head: Option<&'a [u8]>) -> catalog::Candidate<'a> {
        let InspectedFile { path, size, mode } = self;
        catalog::Candidate { size: *size, mode: *mode, head, ..catalog::Candidate::at(path) }
    }

    /// Runs the analyses on the content of a file that is read by itself.
    pub fn inspect_alone(&self, content: &[u8]) -> Option<String> {
        self.notes(content, &UnpackBudget::of_one(self.size)).into_text()
    }

    /// Runs the analyses on a program that is read in parts. The second value says whether the first is all that there
    /// is to note.
    pub fn inspect_in_parts(&self, source: Box<dyn ReadSeek>) -> (Option<String>, PartsEnd) {
        let unpacking = UnpackBudget::of_one(self.size);
        let parts = FileParts::new(source);
        let content = FileBytes::InParts(&parts);
        let file = self.candidate(content.from(0, HEAD as u64));
        let file = catalog::Candidate { unpacking: Some(&unpacking), ..file };
        let mut notes = FileNotes::default();
        notes.add_program(&file, content);
        (notes.into_text(), parts.end())
    }

    /// How much of the file the analyses need, under its own name.
    pub fn wanted(&self, head: &[u8]) -> Wanted {
        let file = self.candidate(Some(head));
        let mut whole = catalog::CATALOGERS.iter().filter(|one| one.is_of_whole_files());
        if NotedRisks::wants(&file) || whole.any(|one| (one.wants)(&file)) {
            return Wanted::Whole;
        }
        if is_object(head) { Wanted::Parts } else { Wanted::Nothing }
    }

    /// Runs the analyses on the file's whole content, under its own name.
    fn notes(&self, content: &[u8], unpacking: &UnpackBudget) -> FileNotes {
        let file = self.candidate(Some(head(content)));
        let file = catalog::Candidate { unpacking: Some(unpacking), ..file };
        let text = as_text(content);
        let mut notes = FileNotes::default();
        for cataloger in catalog::CATALOGERS {
            if cataloger.is_of_whole_files() && (cataloger.wants)(&file) {
                let by_name = (cataloger.wants)(&self.candidate(None));
                let facts = if by_name { &mut notes.packages } else { &mut notes.content };
                facts.add(cataloger.read(&file, &text));
            }
        }
        notes.risks = NotedRisks::of(&file, content);
        if is_object(head(content)) {
            notes.add_program(&file, FileBytes::Held(content));
        }
        notes
    }

    /// Whether an analysis asks for the file under a further name. `link` and `real` as in `FurtherName`.
    pub fn is_asked_for_as(&self, path: &[u8], link: usize, real: &[u8]) -> bool {
        let link = path.get(..link).unwrap_or_default();
        let file = catalog::Candidate { path, link, ..self.candidate(None) };
        catalog::CATALOGERS.iter().any(|cataloger| asks(cataloger, &file, real))
    }

    /// Runs the analyses that ask for the file under a further name on its whole content. `beside` is what
    /// is noted about the file that belongs to it.
    pub fn inspect_as(
        &self,
        name: &FurtherName,
        beside: &[u8],
        content: &[u8],
        unpacking: &UnpackBudget,
    ) -> Option<String> {
        let FurtherName { path, link, real, .. } = name;
        let link = path.get(..*link as usize).unwrap_or_default();
        let head = Some(head(content));
        let unpacking = Some(unpacking);
        let file = catalog::Candidate { path, link, beside, unpacking, ..self.candidate(head) };
        let text = as_text(content);
        let mut notes = FileNotes::default();
        for cataloger in catalog::CATALOGERS {
            let unknown = catalog::Candidate { head: None, ..file };
            if asks(cataloger, &unknown, real) && (cataloger.wants)(&file) {
                notes.packages.add(cataloger.read(&file, &text));
            }
        }
        notes.into_text()
    }
}

/// Whether a cataloger asks for a file under a further name. Where symbolic links lead to a file that it asks
/// for in any case, they add nothing.
fn asks(cataloger: &catalog::Cataloger, file: &catalog::Candidate<'_>, real: &[u8]) -> bool {
    let at_home = catalog::Candidate { path: real, link: b"", ..*file };
    (cataloger.wants)(file) && (real.is_empty() || !(cataloger.wants)(&at_home))
}

fn head(content: &[u8]) -> &[u8] {
    &content[..content.len().min(HEAD)]
}

/// The content as UTF-8, where a byte order mark says that it is text. Catalogers of text need not care.
fn as_text(content: &[u8]) -> Cow<'_, [u8]> {
    match TextEncoding::detect(content) {
        (_, 0) => Cow::Borrowed(content),
        _ => text_as_utf8(content),
    }
}

/// Shows the contents of a pass to all analyses.
pub struct AnalysisHook {
    /// The file that `wants` was last called for.
    file: InspectedFile,
    unpacking: UnpackBudget,
    /// Looks for secrets in it.
    scanner: Option<SecretScanner>,
    /// For the next scanner.
    shared: SharedSearch,
    /// Something of the last file was left out, because files before it held so much.
    limited: bool,
}

impl AnalysisHook {
    /// For a pass with these limits.
    pub fn new(limits: Limits) -> AnalysisHook {
        AnalysisHook {
            file: InspectedFile::default(),
            unpacking: UnpackBudget::new(limits.unpacked),
            scanner: None,
            shared: SharedSearch::default(),
            limited: false,
        }
    }
}

impl ContentHook for AnalysisHook {
    fn wants(&mut self, member: &Member, head: &[u8]) -> Wanted {
        self.file = InspectedFile {
            path: path::parts(&member.name).join(&b'/'),
            size: member.size,
            mode: member.mode as u16,
        };
        let shared = std::mem::take(&mut self.shared);
        self.scanner = Some(SecretScanner::new(&self.file.path, shared));
        self.file.wanted(head)
    }

    fn read(&mut self, bytes: &[u8]) {
        if let Some(scanner) = &mut self.scanner {
            scanner.read(bytes);
        }
    }

    fn has_seen_enough(&self) -> bool {
        self.scanner.as_ref().is_none_or(SecretScanner::is_over)
    }

    fn note(&mut self, _: &Member, content: Option<&[u8]>) -> Option<String> {
        let mut notes = FileNotes::default();
        self.limited = false;
        if let Some(content) = content {
            self.unpacking.add_file(content.len() as u64);
            notes = self.file.notes(content, &self.unpacking);
            let is_partial = |facts: &CatalogFacts| facts.warnings.iter().any(Problem::leaves_out);
            let partial = is_partial(&notes.packages) || is_partial(&notes.content);
            self.limited = self.unpacking.was_short() && partial;
        }
        if let Some(scanner) = self.scanner.take() {
            (notes.secrets, self.shared) = scanner.end();
        }
        notes.into_text()
    }

    fn is_limited(&self) -> bool {
        self.limited
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn program(name: &str) -> Vec<u8> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/packages/programs/");
        std::fs::read(format!("{folder}{name}")).expect(name)
    }

    /// The notes of a program that is read whole, and of the same that is read in parts.
    fn noted(content: &[u8]) -> [Option<String>; 2] {
        let path = b"usr/bin/program".to_vec();
        let file = InspectedFile { path, size: content.len() as u64, mode: 0o755 };
        assert_eq!(file.wanted(head(content)), Wanted::Parts);
        let (in_parts, end) = file.inspect_in_parts(Box::new(Cursor::new(content.to_vec())));
        assert!(matches!(end, PartsEnd::Complete), "{end:?}");
        [file.inspect_alone(content), in_parts]
    }

    #[test]
    fn a_program_that_is_read_in_parts_has_the_notes_of_one_that_is_read_whole() {
        for name in ["go-modules.elf", "rust-crates.elf"] {
            let [whole, in_parts] = noted(&program(name));
            assert!(whole.as_ref().is_some_and(|text| text.contains("\"content\":")), "{name}");
            assert_eq!(in_parts, whole, "{name}");
        }
    }

    proptest! {
        #[test]
        fn damaged_programs_have_the_same_notes_however_they_are_read(
            go: bool,
            end in 16..=u16::MAX,
            changes in prop::collection::vec((4..=u16::MAX, any::<u8>()), 0..8),
        ) {
            let mut content = program(if go { "go-modules.elf" } else { "rust-crates.elf" });
            let scaled = |at: u16, size: usize| usize::from(at) * size / (usize::from(u16::MAX) + 1);
            content.truncate(scaled(end, content.len()).max(16));
            for (at, with) in changes {
                // Most of what matters is near the start.
                let size = content.len().min(if with % 2 == 0 { 1024 } else { usize::MAX });
                content[scaled(at, size).max(4)] = with;
            }
            let [whole, in_parts] = noted(&content);
            prop_assert_eq!(in_parts, whole);
        }
    }
}
