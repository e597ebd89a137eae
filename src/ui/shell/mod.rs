//! What is around the views: the page as a whole, its header, the start page, dialogs, progress.

mod cache;
mod contents;
mod header;
mod help;
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
mod screens;
mod settings;
mod source_link;
mod start;

use crate::ui::app::{
    DropClaim, HelpPart, LayerChoice, Navigation, Notices, OpenFlag, OpenSource, OpenSources,
    Registries, Screen, SettingsPart,
};
use crate::ui::widgets::VIEW_HEADING;
use header::Header;
use help::HelpDialog;
use leptos::prelude::*;
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
    provide_context(OpenFlag::<SettingsPart>::new());
    provide_context(OpenFlag::<HelpPart>::new());
    sources.follow_link();
    sources.show_images();
    let screens = screens::load();
    provide_context(screens);
    let screen = Memo::new(move |_| sources.screen());
    page_state::follow(screen, screens);
    view! {
        <a class="skip" href="#main" on:click=page_state::skip_to_main>"Skip to content"</a>
        <Header screen />
        <NoticeList />
        {move || draw(screen.get())}
        <ProgressCard screen />
        <DropTarget />
        <SettingsDialog />
        <HelpDialog />
        <Questions />
        <Announcements />
    }
    .into_any()
}

/// What is drawn at once: the rest comes with the second part of the page (`screens.rs`).
fn draw(screen: Screen) -> AnyView {
    match screen {
        Screen::Opening(source) => view! { <OpeningScreen source /> }.into_any(),
        Screen::Failed(source) => view! { <StartScreen failed=source /> }.into_any(),
        Screen::Start => view! { <StartScreen /> }.into_any(),
        Screen::Image(..) | Screen::Contents(_) | Screen::Compare(_) | Screen::List => {
            screens::draw(screen)
        }
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
