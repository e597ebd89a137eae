//! PAX records as bytes: `LENGTH KEY=VALUE\n`, where the length counts itself.
//!
//! Source: POSIX pax, "pax Extended Header"; for attributes, star's `SCHILY.xattr`, whose names GNU tar writes with
//! `%` and `=` escaped.

/// The records of one member.
#[derive(Default)]
pub struct PaxRecords(pub Vec<u8>);

impl PaxRecords {
    /// Adds a record.
    pub fn push(&mut self, key: &str, value: impl AsRef<[u8]>) {
        self.push_bytes(key.as_bytes(), value.as_ref());
    }

    /// Adds an extended attribute. One without a name, or with a NUL in it, cannot be written.
    pub fn push_xattr(&mut self, name: &[u8], value: &[u8]) {
        if name.is_empty() || name.contains(&0) {
            return;
        }
        let mut key = b"SCHILY.xattr.".to_vec();
        for byte in name {
            match byte {
                b'%' => key.extend_from_slice(b"%25"),
                b'=' => key.extend_from_slice(b"%3D"),
                other => key.push(*other),
            }
        }
        self.push_bytes(&key, value);
    }

    /// Adds a time, if a header cannot have it: before 1970, or with a fraction of a second.
    pub fn push_time(&mut self, key: &str, (seconds, nanos): (i64, u32)) {
        // -2 and half a second is one and a half seconds before 1970: -1.5.
        let text = match (seconds < 0 && nanos > 0, nanos) {
            (_, 0) => seconds.to_string(),
            (false, _) => format!("{seconds}.{nanos:09}"),
            (true, _) => {
                let whole = (seconds + 1).unsigned_abs();
                format!("-{whole}.{:09}", 1_000_000_000 - nanos.min(999_999_999))
            }
        };
        self.push(key, text);
    }

    fn push_bytes(&mut self, key: &[u8], value: &[u8]) {
        let rest = key.len() + value.len() + 3;
        let mut length = rest + 1;
        while rest + decimal_digits(length) != length {
            length = rest + decimal_digits(length);
        }
        self.0.extend_from_slice(format!("{length} ").as_bytes());
        self.0.extend_from_slice(key);
        self.0.push(b'=');
        self.0.extend_from_slice(value);
        self.0.push(b'\n');
    }
}

fn decimal_digits(number: usize) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Pax;

    #[test]
    fn a_length_counts_its_own_digits() {
        let mut records = PaxRecords::default();
        records.push("path", "ab");
        assert_eq!(records.0, b"11 path=ab\n");
        let mut records = PaxRecords::default();
        records.push("k", "v".repeat(94)); // 100 bytes with a length of two digits, which then needs three
        assert!(records.0.starts_with(b"101 k=v") || records.0.starts_with(b"99 k=v"));
        assert!(Pax::default().read(&records.0));
        for length in 1..2000 {
            let mut records = PaxRecords::default();
            records.push("path", "x".repeat(length));
            let mut read = Pax::default();
            assert!(read.read(&records.0), "{length}");
            assert_eq!(read.path.map(|path| path.len()), Some(length));
        }
    }

    #[test]
    fn times_are_read_back() {
        for time in [(0, 1), (-2, 750_000_000), (-1, 500_000_000), (-3, 0), (1 << 40, 999_999_999)]
        {
            let mut records = PaxRecords::default();
            records.push_time("mtime", time);
            let mut read = Pax::default();
            assert!(read.read(&records.0));
            assert_eq!(read.mtime, Some(time));
        }
    }

    #[test]
    fn attributes_without_a_usable_name_are_left_out() {
        let mut records = PaxRecords::default();
        records.push_xattr(b"", b"1");
        records.push_xattr(b"user.\0", b"1");
        assert!(records.0.is_empty());
        records.push_xattr(b"user.a=b", b"1\n\0");
        assert_eq!(records.0, b"31 SCHILY.xattr.user.a%3Db=1\n\0\n");
    }
}
