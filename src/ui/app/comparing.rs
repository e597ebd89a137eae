//! Which open images a link to a comparison names.

use super::compared_pair::{ComparedPair, OpenImageAt};
use super::open_source::OpenSource;
use super::open_sources::{OpenSources, is_web};
use crate::link::{Link, LinkTarget};
use crate::selection::LayerSelection;
use crate::text::Shown;
use leptos::prelude::*;

/// Comparisons of one image that are listed at most: an archive may have ten thousand images.
const MOST_COMPARED: usize = 200;

impl OpenSources {
    /// The images that a comparison names, if both are open; tracked.
    pub fn compared(self, a: &str, b: &str) -> Option<ComparedPair> {
        Some(ComparedPair { a: self.open_image(a)?, b: self.open_image(b)? })
    }

    /// The image that a side of a comparison names, if it is open; tracked.
    pub fn open_image(self, side: &str) -> Option<OpenImageAt> {
        let link = Link::parse(&format!("#/{side}"));
        let (source, image) = match &link.target {
            LinkTarget::Archive { digest } => {
                let source = self.holder(digest)?;
                (source, source.position_of(digest)?)
            }
            place if is_web(place) => {
                let platform = link.platform.clone();
                let source = self.at(&Link { platform, ..Link::to(place.clone()) })?;
                (source, source.first_image()?)
            }
            _ => return None,
        };
        let last = match link.layers {
            LayerSelection::UpTo(last) => Some(last),
            // What layers changed is no image.
            LayerSelection::All | LayerSelection::Range(..) => None,
        };
        source.problem.read().is_none().then_some(OpenImageAt { source, image, last })
    }

    /// The image that others are compared with: the first one of the source that the user turned to last. Tracked.
    pub fn compared_with(self) -> Option<OpenImageAt> {
        let source = self.front.get().filter(|front| self.list.read().contains(front))?;
        let image = source.first_image().filter(|_| source.problem.read().is_none())?;
        Some(OpenImageAt::whole(source, image))
    }

    /// All images of open sources that a link can name; tracked.
    pub fn open_images(self) -> Vec<OpenImageAt> {
        let of_source = |source: OpenSource| {
            let info = source.info.get().unwrap_or_default();
            let images = info.images.iter().map(|line| line.image).collect::<Vec<_>>();
            images.into_iter().map(move |image| OpenImageAt::whole(source, image))
        };
        self.list.get().into_iter().flat_map(of_source).collect()
    }

