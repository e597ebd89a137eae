//! What module and glue say to each other, in fewer bytes.
//!
//! - wasm-bindgen names each import by what it does and a hash, once in the module and once in the glue;
//!   hashes don't compress. Nobody but the two reads these names, so they become short.
//! - It exports every class of every crate that is linked, and with it all that the class can do. Those
//!   of `drop-classes` go, from the glue and from the module's exports; wasm-opt then finds their code
//!   unused. That one is used after all is an error.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail, ensure};
use wasmparser::BinaryReader;

use crate::settings::Glue;

const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;

/// Both, as the settings have it.
pub fn shorten(wasm: &[u8], script: &str, settings: &Glue) -> Result<(Vec<u8>, String)> {
    let (mut wasm, mut script) = (wasm.to_vec(), script.to_owned());
    let mut unused = BTreeSet::new();
    for class in &settings.drop_classes {
        unused.extend(drop_class(&mut script, class)?);
    }
    let used: BTreeSet<&str> = words(&script).collect();
    unused.retain(|name| !used.contains(name.as_str()));
    wasm = with_section(&wasm, EXPORTS, |section| without_exports(section, &unused))?;
    if settings.short_names {
        let mut names = BTreeMap::new();
        wasm = with_section(&wasm, IMPORTS, |section| renamed_imports(section, &mut names))?;
        let known: BTreeSet<&str> = words(&script).collect();
        for name in names.keys() {
            ensure!(known.contains(name.as_str()), "the glue has no {name}, which is imported");
        }
        script = words(&script).map(|word| names.get(word).map_or(word, String::as_str)).collect();
    }
    Ok((wasm, script))
}

/// Takes a class out of the glue; gives all names that it spoke of.
fn drop_class(script: &mut String, class: &str) -> Result<Vec<String>> {
    let mut said = Vec::new();
    let parts = [
        (format!("export class {class} {{\n"), "\n}\n"),
        (format!("if (Symbol.dispose) {class}."), ";\n"),
        (format!("const {class}Finalization ="), ";\n"),
    ];
    for (start, end) in parts {
        let from = script.find(&start);
        let from = from.with_context(|| format!("the glue has no {start:?}: drop-classes"))?;
        let length = script[from..].find(end).context("the glue ends within a class")? + end.len();
        said.extend(words(&script[from..from + length]).map(str::to_owned));
        script.replace_range(from..from + length, "");
    }
    if words(script).any(|word| word == class) {
        bail!("the glue uses {class}, which drop-classes says that nobody does");
    }
    Ok(said)
}

/// The text cut up into identifiers and what is between them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$');
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = rest.find(|c| is_part(c) != is_part(first)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word)
    })
}

/// The module with the section of this number as `change` makes it.
fn with_section(
    wasm: &[u8],
    number: u8,
    mut change: impl FnMut(&[u8]) -> Result<Vec<u8>>,
) -> Result<Vec<u8>> {
    const HEADER: usize = 8;
    let mut out = wasm.get(..HEADER).context("no module")?.to_vec();
    let mut reader = BinaryReader::new(&wasm[HEADER..], HEADER);
    while !reader.eof() {
        let id = reader.read_u8()?;
        let length = reader.read_var_u32()?;
        let section = reader.read_bytes(length as usize)?;
        let changed = if id == number { change(section)? } else { section.to_vec() };
        out.push(id);
        write_number(&mut out, changed.len());
        out.extend(changed);
    }
    Ok(out)
}

fn renamed_imports(section: &[u8], names: &mut BTreeMap<String, String>) -> Result<Vec<u8>> {
    let mut reader = BinaryReader::new(section, 0);
    let count = reader.read_var_u32()?;
    let mut out = Vec::new();
    write_number(&mut out, count as usize);
    for _ in 0..count {
        let (module, name) = (reader.read_string()?, reader.read_string()?);
        ensure!(reader.read_u8()? == 0, "{name} is imported, and no function");
        let next = short_name(names.len());
        let name = names.entry(name.to_owned()).or_insert(next);
        write_text(&mut out, module);
        write_text(&mut out, name);
        out.push(0);
        write_number(&mut out, reader.read_var_u32()? as usize);
    }
    Ok(out)
}

