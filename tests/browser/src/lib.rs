//! The harness of the browser tests: the page as `cargo xtask build` leaves it, in real browsers.
//!
//! Tests find elements by their accessible names, as the browser computes them.
//!
//! - A plain static server (`site`) serves `dist/` under a sub-path, without special headers, on a new port
//!   for each test. So each test has its own origin, and with it its own storage.
//! - All tests share one process of each browser (`browser`), which runs one test at a time. Its requests to
//!   any host but loopback go to a recorder, so none can pass unseen.
//! - After each test, the browser's console must be free of errors.
//! - Nothing waits for a fixed time: everything polls until a deadline.

pub mod browser;
pub mod compressed;
pub mod console;
pub mod devtools;
pub mod element;
pub mod material;
pub mod native;
pub mod page;
pub mod run;
pub mod signed;
pub mod site;

pub use browser::Kind;
pub use page::Page;

/// Turns an `async fn(page: &mut Page)` into a test for each browser, with its attributes. With `alone`
/// before it, no other test runs at the same time, so that it can measure time.
#[macro_export]
macro_rules! both_browsers {
    () => {};
    ($(#[$meta:meta])* async fn $name:ident($page:ident: &mut Page) $body:block $($rest:tt)*) => {
        $crate::both_browsers!(@ run [$(#[$meta])*] $name $page $body);
        $crate::both_browsers!($($rest)*);
    };
    ($(#[$meta:meta])* alone async fn $name:ident($page:ident: &mut Page) $body:block $($rest:tt)*) => {
        $crate::both_browsers!(@ run_alone [$(#[$meta])*] $name $page $body);
        $crate::both_browsers!($($rest)*);
    };
    (@ $how:ident $attributes:tt $name:ident $page:ident $body:block) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            async fn test($page: &mut Page) $body
            $crate::both_browsers!(# $how $attributes chromium Chromium);
            $crate::both_browsers!(# $how $attributes firefox Firefox);
        }
    };
    (# $how:ident [$(#[$meta:meta])*] $name:ident $kind:ident) => {
        $(#[$meta])*
        #[test]
        fn $name() { $crate::run::$how($crate::Kind::$kind, test); }
    };
}
