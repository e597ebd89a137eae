//! Permission bits as text.
//!
//! Source: `ls -l` of GNU coreutils.

use crate::vocabulary::NodeKind;

/// `-rwsr-xr-x`, as `ls -l` writes the kind and the permission bits.
pub fn mode(kind: NodeKind, mode: u16) -> String {
    let mut text = String::with_capacity(10);
    text.push(match kind {
        NodeKind::Directory => 'd',
        NodeKind::Symlink => 'l',
        NodeKind::CharDevice => 'c',
        NodeKind::BlockDevice => 'b',
        NodeKind::Fifo => 'p',
        NodeKind::File | NodeKind::HardLink => '-',
    });
    for (shift, special, letter) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        let bits = mode >> shift;
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(match (mode & special != 0, bits & 1 != 0) {
            (false, false) => '-',
            (false, true) => 'x',
            (true, true) => letter,
            (true, false) => letter.to_ascii_uppercase(),
        });
    }
    text
}

#[test]
fn modes_are_written_as_ls_writes_them() {
    for (kind, bits, want) in [
        (NodeKind::Directory, 0o1777, "drwxrwxrwt"),
        (NodeKind::File, 0o4755, "-rwsr-xr-x"),
        (NodeKind::File, 0o6644, "-rwSr-Sr--"),
        (NodeKind::Symlink, 0o777, "lrwxrwxrwx"),
        (NodeKind::Fifo, 0o1640, "prw-r----T"),
    ] {
        assert_eq!(mode(kind, bits), want);
    }
}
