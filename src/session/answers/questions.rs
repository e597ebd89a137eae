//! Each question of the protocol and the method that answers it.

use crate::problem::Problem;
use crate::protocol::*;
use crate::session::state::Session;
use crate::text::Shown;
use crate::vocabulary::ImagePosition;

impl AnswersQueries for Session {
    fn source(&self, _: Source) -> Result<SourceInfo, Problem> {
        Ok(self.info())
    }

    fn overview(&self, question: Overview) -> Result<OverviewFacts, Problem> {
        self.overview_facts(question.image)
    }

    fn layers(&self, question: Layers) -> Result<LayerTable, Problem> {
        self.layer_table(question.image)
    }

    fn history(&self, question: History) -> Result<Vec<HistoryRow>, Problem> {
        self.history_rows(question.image)
    }

    fn configuration(&self, question: Configuration) -> Result<ConfigurationFacts, Problem> {
        self.configuration_facts(question.image)
    }

    fn dockerfile_lines(&self, question: DockerfileLines) -> Result<DockerfileFacts, Problem> {
        self.dockerfile_facts(question.image)
    }

    fn documents(&self, question: Documents) -> Result<Vec<DocumentLine>, Problem> {
        self.document_lines(question.image)
    }

    fn document(&self, question: Document) -> Result<DocumentContent, Problem> {
        self.document_content(question.image, &question.digest)
    }

    fn tree_rows(&self, question: TreeRows) -> Result<TreePart, Problem> {
        self.tree_part(question.image, question.rows)
    }

    fn next_row(&self, question: NextRow) -> Result<Option<u32>, Problem> {
        self.row_that_begins(&question)
    }

    fn fuzzy_paths(&self, question: FuzzyPaths) -> Result<FuzzyRows, Problem> {
        self.fuzzy_rows(&question)
    }

    fn size_tiles(&self, question: SizeTiles) -> Result<Treemap, Problem> {
        self.treemap(&question)
    }

    fn file_types(&self, question: FileTypes) -> Result<TablePart<FileTypeRow>, Problem> {
        self.file_type_part(&question.table)
    }

    fn file_details(&self, question: FileDetails) -> Result<FileFacts, Problem> {
        self.file_facts(&question)
    }

    fn paths_of_names(&self, question: PathsOfNames) -> Result<NamedPaths, Problem> {
        self.named_paths(&question)
    }

    fn matches(&self, question: Matches) -> Result<TablePart<MatchRow>, Problem> {
        self.match_part(&question.table)
    }

    fn match_counts(&self, question: MatchCounts) -> Result<SearchTotals, Problem> {
        self.search_totals(question.image)
    }

    fn packages(&self, question: Packages) -> Result<TablePart<PackageRow>, Problem> {
        self.package_part(&question.table)
    }

    fn package_counts(&self, question: PackageCounts) -> Result<PackageNumbers, Problem> {
        self.package_numbers(question.image, question.layers)
    }

    fn unowned_files(&self, question: UnownedFiles) -> Result<TablePart<UnownedRow>, Problem> {
        self.unowned_part(&question.table)
    }

    fn sbom_comparison(&self, question: SbomComparison) -> Result<SbomComparisonPart, Problem> {
        self.sbom_comparison_part(&question.table)
    }

    fn package_details(&self, question: PackageDetails) -> Result<PackageFacts, Problem> {
        self.package_facts(question.image, &question.key)
    }

    fn vulnerability_check(&self, question: VulnerabilityCheck) -> Result<CheckFacts, Problem> {
        self.check_facts(question.image)
    }

    fn vulnerabilities(
        &self,
        question: Vulnerabilities,
    ) -> Result<TablePart<VulnerabilityRow>, Problem> {
        self.vulnerability_part(&question.table)
    }

    fn vulnerability_counts(
        &self,
        question: VulnerabilityCounts,
    ) -> Result<VulnerabilityNumbers, Problem> {
        self.vulnerability_numbers(question.image, question.layers)
    }

