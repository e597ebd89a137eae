//! Numbers, times and bytes as people read them: pure, so that tests need no browser.
//!
//! Sources: DESIGN.md, "Words" (decimal units, three significant digits); docker/go-units for
//! `HumanDuration` and `HumanSize`; docker/cli for the tables of `history` and `image ls`.
//! - What the page shows has a space before its unit; what is copied as a table is Docker's own form.
//! - Text is expected to be escaped already (`text::show`); nothing here decodes names.

mod words;

pub use words::{alone_words, are_one_source, artifact_words, name_words, source_words};

use crate::session::query::{HistoryRow, ImageLine};
use crate::text::show_lines;
use crate::time::Timestamp;
use crate::vocabulary::NodeKind;

const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

/// `1.98 MB`: three significant digits, zeros kept, so that columns of sizes stay even.
pub fn size(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    // Whole numbers only: code that sets floating point numbers is large. Rounding decides the unit, so
    // that none is ever `1000 kB`.
    let mut divisor = 1u128;
    for unit in &UNITS[1..] {
        divisor *= 1000;
        let rounded = |factor: u128| (u128::from(bytes) * factor + divisor / 2) / divisor;
        match (rounded(100), rounded(10), rounded(1)) {
            (n @ ..1000, ..) => return format!("{}.{:02} {unit}", n / 100, n % 100),
            (_, n @ ..1000, _) => return format!("{}.{} {unit}", n / 10, n % 10),
            (.., n @ ..1000) => return format!("{n} {unit}"),
            _ => {}
        }
    }
    format!("{bytes} B") // beyond the last unit lies no u64
}

/// `+1.98 MB`, `−411 B`, `0 B`.
pub fn signed_size(bytes: i64) -> String {
    let sign = match bytes {
        0 => "",
        1.. => "+",
        _ => "−",
    };
    format!("{sign}{}", size(bytes.unsigned_abs()))
}

/// `1.98MB` as `docker image ls` writes it: three significant digits, trailing zeros dropped.
fn docker_size(bytes: u64) -> String {
    let text = size(bytes);
    let (number, unit) = text.split_once(' ').unwrap_or((&text, ""));
    let number = match number.contains('.') {
        true => number.trim_end_matches('0').trim_end_matches('.'),
        false => number,
    };
    format!("{number}{unit}")
}

/// `8,214 bytes`.
pub fn exact_size(bytes: u64) -> String {
    match bytes {
        1 => "1 byte".to_owned(),
        _ => format!("{} bytes", count(bytes)),
    }
}

/// `9,412`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 layer`, `2 layers`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// Thousandths of `all` that `part` is, rounded; 0 of nothing, never more than all.
fn permille(part: u64, all: u64) -> u64 {
    match all {
        0 => 0,
        _ => ((u128::from(part.min(all)) * 1000 + u128::from(all) / 2) / u128::from(all)) as u64,
    }
}

/// How far a bar is filled: `61.9%`.
pub fn width(part: u64, all: u64) -> String {
    tenths(permille(part, all))
}

/// `width`, but what is there at all is seen.
pub fn seen_width(part: u64, all: u64) -> String {
    let least = if part > 0 { 10 } else { 0 };
    tenths(permille(part, all).max(least))
}

fn tenths(permille: u64) -> String {
    format!("{}.{}%", permille / 10, permille % 10)
}

/// `62 %`, `0.4 %`, `0 %`; what is there at all is never written as nothing.
pub fn percent_text(part: u64, all: u64) -> String {
    match permille(part, all) {
        0 if part > 0 => "<0.1 %".to_owned(),
        0 => "0 %".to_owned(),
        n @ ..100 => format!("{}.{} %", n / 10, n % 10),
        n => format!("{} %", (n + 5) / 10),
    }
}

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

/// `3 weeks ago`, as Docker's `HumanDuration` has it; times to come are "in 3 weeks".
pub fn ago(seconds: f64) -> String {
    let text = duration(seconds.abs());
    if seconds < 0.0 { format!("in {}", text.to_ascii_lowercase()) } else { format!("{text} ago") }
}

