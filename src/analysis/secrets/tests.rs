//! The rules' examples: random text of each pattern is found, and what looks like it is not.

use super::pattern::{TextPattern, tests::generate};
use super::rules::all_rules;
use super::{NotedSecret, SecretCheck, SecretRule, SecretScanner, SharedSearch};
use crate::base64;
use std::collections::BTreeSet;

/// What is found in a file.
pub fn scan(path: &str, text: &[u8]) -> Vec<NotedSecret> {
    let mut scanner = SecretScanner::new(path.as_bytes(), SharedSearch::default());
    scanner.read(text);
    scanner.end().0.found
}

pub fn codes(path: &str, text: &[u8]) -> Vec<String> {
    scan(path, text).into_iter().map(|secret| secret.rule).collect()
}

/// Numbers below a limit, the same in each run.
pub fn random(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move |limit| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % limit
    }
}

/// A path at which a rule is tried.
fn path_for(rule: &SecretRule) -> String {
    match rule.files.first() {
        None => "srv/app/settings".to_owned(),
        Some(part) if part.starts_with(':') => (*part).to_owned(),
        Some(name) => format!("root{}", name.replace('*', "/a")),
    }
}

/// The last six characters of a token that has a checksum.
fn with_checksum(token: &mut [u8]) {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let (random, checksum) = token.split_at_mut(token.len() - 6);
    let mut crc = flate2::Crc::new();
    crc.update(&random[random.len() - 30..]);
    let mut number = crc.sum();
    for digit in checksum.iter_mut().rev() {
        *digit = DIGITS[number as usize % 62];
        number /= 62;
    }
}

/// An element of a DER text.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len() as u16;
    [&[tag, 0x82][..], &length.to_be_bytes(), content].concat()
}

fn pem(label: &str, bytes: &[u8]) -> String {
    let (begin, end) = ("-----BEGIN ", "-----END ");
    format!("{begin}{label}-----\n{}\n{end}{label}-----\n", base64::encode(bytes))
}

/// A private key of random bytes in the structure of a label's format.
pub fn key(label: &str, encrypted: bool, random: &mut dyn FnMut(usize) -> usize) -> String {
    let mut bytes = |count| (0..count).map(|_| random(256) as u8).collect::<Vec<u8>>();
    let number = |value| der(2, &[value]);
    let content = match label {
        "OPENSSH PRIVATE KEY" => {
            let string = |text: &[u8]| [&(text.len() as u32).to_be_bytes()[..], text].concat();
            let cipher: &[u8] = if encrypted { b"aes256-ctr" } else { b"none" };
            let strings = [string(cipher), string(b"none"), string(b"")].concat();
            return pem(label, &[b"openssh-key-v1\0", &strings[..], &bytes(90)].concat());
        }
        "PGP PRIVATE KEY BLOCK" => return pem(label, &[&[0x95, 1, 0x10][..], &bytes(90)].concat()),
        "ENCRYPTED PRIVATE KEY" => [der(0x30, &bytes(40)), der(4, &bytes(90))].concat(),
        "PRIVATE KEY" => [number(0), der(0x30, &bytes(9)), der(4, &bytes(50))].concat(),
        "EC PRIVATE KEY" => [number(1), der(4, &bytes(32))].concat(),
        _ => [number(0), der(2, &bytes(128)), der(2, &bytes(128))].concat(),
    };
    pem(label, &der(0x30, &content))
}

