//! Java classes: name, what it extends, and for which version of Java it was compiled.
//!
//! Source: The Java Virtual Machine Specification, section 4.1 and 4.4.

use super::bytes::{u16_be, u32_be};
use super::made::{of, text};
use crate::protocol::{FileOutline, OutlineName, OutlinedFormat};

/// A universal Mach-O binary begins the same way; it has a number of architectures where a class has its version, which
/// is at least 45.
pub fn is(head: &[u8]) -> bool {
    u32_be(head, 0) == Some(0xcafe_babe) && u16_be(head, 6).is_some_and(|major| major >= 45)
}

pub fn outline(bytes: &[u8]) -> Option<FileOutline> {
    let major = u16_be(bytes, 6)?;
    let count = usize::from(u16_be(bytes, 8)?);
    let mut places = vec![0usize; count.min(65_536)];
    let (mut place, mut number) = (10, 1);
    while number < count {
        *places.get_mut(number)? = place;
        let kind = *bytes.get(place)?;
        let length = match kind {
            1 => 3 + usize::from(u16_be(bytes, place + 1)?),
            3 | 4 | 9..=12 | 17 | 18 => 5,
            5 | 6 => 9,
            7 | 8 | 16 | 19 | 20 => 3,
            15 => 4,
            _ => return None,
        };
        // Numbers of eight bytes take two places.
        number += if matches!(kind, 5 | 6) { 2 } else { 1 };
        place += length;
    }
    let name = |at: usize| {
        let class = *places.get(usize::from(u16_be(bytes, at)?)).filter(|place| **place > 0)?;
        let text =
            *places.get(usize::from(u16_be(bytes, class + 1)?)).filter(|place| **place > 0)?;
        let length = usize::from(u16_be(bytes, text + 1)?);
        let name = bytes.get(text + 3..text + 3 + length)?;
        let dots = |byte: &u8| if *byte == b'/' { b'.' } else { *byte };
        Some(name.iter().map(dots).collect::<Vec<u8>>())
    };
    let version = match major {
        45..=48 => format!("Java 1.{}", major - 44),
        major => format!("Java {}", major - 44),
    };
    let mut facts = vec![text(OutlineName::Version, version)];
    facts.extend(name(place + 2).map(|name| text(OutlineName::Class, name)));
    facts.extend(name(place + 4).map(|name| text(OutlineName::Extends, name)));
    Some(of(OutlinedFormat::JavaClass, facts))
}
