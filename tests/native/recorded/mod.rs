//! The registry protocol with responses that others have recorded: which requests, tokens, logins and pages
//! well-known registries need, and which problems their refusals become.
//!
//! Source: tests/recorded/README.md, with where each answer was published.

mod docker_hub;
mod github;
mod others;
mod replay;
