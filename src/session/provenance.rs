//! Documents about who built and who signed an image: read from what the session keeps, and the verdicts on their
//! signatures.
//!
//! - They are found by the manifests that name them: attestations, referrers and cosign's tags, of the image's
//!   manifest and of its index. They are read when they are first needed, and again when others arrive.
//! - A document whose bytes are not what its digest says is not read. The documents' digests were computed when they were
//!   kept.
//! - A verdict belongs to a document with all that was signed beside it, and to what is trusted: both images of an
//!   index may have the same.
//! - What a document claims is proven by a signature only if it was read from the bytes that the verifier says are signed.

use super::signed_content::names;
use super::state::Session;
use crate::analysis::provenance::{
    DocumentForm, DocumentSubject, KnownDocument, KnownDocuments, MAX_READ, ProvenanceDocument,
    form_of, open, read_document,
};
use crate::archive::OtherSource;
use crate::oci::{Descriptor, Digest, ImageManifest, LenientDocument};
use crate::problem::Problem;
use crate::protocol::{
    SignatureOutcome, SignatureVerdict, SignedDocument, SignedForm, SubjectManifest, Trust, to_wire,
};
use crate::text::{byte_count, text_as_utf8};
use crate::vocabulary::{ImagePosition, OtherKind};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

/// Documents about one image that are read, and those of a source that are read to find their images.
const MAX_DOCUMENTS: usize = 100;
/// Documents that one manifest names.
const MAX_OF_MANIFEST: usize = 50;

impl Session {
    /// The documents about an image, in the order in which they were found.
    pub(super) fn known_documents(&self, image: ImagePosition) -> &[KnownDocument] {
        self.provenance(image).map_or(&[], |known| &known.list)
    }

    /// Whether an image has more documents than are read.
    pub(super) fn has_more_documents(&self, image: ImagePosition) -> bool {
        self.provenance(image).is_some_and(|known| known.cut)
    }

    fn provenance(&self, image: ImagePosition) -> Option<&KnownDocuments> {
        let open = self.image(image).ok()?;
        Some(open.provenance.get_or_init(|| self.read_provenance(image)))
    }

    /// Manifests about an image that are named, and whose documents are therefore not known.
    pub(super) fn absent_manifests(&self, image: ImagePosition) -> usize {
        let is_absent = |other: &&OtherSource| {
            let is_here = other.digest.read().is_some_and(|it| self.documents.find(it).is_some());
            let is_named = matches!(other.kind, OtherKind::Absent | OtherKind::Attestation);
            is_named && !is_here && other.documents.is_empty()
        };
        self.others_about(image).filter(is_absent).count()
    }

    /// Documents arrived: what was read is read again when it is needed.
    pub(super) fn forget_provenance(&mut self) {
        for open in &mut self.images {
            (open.provenance, open.build) = Default::default();
        }
    }

    fn read_provenance(&self, image: ImagePosition) -> KnownDocuments {
        let mut known = KnownDocuments::default();
        let subjects = self.signed_subjects(image);
        let mut manifests: Vec<&Digest> = Vec::new();
        for other in self.others_about(image).filter(|other| other.kind != OtherKind::Absent) {
            let (Some(digest), Some(about)) = (other.digest.read(), &other.subject) else {
                continue;
            };
            if manifests.contains(&digest) {
                continue;
            }
            manifests.push(digest);
            let (layers, cut) = self.all_named_documents(other);
            known.cut |= cut;
            for layer in layers {
                let Some(form) = form_of(&layer) else { continue };
                if known.list.len() == MAX_DOCUMENTS {
                    known.cut = true;
                    return known;
                }
                let bytes = self.provenance_bytes(&layer);
                let is_here = bytes.is_ok();
                let document = read_document(&layer, form, bytes);
                let form = signed_form(&document).filter(|_| is_here);
                known.list.push(KnownDocument {
                    key: key(&known.list, &document.digest),
                    about: about.clone(),
                    fingerprint: form.map(|form| fingerprint(&document.digest, &form, &subjects)),
                    document,
                });
            }
        }
        known
    }

