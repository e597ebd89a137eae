//! A client of HTTP/1.1 for tests: one connection a request, plain text only.
//!
//! What is asked for by https gets no answer, as from a registry that speaks no TLS. No redirects.

use layerscope::registry::{Body, Failure, Method, Request, Response};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// An answer whose body is still to be read.
pub struct Answer {
    pub head: Response,
    pub body: Box<dyn Read>,
}

/// Sends a request and reads its headers.
pub fn open(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Option<Answer> {
    let rest = url.strip_prefix("http://")?;
    let (host, path) = rest.split_at(rest.find('/')?);
    let mut stream = TcpStream::connect(host).ok()?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("Content-Length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let status = line.split(' ').nth(1)?.parse().ok()?;
    let mut headers = Vec::new();
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let head = Response { status, headers, body: Vec::new() };
    let chunked = head.header("transfer-encoding") == Some("chunked");
    let body: Box<dyn Read> = match (method, head.number("content-length")) {
        ("HEAD", _) => Box::new(std::io::empty()),
        _ if chunked => Box::new(std::io::Cursor::new(unchunk(&mut reader)?)),
        (_, Some(length)) => Box::new(reader.take(length)),
        _ => Box::new(reader),
    };
    Some(Answer { head, body })
}

fn unchunk(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let size = usize::from_str_radix(line.trim(), 16).ok()?;
        let mut chunk = vec![0; size + 2];
        reader.read_exact(&mut chunk).ok()?;
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(&chunk[..size]);
    }
}

/// Sends what the protocol asks for, as a driver has to: the body kept or left, limits held.
pub fn send(request: &Request) -> Result<Answer, Failure> {
    let method = if request.method == Method::Head { "HEAD" } else { "GET" };
    let headers: Vec<_> = request.all_headers().collect();
    let mut answer = open(method, &request.url, &headers, b"").ok_or(Failure::Network)?;
    let limit = match (request.body, answer.head.status) {
        (Body::Stream, 200 | 206) => return Ok(answer),
        (Body::Keep(limit), 200..=299) => limit,
        _ => 64 << 10,
    };
    let mut body = Vec::new();
    answer.body.by_ref().take(limit + 1).read_to_end(&mut body).map_err(|_| Failure::Network)?;
    if body.len() as u64 > limit && answer.head.status < 300 {
        return Err(Failure::TooLarge);
    }
    answer.head.body = body;
    Ok(answer)
}
