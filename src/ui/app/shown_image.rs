//! The image that is shown, as its views see it.
//!
//! A view lives for one image: position and source never change during its life. Another image is another view.

use super::image_states::ImageState;
use super::open_source::OpenSource;
use crate::browser::page::client::Client;
use crate::protocol::ImageLine;
use crate::text::Shown;
use crate::vocabulary::ImagePosition;
use leptos::prelude::*;

/// The image that is shown.
#[derive(Clone, Copy)]
pub struct ShownImage {
    pub source: OpenSource,
    pub position: ImagePosition,
    state: Memo<ImageState>,
}

impl ShownImage {
    /// An image of a source.
    pub fn new(source: OpenSource, position: ImagePosition) -> ShownImage {
        let state = Memo::new(move |_| source.image_state(position));
        ShownImage { source, position, state }
    }

    /// Grows whenever answers may have changed; tracked.
    pub fn revision(self) -> u32 {
        self.state.read().revision
    }

    /// Grows with each new tree; `None` until there is one. Tracked.
    pub fn tree(self) -> Option<u32> {
        self.state.read().tree
    }

    /// Everything that runs without being asked has ended; tracked.
    pub fn is_ready(self) -> bool {
        self.state.read().ready
    }

    /// The user has cancelled the work on it: what is left does not go on by itself. Tracked.
    pub fn is_cancelled(self) -> bool {
        self.state.read().cancelled
    }

    /// Its row in the list of images; tracked.
    pub fn line(self) -> ImageLine {
        self.source.image_line(self.position).unwrap_or_default()
    }

    /// What titles call it; tracked.
    pub fn title(self) -> Shown {
        self.source.title(self.position)
    }

    /// Who answers actions and orders; not tracked. `None` once the source is closed.
    pub fn client(self) -> Option<Client> {
        self.source.client.get_untracked()
    }
}

/// The image that is shown, from the context.
pub fn use_image() -> ShownImage {
    expect_context()
}
