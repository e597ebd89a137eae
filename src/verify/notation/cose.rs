//! Notation's envelope as CBOR.
//!
//! Source: Notary Project, signature-envelope-cose.md; RFC 9052 (COSE), COSE_Sign1; RFC 9360 (x5chain).
//!
//! - Unprotected headers that the form does not have are refused, as in `shape.rs`.

use super::cbor::{CborItem, CborItems, write_bytes};
use super::envelope::{
    AUTHENTIC_TIME, EXPIRY, NotationEnvelope, PLUGIN, ProtectedHeaders, SIGNING_AGENT,
    SIGNING_SCHEME, SIGNING_TIME, TIMESTAMP, refused,
};
use super::key::NotationAlgorithm;
use crate::protocol::SignatureFault::Malformed;
use crate::verify::check_list::CheckList;
use crate::verify::limits;

/// The tag of a COSE_Sign1.
const SIGN1: u64 = 18;
/// The tag of a time in seconds.
const EPOCH: u64 = 1;
const ALGORITHM: i64 = 1;
const CRITICAL: i64 = 2;
const CONTENT_TYPE: i64 = 3;
const CHAIN: i64 = 33;
/// The beginning of what is signed: a list of four, the first of them this text.
const CONTEXT: &[u8] = b"\x84\x6aSignature1";

/// Reads an envelope.
pub fn read(content: &[u8]) -> Result<NotationEnvelope, CheckList> {
    let mut items = CborItems::new(content);
    let is_tagged = items.next() == Some(CborItem::Tag(SIGN1));
    if !is_tagged || items.next() != Some(CborItem::List(4)) {
        return Err(malformed("it is not a tagged COSE_Sign1"));
    }
    let protected = bytes(&mut items, "protected headers")?;
    let (headers, signed_chain) = protected_headers(protected)?;
    let (chain, has_timestamp) = unprotected_headers(&mut items)?;
    let payload = bytes(&mut items, "payload")?;
    let signature = bytes(&mut items, "signature")?;
    if !items.is_at_end() {
        return Err(malformed("something follows the signature"));
    }
    let (algorithm, attributes) = headers.check()?;
    let certificates = match (signed_chain, chain) {
        (Some(_), Some(_)) => return Err(malformed("two chains of certificates")),
        (one, other) => one.or(other).unwrap_or_default(),
    };
    let mut signed = CONTEXT.to_vec();
    for part in [protected, b"", payload] {
        write_bytes(part, &mut signed);
    }
    let (payload, signature) = (payload.to_vec(), signature.to_vec());
    Ok(NotationEnvelope {
        algorithm,
        attributes,
        certificates,
        has_timestamp,
        payload,
        signed,
        signature,
    })
}

/// The name of a header.
#[derive(Clone, Copy, PartialEq, Eq)]
enum HeaderLabel<'a> {
    Number(i64),
    Name(&'a str),
}

type CarriedChain = Option<Vec<Vec<u8>>>;

fn protected_headers(encoded: &[u8]) -> Result<(ProtectedHeaders, CarriedChain), CheckList> {
    let (mut headers, mut chain) = (ProtectedHeaders::default(), None);
    let mut items = CborItems::new(encoded);
    each_header(&mut items, |label, items| {
        match label {
            HeaderLabel::Number(ALGORITHM) => {
                let Some(CborItem::Integer(number)) = items.next() else {
                    return Err(malformed("the algorithm is not a number"));
                };
                headers.algorithm = NotationAlgorithm::of_cose(number);
                headers.other_algorithm = number.to_string();
            }
            HeaderLabel::Number(CRITICAL) => headers.critical = critical(items)?,
            HeaderLabel::Number(CONTENT_TYPE) => headers.content_type = text(items)?,
            HeaderLabel::Number(CHAIN) => chain = Some(certificates(items)?),
            HeaderLabel::Name(SIGNING_SCHEME) => headers.scheme = text(items)?,
            HeaderLabel::Name(SIGNING_TIME) => headers.signing_time = Some(time(items)?),
            HeaderLabel::Name(AUTHENTIC_TIME) => headers.authentic_time = Some(time(items)?),
            HeaderLabel::Name(EXPIRY) => headers.expiry = Some(time(items)?),
            other => {
                let is_plugin = |name: &str| name.starts_with(PLUGIN);
                headers.asks_for_plugin |=
                    matches!(other, HeaderLabel::Name(name) if is_plugin(name));
                items.skip().ok_or_else(|| malformed("a header cannot be read"))?;
            }
        }
        Ok(())
    })?;
    match items.is_at_end() {
        true => Ok((headers, chain)),
        false => Err(malformed("something follows the protected headers")),
    }
}

