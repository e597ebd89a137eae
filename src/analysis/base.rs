//! The base image: which one it is, and how many layers and steps are its own.
//!
//! - Sources: BuildKit's provenance; OCI image-spec, annotations.md (`org.opencontainers.image.base.*`), which
//!   builders write as annotations or as labels; layers of other images; published images, as deps.dev knows them.
//! - Nothing of that: a guess from the history. A build appends its steps to those of its base image, which usually
//!   end with the base image's own `CMD`; trivy makes the same guess. It fails if the base image sets no `CMD`, or
//!   the image was squashed.

use super::base_lookup::PublishedImages;
use super::dockerfile::provenance::StageBase;
use super::packages::Release;
use crate::archive::ImageSource;
use crate::oci::{HistoryEntry, RunConfig, readable};
use crate::vocabulary::{BaseSource, LayerOrigin, LayerPosition};
use serde::{Deserialize, Serialize};

/// What FROM names where there is no base image.
const SCRATCH: &str = "scratch";
const BASE_NAME: &str = "org.opencontainers.image.base.name";
const BASE_DIGEST: &str = "org.opencontainers.image.base.digest";

/// The base image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseImage {
    /// What tells.
    pub source: BaseSource,
    pub name: Option<String>,
    /// As claimed.
    pub digest: Option<String>,
    /// How many layers are the base image's.
    pub layers: Option<u32>,
}

/// Another image whose layers are the first ones of an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LowerImage {
    pub name: Option<String>,
    pub digest: Option<String>,
    pub layers: u32,
}

/// What tells beside the image itself.
#[derive(Clone, Debug, Default)]
pub struct BaseEvidence<'a> {
    /// What the build's provenance says.
    pub built: Option<&'a StageBase>,
    /// Another image of the session.
    pub lower: Option<LowerImage>,
    /// Published images of the first layers.
    pub published: Option<&'a PublishedImages>,
    /// The distribution of the final tree.
    pub release: Option<&'a Release>,
}

/// The base image by the first that tells.
pub fn base_image(
    image: &ImageSource,
    config: &RunConfig,
    evidence: BaseEvidence<'_>,
) -> Option<BaseImage> {
    let BaseEvidence { built, lower, published, release } = evidence;
    if let Some(StageBase { name, digest, layers }) = built {
        let (name, digest) = (Some(name.clone()), digest.clone());
        let base = BaseImage { source: BaseSource::Provenance, name, digest, layers: *layers };
        return Some(base).filter(|base| base.name.as_deref() != Some(SCRATCH));
    }
    let annotation = |key: &str| image.annotations.get(key).cloned();
    let label = |key: &str| {
        let found = config.labels.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.clone())
    };
    let named =
        named(BaseSource::Annotation, &annotation).or_else(|| named(BaseSource::Label, &label));
    let lower = || {
        let LowerImage { name, digest, layers } = lower?;
        Some(BaseImage { source: BaseSource::Prefix, name, digest, layers: Some(layers) })
    };
    let published = || {
        let PublishedImages { repositories, layers, .. } = published?;
        let (name, layers) = (repositories.first().cloned(), Some(*layers));
        Some(BaseImage { source: BaseSource::DepsDev, name, digest: None, layers })
    };
    let guessed = || {
        let layers = Some(base_layers(image.steps())?);
        Some(BaseImage { source: BaseSource::History, name: None, digest: None, layers })
    };
    let release = || {
        let name = Some(match release? {
            Release { id, .. } if id.is_empty() => return None,
            Release { id, version_id, .. } if version_id.is_empty() => id.clone(),
            Release { id, version_id, .. } => format!("{id}:{version_id}"),
        });
        Some(BaseImage { source: BaseSource::OsRelease, name, digest: None, layers: None })
    };
    named.or_else(lower).or_else(published).or_else(guessed).or_else(release)
}