    /// The documents that a manifest names, as far as they are read.
    pub(super) fn named_documents(&self, other: &OtherSource) -> Vec<Descriptor> {
        self.all_named_documents(other).0
    }

    /// The documents that a manifest names, with its own annotations for its only one, and whether there are more. Where
    /// the manifest is not kept, what is known about them.
    fn all_named_documents(&self, other: &OtherSource) -> (Vec<Descriptor>, bool) {
        let bytes = other.digest.read().and_then(|digest| self.documents.find(digest));
        let manifest = bytes
            .and_then(|document| ImageManifest::with_faults(&text_as_utf8(&document.bytes)).ok());
        match manifest {
            Some((manifest, _)) => layers(manifest),
            None => {
                let layer = |document: &crate::archive::ArtifactDocument| Descriptor {
                    media_type: document.name.clone(),
                    ..Descriptor::of(document.digest.clone())
                };
                (other.documents.iter().map(layer).collect(), false)
            }
        }
    }

    /// The bytes of a document, if they are here and what their digest says.
    fn provenance_bytes(&self, layer: &Descriptor) -> Result<&[u8], Problem> {
        let Some(document) = self.documents.find(&layer.digest) else {
            let problem =
                Problem::new("provenance-absent", "A document about the image is not here.");
            let problem = problem.in_blob(layer.digest.as_str());
            return Err(match layer.bytes() > MAX_READ {
                true => problem
                    .expected(format!("at most {}", byte_count(MAX_READ)))
                    .found(byte_count(layer.bytes())),
                false => problem,
            });
        };
        if !document.has(&layer.digest) {
            let message = "A document about the image is not what its digest says.";
            return Err(Problem::new("provenance-digest-mismatch", message)
                .expected(layer.digest.as_str())
                .found(document.digest.as_str()));
        }
        Ok(&document.bytes)
    }

    /// The image's manifest and index: one of them must be signed. What is not what its digest says would be shown
    /// under the signature of something else, and so would what the index does not name.
    fn signed_subjects(&self, image: ImagePosition) -> Vec<SubjectManifest> {
        let manifest = self.image(image).ok().and_then(|open| open.source.manifest_digest.as_ref());
        let subject = |digest: &Digest| {
            let document = self.exact(digest)?;
            if Some(digest) != manifest && !names(document, manifest) {
                return None;
            }
            Some(SubjectManifest {
                digest: digest.to_string(),
                size: document.bytes.len() as u64,
                media_type: ManifestType::of(&document.bytes),
            })
        };
        self.manifests(image).iter().filter_map(subject).collect()
    }

    /// Signed documents of an image on which there is no verdict.
    pub fn signatures_to_verify(&self, image: ImagePosition) -> Vec<OpenSignature> {
        let subjects = self.signed_subjects(image);
        let open = self.known_documents(image).iter().filter_map(|known| {
            let fingerprint = known.fingerprint.clone()?;
            if self.verdicts.contains_key(&fingerprint) {
                return None;
            }
            let form = signed_form(&known.document)?;
            let content = self.documents.find(&known.document.digest)?.bytes.clone();
            let document = SignedDocument { form, content, subjects: subjects.clone() };
            Some(OpenSignature { fingerprint, document })
        });
        open.collect()
    }

    /// Takes the verdicts on documents, in their order.
    pub fn take_verdicts(&mut self, open: &[OpenSignature], verdicts: Vec<SignatureVerdict>) {
        for (OpenSignature { fingerprint, document }, mut verdict) in open.iter().zip(verdicts) {
            if verdict.outcome == SignatureOutcome::Valid
                && claims_payload(document).is_some_and(|it| Some(it) != verdict.payload)
            {
                verdict.refuse_form("what it shows is not what is signed");
            }
            self.verdicts.insert(fingerprint.clone(), verdict);
        }
    }

    /// What is trusted beside what is part of the program.
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Trusts something else: all verdicts are void.
    pub fn trust_instead(&mut self, trust: Trust) {
        if trust != self.trust {
            self.trust = trust;
            self.verdicts.clear();
        }
    }

