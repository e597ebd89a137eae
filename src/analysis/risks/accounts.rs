//! Who a container runs as, and the accounts of the image.
//!
//! Sources: Docker's reference, "USER"; passwd(5), shadow(5), group(5).
//!
//! - A number needs no account. A name does: without one, no container starts.
//! - Files of accounts that were not read, or that lead elsewhere by a link, say nothing.

use super::check::{RiskBasis, RiskCheck};
use super::material::{RiskMaterial, TreeNode};
use super::noted::{GROUP, PASSWD, SHADOW};
use super::risk::{Risk, RiskFindings, listed};
use crate::text::show;
use crate::vocabulary::RiskSeverity;
use std::collections::{HashMap, HashSet};

pub static CHECKS: &[&RiskCheck] =
    &[&ROOT_USER, &UNKNOWN_USER, &EMPTY_PASSWORD, &SECOND_ROOT, &DUPLICATE_ACCOUNT];

static ROOT_USER: RiskCheck = RiskCheck {
    code: "root-user",
    title: "Runs as root",
    severity: RiskSeverity::Medium,
    basis: RiskBasis::Configuration,
    why: "Who breaks into a process that runs as root can change everything in the container, and is root on the \
          machine too if the container's limits fail.",
    advice: "Add an account in the build and name it with USER, or start containers with --user.",
    aliases: &["CIS Docker 4.1", "dockle CIS-DI-0001", "Trivy DS002"],
};

static UNKNOWN_USER: RiskCheck = RiskCheck {
    code: "unknown-user",
    title: "User has no account",
    severity: RiskSeverity::Medium,
    basis: RiskBasis::Files,
    why: "A user or group that is given by its name is looked up in /etc/passwd and /etc/group. Without an entry, no \
          container of the image starts.",
    advice: "Add the account in the build, or give the user by number.",
    aliases: &[],
};

static EMPTY_PASSWORD: RiskCheck = RiskCheck {
    code: "empty-password",
    title: "Account without a password",
    severity: RiskSeverity::High,
    basis: RiskBasis::Files,
    why: "Anyone in the container can become this user without a password, with su or login.",
    advice: "Lock the account: passwd -l NAME, or write ! or * as its password.",
    aliases: &["dockle DKL-LI-0001", "CVE-2019-5021"],
};

static SECOND_ROOT: RiskCheck = RiskCheck {
    code: "second-root",
    title: "Another account is root",
    severity: RiskSeverity::High,
    basis: RiskBasis::Files,
    why: "An account with the ID 0 is root under another name, and is easily overlooked.",
    advice: "Give the account an ID of its own, or remove it.",
    aliases: &["dockle DKL-LI-0002"],
};

static DUPLICATE_ACCOUNT: RiskCheck = RiskCheck {
    code: "duplicate-account",
    title: "Accounts share a name or an ID",
    severity: RiskSeverity::Low,
    basis: RiskBasis::Files,
    why: "Accounts with the same ID have each other's files. Of two with the same name only the first counts.",
    advice: "Give each account a name and an ID of its own.",
    aliases: &["dockle DKL-LI-0002"],
};

pub fn find(image: &RiskMaterial<'_>, found: &mut RiskFindings) {
    if !image.is_bare && !image.is_windows() {
        found_user(image, found);
    }
    let mut open = Vec::new();
    for path in [PASSWD, SHADOW] {
        let Some(file) = image.find(path) else { continue };
        let names = image.noted(file).map(|noted| &noted.open[..]).unwrap_or_default();
        // An empty field in passwd counts even where shadow has a password.
        if !names.is_empty() {
            let message = format!("No password is needed for {}.", listed(names));
            open.push(Risk::new(&EMPTY_PASSWORD, message).at(path.to_vec(), file.event.layer));
        }
    }
    open.into_iter().for_each(|risk| found.add(risk));
    for (path, noun) in [(PASSWD, "user"), (GROUP, "group")] {
        if let Some(file) = image.find(path) {
            repeated(image, file, path, noun, found);
        }
    }
}

