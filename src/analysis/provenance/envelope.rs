//! What is around a statement: a DSSE envelope, a Sigstore bundle, or nothing.
//!
//! Sources: DSSE 1, envelope.md; Sigstore, protos/sigstore_bundle.proto in its JSON form.
//!
//! - What has more than one of these around it has no content: a reader that takes one could show what another one did
//!   not verify.

use crate::base64;
use crate::json;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A document without what was around it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened<'a> {
    /// The statement or another document; empty where a bundle has only a signature.
    pub inner: Cow<'a, [u8]>,
    /// There was an envelope or a bundle with at least one signature.
    pub signed: bool,
    /// The digest that a bundle's signature is over, where it has no envelope.
    pub message: Option<String>,
}

/// The fields by which the forms are distinguished.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct OuterHead<'a> {
    #[serde(borrow)]
    payload: Option<Cow<'a, str>>,
    #[serde(borrow)]
    payload_type: Option<Cow<'a, str>>,
    #[serde(borrow)]
    signatures: Option<&'a RawValue>,
    #[serde(borrow)]
    dsse_envelope: Option<&'a RawValue>,
    #[serde(borrow)]
    message_signature: Option<&'a RawValue>,
    #[serde(borrow)]
    predicate_type: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SignedMessage {
    message_digest: Option<MessageDigest>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct MessageDigest {
    algorithm: String,
    digest: String,
}

/// Opens a document. What is in no envelope, or in one that cannot be read, is the document itself.
pub fn open(bytes: &[u8]) -> Opened<'_> {
    let Ok(head) = serde_json::from_slice::<OuterHead<'_>>(bytes) else { return itself(bytes) };
    if head.is_ambiguous() {
        return Opened { signed: true, ..Opened::default() };
    }
    if let Some(envelope) = head.dsse_envelope {
        let inner = json::from_text::<OuterHead<'_>>(envelope.get()).ok();
        let payload = inner.and_then(|inner| inner.content());
        return match payload {
            Some(payload) => Opened { inner: payload.into(), signed: true, message: None },
            None => Opened { inner: Cow::Borrowed(b""), signed: true, message: None },
        };
    }
    if let Some(message) = head.message_signature {
        let message = json::from_text::<SignedMessage>(message.get()).ok();
        let message = message.and_then(|message| message.message_digest?.text());
        return Opened { inner: Cow::Borrowed(b""), signed: true, message };
    }
    match head.content() {
        Some(payload) => Opened { inner: payload.into(), signed: head.is_signed(), message: None },
        None => itself(bytes),
    }
}

fn itself(bytes: &[u8]) -> Opened<'_> {
    Opened { inner: Cow::Borrowed(bytes), ..Opened::default() }
}

impl Opened<'_> {
    /// There was something around the document.
    pub fn is_wrapped(&self) -> bool {
        matches!(self.inner, Cow::Owned(_)) || self.signed
    }
}

impl OuterHead<'_> {
    /// Whether it is several forms at once.
    fn is_ambiguous(&self) -> bool {
        let is_envelope =
            self.payload.is_some() && (self.payload_type.is_some() || self.signatures.is_some());
        let forms = [
            is_envelope,
            self.dsse_envelope.is_some(),
            self.message_signature.is_some(),
            self.predicate_type.is_some(),
        ];
        forms.into_iter().filter(|form| *form).count() > 1
    }

    /// The payload of an envelope. JWS has a payload too, and no type of it.
    fn content(&self) -> Option<Vec<u8>> {
        let is_envelope = self.payload_type.is_some() || self.signatures.is_some();
        base64::decode_any(self.payload.as_ref().filter(|_| is_envelope)?)
    }

    fn is_signed(&self) -> bool {
        let list = self.signatures.and_then(|list| json::from_text(list.get()).ok());
        list.is_some_and(|list: Vec<&RawValue>| !list.is_empty())
    }
}

impl MessageDigest {
    /// `sha256:` and hexadecimal digits.
    ///
    /// Source: Sigstore, protos/sigstore_common.proto, `HashAlgorithm`.
    fn text(&self) -> Option<String> {
        let algorithm = match &self.algorithm[..] {
            "SHA2_256" => "sha256",
            "SHA2_384" => "sha384",
            "SHA2_512" => "sha512",
            _ => return None,
        };
        let bytes = base64::decode_any(&self.digest)?;
        Some(format!("{algorithm}:{}", crate::text::hex(bytes)))
    }
}
