//! Compiled Python (`.pyc`): which Python it is for, and what it was compiled from.
//!
//! Source: CPython, Include/internal/pycore_magic_number.h (first numbers of each version); PEP 552 (flags).

use super::bytes::{u16_le, u32_le};
use super::made::{fact, of, text};
use crate::protocol::{FileOutline, OutlineName, OutlineValue, OutlinedFormat};

/// The first magic number of each version.
const VERSIONS: &[(u16, &str)] = &[
    (3310, "3.4"),
    (3320, "3.5"),
    (3360, "3.6"),
    (3390, "3.7"),
    (3400, "3.8"),
    (3420, "3.9"),
    (3430, "3.10"),
    (3450, "3.11"),
    (3500, "3.12"),
    (3550, "3.13"),
    (3600, "3.14"),
    (3650, "3.15"),
    (3700, ""),
];

pub fn is(head: &[u8]) -> bool {
    let known = VERSIONS[0].0..VERSIONS[VERSIONS.len() - 1].0;
    head.get(2..4) == Some(b"\r\n") && u16_le(head, 0).is_some_and(|magic| known.contains(&magic))
}

pub fn outline(bytes: &[u8]) -> Option<FileOutline> {
    let magic = u16_le(bytes, 0)?;
    let (_, version) = VERSIONS.iter().rev().find(|(first, _)| *first <= magic)?;
    let mut facts = vec![text(OutlineName::Version, format!("Python {version}"))];
    // From 3.7 on flags come first; the lowest says that a hash of the source stands in place of its time.
    let place = if magic >= 3390 { 8 } else { 4 };
    let by_hash = magic >= 3390 && u32_le(bytes, 4)? & 1 == 1;
    if !by_hash {
        let seconds = u32_le(bytes, place)?;
        facts.push(fact(OutlineName::Compiled, OutlineValue::Time(seconds.into())));
        facts.push(fact(
            OutlineName::SourceSize,
            OutlineValue::Bytes(u32_le(bytes, place + 4)?.into()),
        ));
    }
    Some(of(OutlinedFormat::PythonBytecode, facts))
}
