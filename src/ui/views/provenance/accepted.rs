//! Which signer of a repository's images the user accepted, and whether it is the one of this image.
//!
//! - The user decides; nothing is accepted by itself, and what is remembered makes no signature valid.
//! - Only for images in registries: in a file, the name of the repository is a claim of the file.
//! - Kept by this browser for each repository (`preferences`), as words that are percent-encoded.

use super::words;
use crate::browser::page::preferences;
use crate::protocol::{ProvenanceNumbers, RegistrySearch, SignatureSigner};
use crate::text::{Shown, percent_decode, percent_encode_component};
use crate::ui::app::use_image;
use crate::ui::widgets::{Button, Glyph, Icon};
use leptos::prelude::*;

/// Stands for what a certificate does not have: percent-encoded text never has this character.
const ABSENT: &str = "!";

/// The signer that was accepted, of the repository of the image that is shown.
#[derive(Clone, Copy)]
pub struct AcceptedSigner(RwSignal<Option<SignatureSigner>>);

impl AcceptedSigner {
    /// What the browser remembers, for the views below.
    pub fn provide() {
        let kept = repository().and_then(|name| parse(&preferences::get(&setting(&name))?));
        provide_context(AcceptedSigner(RwSignal::new(kept)));
    }

    /// Accepts a signer, or none any more.
    fn set(self, repository: &str, signer: Option<SignatureSigner>) {
        preferences::set(&setting(repository), &signer.as_ref().map(to_text).unwrap_or_default());
        self.0.set(signer);
    }
}

/// The repository of the image that is shown: `docker.io/library/alpine`. Not tracked: it never changes.
fn repository() -> Option<String> {
    let info = use_image().source.info.get_untracked()?;
    Some(info.registry.as_ref()?.name.clone())
}

fn setting(repository: &str) -> String {
    format!("signer.{repository}")
}

fn to_text(signer: &SignatureSigner) -> String {
    let encoded = |text: &str| percent_encode_component(text.as_bytes());
    let part = |text: &Option<Shown>| text.as_deref().map_or(ABSENT.to_owned(), encoded);
    match signer {
        SignatureSigner::Certificate { identity, issuer } => {
            format!("certificate {} {}", part(identity), part(issuer))
        }
        SignatureSigner::Key { fingerprint } => format!("key {}", encoded(fingerprint)),
    }
}

fn parse(text: &str) -> Option<SignatureSigner> {
    let decoded = |text: &str| String::from_utf8(percent_decode(text)?).ok();
    let part = |text: &str| match text {
        ABSENT => Some(None),
        text => decoded(text).map(|text| Some(Shown::new(text))),
    };
    match text.split(' ').collect::<Vec<_>>()[..] {
        ["certificate", identity, issuer] => {
            let (identity, issuer) = (part(identity)?, part(issuer)?);
            Some(SignatureSigner::Certificate { identity, issuer })
        }
        ["key", fingerprint] => Some(SignatureSigner::Key { fingerprint: decoded(fingerprint)? }),
        _ => None,
    }
}

/// What the image's signatures say about the signer that was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SignerMemory {
    /// None was accepted, or it is not known yet who signed.
    Nothing,
    /// The accepted one signed this image.
    Same,
    /// Others signed it, validly.
    Changed,
    /// Nobody did, as far as it could be verified.
    Missing,
}

fn compare(accepted: Option<&SignatureSigner>, numbers: &ProvenanceNumbers) -> SignerMemory {
    let Some(accepted) = accepted else { return SignerMemory::Nothing };
    let is_waiting = numbers.pending > 0 || numbers.search == RegistrySearch::NotAsked;
    match numbers.signers.contains(accepted) {
        true => SignerMemory::Same,
        false if is_waiting => SignerMemory::Nothing,
        false if numbers.signers.is_empty() => SignerMemory::Missing,
        false => SignerMemory::Changed,
    }
}

/// Who signed, with who confirmed it.
fn full_name(signer: &SignatureSigner) -> String {
    match signer {
        SignatureSigner::Certificate { issuer: Some(issuer), .. } => {
            format!("{}, by {issuer}", words::signer(signer))
        }
        _ => words::signer(signer),
    }
}

/// Says that the signer is not the one that was accepted.
#[component]
pub fn SignerNote(numbers: ProvenanceNumbers) -> AnyView {
    let (Some(AcceptedSigner(accepted)), Some(repository)) = (use_context(), repository()) else {
        return ().into_any();
    };
    let drawn = move || {
        let accepted = accepted.get();
        let memory = compare(accepted.as_ref(), &numbers);
        let before = full_name(&accepted?);
        let words = match memory {
            SignerMemory::Nothing | SignerMemory::Same => return None,
            SignerMemory::Changed => {
                let now: Vec<String> = numbers.signers.iter().map(full_name).collect();
                let now = now.join("; ");
                format!(
                    "The signer has changed. For {repository} you accepted {before}. This image is signed by {now}."
                )
            }
            SignerMemory::Missing => format!(
                "For {repository} you accepted {before}. This image has no valid signature of this signer."
            ),
        };
        Some(view! {
            <p class="note bad"><Glyph icon=Icon::High /><span class="sp">{words}</span></p>
        })
    };
    view! { {drawn} }.into_any()
}

