//! Messages over what is shown, and what screen readers are told.

use crate::ui::app::{Notice, use_navigation, use_notices};
use crate::ui::widgets::{Button, ButtonKind, Icon, ProblemNote};
use leptos::prelude::*;

/// The messages. A failure stays until it is dismissed, anything else until the view after the next is shown.
#[component]
pub fn NoticeList() -> AnyView {
    let (notices, navigation) = (use_notices(), use_navigation());
    Effect::new(move || {
        navigation.view();
        notices.leave_view();
    });
    view! {
        <div class="notices">
            <For each=move || notices.list() key=|notice| notice.id let:notice>
                <NoticeView notice />
            </For>
        </div>
    }
    .into_any()
}

#[component]
fn NoticeView(notice: Notice) -> AnyView {
    let notices = use_notices();
    let id = notice.id;
    let role = if notice.problem.is_some() { "alert" } else { "status" };
    view! {
        <div class="notice" role=role>
            <div>
                <b>{notice.title}</b>
                {notice.problem.map(|problem| view! { <ProblemNote problem grave=true /> })}
            </div>
            <Button
                label="Dismiss"
                icon=Icon::Close
                icon_only=true
                kind=ButtonKind::Quiet
                on_press=move || notices.dismiss(id)
            />
        </div>
    }
    .into_any()
}

/// Heard, not seen.
#[component]
pub fn Announcements() -> AnyView {
    let notices = use_notices();
    view! {
        <div class="vh" role="status" aria-label="Announcements">{move || notices.announcement()}</div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;
    use crate::ui::testing::TestPage;

    #[test]
    fn a_failure_is_an_alert_and_other_news_is_not() {
        let html = TestPage::new().render(|| {
            let notices = use_notices();
            notices.say("Cancelled: a.tar");
            notices.failed("Could not open <b>.pdf", Problem::new("no-image", "It is a PDF."));
            view! { <NoticeList /> }
        });
        assert_eq!(html.count(r#"role="alert""#), 1);
        assert_eq!(html.count(r#"aria-label="Dismiss""#), 2);
        assert_eq!(html.text(), "Cancelled: a.tar Could not open <b>.pdf It is a PDF.");
    }

    #[test]
    fn what_is_announced_is_a_status() {
        let html = TestPage::new().render(|| {
            use_notices().announce("Copied");
            view! { <Announcements /> }
        });
        assert!(html.has(r#"role="status""#), "{html}");
        assert_eq!(html.text(), "Copied");
    }
}
