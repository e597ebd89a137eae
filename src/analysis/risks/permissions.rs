//! Permissions that no package accounts for: files that run as somebody else, files with capabilities, and what
//! anyone may change.
//!
//! Sources: inode(7) (mode bits), capabilities(7), the kernel's linux/capability.h (`struct vfs_cap_data`).
//!
//! - What a package brings with these permissions is the distribution's decision, and is not listed. A package
//!   accounts for a path as it was in the package's layer: a later chmod is listed.

use super::check::{RiskBasis, RiskCheck};
use super::material::{RiskMaterial, TreeNode};
use super::risk::{Risk, RiskFindings};
use crate::text::grouped;
use crate::tree::{FileTree, ROOT};
use crate::vocabulary::RiskSeverity;
use std::collections::BTreeMap;

pub static CHECKS: &[&RiskCheck] =
    &[&SETUID_FILE, &SETGID_FILE, &FILE_CAPABILITIES, &WORLD_WRITABLE];

static SETUID_FILE: RiskCheck = RiskCheck {
    code: "setuid-file",
    title: "Program runs as its owner (setuid)",
    severity: RiskSeverity::High,
    basis: RiskBasis::Files,
    why: "Anyone who starts the program has its owner's rights while it runs. A fault in it makes anyone in the container \
          that user.",
    advice: "Take the bit away with chmod u-s, or start containers with --security-opt no-new-privileges.",
    aliases: &["CIS Docker 4.8", "dockle CIS-DI-0008"],
};

static SETGID_FILE: RiskCheck = RiskCheck {
    code: "setgid-file",
    title: "Program runs with its group (setgid)",
    severity: RiskSeverity::Medium,
    basis: RiskBasis::Files,
    why: "Anyone who starts the program has its group's rights while it runs.",
    advice: "Take the bit away with chmod g-s, or start containers with --security-opt no-new-privileges.",
    aliases: &["CIS Docker 4.8", "dockle CIS-DI-0008"],
};

static FILE_CAPABILITIES: RiskCheck = RiskCheck {
    code: "file-capabilities",
    title: "Program has capabilities",
    severity: RiskSeverity::Medium,
    basis: RiskBasis::Files,
    why: "Anyone who starts the program has rights of root that the file gives, as far as the container has them.",
    advice: "Take them away with setcap -r if the program does without. To listen on ports below 1024, Docker's \
             default needs none.",
    aliases: &["CIS Docker 4.8"],
};

static WORLD_WRITABLE: RiskCheck = RiskCheck {
    code: "world-writable",
    title: "Anyone may change it",
    severity: RiskSeverity::Medium,
    basis: RiskBasis::Files,
    why: "Any process in the container can change the file, or replace files in the directory, as any user.",
    advice: "Give the path to the account that needs it, with COPY --chown or chown, and take the right from others \
             with chmod o-w.",
    aliases: &[],
};

const SETUID: u16 = 0o4000;
const SETGID: u16 = 0o2000;
const STICKY: u16 = 0o1000;
const EXECUTABLE: u16 = 0o111;
const GROUP_EXECUTABLE: u16 = 0o010;
const OTHERS_WRITE: u16 = 0o002;

pub fn find(image: &RiskMaterial<'_>, found: &mut RiskFindings) {
    if image.is_windows() {
        return;
    }
    let mut writable = WritablePaths::default();
    for node in image.nodes() {
        let Some(entry) = image.metadata(node) else { continue };
        let mode = entry.mode();
        let is_directory = node.event.is_directory();
        let special = mode & (SETUID | SETGID | OTHERS_WRITE) != 0;
        let has_capabilities = node.is_file() && entry.xattrs().any(|(name, _)| name == CAPABILITY);
        if !special && !has_capabilities
            || !node.is_file() && !is_directory
            || image.is_accounted(node)
        {
            continue;
        }
        let at = |risk: Risk| risk.at(image.tree.path(node.node), node.event.layer);
        if node.is_file() && mode & SETUID != 0 && mode & EXECUTABLE != 0 {
            let uid = entry.owner().uid;
            let risk =
                Risk::new(&SETUID_FILE, format!("It runs as user {uid} for anyone who starts it."));
            let severity = if uid == 0 { RiskSeverity::High } else { RiskSeverity::Medium };
            found.add(at(risk.with_severity(severity)));
        }
        // Without the right to execute, the bit means a lock.
        if node.is_file() && mode & SETGID != 0 && mode & GROUP_EXECUTABLE != 0 {
            let gid = entry.owner().gid;
            let message = format!("It runs with group {gid} for anyone who starts it.");
            found.add(at(Risk::new(&SETGID_FILE, message)));
        }
        if has_capabilities {
            let value = entry.xattrs().find(|(name, _)| *name == CAPABILITY);
            if let Some(risk) = value.and_then(|(_, value)| capabilities(value)) {
                found.add(at(risk));
            }
        }
        let is_shared = is_directory && mode & STICKY != 0;
        if mode & OTHERS_WRITE != 0 && !is_shared {
            writable.add(image.tree, node);
        }
    }
    writable.report(image, found);
}

/// Paths that anyone may change, each directory with what is below it.
#[derive(Default)]
struct WritablePaths {
    /// The topmost paths, and how many of the paths below are writable too.
    tops: BTreeMap<u32, u64>,
    /// The topmost path above each writable directory.
    top_of: std::collections::HashMap<u32, u32>,
}

