//! Rules about who signed the image: an identity with its issuer, a key, or anybody of an authority.
//!
//! - A rule is kept only if a document about this image has a valid signature of the one that is named: every check
//!   of docs/provenance.md was made and holds, and if the image that was read is the one that is signed: its manifest,
//!   configuration and all layers are what their digests say. Nothing is sent anywhere.
//! - A saved inspection has no contents to compare: the rule is not checked.
//! - An identity is compared as a whole. One that is not shown as it is written could be taken for another, and is
//!   refused.

use super::rules::{RuleLine, RuleResult};
use crate::format;
use crate::protocol::{
    CheckedSignature, LinkWord, SignatureCheckResult, SignatureOutcome, SignatureSigner,
    SignatureVerdict, Trust, UsedRoot,
};
use crate::session::{ContentFault, LayerFault, Session, authority_certificates};
use crate::text::Shown;
use crate::vocabulary::ImagePosition;
use lexopt::{Parser, ValueExt};
use std::path::{Path, PathBuf};

/// Characters of an identity: longer ones are shown cut.
const MAX_IDENTITY: usize = 900;
/// Documents that are listed.
const MAX_LISTED: usize = 100;

/// Rules about signatures that are requested.
#[derive(Debug, Default, PartialEq)]
pub struct SignatureRules {
    signed_by: Option<String>,
    issuer: Option<String>,
    key: Option<PathBuf>,
    authority: Option<PathBuf>,
}

impl SignatureRules {
    /// Whether an option is one of these, and was not given yet.
    pub fn has(&self, option: &str) -> bool {
        match option {
            "signed-by" => self.signed_by.is_none(),
            "issuer" => self.issuer.is_none(),
            "key" => self.key.is_none(),
            "ca" => self.authority.is_none(),
            _ => false,
        }
    }

    /// Reads the value of such an option.
    pub fn take(&mut self, option: &str, parser: &mut Parser) -> Result<(), lexopt::Error> {
        match option {
            "key" => self.key = Some(PathBuf::from(parser.value()?)),
            "ca" => self.authority = Some(PathBuf::from(parser.value()?)),
            _ => {
                let text = parser.value()?.string()?;
                let is_plain = Shown::new(&text) == text.as_str() && !text.contains('\\');
                if !is_plain || text.is_empty() || text.chars().count() > MAX_IDENTITY {
                    return Err(format!("--{option}: {text:?} is not an identity").into());
                }
                let place = if option == "issuer" { &mut self.issuer } else { &mut self.signed_by };
                *place = Some(text);
            }
        }
        Ok(())
    }

    /// The names of the rules that are requested.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        let signed_by = self.signed_by.as_ref().map(|_| "signed-by");
        let key = self.key.as_ref().map(|_| "key");
        signed_by.into_iter().chain(key).chain(self.authority.as_ref().map(|_| "ca"))
    }

    /// What to verify with; `None` if no rule is about signatures.
    pub fn trust(&self) -> Result<Option<Trust>, String> {
        if self.signed_by.is_some() != self.issuer.is_some() {
            return Err("--signed-by and --issuer belong together".to_owned());
        }
        let mut trust = Trust::default();
        if let Some(file) = &self.key {
            let bytes = read_file(file)?;
            let is_key = bytes.windows(26).any(|part| part == b"-----BEGIN PUBLIC KEY-----");
            if !is_key {
                let expected = "expected a public key in PEM form (BEGIN PUBLIC KEY)";
                return Err(about(file, expected));
            }
            trust.public_keys.push(bytes);
        }
        if let Some(file) = &self.authority {
            trust.authorities = authority_certificates(&read_file(file)?)
                .ok_or_else(|| about(file, "expected a certificate (PEM or DER)"))?;
        }
        let is_asked = self.names().next().is_some();
        Ok(is_asked.then_some(trust))
    }

    /// The rules' lines, from the verdicts on an image's documents.
    pub fn lines(&self, session: &Session, image: ImagePosition) -> Vec<RuleLine> {
        let verdicts = session.signature_verdicts(image);
        let faults = session.content_faults(image);
        let mut lines = Vec::new();
        if let (Some(identity), Some(issuer)) = (&self.signed_by, &self.issuer) {
            let is_by = |verdict: &SignatureVerdict| {
                let signer = verdict.signer.as_ref();
                signer.is_some_and(|signer| is_certificate_of(signer, identity, issuer))
            };
            lines.push(line("signed-by", &verdicts, &faults, &is_by));
        }
        if self.key.is_some() {
            // The only key that is trusted.
            let is_by = |verdict: &SignatureVerdict| {
                matches!(verdict.signer, Some(SignatureSigner::Key { .. }))
            };
            lines.push(line("key", &verdicts, &faults, &is_by));
        }
        if self.authority.is_some() {
            let is_by = |verdict: &SignatureVerdict| verdict.root == Some(UsedRoot::OwnAuthority);
            lines.push(line("ca", &verdicts, &faults, &is_by));
        }
        lines
    }
}

