//! The shape of a bundle or an envelope, before the verifier parses it: how many parts it has, that it has no others, and
//! that it has one meaning only.
//!
//! Source: Sigstore's protobuf-specs, `sigstore_bundle.proto`, in the JSON form of protobuf, which knows no other
//! fields; DSSE 1, envelope.md. The verifier ignores fields that it does not know; here they are refused, so that nothing
//! in a document is shown as signed that no check has looked at. Refused for the same reason: a field that is there
//! twice, and two fields of which a document has one (protobuf's `oneof`).

use super::limits;
use super::repeated::repeated_field;
use crate::protocol::{SignatureCheckResult, SignatureFault, SignatureGap};
use serde_json::Value;

/// What is allowed below one name.
enum ShapePart {
    /// Text, a number, or nothing.
    Leaf,
    Object(&'static [(&'static str, ShapePart)]),
    /// At most so many of the same.
    List(usize, &'static ShapePart),
}

use ShapePart::{Leaf, List, Object};

const CERTIFICATE: ShapePart = Object(&[("rawBytes", Leaf)]);

const LOG_ENTRY: ShapePart = Object(&[
    ("logIndex", Leaf),
    ("logId", Object(&[("keyId", Leaf)])),
    ("kindVersion", Object(&[("kind", Leaf), ("version", Leaf)])),
    ("integratedTime", Leaf),
    ("inclusionPromise", Object(&[("signedEntryTimestamp", Leaf)])),
    (
        "inclusionProof",
        Object(&[
            ("logIndex", Leaf),
            ("rootHash", Leaf),
            ("treeSize", Leaf),
            ("hashes", List(limits::PROOF_HASHES, &Leaf)),
            ("checkpoint", Object(&[("envelope", Leaf)])),
        ]),
    ),
    ("canonicalizedBody", Leaf),
]);

const ENVELOPE: ShapePart = Object(&[
    ("payload", Leaf),
    ("payloadType", Leaf),
    ("signatures", List(limits::SIGNATURES, &Object(&[("sig", Leaf), ("keyid", Leaf)]))),
]);

const BUNDLE: ShapePart = Object(&[
    ("mediaType", Leaf),
    (
        "verificationMaterial",
        Object(&[
            ("certificate", CERTIFICATE),
            (
                "x509CertificateChain",
                Object(&[("certificates", List(limits::CERTIFICATES, &CERTIFICATE))]),
            ),
            ("publicKey", Object(&[("hint", Leaf)])),
            ("tlogEntries", List(limits::LOG_ENTRIES, &LOG_ENTRY)),
            (
                "timestampVerificationData",
                Object(&[(
                    "rfc3161Timestamps",
                    List(limits::TIMESTAMPS, &Object(&[("signedTimestamp", Leaf)])),
                )]),
            ),
        ]),
    ),
    (
        "messageSignature",
        Object(&[
            ("messageDigest", Object(&[("algorithm", Leaf), ("digest", Leaf)])),
            ("signature", Leaf),
        ]),
    ),
    ("dsseEnvelope", ENVELOPE),
]);

/// Fields of one object of which there may be one.
const ALTERNATIVES: [&[&str]; 2] =
    [&["messageSignature", "dsseEnvelope"], &["certificate", "x509CertificateChain", "publicKey"]];

/// Why a document is refused by its shape.
#[derive(Debug, PartialEq, Eq)]
pub enum ShapeError {
    /// It is not JSON.
    Unreadable(String),
    /// An object has a field twice.
    Repeated(String),
    /// It has two fields of which it may have one.
    Several(&'static str, &'static str),
    /// It has a field that such documents don't have, or a value of another kind.
    Unknown(String),
    /// More of a kind than is read.
    TooMany(String),
}

impl ShapeError {
    /// The result of the check of its form, and the words beside it.
    pub fn result(&self) -> (SignatureCheckResult, String) {
        let malformed = SignatureCheckResult::Fails(SignatureFault::Malformed);
        match self {
            ShapeError::Unreadable(words) => (malformed, words.clone()),
            ShapeError::Repeated(name) => (malformed, format!("the field {name} is there twice")),
            ShapeError::Several(one, other) => {
                (malformed, format!("it has both {one} and {other}, and may have only one of them"))
            }
            ShapeError::Unknown(name) => (malformed, format!("unknown field {name}")),
            ShapeError::TooMany(name) => {
                let gap = SignatureCheckResult::NotChecked(SignatureGap::TooLarge);
                (gap, format!("too many {name}"))
            }
        }
    }
}

