//! One open source: the client of its session, and what the session reported about it, as signals.
//!
//! - Which source is shown, and which of its images, is derived from the link (`open_sources`).
//! - Signals of a source live as long as the page, a few hundred bytes each; `close` drops what they hold.

use super::extracting::Extracting;
use super::image_states::{ImageState, ImageStates};
use super::order::RunningOrder;
use super::spawn;
use crate::browser::page::client::Client;
use crate::link::{Link, LinkTarget};
use crate::problem::Problem;
use crate::protocol::{Event, ImageLine, Progress, Pulling, Source, SourceInfo};
use crate::text::Shown;
use crate::ui::words;
use crate::vocabulary::ImagePosition;
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// News of layers is held back so long, so that many layers in a row lead to one question.
const NEWS_INTERVAL: Duration = Duration::from_millis(120);

/// Names an open source within the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// Where a source comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum SourceOrigin {
    /// Files of this machine.
    Files {
        /// The image ID that the link named when they were opened: a source without it is refused.
        required: Option<String>,
    },
    /// The web: place and platform, as the link named them.
    Web(Box<Link>),
}

/// What was shown when a source was opened: Cancel leads back to it.
#[derive(Clone, Default)]
pub struct Before {
    pub source: Option<OpenSource>,
    pub link: Link,
}

/// Files as they were picked.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PickedFiles {
    /// Bytes of all files.
    pub size: u64,
    /// Number of files.
    pub count: usize,
}

/// An image of another source, as it was at a revision.
pub(super) type TakenImage = (SourceId, ImagePosition, u32);

/// What nothing on screen tracks.
pub(super) struct SourceDetails {
    name: String,
    origin: SourceOrigin,
    before: Before,
    /// A view has asked for the layers of an image in a registry.
    pub(super) layers_needed: bool,
    /// The link that it was last shown under.
    last_link: Option<Link>,
    /// News that waits for its time.
    delayed_news: Vec<ImagePosition>,
    /// Images whose layers were shown.
    seen: Vec<ImagePosition>,
    /// Vulnerability checks, and lookups of base images.
    checks: BTreeMap<ImagePosition, RunningOrder>,
    base_lookups: BTreeMap<ImagePosition, RunningOrder>,
    /// Images of other sources that its session has taken in, with their positions there.
    taken: BTreeMap<TakenImage, ImagePosition>,
    /// Signals that are made later belong to it.
    owner: Owner,
}

/// A source that is open, is being opened, or could not be opened. All of it is signals, so it is copied.
#[derive(Clone, Copy)]
pub struct OpenSource {
    pub id: SourceId,
    pub(super) kept: StoredValue<SourceDetails>,
    /// Who answers for it.
    pub client: RwSignal<Option<Client>>,
    /// What opening found.
    pub info: RwSignal<Option<Arc<SourceInfo>>>,
    /// The image to show where the link names none.
    pub first: RwSignal<ImagePosition>,
    /// Files found so far, while its folder is walked.
    pub walked: RwSignal<u32>,
    /// The files of a local source, once they are known.
    pub picked: RwSignal<PickedFiles>,
    /// State of the download, for an image in a registry.
    pub pulling: RwSignal<Option<Arc<Pulling>>>,
    /// Work in progress.
    pub progress: RwSignal<Option<Progress>>,
    /// The verifier of signatures is being fetched: bytes so far, and in all (0: not known).
    pub fetching_verifier: RwSignal<Option<(u64, u64)>>,
    /// Why it could not be opened.
    pub problem: RwSignal<Option<Problem>>,
    /// How far the session is with its images.
    pub images: ImageStates,
    /// What is taken out of its images.
    pub extracting: Extracting,
}

impl PartialEq for OpenSource {
    fn eq(&self, other: &OpenSource) -> bool {
        self.id == other.id
    }
}

impl std::fmt::Debug for OpenSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.id)
    }
}

