//! One document that a manifest names: what kind it is, of what it speaks, and what it claims.

use super::build::BuildClaims;
use super::envelope::{self, Opened};
use super::form::{DocumentForm, is_plain};
use super::statement::Statement;
use crate::base64;
use crate::oci::{CosignAnnotations, Descriptor, Digest};
use crate::problem::Problem;
use crate::vocabulary::ProvenanceKind;
use serde::Deserialize;

/// Bytes of a predicate type, or of a name, that are kept.
const MAX_NAME: usize = 500;
/// Names of subjects that are kept.
const MAX_NAMES: usize = 20;

/// A document as it was read. Everything in it is a claim.
#[derive(Clone, Debug, PartialEq)]
pub struct ProvenanceDocument {
    /// Digest of its blob.
    pub digest: Digest,
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    pub form: DocumentForm,
    pub kind: ProvenanceKind,
    /// What the statement itself says, as a URI. Of a document that is not here, what its manifest says.
    pub predicate_type: Option<String>,
    /// It carries a signature; whether that holds is not said here.
    pub signed: bool,
    pub subject: DocumentSubject,
    /// Names that it gives its subjects.
    pub names: Vec<String>,
    pub build: Option<BuildClaims>,
    pub annotations: CosignAnnotations,
    /// Why it was not read, or not whole.
    pub problem: Option<Problem>,
}

/// A document about an image, and where it was found.
#[derive(Clone, Debug)]
pub struct KnownDocument {
    /// Names it in links and queries.
    pub key: String,
    /// The manifest or index that it is attached to.
    pub about: Digest,
    pub document: ProvenanceDocument,
    /// Names what is signed with all that stands beside it; `None`: nothing is signed, or it is not here.
    pub fingerprint: Option<Digest>,
}

/// The documents about an image.
#[derive(Clone, Debug, Default)]
pub struct KnownDocuments {
    /// In the order in which they were found.
    pub list: Vec<KnownDocument>,
    /// There are more than are read.
    pub cut: bool,
}

/// Of what a document speaks by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DocumentSubject {
    /// It names nothing, or what it names was not read.
    #[default]
    Unnamed,
    /// Digests, `sha256:…`.
    Named(Vec<String>),
}

/// Reads the document that `layer` names. `bytes`: its blob, or why there are none.
pub fn read_document(
    layer: &Descriptor,
    form: DocumentForm,
    bytes: Result<&[u8], Problem>,
) -> ProvenanceDocument {
    let named = ["in-toto.io/predicate-type", "predicateType", "dev.sigstore.bundle.predicateType"];
    let named = named.iter().find_map(|key| layer.annotations.get(*key));
    let named = named.filter(|name| !name.is_empty() && name.len() <= MAX_NAME);
    let mut document = ProvenanceDocument {
        digest: layer.digest.clone(),
        media_type: layer.media_type.chars().take(MAX_NAME).collect(),
        size: layer.bytes(),
        form,
        kind: kind_of(form, named.map(String::as_str), &layer.media_type),
        predicate_type: named.cloned(),
        // Certain of these forms; of the others the bytes tell.
        signed: !matches!(form, DocumentForm::Plain | DocumentForm::Statement),
        subject: DocumentSubject::Unnamed,
        names: Vec::new(),
        build: None,
        annotations: CosignAnnotations::of(&layer.annotations),
        problem: None,
    };
    if form == DocumentForm::SimpleSigning {
        document.signed = !document.annotations.signature.is_empty();
    }
    match bytes {
        Ok(bytes) => {
            document.size = bytes.len() as u64;
            if document.form.may_be_signed() {
                // Annotations are not signed, so they say nothing about a document that can be read.
                document.predicate_type = None;
                document.kind = kind_of(form, None, &layer.media_type);
            }
            document.problem = document.read(bytes).err();
        }
        Err(problem) => document.problem = Some(problem),
    }
    document
}

