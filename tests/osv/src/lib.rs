//! Answers as api.osv.dev did, from interactions that others recorded (google/osv-scanner's cassettes).
//!
//! - Questions are answered one by one, by ecosystem, name and version, so that any batch of recorded
//!   questions has its answer. What was never recorded has an empty one.
//! - Records were not recorded: `/v1/vulns/ID` answers with one that is made of what the batches said, its
//!   versions those that were asked about.
//! - The recordings are YAML of one program; only the lines that matter are read.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// One request and its answer.
pub struct Interaction {
    pub request: Value,
    pub status: u16,
    pub response: Value,
}

/// Ecosystem without the marks that OSV takes for the same, name, version.
type Key = (String, String, String);

/// All that was recorded in some files.
pub struct Cassettes {
    pub interactions: Vec<Interaction>,
    answers: BTreeMap<Key, Value>,
    records: BTreeMap<String, Value>,
}

impl Cassettes {
    /// Of a file, or of each `.yaml` in a folder.
    pub fn load(path: &Path) -> io::Result<Cassettes> {
        let mut files = vec![path.to_owned()];
        if path.is_dir() {
            let entries = std::fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path()));
            files = entries.collect::<io::Result<_>>()?;
            files.retain(|file| file.extension().is_some_and(|end| end == "yaml"));
            files.sort();
        }
        let mut interactions = Vec::new();
        for file in files {
            interactions.extend(interactions_of(&std::fs::read_to_string(file)?)?);
        }
        let mut cassettes =
            Cassettes { interactions, answers: BTreeMap::new(), records: BTreeMap::new() };
        cassettes.index();
        Ok(cassettes)
    }

    fn index(&mut self) {
        for interaction in &self.interactions {
            let queries = interaction.request["queries"].as_array().into_iter().flatten();
            let results = interaction.response["results"].as_array().into_iter().flatten();
            for (query, result) in queries.zip(results) {
                let Some(key) = key(query) else { continue };
                for known in result["vulns"].as_array().into_iter().flatten() {
                    record(&mut self.records, query, known);
                }
                self.answers.insert(key, result.clone());
            }
        }
    }

    /// The status and body of the answer to a request; `None` if there is no such method or path.
    pub fn answer(&self, method: &str, path: &str, body: &[u8]) -> Option<(u16, Vec<u8>)> {
        match (method, path) {
            ("POST", "/v1/querybatch") => {
                let Ok(request) = serde_json::from_slice::<Value>(body) else {
                    return Some((400, br#"{"code":3,"message":"not JSON"}"#.to_vec()));
                };
                let queries = request["queries"].as_array().cloned().unwrap_or_default();
                let of = |query: &Value| key(query).and_then(|key| self.answers.get(&key).cloned());
                let results: Vec<_> = queries.iter().map(|q| of(q).unwrap_or(json!({}))).collect();
                Some((200, json!({ "results": results }).to_string().into_bytes()))
            }
            ("GET", path) => {
                let id = path.strip_prefix("/v1/vulns/")?;
                Some(match self.records.get(id) {
                    Some(record) => (200, record.to_string().into_bytes()),
                    None => (404, br#"{"code":5,"message":"Bug not found."}"#.to_vec()),
                })
            }
            _ => None,
        }
    }
}

fn key(query: &Value) -> Option<Key> {
    let package = &query["package"];
    let ecosystem = package["ecosystem"].as_str()?.trim_end_matches(":LTS").to_owned();
    Some((ecosystem, package["name"].as_str()?.to_owned(), query["version"].as_str()?.to_owned()))
}

fn record(records: &mut BTreeMap<String, Value>, query: &Value, known: &Value) {
    let Some(id) = known["id"].as_str() else { return };
    let new = || {
        json!({"schema_version": "1.7.0", "id": id, "modified": known["modified"],
        "summary": format!("Recorded as {id}"), "affected": []})
    };
    let record = records.entry(id.to_owned()).or_insert_with(new);
    let affected = json!({"package": query["package"], "versions": [query["version"]]});
    if let Some(all) = record["affected"].as_array_mut().filter(|all| !all.contains(&affected)) {
        all.push(affected);
    }
}

/// The blocks after `body: |`, by turns a request's and a response's, and the lines `code: N`.
fn interactions_of(text: &str) -> io::Result<Vec<Interaction>> {
    let mut bodies = Vec::new();
    let mut codes = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(code) = line.strip_prefix("      code: ") {
            codes.push(code.trim().parse::<u16>().map_err(io::Error::other)?);
        }
        if line == "      body: |" {
            let mut body = String::new();
            while let Some(line) =
                lines.next_if(|line| line.starts_with("        ") || line.is_empty())
            {
                body.push_str(line);
                body.push('\n');
            }
            bodies.push(serde_json::from_str::<Value>(&body)?);
        }
    }
    if bodies.len() != codes.len() * 2 {
        return Err(io::Error::other("requests without responses"));
    }
    let mut bodies = bodies.into_iter();
    let pair =
        |status| Some(Interaction { request: bodies.next()?, status, response: bodies.next()? });
    Ok(codes.into_iter().map_while(pair).collect())
}

/// Status and body of the answer to a method, a path and a body; `None`: there is nothing.
type Answerer = dyn Fn(&str, &str, &[u8]) -> Option<(u16, Vec<u8>)>;

/// A server of recorded answers on loopback, for browsers of any origin. Ends with the process.
pub struct Server {
    address: std::net::SocketAddr,
    asked: std::sync::Arc<std::sync::Mutex<Vec<(String, String)>>>,
}

impl Server {
    /// Serves these.
    pub fn start(cassettes: Cassettes) -> io::Result<Server> {
        Server::answering(move |method, path, body| cassettes.answer(method, path, body))
    }

    /// Serves what is answered to a method, a path and a body, as status and body; 404 where that is nothing.
    pub fn answering(
        answer: impl Fn(&str, &str, &[u8]) -> Option<(u16, Vec<u8>)> + Send + Sync + 'static,
    ) -> io::Result<Server> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let asked = std::sync::Arc::<std::sync::Mutex<Vec<_>>>::default();
        let seen = asked.clone();
        let answer = std::sync::Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, answer) = (seen.clone(), answer.clone());
                // A browser that hangs up is its own affair.
                std::thread::spawn(move || drop(serve(stream, &*answer, &seen)));
            }
        });
        Ok(Server { address, asked })
    }

    /// As `config.json` names it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Path and body of each request so far.
    ///
    /// # Panics
    /// If a connection's thread has panicked.
    pub fn asked(&self) -> Vec<(String, String)> {
        self.asked.lock().expect("no holder panics").clone()
    }
}

fn serve(
    stream: std::net::TcpStream,
    answer: &Answerer,
    seen: &std::sync::Mutex<Vec<(String, String)>>,
) -> io::Result<()> {
    use std::io::{BufRead, BufReader, Read, Write};
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split(' ');
    let (method, path) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        if header.trim().is_empty() {
            break;
        }
        if let Some(value) = header.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    if let Ok(mut seen) = seen.lock() {
        seen.push((path.to_owned(), String::from_utf8_lossy(&body).into_owned()));
    }
    let (status, answer) = answer(method, path, &body).unwrap_or((404, Vec::new()));
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status} Answer\r\nAccess-Control-Allow-Origin: *\r\nContent-Type: \
         application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        answer.len()
    )?;
    stream.write_all(&answer)
}
