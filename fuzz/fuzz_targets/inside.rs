//! An archive within a file: its members are listed, and the first of them are read and listed in turn.

#![no_main]

use layerscope::inside::{self, NestedBytes, UnpackMeter};
use layerscope::member_path::MemberPath;
use layerscope::outline;
use libfuzzer_sys::fuzz_target;
use std::io::{self, Cursor};

fuzz_target!(|data: &[u8]| {
    let bytes = || NestedBytes::Anywhere(Box::new(Cursor::new(data)));
    let meter = || UnpackMeter::of_file(data.len() as u64);
    drop(outline::outline(data, data.len() as u64));
    let mut paths = vec![MemberPath::default()];
    for _ in 0..3 {
        let mut deeper = Vec::new();
        for path in &paths {
            let Ok(list) = inside::list(bytes(), b"x", path, &meter()) else { continue };
            deeper.extend(list.rows.into_iter().take(3).map(|row| path.with(row.step)));
        }
        for path in &deeper {
            drop(inside::read(bytes(), b"x", path, &meter(), &mut |_, source| {
                io::copy(source, &mut io::sink()).map(drop)
            }));
        }
        paths = deeper;
    }
});