    /// The verdict on a document; `None`: it is not signed, or was not verified.
    pub(super) fn verdict(&self, known: &KnownDocument) -> Option<&SignatureVerdict> {
        self.verdicts.get(known.fingerprint.as_ref()?)
    }

    /// The signed documents about an image that were verified: their digests, and the verdicts. What they say about the
    /// image's contents is `content_faults`.
    pub fn signature_verdicts(&self, image: ImagePosition) -> Vec<(String, &SignatureVerdict)> {
        let known = self.known_documents(image).iter();
        known
            .filter_map(|known| Some((known.document.digest.to_string(), self.verdict(known)?)))
            .collect()
    }

    /// Whether a document names only other images.
    pub(super) fn is_of_another(
        &self,
        image: ImagePosition,
        document: &ProvenanceDocument,
    ) -> bool {
        let DocumentSubject::Named(digests) = &document.subject else { return false };
        let own = self.manifests(image);
        !digests.iter().any(|digest| own.iter().any(|own| own.as_str() == digest))
    }

    /// Which of the images a signature names.
    fn named_image(
        &self,
        layer: &Descriptor,
        form: DocumentForm,
        images: &HashSet<Digest>,
    ) -> Option<Digest> {
        let bytes = self.provenance_bytes(layer).ok()?;
        match read_document(layer, form, Ok(bytes)).subject {
            DocumentSubject::Named(digests) => {
                let mut digests = digests.iter().filter_map(|digest| Digest::parse(digest));
                digests.find(|digest| images.contains(digest))
            }
            DocumentSubject::Unnamed => None,
        }
    }

    /// Signatures without a subject of their own, as `cosign save` writes them, belong to the image that they name.
    pub(super) fn adopt_signatures(&mut self) {
        let sources = self.images.iter().map(|open| &open.source);
        let digests =
            sources.flat_map(|image| image.manifest_digest.iter().chain(&image.index_digest));
        let images: HashSet<Digest> = digests.cloned().collect();
        // A document may be named as often as a layout has room for names: it is read, and hashed, once.
        let mut read: HashMap<(Digest, DocumentForm), Option<Digest>> = HashMap::new();
        let named = |other: &OtherSource| {
            if other.subject.is_some() || other.kind == OtherKind::Absent {
                return None;
            }
            let mut layers = self.named_documents(other).into_iter();
            layers.find_map(|layer| {
                let form = form_of(&layer).filter(|form| form.may_be_signed())?;
                let has_room = read.len() < MAX_DOCUMENTS;
                match read.entry((layer.digest.clone(), form)) {
                    Entry::Occupied(known) => known.get().clone(),
                    Entry::Vacant(place) if has_room => {
                        place.insert(self.named_image(&layer, form, &images)).clone()
                    }
                    Entry::Vacant(_) => None,
                }
            })
        };
        let subjects: Vec<Option<Digest>> = self.others.iter().map(named).collect();
        for (other, subject) in self.others.iter_mut().zip(subjects) {
            other.subject = other.subject.take().or(subject);
        }
    }
}

/// The documents of a manifest, and whether there are more. What its annotations say belongs to its only document.
pub(super) fn layers(manifest: ImageManifest) -> (Vec<Descriptor>, bool) {
    let mut layers = manifest.layers;
    let cut = layers.len() > MAX_OF_MANIFEST;
    layers.truncate(MAX_OF_MANIFEST);
    if let [only] = &mut layers[..] {
        for (key, value) in manifest.annotations {
            only.annotations.entry(key).or_insert(value);
        }
        // Some tools give the type to the manifest alone.
        if form_of(only).is_none() && !manifest.artifact_type.is_empty() {
            let typed = Descriptor { media_type: manifest.artifact_type, ..only.clone() };
            if form_of(&typed).is_some() {
                *only = typed;
            }
        }
    }
    (layers, cut)
}

/// Enough of a document's digest to tell it from others; signatures of several signers have the same payload.
fn key(known: &[KnownDocument], digest: &Digest) -> String {
    let same = known.iter().filter(|known| known.document.digest == *digest).count();
    let short: String = digest.encoded().chars().take(12).collect();
    if same == 0 { short } else { format!("{short}-{}", same + 1) }
}

