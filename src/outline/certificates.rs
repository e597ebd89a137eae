//! Certificates, PEM or DER: for whom, by whom, until when. Of a private key nothing but its kind is read.
//!
//! Source: RFC 5280, section 4.1 and 4.2.1.6; RFC 7468 (PEM); RFC 5480 and RFC 8410 (kinds of keys). Signatures are not
//! checked.

use super::made::{fact, item, list, text};
use crate::analysis::certificate::{
    CertificateFields, SEQUENCE, fields, pem_blocks, pem_bytes, time,
};
use crate::analysis::der::element;
use crate::protocol::{FileOutline, OutlineFact, OutlineName, OutlineValue, OutlinedFormat};
use memchr::memmem;

/// Certificates that are shown in full; of more, the subjects are listed.
const IN_FULL: usize = 8;
const MOST: usize = 1_000;
/// Bytes of one as PEM.
const LONGEST: usize = 1 << 20;
const MOST_NAMES: usize = 100;

pub fn is(head: &[u8]) -> bool {
    let is_der =
        head.len() > 8 && head[0] == SEQUENCE && matches!(head[1], 0x82) && head[4] == SEQUENCE;
    is_der || memmem::find(head, b"-----BEGIN ").is_some()
}

pub fn outline(bytes: &[u8]) -> Option<FileOutline> {
    if bytes.first() == Some(&SEQUENCE) {
        let facts = certificate(bytes)?;
        return Some(FileOutline {
            format: Some(OutlinedFormat::Certificates),
            groups: vec![facts],
            ..FileOutline::default()
        });
    }
    let blocks = pem_blocks(bytes, LONGEST).take(MOST);
    let groups: Vec<_> = blocks.filter_map(|text| certificate(&pem_bytes(text?)?)).collect();
    if groups.is_empty() {
        return private_key(bytes);
    }
    let mut outline =
        FileOutline { format: Some(OutlinedFormat::Certificates), ..FileOutline::default() };
    if groups.len() <= IN_FULL {
        outline.groups = groups;
    } else {
        let named = |facts: &Vec<OutlineFact>, name| match facts.iter().find(|one| one.name == name)
        {
            Some(OutlineFact { value: OutlineValue::Text(text), .. }) => text.to_string(),
            _ => String::new(),
        };
        let items = groups.iter().map(|facts| item(named(facts, OutlineName::Subject), "", None));
        outline.lists.push(list(OutlineName::Certificates, items, groups.len() as u64));
    }
    Some(outline)
}

/// `-----BEGIN RSA PRIVATE KEY-----`: the words between, and nothing of the key.
fn private_key(bytes: &[u8]) -> Option<FileOutline> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    let rest = bytes.get(memmem::find(bytes, BEGIN)? + BEGIN.len()..)?;
    let label = rest.get(..memmem::find(rest.get(..80).unwrap_or(rest), b"-----")?)?;
    let facts = vec![text(OutlineName::Kind, label.to_ascii_lowercase())];
    label.ends_with(b"PRIVATE KEY").then(|| super::made::of(OutlinedFormat::PrivateKey, facts))
}

/// The facts of a certificate.
fn certificate(bytes: &[u8]) -> Option<Vec<OutlineFact>> {
    let CertificateFields { serial, issuer, validity, subject, mut rest } = fields(bytes)?;
    let mut next = || {
        let (tag, content, after) = element(rest)?;
        rest = after;
        Some((tag, content))
    };
    let (_, key) = next().filter(|(tag, _)| *tag == SEQUENCE)?;
    let (form, from, times) = element(validity)?;
    let from = time(form, from)?;
    let (form, until, _) = element(times)?;
    let until = time(form, until)?;
    let mut extensions = None;
    while let Some((tag, content)) = next() {
        if tag == 0xa3 {
            extensions = element(content).map(|(_, list, _)| list);
        }
    }
    let mut facts =
        vec![text(OutlineName::Subject, name(subject)), text(OutlineName::Issuer, name(issuer))];
    let names = extensions.map(alternative_names).unwrap_or_default();
    if !names.is_empty() {
        facts.push(text(OutlineName::Names, names.join(", ")));
    }
    facts.push(fact(OutlineName::ValidFrom, OutlineValue::Time(from)));
    facts.push(fact(OutlineName::ValidUntil, OutlineValue::Time(until)));
    facts.extend(key_kind(key).map(|kind| text(OutlineName::Key, kind)));
    if extensions.and_then(is_authority) == Some(true) {
        facts.push(fact(OutlineName::Authority, OutlineValue::YesNo(true)));
    }
    let serial = serial.strip_prefix(&[0]).unwrap_or(serial);
    facts.push(text(OutlineName::Serial, crate::text::hex(&serial[..serial.len().min(32)])));
    Some(facts)
}

