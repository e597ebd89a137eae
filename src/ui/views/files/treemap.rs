//! The treemap: sizes as areas, beside the tree that shows the same paths.
//!
//! - A directory's tile leads down: the view is bound to it, as by `in=` in the link. A file's tile selects the file.
//! - The tree below it is the equivalent for a screen reader; the tiles are links that Tab and the arrows reach.

use super::tree_model::TreeModel;
use super::treemap_colours::{Colours, change_words, colour_class, colouring_of, family_words};
use crate::browser::page::dom;
use crate::format;
use crate::protocol::{LinkPath, SizeTiles, Treemap, TreemapTile};
use crate::text::percent_decode;
use crate::ui::app::{Loaded, set_path, use_image, use_navigation, use_query};
use crate::ui::widgets::{ProblemAlert, on_measure, row_after};
use crate::vocabulary::{TileArea, TileColour, TileKind};
use leptos::ev::KeyboardEvent;
use leptos::html::Div;
use leptos::prelude::*;
use std::sync::Arc;

/// Its height in the style sheet, in CSS pixels.
const HEIGHT: u32 = 280;
/// The width is requested in steps, so that a pane that is resized asks rarely.
const STEP: f64 = 80.0;
/// A tile with a smaller part of the width, or of the height, has no name.
const NAMED: (f64, f64) = (0.06, 0.06);

/// The word of `show=` in the link.
pub(super) const TREEMAP: &str = "treemap";

/// The treemap.
#[component]
pub(super) fn TreemapPart() -> AnyView {
    let (navigation, image) = (use_navigation(), use_image());
    let tree = expect_context::<TreeModel>();
    let root = NodeRef::<Div>::new();
    let width = RwSignal::new(10 * STEP as u32);
    on_measure(root, move |element| {
        let steps = (dom::width(element) / STEP).round().max(1.0);
        width.try_set((steps * STEP) as u32);
    });
    let colouring = Memo::new(move |_| colouring_of(&navigation.show(), navigation.layers()));
    let tiles = use_query(move || {
        image.tree()?;
        let mut spec = tree.spec.get();
        (spec.sort, spec.join) = Default::default();
        let (image, width) = (image.position, width.get());
        Some(SizeTiles { image, spec, colouring: colouring.get(), width, height: HEIGHT })
    });
    let above = move || parent(&navigation.directory());
    let up = move || {
        let above = above()?;
        let href = navigation.href(|link| link.directory = bytes(&above));
        Some(view! { <a class="btn q up" href=href>"Up"</a> })
    };
    let pressed = move |event: KeyboardEvent| {
        let count = tiles.read_untracked().ready().map_or(0, |map| map.tiles.len() as u32);
        match (event.key().as_str(), untrack(above)) {
            ("Backspace", Some(above)) => {
                event.prevent_default();
                navigation.go(|link| link.directory = bytes(&above));
            }
            _ => move_focus(&event, root, count),
        }
    };
    let drawn = move || match tiles.get() {
        Loaded::Ready(map) => view! { <Tiles map /> }.into_any(),
        other => other
            .problem()
            .map(|problem| view! { <ProblemAlert problem=problem.clone() /> })
            .into_any(),
    };
    view! {
        <section class="treemap-part" aria-label="Treemap">
            {up}
            <div class="treemap" node_ref=root on:keydown=pressed>{drawn}</div>
            <Colours colouring />
        </section>
    }
    .into_any()
}

/// Arrows lead from tile to tile, whichever way they point.
fn move_focus(event: &KeyboardEvent, root: NodeRef<Div>, count: u32) {
    let key = match event.key().as_str() {
        "ArrowRight" => "ArrowDown".to_owned(),
        "ArrowLeft" => "ArrowUp".to_owned(),
        key => key.to_owned(),
    };
    let to = dom::line_of(event).and_then(|at| row_after(&key, at, count, 10));
    if let Some((to, root)) = to.zip(root.get_untracked()) {
        event.prevent_default();
        dom::focus_within(&root, &format!("[data-line=\"{to}\"]"));
    }
}

/// The tiles, drawn.
#[component]
pub(super) fn Tiles(map: Arc<Treemap>) -> AnyView {
    if map.size == 0 {
        return view! { <p class="hint">"Nothing here has a size."</p> }.into_any();
    }
    let tiles = map.tiles.iter().cloned();
    (0..).zip(tiles).map(|(at, tile)| view! { <Tile at tile /> }).collect_view().into_any()
}

#[component]
fn Tile(at: u32, tile: TreemapTile) -> AnyView {
    let navigation = use_navigation();
    let TileArea { x, y, width, height } = tile.area;
    let percent = |part: f64| format!("{:.3}%", part * 100.0);
    let class = match tile.kind {
        TileKind::Around => "tile around".to_owned(),
        _ => format!("tile {}", tile.colour.map(colour_class).unwrap_or_default()),
    };
    let says = tile_words(&tile);
    let has_room = width > NAMED.0 && height > NAMED.1;
    let name = (tile.kind == TileKind::Around || has_room).then(|| {
        let text = match tile.kind {
            TileKind::Rest(count) => format!("{} more", format::count(count.into())),
            _ => tile.name.to_string(),
        };
        view! { <span>{text}</span> }
    });
    let path = StoredValue::new(tile.path);
    let goes_down = tile.kind != TileKind::File;
    let href = move || {
        navigation.href(|link| match goes_down {
            true => link.directory = bytes(&path.get_value()),
            false => set_path(link, &path.get_value()),
        })
    };
    let current = move || (!goes_down && navigation.path() == path.get_value()).then_some("true");
    view! {
        <a
            class=class
            href=href
            title=says.clone()
            aria-label=says
            aria-current=current
            tabindex=if at == 0 { "0" } else { "-1" }
            data-line=at
            style:left=percent(x)
            style:top=percent(y)
            style:width=percent(width)
            style:height=percent(height)
        >
            {name}
        </a>
    }
    .into_any()
}

