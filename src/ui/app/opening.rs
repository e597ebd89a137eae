//! How sources are opened, cancelled and closed, and what happens when they arrive.
//!
//! - A source that cannot be opened is shown as a failure, unless it was opened over an image: then the image
//!   comes back, with a message over it.
//! - Several that are opened at once are told of in one message (`batch`). One that fails in front gives way to
//!   another of them.
//! - The link is set to a new image only if the user still looks at the source, or the link asked for it.

use super::batch::{Batch, OpeningEnd};
use super::downloads::is_running;
use super::open_source::{Before, OpenSource, PickedFiles, SourceOrigin};
use super::open_sources::{OpenSources, Screen};
use super::spawn;
use crate::browser::page::client::Client;
use crate::browser::page::folder::PathFiles;
use crate::browser::page::marks;
use crate::link::{Link, LinkTarget};
use crate::problem::Problem;
use crate::protocol::{
    CancelWork, DownloadRequest, Event, FirstImage, Request, ShowImage, Source, SourceInfo,
    SourceRequest,
};
use crate::vocabulary::ImagePosition;
use leptos::prelude::*;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

/// A session that was told to stop answers within this, or is closed.
const ANSWERS_WITHIN: Duration = Duration::from_secs(1);

/// Files that are picked together open at most so many sources: each has its own workers.
const MOST_AT_ONCE: usize = 16;

impl OpenSources {
    /// Adds sources of these names and turns to the first; `load` gives them their files. If the page was loaded
    /// with a link to an image that is not open, that image is required; otherwise any will do.
    pub fn begin(self, mut names: Vec<String>) -> Vec<OpenSource> {
        marks::mark(marks::PageMark::Drop);
        self.notices.clear();
        if names.len() > MOST_AT_ONCE {
            let all = names.len();
            self.notices.say(format!("Opened the first {MOST_AT_ONCE} of {all} files"));
            names.truncate(MOST_AT_ONCE);
        }
        let required = self.required_image().filter(|_| names.len() == 1);
        let before = self.before();
        let add = |name: String| {
            let origin = SourceOrigin::Files { required: required.clone() };
            self.add(|id| OpenSource::new(id, name, origin, before.clone()))
        };
        let begun: Vec<OpenSource> = names.into_iter().map(add).collect();
        if let Some(first) = begun.first() {
            self.turn_to(*first);
        }
        if begun.len() > 1 {
            let batch = Batch::new(begun.iter().map(|source| source.id).collect());
            self.kept.update_value(|kept| kept.batches.push(batch));
        }
        begun
    }

    /// The image of a link that was never open here.
    fn required_image(self) -> Option<String> {
        let id = untrack(|| self.navigation.archive_image())?;
        let seen = self.kept.with_value(|kept| kept.seen.contains(&id));
        (!seen && untrack(|| self.holder(&id)).is_none()).then_some(id)
    }

    fn before(self) -> Before {
        let source = self.front.get_untracked();
        let source = source.filter(|source| source.problem.read_untracked().is_none());
        Before { source, link: untrack(|| self.navigation.link()) }
    }

    /// Opens the files of a source.
    pub fn load(self, source: OpenSource, files: PathFiles) {
        let sizes = files.iter().map(|(_, file)| file.size() as u64);
        let size = sizes.fold(0, u64::saturating_add);
        source.picked.set(PickedFiles { size, count: files.len() });
        let (paths, files) = files.into_iter().unzip();
        let request = SourceRequest::Files {
            name: source.file_name(),
            paths,
            first: self.first_image(source.required_image(), None),
        };
        self.connect(source, request, files);
    }

