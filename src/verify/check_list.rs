//! The checks of one document: each has exactly one result, and only all of them together make it valid.

use super::shape::ShapeError;
use crate::protocol::{
    CheckedSignature, LinkWord, SignatureCheck, SignatureCheckResult, SignatureFault, SignatureGap,
    SignatureOutcome, SignedTime, UsedRoot,
};
use crate::text::Shown;
use std::cmp::Reverse;

/// Characters of the library's words that are kept.
const MOST_DETAIL: usize = 300;

/// One result for each check. What was not reached is not checked.
#[derive(Clone, Debug)]
pub struct CheckList {
    /// In the order of `SignatureCheck::ALL`.
    checks: Vec<CheckedSignature>,
    /// Checks that have their result.
    settled: Vec<SignatureCheck>,
}

impl CheckList {
    pub fn new() -> CheckList {
        let unreached = |check: &SignatureCheck| CheckedSignature {
            check: *check,
            result: SignatureCheckResult::NotChecked(SignatureGap::EarlierCheck),
            detail: Shown::default(),
        };
        let checks = SignatureCheck::ALL.iter().map(unreached).collect();
        CheckList { checks, settled: Vec::new() }
    }

    /// The document cannot be read, so nothing else can be checked.
    pub fn refused(result: SignatureCheckResult, detail: impl ToString) -> CheckList {
        let mut list = CheckList::new();
        list.set(SignatureCheck::Form, result, detail);
        list
    }

    /// Its shape is not one that is read.
    pub fn of_shape(error: ShapeError) -> CheckList {
        let (result, words) = error.result();
        CheckList::refused(result, words)
    }

    pub fn holds(&mut self, check: SignatureCheck) {
        self.set(check, SignatureCheckResult::Holds, "");
    }

    pub fn fails(&mut self, check: SignatureCheck, fault: SignatureFault, detail: impl ToString) {
        self.set(check, SignatureCheckResult::Fails(fault), detail);
    }

    pub fn gap(&mut self, check: SignatureCheck, gap: SignatureGap, detail: impl ToString) {
        self.set(check, SignatureCheckResult::NotChecked(gap), detail);
    }

    /// Sets a result, unless the check has one: the first stays.
    pub fn set(
        &mut self,
        check: SignatureCheck,
        result: SignatureCheckResult,
        detail: impl ToString,
    ) {
        if self.is_settled(check) {
            return;
        }
        self.settled.push(check);
        if let Some(entry) = self.checks.iter_mut().find(|entry| entry.check == check) {
            entry.result = result;
            entry.detail = Shown::start_of(&detail.to_string(), MOST_DETAIL);
        }
    }

    pub fn is_settled(&self, check: SignatureCheck) -> bool {
        self.settled.contains(&check)
    }

    pub fn result(&self, check: SignatureCheck) -> SignatureCheckResult {
        let found = self.checks.iter().find(|entry| entry.check == check);
        found.map_or(SignatureCheckResult::NotChecked(SignatureGap::EarlierCheck), |e| e.result)
    }

    pub fn is_held(&self, check: SignatureCheck) -> bool {
        self.result(check) == SignatureCheckResult::Holds
    }

    /// Larger for the better result: fewer checks fail, more hold.
    pub fn rank(&self) -> (Reverse<usize>, usize) {
        let count = |is: fn(&SignatureCheckResult) -> bool| {
            self.checks.iter().filter(|entry| is(&entry.result)).count()
        };
        let fails = count(|result| matches!(result, SignatureCheckResult::Fails(_)));
        (Reverse(fails), count(|result| *result == SignatureCheckResult::Holds))
    }

    /// What the results amount to. `accepted`: the verifier accepted the document as a whole.
    pub fn outcome(&self, accepted: bool) -> SignatureOutcome {
        use SignatureCheckResult::{Fails, Holds, NotChecked};
        if self.checks.iter().any(|entry| matches!(entry.result, Fails(_))) {
            return SignatureOutcome::Invalid;
        }
        let is_enough = |entry: &CheckedSignature| match entry.result {
            Holds => true,
            NotChecked(gap) => gap.is_no_lack(),
            Fails(_) => false,
        };
        let always = [SignatureCheck::Form, SignatureCheck::Signature, SignatureCheck::Subject];
        let trusted = self.is_held(SignatureCheck::Chain)
            || self.result(SignatureCheck::Chain) == NotChecked(SignatureGap::NoCertificate);
        let all = self.checks.iter().all(is_enough) && always.iter().all(|c| self.is_held(*c));
        match accepted && trusted && all {
            true => SignatureOutcome::Valid,
            false => SignatureOutcome::Unchecked,
        }
    }

    pub fn into_checks(self) -> Vec<CheckedSignature> {
        self.checks
    }
}

/// What was found about a document, before it is made a verdict.
pub struct Found {
    pub checks: CheckList,
    /// The verifier accepted the document, without exceptions.
    pub accepted: bool,
    pub time: Option<SignedTime>,
    pub root: Option<UsedRoot>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use SignatureCheck::{Chain, Form, LogInclusion, Signature, Subject};

    fn all_hold() -> CheckList {
        let mut list = CheckList::new();
        SignatureCheck::ALL.iter().for_each(|check| list.holds(*check));
        list
    }

    fn with(check: SignatureCheck, result: SignatureCheckResult) -> SignatureOutcome {
        let mut list = CheckList::new();
        list.set(check, result, "");
        SignatureCheck::ALL.iter().for_each(|check| list.holds(*check));
        list.outcome(true)
    }

    #[test]
    fn valid_needs_every_check_and_the_verifier() {
        assert_eq!(all_hold().outcome(true), SignatureOutcome::Valid);
        assert_eq!(all_hold().outcome(false), SignatureOutcome::Unchecked);
        assert_eq!(CheckList::new().outcome(true), SignatureOutcome::Unchecked);
        for check in SignatureCheck::ALL {
            let fails = SignatureCheckResult::Fails(SignatureFault::Malformed);
            assert_eq!(with(*check, fails), SignatureOutcome::Invalid, "{check:?}");
            let gap = SignatureCheckResult::NotChecked(SignatureGap::EarlierCheck);
            assert_eq!(with(*check, gap), SignatureOutcome::Unchecked, "{check:?}");
        }
    }

    #[test]
    fn only_what_its_form_does_not_have_may_be_lacking() {
        let gap = SignatureCheckResult::NotChecked;
        assert_eq!(with(LogInclusion, gap(SignatureGap::NotInRoot)), SignatureOutcome::Valid);
        assert_eq!(with(Chain, gap(SignatureGap::NoCertificate)), SignatureOutcome::Valid);
        for check in [Form, Signature, Subject, Chain] {
            let outcome = with(check, gap(SignatureGap::NotThere));
            assert_eq!(outcome, SignatureOutcome::Unchecked, "{check:?}");
        }
    }
}