/// Checks the shape of a bundle.
pub fn check_bundle(bundle: &[u8]) -> Result<(), ShapeError> {
    check("bundle", &read(bundle)?, &BUNDLE)
}

/// Checks the shape of an envelope that is a document by itself.
pub fn check_envelope(envelope: &[u8]) -> Result<(), ShapeError> {
    check("envelope", &read(envelope)?, &ENVELOPE)
}

/// Checks what is signed: it has one meaning. That it can be read, the check of its subject says.
pub fn check_payload(payload: &[u8]) -> Result<(), ShapeError> {
    repeated_field(payload).map_or(Ok(()), |name| Err(ShapeError::Repeated(name)))
}

fn read(document: &[u8]) -> Result<Value, ShapeError> {
    check_payload(document)?;
    serde_json::from_slice(document).map_err(|error| ShapeError::Unreadable(error.to_string()))
}

/// Checks what is below `name`. The depth is that of the table.
fn check(name: &str, value: &Value, part: &ShapePart) -> Result<(), ShapeError> {
    match (part, value) {
        (_, Value::Null) => Ok(()),
        (Leaf, Value::Array(_) | Value::Object(_)) => Err(ShapeError::Unknown(name.to_owned())),
        (Leaf, _) => Ok(()),
        (Object(fields), Value::Object(found)) => {
            for names in ALTERNATIVES {
                let is_there = |name: &&&str| found.get(**name).is_some_and(|it| !it.is_null());
                let mut present = names.iter().filter(is_there);
                if let (Some(one), Some(other)) = (present.next(), present.next()) {
                    return Err(ShapeError::Several(one, other));
                }
            }
            found.iter().try_for_each(|(name, value)| {
                let known = fields.iter().find(|(known, _)| known == name);
                let (_, part) = known.ok_or_else(|| ShapeError::Unknown(name.clone()))?;
                check(name, value, part)
            })
        }
        (List(most, _), Value::Array(found)) if found.len() > *most => {
            Err(ShapeError::TooMany(name.to_owned()))
        }
        (List(_, part), Value::Array(found)) => {
            found.iter().try_for_each(|value| check(name, value, part))
        }
        _ => Err(ShapeError::Unknown(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn bundle(value: &Value) -> Result<(), ShapeError> {
        check_bundle(value.to_string().as_bytes())
    }

    #[test]
    fn a_bundle_has_known_fields_and_few_parts() {
        let entries = |count: usize| json!({"verificationMaterial": {"tlogEntries": vec![json!({"logIndex": "1"}); count]}});
        assert_eq!(bundle(&entries(limits::LOG_ENTRIES)), Ok(()));
        let too_many = Err(ShapeError::TooMany("tlogEntries".to_owned()));
        assert_eq!(bundle(&entries(limits::LOG_ENTRIES + 1)), too_many);
        for (name, value) in [
            ("other", json!({"mediaType": "", "other": 1})),
            ("mediaType", json!({"mediaType": {"a": 1}})),
            ("tlogEntries", json!({"verificationMaterial": {"tlogEntries": {}}})),
            ("bundle", json!([])),
        ] {
            let unknown = Err(ShapeError::Unknown(name.to_owned()));
            assert_eq!(bundle(&value), unknown, "{value}");
        }
        assert_eq!(bundle(&json!({"verificationMaterial": null})), Ok(()));
    }

    #[test]
    fn of_alternatives_a_document_has_one() {
        for names in ALTERNATIVES {
            for (at, one) in names.iter().enumerate() {
                for other in &names[at + 1..] {
                    let both = json!({*one: {}, *other: {}});
                    let inside = json!({"verificationMaterial": both});
                    for value in [both, inside] {
                        assert_eq!(bundle(&value), Err(ShapeError::Several(one, other)), "{value}");
                    }
                }
            }
        }
        assert_eq!(bundle(&json!({"messageSignature": null, "dsseEnvelope": {}})), Ok(()));
    }

    #[test]
    fn an_envelope_has_nothing_of_a_bundle() {
        let envelope = json!({"payload": "", "payloadType": "", "signatures": [{"sig": ""}]});
        assert_eq!(check_envelope(envelope.to_string().as_bytes()), Ok(()));
        for name in ["dsseEnvelope", "messageSignature", "predicateType"] {
            let mut more = envelope.clone();
            more[name] = json!({});
            let unknown = Err(ShapeError::Unknown(name.to_owned()));
            assert_eq!(check_envelope(more.to_string().as_bytes()), unknown);
        }
    }
}