impl OpenSource {
    /// A source of which only name and origin are known. Its signals belong to the current owner.
    pub fn new(id: SourceId, name: String, origin: SourceOrigin, before: Before) -> OpenSource {
        let kept = SourceDetails {
            name,
            origin,
            before,
            layers_needed: false,
            last_link: None,
            delayed_news: Vec::new(),
            seen: Vec::new(),
            checks: BTreeMap::new(),
            base_lookups: BTreeMap::new(),
            taken: BTreeMap::new(),
            owner: Owner::current().unwrap_or_default(),
        };
        OpenSource {
            id,
            kept: StoredValue::new(kept),
            client: RwSignal::new(None),
            info: RwSignal::new(None),
            first: RwSignal::new(ImagePosition(0)),
            walked: RwSignal::new(0),
            picked: RwSignal::new(PickedFiles::default()),
            pulling: RwSignal::new(None),
            progress: RwSignal::new(None),
            fetching_verifier: RwSignal::new(None),
            problem: RwSignal::new(None),
            images: ImageStates::new(),
            extracting: Extracting::default(),
        }
    }

    /// The name of the file, folder, reference or address.
    pub fn name(self) -> Shown {
        Shown::new(self.file_name())
    }

    /// The same, unescaped, for names of files to save.
    pub fn file_name(self) -> String {
        self.kept.with_value(|kept| kept.name.clone())
    }

    /// Where it comes from.
    pub fn origin(self) -> SourceOrigin {
        self.kept.with_value(|kept| kept.origin.clone())
    }

    /// The link to it on the web, as it was opened; `None` for files of this machine.
    pub fn web_link(self) -> Option<Link> {
        match self.origin() {
            SourceOrigin::Web(link) => Some(*link),
            SourceOrigin::Files { .. } => None,
        }
    }

    /// The image ID that the link named when it was opened.
    pub fn required_image(self) -> Option<String> {
        match self.origin() {
            SourceOrigin::Files { required } => required,
            SourceOrigin::Web(_) => None,
        }
    }

    /// What was shown before it was opened.
    pub fn before(self) -> Before {
        self.kept.with_value(|kept| kept.before.clone())
    }

    /// The link that it was last shown under.
    pub fn last_link(self) -> Option<Link> {
        self.kept.with_value(|kept| kept.last_link.clone())
    }

    /// Remembers the link that it is shown under.
    pub fn shown_under(self, link: Link) {
        self.kept.update_value(|kept| kept.last_link = Some(link));
    }

    /// Nothing is known about its contents yet; tracked.
    pub fn is_opening(self) -> bool {
        self.info.read().is_none() && self.problem.read().is_none()
    }

    /// The row of an image, where it is known; tracked.
    pub fn image_line(self, image: ImagePosition) -> Option<ImageLine> {
        let info = self.info.read();
        info.as_ref()?.images.iter().find(|line| line.image == image).cloned()
    }

    /// The position of the image with this ID; tracked.
    pub fn position_of(self, image_id: &str) -> Option<ImagePosition> {
        let info = self.info.read();
        let mut images = info.as_ref()?.images.iter().filter(|line| line.image_id == image_id);
        images.next().map(|line| line.image)
    }

    /// The image to show where the link names none; `None` if it has no image. Tracked.
    pub fn first_image(self) -> Option<ImagePosition> {
        let first = self.first.get();
        self.image_line(first).map(|line| line.image)
    }

    /// No link can name what it shows: it has no image, or only a layer whose diff ID is not known yet.
    /// Tracked.
    pub fn is_nameless(self) -> bool {
        let first = self.first.get();
        self.info.read().is_some()
            && self.image_line(first).is_none_or(|line| line.image_id.is_empty())
    }

    /// What titles call an image: its first name, else the start of its ID; for a root file system or a bare
    /// layer the file's name. Tracked.
    pub fn title(self, image: ImagePosition) -> Shown {
        let title =
            self.image_line(image).filter(|line| !line.bare).map(|line| words::title(&line));
        title.filter(|title| !title.is_empty()).unwrap_or_else(|| self.name())
    }

    /// The link to what is shown of it, pinned to a digest if it is in a registry. `None` for files of
    /// this machine. Tracked.
    pub fn pinned(self, image: ImagePosition) -> Option<Link> {
        let origin = self.web_link()?;
        let info = self.info.read();
        let Some(registry) = info.as_ref().and_then(|info| info.registry.clone()) else {
            return Some(origin);
        };
        let place =
            LinkTarget::Image { reference: registry.reference, digest: Some(registry.digest) };
        let platform = self.image_line(image).map(|line| line.platform.into_string());
        let platform = platform.filter(|_| registry.is_index).unwrap_or_default();
        Some(Link { platform, ..Link::to(place) })
    }

