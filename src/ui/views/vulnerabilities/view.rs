//! The view: the state of the check above, and, once something is known, the table.

use super::check::take_dropped_advisories;
use super::details::AdvisoryPane;
use super::found::FoundVulnerabilities;
use super::state::{CheckPanel, CheckSummary, OrderProblem};
use crate::protocol::{CheckFacts, CheckState, VulnerabilityCheck};
use crate::ui::app::{LayersWait, Loaded, use_image, use_navigation, use_query};
use crate::ui::views::parts::Workbench;
use crate::ui::widgets::{Glyph, Icon, LoadingState, ProblemAlert, ViewHead};
use crate::ui::words;
use leptos::prelude::*;

/// The view.
#[component]
pub fn VulnerabilitiesView() -> AnyView {
    let navigation = use_navigation();
    let has_details = Signal::derive(move || !navigation.item().is_empty());
    take_dropped_advisories();
    view! {
        <Workbench
            id="vulnerabilities"
            main=|| view! { <VulnerabilityList /> }
            details=|| view! { <AdvisoryPane /> }
            has_details
        />
    }
    .into_any()
}

/// What is drawn of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CheckStage {
    /// The packages are not known yet.
    Waiting,
    NotChecked,
    /// No database has answered for any package yet: there is nothing to list, count or export.
    Unanswered,
    /// Running, interrupted or done, with answers: there may be rows.
    Checked,
}

fn stage(check: &CheckFacts, is_running: bool) -> CheckStage {
    match check.state {
        CheckState::Waiting => CheckStage::Waiting,
        CheckState::NotChecked if !is_running && check.vex.is_empty() => CheckStage::NotChecked,
        _ if knows_nothing(check) => CheckStage::Unanswered,
        _ => CheckStage::Checked,
    }
}

fn knows_nothing(check: &CheckFacts) -> bool {
    check.answered == 0 && check.counts.total() == 0 && check.suppressed == 0
}

#[component]
fn VulnerabilityList() -> AnyView {
    let image = use_image();
    let position = image.position;
    let check = use_query(move || Some(VulnerabilityCheck { image: position }));
    let order = image.source.check(position);
    let stage = Memo::new(move |_| check.read().map(|check| stage(check, order.is_running())));
    let problem = move || check.read().problem().cloned();
    let drawn = move || match stage.get() {
        Some(CheckStage::NotChecked) => view! { <CheckPanel check /> }.into_any(),
        Some(CheckStage::Unanswered) => {
            view! { <div class="check summary"><CheckSummary check /></div> }.into_any()
        }
        Some(CheckStage::Checked) => view! {
            <div class="check summary"><CheckSummary check /></div>
            <FoundVulnerabilities check />
        }
        .into_any(),
        Some(CheckStage::Waiting) | None => match problem() {
            Some(problem) => view! { <ProblemAlert problem /> }.into_any(),
            // Files that were dropped too early.
            None => view! { <WaitingForPackages /><OrderProblem /> }.into_any(),
        },
    };
    view! {
        <section class="browse" aria-label="Vulnerabilities">
            <ViewHead title="Vulnerabilities" />
            <LayerGaps check />
            {drawn}
        </section>
    }
    .into_any()
}

/// Layers that may have packages which no check covers.
#[component]
fn LayerGaps(check: Signal<Loaded<CheckFacts>>) -> AnyView {
    let source = use_image().source;
    let lines = Memo::new(move |_| {
        let mut unread = check.read().map(|check| check.unread.clone()).unwrap_or_default();
        let coming = source.coming_layers();
        unread.retain(|layer| !coming.contains(layer)); // they are read when they are here
        let partial = check.read().map(|check| check.partial.clone()).unwrap_or_default();
        let unread = (!unread.is_empty()).then(|| words::unread_layers(&unread));
        let partial = (!partial.is_empty()).then(|| words::partial_layers(&partial));
        unread.into_iter().chain(partial).collect::<Vec<String>>()
    });
    let note = |text: String| {
        view! { <p class="note"><Glyph icon=Icon::Medium /><span class="sp">{text}</span></p> }
    };
    view! { {move || lines.get().into_iter().map(note).collect_view()} }.into_any()
}

/// Packages are known once the layers are read, which may need a download that was not requested yet.
#[component]
fn WaitingForPackages() -> AnyView {
    let source = use_image().source;
    let text = move || match source.layers_wait() {
        LayersWait::ForUser => "The layers are not downloaded, so the packages are not known.",
        LayersWait::Downloading => "Downloading layers…",
        LayersWait::Reading => "Reading packages…",
    };
    view! { {move || view! { <LoadingState text=text() /> }} }.into_any()
}

#[test]
fn a_running_check_shows_its_progress_and_not_the_question() {
    let check = |state| CheckFacts { state, ..CheckFacts::default() };
    assert_eq!(stage(&check(CheckState::Waiting), false), CheckStage::Waiting);
    assert_eq!(stage(&check(CheckState::NotChecked), false), CheckStage::NotChecked);
    assert_eq!(stage(&check(CheckState::NotChecked), true), CheckStage::Unanswered);
    for state in [CheckState::Running, CheckState::Interrupted, CheckState::Done] {
        let answered = CheckFacts { answered: 1, ..check(state) };
        assert_eq!(stage(&answered, false), CheckStage::Checked);
        assert_eq!(stage(&check(state), false), CheckStage::Unanswered);
        assert_eq!(stage(&answered, true), CheckStage::Checked, "it is checked again");
    }
    let suppressed = CheckFacts { suppressed: 1, ..check(CheckState::Done) };
    assert_eq!(stage(&suppressed, false), CheckStage::Checked);
}
