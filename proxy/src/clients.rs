//! Clients, where a trusted server before the proxy names their addresses: each has a number of places.
//!
//! - An IPv6 client has a whole network of addresses, so these are distinguished by their first 64 bits.
//! - A client without requests is not remembered.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Requests of each client that have not ended.
#[derive(Clone, Default)]
pub struct Clients(Arc<Mutex<HashMap<String, usize>>>);

/// A place of a client, free again when it is dropped.
pub struct Place {
    clients: Clients,
    client: String,
}

impl Clients {
    /// Takes a place of a client, by its address as it is written; `None` if it has `most` already.
    pub fn take(&self, address: &str, most: usize) -> Option<Place> {
        let client = name(address);
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = clients.entry(client.clone()).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Place { clients: self.clone(), client })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut clients = self.clients.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = clients.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                clients.remove(&self.client);
            }
        }
    }
}

/// What distinguishes a client from others. All without a readable address are one.
fn name(address: &str) -> String {
    match address.trim().parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => address.to_string(),
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Err(_) => String::new(),
    }
}

#[test]
fn a_client_has_its_places_and_others_have_theirs() {
    let clients = Clients::default();
    let first = clients.take("2001:db8::1", 2);
    let second = clients.take(" 2001:db8::2", 2);
    assert!(first.is_some() && second.is_some() && clients.take("2001:db8::3", 2).is_none());
    assert!(clients.take("192.0.2.1", 2).is_some());
    drop(first);
    assert!(clients.take("2001:db8::4", 2).is_some());
    drop(second);
    assert!(clients.0.lock().unwrap().is_empty());
}
