//! The paths that a Rust file names: `use` declarations, taken apart, and paths inside code.
//!
//! A scanner, not a parser: it reads code as `rust::strip` leaves it (without comments and literals),
//! and so also sees the paths inside macro calls. It resolves no types.

/// One path. Groups of a `use` declaration are already taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path<'a> {
    /// Where the path starts in the code; for an import, where its `use` starts.
    pub offset: usize,
    pub segments: Vec<&'a str>,
    /// Names of the inline modules (`mod x { … }`) around it, outermost first.
    pub inside: Vec<&'a str>,
    pub kind: Kind<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind<'a> {
    /// In code, with at least two segments.
    Code,
    /// `use path`, under the name that the file then has for it.
    Import { name: &'a str, public: bool },
    /// `use path::*`.
    Glob { public: bool },
}

impl<'a> Path<'a> {
    /// From the crate's root, if it starts with `crate`, `self` or `super` in the module `file`.
    pub fn absolute(&self, file: &[String]) -> Option<Vec<String>> {
        let inside = self.inside.iter().map(|name| name.to_string());
        let mut module: Vec<_> = file.iter().cloned().chain(inside).collect();
        let mut rest = self.segments.iter().peekable();
        match **rest.peek()? {
            "crate" => {
                module.clear();
                rest.next();
            }
            "self" | "super" => {}
            _ => return None,
        }
        while let Some(segment) = rest.next_if(|segment| ["self", "super"].contains(segment)) {
            if *segment == "super" {
                module.pop();
            }
        }
        module.extend(rest.map(|segment| segment.to_string()));
        Some(module)
    }
}

/// All paths of a file's code.
pub fn all(code: &str) -> Vec<Path<'_>> {
    let tokens = tokens(code);
    let mut scan = Scan { tokens: &tokens, at: 0, inside: Vec::new(), depth: 0, found: Vec::new() };
    scan.run();
    scan.found
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    Word(&'a str),
    /// `::`
    Colons,
    Sign(char),
}

/// Words, `::` and other characters except white space, with their offsets.
pub fn tokens(code: &str) -> Vec<(usize, Token<'_>)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = code[at..].chars().next() {
        let rest = &code[at..];
        let (token, length) = if is_word(first) {
            let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            (Token::Word(&rest[..length]), length)
        } else if rest.starts_with("::") {
            (Token::Colons, 2)
        } else {
            (Token::Sign(first), first.len_utf8())
        };
        if !first.is_whitespace() {
            tokens.push((at, token));
        }
        at += length;
    }
    tokens
}

struct Scan<'a, 't> {
    tokens: &'t [(usize, Token<'a>)],
    at: usize,
    /// Inline modules, with the depth of braces outside each.
    inside: Vec<(usize, &'a str)>,
    depth: usize,
    found: Vec<Path<'a>>,
}

