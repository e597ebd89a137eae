//! Signatures in Notation's JWS envelope, made here after the specification with the crates `x509-cert` and `p256`, to
//! break one rule at a time: notation itself refuses to sign so.
//!
//! Source: Notary Project, signature-specification.md and signature-envelope-jws.md.

use super::notation::image;
use super::*;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::json;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use x509_cert::der::asn1::{Any, BitString, OctetString, UtcTime};
use x509_cert::der::flagset::FlagSet;
use x509_cert::der::oid::{AssociatedOid, ObjectIdentifier};
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::time::{Time, Validity};
use x509_cert::{Certificate, TbsCertificate, Version};

const EC_KEY: &str = "1.2.840.10045.2.1";
const P256: &str = "1.2.840.10045.3.1.7";
const ECDSA_SHA256: &str = "1.2.840.10045.4.3.2";

/// Seconds since 1970.
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64
}

/// What a certificate says.
#[derive(Clone)]
pub struct MadeCertificate {
    /// With the number of authorities that may be below.
    pub constraints: Option<(bool, Option<u8>)>,
    pub usage: Option<FlagSet<KeyUsages>>,
    pub purposes: Vec<ObjectIdentifier>,
    pub from: i64,
    pub until: i64,
}

impl MadeCertificate {
    pub fn signer() -> MadeCertificate {
        MadeCertificate {
            constraints: None,
            usage: Some(KeyUsages::DigitalSignature.into()),
            purposes: vec!["1.3.6.1.5.5.7.3.3".parse().unwrap()],
            from: now() - 86_400,
            until: now() + 86_400,
        }
    }

    pub fn authority() -> MadeCertificate {
        MadeCertificate {
            constraints: Some((true, None)),
            usage: Some(KeyUsages::KeyCertSign.into()),
            purposes: Vec::new(),
            ..MadeCertificate::signer()
        }
    }
}

/// A certificate with its key.
pub struct Authority {
    name: Name,
    key: SigningKey,
    pub der: Vec<u8>,
}

impl Authority {
    pub fn root(name: &str, what: MadeCertificate) -> Authority {
        Authority::new(name, what, None)
    }

    fn new(name: &str, what: MadeCertificate, issuer: Option<&Authority>) -> Authority {
        // Another key for each name; who knows it knows nothing.
        let mut secret = [1; 32];
        secret[1..=name.len()].copy_from_slice(name.as_bytes());
        let key = SigningKey::from_bytes(&secret.into()).unwrap();
        let own = Name::from_str(name).unwrap();
        let oid = |text: &str| ObjectIdentifier::new(text).unwrap();
        let curve = Any::from_der(&oid(P256).to_der().unwrap()).unwrap();
        let point = key.verifying_key().to_encoded_point(false);
        let public = SubjectPublicKeyInfoOwned {
            algorithm: AlgorithmIdentifierOwned { oid: oid(EC_KEY), parameters: Some(curve) },
            subject_public_key: BitString::from_bytes(point.as_bytes()).unwrap(),
        };
        let time = |seconds: i64| {
            let duration = Duration::from_secs(seconds as u64);
            Time::UtcTime(UtcTime::from_unix_duration(duration).unwrap())
        };
        let validity = Validity { not_before: time(what.from), not_after: time(what.until) };
        let (by, signer) = issuer.map_or((&own, &key), |issuer| (&issuer.name, &issuer.key));
        let mut extensions = Vec::new();
        if let Some((ca, path_len_constraint)) = what.constraints {
            extensions.push(extension(true, &BasicConstraints { ca, path_len_constraint }));
        }
        if let Some(usage) = what.usage {
            extensions.push(extension(true, &KeyUsage(usage)));
        }
        if !what.purposes.is_empty() {
            extensions.push(extension(false, &ExtendedKeyUsage(what.purposes)));
        }
        let algorithm = AlgorithmIdentifierOwned { oid: oid(ECDSA_SHA256), parameters: None };
        let body = TbsCertificate {
            version: Version::V3,
            serial_number: SerialNumber::from(7u32),
            signature: algorithm.clone(),
            issuer: by.clone(),
            validity,
            subject: own.clone(),
            subject_public_key_info: public,
            issuer_unique_id: None,
            subject_unique_id: None,
            extensions: (!extensions.is_empty()).then_some(extensions),
        };
        let signature: Signature = signer.sign(&body.to_der().unwrap());
        let certificate = Certificate {
            tbs_certificate: body,
            signature_algorithm: algorithm,
            signature: BitString::from_bytes(signature.to_der().as_bytes()).unwrap(),
        };
        let der = certificate.to_der().unwrap();
        Authority { name: own, key, der }
    }
}

