//! How far a session is with each of its images, and when an image is ready.
//!
//! An image is ready when what is on screen is ready: its work has ended, and the questions that the page had
//! since are answered.

use crate::vocabulary::ImagePosition;
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;

/// A session that gives no answer for so long is busy.
const BUSY_AFTER: Duration = Duration::from_secs(1);

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
    /// The user has cancelled the work on it.
    pub cancelled: bool,
}

/// The images of one source. Copied.
#[derive(Clone, Copy)]
pub struct ImageStates {
    states: RwSignal<BTreeMap<ImagePosition, ImageState>>,
    questions: StoredValue<Questions>,
    busy: RwSignal<bool>,
}

/// The page's questions to a session.
#[derive(Clone, Copy, Default)]
struct Questions {
    open: u32,
    /// How many were answered or cancelled.
    answered: u32,
}

impl ImageStates {
    /// None is known yet.
    pub fn new() -> ImageStates {
        ImageStates {
            states: RwSignal::new(BTreeMap::new()),
            questions: StoredValue::new(Questions::default()),
            busy: RwSignal::new(false),
        }
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

    /// The user has cancelled the work on an image.
    pub fn cancelled(self, image: ImagePosition) {
        self.update(image, |state| {
            state.cancelled = true;
            state.revision += 1;
        });
    }

    /// An image is being worked on.
    pub fn in_work(self, image: ImagePosition) {
        if self.states.read_untracked().get(&image).is_some_and(|state| state.cancelled) {
            self.update(image, |state| state.cancelled = false);
        }
    }

    /// Whether an image has a tree.
    pub fn any_tree(self) -> bool {
        self.states.read_untracked().values().any(|state| state.tree.is_some())
    }

    /// The session owes the page answers, and has given none for a while; tracked.
    pub fn is_busy(self) -> bool {
        self.busy.get()
    }

    /// The page has a question.
    pub fn asked(self) {
        let first = self.questions.try_update_value(|questions| {
            questions.open += 1;
            questions.open == 1
        });
        if first == Some(true) {
            self.watch();
        }
    }

    /// It is answered or cancelled.
    pub fn answered(self) {
        self.questions.update_value(|questions| {
            questions.open = questions.open.saturating_sub(1);
            questions.answered = questions.answered.wrapping_add(1);
        });
        if self.busy.try_get_untracked() == Some(true) {
            self.busy.set(false);
        }
        self.settle();
    }

    /// Looks after a while whether answers have come.
    fn watch(self) {
        if cfg!(target_arch = "wasm32") {
            let answered = self.questions.get_value().answered;
            set_timeout(move || self.look_again(answered), BUSY_AFTER);
        }
    }

    /// So many answers had come a while ago.
    fn look_again(self, answered: u32) {
        let Some(questions) = self.questions.try_get_value().filter(|now| now.open > 0) else {
            return;
        };
        if questions.answered == answered {
            self.busy.try_set(true);
        } else {
            self.watch();
        }
    }

    fn settle(self) {
        if self.questions.get_value().open > 0 {
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

#[test]
fn a_session_that_gives_no_answer_for_a_while_is_busy() {
    Owner::new().with(|| {
        let states = ImageStates::new();
        states.asked();
        states.asked();
        states.answered();
        states.look_again(0);
        assert!(!states.is_busy(), "an answer came meanwhile");
        states.look_again(1);
        assert!(states.is_busy());
        states.answered();
        assert!(!states.is_busy());
        states.look_again(2);
        assert!(!states.is_busy(), "nothing is asked");
    });
}

#[test]
fn work_that_was_cancelled_stays_so_until_it_begins_again() {
    Owner::new().with(|| {
        let (states, image) = (ImageStates::new(), ImagePosition(0));
        states.tree_ready(image);
        states.cancelled(image);
        assert!(states.of(image).cancelled && !states.of(image).ready);
        assert_eq!(states.of(image).revision, 2, "views ask again, and hear it");
        states.in_work(image);
        assert!(!states.of(image).cancelled);
    });
}
