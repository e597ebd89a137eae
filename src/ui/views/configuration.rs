//! The configuration: how a container of the image starts, and everything else that the image sets.

use crate::link::View;
use crate::protocol::{Configuration, ConfigurationFacts, HealthCheck, RunFacts};
use crate::text::{Shown, ShownLines};
use crate::ui::app::{Loaded, use_image, use_navigation, use_query};
use crate::ui::docker_run::{RunForm, docker_run, duration, exec_form, health_command};
use crate::ui::views::parts::{MaskedText, RevealButtons, provide_masks, use_masks};
use crate::ui::widgets::{Await, Badge, CopyButton, EmptyState, LinkedText, ViewHead};
use crate::vocabulary::secret_names::looks_like_a_secret;
use leptos::prelude::*;
use std::sync::Arc;

/// The view: asks for the configuration.
#[component]
pub fn ConfigurationView() -> AnyView {
    let image = use_image().position;
    let facts = use_query(move || Some(Configuration { image }));
    provide_masks();
    view! {
        <div class="view">
            <section class="page conf" role="region" aria-label="Configuration">
                <ViewHead title="Configuration" subtitle="how a container of the image starts">
                    <RawLink facts />
                </ViewHead>
                <Await answer=facts waiting="Reading the configuration…" let:facts>
                    <ConfigurationPage facts />
                </Await>
            </section>
        </div>
    }
    .into_any()
}

/// The way to the document itself.
#[component]
fn RawLink(facts: Signal<Loaded<ConfigurationFacts>>) -> AnyView {
    let navigation = use_navigation();
    (move || {
        let digest = facts.read().map(|facts| facts.digest.clone()).flatten()?;
        let href = move || {
            let mut link = navigation.to_view(View::Raw);
            link.item = digest.clone();
            link.to_string()
        };
        Some(view! { <a class="btn" href=href>"As JSON"</a> })
    })
    .into_any()
}

#[component]
fn ConfigurationPage(facts: Arc<ConfigurationFacts>) -> AnyView {
    if facts.digest.is_none() {
        let text = "There is no configuration: this is a root file system or a single layer.";
        return view! { <EmptyState text /> }.into_any();
    }
    let name = facts.name.clone().or_else(|| facts.digest.as_ref().map(Shown::new));
    let name = name.unwrap_or_default();
    let run = facts.run.clone();
    view! {
        <RunLine title="To start it" line=docker_run(&run, &name, RunForm::Start) />
        <RunLine
            title="The same with every setting as an option"
            line=docker_run(&run, &name, RunForm::Explicit)
        />
        {(run.left_out > 0).then(|| {
            let count = crate::format::counted(run.left_out, "more value is", "more values are");
            view! { <p class="note">{format!("{count} not shown here. The document has them: “As JSON”.")}</p> }
        })}
        <Start run=run.clone() shell=facts.shell.clone() on_build=facts.on_build.clone() />
        <Environment variables=run.env />
        <Labels labels=run.labels />
    }
    .into_any()
}

#[component]
fn RunLine(title: &'static str, line: String) -> AnyView {
    let masks = use_masks();
    let copied = line.clone();
    let copied = Signal::derive(move || masks.text(&copied));
    view! {
        <h2>{title}</h2>
        <div class="cmdl">
            <span class="soft" aria-hidden="true">"$"</span>
            <code><MaskedText text=line.clone() /></code>
            <CopyButton label="Copy command" text=copied />
            <RevealButtons text=line />
        </div>
    }
    .into_any()
}

/// What starts, as whom, where.
#[component]
fn Start(run: RunFacts, shell: Vec<Shown>, on_build: Vec<ShownLines>) -> AnyView {
    let user = match (run.user.is_empty(), run.root) {
        (true, _) => {
            view! { <span class="m">"root"</span>" "<span class="soft">"(none set)"</span> }
                .into_any()
        }
        (false, root) => {
            let class = if root == Some(true) { "m" } else { "" };
            view! { <span class=class><MaskedText text=run.user.to_string() /></span> }.into_any()
        }
    };
    let code = |text: String| match text.is_empty() {
        true => none().into_any(),
        false => masked_code(text),
    };
    let default_shell = shell.is_empty().then(|| {
        view! { <span class="soft">"default (/bin/sh -c on Linux)"</span> }
    });
    let health = run.healthcheck.as_ref().map(health_facts);
    view! {
        <dl class="what">
            <Setting name="ENTRYPOINT">{code(exec_form(&run.entrypoint))}</Setting>
            <Setting name="CMD">{code(exec_form(&run.cmd))}</Setting>
            <Setting name="USER">{user}</Setting>
            <Setting name="WORKDIR">{code(run.working_dir.to_string())}</Setting>
            <Setting name="EXPOSE">{list(&run.ports)}</Setting>
            <Setting name="VOLUME">{list(&run.volumes)}</Setting>
            <Setting name="STOPSIGNAL">{code(run.stop_signal.to_string())}</Setting>
            <Setting name="SHELL">{default_shell}{(!shell.is_empty()).then(|| code(exec_form(&shell)))}</Setting>
            <Setting name="HEALTHCHECK">{health.unwrap_or_else(|| none().into_any())}</Setting>
            <Setting name="ONBUILD">{lines(&on_build)}</Setting>
        </dl>
    }
    .into_any()
}