fn extension<T: AssociatedOid + Encode>(critical: bool, value: &T) -> Extension {
    let extn_value = OctetString::new(value.to_der().unwrap()).unwrap();
    Extension { extn_id: T::OID, critical, extn_value }
}

/// A signature over the image, and how it differs from one that follows the rules.
#[derive(Clone)]
pub struct MadeSignature {
    headers: Value,
    root: MadeCertificate,
    authority: MadeCertificate,
    signer: MadeCertificate,
    is_timestamped: bool,
    chain: fn(&mut Vec<Vec<u8>>),
}

impl MadeSignature {
    pub fn new() -> MadeSignature {
        let headers = json!({
            "alg": "ES256", "cty": "application/vnd.cncf.notary.payload.v1+json",
            "crit": ["io.cncf.notary.signingScheme"],
            "io.cncf.notary.signingScheme": "notary.x509",
        });
        let made = MadeSignature {
            headers,
            root: MadeCertificate::authority(),
            authority: MadeCertificate::authority(),
            signer: MadeCertificate::signer(),
            is_timestamped: false,
            chain: |_| {},
        };
        made.at(now())
    }

    pub fn header(mut self, name: &str, value: Value) -> MadeSignature {
        self.headers[name] = value;
        self
    }

    pub fn at(self, seconds: i64) -> MadeSignature {
        self.header("io.cncf.notary.signingTime", text(seconds))
    }

    pub fn expires(mut self, seconds: i64) -> MadeSignature {
        self.headers["crit"].as_array_mut().unwrap().push("io.cncf.notary.expiry".into());
        self.header("io.cncf.notary.expiry", text(seconds))
    }

    /// With the other signing scheme.
    pub fn by_signing_authority(mut self) -> MadeSignature {
        let headers = self.headers.as_object_mut().unwrap();
        let time = headers.remove("io.cncf.notary.signingTime").unwrap();
        let name = "io.cncf.notary.authenticSigningTime";
        headers["crit"].as_array_mut().unwrap().push(name.into());
        self.header(name, time)
            .header("io.cncf.notary.signingScheme", "notary.x509.signingAuthority".into())
    }

    pub fn signed_by(self, signer: MadeCertificate) -> MadeSignature {
        MadeSignature { signer, ..self }
    }

    pub fn below(self, authority: MadeCertificate) -> MadeSignature {
        MadeSignature { authority, ..self }
    }

    pub fn below_root(self, root: MadeCertificate) -> MadeSignature {
        MadeSignature { root, ..self }
    }

    pub fn timestamped(self) -> MadeSignature {
        MadeSignature { is_timestamped: true, ..self }
    }

    /// Changes the certificates in the envelope.
    pub fn chain(self, chain: fn(&mut Vec<Vec<u8>>)) -> MadeSignature {
        MadeSignature { chain, ..self }
    }

    /// The envelope, and what its root is trusted with.
    pub fn made(&self) -> (Vec<u8>, Trust) {
        let root = Authority::root("CN=root", self.root.clone());
        let between = Authority::new("CN=between", self.authority.clone(), Some(&root));
        let signer = Authority::new("CN=signer", self.signer.clone(), Some(&between));
        let target = image();
        let payload = json!({"targetArtifact":
            {"mediaType": target.media_type, "digest": target.digest, "size": target.size}});
        let encode = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let (payload, protected) = (encode(&payload), encode(&self.headers));
        let signature: Signature = signer.key.sign(format!("{protected}.{payload}").as_bytes());
        let mut chain = vec![signer.der, between.der, root.der.clone()];
        (self.chain)(&mut chain);
        let chain: Vec<_> = chain.iter().map(|der| BASE64_STANDARD.encode(der)).collect();
        let mut header = json!({"x5c": chain});
        if self.is_timestamped {
            header["io.cncf.notary.timestampSignature"] = "AAAA".into();
        }
        let signature = BASE64_URL_SAFE_NO_PAD.encode(signature.to_bytes());
        let envelope = json!({"payload": payload, "protected": protected, "header": header,
            "signature": signature});
        let trust = Trust { authorities: vec![root.der], ..Trust::default() };
        (envelope.to_string().into_bytes(), trust)
    }
}

/// RFC 3339.
fn text(seconds: i64) -> Value {
    let time = layerscope::time::Timestamp::from_seconds(seconds);
    time.to_rfc3339().unwrap().into()
}
