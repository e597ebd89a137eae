//! Programs that no package manager installed, by the version string that each contains.
//!
//! Source: the programs themselves, read with `strings`. The programs and the names of their packages are
//! those of syft's binary classifiers. A comment at each rule says where the program's string comes from.
//!
//! - The file's name decides which program it is; its bytes only give the version. Renamed programs are not
//!   found.
//! - Strings end at NUL. A rule may require another text in the same string.
//! - A text that nearly matches costs some hundred bytes each time: only the first places are looked at.
//! - A program that a package owns is listed here too.

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::analysis::packages::reading::executable::is_object;
use memchr::memmem;

pub const CATALOGER: Cataloger =
    Cataloger { name: "version-string", wants, read: CatalogRead::Whole(read) };

/// Places of a marker that are looked at. Of the programs here, `mongod` has the most, some thousand.
const MAX_PLACES: usize = 20_000;

/// How to find the version of a program.
struct ProgramRule {
    /// Names of its files; `*` stands for any text.
    files: &'static [&'static str],
    package: &'static str,
    /// The least count of numbers in its versions.
    numbers: usize,
    /// The first marker that is found counts.
    markers: &'static [VersionMarker],
}

/// Where the version is.
enum VersionMarker {
    /// After `before`. The version starts with `begins`, and `rest` follows somewhere in the same string.
    Behind { before: &'static str, begins: &'static str, rest: &'static str },
    /// Directly before this text, or before zeros and this text.
    Before(&'static str),
    /// A string that starts with the version in the file's name and a dot.
    Named,
}

const fn behind(before: &'static str) -> VersionMarker {
    VersionMarker::Behind { before, begins: "", rest: "" }
}

const fn rule(
    package: &'static str,
    files: &'static [&'static str],
    markers: &'static [VersionMarker],
) -> ProgramRule {
    ProgramRule { files, package, numbers: 3, markers }
}

const RULES: &[ProgramRule] = &[
    // The banner: bb_banner in libbb/messages.c. In a BusyBox image all names are hard links to the first
    // one, `[`, and links have no content.
    rule("busybox", &["busybox", "busybox-*", "["], &[behind("BusyBox v")]),
    // For what(1): sccsversion in version.c.
    rule("bash", &["bash"], &[behind("@(#)Bash version ")]),
    // The inspector's answer to /json/version; before that existed, only `node v0.10.48`.
    rule("node", &["node", "nodejs", "libnode.so*"], &[behind("node.js/v"), behind("\0node v")]),
    // PY_VERSION, of sys.version.
    rule("python", &["python2.*", "python3.*", "libpython*.so*"], &[VersionMarker::Named]),
    rule("pypy", &["libpypy*.so*"], &[behind("[PyPy ")]),
    // OPENSSL_VERSION_TEXT. AWS-LC has it too, followed by its own name.
    rule("aws-lc", &["openssl"], &[behind("; AWS-LC ")]),
    rule("openssl", &["openssl", "libcrypto.so*", "libssl.so*"], &[behind("\0OpenSSL ")]),
    // PERL_VERSION_STRING for `$^V`; the folders of @INC, if the image's Perl was built from source.
    rule(
        "perl",
        &["perl", "perl5.*", "libperl.so*"],
        &[VersionMarker::Behind { before: "\0v", begins: "5.", rest: "" }, behind("/perl5/")],
    ),
    // ruby_description. Other strings contain `ruby 1.8)`.
    rule(
        "ruby",
        &["ruby", "ruby?.?", "libruby*.so*"],
        &[VersionMarker::Behind { before: "ruby ", begins: "", rest: " (" }],
    ),
    // The header of expose_php, which every interface to the interpreter has.
    rule("php-cli", &["php", "php?.?"], &[behind("X-Powered-By: PHP/")]),
    rule("php-fpm", &["php-fpm*"], &[behind("X-Powered-By: PHP/")]),
    rule("libphp", &["libphp*.so*"], &[behind("X-Powered-By: PHP/")]),
    // ngx_show_version_info; OpenResty appends a number.
    rule(
        "nginx",
        &["nginx"],
        &[behind("nginx version: nginx/"), behind("nginx version: openresty/")],
    ),
    // The Server header.
    rule("httpd", &["httpd", "apache2"], &[behind("\0Apache/")]),
    rule("lighttpd", &["lighttpd"], &[behind("\0lighttpd/")]),
    rule(
        "haproxy",
        &["haproxy"],
        &[
            VersionMarker::Behind { before: " version ", begins: "", rest: ", released 20" },
            behind("HA-Proxy version "),
        ],
    ),
    rule("memcached", &["memcached"], &[behind("\0memcached ")]),
    // The build ID: version and host name of the build, here BuildKit.
    rule(
        "redis",
        &["redis-server"],
        &[VersionMarker::Before("buildkitsandbox-"), behind("Redis version ")],
    ),
    rule("valkey", &["valkey-server"], &[VersionMarker::Before("buildkitsandbox-")]),
    // PG_VERSION_STR, for version(). Two numbers since 10.
    ProgramRule { numbers: 2, ..rule("postgresql", &["postgres"], &[behind("\0PostgreSQL ")]) },
    // MYSQL_SERVER_VERSION.
    rule(
        "mariadb",
        &["mariadb", "mariadbd", "mysql", "mysqld"],
        &[VersionMarker::Before("-MariaDB")],
    ),
    // Paths of the source files.
    rule("percona-server", &["mysql", "mysqld"], &[behind("/percona-server-")]),
    rule("mysql", &["mysql", "mysqld"], &[behind("/mysql-")]),
    // Strings that follow the version in serverStatus.
    rule(
        "mongodb",
        &["mongod"],
        &[
            VersionMarker::Before("tcmalloc"),
            VersionMarker::Before("heap_size"),
            VersionMarker::Before("cppdefines"),
        ],
    ),
    // sqlite3_version, a string of its own.
    rule(
        "sqlite",
        &["libsqlite3.so*"],
        &[VersionMarker::Behind { before: "\0", begins: "3.", rest: "" }],
    ),
    // The User-Agent.
    rule("git", &["git"], &[behind("git/")]),
    rule("curl", &["curl", "libcurl.so*"], &[behind("curl/")]),
    // SSH_RELEASE. SSH_VERSION, which other strings contain, lacks the portable version's suffix.
    ProgramRule {
        numbers: 2,
        ..rule(
            "openssh",
            &["ssh", "sshd"],
            &[VersionMarker::Behind { before: "OpenSSH_", begins: "", rest: "p" }],
        )
    },
    // The section .comment: the compiler compiled itself, unless a distribution built it.
    rule("gcc", &["gcc", "gcc-*"], &[behind("GCC: (GNU) ")]),
    // Debug information of the standard library.
    rule("rust", &["libstd-*.so", "libstd-*.dylib"], &[behind("(rustc version ")]),
    rule("dart", &["dart"], &[VersionMarker::Before(" (stable)")]),
    rule("deno", &["deno"], &[behind("Deno/")]),
    // Paths of the source files.
    rule(
        "erlang",
        &["erlexec", "beam.smp", "liberts_internal.a"],
        &[behind("/otp_src_"), behind("/src/otp-")],
    ),
    rule("julia", &["libjulia-internal.so*"], &[VersionMarker::Before("verify")]),
    // What `--version` prints.
    rule("xz", &["xz"], &[behind("xz (XZ Utils) ")]),
    ProgramRule {
        numbers: 2,
        ..rule("ffmpeg", &["libavcodec.so*", "libavutil.so*"], &[behind("FFmpeg version ")])
    },
    rule("qtbase", &["libQt*Core.so*"], &[behind("\0Qt ")]),
    rule("openldap", &["ldapsearch"], &[behind("$OpenLDAP: ldapsearch ")]),
    rule("proftpd", &["proftpd"], &[behind("ProFTPD Version ")]),
    rule(
        "fluent-bit",
        &["fluent-bit"],
        &[VersionMarker::Before("Fluent Bit"), VersionMarker::Before("%sFluent Bit")],
    ),
];

fn wants(file: &Candidate<'_>) -> bool {
    // `ar` archives start like this: liberts_internal.a.
    file.may_begin(|head| is_object(head) || head.starts_with(b"!<arch>"))
        && rules(file).next().is_some()
}

/// The rules for a file's name.
fn rules<'a>(file: &Candidate<'a>) -> impl Iterator<Item = &'static ProgramRule> + use<'a> {
    let name = file.name();
    RULES.iter().filter(move |rule| rule.files.iter().any(|glob| matches(glob.as_bytes(), name)))
}

