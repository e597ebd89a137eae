//! The open sources: which there are, which is shown, and how one comes and goes.
//!
//! - Each has its own session, whose work goes on while another is shown.
//! - The link chooses: the one that holds its image is shown. `front` is the one that the user turned to
//!   last; it decides where two hold the same image, and where no link can name what is shown.
//! - What could not be opened stays until something else is turned to, so that its problem is read.

use super::here::Here;
use super::network::{Net, registry_of};
use super::opened::{Before, Opened};
use super::parts::{effect, spawn};
use super::state::{RwSignal, StoredValue, untrack};
use crate::browser::{client::Client, folder::NamedFiles, machine, marks};
use crate::link::{Link, LinkTarget};
use crate::problem::Problem;
use crate::session::query::{Event, SourceInfo};
use leptos::prelude::*;

/// Files picked together open at most so many sources: each costs workers.
const AT_ONCE: usize = 16;

/// Which screen is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// Nothing is open, or not what the link names.
    Start,
    /// A source is being opened; nothing is known of it yet.
    Opening,
    /// A source without an image.
    Contents,
    /// An image.
    Image,
    /// A list of registries.
    List,
}

/// A screen, and the source that it shows.
pub type Shown = (Screen, Option<Opened>);

/// What nothing on screen follows.
struct Kept {
    /// Whose signals live as long as the page.
    owner: Owner,
    next: u32,
    /// Images that were open since the page was loaded: a link to one of them asks for no file.
    seen: Vec<String>,
    /// The user's own.
    platform: Option<String>,
}

/// All open sources. All of it signals, so it is copied about.
#[derive(Clone, Copy)]
pub struct Sources {
    here: Here,
    net: Net,
    kept: StoredValue<Kept>,
    /// In the order in which they were opened.
    pub list: RwSignal<Vec<Opened>>,
    /// The one that was turned to last.
    pub front: RwSignal<Option<Opened>>,
    /// What the start screen says besides.
    pub note: RwSignal<Option<String>>,
}

impl Sources {
    /// Nothing is open.
    pub fn new(here: Here, net: Net) -> Sources {
        let owner = Owner::current().unwrap_or_default();
        let kept = Kept { owner, next: 1, seen: Vec::new(), platform: None };
        let sources = Sources {
            here,
            net,
            kept: StoredValue::new(kept),
            list: RwSignal::new(Vec::new()),
            front: RwSignal::new(None),
            note: RwSignal::new(None),
        };
        spawn(async move {
            let platform = machine::platform().await;
            sources.kept.update_value(|kept| kept.platform = platform);
        });
        sources
    }

    /// Sources of these names beside what is open, and turns to the first; `load` gives them their files.
    /// If the page was loaded with a link to an image, that image is looked for; else any will do.
    pub fn begin(self, mut names: Vec<String>) -> Vec<Opened> {
        marks::mark(marks::Mark::Drop);
        self.note.set(None);
        if names.len() > AT_ONCE {
            let words =
                format!("{} files were given, and the first {AT_ONCE} opened.", names.len());
            self.note.set(Some(words));
            names.truncate(AT_ONCE);
        }
        let unknown = |id: &String| {
            let seen = self.kept.with_value(|kept| kept.seen.contains(id));
            !seen && untrack(|| self.holder(id)).is_none()
        };
        let wanted = self.here.image_untracked().filter(|id| names.len() == 1 && unknown(id));
        let front = self.front.get_untracked();
        let front = front.filter(|front| front.problem.read_untracked().is_none());
        let before = Before { front, link: self.here.link_untracked() };
        let new = |name| self.add(name, wanted.clone(), before.clone());
        let begun: Vec<Opened> = names.into_iter().map(new).collect();
        if let Some(first) = begun.first() {
            self.turn_to(*first);
        }
        begun
    }

    /// Opens what a link says on the web: asks its registry, or fetches it. The user's word for it is there.
    pub fn begin_web(self, link: Link) {
        let name = match &link.target {
            LinkTarget::Image { reference, digest: Some(digest) } => {
                format!("{reference}@{digest}")
            }
            LinkTarget::Image { reference, .. } => reference.clone(),
            LinkTarget::Url(url) => url.clone(),
            _ => return,
        };
        marks::mark(marks::Mark::Drop);
        self.note.set(None);
        let front = self.front.get_untracked();
        let front = front.filter(|front| front.problem.read_untracked().is_none());
        let before = Before { front, link: front.and_then(Opened::last).unwrap_or_default() };
        let origin = Link { platform: link.platform.clone(), ..Link::to(link.target.clone()) };
        let failed =
            self.list.get_untracked().into_iter().find(|opened| untrack(|| opened.is_at(&origin)));
        let opened = self.add(name.clone(), None, before).is_from(origin);
        self.turn_to(opened);
        if let Some(failed) = failed {
            self.remove(failed);
        }
        let own = self.kept.with_value(|kept| kept.platform.clone());
        let hear = move |event| self.hear(opened, event);
        let platform = Some(link.platform).filter(|platform| !platform.is_empty());
        let client = match link.target {
            LinkTarget::Url(url) => Client::fetch(url, platform.or(own), hear),
            _ => Client::pull(name, platform, own, self.net.network(), hear),
        };
        opened.client.set(Some(client));
    }

