//! The verdict as a pane: found, not checked, running, checked and clean, each under its heading.
//!
//! "Not checked" is never drawn like "nothing found". Severity has a shape, a word and a colour.

use super::findings::{ImageFinding, NextStep, Situation, Verdict, findings};
use crate::format;
use crate::link::View;
use crate::protocol::{DownloadRequest, VulnerabilityCheck};
use crate::ui::app::{ShownImage, is_running, use_facts, use_image, use_navigation, use_query};
use crate::ui::widgets::{Button, CodeText, Glyph, Icon, LoadingState, SeverityMark};
use crate::ui::words;
use crate::vocabulary::Severity;
use leptos::prelude::*;

/// The pane.
#[component]
pub fn FindingsPane() -> AnyView {
    let (image, facts) = (use_image(), use_facts());
    let check = use_query(move || Some(VulnerabilityCheck { image: image.position }));
    let situation = Memo::new(move |_| situation(image));
    let verdict = Memo::new(move |_| {
        let limited = facts.layers.read().map(|table| {
            table.rows.iter().filter_map(|row| row.layer.as_ref()).any(|layer| layer.limited)
        });
        let mut situation = situation.get();
        situation.limited |= limited == Some(true);
        let overview = facts.overview.read();
        let check = check.read();
        overview.map(|facts| findings(facts, check.ready().map(|check| &**check), situation))
    });
    let of = move |wanted: fn(Verdict) -> bool| {
        let verdict = verdict.get().unwrap_or_default();
        verdict.into_iter().filter(|finding| wanted(finding.verdict)).collect::<Vec<_>>()
    };
    let found = Memo::new(move |_| of(|verdict| matches!(verdict, Verdict::Found(_))));
    let not_checked = Memo::new(move |_| of(|verdict| verdict == Verdict::NotChecked));
    let running = Memo::new(move |_| of(|verdict| verdict == Verdict::Running));
    let clean = Memo::new(move |_| of(|verdict| verdict == Verdict::Clean));
    let nothing_found = move || {
        let nothing = verdict.read().is_some() && found.read().is_empty();
        nothing.then(|| view! { <p class="calm">"Nothing was found in what was checked."</p> })
    };
    let waiting = move || {
        verdict.read().is_none().then(|| view! { <LoadingState text="Reading the image…" /> })
    };
    view! {
        <aside class="attention" aria-label="Findings">
            <div class="bar2">
                <h2>"Findings"</h2>
                <span class="sp"></span>
                <Tally found not_checked />
            </div>
            {waiting}
            {nothing_found}
            <FindingList findings=found />
            <Section title="Not checked" findings=not_checked />
            <Section title="In progress" findings=running />
            <Section title="Checked, nothing found" findings=clean />
        </aside>
    }
    .into_any()
}

/// The state of page and source; tracked.
fn situation(image: ShownImage) -> Situation {
    let limited = image.source.info.read().as_ref().is_some_and(|info| info.limited);
    let pulling = image.source.pulling.read();
    let missing = pulling.as_ref().filter(|pulling| !is_running(pulling));
    let missing_bytes = missing.map_or(0, |pulling| pulling.missing);
    Situation { ready: image.is_ready(), cancelled: image.is_cancelled(), limited, missing_bytes }
}

/// How many there are of each kind.
#[component]
fn Tally(found: Memo<Vec<ImageFinding>>, not_checked: Memo<Vec<ImageFinding>>) -> AnyView {
    let counts = move || {
        let found = found.read();
        let of = |severity| {
            let verdict = Verdict::Found(severity);
            (found.iter().filter(|finding| finding.verdict == verdict).count(), verdict)
        };
        let found = Severity::ALL.map(of).into_iter();
        let unchecked = (not_checked.read().len(), Verdict::NotChecked);
        let shown = found.chain([unchecked]).filter(|(count, _)| *count > 0);
        shown
            .map(|(count, verdict)| {
                let (icon, class, word) = look(verdict);
                view! {
                    <span class=class title=word>
                        <Glyph icon />
                        {format!(" {count}")}
                        <span class="vh">{format!(" {}", word.to_lowercase())}</span>
                    </span>
                }
            })
            .collect_view()
    };
    view! { <span class="tally">{counts}</span> }.into_any()
}

/// Icon, colour's class and word.
fn look(verdict: Verdict) -> (Icon, &'static str, &'static str) {
    match verdict {
        Verdict::Found(severity) => {
            let word = words::severity(severity);
            match severity {
                Severity::Critical | Severity::High => (Icon::High, "d", word),
                Severity::Medium => (Icon::Medium, "m", word),
                Severity::Low | Severity::None | Severity::Unrated => (Icon::Medium, "soft", word),
            }
        }
        Verdict::NotChecked => (Icon::Unknown, "soft", "Not checked"),
        Verdict::Running => (Icon::Clock, "soft", "In progress"),
        Verdict::Clean => (Icon::Fine, "ok", "Nothing found"),
    }
}

#[component]
fn Section(title: &'static str, findings: Memo<Vec<ImageFinding>>) -> AnyView {
    view! {
        <Show when=move || !findings.read().is_empty()>
            <h3 class="part">{title}</h3>
            <FindingList findings />
        </Show>
    }
    .into_any()
}

#[component]
fn FindingList(findings: Memo<Vec<ImageFinding>>) -> AnyView {
    // A finding keeps its elements, and the focus, while others come and go.
    let key =
        |finding: &ImageFinding| (finding.verdict, finding.title.clone(), finding.detail.clone());
    view! {
        <ul class="findings">
            <For each=move || findings.get() key=key let:finding>
                <FindingItem finding />
            </For>
        </ul>
    }
    .into_any()
}

