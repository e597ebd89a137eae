//! Debian's docker-registry on loopback, and a token server beside it.
//!
//! Each registry takes any free port and tells which in its log: that line is waited for, nothing
//! sleeps. Several may serve one folder, so what is pushed to an open one is behind the others' logins.

use crate::http;
use layerscope::oci::Digest;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

/// A folder of its own, gone at the end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("layerscope-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A registry that runs until it is dropped.
pub struct Registry {
    child: Child,
    /// `127.0.0.1:PORT`, its name in references.
    pub name: String,
}

impl Registry {
    /// `None`, said by name, where docker-registry is not installed. `auth` is YAML, each line
    /// indented by two.
    pub fn start(folder: &Path, auth: &str) -> Option<Registry> {
        let auth = if auth.is_empty() { String::new() } else { format!("auth:\n{auth}") };
        let root = folder.join("data");
        let config = format!(
            "version: 0.1\nlog:\n  level: info\nstorage:\n  filesystem:\n    rootdirectory: {}\n\
             http:\n  addr: 127.0.0.1:0\n{auth}",
            root.display()
        );
        let path = folder.join(format!("{}.yml", Digest::of(config.as_bytes()).encoded()));
        std::fs::write(&path, config).unwrap();
        let mut command = Command::new("docker-registry");
        let started =
            command.arg("serve").arg(&path).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let Ok(mut child) = started else {
            println!("not tested: docker-registry is not installed");
            return None;
        };
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = String::new();
        let name = lines.by_ref().find_map(|line| {
            let line = line.unwrap();
            let at = line.split_once("listening on ").map(|(_, rest)| rest.to_owned());
            said += &format!("{line}\n");
            Some(at?.split(['"', ' ']).next()?.trim_end_matches(',').to_owned())
        });
        // Its log must be read on, or it would wait for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        let name = name.unwrap_or_else(|| panic!("docker-registry did not start:\n{said}"));
        Some(Registry { child, name })
    }

    pub fn push_blob(&self, repository: &str, bytes: &[u8]) -> Digest {
        let digest = Digest::of(bytes);
        let start = format!("http://{}/v2/{repository}/blobs/uploads/", self.name);
        let begun = http::open("POST", &start, &[], b"").unwrap().head;
        assert_eq!(begun.status, 202);
        let place = begun.header("location").unwrap();
        let put = format!("{place}{}digest={digest}", if place.contains('?') { '&' } else { '?' });
        let kind = [("content-type", "application/octet-stream")];
        assert_eq!(http::open("PUT", &put, &kind, bytes).unwrap().head.status, 201);
        digest
    }

    pub fn push_manifest(&self, repository: &str, name: &str, kind: &str, json: &str) -> Digest {
        let url = format!("http://{}/v2/{repository}/manifests/{name}", self.name);
        let mut answer =
            http::open("PUT", &url, &[("content-type", kind)], json.as_bytes()).unwrap();
        let mut told = String::new();
        answer.body.read_to_string(&mut told).unwrap();
        assert_eq!(answer.head.status, 201, "{told}");
        Digest::of(json.as_bytes())
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A token server as Distribution's specification has it: tokens are signed by the command openssl.
pub struct TokenServer {
    /// `127.0.0.1:PORT`.
    pub name: String,
    /// What was asked: path with query, and whether with a password.
    pub asked: Arc<Mutex<Vec<(String, bool)>>>,
    /// The registry's configuration for it.
    pub config: String,
}

impl TokenServer {
    /// Gives `public/…` to anybody, all else to who has `basic` as Authorization. `None`, said by
    /// name, without openssl.
    pub fn start(folder: &Path, basic: &'static str) -> Option<TokenServer> {
        let (key, certificate) = (folder.join("key.pem"), folder.join("certificate.pem"));
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=t"])
            .arg("-keyout")
            .arg(&key)
            .arg("-out")
            .arg(&certificate)
            .stderr(Stdio::null())
            .status();
        if !made.is_ok_and(|status| status.success()) {
            println!("not tested: tokens, for openssl is not installed");
            return None;
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let name = listener.local_addr().unwrap().to_string();
        let config = format!(
            "  token:\n    realm: http://{name}/auth\n    service: test\n    issuer: tests\n    rootcertbundle: {}\n",
            certificate.display()
        );
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let first = lines.next().unwrap().unwrap();
                let path = first.split(' ').nth(1).unwrap().to_owned();
                let headers: Vec<_> =
                    lines.map_while(|l| l.ok().filter(|l| !l.is_empty())).collect();
                let sent = headers.iter().find_map(|line| {
                    let (name, value) = line.split_once(": ")?;
                    name.eq_ignore_ascii_case("authorization").then(|| value.to_owned())
                });
                log.lock().unwrap().push((path.clone(), sent.is_some()));
                let (status, body) = match sent {
                    Some(value) if value != basic => {
                        ("401 Unauthorized", r#"{"details":"no"}"#.into())
                    }
                    sent => ("200 OK", token(&path, sent.is_some(), &key, &certificate)),
                };
                let length = body.len();
                let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n{body}");
                stream.write_all(head.as_bytes()).unwrap();
            }
        });
        Some(TokenServer { name, asked, config })
    }
}

/// A token for the scope in the path's query.
fn token(path: &str, known: bool, key: &Path, certificate: &Path) -> String {
    let scope = path.split(['?', '&']).find_map(|part| part.strip_prefix("scope=")).unwrap_or("");
    let scope = scope.replace("%3A", ":").replace("%2C", ",").replace("%2F", "/");
    let mut parts = scope.split(':');
    let (kind, name) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let granted = known || name.starts_with("public/");
    let access = match granted {
        true => format!(r#"[{{"type":"{kind}","name":"{name}","actions":["pull"]}}]"#),
        false => "[]".to_owned(),
    };
    let pem = std::fs::read_to_string(certificate).unwrap();
    let der: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let header = format!(r#"{{"typ":"JWT","alg":"RS256","x5c":["{der}"]}}"#);
    let claims = format!(
        r#"{{"iss":"tests","sub":"","aud":"test","exp":9999999999,"nbf":1,"iat":1,"jti":"x","access":{access}}}"#
    );
    let signed = format!("{}.{}", url64(header.as_bytes()), url64(claims.as_bytes()));
    let mut command = Command::new("openssl");
    let mut child = command
        .args(["dgst", "-sha256", "-sign"])
        .arg(key)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(signed.as_bytes()).unwrap();
    let signature = child.wait_with_output().unwrap().stdout;
    format!(r#"{{"access_token":"{signed}.{}","expires_in":300}}"#, url64(&signature))
}

/// Base64 for URLs, without padding.
fn url64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, at| bits << 8 | u32::from(*chunk.get(at).unwrap_or(&0)));
        for at in 0..=chunk.len() {
            out.push(DIGITS[(bits >> (18 - 6 * at)) as usize & 63] as char);
        }
    }
    out
}