fn found_user(image: &RiskMaterial<'_>, found: &mut RiskFindings) {
    let setting = image.run.user.trim();
    let (user, group) = setting.split_once(':').unwrap_or((setting, ""));
    let id = id_of(image, PASSWD, user);
    if user.is_empty() || user == "root" || id == Some(Some(0)) {
        let starts = !image.run.entrypoint.is_empty() || !image.run.cmd.is_empty();
        let set = match setting {
            "" => "No USER is set.".to_owned(),
            user => format!("USER is {}.", show(user.as_bytes())),
        };
        let risk = match starts {
            true => Risk::new(&ROOT_USER, set),
            // A base image starts nothing: who builds on it decides.
            false => {
                let message = format!("{set} The image starts no program by itself.");
                Risk::new(&ROOT_USER, message).with_severity(RiskSeverity::Info)
            }
        };
        found.add(risk);
    }
    for (name, path, noun) in [(user, PASSWD, "user"), (group, GROUP, "group")] {
        if !name.is_empty() && id_of(image, path, name) == Some(None) {
            let name = show(name.as_bytes());
            let message = format!("/{} has no {noun} {name}.", String::from_utf8_lossy(path));
            found.add(Risk::new(&UNKNOWN_USER, message).on(path));
        }
    }
}

/// The ID of an account: `Some(None)` if there is no such account, `None` if that is not known.
fn id_of(image: &RiskMaterial<'_>, path: &[u8], name: &str) -> Option<Option<u32>> {
    if let Ok(id) = name.parse::<u32>() {
        return Some(Some(id));
    }
    let Some(file) = image.find(path) else {
        return image.lacks(path).then_some(None);
    };
    // The pass notes nothing about an empty file.
    let is_empty = image.metadata(file).is_some_and(|entry| entry.size() == 0);
    let accounts = image.noted(file).and_then(|noted| noted.accounts.as_ref());
    match accounts {
        Some(accounts) => Some(accounts.iter().find(|(known, _)| known == name).map(|(_, id)| *id)),
        None => is_empty.then_some(None),
    }
}

fn repeated(
    image: &RiskMaterial<'_>,
    file: TreeNode<'_>,
    path: &[u8],
    noun: &str,
    found: &mut RiskFindings,
) {
    let Some(accounts) = image.noted(file).and_then(|noted| noted.accounts.as_ref()) else {
        return;
    };
    let mut by_name: HashMap<&str, u32> = HashMap::new();
    let mut by_id: HashMap<u32, Vec<&str>> = HashMap::new();
    let mut seen = HashSet::new();
    for (name, id) in accounts {
        *by_name.entry(name).or_default() += 1;
        if seen.insert((name, id)) {
            by_id.entry(*id).or_default().push(name);
        }
    }
    let mut add = |check, message: String| {
        found.add(Risk::new(check, message).at(path.to_vec(), file.event.layer));
    };
    let mut roots = by_id.get(&0).cloned().unwrap_or_default();
    roots.retain(|name| *name != "root");
    if noun == "user" && !roots.is_empty() {
        add(&SECOND_ROOT, format!("The ID 0 is also that of {}.", listed(&roots)));
    }
    let twice = by_name.iter().filter(|(_, count)| **count > 1);
    let mut twice: Vec<&str> = twice.map(|(name, _)| *name).collect();
    twice.sort();
    let mut parts = Vec::new();
    if !twice.is_empty() {
        parts.push(format!("More than one {noun} is named {}.", listed(&twice)));
    }
    let shared = by_id.iter().filter(|(id, names)| **id != 0 && names.len() > 1);
    let mut shared: Vec<_> = shared.collect();
    shared.sort();
    if let Some((id, names)) = shared.first() {
        parts.push(format!("The {noun} ID {id} is that of {}.", listed(names)));
    }
    if shared.len() > 1 {
        parts.push(format!("{} more IDs are shared.", shared.len() - 1));
    }
    if !parts.is_empty() {
        add(&DUPLICATE_ACCOUNT, parts.join(" "));
    }
}
