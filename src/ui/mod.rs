//! The page: what the user sees.
//!
//! - `app` is its state: the link, what is open, what the engine answered. `widgets` are components that views
//!   share. `views` are the views of an image, one file each. `shell` is what is around them.
//! - Views are small components over plain values. They hold no logic but presentation, and are drawn natively
//!   in tests (`testing`), in each of their states.
//! - The page's policy forbids style attributes in markup: classes, or `style:property`, which Leptos sets one
//!   by one. Text of an image is text: nothing is ever read as markup.

pub mod app;
pub mod docker_run;
pub mod docker_text;
pub mod shell;
pub mod source_words;
pub mod views;
pub mod widgets;
pub mod words;

#[cfg(test)]
pub mod testing;

use crate::browser::page::client::Client;
use crate::browser::page::dom::is_framed;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Shows the page, and starts loading the engine while the user chooses a file.
pub fn mount() {
    let Some(root) = document().get_element_by_id("app") else { return };
    if is_framed() {
        // Another page could lay something over the frame, and have a click meant for that.
        root.set_text_content(Some(
            "Layerscope does not run within other pages. Open it in a tab of its own.",
        ));
        return;
    }
    Client::warm_up();
    root.set_text_content(None); // what index.html shows until now
    leptos::mount::mount_to(root.unchecked_into(), shell::App).forget();
}