    /// Opens what a link names on the web. The user agreed to contact its host.
    pub fn open_web(self, link: Link) {
        let name = match &link.target {
            LinkTarget::Image { reference, digest: Some(digest) } => {
                format!("{reference}@{digest}")
            }
            LinkTarget::Image { reference, .. } => reference.clone(),
            LinkTarget::Url(url) => url.clone(),
            _ => return,
        };
        marks::mark(marks::PageMark::Drop);
        self.notices.clear();
        let source = self.front.get_untracked();
        let source = source.filter(|source| source.problem.read_untracked().is_none());
        let link_before = source.and_then(OpenSource::last_link).unwrap_or_default();
        let before = Before { source, link: link_before };
        let origin = Link { platform: link.platform.clone(), ..Link::to(link.target.clone()) };
        let failed = self.list.get_untracked().into_iter().find(|s| untrack(|| s.is_at(&origin)));
        let source = self.add(|id| {
            OpenSource::new(id, name.clone(), SourceOrigin::Web(Box::new(origin)), before)
        });
        self.turn_to(source);
        if let Some(failed) = failed {
            self.remove(failed);
        }
        let platform = Some(link.platform).filter(|platform| !platform.is_empty());
        let request = match link.target {
            LinkTarget::Url(url) => {
                SourceRequest::Url { url, first: self.first_image(None, platform) }
            }
            _ => SourceRequest::Registry {
                reference: name,
                platform,
                preferred_platform: self.kept.with_value(|kept| kept.platform.clone()),
                network: self.registries.settings(),
            },
        };
        self.connect(source, request, Vec::new());
    }

    fn first_image(self, required_id: Option<String>, platform: Option<String>) -> FirstImage {
        let own = self.kept.with_value(|kept| kept.platform.clone());
        FirstImage { required_id, preferred_platform: platform.or(own) }
    }

    fn connect(self, source: OpenSource, request: SourceRequest, files: Vec<web_sys::File>) {
        let client = Client::open(request, files, move |event| self.hear(source, event));
        source.client.set(Some(client));
    }

    fn hear(self, source: OpenSource, event: Event) {
        match event {
            Event::Opened { source: info, first } => {
                self.remember_images(&info);
                source.hear(Event::Opened { source: info, first });
                self.arrived(source);
            }
            Event::UserMustAnswer(question) => {
                if let Some(client) = source.client.get_untracked() {
                    self.registries.ask(client, question);
                }
            }
            Event::Failed(problem) => self.failed(source, problem),
            Event::LayerRead { .. } | Event::TreeReady { .. } | Event::Ready { .. } => {
                source.hear(event);
                if untrack(|| source.is_nameless() && source.first_image().is_some()) {
                    spawn(self.name(source));
                }
            }
            event => source.hear(event),
        }
    }

    /// Shows why something could not be opened.
    pub fn fail(self, name: String, problem: Problem) {
        if let Some(source) = self.begin(vec![name]).first() {
            self.failed(*source, problem);
        }
    }

    /// A source could not be opened, or its session broke.
    pub fn failed(self, source: OpenSource, problem: Problem) {
        let name = source.name();
        source.hear(Event::Failed(problem.clone()));
        let in_front = self.front.get_untracked() == Some(source);
        let companion = self.companion(source);
        let end = OpeningEnd::Failed(name.clone(), Box::new(problem.clone()));
        let is_told = self.end_opening(source, end);
        let before = source.before().source.filter(|before| self.has(*before));
        match (companion, before) {
            _ if !in_front => {}
            (Some(companion), _) => {
                self.front.set(Some(companion));
                if companion.info.read_untracked().is_some() {
                    self.go_to(companion);
                }
            }
            // The image stays, and its link never changed.
            (None, Some(before)) if source.web_link().is_none() => self.front.set(Some(before)),
            _ => return, // shown as the failure that it is
        }
        self.remove(source);
        if !is_told {
            self.notices.failed(format!("Could not open {name}"), problem);
        }
    }

    /// The images of a source are known: the link follows, if the user still looks at it or the link asked.
    fn arrived(self, source: OpenSource) {
        self.end_opening(source, OpeningEnd::Opened);
        if source.web_link().is_some() {
            return; // the link names it already
        }
        let linked = untrack(|| self.navigation.archive_image());
        let held = linked.filter(|id| untrack(|| source.position_of(id)).is_some());
        if held.is_some() {
            self.turn_to(source);
        } else if self.front.get_untracked() == Some(source) {
            self.go_to(source);
        }
    }

