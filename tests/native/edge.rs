//! The edge script (`proxy/edge/worker.js`) under node, against the table of cases that the proxy's server
//! is tested with, too.

use std::path::Path;
use std::process::Command;

#[test]
#[cfg_attr(not(has_node), ignore = "needs node")]
fn the_edge_script_passes_every_case_but_those_of_the_server() {
    let runner = Path::new(env!("CARGO_MANIFEST_DIR")).join("proxy/tests/edge.mjs");
    let output = Command::new("node").arg(&runner).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}\n{errors}");
}
