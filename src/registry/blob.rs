//! The transfer of a blob: whole or in part, resumed where it stopped, and verified as it arrives.
//!
//! Source: OCI distribution-spec 1.1, "Pulling blobs"; RFC 9110, 14 (ranges).
//!
//! - A request has one range. Its response is 206 with the right Content-Range, or 200 with the whole blob, of
//!   which only the needed bytes are used (some registries ignore ranges).
//! - The descriptor's size is the limit: one byte more is an error, and so is an early end.
//! - The driver calls `call`, then `begin` with the response's headers, then `chunk` for each piece; if the
//!   connection breaks, `call` again. `Verifier` takes the same pieces.

use super::endpoint::blob_path;
use super::error_body::shortened;
use super::errors::RegistryError;
use super::limits::MAX_BLOB;
use super::{Call, Retry, errors};
use crate::http::{HttpResponse, ResponseBody};
use crate::oci::{Descriptor, Digest, Hasher};
use crate::problem::Problem;
use crate::text::{byte_count, decimal};

/// The transfer of a blob, or of a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    registry: String,
    repository: String,
    digest: Digest,
    /// Bytes of the blob, as its descriptor claims.
    size: u64,
    /// The next wanted byte.
    next: u64,
    /// The byte after the last wanted one.
    end: u64,
    /// Position of the current response in the blob.
    at: u64,
}

impl Transfer {
    /// The whole blob.
    pub fn whole(registry: &str, repository: &str, blob: &Descriptor) -> Result<Transfer, Problem> {
        let plausible = u64::try_from(blob.size).ok().filter(|size| *size <= MAX_BLOB);
        let Some(size) = plausible else {
            return Err(Problem::new("blob-size", "A descriptor claims a size that no blob has.")
                .expected(format!("at most {}", byte_count(MAX_BLOB)))
                .found(blob.size.to_string())
                .in_blob(blob.digest.to_string()));
        };
        Ok(Transfer {
            registry: registry.to_owned(),
            repository: repository.to_owned(),
            digest: blob.digest.clone(),
            size,
            next: 0,
            end: size,
            at: 0,
        })
    }

    /// `length` bytes from `start` on, as far as the blob reaches. Also used to resume the transfer of an
    /// earlier visit.
    pub fn part(mut self, start: u64, length: u64) -> Transfer {
        self.next = start.min(self.size);
        self.end = start.saturating_add(length).min(self.size);
        self
    }

    /// The next wanted byte: where a broken transfer resumes.
    pub fn position(&self) -> u64 {
        self.next
    }

    /// Whether all wanted bytes have arrived.
    pub fn is_complete(&self) -> bool {
        self.next >= self.end
    }

    /// Whether the rest of the response can be ignored. A response up to the blob's end is read on, to see that
    /// it ends there.
    pub fn needs_no_more(&self) -> bool {
        self.is_complete() && self.end < self.size
    }

    /// The request for the wanted bytes that are missing.
    pub fn call(&self) -> Call {
        let path = blob_path(&self.repository, &self.digest);
        let call = Call::pull(&self.registry, &self.repository, path, ResponseBody::Stream);
        let whole = self.next == 0 && self.end == self.size;
        let range = (!whole && self.next < self.end).then(|| (self.next, self.end - 1));
        let what = format!("blob {} of {}", self.digest, self.repository);
        Call { range, what, ..call }
    }

    /// Takes the headers of a response; its body follows in chunks.
    pub fn begin(&mut self, head: &HttpResponse, now: u64) -> Result<(), RegistryError> {
        let call = self.call();
        let wrong = |expected: String, found: String| {
            RegistryError::new(
                Problem::new("blob-range", "The registry sent another part than was requested.")
                    .expected(expected)
                    .found(shortened(&found))
                    .in_blob(self.digest.to_string()),
            )
        };
        match head.status {
            200 => self.at = 0,
            206 => {
                let Some((first, last)) = call.range else {
                    return Err(wrong("the whole blob (200)".into(), "a part of it (206)".into()));
                };
                // If Content-Range is not exposed, size and digest must suffice.
                if let Some(value) = head.header("content-range") {
                    let told = content_range(value);
                    let size = told.and_then(|(.., size)| size);
                    let right = matches!(told, Some((a, b, _)) if a == first && b <= last);
                    if !right || size.is_some_and(|size| size != self.size) {
                        let want = format!("bytes {first}-{last}/{}", self.size);
                        return Err(wrong(want, value.to_owned()));
                    }
                }
                self.at = first;
            }
            416 => {
                return Err(wrong(byte_count(self.size), "a shorter blob (416)".into()));
            }
            _ => return Err(errors::of_response(head, &call.host(), &call.what, now)),
        }
        let known = head.number("content-length").filter(|_| head.status == 200);
        match known {
            Some(length) if length != self.size && head.header("content-encoding").is_none() => {
                Err(self.wrong_size(length).into())
            }
            _ => Ok(()),
        }
    }

