//! One request through a `Front`: read, forwarded, and its response returned as the rules demand.

use crate::front::{Rules, Seen, State};
use crate::http::{self, Head, header, headers, line};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};

/// What a preflight and an answer need for pages of any origin.
const CORS: &str = "Access-Control-Allow-Origin: *\r\n\
    Access-Control-Allow-Methods: GET, HEAD, OPTIONS\r\n\
    Access-Control-Allow-Headers: Authorization, Accept, Range\r\n\
    Access-Control-Expose-Headers: Docker-Content-Digest, WWW-Authenticate, Link, Content-Range, Location\r\n";

/// A request as it came.
struct Asked {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    /// Its place in the list of what was seen.
    number: usize,
}

pub(crate) fn answer(mut stream: TcpStream, state: &State) {
    let peer = stream.peer_addr();
    let _: Option<()> = pass(&mut stream, state);
    // Whatever ends the relay ends the connection, which the list of clients holds open, too.
    drop(stream.shutdown(Shutdown::Both));
    let other = |client: &TcpStream| match (client.peer_addr(), &peer) {
        (Ok(known), Ok(peer)) => known != *peer,
        _ => false,
    };
    state.clients.lock().expect("no holder panics").retain(other);
}

fn pass(stream: &mut TcpStream, state: &State) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    // The greeting of TLS has no line that would end.
    if !reader.fill_buf().ok()?.first()?.is_ascii_alphabetic() {
        return None;
    }
    let asked = read(&mut reader, state)?;
    let (upstream, cors, page) = {
        let rules = state.rules();
        (upstream(&rules, &asked.target)?, rules.cors, rules.page)
    };
    if cors && asked.method == "OPTIONS" {
        state.seen()[asked.number].status = 204;
        let head = format!("HTTP/1.1 204 No Content\r\n{CORS}Connection: close\r\n\r\n");
        return stream.write_all(head.as_bytes()).ok();
    }
    let is_list = asked.target.split('?').next()?.ends_with("/tags/list");
    if let (Some(most), true) = (page, is_list) {
        return pass_page(stream, state, &asked, &upstream, most, cors);
    }
    let mut answer = BufReader::new(send_on(&asked, &upstream, state)?);
    let head = Head::read(&mut answer)?;
    state.seen()[asked.number].status = head.status;
    stream.write_all(head_of(&head, cors).as_bytes()).ok()?;
    copy(&mut answer, stream, state, &asked)
}

fn read(reader: &mut impl BufRead, state: &State) -> Option<Asked> {
    let first = line(reader)?;
    let mut words = first.split(' ').map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let headers = headers(reader)?;
    let scheme = |value: &str| value.split(' ').next().unwrap_or_default().to_owned();
    let mut seen = state.seen();
    seen.push(Seen {
        method: method.clone(),
        target: target.clone(),
        authorization: header(&headers, "authorization").map(scheme),
        range: header(&headers, "range").map(str::to_owned),
        status: 0,
        sent: 0,
    });
    let number = seen.len() - 1;
    ["GET", "HEAD", "OPTIONS"].contains(&&*method).then_some(Asked {
        method,
        target,
        headers,
        number,
    })
}

fn upstream(rules: &Rules, target: &str) -> Option<String> {
    let elsewhere = rules.also.iter().find(|(path, _)| target.starts_with(path.as_str()));
    elsewhere.map(|(_, name)| name.clone()).or_else(|| rules.upstream.clone())
}

/// The request as it came, but on a connection of its own. `Host` stays, as before a deployment's proxy.
fn send_on(asked: &Asked, upstream: &str, state: &State) -> Option<TcpStream> {
    let ignored = state.rules().ignore_range;
    let mut head = format!("{} {} HTTP/1.1\r\nConnection: close\r\n", asked.method, asked.target);
    for (name, value) in &asked.headers {
        let name_is = |known: &str| name.eq_ignore_ascii_case(known);
        if !(name_is("connection") || ignored && name_is("range")) {
            head += &format!("{name}: {value}\r\n");
        }
    }
    let mut stream = TcpStream::connect(upstream).ok()?;
    stream.write_all(format!("{head}\r\n").as_bytes()).ok()?;
    Some(stream)
}

