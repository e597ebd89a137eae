//! How questions are declared: one line gives the struct, its place in the enum that travels, the type of
//! its answer, and the method that answers it.

use super::{Action, Order, Query};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A question and the type of its answer.
pub trait Ask: Into<Request> {
    /// The result, unless it fails.
    type Answer: Serialize + DeserializeOwned;
}

/// Any question, as it travels to the session worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    Query(Query),
    Action(Action),
    Order(Order),
}

/// Declares questions of one kind.
macro_rules! questions {
    (
        $kind:ident;
        $($(#[$doc:meta])* $name:ident {
            $($(#[$field_doc:meta])* $field:ident : $type:ty),* $(,)?
        } -> $answer:ty;)*
    ) => {
        $($(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type),* }

        impl crate::protocol::Ask for $name { type Answer = $answer; }

        impl From<$name> for crate::protocol::Request {
            fn from(question: $name) -> crate::protocol::Request {
                crate::protocol::Request::$kind($kind::$name(question))
            }
        })*

        /// Any question of this kind, as it travels.
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub enum $kind { $($(#[$doc])* $name($name)),* }
    };
}

/// The trait that answers the questions of one kind, and the dispatch to it: by `read` they get `&Session`,
/// by `change` they get `&mut Session`. Natively these are plain calls.
macro_rules! answers {
    (
        read $kind:ident, $trait:ident, $dispatch:ident;
        $($name:ident / $method:ident -> $answer:ty;)*
    ) => {
        /// What a session answers without changing.
        #[cfg(feature = "engine")]
        pub trait $trait {
            $(#[allow(missing_docs)]
            fn $method(&self, question: $name) -> Result<$answer, crate::problem::Problem>;)*
        }

        /// Answers any question of this kind: the bytes of `Result<Answer, Problem>`, by `to_wire`.
        #[cfg(feature = "engine")]
        pub fn $dispatch(session: &impl $trait, question: $kind) -> Vec<u8> {
            match question {
                $($kind::$name(question) => crate::protocol::to_wire(&session.$method(question))),*
            }
        }
    };
    (
        change $kind:ident, $trait:ident, $dispatch:ident;
        $($name:ident / $method:ident -> $answer:ty;)*
    ) => {
        /// What changes a session, and is answered at once.
        #[cfg(feature = "engine")]
        pub trait $trait {
            $(#[allow(missing_docs)]
            fn $method(&mut self, question: $name) -> Result<$answer, crate::problem::Problem>;)*
        }

        /// Answers any question of this kind: the bytes of `Result<Answer, Problem>`, by `to_wire`.
        #[cfg(feature = "engine")]
        pub fn $dispatch(session: &mut impl $trait, question: $kind) -> Vec<u8> {
            match question {
                $($kind::$name(question) => crate::protocol::to_wire(&session.$method(question))),*
            }
        }
    };
}

pub(super) use {answers, questions};
