//! Messages over what is shown: what failed, or ended, without being the subject of the view.

use crate::problem::Problem;
use leptos::prelude::*;

/// A message that stays until the user dismisses it.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Names it in the list of messages.
    pub id: u32,
    /// What it is about, in one line.
    pub title: String,
    /// What went wrong; `None`: nothing.
    pub problem: Option<Problem>,
}

/// The messages, the newest last, and the text that screen readers announce.
#[derive(Clone, Copy)]
pub struct Notices {
    list: RwSignal<Vec<Notice>>,
    next: StoredValue<u32>,
    /// The next number when the view was last left.
    left_at: StoredValue<u32>,
    announcement: RwSignal<String>,
}

impl Notices {
    /// None.
    pub fn new() -> Notices {
        Notices {
            list: RwSignal::new(Vec::new()),
            next: StoredValue::new(0),
            left_at: StoredValue::new(0),
            announcement: RwSignal::new(String::new()),
        }
    }

    /// The messages; tracked.
    pub fn list(self) -> Vec<Notice> {
        self.list.get()
    }

    /// Shows that something failed.
    pub fn failed(self, title: impl Into<String>, problem: Problem) {
        self.push(title.into(), Some(problem));
    }

    /// Shows something that did not fail.
    pub fn say(self, title: impl Into<String>) {
        self.push(title.into(), None);
    }

    fn push(self, title: String, problem: Option<Problem>) {
        let id = self.next.try_update_value(|next| std::mem::replace(next, *next + 1));
        self.list.update(|list| {
            list.retain(|notice| (&notice.title, &notice.problem) != (&title, &problem));
            list.push(Notice { id: id.unwrap_or_default(), title, problem });
        });
    }

    /// Removes a message.
    pub fn dismiss(self, id: u32) {
        self.list.update(|list| list.retain(|notice| notice.id != id));
    }

    /// Another view is shown: what was said in those before and is no failure goes. What the change itself led to
    /// say stays until the next one.
    pub fn leave_view(self) {
        let next = self.next.get_value();
        let Some(said_before) = self.left_at.try_update_value(|at| std::mem::replace(at, next))
        else {
            return;
        };
        let goes = |notice: &Notice| notice.problem.is_none() && notice.id < said_before;
        if self.list.read_untracked().iter().any(goes) {
            self.list.update(|list| list.retain(|notice| !goes(notice)));
        }
    }

    /// Removes all.
    pub fn clear(self) {
        if !self.list.read_untracked().is_empty() {
            self.list.set(Vec::new());
        }
    }

    /// Has screen readers say a text, without showing it.
    pub fn announce(self, text: impl Into<String>) {
        let mut text = text.into();
        // The same text again is announced only if the document changes.
        if *self.announcement.read_untracked() == text {
            text.push('\u{a0}');
        }
        self.announcement.set(text);
    }

    /// What screen readers are to say; tracked.
    pub fn announcement(self) -> String {
        self.announcement.get()
    }
}

impl Default for Notices {
    fn default() -> Notices {
        Notices::new()
    }
}

/// The messages of the page, from the context.
pub fn use_notices() -> Notices {
    expect_context()
}

#[test]
fn what_is_no_failure_goes_once_its_view_is_left() {
    Owner::new().with(|| {
        let notices = Notices::new();
        let titles = || notices.list().into_iter().map(|notice| notice.title).collect::<Vec<_>>();
        notices.say("This is the overview");
        notices.leave_view(); // as the link is opened that led to it
        notices.failed("Not saved", Problem::new("download-failed", "It could not be saved."));
        assert_eq!(titles(), ["This is the overview", "Not saved"]);
        notices.leave_view();
        assert_eq!(titles(), ["Not saved"]);
    });
}

#[test]
fn a_message_is_shown_once_until_it_is_dismissed() {
    Owner::new().with(|| {
        let notices = Notices::new();
        notices.say("Saved");
        notices.failed("Saved", Problem::new("download-failed", "It could not be saved."));
        notices.say("Saved");
        let list = notices.list();
        assert_eq!(list.len(), 2);
        assert!(list[0].problem.is_some() && list[1].problem.is_none());
        notices.dismiss(list[0].id);
        assert_eq!(notices.list(), list[1..]);
        notices.announce("Copied");
        let first = notices.announcement();
        notices.announce("Copied");
        assert_ne!(notices.announcement(), first);
        assert_eq!(notices.announcement().trim_end_matches('\u{a0}'), "Copied");
    });
}