    fn go_to(self, source: OpenSource) {
        let first = untrack(|| source.first_image().and_then(|image| source.image_line(image)));
        match first.map(|line| line.image_id).filter(|id| !id.is_empty()) {
            Some(digest) => {
                self.navigation.go(|link| *link = Link::to(LinkTarget::Archive { digest }))
            }
            None if source.required_image().is_some() => {} // its ID is known once it is read
            None => self.navigation.go(|link| *link = Link::default()),
        }
    }

    /// A bare layer is named by its diff ID, which is known once it was read.
    async fn name(self, source: OpenSource) {
        if !source.refresh().await || untrack(|| source.is_nameless()) {
            return;
        }
        if let Some(info) = source.info.get_untracked() {
            self.remember_images(&info);
        }
        let line = untrack(|| source.first_image().and_then(|image| source.image_line(image)));
        let Some(digest) = line.map(|line| line.image_id) else { return };
        let at_start = untrack(|| self.navigation.place()) == LinkTarget::Start;
        if at_start && self.front.get_untracked() == Some(source) {
            self.navigation.replace(|link| link.target = LinkTarget::Archive { digest });
        }
    }

    fn remember_images(self, info: &SourceInfo) {
        let ids = info.images.iter().map(|image| image.image_id.clone());
        let ids = ids.filter(|id| !id.is_empty());
        self.kept.update_value(|kept| kept.seen.extend(ids));
    }

    /// Closes a source. If it was shown, the one that was opened last takes its place.
    pub fn close(self, source: OpenSource) {
        if self.front.get_untracked() == Some(source) {
            let list = self.list.get_untracked();
            let next = list.into_iter().rev().find(|other| *other != source);
            self.front.set(next);
            let link = next.map(|next| untrack(|| self.link_to(next)));
            self.navigation.replace(|current| *current = link.unwrap_or_default());
        }
        self.remove(source);
    }

    /// Cancel while an image is read or an answer is awaited: ends the work of its session, and keeps what was
    /// read. A session that does not answer to that within a moment is closed.
    pub fn cancel_work(self, source: OpenSource) {
        let Some(client) = source.client.get_untracked() else { return };
        let downloads = source.pulling.read_untracked();
        let request = match downloads.as_deref().is_some_and(is_running) {
            true => {
                client.download(DownloadRequest::Pause); // the image stays
                Request::from(Source {})
            }
            false => Request::from(CancelWork {}),
        };
        let answered = Rc::new(Cell::new(false));
        let then = Rc::clone(&answered);
        spawn(async move {
            let _ = client.ask_bytes(request).await; // a session that was closed is over, too
            then.set(true);
        });
        let look = move || {
            if !answered.get() {
                self.close_busy(source);
            }
        };
        set_timeout(look, ANSWERS_WITHIN);
    }

    /// Closes a source whose session is too busy to hear that its work is cancelled.
    fn close_busy(self, source: OpenSource) {
        if self.has(source) {
            let name = source.name();
            self.close(source);
            self.notices
                .say(format!("Cancelled: {name} was closed, because its engine did not stop"));
        }
    }

    /// Cancel: closes what is being opened, and goes back to what was shown before.
    pub fn cancel(self) {
        let Some(source) = self.front.get_untracked() else { return };
        let before = source.before();
        let back = before.source.filter(|back| self.has(*back));
        self.front.set(back);
        if source.required_image().is_none() {
            let link = back.map(|_| before.link).unwrap_or_default();
            self.navigation.replace(|current| *current = link);
        }
        let name = source.name();
        self.remove(source);
        self.notices.say(format!("Cancelled: {name}"));
    }

    /// Has the engine read the image that is shown, whenever that changes.
    pub fn show_images(self) {
        let shown = Memo::new(move |_| match self.screen() {
            Screen::Image(source, image) => Some((source, image)),
            _ => None,
        });
        Effect::new(move || {
            let Some((source, image)) = shown.get() else { return };
            if source.client.get().is_some() {
                self.read_image(source, image);
            }
        });
    }

