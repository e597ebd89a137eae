//! What looks like a secret and is none: placeholders, references, documented examples, public values, hashes.
//!
//! Sources: the default files and the documentation of the programs, and issues of other scanners about false alarms.

use super::form_tests::fill;
use super::tests::{codes, example_of};

/// Files in which nothing may be found.
fn silent(cases: &[(&str, &str)]) {
    let mut alarms = Vec::new();
    for (path, text) in cases {
        for seed in [1, 100, 200] {
            let text = fill(text, seed);
            let found = codes(path, text.as_bytes());
            if !found.is_empty() {
                alarms.push(format!("{path}: {found:?} in {text:?}"));
                break;
            }
        }
    }
    assert!(alarms.is_empty(), "{} of {}:\n{}", alarms.len(), cases.len(), alarms.join("\n"));
}

#[test]
fn placeholders_are_silent_wherever_a_value_could_be() {
    let mut alarms = Vec::new();
    for value in [
        "<token>",
        "<your-password>",
        "${VAR}",
        "${VAR:-changeme}",
        "$VAR",
        "$(cat file)",
        "`cat file`",
        "xxxxxxxx",
        "XXXXXXXXXXXXXXXX",
        "changeme",
        "ChangeMe123!",
        "{{ .Values.x }}",
        "{{token}}",
        "{{ lookup('env', 'X') }}",
        "%TOKEN%",
        "@TOKEN@",
        "__TOKEN__",
        "********",
        "...",
        "password",
        "Password123",
        "your_password_here1",
        "example-Pass1",
        "my-secret-pw",
        "mysecretpassword",
        "yourStrong(!)Password",
        "postgres",
        "REPLACE_ME1",
        "ENC[AES256_GCM,data:p673w==,iv:YY=,type:str]",
        "vault:secret/data/db#Password1",
        "op://Team/db/Password1",
        "arn:aws:secretsmanager:eu-west-1:123:secret:db-A1b2",
        "!vault",
        "$ANSIBLE_VAULT;1.1;AES256",
        "<%= ENV['A1'] %>",
        "#{ENV['A1']}",
        "null",
        "changeit",
    ] {
        for (path, before, after) in [
            ("app/.env", "DB_PASSWORD=", "\n"),
            ("app/.env", "DB_PASSWORD=\"", "\"\n"),
            ("srv/docker-compose.yml", "  - DB_PASSWORD=", "\n"),
            ("srv/docker-compose.yml", "  DB_PASSWORD: \"", "\"\n"),
            ("etc/systemd/system/a.service", "Environment=DB_PASSWORD=", "\n"),
            ("root/.netrc", "machine a.net login b password ", "\n"),
            ("root/.npmrc", "//r.acme.net/:_authToken=", "\n"),
            ("root/.pgpass", "db:5432:app:me:", "\n"),
            ("root/.my.cnf", "[client]\npassword = ", "\n"),
            ("root/.pypirc", "password = ", "\n"),
            ("root/.m2/settings.xml", "<settings><server><password>", "</password>"),
            ("srv/application.properties", "spring.datasource.password=", "\n"),
            ("srv/wp-config.php", "define('DB_PASSWORD', '", "');\n"),
            ("etc/pip.conf", "index-url = https://me:", "@pypi.acme.net/simple\n"),
            ("srv/a.conf", "Server=db;User ID=a;Password=", ";"),
            ("srv/a.conf", "jdbc:mysql://db/app?user=a&password=", "\n"),
            ("root/.bash_history", "mysql -u root -p", " app\n"),
            ("root/.bash_history", "curl -u me:", " https://a.net\n"),
            ("root/.bash_history", "docker login -u me -p ", " r.acme.net\n"),
            ("srv/secret.yaml", "kind: Secret\nstringData:\n  password: \"", "\"\n"),
            ("srv/k8s.yaml", "- name: DD_API_KEY\n  value: \"", "\"\n"),
        ] {
            let text = format!("{before}{value}{after}");
            let found = codes(path, text.as_bytes());
            if !found.is_empty() {
                alarms.push(format!("{path}: {found:?} in {text:?}"));
            }
        }
    }
    assert!(alarms.is_empty(), "{}:\n{}", alarms.len(), alarms.join("\n"));
}

