//! Trusted roots: which authorities and logs are believed.
//!
//! Source: the roots that `sigstore-trust-root` contains, which its makers fetched by TUF from Sigstore's public-good
//! instance and from GitHub's. docs/provenance.md has their date, which changes with the library's version: a test
//! compares them.
//!
//! - The user's own root is tried first, then those of the program. A document is judged by the first root that has an
//!   authority of the name that its certificate says it is issued by.

use super::limits;
use crate::protocol::{Trust, UsedRoot};
use sigstore_verify::Verifier;
use sigstore_verify::trust_root::{
    SIGSTORE_GITHUB_TRUSTED_ROOT, SIGSTORE_PRODUCTION_TRUSTED_ROOT, TrustedRoot,
};
use sigstore_verify::types::DerCertificate;
use x509_cert::Certificate;
use x509_cert::der::Decode;

/// A root, ready to verify with.
pub struct Root {
    pub name: UsedRoot,
    pub trusted: TrustedRoot,
    pub verifier: Verifier,
}

impl Root {
    /// `None`: not a root that can be used.
    pub fn read(name: UsedRoot, json: &str) -> Option<Root> {
        let trusted = TrustedRoot::from_json(json).ok()?;
        let verifier = Verifier::new(&trusted).ok()?;
        Some(Root { name, trusted, verifier })
    }

    /// Whether it has an authority of the name that issued the certificate.
    pub fn names_issuer_of(&self, certificate: &DerCertificate) -> bool {
        let Ok(issued) = Certificate::from_der(certificate.as_bytes()) else { return false };
        let issuer = &issued.tbs_certificate.issuer;
        let chains = self.trusted.certificate_authorities.iter().map(|ca| &ca.cert_chain);
        chains.flat_map(|chain| &chain.certificates).any(|authority| {
            let authority = Certificate::from_der(authority.raw_bytes.as_bytes());
            authority.is_ok_and(|authority| authority.tbs_certificate.subject == *issuer)
        })
    }

    /// Whether it names transparency logs.
    pub fn has_logs(&self) -> bool {
        !self.trusted.tlogs.is_empty()
    }

    /// Whether it names logs of certificates.
    pub fn has_certificate_logs(&self) -> bool {
        !self.trusted.ctlogs.is_empty()
    }
}

/// All roots, in the order in which they are tried. None if the user's cannot be read: to be judged by others is not
/// what the user asked for.
pub fn all(trust: &Trust) -> Vec<Root> {
    let own = match trust.own_root.as_deref().map(own) {
        Some(None) => return Vec::new(),
        Some(own) => own,
        None => None,
    };
    let embedded = [
        (UsedRoot::PublicGood, SIGSTORE_PRODUCTION_TRUSTED_ROOT),
        (UsedRoot::GitHub, SIGSTORE_GITHUB_TRUSTED_ROOT),
    ];
    let embedded = embedded.into_iter().filter_map(|(name, json)| Root::read(name, json));
    own.into_iter().chain(embedded).collect()
}

fn own(bytes: &[u8]) -> Option<Root> {
    let json = std::str::from_utf8(bytes).ok().filter(|json| json.len() <= limits::TRUST_FILE)?;
    let root = Root::read(UsedRoot::Own, json)?;
    let is_empty = root.trusted.certificate_authorities.is_empty() && !root.has_logs();
    (!is_empty).then_some(root)
}

/// SHA-256 of the roots that are part of the program, as they were at `ROOTS_AS_OF`. Who updates the library updates
/// these, and the date: the day of the library's release that first has them, or of the TUF metadata where it tells.
#[cfg(test)]
const DIGESTS: [&str; 2] = [
    "6494e21ea73fa7ee769f85f57d5a3e6a08725eae1e38c755fc3517c9e6bc0b66",
    "484cdfe1a7c65479c5ba2a22193d1be90f0020db1997de696ab207434c62fbb7",
];

#[test]
fn the_date_of_the_roots_is_that_of_the_ones_that_the_library_has() {
    use crate::protocol::ROOTS_AS_OF;
    use crate::verify::{provider, subjects::sha256_text};
    provider::install();
    let roots = [SIGSTORE_PRODUCTION_TRUSTED_ROOT, SIGSTORE_GITHUB_TRUSTED_ROOT];
    let digests = roots.map(|root| sha256_text(root.as_bytes()));
    assert_eq!(digests, DIGESTS.map(|hex| format!("sha256:{hex}")), "change ROOTS_AS_OF, too");
    let document = include_str!("../../docs/provenance.md");
    assert_eq!(document.matches(&format!("| {ROOTS_AS_OF} |")).count(), 2);
    let locked = include_str!("../../Cargo.lock");
    let (_, after) = locked.split_once("name = \"sigstore-trust-root\"\nversion = \"").unwrap();
    let version = after.split('"').next().unwrap();
    assert!(document.contains(&format!("`sigstore-trust-root` {version}")), "{version}");
}
