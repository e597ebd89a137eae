//! Member names as places in the tree.
//!
//! Source: CONTRACTS.md, "Layers": a name is split at `/`, empty parts and `.` are dropped, `..` takes
//! one part away, never beyond the root. So no name leads outside, and the name itself is kept as it is.

/// The parts of a place, from the root down; empty: the root itself.
pub fn parts(name: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    parts_into(name, &mut parts);
    parts
}

/// `parts`, into a vector that is used again.
pub fn parts_into<'a>(name: &'a [u8], parts: &mut Vec<&'a [u8]>) {
    parts.clear();
    for part in name.split(|&b| b == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
}

/// True if the name, taken literally, would lead above the root.
pub fn escapes(name: &[u8]) -> bool {
    let mut depth = 0i64;
    for part in name.split(|&b| b == b'/') {
        match part {
            b"" | b"." => {}
            b".." => depth -= 1,
            _ => depth += 1,
        }
        if depth < 0 {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_name_leads_outside() {
        for (name, want, outside) in [
            (&b"./usr//bin/./env"[..], &b"usr/bin/env"[..], false),
            (b"/etc/passwd", b"etc/passwd", false),
            (b"../../etc/x", b"etc/x", true),
            (b"a/../b", b"b", false),
            (b"a/../../b", b"b", true),
            (b"./", b"", false),
        ] {
            assert_eq!(parts(name).join(&b'/'), want);
            assert_eq!(escapes(name), outside, "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn parts_are_their_own_place(name: Vec<u8>) {
            let joined = parts(&name).join(&b'/');
            prop_assert_eq!(parts(&joined), parts(&name));
        }
    }
}