    /// Takes a piece of the body; returns the wanted bytes of it, without a copy where it begins with them.
    pub fn chunk(&mut self, mut bytes: Vec<u8>) -> Result<Vec<u8>, Problem> {
        let from = self.at;
        let to = from.saturating_add(bytes.len() as u64);
        if to > self.size {
            return Err(self.wrong_size(to));
        }
        self.at = to;
        let (first, last) = (self.next.clamp(from, to), self.end.clamp(from, to));
        if first >= last {
            return Ok(Vec::new());
        }
        self.next = last;
        bytes.truncate((last - from) as usize);
        bytes.drain(..(first - from) as usize);
        Ok(bytes)
    }

    /// The body has ended. An early end is an error that another `call` can fix.
    pub fn ended(&self) -> Result<(), RegistryError> {
        if self.is_complete() {
            return Ok(());
        }
        let problem = Problem::new("blob-interrupted", "The transfer was interrupted.")
            .expected(byte_count(self.end))
            .found(byte_count(self.next))
            .in_blob(self.digest.to_string())
            .advice("It resumes where it stopped.");
        Err(RegistryError { retry: Retry::Soon, ..RegistryError::new(problem) })
    }

    fn wrong_size(&self, found: u64) -> Problem {
        Problem::new("blob-size", "The size of a blob does not match its descriptor.")
            .expected(byte_count(self.size))
            .found(format!("{} or more", byte_count(found)))
            .in_blob(self.digest.to_string())
    }
}

/// First byte, last byte and, if known, size of the whole, from `bytes A-B/N`.
fn content_range(value: &str) -> Option<(u64, u64, Option<u64>)> {
    let rest = value.strip_prefix("bytes")?.trim_start();
    let (range, size) = rest.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last) = (decimal(first.trim())?, decimal(last.trim())?);
    let size = match size.trim() {
        "*" => None,
        size => Some(decimal(size)?),
    };
    (first <= last && size.is_none_or(|size| last < size)).then_some((first, last, size))
}

/// Verifies a blob as it arrives.
pub struct Verifier {
    hasher: Option<Hasher>,
    digest: Digest,
}

impl Verifier {
    /// For the blob with this digest. With an unknown algorithm, nothing is ever verified.
    pub fn new(digest: &Digest) -> Verifier {
        Verifier { hasher: Hasher::of_algorithm(digest.algorithm()), digest: digest.clone() }
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        if let Some(hasher) = &mut self.hasher {
            hasher.update(bytes);
        }
    }

    /// Whether bytes that are all here match a digest. One of an unknown algorithm matches nothing.
    pub fn matches(digest: &Digest, bytes: &[u8]) -> bool {
        let mut verifier = Verifier::new(digest);
        verifier.update(bytes);
        matches!(verifier.finish(), Ok(true))
    }

