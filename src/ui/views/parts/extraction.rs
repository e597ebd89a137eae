//! Saving a part of the image: a directory, several paths, a layer, the root file system.
//!
//! - The session makes a file in the browser's private file system, and the page saves that: nothing of its size is
//!   held in memory. One at a time for each source.
//! - Saved inspections have no contents, so nothing can be taken out of them.

use crate::browser::page::download;
use crate::format;
use crate::protocol::{ArchiveForm, Extract, ExtractedPart, ExtractionNotes, LinkPath};
use crate::selection::LayerSelection;
use crate::text::percent_decode;
use crate::ui::app::{Notices, ShownImage, use_image, use_navigation, use_notices};
use crate::ui::widgets::{Button, ButtonKind, Glyph, Icon, Menu};
use crate::vocabulary::LayerNumber;
use leptos::prelude::*;

/// Whether the image has contents that can be saved; tracked.
pub fn has_contents(image: ShownImage) -> bool {
    image.source.info.read().as_ref().is_none_or(|info| !info.saved_inspection)
}

/// Starts to save a part of the image under a name.
pub fn save_part(image: ShownImage, notices: Notices, part: ExtractedPart, name: String) {
    let Some(client) = image.client() else { return };
    let extracting = image.source.extracting;
    extracting.name.set(name.clone());
    extracting.progress.set(Default::default());
    let progress = move |progress| {
        extracting.progress.try_set(progress);
    };
    let question = Extract { image: image.position, part };
    extracting.order.start(async move {
        let made = client.ask_for_file(question, progress).await;
        match made.and_then(|(notes, file)| download::save_file(&name, &file).map(|()| notes)) {
            Ok(notes) => {
                if let Some(text) = notes_text(&name, &notes) {
                    notices.say(text);
                }
            }
            Err(problem) if problem.code == "closed" => {}
            Err(problem) => notices.failed(format!("{name} could not be made"), problem),
        }
        Ok(())
    });
}

/// The last layer that a selection shows; `None`: all.
fn last_layer(layers: LayerSelection) -> Option<LayerNumber> {
    match layers {
        LayerSelection::All => None,
        LayerSelection::UpTo(last) | LayerSelection::Range(_, last) => Some(last),
    }
}

/// Saves a layer's tar.
#[component]
pub fn LayerButton(layer: LayerNumber) -> AnyView {
    let (image, notices) = (use_image(), use_notices());
    let running = image.source.extracting.order;
    let save = move || {
        let part = ExtractedPart::Layer { layer, paths: Vec::new() };
        let name = format!("{}.layer-{layer}.tar", base_name(&image.source.file_name()));
        save_part(image, notices, part, name);
    };
    view! {
        <Show when=move || has_contents(image)>
            <Button
                label="Download layer"
                icon=Icon::Down
                disabled=Signal::derive(move || running.is_running())
                on_press=save
            />
        </Show>
    }
    .into_any()
}

/// Saves the root file system under the selection, or the layer that is selected.
#[component]
pub fn RootMenu() -> AnyView {
    let (navigation, image, notices) = (use_navigation(), use_image(), use_notices());
    let running = image.source.extracting.order;
    let root = move |form: ArchiveForm| {
        let up_to = last_layer(navigation.layers());
        let state = up_to.map(|layer| format!("-to-layer-{layer}")).unwrap_or_default();
        let base = base_name(&image.source.file_name()).to_owned();
        let name = format!("{base}.rootfs{state}.{}", ending(form));
        save_part(image, notices, ExtractedPart::Root { up_to, paths: Vec::new(), form }, name);
    };
    let words = move |form: ArchiveForm| {
        let state = last_layer(navigation.layers());
        let state = state.map(|layer| format!(" up to layer {layer}")).unwrap_or_default();
        format!("Download root file system{state} ({})", ending(form))
    };
    let item = move |form: ArchiveForm| {
        view! {
            <Button
                label=Signal::derive(move || words(form))
                icon=Icon::Down
                kind=ButtonKind::Quiet
                disabled=Signal::derive(move || running.is_running())
                on_press=move || root(form)
            />
        }
    };
    view! {
        <Show when=move || has_contents(image)>
            <Menu label="File system" class="extract-menu" button=root_button>
                {item(ArchiveForm::Tar)}{item(ArchiveForm::Zip)}
            </Menu>
        </Show>
    }
    .into_any()
}

/// On a phone the icon alone (`.tools .extract-menu`).
fn root_button() -> AnyView {
    view! { <Glyph icon=Icon::Down /><span>"File system"</span><Glyph icon=Icon::ChevronDown /> }
        .into_any()
}

/// Saves a directory.
#[component]
pub fn DirectoryMenu(path: LinkPath, layers: LayerSelection) -> AnyView {
    let paths = Callback::new(move |()| vec![path.clone()]);
    view! { <FormMenu label="Download" paths layers=Signal::stored(layers) /> }.into_any()
}

/// Saves paths, each with what is below it.
#[component]
pub fn SelectionMenu(
    paths: Callback<(), Vec<LinkPath>>,
    layers: Signal<LayerSelection>,
) -> AnyView {
    let image = use_image();
    view! {
        <Show when=move || has_contents(image)>
            <FormMenu label="Download selection" paths layers />
        </Show>
    }
    .into_any()
}

