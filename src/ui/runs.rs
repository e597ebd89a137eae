//! How a container of the image would start, as the config says.

use super::here::here;
use super::parts::view;
use super::raw::{El, el, icon, raw};
use super::table::{copy, heard};
use crate::session::query::RunFacts;
use leptos::prelude::*;

/// The command line, and all that it runs in; `runs` is as the session tells it.
pub fn runs_section(runs: RunFacts) -> AnyView {
    let here = here();
    let drawn = raw("", move |into| fill(into, &runs), move |key, event| heard(key, event, here));
    view! { <section><div class="head"><h2>"Runs"</h2></div>{drawn}</section> }
}

fn fill(into: El, runs: &RunFacts) -> El {
    let mut made = el("dl", "runs");
    let class = if runs.root { "m" } else { "" };
    let user = match runs.user.as_str() {
        "" => el("dd", "m").text("root ").add(el("span", "soft").text("(none set)")),
        user => el("dd", class).text(user),
    };
    made = line(made, "Entrypoint", &list(&runs.entrypoint), "mono");
    made = line(made, "Cmd", &list(&runs.cmd), "mono");
    made = made.add(el("div", "").add(el("dt", "").text("User")).add(user));
    made = line(made, "Ports", &runs.ports.join(", "), "");
    made = line(made, "Working dir", &runs.working_dir, "mono");
    made = line(made, "Volumes", &runs.volumes.join(", "), "mono");
    made = line(made, "Stop signal", &runs.stop_signal, "");
    made = line(made, "Health check", &runs.healthcheck, "mono");
    let mut env = Vec::with_capacity(runs.env.len());
    for pair in &runs.env {
        env.push(pair.split_once('=').unwrap_or((pair, "")));
    }
    let mut labels = Vec::with_capacity(runs.labels.len());
    for (name, value) in &runs.labels {
        labels.push((&name[..], &value[..]));
    }
    let into = into.add(command(&runs.command_line)).add(made);
    pairs(pairs(into, "Environment", &env), "Labels", &labels)
}

fn command(line: &str) -> El {
    let made = el("div", "cmdl");
    if line.is_empty() {
        let words = "no command: docker run must be given one";
        return made.add(el("code", "soft").text(words));
    }
    made.add(el("span", "soft").set("aria-hidden", "true").text("$"))
        .add(el("code", "").text(line))
        .add(copy("Copy command", line))
}

/// As a Dockerfile's exec form has it.
fn list(arguments: &[String]) -> String {
    match arguments {
        [] => String::new(),
        _ => serde_json::to_string(arguments).unwrap_or_default(), // strings always serialise
    }
}

fn line(into: El, name: &str, value: &str, class: &str) -> El {
    let value = match value.is_empty() {
        true => el("dd", "soft").text("none"),
        false => el("dd", class).text(value),
    };
    into.add(el("div", "").add(el("dt", "").text(name)).add(value))
}

/// A list that opens: most images have more of it than anyone wants to see at once.
fn pairs(into: El, name: &str, pairs: &[(&str, &str)]) -> El {
    if pairs.is_empty() {
        return into;
    }
    let mut made = el("dl", "");
    for (name, value) in pairs {
        made = made.add(el("dt", "mono").text(name)).add(el("dd", "mono").text(value));
    }
    let count = el("span", "soft").text(&pairs.len().to_string());
    let head = el("summary", "").add(icon("chev")).text(name).text(" ").add(count);
    into.add(el("details", "pairs").add(head).add(made))
}
