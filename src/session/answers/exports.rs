//! Documents made of what was found: SBOMs, SARIF, tables of tab-separated values.

use super::breaches::{risk_gaps, secret_gaps};
use crate::analysis::packages::FoundPackage;
use crate::analysis::risks::{risk_sarif, risk_table};
use crate::analysis::sbom::{self, Component, ComponentLocation, SbomDocument, SbomLayer};
use crate::analysis::secrets::{secret_sarif, secret_table};
use crate::analysis::vulnerabilities::sarif::{LocatedVulnerability, sarif};
use crate::analysis::vulnerabilities::table;
use crate::oci::Reference;
use crate::problem::Problem;
use crate::protocol::{ExportForm, ExportedFile};
use crate::session::found::{installed, installed_by_purl, licences};
use crate::session::state::Session;
use crate::text;
use crate::tree::FileTree;
use crate::vocabulary::{ImagePosition, LayerPosition};

/// Characters of a file's name before its ending.
const MAX_NAME: usize = 100;

impl Session {
    /// A document in a form, with a name to save it under.
    pub(super) fn exported_file(
        &self,
        image: ImagePosition,
        form: ExportForm,
    ) -> Result<ExportedFile, Problem> {
        const TABLE: &str = "text/tab-separated-values";
        const SARIF: &str = "application/sarif+json";
        let (ending, media_type, text) = match form {
            ExportForm::CycloneDx => {
                let text = sbom::cyclonedx::write(&self.sbom_document(image)?)?;
                ("cdx.json", "application/vnd.cyclonedx+json", text)
            }
            ExportForm::Spdx => {
                let text = sbom::spdx::write(&self.sbom_document(image)?)?;
                ("spdx.json", "application/spdx+json", text)
            }
            ExportForm::PackageTable => ("packages.tsv", TABLE, self.package_lines(image)?),
            ExportForm::Sarif => {
                let text = self.vulnerability_document(image, sarif)?;
                ("sarif.json", SARIF, text)
            }
            ExportForm::VulnerabilityTable => {
                let text = self.vulnerability_document(image, |found, _, _| table::table(found))?;
                let text = text + &gap_line(self.packages_of(image)?.1.gaps());
                ("vulnerabilities.tsv", TABLE, text)
            }
            ExportForm::SecretSarif => ("secrets.sarif.json", SARIF, self.secret_document(image)?),
            ExportForm::SecretTable => ("secrets.tsv", TABLE, self.secret_lines(image)?),
            ExportForm::RiskSarif => ("risks.sarif.json", SARIF, self.risk_document(image)?),
            ExportForm::RiskTable => ("risks.tsv", TABLE, self.risk_lines(image)?),
        };
        let name = format!("{}.{ending}", file_name(self.image_name(image)?));
        Ok(ExportedFile { name, media_type: media_type.to_owned(), text })
    }

    /// The image's first name, else the source's.
    fn image_name(&self, image: ImagePosition) -> Result<&str, Problem> {
        Ok(self.image(image)?.source.tags.first().unwrap_or(&self.name))
    }

