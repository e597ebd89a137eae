//! Exported tables after wasm-opt: each name leads to the table that it led to before.
//!
//! Binaryen 108 writes index 0 for every exported table. wasm-bindgen's `__wbindgen_externrefs` is
//! the second, so the page would fail at its first line: "Table.set(): Argument 1 is invalid". The
//! tables themselves are right, and their element types tell them apart.

use anyhow::{Context, Result, bail};
use wasmparser::{ExternalKind, Parser, Payload, RefType, TypeRef};

/// The types of all tables, and those that are exported.
struct Tables<'a> {
    types: Vec<RefType>,
    exports: Vec<Export<'a>>,
}

struct Export<'a> {
    name: &'a str,
    index: usize,
    /// Where the index stands in the module.
    offset: usize,
}

/// Makes the exports of `after` right, given the module as it was before; no-op where they are.
pub fn repair(before: &[u8], after: &mut [u8]) -> Result<()> {
    let was = read(before)?;
    let is = read(after)?;
    let mut patches = Vec::new();
    for export in &is.exports {
        let old = was.exports.iter().find(|old| old.name == export.name);
        let old = old.with_context(|| format!("the table {} was not exported", export.name))?;
        let wanted = was.types.get(old.index);
        let fitting = (0..is.types.len()).filter(|&index| is.types.get(index) == wanted);
        match fitting.collect::<Vec<_>>()[..] {
            [index] if index == export.index => {}
            [index] => patches.push((export.offset, u8::try_from(index)?)),
            _ if was.types == is.types && old.index == export.index => {}
            _ => bail!(
                "cannot tell which table is {}: expected one of its type; a newer wasm-opt than \
                 Debian's 108 would keep it",
                export.name
            ),
        }
    }
    for (offset, index) in patches {
        // Indexes are LEB128: up to 127 they are one byte, and so can take each other's place.
        if after[offset] > 127 || index > 127 {
            bail!("expected less than 128 tables");
        }
        after[offset] = index;
    }
    Ok(())
}

fn read(wasm: &[u8]) -> Result<Tables<'_>> {
    let mut tables = Tables { types: Vec::new(), exports: Vec::new() };
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    if let TypeRef::Table(table) = import?.ty {
                        tables.types.push(table.element_type);
                    }
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    tables.types.push(table?.ty.element_type);
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.kind == ExternalKind::Table {
                        // After the name comes a byte for the kind, then the index.
                        let name = export.name.as_ptr().addr() - wasm.as_ptr().addr();
                        let offset = name + export.name.len() + 1;
                        let index = export.index as usize;
                        tables.exports.push(Export { name: export.name, index, offset });
                    }
                }
            }
            _ => {}
        }
    }
    Ok(tables)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module with tables of these types, of which one is exported as `t`.
    fn module(types: &[u8], exported: u8) -> Vec<u8> {
        let count = types.len() as u8;
        let mut bytes = b"\0asm\x01\0\0\0".to_vec();
        bytes.extend([4, 1 + 3 * count, count]);
        types.iter().for_each(|&element| bytes.extend([element, 0, 1]));
        bytes.extend([7, 5, 1, 1, b't', 1, exported]);
        bytes
    }

    const FUNC: u8 = 0x70;
    const EXTERN: u8 = 0x6f;

    #[test]
    fn an_export_finds_its_table_again() {
        let before = module(&[FUNC, EXTERN], 1);
        let mut after = module(&[FUNC, EXTERN], 0);
        repair(&before, &mut after).unwrap();
        assert_eq!(after, before);
        repair(&before, &mut after).unwrap();
        assert_eq!(after, before);

        let mut swapped = module(&[EXTERN, FUNC], 1);
        repair(&before, &mut swapped).unwrap();
        assert_eq!(swapped, module(&[EXTERN, FUNC], 0));
    }

    #[test]
    fn what_cannot_be_told_is_an_error() {
        let error = repair(&module(&[FUNC, FUNC], 1), &mut module(&[FUNC, FUNC], 0)).unwrap_err();
        assert!(error.to_string().contains("which table is t"), "{error}");
        repair(&module(&[FUNC, FUNC], 1), &mut module(&[FUNC, FUNC], 1)).unwrap();
    }
}
