//! What the treemap's colours tell apart, as the link has it, and what each means.

use super::tree_model::{shows, with_word};
use crate::selection::LayerSelection;
use crate::ui::app::use_navigation;
use crate::ui::widgets::{Segment, Segments, layer_class};
use crate::ui::words;
use crate::vocabulary::{Change, FileFamily, TileColour, TileColouring};
use leptos::prelude::*;

/// The words of `show=` in the link; layers have none.
const BY_TYPE: &str = "by-type";
const BY_CHANGE: &str = "by-change";

const FAMILIES: [FileFamily; 7] = [
    FileFamily::Programs,
    FileFamily::Code,
    FileFamily::Data,
    FileFamily::Archives,
    FileFamily::Documents,
    FileFamily::Media,
    FileFamily::Other,
];
const CHANGES: [Change; 4] = [Change::Added, Change::Modified, Change::Unchanged, Change::None];

/// What colours tell apart. Without a selection of layers nothing has changed.
pub(super) fn colouring_of(show: &str, layers: LayerSelection) -> TileColouring {
    if shows(show, BY_TYPE) {
        return TileColouring::Family;
    }
    match shows(show, BY_CHANGE) && layers != LayerSelection::All {
        true => TileColouring::Change,
        false => TileColouring::Layer,
    }
}

/// The choice, and what the colours mean; those of layers have their numbers beside them in the list of layers.
#[component]
pub(super) fn Colours(colouring: Memo<TileColouring>) -> AnyView {
    let navigation = use_navigation();
    let choices = Memo::new(move |_| {
        let mut choices = vec![
            Segment::new(TileColouring::Layer, "Layer"),
            Segment::new(TileColouring::Family, "Type").explained("By the endings of names"),
        ];
        if navigation.layers() != LayerSelection::All {
            choices.push(Segment::new(TileColouring::Change, "Change"));
        }
        choices
    });
    let choose = move |chosen: TileColouring| {
        navigation.go(|link| {
            let is = |other| chosen == other;
            link.show = with_word(&link.show, BY_TYPE, is(TileColouring::Family));
            link.show = with_word(&link.show, BY_CHANGE, is(TileColouring::Change));
        });
    };
    let key = |(colour, name): (TileColour, &'static str)| {
        let class = format!("chip {}", colour_class(colour));
        view! { <li><span class=class aria-hidden="true"></span>{name}</li> }
    };
    let keys = move || {
        let keys: Vec<_> = match colouring.get() {
            TileColouring::Layer => Vec::new(),
            TileColouring::Family => {
                FAMILIES.map(|family| (TileColour::Family(family), family_words(family))).to_vec()
            }
            TileColouring::Change => {
                CHANGES.map(|change| (TileColour::Change(change), change_words(change))).to_vec()
            }
        };
        (!keys.is_empty()).then(|| {
            view! { <ul class="colour-keys">{keys.into_iter().map(key).collect_view()}</ul> }
        })
    };
    view! {
        <div class="colour-choice">
            <span class="soft">"Colours"</span>
            <Segments
                label="Colours"
                choices
                pressed=move |one: &TileColouring| *one == colouring.get()
                on_choose=choose
            />
            {keys}
        </div>
    }
    .into_any()
}

/// The class that gives a colour.
pub(super) fn colour_class(colour: TileColour) -> &'static str {
    match colour {
        TileColour::Layer(layer) => layer_class(layer),
        TileColour::Family(family) => match family {
            FileFamily::Programs => "l1",
            FileFamily::Code => "l2",
            FileFamily::Data => "l3",
            FileFamily::Archives => "l4",
            FileFamily::Documents => "l5",
            FileFamily::Media => "c-media",
            FileFamily::Other => "l0",
        },
        TileColour::Change(change) => match change {
            Change::Added => "c-added",
            Change::Modified => "c-modified",
            Change::Removed => "c-removed",
            Change::Unchanged | Change::None => "l0",
        },
    }
}

pub(super) fn family_words(family: FileFamily) -> &'static str {
    words::file_family(family)
}

pub(super) fn change_words(change: Change) -> &'static str {
    words::change(change).map_or("Not changed", |words| words.word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::TestPage;

    fn drawn(link: &str) -> String {
        let html = TestPage::at(link).render(|| {
            let navigation = use_navigation();
            let colouring =
                Memo::new(move |_| colouring_of(&navigation.show(), navigation.layers()));
            view! { <Colours colouring /> }
        });
        html.text()
    }

    #[test]
    fn the_link_says_what_colours_mean() {
        let text = drawn("#/?view=files&show=treemap,by-type");
        assert!(text.starts_with("Colours Layer Type Programs and libraries"), "{text}");
        let text = drawn("#/?view=files&layers=2&show=treemap,by-change");
        assert!(text.contains("Change Added Modified"), "{text}");
        assert_eq!(drawn("#/?view=files&show=treemap,by-change"), "Colours Layer Type");
    }
}
