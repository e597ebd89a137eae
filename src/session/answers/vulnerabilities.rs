//! Rows and numbers of vulnerabilities, and the vulnerabilities of a package.

use super::instructions::{LayerCells, layer_instruction};
use super::table_part::{GroupKey, Line, SortKey, TextFilter, part};
use crate::analysis::packages::{FoundPackage, Inventory};
use crate::analysis::vulnerabilities::vulnerability::Vulnerability;
use crate::problem::Problem;
use crate::protocol::{
    GroupLabel, SeverityCell, TablePart, VulnerabilityColumn, VulnerabilityGroup,
    VulnerabilityLink, VulnerabilityNumbers, VulnerabilityRow, VulnerabilityShow,
    VulnerabilityTable,
};
use crate::selection::LayerSelection;
use crate::session::found::installed_by_purl;
use crate::session::state::Session;
use crate::text::Shown;
use crate::vocabulary::{ImagePosition, Severity};

/// A vulnerability and the package that has it.
struct FoundVulnerability<'a> {
    vulnerability: &'a Vulnerability,
    found: &'a FoundPackage,
}

impl FoundVulnerability<'_> {
    fn sort_key(&self, column: VulnerabilityColumn) -> SortKey {
        let vulnerability = self.vulnerability;
        match column {
            VulnerabilityColumn::Severity => SortKey::largest_first(weight(vulnerability)),
            VulnerabilityColumn::Id => SortKey::Text(vulnerability.id.clone()),
            VulnerabilityColumn::Package => {
                SortKey::Text(vulnerability.package.name.to_lowercase())
            }
            VulnerabilityColumn::Fixed => SortKey::Number(vulnerability.fixed.is_empty().into()),
            VulnerabilityColumn::Layer => SortKey::Number(self.found.layer().0.into()),
        }
    }

    fn group_key(&self, group: Option<VulnerabilityGroup>) -> GroupKey {
        let vulnerability = self.vulnerability;
        match group {
            None => GroupKey::default(),
            Some(VulnerabilityGroup::Package) => {
                let package = &vulnerability.package;
                GroupKey::text(format!("{} {}", package.name, package.version))
            }
            Some(VulnerabilityGroup::Advisory) => GroupKey::text(&vulnerability.id),
            Some(VulnerabilityGroup::Severity) => GroupKey::number(vulnerability.severity() as u64),
            Some(VulnerabilityGroup::Layer) => GroupKey::number(self.found.layer().0.into()),
        }
    }

    fn row(&self, cells: &LayerCells) -> VulnerabilityRow {
        let vulnerability = self.vulnerability;
        VulnerabilityRow {
            key: vulnerability_key(vulnerability),
            id: Shown::new(&vulnerability.id),
            severity: severity_cell(vulnerability),
            package: Shown::new(&vulnerability.package.name),
            version: Shown::new(&vulnerability.package.version),
            fixed: vulnerability.fixed.iter().map(Shown::new).collect(),
            layer: cells.cell(self.found.layer()),
            summary: Shown::new(&vulnerability.summary),
            applies: applies(vulnerability),
            uncertain: vulnerability.uncertain,
        }
    }
}

impl Session {
    /// What is known about the vulnerabilities of an image's packages, as far as records are here.
    pub(super) fn vulnerabilities_of(
        &self,
        image: ImagePosition,
    ) -> Result<(&[Vulnerability], &Inventory), Problem> {
        let inventory = self.packages_of(image)?.1;
        Ok((self.image(image)?.check.vulnerabilities(inventory), inventory))
    }

