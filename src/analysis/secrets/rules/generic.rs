//! Secrets that are recognised by what is around them: the last rules, which any other rule precedes.

use super::super::rule::rules;

rules! {
    {
        code: "kubernetes-client-key",
        service: "Kubernetes",
        access: "the cluster, as the user of the certificate",
        revoke: "bind fewer roles to the user, or replace the cluster's authority",
        keywords: &["client-key-data"],
        pattern: r#"client-key-data:\s{1,4}["']?<[A-Za-z0-9+/]{100,4096}={0,2}>"#,
        check: EncodedPem,
        @source "https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/";
        @silent ["client-key-data: REDACTED", "client-key-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t"];
    }
    {
        code: "kubernetes-secret-key",
        service: "Kubernetes",
        access: "what the TLS key of the Secret signs",
        revoke: "make a new key and revoke its certificate",
        keywords: &["tls.key"],
        pattern: r#"tls\.key"?:\s{1,4}["']?<[A-Za-z0-9+/]{100,4096}={0,2}>"#,
        check: EncodedPem,
        @source "https://kubernetes.io/docs/concepts/configuration/secret/#tls-secrets";
    }
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
        code: "named-secret",
        service: "Password or token",
        access: "whatever the variable is used for",
        revoke: "change it where it is used",
        files: &[":env", ":history", ":label", "/.env", "/.env.local", "/.env.production", "/.env.prod", "/.env.staging", "/.envrc", "/.bash_history", "/.zsh_history", "/.ash_history"],
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
        ];
    }
}
