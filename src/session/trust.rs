//! What the user gives to verify signatures with. Its content alone says what it is.
//!
//! Sources: RFC 7468 (PEM), RFC 5280 and 5480 (SubjectPublicKeyInfo, Certificate), Sigstore's protobuf-specs,
//! `sigstore_trustroot.proto` in its JSON form.
//!
//! - Read as hostile input: sizes and numbers are bounded before anything is kept.
//! - The verifier reads it again, and has the last word on what can be used (`verify/keys.rs`, `verify/roots.rs`,
//!   `verify/notation/`).

use super::state::Session;
use crate::analysis::certificate::certificate;
use crate::base64;
use crate::json;
use crate::oci::Digest;
use crate::problem::Problem;
use crate::protocol::{KeyFacts, KeyKind, Trust, TrustItem, TrustedThing};
use crate::text::{Shown, byte_count};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// Bytes of what is given at once.
const MAX_BYTES: usize = 1 << 20;
/// Keys, and certificates, that are kept.
const MAX_ITEMS: usize = 100;
const KEY: &str = "PUBLIC KEY";
const CERTIFICATE: &str = "CERTIFICATE";

/// Keys by the beginning of their SubjectPublicKeyInfo, or by what follows its length.
const ALGORITHMS: [(&[u8], KeyKind); 4] = [
    (b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", KeyKind::EcdsaP256),
    (b"\x30\x76\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22", KeyKind::EcdsaP384),
    (b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70", KeyKind::Ed25519),
    (b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", KeyKind::Rsa),
];

/// The certificates (DER) that a file gives; `None`: it has none, or something else, too.
pub fn authority_certificates(content: &[u8]) -> Option<Vec<Vec<u8>>> {
    match read(content) {
        Ok(Given::Parts { keys, certificates }) if keys.is_empty() => Some(certificates),
        _ => None,
    }
}

impl Session {
    /// Trusts a key or a root, too. A root takes the place of the one that was given before.
    pub(super) fn trust_also(&mut self, content: &[u8]) -> Result<(), Problem> {
        let mut trust = self.trust().clone();
        match read(content)? {
            Given::Root => trust.own_root = Some(content.to_vec()),
            Given::Parts { keys, certificates } => {
                add_new(&mut trust.public_keys, keys);
                add_new(&mut trust.authorities, certificates);
            }
        }
        if trust.public_keys.len().max(trust.authorities.len()) > MAX_ITEMS {
            let problem = Problem::new("trust-limit", "Too many keys or certificates were given.");
            return Err(problem.expected(format!("at most {MAX_ITEMS}")));
        }
        self.trust_instead(trust);
        Ok(())
    }

    /// Trusts something no longer.
    pub(super) fn trust_no_longer(&mut self, id: &str) {
        let mut trust = self.trust().clone();
        let is_other = |content: &Vec<u8>| name(content) != id;
        trust.own_root = trust.own_root.filter(is_other);
        trust.public_keys.retain(is_other);
        trust.authorities.retain(is_other);
        self.trust_instead(trust);
    }

    /// What the user gave.
    pub(super) fn trusted_items(&self) -> Vec<TrustItem> {
        let Trust { own_root, public_keys, authorities } = self.trust();
        let root = own_root.iter().map(|content| (content, root_facts(content)));
        let keys = public_keys.iter().map(|pem| (pem, TrustedThing::Key(key_facts(pem))));
        let authorities = authorities.iter().map(|der| (der, authority_facts(der)));
        let all = root.chain(keys).chain(authorities);
        all.map(|(content, what)| TrustItem { id: name(content), what }).collect()
    }
}

/// What a content is.
enum Given {
    Root,
    /// Each by itself: keys as PEM, certificates as DER.
    Parts {
        keys: Vec<Vec<u8>>,
        certificates: Vec<Vec<u8>>,
    },
}

fn add_new(list: &mut Vec<Vec<u8>>, given: Vec<Vec<u8>>) {
    for one in given {
        if !list.contains(&one) {
            list.push(one);
        }
    }
}

fn read(content: &[u8]) -> Result<Given, Problem> {
    if content.len() > MAX_BYTES {
        return Err(Problem::new("trust-limit", "This is too large to verify with.")
            .expected(format!("at most {}", byte_count(MAX_BYTES as u64)))
            .found(byte_count(content.len() as u64)));
    }
    let unreadable = |found: &str| {
        Problem::new("trust-unreadable", "This is nothing that signatures are verified with.")
            .expected(
                "a public key (PEM), the certificate of an authority (PEM or DER), or a trusted root of Sigstore (JSON)",
            )
            .found(found)
    };
    if certificate(content).is_some() {
        return Ok(Given::Parts { keys: Vec::new(), certificates: vec![content.to_vec()] });
    }
    let text = std::str::from_utf8(content).map_err(|_| unreadable("bytes that are no text"))?;
    if text.contains("PRIVATE KEY-----") {
        let advice = "Give the public key. A private key belongs to the signer alone.";
        return Err(unreadable("a private key").advice(advice));
    }
    if text.trim_start().starts_with('{') {
        let has_root = json::from_text::<RootParts>(text).is_ok_and(|root| root.is_some());
        return if has_root { Ok(Given::Root) } else { Err(unreadable("JSON of another kind")) };
    }
    let keys: Vec<Vec<u8>> = blocks(text, KEY).map(|block| block.as_bytes().to_vec()).collect();
    let mut certificates = Vec::new();
    for block in blocks(text, CERTIFICATE) {
        let der = body(block).filter(|der| certificate(der).is_some());
        certificates.push(der.ok_or_else(|| unreadable("a damaged certificate"))?);
    }
    match keys.is_empty() && certificates.is_empty() {
        true => Err(unreadable("other data")),
        false => Ok(Given::Parts { keys, certificates }),
    }
}

/// The parts of this kind in a text, with their first and last lines.
fn blocks<'a>(text: &'a str, kind: &str) -> impl Iterator<Item = &'a str> {
    let (begin, end) = (format!("-----BEGIN {kind}-----"), format!("-----END {kind}-----"));
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(&begin)?;
        let length = rest[start..].find(&end)? + end.len();
        let block = &rest[start..start + length];
        rest = &rest[start + length..];
        Some(block)
    })
}