    /// Those of packages that a selection of layers brought.
    fn located(
        &self,
        image: ImagePosition,
        layers: LayerSelection,
    ) -> Result<Vec<FoundVulnerability<'_>>, Problem> {
        let (all, inventory) = self.vulnerabilities_of(image)?;
        let packages = installed_by_purl(inventory);
        let located = all.iter().filter_map(|vulnerability| {
            let found = packages.get(&vulnerability.package.purl[..])?;
            Some(FoundVulnerability { vulnerability, found })
        });
        Ok(located.filter(|one| layers.contains(one.found.layer().number())).collect())
    }

    /// Rows of vulnerabilities.
    pub(super) fn vulnerability_part(
        &self,
        table: &VulnerabilityTable,
    ) -> Result<TablePart<VulnerabilityRow>, Problem> {
        let open = self.image(table.image)?;
        let filter = TextFilter::new(&table.filter);
        let mut lines = Vec::new();
        for located in self.located(table.image, table.layers)? {
            let one = located.vulnerability;
            let aliases = one.aliases.join("\n");
            let texts = [&one.id, &aliases, &one.package.purl, &one.package.name, &one.summary];
            if is_shown(one, &table.show) && filter.matches(texts.map(String::as_str)) {
                let sort = located.sort_key(table.sort.by);
                let group = located.group_key(table.group);
                lines.push(Line { item: located, sort, group, size: 0 });
            }
        }
        let label = |line: &Line<FoundVulnerability<'_>>| {
            let FoundVulnerability { vulnerability, found } = &line.item;
            match table.group {
                None => GroupLabel::None,
                Some(VulnerabilityGroup::Package) => GroupLabel::Package {
                    name: Shown::new(&vulnerability.package.name),
                    version: Shown::new(&vulnerability.package.version),
                },
                Some(VulnerabilityGroup::Advisory) => {
                    GroupLabel::Text(Shown::new(&vulnerability.id))
                }
                Some(VulnerabilityGroup::Severity) => {
                    GroupLabel::Severity(vulnerability.severity())
                }
                Some(VulnerabilityGroup::Layer) => {
                    let instruction = layer_instruction(open, found.layer());
                    GroupLabel::Layer { number: found.layer().number(), instruction }
                }
            }
        };
        let label = table.group.is_some().then_some(&label as _);
        let cells = LayerCells::of(self, table.image);
        let (reversed, rows) = (table.sort.reversed, table.rows);
        Ok(part(lines, reversed, label, rows, |located| located.row(&cells)))
    }

    /// Numbers of vulnerabilities under a selection of layers.
    pub(super) fn vulnerability_numbers(
        &self,
        image: ImagePosition,
        layers: LayerSelection,
    ) -> Result<VulnerabilityNumbers, Problem> {
        let mut numbers = VulnerabilityNumbers::default();
        for FoundVulnerability { vulnerability, .. } in self.located(image, layers)? {
            if !applies(vulnerability) {
                numbers.suppressed += 1;
                continue;
            }
            numbers.counts.add(vulnerability.severity());
            numbers.fixable += u32::from(!vulnerability.fixed.is_empty());
        }
        Ok(numbers)
    }

    /// The vulnerabilities of one package.
    pub(super) fn vulnerability_links(
        &self,
        image: ImagePosition,
        found: &FoundPackage,
    ) -> Result<Vec<VulnerabilityLink>, Problem> {
        let (all, _) = self.vulnerabilities_of(image)?;
        let of_package = all.iter().filter(|one| one.package.purl == found.purl);
        let link = |one: &Vulnerability| VulnerabilityLink {
            key: vulnerability_key(one),
            id: Shown::new(&one.id),
            severity: severity_cell(one),
            applies: applies(one),
        };
        Ok(of_package.map(link).collect())
    }
}

