//! COPY and ADD. BuildKit and kaniko record the sources; the classic builder and buildah a checksum of them
//! (`COPY file:HEX in /app/`), so the layer tells what was copied.

use super::brought::Brought;
use super::source::heredocs;
use super::values::exec_form;
use crate::text::byte_count;

/// A written COPY or ADD: what follows the keyword, whether something is guessed, and a remark on what was copied.
#[derive(Debug, Default, PartialEq)]
pub struct WrittenCopy {
    pub text: String,
    pub guessed: bool,
    pub remark: Option<String>,
}

/// What a record has in place of the sources.
struct CopyChecksum<'a> {
    /// `--chown=…`, which older builders wrote without a blank before the checksum.
    flags: &'a str,
    /// `file`, `dir` or `multi`.
    kind: &'a str,
    target: &'a str,
}

/// Writes a COPY or ADD. `look` tells what its layer brought below a directory.
pub fn copied(
    keyword: &str,
    recorded: &str,
    workdir: &str,
    look: &dyn Fn(&str) -> Option<Brought>,
) -> WrittenCopy {
    let recorded = recorded.trim();
    if let Some(checksum) = checksum(recorded) {
        return from_layer(keyword, &checksum, workdir, look);
    }
    let opened = heredocs(recorded);
    if opened.is_empty() || recorded.contains('\n') {
        return WrittenCopy { text: recorded.to_owned(), ..WrittenCopy::default() };
    }
    let mut text = recorded.to_owned();
    for heredoc in opened {
        text.push_str("\n(its content is not recorded)\n");
        text.push_str(&heredoc.name);
    }
    WrittenCopy { text, guessed: true, remark: None }
}

fn checksum(recorded: &str) -> Option<CopyChecksum<'_>> {
    let (source, target) = recorded.rsplit_once(" in ")?;
    let kinds = ["file:", "dir:", "multi:"];
    let at = kinds.iter().filter_map(|kind| source.rfind(kind)).max()?;
    let (kind, hash) = source[at..].split_once(':')?;
    let is_hash = hash.len() >= 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    let flags = source[..at].trim();
    let only_flags = flags.split_whitespace().all(|flag| flag.starts_with("--"));
    (is_hash && only_flags).then(|| CopyChecksum { flags, kind, target: target.trim() })
}

fn from_layer(
    keyword: &str,
    checksum: &CopyChecksum<'_>,
    workdir: &str,
    look: &dyn Fn(&str) -> Option<Brought>,
) -> WrittenCopy {
    let target = checksum.target;
    let directory = absolute(target, workdir);
    let found = look(&directory);
    let (sources, whole) = match &found {
        Some(found) => sources(keyword, checksum, &directory, found),
        None if keyword == "ADD" && directory.is_empty() => (vec!["rootfs.tar".to_owned()], false),
        None => (vec![unknown(checksum.kind, &directory)], false),
    };
    let mut flags = checksum.flags.to_owned();
    let owner = found.as_ref().and_then(|found| found.owner);
    if let Some((uid, gid)) = owner.filter(|owner| flags.is_empty() && *owner != (0, 0)) {
        flags = format!("--chown={uid}:{gid}");
    }
    if !flags.is_empty() {
        flags.push(' ');
    }
    let several = sources.len() > 1 && !target.ends_with('/');
    let target = format!("{target}{}", if several { "/" } else { "" });
    let mut words = sources;
    words.push(target);
    let text = match words.iter().any(|word| word.contains(char::is_whitespace)) {
        true => format!("{flags}{}", exec_form(&words)),
        false => format!("{flags}{}", words.join(" ")),
    };
    let remark = found.filter(|_| !whole).map(|found| remark(&found));
    WrittenCopy { text, guessed: true, remark }
}

/// Sources that would bring the same, and whether they name all that was brought.
fn sources(
    keyword: &str,
    checksum: &CopyChecksum<'_>,
    directory: &str,
    found: &Brought,
) -> (Vec<String>, bool) {
    if let Some(only) = found.only.as_ref().filter(|_| checksum.kind != "dir") {
        return (vec![base_name(only).to_owned()], true);
    }
    // ADD of one file that brought more unpacked an archive.
    if checksum.kind == "file" {
        let name = if directory.is_empty() { "rootfs" } else { base_name(directory) };
        let source = if keyword == "ADD" { format!("{name}.tar") } else { name.to_owned() };
        return (vec![source], false);
    }
    let all_files = found.names.values().all(|is_directory| !is_directory);
    if all_files && !found.more && !found.outside && !found.names.is_empty() {
        return (found.names.keys().cloned().collect(), true);
    }
    (vec![unknown(checksum.kind, directory)], false)
}