#[test]
fn documented_examples_are_silent() {
    silent(&[
        (
            "root/.aws/credentials",
            "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
        ),
        (
            "srv/a.py",
            "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
        ),
        ("srv/a.py", "SLACK = 'xoxb-your-token'\n"),
        ("srv/a.py", "SLACK = 'xoxb-123456789012-1234567890123-xxxxxxxxxxxxxxxxxxxxxxxx'\n"),
        ("srv/a.py", "h = 'Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='\n"),
        ("srv/a.py", "h = {'Authorization': 'Basic dXNlcjpwYXNzd29yZA=='}\n"),
        ("srv/a.js", "'https://user:pass@example.com/', 'http://user:password@host:80'"),
        (
            "srv/a.js",
            "'postgres://postgres:postgres@localhost/postgres', 'amqp://guest:guest@localhost'",
        ),
        (
            "usr/share/maven/conf/settings.xml",
            "<settings>\n  <!-- proxy\n  <proxy>\n   <password>proxypass</password>\n  </proxy>\n  -->\n\
             <!-- server\n  <server>\n   <password>Xk29sLq8wz</password>\n  </server>\n  -->\n</settings>",
        ),
        (
            "opt/tomcat/conf/tomcat-users.xml",
            "<!--\n  <user username=\"robot\" password=\"Xk29sLq8wz\" roles=\"manager-script\"/>\n-->",
        ),
        ("etc/redis/redis.conf", "# requirepass foobared\n# masterauth <master-password>\n"),
        ("srv/wp-config-sample.php", "define( 'DB_PASSWORD', 'Xk29sLq8wz' );"),
        ("srv/wp-config.php", "define( 'AUTH_KEY',         'put your unique phrase here' );"),
        ("etc/grafana.ini", ";admin_password = Xk29sLq8wz\n"),
        ("srv/a.yml", "jwt: eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLCJleHAiOjEzMDA4MTkzODB9.\n"),
        (":history", "RUN echo 'root:Docker!' | chpasswd"),
        (":env", "MSSQL_SA_PASSWORD=yourStrong(!)Password\nMYSQL_ROOT_PASSWORD=my-secret-pw"),
        ("root/.netrc", "machine ftp.acme.net login anonymous password anonymous@\n"),
    ]);
}

