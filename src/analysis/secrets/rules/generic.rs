//! Secrets that are recognised by what is around them: the last rules, which any other rule precedes.

use super::super::rule::rules;

rules! {
    {
        code: "url-password",
        service: "URL with a password",
        access: "the server of the URL, as its user",
        revoke: "change the password there",
        keywords: &["://"],
        before: 20,
        pattern: r#"[a-z][a-z\d+.-]{1,19}://[^:/\s@"'<>\\()`]{0,100}:<[^/\s@"'<>\\()`]{6,200}>@[\w.\[-]"#,
        check: Password,
        @source "https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1";
        @silent [
            "postgres://user:password@localhost/db",
            "https://user:pass@example.com/",
            "redis://:@localhost",
            "amqp://app:${AMQP_PASSWORD}@queue:5672",
            "http://proxy:8080/a@b",
        ];
    }
    {
        code: "jdbc-password",
        service: "Connection string with a password",
        access: "the database, as its user",
        revoke: "change the user's password",
        keywords: &["jdbc:"],
        pattern: r#"jdbc:([^\s"'<\>]{4,300}[?&;]password=|oracle:thin:[\w]{1,30}/)<[^&;@\s"'<\>]{4,128}>"#,
        check: Password,
        @source "https://docs.oracle.com/javase/tutorial/jdbc/basics/connecting.html";
        @silent ["jdbc:postgresql://db/app?user=a&password=${PW}", "jdbc:oracle:thin:scott/tiger@//db:1521/x"];
    }
    {
        code: "connection-string",
        service: "Connection string with a password",
        access: "the database, as its user",
        revoke: "change the user's password",
        keywords: &[";Password=", ";Pwd=", "; Password=", "; Pwd="],
        before: 250,
        pattern: concat!(
            r#"(Server|Data Source|Host|Address|Addr|Initial Catalog|Database|User ID|Uid|User|Username)=[^"']{1,240};\s?"#,
            r#"(Password|Pwd)=<[^;"'\s\\<&]{4,128}>"#,
        ),
        check: Password,
        @source "https://learn.microsoft.com/dotnet/framework/data/adonet/connection-string-syntax";
        @silent [
            "Server=db;User Id=sa;Password=yourStrong(!)Password;", "Server=db;Uid=a;Pwd={password};",
            "Server=db;User Id=a;Password=$(PASSWORD);", "Server=db;User Id=a;Password=<password>;",
        ];
    }
    {
        code: "basic-login",
        service: "Login in a header of HTTP",
        access: "the server that the header is sent to, as its user",
        revoke: "change the password there",
        keywords: &["Authorization"],
        pattern: r#"Authorization["']?\s?[:=,]\s{0,4}["']?Basic\s{1,2}<[A-Za-z0-9+/]{8,400}={0,2}>"#,
        check: BasicLogin,
        @source "https://www.rfc-editor.org/rfc/rfc7617";
        @silent ["Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Authorization: Basic dXNlcjpwYXNzd29yZA=="];
    }
    {
        code: "system-password",
        service: "Password of a system user",
        access: "logging in as the user",
        revoke: "set another password, or lock the user",
        keywords: &["chpasswd"],
        before: 120,
        pattern: r#"(echo|printf)\s{1,2}(-\w\s)?["']?[\w.-]{1,32}:<[^\s"'|:]{4,80}>["']?\s{0,2}\|\s{0,2}(sudo\s)?chpasswd"#,
        check: Password,
        @source "https://man7.org/linux/man-pages/man8/chpasswd.8.html";
        @silent ["echo root:root | chpasswd", "echo \"root:${PASSWORD}\" | chpasswd", "echo 'root:Docker!' | chpasswd"];
    }
    {
        code: "named-secret",
        service: "Password or token",
        access: "whatever the variable is used for",
        revoke: "change it where it is used",
        files: &[":env", ":history", ":label", ":encoded", "/.env", "/.env.local", "/.env.production", "/.env.prod", "/.env.staging", "/.envrc", "/.bash_history", "/.zsh_history", "/.ash_history"],
        pattern: r#"[\w.-]{2,80}=["']?<[^\s"']{8,300}>"#,
        check: NamedValue,
        @source "https://docs.docker.com/reference/dockerfile/#env";
        @silent [
            "PASSWORD_FILE=/run/secrets/x",
            "GPG_KEY=4A46C33A4FE4F416CA8F91D260AC979DBEA83B19",
            "DB_PASSWORD=${DB_PASSWORD}",
            "DB_PASSWORD=changeme123",
            "TOKEN_URL=https://login.example.org/a1b2c3d4",
            "SECRET_NAME=my-app-secret-1",
            "KEYCLOAK_VERSION=26.0.1-alpha1",
            "TOKEN_IMAGE=registry/Team/app-Token1",
            "SECRET_PATH=a/B1c2/D3e4f5g6",
        ];
    }
    {
        code: "settings-secret",
        service: "Password or token",
        access: "whatever the setting is used for",
        revoke: "change it where it is used",
        files: &[
            "/docker-compose.yml", "/docker-compose.yaml", "/compose.yml", "/compose.yaml", "*.service", "*.env",
            "/etc/environment", "/.profile", "/.bashrc", "/.bash_profile", "/.zshrc", "/.zshenv", "/profile.d/",
            "/etc/default/", "/etc/sysconfig/", "/application.properties", "/application-prod.properties",
            "/application.yml", "/application.yaml", "/application-prod.yml", "/database.yml", "/secrets.yml",
            "/secrets.yaml", "/secrets.toml", "/secrets.json", "/credentials.yml", "/appsettings.json",
            "/appsettings.Production.json", "/wp-config.php", "/parameters.yml", "/supervisord.conf", "/rabbitmq.conf",
            "/grafana.ini", "/bunfig.toml", "*.tfvars", "*.tfstate", "*.tfstate.backup", "/settings.py",
            "/local_settings.py", "/config.inc.php", "/configuration.php", "/settings.php", "/env.php", "/airflow.cfg",
            "/repositories.yaml", "/group_vars/", "/host_vars/", "/bootstrap.yml", "/odbc.ini", "/odoo.conf",
        ],
        pattern: concat!(
            r#"(Environment=|environment=|define\(\s{0,2}["']|\$)?["']?[\w.-]{2,80}(["']?\]?\s{0,4}(=\>|=|:)\s{0,4}["']?"#,
            "|',\\s{0,4}'|[\"']?,?[\r\n\t ]{1,60}[\"']?value[\"']?:\\s{0,4}[\"']?|[\"'],[\"']value[\"']:[\"'])",
            r#"<[^\s"'<\>,;]{8,300}>"#,
        ),
        check: NamedValue,
        @source "https://docs.docker.com/compose/how-tos/environment-variables/set-environment-variables/";
        @silent [
            "password: ${DB_PASSWORD}", "      - DB_PASSWORD", "SECRET_KEY = os.environ['SECRET_KEY']",
            "Environment=TOKEN_FILE=%d/token-1", "define('AUTH_KEY', 'put your unique phrase here');",
            "db_password = var.db_password", "POSTGRES_PASSWORD: my-secret-pw", "PasswordAuthentication: disabled-1",
            "SECRET_KEY = 'django-insecure-4x8#q'", "; admin_password = Xk29sLq8wz",
        ];
    }
}
