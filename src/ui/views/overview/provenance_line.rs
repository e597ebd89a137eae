//! Who built the image and who signed it, in one line that leads to the view.

use super::facts_part::part_of;
use crate::link::View;
use crate::protocol::RegistrySearch;
use crate::ui::app::use_navigation;
use crate::ui::views::parts::use_masks;
use crate::ui::views::provenance::provenance_line;
use leptos::prelude::*;

/// The line; nothing for what is not an image.
#[component]
pub fn ProvenanceLine() -> AnyView {
    let (navigation, masks) = (use_navigation(), use_masks());
    let numbers = part_of(|facts| facts.image_id.is_some().then(|| facts.provenance.clone()));
    (move || {
        let numbers = numbers.get().flatten()?;
        let is_searched = numbers.search == RegistrySearch::Complete;
        let is_bad = numbers.of_others > 0 || numbers.invalid > 0;
        let class = if is_bad { "d came" } else { "soft came" };
        let href = move || navigation.to_view(View::Provenance).to_string();
        Some(view! {
            <p class=class>
                {masks.text(&provenance_line(&numbers, is_searched))}" "<a href=href>"Provenance"</a>
            </p>
        })
    })
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Overview, OverviewFacts, ProvenanceNumbers, SignatureSigner};
    use crate::ui::testing::TestPage;

    fn text(provenance: ProvenanceNumbers) -> String {
        let facts =
            OverviewFacts { image_id: Some("sha256:a".into()), provenance, ..Default::default() };
        let html =
            TestPage::new().answers::<Overview>(facts).render(|| view! { <ProvenanceLine /> });
        html.text()
    }

    #[test]
    fn builder_and_signer_are_told_and_a_claim_is_called_one() {
        let identity = Some("<b>release@example.com</b>".into());
        let signed = ProvenanceNumbers {
            documents: 1,
            valid: 1,
            signers: vec![SignatureSigner::Certificate { identity, issuer: None }],
            builder: Some("https://builds.example".into()),
            is_builder_proven: true,
            ..ProvenanceNumbers::default()
        };
        assert_eq!(
            text(signed.clone()),
            "Built by https://builds.example. Signed by <b>release@example.com</b>. Provenance"
        );
        let claimed =
            ProvenanceNumbers { valid: 0, signers: Vec::new(), is_builder_proven: false, ..signed };
        assert_eq!(
            text(claimed),
            "Built by https://builds.example, as a document claims. Signatures not checked. Provenance"
        );
    }

    #[test]
    fn unsigned_is_said_only_where_the_registry_was_searched() {
        let numbers = |search| ProvenanceNumbers { search, ..ProvenanceNumbers::default() };
        assert_eq!(text(numbers(RegistrySearch::Complete)), "Unsigned. Provenance");
        let absent = ProvenanceNumbers { absent: 1, ..numbers(RegistrySearch::Complete) };
        let cut = ProvenanceNumbers { cut: true, ..numbers(RegistrySearch::Complete) };
        for incomplete in [absent, cut] {
            let text = text(incomplete);
            assert!(text.starts_with("Signatures not checked: "), "{text}");
        }
        let not_checked = "Signatures not checked. Provenance";
        assert_eq!(text(numbers(RegistrySearch::NoRegistry)), not_checked);
        assert_eq!(text(numbers(RegistrySearch::NotAsked)), not_checked);
    }
}
