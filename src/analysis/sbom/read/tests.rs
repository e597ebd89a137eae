//! Documents that BuildKit's scanner made, the specifications' examples of both envelopes, and other
//! documents.

use super::super::attached::MAX_PACKAGES;
use super::*;
use crate::analysis::packages::purl::write;
use crate::base64;

const SPDX: &str = r#"{"spdxVersion":"SPDX-2.2","name":"n","SPDXID":"SPDXRef-DOCUMENT",
  "creationInfo":{"created":"2024-01-01T00:00:00Z","creators":["Tool: syft-1.0","Organization: Anchore, Inc",null]},
  "documentDescribes":["SPDXRef-root"],
  "packages":[
    {"SPDXID":"SPDXRef-root","name":"the image"},
    {"SPDXID":"SPDXRef-a","name":"adduser","versionInfo":"3.134","licenseDeclared":"GPL-2.0-only",
     "supplier":"Person: Debian Adduser Developers (a@example.org)","externalRefs":[
      {"referenceType":"cpe23Type","referenceLocator":"cpe:2.3:a:adduser"},
      {"referenceType":"purl","referenceLocator":"pkg:deb/debian/adduser@3.134?arch=all&distro=debian-12"}]},
    {"SPDXID":"SPDXRef-b","name":"no purl","versionInfo":"1","licenseDeclared":"NOASSERTION"},
    {"name":7}]}"#;

const CYCLONEDX: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.4","metadata":{
    "timestamp":"2024-01-01T00:00:00Z","tools":[{"vendor":"aquasecurity","name":"trivy","version":"0.50"}],
    "component":{"type":"container","name":"alpine:3"},"authors":[{"name":"Somebody"}]},
  "components":[
    {"type":"operating-system","name":"alpine","version":"3.18"},
    {"type":"library","name":"musl","version":"1.2.4-r2","purl":"pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64",
     "licenses":[{"license":{"id":"MIT"}},{"license":{"name":"Odd"}}],"supplier":{"name":"S"},
     "components":[{"type":"library","group":"org.example","name":"inner","version":"2",
        "purl":"pkg:maven/org.example/inner@2","licenses":[{"expression":"MIT OR ISC"}]}]}]}"#;

#[test]
fn spdx_gives_its_packages_and_creators() {
    let attached = read(SPDX.as_bytes()).unwrap();
    assert_eq!((&attached.format[..], &attached.name[..]), ("SPDX 2.2", "n"));
    assert_eq!(attached.tools, ["syft-1.0"]);
    assert_eq!(attached.creators, ["Anchore, Inc"]);
    assert_eq!(attached.unread, 1);
    let [adduser, other] = &attached.packages[..] else { panic!("{:?}", attached.packages) };
    let text = "pkg:deb/debian/adduser@3.134?arch=all&distro=debian-12";
    assert_eq!(write(adduser, None), text);
    assert_eq!(adduser.licenses, ["GPL-2.0-only"]);
    assert_eq!(adduser.supplier, "Debian Adduser Developers (a@example.org)");
    assert_eq!((&other.kind[..], &other.name[..], other.licenses.len()), ("", "no purl", 0));
}

#[test]
fn cyclonedx_gives_its_packages_and_creators() {
    let attached = read(CYCLONEDX.as_bytes()).unwrap();
    assert_eq!((&attached.format[..], &attached.name[..]), ("CycloneDX 1.4", "alpine:3"));
    assert_eq!(attached.tools, ["aquasecurity trivy 0.50"]);
    assert_eq!(attached.creators, ["Somebody"]);
    let [musl, inner] = &attached.packages[..] else { panic!("{:?}", attached.packages) };
    assert_eq!(write(musl, None), "pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64");
    assert_eq!(musl.licenses, ["MIT", "Odd"]);
    assert_eq!(musl.supplier, "S");
    assert_eq!(write(inner, None), "pkg:maven/org.example/inner@2");
    assert_eq!(inner.licenses, ["MIT OR ISC"]);
}

#[test]
fn nulls_are_as_if_absent() {
    let spdx =
        SPDX.replace("\"packages\":[", "\"packages\":[null,").replace("{\"name\":7}", "null");
    let attached = read(spdx.as_bytes()).unwrap();
    assert_eq!((attached.packages.len(), attached.unread), (2, 0));
    let cyclonedx = CYCLONEDX
        .replace("\"components\":[", "\"components\":[null,")
        .replace("\"licenses\":[", "\"licenses\":[null,{\"license\":null},")
        .replace("\"tools\":[", "\"tools\":[null,");
    let attached = read(cyclonedx.as_bytes()).unwrap();
    assert_eq!((attached.packages.len(), attached.unread, attached.tools.len()), (2, 0, 1));
    assert_eq!(attached.packages[0].licenses, ["MIT", "Odd"]);
}

