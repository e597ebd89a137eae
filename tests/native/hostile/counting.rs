//! What a piece of work costs on its thread: processor time, and memory as the allocator sees it.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::Instant;

/// The allocator of the native tests, which counts the bytes of each thread.
pub struct CountingAllocator;

thread_local! {
    /// Bytes that the thread holds, and the most that it held. Bytes that another thread frees stay counted.
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
    /// All bytes that it ever allocated.
    static ALLOCATED: Cell<usize> = const { Cell::new(0) };
}

fn count(grown: usize, shrunk: usize) {
    // A thread that ends has no counters any more.
    let _ = HELD.try_with(|held| {
        let now = held.get() + grown as isize - shrunk as isize;
        held.set(now);
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(now)));
    });
    let _ = ALLOCATED.try_with(|all| all.set(all.get().wrapping_add(grown)));
}

// SAFETY: every call is passed on to the system's allocator unchanged.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(0, layout.size());
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size, layout.size());
        unsafe { System.realloc(at, layout, size) }
    }
}

/// What a piece of work costs.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Nanoseconds of processor time of the thread.
    pub time: u64,
    /// Bytes that it held at most, beyond those before it.
    pub peak: u64,
    /// Bytes that it allocated.
    pub allocated: u64,
}

/// Runs a piece of work on this thread.
pub fn cost<T>(work: impl FnOnce() -> T) -> Cost {
    let start = processor_time();
    let clock = Instant::now();
    let before = HELD.get();
    PEAK.set(before);
    let allocated = ALLOCATED.get();
    let result = work();
    let peak = (PEAK.get() - before).max(0) as u64;
    let allocated = ALLOCATED.get().wrapping_sub(allocated) as u64;
    let wall = clock.elapsed().as_nanos() as u64;
    let time = match (start, processor_time()) {
        (Some(start), Some(end)) => (end - start).min(wall),
        _ => wall,
    };
    drop(result);
    Cost { time, peak, allocated }
}

/// Nanoseconds that this thread was on a processor; `None` where the system does not say.
fn processor_time() -> Option<u64> {
    std::thread::yield_now(); // the number is brought up to date
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().filter(|time| *time > 0)
}

#[test]
fn memory_is_counted_exactly() {
    let cost = cost(|| {
        let held = vec![1u8; 1000];
        drop(vec![2u8; 500]);
        held
    });
    assert_eq!((cost.peak, cost.allocated), (1500, 1500));
}
