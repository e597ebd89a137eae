//! Columns in a buffer: each is its length in bytes and little-endian values.

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

/// Reads columns from what is left of a buffer.
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn bytes(&mut self) -> Result<&'a [u8], IndexError> {
        let (len, rest) = self.0.split_first_chunk::<8>().ok_or(IndexError)?;
        let len = usize::try_from(u64::from_le_bytes(*len)).map_err(|_| IndexError)?;
        let (bytes, rest) = rest.split_at_checked(len).ok_or(IndexError)?;
        self.0 = rest;
        Ok(bytes)
    }

    pub fn column<T, const N: usize>(
        &mut self,
        from: impl Fn([u8; N]) -> T,
    ) -> Result<Vec<T>, IndexError> {
        let (values, rest) = self.bytes()?.as_chunks::<N>();
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
