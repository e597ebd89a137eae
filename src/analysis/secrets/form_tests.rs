//! Secrets in the forms in which files have them: quoted, escaped, indented, encoded, in lists and in commands.
//!
//! The files are those of the services' and programs' own documentation, with random values.

use super::pattern::{TextPattern, tests::generate};
use super::tests::{codes, example_of, key, random};
use crate::base64;

/// A text with random values for what is between braces:
/// - `{A20}`, `{h20}`, `{B20}`, `{U20}`, `{d20}`: so many letters and digits, hexadecimal digits, digits of base64, of
///   base32, decimal digits
/// - `{P}`: a password; `{github}`: a token with its checksum
/// - `{key}`, `{rsa}`: private keys; `{key\n}`: with `\n` for line breaks; `{key|}`: indented; `{key_}`: with blanks
pub fn fill(text: &str, seed: u64) -> String {
    let mut out = String::new();
    let mut rest = text;
    let mut number = seed;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        number += 1;
        match after.split_once('}').and_then(|(name, left)| Some((value(name, number)?, left))) {
            Some((value, left)) => {
                out.push_str(&value);
                rest = left;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out + rest
}

fn value(name: &str, seed: u64) -> Option<String> {
    let pem = |label| key(label, false, &mut random(seed));
    let digits = |set: &str, count: &str| {
        let count: usize = count.parse().ok()?;
        let pattern = TextPattern::new(&format!("{set}{{{count}}}"));
        String::from_utf8(generate(&pattern, &mut random(seed))).ok()
    };
    match name {
        "P" => digits(r"[A-Za-z\d]", "16").map(|random| format!("{random}Qz7")),
        "github" => Some(example_of("github-token", seed)),
        "key" => Some(pem("PRIVATE KEY")),
        "rsa" => Some(pem("RSA PRIVATE KEY")),
        r"key\n" => Some(pem("PRIVATE KEY").replace('\n', r"\n")),
        "key|" => Some(pem("PRIVATE KEY").replace('\n', "\n    ")),
        "key_" => Some(pem("PRIVATE KEY").replace('\n', " ")),
        _ => {
            let (kind, count) = name.split_at_checked(1)?;
            let set = match kind {
                "A" => r"[A-Za-z\d]",
                "h" => r"\h",
                "B" => r"[A-Za-z\d+/]",
                "U" => "[A-Z2-7]",
                "d" => r"\d",
                _ => return None,
            };
            digits(set, count)
        }
    }
}

/// Each file's path, its text, and the rules that find something in it, one after the other.
fn check(cases: &[(&str, &str, &[&str])]) {
    let mut wrong = Vec::new();
    for (path, text, expected) in cases {
        for seed in [1, 100, 200] {
            let text = fill(text, seed);
            let found = codes(path, text.as_bytes());
            if found != *expected {
                wrong.push(format!("{path}: {found:?}, not {expected:?}, in {text:?}"));
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn keys_are_found_however_their_lines_are_written() {
    check(&[
        ("srv/a.json", r#"{"tls": {"key": "{key\n}"}}"#, &["private-key"]),
        ("srv/a.yaml", "tls:\n  key: |\n    {key|}\n  other: 1\n", &["private-key"]),
        ("srv/a.toml", "key = '''\n{rsa}'''\n", &["private-key-rsa"]),
        (":env", "TLS_KEY={key_}", &["private-key"]),
        (":env", r"TLS_KEY={key\n}", &["private-key"]),
        ("app/.env", "TLS_KEY=\"{key}\"\nA=1\n", &["private-key"]),
        ("srv/a.go", "const k = `{rsa}`\n", &["private-key-rsa"]),
        ("srv/terraform.tfstate", r#""private_key_pem": "{key\n}","#, &["private-key"]),
    ]);
    let windows = fill("{rsa}", 3).replace('\n', "\r\n");
    assert_eq!(codes("root/a", windows.as_bytes()), ["private-key-rsa"]);
    let xml = fill("<k>{key}</k>", 3).replace('\n', "&#10;");
    assert_eq!(codes("root/a.xml", xml.as_bytes()), ["private-key"]);
    let twice = fill(r#"{"a": "{\"key\": \"{key\n}\"}"}"#, 3).replace(r"\n", r"\\n");
    assert_eq!(codes("root/a.json", twice.as_bytes()), ["private-key"]);
}

#[test]
fn keys_of_other_programs_are_found() {
    let sealed = base64::encode(br#"{"kdf":{"name":"scrypt"},"ciphertext":"aGFsbG8="}"#);
    let label = "ENCRYPTED SIGSTORE PRIVATE KEY";
    let cosign = format!("-----BEGIN {label}-----\n{sealed}\n-----END {label}-----\n");
    assert_eq!(codes("root/cosign.key", cosign.as_bytes()), ["private-key-encrypted"]);
    check(&[
        (
            "root/.gnupg/private-keys-v1.d/A.key",
            "Created: 20240101T000000\nKey: (private-key (rsa (n #00{d50}\n {d64}#)(e #010001#)))\n",
            &["private-key-gpg-agent"],
        ),
        (
            "root/.gnupg/private-keys-v1.d/B.key",
            "Key: (protected-private-key (ecc (curve Ed25519)(flags eddsa)(q #40{d60}#)))\n",
            &["private-key-gpg-agent"],
        ),
        (
            "srv/jwk.json",
            r#"{"kty": "EC", "crv": "P-256", "x": "{A43}", "y": "{A43}", "d": "{A43}"}"#,
            &["json-web-key"],
        ),
        ("srv/jwk.json", r#"{"kty":"EC","crv":"P-256","x":"{A43}","y":"{A43}"}"#, &[]),
        (
            "etc/openvpn/ta.key",
            "#\n# 2048 bit OpenVPN static key\n#\n-----BEGIN OpenVPN Static key V1-----\n{h32}\n{h32}\n",
            &["openvpn-static-key"],
        ),
    ]);
    assert_eq!(codes("etc/krb5.keytab", b"\x05\x02\0\0\0\x3cabc"), ["kerberos-keytab"]);
    assert_eq!(codes("root/a.kdbx", b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5"), ["keepass-database"]);
    let der = base64::decode("MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8AAQIDBAUGBwgJCgsMDQ4P");
    assert_eq!(codes("root/a.pk8", &der.unwrap()), ["private-key-der"]);
}

#[test]
fn variables_count_in_each_kind_of_file_that_sets_them() {
    check(&[
        ("app/.env", "DB_PASSWORD={P}\r\nDEBUG=1\r\n", &["named-secret"]),
        ("app/.env", "\u{feff}DB_PASSWORD={P}\n", &["named-secret"]),
        ("app/.env", "export DB_PASSWORD='{P}'\n", &["named-secret"]),
        ("app/.env", "AWS_SECRET_ACCESS_KEY={A12}/{A12}+{A14}\n", &["named-secret"]),
        ("app/.env", "APP_KEY=base64:{A20}/{A22}=\n", &["named-secret"]),
        ("app/prod.env", "API_TOKEN={P}\n", &["settings-secret"]),
        ("root/.bashrc", "export GITHUB_TOKEN={github}\n", &["github-token"]),
        ("root/.profile", "export DEPLOY_TOKEN=\"{P}\"\n", &["settings-secret"]),
        ("etc/environment", "PGPASSWORD={P}\n", &["settings-secret"]),
        (
            "srv/docker-compose.yml",
            "    environment:\n      - DB_PASSWORD={P}\n",
            &["settings-secret"],
        ),
        (
            "srv/compose.yaml",
            "    environment:\n      DB_PASSWORD: \"{P}\"\n",
            &["settings-secret"],
        ),
        ("etc/systemd/system/a.service", "Environment=DB_PASSWORD={P}\n", &["settings-secret"]),
        (
            "etc/systemd/system/a.service",
            "Environment=\"A=1\" \"API_TOKEN={P}\"\n",
            &["settings-secret"],
        ),
        ("srv/wp-config.php", "define( 'DB_PASSWORD', '{P}' );\n", &["settings-secret"]),
        ("srv/application.properties", "spring.datasource.password={P}\n", &["settings-secret"]),
        ("srv/application.yml", "  datasource:\n    password: {P}\n", &["settings-secret"]),
        ("srv/prod.tfvars", "db_password = \"{P}\"\n", &["settings-secret"]),
        ("srv/terraform.tfstate", "            \"password\": \"{P}\",\n", &["settings-secret"]),
        ("srv/k8s.yaml", "  - name: DD_API_KEY\n    value: \"{h32}\"\n", &["datadog-api"]),
        ("srv/task.json", r#"{"name":"DD_API_KEY","value":"{h32}"}"#, &["datadog-api"]),
        ("srv/web.config", r#"<add key="DatadogApiKey" value="{h32}" />"#, &["datadog-api"]),
        ("srv/a.json", r#"{"env": "{\"DD_API_KEY\": \"{h32}\"}"}"#, &["datadog-api"]),
        ("srv/a.sh", "agent \\\n  --dd-url x \\\n  --dd_api_key={h32}\n", &["datadog-api"]),
        ("srv/config.inc.php", "$cfg['blowfish_secret'] = '{P}';\n", &["settings-secret"]),
        ("srv/configuration.php", "\tpublic $password = '{P}';\n", &["settings-secret"]),
        ("srv/sites/default/settings.php", "  'password' => '{P}',\n", &["settings-secret"]),
        ("srv/group_vars/all/x.yml", "ansible_password: {P}\n", &["settings-secret"]),
        ("srv/a.txt", "https://a.net/?q=token%3D{github}%26b", &["github-token"]),
        ("srv/settings.py", "SECRET_KEY = '{d20}%w@!h{d10}$f_#={d10}'\n", &["django-secret-key"]),
    ]);
}

#[test]
fn logins_are_found_in_the_files_of_their_programs() {
    check(&[
        ("root/.pgpass", "db.acme.net:5432:app:me:{A5}\\:{A5}\n", &["pgpass"]),
        ("root/.pgpass", "\\:\\:1:5432:*:me:{P}\n", &["pgpass"]),
        ("root/.pgpass", "db:5432:app:me\\:you:{P}\n", &["pgpass"]),
        ("root/.netrc", "machine a.net login me password {P}\n", &["netrc"]),
        ("root/.netrc", "machine a.net\n  login me\n  password\n  {P}\n", &["netrc"]),
        ("etc/apt/auth.conf.d/a.conf", "machine a.net login me password {P}\n", &["netrc"]),
        (
            "root/.npmrc",
            "@acme:registry=https://npm.acme.net/\n//npm.acme.net/:_authToken={h8}-{h4}-{h12}\n",
            &["npmrc"],
        ),
        ("root/.npmrc", "_auth = \"{B20}\"\nalways-auth=true\n", &["npmrc"]),
        ("etc/pip.conf", "index-url = https://me:{P}@pypi.acme.net/simple\n", &["url-password"]),
        (
            "root/.gitconfig",
            "[url \"https://oauth2:{P}@git.acme.net/\"]\n\tinsteadOf = https://git.acme.net/\n",
            &["url-password"],
        ),
        (
            "root/.gitconfig",
            "[url \"https://{github}@github.com/\"]\n\tinsteadOf = https://github.com/\n",
            &["github-token"],
        ),
        (
            "root/.m2/settings.xml",
            "<settings><servers><server><id>a</id><password>{P}</password></server></servers>",
            &["maven-password"],
        ),
        (
            "root/.nuget/NuGet/NuGet.Config",
            "<add key=\"Username\" value=\"me\" />\r\n<add key=\"ClearTextPassword\" value=\"{P}\" />\r\n",
            &["nuget-config"],
        ),
        (
            "opt/tomcat/conf/tomcat-users.xml",
            "<user username=\"me\" password=\"{P}\" roles=\"manager-gui\"/>",
            &["tomcat-user"],
        ),
        ("etc/redis/redis.conf", "bind 127.0.0.1\nrequirepass {P}\n", &["redis-password"]),
        (
            "root/.subversion/auth/svn.simple/0a",
            "K 8\npassword\nV 19\n{P}\nK 8\nusername\nV 2\nme\nEND\n",
            &["subversion-login"],
        ),
        (
            "srv/appsettings.json",
            "\"Db\": \"Server=tcp:a.database.windows.net,1433;User ID=me;Password={P};Encrypt=True\"",
            &["connection-string"],
        ),
        (
            "srv/a.xml",
            "<url>jdbc:mysql://db:3306/app?user=me&amp;password={P}</url>",
            &["jdbc-password"],
        ),
        ("srv/a.json", "\"mongodb+srv://me:{P}@c0.a1b2c.mongodb.net/app\"", &["url-password"]),
        (
            "srv/a.py",
            "r = 'https://hooks.slack.com/services/T{U8}/B{U8}/{A24}'",
            &["slack-webhook"],
        ),
    ]);
    // As GitHub's checkout leaves it.
    let login = base64::encode(fill("x-access-token:ghs_{A36}", 1).as_bytes());
    let config =
        format!("[http \"https://a.net/\"]\n\textraheader = AUTHORIZATION: basic {login}\n");
    assert_eq!(codes("srv/.git/config", config.as_bytes()), ["basic-login"]);
}

#[test]
fn keys_of_clouds_are_found_beside_their_names() {
    check(&[
        (
            "root/.aws/credentials",
            "[a]\r\naws_access_key_id = AKIA{U16}\r\naws_secret_access_key = {B39}a\r\n",
            &["aws-access-key"],
        ),
        (
            "root/keys.csv",
            "Access key ID,Secret access key\nAKIA{U16},{A20}/{A18}a\n",
            &["aws-access-key"],
        ),
        (
            "srv/a.json",
            r#"{"AccessKeyId":"ASIA{U16}","SecretAccessKey":"{A39}a"}"#,
            &["aws-temporary-key"],
        ),
        (
            "srv/a.env",
            "AZURE=DefaultEndpointsProtocol=https;AccountName=a;AccountKey={B86}==;EndpointSuffix=core.windows.net\n",
            &["azure-storage-key"],
        ),
        ("srv/a.json", r#""storageAccountKey": "{B86}==""#, &["azure-storage-key"]),
        (
            "srv/a.conf",
            "Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=R;SharedAccessKey={B43}=\n",
            &["azure-shared-access-key"],
        ),
        (
            "srv/a.txt",
            "https://a.blob.core.windows.net/c?sv=2022-11-02&se=2027-01-01&sr=c&sp=rl&sig={A41}2%3D\n",
            &["azure-sas"],
        ),
        (
            "srv/.boto",
            "gs_access_key_id = GOOG1E{U55}\ngs_secret = {B39}a\n",
            &["google-storage-key"],
        ),
    ]);
}

#[test]
fn passwords_of_commands_are_found_in_histories() {
    for command in [
        "curl -u me:{P} https://a.net/",
        "curl -sS -u 'me:{P}' https://a.net/",
        "curl --user me:{P} https://a.net/",
        "curl -H \"Authorization: Bearer {A40}\" https://a.net/",
        "mysql -u root -p{P} app",
        "mysqldump --password={P} app",
        ": 1700000000:0;mysql -h db -p{P} app",
        "docker login -u me -p {P} registry.acme.net",
        "docker login registry.acme.net --username me --password={P}",
        "wget --user=me --password={P} https://a.net/",
        "sshpass -p '{P}' ssh me@a.net",
        "redis-cli -h db -a {P} ping",
        "mongosh --username me -p {P}",
        "kubectl create secret generic a --from-literal=password={P}",
        "openssl rsa -in a.key -passin pass:{P}",
        "ldapsearch -x -D cn=admin -w {P}",
        "smbclient //a/b -U me%{P}",
        "aws configure set aws_secret_access_key {A39}a",
        "oc login --token={P} https://a.net",
    ] {
        let text = fill(command, 5);
        for path in ["root/.bash_history", "root/.zsh_history", ":history"] {
            let found = codes(path, text.as_bytes());
            assert!(found.contains(&"history-password".to_owned()), "{path}: {text}: {found:?}");
        }
    }
    check(&[
        ("root/.bash_history", "PGPASSWORD={P} psql -h db\n", &["named-secret"]),
        (":history", "RUN echo 'root:{P}' | chpasswd", &["system-password"]),
        (":history", "|1 NPM_TOKEN={P} /bin/sh -c npm ci", &["named-secret"]),
    ]);
}

/// `{"auths": …}` with a random login.
fn docker_config(seed: u64) -> String {
    let auth = base64::encode(fill("me:{P}", seed).as_bytes());
    format!("{{\n\t\"auths\": {{\n\t\t\"r.acme.net\": {{\"auth\": \"{auth}\"}}\n\t}}\n}}")
}

#[test]
fn secrets_in_base64_are_found_in_each_other() {
    let encode = |text: &str| base64::encode(text.as_bytes());
    let login = encode(&docker_config(1));
    let secret = format!(
        "apiVersion: v1\ndata:\n  .dockerconfigjson: {login}\nkind: Secret\nmetadata:\n  name: a\n"
    );
    let auth = ["docker-config-auth"];
    assert_eq!(codes("srv/secret.yaml", secret.as_bytes()), auth);
    assert_eq!(codes(":env", format!("DOCKER_AUTH_B64={login}").as_bytes()), auth);
    assert_eq!(codes("srv/a.txt", format!("a\nb: '{login}'").as_bytes()), auth);
    // A login in a configuration in a Secret in a variable in a label; once more is not looked into.
    let twice = encode(&secret);
    assert_eq!(codes(":env", format!("MANIFEST={twice}").as_bytes()), auth);
    let three_times = encode(&format!("X={twice}"));
    assert_eq!(codes(":label", format!("a={three_times}").as_bytes()), auth);
    let once_more = encode(&format!("X={three_times}"));
    assert_eq!(codes(":label", format!("a={once_more}").as_bytes()), [""; 0]);
    let account = fill(
        "{\n  \"type\": \"service_account\",\n  \"private_key\": \"{key\\n}\",\n  \"client_email\": \"a@b\"\n}",
        2,
    );
    let account = encode(&account);
    let found = codes("srv/values.yaml", format!("key: {account}\n").as_bytes());
    assert_eq!(found, ["gcp-service-account"]);
    let dotenv = encode(&fill("DEBUG=1\nDB_PASSWORD={P}\n", 3));
    assert_eq!(codes(":env", format!("DOTENV={dotenv}").as_bytes()), ["named-secret"]);
    let config = format!(
        "apiVersion: v1\nusers:\n- name: a\n  user:\n    client-key-data: {}\n    token: {}\n",
        encode(&fill("{rsa}", 4)),
        fill("{A40}", 4)
    );
    let both = ["kubernetes-client-key", "kubeconfig-token"];
    assert_eq!(codes("root/.kube/config", config.as_bytes()), both);
    assert_eq!(codes("srv/a.txt", format!("KUBE={}", encode(&config)).as_bytes()), both);
}

#[test]
fn base64_that_is_broken_into_lines_is_found_in_its_first_line() {
    let encoded = base64::encode(fill("{rsa}", 8).as_bytes());
    let lines: Vec<&str> =
        encoded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    for glue in ["\n", "\r\n", "\n      "] {
        let text = format!("first: 1\nkey: |\n      {}\nlast: 2\n", lines.join(glue));
        assert_eq!(codes("srv/a.yaml", text.as_bytes()), ["private-key-rsa"], "{glue:?}");
    }
}

#[test]
fn values_of_secrets_of_kubernetes_are_found_and_others_are_not() {
    let password = base64::encode(fill("{P}", 1).as_bytes());
    let user = base64::encode(b"administrator-1");
    let yaml = format!("kind: Secret\ndata:\n  password: {password}\n  username: {user}\n");
    assert_eq!(codes("srv/a.yaml", yaml.as_bytes()), ["kubernetes-secret-value"]);
    let plain = fill("kind: Secret\nstringData:\n  api-token: '{P}'\n  host: a1.acme.net\n", 1);
    assert_eq!(codes("srv/a.yaml", plain.as_bytes()), ["kubernetes-secret-value"]);
    let config = yaml.replace("kind: Secret", "kind: ConfigMap");
    assert_eq!(codes("srv/a.yaml", config.as_bytes()), [""; 0]);
    let netrc = base64::encode(fill("machine a login b password {P}\n", 1).as_bytes());
    let yaml = format!("kind: Secret\ndata:\n  .netrc: {netrc}\n");
    assert_eq!(codes("srv/a.yaml", yaml.as_bytes()), ["netrc"]);
}

#[test]
fn text_of_windows_is_searched_in_each_encoding() {
    let text = fill(&format!("{}$env:A = 'ü'\r\n$t = '{{github}}'\r\n", "x\r\n".repeat(5000)), 1);
    let little = text.encode_utf16().flat_map(u16::to_le_bytes);
    let big = text.encode_utf16().flat_map(u16::to_be_bytes);
    for bytes in [
        [0xff, 0xfe].into_iter().chain(little).collect::<Vec<u8>>(),
        [0xfe, 0xff].into_iter().chain(big).collect(),
        [0xef, 0xbb, 0xbf].into_iter().chain(text.bytes()).collect(),
    ] {
        let found = super::tests::scan("srv/a.ps1", &bytes);
        let found: Vec<(&str, u32)> = found.iter().map(|one| (&*one.rule, one.line)).collect();
        assert_eq!(found, [("github-token", 5002)]);
    }
}
