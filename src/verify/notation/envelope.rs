//! What both forms of Notation's envelope have, and the rules for what is signed in it.
//!
//! Source: Notary Project, signature-specification.md ("Signed Attributes", "Payload"), signing-scheme.md.
//!
//! - A critical header that is not known here is refused, as is one that asks for a plugin: only the plugin could
//!   verify it.

use super::key::NotationAlgorithm;
use crate::protocol::{SignatureCheckResult, SignatureFault};
use crate::verify::check_list::CheckList;
use SignatureFault::{Malformed, Missing, UnknownCritical};
use serde::Deserialize;

pub const SIGNING_SCHEME: &str = "io.cncf.notary.signingScheme";
pub const SIGNING_TIME: &str = "io.cncf.notary.signingTime";
pub const AUTHENTIC_TIME: &str = "io.cncf.notary.authenticSigningTime";
pub const EXPIRY: &str = "io.cncf.notary.expiry";
pub const TIMESTAMP: &str = "io.cncf.notary.timestampSignature";
pub const SIGNING_AGENT: &str = "io.cncf.notary.signingAgent";
/// Begins the headers that ask for a plugin.
pub const PLUGIN: &str = "io.cncf.notary.verificationPlugin";
const PAYLOAD_TYPE: &str = "application/vnd.cncf.notary.payload.v1+json";

/// An envelope that was read.
pub struct NotationEnvelope {
    pub algorithm: NotationAlgorithm,
    pub attributes: SignedAttributes,
    /// DER, the signer's first.
    pub certificates: Vec<Vec<u8>>,
    pub has_timestamp: bool,
    pub payload: Vec<u8>,
    /// The bytes that the signature is over.
    pub signed: Vec<u8>,
    pub signature: Vec<u8>,
}

/// What the signer says about the signature. Seconds since 1970-01-01, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedAttributes {
    /// When it was signed: a claim of the signer, or of the authority that signed for somebody.
    pub signing_time: i64,
    pub expiry: Option<i64>,
}

/// The protected headers as they stand there.
#[derive(Debug, Default)]
pub struct ProtectedHeaders {
    pub algorithm: Option<NotationAlgorithm>,
    /// What it says where that is not one of ours.
    pub other_algorithm: String,
    pub content_type: String,
    pub critical: Vec<String>,
    pub scheme: String,
    pub signing_time: Option<i64>,
    pub authentic_time: Option<i64>,
    pub expiry: Option<i64>,
    pub asks_for_plugin: bool,
}

impl ProtectedHeaders {
    /// Whether they follow the rules, and what they say.
    pub fn check(&self) -> Result<(NotationAlgorithm, SignedAttributes), CheckList> {
        let algorithm = self.algorithm.ok_or_else(|| match self.other_algorithm.is_empty() {
            true => refused(Missing, "no algorithm"),
            false => refused(Malformed, format!("the algorithm {}", self.other_algorithm)),
        })?;
        if self.content_type != PAYLOAD_TYPE {
            return Err(refused(Malformed, format!("content of type {:?}", self.content_type)));
        }
        self.check_critical()?;
        let signing_time = match (&self.scheme[..], self.signing_time, self.authentic_time) {
            ("notary.x509", Some(time), None) => time,
            ("notary.x509.signingAuthority", None, Some(time)) => time,
            ("notary.x509" | "notary.x509.signingAuthority", ..) => {
                return Err(refused(Malformed, "not the time that its signing scheme requires"));
            }
            (other, ..) => {
                return Err(refused(Malformed, format!("the signing scheme {other:?}")));
            }
        };
        Ok((algorithm, SignedAttributes { signing_time, expiry: self.expiry }))
    }

