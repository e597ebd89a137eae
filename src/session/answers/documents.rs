//! One document: its exact bytes, and its JSON as lines.

use super::json_lines::json_lines;
use crate::oci::Digest;
use crate::problem::Problem;
use crate::protocol::DocumentContent;
use crate::session::state::Session;
use crate::vocabulary::ImagePosition;

impl Session {
    /// A document of an image, or of another image of the source, by its digest.
    pub(super) fn document_content(
        &self,
        image: ImagePosition,
        digest: &str,
    ) -> Result<DocumentContent, Problem> {
        let mut lines = self.document_lines(image)?;
        let found = Digest::parse(digest);
        let found = found.and_then(|digest| Some((self.documents.find(&digest)?, digest)));
        let Some((document, claimed)) = found else {
            return Err(
                Problem::new("no-such-document", "The source has no such document.").found(digest)
            );
        };
        let line = match lines.iter().position(|line| line.digest == digest) {
            Some(at) => lines.swap_remove(at),
            None => self.document_line(&claimed, document),
        };
        let is_document = |text: &str| {
            Digest::parse(text).is_some_and(|digest| self.documents.find(&digest).is_some())
        };
        let (lines, problem) = json_lines(&document.bytes, &is_document);
        Ok(DocumentContent { line, bytes: document.bytes.clone(), lines, problem })
    }
}