    /// Makes a link one to keep: pinned to a digest if the image is in a registry, with the image's name if it is
    /// in a file of this machine, which its reader has to find. Tracked.
    pub fn make_lasting(self, image: ImagePosition, link: &mut Link) {
        match self.pinned(image) {
            Some(pinned) => (link.target, link.platform) = (pinned.target, pinned.platform),
            None => {
                let line = self.image_line(image);
                let name = line.and_then(|line| line.names.first().map(words::image_name));
                link.name = name.unwrap_or_default();
            }
        }
    }

    /// It is what this link names on the web; tracked.
    pub fn is_at(self, link: &Link) -> bool {
        let same = |other: Link| other.target == link.target && other.platform == link.platform;
        self.web_link().is_some_and(same) || self.pinned(self.first.get()).is_some_and(same)
    }

    /// How far the session is with an image; tracked.
    pub fn image_state(self, image: ImagePosition) -> ImageState {
        self.images.of(image)
    }

    /// The vulnerability check of an image, running or not.
    pub fn check(self, image: ImagePosition) -> RunningOrder {
        self.order(image, |kept| &mut kept.checks)
    }

    /// The lookup of an image's base image, running or not.
    pub fn base_lookup(self, image: ImagePosition) -> RunningOrder {
        self.order(image, |kept| &mut kept.base_lookups)
    }

    fn order(
        self,
        image: ImagePosition,
        of: fn(&mut SourceDetails) -> &mut BTreeMap<ImagePosition, RunningOrder>,
    ) -> RunningOrder {
        let order = self.kept.try_update_value(|kept| {
            let owner = kept.owner.clone();
            *of(kept).entry(image).or_insert_with(|| owner.with(RunningOrder::new))
        });
        order.unwrap_or_else(RunningOrder::new)
    }

    /// Where its session has taken in an image of another source.
    pub(super) fn taken(self, image: TakenImage) -> Option<ImagePosition> {
        self.kept.with_value(|kept| kept.taken.get(&image).copied())
    }

    /// Remembers that.
    pub(super) fn keep_taken(self, image: TakenImage, here: ImagePosition) {
        self.kept.try_update_value(|kept| kept.taken.insert(image, here));
    }

    /// True the first time that the layers of an image are shown.
    pub fn is_first_sight(self, image: ImagePosition) -> bool {
        let first = self.kept.try_update_value(|kept| {
            let first = !kept.seen.contains(&image);
            kept.seen.push(image);
            kept.seen.dedup();
            first
        });
        first.unwrap_or_default()
    }

    /// Ends the session and frees its memory.
    pub fn close(self) {
        if let Some(client) = self.client.get_untracked() {
            client.close();
        }
        self.client.set(None);
        self.info.set(None);
        self.progress.set(None);
        self.images.clear();
        self.kept.update_value(|kept| kept.before = Before::default());
    }

    /// What the session says without being asked. Questions for the user are handled elsewhere.
    pub fn hear(self, event: Event) {
        match event {
            Event::Progress(progress) => {
                progress.image.into_iter().for_each(|image| self.images.in_work(image));
                self.progress.set(Some(progress));
            }
            Event::Opened { source, first } => {
                self.info.set(Some(Arc::new(source)));
                self.first.set(first);
                self.images.changed(first);
            }
            Event::LayerRead { image } => self.changed_soon(image),
            Event::TreeReady { image } => self.images.tree_ready(image),
            Event::Changed { image } => self.images.tree_changed(image),
            Event::Ready { image } => {
                self.progress.set(None);
                self.images.changed(image);
                spawn(async move {
                    leptos::task::tick().await; // views ask again first
                    self.images.finished(image);
                });
            }
            Event::Cancelled { image } => self.images.cancelled(image),
            Event::Idle => self.progress.set(None),
            Event::FetchingVerifier(bytes) => self.fetching_verifier.set(bytes),
            Event::Pulling(pulling) => self.pulling.set(Some(Arc::new(pulling))),
            Event::UserMustAnswer(_) => {}
            Event::Failed(problem) => {
                self.client.set(None);
                self.info.set(None);
                self.progress.set(None);
                self.images.clear();
                self.problem.set(Some(problem));
            }
        }
    }

