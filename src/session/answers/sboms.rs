//! Attached SBOMs: which there are, and how they differ from what was found.

use super::table_part::{GroupKey, Line, SortKey, TextFilter, part};
use crate::analysis::sbom::AttachedSbom;
use crate::analysis::sbom::compare::{VersionSides, compare};
use crate::problem::Problem;
use crate::protocol::{
    GroupLabel, SbomColumn, SbomComparisonPart, SbomDifference, SbomRow, SbomSummary, SbomTable,
};
use crate::session::found::installed;
use crate::session::jobs::attached::{AttachedContent, AttachedDocument};
use crate::session::state::{OpenImage, Session};
use crate::text::Shown;

impl Session {
    /// An attached SBOM compared with the packages that were found.
    pub(super) fn sbom_comparison_part(
        &self,
        table: &SbomTable,
    ) -> Result<SbomComparisonPart, Problem> {
        let (_, inventory) = self.packages_of(table.image)?;
        let mut sboms = sboms(self.image(table.image)?);
        let Some((document, sbom)) = sboms.find(|(document, _)| sbom_key(document) == table.key)
        else {
            return Err(Problem::new("no-such-sbom", "This image has no such SBOM attached.")
                .found(&table.key));
        };
        let compared = compare(installed(inventory).map(|found| &found.purl[..]), sbom);
        let filter = TextFilter::new(&table.filter);
        let mut lines = Vec::new();
        for (difference, list) in [
            (SbomDifference::OnlyInSbom, &compared.only_claimed),
            (SbomDifference::OnlyFound, &compared.only_found),
            (SbomDifference::OtherVersion, &compared.other_version),
        ] {
            let shown = list.iter().filter(|sides| filter.matches([sides.identity.as_str()]));
            lines.extend(shown.map(|sides| line(table, difference, sides)));
        }
        let label =
            |line: &Line<(SbomDifference, &VersionSides)>| GroupLabel::Difference(line.item.0);
        let label = table.grouped.then_some(&label as _);
        let row =
            |(difference, sides): &(SbomDifference, &VersionSides)| sbom_row(*difference, sides);
        Ok(SbomComparisonPart {
            sbom: attached_sbom(document, sbom),
            same: compared.same as u64,
            without_purl: compared.unnamed as u64,
            table: part(lines, table.sort.reversed, label, table.rows, row),
        })
    }
}

fn line<'a>(
    table: &SbomTable,
    difference: SbomDifference,
    sides: &'a VersionSides,
) -> Line<(SbomDifference, &'a VersionSides)> {
    let rank = difference as u64;
    let sort = match table.sort.by {
        SbomColumn::Difference => SortKey::Number(rank),
        SbomColumn::Package => SortKey::Text(sides.identity.clone()),
    };
    let group = if table.grouped { GroupKey::number(rank) } else { GroupKey::default() };
    Line { item: (difference, sides), sort, group, size: 0 }
}

fn sbom_row(difference: SbomDifference, sides: &VersionSides) -> SbomRow {
    SbomRow {
        package: Shown::new(&sides.identity),
        difference,
        claimed: sides.claimed.iter().map(Shown::new).collect(),
        found: sides.found.iter().map(Shown::new).collect(),
    }
}

/// The SBOMs that are attached to an image.
pub(super) fn attached_sboms(open: &OpenImage) -> Vec<SbomSummary> {
    sboms(open).map(|(document, sbom)| attached_sbom(document, sbom)).collect()
}

fn sboms(open: &OpenImage) -> impl Iterator<Item = (&AttachedDocument, &AttachedSbom)> {
    open.attached.iter().filter_map(|document| match &document.content {
        Ok(AttachedContent::Sbom(sbom)) => Some((document, &**sbom)),
        _ => None,
    })
}

fn attached_sbom(document: &AttachedDocument, sbom: &AttachedSbom) -> SbomSummary {
    SbomSummary {
        key: sbom_key(document),
        digest: document.digest.clone(),
        format: Shown::new(&sbom.format),
        packages: sbom.packages.len() as u64,
        makers: sbom.tools.iter().chain(&sbom.creators).map(Shown::new).collect(),
        created: Shown::new(&sbom.created),
    }
}

/// Enough of a document's digest to tell it from others in a link.
fn sbom_key(document: &AttachedDocument) -> String {
    let (_, hex) = document.digest.split_once(':').unwrap_or(("", &document.digest));
    format!("sbom-{}", hex.chars().take(12).collect::<String>())
}
