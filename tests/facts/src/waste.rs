//! What a report says about waste against `../shared/fixtures/waste.json`: for each archive its images in order, with
//! sums by class and by layer, the ten largest hidden files, and sums of duplicates.
//!
//! - The facts leave out classes of rewritten files of which there are none.

use crate::{Differences, is_plain, list};
use serde_json::{Map, Value, json};

/// All differences between `report` and the facts about its archive; empty if they agree.
pub fn check_waste(report: &Value, images: &Value) -> Vec<String> {
    let mut seen = Differences::default();
    let reported = list(&report["images"]);
    seen.equal("number of images", &reported.len().into(), &list(images).len().into());
    for (position, (image, facts)) in reported.iter().zip(list(images)).enumerate() {
        seen.within(&format!("image {position}"), |seen| {
            seen.equal("imageId", &image["imageId"], &facts["image_id"]);
            seen.equal("size", &image["size"], &facts["payload"]);
            seen.equal("tree.size", &image["tree"]["size"], &facts["visible_bytes"]);
            seen.within("waste", |seen| waste(seen, &image["waste"], facts));
        });
    }
    seen.lines
}

fn waste(seen: &mut Differences, waste: &Value, facts: &Value) {
    let (hidden, known) = (&waste["hidden"], &facts["hidden"]);
    seen.equal("hidden", &tally(hidden), &tally(known));
    for class in ["removed", "overwritten", "rewritten"] {
        seen.equal(class, &tally(&hidden[class]), &known[class]);
    }
    for change in ["mode", "owner", "xattrs", "times", "nothing"] {
        let none = json!({"files": 0, "bytes": 0});
        let known = known["rewritten_changed"].get(change).unwrap_or(&none);
        seen.equal(change, &tally(&hidden["rewritten"][change]), known);
    }
    let by_layer = list(&waste["byLayer"]).iter();
    let by_layer: Map<_, _> =
        by_layer.map(|layer| (layer["layer"].to_string(), tally(layer))).collect();
    seen.equal("byLayer", &by_layer.into(), &known["by_layer"]);
    for (reported, known) in list(&waste["paths"]).iter().zip(list(&known["top"])) {
        let mut reported = reported.clone();
        let path = reported["path"].as_str().unwrap_or_default().trim_start_matches('/').to_owned();
        if known["path"].as_str().is_some_and(is_plain) {
            reported["path"] = path.into();
            seen.equal("one of the largest paths", &reported, known);
        }
    }
    for sum in ["groups", "files", "bytes"] {
        let what = format!("duplicates: {sum}");
        seen.equal(&what, &waste["duplicates"][sum], &facts["duplicates"][sum]);
    }
}

fn tally(value: &Value) -> Value {
    json!({"files": value["files"], "bytes": value["bytes"]})
}
