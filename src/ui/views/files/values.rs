//! Owners and times of paths in words.

use crate::browser::page::locale;
use crate::format;
use crate::protocol::{FileOwner, FileTime};

/// `root:root`, or numbers where the layer has no names.
pub fn owner_text(owner: &FileOwner) -> String {
    let part = |name: &str, id: u64| match name {
        "" => id.to_string(),
        name => name.to_owned(),
    };
    format!("{}:{}", part(&owner.user, owner.uid), part(&owner.group, owner.gid))
}

/// `0:42` beside names; nothing where there are none, because then the numbers are all there is.
pub fn owner_numbers(owner: &FileOwner) -> String {
    match owner.user.is_empty() && owner.group.is_empty() {
        true => String::new(),
        false => format!("{}:{}", owner.uid, owner.gid),
    }
}

/// `root (0) : wheel (10)`.
pub fn owner_with_numbers(owner: &FileOwner) -> String {
    let part = |name: &str, id: u64| match name {
        "" => id.to_string(),
        name => format!("{name} ({id})"),
    };
    format!("{} : {}", part(&owner.user, owner.uid), part(&owner.group, owner.gid))
}

/// Seconds since 1970 with fractions.
pub fn seconds(time: FileTime) -> f64 {
    time.seconds as f64 + f64::from(time.nanoseconds) / 1e9
}

/// `3 weeks ago`.
pub fn age(time: FileTime) -> String {
    format::ago(locale::now() - seconds(time))
}

/// The time where the browser is; empty: not known.
pub fn exact_time(time: Option<FileTime>) -> String {
    time.map_or_else(String::new, |time| locale::local_time(seconds(time)))
}

#[test]
fn owners_have_names_and_numbers() {
    let owner = FileOwner { uid: 0, gid: 42, user: "root".into(), group: "".into() };
    assert_eq!((owner_text(&owner), owner_numbers(&owner)), ("root:42".into(), "0:42".into()));
    let owner = FileOwner { user: "".into(), ..owner };
    assert_eq!((owner_text(&owner), owner_numbers(&owner)), ("0:42".into(), "".into()));
}

#[test]
fn owners_have_their_numbers() {
    let owner = FileOwner { uid: 0, gid: 10, user: "root".into(), group: "".into() };
    assert_eq!(owner_with_numbers(&owner), "root (0) : 10");
}
