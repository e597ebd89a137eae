//! The two images of a comparison, and both in one session.
//!
//! - A comparison is a query of one session. An image of another source is saved there as an inspection (its
//!   indexes, without contents) and taken in here, once; then both are images of this session.

use super::loaded::Loaded;
use super::open_source::OpenSource;
use super::spawn;
use crate::browser::page::client::{Attachment, Client};
use crate::browser::page::memory_file;
use crate::link::{Link, LinkTarget};
use crate::problem::Problem;
use crate::protocol::{AddInspection, SaveInspection, ShowImage};
use crate::vocabulary::ImagePosition;
use leptos::prelude::*;

/// An image of an open source.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OpenImageAt {
    pub source: OpenSource,
    pub image: ImagePosition,
}

/// The two images of a comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ComparedPair {
    pub a: OpenImageAt,
    pub b: OpenImageAt,
}

impl OpenImageAt {
    /// As a side of a comparison names it: a link without `#/`. Tracked.
    pub fn side(self) -> Option<String> {
        let link = self.link()?.to_string();
        link.strip_prefix("#/").map(str::to_owned)
    }

    /// The link to it; `None` for what no link can name. Tracked.
    pub fn link(self) -> Option<Link> {
        if let Some(link) = self.source.pinned(self.image) {
            // A link to the web opens one image of what is there.
            return Some(link).filter(|_| self.source.first_image() == Some(self.image));
        }
        let digest = self.source.image_line(self.image)?.image_id;
        (!digest.is_empty()).then(|| Link::to(LinkTarget::Archive { digest }))
    }

    /// Has it read. For handlers and effects.
    fn read(self) {
        let Some(client) = self.source.client.get_untracked() else { return };
        if untrack(|| self.source.pulling.read().is_some()) {
            self.source.need_layers();
        }
        let image = self.image;
        spawn(async move {
            let _ = client.ask(ShowImage { image }).await; // the source itself tells of a failure
        });
    }

    fn is_ready(self) -> bool {
        self.source.image_state(self.image).ready
    }
}

impl ComparedPair {
    /// The second image as an image of the first one's session, once both are ready.
    pub fn use_in_one_session(self) -> Signal<Loaded<ImagePosition>> {
        let ComparedPair { a, b } = self;
        let place = RwSignal::new(Loaded::Loading);
        if a.source == b.source {
            let both = move || a.is_ready() && b.is_ready();
            Effect::new(move || {
                b.read();
                a.read();
            });
            return Signal::derive(move || match both() {
                true => Loaded::of(b.image),
                false => Loaded::Loading,
            });
        }
        Effect::new(move || {
            b.read();
            a.read();
        });
        Effect::new(move |asked: Option<bool>| {
            let due = a.is_ready() && b.is_ready() && asked != Some(true);
            if due {
                take_in(self, place);
            }
            due || asked.unwrap_or_default()
        });
        Signal::derive(move || match place.get() {
            Loaded::Ready(image) if !a.source.image_state(*image).ready => Loaded::Loading,
            place => place,
        })
    }
}

/// Makes the second image one of the first one's session, unless it is already.
fn take_in(pair: ComparedPair, place: RwSignal<Loaded<ImagePosition>>) {
    let ComparedPair { a, b } = pair;
    if let Some(image) = a.source.taken(b.source.id, b.image) {
        place.set(Loaded::of(image));
        return;
    }
    let clients = a.source.client.get_untracked().zip(b.source.client.get_untracked());
    let Some((client_a, client_b)) = clients else { return };
    let name = untrack(|| b.source.file_name());
    spawn(async move {
        match transfer(client_a, client_b, b.image, &name).await {
            Ok(image) => {
                a.source.keep_taken(b.source.id, b.image, image);
                place.try_set(Loaded::of(image));
            }
            Err(problem) => {
                place.try_set(Loaded::Failed(problem));
            }
        }
    });
}

async fn transfer(
    to: Client,
    from: Client,
    image: ImagePosition,
    name: &str,
) -> Result<ImagePosition, Problem> {
    let (_, bytes) = from.ask_with(SaveInspection { image }, Attachment::Nothing, |_| ()).await?;
    let file = memory_file::file(name, &bytes)?;
    let question = AddInspection { name: name.to_owned() };
    let (taken, _) = to.ask_with(question, Attachment::File(file), |_| ()).await?;
    let image = taken.first().copied().ok_or_else(|| {
        Problem::new("inspection-expected", "The other image could not be taken in.")
    })?;
    to.ask(ShowImage { image }).await?;
    Ok(image)
}