/// Whether a vulnerability is among those that are shown.
fn is_shown(vulnerability: &Vulnerability, show: &[VulnerabilityShow]) -> bool {
    let kind = match (applies(vulnerability), vulnerability.severity()) {
        (false, _) => VulnerabilityShow::Suppressed,
        (true, Severity::Critical) => VulnerabilityShow::Critical,
        (true, Severity::High) => VulnerabilityShow::High,
        (true, Severity::Medium) => VulnerabilityShow::Medium,
        (true, Severity::Low) => VulnerabilityShow::Low,
        (true, Severity::None) => VulnerabilityShow::None,
        (true, Severity::Unrated) => VulnerabilityShow::Unrated,
    };
    let fixable_only = show.contains(&VulnerabilityShow::Fixable);
    let mut kinds = show.iter().filter(|show| **show != VulnerabilityShow::Fixable).peekable();
    let is_of_kind = match kinds.peek() {
        None => kind != VulnerabilityShow::Suppressed,
        Some(_) => kinds.any(|wanted| *wanted == kind),
    };
    is_of_kind && (!fixable_only || !vulnerability.fixed.is_empty())
}

/// Names a vulnerability of a package in links and queries.
pub(super) fn vulnerability_key(vulnerability: &Vulnerability) -> String {
    format!("{} {}", vulnerability.id, vulnerability.package.purl)
}

/// No VEX document says that it does not concern the package.
pub(super) fn applies(vulnerability: &Vulnerability) -> bool {
    vulnerability.suppression().is_none()
}

pub(super) fn severity_cell(vulnerability: &Vulnerability) -> SeverityCell {
    let score = vulnerability.rating.as_ref().and_then(|rating| rating.score);
    SeverityCell {
        severity: vulnerability.severity(),
        score_tenths: score.map(|score| score.tenths()),
    }
}

/// How severe, for sorting: the severity, then the score; without a score, the middle of the severity's
/// scores counts as one. Unrated ones come last.
pub(super) fn weight(vulnerability: &Vulnerability) -> u64 {
    let severity = vulnerability.severity();
    let rank = match severity {
        Severity::Critical => 5,
        Severity::High => 4,
        Severity::Medium => 3,
        Severity::Low => 2,
        Severity::None => 1,
        Severity::Unrated => 0,
    };
    let middle = match severity {
        Severity::Critical => 95,
        Severity::High => 80,
        Severity::Medium => 55,
        Severity::Low => 20,
        Severity::None | Severity::Unrated => 0,
    };
    rank * 1000 + u64::from(severity_cell(vulnerability).score_tenths.unwrap_or(middle))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::analysis::vulnerabilities::vulnerability::{
        AppliedVex, VexDocument, VexOrigin, VexStatus, VexVerdict,
    };

    pub fn vulnerability(fixed: bool, suppressed: bool) -> Vulnerability {
        Vulnerability {
            id: "CVE-1".into(),
            aliases: Vec::new(),
            records: Vec::new(),
            summary: String::new(),
            package: Default::default(),
            fixed: if fixed { vec!["2".into()] } else { Vec::new() },
            rating: None,
            link: String::new(),
            published: String::new(),
            modified: String::new(),
            database: String::new(),
            uncertain: None,
            vex: suppressed.then(|| AppliedVex {
                verdict: VexVerdict {
                    status: VexStatus::NotAffected,
                    justification: String::new(),
                    note: String::new(),
                    source: String::new(),
                },
                document: VexDocument { origin: VexOrigin::Attached, name: String::new() },
            }),
        }
    }

    #[test]
    fn kinds_add_up_and_fixable_restricts() {
        use VulnerabilityShow::{Fixable, High, Suppressed, Unrated};
        for (show, fixed, suppressed, want) in [
            (&[][..], false, false, true),
            (&[], false, true, false),
            (&[Fixable], false, false, false),
            (&[Fixable], true, false, true),
            (&[High], false, false, false),
            (&[High, Unrated], false, false, true),
            (&[Unrated, Fixable], false, false, false),
            (&[Suppressed], false, true, true),
            (&[Suppressed], false, false, false),
            (&[Suppressed, Fixable], false, true, false),
            (&[Suppressed, Fixable], true, true, true),
        ] {
            let one = vulnerability(fixed, suppressed);
            assert_eq!(is_shown(&one, show), want, "{show:?}, {fixed}, {suppressed}");
        }
    }
}
