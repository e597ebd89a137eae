//! Inflating with a stop between blocks, where a stream can be resumed later.
//!
//! Source: zlib.h, `inflate` with Z_BLOCK, `inflatePrime`, `inflateSetDictionary`.
//!
//! - The only file with `unsafe` code: the library's safe interface neither says how many bits of the last
//!   byte are unused nor takes them back. flate2 uses the same library, so nothing is linked twice.
//! - Pointers to input and output never outlive the call that receives them.

#![allow(unsafe_code)]

use libz_rs_sys::{
    Z_BLOCK, Z_BUF_ERROR, Z_NO_FLUSH, Z_OK, Z_STREAM_END, inflate, inflateEnd,
    inflateGetDictionary, inflateInit2_, inflatePrime, inflateReset, inflateSetDictionary,
    z_stream, zlibVersion,
};
use std::ffi::{CStr, c_int, c_uint};
use std::io;
use std::mem::size_of;

/// How far deflate's references reach back, in bytes.
pub const WINDOW: usize = 32 << 10;

/// Window bits of a raw stream, and of one in gzip's format, whose checksums the library then verifies.
const RAW: c_int = -15;
const GZIP: c_int = 15 + 16;

/// Flags of `data_type`; the bits below them are the number of unused bits.
const LAST_BLOCK: c_int = 64;
const BOUNDARY: c_int = 128;

/// What one step did.
pub struct InflateStep {
    /// Bytes taken from the input.
    pub read: usize,
    /// Bytes written to the output.
    pub written: usize,
    pub end: StepEnd,
}

/// Where a step ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StepEnd {
    /// Within a block.
    Within,
    /// Between two blocks; of the last byte read, `unused_bits` bits belong to the next block.
    Block { unused_bits: u32 },
    /// At the end of the stream and, in gzip's format, of its trailer.
    Stream,
}

/// The state of one stream. Boxed, because the library may keep its address.
pub struct Inflate(Box<z_stream>);

impl Inflate {
    /// For a gzip member, with its header and trailer.
    pub fn gzip() -> io::Result<Inflate> {
        Inflate::new(GZIP)
    }

    /// For blocks that follow `window`; they begin with the upper `bits` bits of the byte `first`.
    pub fn enter(window: &[u8], bits: u32, first: u8) -> io::Result<Inflate> {
        let mut inflate = Inflate::new(RAW)?;
        let window = &window[window.len().saturating_sub(WINDOW)..];
        let bits = bits.min(7);
        let value = if bits == 0 { 0 } else { c_int::from(first) >> (8 - bits) };
        // SAFETY: the stream was initialised by `new`; the window is a slice, which the call copies.
        let (primed, set) = unsafe {
            let stream = &mut *inflate.0;
            (
                inflatePrime(stream, bits as c_int, value),
                inflateSetDictionary(stream, window.as_ptr(), window.len() as c_uint),
            )
        };
        if primed == Z_OK && set == Z_OK { Ok(inflate) } else { Err(not_created()) }
    }

    fn new(window_bits: c_int) -> io::Result<Inflate> {
        let mut stream = Box::new(z_stream::default());
        // SAFETY: the stream is a valid one without allocators, for which the library has its own; the
        // version is the library's static text, and the size is that of the type it was built with.
        let code = unsafe {
            inflateInit2_(&mut *stream, window_bits, zlibVersion(), size_of::<z_stream>() as c_int)
        };
        if code == Z_OK { Ok(Inflate(stream)) } else { Err(not_created()) }
    }

    /// Starts over, with the same format.
    pub fn reset(&mut self) {
        // SAFETY: the stream was initialised by `new`.
        unsafe { inflateReset(&mut *self.0) };
    }

    /// Inflates until the end of the input or the output or, with `stop`, of the block. An error says what
    /// is wrong.
    pub fn step(
        &mut self,
        input: &[u8],
        out: &mut [u8],
        stop: bool,
    ) -> Result<InflateStep, String> {
        let stream = &mut *self.0;
        let (read, written) = (input.len().min(1 << 30), out.len().min(1 << 30));
        stream.next_in = input.as_ptr().cast_mut();
        stream.avail_in = read as c_uint;
        stream.next_out = out.as_mut_ptr();
        stream.avail_out = written as c_uint;
        // SAFETY: the stream was initialised by `new`; the pointers are those of two slices that live
        // throughout the call, with lengths no greater than theirs.
        let code = unsafe { inflate(stream, if stop { Z_BLOCK } else { Z_NO_FLUSH }) };
        let read = read - stream.avail_in as usize;
        let written = written - stream.avail_out as usize;
        let state = stream.data_type;
        let end = match code {
            Z_STREAM_END => StepEnd::Stream,
            Z_OK | Z_BUF_ERROR if state & BOUNDARY != 0 && state & LAST_BLOCK == 0 => {
                StepEnd::Block { unused_bits: (state & (LAST_BLOCK - 1)) as u32 }
            }
            Z_OK | Z_BUF_ERROR => StepEnd::Within,
            _ => return Err(self.message()),
        };
        Ok(InflateStep { read, written, end })
    }

    /// The last bytes of the output, to which the next block may refer.
    pub fn window(&mut self) -> Vec<u8> {
        let mut window = vec![0; WINDOW];
        let mut length: c_uint = 0;
        // SAFETY: the stream was initialised by `new`; the call writes at most 32 KiB, and
        // `length` is a valid place for the length.
        unsafe { inflateGetDictionary(&*self.0, window.as_mut_ptr(), &mut length) };
        window.truncate(length as usize);
        window
    }

    fn message(&self) -> String {
        if self.0.msg.is_null() {
            return "the data is damaged".to_owned();
        }
        // SAFETY: a message that is not null is static text of the library, ended by a zero.
        unsafe { CStr::from_ptr(self.0.msg) }.to_string_lossy().into_owned()
    }
}

impl Drop for Inflate {
    fn drop(&mut self) {
        // SAFETY: the stream was initialised by `new`, and nothing uses it afterwards.
        unsafe { inflateEnd(&mut *self.0) };
    }
}

fn not_created() -> io::Error {
    io::Error::other("gzip: a decoder cannot be created")
}
