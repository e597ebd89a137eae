//! A token server as Distribution's specification has it ("Token Authentication Specification"): tokens
//! are JWTs, signed by the command openssl.
//!
//! It sends no CORS headers and is one host of its own; a `Front` adds the first and changes the second.

use crate::BASIC;
use crate::folder::Folder;
use crate::http::{header, headers, line};
use std::io::{BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

/// A running server. It ends with the process.
pub struct TokenServer {
    /// `127.0.0.1:PORT`.
    pub name: String,
    /// What was asked: path with query, and whether with a password.
    pub asked: Arc<Mutex<Vec<(String, bool)>>>,
    /// The registry's configuration for it, below `auth:`.
    pub config: String,
}

/// What tokens are signed with. The folder goes with the server's thread.
struct Keys {
    key: PathBuf,
    certificate: PathBuf,
    _folder: Folder,
}

impl TokenServer {
    /// Gives `public/…` to anybody, all else to `USER`. `realm` is the `HOST[:PORT]` that a registry
    /// sends clients to, its own where there is none.
    ///
    /// # Panics
    /// If openssl is not installed.
    pub fn start(realm: Option<&str>) -> TokenServer {
        let keys = Keys::make();
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let name = listener.local_addr().expect("a bound socket has an address").to_string();
        // The registry reads the certificate when it starts, while the server runs.
        let config = format!(
            "  token:\n    realm: http://{}/auth\n    service: test\n    issuer: tests\n    rootcertbundle: {}\n",
            realm.unwrap_or(&name),
            keys.certificate.display()
        );
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(stream, &keys, &log);
            }
        });
        TokenServer { name, asked, config }
    }
}

/// A client that speaks otherwise, or no more, is left.
fn answer(mut stream: TcpStream, keys: &Keys, log: &Mutex<Vec<(String, bool)>>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let path = line(&mut reader)?.split(' ').nth(1)?.to_owned();
    let headers = headers(&mut reader)?;
    let sent = header(&headers, "authorization");
    log.lock().expect("no holder panics").push((path.clone(), sent.is_some()));
    let (status, body) = match sent {
        Some(value) if value != BASIC => ("401 Unauthorized", r#"{"details":"no"}"#.into()),
        sent => ("200 OK", token(&path, sent.is_some(), keys)),
    };
    let head = "Content-Type: application/json\r\nConnection: close\r\nContent-Length";
    let answer = format!("HTTP/1.1 {status}\r\n{head}: {}\r\n\r\n{body}", body.len());
    stream.write_all(answer.as_bytes()).ok()
}

impl Keys {
    fn make() -> Keys {
        let folder = Folder::new();
        let at = |name: &str| folder.path().join(name);
        let (key, certificate) = (at("key.pem"), at("certificate.pem"));
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=t"])
            .arg("-keyout")
            .arg(&key)
            .arg("-out")
            .arg(&certificate)
            .stderr(Stdio::null())
            .status();
        let made = made.is_ok_and(|status| status.success());
        assert!(made, "needs openssl: apt-get install openssl");
        Keys { key, certificate, _folder: folder }
    }

    fn sign(&self, text: &str) -> Vec<u8> {
        let mut command = Command::new("openssl");
        let command = command.args(["dgst", "-sha256", "-sign"]).arg(&self.key);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let child = child.as_mut().expect("openssl has made the key");
        let input = child.stdin.take().expect("it is piped");
        { input }.write_all(text.as_bytes()).expect("openssl reads");
        let mut signature = Vec::new();
        let output = child.stdout.as_mut().expect("it is piped");
        std::io::Read::read_to_end(output, &mut signature).expect("openssl writes");
        drop(child.wait());
        signature
    }
}

/// A token for the scope in the path's query.
fn token(path: &str, known: bool, keys: &Keys) -> String {
    let scope = path.split(['?', '&']).find_map(|part| part.strip_prefix("scope=")).unwrap_or("");
    let scope = scope.replace("%3A", ":").replace("%2C", ",").replace("%2F", "/");
    let mut parts = scope.split(':');
    let (kind, name) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let granted = known || name.starts_with("public/");
    let access = match granted {
        true => format!(r#"[{{"type":"{kind}","name":"{name}","actions":["pull"]}}]"#),
        false => "[]".to_owned(),
    };
    let header = format!(r#"{{"typ":"JWT","alg":"RS256","x5c":["{}"]}}"#, der(&keys.certificate));
    let claims = format!(
        r#"{{"iss":"tests","sub":"","aud":"test","exp":9999999999,"nbf":1,"iat":1,"jti":"x","access":{access}}}"#
    );
    let signed = format!("{}.{}", url64(header.as_bytes()), url64(claims.as_bytes()));
    let signature = url64(&keys.sign(&signed));
    format!(r#"{{"access_token":"{signed}.{signature}","expires_in":300}}"#)
}

fn der(certificate: &Path) -> String {
    let pem = std::fs::read_to_string(certificate).expect("openssl has made it");
    pem.lines().filter(|line| !line.starts_with('-')).collect()
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
