//! The view drawn natively. The tree's rows are requested by actions, which do not run here: rows have their tests in
//! `row.rs` and in the browser.

use super::FilesView;
use super::file_pane::differences_text;
use super::view::Sums;
use crate::problem::Problem;
use crate::protocol::{
    Difference, FileDetails, FileEvent, FileFacts, FileOwner, FilePackage, FileRelation, FileState,
    FileTime, Instruction, LinkPath, SinceInstalled, TreeState, Xattr, XattrValue,
};
use crate::ui::testing::{Rendered, TestPage, layer};
use crate::vocabulary::{Change, NodeKind};
use leptos::prelude::*;

const LINK: &str = "#/?view=files&path=/etc/%3Cb%3E";

fn state() -> FileState {
    FileState {
        layer: Some(layer(2)),
        kind: NodeKind::File,
        size: 1_980_000,
        mode: Some(0o4755),
        owner: Some(FileOwner { uid: 0, gid: 0, user: "root".into(), group: "".into() }),
        modified_at: Some(FileTime { seconds: 1_795_780_800, nanoseconds: 0 }),
        links: Some(1),
        readable: true,
        ..FileState::default()
    }
}

fn facts() -> FileFacts {
    FileFacts {
        path: LinkPath("/etc/%3Cb%3E".into()),
        shown: "/etc/<b>".into(),
        current: Some(state()),
        link_end: None,
        history: vec![FileEvent {
            layer: layer(2),
            instruction: Instruction {
                keyword: "RUN".into(),
                text: "chmod u+s".into(),
                ..Default::default()
            },
            change: Change::Modified,
            differences: vec![
                Difference::Mode { before: 0o755, after: 0o4755 },
                Difference::SameContent,
            ],
            state: Some(state()),
        }],
        packages: vec![FilePackage {
            key: "pkg:deb/debian/bash".into(),
            name: "bash".into(),
            version: "5.2".into(),
            relation: FileRelation::Owner {
                since: SinceInstalled::Changed { installed: layer(1), by: layer(2) },
            },
        }],
        named_packages: 0,
    }
}

fn draw(page: TestPage) -> Rendered {
    page.ready().render(|| view! { <FilesView /> })
}

