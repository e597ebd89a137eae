//! The path of a member within a file: `lib/a.jar!/org/B.class`, as Java writes it, through archives in archives.
//!
//! - Names are bytes of an archive, never paths of any file system: a name is compared with the names of members.
//! - `!/` is between an archive and its member, a `!` of a name is `!!`, and `name!2` is the second member of that name.
//!   So each path is written in one way and read in one way.

use serde::{Deserialize, Serialize};

/// Members within each other, from the file inwards; empty: the file itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MemberPath(pub Vec<MemberStep>);

/// A member of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MemberStep {
    pub name: Vec<u8>,
    /// Which of the members with this name, from 1.
    pub nth: u32,
}

impl MemberPath {
    /// The file itself.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A member of what this path leads to.
    pub fn with(&self, step: MemberStep) -> MemberPath {
        MemberPath(self.0.iter().cloned().chain([step]).collect())
    }

    /// The first steps.
    pub fn up_to(&self, steps: usize) -> MemberPath {
        MemberPath(self.0.iter().take(steps).cloned().collect())
    }

    /// The last component of the last name; empty: this is the file itself.
    pub fn last_name(&self) -> &[u8] {
        let name = self.0.last().map_or(&b""[..], |step| &step.name);
        let mut parts = name.rsplit(|byte| *byte == b'/').filter(|part| !part.is_empty());
        parts.next().unwrap_or(name)
    }

    /// As a link has it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for step in &self.0 {
            if !out.is_empty() {
                out.extend_from_slice(b"!/");
            }
            for byte in &step.name {
                out.extend_from_slice(if *byte == b'!' {
                    b"!!"
                } else {
                    std::slice::from_ref(byte)
                });
            }
            if step.nth > 1 || step.name.is_empty() {
                out.extend_from_slice(format!("!{}", step.nth).as_bytes());
            }
        }
        out
    }

    /// Reads a link's. Any bytes are some path.
    pub fn parse(bytes: &[u8]) -> MemberPath {
        if bytes.is_empty() {
            return MemberPath::default();
        }
        let mut steps = Vec::new();
        let (mut name, mut nth) = (Vec::new(), 1);
        let mut rest = bytes;
        while let Some((byte, after)) = rest.split_first() {
            rest = after;
            match (*byte, after.first()) {
                (b'!', Some(b'!')) => {
                    name.push(b'!');
                    rest = &after[1..];
                }
                (b'!', Some(b'/')) => {
                    steps.push(MemberStep { name: std::mem::take(&mut name), nth });
                    nth = 1;
                    rest = &after[1..];
                }
                (b'!', Some(b'0'..=b'9')) => match number(after) {
                    Some((number, behind)) => (nth, rest) = (number, behind),
                    None => name.push(b'!'),
                },
                (byte, _) => name.push(byte),
            }
        }
        steps.push(MemberStep { name, nth });
        MemberPath(steps)
    }
}

/// A number from 1 that a name ends with, and what follows.
fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = bytes.split_at(digits);
    let number = std::str::from_utf8(digits).ok()?.parse().ok().filter(|number| *number > 0)?;
    (rest.is_empty() || rest.starts_with(b"!/")).then_some((number, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn steps(path: &str) -> Vec<(String, u32)> {
        let text = |step: MemberStep| (String::from_utf8(step.name).unwrap(), step.nth);
        MemberPath::parse(path.as_bytes()).0.into_iter().map(text).collect()
    }

    #[test]
    fn a_path_leads_through_archives() {
        let step = |name: &str, nth| (name.to_owned(), nth);
        assert_eq!(steps(""), []);
        assert_eq!(steps("lib/a.jar!/org/B.class"), [step("lib/a.jar", 1), step("org/B.class", 1)]);
        assert_eq!(steps("/etc/x!!y!2!//z"), [step("/etc/x!y", 2), step("/z", 1)]);
        assert_eq!(
            steps("a!2b!0"),
            [step("a!2b!0", 1)],
            "other text after a mark is part of the name"
        );
        assert_eq!(MemberPath::parse(b"a/b.jar!/c/d/").last_name(), b"d");
        assert_eq!(MemberPath::parse(b"a!/b").up_to(1).to_bytes(), b"a");
    }

    proptest! {
        #[test]
        fn paths_are_read_as_they_were_written(
            names in proptest::collection::vec(("[!/0-9a]{0,6}", 1u32..4), 0..5)
        ) {
            let step = |(name, nth): (String, u32)| MemberStep { name: name.into_bytes(), nth };
            let path = MemberPath(names.into_iter().map(step).collect());
            prop_assert_eq!(MemberPath::parse(&path.to_bytes()), path);
        }

        #[test]
        fn any_bytes_are_some_path_that_is_normal_once_written(
            bytes in proptest::collection::vec(any::<u8>(), 0..40)
        ) {
            let path = MemberPath::parse(&bytes);
            prop_assert_eq!(MemberPath::parse(&path.to_bytes()), path);
        }
    }
}
