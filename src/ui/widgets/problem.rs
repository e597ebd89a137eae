//! Errors and warnings: what was expected, what was found, where, and what the user can do.

use super::code_text::CodeText;
use super::icon::{Glyph, Icon};
use crate::format;
use crate::problem::Problem;
use crate::text::Shown;
use leptos::prelude::*;

/// An error that stops something: an alert.
#[component]
pub fn ProblemAlert(
    problem: Problem,
    /// What can be done at once: buttons and links below the advice.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    view! {
        <div class="err" role="alert">
            <Glyph icon=Icon::High big=true />
            <div>
                <h2><CodeText text=problem.message.to_string() /></h2>
                <ProblemFacts problem=problem.clone() />
                <Advice problem class="advice" />
                {children.map(|children| view! { <p class="bt">{children()}</p> })}
            </div>
        </div>
    }
    .into_any()
}

/// A warning within a table or a list.
#[component]
pub fn ProblemNote(
    problem: Problem,
    /// It is an error, not a warning.
    #[prop(optional)]
    grave: bool,
) -> AnyView {
    let (icon, class) = if grave { (Icon::High, "d") } else { (Icon::Medium, "m") };
    view! {
        <div class="warning">
            <p>
                <span class=class><Glyph icon /></span>
                " "
                <CodeText text=problem.message.to_string() />
            </p>
            <ProblemFacts problem=problem.clone() />
            <Advice problem class="soft" />
        </div>
    }
    .into_any()
}

/// What was expected and found, and where. Names of the image's own stay as they are.
#[component]
fn ProblemFacts(problem: Problem) -> impl IntoView {
    let code = |text: Option<Shown>| {
        text.map(|text| view! { <CodeText text=text.to_string() /> }.into_any())
    };
    let plain = |text: Option<String>| text.map(|text| text.into_any());
    let facts = [
        ("Expected", code(problem.expected)),
        ("Found", code(problem.found)),
        ("In", plain(problem.blob.map(|text| text.to_string()))),
        ("Layer", plain(problem.layer.map(|layer| layer.number().to_string()))),
        ("Path", plain(problem.path.map(|text| text.to_string()))),
        ("At byte", plain(problem.offset.map(format::count))),
    ];
    let facts: Vec<_> = facts.into_iter().filter_map(|(name, text)| Some((name, text?))).collect();
    (!facts.is_empty()).then(|| {
        let line = |(name, text)| view! { <dt>{name}</dt><dd>{text}</dd> };
        view! { <dl>{facts.into_iter().map(line).collect_view()}</dl> }
    })
}

/// What the user can do.
#[component]
fn Advice(problem: Problem, class: &'static str) -> impl IntoView {
    let advice = problem.advice?;
    Some(view! { <p class=class><CodeText text=advice.to_string() /></p> })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::TestPage;
    use crate::vocabulary::LayerPosition;

    #[test]
    fn an_error_says_all_that_is_known() {
        let problem = Problem::new("layer-cut", "The layer ends early.")
            .expected("475,520 more bytes")
            .found("the end of <b>the</b> file")
            .in_layer(LayerPosition(1))
            .at(12_345)
            .advice("Run `docker save` again.");
        let html = TestPage::new().render(move || view! { <ProblemAlert problem /> });
        assert!(html.has(r#"role="alert""#));
        assert_eq!(
            html.text(),
            "The layer ends early. Expected 475,520 more bytes Found the end of <b>the</b> file \
             Layer 2 At byte 12,345 Run docker save again."
        );
        assert!(html.has(r#"<code class="mono">docker save</code>"#));
    }

    #[test]
    fn code_is_drawn_as_code_wherever_the_engine_writes_it() {
        let problem = || {
            Problem::new("odd", "`a` is odd.")
                .expected("an image of `b`")
                .found("`c`")
                .advice("`d`")
        };
        let drawn = [
            TestPage::new().render(move || view! { <ProblemAlert problem=problem() /> }),
            TestPage::new().render(move || view! { <ProblemNote problem=problem() /> }),
        ];
        for html in drawn {
            assert_eq!(html.count("<code"), 4, "{html}");
            assert!(!html.has("`"), "{html}");
        }
    }

    #[test]
    fn a_warning_is_no_alert() {
        let problem = Problem::new("odd", "Something is odd.");
        let html = TestPage::new().render(move || view! { <ProblemNote problem /> });
        assert!(!html.has("alert") && !html.has("<dl>"));
        assert_eq!(html.text(), "Something is odd.");
    }
}
