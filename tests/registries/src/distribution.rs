//! Debian's docker-registry, and any other program whose log says where it listens.
//!
//! Each listens on a free port of loopback. A shell starts it and waits for the end of its own standard
//! input: when the value is dropped, or this process ends however it ends, the registry ends with it.

use crate::folder::Folder;
use crate::tokens::TokenServer;
use crate::{digest, find};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

/// Starts a program, waits for the end of its own input, then ends the program.
const GUARD: &str = r#""$@" </dev/null & read -r _; kill -KILL $!; wait 2>/dev/null"#;

/// `tester` with `PASSWORD`, by bcrypt.
const HTPASSWD: &str = "tester:$2b$04$69ky/OlBoi5m095bLZPeF.atEJ1mX8R6mcGY./LXxCNCbQhp1P7Iq\n";

/// Headers for pages of other origins, as Distribution's `http.headers` accepts them: those that its
/// configuration reference shows, and those that a client of the API must read.
const CORS: &str = "  headers:
    Access-Control-Allow-Origin: ['*']
    Access-Control-Allow-Methods: ['GET, HEAD, OPTIONS']
    Access-Control-Allow-Headers: ['Authorization, Accept, Range']
    Access-Control-Expose-Headers: ['Docker-Content-Digest, WWW-Authenticate, Link, Content-Range, Location']
";

/// How docker-registry runs; by default open and without CORS headers.
#[derive(Clone, Default)]
pub struct Setup {
    cors: bool,
    password: bool,
    /// YAML below `auth:`.
    tokens: String,
}

impl Setup {
    /// With the headers that let pages of other origins read its answers.
    pub fn cors(mut self) -> Setup {
        self.cors = true;
        self
    }

    /// Requires `USER` and `PASSWORD`, by Basic authentication.
    pub fn password(mut self) -> Setup {
        self.password = true;
        self
    }

    /// Requires tokens of this server.
    pub fn tokens(mut self, server: &TokenServer) -> Setup {
        self.tokens = server.config.clone();
        self
    }

    /// Starts it on a new folder.
    ///
    /// # Panics
    /// If docker-registry is not installed.
    pub fn start(self) -> Registry {
        self.start_on(Arc::new(Folder::new()))
    }

    /// Starts it on the folder that another one serves.
    ///
    /// # Panics
    /// If docker-registry is not installed.
    pub fn beside(self, other: &Registry) -> Registry {
        self.start_on(other.folder.clone())
    }

    fn start_on(self, folder: Arc<Folder>) -> Registry {
        let program = find("docker-registry");
        let program = program.expect("needs docker-registry: apt-get install docker-registry");
        let config = self.config(&folder);
        let path =
            folder.file(&format!("{}.yml", &digest(config.as_bytes())[7..]), config.as_bytes());
        let arguments = ["serve".to_owned(), path.display().to_string()];
        Registry::spawn(&program, &arguments, folder)
    }

    fn config(&self, folder: &Folder) -> String {
        let data = folder.path().join("data");
        let mut config = format!(
            "version: 0.1\nlog:\n  level: info\nstorage:\n  filesystem:\n    rootdirectory: {}\n\
             http:\n  addr: 127.0.0.1:0\n{}",
            data.display(),
            if self.cors { CORS } else { "" }
        );
        if self.password {
            let file = folder.file("htpasswd", HTPASSWD.as_bytes());
            config +=
                &format!("auth:\n  htpasswd:\n    realm: test\n    path: {}\n", file.display());
        }
        if !self.tokens.is_empty() {
            config += &format!("auth:\n{}", self.tokens);
        }
        config
    }
}

/// A registry that runs until it is dropped.
#[derive(Debug)]
pub struct Registry {
    guard: Child,
    folder: Arc<Folder>,
    /// `127.0.0.1:PORT`, its name in references.
    pub name: String,
}

impl Registry {
    /// Starts a program and waits until it says where it listens.
    ///
    /// # Panics
    /// If it ends without saying so: with its output.
    pub(crate) fn spawn(program: &Path, arguments: &[String], folder: Arc<Folder>) -> Registry {
        let mut command = Command::new("sh");
        command.args(["-c", GUARD, "guard"]).arg(program).args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut guard = command.spawn().expect("there is a shell");
        let output = guard.stderr.take().expect("it is piped");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let mut said = String::new();
        let name = lines.by_ref().find_map(|line| {
            said += &format!("{line}\n");
            // The shell keeps waiting when the program has failed.
            let failed =
                ["level=fatal", "panic:", "not found"].iter().any(|word| line.contains(word));
            assert!(!failed, "{} did not start:\n{said}", program.display());
            let rest = line.split_once("listening on ")?.1;
            Some(rest.split(['"', ' ']).next()?.trim_end_matches(',').to_owned())
        });
        // Its log must be read to the end, or its writes would block.
        std::thread::spawn(move || lines.for_each(drop));
        let name = name.unwrap_or_else(|| panic!("{} ended:\n{said}", program.display()));
        Registry { guard, folder, name }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.name)
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        drop(self.guard.wait());
    }
}
