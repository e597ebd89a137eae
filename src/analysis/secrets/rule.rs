//! What a rule for one kind of secret says. The rules are data, in `rules/`, one file a family.

use super::candidate::SecretCheck;

/// One kind of secret.
pub struct SecretRule {
    /// Stable name, as in reports.
    pub code: &'static str,
    /// Who issues it.
    pub service: &'static str,
    /// What it gives access to.
    pub access: &'static str,
    /// Where it can be revoked.
    pub revoke: &'static str,
    /// Each match contains one of these, in either case. A rule without keywords is for the files that it
    /// names, where it is tried at each word.
    pub keywords: &'static [&'static str],
    /// So many bytes of the pattern may come before the keyword.
    pub before: usize,
    /// The rule is for files with these names: `/.netrc` is a name, `/.kube/config` the end of a path,
    /// `*.jks` the end of a name, `/svn.simple/` a folder; `:env`, `:label` and `:history` are parts of an image's configuration. Empty:
    /// for all.
    pub files: &'static [&'static str],
    /// See `pattern.rs`.
    pub pattern: &'static str,
    /// What must hold besides.
    pub check: SecretCheck,
    /// Another pattern, which must match within some lines of the secret.
    pub beside: &'static str,
    /// The service's own documentation of the format.
    #[cfg(test)]
    pub source: &'static str,
    /// Texts in which it must find nothing.
    #[cfg(test)]
    pub silent: &'static [&'static str],
}

impl SecretRule {
    /// What most rules leave out.
    pub const NONE: SecretRule = SecretRule {
        code: "",
        service: "",
        access: "",
        revoke: "",
        keywords: &[],
        before: 0,
        files: &[],
        pattern: "",
        check: SecretCheck::Random,
        beside: "",
        #[cfg(test)]
        source: "",
        #[cfg(test)]
        silent: &[],
    };
}

/// Declares the rules of a family. Sources and silent examples are for tests only.
macro_rules! rules {
    ($({ $($field:ident: $value:expr,)* @source $source:expr; $(@silent $silent:expr;)? })*) => {
        #[allow(unused_imports)] // some families need no check but the first
        use crate::analysis::secrets::candidate::SecretCheck::*;
        use crate::analysis::secrets::rule::SecretRule;
        pub const RULES: &[SecretRule] = &[$(SecretRule {
            $($field: $value,)*
            #[cfg(test)]
            source: $source,
            $(#[cfg(test)] silent: &$silent,)?
            ..SecretRule::NONE
        },)*];
    };
}
pub(super) use rules;
