//! Signatures: the signed documents that are verified, what they are verified with, and what each check found.
//!
//! One message to the verifier (`verify/`, a module of its own in the page) has all documents, one answer all verdicts;
//! the session keeps them. docs/provenance.md says what each check is and what no check can know.
//!
//! - What is asked has bytes as they were found; nothing in it is trusted.
//! - An answer says "valid" only if every check that belongs to the document's form was made and holds.

use super::words::link_words;
use crate::oci::CosignAnnotations;
use crate::text::Shown;
use serde::{Deserialize, Serialize};

/// Documents to verify, and what to trust besides the roots that are part of the program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignaturesToVerify {
    pub documents: Vec<SignedDocument>,
    pub trust: Trust,
}

/// What the user gave to verify with. All of it is read as hostile input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Trust {
    /// A trusted root of Sigstore (JSON) that is used before those that are part of the program.
    pub own_root: Option<Vec<u8>>,
    /// Public keys: PEM (SubjectPublicKeyInfo).
    pub public_keys: Vec<Vec<u8>>,
    /// Certificates of authorities, for Notation's signatures: DER.
    pub authorities: Vec<Vec<u8>>,
}

/// One signed document as it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedDocument {
    pub form: SignedForm,
    /// The bundle, the payload, or the envelope, as its blob has it.
    pub content: Vec<u8>,
    /// What it is attached to: the image's manifest, the index that names it, or both. One of them must be signed.
    pub subjects: Vec<SubjectManifest>,
}

/// A manifest or an index that must be signed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectManifest {
    /// `sha256:` and hexadecimal digits.
    pub digest: String,
    /// Bytes.
    pub size: u64,
    pub media_type: String,
}

/// What a signed document's bytes are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignedForm {
    /// A Sigstore bundle of any version: cosign since version 3, GitHub's artifact attestations.
    Bundle,
    /// cosign's payload of "simple signing", with the annotations of its layer (tag `.sig`).
    SimpleSigning(CosignAnnotations),
    /// A DSSE envelope, with the annotations of its layer (tag `.att`).
    Envelope(CosignAnnotations),
    /// Notation's envelope, `application/jose+json`.
    NotationJws,
    /// Notation's envelope, `application/cose`.
    NotationCose,
}

/// What verification found for one document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureVerdict {
    pub outcome: SignatureOutcome,
    /// Who signed. It is a claim of the document until `outcome` is `Valid`.
    pub signer: Option<SignatureSigner>,
    /// When it was signed, as a log or a timestamp authority confirmed; `None` if no such time was verified.
    pub time: Option<SignedTime>,
    /// The trusted root that was used.
    pub root: Option<UsedRoot>,
    /// The digest of `SignedDocument::subjects` that is signed.
    pub subject: Option<String>,
    /// SHA-256 of the bytes that the signature is over, where the document has them: what an envelope contains, or
    /// cosign's payload. What the document claims is proven only if it was read from exactly these.
    pub payload: Option<String>,
    /// What the certificate says about the build, in its order. Claims like `signer`.
    pub claims: Vec<(CertificateClaim, Shown)>,
    /// Each check once, in the order of `SignatureCheck`.
    pub checks: Vec<CheckedSignature>,
}

impl SignatureVerdict {
    /// The document is not what it was verified as: the verdict becomes "invalid".
    pub fn refuse_form(&mut self, words: &str) {
        self.outcome = SignatureOutcome::Invalid;
        let form = self.checks.iter_mut().filter(|entry| entry.check == SignatureCheck::Form);
        for entry in form {
            entry.result = SignatureCheckResult::Fails(SignatureFault::Malformed);
            entry.detail = Shown::new(words);
        }
    }

    /// The verifier ended before it answered.
    pub fn not_run(words: &str) -> SignatureVerdict {
        let check = |check: &SignatureCheck| CheckedSignature {
            check: *check,
            result: SignatureCheckResult::NotChecked(SignatureGap::NotRun),
            detail: Shown::start_of(words, 300),
        };
        let checks = <SignatureCheck as super::LinkWord>::ALL.iter().map(check).collect();
        SignatureVerdict { checks, ..SignatureVerdict::default() }
    }
}

/// What may be said about a signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SignatureOutcome {
    /// All checks of its form were made and hold.
    Valid,
    /// A check fails.
    Invalid,
    /// No check fails, but one that is required could not be made.
    #[default]
    Unchecked,
}

/// Who signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignatureSigner {
    /// The certificate's identity.
    Certificate {
        /// An e-mail address or a URI. `None`: of a kind that is not read.
        identity: Option<Shown>,
        /// Who confirmed the identity (OpenID Connect).
        issuer: Option<Shown>,
    },
    /// A public key that the user gave: `sha256:` and the hexadecimal digest of its SubjectPublicKeyInfo (DER).
    Key { fingerprint: String },
}

/// A time that was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedTime {
    /// Since 1970-01-01, UTC.
    pub seconds: i64,
    pub source: SignedTimeSource,
}

/// Who confirmed a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SignedTimeSource {
    /// The transparency log.
    Log,
    /// A timestamp authority (RFC 3161).
    TimestampAuthority,
}

/// A trusted root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum UsedRoot {
    /// Sigstore's public-good instance.
    PublicGood,
    /// GitHub's instance, for private repositories.
    GitHub,
    /// `Trust::own_root`.
    Own,
    /// One of `Trust::authorities`.
    OwnAuthority,
}

