//! How severe a risk is: the word says it, the colour repeats it.

use crate::ui::widgets::SeverityMark;
use crate::ui::words;
use crate::vocabulary::{RiskSeverity, Severity};
use leptos::prelude::*;

/// The word of a severity, in the colours of vulnerabilities.
#[component]
pub fn RiskMark(severity: RiskSeverity) -> AnyView {
    let severity = match severity {
        RiskSeverity::High => Severity::High,
        RiskSeverity::Medium => Severity::Medium,
        RiskSeverity::Low => Severity::Low,
        RiskSeverity::Info => {
            return view! { <span class="soft">{words::risk_severity(severity)}</span> }.into_any();
        }
    };
    view! { <SeverityMark severity /> }.into_any()
}