/// A setting, by the name that a Dockerfile has for it.
#[component]
fn Setting(name: &'static str, children: Children) -> AnyView {
    view! { <dt>{name}</dt><dd>{children()}</dd> }.into_any()
}

fn none() -> impl IntoView {
    view! { <span class="soft">"none"</span> }
}

/// A text as code, its secrets masked.
fn masked_code(text: String) -> AnyView {
    view! { <code class="mono"><MaskedText text=text.clone() /></code><RevealButtons text /> }
        .into_any()
}

fn list(texts: &[Shown]) -> AnyView {
    if texts.is_empty() {
        return none().into_any();
    }
    let item = |text: &Shown| view! { <li>{masked_code(text.to_string())}</li> };
    view! { <ul>{texts.iter().map(item).collect_view()}</ul> }.into_any()
}

fn lines(texts: &[ShownLines]) -> AnyView {
    if texts.is_empty() {
        return none().into_any();
    }
    let item = |text: &ShownLines| view! { <li>{masked_code(text.to_string())}</li> };
    view! { <ul>{texts.iter().map(item).collect_view()}</ul> }.into_any()
}

fn health_facts(health: &HealthCheck) -> AnyView {
    if health.disabled {
        return "switched off (NONE)".into_any();
    }
    let times = [
        ("every", health.interval.map(duration)),
        ("timeout", health.timeout.map(duration)),
        ("start period", health.start_period.map(duration)),
        ("start interval", health.start_interval.map(duration)),
        ("retries", health.retries.map(|retries| retries.to_string())),
    ];
    let times: Vec<String> =
        times.into_iter().filter_map(|(name, value)| Some(format!("{name} {}", value?))).collect();
    let times = match times.is_empty() {
        true => "at Docker's default times".to_owned(),
        false => times.join(", "),
    };
    view! {
        {masked_code(health_command(health))}
        " "
        <span class="soft">{times}</span>
    }
    .into_any()
}

#[component]
fn Environment(variables: Vec<Shown>) -> AnyView {
    let text = variables.iter().map(|text| format!("{text}\n")).collect::<String>();
    let row = |variable: &Shown| {
        let (name, value) = variable.split_once('=').unwrap_or((variable, ""));
        let badge = looks_like_a_secret(variable).then(|| {
            view! { " "<Badge text="looks like a secret" title="By its name" /> }
        });
        let (masks, copied) = (use_masks(), value.to_owned());
        let copied = Signal::derive(move || masks.text(&copied));
        let copy = (!value.is_empty())
            .then(|| view! { <CopyButton label=format!("Copy {name}") text=copied /> });
        view! {
            <tr>
                <td class="mono name">{name.to_owned()}{badge}</td>
                <td class="mono">
                    <MaskedText text=value.to_owned() />
                    {copy}
                    <RevealButtons text=value.to_owned() />
                </td>
            </tr>
        }
    };
    let rows = variables.iter().map(row).collect_view();
    view! { <Pairs title="Environment" name="Variable" text count=variables.len()>{rows}</Pairs> }
        .into_any()
}

#[component]
fn Labels(labels: Vec<(Shown, ShownLines)>) -> AnyView {
    let text = labels.iter().map(|(name, value)| format!("{name}={value}\n")).collect::<String>();
    let row = |(name, value): &(Shown, ShownLines)| {
        view! {
            <tr>
                <td class="mono name">{name.to_string()}</td>
                <td class="lines-kept">
                    <MaskedLinks text=value.to_string() />
                    <RevealButtons text=value.to_string() />
                </td>
            </tr>
        }
    };
    let rows = labels.iter().map(row).collect_view();
    view! { <Pairs title="Labels" name="Label" text count=labels.len()>{rows}</Pairs> }.into_any()
}

/// A text with its links, its secrets masked.
#[component]
fn MaskedLinks(text: String) -> AnyView {
    let masks = use_masks();
    (move || view! { <LinkedText text=masks.text(&text) /> }).into_any()
}

