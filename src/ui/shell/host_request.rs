//! Before a link has the page contact a host that the user never named.

use crate::host::{host_of, is_host};
use crate::link::{Link, LinkTarget};
use crate::problem::Problem;
use crate::text::Shown;
use crate::ui::app::{OpenSources, Registries, registry_of, use_registries, use_sources};
use crate::ui::widgets::{Button, ButtonKind, ProblemAlert, VIEW_HEADING};
use leptos::prelude::*;

/// What a link would contact, for the user to agree to.
#[derive(Clone, Debug, PartialEq)]
struct HostFacts {
    what: &'static str,
    host: String,
    name: String,
    registry: Option<String>,
}

/// `None` where it is not certain which host would be contacted.
fn host_facts(place: &LinkTarget) -> Option<HostFacts> {
    let registry = registry_of(place).filter(|registry| is_host(registry));
    let of_registry = |what, name: String| {
        let host = registry.clone()?;
        Some(HostFacts { what, host, name, registry: registry.clone() })
    };
    match place {
        LinkTarget::Url(url) => Some(HostFacts {
            what: "an archive",
            host: host_of(url)?,
            name: url.clone(),
            registry: None,
        }),
        LinkTarget::Repository(name) => of_registry("a list", name.clone()),
        LinkTarget::Search(term) => of_registry("a search", term.clone()),
        LinkTarget::Image { reference, digest } => {
            let pinned = digest.as_ref().map(|digest| format!("{reference}@{digest}"));
            of_registry("an image", pinned.unwrap_or_else(|| reference.clone()))
        }
        _ => None,
    }
}

/// Asks before a link has the page contact a host that the user never named.
#[component]
pub fn HostRequest(link: Link) -> AnyView {
    let (sources, registries) = (use_sources(), use_registries());
    let Some(facts) = host_facts(&link.target) else {
        return view! { <NoHost place=link.target /> }.into_any();
    };
    let title = format!("Open {} from {}?", facts.what, Shown::new(&facts.host));
    let connection = connection(registries, facts.registry.is_some());
    let registry = facts.registry.clone();
    let open = move || agree(sources, registries, registry.clone(), link.clone());
    view! {
        <section class="asks" aria-label=title.clone()>
            <h1 id=VIEW_HEADING tabindex="-1">{title.clone()}</h1>
            <p class="lead">"You followed a link. This host has not been contacted."</p>
            <dl>
                <dt>"What"</dt>
                <dd class="mono">{Shown::new(&facts.name).to_string()}</dd>
                <dt>"Host"</dt>
                <dd class="mono">{Shown::new(&facts.host).to_string()}</dd>
                <dt>"Connection"</dt>
                <dd>{connection}</dd>
            </dl>
            <p class="bt">
                <Button label="Open" kind=ButtonKind::Primary on_press=open />
                <a class="btn" href="#/">"Start"</a>
            </p>
        </section>
    }
    .into_any()
}

/// An address or a registry of which it is not certain which host it leads to: it is not opened.
#[component]
fn NoHost(place: LinkTarget) -> AnyView {
    let (LinkTarget::Url(name)
    | LinkTarget::Repository(name)
    | LinkTarget::Image { reference: name, .. }) = place
    else {
        return ().into_any();
    };
    let problem =
        Problem::new("address-without-host", "The link names no host that can be opened.")
            .expected("a host such as registry.example, or an address that begins with one")
            .found(name)
            .advice("Hosts with letters beyond ASCII are written as in DNS: `xn--…`.");
    view! {
        <h1 id=VIEW_HEADING tabindex="-1">"This address is not opened"</h1>
        <ProblemAlert problem><a class="btn" href="#/">"Start"</a></ProblemAlert>
    }
    .into_any()
}

fn connection(registries: Registries, of_registry: bool) -> String {
    match registries.proxy().filter(|_| of_registry) {
        Some(proxy) => {
            let host = host_of(&proxy).unwrap_or(proxy);
            format!("direct, or through the proxy {} if that fails", Shown::new(host))
        }
        None => "direct".to_owned(),
    }
}

fn agree(sources: OpenSources, registries: Registries, registry: Option<String>, link: Link) {
    if let Some(registry) = registry {
        registries.know(&registry);
    }
    sources.open_web(link); // a list is fetched by its own screen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::{Rendered, TestPage};

    fn request(link: &str) -> Rendered {
        let link = Link::parse(link);
        TestPage::new().render(move || view! { <HostRequest link /> })
    }

    #[test]
    fn it_says_what_would_be_contacted_and_how() {
        let text = request("#/image/ghcr.io/owner/name:1").text();
        assert!(text.contains("Open an image from ghcr.io?"), "{text}");
        assert!(
            text.contains("What ghcr.io/owner/name:1 Host ghcr.io Connection direct"),
            "{text}"
        );
        let text = request("#/url/https%3A%2F%2Fu%40a.example%2Fi.tar%3Fx").text();
        assert!(text.contains("Open an archive from a.example?"), "{text}");
    }

    #[test]
    fn a_link_to_an_archive_names_the_host_that_the_browser_contacts() {
        let text = request("#/url/https%3A%2F%2Fgood.com%5C%40evil.com%2Fi.tar").text();
        assert!(text.contains("Open an archive from good.com?"), "{text}");
        let text = request("#/url/https%3A%2F%2Fgood.com%40evil.com%2Fi.tar").text();
        assert!(text.contains("Open an archive from evil.com?"), "{text}");
    }

    #[test]
    fn an_address_whose_host_is_not_certain_cannot_be_opened() {
        for address in ["https%3A%2F%2Fgood%252ecom%2F", "file%3A%2F%2F%2Fetc", "https%3Agood.com"]
        {
            let html = request(&format!("#/url/{address}"));
            assert!(html.text().contains("names no host that can be opened"), "{html}");
            assert!(!html.text().contains("Open an archive from"), "{html}");
        }
        for place in ["repository/docker.io%40evil.com/", "image/good.com%5C/a"] {
            let html = request(&format!("#/{place}"));
            assert!(html.text().contains("names no host that can be opened"), "{place}: {html}");
        }
    }
}
