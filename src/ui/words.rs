//! Words for values that several views show.
//!
//! Source: docker/cli for names of images. Texts of an image are `Shown`: escaped already.

use crate::content_type::{ContentType, TextForm};
use crate::format;
use crate::protocol::{DiveEfficiency, ImageLine, ImageName, SbomDifference, SeverityCounts};
use crate::selection::LayerSelection;
use crate::text::{CharacterEncoding, Shown};
use crate::vocabulary::{
    Change, Compression, FileFamily, HiddenClass, LayerNumber, NodeKind, PathDifference,
    RewriteChange, RiskSeverity, Severity,
};

/// `registry.example/app:1.0`; without a tag where there is none.
pub fn image_name(name: &ImageName) -> String {
    match &name.tag {
        Some(tag) => format!("{}:{tag}", name.repository),
        None => name.repository.to_string(),
    }
}

/// An image's first name, else the start of its ID; empty where neither is known.
pub fn title(image: &ImageLine) -> Shown {
    match image.names.first() {
        Some(name) => image_name(name).into(),
        None => format::short_digest(&image.image_id).into(),
    }
}

/// `Layer 3`, `Layers 2–4`, `Up to layer 3`; `None` for the whole image.
pub fn selection(selection: LayerSelection) -> Option<String> {
    match selection {
        LayerSelection::All => None,
        LayerSelection::UpTo(last) => Some(format!("Up to layer {last}")),
        LayerSelection::Range(first, last) if first == last => Some(format!("Layer {first}")),
        LayerSelection::Range(first, last) => Some(format!("Layers {first}–{last}")),
    }
}

/// `layer 2`, `layers 2 and 4`, `layers 1, 2 and 4`.
pub fn layers(numbers: &[LayerNumber]) -> String {
    let texts: Vec<String> = numbers.iter().map(LayerNumber::to_string).collect();
    match texts.as_slice() {
        [] => "no layer".to_owned(),
        [one] => format!("layer {one}"),
        [first @ .., last] => format!("layers {} and {last}", first.join(", ")),
    }
}

/// The text with a capital letter at its start.
pub fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

/// How a change is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeWords {
    /// The letter in its box.
    pub letter: &'static str,
    /// Its colour's class.
    pub class: &'static str,
    pub word: &'static str,
}

/// `None` where there is no change.
pub fn change(change: Change) -> Option<ChangeWords> {
    let (letter, class, word) = match change {
        Change::None => return None,
        Change::Added => ("A", "a", "Added"),
        Change::Modified => ("M", "m", "Modified"),
        Change::Removed => ("D", "d", "Removed"),
        Change::Unchanged => ("=", "soft", "Rewritten, unchanged"),
    };
    Some(ChangeWords { letter, class, word })
}

/// What files with an ending mostly are.
pub fn file_family(family: FileFamily) -> &'static str {
    match family {
        FileFamily::Programs => "Programs and libraries",
        FileFamily::Code => "Source and scripts",
        FileFamily::Data => "Data and settings",
        FileFamily::Archives => "Archives and packages",
        FileFamily::Documents => "Texts",
        FileFamily::Media => "Pictures, fonts, sound",
        FileFamily::Other => "Other",
    }
}

/// `File`, `Directory`.
pub fn node_kind(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::File => "File",
        NodeKind::Directory => "Directory",
        NodeKind::Symlink => "Symbolic link",
        NodeKind::HardLink => "Hard link",
        NodeKind::CharDevice => "Character device",
        NodeKind::BlockDevice => "Block device",
        NodeKind::Fifo => "Named pipe",
    }
}

/// As the standards spell it.
pub fn encoding(encoding: CharacterEncoding) -> &'static str {
    match encoding {
        CharacterEncoding::Utf8 => "UTF-8",
        CharacterEncoding::Utf16 => "UTF-16",
        CharacterEncoding::Utf32 => "UTF-32",
        CharacterEncoding::Latin1 => "ISO 8859-1",
    }
}

/// `Script for /bin/sh, UTF-8`, `Time zone`.
pub fn content_type(content: &ContentType) -> String {
    match content {
        ContentType::Empty => "Empty".to_owned(),
        ContentType::Known(name) => (*name).to_owned(),
        ContentType::Text { encoding: written, form } => {
            let written = encoding(*written);
            match form {
                TextForm::Plain => format!("Text, {written}"),
                TextForm::Script(program) => format!("Script for {program}, {written}"),
                TextForm::Known(name) => format!("{name}, {written}"),
            }
        }
        ContentType::Data => "Data of a format that is not known here".to_owned(),
    }
}

/// `Critical`, `Not rated`.
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
        Severity::None => "None",
        Severity::Unrated => "Not rated",
    }
}

/// `2 critical, 1 low`; empty: none.
pub fn severity_counts(counts: &SeverityCounts) -> String {
    let severities = Severity::ALL.into_iter().filter(|severity| counts.of(*severity) > 0);
    let counted = severities.map(|severity| {
        let count = format::count(counts.of(severity).into());
        match severity {
            Severity::None => format!("{count} rated 0"),
            severity => format!("{count} {}", self::severity(severity).to_lowercase()),
        }
    });
    counted.collect::<Vec<_>>().join(", ")
}

/// A risk's severity.
pub fn risk_severity(severity: RiskSeverity) -> &'static str {
    match severity {
        RiskSeverity::High => "High",
        RiskSeverity::Medium => "Medium",
        RiskSeverity::Low => "Low",
        RiskSeverity::Info => "Information",
    }
}

