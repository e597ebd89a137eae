//! What page and session say to each other about registries: questions to the user, how a pull comes
//! along, and lists.
//!
//! - Passwords cross from page to worker, in `Account` and `Reply` alone, and never back: both redact
//!   themselves.
//! - A list (tags, hits of a search, referrers) comes as a `Table`.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a session is given before it asks a registry anything: all that the tab knows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Network {
    /// The proxy's absolute address; `None`: none is used.
    pub proxy: Option<String>,
    /// The user has agreed that logins go through it.
    pub proxy_trusted: bool,
    /// Logins of this tab.
    pub accounts: Vec<Account>,
    /// Token endpoints on other hosts that logins may go to: registry and host.
    pub approved: Vec<(String, String)>,
}

/// A login.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// As references name it.
    pub registry: String,
    /// May be shown.
    pub user: String,
    /// May not.
    pub password: String,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.user, self.registry)
    }
}

/// What the user says to a question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// Log in as.
    LogIn(Account),
    /// Yes, there it may go.
    Agree,
    /// No.
    Decline,
}

/// What goes on with a pull.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pulling {
    /// A line a blob, the base first.
    pub rows: Vec<PullRow>,
    /// Bytes that are still to come, of those that a view needs.
    pub missing: u64,
    /// Nothing comes unless the user says so: it is much.
    pub asks: bool,
    /// The user has paused it.
    pub paused: bool,
    /// All is there.
    pub done: bool,
    /// As `docker pull` ends: `Downloaded newer image for alpine:3.20`.
    pub status: String,
}

/// A layer's line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PullRow {
    /// Of the blob, whole.
    pub digest: String,
    /// Its bytes (compressed).
    pub size: u64,
    /// Bytes that are here.
    pub done: u64,
    /// Bytes a second, while it comes.
    pub speed: u64,
    /// What is done with it.
    pub state: PullState,
    /// Why it failed; empty: it didn't.
    pub problem: String,
}

/// What is done with a layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PullState {
    #[default]
    Waiting,
    Downloading,
    Verifying,
    Indexing,
    Done,
    /// Kept from an earlier visit.
    Here,
    /// Its table of contents was fetched in its place.
    Listed,
    Failed,
}

/// A list that is asked of a registry, or of what is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Listing {
    /// Tags of a repository, as references name it.
    Tags(String),
    /// What speaks of the image that is open.
    Referrers,
    /// Docker Hub's search.
    Search(String),
    /// What a registry holds, where it tells.
    Catalog(String),
    /// What this browser keeps of registries.
    Kept,
}

/// Rows of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    pub listing: Listing,
    /// Only rows with this in a text of theirs.
    pub filter: String,
    /// So many rows from the start.
    pub count: u32,
}
