//! The signature of a document: the verdict in a sentence, and below it every check with its result.

use super::accepted::AcceptSigner;
use super::look::look;
use super::words;
use crate::protocol::{
    CheckedSignature, ProvenanceFacts, SignatureCheckResult, SignatureOutcome, SignatureState,
    SignatureVerdict,
};
use crate::ui::widgets::{Fact, FactList, Glyph, Icon, LinkedText};
use leptos::prelude::*;
use std::sync::Arc;

/// The section.
#[component]
pub fn SignatureSection(facts: Arc<ProvenanceFacts>) -> AnyView {
    let row = &facts.row;
    let (icon, class) = look(row.signature);
    let sentence = words::signature_sentence(row.signature, row.signer.as_ref(), row.time);
    let unknown_content = row.signature == SignatureState::Unchecked
        && facts.verdict.as_ref().is_some_and(|one| one.outcome == SignatureOutcome::Valid);
    let unknown_content = unknown_content.then(|| {
        view! {
            <p class="hint">
                "Every check of the signature holds. Whether what is shown is what was signed is not known."
            </p>
        }
    });
    let verdict = facts.verdict.clone().map(|verdict| {
        view! { <VerdictDetails verdict signature=row.signature /> }
    });
    view! {
        <h3>"Signature"</h3>
        <p class="verdict"><span class=class><Glyph icon big=true /></span><span>{sentence}"."</span></p>
        {unknown_content}
        {verdict}
    }
    .into_any()
}

#[component]
fn VerdictDetails(verdict: SignatureVerdict, signature: SignatureState) -> AnyView {
    let is_valid = signature == SignatureState::Valid;
    let advice = is_valid.then(|| {
        let signer = verdict.signer.clone().map(|signer| view! { <AcceptSigner signer /> });
        view! {
            <p class="hint">"Whether this is the right signer is for you to decide."</p>
            {signer}
        }
    });
    // Of a signature that does not hold, what the certificate says is only what somebody wrote.
    let claimed = verdict.signer.as_ref().filter(|_| !is_valid).map(words::signer);
    let claimed = claimed.map(|signer| view! { <Fact name="Claimed signer">{signer}</Fact> });
    let root =
        verdict.root.map(|root| view! { <Fact name="Trusted root">{words::root(root)}</Fact> });
    let claims = verdict.claims.iter().map(|(claim, text)| {
        let text = text.to_string();
        view! { <Fact name={words::claim(*claim)}><LinkedText text /></Fact> }
    });
    let claims = claims.collect_view();
    let checks = verdict.checks.iter().cloned().map(|check| view! { <CheckLine check /> });
    view! {
        {advice}
        <ul class="checks" aria-label="Checks">{checks.collect_view()}</ul>
        <FactList>{claimed}{root}{claims}</FactList>
    }
    .into_any()
}

#[component]
fn CheckLine(check: CheckedSignature) -> AnyView {
    let (name, what) = words::check(check.check);
    let (icon, class, result, why) = match check.result {
        SignatureCheckResult::Holds => (Icon::Check, "ok", "holds", what),
        SignatureCheckResult::Fails(fault) => (Icon::High, "d", "fails", words::fault(fault)),
        SignatureCheckResult::NotChecked(gap) => {
            (Icon::Unknown, "soft", "not checked", words::gap(gap))
        }
    };
    let detail = (!check.detail.is_empty()).then(|| {
        view! { <span class="soft">{check.detail.to_string()}</span> }
    });
    view! {
        <li title=what>
            <span class=class><Glyph icon /></span>
            <span><b>{name}</b>" "<span class=class>{result}</span></span>
            <span class="why">{why}" "{detail}</span>
        </li>
    }
    .into_any()
}
