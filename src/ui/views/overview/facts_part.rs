//! A part of the overview's facts as a signal of its own.

use crate::protocol::OverviewFacts;
use crate::ui::app::use_facts;
use leptos::prelude::*;

/// One value of the overview's facts; `None` while they are not known. Changes only with its own value.
pub(super) fn part_of<T>(
    read: impl Fn(&OverviewFacts) -> T + Send + Sync + 'static,
) -> Memo<Option<T>>
where
    T: PartialEq + Send + Sync + 'static,
{
    let overview = use_facts().overview;
    Memo::new(move |_| overview.read().map(&read))
}
