//! At most this much of each kind of document is read, in bytes.

/// A manifest or index: the limit of the Distribution registry itself.
pub const MAX_MANIFEST: u64 = 4 << 20;
/// An image's configuration.
pub const MAX_CONFIG: u64 = 16 << 20;
/// A layer's blob: a claim beyond this is refused before room is made for it. The largest registries take 10 TB.
pub const MAX_BLOB: u64 = 1 << 50;
/// A page of tags, referrers, repositories or search results.
pub const MAX_LIST: u64 = 16 << 20;
/// A token endpoint's response.
pub const MAX_TOKEN_RESPONSE: u64 = 1 << 20;
