//! What stands around the views: the page as a whole, its header, the navigation.

mod image_screen;
mod messages;
mod page_state;

use crate::ui::app::{
    ImageFacts, LayerChoice, Navigation, Notices, OpenSources, Registries, Screen, ShownImage,
};
use image_screen::ImageScreen;
use leptos::prelude::*;
use messages::{Announcements, NoticeList};

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let navigation = Navigation::from_address();
    provide_context(navigation);
    provide_context(LayerChoice::new(navigation));
    let notices = Notices::new();
    provide_context(notices);
    let registries = Registries::load();
    provide_context(registries);
    let sources = OpenSources::new(navigation, registries, notices);
    provide_context(sources);
    sources.follow_link();
    sources.show_images();
    let screen = Memo::new(move |_| sources.screen());
    page_state::follow(screen);
    let draw = move || match screen.get() {
        Screen::Image(source, position) => {
            let image = ShownImage::new(source, position);
            provide_context(image);
            provide_context(ImageFacts::of(image));
            view! { <ImageScreen image /> }.into_any()
        }
        _ => view! { <main id="main" class="start" tabindex="-1"></main> }.into_any(),
    };
    view! {
        <a class="skip" href="#main" on:click=page_state::skip_to_main>"Skip to content"</a>
        <header class="top">
            <a class="logo" href="#/" aria-label="Layerscope, start">"Layerscope"</a>
        </header>
        <NoticeList />
        {draw}
        <Announcements />
    }
}
