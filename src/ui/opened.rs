//! One open source: the client of a session, and what it has said unasked, as signals.
//!
//! - Which source is shown, and which of its images, is the link's business (`sources`).
//! - Its signals stay for the page's life, a few hundred bytes a source; what they hold goes at `close`.

use super::here::Here;
use super::parts::spawn;
use super::state::{Memo, RwSignal, StoredValue};
use crate::browser::client::{Client, LayersWish};
use crate::format;
use crate::link::{Link, LinkTarget, View};
use crate::problem::Problem;
use crate::session::query::{Event, ImageLine, Progress, Pulling, Source, SourceInfo};
use crate::text;
use futures_util::future::AbortHandle;
use leptos::prelude::*;
use std::sync::Arc;
use std::time::Duration;

/// How long news of layers is held back, so that many layers in a row are one question.
const NEWS_MILLIS: u64 = 120;

/// A source as it was picked.
#[derive(Clone, PartialEq)]
pub struct Picked {
    /// The file's or folder's name.
    pub name: String,
    /// Its bytes.
    pub size: u64,
    /// Its files.
    pub files: usize,
}

/// What was shown when a source was opened: where Cancel leads back to.
#[derive(Clone, Default)]
pub struct Before {
    /// The source.
    pub front: Option<Opened>,
    /// The link.
    pub link: Link,
}

/// What nothing on screen follows.
#[derive(Clone)]
struct Kept {
    picked: Picked,
    asked_for: Option<String>,
    /// Where on the web it lies: place and platform, as the link named it.
    origin: Option<Link>,
    before: Before,
    /// A view has asked for its layers.
    needed: bool,
    /// The link that it was last shown under.
    last: Option<Link>,
    /// Questions of views that wait for their answers.
    asking: u32,
    /// All work has ended.
    ended: bool,
    /// True while news waits for its time.
    held_back: bool,
    /// True once the image's layers were marked as shown.
    marked: bool,
}

/// An open source, or one that is being opened, or one that could not be. All of it signals, so it is
/// copied about.
#[derive(Clone, Copy)]
pub struct Opened {
    /// Tells sources apart.
    pub number: u32,
    kept: StoredValue<Kept>,
    /// Files found so far, while its folder is walked.
    pub walked: RwSignal<u32>,
    /// Whom to ask.
    pub client: RwSignal<Option<Client>>,
    /// What opening found.
    pub source: RwSignal<Option<Arc<SourceInfo>>>,
    /// How its layers come, if they do so over the network.
    pub pulling: RwSignal<Option<Pulling>>,
    /// The work that goes on.
    pub progress: RwSignal<Option<Progress>>,
    /// Counts up whenever answers may have changed.
    pub news: RwSignal<u32>,
    /// Counts the trees; `None` until there is one.
    pub tree: RwSignal<Option<u32>>,
    /// True once all work has ended and all that views have asked for is answered.
    pub ready: RwSignal<bool>,
    /// Why it could not be opened.
    pub problem: RwSignal<Option<Problem>>,
    /// Why something else failed.
    pub note: RwSignal<Option<String>>,
    /// The question about vulnerabilities that goes on, to be taken back.
    pub checking: RwSignal<Option<AbortHandle>>,
    /// Why the last of them failed.
    pub unchecked: RwSignal<Option<Problem>>,
}

/// Whether a view shows what is in layers; the history is the configuration's alone.
pub fn needs_layers(view: View) -> bool {
    view != View::History
}

impl PartialEq for Opened {
    fn eq(&self, other: &Opened) -> bool {
        self.number == other.number
    }
}

impl Opened {
    /// A source of which nothing is known but its name, and the image that a link asks for.
    pub fn new(number: u32, name: String, asked_for: Option<String>, before: Before) -> Opened {
        let kept = Kept {
            picked: Picked { name, size: 0, files: 0 },
            asked_for,
            origin: None,
            before,
            needed: false,
            last: None,
            asking: 0,
            ended: false,
            held_back: false,
            marked: false,
        };
        Opened {
            number,
            kept: StoredValue::new(kept),
            walked: RwSignal::new(0),
            client: RwSignal::new(None),
            source: RwSignal::new(None),
            pulling: RwSignal::new(None),
            progress: RwSignal::new(None),
            news: RwSignal::new(0),
            tree: RwSignal::new(None),
            ready: RwSignal::new(false),
            problem: RwSignal::new(None),
            note: RwSignal::new(None),
            checking: RwSignal::new(None),
            unchecked: RwSignal::new(None),
        }
    }

    /// It lies on the web.
    pub fn is_from(self, origin: Link) -> Opened {
        self.kept.update_value(|kept| kept.origin = Some(origin));
        self
    }

    /// Where on the web it lies; `None`: it is of this machine.
    pub fn origin(self) -> Option<Link> {
        self.kept.with_value(|kept| kept.origin.clone())
    }

