//! Translations of GNU gettext (`.mo`).
//!
//! Source: GNU gettext manual, "The Format of GNU MO Files". The first message is empty; its translation is the head.

use super::bytes::{u32_be, u32_le};
use super::made::{fact, of, text};
use crate::protocol::{FileOutline, OutlineName, OutlineValue, OutlinedFormat};

pub fn is(head: &[u8]) -> bool {
    matches!(u32_le(head, 0), Some(0x9504_12de | 0xde12_0495))
}

pub fn outline(bytes: &[u8]) -> Option<FileOutline> {
    let number = if u32_le(bytes, 0) == Some(0x9504_12de) { u32_le } else { u32_be };
    let count = number(bytes, 8)?;
    let mut facts = vec![fact(OutlineName::Messages, OutlineValue::Number(count.into()))];
    let table = number(bytes, 16)? as usize;
    let head = || {
        let (length, at) =
            (number(bytes, table)? as usize, number(bytes, table.checked_add(4)?)? as usize);
        bytes.get(at..at.checked_add(length.min(4096))?)
    };
    let head = if count > 0 { head().unwrap_or_default() } else { &[] };
    let field = |name: &[u8]| {
        let line = head.split(|byte| *byte == b'\n').find(|line| line.starts_with(name))?;
        Some(line[name.len()..].trim_ascii())
    };
    facts.extend(field(b"Language:").map(|value| text(OutlineName::Names, value)));
    facts.extend(field(b"Project-Id-Version:").map(|value| text(OutlineName::Version, value)));
    facts.extend(field(b"Content-Type:").map(|value| text(OutlineName::Encoding, value)));
    Some(of(OutlinedFormat::Gettext, facts))
}
