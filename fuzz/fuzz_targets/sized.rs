//! Sound inputs of a chosen size, with some bytes changed: what makes them costly is how much of something they have,
//! which random bytes seldom get. The first byte selects the kind, the next two the size; the rest are changes, each
//! three bytes of offset and one to be XORed there.

#![no_main]

use layerscope::analysis::packages::catalog::{CATALOGERS, Candidate, HEAD};
use layerscope::analysis::sbom;
use layerscope::analysis::vulnerabilities::ecosystem::OsvQuery;
use layerscope::analysis::vulnerabilities::offline::ExportMatcher;
use layerscope_fuzz::{Memory, generators, open};
use libfuzzer_sys::fuzz_target;

/// Everything of this many takes seconds where it is linear, and minutes where it is not.
const MOST: usize = 20_000;

/// What an input is read as.
enum Reader {
    File(&'static str),
    Archive,
    Advisories,
    Bom,
}

fn make(kind: u8, size: usize) -> (Reader, Vec<u8>) {
    let lists = generators::PACKAGE_LISTS.len() as u8;
    let near = generators::NEAR_VERSIONS.len() as u8;
    match kind {
        _ if kind < lists => {
            let (path, line, _) = generators::PACKAGE_LISTS[usize::from(kind)];
            (Reader::File(path), (0..size).map(line).collect::<String>().into_bytes())
        }
        _ if kind < lists + near => {
            let (path, text) = generators::NEAR_VERSIONS[usize::from(kind - lists)];
            (Reader::File(path), generators::near_versions(text, size))
        }
        _ => match (kind - lists - near) % 9 {
            0 => (Reader::File("bin/program"), generators::elf(size)),
            1 => (Reader::File("srv/a.jar"), generators::nested_jar(size / 20)),
            2 => (Reader::Archive, generators::layer(size / 20, &|n| format!("f{n}"))),
            3 => {
                let deep = "d/".repeat(300);
                (Reader::Archive, generators::layer(size / 200, &|n| format!("{deep}f{n}")))
            }
            4 => {
                let [.., (_, streams)] = generators::empty_streams(size / 20);
                (Reader::Archive, streams)
            }
            5 => (Reader::Advisories, generators::record(size / 10).to_string().into_bytes()),
            6 => (Reader::Advisories, generators::many_records(size / 10).to_string().into_bytes()),
            7 => {
                (Reader::Advisories, generators::versions_and_ranges(size).to_string().into_bytes())
            }
            _ => (Reader::Bom, generators::bill_of_materials(size / 10).to_string().into_bytes()),
        },
    }
}

fn read(reader: &Reader, bytes: Vec<u8>) {
    match reader {
        Reader::File(path) => {
            let head = Some(&bytes[..bytes.len().min(HEAD)]);
            let size = bytes.len() as u64;
            let file = Candidate { size, mode: 0o755, head, ..Candidate::at(path.as_bytes()) };
            for cataloger in CATALOGERS.iter().filter(|cataloger| (cataloger.wants)(&file)) {
                cataloger.read(&file, &bytes);
            }
        }
        Reader::Archive => drop(open(&Memory::one(bytes))),
        Reader::Advisories => {
            let query = |number: usize| OsvQuery::new("npm", &format!("p{number}"), "1.5.0");
            let mut matcher = ExportMatcher::new((0..100).map(query));
            matcher.add(b"r.json", &bytes);
            matcher.finish("r.json");
        }
        Reader::Bom => drop(sbom::read::read(&bytes)),
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((&[kind, low, high], changes)) = data.split_first_chunk::<3>() else { return };
    let size = usize::from(u16::from_le_bytes([low, high])) % MOST;
    let (reader, mut bytes) = make(kind, size);
    for change in changes.chunks_exact(4).take(16) {
        let place = u32::from_le_bytes([change[0], change[1], change[2], 0]) as usize;
        let Some(at) = place.checked_rem(bytes.len()) else { return };
        bytes[at] ^= change[3];
    }
    read(&reader, bytes);
});
