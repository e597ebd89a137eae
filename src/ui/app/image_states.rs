//! How far a session is with each of its images, and when an image is ready.
//!
//! An image is ready when what is on screen is ready: its work has ended, and the questions that the page had
//! since are answered.

use crate::vocabulary::ImagePosition;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// How far the session is with one image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImageState {
    /// Grows whenever answers about the image may have changed.
    pub revision: u32,
    /// Grows with each new tree; `None` until there is one.
    pub tree: Option<u32>,
    /// Everything that runs without being asked has ended.
    pub finished: bool,
    /// It has ended, and all questions that the page had are answered.
    pub ready: bool,
}

/// The images of one source. Copied.
#[derive(Clone, Copy)]
pub struct ImageStates {
    states: RwSignal<BTreeMap<ImagePosition, ImageState>>,
    open_questions: StoredValue<u32>,
}

impl ImageStates {
    /// None is known yet.
    pub fn new() -> ImageStates {
        ImageStates { states: RwSignal::new(BTreeMap::new()), open_questions: StoredValue::new(0) }
    }

    /// The state of an image; tracked.
    pub fn of(self, image: ImagePosition) -> ImageState {
        self.states.read().get(&image).copied().unwrap_or_default()
    }

    /// Nothing is known any more.
    pub fn clear(self) {
        self.states.set(BTreeMap::new());
    }

    /// Answers about an image may have changed.
    pub fn changed(self, image: ImagePosition) {
        self.update(image, |state| state.revision += 1);
    }

    /// The tree of an image can be queried, or is another one.
    pub fn tree_ready(self, image: ImagePosition) {
        self.update(image, |state| {
            state.tree = Some(state.tree.map_or(0, |tree| tree + 1));
            state.revision += 1;
        });
    }

    /// Background work changed answers, those about the tree included.
    pub fn tree_changed(self, image: ImagePosition) {
        self.update(image, |state| {
            state.tree = state.tree.map(|tree| tree + 1);
            state.revision += 1;
        });
    }

    /// Everything that runs by itself has ended.
    pub fn finished(self, image: ImagePosition) {
        self.update(image, |state| state.finished = state.tree.is_some());
        self.settle();
    }

    /// The image is read again: it is no longer ready.
    pub fn restarted(self, image: ImagePosition) {
        self.update(image, |state| (state.finished, state.ready) = (false, false));
    }

    /// The page has a question.
    pub fn asked(self) {
        self.open_questions.update_value(|open| *open += 1);
    }

    /// It is answered or cancelled.
    pub fn answered(self) {
        self.open_questions.update_value(|open| *open = open.saturating_sub(1));
        self.settle();
    }

    fn settle(self) {
        if self.open_questions.get_value() > 0 {
            return;
        }
        let unsettled = |state: &ImageState| state.finished && !state.ready;
        if self.states.read_untracked().values().any(unsettled) {
            self.states.update(|states| {
                states.values_mut().for_each(|state| state.ready = state.finished);
            });
        }
    }

    fn update(self, image: ImagePosition, change: impl FnOnce(&mut ImageState)) {
        self.states.try_update(|states| change(states.entry(image).or_default()));
    }
}

impl Default for ImageStates {
    fn default() -> ImageStates {
        ImageStates::new()
    }
}

#[test]
fn an_image_is_ready_when_the_last_question_is_answered() {
    Owner::new().with(|| {
        let (states, image) = (ImageStates::new(), ImagePosition(0));
        let state = || states.of(image);
        states.tree_ready(image);
        assert_eq!((state().tree, state().revision), (Some(0), 1));
        states.tree_changed(image);
        assert_eq!((state().tree, state().revision), (Some(1), 2));
        states.asked();
        states.finished(image);
        assert!(!state().ready);
        states.answered();
        assert!(state().ready);
        states.asked();
        assert!(state().ready, "another view asks: still ready");
        states.restarted(image);
        states.answered();
        assert!(!state().ready);
    });
}

#[test]
fn an_image_without_a_tree_is_never_ready() {
    Owner::new().with(|| {
        let (states, image) = (ImageStates::new(), ImagePosition(3));
        states.finished(image);
        states.tree_changed(image);
        assert_eq!(states.of(image), ImageState { revision: 1, ..ImageState::default() });
    });
}
