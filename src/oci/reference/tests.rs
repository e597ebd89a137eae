//! References as people write them: valid ones, and the reasons why others are refused.

use super::*;
use proptest::prelude::*;

const HEX: &str = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
const ID: &str = "1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a";

#[test]
fn references_are_completed_as_by_docker() {
    for (written, whole, familiar) in [
        ("alpine", "docker.io/library/alpine:latest", "alpine:latest"),
        (" alpine:3.20\n", "docker.io/library/alpine:3.20", "alpine:3.20"),
        ("library/debian", "docker.io/library/debian:latest", "debian:latest"),
        ("fooo/bar", "docker.io/fooo/bar:latest", "fooo/bar:latest"),
        ("docker.io/debian", "docker.io/library/debian:latest", "debian:latest"),
        ("index.docker.io/debian", "docker.io/library/debian:latest", "debian:latest"),
        ("index.docker.io/fooo/bar", "docker.io/fooo/bar:latest", "fooo/bar:latest"),
        ("library/foo/bar", "docker.io/library/foo/bar:latest", "library/foo/bar:latest"),
        ("localhost/fooo", "localhost/fooo:latest", "localhost/fooo:latest"),
        ("localhost", "docker.io/library/localhost:latest", "localhost:latest"),
        ("test:5000/repo:tag", "test:5000/repo:tag", "test:5000/repo:tag"),
        ("test.com:5000", "docker.io/library/test.com:5000", "test.com:5000"),
        ("192.168.0.1:8/debian", "192.168.0.1:8/debian:latest", "192.168.0.1:8/debian:latest"),
        ("[2001:db8::1]:5000/r:t", "[2001:db8::1]:5000/r:t", "[2001:db8::1]:5000/r:t"),
        ("LOCALDOMAIN/debian", "LOCALDOMAIN/debian:latest", "LOCALDOMAIN/debian:latest"),
        ("lowercase:Uppercase", "docker.io/library/lowercase:Uppercase", "lowercase:Uppercase"),
        (
            "dock__er/do---ck.er",
            "docker.io/dock__er/do---ck.er:latest",
            "dock__er/do---ck.er:latest",
        ),
        // Docker shows these two as names that it reads differently.
        ("docker.io/localhost/a", "docker.io/localhost/a:latest", "docker.io/localhost/a:latest"),
        ("docker.io/a.b/c", "docker.io/a.b/c:latest", "docker.io/a.b/c:latest"),
    ] {
        let reference = Reference::parse(written).unwrap_or_else(|e| panic!("{written}: {e}"));
        assert_eq!(reference.to_string(), whole, "{written}");
        assert_eq!(reference.familiar(), familiar, "{written}");
        assert_eq!(Reference::parse(familiar).unwrap(), reference, "{familiar}");
    }
}

#[test]
fn an_image_that_is_called_as_a_digest_keeps_its_namespace() {
    let reference = Reference::parse(&format!("docker.io/library/sha256:{HEX}")).unwrap();
    assert_eq!(reference.familiar(), format!("library/sha256:{HEX}"));
    assert_eq!(Reference::parse(&reference.familiar()).unwrap(), reference);
}

#[test]
fn a_digest_is_alone_or_follows_a_tag() {
    let both = Reference::parse(&format!("xn--7o8h.com/i:t@sha256:{HEX}")).unwrap();
    assert_eq!((both.registry(), both.repository()), ("xn--7o8h.com", "i"));
    assert_eq!((both.tag(), both.digest().unwrap().encoded()), (Some("t"), HEX));
    let alone = Reference::parse(&format!("alpine@sha256:{HEX}")).unwrap();
    assert_eq!((alone.tag(), alone.familiar()), (None, format!("alpine@sha256:{HEX}")));
    let named = Reference::parse(&format!("docker.io/{ID}")).unwrap();
    assert_eq!(named.repository(), format!("library/{ID}"));
}

