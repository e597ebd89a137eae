//! What the page asks for: layers, a pause, to go on.

use super::blob_download::DownloadStep;
use super::layer::{BlobState, DownloadedLayer, Urgency};
use super::layers::{Demand, DownloadMeans, DownloadMode, LayerDownloads};
use crate::problem::Problem;
use crate::protocol::DownloadRequest;
use crate::session::Session;
use crate::session::schedule::ids::FileNumber;
use crate::vocabulary::LayerNumber;

impl LayerDownloads {
    /// Does what the page asks for. True if layers that failed are tried again, so that the image must be
    /// read again.
    pub fn request(&mut self, request: DownloadRequest, means: &mut DownloadMeans<'_>) -> bool {
        use DownloadMode::{Idle, Paused, Running};
        let mut again = false;
        self.mode = match (request, self.mode) {
            (DownloadRequest::Needed, Idle) => Running(Demand::Tree),
            (DownloadRequest::Needed | DownloadRequest::Layer(_), mode) => mode,
            (DownloadRequest::All, Paused(_)) => Paused(Demand::All),
            (DownloadRequest::All, Idle | Running(_)) => Running(Demand::All),
            (DownloadRequest::Pause, Idle) => Paused(Demand::Tree),
            (DownloadRequest::Pause, Running(demand) | Paused(demand)) => Paused(demand),
            (DownloadRequest::Resume, Idle) => Running(Demand::Tree),
            (DownloadRequest::Resume, Running(demand) | Paused(demand)) => Running(demand),
        };
        match request {
            DownloadRequest::Needed => {}
            DownloadRequest::All => self.want_listed(),
            DownloadRequest::Layer(number) => {
                again = self.retry(|layer| layer.layers.contains(&number), means.session);
                self.want_layer(number);
            }
            DownloadRequest::Pause => self.pause(means),
            DownloadRequest::Resume => {
                self.resume();
                again = self.retry(|_| true, means.session);
            }
        }
        again
    }

    /// Asks for the blob that becomes this file, because the user looks at a file in it. An error if it
    /// is not available.
    pub fn look_into(&mut self, file: FileNumber) -> Result<(), Problem> {
        match self.layer_mut(file) {
            Some(DownloadedLayer { state: BlobState::Failed(problem), .. }) => Err(problem.clone()),
            Some(layer) => {
                layer.want(Urgency::LookedAt);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn want_listed(&mut self) {
        let listed = |layer: &&mut DownloadedLayer| matches!(layer.state, BlobState::Listed);
        self.layers.iter_mut().filter(listed).for_each(|layer| layer.want(Urgency::LookedAt));
    }

    fn want_layer(&mut self, number: LayerNumber) {
        let same = self.layers.iter_mut().filter(|layer| layer.layers.contains(&number));
        same.for_each(|layer| layer.want(Urgency::LookedAt));
    }

    fn retry(&mut self, which: impl Fn(&DownloadedLayer) -> bool, session: &mut Session) -> bool {
        let mut again = false;
        for layer in self.layers.iter_mut().filter(|layer| layer.is_failed() && which(layer)) {
            layer.state = BlobState::NotDownloaded;
            session.forget(layer.file.0);
            again = true;
        }
        again
    }

    fn pause(&mut self, means: &mut DownloadMeans<'_>) {
        let mut paused = Vec::new();
        for layer in &mut self.layers {
            let BlobState::Downloading(download) = &mut layer.state else { continue };
            if download.pause(means.network, means.out) == DownloadStep::Paused {
                paused.push(layer.file);
            }
        }
        for file in paused {
            self.take_step(file, DownloadStep::Paused, means.session);
        }
    }

    fn resume(&mut self) {
        for layer in &mut self.layers {
            if let BlobState::Downloading(download) = &mut layer.state {
                download.take_back_pause();
            }
            let state = std::mem::replace(&mut layer.state, BlobState::NotDownloaded);
            layer.state = match state {
                BlobState::Paused { urgency, started } => {
                    BlobState::Waiting { urgency, started: Some(started) }
                }
                other => other,
            };
        }
    }
}
