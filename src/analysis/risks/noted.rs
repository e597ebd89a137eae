//! What is noted about one file during the pass over its layer: accounts, certificates, how a program was built, and
//! what a script needs.
//!
//! - Nothing secret is noted: of passwords only whether they are empty.
//! - Texts are bounded: names of accounts, libraries and folders are cut off, and so are their lists.

use super::program::{NotedProgram, program};
use super::script::{NotedScript, script};
use crate::analysis::certificate::{NotedCertificate, certificates};
use crate::analysis::file_bytes::FileBytes;
use crate::analysis::packages::catalog::Candidate;
use crate::json;
use serde::{Deserialize, Serialize};

/// Bytes of a file of accounts or certificates, or of a script, at most.
const MAX_FILE: u64 = 1 << 20;

/// Accounts of one file at most.
const MAX_ACCOUNTS: usize = 10_000;

/// Bytes of an account's name at most: Linux allows 32.
const MAX_NAME: usize = 256;

/// What is noted about one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NotedRisks {
    /// Names and IDs of a file of users or groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accounts: Option<Vec<(String, u32)>>,
    /// Users with an empty password.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<NotedCertificate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<NotedProgram>,
    /// Of a file that can be executed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub script: Option<NotedScript>,
}

/// The part of a file's note that is about risks (`FileNotes` in `analysis/contents.rs` has all of it).
#[derive(Default, Deserialize)]
#[serde(default)]
struct RiskPart {
    risks: NotedRisks,
}

impl NotedRisks {
    /// What a file's note says about risks. An unreadable one was written by another version and counts as empty.
    pub fn in_note(text: &str) -> NotedRisks {
        match text.contains("\"risks\":") {
            true => json::from_text::<RiskPart>(text).unwrap_or_default().risks,
            false => NotedRisks::default(),
        }
    }

    pub fn is_empty(&self) -> bool {
        *self == NotedRisks::default()
    }

    /// Whether a file's whole content is needed.
    pub fn wants(file: &Candidate<'_>) -> bool {
        let of_text = is_account_file(file.path) || is_certificate_file(file) || is_script(file);
        file.size <= MAX_FILE && of_text && !is_program(file)
    }

    /// Reads a file that was wanted.
    pub fn of(file: &Candidate<'_>, content: &[u8]) -> NotedRisks {
        let mut noted = NotedRisks::default();
        match file.path {
            _ if !NotedRisks::wants(file) => {}
            SHADOW => noted.open = accounts(content).filter_map(AccountLine::open).collect(),
            PASSWD => {
                let ids = |account: AccountLine<'_>| Some((name(account.name), account.id?));
                noted.accounts = Some(accounts(content).filter_map(ids).collect());
                noted.open = accounts(content).filter_map(AccountLine::open).collect();
            }
            GROUP => {
                let ids = |account: AccountLine<'_>| Some((name(account.name), account.id?));
                noted.accounts = Some(accounts(content).filter_map(ids).collect());
            }
            _ if is_script(file) => noted.script = script(content),
            _ => noted.certificates = certificates(content),
        }
        noted
    }

    /// Reads a program or library, of which parts are enough.
    pub fn program(content: FileBytes<'_>) -> Option<NotedProgram> {
        program(content)
    }
}

pub const PASSWD: &[u8] = b"etc/passwd";
pub const GROUP: &[u8] = b"etc/group";
pub const SHADOW: &[u8] = b"etc/shadow";

fn is_account_file(path: &[u8]) -> bool {
    [PASSWD, GROUP, SHADOW].contains(&path)
}

fn is_certificate_file(file: &Candidate<'_>) -> bool {
    let name = file.name().to_ascii_lowercase();
    [".pem", ".crt", ".cer", ".der"].iter().any(|ending| name.ends_with(ending.as_bytes()))
        || file.head.is_some_and(|head| head.starts_with(b"-----BEGIN CERT"))
}

/// Programs and libraries of Linux. Libraries are seldom executable, and a library's folders count too.
fn is_program(file: &Candidate<'_>) -> bool {
    file.head.is_some_and(|head| head.starts_with(b"\x7fELF"))
}

/// Files that are executed as the program of their first line.
fn is_script(file: &Candidate<'_>) -> bool {
    file.mode & 0o111 != 0 && file.head.is_some_and(|head| head.starts_with(b"#!"))
}

/// A line of a file of users or groups.
struct AccountLine<'a> {
    name: &'a [u8],
    password: &'a [u8],
    id: Option<u32>,
}

impl AccountLine<'_> {
    fn open(self) -> Option<String> {
        self.password.is_empty().then(|| name(self.name))
    }
}

/// Source: passwd(5), group(5), shadow(5): fields separated by colons.
fn accounts(content: &[u8]) -> impl Iterator<Item = AccountLine<'_>> {
    content.split(|byte| *byte == b'\n').filter_map(account).take(MAX_ACCOUNTS)
}

/// A line without a second field is none, nor is one that takes in a network's accounts (`+`).
fn account(line: &[u8]) -> Option<AccountLine<'_>> {
    let mut fields = line.split(|byte| *byte == b':');
    let (name, password) = (fields.next()?, fields.next()?);
    let id = fields.next().and_then(|id| std::str::from_utf8(id).ok()?.parse().ok());
    let is_other = name.is_empty() || name.starts_with(b"#") || name.starts_with(b"+");
    (!is_other).then(|| AccountLine { name: &name[..name.len().min(MAX_NAME)], password, id })
}

fn name(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn accounts_are_read_without_their_passwords() {
    let of = |path: &[u8], text: &str| NotedRisks::of(&Candidate::at(path), text.as_bytes());
    let passwd = "root:x:0:0:root:/root:/bin/ash\n# c\nweb::1000:1000::/:/bin/sh\n+\nbad\n";
    let noted = of(PASSWD, passwd);
    assert_eq!(noted.accounts, Some(vec![("root".into(), 0), ("web".into(), 1000)]));
    assert_eq!(noted.open, ["web"]);
    // Alpine 3.3 to 3.9, CVE-2019-5021.
    let noted = of(SHADOW, "root:::0:::::\nbin:!::0:::::\nalice:$6$salt$hash:1::::::\n");
    assert_eq!(noted.open, ["root"]);
    assert!(!serde_json::to_string(&noted).unwrap().contains("hash"));
    assert_eq!(of(b"srv/etc/passwd", passwd), NotedRisks::default());
}
