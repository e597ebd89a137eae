//! The search in contents of files: which lines match an expression.
//!
//! Source: a line matches as `grep` has it (POSIX, "grep"; GNU grep for files with NUL bytes): lines end with a line
//! feed or the end of the file, and what is found lies within one line.
//!
//! - Bytes in, lines out: where contents come from and whose they are is not known here.
//! - Expressions are over bytes, without tables of Unicode: classes such as `\w` are ASCII's.
//! - Speed comes from text that a matching line must have (`required.rs`): that is looked for in whole blocks, and
//!   the expression is tried only on lines that have it.
//! - Hostile input: pieces of any size, lines of any length. Memory is bounded (`file_search.rs`), and the time is
//!   linear in the bytes that are searched.

mod expression;
mod file_search;
mod found;
mod needle;
mod required;

pub use expression::LineMatcher;
pub use file_search::{FileSearch, SearchOptions};
pub use found::{FoundFile, FoundLine, SearchBudget};
