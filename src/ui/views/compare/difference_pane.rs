//! Beside the table: what differs in the path that is open.

use crate::format;
use crate::link::View;
use crate::protocol::{FileDetails, FileFacts, FileState, LinkPath};
use crate::text::{Shown, percent_decode};
use crate::ui::app::{Answerer, ComparedPair, Loaded, OpenImageAt, set_path, use_answer};
use crate::ui::views::differences::{FileDifferences, FileVersion};
use crate::ui::widgets::{DetailsPane, LoadingState, ProblemAlert};
use leptos::prelude::*;

/// The pane.
#[component]
pub fn DifferencePane(pair: ComparedPair, path: Memo<LinkPath>) -> AnyView {
    let (before, after) = (use_facts_of(pair.a, path), use_facts_of(pair.b, path));
    let title = Signal::derive(move || {
        Shown::new(percent_decode(&path.read().0).unwrap_or_default()).to_string()
    });
    let body = move || {
        let path = path.get();
        match (state_of(&before.read(), &path), state_of(&after.read(), &path)) {
            (PathState::Failed(problem), _) | (_, PathState::Failed(problem)) => {
                view! { <ProblemAlert problem /> }.into_any()
            }
            (PathState::Loading, _) | (_, PathState::Loading) => {
                view! { <LoadingState /> }.into_any()
            }
            (PathState::Known(before), PathState::Known(after)) => {
                view! { <PathDifferences pair path before=*before after=*after /> }.into_any()
            }
        }
    };
    view! {
        <DetailsPane label="Differences" title closed=|link| set_path(link, &LinkPath::default())>
            <div class="details">{body}</div>
        </DetailsPane>
    }
    .into_any()
}

fn use_facts_of(side: OpenImageAt, path: Memo<LinkPath>) -> Signal<Loaded<FileFacts>> {
    let client = Signal::derive(move || side.source.client.get());
    let revision = Signal::derive(move || side.source.image_state(side.image).revision);
    use_answer(Answerer::of_client(client, revision), move || {
        side.source.image_state(side.image).tree?;
        Some(FileDetails { image: side.image, path: path.get(), layers: side.layers() })
    })
}

/// What is known about the path in one image.
enum PathState {
    Loading,
    Failed(crate::problem::Problem),
    /// `None`: it is not there.
    Known(Box<Option<FileState>>),
}

fn state_of(facts: &Loaded<FileFacts>, path: &LinkPath) -> PathState {
    match facts {
        Loaded::Ready(facts) if facts.path == *path => {
            PathState::Known(Box::new(facts.current.clone()))
        }
        Loaded::Failed(problem) if problem.code == "no-such-path" => {
            PathState::Known(Box::new(None))
        }
        other => match other.problem() {
            Some(problem) => PathState::Failed(problem.clone()),
            None => PathState::Loading,
        },
    }
}

/// The contents compared, with links to the path in both images.
#[component]
fn PathDifferences(
    pair: ComparedPair,
    path: LinkPath,
    before: Option<FileState>,
    after: Option<FileState>,
) -> AnyView {
    let link = |side: OpenImageAt, name: &'static str, state: &Option<FileState>| {
        let size = state.as_ref().map(|state| format::size(state.size))?;
        let path = path.clone();
        let href = move || {
            let mut link = side.link()?;
            link.turn_to(View::Files);
            set_path(&mut link, &path);
            Some(link.to_string())
        };
        Some(view! { <a class="btn" href=href>{name}" "<span class="soft">{size}</span></a> })
    };
    let links = view! {
        <div class="do">
            {link(pair.a, "File before", &before)}
            {link(pair.b, "File after", &after)}
        </div>
    };
    let version = |side: OpenImageAt, name: &str, state: &Option<FileState>| {
        let state = state.as_ref().filter(|state| state.readable)?;
        let place = (side.image, path.clone());
        Some(FileVersion::of_state(side.source, place, side.layers(), name.to_owned(), state))
    };
    let (a, b) = (version(pair.a, "before", &before), version(pair.b, "after", &after));
    let differences = match a.zip(b) {
        Some((before, after)) => view! { <FileDifferences before after /> }.into_any(),
        None => view! { <p class="hint">{why_not(&before, &after)}</p> }.into_any(),
    };
    view! { {links}{differences} }.into_any()
}

/// Why there are no two contents.
fn why_not(before: &Option<FileState>, after: &Option<FileState>) -> String {
    match (before, after) {
        (None, None) => "Neither image has this path.".to_owned(),
        (None, Some(_)) => "Only the image after has it.".to_owned(),
        (Some(_), None) => "Only the image before has it.".to_owned(),
        (Some(before), Some(after)) if before.target != after.target => {
            format!("The target was {} and is {}.", before.target, after.target)
        }
        (Some(_), Some(_)) => "It has no content of its own.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;
    use crate::ui::app::{use_image, use_navigation};
    use crate::ui::testing::{Rendered, TestPage};
    use crate::vocabulary::NodeKind;

    fn drawn(page: TestPage) -> Rendered {
        page.ready().render(|| {
            let image = use_image();
            let side = OpenImageAt::whole(image.source, image.position);
            let path = Memo::new(move |_| use_navigation().path());
            view! { <DifferencePane pair=ComparedPair { a: side, b: side } path /> }
        })
    }

    fn at() -> TestPage {
        TestPage::at("#/compare?a=archive%2Fsha256%3Aa&b=archive%2Fsha256%3Aa&path=/etc/motd")
    }

    fn facts(state: FileState) -> FileFacts {
        let path = LinkPath("/etc/motd".into());
        FileFacts { path, current: Some(state), ..FileFacts::default() }
    }

    #[test]
    fn contents_are_compared_and_both_files_linked() {
        let state = FileState { size: 500, readable: true, ..FileState::default() };
        let html = drawn(at().answers::<FileDetails>(facts(state)));
        let href = r##"href="#/archive/sha256:a?view=files&amp;path=/etc/motd""##;
        assert_eq!(html.count(href), 2, "{html}");
        let text = html.text();
        assert!(text.contains("File before 500 B File after 500 B Cancel Comparing…"), "{text}");
    }

    #[test]
    fn what_has_no_content_says_what_differs() {
        let link = |target: &str| FileState {
            kind: NodeKind::Symlink,
            target: target.into(),
            ..FileState::default()
        };
        let (a, b) = (Some(link("<a>")), Some(link("b")));
        assert_eq!(why_not(&a, &b), "The target was <a> and is b.");
        assert_eq!(why_not(&None, &b), "Only the image after has it.");
        assert_eq!(why_not(&a, &None), "Only the image before has it.");
        let problem = Problem::new("no-such-path", "No layer has it.");
        let text = drawn(at().fails::<FileDetails>(problem)).text();
        assert!(text.contains("Neither image has this path."), "{text}");
        let problem = Problem::new("session-failed", "The session failed.");
        let text = drawn(at().fails::<FileDetails>(problem)).text();
        assert!(text.contains("The session failed."), "{text}");
    }
}
