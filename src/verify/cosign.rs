//! Signatures of cosign up to version 2, which are no bundles: they are made bundles of, and verified like those.
//!
//! Source: cosign, specs/SIGNATURE_SPEC.md and specs/ATTESTATION_SPEC.md; its annotation `bundle` is Rekor's entry
//! (`Payload`) and its promise (`SignedEntryTimestamp`).
//!
//! - A signature of version 0.1 has the log's promise and no proof.
//! - The signature is over the payload; the payload names the image, which is compared here.
//! - The annotation `chain` is not used: a certificate must come from a root that is trusted.

use super::check_list::CheckList;
use super::keys::PublicKeys;
use super::roots::Root;
use super::subjects::{self, SignedSubject};
use super::{bundle, limits, shape};
use crate::oci::CosignAnnotations;
use crate::protocol::{
    SignatureCheck, SignatureCheckResult, SignatureFault, SignatureGap, SignatureVerdict,
};
use serde::Deserialize;
use sigstore_verify::crypto::sha256;
use sigstore_verify::types::bundle::{
    InclusionPromise, LogId, MessageDigest, MessageSignature, PublicKeyIdentifier,
    Rfc3161Timestamp, TimestampVerificationData, VerificationMaterial, VerificationMaterialContent,
    X509Certificate,
};
use sigstore_verify::types::{
    Bundle, CanonicalizedBody, DerCertificate, DsseEnvelope, HashAlgorithm, KindVersion, LogIndex,
    LogKeyId, MediaType, SignatureBytes, SignatureContent, SignedTimestamp, TimestampToken,
    TransparencyLogEntry,
};

/// A payload of "simple signing".
pub fn verify_simple_signing(
    payload: &[u8],
    annotations: &CosignAnnotations,
    image: &[String],
    roots: &[Root],
    keys: &PublicKeys,
) -> SignatureVerdict {
    let bundle = match simple_signing_bundle(payload, annotations) {
        Ok(bundle) => bundle,
        Err(checks) => return bundle::refused(checks),
    };
    let mut checks = CheckList::new();
    let found = match serde_json::from_slice::<Payload>(payload) {
        Ok(payload) => {
            let named = subjects::parse(&payload.critical.image.digest);
            if named.is_none() {
                checks.fails(SignatureCheck::Subject, SignatureFault::Malformed, "no digest");
            }
            subjects::compare(named.as_slice(), image, &mut checks).found
        }
        Err(error) => {
            checks.fails(SignatureCheck::Subject, SignatureFault::Malformed, error);
            None
        }
    };
    let digest = Some(sha256(payload).into());
    let subject = SignedSubject { digest, bytes: Some(payload), found };
    let verdict = bundle::verify_subject(&bundle, &subject, checks, roots, keys);
    SignatureVerdict { payload: Some(subjects::sha256_text(payload)), ..verdict }
}

/// An attestation: an envelope whose statement names the image. It has nothing else: the verifier would ignore it.
pub fn verify_envelope(
    envelope: &[u8],
    annotations: &CosignAnnotations,
    image: &[String],
    roots: &[Root],
    keys: &PublicKeys,
) -> SignatureVerdict {
    let read = check_size(envelope, annotations).and_then(|()| {
        shape::check_envelope(envelope).map_err(CheckList::of_shape)?;
        let envelope: DsseEnvelope = serde_json::from_slice(envelope).map_err(malformed)?;
        make_bundle(SignatureContent::DsseEnvelope(envelope), annotations)
    });
    match read {
        Ok(bundle) => bundle::verify(&bundle, image, roots, keys),
        Err(checks) => bundle::refused(checks),
    }
}

/// cosign's payload, as far as it is signed for.
#[derive(Deserialize)]
struct Payload {
    critical: Critical,
}

#[derive(Deserialize)]
struct Critical {
    image: SignedImage,
}

#[derive(Deserialize)]
struct SignedImage {
    #[serde(rename = "docker-manifest-digest")]
    digest: String,
}

/// The annotation `bundle`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LogAnnotation {
    #[serde(rename = "SignedEntryTimestamp")]
    promise: SignedTimestamp,
    #[serde(rename = "Payload")]
    payload: LogPayload,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LogPayload {
    body: CanonicalizedBody,
    integrated_time: i64,
    log_index: u64,
    #[serde(rename = "logID")]
    log_id: String,
}

/// What an entry's body says that it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EntryKind {
    kind: String,
    api_version: String,
}

