//! The routes that one request may still take.

use crate::registry::endpoint::{Route, Routes, Traffic};

/// The routes that are left, for one host and one kind of traffic.
#[derive(Debug, Default)]
pub struct RoutesLeft {
    host: String,
    traffic: Traffic,
    /// The next one first; empty before the first request.
    left: Vec<Route>,
}

impl RoutesLeft {
    /// The route to try next. For another host or traffic than before, all routes are available again.
    pub fn next(&mut self, routes: &Routes, host: &str, traffic: Traffic) -> Route {
        if self.left.is_empty() || self.host != host || self.traffic != traffic {
            let left = routes.to(host, traffic);
            *self = RoutesLeft { host: host.to_owned(), traffic, left };
        }
        self.left.first().copied().unwrap_or(Route::Https)
    }

    /// The traffic for which the last route was chosen.
    pub fn traffic(&self) -> Traffic {
        self.traffic
    }

    /// Drops the route that was tried; false if it was the last.
    pub fn give_up(&mut self) -> bool {
        if self.left.len() > 1 {
            self.left.remove(0);
        } else {
            return false;
        }
        true
    }

    /// Drops all routes before the proxy; false if the proxy is not among them.
    pub fn skip_to_proxy(&mut self) -> bool {
        match self.left.iter().position(|route| *route == Route::Proxy) {
            Some(at) => {
                self.left.drain(..at);
                true
            }
            None => false,
        }
    }
}
