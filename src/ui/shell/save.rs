//! Saving what was found: the report over all images, and one image as a saved inspection.

use crate::browser::page::client::{Attachment, Client};
use crate::browser::page::download;
use crate::problem::Problem;
use crate::protocol::{SaveInspection, WriteReport};
use crate::ui::app::{OpenSource, RunningOrder, use_notices};
use crate::ui::widgets::{Button, Icon};
use crate::vocabulary::ImagePosition;
use leptos::prelude::*;
use std::pin::Pin;

type Saving = Pin<Box<dyn Future<Output = Result<(), Problem>>>>;

/// Saves the report of all images, which are all read first.
#[component]
pub fn ReportButton(source: OpenSource) -> AnyView {
    let save = move |client: Client| -> Saving {
        Box::pin(async move {
            let report =
                client.ask_with(WriteReport { image: None }, Attachment::Nothing, |_| ()).await?.1;
            download::save_report(&format!("{}.layerscope.json", source.file_name()), &report)
        })
    };
    view! { <SavingButton source label="Download report" short="Report" icon=Icon::Report save /> }
        .into_any()
}

/// Saves what is known about the image that is shown, for people who do not have it.
#[component]
pub fn SaveButton(source: OpenSource, image: ImagePosition) -> AnyView {
    let save = move |client: Client| -> Saving {
        Box::pin(async move {
            let question = SaveInspection { image };
            let bytes = client.ask_with(question, Attachment::Nothing, |_| ()).await?.1;
            download::save_bytes(&format!("{}.layerscope", source.file_name()), &bytes)
        })
    };
    view! { <SavingButton source label="Save inspection" short="Save" icon=Icon::Cached save /> }
        .into_any()
}

#[component]
fn SavingButton(
    source: OpenSource,
    label: &'static str,
    short: &'static str,
    icon: Icon,
    save: impl Fn(Client) -> Saving + Send + 'static,
) -> AnyView {
    let notices = use_notices();
    let order = RunningOrder::new();
    let press = move || {
        let Some(client) = source.client.get_untracked() else { return };
        let work = save(client);
        order.start(async move {
            if let Err(problem) = work.await
                && problem.code != "closed"
            {
                notices.failed(format!("{label} failed"), problem);
            }
            Ok(())
        });
    };
    let words = move || if order.is_running() { "Preparing…" } else { label };
    view! {
        <Button
            label=Signal::derive(move || words().to_owned())
            icon=icon
            short=short
            disabled=Signal::derive(move || order.is_running())
            on_press=press
        />
    }
    .into_any()
}
