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
    /// The report over one image, or over all images of the source; they are read first. Beside the answer:
    /// JSON as UTF-8 bytes.
    WriteReport { image: Option<ImagePosition> } -> ();
    /// One image as a saved inspection, once it is ready. Beside the answer: the file's bytes.
    SaveInspection { image: ImagePosition } -> ();
    /// Takes in the images of a saved inspection. Beside it: the file. The answer: their positions here.
    AddInspection { name: String } -> Vec<ImagePosition>;
    /// Asks the OSV database at this address about the image's packages, after the user agreed. Cancelled, it
    /// keeps what was found.
    CheckVulnerabilities { image: ImagePosition, endpoint: String } -> ();
    /// Matches the image's packages with files of OSV exports or VEX documents. Beside it: an array of files.
    OpenAdvisories { image: ImagePosition, names: Vec<String> } -> ();
    /// Fetches documents attached to the image in its registry (SBOMs, VEX), once. They are no reason to ask
    /// the user anything, and missing ones are no error.
    FetchAttached { image: ImagePosition } -> ();
    /// A list from a registry, or of the cache.
    FetchList { list: ListKind, filter: String, rows: u32 } -> ListPart;
    /// Empties the cache of what was fetched from registries.
    ClearCache {} -> ();
}
