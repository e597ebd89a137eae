//! Temporary: until the typed answers land.
use super::Session;
use crate::problem::Problem;
use crate::protocol::*;

fn no<T>() -> Result<T, Problem> {
    Err(Problem::new("shim", "Not answered yet."))
}

impl AnswersQueries for Session {
    fn source(&self, _: Source) -> Result<SourceInfo, Problem> {
        let info = self.info();
        Ok(SourceInfo {
            images: info
                .images
                .iter()
                .enumerate()
                .map(|(at, image)| ImageLine {
                    image: crate::vocabulary::ImagePosition(at as u32),
                    image_id: image.image_id.clone(),
                    ..ImageLine::default()
                })
                .collect(),
            ..SourceInfo::default()
        })
    }
    fn overview(&self, _: Overview) -> Result<OverviewFacts, Problem> {
        no()
    }
    fn layers(&self, _: Layers) -> Result<LayerTable, Problem> {
        no()
    }
    fn history(&self, _: History) -> Result<Vec<HistoryRow>, Problem> {
        no()
    }
    fn configuration(&self, _: Configuration) -> Result<ConfigurationFacts, Problem> {
        no()
    }
    fn documents(&self, _: Documents) -> Result<Vec<DocumentLine>, Problem> {
        no()
    }
    fn document(&self, _: Document) -> Result<DocumentContent, Problem> {
        no()
    }
    fn tree_rows(&self, _: TreeRows) -> Result<TreePart, Problem> {
        no()
    }
    fn file_details(&self, _: FileDetails) -> Result<FileFacts, Problem> {
        no()
    }
    fn packages(&self, _: Packages) -> Result<TablePart<PackageRow>, Problem> {
        no()
    }
    fn package_counts(&self, _: PackageCounts) -> Result<PackageNumbers, Problem> {
        no()
    }
    fn unowned_files(&self, _: UnownedFiles) -> Result<TablePart<UnownedRow>, Problem> {
        no()
    }
    fn sbom_comparison(&self, _: SbomComparison) -> Result<SbomComparisonPart, Problem> {
        no()
    }
    fn package_details(&self, _: PackageDetails) -> Result<PackageFacts, Problem> {
        no()
    }
    fn vulnerability_check(&self, _: VulnerabilityCheck) -> Result<CheckFacts, Problem> {
        no()
    }
    fn vulnerabilities(&self, _: Vulnerabilities) -> Result<TablePart<VulnerabilityRow>, Problem> {
        no()
    }
    fn vulnerability_counts(
        &self,
        _: VulnerabilityCounts,
    ) -> Result<VulnerabilityNumbers, Problem> {
        no()
    }
    fn vulnerability_details(
        &self,
        _: VulnerabilityDetails,
    ) -> Result<VulnerabilityFacts, Problem> {
        no()
    }
    fn export(&self, _: Export) -> Result<ExportedFile, Problem> {
        no()
    }
}

impl PerformsActions for Session {
    fn set_tree(&mut self, _: SetTree) -> Result<TreeState, Problem> {
        no()
    }
    fn expand(&mut self, _: Expand) -> Result<TreeState, Problem> {
        no()
    }
    fn reveal(&mut self, _: Reveal) -> Result<Revealed, Problem> {
        no()
    }
}
