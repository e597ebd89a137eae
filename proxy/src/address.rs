//! Addresses: which ones are public, so that the proxy may connect to them.
//!
//! Source: the IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890 and its updates).
//!
//! - The address that is checked is the one to which the connection is opened, never one of an earlier lookup.
//! - An IPv6 address that contains an IPv4 address is judged by that, because a translator or the kernel would send
//!   packets there.
//! - Only global unicast IPv6 addresses are allowed, so ranges that are assigned later stay blocked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether the address is on the public network: not private, loopback, link-local, shared by a carrier (CGNAT),
/// multicast, reserved, for benchmarks or for documentation.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127, _, _)             // this network, private, loopback
            | (100, 64..=127, _)         // shared by a carrier
            | (169, 254, _)              // link-local, where clouds have their metadata
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)            // protocol assignments, documentation
            | (192, 88, 99)              // 6to4 relays
            | (192, 168, _)
            | (198, 18..=19, _)          // benchmarks
            | (198, 51, 100)
            | (203, 0, 113)
            | (224..=255, _, _) // multicast, reserved, broadcast
    )
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, _, _, _, g, h] = address.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match (a, b) {
        // ::ffff:0:0/96, an IPv4 address in a socket for both versions.
        _ if address.to_ipv4_mapped().is_some() => is_public_v4(v4(g, h)),
        // 64:ff9b::/96, an IPv4 address behind NAT64; 64:ff9b:1::/48 is local to a site.
        (0x64, 0xff9b) => address.segments()[2..6] == [0; 4] && is_public_v4(v4(g, h)),
        // 2002::/16, 6to4.
        (0x2002, _) => is_public_v4(v4(b, c)),
        // 2001::/23: protocol assignments, with Teredo, benchmarks and ORCHID; 2001:db8::/32.
        (0x2001, 0..=0x1ff | 0xdb8) => false,
        // 3fff::/20, documentation.
        (0x3fff, 0..=0xfff) => false,
        // 2000::/3, global unicast. ::a.b.c.d, fc00::/7, fe80::/10 and ff00::/8 are not.
        _ => a & 0xe000 == 0x2000,
    }
}

#[test]
fn cases() {
    for (public, addresses) in [
        (true, "1.1.1.1 8.8.8.8 100.63.255.255 100.128.0.0 172.15.0.1 172.32.0.1 192.0.1.1"),
        (true, "198.17.0.1 198.20.0.1 223.255.255.255 169.253.0.1 192.167.1.1"),
        (true, "2606:4700::1111 2a00:1450::1 2001:4860:4860::8888 2001:200::1 3ffe::1"),
        (true, "::ffff:1.1.1.1 64:ff9b::1.1.1.1 2002:101:101::1"),
        (false, "0.0.0.0 0.1.2.3 10.0.0.1 127.0.0.1 127.255.255.255 100.64.0.1 100.127.255.255"),
        (false, "169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8 192.0.2.1 192.88.99.1"),
        (false, "192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1"),
        (false, "239.255.255.255 240.0.0.1 255.255.255.255"),
        (false, ":: ::1 ::127.0.0.1 ::1.1.1.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:0.0.0.0"),
        (false, "::ffff:0:10.0.0.1 64:ff9b::10.0.0.1 64:ff9b::127.0.0.1 64:ff9b:1::1.1.1.1"),
        (false, "2002:7f00:1::1 2002:a00:1::1 2002:c0a8:101::1 2001::1 2001:2::1 2001:10::1"),
        (false, "2001:db8::1 3fff::1 100::1 fc00::1 fd12:3456::1 fe80::1 fec0::1 ff02::1 5f00::1"),
    ] {
        for text in addresses.split(' ') {
            assert_eq!(is_public(text.parse().unwrap()), public, "{text}");
        }
    }
}