    /// All that must be critical is, and nothing else.
    fn check_critical(&self) -> Result<(), CheckList> {
        let known = [
            (SIGNING_SCHEME, true),
            (AUTHENTIC_TIME, self.authentic_time.is_some()),
            (EXPIRY, self.expiry.is_some()),
        ];
        for name in &self.critical {
            match known.iter().find(|(known, _)| known == name) {
                None => return Err(refused(UnknownCritical, format!("the header {name:?}"))),
                Some((_, false)) => {
                    return Err(refused(Missing, format!("the critical header {name:?}")));
                }
                Some(_) => {}
            }
        }
        if self.asks_for_plugin {
            return Err(refused(UnknownCritical, "a plugin must verify it"));
        }
        for (name, _) in known.iter().filter(|(_, is_there)| *is_there) {
            let times = self.critical.iter().filter(|there| there == name).count();
            if times != 1 {
                return Err(refused(Malformed, format!("{name} is not critical exactly once")));
            }
        }
        Ok(())
    }
}

/// What is signed: the descriptor of a manifest.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignedTarget {
    pub media_type: String,
    pub digest: String,
    pub size: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TargetPayload {
    target_artifact: SignedTarget,
}

/// Reads the payload.
pub fn target(payload: &[u8]) -> Result<SignedTarget, String> {
    let payload: TargetPayload = serde_json::from_slice(payload).map_err(|e| e.to_string())?;
    Ok(payload.target_artifact)
}

/// It cannot be read, so nothing else can be checked.
pub fn refused(fault: SignatureFault, words: impl ToString) -> CheckList {
    CheckList::refused(SignatureCheckResult::Fails(fault), words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::SignatureCheck;

    fn sound() -> ProtectedHeaders {
        ProtectedHeaders {
            algorithm: Some(NotationAlgorithm::Es256),
            content_type: PAYLOAD_TYPE.to_owned(),
            critical: vec![SIGNING_SCHEME.to_owned(), EXPIRY.to_owned()],
            scheme: "notary.x509".to_owned(),
            signing_time: Some(5),
            expiry: Some(9),
            ..ProtectedHeaders::default()
        }
    }

    /// How the headers are refused after a change.
    fn fault(change: impl FnOnce(&mut ProtectedHeaders)) -> SignatureFault {
        let mut headers = sound();
        change(&mut headers);
        let list = headers.check().expect_err("it is refused");
        match list.result(SignatureCheck::Form) {
            SignatureCheckResult::Fails(fault) => fault,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn headers_that_follow_the_rules_tell_the_times() {
        let (algorithm, attributes) = sound().check().unwrap();
        assert_eq!(algorithm, NotationAlgorithm::Es256);
        assert_eq!(attributes, SignedAttributes { signing_time: 5, expiry: Some(9) });
    }

    #[test]
    fn headers_that_break_a_rule_are_refused() {
        assert_eq!(fault(|it| it.critical.push("b64".to_owned())), UnknownCritical);
        assert_eq!(fault(|it| it.asks_for_plugin = true), UnknownCritical);
        assert_eq!(fault(|it| it.critical.push(AUTHENTIC_TIME.to_owned())), Missing);
        assert_eq!(fault(|it| it.algorithm = None), Missing);
        let changes: [fn(&mut ProtectedHeaders); 8] = [
            |it| {
                it.algorithm = None;
                it.other_algorithm = "HS256".to_owned();
            },
            |it| it.content_type.push('x'),
            |it| it.critical.clear(),
            |it| it.critical.truncate(1),
            |it| it.critical.push(EXPIRY.to_owned()),
            |it| it.scheme = "notary.x509.signingAuthority".to_owned(),
            |it| it.scheme.push('x'),
            |it| it.signing_time = None,
        ];
        for change in changes {
            assert_eq!(fault(change), Malformed);
        }
    }

    #[test]
    fn a_payload_without_a_descriptor_is_not_read() {
        let read = target(
            br#"{"targetArtifact":{"mediaType":"a","digest":"d","size":7,"annotations":{}}}"#,
        );
        assert_eq!(read.unwrap().size, 7);
        for payload in ["", "{}", r#"{"targetArtifact":{"mediaType":"a","digest":"d","size":-7}}"#]
        {
            assert!(target(payload.as_bytes()).is_err(), "{payload}");
        }
    }
}