#[test]
fn tokens_that_are_not_signed_or_public_are_silent() {
    let part = |json: &str| crate::base64::encode(json.as_bytes()).replace('=', "");
    let signature = fill("{A43}", 1);
    for (header, payload) in [
        (r#"{"alg":"none","typ":"JWT"}"#, r#"{"sub":"a-1"}"#),
        (r#"{"alg":"HS256"}"#, r#"{"iss":"supabase","ref":"a","role":"anon","iat":1}"#),
        (r#"{"alg":"HS256","typ":"JWT"}"#, r#"{"sub":"1234567890","name":"John Doe"}"#),
    ] {
        let token = format!("{}.{}.{signature}", part(header), part(payload));
        assert_eq!(codes("srv/a", token.as_bytes()), [""; 0], "{payload}");
    }
    let token = format!("{}.{}.{signature}", part(r#"{"alg":"HS256"}"#), part(r#"{"sub":"a-1"}"#));
    assert_eq!(codes("srv/a", token.as_bytes()), ["jwt"]);
    let wrong = example_of("github-token", 1);
    let wrong = format!("{}000000", &wrong[..34]);
    assert_eq!(codes("srv/a.env", format!("GITHUB_TOKEN={wrong}\n").as_bytes()), [""; 0]);
}

#[test]
fn hashes_identifiers_and_public_keys_are_silent() {
    silent(&[
        ("srv/a.txt", "AKIA{U16}\ncommit {h40}\n"),
        ("srv/a.txt", "secret: {A40}\n"),
        ("srv/package-lock.json", r#""integrity": "sha512-{B86}==","#),
        (
            "srv/yarn.lock",
            "  resolved \"https://r.acme.net/a/-/a-1.tgz#{h40}\"\n  integrity sha512-{B86}==\n",
        ),
        ("srv/go.sum", "github.com/a/b v1.2.3 h1:{B43}=\n"),
        ("srv/Cargo.lock", "checksum = \"{h64}\"\n"),
        ("srv/requirements.txt", "a==1 --hash=sha256:{h64}\n"),
        ("root/.ssh/authorized_keys", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{B43} me@acme\n"),
        (
            "root/.ssh/known_hosts",
            "|1|{B27}=|{B27}= ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ{B300}\n",
        ),
        ("etc/ssl/a.pem", "-----BEGIN CERTIFICATE-----\nMIIB{B60}\n-----END CERTIFICATE-----\n"),
        ("etc/ssl/a.pem", "-----BEGIN PUBLIC KEY-----\nMIIB{B60}\n-----END PUBLIC KEY-----\n"),
        (
            "srv/a.asc",
            "-----BEGIN PGP SIGNATURE-----\n\niQEz{B60}\n=abcd\n-----END PGP SIGNATURE-----\n",
        ),
        ("srv/a.go", "if strings.Contains(s, \"-----BEGIN RSA PRIVATE KEY-----\") {\n"),
        ("srv/a.rb", "/-----BEGIN (RSA )?PRIVATE KEY-----.*-----END (RSA )?PRIVATE KEY-----/\n"),
        ("srv/a.pem", "-----BEGIN PRIVATE KEY-----\n{B64}\n-----END PRIVATE KEY-----\n"),
        (":env", "CA_CERT=LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJ\n"),
        (":env", "GPG_KEY={h40}\nPYTHON_SHA256={h64}\nNODE_VERSION=22.1.0\nYARN_VERSION=1.22.22"),
        (
            ":env",
            "DB_PASSWORD_FILE=/run/secrets/Db1\nTOKEN_URL=https://a.net/o/Token1\nSECRET_NAME=app-Secret1",
        ),
        (":env", "HEROKU_APP_ID={h8}-{h4}-{h4}-{h4}-{h12}\nAWS_ACCESS_KEY_ID=AKIA{U16}"),
        (
            ":env",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/Java17/bin",
        ),
        (":label", "org.opencontainers.image.revision={h40}\nmaintainer=A <a@b.net>"),
        (":label", "io.buildah.version=1.33.7\nbuild-token-issuer=https://a.net/Issuer1"),
        ("srv/a.yaml", "secretKeyRef:\n  name: db\n  key: Password1\nkind: SecretStore\n"),
        ("srv/a.yaml", "kind: SealedSecret\nspec:\n  encryptedData:\n    password: Ag{B90}\n"),
        (
            "srv/a.yaml",
            "kind: ExternalSecret\ndata:\n- secretKey: password\n  remoteRef:\n    key: app/Db1\n",
        ),
        (
            "srv/main.tf",
            "password = var.db_password\ntoken    = data.vault_generic_secret.a.data[\"token\"]\n",
        ),
        (
            "srv/terraform.tfstate",
            "\"password\": null,\n\"secret_name\": \"app-Db-1234\",\n\"key_id\": \"Abcd1234efgh\"\n",
        ),
        ("srv/a.js", "token.type===\"string\"&&password.length>8?a.token:b.Password1;"),
        ("srv/a.css", "a{background:url(data:image/png;base64,iVBORw0KGgo{B80})}"),
        ("srv/a.js", "//# sourceMappingURL=data:application/json;base64,eyJ2ZXJzaW9uIjoz{B80}"),
        ("srv/messages.properties", "password=Password\ntoken.invalid=Token{d2}isInvalid\n"),
        (
            "srv/a.txt",
            "ssh://git@github.com/a/b git@github.com:a/b.git http://[::1]:8080/a@b redis://localhost:6379/0",
        ),
        ("srv/a.txt", "https://cdn.acme.net/npm/@a/b@1.2.3/c https://acme.net:443/~me@home"),
        ("srv/pay.js", "const k = 'pk_live_{A24}'"),
        ("srv/Makefile", "\tcurl -u $(USER):$(PASS) $(URL)\n"),
    ]);
}

#[test]
fn options_of_commands_are_no_passwords() {
    silent(&[
        ("root/.bash_history", "mysql -u root -p\nmysql -u root -p app_production1\n"),
        (
            "root/.bash_history",
            "mysql --protocol=TCP --port=3306 -h my-postgres1\nmysqladmin ping -h db-prod-1\n",
        ),
        ("root/.bash_history", "docker login -u me --password-stdin r.acme.net1 < token-1\n"),
        ("root/.bash_history", "docker run -p 8080:80 a/login-app1 -p Abc123def\n"),
        (
            "root/.bash_history",
            "ssh -p 2222 me@a.net\nkubectl get secret Db1-credentials -o yaml\n",
        ),
        (
            "root/.bash_history",
            "openssl req -new -passout file:Pass1\nopenssl rsa -passin env:PASS_1\n",
        ),
        (":history", "RUN apk add --no-cache libcrypto3=3.1.4-r5 openssl-dev=3.1.4-r5"),
        (":history", "RUN useradd -p '*' app && passwd -l App-user1"),
        (":history", "ARG NPM_TOKEN\nRUN --mount=type=secret,id=npm_Token1 npm ci"),
        (":history", "|2 NPM_TOKEN= TARGETARCH=amd64 /bin/sh -c npm ci"),
        (":history", "COPY file:{h64} in /usr/local/bin/ "),
        (":history", "CMD [\"--token-file=/run/Token1\" \"--secret-name=App-1\"]"),
    ]);
}

#[test]
fn keys_of_the_tests_of_libraries_are_silent() {
    silent(&[
        ("srv/node_modules/a/test/ssl/server.key", "{rsa}"),
        ("usr/lib/python3/dist-packages/a/tests/data/key.pem", "{key}"),
        ("go/pkg/mod/a.net/b@v1/testdata/server.key", "{key}"),
        ("srv/vendor/a/spec/fixtures/id_rsa", "{rsa}"),
        ("srv/node_modules/a/__fixtures__/.npmrc", "//r.acme.net/:_authToken={A36}\n"),
        ("usr/share/doc/openvpn/examples/sample-keys/client.key", "{key}"),
        ("srv/vendor/a/b_test.go", "const key = `{rsa}`\n"),
        ("srv/docs/setup.md", "    DB_PASSWORD={P}\n    https://me:{P}@a.net/\n"),
        ("srv/.env.example", "DB_PASSWORD={P}\n"),
        ("srv/app/settings.py.template", "SECRET_KEY = '{d20}abcdef{d14}ghijklmnop'\n"),
        ("srv/a.py", "# key = \"{key\\n}\"\n"),
        ("srv/a.js", "// mongodb://me:{P}@a.net/\n"),
    ]);
}