/// The base image that annotations or labels name.
fn named(source: BaseSource, value: &dyn Fn(&str) -> Option<String>) -> Option<BaseImage> {
    let value = |key| value(key).filter(|text| !text.is_empty());
    let (name, digest) = (value(BASE_NAME), value(BASE_DIGEST));
    let told = name.is_some() || digest.is_some();
    (told && name.as_deref() != Some(SCRATCH)).then_some(BaseImage {
        source,
        name,
        digest,
        layers: None,
    })
}

impl BaseImage {
    /// What FROM names; `None`: only where it ends is known.
    pub fn reference(&self) -> Option<String> {
        // One of several published images is known by its layers; which one FROM named is not.
        let is_named = !self.source.is_guess() && self.source != BaseSource::DepsDev;
        let name = self.name.clone().filter(|_| is_named)?;
        Some(match &self.digest {
            Some(digest) => format!("{name}@{digest}"),
            None => name,
        })
    }
}

/// How many layers, from the first on, are the base image's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BaseLayers {
    pub count: u32,
    pub guessed: bool,
}

impl BaseLayers {
    pub fn origin(self, layer: LayerPosition) -> LayerOrigin {
        match (layer.0 < self.count, self.guessed) {
            (false, _) => LayerOrigin::Own,
            (true, false) => LayerOrigin::Base,
            (true, true) => LayerOrigin::GuessedBase,
        }
    }
}

/// The layers of the base image, where one is known: as what names it says, else as the history seems to; `None`: that
/// is not known.
pub fn layers_of_base(base: &BaseImage, history: &[HistoryEntry]) -> Option<BaseLayers> {
    match base.layers {
        Some(count) => Some(BaseLayers { count, guessed: base.source.is_guess() }),
        None => base_layers(history).map(|count| BaseLayers { count, guessed: true }),
    }
}

/// The number of layers that the base image seems to have; `None` if the history does not tell.
fn base_layers(history: &[HistoryEntry]) -> Option<u32> {
    let layers =
        history[..guessed_steps(history)?].iter().filter(|entry| !entry.empty_layer).count();
    u32::try_from(layers).ok().filter(|layers| *layers > 0)
}

/// The number of steps at the start that are the base image's, where it has so many layers; `None` for layers: both
/// are guessed.
pub fn base_steps(history: &[HistoryEntry], layers: Option<u32>) -> Option<usize> {
    let Some(layers) = layers else {
        return base_layers(history).and_then(|_| guessed_steps(history));
    };
    let is_layer = |(_, entry): &(usize, &HistoryEntry)| !entry.empty_layer;
    let mut made = history.iter().enumerate().filter(is_layer);
    let last = made.nth((layers as usize).checked_sub(1)?)?.0;
    let next = made.next().map_or(history.len(), |(at, _)| at);
    // Settings after its last layer, up to its own command; others are the image's own.
    let command = history[last..next].iter().rposition(is_command);
    Some(command.map_or(last + 1, |at| last + at + 1))
}

fn is_command(entry: &HistoryEntry) -> bool {
    let recorded = entry.created_by.as_deref().unwrap_or("");
    entry.empty_layer && readable(recorded).0 == "CMD"
}