    fn vulnerability_details(
        &self,
        question: VulnerabilityDetails,
    ) -> Result<VulnerabilityFacts, Problem> {
        self.vulnerability_facts(question.image, &question.key)
    }

    fn comparison(&self, question: Comparison) -> Result<ComparisonFacts, Problem> {
        self.comparison_facts(question.a, question.b, question.without)
    }

    fn differences(&self, question: Differences) -> Result<TablePart<DifferenceRow>, Problem> {
        self.difference_part(&question.table)
    }

    fn waste(&self, question: Waste) -> Result<WasteFacts, Problem> {
        self.waste_facts(question.image, question.layers)
    }

    fn hidden_files(&self, question: HiddenFiles) -> Result<TablePart<WasteRow>, Problem> {
        self.waste_part(&question.table)
    }

    fn duplicate_files(
        &self,
        question: DuplicateFiles,
    ) -> Result<TablePart<DuplicateRow>, Problem> {
        self.duplicate_part(&question.table)
    }

    fn secrets(&self, question: Secrets) -> Result<TablePart<SecretRow>, Problem> {
        self.secret_part(&question.table)
    }

    fn secret_counts(&self, question: SecretCounts) -> Result<SecretNumbers, Problem> {
        self.secret_numbers(question.image, question.layers)
    }

    fn configuration_secrets(
        &self,
        question: ConfigurationSecrets,
    ) -> Result<MaskedValues, Problem> {
        self.masked_values(question.image)
    }

    fn secret_details(&self, question: SecretDetails) -> Result<SecretFacts, Problem> {
        self.secret_facts(question.image, &question.key)
    }

    fn risks(&self, question: Risks) -> Result<TablePart<RiskRow>, Problem> {
        self.risk_part(&question.table)
    }

    fn risk_counts(&self, question: RiskCounts) -> Result<RiskNumbers, Problem> {
        self.risk_numbers(question.image, question.layers)
    }

    fn risk_details(&self, question: RiskDetails) -> Result<RiskFacts, Problem> {
        self.risk_facts(question.image, &question.key)
    }

    fn provenance(&self, question: Provenance) -> Result<TablePart<ProvenanceRow>, Problem> {
        self.provenance_part(&question.table)
    }

    fn given_trust(&self, question: GivenTrust) -> Result<Vec<TrustItem>, Problem> {
        self.image(question.image)?;
        Ok(self.trusted_items())
    }

    fn provenance_details(&self, question: ProvenanceDetails) -> Result<ProvenanceFacts, Problem> {
        self.provenance_facts(question.image, &question.key)
    }

    fn export(&self, question: Export) -> Result<ExportedFile, Problem> {
        self.exported_file(question.image, question.form)
    }
}

impl PerformsActions for Session {
    fn set_tree(&mut self, question: SetTree) -> Result<ShownTree, Problem> {
        self.set_view(question.image, question.spec)
    }

    fn expand(&mut self, question: Expand) -> Result<TreeState, Problem> {
        self.expand_node(&question)
    }

    fn take_part(&mut self, question: TakePart) -> Result<ImagePosition, Problem> {
        self.image_up_to(question.image, question.last)
    }

    fn reveal(&mut self, question: Reveal) -> Result<Revealed, Problem> {
        self.reveal_path(&question)
    }

    fn add_trust(&mut self, question: AddTrust) -> Result<(), Problem> {
        self.trust_also(&question.content)
    }

    fn remove_trust(&mut self, question: RemoveTrust) -> Result<(), Problem> {
        self.trust_no_longer(&question.id);
        Ok(())
    }

    fn set_trust(&mut self, question: SetTrust) -> Result<(), Problem> {
        self.trust_instead(question.trust);
        Ok(())
    }

    fn set_ignore_list(&mut self, question: SetIgnoreList) -> Result<Vec<Shown>, Problem> {
        self.ignore_instead(question.list)
    }
}
