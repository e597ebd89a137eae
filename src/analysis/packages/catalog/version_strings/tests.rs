//! Compared with the versions that programs print, that their packages have, and that syft finds.

use super::super::test_archives::{self, found_in, named};
use super::*;
use std::path::Path;
use std::process::Command;

/// What is found in a file with this name and the first bytes of a program.
fn found(name: &str, content: &[u8]) -> Option<(String, String)> {
    let program = [b"\x7fELF\0", content].concat();
    named(&test_archives::read(name, &program, &[CATALOGER])).into_iter().next()
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn programs_in_images_have_the_versions_that_syft_finds() {
    for (archive, want) in [
        ("by-id.docker20.docker.tar", "busybox 1.35.0"),
        ("polyglot-public.skopeo-zstd.oci.tar", "busybox 1.35.0"),
        ("waste-public.regctl.oci.tar", "busybox 1.35.0"),
        ("third-party/dive-test-docker-image.tar", "busybox 1.29.3"),
        ("third-party/dive-test-kaniko-image.tar", "busybox 1.32.1"),
        ("third-party/jib-busybox-jib.tar", "busybox 1.31.0"),
        ("debmini.skopeo-gzip.oci.tar", "bash 5.2.15"),
    ] {
        let found = found_in(archive, &[CATALOGER]);
        let all = named(&found);
        let want = test_archives::list(want);
        assert!(want.is_subset(&all), "{archive}: {all:?}");
    }
}

/// Every program of this list that the machine has is asked itself; a Debian with git has three of them.
#[test]
fn programs_of_this_machine_are_of_the_version_that_they_print() {
    let mut asked = 0;
    for (program, arguments, package) in [
        ("bash", "--version", "bash"),
        ("node", "--version", "node"),
        ("perl", "--version", "perl"),
        // By its path: the first one of PATH may be a script of a version manager.
        ("/usr/bin/python3", "--version", "python"),
        ("git", "--version", "git"),
        ("curl", "--version", "curl"),
        ("xz", "--version", "xz"),
        ("ssh", "-V", "openssh"),
        ("busybox", "--help", "busybox"),
        ("nginx", "-v", "nginx"),
        ("redis-server", "--version", "redis"),
    ] {
        let Some(path) = on_path(program) else { continue };
        let printed = printed(&path, arguments);
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let content = std::fs::read(&path).unwrap();
        let found = named(&test_archives::read(&name, &content, &[CATALOGER]));
        let (found, version) = found.first().unwrap_or_else(|| panic!("nothing in {program}"));
        assert_eq!(found, package);
        assert!(stands_in(version, &printed), "{program} {version}: {printed}");
        asked += 1;
    }
    assert!(asked >= 3, "only {asked} programs were found");
}

fn on_path(program: &str) -> Option<std::path::PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let mut places = std::env::split_paths(&folders).map(|folder| folder.join(program));
    let path = places.find(|path| path.is_file())?.canonicalize().ok()?;
    // Skips scripts that call the program.
    is_object(&std::fs::read(&path).ok()?).then_some(path)
}

fn printed(path: &Path, argument: &str) -> String {
    let output = Command::new(path).arg(argument).output().unwrap();
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

/// Whether a text contains a version, and not only as the start of a longer one.
fn stands_in(version: &str, text: &str) -> bool {
    text.match_indices(version).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + version.len()..].chars().next();
        !before.is_some_and(|c| c.is_ascii_digit() || c == '.')
            && !after.is_some_and(|c| c.is_ascii_digit())
    })
}

