//! A client of HTTP/1.1 for tests: one connection a request, plain text only, no redirects.
//!
//! A request by https gets no response, as from a registry without TLS.

use std::io::{BufRead, BufReader, Cursor, Read, Write};
use std::net::TcpStream;

/// The first line and the headers of an answer.
#[derive(Clone, Debug)]
pub struct Head {
    /// `200`, …
    pub status: u16,
    /// Names as they came.
    pub headers: Vec<(String, String)>,
}

impl Head {
    /// Reads one; `None` where there is none.
    pub fn read(reader: &mut impl BufRead) -> Option<Head> {
        let line = line(reader)?;
        let status = line.split(' ').nth(1)?.trim().parse().ok()?;
        Some(Head { status, headers: headers(reader)? })
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

/// An answer whose body is still to be read.
pub struct Answer {
    /// What came before the body.
    pub head: Head,
    /// As it was before it was cut into chunks.
    pub body: Box<dyn Read>,
}

impl Answer {
    /// The whole body.
    pub fn bytes(mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        drop(self.body.read_to_end(&mut bytes));
        bytes
    }

    /// The whole body as text.
    pub fn text(self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }
}

/// Sends a request and reads the answer's headers; `None` where nobody answers.
pub fn open(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Option<Answer> {
    let rest = url.strip_prefix("http://")?;
    let (host, path) = rest.split_at(rest.find('/')?);
    let mut stream = TcpStream::connect(host).ok()?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("Content-Length: {}\r\n\r\n", body.len());
    stream.write_all(&[head.as_bytes(), body].concat()).ok()?;
    let mut reader = BufReader::new(stream);
    let head = Head::read(&mut reader)?;
    let length = head.header("content-length").and_then(|length| length.parse().ok());
    let body: Box<dyn Read> = match (method, length) {
        ("HEAD", _) => Box::new(std::io::empty()),
        _ if head.header("transfer-encoding") == Some("chunked") => {
            Box::new(Cursor::new(unchunk(&mut reader)?))
        }
        (_, Some(length)) => Box::new(reader.take(length)),
        _ => Box::new(reader),
    };
    Some(Answer { head, body })
}

/// `open` without headers and body of its own.
pub fn get(url: &str) -> Option<Answer> {
    open("GET", url, &[], b"")
}

/// A header's value; names are the same in any case.
pub fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
}

/// A line without its end; `None` at the end of all.
pub(crate) fn line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    let count = reader.read_line(&mut line).ok()?;
    (count > 0).then(|| line.trim_end().to_owned())
}

/// Headers up to the empty line.
pub(crate) fn headers(reader: &mut impl BufRead) -> Option<Vec<(String, String)>> {
    let mut headers = Vec::new();
    loop {
        let line = line(reader)?;
        if line.is_empty() {
            return Some(headers);
        }
        let (name, value) = line.split_once(':')?;
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
}

fn unchunk(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let size = usize::from_str_radix(&line(reader)?, 16).ok()?;
        let mut chunk = vec![0; size + 2];
        reader.read_exact(&mut chunk).ok()?;
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(&chunk[..size]);
    }
}