    /// Where it lies, as a link that means the same tomorrow; tracks what is known of it.
    pub fn pinned(self) -> Option<Link> {
        let origin = self.origin()?;
        let source = self.source.read();
        let Some(remote) = source.as_ref().and_then(|source| source.remote.clone()) else {
            return Some(origin);
        };
        let place = LinkTarget::Image { reference: remote.reference, digest: Some(remote.digest) };
        let platform = self.chosen(|image| image.platform.clone()).filter(|_| remote.several);
        Some(Link { platform: platform.unwrap_or_default(), ..Link::to(place) })
    }

    /// The address of what is shown of it, pinned to what it is now.
    pub fn address(self, here: Here) -> String {
        here.address(|link| {
            if let Some(pinned) = self.pinned() {
                link.target = pinned.target;
                link.platform = pinned.platform;
            }
        })
    }

    /// True if it lies where a link says.
    pub fn is_at(self, link: &Link) -> bool {
        let same = |other: Link| other.target == link.target && other.platform == link.platform;
        self.origin().is_some_and(same) || self.pinned().is_some_and(same)
    }

    /// A view needs the layers: they come, unless they are much.
    pub fn need_layers(self) {
        let first = self.kept.with_value(|kept| !kept.needed);
        if first && self.pulling.read_untracked().is_some() {
            self.kept.update_value(|kept| kept.needed = true);
            self.wish_layers(LayersWish::Needed);
        }
    }

    /// What the user wants done about layers that are not here.
    pub fn wish_layers(self, wish: LayersWish) {
        if let Some(client) = self.client.get_untracked() {
            client.layers(wish);
        }
    }

    /// Whether everything of a pull is here; `None` for what came as a file.
    pub fn has_all_layers(self) -> Memo<Option<bool>> {
        Memo::new(move |_| self.pulling.read().as_ref().map(|pulling| pulling.done))
    }

    /// True while nothing goes on since the user has not asked for the layers; tracks it.
    pub fn waits_for_word(self, view: View) -> bool {
        let idle = !needs_layers(view) && !self.kept.with_value(|kept| kept.needed);
        self.pulling.read().as_ref().is_some_and(|p| p.asks || (idle && p.missing > 0))
    }

    /// Its files are known.
    pub fn has_files(self, size: u64, files: usize) {
        self.kept.update_value(|kept| {
            kept.picked.size = size;
            kept.picked.files = files;
        });
    }

    /// Ends the session, its workers and all their memory.
    pub fn close(self) {
        if let Some(client) = self.client.get_untracked() {
            client.close();
        }
        self.client.set(None);
        self.source.set(None);
        self.kept.update_value(|kept| kept.before = Before::default());
        self.forget_image();
    }

    /// What was picked.
    pub fn picked(self) -> Picked {
        self.kept.with_value(|kept| kept.picked.clone())
    }

    /// The name that it was picked by, for the eye.
    pub fn name(self) -> String {
        text::show(self.picked().name.as_bytes())
    }

    /// The image that a link asked for, for whose sake it was opened.
    pub fn asked_for(self) -> Option<String> {
        self.kept.with_value(|kept| kept.asked_for.clone())
    }

    /// What it was opened over.
    pub fn before(self) -> Before {
        self.kept.with_value(|kept| kept.before.clone())
    }

    /// The link that it was last shown under.
    pub fn last(self) -> Option<Link> {
        self.kept.with_value(|kept| kept.last.clone())
    }

    /// Remembers it.
    pub fn shown_at(self, link: Link) {
        self.kept.update_value(|kept| kept.last = Some(link));
    }

    /// True the first time that the image's layers are shown.
    pub fn is_first_sight(self) -> bool {
        let first = self.kept.with_value(|kept| !kept.marked);
        self.kept.update_value(|kept| kept.marked = true);
        first
    }

    /// True while nothing is known of what it holds.
    pub fn is_opening(self) -> bool {
        self.source.read().is_none() && self.problem.read().is_none()
    }

    /// What is read of the image that is shown.
    pub fn chosen<T>(self, read: impl FnOnce(&ImageLine) -> T) -> Option<T> {
        let source = self.source.read();
        let source = source.as_ref()?;
        source.images.get(source.chosen as usize).map(read)
    }

    /// The ID of the image that is shown; empty for a layer whose diff ID isn't known yet.
    pub fn chosen_id(self) -> Option<String> {
        self.chosen(|image| image.image_id.clone())
    }

    /// True if an image of this ID is in it.
    pub fn holds(self, id: &str) -> bool {
        let source = self.source.read();
        source.as_ref().is_some_and(|source| source.images.iter().any(|i| i.image_id == id))
    }

    /// True if no link can name what is shown: there is no image in it, or a layer alone whose diff ID
    /// isn't known yet.
    pub fn is_nameless(self) -> bool {
        self.source.read().is_some() && self.chosen_id().unwrap_or_default().is_empty()
    }

