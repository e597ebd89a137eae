//! Values that are not secrets: placeholders, templates, documented examples, and what is not random.

/// Words of placeholders, in lower case. Random text has them so rarely that nothing is missed.
const WORDS: &[&str] = &[
    "example",
    "placeholder",
    "changeme",
    "change_me",
    "change-me",
    "your_",
    "your-",
    "yourtoken",
    "yourkey",
    "yourpass",
    "redacted",
    "xxxx",
    "fakefake",
    "notreal",
    "insert",
    "replace",
    "dummy",
    "sample",
    "_here",
    "-here",
    "todo",
    "lorem",
    "foobar",
    "abcdefg",
    "1234567",
    "0123456",
    "00000000",
    "secretkey",
    "mytoken",
    "mysecret",
    "mypassword",
    "my-secret",
    "my_secret",
    "secretpass",
    "supersecret",
    "notasecret",
    "not-a-secret",
    "not_a_secret",
    "insecure",
    "yourstrong",
    "testpass",
    "dbpass",
    "adminpass",
    "rootpass",
    "somepass",
    "deadbeef",
    "undefined",
    "hunter2",
];

/// Passwords of documentation and of test servers, in lower case.
const PASSWORDS: &[&str] = &[
    "pass",
    "passwd",
    "password",
    "passw0rd",
    "p@ssw0rd",
    "password1",
    "password123",
    "pwd",
    "pw",
    "psw",
    "secret",
    "secrets",
    "token",
    "key",
    "apikey",
    "user",
    "username",
    "root",
    "toor",
    "admin",
    "administrator",
    "test",
    "testing",
    "tester",
    "default",
    "guest",
    "none",
    "null",
    "nil",
    "true",
    "false",
    "yes",
    "no",
    "empty",
    "login",
    "demo",
    "foo",
    "bar",
    "baz",
    "qux",
    "spam",
    "postgres",
    "mysql",
    "mongo",
    "redis",
    "rabbitmq",
    "12345",
    "123456",
    "qwerty",
    "letmein",
    "welcome",
    "super",
    "supersecret",
    "s3cret",
    "s3cr3t",
    "sekret",
    "hidden",
    "masked",
    "value",
    "string",
    "text",
    "x",
    "xx",
    "xxx",
    "abc",
    "abc123",
    "changeit",
    "open sesame",
    "opensesame",
    "foobared",
    "repopwd",
    "proxypass",
    "minioadmin",
    "admin123",
    "root123",
    "test123",
    "test1234",
    "secret123",
    "pa55word",
    "p4ssw0rd",
    "pa$$word",
    "qwerty123",
    "docker!",
    "anonymous@",
    "!vault",
    "pass123",
    "passphrase",
    "prompt",
    "env",
];

/// Whether a value is a placeholder or a part of a template, not a value.
pub fn is_placeholder(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let text = String::from_utf8_lossy(&lower);
    WORDS.iter().any(|word| text.contains(word)) || is_template(value) || has_long_run(value)
}

/// Whether a password is one that documentation and test servers use, or a placeholder.
pub fn is_usual_password(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    PASSWORDS.iter().any(|word| word.as_bytes() == lower)
        || is_placeholder(value)
        || is_reference(value)
        || is_expression(value)
}

/// Beginnings of values that say where a secret is, or that only another secret opens: of Vault, 1Password, the clouds'
/// stores; encrypted by SOPS, Jasypt, Ansible.
const REFERENCES: &[&str] = &[
    "vault:",
    "op://",
    "arn:",
    "projects/",
    "sm://",
    "ssm:",
    "secret:",
    "env:",
    "file:",
    "ref+",
    "keyring:",
    "awssm:",
    "gcpsm:",
    "enc[",
    "enc(",
    "@microsoft.keyvault",
];

fn is_reference(value: &[u8]) -> bool {
    let start = value.get(..value.len().min(24)).unwrap_or_default().to_ascii_lowercase();
    REFERENCES.iter().any(|word| start.starts_with(word.as_bytes()))
}

/// Names with dots between, as programs write variables and calls: `var.db_password`, `os.environ[`.
fn is_expression(value: &[u8]) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_alphabetic() || b"_.()[]".contains(byte);
    value.first().is_some_and(u8::is_ascii_lowercase)
        && value.contains(&b'.')
        && value.iter().all(is_name)
}