#[component]
fn FormMenu(
    label: &'static str,
    paths: Callback<(), Vec<LinkPath>>,
    layers: Signal<LayerSelection>,
) -> AnyView {
    let (image, notices) = (use_image(), use_notices());
    let running = image.source.extracting.order;
    let save = move |form: ArchiveForm| {
        let paths = paths.run(());
        let name = selection_name(&paths, &image.source.file_name(), form);
        let up_to = last_layer(layers.get_untracked());
        save_part(image, notices, ExtractedPart::Root { up_to, paths, form }, name);
    };
    let item = move |label: &'static str, form: ArchiveForm| {
        view! {
            <Button
                label
                icon=Icon::Down
                kind=ButtonKind::Quiet
                disabled=Signal::derive(move || running.is_running())
                on_press=move || save(form)
            />
        }
    };
    view! {
        <Menu label class="extract-menu">
            {item("As tar", ArchiveForm::Tar)}{item("As zip", ArchiveForm::Zip)}
        </Menu>
    }
    .into_any()
}

/// The name of an archive of paths: that of the only one, or of the source.
fn selection_name(paths: &[LinkPath], source: &str, form: ArchiveForm) -> String {
    match paths {
        [path] => format!("{}.{}", last_part(path), ending(form)),
        _ => format!("{}.selection.{}", base_name(source), ending(form)),
    }
}

/// The last part of a path, for a file's name.
pub fn last_part(path: &LinkPath) -> String {
    let bytes = percent_decode(&path.0).unwrap_or_default();
    let name = bytes.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    String::from_utf8_lossy(name).into_owned()
}

fn ending(form: ArchiveForm) -> &'static str {
    match form {
        ArchiveForm::Tar => "tar",
        ArchiveForm::Zip => "zip",
    }
}

/// A source's name without the ending of an archive.
fn base_name(name: &str) -> &str {
    let endings = [".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.xz", ".tar.bz2", ".tar.lz4"];
    endings.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

/// What is not as the image has it.
fn notes_text(name: &str, notes: &ExtractionNotes) -> Option<String> {
    let ExtractionNotes { lost_links, left_out, names_left_out, renamed, renamings, incomplete } =
        notes;
    let mut texts = Vec::new();
    if *renamed > 0 {
        let first = renamings.first().map(|one| format!(", such as {} to {}", one.from, one.to));
        let names = format::counted((*renamed).into(), "name", "names");
        texts.push(format!(
            "{names} changed to what every disk can have{}",
            first.unwrap_or_default()
        ));
    }
    if *left_out > 0 {
        let paths = format::counted((*left_out).into(), "path", "paths");
        texts.push(format!("{paths} left out that this form of archive cannot hold"));
    }
    if *names_left_out > 0 {
        let links = format::counted((*names_left_out).into(), "hard link", "hard links");
        texts.push(format!("{links} left out, whose copies would take more than 4 GiB"));
    }
    if *lost_links > 0 {
        let links = format::counted((*lost_links).into(), "hard link", "hard links");
        texts.push(format!("{links} without a target written as empty files"));
    }
    if let Some(problem) = incomplete {
        let layer = problem.layer.map(|layer| format!(" Layer {}:", layer.number()));
        texts.push(format!(
            "the image is not complete.{} {}",
            layer.unwrap_or_default(),
            problem.message
        ));
    }
    (!texts.is_empty()).then(|| format!("{name}: {}", texts.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;
    use crate::protocol::{Renaming, SourceInfo};
    use crate::ui::testing::{TestPage, layer};
    use crate::vocabulary::LayerPosition;

    #[test]
    fn what_was_changed_is_said() {
        assert_eq!(notes_text("a.tar", &ExtractionNotes::default()), None);
        let renaming = Renaming { from: "a:b".into(), to: "a_b".into() };
        let notes = ExtractionNotes {
            renamed: 2,
            left_out: 1,
            names_left_out: 3,
            renamings: vec![renaming],
            ..Default::default()
        };
        let want = "a.zip: 2 names changed to what every disk can have, such as a:b to a_b; 1 path left out that this form of archive cannot hold; 3 hard links left out, whose copies would take more than 4 GiB";
        assert_eq!(notes_text("a.zip", &notes).as_deref(), Some(want));
        let problem = Problem::new("tar-truncated", "It ends early.").in_layer(LayerPosition(1));
        let notes =
            ExtractionNotes { incomplete: Some(problem), lost_links: 1, ..Default::default() };
        let want = "a.tar: 1 hard link without a target written as empty files; the image is not complete. Layer 2: It ends early.";
        assert_eq!(notes_text("a.tar", &notes).as_deref(), Some(want));
    }

    #[test]
    fn names_of_files_have_one_ending() {
        for (name, want) in [
            ("app.tar", "app"),
            ("app.tar.gz", "app"),
            ("registry.example/app:1.0", "registry.example/app:1.0"),
        ] {
            assert_eq!(base_name(name), want);
        }
        let path = |path: &str| LinkPath(path.to_owned());
        assert_eq!(last_part(&path("/etc/a%20b")), "a b");
        let name = |paths: &[LinkPath]| selection_name(paths, "app.tar.gz", ArchiveForm::Zip);
        assert_eq!(name(&[path("/etc/a%20b")]), "a b.zip");
        assert_eq!(name(&[path("/etc"), path("/usr/bin")]), "app.selection.zip");
    }

    #[test]
    fn the_menu_says_which_state_is_saved() {
        let draw = |link: &str| TestPage::at(link).render(|| view! { <RootMenu /> }).text();
        assert_eq!(
            draw("#/?view=files"),
            "File system Download root file system (tar) Download root file system (zip)"
        );
        assert!(draw("#/?view=files&layers=2").contains("root file system up to layer 2 (tar)"));
    }

    #[test]
    fn nothing_is_taken_out_of_a_saved_inspection() {
        let info = SourceInfo { saved_inspection: true, ..SourceInfo::default() };
        let html = TestPage::new()
            .source(info)
            .render(|| view! { <RootMenu /><LayerButton layer=layer(1) /> });
        assert_eq!(html.text(), "");
    }
}
