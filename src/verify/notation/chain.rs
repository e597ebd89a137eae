//! The signer's certificates: their profile, their signatures by one another, and their times.
//!
//! Source: Notary Project, signature-specification.md ("Certificate Requirements") and trust-store-trust-policy.md;
//! RFC 5280.
//!
//! - The chain is in the envelope, whole and in order: nothing is looked for elsewhere. One of its certificates must
//!   be one that the user gave.
//! - As the specification says, only basic constraints, key usage and extended key usage count; other extensions, name
//!   constraints too, are not looked at. A certificate without extended key usage may sign.

use crate::protocol::{SignatureCheckResult, SignatureFault, SignatureGap};
use SignatureFault::{Malformed, Missing, NotTrusted, OutsideValidity, WrongPurpose};
use rustls_pki_types::SignatureVerificationAlgorithm;
use sigstore_verify::crypto::WEBPKI_VERIFICATION_ALGS;
use std::fmt::Display;
use x509_cert::der::asn1::AnyRef;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::{Decode, Encode, Reader, SliceReader};
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage};
use x509_cert::name::Name;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::{Certificate, TbsCertificate};

/// Signatures over SHA-1: RSA, ECDSA.
const SHA1: [ObjectIdentifier; 2] = [
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.5"),
    ObjectIdentifier::new_unwrap("1.2.840.10045.4.1"),
];
/// Parts of names that are written with a word.
const ATTRIBUTES: [(ObjectIdentifier, &str); 6] = [
    (ObjectIdentifier::new_unwrap("2.5.4.3"), "CN"),
    (ObjectIdentifier::new_unwrap("2.5.4.11"), "OU"),
    (ObjectIdentifier::new_unwrap("2.5.4.10"), "O"),
    (ObjectIdentifier::new_unwrap("2.5.4.7"), "L"),
    (ObjectIdentifier::new_unwrap("2.5.4.8"), "ST"),
    (ObjectIdentifier::new_unwrap("2.5.4.6"), "C"),
];
/// Purposes that a signer's certificate must not have: any, TLS server and client, e-mail, timestamps.
const OTHER_PURPOSES: [ObjectIdentifier; 5] = [
    ObjectIdentifier::new_unwrap("2.5.29.37.0"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.4"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8"),
];

/// Why the check of the chain does not hold, with words.
pub type ChainError = (SignatureCheckResult, String);

/// A certificate with the bytes that it was read from.
pub struct ChainCertificate {
    der: Vec<u8>,
    /// What its issuer signed.
    signed: Vec<u8>,
    parsed: Certificate,
}

/// The chain of an envelope.
pub struct SignerChain {
    signer: ChainCertificate,
    /// In order, the root last. Empty: the signer's certificate is signed with its own key.
    authorities: Vec<ChainCertificate>,
}

impl ChainCertificate {
    pub fn read(der: Vec<u8>) -> Result<ChainCertificate, String> {
        let parsed = Certificate::from_der(&der).map_err(|error| error.to_string())?;
        let outer = AnyRef::from_der(&der).map_err(|error| error.to_string())?;
        let mut parts = SliceReader::new(outer.value()).map_err(|error| error.to_string())?;
        let signed = parts.tlv_bytes().map_err(|error| error.to_string())?.to_vec();
        Ok(ChainCertificate { der, signed, parsed })
    }

    fn body(&self) -> &TbsCertificate {
        &self.parsed.tbs_certificate
    }

    fn key(&self) -> &SubjectPublicKeyInfoOwned {
        &self.body().subject_public_key_info
    }

    pub fn subject(&self) -> String {
        written(&self.body().subject)
    }

    /// Whether others may be issued by it, or it by itself.
    pub fn may_be_trusted(&self) -> bool {
        let constraints = self.body().get::<BasicConstraints>();
        let is_authority = constraints.is_ok_and(|found| found.is_some_and(|(_, it)| it.ca));
        is_authority || self.body().issuer == self.body().subject
    }

    fn is_valid_at(&self, time: i64) -> bool {
        let validity = &self.body().validity;
        let seconds = |time: &x509_cert::time::Time| {
            i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
        };
        (seconds(&validity.not_before)..=seconds(&validity.not_after)).contains(&time)
    }