impl WritablePaths {
    /// Directories come before what is in them.
    fn add(&mut self, tree: &FileTree, node: TreeNode<'_>) {
        let parent = tree.parent(node.node);
        let top = self.top_of.get(&parent).copied().filter(|_| parent != ROOT);
        match top {
            Some(top) => *self.tops.entry(top).or_default() += 1,
            None => drop(self.tops.insert(node.node, 0)),
        }
        if node.event.is_directory() {
            self.top_of.insert(node.node, top.unwrap_or(node.node));
        }
    }

    fn report(&self, image: &RiskMaterial<'_>, found: &mut RiskFindings) {
        for node in image.nodes() {
            let Some(below) = self.tops.get(&node.node) else { continue };
            let message = match (node.event.is_directory(), below) {
                (false, _) => "Anyone may change the file.".to_owned(),
                (true, 0) => "Anyone may add, replace and remove files in it.".to_owned(),
                (true, 1) => "Anyone may change it and 1 path below it.".to_owned(),
                (true, below) => {
                    format!("Anyone may change it and {} paths below it.", grouped(*below))
                }
            };
            let path = image.tree.path(node.node);
            let severity =
                if is_of_system(&path) { RiskSeverity::High } else { RiskSeverity::Medium };
            let risk = Risk::new(&WORLD_WRITABLE, message).at(path, node.event.layer);
            found.add(risk.with_severity(severity));
        }
    }
}

/// Programs, libraries and settings of the system: who changes them decides what others run.
fn is_of_system(path: &[u8]) -> bool {
    const FOLDERS: [&str; 7] = ["bin", "sbin", "lib", "lib64", "usr", "etc", "root"];
    let first = path.split(|byte| *byte == b'/').next().unwrap_or_default();
    FOLDERS.iter().any(|folder| folder.as_bytes() == first)
}

/// The attribute that has a file's capabilities.
const CAPABILITY: &[u8] = b"security.capability";

/// Names of capabilities by number.
const NAMES: [&str; 41] = [
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_DAC_READ_SEARCH",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETPCAP",
    "CAP_LINUX_IMMUTABLE",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_BROADCAST",
    "CAP_NET_ADMIN",
    "CAP_NET_RAW",
    "CAP_IPC_LOCK",
    "CAP_IPC_OWNER",
    "CAP_SYS_MODULE",
    "CAP_SYS_RAWIO",
    "CAP_SYS_CHROOT",
    "CAP_SYS_PTRACE",
    "CAP_SYS_PACCT",
    "CAP_SYS_ADMIN",
    "CAP_SYS_BOOT",
    "CAP_SYS_NICE",
    "CAP_SYS_RESOURCE",
    "CAP_SYS_TIME",
    "CAP_SYS_TTY_CONFIG",
    "CAP_MKNOD",
    "CAP_LEASE",
    "CAP_AUDIT_WRITE",
    "CAP_AUDIT_CONTROL",
    "CAP_SETFCAP",
    "CAP_MAC_OVERRIDE",
    "CAP_MAC_ADMIN",
    "CAP_SYSLOG",
    "CAP_WAKE_ALARM",
    "CAP_BLOCK_SUSPEND",
    "CAP_AUDIT_READ",
    "CAP_PERFMON",
    "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE",
];

/// Those that make root of anyone, by number: files of others, other users, modules, other processes.
const LIKE_ROOT: u64 =
    1 | 1 << 1 | 1 << 3 | 1 << 6 | 1 << 7 | 1 << 16 | 1 << 17 | 1 << 19 | 1 << 21 | 1 << 31;

/// Those that most servers and ping need: ports below 1024, raw sockets.
const USUAL: u64 = 1 << 10 | 1 << 13;

/// The risk of an attribute; `None` if it gives nothing, or cannot be read.
fn capabilities(value: &[u8]) -> Option<Risk> {
    let word = |at: usize| {
        let bytes = value.get(at..)?.first_chunk()?;
        Some(u64::from(u32::from_le_bytes(*bytes)))
    };
    let permitted = match word(0)? >> 24 {
        1 => word(4)?,
        2 | 3 => word(4)? | word(12)? << 32,
        _ => return None,
    };
    let has = |number: &usize| permitted >> number & 1 == 1;
    let names: Vec<&str> =
        (0..NAMES.len()).filter(has).filter_map(|number| NAMES.get(number).copied()).collect();
    let severity = match permitted {
        0 => return None,
        _ if permitted & LIKE_ROOT != 0 => RiskSeverity::High,
        _ if permitted & !USUAL != 0 => RiskSeverity::Medium,
        _ => RiskSeverity::Low,
    };
    let names = match names.len() {
        0 => "capabilities that are not known here".to_owned(),
        41 => "all capabilities".to_owned(),
        _ => names.join(", "),
    };
    let message = format!("It has {names} for anyone who starts it.");
    Some(Risk::new(&FILE_CAPABILITIES, message).with_severity(severity))
}

#[test]
fn capabilities_are_read_by_their_numbers() {
    // `setcap cap_net_bind_service=+ep`, as getfattr -e hex shows it.
    let usual = capabilities(b"\x01\0\0\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0").unwrap();
    assert_eq!(usual.message, "It has CAP_NET_BIND_SERVICE for anyone who starts it.");
    assert_eq!(usual.severity, RiskSeverity::Low);
    // `setcap cap_sys_admin,cap_bpf=+ep`.
    let strong = capabilities(b"\x01\0\0\x02\0\0\x20\0\0\0\0\0\x80\0\0\0\0\0\0\0").unwrap();
    assert_eq!(strong.message, "It has CAP_SYS_ADMIN, CAP_BPF for anyone who starts it.");
    assert_eq!(strong.severity, RiskSeverity::High);
    for nothing in
        [&b""[..], b"\x01\0\0\x02", b"\x01\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", &[9; 20]]
    {
        assert_eq!(capabilities(nothing), None);
    }
}