    /// Has the engine read an image, or go on with it after the user has cancelled it.
    pub fn read_image(self, source: OpenSource, image: ImagePosition) {
        let Some(client) = source.client.get_untracked() else { return };
        source.images.in_work(image);
        spawn(async move {
            if let Err(problem) = client.ask(ShowImage { image }).await
                && problem.code != "closed"
            {
                self.notices.failed("Could not show this image", problem);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ImageLine;
    use crate::ui::app::{Navigation, Notices, Registries};

    fn with_sources(link: &str, test: impl FnOnce(OpenSources, Notices)) {
        Owner::new().with(|| {
            let (navigation, notices) = (Navigation::fixed(Link::parse(link)), Notices::new());
            let registries = Registries::with_config(None);
            test(OpenSources::new(navigation, registries, notices), notices);
        });
    }

    fn opened(image_id: &str) -> Event {
        let line = ImageLine { image_id: image_id.into(), ..ImageLine::default() };
        let source = SourceInfo { images: vec![line], ..SourceInfo::default() };
        Event::Opened { source, first: ImagePosition(0) }
    }

    fn no_image() -> Problem {
        Problem::new("archive-not-a-tar", "This file is not an image archive.")
    }

    #[test]
    fn several_files_are_told_of_in_one_message() {
        with_sources("#/", |sources, notices| {
            let names = ["notes.txt", "a.tar", "b.tar"].map(str::to_owned);
            let begun = sources.begin(names.to_vec());
            sources.hear(begun[2], opened("sha256:b"));
            sources.failed(begun[0], no_image());
            assert!(notices.list().is_empty(), "one of them is still being opened");
            sources.hear(begun[1], opened("sha256:a"));
            let titles: Vec<String> = notices.list().into_iter().map(|n| n.title).collect();
            assert_eq!(titles, ["2 opened, 1 not an image: notes.txt"]);
            // The first one failed in front: another takes its place.
            assert_eq!(sources.screen(), Screen::Image(begun[1], ImagePosition(0)));
            assert_eq!(sources.list.get_untracked(), begun[1..]);
        });
    }

    #[test]
    fn the_last_of_several_that_all_fail_is_shown_as_the_failure() {
        with_sources("#/", |sources, notices| {
            let begun = sources.begin(vec!["a.txt".to_owned(), "b.txt".to_owned()]);
            sources.failed(begun[0], no_image());
            sources.failed(begun[1], no_image());
            assert_eq!(sources.screen(), Screen::Failed(begun[1]));
            let titles: Vec<String> = notices.list().into_iter().map(|n| n.title).collect();
            assert_eq!(titles, ["None opened, 2 not images: a.txt, b.txt"]);
        });
    }

    #[test]
    fn a_session_that_does_not_stop_is_closed_and_the_other_source_stays() {
        with_sources("#/", |sources, notices| {
            let begun = sources.begin(vec!["a.tar".to_owned()]);
            sources.hear(begun[0], opened("sha256:a"));
            let busy = sources.begin(vec!["b.tar".to_owned()])[0];
            sources.hear(busy, opened("sha256:b"));
            assert_eq!(sources.screen(), Screen::Image(busy, ImagePosition(0)));
            sources.close_busy(busy);
            sources.close_busy(busy);
            assert_eq!(sources.screen(), Screen::Image(begun[0], ImagePosition(0)));
            let titles: Vec<String> = notices.list().into_iter().map(|n| n.title).collect();
            assert_eq!(titles, ["Cancelled: b.tar was closed, because its engine did not stop"]);
        });
    }

    #[test]
    fn a_file_that_is_closed_is_not_waited_for() {
        with_sources("#/", |sources, notices| {
            let names = ["a.tar", "b.txt", "c.tar"].map(str::to_owned);
            let begun = sources.begin(names.to_vec());
            sources.hear(begun[0], opened("sha256:a"));
            sources.failed(begun[1], no_image());
            sources.close(begun[2]);
            let titles: Vec<String> = notices.list().into_iter().map(|n| n.title).collect();
            assert_eq!(titles, ["1 opened, 1 not an image: b.txt"]);
        });
    }
}
