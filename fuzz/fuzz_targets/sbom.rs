//! SBOMs, PURLs and licences: whatever is read can be written, and reads the same again.

#![no_main]

use layerscope::analysis::packages::{licence, purl};
use layerscope::analysis::sbom::{Component, SbomDocument, cyclonedx, read, spdx};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        if let Some(once) = licence::normalise(text) {
            assert_eq!(licence::normalise(&once).as_ref(), Some(&once));
        }
        if let Some(parsed) = purl::parse(text) {
            let written = purl::write(&parsed.clone().package(), None);
            assert!(written.starts_with("pkg:"));
        }
    }
    let Ok(attached) = read::read(data) else { return };
    let components = attached.packages.iter();
    let document = SbomDocument {
        components: components.map(|package| Component::new(package, None, Vec::new())).collect(),
        ..SbomDocument::default()
    };
    for text in [cyclonedx::write(&document), spdx::write(&document)] {
        let again = read::read(text.expect("written").as_bytes()).expect("read again");
        assert!(again.unread == 0 && again.packages.len() <= attached.packages.len());
    }
});
