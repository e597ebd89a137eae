//! Orders: work that may take long. The schedule (`session/schedule`) decides when it is done; each can be
//! cancelled by its request ID.

use super::ask::questions;
use super::*;
use crate::selection::LayerSelection;
use crate::vocabulary::{ImagePosition, LayerNumber};

questions! {
    Order;

    /// Reads the image's layers and builds its tree, before all other background work. Answered at once;
    /// `LayerRead`, `TreeReady` and `Ready` follow for this image. An image that is ready already stays so.
    ShowImage { image: ImagePosition } -> ();
    /// Reads a layer again without the limit that stopped it; without a layer, the whole archive. Answered at
    /// once.
    LiftLimit { image: ImagePosition, layer: Option<LayerNumber> } -> ();
    /// Ends all background work, and the reports and inspections that wait for it. What was read stays; `ShowImage`
    /// begins again. Answered at once.
    CancelWork {} -> ();
    /// Bytes of a file. Beside the answer: the bytes.
    ReadContent {
        image: ImagePosition,
        path: LinkPath,
        layers: LayerSelection,
        /// First byte wanted.
        offset: u64,
        /// At most so many bytes.
        length: u64,
    } -> ContentInfo;
    /// Searches contents of files. Answered when it has ended; `Matches` answers meanwhile too. Cancelled, it keeps
    /// what was found. A second search of an image takes the place of the first.
    SearchContents { image: ImagePosition, spec: SearchSpec } -> ();
    /// Compares a file's content under a selection with another content, line by line. `before`: that content, which
    /// may be of another layer, image or source; `MAX_COMPARED_CONTENT` holds for both.
    CompareContent {
        image: ImagePosition,
        path: LinkPath,
        layers: LayerSelection,
        before: Vec<u8>,
    } -> ContentComparison;
    /// SHA-256 of a whole file. It streams in a worker and is never held.
    ComputeDigest { image: ImagePosition, path: LinkPath, layers: LayerSelection } -> ContentDigest;
    /// What a file of a known format holds, in outline. Its beginning decides whether more of it is read.
    OutlineFile { image: ImagePosition, path: LinkPath, layers: LayerSelection } -> FileOutline;
    /// What archives within a file hold: the members of one, and what is known about it.
    ListMembers { of: MemberAddress } -> MemberList;
    /// Bytes of a member. Beside the answer: the bytes.
    ReadMember { of: MemberAddress, offset: u64, length: u64 } -> ContentInfo;
    /// `OutlineFile` of a member.
    OutlineMember { of: MemberAddress } -> FileOutline;
    /// `ComputeDigest` of a member.
    DigestMember { of: MemberAddress } -> ContentDigest;
    /// The report over one image, or over all images of the source; they are read first. Beside the answer:
    /// JSON as UTF-8 bytes.
    WriteReport { image: Option<ImagePosition> } -> ();
    /// One image as a saved inspection, once it is ready. Beside the answer: the file's bytes.
    SaveInspection { image: ImagePosition } -> ();
    /// Takes a part of an image out; layers that are missing are read first. Beside the answer: the file that was
    /// made, which lives as long as the session.
    Extract { image: ImagePosition, part: ExtractedPart } -> ExtractionNotes;
    /// Takes in the images of a saved inspection. Beside it: the file. The answer: their positions here.
    AddInspection { name: String } -> Vec<ImagePosition>;
    /// Asks the OSV database at this address about the image's packages, after the user agreed. Cancelled, it
    /// keeps what was found.
    CheckVulnerabilities { image: ImagePosition, endpoint: String } -> ();
    /// Asks deps.dev at this address which published images begin with the image's layers, after the user agreed.
    LookUpBase { image: ImagePosition, endpoint: String } -> ();
    /// Matches the image's packages with files of OSV exports or VEX documents. Beside it: an array of files.
    OpenAdvisories { image: ImagePosition, names: Vec<String> } -> ();
    /// Fetches documents about the image from its registry, once. They are no reason to ask the user anything, and
    /// missing ones are no error.
    FetchAttached { image: ImagePosition, wish: AttachedWish } -> ();
    /// Verifies the signatures of the image's documents that were not verified yet. What fails is in the verdicts; an
    /// error means that the verifier could not be started.
    VerifySignatures { image: ImagePosition } -> ();
    /// A list from a registry, or of the cache.
    FetchList { list: ListKind, filter: String, rows: u32 } -> ListPart;
    /// Empties the cache of what was fetched from registries.
    ClearCache {} -> ();
}
