//! A view of three panes: layers, a list or tree, and what is selected in it.

use super::layer_pane::LayerPane;
use crate::ui::widgets::{SizedPane, Split};
use leptos::prelude::*;

/// The panes. Layers and details can be resized; the details come and go.
#[component]
pub fn Workbench(
    /// Names the sizes in this browser's settings: `files`.
    id: &'static str,
    /// The list or tree, with its tools and sums.
    #[prop(into)]
    main: ViewFn,
    /// What is selected.
    #[prop(into)]
    details: ViewFn,
    /// Something is selected.
    #[prop(into)]
    has_details: Signal<bool>,
) -> AnyView {
    let details = StoredValue::new(details);
    let main = StoredValue::new(main);
    let right = move || {
        view! {
            <Split
                id=id
                label="Resize the details"
                sized=SizedPane::Second
                default=400.0
                min=240.0
                max=1200.0
                shown=has_details
                first=move || main.with_value(ViewFn::run)
                second=move || view! {
                    <Show when=move || has_details.get()>{details.with_value(ViewFn::run)}</Show>
                }
            />
        }
    };
    view! {
        <div class="work">
            <Split
                id="layers"
                label="Resize the layers"
                sized=SizedPane::First
                default=256.0
                min=160.0
                max=640.0
                folds="layers"
                first=|| view! { <LayerPane /> }
                second=right
            />
        </div>
    }
    .into_any()
}

#[test]
fn details_are_drawn_while_something_is_selected() {
    let html = |has_details: bool| {
        crate::ui::testing::TestPage::new()
            .render(move || {
                view! {
                    <Workbench
                        id="files"
                        main=|| "the tree"
                        details=|| "the file"
                        has_details=has_details
                    />
                }
            })
            .text()
    };
    assert!(html(true).ends_with("the tree the file"));
    assert!(html(false).ends_with("the tree"));
}
