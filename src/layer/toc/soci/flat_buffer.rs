//! Reading FlatBuffers, as far as zTOCs need it.
//!
//! Source: FlatBuffers, "Internals".
//!
//! - Offsets lead from tables to tables; each is checked before it is followed. The schema bounds the depth, so nothing
//!   can lead in circles.
//! - Google's crate is not used: it accepts only strings in UTF-8, which names need not be, and its table readers are
//!   `unsafe` code that would have to be maintained with the schema.

/// `N` bytes from `at` on.
fn bytes<const N: usize>(all: &[u8], at: usize) -> Option<[u8; N]> {
    all.get(at..)?.first_chunk().copied()
}

/// The byte to which the offset at `at` leads: always after `at`.
fn target(all: &[u8], at: usize) -> Option<usize> {
    at.checked_add(u32::from_le_bytes(bytes(all, at)?) as usize)
}

/// A table of a FlatBuffer. A list before or after it says where its fields are.
#[derive(Clone, Copy)]
pub struct FlatTable<'a> {
    all: &'a [u8],
    at: usize,
    /// Offsets of the fields from the table, two bytes each; 0: the field is absent.
    fields: &'a [u8],
}

impl<'a> FlatTable<'a> {
    pub fn root(all: &'a [u8]) -> Option<FlatTable<'a>> {
        FlatTable::at(all, target(all, 0)?)
    }

    fn at(all: &'a [u8], at: usize) -> Option<FlatTable<'a>> {
        let back = i32::from_le_bytes(bytes(all, at)?);
        let list = i64::try_from(at).ok()?.checked_sub(i64::from(back))?;
        let list = usize::try_from(list).ok()?;
        let length = usize::from(u16::from_le_bytes(bytes(all, list)?));
        // The lengths of the list and of the table precede the fields.
        Some(FlatTable { all, at, fields: all.get(list..list.checked_add(length)?)?.get(4..)? })
    }

    /// The byte at which a field begins; `None` if it is absent.
    fn field(&self, number: usize) -> Option<usize> {
        let offset = u16::from_le_bytes(bytes(self.fields, number * 2)?);
        (offset > 0).then_some(self.at + usize::from(offset))
    }

    pub fn has(&self, number: usize) -> bool {
        self.field(number).is_some()
    }

    /// The value of a field; an absent field has the default value of the schema.
    fn value<const N: usize>(&self, number: usize, default: [u8; N]) -> Option<[u8; N]> {
        self.field(number).map_or(Some(default), |at| bytes(self.all, at))
    }

    pub fn byte(&self, number: usize, default: u8) -> Option<u8> {
        self.value(number, [default]).map(|[byte]| byte)
    }

    pub fn word(&self, number: usize) -> Option<u32> {
        self.value(number, [0; 4]).map(u32::from_le_bytes)
    }

    pub fn number(&self, number: usize) -> Option<i64> {
        self.value(number, [0; 8]).map(i64::from_le_bytes)
    }

    pub fn table(&self, number: usize) -> Option<FlatTable<'a>> {
        FlatTable::at(self.all, target(self.all, self.field(number)?)?)
    }

    pub fn text(&self, number: usize) -> Option<&'a [u8]> {
        match self.field(number) {
            None => Some(&[]),
            Some(at) => list(self.all, at, 1).map(|(start, count)| &self.all[start..start + count]),
        }
    }

    pub fn tables(&self, number: usize) -> Option<FlatTables<'a>> {
        let (start, count) = match self.field(number) {
            None => (0, 0),
            Some(at) => list(self.all, at, 4)?,
        };
        Some(FlatTables { all: self.all, start, count })
    }
}

/// Start and length of the list to which the offset at `at` leads; all of it lies within the buffer.
fn list(all: &[u8], at: usize, item: usize) -> Option<(usize, usize)> {
    let head = target(all, at)?;
    let count = u32::from_le_bytes(bytes(all, head)?) as usize;
    let start = head + 4;
    let end = start.checked_add(count.checked_mul(item)?)?;
    (end <= all.len()).then_some((start, count))
}

/// A list of tables.
pub struct FlatTables<'a> {
    all: &'a [u8],
    start: usize,
    pub count: usize,
}

impl<'a> FlatTables<'a> {
    pub fn get(&self, at: usize) -> Option<FlatTable<'a>> {
        FlatTable::at(self.all, target(self.all, self.start + at * 4)?)
    }
}
