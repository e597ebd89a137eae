//! The report of an opened source: what is known about its images and layers, as `report.rs` writes it.

use crate::analysis::efficiency::efficiency;
use crate::analysis::waste::waste;
use crate::oci::Digest;
use crate::problem::Problem;
use crate::report;
use crate::session::state::{BuiltImage, OpenImage, Session};
use crate::tree;
use crate::vocabulary::ImagePosition;

impl Session {
    /// The report over the source's images, or over one image, as JSON. The results of all `report_jobs` and
    /// `late_report_jobs` must be in.
    pub fn report(&self, only: Option<ImagePosition>) -> Result<String, Problem> {
        let mut images = Vec::new();
        for (image, open) in self.positions().zip(&self.images) {
            if only.map_or(!open.taken_in, |only| only == image) {
                images.push(self.image_report(image, open));
            }
        }
        let in_registry = self.registry.as_ref().and_then(|info| Digest::parse(&info.digest));
        let formats: Vec<&str> = self.formats.iter().map(|format| format.name()).collect();
        let source = report::ReportSource {
            kind: match (&self.registry, self.folder) {
                (Some(_), _) => "registry",
                (None, true) => "directory",
                (None, false) => "file",
            },
            format: formats.join("+"),
            name: self.name.clone(),
            size: self.size(),
            digest: in_registry.or_else(|| self.source_digest.clone()),
            compression: self.compression.name(),
        };
        report::whole(source, images, &self.others, &self.warnings)
    }

    /// An image that is not built is merged for the report alone.
    fn image_report(&self, image: ImagePosition, open: &OpenImage) -> report::ImageReport {
        let (source, layers) = (&open.source, self.layer_summaries(open));
        let provenance = self.provenance_report(image);
        if let Some(BuiltImage {
            tree,
            efficiency: Some(efficiency),
            waste: Some(waste),
            inventory: Some(inventory),
            secrets: Some(secrets),
            risks: Some(risks),
            ..
        }) = open.built.as_ref().filter(|_| !open.outdated)
        {
            let build = self.build_of(image, open, inventory.release.as_ref());
            let findings = (inventory, secrets, risks);
            let figures = (efficiency, waste);
            return report::image(source, &layers, tree, figures, findings, &build, provenance);
        }
        let tree = tree::merge(self.indexes(source));
        let inventory = self.inventory(open, &tree);
        let secrets = self.secret_findings(source, &tree, &inventory);
        let risks = self.risk_findings(source, &tree, &inventory);
        let (efficiency, waste) = (efficiency(tree.layers()), waste(&tree, &self.makers(image)));
        let build = self.build_of(image, open, inventory.release.as_ref());
        let findings = (&inventory, &secrets, &risks);
        let figures = (&efficiency, &waste);
        report::image(source, &layers, &tree, figures, findings, &build, provenance)
    }
}
