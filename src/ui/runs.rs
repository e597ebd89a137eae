//! How a container of the image would start, as the config says.

use super::parts::{CopyButton, Views, small_icon, view};
use crate::session::query::RunFacts;
use leptos::prelude::*;

/// The command line, and all that it runs in.
#[component]
pub fn Runs(
    /// As the session tells it.
    runs: RunFacts,
) -> impl IntoView {
    let env = runs.env.iter().map(|pair| match pair.split_once('=') {
        Some((name, value)) => (name.to_owned(), value.to_owned()),
        None => (pair.clone(), String::new()),
    });
    view! {
        <section>
            <div class="head"><h2>"Runs"</h2></div>
            {command(&runs.command_line)}
            <dl class="runs">
                {line("Entrypoint", list(&runs.entrypoint), true)}
                {line("Cmd", list(&runs.cmd), true)}
                {user(&runs)}
                {line("Ports", runs.ports.join(", "), false)}
                {line("Working dir", runs.working_dir.clone(), true)}
                {line("Volumes", runs.volumes.join(", "), true)}
                {line("Stop signal", runs.stop_signal.clone(), false)}
                {line("Health check", runs.healthcheck.clone(), true)}
            </dl>
            {pairs("Environment", env.collect())}
            {pairs("Labels", runs.labels.clone())}
        </section>
    }
}

fn command(line: &str) -> AnyView {
    if line.is_empty() {
        return view! {
            <div class="cmdl"><code class="soft">"no command: docker run must be given one"</code></div>
        };
    }
    let line = line.to_owned();
    view! {
        <div class="cmdl">
            <span class="soft" aria-hidden="true">"$"</span>
            <code>{line.clone()}</code>
            <CopyButton label="Copy command" text=line />
        </div>
    }
}

/// As a Dockerfile's exec form has it.
fn list(arguments: &[String]) -> String {
    match arguments {
        [] => String::new(),
        _ => serde_json::to_string(arguments).unwrap_or_default(), // strings always serialise
    }
}

fn line(name: &'static str, value: String, mono: bool) -> AnyView {
    let value = match value.is_empty() {
        true => view! { <dd class="soft">"none"</dd> },
        false => view! { <dd class:mono=mono>{value}</dd> },
    };
    view! { <div><dt>{name}</dt>{value}</div> }
}

fn user(runs: &RunFacts) -> AnyView {
    let value = match runs.user.as_str() {
        "" => view! { <dd class="m">"root "<span class="soft">"(none set)"</span></dd> },
        user => view! { <dd class:m=runs.root>{user.to_owned()}</dd> },
    };
    view! { <div><dt>"User"</dt>{value}</div> }
}

/// A list that opens: most images have more of it than anyone wants to see at once.
fn pairs(name: &'static str, pairs: Vec<(String, String)>) -> Option<AnyView> {
    if pairs.is_empty() {
        return None;
    }
    let count = pairs.len();
    let pair = |(name, value): (String, String)| {
        view! { <dt class="mono">{name}</dt><dd class="mono">{value}</dd> }
    };
    Some(view! {
        <details class="pairs">
            <summary>{small_icon("chev")}{name}" "<span class="soft">{count}</span></summary>
            <dl>{pairs.into_iter().map(pair).views()}</dl>
        </details>
    })
}
