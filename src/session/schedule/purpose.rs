//! What results are for, and so which part gets them.

use super::ids::{FileNumber, OperationId, TransferId};
use crate::protocol::{ExtractionNotes, RequestId};
use crate::session::jobs::Work;

/// What an HTTP request is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallPurpose {
    /// A step of an operation of the registry protocol. `streams`: a body that is a success is streamed.
    Operation { operation: OperationId, streams: bool },
    /// The bytes of a transfer.
    Stream(TransferId),
    /// An archive on the web; once its headers are here, its bytes are a stream.
    Archive(TransferId),
    /// Which advisories there are of packages.
    Advisories(RequestId),
    /// One advisory, by its ID.
    Advisory(RequestId, String),
    /// Which published images begin with an image's layers.
    PublishedImages(RequestId),
}

/// What an operation of the registry protocol is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OperationPurpose {
    /// The image that a session opens.
    Image,
    /// The same, from the cache of an earlier visit.
    CachedImage,
    /// Tables of contents beside the image.
    Tables,
    /// Documents attached to an image.
    Documents(RequestId),
    /// A list.
    List(RequestId),
    /// The headers of a transfer.
    Stream(TransferId),
}

/// What a lookup in the cache is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CachePurpose {
    /// Which routes to hosts worked.
    Routes,
    /// A document that an operation needs.
    Operation(OperationId),
    /// The digest that a tag named.
    Tag,
    /// Whether the cache has what a reference names.
    CachedImage,
    /// What is known about the layers of the image.
    Layers,
    /// Which advisories there are of packages.
    Advisories(RequestId),
    /// One advisory, by its ID.
    Advisory(RequestId, String),
    /// A document attached to an image.
    Document(RequestId),
    /// What the cache holds.
    Numbers(RequestId),
    /// That the cache is empty.
    Cleared(RequestId),
}

/// What a transfer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferPurpose {
    /// A layer's blob, which becomes this file.
    Layer(FileNumber),
    /// The archive that the session opens.
    Archive,
    /// The table of contents of the layer whose blob is this file.
    Table(FileNumber),
    /// One file of a layer that is known by its table of contents.
    Content(RequestId),
    /// A document attached to an image.
    Document(RequestId),
}

/// What a file that a job wrote is for.
#[derive(Clone, Debug, PartialEq)]
pub enum SpillPurpose {
    /// What the stream of this work decompresses to.
    Unpacked { work: Work, file: FileNumber },
    /// What a request takes out of an image.
    Extraction { request: RequestId, notes: ExtractionNotes, file: FileNumber },
}
