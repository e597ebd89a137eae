//! Capabilities of a file, in the words of `getcap`: `cap_net_bind_service=ep`.
//!
//! Source: Linux, include/uapi/linux/capability.h (`vfs_cap_data`, the names); capabilities(7), "File capabilities";
//! cap_from_text(3).

/// The names by bit.
const NAMES: [&str; 41] = [
    "chown",
    "dac_override",
    "dac_read_search",
    "fowner",
    "fsetid",
    "kill",
    "setgid",
    "setuid",
    "setpcap",
    "linux_immutable",
    "net_bind_service",
    "net_broadcast",
    "net_admin",
    "net_raw",
    "ipc_lock",
    "ipc_owner",
    "sys_module",
    "sys_rawio",
    "sys_chroot",
    "sys_ptrace",
    "sys_pacct",
    "sys_admin",
    "sys_boot",
    "sys_nice",
    "sys_resource",
    "sys_time",
    "sys_tty_config",
    "mknod",
    "lease",
    "audit_write",
    "audit_control",
    "setfcap",
    "mac_override",
    "mac_admin",
    "syslog",
    "wake_alarm",
    "block_suspend",
    "audit_read",
    "perfmon",
    "bpf",
    "checkpoint_restore",
];
/// All capabilities that have names.
const ALL: u64 = (1 << NAMES.len()) - 1;
/// The file's capabilities are effective at once.
const EFFECTIVE: u32 = 1;

/// The value of `security.capability` in words; `None` for a form that Linux does not know.
pub fn capabilities_text(value: &[u8]) -> Option<String> {
    let number = |at: usize| {
        let bytes = value.get(at * 4..at * 4 + 4)?.first_chunk()?;
        Some(u32::from_le_bytes(*bytes))
    };
    let magic = number(0)?;
    let (words, root) = match (magic >> 24, value.len()) {
        (1, 12) => (1, None),
        (2, 20) => (2, None),
        (3, 24) => (2, number(5)),
        _ => return None,
    };
    let set = |first: usize| {
        let low = u64::from(number(first)?);
        let high = if words == 2 { u64::from(number(first + 2)?) } else { 0 };
        Some(low | high << 32)
    };
    let (permitted, inheritable) = (set(1)?, set(2)?);
    let effective = if magic & EFFECTIVE == 0 { 0 } else { permitted | inheritable };
    let mut groups = Vec::new();
    for flags in ["eip", "ep", "ei", "ip", "p", "i"] {
        let of = |set: u64, flag: char| if flags.contains(flag) { set } else { !set };
        let exactly = of(effective, 'e') & of(permitted, 'p') & of(inheritable, 'i');
        let names = exactly & (permitted | inheritable);
        if names != 0 {
            groups.push(format!("{}={flags}", names_of(names)));
        }
    }
    let text = if groups.is_empty() { "=".to_owned() } else { groups.join(" ") };
    Some(match root {
        Some(root) if root != 0 => format!("{text} [rootid={root}]"),
        _ => text,
    })
}

/// `cap_net_raw,cap_bpf`; nothing for all of them, as in capability texts.
fn names_of(set: u64) -> String {
    if set & ALL == ALL {
        return String::new();
    }
    let name = |bit: usize| match NAMES.get(bit) {
        Some(name) => format!("cap_{name}"),
        None => bit.to_string(),
    };
    let bits = (0..64).filter(|bit| set >> bit & 1 == 1);
    bits.map(name).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    #[test]
    fn values_are_what_getcap_says() {
        for (words, want) in [
            (&[0x0200_0001, 1 << 10, 0, 0, 0][..], Some("cap_net_bind_service=ep")),
            (&[0x0200_0001, 1 << 12 | 1 << 13, 0, 0, 0], Some("cap_net_admin,cap_net_raw=ep")),
            (&[0x0200_0000, 1 << 13, 0, 0, 0], Some("cap_net_raw=p")),
            (&[0x0200_0001, 1 << 13, 1 << 13, 0, 0], Some("cap_net_raw=eip")),
            (&[0x0200_0000, 1, 2, 0, 0], Some("cap_chown=p cap_dac_override=i")),
            (&[0x0200_0001, 0, 0, 1 << 7, 0], Some("cap_bpf=ep")),
            (&[0x0200_0001, u32::MAX, 0, 0x1ff, 0], Some("=ep")),
            (&[0x0200_0001, 0, 0, 0, 0], Some("=")),
            (&[0x0300_0001, 1 << 13, 0, 0, 0, 1000], Some("cap_net_raw=ep [rootid=1000]")),
            (&[0x0100_0001, 1 << 13, 0], Some("cap_net_raw=ep")),
            (&[0x0200_0001, 0, 0, 1 << 30, 0], Some("62=ep")),
            (&[0x0200_0001, 1 << 13], None),
            (&[0x0400_0001, 0, 0, 0, 0], None),
            (&[], None),
        ] {
            assert_eq!(capabilities_text(&value(words)).as_deref(), want, "{words:x?}");
        }
    }
}
