//! Before an image is shown: the start page, what a link asks for, a source that could not be opened.

use super::host_request::HostRequest;
use super::opener::FilePickers;
use super::reference::ReferenceForm;
use super::source_link::SourceLink;
use crate::browser::page::{dom, fetch};
use crate::link::{Link, LinkTarget};
use crate::problem::Problem;
use crate::text::Shown;
use crate::ui::app::{OpenSource, spawn, use_navigation, use_settings, use_sources};
use crate::ui::widgets::{Button, ButtonKind, CopyButton, Glyph, Icon, ProblemAlert, VIEW_HEADING};
use leptos::prelude::*;

/// The sample image, beside the page.
const SAMPLE: &str = "sample.tar";

/// The start: what failed or what a link asks for, else the invitation.
#[component]
pub fn StartScreen(
    /// The source that could not be opened.
    #[prop(optional)]
    failed: Option<OpenSource>,
) -> AnyView {
    let (sources, navigation) = (use_sources(), use_navigation());
    Effect::new(|| dom::set_title("Layerscope"));
    let contents = move || match (sources.missing_image(), sources.needs_agreement()) {
        (Some(image_id), _) => view! { <FileRequest image_id /> }.into_any(),
        (None, Some(link)) => view! { <HostRequest link /> }.into_any(),
        (None, None) => view! { <Comparison place=navigation.place() /><Welcome /> }.into_any(),
    };
    view! {
        <main id="main" class="start" tabindex="-1">
            <div>
                {failed.map(|source| view! { <Failure source /> })}
                {contents}
                <p class="priv">
                    <Glyph icon=Icon::Shield big=true />
                    <span>
                        <b>"Files that you open never leave this machine."</b>
                        " There is no server behind this page: it reads them in this tab."
                    </span>
                </p>
            </div>
        </main>
    }
    .into_any()
}

/// The invitation.
#[component]
fn Welcome() -> AnyView {
    view! {
        <div>
            <h1 id=VIEW_HEADING tabindex="-1">"See what is inside a container image"</h1>
            <p class="lead">"Layers, history and every file, read here, in this tab."</p>
        </div>
        <BackToSources />
        <ReferenceForm />
        <div class="card">
            <div class="drop">
                <Glyph icon=Icon::Box big=true />
                <b class="by-drop">"Drop an image archive or folder anywhere on this page"</b>
                <span class="soft">
                    <span class="mono">"docker save"</span>", OCI layout, "
                    <span class="mono">"docker export"</span>", single layers; compressed or not"
                </span>
                <span class="bt"><FilePickers big=true /></span>
            </div>
            <Sample />
        </div>
        <div class="how">
            <span>"No archive yet?"</span>
            <span class="code">
                <code>"docker save -o image.tar NAME"</code>
                <CopyButton label="Copy the docker save command" text="docker save -o image.tar " />
            </span>
        </div>
    }
    .into_any()
}

/// The sample image, at one click.
#[component]
fn Sample() -> AnyView {
    let sources = use_sources();
    let fetching = RwSignal::new(false);
    let open = move || {
        fetching.set(true);
        spawn(async move {
            let sample = fetch::file(SAMPLE).await;
            fetching.set(false);
            match sample {
                Ok(file) => sources.open_files(vec![file]),
                Err(problem) => sources.fail("the sample image".to_owned(), problem),
            }
        });
    };
    let label = move || if fetching.get() { "Fetching…" } else { "Try the sample image" };
    view! {
        <div class="sample">
            <p><b>"No image at hand?"</b>" Try a small sample with problems to find."</p>
            <Button
                label=Signal::derive(move || label().to_owned())
                icon=Icon::Play
                disabled=fetching
                on_press=open
            />
        </div>
    }
    .into_any()
}

/// The way back to what is still open.
#[component]
fn BackToSources() -> AnyView {
    let sources = use_sources();
    let usable = move || {
        let list = sources.list.get().into_iter();
        list.filter(|source| source.problem.read().is_none()).collect::<Vec<_>>()
    };
    let usable = Memo::new(move |_| usable());
    view! {
        <Show when=move || !usable.read().is_empty()>
            <p class="how backs">
                <For each=move || usable.get() key=|source| source.id let:source>
                    <SourceLink source>
                        <Glyph icon=Icon::Back />
                        {format!("Back to {}", source.name())}
                    </SourceLink>
                </For>
            </p>
        </Show>
    }
    .into_any()
}