fn read_file(file: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(file).map_err(|error| about(file, &error.to_string()))
}

fn about(file: &Path, reason: &str) -> String {
    format!("{}: {reason}", file.display())
}

fn is_certificate_of(signer: &SignatureSigner, identity: &str, issuer: &str) -> bool {
    let is =
        |found: &Option<Shown>, text: &str| found.as_ref().is_some_and(|found| *found == *text);
    match signer {
        SignatureSigner::Certificate { identity: by, issuer: from } => {
            is(by, identity) && is(from, issuer)
        }
        SignatureSigner::Key { .. } => false,
    }
}

fn line(
    name: &'static str,
    verdicts: &[(String, &SignatureVerdict)],
    faults: &[ContentFault],
    is_by: &dyn Fn(&SignatureVerdict) -> bool,
) -> RuleLine {
    let is_kept =
        |verdict: &SignatureVerdict| verdict.outcome == SignatureOutcome::Valid && is_by(verdict);
    if let Some((document, _)) = verdicts.iter().find(|(_, verdict)| is_kept(verdict)) {
        return of_content(name, document, faults);
    }
    let why = match verdicts.len() as u64 {
        0 => "the image has no signature".to_owned(),
        count => format!("none of {} is it", format::counted(count, "signature", "signatures")),
    };
    let listed = verdicts.iter().take(MAX_LISTED);
    let details = listed.map(|(document, verdict)| detail(document, verdict)).collect();
    RuleLine { name, result: RuleResult::Fail, why, details }
}

/// The line of a rule whose signature is there: it is kept only if what was read is what is signed.
fn of_content(name: &'static str, document: &str, faults: &[ContentFault]) -> RuleLine {
    let (result, why) = match faults {
        [] => (RuleResult::Pass, format!("a valid signature: {document}")),
        [ContentFault::NoContents, ..] => {
            let why = "not checked: that the image is what is signed cannot be told";
            (RuleResult::NotChecked, why.to_owned())
        }
        _ => (RuleResult::Fail, format!("what was read is not what is signed: {document}")),
    };
    let details = faults.iter().take(MAX_LISTED).map(content_fault).collect();
    RuleLine { name, result, why, details }
}

/// What is not as it is signed.
fn content_fault(fault: &ContentFault) -> String {
    match fault {
        ContentFault::NoContents => {
            "a saved inspection has no contents to compare with what is signed".to_owned()
        }
        ContentFault::Manifest => "the manifest is not what its digest says".to_owned(),
        ContentFault::Configuration => "the configuration is not what its digest says".to_owned(),
        ContentFault::Layers => "the layers are not those of the manifest".to_owned(),
        ContentFault::Layer(number, digest, fault) => {
            let digest = digest.as_ref().map_or("without a digest", |digest| digest.as_str());
            let fault = match fault {
                LayerFault::Differs => "it is not what its digest says",
                LayerFault::NotCompared => "its digest could not be compared",
                LayerFault::NotYet => "it was not read",
            };
            format!("layer {number}, {digest}: {fault}")
        }
    }
}

/// One document: who signed it, and what keeps it from being valid.
fn detail(document: &str, verdict: &SignatureVerdict) -> String {
    let signer = match &verdict.signer {
        Some(SignatureSigner::Certificate { identity, issuer }) => {
            let text = |text: &Option<Shown>| text.as_deref().unwrap_or("unknown").to_owned();
            format!("{}, by {}", text(identity), text(issuer))
        }
        Some(SignatureSigner::Key { fingerprint }) => format!("the key {fingerprint}"),
        None => "unknown".to_owned(),
    };
    let outcome = match verdict.outcome {
        SignatureOutcome::Valid => "valid",
        SignatureOutcome::Invalid => "invalid",
        SignatureOutcome::Unchecked => "not checked",
    };
    let faults: Vec<String> = verdict.checks.iter().filter_map(fault).collect();
    let faults =
        if faults.is_empty() { String::new() } else { format!(" ({})", faults.join(", ")) };
    format!("{document}: {outcome}; signed by {signer}{faults}")
}