    fn changed_soon(self, image: ImagePosition) {
        let first = self.kept.try_update_value(|kept| {
            let first = kept.delayed_news.is_empty();
            if !kept.delayed_news.contains(&image) {
                kept.delayed_news.push(image);
            }
            first
        });
        if first == Some(true) {
            let tell = move || {
                let news =
                    self.kept.try_update_value(|kept| std::mem::take(&mut kept.delayed_news));
                for image in news.unwrap_or_default() {
                    self.images.changed(image);
                }
            };
            set_timeout(tell, NEWS_INTERVAL);
        }
    }

    /// Asks again what it holds: a bare layer gets its ID only when it was read. `true` if that changed.
    pub async fn refresh(self) -> bool {
        let Some(client) = self.client.get_untracked() else { return false };
        let Ok(info) = client.ask(Source {}).await else { return false };
        let info = Some(Arc::new(info));
        let changed = *self.info.read_untracked() != info;
        if changed {
            self.info.set(info);
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ImageName;

    fn source(origin: SourceOrigin) -> OpenSource {
        OpenSource::new(SourceId(1), "image.tar".into(), origin, Before::default())
    }

    fn info(images: &[(&str, &str)]) -> SourceInfo {
        let line = |(at, (id, platform)): (usize, &(&str, &str))| ImageLine {
            image: ImagePosition(at as u32),
            image_id: (*id).to_owned(),
            platform: (*platform).into(),
            ..ImageLine::default()
        };
        SourceInfo { images: images.iter().enumerate().map(line).collect(), ..Default::default() }
    }

    #[test]
    fn images_are_named_by_their_ids() {
        Owner::new().with(|| {
            let source = source(SourceOrigin::Files { required: None });
            assert!(source.is_opening() && !source.is_nameless());
            let source_info = info(&[("sha256:a", "linux/amd64"), ("sha256:b", "linux/arm64")]);
            source.hear(Event::Opened { source: source_info, first: ImagePosition(1) });
            assert_eq!(source.first_image(), Some(ImagePosition(1)));
            assert_eq!(source.position_of("sha256:a"), Some(ImagePosition(0)));
            assert_eq!(source.position_of("sha256:c"), None);
            assert!(!source.is_nameless());
            source.hear(Event::Opened { source: info(&[("", "")]), first: ImagePosition(0) });
            assert!(source.is_nameless());
            source.hear(Event::Opened { source: info(&[]), first: ImagePosition(0) });
            assert!(source.is_nameless());
            assert_eq!(source.first_image(), None);
        });
    }

    #[test]
    fn a_lasting_link_to_a_local_image_names_it() {
        Owner::new().with(|| {
            let source = source(SourceOrigin::Files { required: None });
            let mut info = info(&[("sha256:a", "linux/amd64"), ("sha256:b", "linux/amd64")]);
            let name = ImageName { repository: "team/app".into(), tag: Some("1.0".into()) };
            info.images[0].names = vec![name];
            source.hear(Event::Opened { source: info, first: ImagePosition(0) });
            let lasting = |image: u32| {
                let mut link = Link::parse("#/archive/sha256:a?view=files&name=old");
                source.make_lasting(ImagePosition(image), &mut link);
                link.to_string()
            };
            assert_eq!(lasting(0), "#/archive/sha256:a?view=files&name=team/app%3A1.0");
            assert_eq!(lasting(1), "#/archive/sha256:a?view=files");
        });
    }

    #[test]
    fn a_link_to_a_registry_is_pinned() {
        Owner::new().with(|| {
            let asked = Link::parse("#/image/alpine:3.20");
            let source = source(SourceOrigin::Web(Box::new(asked.clone())));
            assert!(source.is_at(&asked));
            let mut info = info(&[("sha256:a", "linux/arm64")]);
            info.registry = Some(crate::protocol::RegistryInfo {
                reference: "alpine:3.20".into(),
                digest: "sha256:index".into(),
                is_index: true,
                ..Default::default()
            });
            source.hear(Event::Opened { source: info, first: ImagePosition(0) });
            let pinned = source.pinned(ImagePosition(0)).unwrap();
            assert_eq!(pinned.to_string(), "#/image/alpine:3.20@sha256:index?platform=linux/arm64");
            assert!(source.is_at(&pinned) && source.is_at(&asked));
            assert!(!source.is_at(&Link::parse("#/image/alpine:3.21")));
        });
    }
}
