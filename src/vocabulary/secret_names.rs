//! Environment variables whose names suggest a secret.
//!
//! Only names are read, and values only where they show that the name is wrong. Public values (keys that verify,
//! paths of files) are left out.

/// Parts of names of secrets. A name's parts are between `_`, `-` and `.`.
const SECRET_PARTS: [&str; 13] = [
    "APIKEY",
    "CREDENTIAL",
    "CREDENTIALS",
    "KEY",
    "PASS",
    "PASSPHRASE",
    "PASSWD",
    "PASSWORD",
    "PAT",
    "PRIVATEKEY",
    "PWD",
    "SECRET",
    "TOKEN",
];

/// Beginnings and ends of parts that are written together: `PGPASSWORD`.
const SECRET_ENDS: [&str; 4] = ["PASSWORD", "PASSWD", "SECRET", "TOKEN"];

/// A name with one of these parts is public: keys that verify, or what only names a key.
const PUBLIC_PARTS: [&str; 10] =
    ["CERT", "FILE", "FINGERPRINT", "GPG", "GPGKEY", "HASH", "PATH", "PUBLIC", "PUB", "URL"];

/// Names of public values that are like those of secrets.
const PUBLIC_NAMES: [&str; 2] = ["PWD", "OLDPWD"];

/// Whether a variable's name says that it holds a secret. `variable`: `NAME=value`; without a value it holds
/// nothing.
pub fn looks_like_a_secret(variable: &str) -> bool {
    let Some((name, value)) = variable.split_once('=') else { return false };
    let name = name.to_ascii_uppercase();
    let parts = || name.split(['_', '-', '.']).filter(|part| !part.is_empty());
    let is_secret = |part: &str| {
        SECRET_PARTS.contains(&part) || SECRET_ENDS.iter().any(|end| part.ends_with(end))
    };
    let names_a_file = value.starts_with('/') || value.starts_with("file:");
    let is_setting = matches!(value, "" | "0" | "1" | "true" | "false");
    parts().any(is_secret)
        && !parts().any(|part| PUBLIC_PARTS.contains(&part))
        && !PUBLIC_NAMES.contains(&name.as_str())
        && !names_a_file
        && !is_setting
}

#[test]
fn names_of_secrets() {
    for variable in [
        "DB_PASSWORD=x",
        "AWS_ACCESS_KEY_ID=AKIA",
        "NPM_TOKEN=abc",
        "PGPASSWORD=x",
        "client-secret=x",
        "api.key=1234",
        "GITHUB_PAT=ghp",
        "MYSQL_PWD=x",
        "redis_pass=x",
    ] {
        assert!(looks_like_a_secret(variable), "{variable}");
    }
    for variable in [
        "GPG_KEY=E3FF",
        "DB_PASSWORD_FILE=/run/secrets/db",
        "DB_PASSWORD=/run/secrets/db",
        "PWD=/srv",
        "SECRET=",
        "TOKEN",
        "PATH=/bin",
        "NGINX_GPGKEY=57",
        "MONKEY=x",
        "KEYBOARD=de",
        "MYSQL_RANDOM_ROOT_PASSWORD=true",
        "PUBLIC_KEY=ssh-rsa",
        "COMPASS=n",
        "TOKENIZERS=x",
        "SSH_KEY_FINGERPRINT=ab",
    ] {
        assert!(!looks_like_a_secret(variable), "{variable}");
    }
}
