//! SHA-256 of the selected file, computed when the user asks: it needs the whole file.
//!
//! - The state belongs to the pane, so that it outlives the facts, which are drawn again while an image is read.

use super::file_on_show::FileOnShow;
use super::read_progress::amount;
use crate::problem::Problem;
use crate::protocol::{ComparedDigest, ContentDigest, OrderProgress};
use crate::ui::app::{ShownImage, spawn, use_image};
use crate::ui::widgets::{Button, CopyButton, Fact, ProblemNote};
use crate::vocabulary::DigestAlgorithm;
use futures_util::future::{AbortHandle, abortable};
use leptos::prelude::*;

/// How far a digest is.
#[derive(Clone, Debug, Default, PartialEq)]
enum DigestState {
    #[default]
    NotAsked,
    Running(Option<OrderProgress>),
    Failed(Problem),
    Known(ContentDigest),
}

/// The digest that was requested last.
#[derive(Clone, Copy)]
pub struct AskedDigest {
    of: RwSignal<Option<FileOnShow>>,
    state: RwSignal<DigestState>,
    handle: StoredValue<Option<AbortHandle>>,
}

impl AskedDigest {
    /// None was requested.
    pub fn new() -> AskedDigest {
        AskedDigest {
            of: RwSignal::new(None),
            state: RwSignal::new(DigestState::NotAsked),
            handle: StoredValue::new(None),
        }
    }

    /// Stops what runs.
    pub fn stop(self) {
        if let Some(Some(handle)) = self.handle.try_update_value(Option::take) {
            handle.abort();
        }
    }

    /// Stops what runs for another file than this one.
    pub fn stop_others(self, file: &FileOnShow) {
        if self.of.read_untracked().as_ref() != Some(file) {
            self.stop();
        }
    }

    /// The state for a file; tracked.
    fn state_of(self, file: &FileOnShow) -> DigestState {
        match self.of.read().as_ref() == Some(file) {
            true => self.state.get(),
            false => DigestState::NotAsked,
        }
    }

    fn start(self, image: ShownImage, file: FileOnShow) {
        self.stop();
        let Some(client) = image.client() else { return };
        self.of.set(Some(file.clone()));
        self.state.set(DigestState::Running(None));
        let progress = move |progress| {
            self.state.try_set(DigestState::Running(progress));
        };
        let work = file.digest(client, image.position, move |at| progress(Some(at)));
        let (work, handle) = abortable(work);
        self.handle.set_value(Some(handle));
        spawn(async move {
            let next = match work.await {
                Err(_) => return, // stopped: a later one may hold the signals
                Ok(Err(problem)) if problem.code == "closed" => DigestState::NotAsked,
                Ok(Err(problem)) => DigestState::Failed(problem),
                Ok(Ok(digest)) => DigestState::Known(digest),
            };
            self.state.try_set(next);
        });
    }

    fn cancel(self) {
        self.stop();
        self.state.set(DigestState::NotAsked);
    }
}

/// The digest, or the button that computes it.
#[component]
pub fn Sha256Fact(file: FileOnShow, asked: AskedDigest) -> AnyView {
    let image = use_image();
    let file = StoredValue::new(file);
    let start = move || asked.start(image, file.get_value());
    let drawn = move || match file.with_value(|file| asked.state_of(file)) {
        DigestState::NotAsked => {
            view! { <Button label="Compute SHA-256" on_press=start /> }.into_any()
        }
        DigestState::Running(progress) => view! {
            <Button label="Cancel" on_press=move || asked.cancel() />
            " "
            <span class="soft">{progress_text(progress)}</span>
        }
        .into_any(),
        DigestState::Failed(problem) => view! {
            <div role="alert"><ProblemNote problem grave=true /></div>
            <Button label="Compute SHA-256" on_press=start />
        }
        .into_any(),
        DigestState::Known(ContentDigest { sha256, recorded }) => view! {
            <span class="mono sha">{sha256.clone()}</span>
            " "
            <CopyButton label="Copy SHA-256" text=sha256 />
            {recorded.as_ref().map(|one| view! { <div class="soft">{compared_text(one)}</div> })}
        }
        .into_any(),
    };
    view! { <Fact name="SHA-256"><div class="digest" aria-live="polite">{drawn}</div></Fact> }
        .into_any()
}

/// What the package manager recorded, compared with the file.
fn compared_text(compared: &ComparedDigest) -> String {
    let algorithm = match compared.recorded.algorithm {
        DigestAlgorithm::Md5 => "MD5",
        DigestAlgorithm::Sha256 => "SHA-256",
    };
    match compared.is_same() {
        true => format!("As its package installed it: {algorithm} is the recorded one."),
        false => format!(
            "Changed since its package installed it: {algorithm} was {}, and is {}.",
            compared.recorded.value, compared.found
        ),
    }
}

/// `Reading: 12.0 MB of 80.0 MB`.
fn progress_text(progress: Option<OrderProgress>) -> String {
    let known = progress.filter(|progress| progress.total > 0);
    known.map_or("Reading…".to_owned(), |progress| format!("Reading: {}", amount(progress)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::member_path::MemberPath;
    use crate::protocol::LinkPath;
    use crate::selection::LayerSelection;
    use crate::ui::testing::TestPage;

    fn drawn(state: DigestState, of: &str) -> String {
        let file = |path: &str| FileOnShow {
            path: LinkPath(path.into()),
            layers: LayerSelection::All,
            member: MemberPath::default(),
        };
        let of = file(of);
        let html = TestPage::new().render(move || {
            let asked = AskedDigest::new();
            asked.of.set(Some(of));
            asked.state.set(state);
            view! { <Sha256Fact file=file("/a") asked /> }
        });
        html.text()
    }

    #[test]
    fn a_digest_is_asked_for_shown_and_forgotten_with_its_file() {
        let progress = OrderProgress { done: 12_000_000, total: 80_000_000, slow: None };
        let running = DigestState::Running(Some(progress));
        let digest = ContentDigest { sha256: "e3b0".into(), recorded: None };
        let known = DigestState::Known(digest.clone());
        assert_eq!(drawn(DigestState::NotAsked, "/a"), "SHA-256 Compute SHA-256");
        assert_eq!(drawn(running, "/a"), "SHA-256 Cancel Reading: 12.0 MB of 80.0 MB");
        assert_eq!(drawn(known.clone(), "/a"), "SHA-256 e3b0");
        let compared = |found: &str| {
            let recorded = DigestAlgorithm::Md5.recorded("ab".repeat(16).as_bytes()).unwrap();
            let compared = ComparedDigest { recorded, found: found.into() };
            DigestState::Known(ContentDigest { recorded: Some(compared), ..digest.clone() })
        };
        let same = "SHA-256 e3b0 As its package installed it: MD5 is the recorded one.";
        assert_eq!(drawn(compared(&"ab".repeat(16)), "/a"), same);
        let changed = "Changed since its package installed it: MD5 was abababababababababababababababab, and is cd.";
        assert!(drawn(compared("cd"), "/a").contains(changed));
        assert_eq!(drawn(known, "/b"), "SHA-256 Compute SHA-256", "another file's");
        let failed = DigestState::Failed(Problem::new("read-failed", "It cannot be read."));
        assert!(drawn(failed, "/a").contains("It cannot be read."));
    }
}
