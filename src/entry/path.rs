//! Member names as paths in the tree.
//!
//! A name is split at `/`, empty parts and `.` are dropped, `..` removes one
//! part, never beyond the root. So no name leads outside. The name itself is kept unchanged.

/// The parts of a path, from the root down; empty: the root itself.
pub fn parts(name: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    parts_into(name, &mut parts);
    parts
}

/// As `parts`, into a vector that the caller reuses.
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

/// Whether the name, taken literally, leads above the root.
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
        fn the_parts_of_a_path_are_stable(name: Vec<u8>) {
            let joined = parts(&name).join(&b'/');
            prop_assert_eq!(parts(&joined), parts(&name));
        }
    }
}