/// `O=Example, CN=example.com`: in the order in which they are written.
fn name(mut names: &[u8]) -> String {
    let mut parts = Vec::new();
    while let Some((_, set, after)) = element(names) {
        names = after;
        let Some((_, pair, _)) = element(set) else { continue };
        let Some((0x06, kind, value)) = element(pair) else { continue };
        let Some((_, value, _)) = element(value) else { continue };
        let kind = match kind {
            [0x55, 0x04, 0x03] => "CN",
            [0x55, 0x04, 0x06] => "C",
            [0x55, 0x04, 0x07] => "L",
            [0x55, 0x04, 0x08] => "ST",
            [0x55, 0x04, 0x0a] => "O",
            [0x55, 0x04, 0x0b] => "OU",
            _ => continue,
        };
        let value = value.get(..128).unwrap_or(value);
        parts.push(format!("{kind}={}", String::from_utf8_lossy(value)));
        if parts.len() >= 16 {
            break;
        }
    }
    parts.join(", ")
}

/// Each extension: its number, and what its text of bytes holds.
fn extension<'a>(mut list: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    while let Some((_, one, after)) = element(list) {
        list = after;
        let Some((0x06, number, mut rest)) = element(one) else { continue };
        if number != wanted {
            continue;
        }
        while let Some((tag, content, after)) = element(rest) {
            rest = after;
            if tag == 0x04 {
                return Some(content);
            }
        }
    }
    None
}

fn alternative_names(extensions: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    let list = extension(extensions, &[0x55, 0x1d, 0x11]).and_then(element);
    let mut rest = list.map_or(&[][..], |(_, list, _)| list);
    while let Some((tag, content, after)) = element(rest) {
        rest = after;
        let text = || String::from_utf8_lossy(content.get(..128).unwrap_or(content)).into_owned();
        match (tag, content) {
            (0x81 | 0x82 | 0x86, _) => names.push(text()),
            (0x87, [a, b, c, d]) => names.push(format!("{a}.{b}.{c}.{d}")),
            (0x87, content) => {
                let address = <[u8; 16]>::try_from(content).map(std::net::Ipv6Addr::from);
                names.extend(address.map(|address| address.to_string()));
            }
            _ => {}
        }
        if names.len() >= MOST_NAMES {
            break;
        }
    }
    names
}

fn is_authority(extensions: &[u8]) -> Option<bool> {
    let (_, content, _) = element(extension(extensions, &[0x55, 0x1d, 0x13])?)?;
    let (tag, value, _) = element(content)?;
    Some(tag == 0x01 && value != [0])
}

/// `RSA 2048`, `EC P-256`.
fn key_kind(key: &[u8]) -> Option<String> {
    let (_, algorithm, key) = element(key)?;
    let (_, number, parameters) = element(algorithm)?;
    Some(match number {
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01] => {
            let (_, bits, _) = element(key)?;
            let (_, pair, _) = element(bits.get(1..)?)?;
            let (_, modulus, _) = element(pair)?;
            let modulus = modulus.strip_prefix(&[0]).unwrap_or(modulus);
            let leading = modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
            format!("RSA {}", (modulus.len() * 8).saturating_sub(leading))
        }
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01] => {
            let curve = element(parameters).map(|(_, curve, _)| curve);
            let curve = match curve {
                Some([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]) => "P-256",
                Some([0x2b, 0x81, 0x04, 0x00, 0x22]) => "P-384",
                Some([0x2b, 0x81, 0x04, 0x00, 0x23]) => "P-521",
                _ => "other curve",
            };
            format!("EC {curve}")
        }
        [0x2b, 0x65, 0x70] => "Ed25519".to_owned(),
        [0x2b, 0x65, 0x71] => "Ed448".to_owned(),
        _ => return None,
    })
}