fn without_exports(section: &[u8], unused: &BTreeSet<String>) -> Result<Vec<u8>> {
    let mut reader = BinaryReader::new(section, 0);
    let (mut kept, mut count) = (Vec::new(), 0);
    for _ in 0..reader.read_var_u32()? {
        let (name, kind, index) =
            (reader.read_string()?, reader.read_u8()?, reader.read_var_u32()?);
        if !unused.contains(name) {
            write_text(&mut kept, name);
            kept.push(kind);
            write_number(&mut kept, index as usize);
            count += 1;
        }
    }
    let mut out = Vec::new();
    write_number(&mut out, count);
    out.extend(kept);
    Ok(out)
}

/// `_a`, `_b`…; the sign before it keeps it from being a word of JavaScript.
fn short_name(mut number: usize) -> String {
    const SIGNS: &[u8; 26] = b"abcdefghijklmnopqrstuvwxyz";
    let mut name = String::from("_");
    loop {
        name.push(SIGNS[number % 26].into());
        number /= 26;
        if number == 0 {
            return name;
        }
    }
}

/// LEB128.
fn write_number(out: &mut Vec<u8>, mut number: usize) {
    while number > 0x7f {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    write_number(out, text.len());
    out.extend(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module that imports `m.hash_1` and exports functions `keep` and `thing_free`.
    fn module() -> Vec<u8> {
        let mut bytes = b"\0asm\x01\0\0\0".to_vec();
        bytes.extend(b"\x01\x04\x01\x60\x00\x00"); // type: () -> ()
        bytes.extend(b"\x02\x0c\x01\x01m\x06hash_1\x00\x00");
        bytes.extend(b"\x07\x15\x02\x04keep\x00\x00\x0athing_free\x00\x00");
        bytes
    }

    const GLUE: &str = "export class Thing {\nfree() { wasm.thing_free(); wasm.keep(); }\n}\n\
        if (Symbol.dispose) Thing.prototype[Symbol.dispose] = 1;\n\
        wasm.keep();\nx = { hash_1: function() {} };\nconst ThingFinalization = 1;\n";

    fn settings(classes: &[&str]) -> Glue {
        let drop_classes = classes.iter().map(|class| class.to_string()).collect();
        Glue { short_names: true, drop_classes }
    }

    #[test]
    fn imports_are_renamed_on_both_sides_and_classes_go_with_their_exports() {
        let (wasm, script) = shorten(&module(), GLUE, &settings(&["Thing"])).unwrap();
        assert_eq!(script, "wasm.keep();\nx = { _a: function() {} };\n");
        assert!(wasm.ends_with(b"\x02\x08\x01\x01m\x02_a\x00\x00\x07\x08\x01\x04keep\x00\x00"));
    }

    #[test]
    fn what_is_not_told_stays() {
        let settings = Glue { short_names: false, drop_classes: Vec::new() };
        let (wasm, script) = shorten(&module(), GLUE, &settings).unwrap();
        assert_eq!((wasm, script.as_str()), (module(), GLUE));
    }

    #[test]
    fn a_class_that_is_used_or_missing_is_an_error() {
        let used = format!("{GLUE}new Thing();\n");
        let error = shorten(&module(), &used, &settings(&["Thing"])).unwrap_err().to_string();
        assert!(error.contains("uses Thing"), "{error}");
        assert!(shorten(&module(), GLUE, &settings(&["Other"])).is_err());
    }

    #[test]
    fn an_import_without_its_glue_is_an_error() {
        let error = shorten(&module(), "", &settings(&[])).unwrap_err().to_string();
        assert!(error.contains("hash_1"), "{error}");
    }
}
