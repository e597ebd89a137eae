//! RSA: whether a key made a signature, with either padding.
//!
//! Source: RFC 8017 (PKCS #1), sections 8.1 and 8.2; the crate `rsa`. Only public keys are used.

use rsa::sha2::{Sha256, Sha384, Sha512};
use rsa::traits::{PublicKeyParts, SignatureScheme};
use rsa::{BoxedUint, Pkcs1v15Sign, Pss, PublicKey};
use sigstore_verify::types::HashAlgorithm;
use x509_cert::der::asn1::{AnyRef, UintRef};
use x509_cert::der::{Decode, Error};

/// How the hash becomes a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RsaPadding {
    /// RSASSA-PSS, with a salt as long as the hash.
    Pss,
    /// RSASSA-PKCS1-v1_5.
    Pkcs1,
}

/// Whether `key` (DER, RSAPublicKey) made the signature over what has this digest.
pub fn holds(
    key: &[u8],
    padding: RsaPadding,
    hash: HashAlgorithm,
    digest: &[u8],
    signature: &[u8],
) -> Option<()> {
    let key = read(key)?;
    let verified = match (padding, hash) {
        (RsaPadding::Pss, HashAlgorithm::Sha2256) => {
            Pss::<Sha256>::new().verify(&key, digest, signature)
        }
        (RsaPadding::Pss, HashAlgorithm::Sha2384) => {
            Pss::<Sha384>::new().verify(&key, digest, signature)
        }
        (RsaPadding::Pss, HashAlgorithm::Sha2512) => {
            Pss::<Sha512>::new().verify(&key, digest, signature)
        }
        (RsaPadding::Pkcs1, HashAlgorithm::Sha2256) => {
            Pkcs1v15Sign::new::<Sha256>().verify(&key, digest, signature)
        }
        (RsaPadding::Pkcs1, HashAlgorithm::Sha2384) => {
            Pkcs1v15Sign::new::<Sha384>().verify(&key, digest, signature)
        }
        (RsaPadding::Pkcs1, HashAlgorithm::Sha2512) => {
            Pkcs1v15Sign::new::<Sha512>().verify(&key, digest, signature)
        }
        _ => return None,
    };
    verified.ok()
}

/// Bits of a key's modulus.
pub fn bits(key: &[u8]) -> Option<u32> {
    Some(read(key)?.n().bit_width())
}

/// The crate refuses moduli and exponents beyond its limits (8192 and 33 bits).
fn read(key: &[u8]) -> Option<PublicKey> {
    let numbers = AnyRef::from_der(key).ok()?.sequence(|reader| {
        let numbers = (UintRef::decode(reader)?, UintRef::decode(reader)?);
        Ok::<_, Error>(numbers)
    });
    let (modulus, exponent) = numbers.ok()?;
    let number = |number: UintRef<'_>| BoxedUint::from_be_slice_vartime(number.as_bytes());
    PublicKey::new(number(modulus), number(exponent)).ok()
}
