//! Private keys of every container, and tokens that are signed documents.
//!
//! Sources: RFC 7468, 8017, 5958, 5915, 9580 and 7519; OpenSSH's PROTOCOL.key; PuTTY's manual; WireGuard's.

use super::super::rule::rules;

rules! {
    {
        code: "private-key-encrypted",
        service: "Private key with a passphrase",
        access: "what the key opens, for anyone who finds its passphrase",
        revoke: "make a new key and replace the public one wherever it is trusted",
        keywords: &["PRIVATE KEY"],
        before: 36,
        pattern: "-----BEGIN (RSA |EC |DSA |OPENSSH |ENCRYPTED (SIGSTORE |COSIGN )?)?PRIVATE KEY-----",
        check: Pem { encrypted: true },
        @source "https://www.rfc-editor.org/rfc/rfc7468";
    }
    {
        code: "private-key-rsa",
        service: "Private key (RSA)",
        access: "what the key opens or signs",
        revoke: "make a new key and replace the public one wherever it is trusted",
        keywords: &["RSA PRIVATE KEY"],
        before: 11,
        pattern: "-----BEGIN RSA PRIVATE KEY-----",
        check: Pem { encrypted: false },
        @source "https://www.rfc-editor.org/rfc/rfc8017";
        @silent [
            "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----\n",
            "begin = \"-----BEGIN RSA PRIVATE KEY-----\";",
        ];
    }
    {
        code: "private-key-ec",
        service: "Private key (elliptic curve)",
        access: "what the key opens or signs",
        revoke: "make a new key and replace the public one wherever it is trusted",
        keywords: &["EC PRIVATE KEY"],
        before: 11,
        pattern: "-----BEGIN EC PRIVATE KEY-----",
        check: Pem { encrypted: false },
        @source "https://www.rfc-editor.org/rfc/rfc5915";
        @silent ["-----BEGIN EC PRIVATE KEY-----\n...\n-----END EC PRIVATE KEY-----"];
    }
    {
        code: "private-key-dsa",
        service: "Private key (DSA)",
        access: "what the key opens or signs",
        revoke: "make a new key and replace the public one wherever it is trusted",
        keywords: &["DSA PRIVATE KEY"],
        before: 11,
        pattern: "-----BEGIN DSA PRIVATE KEY-----",
        check: Pem { encrypted: false },
        @source "https://docs.openssl.org/master/man1/openssl-dsa/";
    }
    {
        code: "private-key-openssh",
        service: "Private key (OpenSSH)",
        access: "every machine that trusts the key",
        revoke: "make a new key and remove the public one from authorized_keys",
        keywords: &["OPENSSH PRIVATE KEY"],
        before: 11,
        pattern: "-----BEGIN OPENSSH PRIVATE KEY-----",
        check: Pem { encrypted: false },
        @source "https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key";
        @silent ["-----BEGIN OPENSSH PRIVATE KEY-----\n(your key)\n-----END OPENSSH PRIVATE KEY-----"];
    }
    {
        code: "private-key",
        service: "Private key (PKCS#8)",
        access: "what the key opens or signs",
        revoke: "make a new key and replace the public one wherever it is trusted",
        keywords: &["BEGIN PRIVATE KEY"],
        before: 5,
        pattern: "-----BEGIN PRIVATE KEY-----",
        check: Pem { encrypted: false },
        @source "https://www.rfc-editor.org/rfc/rfc5958";
        @silent ["-----BEGIN PRIVATE KEY-----\n(paste your key here)\n-----END PRIVATE KEY-----"];
    }
    {
        code: "private-key-pgp",
        service: "Private key (OpenPGP)",
        access: "signing and decrypting as its owner",
        revoke: "publish the key's revocation certificate",
        keywords: &["PGP PRIVATE KEY BLOCK"],
        before: 11,
        pattern: "-----BEGIN PGP PRIVATE KEY BLOCK-----",
        check: Pem { encrypted: false },
        @source "https://www.rfc-editor.org/rfc/rfc9580";
    }
    {
        code: "private-key-putty",
        service: "Private key (PuTTY)",
        access: "every machine that trusts the key",
        revoke: "make a new key and remove the public one from authorized_keys",
        keywords: &["PuTTY-User-Key-File-"],
        pattern: r"PuTTY-User-Key-File-[23]: [\w.@-]{4,60}",
        check: Putty { encrypted: false },
        @source "https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html";
    }
    {
        code: "private-key-putty-encrypted",
        service: "Private key with a passphrase (PuTTY)",
        access: "every machine that trusts the key, for anyone who finds its passphrase",
        revoke: "make a new key and remove the public one from authorized_keys",
        keywords: &["PuTTY-User-Key-File-"],
        pattern: r"PuTTY-User-Key-File-[23]: [\w.@-]{4,60}",
        check: Putty { encrypted: true },
        @source "https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html";
    }
    {
        code: "wireguard-key",
        service: "WireGuard",
        access: "the network, as this peer",
        revoke: "wg genkey, and replace the peer's public key",
        keywords: &["PrivateKey"],
        pattern: r"PrivateKey\s?=\s?<[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=>",
        beside: "[Interface]",
        @source "https://www.wireguard.com/quickstart/";
    }
    {
        code: "private-key-gpg-agent",
        service: "Private key (GnuPG)",
        access: "signing and decrypting as its owner",
        revoke: "publish the key's revocation certificate",
        keywords: &["private-key"],
        before: 11,
        pattern: "\\((protected-)?private-key[ \t\r\n]{0,4}\\((rsa|dsa|elg|ecc)[ \t\r\n]{0,4}(\\(curve [\\w ]{2,20}\\))?(\\(flags [\\w -]{2,20}\\))?[ \t\r\n]{0,4}\\([a-z]{1,3} <#[0-9A-F]{24,4000}>",
        check: Hash,
        @source "https://github.com/gpg/gnupg/blob/master/agent/keyformat.txt";
        @silent ["(private-key (rsa (n n-mpi) (e e-mpi)))"];
    }
    {
        code: "json-web-key",
        service: "Private key (JSON Web Key)",
        access: "what the key signs or opens",
        revoke: "make a new key and replace the public one wherever it is trusted",
        keywords: &["\"d\":", "\"d\" :"],
        pattern: r#""d"\s?:\s?"<[\w-]{42,700}>""#,
        beside: "\"kty\"",
        @source "https://www.rfc-editor.org/rfc/rfc7518#section-6.3.2";
    }
    {
        code: "minisign-key",
        service: "Private key (minisign)",
        access: "signing as its owner, for anyone who finds its password",
        revoke: "make a new key and replace the public one wherever it is trusted",
        keywords: &["RWRTY0Iy"],
        pattern: "RWRTY0Iy[A-Za-z0-9+/]{200,204}",
        @source "https://jedisct1.github.io/minisign/";
    }
    {
        code: "openvpn-static-key",
        service: "OpenVPN",
        access: "the network, together with a certificate or alone",
        revoke: "openvpn --genkey, and replace the key on all sides",
        keywords: &["OpenVPN Static key V1"],
        before: 11,
        pattern: "-----BEGIN OpenVPN Static key V1-----\r?\n<[0-9a-f]{32}>",
        @source "https://openvpn.net/community-resources/reference-manual-for-openvpn-2-6/";
    }
    {
        code: "kerberos-keytab",
        service: "Kerberos",
        access: "what the principals of the file may do",
        revoke: "change the principals' keys",
        files: &["*.keytab"],
        check: KeyStore,
        @source "https://web.mit.edu/kerberos/krb5-latest/doc/formats/keytab_file_format.html";
    }
    {
        code: "keepass-database",
        service: "KeePass",
        access: "the passwords of the file, for anyone who finds its master password",
        revoke: "change the passwords in it",
        files: &["*.kdbx"],
        check: KeyStore,
        @source "https://keepass.info/help/kb/kdbx.html";
    }
    {
        code: "private-key-der",
        service: "Private key (DER)",
        access: "what the key opens or signs",
        revoke: "make a new key and replace the public one wherever it is trusted",
        files: &["*.pk8", "*.der"],
        check: KeyStore,
        @source "https://www.rfc-editor.org/rfc/rfc5958";
    }
    {
        code: "key-store",
        service: "Key store with a private key",
        access: "what its keys open, for anyone who finds its password",
        revoke: "make new keys and revoke their certificates",
        files: &["*.jks", "*.jceks", "*.keystore", "*.p12", "*.pfx", "*.pkcs12"],
        check: KeyStore,
        @source "https://www.rfc-editor.org/rfc/rfc7292";
    }
    {
        code: "jwt",
        service: "JSON Web Token",
        access: "what its issuer lets its bearer do, until it expires",
        revoke: "at its issuer, or with a new signing key",
        keywords: &["eyJ"],
        pattern: r"eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{20,1000}",
        check: Jwt,
        @source "https://www.rfc-editor.org/rfc/rfc7519";
        @silent [concat!("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNT",
            "E2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c")];
    }
}
