//! X.509 certificates: their fields, and until when they are valid, for whom.
//!
//! Source: RFC 5280, section 4.1 (Certificate, Validity, the two forms of time) and appendix A; RFC 7468 (PEM).
//!
//! - Signatures are not checked: what a certificate says needs none.

use crate::analysis::der::element;
use crate::base64;
use crate::time::Timestamp;
use memchr::memmem;
use serde::{Deserialize, Serialize};

/// The tag of a sequence: a certificate is one, and so are most of its fields.
pub const SEQUENCE: u8 = 0x30;

/// A file with more certificates is a store of authorities, in which expired ones do no harm.
const MAX_CERTIFICATES: usize = 8;

/// Bytes of a subject's name that are kept.
const MAX_SUBJECT: usize = 128;

/// A certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NotedCertificate {
    /// The common name of its subject; may be empty.
    pub subject: String,
    /// The last second in which it is valid, since 1970.
    pub until: i64,
}

/// The certificates of a file, PEM or DER; none of a store of authorities.
pub fn certificates(content: &[u8]) -> Vec<NotedCertificate> {
    if content.first() == Some(&SEQUENCE) {
        return certificate(content).into_iter().collect();
    }
    let blocks: Vec<_> = pem_blocks(content, usize::MAX).take(MAX_CERTIFICATES + 1).collect();
    if blocks.len() > MAX_CERTIFICATES {
        return Vec::new();
    }
    blocks.into_iter().filter_map(|text| certificate(&pem_bytes(text?)?)).collect()
}

/// The text of each certificate in a PEM file: `None` for one that does not end within so many bytes.
pub fn pem_blocks(content: &[u8], longest: usize) -> impl Iterator<Item = Option<&[u8]>> {
    const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
    const END: &[u8] = b"-----END CERTIFICATE-----";
    memmem::find_iter(content, BEGIN).map(move |start| {
        let text = content.get(start + BEGIN.len()..)?;
        text.get(..memmem::find(text.get(..longest).unwrap_or(text), END)?)
    })
}

/// The bytes that a block of PEM holds.
pub fn pem_bytes(text: &[u8]) -> Option<Vec<u8>> {
    let text: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    base64::decode(text)
}

/// One certificate (DER).
pub fn certificate(bytes: &[u8]) -> Option<NotedCertificate> {
    let CertificateFields { validity, subject, .. } = fields(bytes)?;
    let (_, _, times) = element(validity)?;
    let (form, until, _) = element(times)?;
    Some(NotedCertificate { subject: common_name(subject), until: time(form, until)? })
}

/// The contents of a certificate's first fields.
#[derive(Clone, Copy, Debug)]
pub struct CertificateFields<'a> {
    pub serial: &'a [u8],
    pub issuer: &'a [u8],
    /// The two times.
    pub validity: &'a [u8],
    pub subject: &'a [u8],
    /// The public key and what follows it, which were not looked at.
    pub rest: &'a [u8],
}

/// The fields of a certificate (DER); `None`: it is not one.
pub fn fields(bytes: &[u8]) -> Option<CertificateFields<'_>> {
    let sequence = |bytes| element(bytes).filter(|(tag, ..)| *tag == SEQUENCE);
    let (_, whole, _) = sequence(bytes)?;
    let (_, mut rest, _) = sequence(whole)?;
    let mut next = || {
        let (tag, content, after) = element(rest)?;
        rest = after;
        Some((tag, content))
    };
    let (mut tag, mut serial) = next()?;
    if tag == 0xa0 {
        (tag, serial) = next()?; // the version comes before the serial number
    }
    let (algorithm, _) = next()?;
    let (issuer_tag, issuer) = next()?;
    let (validity_tag, validity) = next()?;
    let (subject_tag, subject) = next()?;
    let shape = [tag, algorithm, issuer_tag, validity_tag, subject_tag];
    let is_one = shape == [0x02, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE];
    is_one.then_some(CertificateFields { serial, issuer, validity, subject, rest })
}

/// `YYMMDDHHMMSSZ`, or `YYYYMMDDHHMMSSZ`. Years of two digits are those from 1950 to 2049.
pub fn time(form: u8, text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    let (year, rest) = match form {
        0x17 => {
            let (year, rest) = text.split_at_checked(2)?;
            let century = if year >= "50" { "19" } else { "20" };
            (format!("{century}{year}"), rest)
        }
        0x18 => text.split_at_checked(4).map(|(year, rest)| (year.to_owned(), rest))?,
        _ => return None,
    };
    let digits = rest.strip_suffix('Z')?.as_bytes();
    let pairs: Vec<&str> =
        digits.chunks(2).map(std::str::from_utf8).collect::<Result<_, _>>().ok()?;
    let [month, day, hour, minute, second] = pairs[..] else { return None };
    let text = format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z");
    Timestamp::from_rfc3339(&text).map(|time| time.seconds)
}

