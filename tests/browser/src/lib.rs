//! The harness of the browser tests: the page as `cargo xtask build` leaves it, in real browsers.
//!
//! Source: `../shared/CONTRACTS.md`, "The page, for a keyboard, a screen reader or a test" and "What leaves
//! the page". Tests find things by the names that a screen reader says, computed by the browser.
//!
//! - `dist/` is served by a plain static server of our own (`site`), under a sub-path, without any special
//!   header, on a port of its own for each test: so each test has an origin, and with it storage, of its own.
//! - One browser of each kind a process (`browser`), one test at a time in it; every host but loopback
//!   leads to a recorder, so that no request to the world can pass unseen.
//! - After each test the browser's console must be free of errors, whatever else the test looked at.
//! - Nothing waits for a fixed time: everything polls for what it wants, up to a deadline.

pub mod browser;
pub mod compressed;
pub mod console;
pub mod devtools;
pub mod element;
pub mod material;
pub mod native;
pub mod page;
pub mod run;
pub mod site;

pub use browser::Kind;
pub use page::Page;

/// Makes a test for each browser out of an `async fn(page: &mut Page)`; with `alone` before it, no other
/// test runs meanwhile, so that times can be measured. Attributes go to both tests.
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