    fn add(self, name: String, wanted: Option<String>, before: Before) -> Opened {
        let (number, owner) = self.kept.with_value(|kept| (kept.next, kept.owner.clone()));
        self.kept.update_value(|kept| kept.next += 1);
        let opened = owner.with(|| Opened::new(number, name, wanted, before));
        self.list.update(|list| list.push(opened));
        opened
    }

    /// Opens a source's files.
    pub fn load(self, opened: Opened, files: NamedFiles) {
        let size = files.iter().map(|(_, file)| file.size() as u64).sum();
        opened.has_files(size, files.len());
        let platform = self.kept.with_value(|kept| kept.platform.clone());
        let hear = move |event| self.hear(opened, event);
        let name = opened.picked().name;
        let client = Client::open(name, files, opened.asked_for(), platform, hear);
        opened.client.set(Some(client));
    }

    /// True until it is cancelled or closed.
    pub fn has(self, opened: Opened) -> bool {
        self.list.read_untracked().contains(&opened)
    }

    /// Shows why something could not be opened.
    pub fn fail(self, name: String, problem: Problem) {
        if let Some(opened) = self.begin(vec![name]).first() {
            opened.problem.set(Some(problem));
        }
    }

    fn hear(self, opened: Opened, event: Event) {
        match event {
            Event::Opened(source) => {
                self.note_seen(&source);
                opened.hear(Event::Opened(source));
                self.arrive(opened);
            }
            Event::Progress(_) => opened.hear(event),
            Event::Asks(question) => {
                if let Some(client) = opened.client.get_untracked() {
                    self.net.hear(client, question);
                }
            }
            event => {
                opened.hear(event);
                if untrack(|| opened.is_nameless() && opened.chosen_id().is_some()) {
                    spawn(self.name_it(opened));
                }
            }
        }
    }

    /// What a source holds is known: the link is told, where the user still looks at it, or asks for it.
    fn arrive(self, opened: Opened) {
        let linked = self.here.image_untracked();
        if opened.origin().is_some() {
            return; // its link was there before it
        }
        match linked.filter(|id| untrack(|| opened.holds(id))) {
            Some(id) => self.follow(&id),
            None if self.front.get_untracked() == Some(opened) => self.go_to(opened),
            None => {}
        }
    }

    fn go_to(self, opened: Opened) {
        match untrack(|| opened.chosen_id()).filter(|id| !id.is_empty()) {
            Some(id) => self.here.go_to_image(&id),
            None if opened.asked_for().is_some() => {} // the name is still to come
            None => self.here.go(|link| *link = Link::default()),
        }
    }

    /// A layer alone is named by its diff ID, which is known once it is read.
    async fn name_it(self, opened: Opened) {
        if !opened.ask_again().await || opened.is_nameless() {
            return;
        }
        if let Some(source) = opened.source.get_untracked() {
            self.note_seen(&source);
        }
        let Some(digest) = untrack(|| opened.chosen_id()) else { return };
        let at_start = self.here.link_untracked().target == LinkTarget::Start;
        if at_start && self.front.get_untracked() == Some(opened) {
            self.here.replace(|link| link.target = LinkTarget::Archive { digest });
        }
    }

    fn note_seen(self, source: &SourceInfo) {
        let named = source.images.iter().map(|image| image.image_id.clone());
        let named = named.filter(|id| !id.is_empty());
        self.kept.update_value(|kept| kept.seen.extend(named));
    }

    /// The source that shows an image: the one in front if it can.
    fn holder(self, id: &str) -> Option<Opened> {
        let holds = |opened: &Opened| opened.origin().is_none() && opened.holds(id);
        let front = self.front.get().filter(holds);
        front.or_else(|| self.list.get().into_iter().rev().find(holds))
    }

    /// The source that lies where a link says on the web.
    fn at(self, link: &Link) -> Option<Opened> {
        let is = |opened: &Opened| opened.is_at(link);
        let front = self.front.get().filter(is);
        front.or_else(|| self.list.get().into_iter().rev().find(is))
    }

    /// Turns to the image that the link names, whenever that changes, and remembers where it was shown.
    pub fn follow_link(self) {
        effect(move || {
            if let Some(id) = self.here.image() {
                untrack(|| self.follow(&id));
            }
        });
        effect(move || {
            let (place, platform) = (self.here.place(), self.here.platform());
            if self.net.is_ready() && matches!(place, LinkTarget::Image { .. } | LinkTarget::Url(_))
            {
                untrack(|| self.follow_web(Link { platform, ..Link::to(place) }));
            }
        });
        effect(move || {
            let link = self.here.link();
            if let (Screen::Image, Some(opened)) = untrack(|| self.shown()) {
                opened.shown_at(link);
            }
        });
    }

    /// Asks a registry that is known for what the link says, if that is not open yet.
    fn follow_web(self, link: Link) {
        if let Some(opened) = self.at(&link) {
            return self.turn_to(opened);
        }
        if registry_of(&link.target).is_some_and(|registry| self.net.knows(&registry)) {
            self.begin_web(link);
        }
    }

