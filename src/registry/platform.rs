//! Which platform of an index is opened.
//!
//! Source: containerd's platforms package (compare.go, `Only`; database.go for other spellings): the platform
//! itself, then its compatible variants, newest first. Where none is named, linux/amd64, else the first.

use crate::oci::Platform;

/// The platform that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Only this one, named by a link or the user.
    Exactly(Platform),
    /// This one or a compatible one; otherwise linux/amd64; otherwise the first.
    Preferably(Platform),
}

/// Reads `linux/arm64/v8`; `None` if the system or the architecture is missing.
pub fn parse(text: &str) -> Option<Platform> {
    let mut parts = text.split('/').map(str::to_owned);
    let (os, architecture) = (parts.next()?, parts.next()?);
    let variant = parts.next().unwrap_or_default();
    let whole = !os.is_empty() && !architecture.is_empty() && parts.next().is_none();
    whole.then_some(Platform { os, architecture, variant })
}

/// The position of the wanted platform in `platforms`.
pub fn choose(wish: &Wish, platforms: &[&Platform]) -> Option<usize> {
    let best = |wanted: &Platform| {
        let ranked = platforms.iter().enumerate();
        let ranked = ranked.filter_map(|(at, have)| Some((rank(wanted, have)?, at)));
        ranked.min().map(|(_, at)| at)
    };
    match wish {
        Wish::Exactly(wanted) => {
            let same = |have: &&Platform| normalized(have) == normalized(wanted);
            // Without a variant, any matches, the best first: `linux/arm` in an index with v6 and v7.
            let any = wanted.variant.is_empty().then(|| best_of_any_variant(wanted, platforms));
            platforms.iter().position(same).or(any.flatten())
        }
        Wish::Preferably(wanted) => best(wanted)
            .or_else(|| best(&Platform { os: "linux".into(), ..amd64() }))
            .or_else(|| platforms.iter().position(|have| is_known(have)))
            .or_else(|| (!platforms.is_empty()).then_some(0)),
    }
}

fn amd64() -> Platform {
    Platform { architecture: "amd64".into(), ..Platform::default() }
}

/// Builders use `unknown/unknown` for manifests that are not images.
fn is_known(platform: &Platform) -> bool {
    !matches!(&platform.os[..], "" | "unknown") && platform.architecture != "unknown"
}

fn best_of_any_variant(wanted: &Platform, platforms: &[&Platform]) -> Option<usize> {
    if let Some(at) = platforms.iter().position(|have| rank(wanted, have) == Some(0)) {
        return Some(at);
    }
    let (os, architecture) = key(&normalized(wanted));
    platforms.iter().position(|have| key(&normalized(have)) == (os.clone(), architecture.clone()))
}

fn key(platform: &Platform) -> (String, String) {
    (platform.os.clone(), platform.architecture.clone())
}

/// How well `have` runs on `wanted`: 0 is the same platform; `None`: not at all.
fn rank(wanted: &Platform, have: &Platform) -> Option<usize> {
    let have = normalized(have);
    compatible(&normalized(wanted)).iter().position(|platform| *platform == have)
}

/// The platforms that run on a platform, the best first, all normalized.
fn compatible(platform: &Platform) -> Vec<Platform> {
    let with = |architecture: &str, variant: String| {
        let os = platform.os.clone();
        normalized(&Platform { os, architecture: architecture.to_owned(), variant })
    };
    let mut list = vec![platform.clone()];
    let number = |text: &str| text.strip_prefix('v').and_then(|n| n.parse::<u32>().ok());
    match &platform.architecture[..] {
        "amd64" => {
            let version = number(&platform.variant).unwrap_or(1).min(9);
            list.extend((1..version).rev().map(|v| with("amd64", format!("v{v}"))));
            list.push(with("386", String::new()));
        }
        "arm" => {
            let version = number(&platform.variant).unwrap_or(7).min(9);
            list.extend((5..version).rev().map(|v| with("arm", format!("v{v}"))));
        }
        "arm64" => {
            let (major, minor) =
                platform.variant.split_once('.').unwrap_or((&platform.variant, "0"));
            let major = number(major).unwrap_or(8);
            let minor: u32 = minor.parse().ok().filter(|minor| *minor < 10).unwrap_or(0);
            let named = |major: u32, minor: u32| match minor {
                0 => format!("v{major}"),
                minor => format!("v{major}.{minor}"),
            };
            // v9.N includes v8.(N+5).
            let below = if major == 9 { (minor + 5).min(9) + 1 } else { 0 };
            list.extend((0..minor).rev().map(|m| with("arm64", named(major, m))));
            list.extend((0..below).rev().map(|m| with("arm64", named(8, m))));
            list.extend((5..=8).rev().map(|v| with("arm", format!("v{v}"))));
        }
        _ => {}
    }
    list
}