#[test]
fn invalid_references_are_refused_with_a_reason() {
    let long = "a/".repeat(128) + "a";
    let long_tag = format!("a:{}", "t".repeat(129));
    let short = format!("repo@sha256:{}", &HEX[..32]);
    let unknown = format!("validname@invaliddigest:{HEX}");
    let no_name = format!("@sha256:{HEX}");
    for (written, code, found) in [
        ("", "reference-empty", ""),
        ("https://github.com/docker/docker", "reference-scheme", "“https://”"),
        (ID, "reference-is-id", ID),
        ("docker pull alpine", "reference-name", "“ ” after “docker”"),
        ("Uppercase:tag", "reference-uppercase", "“U” after “”"),
        ("docker/Docker", "reference-uppercase", "“D” after “docker/”"),
        ("test:5000/Uppercase/lowercase", "reference-uppercase", "“U”"),
        (":justtag", "reference-name", "an empty part"),
        (&no_name, "reference-name", "an empty part"),
        ("docker///docker", "reference-name", "an empty part"),
        ("docker/", "reference-name", "an empty part"),
        ("aa/asdf$$^/aa", "reference-name", "“$”"),
        ("-docker/docker", "reference-name", "“-” at an end of “-docker”"),
        ("docker-/docker", "reference-name", "“-” at an end"),
        ("____/____", "reference-name", "“____”"),
        ("dock..er/docker", "reference-name", "dock..er"),
        ("dock_.er/docker", "reference-name", "“_.” in"),
        ("[fc00::1]:5000", "reference-name", "[fc00::1]:5000"),
        ("-docker.io/docker", "reference-host", "“-docker”"),
        ("dock..er/x/y", "reference-host", "“” in “dock..er”"),
        ("fc00::1:5000/debian", "reference-host", "“::1:5000”"),
        ("[fe80::1%eth0]:5000/debian", "reference-host", "“fe80::1%eth0”"),
        ("[2001:db8:3:4::192.0.2.33]:5000/d", "reference-host", "192.0.2.33"),
        ("[fd00123123123]:75/d", "reference-host", "fd00123123123"),
        ("test.com:http/a", "reference-host", "“:http”"),
        ("192.168.1.1:75050/a", "reference-host", "“:75050”"),
        (&long, "reference-too-long", "257"),
        (&long_tag, "reference-tag", "129"),
        ("a:", "reference-tag", "nothing"),
        ("a:.b", "reference-tag", "“.b”"),
        ("a/b:c/d", "reference-tag", "“/” in “c/d”"),
        ("a:b\u{202e}", "reference-tag", "\\u{202e}"),
        ("a@sha256", "reference-digest", "“sha256”"),
        ("a@sha256:XYZ", "reference-digest", "“X”"),
        (&short, "reference-digest", "32"),
        (&unknown, "reference-digest", "“invaliddigest”"),
    ] {
        let problem = Reference::parse(written).expect_err(written);
        let wanted = match written {
            // The registry is checked before the name if the first part has a dot.
            "dock..er/docker" | "dock_.er/docker" => "reference-host",
            _ => code,
        };
        assert_eq!(problem.code, wanted, "{written}: {problem}");
        if wanted == code {
            let told = problem.found.unwrap_or_default();
            assert!(told.contains(found), "{written}: {told}");
        }
    }
}

prop_compose! {
    fn reference()(
        registry in "docker\\.io/|localhost/|[a-z0-9]{1,6}\\.io(:[1-9][0-9]{0,3})?/|\\[::[1-9]\\]/|",
        path in "[a-z0-9]{1,9}((\\.|_|__|-{1,3})[a-z0-9]{1,4}){0,2}(/[a-z0-9]{1,9}){0,2}",
        tag in "(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,20})?",
        digest in "(@sha256:[0-9a-f]{64}|@sha512:[0-9a-f]{128})?",
    ) -> String { format!("{registry}{path}{tag}{digest}") }
}

proptest! {
    #[test]
    fn both_forms_read_back(written in reference()) {
        let reference = Reference::parse(&written);
        prop_assume!(reference.is_ok()); // a first part with two dots in a row and the like
        let reference = reference.unwrap();
        prop_assert_eq!(&Reference::parse(&reference.to_string()).unwrap(), &reference);
        prop_assert_eq!(&Reference::parse(&reference.familiar()).unwrap(), &reference);
    }

    #[test]
    fn any_text_is_read(text in ".{0,60}|[a-zA-Z0-9:/@.\\[\\]_-]{0,60}") {
        if let Ok(reference) = Reference::parse(&text) {
            prop_assert!(reference.tag().is_some() || reference.digest().is_some());
            prop_assert_eq!(Reference::parse(&reference.to_string()).unwrap(), reference);
        }
    }
}