fn duration(seconds: f64) -> String {
    let whole = |n: f64, one: &str, many: &str| {
        if n as u64 == 1 { format!("1 {one}") } else { format!("{} {many}", n as u64) }
    };
    let hours = (seconds / 3600.0).round();
    match seconds {
        s if s < 1.0 => "Less than a second".to_owned(),
        s if s < 60.0 => whole(s, "second", "seconds"),
        s if s < 120.0 => "About a minute".to_owned(),
        s if s < 3600.0 => whole(s / 60.0, "minute", "minutes"),
        _ if hours < 2.0 => "About an hour".to_owned(),
        _ if hours < 48.0 => whole(hours, "hour", "hours"),
        _ if hours < 24.0 * 7.0 * 2.0 => whole(hours / 24.0, "day", "days"),
        _ if hours < 24.0 * 30.0 * 2.0 => whole(hours / 24.0 / 7.0, "week", "weeks"),
        _ if hours < 24.0 * 365.0 * 2.0 => whole(hours / 24.0 / 30.0, "month", "months"),
        _ => whole(hours / 24.0 / 365.0, "year", "years"),
    }
}

/// Seconds since 1970 of an RFC 3339 time, to the millisecond; `None` if it is none, or Go's zero time.
pub fn instant(text: &str) -> Option<f64> {
    /// 0002-01-01T00:00:00Z.
    const YEAR_2: i64 = -62_104_060_800;
    let time = Timestamp::from_rfc3339(text).filter(|time| time.seconds >= YEAR_2)?;
    Some(time.seconds as f64 + f64::from(time.nanoseconds / 1_000_000) / 1000.0)
}

/// A date without a time, `12 Nov 2026`; `month` counts from 1.
pub fn date(year: i64, month: u32, day: u32) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    format!("{day} {} {year}", MONTHS[(month.clamp(1, 12) - 1) as usize])
}

/// At most `limit` characters, the last of them `…` if something was cut away.
pub fn shorten(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    text.chars().take(limit.saturating_sub(1)).chain(['…']).collect()
}

/// What Docker cuts CREATED BY and COMMENT to without `--no-trunc`.
pub const SHORT: usize = 45;

/// A digest's first twelve digits, as Docker shows IDs; other text stays as it is.
pub fn short_digest(digest: &str) -> &str {
    match digest.split_once(':') {
        Some((_, hex)) if hex.len() > 12 && hex.is_ascii() => &hex[..12],
        _ => digest,
    }
}

/// What `docker image history` prints, with `--no-trunc` if `full`. `now` is seconds since 1970.
pub fn history_text(rows: &[HistoryRow], full: bool, now: f64) -> String {
    let mut table =
        vec![["IMAGE", "CREATED", "CREATED BY", "SIZE", "COMMENT"].map(String::from).to_vec()];
    for row in rows {
        let by = row.created_by.replace(['\t', '\n'], " ");
        table.push(vec![
            if full { row.image.clone() } else { short_digest(&row.image).to_owned() },
            row.created.as_deref().and_then(instant).map_or("N/A".to_owned(), |at| ago(now - at)),
            if full { by } else { shorten(&by, SHORT) },
            row.size.map_or("N/A".to_owned(), docker_size),
            if full { row.comment.clone() } else { shorten(&row.comment, SHORT) },
        ]);
    }
    aligned(&table)
}

/// What `docker image ls` prints: a line a name.
pub fn images_text(images: &[ImageLine], now: f64) -> String {
    let mut table =
        vec![["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"].map(String::from).to_vec()];
    for image in images {
        let none = [Default::default()];
        let names = if image.names.is_empty() { &none[..] } else { &image.names[..] };
        for name in names {
            let or_none = |text: &str| if text.is_empty() { "<none>" } else { text }.to_owned();
            let at = image.created.as_deref().and_then(instant);
            table.push(vec![
                or_none(&name.repository),
                or_none(&name.tag),
                short_digest(&image.image_id).to_owned(),
                at.map_or("N/A".to_owned(), |at| ago(now - at)),
                image.size.map_or("N/A".to_owned(), docker_size),
            ]);
        }
    }
    aligned(&table)
}

