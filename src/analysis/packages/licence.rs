//! Declared licences as SPDX expressions, where that is certain.
//!
//! Source: SPDX specification 2.3, annex D, "SPDX license expressions", and the SPDX licence list of
//! version `LIST_VERSION` (tests/fixtures/sbom/make-ids.py makes `licence/ids.txt` of it). Other forms in
//! use: Debian's copyright-format 1.0 (`Expat`, `GPL-2+`), Fedora's short names (`ASL 2.0`, `GPLv2+`),
//! PyPI's classifiers, Cargo's slash, CPAN's `perl_5`.
//!
//! - A wrong licence is worse than none: `BSD`, `GPL`, `Artistic` and `LGPLv2` are ambiguous, and one
//!   unknown part makes the whole expression unknown.
//! - Deprecated GNU identifiers become the current ones: `GPL-2.0` is `GPL-2.0-only`.
//! - Hostile input: length and nesting are limited.

mod name;

use std::collections::BTreeSet;

#[cfg(test)]
mod tests;

/// Version of the licence list.
pub const LIST_VERSION: &str = "3.28";
/// Most bytes of a declaration; a longer text is a licence's text, not its name.
const MAX_LENGTH: usize = 2048;
/// Deepest nesting of parentheses.
const MAX_DEPTH: usize = 32;

/// The SPDX expression of a declaration; `None` if that is not certain.
pub fn normalise(declared: &str) -> Option<String> {
    if declared.trim().len() > MAX_LENGTH {
        return None;
    }
    // Names differ in blanks only; line breaks are for readers.
    let declared = &declared.split_whitespace().collect::<Vec<_>>().join(" ");
    // Whole names first: some contain the words `and` or `or`, or parentheses.
    if let Some(id) = name::licence(declared) {
        return Some(id);
    }
    let tokens = tokens(declared);
    let mut parser = ExpressionParser { tokens: &tokens, at: 0 };
    let (text, _) = parser.alternatives(0)?;
    (parser.at == tokens.len()).then_some(text)
}

/// Whether this is exactly the identifier of a listed licence.
pub fn is_listed(id: &str) -> bool {
    name::listed(id)
}

/// One expression for several licences that all apply.
pub fn all_of(expressions: &[String]) -> String {
    let mut parts = Vec::new();
    let mut seen = BTreeSet::new();
    for expression in expressions.iter().filter(|one| seen.insert(one.as_str())) {
        parts.push(match expression.contains(" OR ") && expressions.len() > 1 {
            true => format!("({expression})"),
            false => expression.clone(),
        });
    }
    parts.join(" AND ")
}

/// The `LicenseRef-…` names in an expression.
pub fn references(expression: &str) -> impl Iterator<Item = &str> {
    let words = expression.split([' ', '(', ')']);
    words.filter(|word| word.starts_with(name::REFERENCE))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LicenceToken<'a> {
    Open,
    Close,
    And,
    Or,
    With,
    Word(&'a str),
}

fn tokens(text: &str) -> Vec<LicenceToken<'_>> {
    let mut tokens = Vec::new();
    for word in text.split_whitespace() {
        for piece in word.split_inclusive(['(', ')']) {
            let (inner, bracket) = match piece.as_bytes().last() {
                Some(b'(') => (piece.strip_suffix('('), Some(LicenceToken::Open)),
                Some(b')') => (piece.strip_suffix(')'), Some(LicenceToken::Close)),
                _ => (Some(piece), None),
            };
            let inner = inner.unwrap_or("");
            match inner.to_ascii_lowercase().as_str() {
                "" => {}
                "and" | "&" | "&&" => tokens.push(LicenceToken::And),
                "or" | "|" | "||" => tokens.push(LicenceToken::Or),
                "with" => tokens.push(LicenceToken::With),
                // `or later` is not an alternative.
                "later" | "newer" if tokens.last() == Some(&LicenceToken::Or) => {
                    tokens.pop();
                    tokens.push(LicenceToken::Word("or-later"));
                }
                _ => tokens.push(LicenceToken::Word(inner)),
            }
            tokens.extend(bracket);
        }
    }
    tokens
}

/// The weakest operator of an expression, which decides whether it needs parentheses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Binding {
    Or,
    No,
}

struct ExpressionParser<'a> {
    tokens: &'a [LicenceToken<'a>],
    at: usize,
}

impl ExpressionParser<'_> {
    fn take(&mut self, token: LicenceToken<'_>) -> bool {
        let is_next = self.tokens.get(self.at) == Some(&token);
        self.at += usize::from(is_next);
        is_next
    }

    /// Source: annex D, "Order of precedence": WITH, AND, OR. Debian's rule is the same.
    fn alternatives(&mut self, depth: usize) -> Option<(String, Binding)> {
        let (mut text, mut loose) = self.conjunction(depth)?;
        while self.take(LicenceToken::Or) {
            text.push_str(" OR ");
            text.push_str(&self.conjunction(depth)?.0);
            loose = Binding::Or;
        }
        Some((text, loose))
    }

    fn conjunction(&mut self, depth: usize) -> Option<(String, Binding)> {
        let (mut text, loose) = self.operand(depth)?;
        if self.tokens.get(self.at) != Some(&LicenceToken::And) {
            return Some((text, loose));
        }
        if loose == Binding::Or {
            text = format!("({text})");
        }
        while self.take(LicenceToken::And) {
            let (more, loose) = self.operand(depth)?;
            text.push_str(" AND ");
            text.push_str(&if loose == Binding::Or { format!("({more})") } else { more });
        }
        Some((text, Binding::No))
    }

    fn operand(&mut self, depth: usize) -> Option<(String, Binding)> {
        if depth >= MAX_DEPTH {
            return None;
        }
        if self.take(LicenceToken::Open) {
            let inner = self.alternatives(depth + 1)?;
            return self.take(LicenceToken::Close).then_some(inner);
        }
        let mut text = name::licence(&self.words()?)?;
        if self.take(LicenceToken::With) {
            let exception = name::exception(&self.words()?)?;
            text = format!("{text} WITH {exception}");
        }
        Some((text, Binding::No))
    }

    /// The words up to the next operator, which are one name.
    fn words(&mut self) -> Option<String> {
        let mut words = Vec::new();
        while let Some(LicenceToken::Word(word)) = self.tokens.get(self.at) {
            words.push(*word);
            self.at += 1;
        }
        (!words.is_empty()).then(|| words.join(" "))
    }
}