/// A name for a source of which nothing is known.
fn unknown(kind: &str, directory: &str) -> String {
    match (kind, base_name(directory)) {
        ("file", "") => "file".to_owned(),
        ("file", name) => name.to_owned(),
        (_, "") => "./".to_owned(),
        (_, name) => format!("{name}/"),
    }
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A target as a path from the root, without slashes at its ends.
fn absolute(target: &str, workdir: &str) -> String {
    let joined = match target.starts_with('/') {
        true => target.to_owned(),
        false => format!("{workdir}/{target}"),
    };
    let parts = joined.split('/').filter(|part| !part.is_empty() && *part != ".");
    parts.collect::<Vec<_>>().join("/")
}

/// What was copied, in words of a comment.
fn remark(found: &Brought) -> String {
    let name = |(name, is_directory): (&String, &bool)| match is_directory {
        true => format!("{name}/"),
        false => name.clone(),
    };
    let mut names: Vec<String> = found.names.iter().map(name).collect();
    if found.more {
        names.push("…".to_owned());
    }
    let (files, bytes) = (found.files, found.bytes);
    let plural = if files == 1 { "" } else { "s" };
    let names = names.join(", ").replace(['\n', '\r'], " ");
    format!("{files} file{plural}, {}: {names}", byte_count(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUM: &str = "ff6329a08fafa1d90ef7d943c7eeddbed0e7665065cc6debab863b3c4c6f5d90";

    fn found(names: &[(&str, bool)], owner: (u64, u64)) -> Brought {
        let only = (names.len() == 1 && !names[0].1).then(|| format!("x/{}", names[0].0));
        let names = names.iter().map(|(name, directory)| ((*name).to_owned(), *directory));
        Brought {
            files: 3,
            bytes: 7,
            names: names.collect(),
            only,
            owner: Some(owner),
            ..Brought::default()
        }
    }

    fn of(recorded: &str, workdir: &str, brought: Option<Brought>) -> String {
        copied("COPY", recorded, workdir, &|_| brought.clone()).text
    }

    #[test]
    fn checksums_become_the_files_that_were_copied() {
        let files = found(&[("a", false), ("b c", false)], (0, 0));
        assert_eq!(
            of(&format!("dir:{SUM} in /app/ "), "/", Some(files)),
            "[\"a\", \"b c\", \"/app/\"]"
        );
        let one = found(&[("run.sh", false)], (0, 0));
        assert_eq!(
            of(&format!("file:{SUM} in /opt/run.sh "), "/", Some(one)),
            "run.sh /opt/run.sh"
        );
        let tree = found(&[("lib", true), ("run", false)], (0, 0));
        let copy = copied("COPY", &format!("dir:{SUM} in ./ "), "/srv/app", &|directory| {
            assert_eq!(directory, "srv/app");
            Some(tree.clone())
        });
        assert_eq!(copy.text, "app/ ./");
        assert_eq!(copy.remark.unwrap(), "3 files, 7 bytes: lib/, run");
    }

    #[test]
    fn flags_without_a_blank_before_the_checksum_are_flags() {
        let recorded = format!("--chown=1000:1000dir:{SUM} in ./ ");
        assert_eq!(of(&recorded, "/srv/app", None), "--chown=1000:1000 app/ ./");
    }

    #[test]
    fn an_owner_that_the_layer_shows_is_written() {
        let files = found(&[("a", false), ("b", false)], (33, 33));
        assert_eq!(of(&format!("multi:{SUM} in /w/"), "/", Some(files)), "--chown=33:33 a b /w/");
    }

    #[test]
    fn an_archive_that_add_unpacked_is_called_one() {
        let tree = found(&[("bin", true), ("etc", true)], (0, 0));
        let written = copied("ADD", &format!("file:{SUM} in / "), "/", &|_| Some(tree.clone()));
        assert_eq!(written.text, "rootfs.tar /");
    }

    #[test]
    fn recorded_sources_stay() {
        assert_eq!(of("--chmod=644 a b /etc/", "/", None), "--chmod=644 a b /etc/");
        assert_eq!(
            of("<<ARCH /etc/arch", "/", None),
            "<<ARCH /etc/arch\n(its content is not recorded)\nARCH"
        );
    }
}