/// A link to an image of this machine: the page cannot open the file by itself.
#[component]
fn FileRequest(image_id: String) -> AnyView {
    let (sources, navigation) = (use_sources(), use_navigation());
    let path = move || Some(navigation.path().0).filter(|path| !path.is_empty());
    let name = move || {
        let name = navigation.link().name;
        (!name.is_empty()).then(|| Shown::new(name.as_bytes()).to_string())
    };
    let other = move || {
        let front = sources.front.get()?;
        let is_open = front.info.read().is_some();
        is_open.then(|| {
            let words = format!("{} does not contain the linked image.", front.name());
            view! { <p class="note"><Glyph icon=Icon::Medium />{words}</p> }
        })
    };
    view! {
        <div class="asks">
            <h1 id=VIEW_HEADING tabindex="-1">"This link points into a local file"</h1>
            <p class="lead">"Open your copy of it. The page then goes to where the link points."</p>
            <dl>
                {move || name().map(|name| view! { <dt>"Image"</dt><dd class="mono">{name}</dd> })}
                <dt>"Image ID"</dt>
                <dd class="mono">{Shown::new(&image_id).to_string()}</dd>
                <dt>"View"</dt>
                <dd>{move || navigation.view().name()}</dd>
                {move || path().map(|path| view! { <dt>"Path"</dt><dd class="mono">{path}</dd> })}
            </dl>
            {other}
            <BackToSources />
            <div class="card">
                <div class="drop">
                    <Glyph icon=Icon::Box big=true />
                    <b class="by-drop">"Drop the archive anywhere on this page"</b>
                    <span class="bt"><FilePickers big=true /></span>
                </div>
                <div class="sample">
                    <p>"Or open something else."</p>
                    <a class="btn" href="#/">"Start"</a>
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// Why a source could not be opened.
#[component]
fn Failure(source: OpenSource) -> AnyView {
    let (sources, settings_dialog) = (use_sources(), use_settings());
    let problem = move || source.problem.get();
    let alert = move |problem: Problem| {
        let again = source.web_link().map(|link| {
            let again = move || sources.open_web(link.clone());
            view! { <Button label="Try again" kind=ButtonKind::Primary on_press=again /> }
        });
        let tags = tags_link(source, &problem).map(|link| {
            view! { <a class="btn" href=link.to_string()>"Show the tags of this repository"</a> }
        });
        let settings = solved_by_a_proxy(&problem).then(|| {
            view! { <Button label="Open settings" on_press=move || settings_dialog.open() /> }
        });
        view! { <ProblemAlert problem>{again}{tags}{settings}</ProblemAlert> }
    };
    view! {
        <h2 class="title">{move || format!("Could not open {}", source.name())}</h2>
        {move || problem().map(alert)}
    }
    .into_any()
}

/// The registry does not answer web pages, or the proxy does not help.
fn solved_by_a_proxy(problem: &Problem) -> bool {
    matches!(problem.code.as_ref(), "registry-cors" | "registry-unreachable" | "registry-proxy")
}

/// Where a tag is missing: the tags that there are.
fn tags_link(source: OpenSource, problem: &Problem) -> Option<Link> {
    let LinkTarget::Image { reference, .. } = source.web_link()?.target else { return None };
    let missing = problem.code == "registry-not-found";
    let repository = repository_of(&reference).to_owned();
    missing.then(|| Link::to(LinkTarget::Repository(repository)))
}

/// A reference without its tag.
fn repository_of(reference: &str) -> &str {
    let name = reference.rfind('/').map_or(0, |slash| slash + 1);
    match reference[name..].find(':') {
        Some(colon) => &reference[..name + colon],
        None => reference,
    }
}

/// A link to a comparison of images that are not both open: its two sides.
#[component]
fn Comparison(place: LinkTarget) -> impl IntoView {
    let LinkTarget::Compare { a, b } = place else { return None };
    let sources = use_sources();
    let side = |side: String| {
        let href = Link::parse(&format!("#/{side}")).to_string();
        let shown = Shown::new(&side).to_string();
        let is_open = move || sources.open_image(&side).map(|_| " is open");
        view! { <li><a class="mono" href=href>{shown}</a>{is_open}</li> }
    };
    Some(view! {
        <div class="note" role="status">
            <Glyph icon=Icon::Medium />
            <div>
                <p>"This link compares two images. Open both, then open this link again:"</p>
                <ul>{side(a)}{side(b)}</ul>
            </div>
        </div>
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Event;
    use crate::ui::app::{Before, SourceId, SourceOrigin};
    use crate::ui::testing::{Rendered, TestPage};

    fn start(link: &str) -> Rendered {
        TestPage::at(link).render(|| view! { <StartScreen /> })
    }

    #[test]
    fn the_start_page_invites() {
        let html = start("#/");
        assert_eq!(html.count("<h1"), 1);
        for label in ["Open image archive", "Open image folder"] {
            assert_eq!(html.text().matches(label).count(), 1, "{label}");
        }
        assert!(html.text().contains("never leave this machine"));
        assert!(html.text().contains("Try the sample image"));
    }

    #[test]
    fn a_link_to_a_local_image_asks_for_the_file() {
        let html = start("#/archive/sha256:b?view=files&path=/etc/%3Cb%3E");
        let text = html.text();
        assert!(text.contains("This link points into a local file"), "{text}");
        assert!(text.contains("Image ID sha256:b View files Path /etc/%3Cb%3E"), "{text}");
        let named = start("#/archive/sha256:b?name=team/app%3A1.0").text();
        assert!(named.contains("Image team/app:1.0 Image ID sha256:b"), "{named}");
    }

    #[test]
    fn a_link_to_an_unknown_host_asks_first() {
        let text = start("#/image/ghcr.io/owner/name:1").text();
        assert!(text.contains("Open an image from ghcr.io?"), "{text}");
    }

    #[test]
    fn a_failure_says_what_can_be_done() {
        let html = TestPage::at("#/image/localhost:5000/a:typo").render(|| {
            let origin = SourceOrigin::Web(Box::new(Link::parse("#/image/localhost:5000/a:typo")));
            let name = "localhost:5000/a:typo".to_owned();
            let source = OpenSource::new(SourceId(7), name, origin, Before::default());
            source.hear(Event::Failed(Problem::new("registry-not-found", "There is no such tag.")));
            view! { <StartScreen failed=source /> }
        });
        assert!(html.has(r#"role="alert""#));
        let text = html.text();
        assert!(
            text.contains("Could not open localhost:5000/a:typo There is no such tag."),
            "{text}"
        );
        assert!(text.contains("Try again Show the tags of this repository"), "{text}");
        assert!(html.has(r##"href="#/repository/localhost:5000/a""##), "{html}");
    }

    #[test]
    fn both_sides_of_a_comparison_can_be_opened() {
        let html = start("#/compare?a=image%2Falpine&b=archive%2Fsha256:b");
        assert!(
            html.has(r##"href="#/image/alpine""##) && html.has(r##"href="#/archive/sha256:b""##)
        );
    }
}
