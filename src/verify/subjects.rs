//! What a document says that it signs, compared with the image that it is attached to.

use super::check_list::CheckList;
use crate::protocol::{SignatureCheck, SignatureFault};
use crate::text::hex;
use sigstore_verify::crypto::sha256;
use sigstore_verify::types::intoto::Statement;
use sigstore_verify::types::{
    Artifact, ArtifactDigest, Bundle, DigestBytes, HashAlgorithm, SignatureContent,
};

/// Digests that are shown of a document that names others.
const SHOWN: usize = 3;

/// What is signed.
pub struct SignedSubject<'a> {
    /// Of what the signature is over: the image where it is signed, else what is signed instead.
    pub digest: Option<ArtifactDigest>,
    /// What has this digest, where it is known: needed by signatures that are not over a digest (Ed25519).
    pub bytes: Option<&'a [u8]>,
    /// The digest of `SignedDocument::subjects` that is signed.
    pub found: Option<String>,
}

impl<'a> SignedSubject<'a> {
    /// What the verifier is given.
    pub fn artifact(&self) -> Option<Artifact<'a>> {
        let bytes = self.bytes.map(Artifact::Blob);
        bytes.or_else(|| self.digest.clone().map(Artifact::Digest))
    }
}

/// The subject of a bundle: an attestation names its own, a plain signature has the digest of what is signed.
/// `subjects`: digests of the image.
pub fn of_bundle(
    bundle: &Bundle,
    subjects: &[String],
    list: &mut CheckList,
) -> SignedSubject<'static> {
    let named = match &bundle.content {
        SignatureContent::DsseEnvelope(envelope) => {
            match serde_json::from_slice::<Statement>(envelope.payload.as_bytes()) {
                Ok(statement) => of_statement(&statement),
                Err(error) => {
                    list.fails(SignatureCheck::Subject, SignatureFault::Malformed, error);
                    Vec::new()
                }
            }
        }
        SignatureContent::MessageSignature(signature) => match &signature.message_digest {
            Some(digest) => {
                let digest = ArtifactDigest::new(digest.algorithm, digest.digest.clone());
                digest.into_iter().collect()
            }
            None => Vec::new(),
        },
        _ => Vec::new(),
    };
    compare(&named, subjects, list)
}

/// The digests that a statement names, in its order.
fn of_statement(statement: &Statement) -> Vec<ArtifactDigest> {
    let digests = statement.subject.iter().map(|subject| &subject.digest);
    let each = digests.flat_map(|digest| {
        let sha256 = digest.sha256.map(ArtifactDigest::from);
        let sha512 = digest.sha512.and_then(|hash| {
            let bytes = DigestBytes::new(hash.as_bytes().to_vec());
            ArtifactDigest::new(HashAlgorithm::Sha2512, bytes).ok()
        });
        [sha256, sha512]
    });
    each.flatten().collect()
}

/// Whether one of the digests that are signed is one of the image's. Without any, nothing is said.
pub fn compare(
    named: &[ArtifactDigest],
    subjects: &[String],
    list: &mut CheckList,
) -> SignedSubject<'static> {
    let images: Vec<_> = subjects.iter().filter_map(|text| Some((text, parse(text)?))).collect();
    let same = images.iter().find(|(_, digest)| named.contains(digest));
    if let Some((text, digest)) = same {
        list.holds(SignatureCheck::Subject);
        let found = Some((*text).clone());
        return SignedSubject { digest: Some(digest.clone()), bytes: None, found };
    }
    if !named.is_empty() {
        let others: Vec<_> = named.iter().take(SHOWN).map(text).collect();
        list.fails(SignatureCheck::Subject, SignatureFault::OtherSubject, others.join(", "));
    }
    SignedSubject { digest: named.first().cloned(), bytes: None, found: None }
}

/// A digest as images write it.
pub fn parse(text: &str) -> Option<ArtifactDigest> {
    let (algorithm, hex) = text.split_once(':')?;
    let algorithm = match algorithm {
        "sha256" => HashAlgorithm::Sha2256,
        "sha384" => HashAlgorithm::Sha2384,
        "sha512" => HashAlgorithm::Sha2512,
        _ => return None,
    };
    let digits = hex.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?;
        let is_hex = pair.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hex.then(|| u8::from_str_radix(pair, 16).ok())?
    });
    let bytes: Vec<u8> = digits.collect::<Option<_>>()?;
    ArtifactDigest::new(algorithm, DigestBytes::new(bytes)).ok()
}

/// The digest of bytes, as images write it.
pub fn sha256_text(bytes: &[u8]) -> String {
    format!("sha256:{}", hex(sha256(bytes).as_bytes()))
}

/// The same the other way round.
fn text(digest: &ArtifactDigest) -> String {
    let algorithm = match digest.algorithm() {
        HashAlgorithm::Sha2256 => "sha256",
        HashAlgorithm::Sha2384 => "sha384",
        HashAlgorithm::Sha2512 => "sha512",
        _ => "other",
    };
    format!("{algorithm}:{}", digest.value().to_hex())
}