/// The normal spelling of a platform.
fn normalized(platform: &Platform) -> Platform {
    let (os, architecture) = (platform.os.to_lowercase(), platform.architecture.to_lowercase());
    let variant = platform.variant.to_lowercase();
    let (architecture, variant) = match (&architecture[..], &variant[..]) {
        ("i386", _) => ("386", ""),
        ("x86_64" | "x86-64" | "amd64", "v1") => ("amd64", ""),
        ("x86_64" | "x86-64", variant) => ("amd64", variant),
        ("aarch64" | "arm64", "8" | "v8") => ("arm64", ""),
        ("aarch64", variant) => ("arm64", variant),
        ("armhf", _) | ("arm", "" | "7") => ("arm", "v7"),
        ("armel", _) | ("arm", "6") => ("arm", "v6"),
        ("arm", "5") => ("arm", "v5"),
        ("arm", "8") => ("arm", "v8"),
        (architecture, variant) => (architecture, variant),
    };
    Platform { os, architecture: architecture.to_owned(), variant: variant.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chosen(wish: &Wish, list: &str) -> Option<String> {
        let platforms: Vec<_> = list.split(' ').filter_map(parse).collect();
        let all: Vec<_> = platforms.iter().collect();
        choose(wish, &all).map(|at| platforms[at].to_string())
    }

    #[test]
    fn the_best_compatible_platform_is_preferred() {
        for (wanted, list, want) in [
            ("linux/arm64", "linux/amd64 linux/arm64/v8", "linux/arm64/v8"),
            ("linux/arm64", "linux/amd64 linux/arm/v6 linux/arm/v7", "linux/arm/v7"),
            ("linux/arm64/v9", "linux/arm64 linux/arm64/v8.4 linux/arm64/v8.6", "linux/arm64/v8.4"),
            ("linux/arm", "linux/arm/v5 linux/arm/v7 linux/arm/v6", "linux/arm/v7"),
            ("linux/arm/v6", "linux/arm/v7 linux/arm/v5", "linux/arm/v5"),
            ("linux/amd64", "linux/386 linux/amd64/v2 linux/amd64", "linux/amd64"),
            ("linux/amd64/v3", "linux/amd64 linux/amd64/v4 linux/amd64/v2", "linux/amd64/v2"),
            ("linux/amd64", "windows/amd64 linux/386", "linux/386"),
            ("linux/x86_64", "linux/arm64 linux/amd64", "linux/amd64"),
            ("linux/riscv64", "linux/arm64 linux/amd64", "linux/amd64"),
            ("linux/riscv64", "unknown/unknown windows/amd64", "windows/amd64"),
        ] {
            let wish = Wish::Preferably(parse(wanted).unwrap());
            assert_eq!(chosen(&wish, list).as_deref(), Some(want), "{wanted} of {list}");
        }
        assert_eq!(choose(&Wish::Preferably(Platform::default()), &[]), None);
    }

    #[test]
    fn only_the_named_platform_is_chosen() {
        for (wanted, list, want) in [
            ("linux/arm64", "linux/amd64 linux/arm64/v8", Some("linux/arm64/v8")),
            ("linux/arm64/v8", "linux/amd64 linux/arm64", Some("linux/arm64")),
            ("linux/arm", "linux/amd64 linux/arm/v6", Some("linux/arm/v6")),
            ("linux/arm/v7", "linux/amd64 linux/arm/v6", None),
            ("linux/s390x", "linux/amd64", None),
            ("linux/amd64", "linux/386", None),
        ] {
            let wish = Wish::Exactly(parse(wanted).unwrap());
            assert_eq!(chosen(&wish, list).as_deref(), want, "{wanted} of {list}");
        }
    }

    proptest! {
        #[test]
        fn any_platform_is_read(text in "(linux|.{0,5})/(arm64|arm|amd64)/v?[0-9.]{0,12}") {
            if let Some(platform) = parse(&text) {
                prop_assert!(compatible(&normalized(&platform)).len() < 40);
                prop_assert_eq!(choose(&Wish::Exactly(platform.clone()), &[&platform]), Some(0));
            }
        }
    }
}
