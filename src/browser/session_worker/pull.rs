//! From a reference to an open session: its documents first, its layers later.
//!
//! - What is known of a layer from an earlier visit is taken in its place: then its blob comes only if a
//!   file in it is looked at.
//! - Where the registry gives no answer, what an earlier visit kept of the same reference is shown, and
//!   the page says so.

use super::rows::{Remote, Row};
use super::soci::Beside;
use super::{Opened, event, with_state};
use crate::browser::file_list::{self, FileList};
use crate::browser::{network, store};
use crate::oci::{Digest, Platform, Reference};
use crate::problem::Problem;
use crate::registry::platform::{self, Wish};
use crate::registry::pull::{Pull, Pulled};
use crate::session::pulled::Layout;
use crate::session::query::{Event, PullState};
use crate::session::{Files, Session};

/// What a pull was asked for.
pub(super) struct Asked {
    pub reference: String,
    pub platform: Option<String>,
    pub preferred: Option<String>,
}

/// Finds the image, and opens it.
pub(super) async fn pull(asked: Asked) {
    event(Event::Progress(Default::default()));
    if let Err(problem) = try_pull(asked).await {
        event(Event::Failed(problem));
    }
}

async fn try_pull(asked: Asked) -> Result<(), Problem> {
    let reference = Reference::parse(&asked.reference)?;
    let wish = match (&asked.platform, &asked.preferred) {
        (Some(platform), _) => {
            let exactly = platform::parse(platform);
            Wish::Exactly(exactly.ok_or_else(|| no_platform(platform))?)
        }
        (None, preferred) => {
            Wish::Preferably(preferred.as_deref().and_then(platform::parse).unwrap_or_else(amd64))
        }
    };
    let memory = format!("tag {}", reference.name());
    let memory = format!("{memory}:{}", reference.tag().unwrap_or_default());
    let (pulled, stale) = match network::run(Pull::new(reference.clone(), wish.clone())).await {
        Ok(pulled) => (pulled, None),
        Err(error) => {
            let no_answer = error.status.is_none_or(|status| status >= 500 || status == 429);
            let kept = if no_answer { kept(&reference, &memory, wish).await } else { None };
            (kept.ok_or_else(|| error.problem.clone())?, Some(error.problem))
        }
    };
    for (digest, bytes) in &pulled.documents {
        store::keep_document(digest, bytes).await;
    }
    if stale.is_none() && reference.digest().is_none() {
        store::keep_text(&memory, &pulled.digest.to_string()).await;
    }
    let beside = if stale.is_none() { Beside::of(&pulled) } else { Beside::nothing() };
    let mut layout = Layout::of(pulled, &reference);
    if network::is_proxied(reference.registry()) {
        layout.is_proxied();
    }
    if let Some(words) = network::limit(reference.registry()) {
        layout.has_limit(words);
    }
    if let Some(problem) = stale {
        layout.is_from_memory(from_memory(&problem));
    }
    open(reference, layout, beside).await
}

/// What an earlier visit kept of the reference, with nothing asked of the registry.
async fn kept(reference: &Reference, memory: &str, wish: Wish) -> Option<Pulled> {
    let digest = match reference.digest() {
        Some(digest) => digest.clone(),
        None => Digest::parse(&store::text(memory).await?)?,
    };
    store::document(&digest).await?; // else the registry would be asked once more
    let pinned = Reference::parse(&format!("{}@{digest}", reference.name())).ok()?;
    network::run(Pull::new(pinned, wish)).await.ok()
}

async fn open(reference: Reference, layout: Layout, beside: Beside) -> Result<(), Problem> {
    let mut files = FileList::absent(layout.list());
    for at in 0..layout.list().len() as u32 {
        if let Some(bytes) = layout.document(at) {
            files.set(at, &file_list::document(bytes)?);
        }
    }
    let mut session = Session::of_layout(&layout)?;
    let mut rows = Vec::new();
    for blob in &layout.blobs {
        let kept = store::index(&blob.descriptor.digest).await;
        let known = kept.is_some_and(|buffer| session.take_kept(blob.file, &buffer));
        let state = match (known, session.is_listed(blob.file)) {
            (_, true) => PullState::Listed,
            (true, _) => PullState::Here,
            (false, _) => PullState::Waiting,
        };
        rows.push(Row::new(blob.file, blob.descriptor.clone(), state));
    }
    let remote = Remote::new(&reference, layout.reference(), rows, beside);
    with_state(|state| {
        state.opened = Some(Opened { files, session });
        state.remote = Some(remote);
        state.tell_pull(true);
        state.begin();
        state.go_on();
    });
    Ok(())
}

fn amd64() -> Platform {
    Platform { os: "linux".to_owned(), architecture: "amd64".to_owned(), ..Platform::default() }
}

fn no_platform(found: &str) -> Problem {
    Problem::new("platform-name", "The link names a platform that is none.")
        .expected("a system and an architecture, as linux/arm64")
        .found(crate::text::show(found.as_bytes()))
}

fn from_memory(problem: &Problem) -> Problem {
    Problem::new(
        "registry-memory",
        "The registry gave no answer: this is what an earlier visit kept.",
    )
    .found(problem.message.clone())
    .advice("The tag may name another image by now.")
}
