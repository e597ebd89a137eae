//! Queries: questions that read what a session knows. They have no side effects.

use super::ask::{answers, questions};
use super::*;
use crate::selection::LayerSelection;
use crate::vocabulary::{ImagePosition, LeftOut, TileColouring};

questions! {
    Query;

    /// What was opened: its form, its images, and what is not an image.
    Source {} -> SourceInfo;
    /// What the image is, what was checked, and what was found.
    Overview { image: ImagePosition } -> OverviewFacts;
    /// The layer table, empty layers in their place.
    Layers { image: ImagePosition } -> LayerTable;
    /// The rows of `docker image history`, newest first.
    History { image: ImagePosition } -> Vec<HistoryRow>;
    /// How a container of the image starts.
    Configuration { image: ImagePosition } -> ConfigurationFacts;
    /// The Dockerfile, as an attestation has it or rebuilt, and the base image.
    DockerfileLines { image: ImagePosition } -> DockerfileFacts;
    /// The documents that describe the image: index, manifest, configuration, attestations.
    Documents { image: ImagePosition } -> Vec<DocumentLine>;
    /// One of these documents, as a tree of lines and as its exact bytes.
    Document { image: ImagePosition, digest: String } -> DocumentContent;
    /// Visible rows of the file tree, as `SetTree` and `Expand` left it.
    TreeRows { image: ImagePosition, rows: RowRange } -> TreePart;
    /// The first visible row, from a row on and then from the top, whose name begins with a text (letters of either
    /// case).
    NextRow { image: ImagePosition, prefix: String, from: u32 } -> Option<u32>;
    /// Paths of the tree that look like a text, the best first.
    FuzzyPaths { image: ImagePosition, layers: LayerSelection, text: String } -> FuzzyRows;
    /// The treemap of what the tree shows, for so many pixels.
    SizeTiles {
        image: ImagePosition,
        spec: TreeSpec,
        colouring: TileColouring,
        width: u32,
        height: u32,
    } -> Treemap;
    /// Types of the files that the tree shows.
    FileTypes { table: FileTypeTable } -> TablePart<FileTypeRow>;
    /// One path: its state under the selection, and what each layer did to it.
    FileDetails { image: ImagePosition, path: LinkPath, layers: LayerSelection } -> FileFacts;
    /// Where files with these names are in the image up to the selection's last layer.
    PathsOfNames { image: ImagePosition, layers: LayerSelection, names: Vec<String> } -> NamedPaths;
    /// Lines that the image's latest search in contents has found so far, by file.
    Matches { table: MatchTable } -> TablePart<MatchRow>;
    /// How far that search is.
    MatchCounts { image: ImagePosition } -> SearchTotals;
    /// Rows of packages.
    Packages { table: PackageTable } -> TablePart<PackageRow>;
    /// Numbers of packages and of files that no package owns.
    PackageCounts { image: ImagePosition, layers: LayerSelection } -> PackageNumbers;
    /// Files of the final tree that no package owns.
    UnownedFiles { table: UnownedTable } -> TablePart<UnownedRow>;
    /// An attached SBOM compared with what was found.
    SbomComparison { table: SbomTable } -> SbomComparisonPart;
    /// One package, by its row's key.
    PackageDetails { image: ImagePosition, key: String } -> PackageFacts;
    /// What is known about vulnerabilities, and what a check would send.
    VulnerabilityCheck { image: ImagePosition } -> CheckFacts;
    /// Rows of vulnerabilities, as far as they are known.
    Vulnerabilities { table: VulnerabilityTable } -> TablePart<VulnerabilityRow>;
    /// Numbers of vulnerabilities by severity, under a selection of layers.
    VulnerabilityCounts { image: ImagePosition, layers: LayerSelection } -> VulnerabilityNumbers;
    /// One vulnerability, by its row's key.
    VulnerabilityDetails { image: ImagePosition, key: String } -> VulnerabilityFacts;
    /// What differs between two images, without the paths. Both must be ready.
    Comparison { a: ImagePosition, b: ImagePosition, without: LeftOut } -> ComparisonFacts;
    /// Rows of paths that differ between two images.
    Differences { table: DifferenceTable } -> TablePart<DifferenceRow>;
    /// What the image wastes; of what its layers hid, that of a selection.
    Waste { image: ImagePosition, layers: LayerSelection } -> WasteFacts;
    /// Files of layers that the final tree does not show.
    HiddenFiles { table: WasteTable } -> TablePart<WasteRow>;
    /// Files of the final tree that have the same content.
    DuplicateFiles { table: DuplicateTable } -> TablePart<DuplicateRow>;
    /// Rows of secrets.
    Secrets { table: SecretTable } -> TablePart<SecretRow>;
    /// Numbers of secrets under a selection of layers.
    SecretCounts { image: ImagePosition, layers: LayerSelection } -> SecretNumbers;
    /// The values of secrets in the configuration, so that texts of it are shown with these masked.
    ConfigurationSecrets { image: ImagePosition } -> MaskedValues;
    /// One secret, by its row's key. Its value is in no answer.
    SecretDetails { image: ImagePosition, key: String } -> SecretFacts;
    /// Rows of risks.
    Risks { table: RiskTable } -> TablePart<RiskRow>;
    /// Numbers of risks under a selection of layers.
    RiskCounts { image: ImagePosition, layers: LayerSelection } -> RiskNumbers;
    /// One risk, by its row's key.
    RiskDetails { image: ImagePosition, key: String } -> RiskFacts;
    /// Rows of documents that say who built or signed the image.
    Provenance { table: ProvenanceTable } -> TablePart<ProvenanceRow>;
    /// One such document, by its row's key.
    ProvenanceDetails { image: ImagePosition, key: String } -> ProvenanceFacts;
    /// What the user gave to verify signatures with.
    GivenTrust { image: ImagePosition } -> Vec<TrustItem>;
    /// A document made of what was found.
    Export { image: ImagePosition, form: ExportForm } -> ExportedFile;
}