    /// Whether `issuer` issued it.
    fn check_issuer(&self, issuer: &ChainCertificate) -> Result<(), ChainError> {
        let words = |what: &str| format!("{} {what} {}", self.subject(), issuer.subject());
        if self.body().issuer != issuer.body().subject {
            return fails(NotTrusted, words("does not name as its issuer"));
        }
        let algorithm = &self.parsed.signature_algorithm;
        if *algorithm != self.body().signature {
            return fails(Malformed, format!("{} names two algorithms", self.subject()));
        }
        if SHA1.contains(&algorithm.oid) {
            return fails(NotTrusted, format!("{} is signed over SHA-1", self.subject()));
        }
        match self.is_signed_with(issuer.key()) {
            Some(true) => Ok(()),
            Some(false) => fails(NotTrusted, words("is not signed by")),
            None => {
                let unsupported = SignatureCheckResult::NotChecked(SignatureGap::Unsupported);
                Err((unsupported, format!("{}: algorithm {}", self.subject(), algorithm.oid)))
            }
        }
    }

    /// `None`: the algorithm is not supported.
    fn is_signed_with(&self, key: &SubjectPublicKeyInfoOwned) -> Option<bool> {
        let Certificate { signature_algorithm: algorithm, signature, .. } = &self.parsed;
        // A signature is whole bytes: others would be the same one, written otherwise.
        let Some(signature) = signature.as_bytes() else { return Some(false) };
        let (signed_with, of_key) = (content(algorithm)?, content(&key.algorithm)?);
        let is_it = |known: &&&dyn SignatureVerificationAlgorithm| {
            known.signature_alg_id().as_ref() == signed_with
                && known.public_key_alg_id().as_ref() == of_key
        };
        let known = WEBPKI_VERIFICATION_ALGS.iter().find(is_it)?;
        let key = key.subject_public_key.raw_bytes();
        Some(known.verify_signature(key, &self.signed, signature).is_ok())
    }

    /// A signer's profile.
    fn check_signer(&self) -> Result<(), ChainError> {
        let words = |what: &str| format!("{}: {what}", self.subject());
        let constraints = self.extension::<BasicConstraints>()?;
        if constraints.is_some_and(|(_, constraints)| constraints.ca) {
            return fails(WrongPurpose, words("is an authority's"));
        }
        let usage = self.key_usage()?;
        let other = usage.key_encipherment()
            || usage.data_encipherment()
            || usage.key_agreement()
            || usage.key_cert_sign()
            || usage.crl_sign()
            || usage.encipher_only()
            || usage.decipher_only();
        if !usage.digital_signature() || other {
            return fails(WrongPurpose, words("its key usage is not signatures alone"));
        }
        let purposes = self.extension::<ExtendedKeyUsage>()?;
        let purposes = purposes.map(|(_, purposes)| purposes.0).unwrap_or_default();
        match purposes.iter().find(|purpose| OTHER_PURPOSES.contains(purpose)) {
            Some(other) => fails(WrongPurpose, words(&format!("extended key usage {other}"))),
            None => Ok(()),
        }
    }

    /// The profile of an authority with so many authorities below it.
    fn check_authority(&self, below: usize) -> Result<(), ChainError> {
        let words = |what: &str| format!("{}: {what}", self.subject());
        let Some((true, BasicConstraints { ca: true, path_len_constraint: length })) =
            self.extension::<BasicConstraints>()?
        else {
            return fails(WrongPurpose, words("is not an authority's"));
        };
        if length.is_some_and(|length| usize::from(length) < below) {
            return fails(WrongPurpose, words("more authorities are below it than it allows"));
        }
        match self.key_usage()?.key_cert_sign() {
            true => Ok(()),
            false => fails(WrongPurpose, words("its key usage is not certificates")),
        }
    }

    fn key_usage(&self) -> Result<KeyUsage, ChainError> {
        match self.extension::<KeyUsage>()? {
            Some((true, usage)) => Ok(usage),
            Some((false, _)) => {
                fails(WrongPurpose, format!("{}: key usage is not critical", self.subject()))
            }
            None => fails(WrongPurpose, format!("{}: no key usage", self.subject())),
        }
    }

