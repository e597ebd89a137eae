//! PAX extended header records: `LENGTH KEY=VALUE\n`.
//!
//! Source: POSIX pax, "pax Extended Header"; star's SCHILY.xattr and libarchive's LIBARCHIVE.xattr.
//!
//! Global headers give defaults for what follows. Only their times and owners are used: a global path or
//! size would make all members the same.

use crate::base64;
use crate::text::decimal;

/// Longer names of users and groups are ignored, in bytes: a global one would be stored for every member.
pub const MAX_OWNER: usize = 1024;

/// Records of one extended header, or the defaults of a global one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pax {
    pub path: Option<Vec<u8>>,
    pub link: Option<Vec<u8>>,
    pub size: Option<u64>,
    pub uid: Option<u64>,
    pub gid: Option<u64>,
    pub user: Option<Vec<u8>>,
    pub group: Option<Vec<u8>>,
    /// Whole seconds, rounded down, and nanoseconds.
    pub mtime: Option<(i64, u32)>,
    /// Names and values of extended attributes, in their order.
    pub xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    /// `GNU.sparse.…` in their order; version 0.0 repeats keys.
    pub sparse: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Pax {
    /// Reads the records of `data`; false if one is malformed (those before it are used).
    pub fn read(&mut self, mut data: &[u8]) -> bool {
        while !data.is_empty() && data[0] != 0 {
            let Some((record, rest)) = split_record(data) else { return false };
            let Some(equals) = record.iter().position(|&b| b == b'=') else { return false };
            self.take(&record[..equals], &record[equals + 1..]);
            data = rest;
        }
        true
    }

    /// Reads one record.
    pub fn take(&mut self, key: &[u8], value: &[u8]) {
        let bytes = || Some(value.to_vec()).filter(|value| !value.is_empty());
        match key {
            b"path" => self.path = bytes(),
            b"linkpath" => self.link = bytes(),
            b"size" => self.size = decimal(value),
            b"uid" => self.uid = decimal(value),
            b"gid" => self.gid = decimal(value),
            b"uname" => self.user = bytes().filter(|name| name.len() <= MAX_OWNER),
            b"gname" => self.group = bytes().filter(|name| name.len() <= MAX_OWNER),
            b"mtime" => self.mtime = time(value),
            _ => {
                if let Some(name) = key.strip_prefix(b"SCHILY.xattr.") {
                    self.xattrs.push((name.to_vec(), value.to_vec()));
                } else if let Some(name) = key.strip_prefix(b"LIBARCHIVE.xattr.") {
                    let name = String::from_utf8_lossy(name);
                    let name =
                        crate::text::percent_decode(&name).unwrap_or(name.into_owned().into());
                    if let Some(value) = base64::decode(value) {
                        self.xattrs.push((name, value));
                    }
                } else if let Some(name) = key.strip_prefix(b"GNU.sparse.") {
                    self.sparse.push((name.to_vec(), value.to_vec()));
                }
            }
        }
    }

    /// The extended attributes, sorted by name; the last one of a name.
    pub fn take_xattrs(&mut self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut all = std::mem::take(&mut self.xattrs);
        all.reverse();
        all.sort_by(|(a, _), (b, _)| a.cmp(b));
        all.dedup_by(|(later, _), (kept, _)| later == kept);
        all
    }

    /// Fills in defaults from a global header.
    pub fn take_defaults(&mut self, new: Pax) {
        self.uid = new.uid.or(self.uid);
        self.gid = new.gid.or(self.gid);
        self.mtime = new.mtime.or(self.mtime);
        self.user = new.user.or(self.user.take());
        self.group = new.group.or(self.group.take());
    }

    /// The last value of a `GNU.sparse.` record.
    pub fn sparse_value(&self, name: &[u8]) -> Option<&[u8]> {
        self.sparse.iter().rev().find(|(key, _)| key == name).map(|(_, value)| &value[..])
    }
}

/// The first record without its length and line feed, and the rest.
fn split_record(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let space = data.iter().take(20).position(|&b| b == b' ')?;
    let length = usize::try_from(decimal(&data[..space])?).ok()?;
    if length <= space + 1 || length > data.len() || data[length - 1] != b'\n' {
        return None;
    }
    Some((&data[space + 1..length - 1], &data[length..]))
}

/// Seconds and nanoseconds. `-1.5` is one and a half seconds before 1970: second -2 and half a second.
fn time(text: &[u8]) -> Option<(i64, u32)> {
    let (negative, text) = match text.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let dot = text.iter().position(|&b| b == b'.');
    let (whole, fraction) = text.split_at(dot.unwrap_or(text.len()));
    let seconds = i64::try_from(decimal(whole)?).ok()?;
    let digits = fraction.get(1..).unwrap_or(b"");
    let mut nanos = 0u32;
    for place in 0..9 {
        let digit = digits.get(place).copied().unwrap_or(b'0');
        nanos = nanos * 10 + u32::from(digit.checked_sub(b'0').filter(|&d| d < 10)?);
    }
    Some(match (negative, nanos) {
        (false, _) => (seconds, nanos),
        (true, 0) => (-seconds, 0),
        (true, _) => (-seconds - 1, 1_000_000_000 - nanos),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_in_order_and_the_last_wins() {
        let mut pax = Pax::default();
        assert!(pax.read(b"11 path=ab\n11 path=cd\n27 SCHILY.xattr.user.k=a=b\n"));
        assert!(pax.read(b"25 SCHILY.xattr.user.a=1\n25 SCHILY.xattr.user.k=2\n"));
        assert_eq!(pax.path.as_deref(), Some(&b"cd"[..]));
        let pair = |name: &[u8], value: &[u8]| (name.to_vec(), value.to_vec());
        assert_eq!(pax.take_xattrs(), [pair(b"user.a", b"1"), pair(b"user.k", b"2")]);
    }

    #[test]
    fn records_before_a_malformed_one_are_used() {
        for bad in
            [&b"9 uid=7\n"[..], b"x uid=7\n", b"8 uidxx7\n", b"99999999999999999999 a=b\n", b"0 \n"]
        {
            let mut pax = Pax::default();
            assert!(!pax.read(&[b"11 path=ab\n", bad].concat()), "{bad:?}");
            assert_eq!((pax.path.as_deref(), pax.uid), (Some(&b"ab"[..]), None));
        }
    }

    #[test]
    fn times_before_1970_round_down() {
        for (text, want) in [
            (&b"1.25"[..], Some((1, 250_000_000))),
            (b"-1.25", Some((-2, 750_000_000))),
            (b"-3", Some((-3, 0))),
            (b"4133980800", Some((4_133_980_800, 0))),
            (b"abc", None),
        ] {
            assert_eq!(time(text), want);
        }
    }

    #[test]
    fn libarchive_values_are_base64() {
        let mut pax = Pax::default();
        assert!(pax.read(b"40 LIBARCHIVE.xattr.user.k=AAAAAgAgAAA=\n"));
        assert_eq!(pax.take_xattrs(), [(b"user.k".to_vec(), vec![0, 0, 0, 2, 0, 32, 0, 0])]);
    }
}
