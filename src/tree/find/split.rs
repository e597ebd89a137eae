//! The text of a find, split at blanks into terms.
//!
//! - Quotes hold blanks together, wherever in a term they begin. A character within quotes has no special
//!   meaning; `""` within quotes is a quote. Quotes that do not end, end with the text.

/// A term as it was typed.
#[derive(Debug, Default)]
pub struct RawTerm {
    /// The characters without the quotes around them, each with whether it was quoted.
    pub chars: Vec<(char, bool)>,
    /// Its last quotes do not end.
    pub open: bool,
}

impl RawTerm {
    /// The characters of a term.
    pub fn text(chars: &[(char, bool)]) -> String {
        chars.iter().map(|(c, _)| *c).collect()
    }
}

/// The terms of a text.
pub fn split(text: &str) -> Vec<RawTerm> {
    let mut terms = Vec::new();
    let mut term = None::<RawTerm>;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, &mut term) {
            (c, _) if c.is_whitespace() => terms.extend(term.take()),
            ('"', term) => {
                let term = term.get_or_insert_default();
                term.open = true;
                while let Some(c) = chars.next() {
                    if c != '"' {
                        term.chars.push((c, true));
                    } else if chars.next_if_eq(&'"').is_some() {
                        term.chars.push(('"', true));
                    } else {
                        term.open = false;
                        break;
                    }
                }
            }
            (c, term) => term.get_or_insert_default().chars.push((c, false)),
        }
    }
    terms.extend(term);
    terms
}

#[test]
fn blanks_separate_and_quotes_hold_together() {
    let terms = |text| split(text).iter().map(|t| RawTerm::text(&t.chars)).collect::<Vec<_>>();
    assert_eq!(terms("  a\tb "), ["a", "b"]);
    assert_eq!(terms(r#"a" b"c "d""e" """#), ["a bc", "d\"e", ""]);
    assert!(split(r#"a "b c"#).last().is_some_and(|term| term.open && term.chars.len() == 3));
    assert_eq!(terms(" "), [""; 0]);
}
