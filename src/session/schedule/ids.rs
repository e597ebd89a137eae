//! IDs of what is in progress. Every command that has a result carries one, and the result names it.
//!
//! - One counter gives all of them, so no two commands of a session share a number.

use std::fmt;

/// Declares names of one kind each.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl From<u32> for $name {
            fn from(number: u32) -> $name {
                $name(number)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} {}", stringify!($name), self.0)
            }
        }
    )*};
}

ids! {
    /// One run of a job by a worker. A job that is run again gets another.
    JobId;
    /// A layer worker, from its first job to its end.
    WorkerId;
    /// A file of uncompressed bytes that a job leaves behind.
    SpillId;
    /// One HTTP request.
    CallId;
    /// An operation of the registry protocol, which takes several requests.
    OperationId;
    /// A download, from its first request to its end.
    TransferId;
    /// A lookup in the cache.
    CacheId;
    /// A pause before work of the session itself.
    TurnId;
    /// One request to the verifier of signatures.
    VerificationId;
}

/// Position of a file among those that jobs read: first the source's own, then the ones added later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileNumber(pub u32);

impl fmt::Display for FileNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "file {}", self.0)
    }
}
