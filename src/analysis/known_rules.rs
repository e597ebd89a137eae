//! Which rules of a list of accepted findings exist: kinds of secrets, and checks for risks.

use super::ignore::IgnoreList;
use super::risks::checks;
use super::secrets::secret_rules;

/// Rules that a list names and nothing has.
pub fn unknown_rules(list: &IgnoreList) -> impl Iterator<Item = &str> {
    let is_known = |code: &str| {
        checks().any(|check| check.code == code) || secret_rules().any(|rule| rule.code == code)
    };
    list.rules().filter(move |code| !is_known(code))
}

#[test]
fn kinds_of_secrets_and_checks_are_known() {
    let list = "rule:npm-token\nrule:root-user path:/a\nrule:npm-tokens\npath:/b";
    let list = IgnoreList::parse(list).unwrap();
    assert_eq!(unknown_rules(&list).collect::<Vec<_>>(), ["npm-tokens"]);
}
