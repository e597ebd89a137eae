//! The types of files as far as names tell: what follows the last dot, and the family that it belongs to.
//!
//! - Names only, and the mode where a name has no ending: contents are not read for this.
//! - The terms of an ending find exactly the files that have it (`find/`), so letters are folded in the same way.

use crate::vocabulary::FileFamily;

/// A longer ending is odd.
const MAX_LENGTH: usize = 24;

/// The ending of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending<'a> {
    /// `.so`, with the numbers of its version or without.
    SharedLibrary,
    /// What follows the last dot, in lower case: letters, digits and signs that mean nothing in a find.
    Of(&'a str),
    /// No dot, and anybody may execute the file.
    Executable,
    /// No dot.
    None,
    /// Anything else after the last dot.
    Odd,
}

impl<'a> Ending<'a> {
    /// Of a name whose letters are folded (`find::fold`).
    pub fn of(name: &'a [u8], is_executable: bool) -> Ending<'a> {
        let Some(dot) = memchr::memrchr(b'.', name) else {
            return if is_executable { Ending::Executable } else { Ending::None };
        };
        if is_shared_library(name) {
            return Ending::SharedLibrary;
        }
        let ending = &name[dot + 1..];
        let is_plain =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+');
        let is_short = (1..=MAX_LENGTH).contains(&ending.len());
        match std::str::from_utf8(ending) {
            Ok(text) if is_short && ending.iter().all(is_plain) => Ending::Of(text),
            _ => Ending::Odd,
        }
    }

    /// The terms of a find for the files with this ending; `None`: no terms find them.
    pub fn terms(&self) -> Option<String> {
        Some(match self {
            Ending::SharedLibrary => r"type:file /(?i)\.so(\.[0-9]+)*$/".to_owned(),
            // A version of a library ends as a page of a manual does.
            Ending::Of(ending) if is_number(ending.as_bytes()) => {
                format!(r"type:file *.{ending} -/(?i)\.so(\.[0-9]+)*$/")
            }
            Ending::Of(ending) => format!("type:file *.{ending}"),
            Ending::Executable => "type:file mode:exec -*.*".to_owned(),
            Ending::None => "type:file -mode:exec -*.*".to_owned(),
            Ending::Odd => return None,
        })
    }

    /// What files with this ending mostly are.
    pub fn family(&self) -> FileFamily {
        match self {
            Ending::SharedLibrary | Ending::Executable => FileFamily::Programs,
            Ending::Of(ending) => family(ending),
            Ending::None | Ending::Odd => FileFamily::Other,
        }
    }
}

/// `libz.so`, `libz.so.1.2`.
fn is_shared_library(name: &[u8]) -> bool {
    let mut left = name;
    while let Some(dot) = memchr::memrchr(b'.', left) {
        match &left[dot + 1..] {
            b"so" => return true,
            number if is_number(number) => left = &left[..dot],
            _ => return false,
        }
    }
    false
}

fn is_number(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

fn family(ending: &str) -> FileFamily {
    match ending {
        "a" | "beam" | "bpf" | "bytecode" | "class" | "cmx" | "com" | "deps" | "dll" | "dylib"
        | "efi" | "elc" | "exe" | "ko" | "la" | "lib" | "node" | "o" | "pdb" | "pyc" | "pyd"
        | "pyo" | "rlib" | "rmeta" | "wasm" => FileFamily::Programs,
        "awk" | "bash" | "bat" | "c" | "cc" | "cjs" | "clj" | "cmake" | "cpp" | "cs" | "css"
        | "cts" | "cxx" | "el" | "erl" | "ex" | "exs" | "f" | "f90" | "fish" | "go" | "groovy"
        | "h" | "hh" | "hpp" | "hrl" | "hs" | "inc" | "java" | "jinja" | "jl" | "js" | "jsx"
        | "kt" | "less" | "lua" | "m4" | "mjs" | "mk" | "ml" | "mts" | "pas" | "patch" | "php"
        | "pl" | "pm" | "pod" | "ps1" | "pxd" | "py" | "pyi" | "pyx" | "r" | "rake" | "rb"
        | "rs" | "s" | "scala" | "scss" | "sh" | "sql" | "swift" | "t" | "tcl" | "ts" | "tsx"
        | "vim" | "vue" | "zig" | "zsh" => FileFamily::Code,
        "bin" | "cache" | "cfg" | "cnf" | "conf" | "config" | "crt" | "csv" | "dat" | "data"
        | "db" | "desktop" | "env" | "gmo" | "h5" | "index" | "ini" | "json" | "json5"
        | "jsonl" | "key" | "list" | "lock" | "lst" | "map" | "md5sums" | "mo" | "npy"
        | "parquet" | "path" | "pb" | "pem" | "po" | "pot" | "properties" | "proto" | "rules"
        | "service" | "socket" | "sqlite" | "sqlite3" | "target" | "timer" | "toml" | "tsv"
        | "tzdata" | "xml" | "xsd" | "xslt" | "yaml" | "yml" => FileFamily::Data,
        "7z" | "apk" | "ar" | "br" | "bz2" | "cab" | "cpio" | "deb" | "ear" | "egg" | "gem"
        | "gz" | "iso" | "jar" | "jmod" | "lz" | "lz4" | "lzma" | "nupkg" | "phar" | "rar"
        | "rpm" | "tar" | "tbz" | "tgz" | "txz" | "war" | "whl" | "xz" | "zip" | "zst" => {
            FileFamily::Archives
        }
        "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "adoc" | "asciidoc" | "chm" | "doc"
        | "docbook" | "docx" | "epub" | "htm" | "html" | "info" | "log" | "markdown" | "md"
        | "odt" | "pdf" | "ps" | "readme" | "rst" | "rtf" | "tex" | "texi" | "txt" | "xhtml" => {
            FileFamily::Documents
        }
        "afm" | "avi" | "avif" | "bdf" | "bmp" | "cur" | "eot" | "flac" | "gif" | "icc" | "ico"
        | "jpeg" | "jpg" | "m4a" | "mkv" | "mov" | "mp3" | "mp4" | "oga" | "ogg" | "opus"
        | "otf" | "pcf" | "pfb" | "png" | "pnm" | "svg" | "svgz" | "tif" | "tiff" | "ttc"
        | "ttf" | "wav" | "webm" | "webp" | "woff" | "woff2" | "xpm" => FileFamily::Media,
        _ => FileFamily::Other,
    }
}

#[test]
fn endings_are_what_follows_the_last_dot() {
    for (name, is_executable, want) in [
        ("libz.so", false, Ending::SharedLibrary),
        ("libz.so.1.2.13", true, Ending::SharedLibrary),
        (".so", false, Ending::SharedLibrary),
        ("libz.so.1a", false, Ending::Of("1a")),
        ("x.1.2", false, Ending::Of("2")),
        ("so.1", false, Ending::Of("1")),
        ("a.tar.gz", false, Ending::Of("gz")),
        (".bashrc", false, Ending::Of("bashrc")),
        ("python", true, Ending::Executable),
        ("Makefile", false, Ending::None),
        ("a.", false, Ending::Odd),
        ("a.b c", false, Ending::Odd),
        ("a.*", false, Ending::Odd),
    ] {
        assert_eq!(Ending::of(name.as_bytes(), is_executable), want, "{name}");
    }
    assert_eq!(Ending::of(b"a.\xff", false), Ending::Odd);
    assert_eq!(Ending::Of("py").family(), FileFamily::Code);
    assert_eq!(Ending::Of("gz").family(), FileFamily::Archives);
}
