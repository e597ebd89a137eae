//! Questions that a registry causes: a login, and which hosts may see it.

use crate::host::host_of;
use crate::protocol::Reply;
use crate::text::Shown;
use crate::ui::app::{Registries, use_registries};
use crate::ui::widgets::{Button, ButtonKind, Dialog};
use crate::vocabulary::{Login, LoginReason, UserQuestion};
use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;

/// The question that waits for the user, if there is one.
#[component]
pub fn Questions() -> impl IntoView {
    let registries = use_registries();
    let question = Memo::new(move |_| registries.question());
    move || question.get().map(|question| view! { <QuestionDialog question /> })
}

#[component]
fn QuestionDialog(question: UserQuestion) -> impl IntoView {
    match question {
        UserQuestion::Login { registry, reason } => {
            view! { <LoginDialog registry reason /> }.into_any()
        }
        UserQuestion::TokenHost { registry, host } => {
            let (registry, host) = (Shown::new(registry), Shown::new(host));
            let words = format!(
                "{registry} has its logins checked by {host}. Your user name and password would be sent \
                 there, by https."
            );
            view! { <Agreement title=format!("Send the login to {host}?") words yes="Send" /> }
                .into_any()
        }
        UserQuestion::TrustProxy { registry, proxy } => {
            let (registry, proxy) = (Shown::new(registry), proxy_host(proxy));
            let words = format!(
                "The login for {registry}, and everything that it gives access to, would pass through {proxy}. \
                 Its operator can read them. You are asked once."
            );
            view! { <Agreement title="Trust this proxy?".to_owned() words yes="Trust" /> }
                .into_any()
        }
    }
}

/// A question whose answer is yes or no. Escape is no.
#[component]
fn Agreement(title: String, words: String, yes: &'static str) -> AnyView {
    let registries = use_registries();
    let decline = move || registries.reply(Reply::Decline);
    view! {
        <Dialog label=title on_close=decline>
            <p>{words}</p>
            <p class="bt">
                <Button label="Cancel" on_press=decline />
                <Button
                    label=yes
                    kind=ButtonKind::Primary
                    on_press=move || registries.reply(Reply::Agree)
                />
            </p>
        </Dialog>
    }
    .into_any()
}

#[component]
fn LoginDialog(registry: String, reason: LoginReason) -> AnyView {
    let registries = use_registries();
    let (user, password) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let decline = move || registries.reply(Reply::Decline);
    let name = StoredValue::new(registry.clone());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let text = |input: NodeRef<Input>| {
            input.get_untracked().map(|input| input.value()).unwrap_or_default()
        };
        registries.reply(Reply::LogIn(Login {
            registry: name.get_value(),
            user: text(user),
            password: text(password),
        }));
    };
    let said = match reason {
        LoginReason::Needed => None,
        LoginReason::Wrong => Some("User name or password is wrong."),
        LoginReason::Denied => {
            Some("This account may not read the repository, or it does not exist.")
        }
    };
    view! {
        <Dialog label=format!("Log in to {}", Shown::new(registry)) on_close=decline>
            {said.map(|said| view! { <p class="d" role="alert">{said}</p> })}
            <form on:submit=submit>
                <label>
                    "User name"
                    <input class="field" node_ref=user autocomplete="off" autofocus />
                </label>
                <label>
                    "Password"
                    <input class="field" type="password" node_ref=password autocomplete="off" />
                </label>
                <p class="soft">
                    "Kept in this tab only. You can use an access token as password."
                    {proxy_words(registries)}
                </p>
                <p class="bt">
                    <Button label="Cancel" on_press=decline />
                    <button class="btn p">"Log in"</button>
                </p>
            </form>
        </Dialog>
    }
    .into_any()
}

/// The proxy as the user is told of it: its host.
fn proxy_host(proxy: String) -> Shown {
    Shown::new(host_of(&proxy).unwrap_or(proxy))
}

fn proxy_words(registries: Registries) -> Option<String> {
    let proxy = proxy_host(registries.proxy()?);
    Some(format!(" You are asked before it is sent through the proxy {proxy}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::TestPage;

    fn text(question: UserQuestion) -> String {
        TestPage::new().render(move || view! { <QuestionDialog question /> }).text()
    }

    #[test]
    fn questions_say_who_would_see_what() {
        let registry = || "ghcr.io\u{202e}".to_owned();
        let words =
            text(UserQuestion::TokenHost { registry: registry(), host: "auth.example".into() });
        assert!(
            words.starts_with("Send the login to auth.example? ghcr.io\\u{202e} has"),
            "{words}"
        );
        let words =
            text(UserQuestion::TrustProxy { registry: registry(), proxy: "p.example".into() });
        assert!(words.contains("would pass through p.example."), "{words}");
        let proxy = "https://trusted.example@p.example:8443/proxy".to_owned();
        let words = text(UserQuestion::TrustProxy { registry: registry(), proxy });
        assert!(words.contains("would pass through p.example:8443."), "{words}");
    }

    #[test]
    fn a_login_says_why_it_is_asked_again() {
        let words = |reason| text(UserQuestion::Login { registry: "a.example".into(), reason });
        assert!(!words(LoginReason::Needed).contains("wrong"));
        assert!(words(LoginReason::Wrong).contains("User name or password is wrong."));
        assert!(words(LoginReason::Denied).contains("may not read the repository"));
    }
}
