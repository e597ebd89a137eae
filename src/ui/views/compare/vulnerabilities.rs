//! Vulnerabilities gained and lost, and the check of both images that tells them.

use super::part_table::{Heading, table};
use crate::format;
use crate::host::host_of;
use crate::protocol::{
    CheckVulnerabilities, SeverityCounts, VulnerabilityChange, VulnerabilityDifference,
    VulnerabilityDifferences,
};
use crate::ui::app::{Loaded, OpenSource, PlacedPair, use_registries};
use crate::ui::views::parts::ConsentDialog;
use crate::ui::widgets::{Button, ProblemNote, SeverityMark};
use crate::ui::words;
use crate::vocabulary::VexOrigin;
use leptos::prelude::*;

/// Rows that are drawn at most.
const MAX_ROWS: usize = 100;

/// What was gained and lost.
pub fn vulnerabilities(differences: &VulnerabilityDifferences) -> AnyView {
    let VulnerabilityDifferences { gained, suppressed, lost, both, left_out, rows } = differences;
    let row = |one: &VulnerabilityDifference| {
        let severity = one.severity.severity;
        view! {
            <tr>
                <td>{change_word(one.change)}</td>
                <td><SeverityMark severity /></td>
                <td class="mono">{one.id.to_string()}</td>
                <td>{one.package.to_string()}" "<span class="mono">{one.version.to_string()}</span></td>
            </tr>
        }
        .into_any()
    };
    let drawn: Vec<AnyView> = rows.iter().take(MAX_ROWS).map(row).collect();
    let differing = [gained, suppressed, lost].map(|counts| u64::from(counts.total()));
    let undrawn = differing.iter().sum::<u64>().saturating_sub(drawn.len() as u64);
    let sums = format!(
        "Gained: {}. Lost: {}. {} in both.{}",
        counts(gained),
        counts(lost),
        format::count(u64::from(*both)),
        left_out_text(*left_out, suppressed)
    );
    let heads = ["Change", "Severity", "Vulnerability", "Package"].map(Heading::Text);
    view! {
        <section>
            <div class="head"><h2>"Vulnerabilities gained and lost"</h2></div>
            <p>{sums}</p>
        </section>
        {table("Vulnerabilities that differ", &heads, drawn, undrawn)}
    }
    .into_any()
}

fn change_word(change: VulnerabilityChange) -> &'static str {
    match change {
        VulnerabilityChange::Gained => "Gained",
        VulnerabilityChange::Suppressed(VexOrigin::Attached) => {
            "Left out by the image itself (VEX)"
        }
        VulnerabilityChange::Suppressed(VexOrigin::Opened) => "Left out (VEX)",
        VulnerabilityChange::Lost => "Lost",
    }
}

/// What VEX documents leave out of each image, and what of it counts in the image before; empty: nothing.
fn left_out_text([a, b]: [u32; 2], suppressed: &SeverityCounts) -> String {
    if a == 0 && b == 0 {
        return String::new();
    }
    let [a, b] = [a, b].map(|count| format::count(count.into()));
    format!(
        " Still there, but newly left out by VEX: {}. In all, VEX documents leave out {a} of the image before and {b} \
         of the image after.",
        counts(suppressed)
    )
}

/// `1 critical, 3 low`, or `none`.
fn counts(counts: &SeverityCounts) -> String {
    let text = words::severity_counts(counts);
    if text.is_empty() { "none".to_owned() } else { text }
}

/// The button that checks both images, where a database is configured. It asks first.
#[component]
pub fn CheckBoth(
    /// Whose session has both.
    source: OpenSource,
    place: Signal<Loaded<PlacedPair>>,
) -> AnyView {
    let registries = use_registries();
    let asks = RwSignal::new(false);
    let checks = move || {
        let pair = place.read().map(|pair| *pair);
        pair.map(|pair| [source.check(pair.a), source.check(pair.b)])
    };
    let is_running = move || checks().is_some_and(|both| both.iter().any(|one| one.is_running()));
    let problem = move || {
        let problem = checks()?.into_iter().find_map(|check| check.problem())?;
        Some(view! { <div role="alert"><ProblemNote problem /></div> })
    };
    let endpoint = move || untrack(|| registries.osv()).unwrap_or_default();
    let start = move || {
        let pair = place.read_untracked().map(|pair| *pair);
        let (Some(pair), Some(client)) = (pair, source.client.get_untracked()) else { return };
        for image in [pair.a, pair.b] {
            let question = CheckVulnerabilities { image, endpoint: endpoint() };
            source.check(image).start(async move { client.ask(question).await });
        }
    };
    let host = move || registries.osv().and_then(|endpoint| host_of(&endpoint));
    view! {
        <section>
            <div class="head"><h2>"Vulnerabilities"</h2></div>
            <p class="soft">"What was gained and lost is known once both images were checked."</p>
            {problem}
            <Show when=move || host().is_some()>
                <p class="bt">
                    <Button
                        label=Signal::derive(move || match is_running() {
                            true => "Checking…".to_owned(),
                            false => "Check both images".to_owned(),
                        })
                        disabled=Signal::derive(is_running)
                        on_press=move || asks.set(true)
                    />
                </p>
            </Show>
            <Show when=move || asks.get()>
                <ConsentDialog
                    label="Check the packages of both images?"
                    endpoint=endpoint()
                    sent=view! { "type, name and version of the packages of both images" }.into_any()
                    not_sent=". No paths, no image name."
                    told="The database's operator can tell from it what the images contain."
                    agreed="Send and check"
                    agree=start
                    close=move || asks.set(false)
                />
            </Show>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::SeverityCell;
    use crate::ui::testing::TestPage;
    use crate::vocabulary::Severity;

    fn row(
        change: VulnerabilityChange,
        severity: Severity,
        package: &str,
    ) -> VulnerabilityDifference {
        VulnerabilityDifference {
            change,
            id: "CVE-2024-1".into(),
            severity: SeverityCell { severity, score_tenths: None },
            package: package.into(),
            version: "1.2".into(),
        }
    }

    fn assert_says(differences: VulnerabilityDifferences, parts: &[&str]) {
        let text = TestPage::new().render(move || vulnerabilities(&differences)).text();
        for part in parts {
            assert!(text.contains(part), "{part} is not in: {text}");
        }
    }

    #[test]
    fn gained_and_lost_ones_are_counted_and_listed() {
        let differences = VulnerabilityDifferences {
            gained: SeverityCounts { critical: 1, low: 2, ..SeverityCounts::default() },
            both: 1234,
            rows: vec![row(VulnerabilityChange::Gained, Severity::Critical, "<musl>")],
            ..VulnerabilityDifferences::default()
        };
        let sums = "Gained: 1 critical, 2 low. Lost: none. 1,234 in both.";
        assert_says(differences, &[sums, "Gained Critical CVE-2024-1 <musl> 1.2", "… 2 more"]);
    }

    #[test]
    fn what_the_second_image_leaves_out_itself_is_told() {
        let change = VulnerabilityChange::Suppressed(VexOrigin::Attached);
        let differences = VulnerabilityDifferences {
            suppressed: SeverityCounts { high: 1, ..SeverityCounts::default() },
            left_out: [0, 3],
            rows: vec![row(change, Severity::High, "musl")],
            ..VulnerabilityDifferences::default()
        };
        let sums = "VEX documents leave out 0 of the image before and 3 of the image after.";
        let new = "Still there, but newly left out by VEX: 1 high.";
        assert_says(
            differences,
            &[sums, new, "Left out by the image itself (VEX) High CVE-2024-1"],
        );
    }
}
