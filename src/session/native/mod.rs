//! A session without a browser: files of a disk or of memory, and threads that execute a schedule's commands.
//!
//! The command, tests and fuzzing use this. What happens next is decided by `session/schedule/`, as in the
//! page.

mod disk;
mod driver;
mod executor;
mod memory;
mod spill_files;
mod threads;
mod transport;

pub use disk::Disk;
pub use driver::{Driver, FileBeside};
pub use memory::Memory;
pub use threads::NativeSource;
pub use transport::{NoNetwork, Transport};