    /// With whether it is critical.
    fn extension<'a, T>(&'a self) -> Result<Option<(bool, T)>, ChainError>
    where
        T: Decode<'a> + x509_cert::der::oid::AssociatedOid,
    {
        self.body().get::<T>().or_else(|error| fails(Malformed, error))
    }
}

impl SignerChain {
    /// Reads the chain of an envelope.
    pub fn read(certificates: Vec<Vec<u8>>) -> Result<SignerChain, ChainError> {
        let mut read = Vec::new();
        for der in certificates {
            read.push(ChainCertificate::read(der).or_else(|error| fails(Malformed, error))?);
        }
        if read.is_empty() {
            return fails(Missing, "no certificate");
        }
        let authorities = read.split_off(1);
        let signer = read.swap_remove(0);
        Ok(SignerChain { signer, authorities })
    }

    /// The key that signs.
    pub fn key(&self) -> &SubjectPublicKeyInfoOwned {
        self.signer.key()
    }

    pub fn signer(&self) -> &ChainCertificate {
        &self.signer
    }

    pub fn root(&self) -> &ChainCertificate {
        self.authorities.last().unwrap_or(&self.signer)
    }

    /// All certificates, the signer's first.
    fn all(&self) -> impl Iterator<Item = &ChainCertificate> {
        std::iter::once(&self.signer).chain(&self.authorities)
    }

    /// Whether each is what its place requires, and signed by the next, the last by itself.
    pub fn check(&self) -> Result<(), ChainError> {
        self.signer.check_signer()?;
        for (below, authority) in self.authorities.iter().enumerate() {
            authority.check_authority(below)?;
        }
        let issuers = self.authorities.iter().chain([self.root()]);
        self.all().zip(issuers).try_for_each(|(issued, issuer)| issued.check_issuer(issuer))
    }

    /// The certificate that is one of these.
    pub fn trusted(&self, authorities: &[ChainCertificate]) -> Option<&ChainCertificate> {
        self.all().find(|it| authorities.iter().any(|authority| authority.der == it.der))
    }

    /// Whether all were valid when it was signed, as the signer says, and are valid now. `has_timestamp`: somebody may
    /// confirm an earlier time, which is not checked.
    pub fn check_times(
        &self,
        signing_time: i64,
        now: i64,
        has_timestamp: bool,
    ) -> Result<(), ChainError> {
        if let Some(outside) = self.all().find(|it| !it.is_valid_at(signing_time)) {
            let words = format!("{} was not valid at the time that it names", outside.subject());
            return fails(OutsideValidity, words);
        }
        let Some(outside) = self.all().find(|it| !it.is_valid_at(now)) else { return Ok(()) };
        let words = format!("{} is not valid now", outside.subject());
        match has_timestamp {
            true => Err((SignatureCheckResult::NotChecked(SignatureGap::EarlierCheck), words)),
            false => fails(SignatureFault::NoTime, words),
        }
    }
}

/// `CN=…,O=…`, the last part first, as RFC 4514 says. The library writes it with the names of all identifiers that there
/// are, which took 80 kB of the module before compression.
fn written(name: &Name) -> String {
    let parts = name.0.iter().rev().flat_map(|part| part.0.iter());
    let written = parts.map(|part| {
        let known = ATTRIBUTES.iter().find(|(oid, _)| *oid == part.oid);
        let attribute = known.map_or_else(|| part.oid.to_string(), |(_, name)| (*name).to_owned());
        let mut text = format!("{attribute}=");
        for character in String::from_utf8_lossy(part.value.value()).chars() {
            if ",+\"\\<>;=".contains(character) {
                text.push('\\');
            }
            text.push(character);
        }
        text
    });
    written.collect::<Vec<_>>().join(",")
}

/// An algorithm as the verifier's library compares it: without tag and length.
fn content(algorithm: &AlgorithmIdentifierOwned) -> Option<Vec<u8>> {
    let der = algorithm.to_der().ok()?;
    Some(AnyRef::from_der(&der).ok()?.value().to_vec())
}

fn fails<T>(fault: SignatureFault, words: impl Display) -> Result<T, ChainError> {
    Err((SignatureCheckResult::Fails(fault), words.to_string()))
}
