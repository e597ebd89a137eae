//! One header block: fields, numbers, checksum.

use tar::Header;

/// The fields of a header block, numbers decoded, before extension records override them.
pub struct Fields {
    pub name: Vec<u8>,
    pub link: Vec<u8>,
    pub typeflag: u8,
    pub mode: u32,
    pub uid: u64,
    pub gid: u64,
    /// `None`: not a number, negative, or 2⁶³ and more.
    pub size: Option<u64>,
    pub mtime: i64,
    pub user: Vec<u8>,
    pub group: Vec<u8>,
    pub device: (u32, u32),
}

/// Whether the checksum of a block holds, also in the signed form of old tars: then it is a header.
pub fn checksum_holds(block: &[u8; 512]) -> bool {
    let Some(claimed) = number(&block[148..156]) else { return false };
    let field = 148..156;
    let sum = |signed: bool| -> i64 {
        let value = |(at, &byte): (usize, &u8)| match (field.contains(&at), signed) {
            (true, _) => i64::from(b' '),
            (false, true) => i64::from(byte as i8),
            (false, false) => i64::from(byte),
        };
        block.iter().enumerate().map(value).sum()
    };
    claimed == sum(false) || claimed == sum(true)
}

/// Whether `bytes` begin with a header: this is how a tar is recognised.
pub fn is_header(bytes: &[u8]) -> bool {
    bytes.first_chunk().is_some_and(checksum_holds)
}

/// Reads all fields of a block whose checksum holds.
pub fn fields(block: &[u8; 512]) -> Fields {
    let header = Header::from_byte_slice(block);
    let old = header.as_old();
    let mut fields = Fields {
        name: text(&old.name).to_vec(),
        link: text(&old.linkname).to_vec(),
        typeflag: old.linkflag[0],
        mode: number(&old.mode).unwrap_or(0) as u32 & 0o7777,
        uid: number(&old.uid).and_then(|n| u64::try_from(n).ok()).unwrap_or(0),
        gid: number(&old.gid).and_then(|n| u64::try_from(n).ok()).unwrap_or(0),
        size: number(&old.size).and_then(|n| u64::try_from(n).ok()),
        mtime: number(&old.mtime).unwrap_or(0),
        user: Vec::new(),
        group: Vec::new(),
        device: (0, 0),
    };
    // The magic at 257 is "ustar\0" (POSIX, star) or "ustar  " (GNU); anything else is the form of V7.
    if let Some(gnu) = header.as_gnu() {
        fields.user = text(&gnu.uname).to_vec();
        fields.group = text(&gnu.gname).to_vec();
        fields.device = device(&gnu.dev_major, &gnu.dev_minor);
    } else if block[257..263] == *b"ustar\0" {
        let ustar = header.as_ustar();
        let (user, group, major, minor) = match ustar {
            Some(ustar) => (&ustar.uname, &ustar.gname, &ustar.dev_major, &ustar.dev_minor),
            None => return with_ustar_fields(fields, block),
        };
        fields.user = text(user).to_vec();
        fields.group = text(group).to_vec();
        fields.device = device(major, minor);
        prepend(&mut fields.name, prefix(block));
    }
    fields
}

/// POSIX fields by their offsets, for a version field that is not "00", as in archives of old star.
fn with_ustar_fields(mut fields: Fields, block: &[u8; 512]) -> Fields {
    fields.user = text(&block[265..297]).to_vec();
    fields.group = text(&block[297..329]).to_vec();
    fields.device = device(&block[329..337], &block[337..345]);
    prepend(&mut fields.name, prefix(block));
    fields
}

/// The prefix of the name: 155 bytes, or 131 where star has two times behind it ("tar\0" at 508).
fn prefix(block: &[u8; 512]) -> &[u8] {
    let end = if &block[508..512] == b"tar\0" { 345 + 131 } else { 345 + 155 };
    text(&block[345..end])
}

fn prepend(name: &mut Vec<u8>, prefix: &[u8]) {
    if !prefix.is_empty() {
        *name = [prefix, b"/", name].concat();
    }
}

fn device(major: &[u8], minor: &[u8]) -> (u32, u32) {
    let part = |field| number(field).and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
    (part(major), part(minor))
}

/// The bytes up to the first NUL.
pub fn text(field: &[u8]) -> &[u8] {
    let end = field.iter().position(|&b| b == 0).unwrap_or(field.len());
    &field[..end]
}

/// A numeric field: octal, padded with spaces and NULs, or base-256 (two's complement) if the first bit is
/// set. `None` if it is neither, or needs more than 63 bits.
pub fn number(field: &[u8]) -> Option<i64> {
    let &first = field.first()?;
    if first & 0x80 != 0 {
        let negative = first & 0x40 != 0;
        let mut value: i64 = if negative { -1 } else { 0 };
        for (at, &byte) in field.iter().enumerate() {
            let byte = match (at, negative) {
                (0, true) => byte | 0x80,
                (0, false) => byte & 0x7f,
                _ => byte,
            };
            value = value.checked_mul(256)?.checked_add(i64::from(byte))?;
        }
        return Some(value);
    }
    let start = field.iter().position(|&b| b != b' ' && b != 0).unwrap_or(field.len());
    let digits = &field[start..];
    let end = digits.iter().position(|&b| b == b' ' || b == 0).unwrap_or(digits.len());
    digits[..end].iter().try_fold(0i64, |value, &digit| match digit {
        b'0'..=b'7' => value.checked_mul(8)?.checked_add(i64::from(digit - b'0')),
        _ => None,
    })
}

#[test]
fn numbers_are_octal_or_base_256() {
    for (field, want) in [
        (&b"0000644\0"[..], Some(0o644)),
        (b"   644 \0", Some(0o644)),
        (b"\0\0\0\0\0\0\0\0", Some(0)),
        (b"        ", Some(0)),
        (b"0000689\0", None),
        (b"\x80\0\0\0\0\0\0\x01\0\0\0\0", Some(1 << 32)),
        (b"\xff\xff\xff\xff\xff\xff\xff\xfe", Some(-2)),
        (b"\x80\0\0\0\x80\0\0\0\0\0\0\0", None), // 2⁶³: 8 EiB
        (b"\xc0\0\0\0\0\0\0\0\0\0\0\0", None),
    ] {
        assert_eq!(number(field), want, "{field:?}");
    }
}