    /// Has the session show the image of this ID.
    pub fn choose_id(self, id: &str) {
        let source = self.source.get_untracked();
        let Some(source) = source else { return };
        let is_chosen = |line: &&ImageLine| line.number == source.chosen;
        let mut held = source.images.iter().filter(|line| line.image_id == id);
        if held.clone().any(|line| is_chosen(&line)) {
            return;
        }
        if let Some(line) = held.next() {
            self.choose(line.number);
        }
    }

    fn choose(self, number: u32) {
        let Some(client) = self.client.get_untracked() else { return };
        self.forget_image();
        self.source.update(|source| {
            if let Some(source) = source {
                Arc::make_mut(source).chosen = number;
            }
        });
        spawn(async move {
            match client.choose(number).await {
                Ok(()) => self.tell_news(),
                Err(problem) if problem.code == "closed" => {}
                Err(problem) => self.problem.set(Some(problem)),
            }
        });
    }

    /// Reads a layer without the limits that stopped it. The tree stays in use meanwhile.
    pub fn lift(self, layer: u32) {
        let Some(client) = self.client.get_untracked() else { return };
        self.ready.set(false);
        self.kept.update_value(|kept| kept.ended = false);
        spawn(async move {
            match client.lift(layer).await {
                Ok(()) => self.tell_news(),
                Err(problem) if problem.code == "closed" => {}
                Err(problem) => self.note.set(Some(problem.to_string())),
            }
        });
    }

    fn forget_image(self) {
        self.progress.set(None);
        self.tree.set(None);
        self.ready.set(false);
        self.kept.update_value(|kept| {
            kept.ended = false;
            kept.marked = false;
        });
    }

    /// What the session says once it is open.
    pub fn hear(self, event: Event) {
        match event {
            Event::Progress(progress) => self.progress.set(Some(progress)),
            Event::Opened(source) => {
                self.source.set(Some(Arc::new(source)));
                self.tell_news();
            }
            Event::LayerRead => self.hold_back_news(),
            Event::Pulling(pulling) => self.pulling.set(Some(pulling)),
            Event::Asks(_) => {} // is for the tab as a whole
            Event::Tree => {
                self.tree.update(|tree| *tree = Some(tree.map_or(0, |n| n + 1)));
                self.tell_news();
            }
            Event::Refreshed => {
                self.tree.update(|tree| *tree = tree.map(|n| n + 1));
                self.tell_news();
            }
            Event::Ready => {
                self.progress.set(None);
                self.tell_news();
                spawn(async move {
                    leptos::task::tick().await; // views ask once more
                    if self.progress.read_untracked().is_none() {
                        let ended = self.tree.read_untracked().is_some();
                        self.kept.update_value(|kept| kept.ended = ended);
                        self.settle();
                    }
                });
            }
            Event::Failed(problem) => {
                self.client.set(None);
                self.source.set(None);
                self.forget_image();
                self.problem.set(Some(problem));
            }
        }
    }

    /// A view has asked something.
    pub fn asked(self) {
        self.kept.update_value(|kept| kept.asking += 1);
    }

    /// It is answered, or taken back.
    pub fn answered(self) {
        self.kept.update_value(|kept| kept.asking -= 1);
        self.settle();
    }

    /// Ready is what is on screen: the last answers have come.
    fn settle(self) {
        let done = self.kept.with_value(|kept| kept.ended && kept.asking == 0);
        if done && !self.ready.get_untracked() {
            self.ready.set(true);
        }
    }

    /// Asks again what the source holds: a layer alone has its name only once it is read.
    pub async fn ask_again(self) -> bool {
        let Some(client) = self.client.get_untracked() else { return false };
        let Ok(source) = client.ask(Source {}).await else { return false };
        let source = Some(Arc::new(source));
        let news = *self.source.read_untracked() != source;
        if news {
            self.source.set(source);
        }
        news
    }

    /// Answers may have changed.
    pub fn tell_news(self) {
        self.news.update(|news| *news += 1);
    }

    fn hold_back_news(self) {
        if !self.kept.with_value(|kept| kept.held_back) {
            self.kept.update_value(|kept| kept.held_back = true);
            let tell = move || {
                self.kept.update_value(|kept| kept.held_back = false);
                self.tell_news();
            };
            set_timeout(tell, Duration::from_millis(NEWS_MILLIS));
        }
    }

    /// True if what is shown is no image: a root file system, or layers without a config.
    pub fn is_alone(self) -> bool {
        self.source.read().as_ref().is_some_and(|source| source.format == "tar")
    }

    /// What is shown of it in titles: the image's first name, else the start of its ID; for what is no
    /// image the file's name.
    pub fn title(self) -> String {
        let named = |image: &ImageLine| match image.names.first() {
            Some(name) => format::name_words(name),
            None => format::short_digest(&image.image_id).to_owned(),
        };
        let title = self.chosen(named).filter(|title| !title.is_empty() && !self.is_alone());
        title.unwrap_or_else(|| self.name())
    }
}
