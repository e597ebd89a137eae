//! The open sources: which there are, and which of them is shown.
//!
//! - Each source has its own session, whose work goes on while another is shown.
//! - The link chooses: the source that holds its image is shown. `front` is the source that the user turned to
//!   last; it decides where two hold the same image, and where no link can name what is shown.
//! - How sources are opened, and closed again, is in `opening`.

use super::batch::{Batch, OpeningEnd};
use super::compared_pair::ComparedPair;
use super::navigation::Navigation;
use super::notices::Notices;
use super::open_source::{OpenSource, SourceId};
use super::registries::{Registries, registry_of};
use super::spawn;
use crate::browser::page::machine;
use crate::link::{Link, LinkTarget};
use crate::vocabulary::ImagePosition;
use leptos::prelude::*;

/// What the page shows.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "handles of signals, of which there is one value")]
pub enum Screen {
    /// Nothing is open, or not what the link names.
    Start,
    /// A source is being opened; nothing is known about its contents yet.
    Opening(OpenSource),
    /// A source could not be opened.
    Failed(OpenSource),
    /// A source without an image.
    Contents(OpenSource),
    /// An image.
    Image(OpenSource, ImagePosition),
    /// Two images compared.
    Compare(ComparedPair),
    /// A list of a registry.
    List,
}

impl Screen {
    /// The source that is shown.
    pub fn source(self) -> Option<OpenSource> {
        match self {
            Screen::Opening(source)
            | Screen::Failed(source)
            | Screen::Contents(source)
            | Screen::Image(source, _) => Some(source),
            Screen::Start | Screen::List | Screen::Compare(_) => None,
        }
    }
}

/// What nothing on screen tracks.
pub(super) struct SourceListDetails {
    /// Signals of sources belong to it: they live as long as the page.
    pub owner: Owner,
    pub next: u32,
    /// IDs of images that were open since the page was loaded: a link to one of them asks for no file.
    pub seen: Vec<String>,
    /// The platform of this machine.
    pub platform: Option<String>,
    /// Sources that were opened together and have not all arrived.
    pub batches: Vec<Batch>,
}

/// All open sources. All of it is signals, so it is copied.
#[derive(Clone, Copy)]
pub struct OpenSources {
    pub(super) navigation: Navigation,
    pub(super) registries: Registries,
    pub(super) notices: Notices,
    pub(super) kept: StoredValue<SourceListDetails>,
    /// In the order in which they were opened.
    pub list: RwSignal<Vec<OpenSource>>,
    /// The source that the user turned to last.
    pub front: RwSignal<Option<OpenSource>>,
}

impl OpenSources {
    /// None. Their signals will belong to the current owner.
    pub fn new(navigation: Navigation, registries: Registries, notices: Notices) -> OpenSources {
        let owner = Owner::current().unwrap_or_default();
        let (seen, batches) = (Vec::new(), Vec::new());
        let kept = SourceListDetails { owner, next: 1, seen, platform: None, batches };
        OpenSources {
            navigation,
            registries,
            notices,
            kept: StoredValue::new(kept),
            list: RwSignal::new(Vec::new()),
            front: RwSignal::new(None),
        }
    }

    /// Finds out the platform of this machine, and follows the link from now on.
    pub fn follow_link(self) {
        spawn(async move {
            let platform = machine::platform().await;
            self.kept.update_value(|kept| kept.platform = platform);
        });
        Effect::new(move || {
            if let Some(id) = self.navigation.archive_image() {
                untrack(|| self.turn_to_image(&id));
            }
        });
        Effect::new(move || {
            let (place, platform) = (self.navigation.place(), self.navigation.platform());
            if self.registries.is_loaded() && is_web(&place) {
                untrack(|| self.follow_web(Link { platform, ..Link::to(place) }));
            }
        });
        Effect::new(move || {
            if let Some((source, link)) = self.shown_link() {
                source.shown_under(link);
            }
        });
    }

    /// The source whose image is shown, and the link that shows it; tracked. What is opened from the web arrives
    /// under the link that it was opened by, so the source changes without the link.
    fn shown_link(self) -> Option<(OpenSource, Link)> {
        match self.screen() {
            Screen::Image(source, _) => Some((source, self.navigation.link())),
            _ => None,
        }
    }

    /// Opens what the link names on the web, if its registry is known and it is not open yet.
    fn follow_web(self, link: Link) {
        if let Some(source) = self.at(&link) {
            return self.turn_to(source);
        }
        if registry_of(&link.target).is_some_and(|registry| self.registries.is_known(&registry)) {
            self.open_web(link);
        }
    }

    pub(super) fn turn_to_image(self, id: &str) {
        if let Some(source) = untrack(|| self.holder(id)) {
            self.turn_to(source);
        }
    }

    /// Puts a source in front; the link stays.
    pub(super) fn turn_to(self, source: OpenSource) {
        let front = self.front.get_untracked();
        if front == Some(source) {
            return;
        }
        self.front.set(Some(source));
        // What could not be opened has been read.
        if let Some(failed) = front.filter(|front| front.problem.read_untracked().is_some()) {
            self.remove(failed);
        }
    }