/// A check that keeps a document from being valid.
fn fault(checked: &CheckedSignature) -> Option<String> {
    let why = match checked.result {
        SignatureCheckResult::Fails(fault) => fault.word(),
        SignatureCheckResult::NotChecked(gap) if !gap.is_no_lack() => gap.word(),
        _ => return None,
    };
    Some(format!("{}: {why}", checked.check.word()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{SignatureCheck, SignatureFault};
    use crate::vocabulary::LayerNumber;

    fn verdict(outcome: SignatureOutcome, identity: &str, issuer: &str) -> SignatureVerdict {
        let (identity, issuer) = (Some(Shown::new(identity)), Some(Shown::new(issuer)));
        let signer = Some(SignatureSigner::Certificate { identity, issuer });
        SignatureVerdict { outcome, signer, ..SignatureVerdict::default() }
    }

    fn result(verdicts: &[SignatureVerdict]) -> RuleResult {
        result_with(verdicts, &[])
    }

    fn result_with(verdicts: &[SignatureVerdict], faults: &[ContentFault]) -> RuleResult {
        let named: Vec<_> = verdicts.iter().map(|verdict| ("x".to_owned(), verdict)).collect();
        let is_by = |verdict: &SignatureVerdict| {
            let signer = verdict.signer.as_ref();
            signer.is_some_and(|signer| is_certificate_of(signer, "me", "https://issuer"))
        };
        line("signed-by", &named, faults, &is_by).result
    }

    #[test]
    fn only_a_valid_signature_of_the_named_one_by_the_named_issuer_passes() {
        use SignatureOutcome::{Invalid, Unchecked, Valid};
        let other = verdict(Valid, "other", "https://issuer");
        let right = verdict(Valid, "me", "https://issuer");
        assert_eq!(result(&[other.clone(), right]), RuleResult::Pass);
        for verdicts in [
            vec![],
            vec![other],
            vec![verdict(Valid, "me", "https://other")],
            vec![verdict(Valid, "me and more", "https://issuer")],
            vec![verdict(Invalid, "me", "https://issuer")],
            vec![verdict(Unchecked, "me", "https://issuer")],
            vec![SignatureVerdict { outcome: Valid, ..SignatureVerdict::default() }],
        ] {
            assert_eq!(result(&verdicts), RuleResult::Fail, "{verdicts:?}");
        }
    }

    #[test]
    fn a_valid_signature_passes_only_with_the_contents_that_are_signed() {
        let right = [verdict(SignatureOutcome::Valid, "me", "https://issuer")];
        let digest = crate::oci::Digest::parse("sha256:ab");
        let layer = |fault| ContentFault::Layer(LayerNumber::FIRST, digest.clone(), fault);
        assert_eq!(result_with(&right, &[ContentFault::NoContents]), RuleResult::NotChecked);
        for fault in [
            ContentFault::Manifest,
            ContentFault::Configuration,
            ContentFault::Layers,
            layer(LayerFault::Differs),
            layer(LayerFault::NotCompared),
            layer(LayerFault::NotYet),
        ] {
            let faults = std::slice::from_ref(&fault);
            assert_eq!(result_with(&right, faults), RuleResult::Fail, "{fault:?}");
        }
        assert_eq!(result_with(&[], &[ContentFault::NoContents]), RuleResult::Fail, "unsigned");
    }

    #[test]
    fn a_layer_that_is_not_what_is_signed_is_named_with_its_digest() {
        let digest = crate::oci::Digest::of(b"layer");
        let fault =
            ContentFault::Layer(LayerNumber::FIRST, Some(digest.clone()), LayerFault::Differs);
        let want = format!("layer 1, {digest}: it is not what its digest says");
        assert_eq!(content_fault(&fault), want);
    }

    #[test]
    fn what_keeps_a_document_from_being_valid_is_named() {
        let mut verdict = verdict(SignatureOutcome::Invalid, "me", "https://issuer");
        verdict.checks.push(CheckedSignature {
            check: SignatureCheck::Subject,
            result: SignatureCheckResult::Fails(SignatureFault::OtherSubject),
            detail: Shown::default(),
        });
        let want = "x: invalid; signed by me, by https://issuer (subject: other-subject)";
        assert_eq!(detail("x", &verdict), want);
    }

    fn read(words: &[&str]) -> Result<SignatureRules, lexopt::Error> {
        let (mut parser, mut rules) = (Parser::from_args(words), SignatureRules::default());
        while let Some(argument) = parser.next()? {
            match argument {
                lexopt::Arg::Long(name) if rules.has(name) => {
                    let name = name.to_owned();
                    rules.take(&name, &mut parser)?;
                }
                other => return Err(other.unexpected()),
            }
        }
        Ok(rules)
    }

    #[test]
    fn an_identity_needs_its_issuer_and_is_plain_text() {
        let both = read(&["--signed-by", "me", "--issuer=https://issuer"]).unwrap();
        assert_eq!(both.trust(), Ok(Some(Trust::default())));
        assert_eq!(SignatureRules::default().trust(), Ok(None));
        assert!(read(&["--signed-by", "me"]).unwrap().trust().is_err());
        assert!(read(&["--issuer", "https://issuer"]).unwrap().trust().is_err());
        assert!(read(&["--key", "/nowhere"]).unwrap().trust().is_err());
        assert!(read(&["--ca", "/nowhere"]).unwrap().trust().is_err());
        let signatures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/signatures");
        let trust =
            |file: &str| read(&["--ca", signatures.join(file).to_str()?]).ok()?.trust().ok()?;
        assert_eq!(trust("notation-ca.crt").map(|trust| trust.authorities.len()), Some(1));
        assert_eq!(trust("openssl.pub"), None, "a key");
        for identity in ["", "a\\x07", "a\u{202e}b", "a\n"] {
            assert!(read(&["--signed-by", identity]).is_err(), "{identity:?}");
        }
        assert!(read(&["--signed-by", "a", "--signed-by", "b"]).is_err());
    }
}
