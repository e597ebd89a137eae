//! Who built and who signed: the table of documents, one of them, and their numbers.

use super::masked::without_values;
use super::table_part::{GroupKey, Line, SortKey, TextFilter, part};
use crate::analysis::provenance::{BuildClaims, DocumentSubject, KnownDocument};
use crate::problem::Problem;
use crate::protocol::{
    BuildFacts, DocumentScope, MaskedValues, MaterialFacts, ProvenanceColumn, ProvenanceFacts,
    ProvenanceNumbers, ProvenanceRow, ProvenanceTable, RegistrySearch, SignatureOutcome,
    SignatureSigner, SignatureState, SignedContent, TablePart,
};
use crate::session::state::Session;
use crate::text::Shown;
use crate::vocabulary::ImagePosition;

/// Digests of other images that are answered.
const MAX_DIGESTS: usize = 20;

impl Session {
    /// Rows of documents.
    pub(super) fn provenance_part(
        &self,
        table: &ProvenanceTable,
    ) -> Result<TablePart<ProvenanceRow>, Problem> {
        self.image(table.image)?;
        let filter = TextFilter::new(&table.filter);
        let content = self.signed_content(table.image);
        let rows = self.known_documents(table.image).iter();
        let rows = rows.map(|known| self.provenance_row(table.image, known, content));
        let lines = rows.filter(|row| filter.matches(texts(row).iter().map(String::as_str)));
        let lines = lines.map(|row| Line {
            sort: SortKey::Number(match table.sort.by {
                ProvenanceColumn::Signature => row.signature as u64,
                ProvenanceColumn::Kind => row.kind as u64,
                ProvenanceColumn::Scope => rank(&row.scope),
            }),
            group: GroupKey::default(),
            size: 0,
            item: row,
        });
        let row = |row: &ProvenanceRow| row.clone();
        Ok(part(lines.collect(), table.sort.reversed, None, table.rows, row))
    }

    /// One document, by its row's key.
    pub(super) fn provenance_facts(
        &self,
        image: ImagePosition,
        key: &str,
    ) -> Result<ProvenanceFacts, Problem> {
        self.image(image)?;
        let known = self.known_documents(image).iter().find(|known| known.key == key);
        let known = known.ok_or_else(|| {
            Problem::new("no-such-document", "There is no such document about this image.")
                .found(key)
        })?;
        let document = &known.document;
        let masked = self.masked_values(image)?;
        Ok(ProvenanceFacts {
            row: self.provenance_row(image, known, self.signed_content(image)),
            size: document.size,
            names: document.names.iter().map(Shown::new).collect(),
            build: document.build.as_ref().map(|build| build_facts(build, &masked)),
            verdict: self.verdict(known).cloned(),
            problem: document.problem.clone(),
            is_kept: self.documents.find(&document.digest).is_some(),
        })
    }

    /// What the overview says.
    pub(super) fn provenance_numbers(&self, image: ImagePosition) -> ProvenanceNumbers {
        let search = match self.registry {
            Some(_) => self.registry_search(image).clone(),
            None => RegistrySearch::NoRegistry,
        };
        let absent = match search {
            RegistrySearch::NotAsked => 0, // they may be fetched
            _ => u32::try_from(self.absent_manifests(image)).unwrap_or(u32::MAX),
        };
        let mut numbers = ProvenanceNumbers {
            absent,
            search,
            cut: self.has_more_documents(image),
            content: match self.known_documents(image) {
                [] => SignedContent::default(),
                _ => self.signed_content(image),
            },
            ..ProvenanceNumbers::default()
        };
        for known in self.known_documents(image) {
            let row = self.provenance_row(image, known, numbers.content);
            numbers.documents += 1;
            match row.signature {
                SignatureState::Valid => numbers.valid += 1,
                SignatureState::Invalid => numbers.invalid += 1,
                SignatureState::Unchecked => numbers.unchecked += 1,
                SignatureState::Pending => numbers.pending += 1,
                SignatureState::Absent => numbers.absent += 1,
                SignatureState::Unsigned => {}
            }
            let of_another = matches!(row.scope, DocumentScope::Another(_));
            numbers.of_others += u32::from(of_another);
            let is_proven = row.signature == SignatureState::Valid;
            if let Some(signer) = row.signer.filter(|_| is_proven) {
                if numbers.signers.is_empty() {
                    numbers.time = row.time;
                }
                if !numbers.signers.contains(&signer) {
                    numbers.signers.push(signer);
                }
            }
            let tells = known.document.build.as_ref().filter(|_| !of_another);
            let is_better = numbers.builder.is_none() || is_proven && !numbers.is_builder_proven;
            if let (Some(build), true) = (tells, is_better)
                && (build.builder.is_some() || build.repository.is_some())
            {
                numbers.builder = build.builder.as_ref().map(Shown::new);
                numbers.repository = build.repository.as_ref().map(Shown::new);
                numbers.is_builder_proven = is_proven;
            }
        }
        numbers
    }

