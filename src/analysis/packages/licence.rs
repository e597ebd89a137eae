//! Licences as packages declare them, as SPDX writes them, where that is certain.
//!
//! Source: SPDX specification 2.3, annex D, "SPDX license expressions", and the SPDX licence list (its
//! version is in `LIST_VERSION`; `licence/ids.txt` is made by tests/fixtures/sbom/make-ids.py). What
//! ecosystems write besides: Debian's copyright-format 1.0 (`Expat`, `GPL-2+`), Fedora's short names
//! (`ASL 2.0`, `GPLv2+`), PyPI's classifiers, Cargo's slash, CPAN's `perl_5`.
//!
//! - A wrong licence is worse than none: `BSD`, `GPL`, `Artistic` and `LGPLv2` say too little, and one part
//!   that is not understood makes the whole not understood.
//! - GNU's deprecated identifiers become those of today: `GPL-2.0` is `GPL-2.0-only`.
//! - Hostile text: bounded in length and in nesting.

mod name;

#[cfg(test)]
mod tests;

/// The version of the licence list.
pub const LIST_VERSION: &str = "3.28";
/// Bytes of a declaration that is read: beyond it stands a licence's text, not its name.
const MAX_LENGTH: usize = 2048;
/// Parentheses within each other.
const MAX_DEPTH: usize = 32;

/// The SPDX expression that says what is declared; `None` where that is not certain.
pub fn normalise(declared: &str) -> Option<String> {
    let declared = declared.trim();
    if declared.len() > MAX_LENGTH {
        return None;
    }
    // A whole name first: some hold the words `and`, `or` or parentheses.
    if let Some(id) = name::licence(declared) {
        return Some(id);
    }
    let tokens = tokens(declared);
    let mut parser = ExpressionParser { tokens: &tokens, at: 0 };
    let (text, _) = parser.alternatives(0)?;
    (parser.at == tokens.len()).then_some(text)
}

/// Whether this is the identifier of a listed licence, as it is spelled.
pub fn is_listed(id: &str) -> bool {
    name::listed(id)
}

/// One expression for several that hold together.
pub fn all_of(expressions: &[String]) -> String {
    let mut parts = Vec::new();
    for expression in expressions {
        let part = match expression.contains(" OR ") && expressions.len() > 1 {
            true => format!("({expression})"),
            false => expression.clone(),
        };
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts.join(" AND ")
}

/// The `LicenseRef-…` names of an expression.
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
                // `or later` is no alternative.
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

/// How loosely an expression holds together, so that parentheses stand where they are needed.
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

    /// The words up to the next operator: one name.
    fn words(&mut self) -> Option<String> {
        let mut words = Vec::new();
        while let Some(LicenceToken::Word(word)) = self.tokens.get(self.at) {
            words.push(*word);
            self.at += 1;
        }
        (!words.is_empty()).then(|| words.join(" "))
    }
}
