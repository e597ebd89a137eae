//! Documents made of what was found: bills of materials, SARIF, tables.

use super::packages::licences;
use super::query::Exported;
use super::state::Session;
use super::vulnerabilities::{applies, by_purl};
use crate::analysis::packages::{FoundPackage, Inventory};
use crate::analysis::sbom::{self, Component, SbomDocument};
use crate::analysis::vulnerabilities::sarif::{LocatedVulnerability, sarif};
use crate::analysis::vulnerabilities::table;
use crate::analysis::vulnerabilities::vulnerability::Vulnerability;
use crate::oci::Reference;
use crate::problem::Problem;
use crate::text;
use crate::tree::FileTree;
use crate::vocabulary::LayerPosition;

impl Session {
    /// A document of a form, with the name under which it is to be saved.
    pub(super) fn exported(&mut self, form: &str) -> Result<Exported, Problem> {
        let (ending, media_type, text) = match form {
            "cyclonedx" => {
                let media_type = "application/vnd.cyclonedx+json";
                ("cdx.json", media_type, sbom::cyclonedx::write(&self.bill()?)?)
            }
            "spdx" => ("spdx.json", "application/spdx+json", sbom::spdx::write(&self.bill()?)?),
            "packages" => ("packages.tsv", "text/tab-separated-values", self.package_lines()?),
            "sarif" => ("sarif.json", "application/sarif+json", self.advisories(sarif)?),
            "vulnerabilities" => {
                let media_type = "text/tab-separated-values";
                (
                    "vulnerabilities.tsv",
                    media_type,
                    self.advisories(|found, _| table::table(found))?,
                )
            }
            other => {
                return Err(Problem::new("no-such-form", "There is no export of this form.")
                    .found(text::show(other.as_bytes())));
            }
        };
        let name = format!("{}.{ending}", self.file_name());
        Ok(Exported { name, media_type: media_type.to_owned(), text })
    }

    /// The image's name as a file may have it.
    fn file_name(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
        let name = self.image().tags.first().unwrap_or(&self.name);
        let name: String = name.chars().map(plain).take(100).collect();
        name.trim_matches(['.', '-']).to_owned()
    }

    fn bill(&self) -> Result<SbomDocument<'_>, Problem> {
        let (tree, inventory) = self.found()?;
        let image = self.image();
        let layers = image.layers.iter().enumerate().map(|(at, layer)| {
            let facts = self.layer_facts(at, layer);
            sbom::SbomLayer { diff_id: facts.diff_id, digest: facts.digest }
        });
        let named = |tag: &&String| Reference::parse(tag).is_ok();
        Ok(SbomDocument {
            name: self.name.clone(),
            tags: image.tags.iter().filter(named).cloned().collect(),
            image_id: image.image_id.clone(),
            manifest_digest: image.manifest_digest.clone(),
            platform: image.platform.clone(),
            created: image.config.created.clone(),
            layers: layers.collect(),
            release: inventory.release.clone(),
            components: installed(inventory)
                .map(|found| {
                    let places = places(tree, found)
                        .map(|(path, layer)| sbom::ComponentLocation { path, layer });
                    Component::new(&found.package, inventory.release.as_ref(), places.collect())
                })
                .collect(),
        })
    }

    /// A line of names, then one a package that is installed.
    fn package_lines(&self) -> Result<String, Problem> {
        let (tree, inventory) = self.found()?;
        let mut out = "type\tname\tversion\tpurl\tlicences\tsize\tlayer\tpath\n".to_owned();
        for found in installed(inventory) {
            let package = &found.package;
            let size = found.size.map_or_else(String::new, |size| size.to_string());
            let path = places(tree, found).next().map_or_else(String::new, |(path, _)| path);
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
            // A tab or an end of line would be another field.
            let fields = fields.map(|field| text::show(field.as_bytes()));
            out.push_str(&fields.join("\t"));
            out.push('\n');
        }
        Ok(out)
    }

    /// A document of the findings that apply.
    fn advisories(
        &mut self,
        write: fn(&[LocatedVulnerability<'_>], &str) -> String,
    ) -> Result<String, Problem> {
        let findings = self.vulnerabilities_found()?.0.to_vec();
        let (tree, inventory) = self.found()?;
        let by_purl = by_purl(inventory);
        let of = |finding: &Vulnerability| {
            let found = by_purl.get(&finding.package.purl[..]);
            let places = found.into_iter().flat_map(|found| places(tree, found));
            places.map(|(path, layer)| (path.into_bytes(), layer)).collect::<Vec<_>>()
        };
        let placed: Vec<_> =
            findings.iter().filter(|one| applies(one)).map(|f| (f, of(f))).collect();
        let located: Vec<_> = placed
            .iter()
            .map(|(vulnerability, locations)| LocatedVulnerability { vulnerability, locations })
            .collect();
        let image = self.image().tags.first().unwrap_or(&self.name);
        Ok(write(&located, image))
    }
}

fn installed(inventory: &Inventory) -> impl Iterator<Item = &FoundPackage> {
    let installed = |found: &&FoundPackage| !found.package.declared && !found.removed();
    inventory.packages.iter().filter(installed)
}

/// Paths without a slash before, and indexes of layers, of where a package is.
fn places<'a>(
    tree: &'a FileTree,
    found: &'a FoundPackage,
) -> impl Iterator<Item = (String, LayerPosition)> + 'a {
    let there = found.locations.iter().filter(|place| place.until.is_none());
    there.map(|place| {
        let path = String::from_utf8_lossy(&tree.path(place.node)).into_owned();
        match place.inside.as_str() {
            "" => (path, place.layer),
            inside => (format!("{path}!/{inside}"), place.layer),
        }
    })
}
