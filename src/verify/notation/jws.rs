//! Notation's envelope as JSON.
//!
//! Source: Notary Project, signature-envelope-jws.md; RFC 7515 (JWS), flattened JSON serialization.
//!
//! - Fields that the form does not have are refused, as in `shape.rs`. Base64 must be the only one of its bytes.

use super::envelope::{
    AUTHENTIC_TIME, EXPIRY, NotationEnvelope, PLUGIN, ProtectedHeaders, SIGNING_SCHEME,
    SIGNING_TIME, refused,
};
use super::key::NotationAlgorithm;
use crate::protocol::SignatureFault::Malformed;
use crate::verify::check_list::CheckList;
use crate::verify::{limits, shape};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FlatJws {
    payload: String,
    protected: String,
    header: UnprotectedJws,
    signature: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnprotectedJws {
    x5c: Vec<String>,
    #[serde(rename = "io.cncf.notary.timestampSignature")]
    timestamp: Option<String>,
    /// For diagnosis only, as the specification says.
    #[serde(rename = "io.cncf.notary.signingAgent")]
    _agent: Option<String>,
}

/// Reads an envelope.
pub fn read(content: &[u8]) -> Result<NotationEnvelope, CheckList> {
    shape::check_payload(content).map_err(CheckList::of_shape)?;
    let jws: FlatJws = serde_json::from_slice(content).map_err(malformed)?;
    let protected = url_safe(&jws.protected)?;
    shape::check_payload(&protected).map_err(CheckList::of_shape)?;
    let protected: Map<String, Value> = serde_json::from_slice(&protected).map_err(malformed)?;
    let (algorithm, attributes) = headers(&protected)?.check()?;
    let certificates = jws.header.x5c.iter().take(limits::CERTIFICATES + 1);
    let certificates = certificates.map(|text| BASE64_STANDARD.decode(text).map_err(malformed));
    Ok(NotationEnvelope {
        algorithm,
        attributes,
        certificates: certificates.collect::<Result<_, _>>()?,
        has_timestamp: jws.header.timestamp.is_some(),
        payload: url_safe(&jws.payload)?,
        signature: url_safe(&jws.signature)?,
        signed: [&jws.protected, ".", &jws.payload].concat().into_bytes(),
    })
}

fn headers(protected: &Map<String, Value>) -> Result<ProtectedHeaders, CheckList> {
    if protected.len() > limits::HEADERS {
        return Err(malformed("too many headers"));
    }
    let mut headers = ProtectedHeaders::default();
    for (name, value) in protected {
        match &name[..] {
            "alg" => {
                let name = text(name, value)?;
                headers.algorithm = NotationAlgorithm::of_jws(&name);
                headers.other_algorithm = name;
            }
            "cty" => headers.content_type = text(name, value)?,
            "crit" => {
                let names = value.as_array().ok_or_else(|| malformed("crit is not a list"))?;
                let names = names.iter().map(|value| text(name, value));
                headers.critical = names.collect::<Result<_, _>>()?;
            }
            SIGNING_SCHEME => headers.scheme = text(name, value)?,
            SIGNING_TIME => headers.signing_time = Some(time(name, value)?),
            AUTHENTIC_TIME => headers.authentic_time = Some(time(name, value)?),
            EXPIRY => headers.expiry = Some(time(name, value)?),
            other => headers.asks_for_plugin |= other.starts_with(PLUGIN),
        }
    }
    Ok(headers)
}

fn text(name: &str, value: &Value) -> Result<String, CheckList> {
    let text = value.as_str().map(str::to_owned);
    text.ok_or_else(|| malformed(format!("{name} is not text")))
}

/// RFC 3339.
fn time(name: &str, value: &Value) -> Result<i64, CheckList> {
    let time: Result<jiff::Timestamp, _> = text(name, value)?.parse();
    time.map(|time| time.as_second()).map_err(|_| malformed(format!("{name} is not a time")))
}

fn url_safe(text: &str) -> Result<Vec<u8>, CheckList> {
    BASE64_URL_SAFE_NO_PAD.decode(text).map_err(malformed)
}

fn malformed(error: impl ToString) -> CheckList {
    refused(Malformed, error)
}