#[test]
fn tools_are_read_in_their_current_form() {
    let text = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{
        "tools":{"components":[{"type":"application","name":"syft","version":"1.9"}]}}}"#;
    assert_eq!(read(text.as_bytes()).unwrap().tools, ["syft 1.9"]);
}

#[test]
fn statement_and_envelope_are_unwrapped() {
    let statement = format!(
        r#"{{"_type":"https://in-toto.io/Statement/v0.1","predicateType":"https://spdx.dev/Document",
        "subject":[{{"name":"x","digest":{{"sha256":"ab"}}}}],"predicate":{SPDX}}}"#
    );
    let read_it = |text: &str| read(text.as_bytes()).unwrap();
    let attached = read_it(&statement);
    assert_eq!(attached.packages, read_it(SPDX).packages);
    assert_eq!(attached.subjects, ["sha256:ab"]);
    let wrapped = format!(
        r#"{{"payloadType":"application/vnd.in-toto+json","payload":"{}","signatures":[]}}"#,
        base64::encode(statement.as_bytes())
    );
    assert_eq!(read_it(&wrapped), attached);
    let as_text = statement.replace(SPDX, &serde_json::to_string(SPDX).unwrap());
    assert_eq!(read_it(&as_text), attached);
}

#[test]
fn a_document_that_is_no_sbom_is_an_error() {
    for text in [
        "",
        "[]",
        "{}",
        "null",
        "\u{feff}{",
        r#"{"spdxVersion":"#,
        r#"{"payload":"?"}"#,
        r#"{"predicateType":"https://slsa.dev/provenance/v1","predicate":{"spdxVersion":"SPDX-2.3"}}"#,
        r#"{"predicateType":"https://spdx.dev/Document"}"#,
    ] {
        assert_eq!(read(text.as_bytes()).unwrap_err().code, "sbom-unreadable", "{text}");
    }
    assert_eq!(read(&vec![b' '; MAX_BYTES + 1]).unwrap_err().code, "sbom-too-large");
}

#[test]
fn the_mark_of_a_document_says_its_encoding() {
    let plain = read(SPDX.as_bytes()).unwrap();
    let marked = format!("\u{feff}{SPDX}");
    let utf16: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [marked.as_bytes(), &utf16] {
        assert_eq!(read(bytes).unwrap(), plain);
    }
}

#[test]
fn wrapping_and_nesting_are_limited() {
    let mut text = SPDX.to_owned();
    for _ in 0..40 {
        text = format!(r#"{{"predicateType":"https://spdx.dev/Document","predicate":{text}}}"#);
    }
    assert_eq!(read(text.as_bytes()).unwrap_err().code, "sbom-unreadable");
    let nested = |depth| {
        let open = r#"{"name":"a","components":["#.repeat(depth);
        format!(r#"{{"bomFormat":"CycloneDX","components":[{open}{}]}}"#, "]}".repeat(depth))
    };
    let attached = read(nested(10).as_bytes()).unwrap();
    assert_eq!((attached.packages.len(), attached.cut), (10, false));
    for depth in [40, 100_000] {
        let attached = read(nested(depth).as_bytes()).unwrap();
        assert_eq!((attached.packages.len(), attached.cut), (16, true));
    }
}

#[test]
fn a_list_that_is_too_long_is_cut() {
    let list = r#"{"name":"a"},"#.repeat(MAX_PACKAGES + 5);
    let list = list.trim_end_matches(',');
    for text in [
        format!(r#"{{"spdxVersion":"SPDX-2.3","packages":[{list}]}}"#),
        format!(r#"{{"bomFormat":"CycloneDX","components":[{list}]}}"#),
    ] {
        let attached = read(text.as_bytes()).unwrap();
        assert_eq!((attached.packages.len(), attached.cut), (MAX_PACKAGES, true));
    }
}

#[test]
fn a_damaged_document_is_rejected_or_can_be_written_again() {
    use crate::analysis::sbom::{Component, SbomDocument, cyclonedx, spdx};
    for text in [SPDX, CYCLONEDX] {
        for at in 0..text.len() {
            for change in [1, 2, 16, 128] {
                let mut bytes = text.as_bytes().to_vec();
                bytes[at] ^= change;
                let _ = read(&bytes[..at]);
                let Ok(attached) = read(&bytes) else { continue };
                let components = attached.packages.iter();
                let components = components.map(|one| Component::new(one, None, Vec::new()));
                let document =
                    SbomDocument { components: components.collect(), ..SbomDocument::default() };
                for text in [cyclonedx::write(&document), spdx::write(&document)] {
                    let again = read(text.unwrap().as_bytes()).unwrap();
                    assert_eq!((again.packages.len(), again.unread), (attached.packages.len(), 0));
                }
            }
        }
    }
}