fn name(content: &[u8]) -> String {
    Digest::of(content).to_string()
}

fn key_facts(pem: &[u8]) -> Option<KeyFacts> {
    let der = body(std::str::from_utf8(pem).ok()?)?;
    let after_length = der.get(4..).unwrap_or_default();
    let is_it = |start: &[u8]| der.starts_with(start) || after_length.starts_with(start);
    let known = ALGORITHMS.iter().find(|(start, _)| is_it(start));
    let algorithm = known.map_or(KeyKind::Other, |(_, algorithm)| *algorithm);
    Some(KeyFacts { algorithm, fingerprint: Digest::of(&der).to_string() })
}

fn authority_facts(der: &[u8]) -> TrustedThing {
    let read = certificate(der).unwrap_or_default(); // it was read when it was given
    TrustedThing::Authority { subject: Shown::new(&read.subject), until: read.until }
}

/// The bytes of a PEM block.
fn body(block: &str) -> Option<Vec<u8>> {
    let body: String =
        block.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
    base64::decode_any(&body).filter(|der| !der.is_empty())
}

/// The lists of a trusted root.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RootParts {
    certificate_authorities: Vec<IgnoredAny>,
    tlogs: Vec<IgnoredAny>,
    timestamp_authorities: Vec<IgnoredAny>,
}

impl RootParts {
    /// It names an authority or a log.
    fn is_some(&self) -> bool {
        !self.certificate_authorities.is_empty() || !self.tlogs.is_empty()
    }
}

fn root_facts(json: &[u8]) -> TrustedThing {
    let root: RootParts = serde_json::from_slice(json).unwrap_or_default(); // it was read when it was given
    let count = |list: &[IgnoredAny]| u32::try_from(list.len()).unwrap_or(u32::MAX);
    TrustedThing::Root {
        authorities: count(&root.certificate_authorities),
        logs: count(&root.tlogs),
        timestamp_authorities: count(&root.timestamp_authorities),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// openssl ecparam -name prime256v1 -genkey | openssl ec -pubout
    const P256: &str = include_str!("../../tests/fixtures/signatures/openssl.pub");
    const ROOT: &str = r#"{"certificateAuthorities": [{}], "tlogs": [{}, {}]}"#;

    fn algorithms(items: &[TrustItem]) -> Vec<Option<KeyKind>> {
        let algorithm = |item: &TrustItem| match &item.what {
            TrustedThing::Key(facts) => facts.as_ref().map(|facts| facts.algorithm),
            other => panic!("{other:?}"),
        };
        items.iter().map(algorithm).collect()
    }

    fn empty_session() -> Session {
        Session::empty("x", Vec::new())
    }

    #[test]
    fn keys_and_a_root_are_told_by_their_content_and_can_be_removed() {
        let mut session = empty_session();
        let ed25519 = "-----BEGIN PUBLIC KEY-----\r\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\r\n-----END PUBLIC KEY-----\r\n";
        session.trust_also(format!("{P256}\n{ed25519}").as_bytes()).unwrap();
        session.trust_also(P256.as_bytes()).unwrap();
        session.trust_also(ROOT.as_bytes()).unwrap();
        let items = session.trusted_items();
        let root = TrustedThing::Root { authorities: 1, logs: 2, timestamp_authorities: 0 };
        assert_eq!(items[0].what, root);
        assert_eq!(algorithms(&items[1..]), [Some(KeyKind::EcdsaP256), Some(KeyKind::Ed25519)]);
        session.trust_no_longer(&items[1].id);
        session.trust_no_longer(&items[0].id);
        assert_eq!(session.trusted_items(), items[2..]);
    }

    #[test]
    fn what_is_neither_is_refused_and_named() {
        let mut session = empty_session();
        for (content, found) in [
            (&b"-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----"[..], "a private key"),
            (b"-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----", "a private key"),
            (b"-----BEGIN CERTIFICATE-----", "other data"),
            (
                b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----",
                "a damaged certificate",
            ),
            (b"{\"dsseEnvelope\": {}}", "JSON of another kind"),
            (b"{", "JSON of another kind"),
            (b"\xff", "bytes that are no text"),
            (b"-----BEGIN PUBLIC KEY-----", "other data"),
        ] {
            let problem = session.trust_also(content).unwrap_err();
            assert_eq!(
                (&problem.code[..], problem.found.as_deref()),
                ("trust-unreadable", Some(found))
            );
        }
        let large = session.trust_also(&vec![b' '; MAX_BYTES + 1]).unwrap_err();
        assert_eq!(large.code, "trust-limit");
        assert_eq!(session.trusted_items(), []);
    }

    #[test]
    fn a_key_that_nothing_is_verified_with_says_so() {
        let mut session = empty_session();
        for body in ["MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A", "AAAA", "!"] {
            let pem = format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----");
            session.trust_also(pem.as_bytes()).unwrap();
        }
        let items = session.trusted_items();
        assert_eq!(items.len(), 3);
        assert_eq!(algorithms(&items), [Some(KeyKind::Rsa), Some(KeyKind::Other), None]);
    }
}
