//! Texts that are encoded as base64, and so are looked into: the secrets in them are those of other rules.
//!
//! Where no name tells, they are recognised by the base64 of what they begin with.

use super::super::rule::rules;

rules! {
    {
        code: "encoded-login",
        keywords: &[".dockerconfigjson", ".dockercfg"],
        pattern: r"\.docker(configjson|cfg)\=<[A-Za-z0-9+/_-]{24,16000}={0,2}>",
        check: Encoded,
        @source "https://kubernetes.io/docs/concepts/configuration/secret/#docker-config-secrets";
    }
    {
        code: "encoded-text",
        keywords: &[
            "LS0tLS1CRUdJTi",                            // -----BEGIN
            "eyJhdXRocy",                                // {"auths
            "eyAiYXV0aHMi",                              // { "auths"
            "ewogICJhdXRocy",                            // the same after a line break and blanks or a tab
            "ewogICAgImF1dGhzI",
            "ewoJImF1dGhzI",
            "eyJ0eXBlIjoic2VydmljZV9hY2NvdW50I",         // {"type":"service_account"
            "eyJ0eXBlIjogInNlcnZpY2VfYWNjb3VudC",
            "ewogICJ0eXBlIjogInNlcnZpY2VfYWNjb3VudC",
            "ewogICAgInR5cGUiOiAic2VydmljZV9hY2NvdW50I",
            "YXBpVmVyc2lvbjogdj",                        // apiVersion: v
            "W2RlZmF1bHRdCmF3c",                         // [default] aws
        ],
        pattern: r"<[A-Za-z0-9+/_-]{24,16000}={0,2}>",
        check: Encoded,
        @source "https://www.rfc-editor.org/rfc/rfc4648#section-4";
    }
    {
        code: "encoded-value",
        files: &[
            ":env", ":label", ":history", ":encoded", "/.env", "/.env.local", "/.env.production", "/.env.prod",
            "/.env.staging", "/.envrc",
        ],
        pattern: r#"([\w.-]{1,100}=["']?)?<[A-Za-z0-9+/_-]{24,16000}={0,2}>"#,
        check: Encoded,
        @source "https://www.rfc-editor.org/rfc/rfc4648#section-4";
    }
}