/// The chain of certificates, and whether there is a timestamp.
fn unprotected_headers(items: &mut CborItems<'_>) -> Result<(CarriedChain, bool), CheckList> {
    let (mut chain, mut has_timestamp) = (None, false);
    each_header(items, |label, items| {
        match label {
            HeaderLabel::Number(CHAIN) => chain = Some(certificates(items)?),
            HeaderLabel::Name(TIMESTAMP) => {
                bytes(items, "timestamp")?;
                has_timestamp = true;
            }
            // For diagnosis only, as the specification says.
            HeaderLabel::Name(SIGNING_AGENT) => drop(text(items)?),
            HeaderLabel::Number(number) => {
                return Err(malformed(format!("unknown header {number}")));
            }
            HeaderLabel::Name(name) => return Err(malformed(format!("unknown header {name}"))),
        }
        Ok(())
    })?;
    Ok((chain, has_timestamp))
}

/// Reads a map of headers; `read` takes the value of each.
fn each_header<'a>(
    items: &mut CborItems<'a>,
    mut read: impl FnMut(HeaderLabel<'a>, &mut CborItems<'a>) -> Result<(), CheckList>,
) -> Result<(), CheckList> {
    let Some(CborItem::Map(count)) = items.next() else {
        return Err(malformed("headers are not a map"));
    };
    if count > limits::HEADERS {
        return Err(malformed("too many headers"));
    }
    let mut seen = Vec::new();
    for _ in 0..count {
        let label = match items.next() {
            Some(CborItem::Integer(number)) => HeaderLabel::Number(number),
            Some(CborItem::Text(name)) => HeaderLabel::Name(name),
            _ => return Err(malformed("a header has no name")),
        };
        if seen.contains(&label) {
            return Err(malformed("a header is there twice"));
        }
        seen.push(label);
        read(label, items)?;
    }
    Ok(())
}

/// Names of headers; those that are numbers are none of ours, and refused by their words.
fn critical(items: &mut CborItems<'_>) -> Result<Vec<String>, CheckList> {
    let Some(CborItem::List(count)) = items.next() else {
        return Err(malformed("critical headers are not a list"));
    };
    if count > limits::HEADERS {
        return Err(malformed("too many headers"));
    }
    let name = |_| match items.next() {
        Some(CborItem::Text(name)) => Ok(name.to_owned()),
        Some(CborItem::Integer(number)) => Ok(number.to_string()),
        _ => Err(malformed("a critical header has no name")),
    };
    (0..count).map(name).collect()
}

/// One certificate, or a list of them. One more than the limit tells that there are too many.
fn certificates(items: &mut CborItems<'_>) -> Result<Vec<Vec<u8>>, CheckList> {
    match items.next() {
        Some(CborItem::Bytes(only)) => Ok(vec![only.to_vec()]),
        Some(CborItem::List(count)) if count <= limits::CERTIFICATES => {
            (0..count).map(|_| Ok(bytes(items, "certificate")?.to_vec())).collect()
        }
        Some(CborItem::List(_)) => Err(malformed("too many certificates")),
        _ => Err(malformed("no certificates")),
    }
}

fn bytes<'a>(items: &mut CborItems<'a>, name: &str) -> Result<&'a [u8], CheckList> {
    match items.next() {
        Some(CborItem::Bytes(bytes)) => Ok(bytes),
        _ => Err(malformed(format!("the {name} is missing"))),
    }
}

fn text(items: &mut CborItems<'_>) -> Result<String, CheckList> {
    match items.next() {
        Some(CborItem::Text(text)) => Ok(text.to_owned()),
        _ => Err(malformed("a header is not text")),
    }
}

fn time(items: &mut CborItems<'_>) -> Result<i64, CheckList> {
    match (items.next(), items.next()) {
        (Some(CborItem::Tag(EPOCH)), Some(CborItem::Integer(seconds))) => Ok(seconds),
        _ => Err(malformed("a header is not a time in whole seconds")),
    }
}

fn malformed(error: impl ToString) -> CheckList {
    refused(Malformed, error)
}
