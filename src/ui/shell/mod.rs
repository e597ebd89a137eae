//! What is around the views: the page as a whole, its header, the start page, dialogs, progress.

mod cache;
mod contents;
mod header;
mod host_request;
mod image_screen;
mod lists;
mod messages;
mod open_images;
mod opener;
mod page_state;
mod platforms;
mod progress;
mod questions;
mod reference;
mod save;
mod settings;
mod source_link;
mod start;

use crate::ui::app::{
    DropClaim, ImageFacts, LayerChoice, Navigation, Notices, OpenSource, OpenSources, Registries,
    Screen, SettingsOpen, ShownImage,
};
use crate::ui::widgets::VIEW_HEADING;
use contents::ContentsScreen;
use header::Header;
use image_screen::ImageScreen;
use leptos::prelude::*;
use lists::ListScreen;
use messages::{Announcements, NoticeList};
use opener::DropTarget;
use progress::ProgressCard;
use questions::Questions;
use settings::SettingsDialog;
use start::StartScreen;

/// The whole page.
#[component]
pub fn App() -> AnyView {
    let navigation = Navigation::from_address();
    provide_context(navigation);
    provide_context(LayerChoice::new(navigation));
    let notices = Notices::new();
    provide_context(notices);
    let registries = Registries::load();
    provide_context(registries);
    let sources = OpenSources::new(navigation, registries, notices);
    provide_context(sources);
    provide_context(DropClaim::new());
    provide_context(SettingsOpen::new());
    sources.follow_link();
    sources.show_images();
    let screen = Memo::new(move |_| sources.screen());
    page_state::follow(screen);
    view! {
        <a class="skip" href="#main" on:click=page_state::skip_to_main>"Skip to content"</a>
        <Header screen />
        <NoticeList />
        {move || draw(screen.get())}
        <ProgressCard screen />
        <DropTarget />
        <SettingsDialog />
        <Questions />
        <Announcements />
    }
    .into_any()
}

fn draw(screen: Screen) -> AnyView {
    match screen {
        Screen::Image(source, position) => {
            let image = ShownImage::new(source, position);
            provide_context(image);
            provide_context(ImageFacts::of(image));
            view! { <ImageScreen image /> }.into_any()
        }
        Screen::Contents(source) => view! { <ContentsScreen source /> }.into_any(),
        Screen::Opening(source) => view! { <OpeningScreen source /> }.into_any(),
        Screen::Failed(source) => view! { <StartScreen failed=source /> }.into_any(),
        Screen::List => view! { <ListScreen /> }.into_any(),
        Screen::Start => view! { <StartScreen /> }.into_any(),
    }
}

/// While a source is opened: only its name is known.
#[component]
fn OpeningScreen(source: OpenSource) -> AnyView {
    view! {
        <main id="main" class="start" tabindex="-1">
            <div>
                <h1 id=VIEW_HEADING tabindex="-1">{move || format!("Opening {}", source.name())}</h1>
            </div>
        </main>
    }
    .into_any()
}