    fn provenance_row(
        &self,
        image: ImagePosition,
        known: &KnownDocument,
        content: SignedContent,
    ) -> ProvenanceRow {
        let document = &known.document;
        let verdict = self.verdict(known);
        let signature = match (verdict, known.fingerprint.is_some()) {
            _ if !document.signed && document.problem.is_some() => SignatureState::Absent,
            _ if !document.signed => SignatureState::Unsigned,
            (Some(verdict), _) => match verdict.outcome {
                // It is of something else, or of something that is not here to compare.
                SignatureOutcome::Valid if content != SignedContent::Same => {
                    SignatureState::Unchecked
                }
                SignatureOutcome::Valid => SignatureState::Valid,
                SignatureOutcome::Invalid => SignatureState::Invalid,
                SignatureOutcome::Unchecked => SignatureState::Unchecked,
            },
            (None, true) => SignatureState::Pending,
            (None, false) => SignatureState::Absent,
        };
        ProvenanceRow {
            key: known.key.clone(),
            kind: document.kind,
            media_type: Shown::new(&document.media_type),
            predicate_type: document.predicate_type.as_ref().map(Shown::new),
            scope: self.scope(image, known),
            signature,
            signer: verdict.and_then(|verdict| verdict.signer.clone()),
            time: verdict.and_then(|verdict| verdict.time),
            builder: document
                .build
                .as_ref()
                .and_then(|build| build.builder.as_ref())
                .map(Shown::new),
            digest: document.digest.to_string(),
        }
    }

    /// Of what a document speaks. What was verified to be signed tells before what the document says.
    fn scope(&self, image: ImagePosition, known: &KnownDocument) -> DocumentScope {
        let own = self.image(image).map(|open| open.source.manifest_digest.as_ref());
        let is_manifest = |digest: &str| {
            own.as_ref().is_ok_and(|own| own.is_some_and(|own| own.as_str() == digest))
        };
        let signed = self.verdict(known).and_then(|verdict| verdict.subject.as_deref());
        let named = match &known.document.subject {
            DocumentSubject::Named(digests) => &digests[..],
            DocumentSubject::Unnamed => &[],
        };
        if self.is_of_another(image, &known.document) {
            let digests = named.iter().take(MAX_DIGESTS).map(Shown::new);
            return DocumentScope::Another(digests.collect());
        }
        match (signed, named) {
            (Some(digest), _) if is_manifest(digest) => DocumentScope::Manifest,
            (Some(_), _) => DocumentScope::Index,
            (None, []) => DocumentScope::Unnamed { index: !is_manifest(known.about.as_str()) },
            (None, named) if named.iter().any(|digest| is_manifest(digest)) => {
                DocumentScope::Manifest
            }
            (None, _) => DocumentScope::Index,
        }
    }
}

/// The texts that a filter looks at.
fn texts(row: &ProvenanceRow) -> Vec<String> {
    let shown = |text: &Option<Shown>| text.as_ref().map(Shown::to_string).unwrap_or_default();
    let signer = match &row.signer {
        Some(SignatureSigner::Certificate { identity, issuer }) => {
            format!("{} {}", shown(identity), shown(issuer))
        }
        Some(SignatureSigner::Key { fingerprint }) => fingerprint.clone(),
        None => String::new(),
    };
    vec![
        shown(&row.predicate_type),
        row.media_type.to_string(),
        shown(&row.builder),
        signer,
        row.digest.clone(),
    ]
}

fn rank(scope: &DocumentScope) -> u64 {
    match scope {
        DocumentScope::Another(_) => 0,
        DocumentScope::Manifest | DocumentScope::Unnamed { index: false } => 1,
        DocumentScope::Index | DocumentScope::Unnamed { index: true } => 2,
    }
}

/// `masked` are values of secrets, which are never shown here.
fn build_facts(build: &BuildClaims, masked: &MaskedValues) -> BuildFacts {
    let plain = |text: &String| Shown::new(without_values(masked, text));
    let shown = |text: &Option<String>| text.as_ref().map(plain);
    let argument = |(name, value): &(String, String)| (Shown::new(name), plain(value));
    let materials = build.materials.iter().map(|material| MaterialFacts {
        name: plain(&material.name),
        is_image: material.is_image,
        digest: Shown::new(&material.digest),
    });
    BuildFacts {
        builder: shown(&build.builder),
        build_type: shown(&build.build_type),
        repository: shown(&build.repository),
        reference: shown(&build.reference),
        commit: shown(&build.commit),
        configuration: shown(&build.configuration),
        trigger: shown(&build.trigger),
        invocation: shown(&build.invocation),
        arguments: build.arguments.iter().map(argument).collect(),
        materials: materials.collect(),
        cut: build.cut,
        reproducible: build.reproducible,
        started: shown(&build.started),
        finished: shown(&build.finished),
    }
}
