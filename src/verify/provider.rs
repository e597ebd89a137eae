//! The cryptography of the verifier, in Rust alone: hashes and signatures are checked, nothing is signed.
//!
//! Source: `sigstore-crypto`, trait `CryptoProvider`; FIPS 186-5 (ECDSA), RFC 8032 (Ed25519), RFC 8017 (RSA),
//! FIPS 180-4 (SHA-2).
//!
//! - ECDSA over P-256 and P-384, Ed25519, RSA. ML-DSA is answered with "unsupported": nobody signs images with it yet.
//! - The provider belongs to the process: `install` may be called any number of times.

use super::rsa::{self, RsaPadding};
use ed25519_dalek::VerifyingKey as Ed25519Key;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use sha2::{Digest, Sha256, Sha384, Sha512};
use sigstore_verify::crypto::{
    CryptoProvider, Error, HashContext, Result, SigningScheme, install_default_provider,
};
use sigstore_verify::types::HashAlgorithm;

/// Makes this the verifier's cryptography.
pub fn install() {
    // An error says that it is installed already.
    let _ = install_default_provider(&RustProvider);
}

#[derive(Debug)]
struct RustProvider;

struct RunningHash<D>(D);

impl<D: Digest + Send> HashContext for RunningHash<D> {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    fn finalize(self: Box<Self>) -> Vec<u8> {
        self.0.finalize().to_vec()
    }
}

impl CryptoProvider for RustProvider {
    fn hash(&self, algorithm: HashAlgorithm) -> Result<Box<dyn HashContext>> {
        match algorithm {
            HashAlgorithm::Sha2256 => Ok(Box::new(RunningHash(Sha256::new()))),
            HashAlgorithm::Sha2384 => Ok(Box::new(RunningHash(Sha384::new()))),
            HashAlgorithm::Sha2512 => Ok(Box::new(RunningHash(Sha512::new()))),
            other => Err(Error::UnsupportedAlgorithm(other.to_string())),
        }
    }

    fn verify_raw(
        &self,
        scheme: SigningScheme,
        key: &[u8],
        data: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        match (scheme, scheme.hash_algorithm()) {
            (SigningScheme::Ed25519, _) => ed25519(key, data, signature),
            (_, Some(algorithm)) => {
                let mut hash = self.hash(algorithm)?;
                hash.update(data);
                self.verify_prehashed(scheme, key, &hash.finalize(), signature)
            }
            _ => Err(unsupported(scheme)),
        }
    }

    fn verify_prehashed(
        &self,
        scheme: SigningScheme,
        key: &[u8],
        digest: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        let holds = match scheme {
            SigningScheme::EcdsaP256Sha256 | SigningScheme::EcdsaP256Sha384 => {
                p256_holds(key, digest, signature)
            }
            SigningScheme::EcdsaP384Sha256 | SigningScheme::EcdsaP384Sha384 => {
                p384_holds(key, digest, signature)
            }
            other => {
                let (padding, hash) = rsa_parts(other).ok_or_else(|| unsupported(other))?;
                rsa::holds(key, padding, hash, digest, signature)
            }
        };
        holds.ok_or_else(|| wrong(scheme))
    }
}

/// Padding and hash of a scheme with RSA.
fn rsa_parts(scheme: SigningScheme) -> Option<(RsaPadding, HashAlgorithm)> {
    let padding = match scheme {
        SigningScheme::RsaPssSha256 | SigningScheme::RsaPssSha384 | SigningScheme::RsaPssSha512 => {
            RsaPadding::Pss
        }
        SigningScheme::RsaPkcs1Sha256
        | SigningScheme::RsaPkcs1Sha384
        | SigningScheme::RsaPkcs1Sha512 => RsaPadding::Pkcs1,
        _ => return None,
    };
    Some((padding, scheme.hash_algorithm()?))
}

/// `key`: a point in the uncompressed form of SEC 1. `signature`: DER.
fn p256_holds(key: &[u8], digest: &[u8], signature: &[u8]) -> Option<()> {
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(key).ok()?;
    let signature = p256::ecdsa::Signature::from_der(signature).ok()?;
    key.verify_prehash(digest, &signature).ok()
}

/// As `p256_holds`.
fn p384_holds(key: &[u8], digest: &[u8], signature: &[u8]) -> Option<()> {
    let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(key).ok()?;
    let signature = p384::ecdsa::Signature::from_der(signature).ok()?;
    key.verify_prehash(digest, &signature).ok()
}

fn ed25519(key: &[u8], data: &[u8], signature: &[u8]) -> Result<()> {
    let holds = || {
        let key = Ed25519Key::from_bytes(key.try_into().ok()?).ok()?;
        let signature = ed25519_dalek::Signature::from_bytes(signature.try_into().ok()?);
        key.verify_strict(data, &signature).ok()
    };
    holds().ok_or_else(|| wrong(SigningScheme::Ed25519))
}

fn wrong(scheme: SigningScheme) -> Error {
    Error::Verification(format!("{} signature invalid", scheme.name()))
}

fn unsupported(scheme: SigningScheme) -> Error {
    Error::UnsupportedAlgorithm(scheme.name().to_owned())
}
