//! Clients, where a trusted server before the proxy names their addresses: each has a number of places.
//!
//! - An IPv6 client has a whole network of addresses, so these are distinguished by their first 64 bits.
//! - A client without requests is not remembered.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
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
    match address_of(address.trim()).map(|address| address.to_canonical()) {
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        None => String::new(),
    }
}

/// An address as servers write it: some add the client's port, or brackets, which the `Forwarded` header has too.
fn address_of(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    bare.parse().ok().or_else(with_port)
}

#[test]
fn an_address_is_read_with_its_port_too() {
    for (written, client) in [
        ("192.0.2.1", "192.0.2.1"),
        (" 192.0.2.1:4711", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8:0:0::/64"),
        ("[2001:db8::2]", "2001:db8:0:0::/64"),
        ("[2001:db8::3]:4711", "2001:db8:0:0::/64"),
        ("unknown", ""),
        ("192.0.2.1:", ""),
        ("[192.0.2.1", ""),
    ] {
        assert_eq!(name(written), client, "{written}");
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
