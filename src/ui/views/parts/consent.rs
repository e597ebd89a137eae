//! The question before anything is sent to a service.

use crate::host::host_of;
use crate::ui::widgets::{Button, ButtonKind, Dialog};
use leptos::prelude::*;

/// Stands for a service's host where its address in config.json names none.
const NO_HOST: &str = "an address without a host";

/// The host that an address names, as the question shows it.
pub fn named_host(endpoint: &str) -> String {
    host_of(endpoint).unwrap_or_else(|| NO_HOST.to_owned())
}

/// What would be sent to whom. Escape declines. An address without a host cannot be agreed to.
#[component]
pub fn ConsentDialog(
    #[prop(into)] label: String,
    /// The service's address.
    endpoint: String,
    /// What is sent, in the middle of a sentence: "digests of layers".
    sent: AnyView,
    /// The rest of the sentence after the host, with what is not sent.
    not_sent: &'static str,
    /// What the service's operator can tell from it.
    told: &'static str,
    /// The button that agrees.
    agreed: &'static str,
    agree: impl Fn() + Copy + Send + Sync + 'static,
    close: impl Fn() + Copy + Send + Sync + 'static,
) -> AnyView {
    let is_unnamed = host_of(&endpoint).is_none();
    let press = move || {
        close();
        agree();
    };
    view! {
        <Dialog label on_close=close>
            <p>"Sends "{sent}" to "<b>{named_host(&endpoint)}</b>{not_sent}</p>
            <p class="soft">{told}</p>
            <p class="bt">
                <Button label="Cancel" on_press=close />
                <Button
                    label=agreed
                    kind=ButtonKind::Primary
                    disabled=is_unnamed
                    on_press=press
                />
            </p>
        </Dialog>
    }
    .into_any()
}