/// A table of names and values.
#[component]
fn Pairs(
    title: &'static str,
    /// The heading of the names.
    name: &'static str,
    /// What is copied.
    text: String,
    count: usize,
    children: Children,
) -> AnyView {
    let masks = use_masks();
    let text = Signal::derive(move || masks.text(&text));
    let copy = (count > 0).then(|| view! { <CopyButton label="Copy all" text worded=true /> });
    let body = match count {
        0 => view! { <p class="soft">"none"</p> }.into_any(),
        _ => view! {
            <table class="t pairs" aria-label=title>
                <thead>
                    <tr><th scope="col">{name}</th><th scope="col">"Value"</th></tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        }
        .into_any(),
    };
    view! {
        <div class="head">
            <h2>{title}</h2>
            <span class="soft">{(count > 0).then(|| crate::format::count(count as u64))}</span>
            <span class="sp"></span>
            {copy}
        </div>
        {body}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;
    use crate::ui::testing::{Rendered, TestPage};

    fn drawn(facts: ConfigurationFacts) -> Rendered {
        TestPage::at("#/archive/sha256:a?view=config")
            .answers::<Configuration>(facts)
            .render(|| view! { <ConfigurationView /> })
    }

    fn full() -> ConfigurationFacts {
        ConfigurationFacts {
            run: RunFacts {
                entrypoint: vec!["nginx".into()],
                cmd: vec!["-g".into(), "daemon off;".into()],
                root: Some(true),
                ports: vec!["80/tcp".into()],
                env: vec!["PATH=/bin".into(), "DB_PASSWORD=<b>hunter2</b>".into(), "EMPTY=".into()],
                labels: vec![
                    ("org.opencontainers.image.source".into(), "https://example.com/app".into()),
                    ("evil".into(), "javascript:alert(1)".into()),
                ],
                healthcheck: Some(HealthCheck {
                    command: vec!["curl localhost".into()],
                    in_shell: true,
                    interval: Some(30_000_000_000),
                    ..HealthCheck::default()
                }),
                ..RunFacts::default()
            },
            on_build: vec!["RUN make".into()],
            shell: Vec::new(),
            name: Some("app:1".into()),
            digest: Some("sha256:config".into()),
        }
    }

    #[test]
    fn everything_that_is_set_is_shown() {
        let html = drawn(full());
        assert!(html.has(r#"role="region" aria-label="Configuration""#));
        assert_eq!(html.count("<h1"), 1);
        let text = html.text();
        for part in [
            "To start it $ docker run --rm --publish 80:80 app:1",
            "--entrypoint nginx app:1 -g 'daemon off;'",
            "ENTRYPOINT [\"nginx\"] CMD [\"-g\", \"daemon off;\"] USER root (none set) WORKDIR none \
             EXPOSE 80/tcp VOLUME none STOPSIGNAL none SHELL default (/bin/sh -c on Linux) HEALTHCHECK \
             curl localhost every 30s ONBUILD RUN make",
            "Environment 3 Copy all Variable Value PATH /bin DB_PASSWORD looks like a secret \
             <b>hunter2</b> EMPTY",
            "Labels 2 Copy all Label Value org.opencontainers.image.source https://example.com/app \
             evil javascript:alert(1)",
        ] {
            assert!(text.contains(part), "{part}\nis not in\n{text}");
        }
        assert!(html.has(r#"aria-label="Copy DB_PASSWORD""#));
        assert!(
            html.has(r##"href="#/archive/sha256:a?view=raw&amp;item=sha256%3Aconfig""##),
            "{html}"
        );
    }

    #[test]
    fn only_addresses_are_links_and_they_leave_nothing_behind() {
        let html = drawn(full());
        assert_eq!(html.count("target=\"_blank\""), 1);
        assert!(html.has(
            r#"<a href="https://example.com/app" target="_blank" rel="noopener noreferrer">"#
        ));
        assert!(!html.has("href=\"javascript"));
    }

    #[test]
    fn nothing_set_says_so() {
        let html = drawn(ConfigurationFacts {
            digest: Some("sha256:config".into()),
            ..ConfigurationFacts::default()
        });
        assert!(html.text().contains("docker run --rm sha256:config COMMAND"), "{}", html.text());
        assert!(html.text().ends_with("Environment none Labels none"), "{}", html.text());
    }

    #[test]
    fn odd_values_stay_text() {
        let mut facts = full();
        facts.run.user = format!("{}\u{202e}<i>", "x".repeat(300)).into();
        facts.run.healthcheck = Some(HealthCheck { disabled: true, ..HealthCheck::default() });
        facts.shell = vec!["powershell".into(), "-Command".into()];
        let html = drawn(facts);
        assert!(html.has("\\u{202e}&lt;i&gt;"), "{html}");
        assert!(html.text().contains("HEALTHCHECK switched off (NONE)"));
        assert!(html.text().contains("SHELL [\"powershell\", \"-Command\"]"));
    }

    #[test]
    fn without_a_configuration_it_says_why() {
        let at = || TestPage::at("#/?view=config");
        let text = |page: TestPage| page.render(|| view! { <ConfigurationView /> }).text();
        assert!(text(at()).ends_with("Reading the configuration…"));
        let bare = at().answers::<Configuration>(ConfigurationFacts::default());
        assert!(text(bare).ends_with("this is a root file system or a single layer."));
        let failed = at().fails::<Configuration>(Problem::new("odd", "It is odd."));
        assert!(text(failed).ends_with("It is odd."));
    }
}