impl ProvenanceDocument {
    fn read(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        match self.form {
            DocumentForm::Statement | DocumentForm::Bundle => {
                let opened = envelope::open(bytes);
                self.signed |= opened.signed;
                match self.form == DocumentForm::Bundle && !opened.is_wrapped() {
                    true => Err(self.unreadable()),
                    false => self.read_statement(&opened),
                }
            }
            DocumentForm::SimpleSigning => {
                let payload: SimplePayload = parse(bytes)?;
                self.subject = named(payload.critical.image.digest);
                let name = payload.critical.identity.name;
                self.names.extend(name.filter(|name| name.len() <= MAX_NAME));
                Ok(())
            }
            DocumentForm::NotationJws => {
                let envelope: JwsEnvelope = parse(bytes)?;
                let payload = base64::decode_any(&envelope.payload).unwrap_or_default();
                let payload: NotationPayload = parse(&payload)?;
                self.subject = named(payload.target_artifact.digest);
                Ok(())
            }
            // The verifier reads CBOR; an SBOM has a reader of its own.
            DocumentForm::NotationCose | DocumentForm::Plain => Ok(()),
        }
    }

    fn read_statement(&mut self, opened: &Opened<'_>) -> Result<(), Problem> {
        if let Some(message) = &opened.message {
            self.subject = DocumentSubject::Named(vec![message.clone()]);
            self.kind = ProvenanceKind::Cosign;
            return Ok(());
        }
        let statement = Statement::read(&opened.inner).ok_or_else(|| self.unreadable())?;
        let predicate_type: String = statement.predicate_type.chars().take(MAX_NAME).collect();
        self.kind = kind_of(self.form, Some(&predicate_type), &self.media_type);
        self.predicate_type = Some(predicate_type);
        self.build = BuildClaims::read(&statement);
        self.names = statement.names.iter().take(MAX_NAMES).cloned().collect();
        self.names.retain(|name| name.len() <= MAX_NAME);
        if !statement.subjects.is_empty() {
            self.subject = DocumentSubject::Named(statement.subjects);
        }
        Ok(())
    }

    fn unreadable(&self) -> Problem {
        Problem::new("provenance-unreadable", "A document about the image cannot be read.")
            .expected("an in-toto statement, alone or in a signed envelope")
            .found("other data")
            .in_blob(self.digest.as_str())
    }
}

fn named(digest: Option<String>) -> DocumentSubject {
    let digest = digest.filter(|digest| digest.len() <= MAX_NAME);
    digest.map_or(DocumentSubject::Unnamed, |digest| DocumentSubject::Named(vec![digest]))
}

fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        Problem::new("provenance-unreadable", "A document about the image cannot be read.")
            .expected("JSON of its kind")
            .found(error.to_string())
    })
}

/// What a document is, by its form and by what it says.
fn kind_of(form: DocumentForm, predicate: Option<&str>, media_type: &str) -> ProvenanceKind {
    match (form, predicate) {
        (DocumentForm::SimpleSigning, _) => ProvenanceKind::Cosign,
        (DocumentForm::NotationJws | DocumentForm::NotationCose, _) => ProvenanceKind::Notation,
        (_, Some(name)) if super::statement::is_build(name) => ProvenanceKind::Slsa,
        (_, Some(name)) if is_sbom(name) => ProvenanceKind::Sbom,
        // cosign since version 3 signs with such a statement, without more in it.
        (_, Some(name)) if name.starts_with("https://sigstore.dev/cosign/sign/") => {
            ProvenanceKind::Cosign
        }
        (DocumentForm::Plain, None) if is_sbom(media_type) => ProvenanceKind::Sbom,
        _ => ProvenanceKind::Other,
    }
}

fn is_sbom(name: &str) -> bool {
    is_plain(&name.to_ascii_lowercase()) && !name.contains("openvex")
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SimplePayload {
    critical: SimpleCritical,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SimpleCritical {
    identity: SimpleIdentity,
    image: SimpleImage,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SimpleIdentity {
    #[serde(rename = "docker-reference")]
    name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SimpleImage {
    #[serde(rename = "docker-manifest-digest")]
    digest: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct JwsEnvelope {
    payload: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct NotationPayload {
    target_artifact: NotationTarget,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NotationTarget {
    digest: Option<String>,
}