/// Signs of variables and templates: `${A}`, `$A`, `{{ a }}`, `<a>`, `%A%`, `@A@`, `***`, `...`, `a()`.
fn is_template(value: &[u8]) -> bool {
    let between =
        |sign| value.len() > 2 && value.first() == Some(&sign) && value.last() == Some(&sign);
    let pairs = || value.windows(2);
    let escape = |at: usize| {
        value.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    between(b'%')
        || between(b'@')
        || between(b'_')
        || matches!(value, [b'$' | b'<' | b'{' | b'[' | b'(' | b'%' | b'`', ..])
        || pairs().any(|pair| matches!(pair, b"${" | b"$(" | b"{{" | b"}}" | b"**" | b"()" | b"#{"))
        || value.windows(3).any(|dots| dots == b"...")
        || (0..value.len()).any(|at| value[at] == b'%' && !escape(at))
}

/// Five equal bytes in a row.
fn has_long_run(value: &[u8]) -> bool {
    value.windows(5).any(|run| run.iter().all(|byte| *byte == run[0]))
}

/// Bits of information in a byte, from how often each byte occurs (Shannon's entropy).
pub fn entropy(value: &[u8]) -> f32 {
    let mut counts = [0u32; 256];
    for byte in value {
        counts[usize::from(*byte)] += 1;
    }
    let total = value.len() as f32;
    let share = |count: &&u32| **count > 0;
    counts.iter().filter(share).map(|count| *count as f32 / total).map(|p| -p * p.log2()).sum()
}

/// Whether a value can be random: enough different bytes for its length, and not one word.
pub fn is_random(value: &[u8]) -> bool {
    let has = |kind: fn(&u8) -> bool| value.iter().any(kind);
    let mixed =
        has(u8::is_ascii_digit) || has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    // 32 random hexadecimal digits have 3.3 bits, at least 2.7; 16 of base62 have 3.8, at least 3.1.
    let hexadecimal = value.iter().all(u8::is_ascii_hexdigit);
    let least = if hexadecimal || value.len() < 14 { 2.5 } else { 3.0 };
    mixed && entropy(value) >= least && !is_placeholder(value)
}

/// Whether a password can be a real one: neither a word nor a placeholder.
pub fn is_password(value: &[u8]) -> bool {
    let kinds: [fn(&u8) -> bool; 4] =
        [u8::is_ascii_digit, u8::is_ascii_lowercase, u8::is_ascii_uppercase, |byte| {
            !byte.is_ascii_alphanumeric()
        }];
    let kinds = kinds.iter().filter(|kind| value.iter().any(*kind)).count();
    let is_path =
        value.starts_with(b"/") || value.starts_with(b"./") || value.starts_with(b"file:");
    kinds >= 2 && value.len() >= 6 && entropy(value) >= 2.2 && !is_usual_password(value) && !is_path
}

#[test]
fn placeholders_and_templates_are_not_values() {
    for value in [
        "AKIAIOSFODNN7EXAMPLE",
        "xxxxxxxxxxxx",
        "your_token",
        "${TOKEN}",
        "{{ .Values.token }}",
        "%SECRET%",
        "@KEY@",
        "<your token>",
        "$PASSWORD",
        "****",
        "abc...",
        "%(password)s",
        "getenv()",
        "AAAAAAAA",
        "__TOKEN__",
    ] {
        assert!(is_placeholder(value.as_bytes()), "{value}");
    }
    for value in ["4wXsTbgMH8dkNWoX4IC2", "p%40ss1word", "FAKEtoken"] {
        assert!(!is_placeholder(value.as_bytes()), "{value}");
    }
}

#[test]
fn words_are_neither_random_nor_passwords() {
    for value in
        ["verylongwordwithoutdigits", "aaaabbbbaaaabbbb1", "aaaabbbbccccddddaaaabbbbccccdddd"]
    {
        assert!(!is_random(value.as_bytes()), "{value}");
    }
    assert!(is_random(b"85fd743ddb7eca511be5ebb4e6f96479"));
    for value in [
        "password",
        "Password123",
        "supersecret",
        "abc12",
        "/run/secrets/db1",
        "ENC[AES256_GCM,data:p673w==,iv:YY]",
        "vault:secret/data/db#Password1",
        "op://team/db/password",
        "var.db_password",
        "os.environ[",
        "my-secret-pw",
    ] {
        assert!(!is_password(value.as_bytes()), "{value}");
    }
    for value in ["agCY1WztSltV98Po", "FAKE-not-a-password-123", "FAKEtoken"] {
        assert!(is_password(value.as_bytes()), "{value}");
    }
}