    fn follow(self, id: &str) {
        if let Some(opened) = untrack(|| self.holder(id)) {
            self.turn_to(opened);
            opened.choose_id(id);
        }
    }

    /// Puts a source in front; the link stays.
    fn turn_to(self, opened: Opened) {
        let front = self.front.get_untracked();
        if front == Some(opened) {
            return;
        }
        self.front.set(Some(opened));
        if let Some(failed) = front.filter(|front| front.problem.read_untracked().is_some()) {
            self.remove(failed);
        }
    }

    /// Shows a source as it was last shown.
    pub fn show(self, opened: Opened) {
        self.turn_to(opened);
        if opened.source.read_untracked().is_some() {
            let link = untrack(|| self.link_to(opened));
            self.here.go(|here| *here = link);
        }
    }

    /// The link to a source as it was last shown.
    pub fn link_to(self, opened: Opened) -> Link {
        let id = opened.chosen_id().filter(|id| !id.is_empty());
        let place = id.map_or(LinkTarget::Start, |digest| LinkTarget::Archive { digest });
        let own = opened.origin().unwrap_or_else(|| Link::to(place));
        let same = |last: &Link| last.target == own.target && last.platform == own.platform;
        opened.last().filter(same).unwrap_or(own)
    }

    /// Away from what no link names, to the start.
    pub fn leave(self) {
        let front = self.front.get_untracked();
        if front.is_some_and(|front| untrack(|| front.is_nameless())) {
            self.front.set(None);
        }
    }

    fn remove(self, opened: Opened) {
        self.list.update(|list| list.retain(|other| *other != opened));
        if let Some(client) = opened.client.get_untracked() {
            self.net.forget(client);
        }
        opened.close();
    }

    /// Closes a source; if it was shown, the one opened last takes its place.
    pub fn close(self, opened: Opened) {
        let was_shown = self.front.get_untracked() == Some(opened);
        if was_shown {
            let rest = self.list.get_untracked();
            let next = rest.into_iter().rev().find(|other| *other != opened);
            self.front.set(next);
            let link = next.map(|next| untrack(|| self.link_to(next)));
            self.here.replace(|here| *here = link.unwrap_or_default());
        }
        self.remove(opened);
    }

    /// Cancel: closes what is being opened, says so, and goes back to what was shown before.
    pub fn cancel(self) {
        let Some(opened) = self.front.get_untracked() else { return };
        let before = opened.before();
        let back = before.front.filter(|back| self.has(*back));
        self.front.set(back);
        if opened.asked_for().is_none() {
            let link = back.map_or(Link::default(), |_| before.link); // else nothing to come back to
            self.here.replace(|here| *here = link);
        }
        self.remove(opened);
        let name = opened.name();
        self.note.set(Some(format!("Opening {name} was cancelled; its memory is free again.")));
    }

    /// The image whose archive the page has to ask for; `None` where something else is the matter.
    pub fn missing(self) -> Option<String> {
        let id = self.here.image()?;
        let failed = self.front.get().filter(|front| front.problem.read().is_some());
        let failed = failed.is_some_and(|front| front.asked_for().is_none());
        (!failed && self.holder(&id).is_none()).then_some(id)
    }

    /// What the link names on the web and nobody here has said yes to; tracks it.
    pub fn unasked(self) -> Option<Link> {
        let (place, platform) = (self.here.place(), self.here.platform());
        let web =
            self.net.is_ready() && matches!(place, LinkTarget::Image { .. } | LinkTarget::Url(_));
        let link = Link { platform, ..Link::to(place) };
        (web && self.at(&link).is_none()).then_some(link)
    }

    /// Which screen is to be shown, and of what; tracks what it depends on.
    pub fn shown(self) -> Shown {
        let front = self.front.get();
        let place = self.here.place();
        if matches!(place, LinkTarget::Repository(_) | LinkTarget::Search(_)) {
            return (Screen::List, None);
        }
        let web = matches!(place, LinkTarget::Image { .. } | LinkTarget::Url(_)).then(|| {
            let platform = self.here.platform();
            self.at(&Link { platform, ..Link::to(place.clone()) })
        });
        if let Some(front) =
            front.filter(|front| front.source.read().is_none() && web != Some(None))
        {
            let screen = if front.is_opening() { Screen::Opening } else { Screen::Start };
            return (screen, Some(front));
        }
        let nameless = front.filter(|front| front.is_nameless());
        let shown = match place {
            LinkTarget::Archive { digest } => self
                .holder(&digest)
                .or_else(|| nameless.filter(|front| front.asked_for().as_ref() == Some(&digest))),
            LinkTarget::Start => nameless,
            _ => web.flatten(),
        };
        match shown {
            Some(opened) if opened.chosen_id().is_none() => (Screen::Contents, shown),
            Some(opened) if opened.problem.read().is_none() => (Screen::Image, shown),
            _ => (Screen::Start, front),
        }
    }
}

/// The open sources, from the context.
pub fn sources() -> Sources {
    expect_context()
}
