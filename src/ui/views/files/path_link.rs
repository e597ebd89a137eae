//! The link to a path, for a reader who is not interested in how its finder had the tree.

use crate::link::Link;
use crate::ui::app::{use_image, use_navigation};
use leptos::prelude::*;

/// The link to what is shown of the path alone, without the tree's filter, order and search. Pinned to the image as it is
/// now, whatever its tag will name tomorrow.
pub fn link_to_path() -> Signal<String> {
    let (navigation, image) = (use_navigation(), use_image());
    Signal::derive(move || {
        navigation.address(|link| {
            *link = path_alone(std::mem::take(link));
            image.source.make_lasting(image.position, link);
        })
    })
}

/// What a link says about its path and its image, and nothing else.
fn path_alone(link: Link) -> Link {
    let Link { target, platform, view, layers, path, member, diff, line, .. } = link;
    Link { target, platform, view, layers, path, member, diff, line, ..Link::default() }
}

#[test]
fn the_link_to_a_file_leaves_out_how_the_tree_is_shown() {
    let shown = "#/archive/a?view=files&layers=2&path=%2Fetc%2Fb&line=3&find=etc&in=%2Fetc&grep=x&sort=size&show=treemap";
    let link = path_alone(Link::parse(shown)).to_string();
    assert_eq!(link, "#/archive/a?view=files&layers=2&path=/etc/b&line=3");
}