    /// The source that holds an image of this machine: the one in front, else the newest. Tracked.
    pub(super) fn holder(self, image_id: &str) -> Option<OpenSource> {
        let holds = |source: &OpenSource| {
            source.web_link().is_none() && source.position_of(image_id).is_some()
        };
        let front = self.front.get().filter(holds);
        front.or_else(|| self.list.get().into_iter().rev().find(holds))
    }

    /// The source that a link names on the web; tracked.
    pub(super) fn at(self, link: &Link) -> Option<OpenSource> {
        let is_it = |source: &OpenSource| source.is_at(link);
        let front = self.front.get().filter(is_it);
        front.or_else(|| self.list.get().into_iter().rev().find(is_it))
    }

    /// Still open, or being opened; not tracked.
    pub fn has(self, source: OpenSource) -> bool {
        self.list.read_untracked().contains(&source)
    }

    /// Shows a source as it was last shown.
    pub fn show(self, source: OpenSource) {
        self.turn_to(source);
        if source.info.read_untracked().is_some() {
            let link = untrack(|| self.link_to(source));
            self.navigation.go(|current| *current = link);
        }
    }

    /// The link to a source as it was last shown; tracked.
    pub fn link_to(self, source: OpenSource) -> Link {
        let id = source.first_image().and_then(|image| source.image_line(image));
        let id = id.map(|line| line.image_id).filter(|id| !id.is_empty());
        let place = id.map_or(LinkTarget::Start, |digest| LinkTarget::Archive { digest });
        let own = source.web_link().unwrap_or_else(|| Link::to(place));
        let still_there = |last: &Link| match &last.target {
            LinkTarget::Archive { digest } => source.position_of(digest).is_some(),
            // A link that is pinned to the digest shows the same.
            place => source.is_at(last) || (*place == own.target && last.platform == own.platform),
        };
        source.last_link().filter(still_there).unwrap_or(own)
    }

    /// Leaves what no link can name, for the start page.
    pub fn leave(self) {
        let front = self.front.get_untracked();
        if front.is_some_and(|front| untrack(|| front.is_nameless())) {
            self.front.set(None);
        }
    }

    /// The image of a local archive that the link names and no open source holds; tracked. `None` also while
    /// something else is the matter.
    pub fn missing_image(self) -> Option<String> {
        let id = self.navigation.archive_image()?;
        let failed = self.front.get().filter(|front| front.problem.read().is_some());
        let other_failed = failed.is_some_and(|front| front.required_image().is_none());
        (!other_failed && self.holder(&id).is_none()).then_some(id)
    }

    /// What the link names on the web and the user has not agreed to contact; tracked.
    pub fn needs_agreement(self) -> Option<Link> {
        let (place, platform) = (self.navigation.place(), self.navigation.platform());
        let web = self.registries.is_loaded() && is_web(&place);
        let link = Link { platform, ..Link::to(place) };
        (web && self.at(&link).is_none()).then_some(link)
    }

    /// What to show; tracked.
    pub fn screen(self) -> Screen {
        let front = self.front.get();
        let place = self.navigation.place();
        if matches!(place, LinkTarget::Repository(_) | LinkTarget::Search(_)) {
            return Screen::List;
        }
        if let LinkTarget::Compare { a, b } = &place
            && let Some(pair) = self.compared(a, b)
        {
            return Screen::Compare(pair);
        }
        let web = is_web(&place).then(|| {
            let platform = self.navigation.platform();
            self.at(&Link { platform, ..Link::to(place.clone()) })
        });
        // A source that is being opened is shown under any link, except one to something else on the web.
        if let Some(front) = front.filter(|front| front.info.read().is_none() && web != Some(None))
        {
            return match front.is_opening() {
                true => Screen::Opening(front),
                false => Screen::Failed(front),
            };
        }
        let nameless = front.filter(|front| front.is_nameless());
        let (source, image) = match place {
            LinkTarget::Archive { digest } => match self.holder(&digest) {
                Some(source) => (Some(source), source.position_of(&digest)),
                None => {
                    let required = |s: &OpenSource| s.required_image().as_ref() == Some(&digest);
                    let source = nameless.filter(required);
                    (source, source.and_then(OpenSource::first_image))
                }
            },
            LinkTarget::Start => (nameless, nameless.and_then(OpenSource::first_image)),
            _ => {
                let source = web.flatten();
                (source, source.and_then(OpenSource::first_image))
            }
        };
        match (source, image) {
            (Some(source), _) if source.problem.read().is_some() => Screen::Failed(source),
            (Some(source), Some(image)) => Screen::Image(source, image),
            (Some(source), None) => Screen::Contents(source),
            (None, _) => Screen::Start,
        }
    }

