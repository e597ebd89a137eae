//! The choice of a platform: the same image as it was built for others.

use super::here::here;
use super::opened::Opened;
use super::parts::{Views, holds, live, view};
use super::state::Memo;
use crate::format;
use crate::link::Place;
use crate::selection::LayerSelection;
use crate::session::query::{ImageLine, SourceInfo};
use leptos::prelude::*;

/// An image's ID, and the words that it is chosen by.
type Choice = (String, String);

/// The images of the same names as the chosen one, where they differ in platform; else none.
fn choices(source: &SourceInfo) -> Vec<Choice> {
    let Some(chosen) = source.images.get(source.chosen as usize) else { return Vec::new() };
    let same = |image: &&ImageLine| image.names == chosen.names && !image.image_id.is_empty();
    let same: Vec<&ImageLine> = source.images.iter().filter(same).collect();
    if same.iter().all(|image| image.platform == chosen.platform) {
        return Vec::new();
    }
    let choice = |image: &&ImageLine| {
        let twins = same.iter().filter(|other| other.platform == image.platform).count();
        let words = match twins {
            1 => image.platform.clone(),
            _ => format!("{} · {}", image.platform, format::short_digest(&image.image_id)),
        };
        (image.image_id.clone(), words)
    };
    same.iter().map(choice).collect()
}

/// The choice; nothing where there is none. The view and the path stay, layers are another image's.
pub fn platform_select(opened: Opened, class: &'static str) -> AnyView {
    let here = here();
    let list = move || opened.source.read().as_deref().map(choices).unwrap_or_default();
    // Drawn again only for other choices, so that it keeps the focus.
    let words = Memo::new(move |_| list().into_iter().map(|(id, _)| id).collect::<String>());
    let pick = move |event| {
        let digest = event_target_value(&event);
        here.go(|link| {
            link.place = Place::Archive { digest };
            link.layers = LayerSelection::All;
        });
    };
    let option = move |(id, words): Choice| {
        let value = id.clone();
        let selected = holds(move || opened.chosen_id().as_ref() == Some(&id));
        view! { <option value=value prop:selected=selected>{words}</option> }
    };
    live(move || {
        words.track();
        let list = untrack(list);
        (!list.is_empty()).then(|| {
            view! {
                <label class=format!("platform {class}")>
                    <span class="vh">"Platform"</span>
                    <select class="field" on:change=pick>
                        {list.into_iter().map(option).views()}
                    </select>
                </label>
            }
        })
    })
}
