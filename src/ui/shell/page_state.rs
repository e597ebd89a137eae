//! What tests and screen readers wait for: `data-state`, the performance marks, the title, and a place for the focus.

use super::screens::Screens;
use crate::browser::page::{dom, marks};
use crate::ui::app::{ComparedPair, OpenImageAt, OpenQuestion, OpenSource, Screen, use_navigation};
use crate::ui::widgets::VIEW_HEADING;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use std::time::Duration;

/// The values of `data-state` of the page, which scripts and tests wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PageState {
    Empty,
    Loading,
    /// The tree can be used.
    Tree,
    /// Every analysis that runs without being asked for has ended.
    Ready,
    Error,
}

impl PageState {
    fn word(self) -> &'static str {
        match self {
            PageState::Empty => "empty",
            PageState::Loading => "loading",
            PageState::Tree => "tree",
            PageState::Ready => "ready",
            PageState::Error => "error",
        }
    }
}

/// Keeps them as the screen is.
pub fn follow(screen: Memo<Screen>, screens: Screens) {
    wait_for_views(screen, screens);
    let navigation = use_navigation();
    let state = Memo::new(move |_| match (screen.get(), screens.are_loaded()) {
        (Screen::Image(..) | Screen::Contents(_) | Screen::Compare(_) | Screen::List, false) => {
            PageState::Loading
        }
        (screen, _) => state_of(screen, navigation.needs_layers()),
    });
    Effect::new(move |before: Option<(Option<OpenSource>, PageState)>| {
        let (source, state) = (screen.get().source(), state.get());
        dom::set_state(state.word());
        // To turn to a source that was ready before is no moment in its life.
        let before = before.filter(|(shown, _)| *shown == source).map(|(_, state)| state);
        if before.is_some_and(|before| before != state) {
            mark(before, state);
        }
        (source, state)
    });
    Effect::new(move |before: Option<Screen>| {
        let screen = screen.get();
        dom::set_bare(!matches!(screen, Screen::Image(..)));
        // What had the focus may be gone with the screen.
        if before.is_some_and(|before| before != screen) {
            request_animation_frame(|| {
                if dom::focused().is_none() {
                    dom::focus_id(VIEW_HEADING);
                }
            });
        }
        screen
    });
}

/// A source is not ready before its views have asked. They come with the second part of the page, which may
/// arrive after everything was read.
fn wait_for_views(screen: Memo<Screen>, screens: Screens) {
    Effect::new(move |waiting: Option<Option<OpenQuestion>>| {
        let source = screen.get().source();
        if !screens.are_loaded() {
            return source.map(|source| OpenQuestion::of(Some(source)));
        }
        if let Some(Some(question)) = waiting {
            // A task of its own comes after all effects of the views that are now drawn.
            set_timeout(move || drop(question), Duration::ZERO);
        }
        None
    });
}

fn state_of(screen: Screen, view_needs_layers: bool) -> PageState {
    match screen {
        Screen::Failed(_) => PageState::Error,
        Screen::Start => PageState::Empty,
        Screen::List | Screen::Contents(_) => PageState::Ready,
        Screen::Opening(_) => PageState::Loading,
        Screen::Compare(ComparedPair { a, b }) => {
            let is_ready = |side: OpenImageAt| side.source.image_state(side.image).ready;
            match is_ready(a) && is_ready(b) {
                true => PageState::Ready,
                false => PageState::Loading,
            }
        }
        Screen::Image(source, image) => {
            let state = source.image_state(image);
            match state.tree {
                _ if state.ready => PageState::Ready,
                Some(_) => PageState::Tree,
                None if source.waits_for_user(view_needs_layers) => PageState::Ready,
                None => PageState::Loading,
            }
        }
    }
}

fn mark(before: Option<PageState>, state: PageState) {
    let reached = |wanted| state == wanted;
    if reached(PageState::Tree) || (reached(PageState::Ready) && before != Some(PageState::Tree)) {
        marks::mark(marks::PageMark::Tree);
    }
    if reached(PageState::Ready) {
        marks::mark(marks::PageMark::Ready);
    }
}

/// The skip link: its address would be taken for a link of ours.
pub fn skip_to_main(event: MouseEvent) {
    event.prevent_default();
    dom::focus_id("main");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Event, Pulling};
    use crate::ui::app::{Before, SourceId, SourceOrigin};
    use crate::vocabulary::ImagePosition;

    #[test]
    fn a_page_is_ready_when_its_image_is() {
        Owner::new().with(|| {
            let origin = SourceOrigin::Files { required: None };
            let source = OpenSource::new(SourceId(1), "a".into(), origin, Before::default());
            let image = ImagePosition(0);
            let state = |needs_layers| state_of(Screen::Image(source, image), needs_layers);
            assert_eq!(state(true), PageState::Loading);
            let pulling = Pulling { missing: 5, ..Pulling::default() };
            source.hear(Event::Pulling(pulling.clone()));
            assert_eq!(state(true), PageState::Loading, "the layers come");
            assert_eq!(state(false), PageState::Ready, "nobody has asked for them");
            source.hear(Event::Pulling(Pulling { needs_consent: true, ..pulling }));
            assert_eq!(state(true), PageState::Ready, "the user must agree first");
            source.hear(Event::TreeReady { image });
            assert_eq!(state(true), PageState::Tree);
            source.images.finished(image);
            assert_eq!(state(true), PageState::Ready);
            assert_eq!(state_of(Screen::Failed(source), true), PageState::Error);
            assert_eq!(state_of(Screen::Start, true), PageState::Empty);
        });
    }
}
