//! Files that are made for passwords, recognised by their names.

use super::super::rule::rules;

rules! {
    {
        code: "git-credentials",
        service: "Git credentials",
        access: "the repositories of the host, as the user",
        revoke: "at the host, where its tokens or the password are changed",
        files: &["/.git-credentials", "/git/credentials"],
        pattern: r#"https?://[^:/\s@]{1,200}:<[^/\s@"']{3,300}>@[\w.\[-]"#,
        check: StoredPassword,
        @source "https://git-scm.com/docs/git-credential-store";
        @silent ["https://user:password@example.com", "https://acme:${TOKEN}@git.example.org"];
    }
    {
        code: "netrc",
        service: "netrc",
        access: "the hosts of the file, as their users",
        revoke: "change the passwords at these hosts",
        files: &["/.netrc", "/_netrc", "/netrc", "/.authinfo", "/apt/auth.conf", "/auth.conf.d/"],
        pattern: "password[ \t\r\n]{1,8}<\\S{3,300}>",
        check: StoredPassword,
        @source "https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html";
        @silent ["machine example.com login me password <password>", "# password abcd1234", "machine a.b login anonymous password anonymous@"];
    }
    {
        code: "npmrc",
        service: "npm registry",
        access: "packages of the registry, as the user",
        revoke: "npm token revoke, or at the registry",
        files: &["/.npmrc", "/npmrc", "/.yarnrc"],
        pattern: r#"([^\s=]{0,200}:_?|_)(authToken|password|auth)\s{0,2}=\s{0,2}"?<[^\s"]{6,1000}>"#,
        check: StoredPassword,
        @source "https://docs.npmjs.com/cli/configuring-npm/npmrc";
        @silent ["//registry.example.org/:_authToken=${NPM_TOKEN}", "; //r.example.org/:_password=abcd1234efgh", "always-auth=true", "auth-type=legacy"];
    }
    {
        code: "yarn-token",
        service: "npm registry",
        access: "packages of the registry, as the user",
        revoke: "npm token revoke, or at the registry",
        files: &["/.yarnrc.yml"],
        pattern: r#"npmAuth(Token|Ident):\s{1,4}["']?<[^\s"']{6,1000}>"#,
        check: StoredPassword,
        @source "https://yarnpkg.com/configuration/yarnrc";
        @silent ["npmAuthToken: \"${NPM_TOKEN}\""];
    }
    {
        code: "pypirc",
        service: "Python package index",
        access: "publishing packages, as the user",
        revoke: "at the index, Account settings, API tokens",
        files: &["/.pypirc"],
        pattern: r"password\s{0,4}[=:]\s{0,4}<\S{4,1000}>",
        check: StoredPassword,
        @source "https://packaging.python.org/en/latest/specifications/pypirc/";
        @silent ["password = <API token>", "password: %(TOKEN)s"];
    }
    {
        code: "pgpass",
        service: "PostgreSQL",
        access: "the databases of the file, as their users",
        revoke: "ALTER ROLE … PASSWORD",
        files: &["/.pgpass", "/pgpass.conf"],
        pattern: r"([^:\s#]{1,200}|[^\s#]{1,200}\\:[^:\s]{0,99}):(\d{1,5}|\*):[^:\s]{1,200}:([^:\s]{1,200}|[^\s]{1,99}\\:[^:\s]{1,99}):<\S{3,300}>",
        check: StoredPassword,
        @source "https://www.postgresql.org/docs/current/libpq-pgpass.html";
        @silent ["#hostname:5432:database:username:pass1234", "localhost:5432:db:me:password"];
    }
    {
        code: "mysql-password",
        service: "MySQL",
        access: "the database, as the user",
        revoke: "ALTER USER … IDENTIFIED BY",
        files: &["/.my.cnf", "/my.cnf", "/debian.cnf", "/.mylogin.cnf"],
        pattern: r#"password\s{0,4}=\s{0,4}["']?<[^\s"']{4,300}>"#,
        check: StoredPassword,
        @source "https://dev.mysql.com/doc/refman/8.4/en/option-files.html";
        @silent ["# password = abcd1234", "password = your_password"];
    }
    {
        code: "docker-legacy-auth",
        service: "Registry login (Docker)",
        access: "a registry as the user",
        revoke: "docker logout, then the registry's tokens",
        files: &["/.dockercfg"],
        pattern: r#""auth":\s{0,4}"<[A-Za-z0-9+/]{6,12000}={0,2}>""#,
        check: Present,
        @source "https://kubernetes.io/docs/concepts/configuration/secret/#docker-config-secrets";
    }
    {
        code: "kubeconfig-token",
        service: "Kubernetes",
        access: "the cluster, as the user or service account",
        revoke: "delete the service account's token, or bind fewer roles",
        files: &["/.kube/config", "/kubeconfig", "*.kubeconfig", "/admin.conf", "/kubelet.conf", "/k3s.yaml", "/controller-manager.conf", "/scheduler.conf", "*kubeconfig.yaml", "*kubeconfig.yml"],
        pattern: r#"token:\s{1,4}["']?<[\w.:=/+-]{16,4000}>"#,
        @source "https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/";
        @silent ["token: <token>", "token: ${KUBE_TOKEN}"];
    }
    {
        code: "kubeconfig-password",
        service: "Kubernetes",
        access: "the cluster, as the user",
        revoke: "change the password where the cluster checks it",
        files: &["/.kube/config", "/kubeconfig", "*.kubeconfig", "/admin.conf", "/k3s.yaml", "*kubeconfig.yaml", "*kubeconfig.yml"],
        pattern: r#"password:\s{1,4}["']?<[^\s"']{4,300}>"#,
        check: StoredPassword,
        @source "https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/";
    }
    {
        code: "service-account-token",
        service: "Kubernetes",
        access: "the cluster, as the service account",
        revoke: "delete the service account's token",
        files: &["/serviceaccount/token"],
        pattern: r"<[\w.-]{100,4000}>",
        @source "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/";
    }
    {
        code: "azure-cli-token",
        service: "Microsoft Azure",
        access: "the account of the user who logged in",
        revoke: "az logout, then revoke the user's sessions",
        files: &["/.azure/msal_token_cache.json", "/.azure/accessTokens.json", "/.azure/service_principal_entries.json"],
        pattern: r#""(secret|refreshToken|client_secret)":\s{0,4}"<[^"\s]{20,4000}>""#,
        check: Present,
        @source "https://learn.microsoft.com/cli/azure/azure-cli-configuration";
    }
    {
        code: "s3cmd",
        service: "S3",
        access: "the buckets of the account",
        revoke: "at the provider, where access keys are made",
        files: &["/.s3cfg"],
        pattern: r"secret_key\s{0,4}=\s{0,4}<[\w/+=]{16,200}>",
        @source "https://s3tools.org/kb/item14.htm";
    }
    {
        code: "rclone",
        service: "rclone",
        access: "the storage of the remote",
        revoke: "at the provider of the remote",
        files: &["/rclone.conf", "/.rclone.conf"],
        pattern: r"(pass|password2|secret_access_key|client_secret|key)\s{0,2}=\s{0,2}<[\w/+=-]{16,400}>",
        @source "https://rclone.org/docs/";
    }
    {
        code: "maven-password",
        service: "Maven repository",
        access: "artifacts of the repository, as the user",
        revoke: "change the password at the repository",
        files: &["/settings.xml", "/ci_settings.xml"],
        pattern: r"\<(password|passphrase)\><[^\s<$]{4,200}>\</pass",
        check: StoredPassword,
        beside: "<settings",
        @source "https://maven.apache.org/settings.html#servers";
        @silent [
            "<settings>\n<!-- server\n  <server>\n <password>Xk29sLq8wz</password>\n -->",
            "<settings><server><password>{COQLCE6DU6GtcS5P=}</password>",
            "<settings><server><password>${env.TOKEN}</password>",
        ];
    }
    {
        code: "gradle-password",
        service: "Gradle",
        access: "what the build signs or publishes",
        revoke: "change the password at the repository",
        files: &["/.gradle/gradle.properties"],
        pattern: r"[\w.-]{0,60}(password|token|secret)\s{0,2}=\s{0,2}<\S{6,300}>",
        check: Password,
        @source "https://docs.gradle.org/current/userguide/build_environment.html";
    }
    {
        code: "composer-auth",
        service: "Composer",
        access: "packages of the host, as the user",
        revoke: "at the host, where its tokens are made",
        files: &["/composer/auth.json", "/.composer/auth.json"],
        pattern: r#""(password|github\.com|gitlab\.com|[\w.-]{3,80})":\s{0,4}"<[^"\s]{8,300}>""#,
        check: Password,
        @source "https://getcomposer.org/doc/articles/authentication-for-private-packages.md";
    }
    {
        code: "tomcat-user",
        service: "Apache Tomcat",
        access: "the manager, which runs programs",
        revoke: "change the password in conf/tomcat-users.xml",
        files: &["/tomcat-users.xml"],
        pattern: r#"password="<[^"\s<]{4,200}>""#,
        check: StoredPassword,
        @source "https://tomcat.apache.org/tomcat-11.0-doc/manager-howto.html";
        @silent ["<!--\n  <user username=\"role1\" password=\"Xk29sLq8wz\" roles=\"role1\"/>\n-->", "password=\"<must-be-changed>\""];
    }
    {
        code: "redis-password",
        service: "Redis",
        access: "all data of the server",
        revoke: "change requirepass, or the ACL of the user",
        files: &["redis.conf"],
        pattern: r#"(requirepass|masterauth)\s{1,4}"?<[^\s"]{6,200}>"#,
        check: StoredPassword,
        @source "https://redis.io/docs/latest/operate/oss_and_stack/management/security/";
        @silent ["# requirepass Xk29sLq8wz", "requirepass foobared"];
    }
    {
        code: "jenkins-master-key",
        service: "Jenkins",
        access: "all credentials of the server",
        revoke: "make a new one, and change what was stored",
        files: &["/secrets/master.key", "/secrets/initialAdminPassword"],
        pattern: r"<\h{32,256}>",
        @source "https://www.jenkins.io/doc/developer/security/secrets/";
    }
    {
        code: "rails-master-key",
        service: "Ruby on Rails",
        access: "the encrypted credentials of the application",
        revoke: "bin/rails credentials:edit with a new key, and change what was stored",
        files: &["/config/master.key", "/credentials/production.key"],
        pattern: r"<\h{32}>",
        @source "https://guides.rubyonrails.org/security.html#custom-credentials";
    }
    {
        code: "ipsec-key",
        service: "IPsec",
        access: "the network, as this peer",
        revoke: "change the pre-shared key on both sides",
        files: &["/ipsec.secrets", "/ipsec.d/"],
        pattern: r#"PSK\s{1,4}"<[^"\s]{6,200}>""#,
        check: StoredPassword,
        @source "https://docs.strongswan.org/docs/latest/config/connections.html";
        @silent ["# %any : PSK \"Xk29sLq8wz\""];
    }
    {
        code: "nuget-config",
        service: "NuGet feed",
        access: "packages of the feed, as the user",
        revoke: "at the feed, where its tokens are made",
        files: &["/NuGet.Config", "/nuget.config", "/NuGet.config"],
        pattern: r#"key="ClearTextPassword"\s{1,4}value="<[^"\s]{4,300}>""#,
        check: StoredPassword,
        @source "https://learn.microsoft.com/nuget/reference/nuget-config-file";
        @silent ["<add key=\"ClearTextPassword\" value=\"%NUGET_PASSWORD%\" />", "<!-- <add key=\"ClearTextPassword\" value=\"Xk29sLq8wz\" /> -->"];
    }
    {
        code: "cargo-token",
        service: "Cargo registry",
        access: "publishing crates, as the user",
        revoke: "cargo owner, or the registry's API tokens",
        files: &["/.cargo/credentials.toml", "/.cargo/credentials"],
        pattern: r#"token\s{0,4}=\s{0,4}"<[^"\s]{16,400}>""#,
        @source "https://doc.rust-lang.org/cargo/reference/config.html#credentials";
    }
    {
        code: "gem-key",
        service: "RubyGems",
        access: "publishing gems, as the user",
        revoke: "Edit settings, API keys",
        files: &["/.gem/credentials"],
        pattern: r#":[\w:/.-]{3,100}:\s{1,4}["']?<[\w.-]{16,200}>"#,
        @source "https://guides.rubygems.org/publishing/";
    }
    {
        code: "github-cli",
        service: "GitHub",
        access: "repositories as the user",
        revoke: "gh auth logout, then Settings, Applications",
        files: &["/gh/hosts.yml", "/.config/hub"],
        pattern: r"oauth_token:\s{1,4}<[\w-]{30,255}>",
        @source "https://cli.github.com/manual/gh_auth_login";
    }
    {
        code: "subversion-password",
        service: "Subversion",
        access: "the repository, as the user",
        revoke: "change the password at the repository",
        files: &["/conf/passwd"],
        pattern: r"[\w.-]{1,60}\s=\s<\S{6,100}>",
        check: Password,
        @source "https://svnbook.red-bean.com/en/1.7/svn.serverconfig.svnserve.html";
        @silent ["# harry = harryssecret", "harry = harryssecret"];
    }
    {
        code: "subversion-login",
        service: "Subversion",
        access: "the repository, as the user",
        revoke: "change the password at the repository",
        files: &["/svn.simple/"],
        pattern: "password\r?\nV \\d{1,3}\r?\n<\\S{3,200}>",
        check: StoredPassword,
        @source "https://svnbook.red-bean.com/en/1.8/svn.serverconfig.netmodel.html";
    }
    {
        code: "smb-credentials",
        service: "File server",
        access: "the share, as the user",
        revoke: "change the user's password",
        files: &["/.smbcredentials", "/.smbpasswd", "/cifs-credentials"],
        pattern: r"password\s?=\s?<\S{3,200}>",
        check: StoredPassword,
        @source "https://www.samba.org/~ab/output/htmldocs/manpages-3/mount.cifs.8.html";
    }
    {
        code: "wifi-password",
        service: "Wi-Fi",
        access: "the wireless network",
        revoke: "change the network's passphrase",
        files: &["/wpa_supplicant.conf", "*.nmconnection"],
        pattern: r#"psk\s?=\s?"?<[^"\s]{8,64}>"#,
        check: StoredPassword,
        @source "https://w1.fi/cgit/hostap/plain/wpa_supplicant/wpa_supplicant.conf";
        @silent ["#psk=\"very secret passphrase\""];
    }
    {
        code: "shadow-hash",
        service: "Password of a system user",
        access: "logging in as the user, once the hash is cracked",
        revoke: "set another password, or lock the user",
        files: &["/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-"],
        pattern: r"[^:\s]{1,64}:!?<\$[\w]{1,4}\$[\w./$=,+-]{12,200}>:",
        check: Hash,
        @source "https://man7.org/linux/man-pages/man5/crypt.5.html";
        @silent ["root:*:19700:0:99999:7:::", "bin:!:19700::::::", "daemon:!*:1::::::"];
    }
    {
        code: "htpasswd-hash",
        service: "Password of a web server",
        access: "what the web server protects, once the hash is cracked",
        revoke: "htpasswd, with another password",
        files: &["/.htpasswd", "/htpasswd", "*.htpasswd"],
        pattern: r"[^:\s]{1,64}:<(\$(apr1|2[aby]|5|6)\$|\{SHA\})[\w./$=+]{20,200}>",
        check: Hash,
        @source "https://httpd.apache.org/docs/2.4/misc/password_encryptions.html";
    }
    {
        code: "history-password",
        service: "Command with a password",
        access: "what the command logged in to",
        revoke: "change the password there",
        files: &[
            ":history", "/.bash_history", "/.zsh_history", "/.ash_history", "/.sh_history", "/.history",
            "/fish_history",
        ],
        pattern: concat!(
            r#"(sshpass\s-p\s?|(mysql|mysqldump|mysqladmin|mysqlimport|mariadb|mariadb-dump|mariadb-admin)(\s[^|;&]{0,100})?\s"#,
            r#"(-p|--password=)|curl(\s[^|;&]{0,200})?\s(-u\s?|--user[\s=]|--proxy-user[\s=]|-U\s?)["']?[^\s:"']{1,60}:"#,
            r#"|wget(\s[^|;&]{0,200})?\s--(http-|ftp-|proxy-)?password=|redis-cli(\s[^|;&]{0,60})?\s(-a|--pass)\s"#,
            r#"|(docker|podman|nerdctl|buildah|skopeo|oras|crane|helm|az|oc|cf)\s[^|;&]{0,40}login(\s[^|;&]{0,100})?\s"#,
            r#"(-p\s?|--password[\s=]|--token[\s=])|mongo(sh|dump|restore|export|import)?(\s[^|;&]{0,100})?\s(-p\s|--password[\s=])"#,
            r#"|kubectl\s[^|;&]{0,40}secret\s[^|;&]{0,200}--from-literal[\s=]["']?[\w.-]{1,80}=|openssl\s[^|;&]{0,200}\s-pass(in|out)?\spass:"#,
            r#"|ldap(search|add|modify|passwd)(\s[^|;&]{0,200})?\s-w\s|smbclient(\s[^|;&]{0,100})?\s(-U\s?|--user[\s=])["']?[^\s%]{1,40}%"#,
            r#"|npm\s[^|;&]{0,20}set\s[^|;&]{0,100}:_(authToken|password|auth)[\s=]|aws\sconfigure\sset\s[\w.]{0,60}secret_access_key\s"#,
            r#"|composer\sconfig\s[^|;&]{0,40}http-basic\.[\w.-]{1,80}\s[\w.-]{1,60}\s|(x-api-key|private-token|x-auth-token|x-vault-token):\s"#,
            r#"|authorization:\s{1,2}(bearer|token)\s{1,2})["']?<[^\s"'|;&]{4,200}>"#,
        ),
        check: Password,
        @source "https://www.gnu.org/software/bash/manual/html_node/Bash-History-Facilities.html";
        @silent [
            "mysql -u root -p", "docker login -u me -p $TOKEN", "docker login --password-stdin", "mysql -pPASSWORD",
            "mysql -u root --protocol=TCP", "mysql --port=3306 -h my-postgres1", "docker login -u me --password-stdin r.example1",
            "mysqladmin ping -h db-prod-1 -P3306", "curl -u \"$USER:$PASS\" https://a", "docker login r --username me-p4ss1",
            "curl -H \"Authorization: Bearer $TOKEN\"", "kubectl create secret generic a --from-literal=key=$VALUE"];
    }
    {
        code: "sql-password",
        service: "Database user",
        access: "the database, as the user",
        revoke: "ALTER USER, with another password",
        files: &["/.psql_history", "/.mysql_history", "/.mariadb_history", "/.sqlcmd_history", "/.bash_history", ":history"],
        pattern: r#"(identified\sby|password)\s{1,3}'<[^'\s]{4,200}>'"#,
        check: Password,
        @source "https://dev.mysql.com/doc/refman/8.4/en/create-user.html";
        @silent ["CREATE USER a IDENTIFIED BY 'password'", "ALTER ROLE a PASSWORD '$1'"];
    }
}
