//! An answer of the engine, as far as it is known.

use crate::problem::Problem;
use std::sync::Arc;

/// An answer that is on its way, arrived, or failed.
#[derive(Debug)]
pub enum Loaded<T> {
    /// There is nothing to ask, or no session to answer yet.
    NotAsked,
    /// The first answer is on its way.
    Loading,
    /// The last answer. It stays while a newer one is on its way.
    Ready(Arc<T>),
    /// Why there is no answer.
    Failed(Problem),
}

// Not derived: an `Arc` is cloned whatever it holds.
impl<T> Clone for Loaded<T> {
    fn clone(&self) -> Loaded<T> {
        match self {
            Loaded::NotAsked => Loaded::NotAsked,
            Loaded::Loading => Loaded::Loading,
            Loaded::Ready(answer) => Loaded::Ready(answer.clone()),
            Loaded::Failed(problem) => Loaded::Failed(problem.clone()),
        }
    }
}

impl<T> Loaded<T> {
    /// An answer that has arrived.
    pub fn of(answer: T) -> Loaded<T> {
        Loaded::Ready(Arc::new(answer))
    }

    /// The answer, where it has arrived.
    pub fn ready(&self) -> Option<&Arc<T>> {
        match self {
            Loaded::Ready(answer) => Some(answer),
            _ => None,
        }
    }

    /// What is read of the answer, where it has arrived.
    pub fn map<R>(&self, read: impl FnOnce(&T) -> R) -> Option<R> {
        self.ready().map(|answer| read(answer))
    }

    /// The same with what is read of the answer.
    pub fn turn<R>(&self, read: impl FnOnce(&T) -> R) -> Loaded<R> {
        match self {
            Loaded::NotAsked => Loaded::NotAsked,
            Loaded::Loading => Loaded::Loading,
            Loaded::Ready(answer) => Loaded::of(read(answer)),
            Loaded::Failed(problem) => Loaded::Failed(problem.clone()),
        }
    }

    /// Why there is no answer. `None` also while a problem only says that the answer is still to come.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Loaded::Failed(problem) if !is_not_yet(problem) => Some(problem),
            _ => None,
        }
    }
}

impl<T> From<Result<T, Problem>> for Loaded<T> {
    fn from(answer: Result<T, Problem>) -> Loaded<T> {
        answer.map_or_else(Loaded::Failed, Loaded::of)
    }
}

/// The engine answers so while the layers that the answer needs are not read.
fn is_not_yet(problem: &Problem) -> bool {
    matches!(problem.code.as_ref(), "layers-not-read" | "tree-not-ready")
}