#[test]
fn a_file_shows_facts_history_and_package() {
    let html = draw(TestPage::at(LINK).answers::<FileDetails>(facts()));
    assert!(html.has(r#"role="region" aria-label="File""#));
    assert!(html.has(r#"role="treegrid" aria-label="Files""#) && html.count("<h1") == 2);
    let text = html.text();
    for part in [
        "<b> Download",
        "Path /etc /<b>",
        "Type File Content … Size 1.98 MB 1,980,000 bytes Mode -rwsr-xr-x 4755 Owner root (0) : 0",
        "Belongs to bash 5.2 Layer 2 changed it, after layer 1 installed the package.",
        "History by layer M 2 · RUN chmod u+s mode 0755 → 4755, content unchanged 1.98 MB",
    ] {
        assert!(text.contains(part), "{part:?} in {text}");
    }
    assert!(
        html.has("view=packages&amp;path=/etc/%3Cb%3E&amp;item=pkg%3Adeb/debian/bash"),
        "{html}"
    );
    assert!(html.has(r#"aria-label="Content""#));
    // The directory above is a link.
    assert!(html.has(r#"view=files&amp;path=/etc">/etc</a>"#), "{html}");
}

#[test]
fn attributes_that_are_not_listed_are_counted() {
    let mut many = facts();
    let name = |name: &str| Xattr { name: name.into(), value: XattrValue::Text("x".into()) };
    let current = many.current.as_mut().unwrap();
    (current.xattrs, current.xattrs_left_out) = (vec![name("user.a")], 39_901);
    let text = draw(TestPage::at(LINK).answers::<FileDetails>(many)).text();
    assert!(text.contains("Attributes user.a = x … 39,901 more"), "{text}");
}

#[test]
fn the_packages_of_a_database_are_folded_below_the_history() {
    let mut database = facts();
    let listed = FilePackage { relation: FileRelation::Names, ..database.packages[0].clone() };
    database.packages.extend(vec![listed; 6]);
    database.named_packages = 700;
    let text = draw(TestPage::at(LINK).answers::<FileDetails>(database.clone())).text();
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part:?} in {text}"));
    assert!(at("Belongs to") < at("History by layer"));
    assert!(at("History by layer") < at("Package database of 700 packages"));
    assert!(at("Package database of 700 packages") < at("Lists package"));
    assert!(at("Lists package") < at("The first 6; all are in Packages."));
    database.packages.truncate(6); // the owner and five
    let text = draw(TestPage::at(LINK).answers::<FileDetails>(database)).text();
    assert!(text.contains("Lists package") && !text.contains("Package database"), "{text}");
}

#[test]
fn a_removed_file_says_where_it_went() {
    let mut gone = facts();
    gone.current = None;
    gone.history[0].state = None;
    gone.history[0].change = Change::Removed;
    let html = draw(TestPage::at(LINK).answers::<FileDetails>(gone));
    assert!(html.text().contains("Not here: removed in layer 2."), "{}", html.text());
    assert!(!html.has(r#"aria-label="Content""#), "there is nothing to read");
}

#[test]
fn a_path_that_no_layer_has_is_an_alert() {
    let problem = Problem::new("no-such-path", "No layer of this image has this path.");
    let html = draw(TestPage::at(LINK).fails::<FileDetails>(problem));
    assert!(html.has(r#"role="alert""#) && html.text().contains("No layer of this image"));
}

#[test]
fn while_layers_are_read_it_says_so() {
    assert!(
        TestPage::at("#/?view=files")
            .render(|| view! { <FilesView /> })
            .text()
            .contains("Reading layers…")
    );
}

#[test]
fn what_a_tree_says_without_rows_stands_below_its_heads() {
    let html = TestPage::at("#/?view=files").render(|| view! { <FilesView /> });
    assert!(html.has(r#"class="treegrid empty""#), "{html}");
}

#[test]
fn the_whole_tree_around_changes_is_in_the_link() {
    // The menu of columns has six that are chosen.
    let checked =
        |link: &str| draw(TestPage::at(link)).count(r#"<input type="checkbox" checked"#) > 6;
    assert!(checked("#/?view=files&layers=2"));
    assert!(!checked("#/?view=files&layers=2&show=tree"));
    assert!(
        !TestPage::at("#/?view=files")
            .render(|| view! { <FilesView /> })
            .text()
            .contains("Changes only")
    );
}

#[test]
fn sums_count_paths_bytes_and_changes() {
    let state = TreeState {
        paths: 9412,
        matches: 12,
        size: 167_000_000,
        matched_size: 48_000,
        added: 198,
        removed: 27,
        unchanged: 8,
        ..TreeState::default()
    };
    let text = |filtered| TestPage::new().render(move || view! { <Sums state filtered /> }).text();
    assert_eq!(text(false), "9,412 paths 167 MB +198 −27 =8");
    assert_eq!(text(true), "12 of 9,412 paths 48.0 kB of 167 MB +198 −27 =8");
}

#[test]
fn differences_are_named() {
    let owner = |uid| FileOwner { uid, gid: uid, ..FileOwner::default() };
    let named = |uid| FileOwner { user: "root".into(), group: "root".into(), ..owner(uid) };
    for (difference, text) in [
        (
            Difference::Owner { before: named(0), after: named(1000) },
            "owner root (0) : root (0) → root (1000) : root (1000)",
        ),
        (
            Difference::Kind { before: NodeKind::File, after: NodeKind::Symlink },
            "file → symbolic link",
        ),
        (Difference::Owner { before: owner(0), after: owner(1000) }, "owner 0:0 → 1000:1000"),
        (Difference::Content { same_size: true }, "content, same size"),
        (Difference::ContentNotCompared, "same size, content not compared yet"),
        (Difference::Xattrs, "extended attributes"),
    ] {
        assert_eq!(differences_text(&[difference]), text);
    }
}
