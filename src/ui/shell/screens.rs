//! The second part of the page: every screen but the start page.
//!
//! - The build splits the page's module at `draw_screen` (xtask/src/build/split.rs): what only that function
//!   reaches is fetched after the start page is drawn, so the first visit waits for half of the code. A build
//!   without this step, and native tests, have all in one module, where loading succeeds at once.
//! - A part that cannot be fetched is a problem with a button to try again; the start page stays usable.

use super::contents::ContentsScreen;
use super::image_screen::ImageScreen;
use super::lists::ListScreen;
use crate::problem::Problem;
use crate::ui::app::{ImageFacts, OpenFlag, Screen, SearchPart, ShownImage, spawn};
use crate::ui::views::CompareScreen;
use crate::ui::widgets::{Button, LoadingState, ProblemAlert};
use futures_util::FutureExt;
use leptos::prelude::*;

/// Whether the second part of the page is here.
#[derive(Clone, Copy)]
pub struct Screens(RwSignal<ScreensState>);

#[derive(Clone, Debug, PartialEq)]
enum ScreensState {
    Loading,
    Loaded,
    Failed(Problem),
}

impl Screens {
    /// Tracked.
    pub fn are_loaded(self) -> bool {
        *self.0.read() == ScreensState::Loaded
    }

    fn fetch(self) {
        self.0.set(ScreensState::Loading);
        spawn(async move {
            let state = match load_screens().await {
                Ok(()) => ScreensState::Loaded,
                Err(_) => ScreensState::Failed(not_loaded()),
            };
            self.0.set(state);
        });
    }
}

/// Starts to fetch it.
pub fn load() -> Screens {
    let screens = Screens(RwSignal::new(ScreensState::Loading));
    screens.fetch();
    screens
}

fn not_loaded() -> Problem {
    Problem::new("page-part-not-loaded", "A part of this page could not be loaded.")
        .advice("Check the connection and try again; if the page was updated since, reload it.")
}

/// The screen, or that it is still to come.
pub fn draw(screen: Screen) -> AnyView {
    let screens: Screens = expect_context();
    match screens.0.get() {
        ScreensState::Loading => view! { <LoadingState text="Loading…".to_owned() /> }.into_any(),
        ScreensState::Failed(problem) => view! {
            <main id="main" class="start" tabindex="-1">
                <div>
                    <ProblemAlert problem />
                    <Button label="Try again" on_press=move || screens.fetch() />
                </div>
            </main>
        }
        .into_any(),
        // Once loaded, the function returns at its first poll.
        ScreensState::Loaded => match draw_screen(screen).now_or_never() {
            Some(Ok(view)) => view,
            _ => ().into_any(),
        },
    }
}

#[wasm_split_helpers::wasm_split(screens, preload(load_screens), fallible)]
fn draw_screen(screen: Screen) -> Result<AnyView, wasm_split_helpers::SplitLoaderError> {
    Ok(match screen {
        Screen::Image(source, position) => {
            let image = ShownImage::new(source, position);
            provide_context(image);
            provide_context(ImageFacts::of(image));
            provide_context(OpenFlag::<SearchPart>::new());
            view! { <ImageScreen image /> }.into_any()
        }
        Screen::Contents(source) => view! { <ContentsScreen source /> }.into_any(),
        Screen::Compare(pair) => view! { <CompareScreen pair /> }.into_any(),
        Screen::List => view! { <ListScreen /> }.into_any(),
        Screen::Opening(_) | Screen::Failed(_) | Screen::Start => ().into_any(),
    })
}
