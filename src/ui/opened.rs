//! What is open: the client of a session, and what it has said unasked, as signals.
//!
//! - One source at a time; opening another closes the first and ends its workers.
//! - Events are told apart by the opening that they belong to: a late one of a closed source is lost.
//! - Which image is shown is the link's business; here the session is told to follow it.

use super::here::Here;
use crate::browser::{client::Client, marks};
use crate::format;
use crate::link::Link;
use crate::problem::Problem;
use crate::session::query::{Event, Progress, SourceInfo};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use std::time::Duration;

/// How long news of layers is held back, so that many layers in a row are one question.
const NEWS_MILLIS: u64 = 120;

/// Which screen is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// Nothing is open, or not what the link names.
    Start,
    /// A file is being opened; nothing is known of it yet.
    Opening,
    /// An image.
    Image,
}

/// A file as it was picked.
#[derive(Clone, PartialEq)]
pub struct Picked {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub size: u64,
}

/// What is open. All of it signals, so it is copied about.
#[derive(Clone, Copy)]
pub struct Opened {
    here: Here,
    /// Counts openings.
    opening: StoredValue<u32>,
    /// True while news waits for its time.
    held_back: StoredValue<bool>,
    /// Images that were open since the page was loaded: a link to one of them asks for no file.
    seen: StoredValue<Vec<String>>,
    /// True if this opening is for the sake of a link.
    asked_for: StoredValue<bool>,
    /// Whom to ask.
    pub client: RwSignal<Option<Client>>,
    /// The file that is open or being opened.
    pub picked: RwSignal<Option<Picked>>,
    /// What opening found.
    pub source: RwSignal<Option<Arc<SourceInfo>>>,
    /// The work that goes on.
    pub progress: RwSignal<Option<Progress>>,
    /// Counts up whenever answers may have changed.
    pub news: RwSignal<u32>,
    /// Counts the trees; `None` until there is one.
    pub tree: RwSignal<Option<u32>>,
    /// True once all work has ended and all that views have asked for is answered.
    pub ready: RwSignal<bool>,
    /// All work has ended.
    ended: RwSignal<bool>,
    /// Questions of views that wait for their answers.
    pub asking: RwSignal<u32>,
    /// Why nothing could be opened.
    pub problem: RwSignal<Option<Problem>>,
    /// What the start screen says besides.
    pub note: RwSignal<Option<String>>,
}

impl Opened {
    /// Nothing is open.
    pub fn new(here: Here) -> Opened {
        Opened {
            here,
            opening: StoredValue::new(0),
            held_back: StoredValue::new(false),
            seen: StoredValue::new(Vec::new()),
            asked_for: StoredValue::new(false),
            client: RwSignal::new(None),
            picked: RwSignal::new(None),
            source: RwSignal::new(None),
            progress: RwSignal::new(None),
            news: RwSignal::new(0),
            tree: RwSignal::new(None),
            ready: RwSignal::new(false),
            ended: RwSignal::new(false),
            asking: RwSignal::new(0),
            problem: RwSignal::new(None),
            note: RwSignal::new(None),
        }
    }

    /// Opens a file, in place of what was open. If the page was loaded with a link to an image, that
    /// image is looked for in it; else any will do.
    pub fn open(self, file: web_sys::File) {
        self.close();
        marks::mark(marks::Mark::Drop);
        let wanted = self.here.image_untracked();
        let wanted = wanted.filter(|image| !self.seen.with_value(|seen| seen.contains(image)));
        self.asked_for.set_value(wanted.is_some());
        self.picked.set(Some(Picked { name: file.name(), size: file.size() as u64 }));
        let opening = self.opening.get_value();
        let client =
            Client::open(file.name(), vec![(file.name(), file)], wanted, None, move |event| {
                if self.opening.get_value() == opening {
                    self.hear(event);
                }
            });
        self.client.set(Some(client));
    }

    /// Ends the session, its workers and all their memory.
    pub fn close(self) {
        if let Some(client) = self.client.get_untracked() {
            client.close();
        }
        self.opening.update_value(|n| *n += 1);
        self.client.set(None);
        self.picked.set(None);
        self.source.set(None);
        self.problem.set(None);
        self.note.set(None);
        self.forget_image();
    }

    /// Cancel: closes, and says what was cancelled.
    pub fn cancel(self) {
        let name = self.picked.get_untracked().map_or(String::new(), |picked| picked.name);
        self.close();
        if !self.asked_for.get_value() {
            self.here.replace(|link| *link = Link::default()); // there is nothing to come back to
        }
        self.note.set(Some(format!("Opening {name} was cancelled; its memory is free again.")));
    }

