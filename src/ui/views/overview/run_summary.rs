//! How a container of the image starts, in short; the view Configuration has all of it.

use super::facts_part::part_of;
use crate::link::View;
use crate::protocol::RunFacts;
use crate::text::Shown;
use crate::ui::app::use_navigation;
use crate::ui::docker_run::{RunForm, docker_run, exec_form};
use crate::ui::views::parts::{MaskedText, RevealButtons, use_masks};
use crate::ui::widgets::CopyButton;
use leptos::prelude::*;

/// The section; nothing for what is not an image.
#[component]
pub fn RunSummary() -> AnyView {
    let (navigation, masks) = (use_navigation(), use_masks());
    let facts = part_of(|facts| {
        let name = facts.names.first().cloned();
        facts
            .image_id
            .clone()
            .map(|id| (name.unwrap_or_else(|| Shown::from(id)), facts.run.clone()))
    });
    (move || {
        let (name, run) = facts.get().flatten()?;
        let href = move || navigation.to_view(View::Config).to_string();
        let line = docker_run(&run, &name, RunForm::Start);
        let copied = line.clone();
        let copied = Signal::derive(move || masks.text(&copied));
        Some(view! {
            <section>
                <div class="head">
                    <h2>"Configuration"</h2>
                    <span class="sp"></span>
                    <a class="go" href=href>"Full configuration"</a>
                </div>
                <div class="cmdl">
                    <span class="soft" aria-hidden="true">"$"</span>
                    <code><MaskedText text=line.clone() /></code>
                    <CopyButton label="Copy command" text=copied />
                    <RevealButtons text=line />
                </div>
                <dl class="runs">{facts_of(&run)}</dl>
            </section>
        })
    })
    .into_any()
}

fn facts_of(run: &RunFacts) -> impl IntoView + use<> {
    let list = |texts: &[Shown]| texts.iter().map(Shown::to_string).collect::<Vec<_>>().join(", ");
    let user = match run.user.is_empty() {
        true => "root (none set)".to_owned(),
        false => run.user.to_string(),
    };
    let count = |count: usize| if count == 0 { String::new() } else { count.to_string() };
    [
        ("Entrypoint", exec_form(&run.entrypoint), "mono"),
        ("Command", exec_form(&run.cmd), "mono"),
        ("User", user, if run.root == Some(true) { "m" } else { "" }),
        ("Ports", list(&run.ports), ""),
        ("Working directory", run.working_dir.to_string(), "mono"),
        ("Volumes", list(&run.volumes), "mono"),
        ("Variables", count(run.env.len()), ""),
        ("Labels", count(run.labels.len()), ""),
    ]
    .map(|(name, value, class)| {
        let (value, class) = match value.is_empty() {
            true => ("none".into_any(), "soft"),
            false => (view! { <MaskedText text=value /> }.into_any(), class),
        };
        view! { <div><dt>{name}</dt><dd class=class>{value}</dd></div> }
    })
    .collect_view()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{ConfigurationSecrets, MaskedValues, Overview, OverviewFacts};
    use crate::ui::testing::TestPage;

    #[test]
    fn what_starts_is_told_in_short() {
        let facts = OverviewFacts {
            image_id: Some("sha256:a".into()),
            names: vec!["app:1".into()],
            run: RunFacts {
                entrypoint: vec!["/entry".into()],
                cmd: vec!["a \"b\"".into()],
                root: Some(true),
                ports: vec!["80/tcp".into()],
                ..RunFacts::default()
            },
            ..OverviewFacts::default()
        };
        let html = TestPage::at("#/archive/sha256:a")
            .answers::<Overview>(facts)
            .answers::<ConfigurationSecrets>(MaskedValues::default())
            .render(|| view! { <RunSummary /> });
        assert_eq!(
            html.text(),
            "Configuration Full configuration $ docker run --rm --publish 80:80 app:1 Entrypoint \
             [\"/entry\"] Command [\"a \\\"b\\\"\"] User root (none set) Ports 80/tcp Working directory \
             none Volumes none Variables none Labels none"
        );
        assert!(html.has(r##"href="#/archive/sha256:a?view=config""##));
    }

    #[test]
    fn a_root_file_system_has_no_configuration() {
        let html = TestPage::new()
            .answers::<Overview>(OverviewFacts::default())
            .render(|| view! { <RunSummary /> });
        assert_eq!(html.text(), "");
    }
}