impl<'a> Scan<'a, '_> {
    fn peek(&self, ahead: usize) -> Option<Token<'a>> {
        self.tokens.get(self.at + ahead).map(|(_, token)| *token)
    }

    fn run(&mut self) {
        while let Some(&(offset, token)) = self.tokens.get(self.at) {
            match token {
                Token::Sign('{') => self.depth += 1,
                Token::Sign('}') => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.inside.last().is_some_and(|(depth, _)| *depth == self.depth) {
                        self.inside.pop();
                    }
                }
                Token::Word("mod") => {
                    if let (Some(Token::Word(name)), Some(Token::Sign('{'))) =
                        (self.peek(1), self.peek(2))
                    {
                        self.inside.push((self.depth, name));
                    }
                }
                // `impl Trait + use<'a>` captures lifetimes and imports nothing.
                Token::Word("use") if self.peek(1) != Some(Token::Sign('<')) => {
                    let public = self.is_public();
                    self.at += 1;
                    self.use_tree(offset, Vec::new(), public);
                    continue;
                }
                Token::Word(_) if self.peek(1) == Some(Token::Colons) => {
                    let segments = self.path();
                    if segments.len() > 1 {
                        self.push(offset, segments, Kind::Code);
                    }
                    continue;
                }
                // The rest of a path that starts with a type: `<T as Trait>::Item::new`.
                Token::Colons => {
                    self.at += 1;
                    self.path();
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Whether `pub` or `pub(…)` precedes the current token.
    fn is_public(&self) -> bool {
        let before = |back: usize| self.at.checked_sub(back).map(|at| self.tokens[at].1);
        match before(1) {
            Some(Token::Word("pub")) => true,
            // `pub(crate)`, `pub(super)`, `pub(in a::b)`
            Some(Token::Sign(')')) => {
                let opening = self.tokens[..self.at]
                    .iter()
                    .rposition(|(_, token)| *token == Token::Sign('('));
                opening
                    .and_then(|at| at.checked_sub(1))
                    .is_some_and(|at| self.tokens[at].1 == Token::Word("pub"))
            }
            _ => false,
        }
    }

    /// Words joined by `::`, from the current one on; leaves the position behind them.
    fn path(&mut self) -> Vec<&'a str> {
        let mut segments = Vec::new();
        while let Some(Token::Word(word)) = self.peek(0) {
            segments.push(word);
            self.at += 1;
            if self.peek(0) != Some(Token::Colons) {
                break;
            }
            match self.peek(1) {
                Some(Token::Word(_)) => self.at += 1,
                _ => break,
            }
        }
        segments
    }

    /// One tree of a `use` declaration, up to the `,`, `}` or `;` that ends it.
    fn use_tree(&mut self, offset: usize, prefix: Vec<&'a str>, public: bool) {
        if self.peek(0) == Some(Token::Colons) {
            self.at += 1; // `::name` is a crate
        }
        let mut segments = prefix;
        segments.extend(self.path());
        if self.peek(0) == Some(Token::Colons) {
            self.at += 1;
        }
        match self.peek(0) {
            Some(Token::Sign('{')) => {
                self.at += 1;
                while !matches!(self.peek(0), None | Some(Token::Sign('}' | ';'))) {
                    self.use_tree(offset, segments.clone(), public);
                    if self.peek(0) == Some(Token::Sign(',')) {
                        self.at += 1;
                    }
                }
                self.at += 1;
            }
            Some(Token::Sign('*')) => {
                self.at += 1;
                self.push(offset, segments, Kind::Glob { public });
            }
            _ => {
                if segments.len() > 1 && segments.last() == Some(&"self") {
                    segments.pop();
                }
                let mut name = segments.last().copied().unwrap_or_default();
                if self.peek(0) == Some(Token::Word("as")) {
                    if let Some(Token::Word(other)) = self.peek(1) {
                        name = other;
                    }
                    self.at += 2;
                }
                self.push(offset, segments, Kind::Import { name, public });
                // Never stand still on what this scanner doesn't know.
                if !matches!(self.peek(0), None | Some(Token::Sign(',' | '}' | ';'))) {
                    self.at += 1;
                }
            }
        }
    }

    fn push(&mut self, offset: usize, segments: Vec<&'a str>, kind: Kind<'a>) {
        let inside = self.inside.iter().map(|(_, name)| *name).collect();
        self.found.push(Path { offset, segments, inside, kind });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `path [as name] [pub]`, a line each.
    fn shown(code: &str) -> Vec<String> {
        let show = |path: Path| {
            let joined = path.segments.join("::");
            match path.kind {
                Kind::Code => joined,
                Kind::Import { name, public } => {
                    format!("{joined} as {name}{}", if public { " pub" } else { "" })
                }
                Kind::Glob { public } => format!("{joined}::*{}", if public { " pub" } else { "" }),
            }
        };
        all(code).into_iter().map(show).collect()
    }

    #[test]
    fn use_declarations_are_taken_apart() {
        for (code, want) in [
            ("use crate::a::B;", &["crate::a::B as B"][..]),
            (
                "use crate::a::{self, B as C, d::*};",
                &["crate::a as a", "crate::a::B as C", "crate::a::d::*"],
            ),
            ("use {crate::a, super::b};", &["crate::a as a", "super::b as b"]),
            (
                "use crate::{a::{B, C,}, d};",
                &["crate::a::B as B", "crate::a::C as C", "crate::d as d"],
            ),
            ("pub use a::B;\nuse c;", &["a::B as B pub", "c as c"]),
            ("pub(crate) use a::*;", &["a::* pub"]),
            ("pub(in crate::x) use a::B;", &["crate::x", "a::B as B pub"]),
            ("fn f() -> impl Sized + use<'_> { a::b() }", &["a::b"]),
        ] {
            assert_eq!(shown(code), want, "{code}");
        }
    }

    #[test]
    fn paths_in_code_end_where_a_type_or_call_begins() {
        for (code, want) in [
            ("let x = crate :: a::f::<u8>(b);", &["crate::a::f"][..]),
            ("view! { <p>{self::a::B}</p> }", &["self::a::B"]),
            ("<T as Trait>::Item::new(a::B)", &["a::B"]),
            ("let x: u8 = y;", &[]),
        ] {
            assert_eq!(shown(code), want, "{code}");
        }
    }

    #[test]
    fn absolute_paths_count_inline_modules() {
        let file = ["a".to_owned(), "b".to_owned()];
        for (code, want) in [
            ("crate::x::Y", Some("x::Y")),
            ("self::x::Y", Some("a::b::x::Y")),
            ("super::x", Some("a::x")),
            ("super::super::x", Some("x")),
            ("mod tests { super::super::x }", Some("a::x")),
            ("mod tests {} super::x", Some("a::x")),
            ("x::Y", None),
        ] {
            let path = all(code).pop().unwrap();
            assert_eq!(path.absolute(&file).map(|path| path.join("::")).as_deref(), want, "{code}");
        }
    }
}
