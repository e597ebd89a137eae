//! Which routes to hosts worked, as a text that the cache keeps: a line for each host and kind of traffic.

use crate::registry::endpoint::{Route, Traffic};

/// The routes in a text. Lines of another form are left out.
pub fn read_routes(text: &str) -> impl Iterator<Item = (&str, Traffic, Route)> {
    text.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let host = words.next()?;
        let authorized = words.next()?.parse().ok()?;
        let blob = words.next()?.parse().ok()?;
        let route = match words.next()? {
            "https" => Route::Https,
            "http" => Route::Http,
            "proxy" => Route::Proxy,
            _ => return None,
        };
        Some((host, Traffic { authorized, blob }, route))
    })
}

/// The routes as a text, in an order that stays.
pub fn write_routes<'a>(routes: impl Iterator<Item = (&'a str, Traffic, Route)>) -> String {
    let line = |(host, traffic, route): (&str, Traffic, Route)| {
        let route = match route {
            Route::Https => "https",
            Route::Http => "http",
            Route::Proxy => "proxy",
        };
        format!("{host} {} {} {route}", traffic.authorized, traffic.blob)
    };
    let mut lines: Vec<String> = routes.map(line).collect();
    lines.sort();
    lines.join("\n")
}

#[test]
fn what_is_written_is_read_and_other_lines_are_left_out() {
    let text = "ghcr.io true false proxy\nquay.io false true https";
    assert_eq!(write_routes(read_routes(text)), text);
    for wrong in ["", "quay.io", "quay.io yes no https", "quay.io true true tunnel"] {
        assert_eq!(read_routes(wrong).count(), 0, "{wrong}");
    }
}
