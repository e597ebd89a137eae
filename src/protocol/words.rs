//! Enums that links spell as words.

/// An enum whose values are words in links. A word never changes its meaning (docs/links.md).
pub trait LinkWord: Copy + PartialEq + 'static {
    /// All values, in the order in which menus show them.
    const ALL: &'static [Self];

    /// The word in links.
    fn word(self) -> &'static str;

    /// `None` for a word that this version does not know.
    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.word() == word)
    }
}

/// Declares such an enum: variants with their words, the first one the default.
macro_rules! link_words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$variant_doc])* $variant),* }

        impl crate::protocol::LinkWord for $name {
            const ALL: &'static [$name] = &[$($name::$variant),*];

            fn word(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }
        }

        impl Default for $name {
            fn default() -> $name {
                <$name as crate::protocol::LinkWord>::ALL[0]
            }
        }
    };
}

pub(super) use link_words;
