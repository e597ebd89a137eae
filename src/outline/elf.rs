//! ELF programs and libraries: what they need, and how they were built.
//!
//! Source: System V ABI, "Object Files" and "Program Loading and Dynamic Linking"; the `object` crate reads the structures.
//! What counts as hardened is what `checksec` looks at.

use super::bytes::text_at;
use super::made::{fact, item, list, of, text};
use crate::analysis::elf::bytes_at;
use crate::analysis::file_bytes::FileBytes;
use crate::analysis::packages::go_version;
use crate::protocol::{FileOutline, OutlineName, OutlineValue, OutlinedFormat, RelroKind};
use ::object::elf;
use ::object::read::elf::{Dyn, FileHeader, ProgramHeader, SectionHeader};
use ::object::{Endianness, FileKind};
use memchr::memmem;

/// Entries of a dynamic section that are read, and bytes of a name in it.
const MOST_ENTRIES: usize = 20_000;
const MOST_NAME: usize = 1024;

pub fn is(head: &[u8]) -> bool {
    head.starts_with(b"\x7fELF")
}

pub fn outline(bytes: &[u8]) -> Option<FileOutline> {
    let bytes = FileBytes::Held(bytes);
    match FileKind::parse(bytes).ok()? {
        FileKind::Elf32 => read::<elf::FileHeader32<Endianness>>(bytes),
        FileKind::Elf64 => read::<elf::FileHeader64<Endianness>>(bytes),
        _ => None,
    }
}

/// What the dynamic section says.
#[derive(Default)]
struct Dynamic<'a> {
    needed: Vec<&'a [u8]>,
    rpath: Option<&'a [u8]>,
    runpath: Option<&'a [u8]>,
    name: Option<&'a [u8]>,
    binds_now: bool,
    is_pie: bool,
    /// The table of texts.
    texts: &'a [u8],
}

fn read<H: FileHeader<Endian = Endianness>>(bytes: FileBytes<'_>) -> Option<FileOutline> {
    let header = H::parse(bytes).ok()?;
    let endian = header.endian().ok()?;
    let segments = header.program_headers(endian, bytes).unwrap_or_default();
    let with_type = |kind| segments.iter().find(move |segment| segment.p_type(endian) == kind);
    let interpreter = segments.iter().find_map(|one| one.interpreter(endian, bytes).ok().flatten());
    let dynamic = dynamic::<H>(segments, endian, bytes);
    let sections = Sections::of::<H>(header, endian, bytes);
    let relro = match (with_type(elf::PT_GNU_RELRO), dynamic.binds_now) {
        (None, _) => RelroKind::None,
        (Some(_), false) => RelroKind::Partial,
        (Some(_), true) => RelroKind::Full,
    };
    let is_library =
        header.e_type(endian) == elf::ET_DYN && interpreter.is_none() && !dynamic.is_pie;
    let kind = match header.e_type(endian) {
        elf::ET_EXEC => "program",
        elf::ET_DYN if is_library => "shared library",
        elf::ET_DYN => "program",
        elf::ET_REL => "object file",
        elf::ET_CORE => "core dump",
        _ => "other",
    };
    let bits = if header.is_type_64() { "64-bit" } else { "32-bit" };
    let order = if endian == Endianness::Big { "big-endian" } else { "little-endian" };
    let mut facts = vec![
        text(OutlineName::Kind, format!("{kind}, {bits}, {order}")),
        text(OutlineName::Machine, machine(header.e_machine(endian))),
    ];
    let texts = [
        (OutlineName::Interpreter, interpreter),
        (OutlineName::LibraryName, dynamic.name),
        (OutlineName::Rpath, dynamic.rpath),
        (OutlineName::Runpath, dynamic.runpath),
    ];
    facts.extend(texts.iter().filter_map(|(name, value)| Some(text(*name, (*value)?))));
    if let Some(id) = build_id::<H>(segments, endian, bytes) {
        facts.push(text(OutlineName::BuildId, crate::text::hex(&id[..id.len().min(64)])));
    }
    let linked = matches!(header.e_type(endian), elf::ET_EXEC | elf::ET_DYN);
    if linked {
        let yes = |name, value| fact(name, OutlineValue::YesNo(value));
        facts.push(yes(OutlineName::PositionIndependent, header.e_type(endian) == elf::ET_DYN));
        facts.push(fact(OutlineName::Relro, OutlineValue::Relro(relro)));
        let stack =
            with_type(elf::PT_GNU_STACK).map(|one| one.p_flags(endian).0 & elf::PF_X.0 == 0);
        facts.extend(stack.map(|protected| yes(OutlineName::NonExecutableStack, protected)));
        let guarded = [dynamic.texts, sections.symbol_names];
        let guarded =
            guarded.iter().any(|names| memmem::find(names, b"__stack_chk_fail").is_some());
        facts.push(yes(OutlineName::StackProtector, guarded));
        facts.push(yes(OutlineName::Stripped, sections.symbol_names.is_empty()));
    }
    facts.extend(go_version(bytes).map(|version| text(OutlineName::GoVersion, version)));
    facts.extend(
        rust_version(sections.comment).map(|version| text(OutlineName::RustVersion, version)),
    );
    let mut outline = of(OutlinedFormat::Elf, facts);
    let needed = &dynamic.needed;
    if !needed.is_empty() {
        let items = needed.iter().map(|name| item(name, "", None));
        outline.lists.push(list(OutlineName::NeededLibraries, items, needed.len() as u64));
    }
    Some(outline)
}