    fn sbom_document(&self, image: ImagePosition) -> Result<SbomDocument<'_>, Problem> {
        let (tree, inventory) = self.packages_of(image)?;
        let open = self.image(image)?;
        let source = &open.source;
        let layers = self.layer_summaries(open).into_iter();
        let release = inventory.release.as_ref();
        let component = |found| {
            let locations =
                locations(tree, found).map(|(path, layer)| ComponentLocation { path, layer });
            Component::new(&found.package, release, locations.collect())
        };
        Ok(SbomDocument {
            name: self.name.clone(),
            tags: source.tags.iter().filter(|tag| Reference::parse(tag).is_ok()).cloned().collect(),
            image_id: source.image_id.clone(),
            manifest_digest: source.manifest_digest.clone(),
            platform: source.platform.clone(),
            created: source.config.created.clone(),
            layers: layers
                .map(|layer| SbomLayer { diff_id: layer.diff_id, digest: layer.digest })
                .collect(),
            release: inventory.release.clone(),
            components: installed(inventory).map(component).collect(),
            gaps: inventory.gaps(),
        })
    }

    /// A line of names, then one for each installed package.
    fn package_lines(&self, image: ImagePosition) -> Result<String, Problem> {
        let (tree, inventory) = self.packages_of(image)?;
        let mut out = "type\tname\tversion\tpurl\tlicences\tsize\tlayer\tpath\n".to_owned();
        for found in installed(inventory) {
            let package = &found.package;
            let size = found.size.map_or_else(String::new, |size| size.to_string());
            let path = locations(tree, found).next().map_or_else(String::new, |(path, _)| path);
            let fields = [
                &package.kind,
                &package.name,
                &package.version,
                &found.purl,
                &licences(found),
                &size,
                &found.layer().number().to_string(),
                &format!("/{path}"),
            ];
            out.push_str(&fields.map(|field| text::spreadsheet_cell(field)).join("\t"));
            out.push('\n');
        }
        out.push_str(&gap_line(inventory.gaps()));
        Ok(out)
    }

    fn secret_document(&self, image: ImagePosition) -> Result<String, Problem> {
        let (inventory, secrets) = self.secrets_of(image)?;
        let gaps = secret_gaps(inventory, secrets);
        Ok(secret_sarif(&secrets.findings, self.image_name(image)?, &gaps, &self.ignored.list))
    }

    fn secret_lines(&self, image: ImagePosition) -> Result<String, Problem> {
        let (inventory, secrets) = self.secrets_of(image)?;
        let gaps = secret_gaps(inventory, secrets);
        Ok(secret_table(&secrets.findings, &self.ignored.list) + &gap_line(gaps))
    }

    fn risk_document(&self, image: ImagePosition) -> Result<String, Problem> {
        let (risks, inventory, secrets) = self.risks_of(image)?;
        let gaps = risk_gaps(inventory, secrets, risks);
        Ok(risk_sarif(&risks.risks, self.image_name(image)?, &gaps, &self.ignored.list))
    }

    fn risk_lines(&self, image: ImagePosition) -> Result<String, Problem> {
        let (risks, inventory, secrets) = self.risks_of(image)?;
        let gaps = risk_gaps(inventory, secrets, risks);
        Ok(risk_table(&risks.risks, &self.ignored.list) + &gap_line(gaps))
    }

    /// A document of the vulnerabilities, those that VEX documents suppress included: it says so of each.
    fn vulnerability_document(
        &self,
        image: ImagePosition,
        write: fn(&[LocatedVulnerability<'_>], &str, &str) -> String,
    ) -> Result<String, Problem> {
        let (vulnerabilities, inventory) = self.vulnerabilities_of(image)?;
        let (tree, _) = self.packages_of(image)?;
        let packages = installed_by_purl(inventory);
        let of = |purl: &str| {
            let found = packages.get(purl).into_iter();
            let places = found.flat_map(|found| locations(tree, found));
            places.map(|(path, layer)| (path.into_bytes(), layer)).collect::<Vec<_>>()
        };
        let placed: Vec<_> =
            vulnerabilities.iter().map(|one| (one, of(&one.package.purl))).collect();
        let located: Vec<_> = placed
            .iter()
            .map(|(vulnerability, locations)| LocatedVulnerability { vulnerability, locations })
            .collect();
        Ok(write(&located, self.image_name(image)?, &inventory.gaps()))
    }
}

/// The last line of a table of an image that was not read completely; else empty.
fn gap_line(gaps: String) -> String {
    match gaps.is_empty() {
        true => gaps,
        false => format!("# {gaps}\n"),
    }
}

/// Safe as a file's name on every system.
fn file_name(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let name: String = name.chars().map(plain).take(MAX_NAME).collect();
    match name.trim_matches(['.', '-']) {
        "" => "image".to_owned(),
        name => name.to_owned(),
    }
}

/// Paths, without a leading slash, and layers of where a package is in the final tree.
fn locations<'a>(
    tree: &'a FileTree,
    found: &'a FoundPackage,
) -> impl Iterator<Item = (String, LayerPosition)> + 'a {
    let current = found.locations.iter().filter(|place| place.until.is_none());
    current.map(|place| {
        let path = String::from_utf8_lossy(&tree.path(place.node)).into_owned();
        match &*place.inside {
            "" => (path, place.layer),
            inside => (format!("{path}!/{inside}"), place.layer),
        }
    })
}

#[test]
fn names_of_files_are_safe() {
    for (name, want) in [
        ("registry.example:5000/team/app:1.0", "registry.example-5000-team-app-1.0"),
        ("../../etc/passwd", "etc-passwd"),
        ("…", "image"),
    ] {
        assert_eq!(file_name(name), want);
    }
}