/// `lib/: 12.3 MB, mostly of layer 2`.
fn tile_words(tile: &TreemapTile) -> String {
    let size = format::size(tile.size);
    let what = match tile.kind {
        TileKind::File => tile.name.to_string(),
        TileKind::Directory | TileKind::Around => format!("{}/", tile.name),
        TileKind::Rest(count) => {
            format!("{} smaller", format::counted(count.into(), "path", "paths"))
        }
    };
    let mostly = if tile.kind == TileKind::File { "" } else { "mostly " };
    let colour = match tile.colour {
        Some(TileColour::Layer(layer)) if mostly.is_empty() => format!(", layer {layer}"),
        Some(TileColour::Layer(layer)) => format!(", mostly of layer {layer}"),
        Some(TileColour::Family(family)) => format!(", {mostly}{}", lower(family_words(family))),
        Some(TileColour::Change(change)) => format!(", {mostly}{}", lower(change_words(change))),
        None => String::new(),
    };
    format!("{what}: {size}{colour}")
}

fn lower(text: &str) -> String {
    text.to_lowercase()
}

/// The directory above another one; `None` above the root.
fn parent(directory: &LinkPath) -> Option<LinkPath> {
    let path = directory.0.trim_matches('/');
    let above = path.rsplit_once('/').map(|(above, _)| format!("/{above}"));
    (!path.is_empty()).then(|| LinkPath(above.unwrap_or_default()))
}

/// A directory as the link has it; the root is none.
fn bytes(path: &LinkPath) -> Vec<u8> {
    percent_decode(&path.0).filter(|path| path != b"/").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::{TestPage, layer};
    use crate::vocabulary::{Change, FileFamily};

    fn tile(name: &str, size: u64, [x, y, width, height]: [f64; 4]) -> TreemapTile {
        let colour = Some(TileColour::Layer(layer(2)));
        TreemapTile {
            path: LinkPath(format!("/{name}")),
            name: name.into(),
            size,
            colour,
            area: TileArea { x, y, width, height },
            ..Default::default()
        }
    }

    #[test]
    fn tiles_are_links_that_lead_to_files_and_down() {
        let directory = TreemapTile {
            kind: TileKind::Around,
            colour: None,
            ..tile("usr", 3000, [0.0, 0.0, 0.75, 1.0])
        };
        let rest =
            TreemapTile { kind: TileKind::Rest(12), ..tile("usr", 1000, [0.5, 0.5, 0.01, 0.5]) };
        let tiles = vec![directory, tile("%3Cb%3E", 1000, [0.75, 0.0, 0.25, 1.0]), rest];
        let map = Arc::new(Treemap { tiles, size: 4000 });
        let html = TestPage::at("#/?view=files&layers=2&path=/%3Cb%3E")
            .render(move || view! { <Tiles map=map.clone() /> });
        for part in [
            r##"href="#/?view=files&amp;layers=2&amp;path=/%3Cb%3E&amp;in=/usr""##,
            r#"aria-label="usr/: 3.00 kB""#,
            r#"aria-label="12 paths smaller: 1.00 kB, mostly of layer 2""#,
            r#"aria-current="true""#,
            "left:75.000%",
        ] {
            assert!(html.has(part), "{part} in {html}");
        }
        assert_eq!(html.count(r#"tabindex="0""#), 1, "the arrows lead from tile to tile");
        assert_eq!(html.text(), "usr %3Cb%3E");
    }

    #[test]
    fn a_tile_says_in_words_what_its_colour_says() {
        let words = |kind, colour| {
            tile_words(&TreemapTile { kind, colour: Some(colour), ..tile("a", 1000, [0.0; 4]) })
        };
        let change = TileColour::Change(Change::Added);
        assert_eq!(words(TileKind::File, change), "a: 1.00 kB, added");
        let family = TileColour::Family(FileFamily::Code);
        assert_eq!(words(TileKind::Directory, family), "a/: 1.00 kB, mostly source and scripts");
        let none = TileColour::Change(Change::None);
        assert_eq!(words(TileKind::Directory, none), "a/: 1.00 kB, mostly not changed");
    }

    #[test]
    fn the_way_up_ends_at_the_root() {
        let above = |path: &str| parent(&LinkPath(path.to_owned())).map(|path| path.0);
        assert_eq!(above("/usr/lib").as_deref(), Some("/usr"));
        assert_eq!(above("/usr").as_deref(), Some(""));
        assert_eq!(above("/"), None);
        assert_eq!(above(""), None);
    }
}