/// The annotation `rfc3161timestamp`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TimestampAnnotation {
    #[serde(rename = "SignedRFC3161Timestamp")]
    token: TimestampToken,
}

fn simple_signing_bundle(
    payload: &[u8],
    annotations: &CosignAnnotations,
) -> Result<Bundle, CheckList> {
    check_size(payload, annotations)?;
    if annotations.signature.is_empty() {
        let missing = SignatureCheckResult::Fails(SignatureFault::Missing);
        return Err(CheckList::refused(missing, "no signature"));
    }
    shape::check_payload(payload).map_err(CheckList::of_shape)?;
    let signature = SignatureBytes::from_base64(&annotations.signature).map_err(malformed)?;
    let digest = MessageDigest::new(HashAlgorithm::Sha2256, sha256(payload).into());
    let signature = MessageSignature::new(signature).with_message_digest(digest);
    make_bundle(SignatureContent::MessageSignature(signature), annotations)
}

fn make_bundle(
    content: SignatureContent,
    annotations: &CosignAnnotations,
) -> Result<Bundle, CheckList> {
    let signer = if annotations.certificate.is_empty() {
        VerificationMaterialContent::PublicKey(PublicKeyIdentifier::new(""))
    } else {
        let leaf = DerCertificate::from_pem(&annotations.certificate).map_err(malformed)?;
        VerificationMaterialContent::X509CertificateChain {
            certificates: vec![X509Certificate::new(leaf)],
        }
    };
    let mut material = VerificationMaterial::new(signer);
    if !annotations.log_entry.is_empty() {
        material = material.with_tlog_entries(vec![log_entry(&annotations.log_entry)?]);
    }
    if !annotations.timestamp.is_empty() {
        let read = serde_json::from_str::<TimestampAnnotation>(&annotations.timestamp);
        let stamp = Rfc3161Timestamp::new(read.map_err(malformed)?.token);
        let data = TimestampVerificationData::new(vec![stamp]);
        material = material.with_timestamp_verification_data(data);
    }
    // Version 0.1 requires a promise.
    let version = match material.tlog_entries.is_empty() {
        true => MediaType::Bundle0_2,
        false => MediaType::Bundle0_1,
    };
    Ok(Bundle::new(version, material, content))
}

fn log_entry(json: &str) -> Result<TransparencyLogEntry, CheckList> {
    let LogAnnotation { promise, payload } = serde_json::from_str(json).map_err(malformed)?;
    let kind: EntryKind = serde_json::from_slice(payload.body.as_bytes()).map_err(malformed)?;
    let kind = match (kind.kind.as_str(), kind.api_version.as_str()) {
        ("hashedrekord", "0.0.1") => KindVersion::HashedRekordV001,
        ("dsse", "0.0.1") => KindVersion::DsseV001,
        ("intoto", "0.0.2") => KindVersion::IntotoV002,
        (kind, version) => {
            let unsupported = SignatureCheckResult::NotChecked(SignatureGap::Unsupported);
            return Err(CheckList::refused(unsupported, format!("entry {kind} {version}")));
        }
    };
    let key = subjects::parse(&format!("sha256:{}", payload.log_id))
        .ok_or_else(|| malformed("the log's ID is not a SHA-256 digest"))?;
    let time = jiff::Timestamp::from_second(payload.integrated_time).map_err(malformed)?;
    let index = LogIndex::new(payload.log_index).map_err(malformed)?;
    let id = LogId::new(LogKeyId::from_bytes(key.as_bytes()));
    let entry = TransparencyLogEntry::new(index, id, kind, payload.body);
    Ok(entry.with_integrated_time(time).with_inclusion_promise(InclusionPromise::new(promise)))
}

fn check_size(content: &[u8], annotations: &CosignAnnotations) -> Result<(), CheckList> {
    let CosignAnnotations { signature, certificate, log_entry, timestamp } = annotations;
    let texts = [signature, certificate, log_entry, timestamp];
    let is_large = texts.iter().any(|text| text.len() > limits::ANNOTATION);
    if is_large || content.len() > limits::DOCUMENT {
        let too_large = SignatureCheckResult::NotChecked(SignatureGap::TooLarge);
        return Err(CheckList::refused(too_large, ""));
    }
    Ok(())
}

fn malformed(error: impl ToString) -> CheckList {
    let malformed = SignatureCheckResult::Fails(SignatureFault::Malformed);
    CheckList::refused(malformed, error)
}
