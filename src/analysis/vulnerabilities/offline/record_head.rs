//! The first look at a record: only its ID, date and package names are read.

use serde::Deserialize;
use std::borrow::Cow;

/// What decides whether a whole record is read.
#[derive(Deserialize)]
pub struct RecordHead<'a> {
    #[serde(borrow, default)]
    pub id: Cow<'a, str>,
    #[serde(borrow, default)]
    pub modified: Cow<'a, str>,
    #[serde(borrow, default)]
    affected: Vec<AffectedHead<'a>>,
}

#[derive(Deserialize)]
struct AffectedHead<'a> {
    #[serde(borrow)]
    package: Option<PackageHead<'a>>,
}

/// A package of the record.
#[derive(Deserialize)]
pub struct PackageHead<'a> {
    #[serde(borrow, default)]
    pub ecosystem: Cow<'a, str>,
    #[serde(borrow, default)]
    pub name: Cow<'a, str>,
}

impl<'a> RecordHead<'a> {
    /// The record's packages.
    pub fn packages(&self) -> impl Iterator<Item = &PackageHead<'a>> {
        self.affected.iter().filter_map(|affected| affected.package.as_ref())
    }
}