link_words! {
    /// What is checked, in the order in which it is shown. The words are those of the report.
    SignatureCheck {
        /// The document can be read, and has what its form requires.
        Form = "form",
        /// The signature over the payload is the certificate's or the key's.
        Signature = "signature",
        /// What is signed is this image.
        Subject = "subject",
        /// The certificate comes from a trusted authority and was valid at the verified time.
        Chain = "certificate-chain",
        /// A log of certificates confirms the certificate (signed certificate timestamp).
        CertificateLog = "certificate-log",
        /// The entry is in the transparency log: inclusion proof, and a checkpoint that the log signed.
        LogInclusion = "log-inclusion",
        /// The log promised to include the entry (signed entry timestamp).
        LogPromise = "log-promise",
        /// The log's entry is about this signature, this certificate or key, and this payload.
        LogEntry = "log-entry",
        /// Each timestamp (RFC 3161) is of this signature and by a trusted authority.
        Timestamp = "timestamp",
        /// The signer's date until which the signature counts is not past.
        Expiry = "expiry",
    }
}

/// One check, and its result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedSignature {
    pub check: SignatureCheck,
    pub result: SignatureCheckResult,
    /// What the library says, in English; empty: nothing.
    pub detail: Shown,
}

/// The result of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SignatureCheckResult {
    Holds,
    Fails(SignatureFault),
    NotChecked(SignatureGap),
}

link_words! {
    /// Why a check fails. The words are those of the report.
    SignatureFault {
        /// It cannot be read, or contradicts itself.
        Malformed = "malformed",
        /// Something that the form requires is missing.
        Missing = "missing",
        /// The signature is not over these bytes, or not by this certificate or key.
        WrongSignature = "wrong-signature",
        /// Another image, or another payload, is signed.
        OtherSubject = "other-subject",
        /// The certificate does not come from a trusted authority.
        NotTrusted = "not-trusted",
        /// The certificate may not sign this, or that of an authority may not issue it.
        WrongPurpose = "wrong-purpose",
        /// The certificate was not valid at the verified time.
        OutsideValidity = "outside-validity",
        /// The certificate has no valid confirmation of a log that the root names.
        NotLogged = "not-logged",
        /// The log is not one of the root's, or its key was not valid at that time.
        UnknownLog = "unknown-log",
        /// The inclusion proof does not lead to the log's root hash.
        WrongProof = "wrong-proof",
        /// The checkpoint is not signed by the log.
        WrongCheckpoint = "wrong-checkpoint",
        /// The promise is not signed by the log.
        WrongPromise = "wrong-promise",
        /// The log's entry is about another signature, certificate or payload.
        OtherEntry = "other-entry",
        /// The log's time is in the future or outside the certificate's validity.
        WrongTime = "wrong-time",
        /// The timestamp is of other bytes, or not by an authority of the root.
        WrongTimestamp = "wrong-timestamp",
        /// No log and no authority confirms a time, so the certificate's validity cannot be judged.
        NoTime = "no-time",
        /// The signer said until when the signature counts, and that is past.
        Expired = "expired",
        /// It requires to take account of something that is not known here.
        UnknownCritical = "unknown-critical",
    }
}

link_words! {
    /// Why a check was not made. The words are those of the report.
    SignatureGap {
        /// The document has nothing of this kind, and its form does not require it.
        NotThere = "not-there",
        /// The trusted root has no such log or authority.
        NotInRoot = "not-in-root",
        /// Signed with a key: there is no certificate.
        NoCertificate = "no-certificate",
        /// The log promised inclusion and gave no proof.
        PromisedOnly = "promised-only",
        /// The public key that it was signed with was not given.
        NoKey = "no-key",
        /// No authority was given that the certificate could come from.
        NoAuthority = "no-authority",
        /// What the user gave (a root, a key) cannot be read.
        UnusableTrust = "unusable-trust",
        /// An algorithm, or a kind of entry, that is not supported.
        Unsupported = "unsupported",
        /// Larger, or with more parts, than is read.
        TooLarge = "too-large",
        /// An earlier check, which this one needs, fails or was not made.
        EarlierCheck = "earlier-check",
        /// The verifier could not be started, or ended before it answered.
        NotRun = "not-run",
    }
}

impl SignatureGap {
    /// A valid signature of the form may lack it.
    pub fn is_no_lack(self) -> bool {
        use SignatureGap::{NoCertificate, NotInRoot, NotThere, PromisedOnly};
        matches!(self, NotThere | NotInRoot | NoCertificate | PromisedOnly)
    }
}

link_words! {
    /// What Fulcio's certificates say about a build (extensions below 1.3.6.1.4.1.57264.1). The words are those of
    /// the report.
    CertificateClaim {
        /// The workflow that signed, with its reference.
        BuildSigner = "build-signer",
        /// The repository, its commit and its branch or tag.
        SourceRepository = "source-repository",
        SourceCommit = "source-commit",
        SourceRef = "source-ref",
        /// The file that described the build.
        BuildConfiguration = "build-configuration",
        /// What started it, for example `push`.
        Trigger = "trigger",
        /// The run: a URL.
        Run = "run",
        /// `github-hosted`, `self-hosted`.
        Runner = "runner",
        /// Whether the repository was public then.
        Visibility = "visibility",
    }
}