/// A text with a random secret of a rule.
fn example(rule: &SecretRule, seed: u64) -> String {
    let mut random = random(seed);
    let pattern = TextPattern::new(rule.pattern);
    let mut bytes = generate(&pattern, &mut random);
    let mut password = || {
        let random = generate(&TextPattern::new(r"[A-Za-z\d]{16}"), &mut random);
        String::from_utf8(random).unwrap()
    };
    if let SecretCheck::Checksum = rule.check {
        with_checksum(&mut bytes);
    }
    let text = String::from_utf8(bytes).unwrap();
    match rule.check {
        SecretCheck::Pair(pair) => {
            let pair = generate(&TextPattern::new(pair), &mut random);
            format!("id: {text}\nkey: {}\n", String::from_utf8(pair).unwrap())
        }
        SecretCheck::Pem { encrypted } => {
            let label = text.trim_matches('-').trim_start_matches("BEGIN ");
            let label = if encrypted { "OPENSSH PRIVATE KEY" } else { label };
            format!("\n{}", key(label, encrypted, &mut random))
        }
        SecretCheck::Putty { encrypted } => {
            let cipher = if encrypted { "aes256-cbc" } else { "none" };
            let name = "PuTTY-User-Key-File-3: ssh-ed25519";
            format!(
                "{name}\nEncryption: {cipher}\nPrivate-Lines: 1\n{}\nPrivate-MAC: 0\n",
                password()
            )
        }
        SecretCheck::EncodedPem => {
            let name = rule.keywords[0];
            format!(
                "    {name}: {}",
                base64::encode(key("EC PRIVATE KEY", false, &mut random).as_bytes())
            )
        }
        SecretCheck::KeyStore => "\u{fe}".to_owned(),
        SecretCheck::Jwt => {
            let part =
                |json: String| base64::encode(json.as_bytes()).trim_end_matches('=').to_owned();
            let header = part(r#"{"alg":"HS256"}"#.to_owned());
            let payload = part(format!(r#"{{"sub":"{}"}}"#, password()));
            format!("jwt: {header}.{payload}.{}{}", password(), password())
        }
        SecretCheck::DockerAuth => {
            let auth = base64::encode(format!("acme:{}", password()).as_bytes());
            format!(r#"{{"auths": {{"registry.example.org": {{"auth": "{auth}"}}}}}}"#)
        }
        SecretCheck::ServiceAccount => {
            let key = key("PRIVATE KEY", false, &mut random).replace('\n', "\\n");
            let first = r#"{"type": "service_account", "client_email": "a@b.example","#;
            format!("{first}\n\"private_key\": \"{key}\"}}")
        }
        SecretCheck::NamedValue => format!("DB_PASSWORD={}", password()),
        SecretCheck::BasicLogin => {
            let login = base64::encode(format!("acme:{}", password()).as_bytes());
            format!("Authorization: Basic {login}")
        }
        SecretCheck::ClusterSecret => {
            let value = base64::encode(password().as_bytes());
            format!("apiVersion: v1\ndata:\n  password: {value}\nkind: Secret\n")
        }
        SecretCheck::Password | SecretCheck::StoredPassword => {
            // The value comes last, or before a sign that ends it.
            let found = pattern.match_at(text.as_bytes(), 0, &mut 0);
            let found = found.unwrap_or_else(|| panic!("{} does not match {text:?}", rule.code));
            let (before, after) = (&text[..found.value_start], &text[found.value_end..]);
            format!("{}\n{before}{}{after}", rule.beside, password())
        }
        _ => match rule.beside {
            "" => format!("{text}\n"),
            beside => format!("{beside}\n{text}\n"),
        },
    }
}

/// A random secret of the rule with this code.
pub fn example_of(code: &str, seed: u64) -> String {
    let rule = all_rules().find(|rule| rule.code == code).expect("a rule has this code");
    example(rule, seed).trim().to_owned()
}

/// A random secret of the first rule.
pub fn random_token() -> String {
    random_tokens(1).remove(0)
}

/// The same, several that differ.
pub fn random_tokens(count: u64) -> Vec<String> {
    let token = |seed| example(all_rules().next().unwrap(), seed).trim().to_owned();
    (7..7 + count).map(token).collect()
}

#[test]
fn there_are_at_least_120_kinds_with_sources_and_different_codes() {
    let codes: BTreeSet<&str> = all_rules().map(|rule| rule.code).collect();
    assert_eq!(codes.len(), all_rules().count());
    assert!(codes.len() >= 120, "{}", codes.len());
    for rule in all_rules() {
        assert!(rule.source.starts_with("https://"), "{}", rule.code);
        assert!(![rule.service, rule.access, rule.revoke].contains(&""), "{}", rule.code);
        assert!(rule.keywords.iter().all(|keyword| keyword.len() >= 3), "{}", rule.code);
    }
}

#[test]
fn random_secrets_of_every_rule_are_found_and_masked() {
    let mut missed = Vec::new();
    for rule in all_rules().filter(|rule| rule.check != SecretCheck::KeyStore) {
        for seed in 1..=20 {
            let text = example(rule, seed);
            let found = scan(&path_for(rule), text.as_bytes());
            if !found.iter().any(|secret| secret.rule == rule.code) {
                let codes: Vec<&str> = found.iter().map(|secret| secret.rule.as_str()).collect();
                missed.push(format!("{} in {text:?}, but {codes:?}", rule.code));
            }
        }
    }
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn examples_of_silence_are_silent() {
    let mut alarms = Vec::new();
    for rule in all_rules() {
        for text in rule.silent {
            for secret in scan(&path_for(rule), text.as_bytes()) {
                alarms.push(format!("{} for {} in {text:?}", secret.rule, rule.code));
            }
        }
    }
    assert!(alarms.is_empty(), "{}", alarms.join("\n"));
}

#[test]
fn placeholders_and_longer_words_are_silent() {
    let mut alarms = Vec::new();
    let tokens = [SecretCheck::Random, SecretCheck::Checksum];
    for rule in all_rules().filter(|rule| tokens.contains(&rule.check) && rule.files.is_empty()) {
        let pattern = TextPattern::new(rule.pattern);
        for seed in 1..=5 {
            let text = example(rule, seed);
            let start = text.find(|_| true).unwrap_or(0);
            let Some(found) = pattern.match_at(text.as_bytes(), start, &mut 0) else { continue };
            let prefix = pattern.value_prefix();
            let (before, value) = (
                &text[..found.value_start + prefix.len()],
                &text[found.value_start..found.value_end],
            );
            let random = &value[prefix.len()..];
            let same: String =
                random.chars().map(|c| if c.is_ascii_alphanumeric() { 'a' } else { c }).collect();
            for text in
                [format!("{before}{same}"), format!("{}{value}Zq9", &text[..found.value_start])]
            {
                if codes("srv/a", text.as_bytes()).contains(&rule.code.to_owned())
                    && pattern_is_fixed(rule)
                {
                    alarms.push(format!("{} in {text}", rule.code));
                }
            }
        }
    }
    assert!(alarms.is_empty(), "{}", alarms.join("\n"));
}

/// Patterns with a range of lengths may match a longer word.
fn pattern_is_fixed(rule: &SecretRule) -> bool {
    !rule.pattern.contains(',') && !rule.pattern.contains('?') && !rule.pattern.contains('|')
}

#[test]
fn secrets_are_found_wherever_pieces_end() {
    let token = example(all_rules().next().unwrap(), 7);
    let key = key("RSA PRIVATE KEY", false, &mut random(3));
    let filler = "a line of text, as there are many\n".repeat(12_000);
    let text = format!("{filler}{key}{filler}token {token}{filler}{key}");
    let lines: Vec<(String, u32)> = scan("srv/a", text.as_bytes())
        .into_iter()
        .map(|secret| (secret.rule, secret.line))
        .collect();
    let expected =
        [("private-key-rsa", 12_001), ("github-token", 24_004), ("private-key-rsa", 36_005)];
    assert_eq!(lines, expected.map(|(rule, line)| (rule.to_owned(), line)));
    for piece in [1, 7, 4096, 262_144] {
        let mut scanner = SecretScanner::new(b"srv/a", SharedSearch::default());
        text.as_bytes().chunks(piece).for_each(|piece| scanner.read(piece));
        assert_eq!(scanner.end().0.found, scan("srv/a", text.as_bytes()), "{piece}");
    }
}

#[test]
fn binaries_are_not_text_and_key_stores_are_looked_into() {
    let token = example(all_rules().next().unwrap(), 7);
    assert_eq!(codes("srv/a", format!("\0{token}").as_bytes()), [""; 0]);
    let java = |kind| [&b"\xfe\xed\xfe\xed\0\0\0\x02\0\0\0\x01\0\0\0"[..], &[kind]].concat();
    assert_eq!(codes("srv/a.jks", &java(1)), ["key-store"]);
    assert_eq!(codes("srv/a.jks", &java(2)), [""; 0], "a certificate");
    assert_eq!(
        codes("srv/a.p12", b"0\x82 \x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x02"),
        ["key-store"]
    );
}

#[test]
fn the_more_specific_rule_wins_and_a_wrong_checksum_is_silent_for_all() {
    let npm = |token: &str| format!("//registry.example.org/:_authToken={token}\n");
    let rule = all_rules().find(|rule| rule.code == "npm-token").unwrap();
    let token = example(rule, 5);
    assert_eq!(codes("root/.npmrc", npm(token.trim()).as_bytes()), ["npm-token"]);
    let wrong = format!("{}000000", &token.trim()[..34]);
    assert_eq!(codes("root/.npmrc", npm(&wrong).as_bytes()), [""; 0]);
    assert_eq!(codes("root/.npmrc", npm("0b5e7a92-6c1f").as_bytes()), ["npmrc"]);
}

#[test]
fn every_kind_is_in_the_documentation() {
    let documentation = include_str!("../../../docs/secrets.md");
    for rule in all_rules() {
        let row = format!("| `{}` | {} | {} |", rule.code, rule.service, rule.access);
        assert!(documentation.contains(&row), "{row}");
    }
}

#[test]
fn a_text_that_is_made_to_cost_much_is_given_up_and_says_so() {
    let looks_like_tokens = "eyJ-".repeat(1 << 20);
    let mut scanner = SecretScanner::new(b"srv/a", SharedSearch::default());
    let start = std::time::Instant::now();
    scanner.read(looks_like_tokens.as_bytes());
    assert!(scanner.end().0.cut);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn files_of_a_layer_share_what_they_may_take_beside_their_bytes() {
    let token = random_token();
    let mut shared = SharedSearch::default();
    shared.steps = 1 << 20;
    let mut search = |text: &str| {
        let mut scanner = SecretScanner::new(b"srv/a", std::mem::take(&mut shared));
        scanner.read(text.as_bytes());
        let (found, left) = scanner.end();
        shared = left;
        (found.cut, found.found.len())
    };
    let costly = "Host=;Pwd=;".repeat(60);
    assert_eq!(search(&costly), (false, 0));
    assert!((0..100).any(|_| search(&costly).0));
    assert_eq!(search(&costly), (true, 0));
    assert_eq!(search(&format!("token {token}\n")), (false, 1), "its own steps are left");
}

#[test]
fn lines_of_many_secrets_are_counted_in_one_pass() {
    let token = random_token();
    let line = |secret: bool| if secret { format!("x {token}\n") } else { "text\n".to_owned() };
    let text: String = (0..4000).map(|at| line(at % 20 == 0)).collect();
    let lines: Vec<u32> = scan("srv/a", text.as_bytes()).into_iter().map(|one| one.line).collect();
    let expected: Vec<u32> = (0..200).map(|at| at * 20 + 1).collect();
    assert_eq!(lines, expected);
}
