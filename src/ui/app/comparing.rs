//! Which open images a link to a comparison names.

use super::compared_pair::{ComparedPair, OpenImageAt};
use super::open_source::OpenSource;
use super::open_sources::{OpenSources, is_web};
use crate::link::{Link, LinkTarget};
use leptos::prelude::*;

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
        source.problem.read().is_none().then_some(OpenImageAt { source, image })
    }

    /// All images of open sources that a link can name; tracked.
    pub fn open_images(self) -> Vec<OpenImageAt> {
        let of_source = |source: OpenSource| {
            let info = source.info.get().unwrap_or_default();
            let images = info.images.iter().map(|line| line.image).collect::<Vec<_>>();
            images.into_iter().map(move |image| OpenImageAt { source, image })
        };
        self.list.get().into_iter().flat_map(of_source).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Event, ImageLine, SourceInfo};
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