#[component]
fn FindingItem(finding: ImageFinding) -> AnyView {
    let ImageFinding { verdict, title, detail, footnote, step } = finding;
    let (icon, class, _) = look(verdict);
    let mark = match verdict {
        Verdict::Found(severity) => Some(view! { <SeverityMark severity /> }),
        _ => None,
    };
    let detail = (!detail.is_empty()).then(|| view! { <p><CodeText text=detail /></p> });
    let footnote = footnote.map(|text| view! { <p class="foot"><CodeText text /></p> });
    view! {
        <li class="finding">
            <span class=class><Glyph icon big=true /></span>
            <div>
                <h3><span><CodeText text=title /></span>{mark}</h3>
                {detail}
                {footnote}
                {step.map(|step| view! { <Step step /> })}
            </div>
        </li>
    }
    .into_any()
}

/// What the user can do about it.
#[component]
fn Step(step: NextStep) -> AnyView {
    let (image, navigation) = (use_image(), use_navigation());
    let href = move |view: View| move || navigation.to_view(view).to_string();
    match step {
        NextStep::Show { view, label } => {
            view! { <a class="go" href=href(view)>{label}</a> }.into_any()
        }
        NextStep::Check { view, label } => {
            view! { <a class="btn" href=href(view)>{label}</a> }.into_any()
        }
        NextStep::Download { bytes } => {
            let label = format!("Download layers ({})", format::size(bytes));
            let download = move || image.source.download(DownloadRequest::All);
            view! { <Button label on_press=download icon=Icon::Down /> }.into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;
    use crate::protocol::{
        CheckFacts, CheckState, DigestCheck, Overview, OverviewFacts, Pulling, RunFacts,
    };
    use crate::ui::testing::{Rendered, TestPage, layer};

    fn facts() -> OverviewFacts {
        OverviewFacts {
            image_id: Some("sha256:a".into()),
            layers: 1,
            run: RunFacts {
                root: Some(true),
                user: "<b>0</b>".into(),
                cmd: vec!["sh".into()],
                ..RunFacts::default()
            },
            digests: DigestCheck { matching: vec![layer(1)], ..DigestCheck::default() },
            hidden: Some(Default::default()),
            ..OverviewFacts::default()
        }
    }

    fn check() -> CheckFacts {
        CheckFacts {
            state: CheckState::NotChecked,
            packages: 94,
            checkable: 93,
            ..CheckFacts::default()
        }
    }

    fn page(facts: OverviewFacts) -> TestPage {
        let page = TestPage::at("#/archive/sha256:a").answers::<Overview>(facts).ready();
        page.answers::<VulnerabilityCheck>(check())
    }

    fn drawn(page: TestPage) -> Rendered {
        page.render(|| view! { <FindingsPane /> })
    }

    #[test]
    fn each_kind_stands_under_its_heading() {
        let html = drawn(page(facts()));
        assert!(html.has(r#"<aside aria-label="Findings""#), "{html}");
        let text = html.text();
        assert!(
            text.starts_with(
                "Findings 1 medium 4 not checked Runs as root Medium The configuration sets user \
                 <b>0</b>. Its ID in /etc/passwd is 0. Show configuration Not checked \
                 Vulnerabilities A check sends names and versions of 93 packages to OSV, after you confirm. Check 93 packages"
            ),
            "{text}"
        );
        assert!(
            text.ends_with(
                "Checked, nothing found The layer matches its digest No space is wasted"
            ),
            "{text}"
        );
        assert!(html.has(r##"href="#/archive/sha256:a?view=vulnerabilities""##));
    }

    #[test]
    fn code_in_a_finding_is_drawn_as_code() {
        let odd = Problem::new("odd", "`a` is odd.").expected("what `docker save` writes");
        let html = drawn(page(OverviewFacts { warnings: vec![odd.advice("Run `b`.")], ..facts() }));
        for code in ["a", "docker save", "b"] {
            assert!(html.has(&format!(r#"<code class="mono">{code}</code>"#)), "{code}: {html}");
        }
        assert!(!html.has("`"), "{html}");
    }

    #[test]
    fn no_tick_stands_over_an_empty_list() {
        let facts = OverviewFacts {
            image_id: Some("sha256:a".into()),
            layers: 1,
            digests: DigestCheck { unclaimed: vec![layer(1)], ..DigestCheck::default() },
            ..OverviewFacts::default()
        };
        let html = drawn(page(facts));
        assert!(html.text().contains("Nothing was found in what was checked."), "{}", html.text());
        assert!(!html.has("i-fine") && !html.has("i-check"), "{html}");
        assert!(!html.text().contains("Checked, nothing found"));
    }

    #[test]
    fn layers_that_are_not_downloaded_have_a_button() {
        let facts = OverviewFacts {
            layers: 2,
            unread: vec![layer(1), layer(2)],
            digests: DigestCheck { not_downloaded: vec![layer(1), layer(2)], ..Default::default() },
            ..facts()
        };
        let pulling = Pulling { missing: 514_000_000, needs_consent: true, ..Pulling::default() };
        let html = TestPage::at("#/")
            .answers::<Overview>(facts)
            .pulling(pulling)
            .render(|| view! { <FindingsPane /> });
        assert!(html.text().contains("Download layers (514 MB)"), "{}", html.text());
        assert!(!html.text().contains("Checked, nothing found"), "{}", html.text());
    }

    #[test]
    fn until_the_image_is_known_nothing_is_said() {
        let html = drawn(TestPage::new());
        assert_eq!(html.text(), "Findings Reading the image…");
    }
}
