//! What is wrong with a source as a whole, and the way past limits at which reading stopped.

use crate::problem::Problem;
use crate::protocol::LiftLimit;
use crate::ui::app::{spawn, use_image, use_notices};
use crate::ui::widgets::{Button, Glyph, Icon, ProblemNote};
use crate::vocabulary::LayerNumber;
use leptos::prelude::*;

/// Problems of the source as a whole, whatever image is shown, and its limit.
#[component]
pub fn SourceProblems() -> AnyView {
    let source = use_image().source;
    let warnings = Memo::new(move |_| {
        let info = source.info.read();
        info.as_ref().map(|info| info.warnings.clone()).unwrap_or_default()
    });
    let note = |problem: Problem| {
        let grave = problem.is_cut();
        view! { <div class="note" class:bad=grave><ProblemNote problem grave /></div> }
    };
    view! {
        {move || warnings.get().into_iter().map(note).collect_view()}
        <SourceLimit />
    }
    .into_any()
}

/// The way past the limit of the source as a whole, where it was reached.
#[component]
fn SourceLimit() -> AnyView {
    let source = use_image().source;
    let limited = Memo::new(move |_| source.info.read().as_ref().is_some_and(|info| info.limited));
    let text = "Reading the file stopped at a limit. What comes after it is not shown.";
    view! { <Show when=move || limited.get()><LimitNote text layer=None /></Show> }.into_any()
}

/// The way past the limit of a layer.
#[component]
pub fn LayerLimit(layer: LayerNumber) -> AnyView {
    let text = "A limit was reached in this layer. What is beyond it is not shown.";
    view! { <LimitNote text layer=Some(layer) /> }.into_any()
}

#[component]
fn LimitNote(text: &'static str, layer: Option<LayerNumber>) -> AnyView {
    let (image, notices) = (use_image(), use_notices());
    let asked = RwSignal::new(false);
    let reads = Memo::new(move |_| {
        let state = image.source.image_state(image.position);
        asked.get() && !state.ready && !state.cancelled
    });
    let lift = move || {
        let Some(client) = image.client() else { return };
        asked.set(true);
        image.source.images.restarted(image.position);
        spawn(async move {
            let order = LiftLimit { image: image.position, layer };
            if let Err(problem) = client.ask(order).await {
                asked.try_set(false);
                notices.failed("Could not read beyond the limit", problem);
            }
        });
    };
    let label = move || if reads.get() { "Reading it all…" } else { "Read it all" }.to_owned();
    view! {
        <div class="note limit">
            <p><Glyph icon=Icon::Medium />" "{text}</p>
            <Button label=Signal::derive(label) on_press=lift disabled=reads />
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{ImageLine, SourceInfo};
    use crate::ui::testing::{TestPage, layer};

    fn source(warnings: Vec<Problem>, limited: bool) -> SourceInfo {
        let images = vec![ImageLine::default()];
        SourceInfo { warnings, limited, images, ..SourceInfo::default() }
    }

    #[test]
    fn a_file_that_is_cut_says_so_loudly() {
        for code in ["archive-damaged", "blob-truncated", "tar-truncated"] {
            assert!(Problem::new(code, "It is cut.").is_cut(), "{code}");
        }
        let cut = Problem::new("archive-truncated", "The file ends within <b>.");
        let odd = Problem::new("trailing-bytes", "Bytes follow.");
        let html = TestPage::new()
            .source(source(vec![cut, odd], false))
            .render(|| view! { <SourceProblems /> });
        assert_eq!(html.text(), "The file ends within <b>. Bytes follow.");
        assert_eq!(html.count("note bad"), 1, "{html}");
    }

    #[test]
    fn a_limit_can_be_lifted() {
        let html = TestPage::new()
            .source(source(Vec::new(), true))
            .render(|| view! { <SourceProblems /> });
        assert!(html.text().ends_with("What comes after it is not shown. Read it all"));
        let html = TestPage::new().render(|| view! { <LayerLimit layer=layer(2) /> });
        assert!(html.text().starts_with("A limit was reached in this layer."));
        assert_eq!(TestPage::new().render(|| view! { <SourceProblems /> }).text(), "");
    }
}
