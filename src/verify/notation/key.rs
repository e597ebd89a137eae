//! The signature of an envelope: the algorithm that the signer's key requires, and whether the key made it.
//!
//! Source: Notary Project, signature-specification.md ("Algorithm Selection"), with the names of RFC 7518 and the
//! numbers of RFC 9053 and 8230.
//!
//! - The key decides; an envelope that names another algorithm is refused.
//! - P-521 is not supported: its arithmetic took 49 kB of the module before compression.

use crate::verify::rsa;
use sigstore_verify::crypto::{Error, KeyAlgorithm, SigningScheme, VerificationKey};
use sigstore_verify::types::{DerPublicKey, SignatureBytes};
use x509_cert::der::Encode;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

const EC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");

/// How an envelope is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotationAlgorithm {
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
    Es512,
}

use NotationAlgorithm::{Es256, Es384, Es512, Ps256, Ps384, Ps512};

/// With the name in JWS, and the number in COSE.
const NAMES: [(NotationAlgorithm, &str, i64); 6] = [
    (Ps256, "PS256", -37),
    (Ps384, "PS384", -38),
    (Ps512, "PS512", -39),
    (Es256, "ES256", -7),
    (Es384, "ES384", -35),
    (Es512, "ES512", -36),
];

impl NotationAlgorithm {
    pub fn of_jws(name: &str) -> Option<NotationAlgorithm> {
        NAMES.iter().find(|(_, known, _)| *known == name).map(|(algorithm, ..)| *algorithm)
    }

    pub fn of_cose(number: i64) -> Option<NotationAlgorithm> {
        NAMES.iter().find(|(.., known)| *known == number).map(|(algorithm, ..)| *algorithm)
    }

    /// The one that a key signs with; `None`: a kind or a size that Notation does not use.
    pub fn of_key(key: &SubjectPublicKeyInfoOwned) -> Option<NotationAlgorithm> {
        if is_p521(key) {
            return Some(Es512);
        }
        match KeyAlgorithm::from_spki(&DerPublicKey::new(key.to_der().ok()?)).ok()? {
            KeyAlgorithm::EcdsaP256 => Some(Es256),
            KeyAlgorithm::EcdsaP384 => Some(Es384),
            KeyAlgorithm::Rsa => match rsa::bits(key.subject_public_key.raw_bytes())? {
                2048 => Some(Ps256),
                3072 => Some(Ps384),
                4096 => Some(Ps512),
                _ => None,
            },
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(known, ..)| *known == self).map_or("", |(_, name, _)| name)
    }
}

/// Whether the curve is the one that the verifier's library does not know.
fn is_p521(key: &SubjectPublicKeyInfoOwned) -> bool {
    let curve = key.algorithm.parameters.as_ref();
    let curve = curve.and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
    key.algorithm.oid == EC_KEY && curve == Some(P521)
}

/// Whether the key made the signature.
pub fn verify(
    algorithm: NotationAlgorithm,
    key: &SubjectPublicKeyInfoOwned,
    signed: &[u8],
    signature: &[u8],
) -> Result<(), Error> {
    let wrong = || Error::Verification(format!("{} signature invalid", algorithm.name()));
    let (scheme, signature) = match algorithm {
        Ps256 => (SigningScheme::RsaPssSha256, signature.to_vec()),
        Ps384 => (SigningScheme::RsaPssSha384, signature.to_vec()),
        Ps512 => (SigningScheme::RsaPssSha512, signature.to_vec()),
        // Two numbers one after the other here, DER there.
        Es256 => {
            let signature = p256::ecdsa::Signature::from_slice(signature).map_err(|_| wrong())?;
            (SigningScheme::EcdsaP256Sha256, signature.to_der().as_bytes().to_vec())
        }
        Es384 => {
            let signature = p384::ecdsa::Signature::from_slice(signature).map_err(|_| wrong())?;
            (SigningScheme::EcdsaP384Sha384, signature.to_der().as_bytes().to_vec())
        }
        Es512 => return Err(Error::UnsupportedAlgorithm("ECDSA over P-521".to_owned())),
    };
    let key = key.to_der().map_err(|error| Error::InvalidKey(error.to_string()))?;
    let key = VerificationKey::from_spki_with_scheme(&DerPublicKey::new(key), scheme)?;
    key.verify(signed, &SignatureBytes::from_bytes(&signature))
}