/// Below a valid signature: whether its signer was accepted, and the button that accepts it.
#[component]
pub fn AcceptSigner(signer: SignatureSigner) -> AnyView {
    let (Some(kept), Some(repository)) = (use_context::<AcceptedSigner>(), repository()) else {
        return ().into_any();
    };
    let drawn = move || {
        let (repository, signer) = (repository.clone(), signer.clone());
        let accepted = kept.0.get();
        if accepted.as_ref() == Some(&signer) {
            let words = format!("You accepted this identity for {repository}.");
            let forget = move || kept.set(&repository, None);
            return view! {
                <p class="hint">{words}" "<Button label="Forget it" on_press=forget /></p>
            }
            .into_any();
        }
        let before = accepted.map(|before| {
            let words = format!("For {repository} you accepted another one: {}.", full_name(&before));
            view! { <p class="note bad"><Glyph icon=Icon::High /><span class="sp">{words}</span></p> }
        });
        let label = format!("Accept this identity for {repository}");
        let accept = move || kept.set(&repository, Some(signer.clone()));
        view! { {before}<p class="hint"><Button label on_press=accept /></p> }.into_any()
    };
    view! { {drawn} }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{ImageLine, RegistryInfo, SourceInfo};
    use crate::ui::testing::TestPage;

    fn by(identity: &str) -> SignatureSigner {
        let issuer = Some("https://accounts.example.com".into());
        SignatureSigner::Certificate { identity: Some(identity.into()), issuer }
    }

    fn numbers(signers: &[SignatureSigner]) -> ProvenanceNumbers {
        let search = RegistrySearch::Complete;
        ProvenanceNumbers { search, signers: signers.to_vec(), ..ProvenanceNumbers::default() }
    }

    #[test]
    fn a_signer_is_read_as_it_was_written() {
        for signer in [
            by("a b%20-@example.com"),
            SignatureSigner::Certificate { identity: None, issuer: Some("-".into()) },
            SignatureSigner::Key { fingerprint: "sha256:ab".to_owned() },
        ] {
            assert_eq!(parse(&to_text(&signer)), Some(signer.clone()), "{}", to_text(&signer));
        }
        for text in ["", "key", "certificate a", "key %zz", "other a b"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_change_is_told_once_it_is_known_who_signed() {
        let (old, new) = (by("old@example.com"), by("new@example.com"));
        for (accepted, numbers, want) in [
            (None, numbers(std::slice::from_ref(&new)), SignerMemory::Nothing),
            (Some(&old), numbers(std::slice::from_ref(&old)), SignerMemory::Same),
            (Some(&old), numbers(&[new.clone(), old.clone()]), SignerMemory::Same),
            (Some(&old), numbers(std::slice::from_ref(&new)), SignerMemory::Changed),
            (Some(&old), numbers(&[]), SignerMemory::Missing),
            (
                Some(&old),
                ProvenanceNumbers { pending: 1, ..numbers(std::slice::from_ref(&new)) },
                SignerMemory::Nothing,
            ),
            (Some(&old), ProvenanceNumbers::default(), SignerMemory::Nothing),
        ] {
            assert_eq!(compare(accepted, &numbers), want, "{numbers:?}");
        }
    }

    /// What is said about a signer where another one, or none, was accepted.
    fn text(
        accepted: Option<SignatureSigner>,
        signer: SignatureSigner,
        name: Option<&str>,
    ) -> String {
        let registry =
            name.map(|name| RegistryInfo { name: name.to_owned(), ..RegistryInfo::default() });
        let images = vec![ImageLine::default()];
        let info = SourceInfo { registry, images, ..SourceInfo::default() };
        let page = TestPage::new().source(info);
        let html = page.render(move || {
            provide_context(AcceptedSigner(RwSignal::new(accepted)));
            let numbers = numbers(std::slice::from_ref(&signer));
            view! { <SignerNote numbers /><AcceptSigner signer /> }
        });
        html.text()
    }

    #[test]
    fn an_identity_is_accepted_for_a_repository_and_a_change_is_said() {
        let name = Some("docker.io/library/alpine");
        let accept = "Accept this identity for docker.io/library/alpine";
        assert_eq!(text(None, by("a@b.c"), name), accept);
        let same = text(Some(by("a@b.c")), by("a@b.c"), name);
        assert_eq!(same, "You accepted this identity for docker.io/library/alpine. Forget it");
        let changed = text(Some(by("a@b.c")), by("<b>@b.c"), name);
        assert!(
            changed.starts_with(
                "The signer has changed. For docker.io/library/alpine you accepted a@b.c, by \
                 https://accounts.example.com. This image is signed by <b>@b.c, by"
            ),
            "{changed}"
        );
        assert!(changed.ends_with(accept), "{changed}");
        assert_eq!(text(None, by("a@b.c"), None), "", "a file only claims its repository");
    }
}