/// Whether a name matches a glob: `*` is any text, `?` one byte. Both are short.
fn matches(glob: &[u8], name: &[u8]) -> bool {
    match (glob, name) {
        ([], []) => true,
        ([b'*', glob @ ..], _) => {
            (0..=name.len()).any(|at| name.get(at..).is_some_and(|rest| matches(glob, rest)))
        }
        ([b'?', glob @ ..], [_, name @ ..]) => matches(glob, name),
        ([first, glob @ ..], [byte, name @ ..]) => first == byte && matches(glob, name),
        _ => false,
    }
}

fn read(file: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    let found = rules(file).find_map(|rule| {
        let found = rule.markers.iter().find_map(|marker| marker.find(file, bytes, rule.numbers));
        found.map(|version| (rule.package, version))
    });
    let Some((name, version)) = found else { return CatalogFacts::default() };
    CatalogFacts::of(Package {
        kind: "generic".to_owned(),
        name: name.to_owned(),
        version: version.to_owned(),
        ..Package::default()
    })
}

impl VersionMarker {
    fn find<'a>(&self, file: &Candidate<'_>, bytes: &'a [u8], numbers: usize) -> Option<&'a str> {
        match self {
            VersionMarker::Behind { before, begins, rest } => {
                let needle = [*before, *begins].concat();
                let mut places = memmem::find_iter(bytes, needle.as_bytes()).take(MAX_PLACES);
                places.find_map(|at| {
                    let text = string_at(bytes.get(at + before.len()..)?);
                    let version = version(text, numbers)?;
                    memmem::find(text, rest.as_bytes()).map(|_| version)
                })
            }
            VersionMarker::Before(next) => memmem::find_iter(bytes, next.as_bytes())
                .take(MAX_PLACES)
                .find_map(|at| version_before(bytes.get(..at)?, numbers)),
            VersionMarker::Named => {
                let begins = [b"\0", number_in(file.name())?.as_bytes(), b"."].concat();
                let mut places = memmem::find_iter(bytes, &begins).take(MAX_PLACES);
                places.find_map(|at| {
                    let text = string_at(bytes.get(at + 1..)?);
                    version(text, numbers).filter(|version| version.len() == text.len())
                })
            }
        }
    }
}

