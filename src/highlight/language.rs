//! The languages, and which file is written in which: by its name, else by its first line.

use super::line::{LexedLine, LexerState, Token};
use super::{c_like, dockerfile, ini, json, markup, nginx, passwd, python, shell, toml, yaml};

/// A language.
#[derive(Debug)]
pub struct Language {
    pub name: &'static str,
    /// What names end with.
    endings: &'static [&'static str],
    /// Whole names.
    names: &'static [&'static str],
    /// Names of programs in a first line `#!`.
    programs: &'static [&'static str],
    read: fn(&mut LexedLine<'_>, LexerState) -> LexerState,
}

impl Language {
    /// The tokens of a line, and the state in which it ends.
    pub fn line(&self, text: &str, state: LexerState) -> (Vec<Token>, LexerState) {
        let mut line = LexedLine::new(text);
        let after = (self.read)(&mut line, state);
        (line.tokens, after)
    }
}

/// All of them. The first that fits a name has it.
pub const LANGUAGES: &[Language] = &[
    Language {
        name: "Shell",
        endings: &[
            ".sh",
            ".bash",
            ".zsh",
            ".ksh",
            ".ash",
            ".postinst",
            ".preinst",
            ".postrm",
            ".prerm",
        ],
        names: &[
            ".bashrc",
            ".profile",
            ".bash_profile",
            ".bash_logout",
            "profile",
            "bash.bashrc",
            "APKBUILD",
            "PKGBUILD",
            "os-release",
        ],
        programs: &["sh", "bash", "dash", "ash", "zsh", "ksh"],
        read: shell::shell,
    },
    Language {
        name: "Dockerfile",
        endings: &[".dockerfile", ".containerfile"],
        names: &["Dockerfile", "Containerfile"],
        programs: &[],
        read: dockerfile::dockerfile,
    },
    Language {
        name: "JSON",
        endings: &[
            ".json",
            ".jsonc",
            ".json5",
            ".map",
            ".webmanifest",
            ".ipynb",
            ".jsonl",
            ".geojson",
        ],
        names: &[".babelrc", ".eslintrc", "composer.lock", "Pipfile.lock"],
        programs: &[],
        read: json::json,
    },
    Language {
        name: "YAML",
        endings: &[".yaml", ".yml"],
        names: &[".clang-format"],
        programs: &[],
        read: yaml::yaml,
    },
    Language {
        name: "TOML",
        endings: &[".toml"],
        names: &["Cargo.lock", "poetry.lock", "uv.lock", "Pipfile"],
        programs: &[],
        read: toml::toml,
    },
    Language {
        name: "nginx",
        endings: &[".nginx", ".vhost"],
        names: &["nginx.conf", "fastcgi_params", "fastcgi.conf", "mime.types"],
        programs: &[],
        read: nginx::nginx,
    },
    Language {
        name: "Accounts",
        endings: &[],
        names: &[
            "passwd", "group", "shadow", "gshadow", "passwd-", "group-", "shadow-", "subuid",
            "subgid",
        ],
        programs: &[],
        read: passwd::passwd,
    },
    Language {
        name: "XML",
        endings: &[
            ".xml", ".html", ".htm", ".xhtml", ".svg", ".xsd", ".xsl", ".pom", ".plist", ".csproj",
            ".rels", ".vue",
        ],
        names: &[],
        programs: &[],
        read: markup::markup,
    },
    Language {
        name: "Python",
        endings: &[".py", ".pyi", ".pyw"],
        names: &[],
        programs: &["python", "python2", "python3"],
        read: python::python,
    },
    Language {
        name: "JavaScript",
        endings: &[".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"],
        names: &[],
        programs: &["node", "deno", "bun"],
        read: c_like::script,
    },
    Language {
        name: "Rust or Go",
        endings: &[".rs", ".go"],
        names: &[],
        programs: &[],
        read: c_like::systems,
    },
    Language {
        name: "C",
        endings: &[
            ".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".hh", ".java", ".kt", ".cs", ".swift",
            ".php", ".css", ".scss", ".gradle", ".groovy", ".proto", ".m",
        ],
        names: &[],
        programs: &["php"],
        read: c_like::c,
    },
    Language {
        name: "INI",
        endings: &[
            ".ini",
            ".cfg",
            ".conf",
            ".cnf",
            ".service",
            ".socket",
            ".timer",
            ".target",
            ".mount",
            ".path",
            ".desktop",
            ".properties",
            ".env",
            ".gitconfig",
            ".editorconfig",
            ".repo",
            ".sources",
        ],
        names: &[
            ".env",
            ".npmrc",
            ".gitconfig",
            ".editorconfig",
            ".pypirc",
            "pip.conf",
            "METADATA",
            "PKG-INFO",
            "MANIFEST.MF",
            "status",
            "control",
        ],
        programs: &[],
        read: ini::ini,
    },
];

/// The language of a file by its path, else by its first line; `None`: it stays plain.
pub fn language_of(path: &str, first_line: &str) -> Option<&'static Language> {
    let name = path.rsplit('/').next().unwrap_or_default();
    let is_nginx =
        path.contains("/nginx/") && (name.ends_with(".conf") || path.contains("/sites-"));
    if is_nginx {
        return LANGUAGES.iter().find(|language| language.name == "nginx");
    }
    let lower = name.to_ascii_lowercase();
    let by_name = LANGUAGES.iter().find(|language| language.names.contains(&name));
    let by_ending = || {
        let ends = |language: &&Language| language.endings.iter().any(|end| lower.ends_with(end));
        LANGUAGES.iter().find(ends)
    };
    let is_dockerfile = || lower.starts_with("dockerfile.") || lower.starts_with("containerfile.");
    let dockerfile =
        || LANGUAGES.iter().find(|one| one.name == "Dockerfile").filter(|_| is_dockerfile());
    by_name.or_else(dockerfile).or_else(by_ending).or_else(|| by_first_line(first_line))
}

fn by_first_line(line: &str) -> Option<&'static Language> {
    let named = |name: &str| LANGUAGES.iter().find(|language| language.name == name);
    if let Some(command) = line.strip_prefix("#!") {
        let mut words = command
            .split_whitespace()
            .take(8)
            .map(|word| word.rsplit('/').next().unwrap_or_default());
        let program =
            words.find(|word| *word != "env" && !word.starts_with('-') && !word.contains('='))?;
        let plain = program.trim_end_matches(|one: char| one.is_ascii_digit() || one == '.');
        let fits = |language: &&Language| {
            language.programs.iter().any(|one| *one == program || *one == plain)
        };
        return LANGUAGES.iter().find(fits);
    }
    let start = line.trim_start();
    match start {
        _ if start.starts_with("<?xml") => named("XML"),
        _ if start.get(..9).is_some_and(|head| head.eq_ignore_ascii_case("<!doctype")) => {
            named("XML")
        }
        _ if start.starts_with("# syntax=docker/") => named("Dockerfile"),
        _ => None,
    }
}
