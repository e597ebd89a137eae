//! The download of an image's layers: what views ask for, and which layers are on their way. "Not downloaded" is said
//! only of the others.

use super::loaded::Loaded;
use super::open_source::OpenSource;
use crate::protocol::{
    DownloadRequest, LayerPresence, LayerTable, OverviewFacts, PullState, Pulling,
};
use crate::vocabulary::LayerNumber;
use leptos::prelude::*;

/// What a view waits for that shows what is in layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayersWait {
    /// They are read.
    Reading,
    /// They are on their way.
    Downloading,
    /// The user has not agreed to their download, or paused it.
    ForUser,
}

impl OpenSource {
    /// A view needs the layers: they are downloaded, unless they are many bytes.
    pub fn need_layers(self) {
        let first =
            self.kept.try_update_value(|kept| !std::mem::replace(&mut kept.layers_needed, true));
        if first == Some(true) {
            self.download(DownloadRequest::Needed);
        }
    }

    /// What to do about layers that are not downloaded.
    pub fn download(self, request: DownloadRequest) {
        if matches!(request, DownloadRequest::All | DownloadRequest::Resume) {
            self.kept.update_value(|kept| kept.layers_needed = true);
        }
        if let Some(client) = self.client.get_untracked() {
            client.download(request);
        }
    }

    /// Nothing is in progress because the user has not agreed to a download, or no view needs the layers;
    /// tracked.
    pub fn waits_for_user(self, view_needs_layers: bool) -> bool {
        let idle = !view_needs_layers && !self.kept.with_value(|kept| kept.layers_needed);
        let pulling = self.pulling.read();
        pulling.as_ref().is_some_and(|p| p.needs_consent || (idle && p.missing > 0))
    }

    /// Layers that are not downloaded and on their way; tracked.
    pub fn coming_layers(self) -> Vec<LayerNumber> {
        let requested = self.kept.with_value(|kept| kept.layers_needed);
        let pulling = self.pulling.read();
        pulling.as_ref().map(|pulling| coming(pulling, requested)).unwrap_or_default()
    }

    /// What views wait for that need the layers; tracked.
    pub fn layers_wait(self) -> LayersWait {
        layers_wait(self.pulling.read().as_deref())
    }
}

/// All layers that are missing are downloaded, if somebody asked for them.
pub fn is_running(pulling: &Pulling) -> bool {
    pulling.missing > 0 && !pulling.paused && !pulling.needs_consent && pulling.outcome.is_none()
}

/// Layers that will be here without the user. `requested`: a view has asked for all of them.
fn coming(pulling: &Pulling, requested: bool) -> Vec<LayerNumber> {
    let all = requested && is_running(pulling);
    let rows = pulling.rows.iter().filter(|row| match row.state {
        PullState::NotDownloaded => all,
        PullState::Waiting => !pulling.paused,
        PullState::Downloading | PullState::Verifying | PullState::Indexing => true,
        PullState::Paused
        | PullState::Done
        | PullState::Cached
        | PullState::Listed
        | PullState::Failed => false,
    });
    rows.flat_map(|row| row.layers.iter().copied()).collect()
}

/// What views wait for that need the layers.
fn layers_wait(pulling: Option<&Pulling>) -> LayersWait {
    match pulling.filter(|pulling| pulling.missing > 0) {
        None => LayersWait::Reading,
        Some(pulling) if is_running(pulling) || !coming(pulling, true).is_empty() => {
            LayersWait::Downloading
        }
        Some(_) => LayersWait::ForUser,
    }
}

/// An answer in which layers that are on their way count as here and still to be read.
pub fn with_coming<T: Clone + Send + Sync + 'static>(
    answer: Signal<Loaded<T>>,
    coming: Memo<Vec<LayerNumber>>,
    change: fn(&mut T, &[LayerNumber]),
) -> Signal<Loaded<T>> {
    let changed = move |value: &T| {
        let mut value = value.clone();
        change(&mut value, &coming.read());
        value
    };
    let answer = move |_: Option<&Loaded<T>>| {
        let answer = answer.get();
        if coming.read().is_empty() { answer } else { answer.turn(changed) }
    };
    Memo::new_with_compare(answer, |_, _| true).into()
}

/// Of the layer table.
pub fn layers_coming(table: &mut LayerTable, coming: &[LayerNumber]) {
    for layer in table.rows.iter_mut().filter_map(|row| row.layer.as_mut()) {
        let is_absent =
            matches!(layer.presence, LayerPresence::NotDownloaded | LayerPresence::Listed);
        if is_absent && coming.contains(&layer.number) {
            layer.presence = LayerPresence::Unread;
        }
    }
}

/// Of the overview: their digests are still to be checked.
pub fn digests_coming(facts: &mut OverviewFacts, coming: &[LayerNumber]) {
    let digests = &mut facts.digests;
    let pending = digests.not_downloaded.extract_if(.., |layer| coming.contains(layer));
    digests.pending.extend(pending);
    digests.pending.sort();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::PullRow;

    fn row(number: u32, state: PullState) -> PullRow {
        PullRow {
            layers: LayerNumber::new(number).into_iter().collect(),
            digest: String::new(),
            size: 10,
            done: 0,
            bytes_per_second: 0,
            state,
            problem: None,
        }
    }

    fn numbers(pulling: &Pulling, requested: bool) -> Vec<u32> {
        coming(pulling, requested).into_iter().map(LayerNumber::get).collect()
    }

    #[test]
    fn layers_come_that_nobody_has_to_agree_to() {
        use PullState::*;
        let states = [NotDownloaded, Waiting, Downloading, Verifying, Indexing, Failed, Cached];
        let rows = (1..).zip(states).map(|(number, state)| row(number, state)).collect();
        let running = Pulling { rows, missing: 50, ..Pulling::default() };
        assert_eq!(numbers(&running, true), [1, 2, 3, 4, 5]);
        assert_eq!(numbers(&running, false), [2, 3, 4, 5], "no view has asked for the first");
        let asks = Pulling { needs_consent: true, ..running.clone() };
        assert_eq!(numbers(&asks, true), [2, 3, 4, 5], "those that were requested one by one");
        let paused = Pulling { paused: true, ..running };
        assert_eq!(numbers(&paused, true), [3, 4, 5]);
    }

    #[test]
    fn a_view_waits_for_the_user_only_while_nothing_goes_on() {
        let rows = vec![row(1, PullState::NotDownloaded)];
        let pulling = Pulling { rows, missing: 10, ..Pulling::default() };
        let wait = |pulling: Pulling| layers_wait(Some(&pulling));
        assert_eq!(layers_wait(None), LayersWait::Reading);
        assert_eq!(wait(Pulling { missing: 0, ..pulling.clone() }), LayersWait::Reading);
        assert_eq!(wait(pulling.clone()), LayersWait::Downloading);
        assert_eq!(wait(Pulling { paused: true, ..pulling.clone() }), LayersWait::ForUser);
        let asks = Pulling { needs_consent: true, ..pulling };
        assert_eq!(wait(asks.clone()), LayersWait::ForUser);
        let rows = vec![row(1, PullState::Downloading)];
        assert_eq!(wait(Pulling { rows, ..asks }), LayersWait::Downloading);
    }
}
