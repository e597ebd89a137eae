//! Dockerfiles, rebuilt and from attestations: compared with the real ones of `../shared/fixtures/sources`, and read
//! by two parsers that share no code with ours.

use crate::sessions;
use layerscope::analysis::dockerfile::source::blocks;
use layerscope::session::native::Disk;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures")
}

fn images(archive: &str) -> Vec<Value> {
    let report = sessions::report(&Disk::open(&fixtures().join(archive)).unwrap());
    report["images"].as_array().unwrap().clone()
}

/// An instruction without what does not change its meaning: how its lines are broken, and quotes.
fn plain(text: &str) -> String {
    let joined = text.replace("\\\n", " ").replace(['"', '\\'], "");
    joined.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The instructions of the last stages of a real Dockerfile.
fn real(source: &str, stages: usize) -> Vec<String> {
    let text = std::fs::read_to_string(fixtures().join("sources").join(source).join("Dockerfile"));
    let text = text.unwrap();
    let blocks: Vec<_> =
        blocks(&text).into_iter().filter(|block| !block.keyword.is_empty()).collect();
    let parsed = parse_dockerfile::parse(&text).unwrap();
    assert_eq!(blocks.len(), parsed.instructions.len(), "{source}: taken apart as others do");
    let mut found = Vec::new();
    let mut left = stages;
    for block in blocks.iter().rev() {
        match block.keyword.as_str() {
            "FROM" if left == 1 => break,
            "FROM" => left -= 1,
            _ => found.push(plain(&block.text)),
        }
    }
    found.reverse();
    found
}

/// The instructions of a report's Dockerfile above the base image.
fn rebuilt(image: &Value) -> Vec<String> {
    assert_eq!(image["dockerfile"]["source"], "history");
    let lines = image["dockerfile"]["lines"].as_array().unwrap().iter();
    let own = lines.filter(|line| line["base"] == false && line["instruction"] != "");
    own.filter(|line| line["instruction"] != "FROM")
        .map(|line| plain(line["text"].as_str().unwrap()))
        .collect()
}

/// Both sides where they differ; docs/dockerfile.md says why.
fn differences(source: &str, stages: usize, archive: &str, at: usize) -> Vec<(String, String)> {
    let (real, rebuilt) = (real(source, stages), rebuilt(&images(archive)[at]));
    assert_eq!(real.len(), rebuilt.len(), "{source}:\n{real:#?}\n{rebuilt:#?}");
    real.into_iter().zip(rebuilt).filter(|(real, rebuilt)| real != rebuilt).collect()
}

fn assert_differences(
    (source, stages, archive, at): (&str, usize, &str, usize),
    known: &[(&str, &str)],
) {
    let found = differences(source, stages, archive, at);
    let found: Vec<(&str, &str)> =
        found.iter().map(|(real, rebuilt)| (real.as_str(), rebuilt.as_str())).collect();
    assert_eq!(found, known, "{source}");
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn every_instruction_of_the_classic_builder_is_rebuilt() {
    assert_differences(
        ("directives", 1, "directives-public.docker29-graph.docker.tar", 0),
        &[
            // The order of ports is not recorded.
            ("EXPOSE 80 443/tcp 53/udp 8000-8003", "EXPOSE 443/tcp 53/udp 80 8000-8003"),
        ],
    );
    assert_differences(("waste", 1, "waste-public.docker20.docker.tar", 0), &[]);
    assert_differences(("tricky-fs", 1, "tricky-fs.skopeo-gzip.oci.tar", 0), &[]);
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn names_of_directories_are_guesses() {
    assert_differences(
        ("secrets", 1, "secrets-public.docker20.docker.tar.gz", 0),
        &[
            ("COPY fake/ /root/", "COPY root/ /root/"),
            ("COPY fake/app.conf /etc/app.conf", "COPY app.conf /etc/app.conf"),
        ],
    );
    assert_differences(
        ("alpine", 1, "alpine-app-public.skopeo-zstd.oci.tar", 0),
        &[
            ("LABEL variant=${VARIANT}", "LABEL variant=public"),
            ("COPY --chown=1001:1001 app/ /app/", "COPY --chown=1001:1001 data.txt run.sh /app/"),
        ],
    );
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn buildkit_records_neither_stages_nor_the_content_of_heredocs() {
    assert_differences(
        ("multi", 2, "multi-amd64.buildkit-zstd.oci.tar", 0),
        &[
            ("ARG TARGETPLATFORM", "ARG TARGETPLATFORM=linux/amd64"),
            ("ARG TARGETARCH", "ARG TARGETARCH=amd64"),
            (
                "COPY --chmod=644 <<ARCH /etc/arch made for ${TARGETPLATFORM} ARCH",
                "COPY --chmod=644 <<ARCH /etc/arch (its content is not recorded) ARCH",
            ),
            ("COPY arch/${TARGETARCH}/ /opt/arch/", "COPY arch/amd64/ /opt/arch/"),
            ("COPY --link linked /opt/linked", "COPY linked /opt/linked"),
            ("ENV ARCH=${TARGETARCH}", "ENV ARCH=amd64"),
        ],
    );
    let from = |text: &str| (format!("COPY --from=full {text}"), format!("COPY {text}"));
    let copies = [
        "/etc /etc",
        "/usr/lib/os-release /usr/lib/os-release",
        "/var/lib/dpkg /var/lib/dpkg",
        "/usr/bin/jq /bin/bash /bin/ls /usr/bin/",
        "/usr/share/doc /usr/share/doc",
    ];
    let found = differences("debmini", 1, "debmini.skopeo-gzip.oci.tar", 0);
    assert_eq!(found, copies.map(from));
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn every_dockerfile_is_read_by_two_parsers() {
    for archive in [
        "alpine-app-public.skopeo-zstd.oci.tar",
        "by-id.docker20.docker.tar",
        "debmini.skopeo-gzip.oci.tar",
        "directives-public.docker29-store.docker.tar",
        "distroless.crane-append.docker.tar",
        "jib.jib.docker.tar",
        "ko.ko.docker.tar",
        "many.skopeo-gzip.oci.tar",
        "multi-amd64.buildkit-zstd.oci.tar",
        "multi-image.docker20.docker.tar",
        "multi.buildkit-attest.oci.tar",
        "secrets-public.docker20.docker.tar.gz",
        "tricky-fs.docker20-export.rootfs.tar.gz",
        "waste-public.umoci.oci-dir",
        "third-party/dive-test-docker-image.tar",
        "third-party/dive-test-kaniko-image.tar",
        "third-party/ggcr-mutate-whiteout_dir.tar",
        "third-party/rules_docker-pause.tar",
    ] {
        for image in images(archive) {
            let text = image["dockerfile"]["text"].as_str().unwrap();
            let parsed = parse_dockerfile::parse(text);
            assert!(parsed.is_ok(), "{archive}: {}\n{text}", parsed.unwrap_err());
            // The second parser knows neither heredocs nor these instructions.
            let unknown = ["MAINTAINER ", "HEALTHCHECK ", "ONBUILD "];
            let is_known = |line: &&str| !unknown.iter().any(|word| line.starts_with(word));
            let kept = text.lines().filter(is_known);
            let known = kept.map(|line| format!("{line}\n")).collect::<String>();
            if !text.contains("<<") {
                let parsed = known.parse::<dockerfile_parser_rs::Dockerfile>();
                assert!(parsed.is_ok(), "{archive}: {}\n{text}", parsed.unwrap_err());
            }
        }
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn an_attestation_has_the_dockerfile_and_the_layer_of_each_line() {
    let real = std::fs::read_to_string(fixtures().join("sources/multi/Dockerfile")).unwrap();
    let images = images("multi.buildkit-attest.oci.tar");
    assert_eq!(images.len(), 3);
    for image in images {
        let dockerfile = &image["dockerfile"];
        assert_eq!(
            (&dockerfile["source"], &dockerfile["text"]),
            (&"provenance".into(), &real.as_str().into())
        );
        let lines = dockerfile["lines"].as_array().unwrap().iter();
        let places: Vec<_> = lines
            .map(|line| {
                let number = |key: &str| line[key].as_i64().unwrap_or(-1);
                (line["instruction"].as_str().unwrap(), number("history"), number("layer"))
            })
            .collect();
        assert_eq!(
            places,
            [
                ("FROM", -1, -1),
                ("ADD", 0, 0),
                ("FROM", -1, -1),
                ("ARG", 1, -1),
                ("ARG", 2, -1),
                ("COPY", 3, 1),
                ("COPY", 4, 2),
                ("COPY", 5, 3),
                ("ENV", 6, -1),
                ("ENTRYPOINT", 7, -1),
            ]
        );
        assert_eq!(image["base"], Value::Null, "it is built from scratch");
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn an_image_beside_it_with_the_same_first_layers_is_the_base_image() {
    for image in images("multi-image.docker20.docker.tar") {
        let name = image["tags"][0].as_str().unwrap();
        let base = &image["base"];
        if name == "lab/busybox:1.35" {
            assert_eq!(base, &Value::Null);
            continue;
        }
        assert_eq!(base["source"], "prefix", "{name}");
        assert_eq!((&base["name"], &base["layers"]), (&"lab/busybox:1.35".into(), &1.into()));
        let text = image["dockerfile"]["text"].as_str().unwrap();
        assert!(text.contains("\nFROM lab/busybox:1.35\n"), "{text}");
    }
}
