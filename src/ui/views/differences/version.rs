//! Where a version of a file is, and how two are compared.
//!
//! - The content of the first is read from its session and goes with the question to the session of the second, so it
//!   makes no difference whether both are of one source.

use crate::browser::page::client::Attachment;
use crate::problem::Problem;
use crate::protocol::{
    CompareContent, ContentComparison, FileState, LinkPath, MAX_COMPARED_CONTENT, OrderProgress,
    ReadContent,
};
use crate::selection::LayerSelection;
use crate::ui::app::OpenSource;
use crate::vocabulary::ImagePosition;
use leptos::prelude::GetUntracked;

/// A version of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct FileVersion {
    pub source: OpenSource,
    pub image: ImagePosition,
    pub path: LinkPath,
    /// The state after which it is this version.
    pub layers: LayerSelection,
    /// What it is called: `layer 2`.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// BLAKE3, where it was computed.
    pub hash: Option<String>,
}

/// What is known about two versions before their contents are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownBefore {
    /// They have one content.
    Same,
    /// One of them is larger than what is compared.
    TooLarge,
    /// Nothing yet.
    Unknown,
}

impl FileVersion {
    /// A version by its state.
    pub fn of_state(
        source: OpenSource,
        (image, path): (ImagePosition, LinkPath),
        layers: LayerSelection,
        name: String,
        state: &FileState,
    ) -> FileVersion {
        let (size, hash) = (state.size, state.content_hash.clone());
        FileVersion { source, image, path, layers, name, size, hash }
    }

    /// What two versions' facts tell.
    pub fn known_before(&self, other: &FileVersion) -> KnownBefore {
        match (&self.hash, &other.hash) {
            (Some(one), Some(other)) if one == other => KnownBefore::Same,
            _ if self.size.max(other.size) > MAX_COMPARED_CONTENT => KnownBefore::TooLarge,
            _ => KnownBefore::Unknown,
        }
    }
}

/// Reads both contents and compares them.
pub async fn compare(
    before: FileVersion,
    after: FileVersion,
    progress: impl Fn(OrderProgress) + Copy + 'static,
) -> Result<ContentComparison, Problem> {
    let client = |version: &FileVersion| {
        let client = version.source.client.get_untracked();
        client.ok_or_else(|| Problem::new("closed", "The source was closed."))
    };
    let (of_before, of_after) = (client(&before)?, client(&after)?);
    let bytes = match before.size {
        0 => Vec::new(),
        length => {
            let FileVersion { image, path, layers, .. } = before;
            let question = ReadContent { image, path, layers, offset: 0, length };
            of_before.ask_with(question, Attachment::Nothing, progress).await?.1
        }
    };
    let FileVersion { image, path, layers, .. } = after;
    let question = CompareContent { image, path, layers, before: bytes };
    Ok(of_after.ask_with(question, Attachment::Nothing, progress).await?.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::app::use_image;
    use crate::ui::testing::TestPage;
    use leptos::prelude::*;

    #[test]
    fn hashes_and_sizes_can_tell_without_reading() {
        TestPage::new().render(|| {
            let version = |size, hash: Option<&str>| FileVersion {
                source: use_image().source,
                image: ImagePosition(0),
                path: LinkPath("/f".into()),
                layers: LayerSelection::All,
                name: "layer 1".into(),
                size,
                hash: hash.map(str::to_owned),
            };
            let large = MAX_COMPARED_CONTENT + 1;
            for (one, other, want) in [
                (version(3, Some("a")), version(3, Some("b")), KnownBefore::Unknown),
                (version(3, None), version(3, None), KnownBefore::Unknown),
                (version(large, Some("a")), version(large, Some("a")), KnownBefore::Same),
                (version(3, Some("a")), version(large, Some("b")), KnownBefore::TooLarge),
            ] {
                assert_eq!(one.known_before(&other), want);
            }
            ().into_any()
        });
    }
}
