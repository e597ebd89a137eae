//! Kubernetes: keys in base64, and the values of Secrets.

use super::super::rule::rules;

rules! {
    {
        code: "kubernetes-client-key",
        service: "Kubernetes",
        access: "the cluster, as the user of the certificate",
        revoke: "bind fewer roles to the user, or replace the cluster's authority",
        keywords: &["client-key-data"],
        pattern: r#"client-key-data:\s{1,4}["']?<[A-Za-z0-9+/]{100,12000}={0,2}>"#,
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
        pattern: r#"tls\.key"?:\s{1,4}["']?<[A-Za-z0-9+/]{100,12000}={0,2}>"#,
        check: EncodedPem,
        @source "https://kubernetes.io/docs/concepts/configuration/secret/#tls-secrets";
    }
    {
        code: "kubernetes-secret-value",
        service: "Kubernetes",
        access: "whatever the value of the Secret is used for",
        revoke: "change it where it is used, and in the cluster",
        keywords: &["kind: Secret", r#""kind":"Secret""#, r#""kind": "Secret""#],
        pattern: r#""?kind"?:\s?"?Secret"?"#,
        check: ClusterSecret,
        @source "https://kubernetes.io/docs/concepts/configuration/secret/";
        @silent [
            "kind: Secret\ndata:\n  password: cGFzc3dvcmQ=\n",
            "kind: Secret\nstringData:\n  password: ${PASSWORD}\n  token: '{{ .Values.token }}'\n",
            "kind: Secret\ndata:\n  tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t\n",
            "kind: SecretList\ndata:\n  password: WHk3a1EybTlSdDRiCg==\n",
            "kind: SealedSecret\nspec:\n  encryptedData:\n    password: AgBy3i4OJSWK89kL2Pq7RtYx\n",
        ];
    }
}