/// Columns as Go's tabwriter sets them for Docker: ten characters at least, three between.
fn aligned(table: &[Vec<String>]) -> String {
    let columns = table.first().map_or(0, Vec::len);
    let width = |column: usize| {
        table.iter().map(|row| row[column].chars().count() + 3).max().unwrap_or(0).max(10)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for row in table {
        let line: String = row.iter().zip(&widths).map(|(cell, w)| format!("{cell:<w$}")).collect();
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// The bytes as text: valid UTF-8 without NUL. A last character that is cut in two is left out if
/// more is to come (`whole` is false). `None` if it isn't text.
pub fn as_text(bytes: &[u8], whole: bool) -> Option<&str> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if !whole && error.error_len().is_none() => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    (!text.contains('\0')).then_some(text)
}

/// Text for the eye, and the numbers of its lines, one below the other.
pub fn numbered(text: &str) -> (String, String) {
    let shown = show_lines(text);
    let lines = shown.lines().count().max(1);
    let numbers = (1..=lines).map(|n| n.to_string()).collect::<Vec<_>>().join("\n");
    (numbers, shown)
}

/// A hex dump in three columns of equally many lines: offset, sixteen bytes, ASCII.
pub fn hex_dump(bytes: &[u8]) -> (String, String, String) {
    use std::fmt::Write;
    let (mut offsets, mut hex, mut ascii) = (String::new(), String::new(), String::new());
    for (line, chunk) in bytes.chunks(16).enumerate() {
        let _ = writeln!(offsets, "{:08x}", line * 16); // writing to a string cannot fail
        for (i, byte) in chunk.iter().enumerate() {
            let gap = match i {
                0 => "",
                8 => "  ",
                _ => " ",
            };
            let _ = write!(hex, "{gap}{byte:02x}");
            ascii.push(if (0x20..0x7f).contains(byte) { *byte as char } else { '.' });
        }
        hex.push('\n');
        ascii.push('\n');
    }
    (offsets, hex, ascii)
}

/// Where the filter's text stands in a name, in bytes, as the session finds it: letter case counts
/// only if the filter has capitals. `None` if it isn't in this name.
pub fn found_in(name: &str, filter: &str) -> Option<(usize, usize)> {
    let filter = filter.rsplit('/').next().unwrap_or(filter);
    if filter.is_empty() {
        return None;
    }
    if filter.chars().any(char::is_uppercase) || !name.is_ascii() {
        return name.find(filter).map(|at| (at, at + filter.len()));
    }
    name.to_ascii_lowercase().find(filter).map(|at| (at, at + filter.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::query::ImageName;

    #[test]
    fn sizes_have_three_digits_and_never_round_to_a_thousand() {
        for (bytes, shown, docker) in [
            (0, "0 B", "0B"),
            (411, "411 B", "411B"),
            (999, "999 B", "999B"),
            (1_000, "1.00 kB", "1kB"),
            (8_214, "8.21 kB", "8.21kB"),
            (99_949, "99.9 kB", "99.9kB"),
            (99_950, "100 kB", "100kB"),
            (999_499, "999 kB", "999kB"),
            (999_500, "1.00 MB", "1MB"),
            (1_980_000, "1.98 MB", "1.98MB"),
            (47_000_000, "47.0 MB", "47MB"),
            (188_400_000, "188 MB", "188MB"),
            (1_240_000_000, "1.24 GB", "1.24GB"),
            (u64::MAX, "18.4 EB", "18.4EB"),
        ] {
            assert_eq!((size(bytes).as_str(), docker_size(bytes).as_str()), (shown, docker));
        }
        assert_eq!(signed_size(-12_400_000), "−12.4 MB");
        assert_eq!(signed_size(i64::MIN), "−9.22 EB");
        assert_eq!(exact_size(8_214), "8,214 bytes");
        assert_eq!(count(1_234_567), "1,234,567");
    }

    #[test]
    fn shares_are_never_nothing_and_never_too_much() {
        for (part, all, words, wide) in [
            (0, 0, "0 %", "0.0%"),
            (0, 5, "0 %", "0.0%"),
            (1, 1_000_000, "<0.1 %", "0.0%"),
            (4, 1000, "0.4 %", "0.4%"),
            (99, 1000, "9.9 %", "9.9%"),
            (619, 1000, "62 %", "61.9%"),
            (u64::MAX, u64::MAX, "100 %", "100.0%"),
            (7, 5, "100 %", "100.0%"),
        ] {
            assert_eq!(
                (percent_text(part, all).as_str(), width(part, all).as_str()),
                (words, wide)
            );
        }
        assert_eq!(seen_width(1, 1_000_000), "1.0%");
        assert_eq!(seen_width(0, 1_000_000), "0.0%");
    }

    #[test]
    fn ages_are_dockers() {
        let (hour, day) = (3600.0, 86400.0);
        for (seconds, want) in [
            (0.2, "Less than a second ago"),
            (1.0, "1 second ago"),
            (59.0, "59 seconds ago"),
            (60.0, "About a minute ago"),
            (150.0, "2 minutes ago"),
            (hour, "About an hour ago"),
            (2.0 * hour, "2 hours ago"),
            (47.0 * hour, "47 hours ago"),
            (3.0 * day, "3 days ago"),
            (21.0 * day, "3 weeks ago"),
            (90.0 * day, "3 months ago"),
            (800.0 * day, "2 years ago"),
            (-3.0 * day, "in 3 days"),
        ] {
            assert_eq!(ago(seconds), want);
        }
    }

    #[test]
    fn instants_are_read_with_their_zone() {
        for (text, want) in [
            ("1970-01-01T00:00:00Z", Some(0.0)),
            ("2026-11-12T13:14:15Z", Some(1_794_489_255.0)),
            ("2026-11-12T14:14:15.5+01:00", Some(1_794_489_255.5)),
            ("2026-11-12T08:14:15-05:00", Some(1_794_489_255.0)),
            ("2024-02-29T00:00:00Z", Some(1_709_164_800.0)),
            ("0001-01-01T00:00:00Z", None),
            ("2026-13-01T00:00:00Z", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(instant(text), want, "{text}");
        }
    }

    #[test]
    fn history_is_set_as_docker_sets_it() {
        let row = |image: &str, by: &str, size| HistoryRow {
            image: image.to_owned(),
            created: Some("1970-01-01T00:00:00Z".to_owned()),
            created_by: by.to_owned(),
            size: Some(size),
            from_chain: false,
            comment: String::new(),
        };
        let id = format!("sha256:{}", "4f1c8e02a97b".repeat(5));
        let rows = [
            row(&id, "CMD [\"nginx\"]", 0),
            row(
                "<missing>",
                "RUN /bin/sh -c apt-get update && apt-get install -y nginx",
                1_980_000,
            ),
        ];
        let want = "\
IMAGE          CREATED       CREATED BY                                      SIZE      COMMENT
4f1c8e02a97b   3 weeks ago   CMD [\"nginx\"]                                   0B
<missing>      3 weeks ago   RUN /bin/sh -c apt-get update && apt-get ins…   1.98MB
";
        assert_eq!(history_text(&rows, false, 21.0 * 86400.0), want);
        assert!(history_text(&rows, true, 0.0).contains("install -y nginx   1.98MB"));
    }

    #[test]
    fn images_are_a_line_a_name() {
        let name = |tag: &str| ImageName { repository: "team/app".to_owned(), tag: tag.to_owned() };
        let image = ImageLine {
            names: vec![name("1"), name("2")],
            image_id: "sha256:abc".to_owned(),
            size: Some(188_400_000),
            ..Default::default()
        };
        let text = images_text(&[image, Default::default()], 0.0);
        assert_eq!(text.lines().count(), 4);
        assert!(text.contains("team/app     2         sha256:abc   N/A       188MB"), "{text}");
        assert!(text.contains("<none>       <none>"), "{text}");
    }

    #[test]
    fn text_is_told_from_bytes() {
        assert_eq!(as_text("grüße".as_bytes(), true), Some("grüße"));
        assert_eq!(as_text(b"gr\xc3", false), Some("gr"));
        assert_eq!(as_text(b"gr\xc3", true), None);
        assert_eq!(as_text(b"gr\xff\xc3", false), None);
        assert_eq!(as_text(b"a\0b", true), None);
        assert_eq!(numbered("a\nb\n"), ("1\n2".to_owned(), "a\nb\n".to_owned()));
    }

    #[test]
    fn hex_has_sixteen_bytes_a_line() {
        let (offsets, hex, ascii) = hex_dump(b"0123456789abcdef\x00\x7f");
        assert_eq!(offsets, "00000000\n00000010\n");
        assert_eq!(hex, "30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66\n00 7f\n");
        assert_eq!(ascii, "0123456789abcdef\n..\n");
    }

    #[test]
    fn what_the_filter_found_is_marked() {
        assert_eq!(found_in("index.html", "DEX"), None);
        assert_eq!(found_in("INDEX.html", "dex"), Some((2, 5)));
        assert_eq!(found_in("index.html", "html/index"), Some((0, 5)));
        assert_eq!(found_in("index.html", "etc/"), None);
    }
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