answers! {
    read Query, AnswersQueries, answer_query;

    Source / source -> SourceInfo;
    Overview / overview -> OverviewFacts;
    Layers / layers -> LayerTable;
    History / history -> Vec<HistoryRow>;
    Configuration / configuration -> ConfigurationFacts;
    DockerfileLines / dockerfile_lines -> DockerfileFacts;
    Documents / documents -> Vec<DocumentLine>;
    Document / document -> DocumentContent;
    TreeRows / tree_rows -> TreePart;
    NextRow / next_row -> Option<u32>;
    FuzzyPaths / fuzzy_paths -> FuzzyRows;
    SizeTiles / size_tiles -> Treemap;
    FileTypes / file_types -> TablePart<FileTypeRow>;
    FileDetails / file_details -> FileFacts;
    PathsOfNames / paths_of_names -> NamedPaths;
    Matches / matches -> TablePart<MatchRow>;
    MatchCounts / match_counts -> SearchTotals;
    Packages / packages -> TablePart<PackageRow>;
    PackageCounts / package_counts -> PackageNumbers;
    UnownedFiles / unowned_files -> TablePart<UnownedRow>;
    SbomComparison / sbom_comparison -> SbomComparisonPart;
    PackageDetails / package_details -> PackageFacts;
    VulnerabilityCheck / vulnerability_check -> CheckFacts;
    Vulnerabilities / vulnerabilities -> TablePart<VulnerabilityRow>;
    VulnerabilityCounts / vulnerability_counts -> VulnerabilityNumbers;
    VulnerabilityDetails / vulnerability_details -> VulnerabilityFacts;
    Comparison / comparison -> ComparisonFacts;
    Differences / differences -> TablePart<DifferenceRow>;
    Waste / waste -> WasteFacts;
    HiddenFiles / hidden_files -> TablePart<WasteRow>;
    DuplicateFiles / duplicate_files -> TablePart<DuplicateRow>;
    Secrets / secrets -> TablePart<SecretRow>;
    SecretCounts / secret_counts -> SecretNumbers;
    ConfigurationSecrets / configuration_secrets -> MaskedValues;
    SecretDetails / secret_details -> SecretFacts;
    Risks / risks -> TablePart<RiskRow>;
    RiskCounts / risk_counts -> RiskNumbers;
    RiskDetails / risk_details -> RiskFacts;
    Provenance / provenance -> TablePart<ProvenanceRow>;
    ProvenanceDetails / provenance_details -> ProvenanceFacts;
    GivenTrust / given_trust -> Vec<TrustItem>;
    Export / export -> ExportedFile;
}
