//! Who built the image from what, as its labels and annotations say. None of it is proven.

use super::facts_part::part_of;
use crate::text::Shown;
use crate::ui::views::parts::{NotDrawn, use_masks};
use crate::ui::widgets::LinkedText;
use leptos::prelude::*;

/// The keys of OCI's annotations that say it, with their words, in the order in which they are shown.
/// Source: OCI image-spec, annotations.md, "Pre-Defined Annotation Keys".
const KEYS: [(&str, &str); 15] = [
    ("title", "Title"),
    ("description", "Description"),
    ("version", "Version"),
    ("source", "Source"),
    ("revision", "Revision"),
    ("created", "Built"),
    ("base.name", "Base image"),
    ("base.digest", "Base digest"),
    ("vendor", "Vendor"),
    ("authors", "Authors"),
    ("licenses", "Licences"),
    ("url", "Web site"),
    ("documentation", "Documentation"),
    ("ref.name", "Reference"),
    ("maintainer", "Maintainer"),
];

const PREFIX: &str = "org.opencontainers.image.";

/// What the image says about where it comes from; nothing where it says nothing.
#[component]
pub fn Origin() -> AnyView {
    let (claims, masks) = (part_of(|facts| claims(&facts.origin)), use_masks());
    let left_out = part_of(|facts| facts.origin_left_out);
    let more = move || {
        let more = left_out.get().unwrap_or_default() as usize;
        view! { <NotDrawn more words=("more is", "more are") place="Raw has all." /> }
    };
    (move || {
        let claims = claims.get().filter(|claims| !claims.is_empty())?;
        let rows = claims.into_iter().map(|(name, value)| {
            view! { <div><dt>{name}</dt><dd><LinkedText text=masks.text(&value) /></dd></div> }
        });
        Some(view! {
            <section>
                <div class="head">
                    <h2>"Origin"</h2>
                    <span class="soft">"as the image's labels and annotations say, not verified"</span>
                </div>
                <dl class="claims">{rows.collect_view()}</dl>
                {more}
            </section>
        })
    })
    .into_any()
}

/// Names and values in our order; keys that are not OCI's are last, under their own names.
fn claims(origin: &[(Shown, Shown)]) -> Vec<(String, Shown)> {
    let short = |key: &Shown| key.strip_prefix(PREFIX).unwrap_or(key).to_owned();
    let position = |key: &Shown| KEYS.iter().position(|(name, _)| *name == short(key));
    let mut claims: Vec<_> = origin.iter().filter(|(_, value)| !value.is_empty()).collect();
    claims.sort_by_key(|(key, _)| position(key).unwrap_or(KEYS.len()));
    let named = |(key, value): &(Shown, Shown)| {
        let name = position(key).map_or_else(|| key.to_string(), |at| KEYS[at].1.to_owned());
        (name, value.clone())
    };
    claims.into_iter().map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{ConfigurationSecrets, MaskedValues, Overview, OverviewFacts};
    use crate::ui::testing::TestPage;

    #[test]
    fn claims_are_named_and_marked_as_claims() {
        let origin = vec![
            ("example.builder".into(), "<b>ours</b>".into()),
            ("org.opencontainers.image.vendor".into(), "".into()),
            ("org.opencontainers.image.revision".into(), "9c41e7d".into()),
            ("org.opencontainers.image.source".into(), "https://example.com/app".into()),
        ];
        let html = TestPage::new()
            .answers::<Overview>(OverviewFacts { origin, ..OverviewFacts::default() })
            .answers::<ConfigurationSecrets>(MaskedValues::default())
            .render(|| view! { <Origin /> });
        assert_eq!(
            html.text(),
            "Origin as the image's labels and annotations say, not verified Source \
             https://example.com/app Revision 9c41e7d example.builder <b>ours</b>"
        );
        assert_eq!(html.count("rel=\"noopener noreferrer\""), 1);
    }

    #[test]
    fn claims_that_are_not_listed_are_counted() {
        let origin = vec![("org.opencontainers.image.title".into(), "Top".into())];
        let facts = OverviewFacts { origin, origin_left_out: 2000, ..OverviewFacts::default() };
        let html = TestPage::new()
            .answers::<Overview>(facts)
            .answers::<ConfigurationSecrets>(MaskedValues::default())
            .render(|| view! { <Origin /> });
        assert!(
            html.text().ends_with("Title Top 2,000 more are not listed. Raw has all."),
            "{}",
            html.text()
        );
    }

    #[test]
    fn an_image_that_says_nothing_has_no_section() {
        let html = TestPage::new()
            .answers::<Overview>(OverviewFacts::default())
            .render(|| view! { <Origin /> });
        assert_eq!(html.text(), "");
    }
}
