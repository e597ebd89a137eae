//! Certificates that have expired, and private keys that anyone in the container can read.
//!
//! Source: RFC 5280, section 4.1.2.5 (validity); inode(7).
//!
//! - Stores of authorities hold expired certificates on purpose, and tests do too: both are left out, and so is
//!   what a package brings.

use super::check::{RiskBasis, RiskCheck};
use super::material::{RiskMaterial, TreeNode};
use super::risk::{Risk, RiskFindings};
use crate::analysis::secrets::is_example;
use crate::text::show;
use crate::time::Timestamp;
use crate::tree::ROOT;
use crate::vocabulary::RiskSeverity;

pub static CHECKS: &[&RiskCheck] = &[&READABLE_KEY, &EXPIRED_CERTIFICATE];

static READABLE_KEY: RiskCheck = RiskCheck {
    code: "readable-private-key",
    title: "Private key that anyone can read",
    severity: RiskSeverity::High,
    basis: RiskBasis::Files,
    why: "Any process in the container can copy the key, as any user. SSH refuses such a key.",
    advice: "Keep keys out of images: mount them when the container starts. Where one must be there, chmod 600.",
    aliases: &["dockle CIS-DI-0010"],
};

static EXPIRED_CERTIFICATE: RiskCheck = RiskCheck {
    code: "expired-certificate",
    title: "Certificate has expired",
    severity: RiskSeverity::Medium,
    basis: RiskBasis::Files,
    why: "Clients refuse it, or have been taught not to look.",
    advice: "Renew it, and mount it when the container starts, so that the next renewal needs no new image.",
    aliases: &[],
};

const OTHERS_READ: u16 = 0o004;
const OTHERS_ENTER: u16 = 0o001;

/// Folders of certificate authorities.
const STORES: &[&[u8]] = &[
    b"etc/ssl/certs/",
    b"etc/pki/",
    b"etc/ca-certificates/",
    b"usr/share/ca-certificates/",
    b"usr/share/pki/",
    b"usr/local/share/ca-certificates/",
    b"usr/lib/ca-certificates/",
    b"var/lib/ca-certificates/",
    b"usr/share/certs/",
    b"usr/local/share/certs/",
];

pub fn find(image: &RiskMaterial<'_>, found: &mut RiskFindings) {
    for file in image.nodes().filter(TreeNode::is_file) {
        let has_key = image.has_key(file);
        let noted = image.noted(file).filter(|noted| !noted.certificates.is_empty());
        if !has_key && noted.is_none() || image.is_accounted(file) {
            continue;
        }
        let path = image.tree.path(file.node);
        if is_example(&format!("/{}", String::from_utf8_lossy(&path))) {
            continue;
        }
        if has_key && !image.is_windows() && is_readable(image, file) {
            let mode = image.metadata(file).map_or(0, |entry| entry.mode() & 0o7777);
            let risk = Risk::new(&READABLE_KEY, format!("Its mode is {mode:04o}."));
            found.add(risk.at(path.clone(), file.event.layer));
        }
        let noted = noted.filter(|_| !STORES.iter().any(|store| path.starts_with(store)));
        let certificates = noted.iter().flat_map(|noted| &noted.certificates);
        let expired =
            certificates.filter(|one| one.until < image.now.seconds).min_by_key(|one| one.until);
        if let Some(certificate) = expired {
            let day = day(certificate.until);
            let message = match &*certificate.subject {
                "" => format!("A certificate expired on {day}."),
                name => format!("The certificate of {} expired on {day}.", show(name.as_bytes())),
            };
            found.add(Risk::new(&EXPIRED_CERTIFICATE, message).at(path, file.event.layer));
        }
    }
}

/// Whether anyone may read a file: its mode, and those of all directories above it.
fn is_readable(image: &RiskMaterial<'_>, file: TreeNode<'_>) -> bool {
    let tree = image.tree;
    let mut at = tree.parent(file.node);
    while at != ROOT {
        let event = tree.history(at).next();
        let mode = event.and_then(|event| tree.entry(event)).map_or(0o755, |entry| entry.mode());
        if mode & OTHERS_ENTER == 0 {
            return false;
        }
        at = tree.parent(at);
    }
    image.metadata(file).is_some_and(|entry| entry.mode() & OTHERS_READ != 0)
}

/// `2024-06-30`.
fn day(seconds: i64) -> String {
    let text = Timestamp::from_seconds(seconds).to_rfc3339().unwrap_or_default();
    text.chars().take(10).collect()
}
