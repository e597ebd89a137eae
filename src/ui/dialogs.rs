//! Questions that a registry raises: a login, and where it may go.

use super::network::{Net, net};
use super::parts::{clicks, effect, live, view};
use super::raw::el;
use super::state::Memo;
use crate::session::query::{Account, LoginReason, Question, Reply};
use leptos::html::{Dialog, Input};
use leptos::prelude::*;

/// Said of a login.
const KEPT: &str = "For this tab alone: nothing is stored, and it goes to no other host unasked. \
    An access token does as a password.";

/// The question that waits, if there is one.
pub fn questions() -> AnyView {
    let net = net();
    let first =
        Memo::new(move |_| net.questions.read().first().map(|(_, question)| question.clone()));
    live(move || first.get().map(|question| ask(net, question))).into_any()
}

fn ask(net: Net, question: Question) -> AnyView {
    match question {
        Question::Login { registry, reason } => login(net, registry, reason),
        Question::TokenHost { registry, host } => {
            let words = format!(
                "{registry} has its logins checked by {host}. User name and password would be sent there, by https."
            );
            agree(net, format!("Send the login to {host}?"), words, "Send it")
        }
        Question::TrustProxy { registry, proxy } => {
            let words = format!(
                "The login for {registry}, and what it opens, would pass through {proxy}. Who runs that proxy \
                 can read them. This is asked once."
            );
            agree(net, "Trust this proxy?".to_owned(), words, "Trust it")
        }
    }
}

/// A dialog that takes the keyboard until it is answered. Escape is a no.
pub fn modal(label: String, closed: impl Fn() + 'static, inner: AnyView) -> AnyView {
    let dialog = NodeRef::<Dialog>::new();
    effect(move || {
        if let Some(dialog) = dialog.get() {
            let _ = dialog.show_modal(); // fails for what is shown already
        }
    });
    let cancel = move |event: web_sys::Event| {
        event.prevent_default();
        closed();
    };
    view! {
        <dialog node_ref=dialog aria-label=label.clone() on:cancel=cancel>
            {el("h2", "").text(&label)}
            {inner}
        </dialog>
    }
}

fn agree(net: Net, label: String, words: String, yes: &'static str) -> AnyView {
    let inner = view! {
        {el("p", "").text(&words)}
        <p class="bt">
            <button on:click=clicks(move |_| net.reply(Reply::Decline))>"Cancel"</button>
            <button class="btn p" on:click=clicks(move |_| net.reply(Reply::Agree))>{yes}</button>
        </p>
    };
    modal(label, move || net.reply(Reply::Decline), inner.into_any())
}

fn login(net: Net, registry: String, reason: LoginReason) -> AnyView {
    let (user, password) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let label = format!("Log in to {registry}");
    let told = match reason {
        LoginReason::Needed => None,
        LoginReason::Wrong => Some("User name or password are wrong."),
        LoginReason::Denied => Some("This account may not read it, or it does not exist."),
    };
    let proxy = net
        .proxy()
        .map(|proxy| format!(" It may go through the proxy {proxy}: then you are asked first."))
        .unwrap_or_default();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let text =
            |field: NodeRef<Input>| field.get_untracked().map(|f| f.value()).unwrap_or_default();
        let (user, password) = (text(user), text(password));
        net.reply(Reply::LogIn(Account { registry: registry.clone(), user, password }));
    };
    let inner = view! {
        {told.map(|told| el("p", "d").set("role", "alert").text(told))}
        <form on:submit=submit>
            <label>"User name"<input class="field" node_ref=user autocomplete="off" autofocus /></label>
            <label>"Password"<input class="field" type="password" node_ref=password autocomplete="off" /></label>
            {el("p", "soft").text(KEPT).text(&proxy)}
            <p class="bt">
                <button type="button" on:click=clicks(move |_| net.reply(Reply::Decline))>"Cancel"</button>
                <button class="btn p">"Log in"</button>
            </p>
        </form>
    };
    modal(label, move || net.reply(Reply::Decline), inner.into_any())
}