    /// Whether the bytes match the digest; `Ok(false)` if that cannot be checked.
    pub fn finish(self) -> Result<bool, Problem> {
        let Some(hasher) = self.hasher else { return Ok(false) };
        let found = hasher.finish();
        if found == self.digest {
            return Ok(true);
        }
        Err(Problem::new("blob-digest-mismatch", "The digest of a blob does not match.")
            .expected(self.digest.to_string())
            .found(found.to_string())
            .in_blob(self.digest.to_string())
            .advice("It was discarded. Try again. If this continues, the registry or the proxy changed the blob."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BYTES: &[u8] = b"0123456789";

    fn blob() -> Transfer {
        let descriptor = Descriptor { size: 10, ..Descriptor::of(Digest::of(BYTES)) };
        Transfer::whole("r.example", "a/b", &descriptor).unwrap()
    }

    fn head(status: u16, range: &str) -> HttpResponse {
        let headers = vec![("Content-Range".to_owned(), range.to_owned())];
        let headers = headers.into_iter().filter(|_| !range.is_empty()).collect();
        HttpResponse { status, headers, body: Vec::new() }
    }

    #[test]
    fn a_broken_transfer_resumes_where_it_stopped() {
        let mut transfer = blob();
        let mut verifier = Verifier::new(&Digest::of(BYTES));
        assert_eq!(transfer.call().range, None);
        transfer.begin(&head(200, ""), 0).unwrap();
        verifier.update(&transfer.chunk(BYTES[..4].to_vec()).unwrap());
        assert_eq!(transfer.ended().unwrap_err().problem.code, "blob-interrupted");
        assert_eq!(transfer.call().range, Some((4, 9)));
        transfer.begin(&head(206, "bytes 4-9/10"), 0).unwrap();
        verifier.update(&transfer.chunk(BYTES[4..6].to_vec()).unwrap());
        // This time the registry ignores the range.
        transfer.begin(&head(200, ""), 0).unwrap();
        verifier.update(&transfer.chunk(BYTES[..5].to_vec()).unwrap());
        verifier.update(&transfer.chunk(BYTES[5..].to_vec()).unwrap());
        assert!(transfer.is_complete() && transfer.ended().is_ok());
        assert!(!transfer.needs_no_more(), "its end is not checked yet");
        assert_eq!(verifier.finish(), Ok(true));
    }

    #[test]
    fn only_the_needed_bytes_of_a_whole_response_are_used() {
        let mut transfer = blob().part(3, 2);
        assert_eq!(transfer.call().range, Some((3, 4)));
        transfer.begin(&head(200, ""), 0).unwrap();
        assert_eq!(transfer.chunk(BYTES[..4].to_vec()).unwrap(), b"3");
        assert!(!transfer.is_complete() && !transfer.needs_no_more());
        assert_eq!(transfer.chunk(BYTES[4..8].to_vec()).unwrap(), b"4");
        assert!(transfer.is_complete() && transfer.needs_no_more());
        assert_eq!(blob().part(8, u64::MAX).call().range, Some((8, 9)));
    }

    #[test]
    fn another_part_is_refused() {
        for (range, good) in [
            ("bytes 3-4/10", true),
            ("bytes 3-3/10", true),
            ("bytes 3-4/*", true),
            ("", true),
            ("bytes 2-4/10", false),
            ("bytes 3-5/10", false),
            ("bytes 3-4/11", false),
            ("bytes 4-3/10", false),
            ("bytes */10", false),
            ("lines 3-4/10", false),
        ] {
            assert_eq!(blob().part(3, 2).begin(&head(206, range), 0).is_ok(), good, "{range}");
        }
        for (status, code) in
            [(206, "blob-range"), (404, "registry-not-found"), (416, "blob-range")]
        {
            let error = blob().begin(&head(status, ""), 0).unwrap_err();
            assert_eq!(error.problem.code, code, "{status}");
        }
    }

    #[test]
    fn the_descriptor_s_size_is_the_limit() {
        let mut transfer = blob();
        transfer.begin(&head(200, ""), 0).unwrap();
        assert_eq!(transfer.chunk(vec![0; 11]).unwrap_err().code, "blob-size");
        let negative = Descriptor { size: -1, ..Descriptor::of(Digest::of(b"")) };
        assert_eq!(Transfer::whole("r", "a", &negative).unwrap_err().code, "blob-size");
        let huge = Descriptor { size: i64::MAX, ..Descriptor::of(Digest::of(b"")) };
        assert_eq!(Transfer::whole("r", "a", &huge).unwrap_err().code, "blob-size");
        let mut wrong = Verifier::new(&Digest::of(BYTES));
        wrong.update(b"else");
        assert_eq!(wrong.finish().unwrap_err().code, "blob-digest-mismatch");
        let unknown = Digest::parse("blake3:ab").unwrap();
        assert_eq!(Verifier::new(&unknown).finish(), Ok(false));
        assert!(Verifier::matches(&Digest::of(BYTES), BYTES));
        assert!(!Verifier::matches(&Digest::of(BYTES), b"else"));
        assert!(!Verifier::matches(&unknown, BYTES));
    }

    #[test]
    fn a_piece_that_is_wanted_is_moved() {
        let (mut transfer, piece) = (blob(), BYTES.to_vec());
        transfer.begin(&head(200, ""), 0).unwrap();
        let place = piece.as_ptr();
        let wanted = transfer.chunk(piece).unwrap();
        assert_eq!((wanted.as_ptr(), &wanted[..]), (place, BYTES));
    }

    proptest! {
        #[test]
        fn every_byte_arrives_once_wherever_the_transfer_breaks(cuts in prop::collection::vec((0..11usize, any::<bool>()), 0..6)) {
            let (mut transfer, mut got) = (blob(), Vec::new());
            for (length, whole) in cuts.into_iter().chain([(10, true)]) {
                if transfer.is_complete() { break }
                let from = if whole { 0 } else { transfer.call().range.map_or(0, |r| r.0) as usize };
                let status = if transfer.call().range.is_some() && !whole { 206 } else { 200 };
                transfer.begin(&head(status, ""), 0).unwrap();
                let from = if status == 200 { 0 } else { from };
                for byte in BYTES[from..].iter().take(length) {
                    got.extend(transfer.chunk(vec![*byte]).unwrap());
                }
            }
            prop_assert_eq!(got, BYTES);
        }

        #[test]
        fn any_header_is_read(value in ".{0,30}|bytes [0-9*-]{0,25}/[0-9*]{0,25}") {
            content_range(&value);
        }
    }
}
