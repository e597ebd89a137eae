//! A link to an image, and the reference in it: what is written again is the same image, and no other host.

#![no_main]

use layerscope::link::{Link, LinkTarget};
use layerscope::oci::Reference;
use layerscope::registry::endpoint::{Routes, Traffic, blob_path, host_of, manifest_path};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    // A view that this version lacks is told, and not written again.
    let link = Link { unknown_view: String::new(), ..Link::parse(&format!("#/image/{text}")) };
    if let LinkTarget::Image { reference, .. } = &link.target {
        assert_eq!(Link::parse(&link.to_string()), link, "{link}");
        let _ = Reference::parse(reference);
    }
    let Ok(reference) = Reference::parse(text) else { return };
    for written in [reference.to_string(), reference.familiar()] {
        let again = Reference::parse(&written).ok();
        assert_eq!(again.as_ref(), Some(&reference), "{written}");
    }
    // Whatever is written: one host, and a path that stays below the repository.
    let host = host_of(reference.registry());
    assert!(!host.is_empty() && !host.contains(['/', '@', '\\', '?', '#', ' ']), "{host}");
    let mut paths = vec![manifest_path(reference.repository(), reference.tag().unwrap_or("x"))];
    paths.extend(reference.digest().map(|digest| blob_path(reference.repository(), digest)));
    for path in paths {
        assert!(path.starts_with("/v2/"), "{path}");
        assert!(path.split('/').all(|part| part != ".." && part != "."), "{path}");
        let routes = Routes::new(None);
        for route in routes.to(&host, Traffic::default()) {
            let url = routes.url(&host, &path, route);
            let (_, rest) = url.split_once("://").expect("a URL");
            assert!(rest.starts_with(&format!("{host}/v2/")), "{url}");
        }
    }
});