/// Steps up to the last CMD that is followed by a layer.
fn guessed_steps(history: &[HistoryEntry]) -> Option<usize> {
    // Steps after the last layer are the image's own settings.
    let last_layer = history.iter().rposition(|entry| !entry.empty_layer)?;
    history[..last_layer].iter().rposition(is_command).map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(created_by: &str, empty_layer: bool) -> HistoryEntry {
        HistoryEntry {
            created_by: Some(created_by.to_owned()),
            empty_layer,
            ..HistoryEntry::default()
        }
    }

    #[test]
    fn the_base_image_ends_with_its_own_cmd() {
        let base = [
            entry("/bin/sh -c #(nop) ADD file:1 in / ", false),
            entry("/bin/sh -c #(nop)  CMD [\"bash\"]", true),
        ];
        let mut history = base.to_vec();
        assert_eq!(base_layers(&history), None, "no step was added");
        history.push(entry("RUN /bin/sh -c apt-get update # buildkit", false));
        history.push(entry("CMD [\"app\"]", true));
        assert_eq!(base_layers(&history), Some(1));
        assert_eq!((base_steps(&history, None), base_steps(&history, Some(1))), (Some(2), Some(2)));
        assert_eq!(base_steps(&history, Some(2)), Some(4), "its settings are its own");
        assert_eq!(base_steps(&history, Some(3)), None, "there are two layers");
        history.remove(1);
        assert_eq!(base_layers(&history), None, "the base image sets no CMD");
    }

    #[test]
    fn the_first_that_tells_names_the_base_image() {
        let steps = [
            entry("ADD x /", false),
            entry("CMD [\"sh\"]", true),
            entry("RUN make # buildkit", false),
        ];
        let mut image = ImageSource::default();
        image.config.history = steps.to_vec();
        let mut config = RunConfig::default();
        let release =
            Release { id: "debian".into(), version_id: "12".into(), ..Release::default() };
        let lower = LowerImage { name: Some("base:1".into()), digest: None, layers: 1 };
        let evidence = BaseEvidence::default();
        let of = |image: &ImageSource, config: &RunConfig, lower: Option<&LowerImage>| {
            let evidence =
                BaseEvidence { lower: lower.cloned(), release: Some(&release), ..evidence.clone() };
            let base = base_image(image, config, evidence).unwrap();
            (base.source, base.reference(), base.layers)
        };
        assert_eq!(of(&image, &config, None), (BaseSource::History, None, Some(1)));
        let published =
            PublishedImages { repositories: vec!["debian".into()], others: 0, layers: 1 };
        let found = BaseEvidence { published: Some(&published), ..BaseEvidence::default() };
        let found = base_image(&image, &config, found).unwrap();
        assert_eq!((found.source, found.layers), (BaseSource::DepsDev, Some(1)));
        assert_eq!(found.reference(), None, "which of several images FROM named is not known");
        let lower_base = base_image(
            &image,
            &config,
            BaseEvidence { lower: Some(lower.clone()), ..BaseEvidence::default() },
        );
        let known = lower_base.and_then(|base| layers_of_base(&base, &steps));
        let origins = [0, 1].map(|layer| known.unwrap().origin(LayerPosition(layer)));
        assert_eq!(origins, [LayerOrigin::Base, LayerOrigin::Own], "shared layers are no guess");
        let prefix = (BaseSource::Prefix, Some("base:1".to_owned()), Some(1));
        assert_eq!(of(&image, &config, Some(&lower)), prefix);
        config.labels.push((BASE_NAME.into(), "debian:12".into()));
        let label = (BaseSource::Label, Some("debian:12".to_owned()), None);
        assert_eq!(of(&image, &config, Some(&lower)), label);
        let named = base_image(&image, &config, BaseEvidence::default()).unwrap();
        assert_eq!(
            layers_of_base(&named, &steps),
            Some(BaseLayers { count: 1, guessed: true }),
            "the label does not say, the history does"
        );
        image.annotations.insert(BASE_NAME.into(), "debian:12-slim".into());
        image.annotations.insert(BASE_DIGEST.into(), "sha256:a".into());
        assert_eq!(of(&image, &config, None).1.unwrap(), "debian:12-slim@sha256:a");
        let scratch = StageBase { name: "scratch".into(), digest: None, layers: None };
        let evidence = BaseEvidence { built: Some(&scratch), release: Some(&release), ..evidence };
        assert_eq!(base_image(&image, &config, evidence), None);
        image = ImageSource::default();
        let evidence = BaseEvidence { release: Some(&release), ..BaseEvidence::default() };
        let base = base_image(&image, &RunConfig::default(), evidence).unwrap();
        assert_eq!((base.source, base.name.as_deref()), (BaseSource::OsRelease, Some("debian:12")));
    }
}