fn dynamic<'a, H: FileHeader<Endian = Endianness>>(
    segments: &'a [H::ProgramHeader],
    endian: Endianness,
    bytes: FileBytes<'a>,
) -> Dynamic<'a> {
    let mut found = Dynamic::default();
    let entries = segments.iter().find_map(|one| one.dynamic(endian, bytes).ok().flatten());
    let entries = entries.unwrap_or_default();
    let entries = || {
        let entries = entries.iter().take(MOST_ENTRIES);
        let pairs = entries.map(|entry| (entry.tag(endian), entry.val(endian)));
        pairs.take_while(|(tag, _)| *tag != elf::DT_NULL)
    };
    let value = |wanted| entries().find(|(tag, _)| *tag == wanted).map(|(_, value)| value);
    let table = value(elf::DT_STRTAB);
    let size = value(elf::DT_STRSZ).unwrap_or(0);
    let table = table.and_then(|address| bytes_at(bytes, endian, segments, address, size));
    found.texts = table.unwrap_or_default();
    for (tag, value) in entries() {
        let name = || text_at(found.texts, usize::try_from(value).ok()?, MOST_NAME);
        match tag {
            elf::DT_NEEDED => {
                let name = name();
                found.needed.extend(name.filter(|name| !name.is_empty()));
            }
            elf::DT_RPATH => found.rpath = name(),
            elf::DT_RUNPATH => found.runpath = name(),
            elf::DT_SONAME => found.name = name(),
            elf::DT_BIND_NOW => found.binds_now = true,
            elf::DT_FLAGS => found.binds_now |= value & elf::DF_BIND_NOW.0 != 0,
            elf::DT_FLAGS_1 => {
                found.binds_now |= value & elf::DF_1_NOW.0 != 0;
                found.is_pie = value & elf::DF_1_PIE.0 != 0;
            }
            _ => {}
        }
    }
    found
}

fn build_id<'a, H: FileHeader<Endian = Endianness>>(
    segments: &[H::ProgramHeader],
    endian: Endianness,
    bytes: FileBytes<'a>,
) -> Option<&'a [u8]> {
    for segment in segments.iter().take(64) {
        let Ok(Some(mut notes)) = segment.notes(endian, bytes) else { continue };
        for _ in 0..64 {
            let Ok(Some(note)) = notes.next() else { break };
            if note.name() == elf::ELF_NOTE_GNU && note.n_type(endian) == elf::NT_GNU_BUILD_ID {
                return Some(note.desc());
            }
        }
    }
    None
}

/// What the table of sections leads to.
#[derive(Default)]
struct Sections<'a> {
    comment: &'a [u8],
    /// Names of the symbols that a linker keeps and `strip` removes.
    symbol_names: &'a [u8],
}

impl<'a> Sections<'a> {
    fn of<H: FileHeader<Endian = Endianness>>(
        header: &H,
        endian: Endianness,
        bytes: FileBytes<'a>,
    ) -> Sections<'a> {
        let mut found = Sections::default();
        let Ok(sections) = header.section_headers(endian, bytes) else { return found };
        let names = header.section_strings_index(endian, bytes).ok();
        let names =
            names.and_then(|at| sections.get(at.0)).and_then(|one| one.data(endian, bytes).ok());
        for section in sections {
            let name = usize::try_from(section.sh_name(endian)).ok();
            let name = name.and_then(|at| text_at(names?, at, 64)).unwrap_or_default();
            if name == b".comment" {
                found.comment = section.data(endian, bytes).unwrap_or_default();
            }
            if section.sh_type(endian) == elf::SHT_SYMTAB {
                let linked = sections.get(section.sh_link(endian) as usize);
                let linked = linked.and_then(|one| one.data(endian, bytes).ok());
                found.symbol_names = linked.unwrap_or_default();
            }
        }
        found
    }
}

/// `rustc version 1.80.0 (…)` among the compilers' notes.
fn rust_version(comment: &[u8]) -> Option<&[u8]> {
    const BEFORE: &[u8] = b"rustc version ";
    let at = memmem::find(comment, BEFORE)? + BEFORE.len();
    let version = comment.get(at..)?.split(|byte| matches!(byte, 0 | b' ' | b'(')).next()?;
    (!version.is_empty()).then_some(version)
}

/// The machine in the words of `uname -m` where it has one.
fn machine(number: elf::Machine) -> String {
    let name = match number {
        elf::EM_X86_64 => "x86_64",
        elf::EM_386 => "i386",
        elf::EM_AARCH64 => "aarch64",
        elf::EM_ARM => "arm",
        elf::EM_RISCV => "riscv",
        elf::EM_PPC64 => "ppc64",
        elf::EM_PPC => "ppc",
        elf::EM_S390 => "s390",
        elf::EM_MIPS => "mips",
        elf::EM_LOONGARCH => "loongarch",
        elf::EM_BPF => "bpf",
        elf::EM_SPARCV9 => "sparc64",
        other => return format!("machine {}", other.0),
    };
    name.to_owned()
}