    /// The chosen image's position and ID, and how many images there are.
    pub fn chosen_id(self) -> Option<String> {
        let source = self.source.read();
        let source = source.as_ref()?;
        source.images.get(source.chosen as usize).map(|image| image.image_id.clone())
    }

    /// The image whose archive the page has to ask for; `None` where something else is the matter.
    pub fn missing(self) -> Option<String> {
        let image = self.here.image()?;
        let failed = self.problem.read().is_some() && !self.asked_for.get_value();
        (!failed).then_some(image)
    }

    /// Which screen is to be shown; tracks what it depends on.
    pub fn screen(self) -> Screen {
        if self.problem.read().is_some() {
            return Screen::Start;
        }
        let Some(image) = self.here.image() else {
            let opening = self.picked.read().is_some() && self.source.read().is_none();
            return if opening { Screen::Opening } else { Screen::Start };
        };
        match &*self.source.read() {
            Some(source) if source.images.iter().any(|i| i.image_id == image) => Screen::Image,
            None if self.picked.read().is_some() => Screen::Opening,
            _ => Screen::Start,
        }
    }

    /// Ready is what is on screen: the last answers have come.
    pub fn follow_answers(self) {
        Effect::new(move |_| {
            if self.ended.get() && self.asking.get() == 0 {
                self.ready.set(true);
            }
        });
    }

    /// Has the session choose the image that the link names, whenever that changes.
    pub fn follow_link(self) {
        Effect::new(move |_| {
            let (Some(image), Some(source)) = (self.here.image(), self.source.get()) else {
                return;
            };
            let chosen = source.images.get(source.chosen as usize);
            if chosen.is_some_and(|chosen| chosen.image_id == image) {
                return;
            }
            let Some(line) = source.images.iter().find(|line| line.image_id == image) else {
                return;
            };
            self.choose(line.number);
        });
    }

    fn choose(self, number: u32) {
        let Some(client) = self.client.get_untracked() else { return };
        self.forget_image();
        self.source.update(|source| {
            if let Some(source) = source {
                Arc::make_mut(source).chosen = number;
            }
        });
        spawn_local(async move {
            match client.choose(number).await {
                Ok(()) => self.tell_news(),
                Err(problem) if problem.code == "closed" => {}
                Err(problem) => self.problem.set(Some(problem)),
            }
        });
    }

    fn forget_image(self) {
        self.progress.set(None);
        self.tree.set(None);
        self.ready.set(false);
        self.ended.set(false);
    }

    fn hear(self, event: Event) {
        match event {
            Event::Progress(progress) => self.progress.set(Some(progress)),
            Event::Opened(source) => {
                let linked = self.here.image_untracked();
                let holds = |id: &String| source.images.iter().any(|image| image.image_id == *id);
                let chosen = source.images.get(source.chosen as usize);
                let id = linked.filter(holds).or(chosen.map(|image| image.image_id.clone()));
                self.seen.update_value(|seen| {
                    seen.extend(source.images.iter().map(|image| image.image_id.clone()));
                });
                self.source.set(Some(Arc::new(source)));
                if let Some(id) = id {
                    self.here.go_to_image(&id);
                }
                self.tell_news();
            }
            Event::LayerRead => self.hold_back_news(),
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
                let opening = self.opening.get_value();
                spawn_local(async move {
                    leptos::task::tick().await; // views ask once more
                    if self.opening.get_value() == opening {
                        self.ended.set(true);
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

    fn tell_news(self) {
        self.news.update(|news| *news += 1);
    }

    fn hold_back_news(self) {
        if !self.held_back.get_value() {
            self.held_back.set_value(true);
            let tell = move || {
                self.held_back.set_value(false);
                self.tell_news();
            };
            set_timeout(tell, Duration::from_millis(NEWS_MILLIS));
        }
    }

    /// What the file is called in titles: the image's first name, else the start of its ID.
    pub fn title(self) -> String {
        let source = self.source.read();
        let image = source.as_ref().and_then(|s| s.images.get(s.chosen as usize));
        match image {
            Some(image) => match image.names.first() {
                Some(name) => format!("{}:{}", name.repository, name.tag),
                None => format::short_digest(&image.image_id).to_owned(),
            },
            None => String::new(),
        }
    }
}
