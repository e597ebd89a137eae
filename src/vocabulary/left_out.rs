//! What a comparison of images leaves out.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a comparison leaves out: in builds that should be reproducible, these differ first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LeftOut {
    /// Times of paths.
    pub times: bool,
    /// Owners by number.
    pub owners: bool,
    /// The order of variables and of steps.
    pub order: bool,
}

impl LeftOut {
    /// `times,owners,order`, as links and arguments have it; `None` for another word.
    pub fn parse(text: &str) -> Option<LeftOut> {
        let mut left_out = LeftOut::default();
        for word in text.split(',').filter(|word| !word.is_empty()) {
            match word {
                "times" => left_out.times = true,
                "owners" => left_out.owners = true,
                "order" => left_out.order = true,
                _ => return None,
            }
        }
        Some(left_out)
    }

    /// The words of what is left out.
    pub fn words(self) -> Vec<&'static str> {
        let words = [("times", self.times), ("owners", self.owners), ("order", self.order)];
        words.into_iter().filter(|(_, on)| *on).map(|(word, _)| word).collect()
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().join(","))
    }
}

#[test]
fn what_is_left_out_is_read_and_written() {
    for (text, written) in [("", Some("")), ("owners", Some("owners")), ("dates", None)] {
        assert_eq!(LeftOut::parse(text).map(|it| it.to_string()).as_deref(), written, "{text}");
    }
    let all = LeftOut { times: true, owners: true, order: true };
    assert_eq!(LeftOut::parse("order,times,owners"), Some(all));
    assert_eq!(all.to_string(), "times,owners,order");
}