/// A signed document on which there is no verdict.
#[derive(Clone, Debug)]
pub struct OpenSignature {
    /// Names it with all that is signed beside it.
    pub fingerprint: Digest,
    pub document: SignedDocument,
}

/// What tells the media type of a manifest or an index.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ManifestType {
    media_type: String,
    manifests: Option<IgnoredAny>,
}

impl ManifestType {
    /// What it says itself; OCI's, where it says nothing: only there it may be silent.
    fn of(bytes: &[u8]) -> String {
        let read: ManifestType = serde_json::from_slice(bytes).unwrap_or_default();
        match (read.media_type.is_empty(), read.manifests) {
            (false, _) => read.media_type,
            (true, Some(_)) => "application/vnd.oci.image.index.v1+json".to_owned(),
            (true, None) => "application/vnd.oci.image.manifest.v1+json".to_owned(),
        }
    }
}

fn fingerprint(document: &Digest, form: &SignedForm, subjects: &[SubjectManifest]) -> Digest {
    Digest::of(&to_wire(&(document.as_str(), form, subjects)))
}

/// How a document is verified; `None` if it is not signed.
fn signed_form(document: &ProvenanceDocument) -> Option<SignedForm> {
    if !document.signed {
        return None;
    }
    let annotations = || document.annotations.clone();
    match document.form {
        DocumentForm::Bundle => Some(SignedForm::Bundle),
        DocumentForm::Statement => Some(SignedForm::Envelope(annotations())),
        DocumentForm::SimpleSigning => Some(SignedForm::SimpleSigning(annotations())),
        DocumentForm::NotationJws => Some(SignedForm::NotationJws),
        DocumentForm::NotationCose => Some(SignedForm::NotationCose),
        DocumentForm::Plain => None,
    }
}

/// The digest of the bytes that a document's claims are read from; `None`: it makes none beside its subject.
fn claims_payload(document: &SignedDocument) -> Option<String> {
    let digest = |bytes: &[u8]| Some(Digest::of(bytes).to_string());
    match document.form {
        SignedForm::Bundle | SignedForm::Envelope(_) => {
            let opened = open(&document.content);
            let makes_claims = opened.is_wrapped() && !opened.inner.is_empty();
            makes_claims.then(|| digest(&opened.inner))?
        }
        SignedForm::SimpleSigning(_) => digest(&document.content),
        SignedForm::NotationJws | SignedForm::NotationCose => None,
    }
}

#[test]
fn of_signatures_without_a_subject_few_documents_are_read_each_once() {
    use crate::archive::{ArtifactDocument, ImageSource, NamedDigest, blob_name};
    let mut session = Session::empty("x", Vec::new());
    let image = Digest::of(b"image");
    let source = ImageSource { manifest_digest: Some(image.clone()), ..ImageSource::default() };
    session.images.push(super::state::OpenImage::new(source));
    // The first is named by two hundred manifests, the others by one each.
    for at in (0..200).map(|_| 0).chain(1..=MAX_DOCUMENTS) {
        let critical = serde_json::json!({"image": {"docker-manifest-digest": image.to_string()}});
        let payload = serde_json::json!({"critical": critical, "number": at}).to_string();
        let digest = Digest::of(payload.as_bytes());
        session.documents.keep(&blob_name(&digest), payload.as_bytes());
        let name = "application/vnd.dev.cosign.simplesigning.v1+json".to_owned();
        session.others.push(OtherSource {
            kind: OtherKind::Artifact,
            digest: NamedDigest::Read(Digest::of(format!("manifest of {at}").as_bytes())),
            platform: None,
            names: Vec::new(),
            subject: None,
            artifact_type: String::new(),
            documents: vec![ArtifactDocument { name, digest, blob: None }],
        });
    }
    session.adopt_signatures();
    let adopted = session.others.iter().filter(|other| other.subject.as_ref() == Some(&image));
    assert_eq!(adopted.count(), 200 + MAX_DOCUMENTS - 1, "the last one is not read");
}