    /// A new source, at the end of the list.
    pub(super) fn add(self, make: impl FnOnce(SourceId) -> OpenSource) -> OpenSource {
        let (id, owner) = self.kept.with_value(|kept| (SourceId(kept.next), kept.owner.clone()));
        self.kept.update_value(|kept| kept.next += 1);
        let source = owner.with(|| make(id));
        self.list.update(|list| list.push(source));
        source
    }

    /// Ends a source's session.
    pub(super) fn remove(self, source: OpenSource) {
        self.list.update(|list| list.retain(|other| *other != source));
        if let Some(client) = source.client.get_untracked() {
            self.registries.forget(client);
        }
        self.end_opening(source, OpeningEnd::Closed);
        source.close();
    }

    /// Notes what became of a source that was opened together with others, and tells it once all have arrived or
    /// failed. `false` for one that was opened by itself, or has arrived before.
    pub(super) fn end_opening(self, source: OpenSource, end: OpeningEnd) -> bool {
        let message = self.kept.try_update_value(|kept| {
            let at = kept.batches.iter().position(|batch| batch.awaits(source.id))?;
            kept.batches[at].end(source.id, end);
            let is_over = kept.batches[at].is_over();
            Some(if is_over { kept.batches.remove(at).message() } else { None })
        });
        match message.flatten() {
            None => return false,
            Some(None) => {}
            Some(Some((title, Some(problem)))) => self.notices.failed(title, problem),
            Some(Some((title, None))) => self.notices.say(title),
        }
        true
    }

    /// Another source that was opened together with this one, and has not failed.
    pub(super) fn companion(self, source: OpenSource) -> Option<OpenSource> {
        let ids = self.kept.with_value(|kept| {
            let batch = kept.batches.iter().find(|batch| batch.awaits(source.id));
            batch.map(|batch| batch.sources().to_vec()).unwrap_or_default()
        });
        let is_one = |other: &OpenSource| {
            *other != source && ids.contains(&other.id) && other.problem.read_untracked().is_none()
        };
        self.list.get_untracked().into_iter().find(is_one)
    }
}

/// An image in a registry or a file at an address.
pub(super) fn is_web(place: &LinkTarget) -> bool {
    matches!(place, LinkTarget::Image { .. } | LinkTarget::Url(_))
}

/// The open sources, from the context.
pub fn use_sources() -> OpenSources {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Event, ImageLine, SourceInfo};
    use crate::ui::app::{Before, SourceOrigin};

    /// A source that was opened by this link, with one image.
    fn from_web(sources: OpenSources, link: &str) -> OpenSource {
        let link = Link::parse(link);
        let origin = Link { platform: link.platform.clone(), ..Link::to(link.target) };
        sources.add(|id| {
            let origin = SourceOrigin::Web(Box::new(origin));
            OpenSource::new(id, "image".into(), origin, Before::default())
        })
    }

    fn arrive(source: OpenSource, registry: Option<crate::protocol::RegistryInfo>) {
        let line = ImageLine { image_id: "sha256:a".into(), ..ImageLine::default() };
        let source_info = SourceInfo { images: vec![line], registry, ..SourceInfo::default() };
        source.hear(Event::Opened { source: source_info, first: ImagePosition(0) });
    }

    #[test]
    fn an_image_from_the_web_is_found_under_the_link_that_it_was_opened_by() {
        Owner::new().with(|| {
            let text = "#/url/https%3A%2F%2Fa.example%2Fi.tar?view=files&layers=2&path=/etc";
            let navigation = Navigation::fixed(Link::parse(text));
            let registries = Registries::with_config(None);
            let sources = OpenSources::new(navigation, registries, Notices::new());
            let source = from_web(sources, text);
            sources.turn_to(source);
            let shown = Memo::new(move |_| sources.shown_link());
            assert_eq!(shown.get(), None, "it is being opened");
            arrive(source, None);
            let (shown_source, link) =
                shown.get().expect("it has arrived, and the link is the same");
            assert_eq!((shown_source, link.to_string()), (source, text.to_owned()));
            source.shown_under(link);
            navigation.go(|link| *link = Link::parse("#/archive/sha256:b"));
            assert_eq!(sources.link_to(source).to_string(), text);
        });
    }

    #[test]
    fn an_image_of_a_registry_is_found_under_its_pinned_link() {
        Owner::new().with(|| {
            let navigation = Navigation::fixed(Link::default());
            let registries = Registries::with_config(None);
            let sources = OpenSources::new(navigation, registries, Notices::new());
            let source = from_web(sources, "#/image/alpine:3.20");
            arrive(
                source,
                Some(crate::protocol::RegistryInfo {
                    reference: "alpine:3.20".into(),
                    digest: "sha256:d".into(),
                    ..Default::default()
                }),
            );
            let pinned = "#/image/alpine:3.20@sha256:d?view=history";
            source.shown_under(Link::parse(pinned));
            assert_eq!(sources.link_to(source).to_string(), pinned);
            source.shown_under(Link::parse("#/image/alpine:3.21"));
            assert_eq!(sources.link_to(source).to_string(), "#/image/alpine:3.20");
        });
    }
}