    /// Comparisons of an image with the other open ones, each as a link with the other's name and platform, and how many
    /// images are not listed; tracked.
    pub fn comparisons_of(self, own: OpenImageAt) -> (Vec<(String, Shown, Shown)>, u64) {
        let mut others = self.open_images().into_iter().filter(|other| *other != own);
        let link = |other: OpenImageAt| {
            let place = LinkTarget::Compare { a: own.side()?, b: other.side()? };
            let platform = other.source.image_line(other.image).map(|line| line.platform);
            let name = other.source.title(other.image);
            Some((Link::to(place).to_string(), name, platform.unwrap_or_default()))
        };
        let links = others.by_ref().filter_map(link).take(MOST_COMPARED).collect();
        (links, others.count() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Event, ImageLine, SourceInfo};
    use crate::ui::app::comparison_link;
    use crate::ui::app::{Before, Navigation, Notices, Registries, SourceOrigin};
    use crate::vocabulary::ImagePosition;

    fn sources() -> OpenSources {
        let navigation = Navigation::fixed(Link::default());
        OpenSources::new(navigation, Registries::with_config(None), Notices::new())
    }

    fn open(sources: OpenSources, origin: SourceOrigin, ids: &[&str]) -> OpenSource {
        let source = sources.add(|id| OpenSource::new(id, "x".into(), origin, Before::default()));
        let line = |(at, id): (usize, &&str)| ImageLine {
            image: ImagePosition(at as u32),
            image_id: (*id).to_owned(),
            ..ImageLine::default()
        };
        let images = ids.iter().enumerate().map(line).collect();
        let info = SourceInfo { images, ..SourceInfo::default() };
        source.hear(Event::Opened { source: info, first: ImagePosition(0) });
        source
    }

    #[test]
    fn sides_name_images_of_one_source_or_of_two() {
        Owner::new().with(|| {
            let sources = sources();
            let files = SourceOrigin::Files { required: None };
            let local = open(sources, files, &["sha256:a", "sha256:b"]);
            let origin = SourceOrigin::Web(Box::new(Link::parse("#/image/alpine:3.20")));
            let web = open(sources, origin, &["sha256:c"]);
            let pair = sources.compared("archive/sha256:a", "archive/sha256:b").unwrap();
            assert_eq!((pair.a.source, pair.b.source), (local, local));
            assert_eq!((pair.a.image, pair.b.image), (ImagePosition(0), ImagePosition(1)));
            let pair = sources.compared("archive/sha256:b", "image/alpine:3.20").unwrap();
            assert_eq!((pair.a.source, pair.b.source), (local, web));
            for side in ["archive/sha256:x", "image/alpine:3.21", "search/x", ""] {
                assert_eq!(sources.compared("archive/sha256:a", side), None, "{side}");
            }
        });
    }

    #[test]
    fn a_side_can_be_an_image_up_to_a_layer() {
        Owner::new().with(|| {
            let sources = sources();
            let files = SourceOrigin::Files { required: None };
            open(sources, files, &["sha256:a"]);
            let pair = sources.compared("archive/sha256:a?layers=..2", "archive/sha256:a").unwrap();
            assert_eq!((pair.a.last.map(|last| last.get()), pair.b.last), (Some(2), None));
            assert_eq!(pair.a.side().as_deref(), Some("archive/sha256:a?layers=..2"));
            let link = comparison_link(pair.a, pair.b).unwrap().to_string();
            let want = "#/compare?a=archive%2Fsha256%3Aa%3Flayers%3D..2&b=archive%2Fsha256%3Aa";
            assert_eq!(link, want);
        });
    }

    #[test]
    fn an_image_s_own_side_names_it() {
        Owner::new().with(|| {
            let sources = sources();
            let files = SourceOrigin::Files { required: None };
            open(sources, files, &["sha256:a", "sha256:b", ""]);
            let images = sources.open_images();
            let sides: Vec<_> = images.iter().map(|image| image.side()).collect();
            let side = |text: &str| Some(text.to_owned());
            assert_eq!(sides, [side("archive/sha256:a"), side("archive/sha256:b"), None]);
            assert_eq!(sources.open_image("archive/sha256:b"), Some(images[1]));
        });
    }

    #[test]
    fn of_many_images_some_can_be_compared_and_the_rest_is_counted() {
        Owner::new().with(|| {
            let sources = sources();
            let files = SourceOrigin::Files { required: None };
            let few = open(sources, files.clone(), &["sha256:a", "sha256:b", ""]);
            let own = OpenImageAt { source: few, image: ImagePosition(0), last: None };
            let (links, more) = sources.comparisons_of(own);
            assert_eq!((links.len(), more), (1, 0), "what no link can name is left out");
            assert_eq!(links[0].0, "#/compare?a=archive%2Fsha256%3Aa&b=archive%2Fsha256%3Ab");
            let ids: Vec<String> = (0..1203).map(|at| format!("sha256:{at}")).collect();
            open(sources, files, &ids.iter().map(String::as_str).collect::<Vec<_>>());
            let (links, more) = sources.comparisons_of(own);
            assert_eq!((links.len(), more), (MOST_COMPARED, 1004));
        });
    }

    #[test]
    fn only_the_first_image_of_an_archive_on_the_web_can_be_named() {
        Owner::new().with(|| {
            let sources = sources();
            let origin = Link::parse("#/url/https%3A%2F%2Fa.example%2Fx.tar");
            open(sources, SourceOrigin::Web(Box::new(origin)), &["sha256:a", "sha256:b"]);
            let sides: Vec<_> = sources.open_images().iter().map(|image| image.side()).collect();
            assert!(sides[0].as_deref().is_some_and(|side| side.starts_with("url/")), "{sides:?}");
            assert_eq!(
                sides[1], None,
                "it would be compared with the first image, called by its name"
            );
        });
    }
}
