//! What a view shows instead of its contents: empty, loading, failed.

use super::problem::ProblemAlert;
use crate::ui::app::Loaded;
use leptos::prelude::*;
use std::sync::Arc;

/// There is nothing to show, and why; below it, what can be done.
#[component]
pub fn EmptyState(
    #[prop(into)] text: String,
    #[prop(optional)] children: Option<Children>,
) -> AnyView {
    view! {
        <div class="none">
            <p>{text}</p>
            {children.map(|children| children())}
        </div>
    }
    .into_any()
}

/// The contents are still to come.
#[component]
pub fn LoadingState(
    /// What is awaited: `Reading layers…`.
    #[prop(optional, into)]
    text: Option<String>,
) -> AnyView {
    let text = text.unwrap_or_else(|| "Loading…".to_owned());
    view! { <p class="none" role="status">{text}</p> }.into_any()
}

/// An answer as far as it is known: `children` draw it once it is there.
///
/// They are drawn again when another answer arrives. What keeps its state over that (the focus, an open row)
/// belongs outside, or reads the signal itself.
#[component]
pub fn Await<T, V>(
    #[prop(into)] answer: Signal<Loaded<T>>,
    /// What is awaited: `Reading layers…`.
    #[prop(optional, into)]
    waiting: Option<String>,
    children: impl Fn(Arc<T>) -> V + Send + Sync + 'static,
) -> impl IntoView
where
    T: Send + Sync + 'static,
    V: IntoView + 'static,
{
    move || match answer.get() {
        Loaded::Ready(answer) => children(answer).into_any(),
        other => match other.problem() {
            Some(problem) => view! { <ProblemAlert problem=problem.clone() /> }.into_any(),
            None => {
                let text = waiting.clone().unwrap_or_else(|| "Loading…".to_owned());
                view! { <LoadingState text /> }.into_any()
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;
    use crate::ui::testing::TestPage;

    fn text(answer: Loaded<u32>) -> String {
        let html = TestPage::new().render(move || {
            let answer = Signal::derive(move || answer.clone());
            view! { <Await answer waiting="Counting…" let:number>{format!("It is {number}")}</Await> }
        });
        html.text()
    }

    #[test]
    fn an_answer_is_shown_as_far_as_it_is_known() {
        assert_eq!(text(Loaded::NotAsked), "Counting…");
        assert_eq!(text(Loaded::Loading), "Counting…");
        assert_eq!(text(Loaded::of(7)), "It is 7");
        let not_yet = Problem::new("layers-not-read", "The layers are still being read.");
        assert_eq!(text(Loaded::Failed(not_yet)), "Counting…");
        assert_eq!(text(Loaded::Failed(Problem::new("odd", "It is odd."))), "It is odd.");
    }

    #[test]
    fn nothing_to_show_says_why() {
        let html = TestPage::new().render(|| {
            view! { <EmptyState text="No files here."><a href="#/">"Clear filter"</a></EmptyState> }
        });
        assert_eq!(html.text(), "No files here. Clear filter");
    }
}