/// The head of an answer; the headers that are added take the place of the registry's own.
fn head_of(head: &Head, cors: bool) -> String {
    let mut text = format!("HTTP/1.1 {} -\r\nConnection: close\r\n", head.status);
    for (name, value) in &head.headers {
        let lower = name.to_ascii_lowercase();
        if lower != "connection" && !(cors && lower.starts_with("access-control-")) {
            text += &format!("{name}: {value}\r\n");
        }
    }
    text + if cors { CORS } else { "" } + "\r\n"
}

/// The body, as far as it is to go.
fn copy(from: &mut impl Read, to: &mut TcpStream, state: &State, asked: &Asked) -> Option<()> {
    let is_blob = state.seen()[asked.number].is_blob();
    let mut buffer = [0; 16 << 10];
    let mut sent = 0;
    loop {
        let mut room = buffer.len() as u64;
        if is_blob {
            room = room.min(wait(state, sent)?);
        }
        if is_blob {
            room = room.min(until_break(&mut state.rules(), sent)?);
        }
        let count = from.read(&mut buffer[..usize::try_from(room).ok()?]).ok()?;
        if count == 0 {
            return Some(());
        }
        // Counted first, so that a client that has the bytes finds them counted.
        sent += count as u64;
        state.seen()[asked.number].sent = sent;
        to.write_all(&buffer[..count]).ok()?;
    }
}

/// How many bytes may go before this blob breaks; `None` when it does. A shorter one counts as none.
fn until_break(rules: &mut Rules, sent: u64) -> Option<u64> {
    let (left, bytes) = rules.breaks;
    if left == 0 || sent > bytes {
        return Some(u64::MAX);
    }
    if sent == bytes {
        rules.breaks.0 -= 1;
        return None;
    }
    Some(bytes - sent)
}

/// How many bytes may go now; waits while none may. `None` when the front ends.
fn wait(state: &State, sent: u64) -> Option<u64> {
    let held = |rules: &mut Rules| {
        !rules.closed && !rules.stopped && rules.hold.is_some_and(|most| sent >= most)
    };
    let rules = state.changed.wait_while(state.rules(), held).expect("no holder panics");
    (!rules.closed && !rules.stopped).then(|| rules.hold.map_or(u64::MAX, |most| most - sent))
}

/// A page of a list of tags, made of the whole: Debian's Distribution has no pages of them.
fn pass_page(
    stream: &mut TcpStream,
    state: &State,
    asked: &Asked,
    upstream: &str,
    most: usize,
    cors: bool,
) -> Option<()> {
    let (path, query) = asked.target.split_once('?').unwrap_or((&asked.target, ""));
    let parameter = |name: &str| query.split('&').find_map(|part| part.strip_prefix(name));
    let whole = http::get(&format!("http://{upstream}{path}"))?;
    let status = whole.head.status;
    let mut list: serde_json::Value = serde_json::from_slice(&whole.bytes()).ok()?;
    let mut link = String::new();
    if let Some(tags) = list["tags"].as_array_mut() {
        tags.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        if let Some(last) = parameter("last=") {
            tags.retain(|tag| tag.as_str() > Some(last));
        }
        if tags.len() > most {
            tags.truncate(most);
            let last = tags.last()?.as_str()?;
            link = format!("Link: <{path}?last={last}&n={most}>; rel=\"next\"\r\n");
        }
    }
    state.seen()[asked.number].status = status;
    let (body, cors) = (list.to_string(), if cors { CORS } else { "" });
    let head = format!(
        "HTTP/1.1 {status} -\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{link}{cors}Connection: close\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).ok()
}