/// Excerpts of Debian 12 programs, each with the package and version that it came from and the version to
/// be found.
#[test]
fn excerpts_of_programs_have_the_version_of_their_package() {
    for (file, excerpt, package, version) in [
        // nginx 1.22.1-9+deb12u11
        ("nginx", &b"option: \"%c\"\0nginx version: nginx/1.22.1\n\0OpenSSL 3.0.22"[..], "nginx", "1.22.1"),
        // postgresql-15 15.20-0+deb12u1
        (
            "postgres",
            b"before upgrading to PostgreSQL 9.1.\0Please REINDEX it.\0\0\0PostgreSQL 15.20 (Debian \
              15.20-0+deb12u1) on x86_64-pc-linux-gnu",
            "postgresql",
            "15.20",
        ),
        // haproxy 2.6.12-1+deb12u4
        ("haproxy", b"\0\0 version 2.6.12-1+deb12u4, released 2026/10/17\0", "haproxy", "2.6.12"),
        // memcached 1.6.18-1+deb12u1
        ("memcached", b"listen\0memcached 1.6.18\0udp-port\0", "memcached", "1.6.18"),
        // mariadb-server-core 1:10.11.19-0+deb12u1
        (
            "mariadbd",
            b"Unknown\0-0+deb12u1\x0010.11.19-MariaDB\0x86_64\0for example 10.1.1-MariaDB-mariadb1\0",
            "mariadb",
            "10.11.19",
        ),
        // apache2-bin 2.4.71-1~deb12u1
        ("apache2", b"mailto:\0Apache/2.4.71\0 Server at \0Apache/2.4\0", "httpd", "2.4.71"),
        // lighttpd 1.4.69-1
        ("lighttpd", b"SQLite support\n\0lighttpd/1.4.69\0server\0", "lighttpd", "1.4.69"),
        // libruby3.1 3.1.7+really3.1.2-0+deb12u1
        (
            "libruby-3.1.so.3.1.2",
            b"extension library for ruby 1.8)\0\0unknown type 0x%x (0x%x given)\0ruby 3.1.2p20 \
              (2022-04-12 revision 4491bb740a)",
            "ruby",
            "3.1.2p20",
        ),
        // php8.2-cli 8.2.36-1~deb12u1
        ("php8.2", b"%s,%s\0X-Powered-By: PHP/8.2.36\0ZEND_MM_MAX_ALLOCS\0", "php-cli", "8.2.36"),
        // libssl3 3.0.22-1~deb12u2
        ("libcrypto.so.3", b"@\0OpenSSL 3.0.22 25 Aug 2026\x003.0.22\0not", "openssl", "3.0.22"),
        // libsqlite3-0 3.40.1-2+deb12u2
        ("libsqlite3.so.0.8.6", b"\x08\0\0\x003.40.1\0\0\x01\0\0", "sqlite", "3.40.1"),
        // libcurl4 7.88.1-10+deb12u15
        ("libcurl.so.4.8.0", b"\0\0/\0libcurl/7.88.1\0zlib/%s\0", "curl", "7.88.1"),
        // openssh-server 1:9.2p1-2+deb12u10
        ("sshd", b"command-line\0OpenSSH_9.2\0%s, %s\n\0OpenSSH_9.2p1 Debian-2+deb12u10\0", "openssh", "9.2p1"),
        // perl-base 5.36.0-7+deb12u4
        ("perl", b"PERL_INTERNAL_RAND_SEED\0v5.36.0\0panic: sysconf: %s\0", "perl", "5.36.0"),
        // xz-utils 5.4.1-1+deb12u2
        ("xz", b"Filter chain: %s\n\0xz (XZ Utils) 5.4.1\0liblzma %s\n", "xz", "5.4.1"),
    ] {
        let want = Some((package.to_owned(), version.to_owned()));
        assert_eq!(found(file, excerpt), want, "{file}");
    }
}

#[test]
fn pre_releases_are_found_as_their_projects_write_them() {
    // Published versions, as syft's own classifiers quote them.
    for (text, want) in [
        (&b"1.1.1w  11 Sep 2023"[..], "1.1.1w"),
        (b"1.0.2zf", "1.0.2zf"),
        (b"3.4.0preview1 (2024-05-16 master 9d69619623)", "3.4.0preview1"),
        (b"2.7.7p221 (2022-11-24 revision 168ec2b1e5)", "2.7.7p221"),
        (b"8.0.4-rc/mysys_ssl/my_default.cc", "8.0.4-rc"),
        (b"2.6.12-1+deb12u4, released", "2.6.12"),
        (b"7.0.14buildkitsandbox-1702957741000000000", "7.0.14"),
        (b"5.2.15(1) release GNU", "5.2.15"),
    ] {
        assert_eq!(version(text, 3), Some(want));
    }
    assert_eq!(version(b"15beta4", 1), Some("15beta4"));
    assert_eq!(version(b"9.1.", 3), None);
}

#[test]
fn a_version_before_its_marker_is_complete() {
    for (text, want) in [
        (&b"shutdown\x007.0.28\0"[..], Some("7.0.28")),
        (b"[7.0.14", Some("7.0.14")),
        (b"7..14", None),
        (b"\0\0\0", None),
        (b"", None),
    ] {
        assert_eq!(version_before(text, 3), want);
    }
}