/// `gzip`; `None` where there is no compression.
pub fn compression(compression: Compression) -> Option<&'static str> {
    match compression {
        Compression::None => None,
        Compression::Gzip => Some("gzip"),
        Compression::Zstd => Some("zstd"),
        Compression::Xz => Some("xz"),
        Compression::Bzip2 => Some("bzip2"),
        Compression::Lz4 => Some("LZ4"),
    }
}

/// What happened to a file that the final tree does not show.
pub fn hidden_class(class: HiddenClass) -> &'static str {
    match class {
        HiddenClass::Removed => "Removed",
        HiddenClass::Overwritten => "Overwritten",
        HiddenClass::Rewritten(RewriteChange::Mode) => "Rewritten, other permissions",
        HiddenClass::Rewritten(RewriteChange::Owner) => "Rewritten, other owner",
        HiddenClass::Rewritten(RewriteChange::Xattrs) => "Rewritten, other attributes",
        HiddenClass::Rewritten(RewriteChange::Times) => "Rewritten, other time",
        HiddenClass::Rewritten(RewriteChange::Nothing) => "Rewritten, nothing differs",
    }
}

/// dive's figures under its own name: it counts otherwise (`src/analysis/efficiency.rs`).
pub fn dive(dive: DiveEfficiency) -> String {
    format!(
        "dive 0.13 would say: efficiency {:.1} %, {} wasted in {}.",
        dive.score * 100.0,
        format::size(dive.wasted_bytes),
        format::counted(dive.paths.into(), "path", "paths")
    )
}

/// How an attached SBOM and what was found differ.
pub fn sbom_difference(difference: SbomDifference) -> &'static str {
    match difference {
        SbomDifference::OnlyInSbom => "Only in the SBOM",
        SbomDifference::OnlyFound => "Only found in the image",
        SbomDifference::OtherVersion => "Another version",
    }
}

/// `Layer 2 was not read: its packages are not known.`
pub fn unread_layers(unread: &[LayerNumber]) -> String {
    let (verb, whose) = if unread.len() == 1 { ("was", "its") } else { ("were", "their") };
    let layers = sentence(&layers(unread));
    format!("{layers} {verb} not read: {whose} packages are not known.")
}

/// `Layer 2 was read only in part: some of its packages may be missing.`
pub fn partial_layers(partial: &[LayerNumber]) -> String {
    let (verb, whose) = if partial.len() == 1 { ("was", "its") } else { ("were", "their") };
    let layers = sentence(&layers(partial));
    format!("{layers} {verb} read only in part: some of {whose} packages may be missing.")
}

/// `Layer 2 was not searched. Layer 3 was searched only in part.`; empty where all were.
pub fn search_gaps(unsearched: &[LayerNumber], partial: &[LayerNumber]) -> String {
    let said = |numbers: &[LayerNumber], what: &str| {
        let verb = if numbers.len() == 1 { "was" } else { "were" };
        (!numbers.is_empty()).then(|| format!("{} {verb} {what}.", sentence(&layers(numbers))))
    };
    let unsearched = said(unsearched, "not searched");
    let partial = said(partial, "searched only in part");
    unsearched.into_iter().chain(partial).collect::<Vec<_>>().join(" ")
}

/// How a path of two images differs.
pub fn path_difference(difference: PathDifference) -> &'static str {
    match difference {
        PathDifference::Added => "Added",
        PathDifference::Removed => "Removed",
        PathDifference::Type => "Another type",
        PathDifference::Content => "Content",
        PathDifference::Metadata => "Metadata",
        PathDifference::Time => "Time alone",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(number: u32) -> LayerNumber {
        LayerNumber::new(number).unwrap()
    }

    #[test]
    fn an_image_is_called_by_its_first_name_or_its_id() {
        let name = |repository: &str, tag: Option<&str>| ImageName {
            repository: repository.into(),
            tag: tag.map(Into::into),
        };
        let mut line = ImageLine {
            names: vec![name("localhost:5000/app", Some("1")), name("app", None)],
            image_id: format!("sha256:{}", "ab".repeat(32)),
            ..ImageLine::default()
        };
        assert_eq!(title(&line), "localhost:5000/app:1");
        line.names.remove(0);
        assert_eq!(title(&line), "app");
        line.names.clear();
        assert_eq!(title(&line), "abababababab");
        assert_eq!(title(&ImageLine::default()), "");
    }

    #[test]
    fn selections_and_layers_in_words() {
        let words = |text| selection(LayerSelection::parse(text).unwrap());
        assert_eq!(words(""), None);
        assert_eq!(words("..3").as_deref(), Some("Up to layer 3"));
        assert_eq!(words("3").as_deref(), Some("Layer 3"));
        assert_eq!(words("2..4").as_deref(), Some("Layers 2–4"));
        assert_eq!(layers(&[layer(2)]), "layer 2");
        assert_eq!(layers(&[layer(1), layer(2), layer(4)]), "layers 1, 2 and 4");
    }

    #[test]
    fn layers_that_were_not_read_are_named() {
        assert_eq!(unread_layers(&[layer(2)]), "Layer 2 was not read: its packages are not known.");
        assert_eq!(
            unread_layers(&[layer(2), layer(4)]),
            "Layers 2 and 4 were not read: their packages are not known."
        );
        assert_eq!(
            partial_layers(&[layer(1)]),
            "Layer 1 was read only in part: some of its packages may be missing."
        );
    }
}