/// The bytes before the next NUL, at most as many as a version needs.
fn string_at(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.get(..256).unwrap_or(bytes);
    bytes.split(|&byte| byte == 0).next().unwrap_or_default()
}

/// `3.11` of `libpython3.11.so.1.0`.
fn number_in(name: &[u8]) -> Option<&str> {
    let at = name.iter().position(u8::is_ascii_digit)?;
    let rest = name.get(at..)?;
    std::str::from_utf8(rest.get(..numbers(rest).0)?).ok()
}

/// Length and count of the numbers, separated by dots, at the start of a text.
fn numbers(text: &[u8]) -> (usize, usize) {
    let (mut length, mut count) = (0, 0);
    for (at, part) in text.split(|&byte| byte == b'.').enumerate() {
        let digits = part.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            break;
        }
        count += 1;
        length += digits + usize::from(at > 0);
        if digits < part.len() {
            break;
        }
    }
    (length, count)
}

/// Suffixes of pre-releases and patches.
const STAGES: &[&str] = &["alpha", "beta", "rc", "RC", "dev", "preview", "p"];

/// A version at the start of a text: `15.1`, `1.1.1w`, `3.4.0preview1`, `2.7.7p221`, `8.0.4-rc`.
fn version(text: &[u8], at_least: usize) -> Option<&str> {
    let (mut length, count) = numbers(text);
    let rest = text.get(length..)?;
    let dash = usize::from(rest.first() == Some(&b'-'));
    let word = rest.get(dash..)?;
    let letters = word.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let digits = word.get(letters..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let is_end = !word.get(letters + digits..)?.first().is_some_and(u8::is_ascii_alphanumeric);
    let is_stage = STAGES.iter().any(|stage| word.get(..letters) == Some(stage.as_bytes()));
    // OpenSSL's letters, up to 1.0.2zf.
    let is_letter = dash == 0 && digits == 0 && (1..=2).contains(&letters);
    if is_end && (is_stage || is_letter) {
        length += dash + letters + digits;
    }
    (count >= at_least).then(|| std::str::from_utf8(text.get(..length)?).ok()).flatten()
}

/// A version at the end of a text, or before zeros at its end.
fn version_before(text: &[u8], at_least: usize) -> Option<&str> {
    // Longer than any version, with any zeros for alignment.
    let text = text.get(text.len().saturating_sub(64)..)?;
    let end = text.iter().rposition(|&byte| byte != 0)? + 1;
    let text = text.get(..end)?;
    let is_part = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    let start = text.iter().rposition(|byte| !is_part(byte)).map_or(0, |at| at + 1);
    let (length, count) = numbers(text.get(start..)?);
    let is_whole = start + length == text.len() && count >= at_least;
    is_whole.then(|| std::str::from_utf8(text.get(start..)?).ok()).flatten()
}

#[cfg(test)]
mod tests;
