//! The two images of a comparison, and both in one session.
//!
//! - A comparison is a query of one session. An image of another source is saved there as an inspection (its
//!   indexes, without contents) and taken in here, once, and again if it has changed since.
//! - A side can be an image up to a layer: then the session makes an image of these layers.

use super::loaded::Loaded;
use super::open_source::OpenSource;
use super::spawn;
use crate::browser::page::client::{Attachment, Client};
use crate::browser::page::memory_file;
use crate::link::{Link, LinkTarget};
use crate::problem::Problem;
use crate::protocol::{AddInspection, SaveInspection, ShowImage, TakePart};
use crate::selection::LayerSelection;
use crate::vocabulary::{ImagePosition, LayerNumber};
use leptos::prelude::*;

/// An image of an open source, or its first layers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OpenImageAt {
    pub source: OpenSource,
    pub image: ImagePosition,
    /// The last layer that belongs to it; `None`: all do.
    pub last: Option<LayerNumber>,
}

/// The two images of a comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ComparedPair {
    pub a: OpenImageAt,
    pub b: OpenImageAt,
}

/// Where both images of a comparison are in the session of the first one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlacedPair {
    pub a: ImagePosition,
    pub b: ImagePosition,
}

impl OpenImageAt {
    /// A whole image.
    pub fn whole(source: OpenSource, image: ImagePosition) -> OpenImageAt {
        OpenImageAt { source, image, last: None }
    }

    /// The same image up to a layer.
    pub fn up_to(self, last: LayerNumber) -> OpenImageAt {
        OpenImageAt { last: Some(last), ..self }
    }

    /// The selection of layers that shows it.
    pub fn layers(self) -> LayerSelection {
        self.last.map_or(LayerSelection::All, LayerSelection::UpTo)
    }

    /// As a side of a comparison names it: a link without `#/`. Tracked.
    pub fn side(self) -> Option<String> {
        let link = self.link()?.to_string();
        link.strip_prefix("#/").map(str::to_owned)
    }

    /// The link to it; `None` for what no link can name. Tracked.
    pub fn link(self) -> Option<Link> {
        Some(Link { layers: self.layers(), ..self.link_to_image()? })
    }

    fn link_to_image(self) -> Option<Link> {
        // A link to the web opens one image of what is there.
        if self.source.web_link().is_some() && self.source.first_image() != Some(self.image) {
            return None;
        }
        if let Some(link) = self.source.pinned(self.image) {
            return Some(link);
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

/// The link to a comparison of two images; `None` if no link can name one of them. Tracked.
pub fn comparison_link(a: OpenImageAt, b: OpenImageAt) -> Option<Link> {
    Some(Link::to(LinkTarget::Compare { a: a.side()?, b: b.side()? }))
}

impl ComparedPair {
    /// Both as images of the first one's session, once they are ready.
    pub fn use_in_one_session(self) -> Signal<Loaded<PlacedPair>> {
        let ComparedPair { a, b } = self;
        let both = move || a.is_ready() && b.is_ready();
        Effect::new(move || {
            b.read();
            a.read();
        });
        if a.source == b.source && a.last.is_none() && b.last.is_none() {
            return Signal::derive(move || match both() {
                true => Loaded::of(PlacedPair { a: a.image, b: b.image }),
                false => Loaded::Loading,
            });
        }
        let placed = RwSignal::new(Loaded::Loading);
        Effect::new(move |asked: Option<bool>| {
            let due = both() && asked != Some(true);
            if due {
                spawn(async move {
                    placed.try_set(place(self).await.into());
                });
            }
            due || asked.unwrap_or_default()
        });
        let is_ready = move |image| a.source.image_state(image).ready;
        Signal::derive(move || match placed.get() {
            Loaded::Ready(pair) if !is_ready(pair.a) || !is_ready(pair.b) => Loaded::Loading,
            placed => placed,
        })
    }
}

/// Makes both images of the first one's session.
async fn place(pair: ComparedPair) -> Result<PlacedPair, Problem> {
    let ComparedPair { a, b } = pair;
    let client = client_of(a)?;
    let of_b = match a.source == b.source {
        true => b.image,
        false => take_in(a, b).await?,
    };
    Ok(PlacedPair { a: part(client, a.image, a.last).await?, b: part(client, of_b, b.last).await? })
}

fn client_of(image: OpenImageAt) -> Result<Client, Problem> {
    let client = image.source.client.get_untracked();
    client.ok_or_else(|| Problem::new("closed", "The source was closed."))
}

/// The image up to a layer as an image of its session.
async fn part(
    client: Client,
    image: ImagePosition,
    last: Option<LayerNumber>,
) -> Result<ImagePosition, Problem> {
    let Some(last) = last else { return Ok(image) };
    let image = client.ask(TakePart { image, last }).await?;
    client.ask(ShowImage { image }).await?;
    Ok(image)
}

/// The second image in the session of the first; taken in, unless it was and has not changed since.
async fn take_in(a: OpenImageAt, b: OpenImageAt) -> Result<ImagePosition, Problem> {
    let revision = untrack(|| b.source.image_state(b.image)).revision;
    let of = (b.source.id, b.image, revision);
    if let Some(image) = a.source.taken(of) {
        return Ok(image);
    }
    let name = untrack(|| b.source.file_name());
    let image = transfer(client_of(a)?, client_of(b)?, b.image, &name).await?;
    a.source.keep_taken(of, image);
    Ok(image)
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
