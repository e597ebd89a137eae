//! Zip archives: they are not read, but one that holds an image says so. Browsers, file managers and build
//! servers pack what they hand out.

use crate::codec::ReadSeek;
use crate::codec::zip::Zip;
use crate::text::Shown;
use std::ops::ControlFlow;

/// Entries that are looked at.
const MAX_ENTRIES: usize = 10_000;
/// Endings of names that archives of images have.
const ARCHIVES: [&str; 9] =
    [".tar", ".tgz", ".tar.gz", ".tar.zst", ".tar.xz", ".tar.bz2", ".tar.lz4", ".oci", ".docker"];

/// What a zip archive holds, for a message.
pub struct Zipped {
    pub found: String,
    pub advice: String,
}

/// Says what image a zip archive holds; `None` if it is not a zip archive, or if its names
/// tell of none.
pub fn describe(source: Box<dyn ReadSeek + '_>) -> Option<Zipped> {
    let zip = Zip::open(source).ok()?;
    let (mut archives, mut index, mut blobs, mut seen) = (Vec::new(), false, false, 0);
    let walked = zip.walk(|entry| {
        seen += 1;
        let name = String::from_utf8_lossy(entry.name).to_lowercase();
        let base = name.rsplit('/').next().unwrap_or(&name);
        index |= matches!(base, "index.json" | "manifest.json");
        let layer = base == "layer.tar";
        blobs |= layer || name.contains("blobs/sha256/");
        if !layer
            && !name.starts_with("__macosx/")
            && ARCHIVES.iter().any(|end| base.ends_with(end))
        {
            archives.push(Shown::new(entry.name));
        }
        if seen < MAX_ENTRIES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    walked.ok()?;
    match &archives[..] {
        _ if index && blobs => Some(Zipped {
            found: "a zip archive with the files of an image in it".to_owned(),
            advice: "Unpack it, and open the folder.".to_owned(),
        }),
        [] => None,
        [one] => Some(Zipped {
            found: format!("a zip archive with {one} in it"),
            advice: format!("Unpack it, and open {one}."),
        }),
        [first, more @ ..] => Some(Zipped {
            found: format!("a zip archive with {first} and {} more archives in it", more.len()),
            advice: "Unpack it, and open one of them.".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};

    fn zip(names: &[&str]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut archive = rawzip::ZipArchiveWriter::new(&mut bytes);
        for name in names {
            let (mut entry, config) = archive
                .new_file(name)
                .compression_method(rawzip::CompressionMethod::STORE)
                .start()
                .unwrap();
            let mut writer = config.wrap(&mut entry);
            writer.write_all(b"content").unwrap();
            let (_, descriptor) = writer.finish().unwrap();
            entry.finish(descriptor).unwrap();
        }
        archive.finish().unwrap();
        bytes
    }

    #[test]
    fn a_zip_archive_says_which_image_it_holds() {
        for (names, found) in [
            (&["image.tar"][..], Some("a zip archive with image.tar in it")),
            (&["out/app.tar.gz", "read.me"], Some("a zip archive with out/app.tar.gz in it")),
            (
                &["a.tar", "b.tar", "c.oci"],
                Some("a zip archive with a.tar and 2 more archives in it"),
            ),
            (
                &["layout/index.json", "layout/blobs/sha256/00"],
                Some("a zip archive with the files of an image in it"),
            ),
            (&["a.txt", "__MACOSX/a.tar", "extension/manifest.json"], None),
        ] {
            let zipped = describe(Box::new(Cursor::new(zip(names))));
            assert_eq!(zipped.map(|zipped| zipped.found).as_deref(), found);
        }
        assert!(describe(Box::new(Cursor::new(b"no zip".to_vec()))).is_none());
    }
}