/// The last common name (2.5.4.3) among a subject's names; empty if there is none.
fn common_name(names: &[u8]) -> String {
    const COMMON_NAME: &[u8] = b"\x06\x03\x55\x04\x03";
    let at = memmem::rfind(names, COMMON_NAME).map(|at| at + COMMON_NAME.len());
    let value = at.and_then(|at| element(names.get(at..)?)).map(|(_, value, _)| value);
    let value = value.unwrap_or_default();
    String::from_utf8_lossy(&value[..value.len().min(MAX_SUBJECT)]).into_owned()
}

#[test]
fn names_and_dates_are_those_that_openssl_shows() {
    // openssl x509 -noout -subject -enddate; `date +%s` of the latter.
    for (pem, subject, until) in [
        (tests::OLD, "old.example.com", 1_580_515_199), // version 1, UTCTime
        (tests::FAR, "far.example.com", 3_158_438_399), // GeneralizedTime
        (tests::V3, "v3.example.com", 1_896_134_399),   // version 3
    ] {
        let read = certificates(pem.as_bytes());
        let want = NotedCertificate { subject: subject.to_owned(), until };
        assert_eq!(read, [want]);
    }
    assert_eq!(certificates([tests::OLD, tests::V3].concat().as_bytes()).len(), 2);
    assert_eq!(certificates(tests::OLD.repeat(9).as_bytes()), [], "a store of authorities");
}

#[test]
fn what_is_no_certificate_gives_none() {
    let text: Vec<u8> =
        tests::V3.lines().filter(|line| !line.starts_with('-')).collect::<String>().into();
    let der = base64::decode(text).unwrap();
    assert_eq!(certificates(&der).len(), 1);
    for end in 0..der.len() {
        assert_eq!(certificates(&der[..end]), [], "cut at {end}");
    }
    for at in 0..der.len() {
        let mut changed = der.clone();
        changed[at] ^= 0xff;
        drop(certificates(&changed)); // whatever it is, it ends
    }
    assert_eq!(certificates(b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----"), []);
}

#[cfg(test)]
pub mod tests {
    //! Certificates that openssl made.

    pub const OLD: &str = "\
-----BEGIN CERTIFICATE-----
MIIBPzCB5gIBATAKBggqhkjOPQQDAjAsMRAwDgYDVQQKDAdFeGFtcGxlMRgwFgYD
VQQDDA9vbGQuZXhhbXBsZS5jb20wHhcNMjAwMTAxMDAwMDAwWhcNMjAwMTMxMjM1
OTU5WjAsMRAwDgYDVQQKDAdFeGFtcGxlMRgwFgYDVQQDDA9vbGQuZXhhbXBsZS5j
b20wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAS4iO4dqMlPMW3f1NLXjUqAeFFI
Ua3QiV0d6UwQOTvbBDYQuxgqkrMrAyDv79aH9aVus4nK3JJudBdCymx+PJ5ZMAoG
CCqGSM49BAMCA0gAMEUCIQDQAHo4ZnFO8Y2J5WGKbdRZtJ7Ni9dV1x4VaWB/wm8i
TwIgGQk8ttT8Z4aUADPR2JfZNqxaak5cxVmhmhyi0v9M4Fk=
-----END CERTIFICATE-----
";
    pub const FAR: &str = "\
-----BEGIN CERTIFICATE-----
MIIBHDCBxAIBAjAKBggqhkjOPQQDAjAaMRgwFgYDVQQDDA9mYXIuZXhhbXBsZS5j
b20wIBcNMjAwMTAxMDAwMDAwWhgPMjA3MDAxMzEyMzU5NTlaMBoxGDAWBgNVBAMM
D2Zhci5leGFtcGxlLmNvbTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLiI7h2o
yU8xbd/U0teNSoB4UUhRrdCJXR3pTBA5O9sENhC7GCqSsysDIO/v1of1pW6zicrc
km50F0LKbH48nlkwCgYIKoZIzj0EAwIDRwAwRAIga9sXM2rsVu7u7UJpu1nsMEaB
eIpdk4vntmqaPldJy8sCIB2Q7TlhryRskchFNhR/+YYI9pBzADY6ReGLQGdmDt1B
-----END CERTIFICATE-----
";
    pub const V3: &str = "\
-----BEGIN CERTIFICATE-----
MIIBSzCB86ADAgECAgEDMAoGCCqGSM49BAMCMBkxFzAVBgNVBAMMDnYzLmV4YW1w
bGUuY29tMB4XDTIwMDEwMTAwMDAwMFoXDTMwMDEzMTIzNTk1OVowGTEXMBUGA1UE
AwwOdjMuZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAS4iO4d
qMlPMW3f1NLXjUqAeFFIUa3QiV0d6UwQOTvbBDYQuxgqkrMrAyDv79aH9aVus4nK
3JJudBdCymx+PJ5ZoywwKjAJBgNVHRMEAjAAMB0GA1UdDgQWBBTW+w2S/z4t95Ty
H6Nuq0YVsQF7TjAKBggqhkjOPQQDAgNHADBEAiAXgtfUL9c+NWY4fhynyy9wfvTv
jk66dXQrPKCEQZkO+wIgZpxdle2DM+5jFJ8kd1BFJQpEKU+7+4EJIckpfnoMu8g=
-----END CERTIFICATE-----
";
}
