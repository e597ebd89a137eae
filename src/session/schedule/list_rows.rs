//! Rows of lists: made of what registries say, filtered, a part of them taken.

use crate::oci::{Descriptor, MAX_TYPE, Platform, Reference};
use crate::protocol::{
    ListNote, ListRows, ReferrerRow, RepositoryRow, SearchRow, TagDetails, TagRow,
};
use crate::registry::hub::{HubTag, HubTags, SearchHit, SearchResult};
use crate::registry::tags::TagList;
use crate::registry::version;
use crate::text::Shown;

/// As many of a list as are known.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownList {
    pub rows: ListRows,
    /// Rows in all, where the registry says so.
    pub total: Option<u64>,
    /// The next page; `None`: all are known.
    pub next_page: Option<u32>,
    pub notes: Vec<ListNote>,
}

impl KnownList {
    /// A list of which all is known.
    pub fn whole(rows: ListRows) -> KnownList {
        KnownList { rows, total: None, next_page: None, notes: Vec::new() }
    }

    /// Adds the next page.
    pub fn extend(&mut self, page: KnownList) {
        match (&mut self.rows, page.rows) {
            (ListRows::Tags(all), ListRows::Tags(more)) => all.extend(more),
            (ListRows::Referrers(all), ListRows::Referrers(more)) => all.extend(more),
            (ListRows::Search(all), ListRows::Search(more)) => all.extend(more),
            (ListRows::Repositories(all), ListRows::Repositories(more)) => all.extend(more),
            _ => {} // pages of one list are of one kind
        }
        self.next_page = page.next_page;
    }

    pub fn len(&self) -> usize {
        match &self.rows {
            ListRows::Tags(rows) => rows.len(),
            ListRows::Referrers(rows) => rows.len(),
            ListRows::Search(rows) => rows.len(),
            ListRows::Repositories(rows) => rows.len(),
            ListRows::Cache(_) => 1,
        }
    }
}

/// The first `count` rows that contain a text (case-insensitive), and how many do.
pub fn matching(rows: &ListRows, filter: &str, count: usize) -> (ListRows, u64) {
    let filter = filter.trim().to_lowercase();
    let holds = |texts: &[&str]| {
        filter.is_empty() || texts.iter().any(|text| text.to_lowercase().contains(&filter))
    };
    match rows {
        ListRows::Tags(rows) => {
            let (rows, total) = part(rows, count, |row| {
                let details = row.details.as_ref();
                let digest = details.and_then(|details| details.digest.as_deref());
                let mut texts = vec![row.tag.as_str(), digest.unwrap_or_default()];
                texts.extend(details.iter().flat_map(|d| &d.platforms).map(Shown::as_str));
                holds(&texts)
            });
            (ListRows::Tags(rows), total)
        }
        ListRows::Referrers(rows) => {
            let (rows, total) =
                part(rows, count, |row| holds(&[row.artifact_type.as_str(), &row.digest]));
            (ListRows::Referrers(rows), total)
        }
        ListRows::Search(rows) => {
            let (rows, total) =
                part(rows, count, |row| holds(&[&row.name, row.description.as_str()]));
            (ListRows::Search(rows), total)
        }
        ListRows::Repositories(rows) => {
            let (rows, total) = part(rows, count, |row| holds(&[row.name.as_str()]));
            (ListRows::Repositories(rows), total)
        }
        ListRows::Cache(numbers) => (ListRows::Cache(*numbers), 1),
    }
}

fn part<T: Clone>(rows: &[T], count: usize, shown: impl Fn(&T) -> bool) -> (Vec<T>, u64) {
    let total = rows.iter().filter(|row| shown(row)).count() as u64;
    (rows.iter().filter(|row| shown(row)).take(count).cloned().collect(), total)
}

/// The tags of a repository as the registry itself lists them.
pub fn tags(list: &TagList, repository: &Reference, filter: &str) -> KnownList {
    let row = |tag: &&str| TagRow {
        tag: Shown::new(tag),
        reference: with_tag(repository, tag),
        details: None,
    };
    let rows = version::filter(&list.tags, filter).iter().map(row).collect();
    let invalid = list.passed_over as u64;
    let cut = list.cut.then_some(ListNote::Cut);
    let notes = cut.into_iter().chain((invalid > 0).then_some(ListNote::InvalidNames(invalid)));
    KnownList { notes: notes.collect(), ..KnownList::whole(ListRows::Tags(rows)) }
}

/// A page of tags as Docker Hub lists them.
pub fn hub_tags(page: &HubTags, number: u32, repository: &Reference) -> KnownList {
    let rows = page.tags.iter().map(|tag| hub_row(tag, repository)).collect();
    KnownList {
        rows: ListRows::Tags(rows),
        total: page.total,
        next_page: page.more.then_some(number + 1),
        notes: Vec::new(),
    }
}

fn hub_row(tag: &HubTag, repository: &Reference) -> TagRow {
    // What most people would download; each platform's size is in its image.
    let usual =
        Platform { os: "linux".into(), architecture: "amd64".into(), ..Platform::default() };
    let usual = tag.images.iter().find(|image| image.platform == usual);
    let digest = tag.digest.as_ref().or(tag.images.first().and_then(|image| image.digest.as_ref()));
    TagRow {
        tag: Shown::new(&tag.name),
        reference: with_tag(repository, &tag.name),
        details: Some(TagDetails {
            platforms: tag.images.iter().map(|i| Shown::new(i.platform.to_string())).collect(),
            compressed_size: usual.or(tag.images.first()).and_then(|image| image.size),
            updated: Shown::new(&tag.updated),
            digest: digest.map(ToString::to_string),
        }),
    }
}

/// A page of Docker Hub's search; a full one may have another behind it.
pub fn search(page: &SearchResult, number: u32, page_size: usize) -> KnownList {
    let row = |hit: &SearchHit| SearchRow {
        name: hit.name.clone(),
        description: Shown::new(&hit.description),
        stars: hit.stars,
        official: hit.official,
        pulls: Shown::new(&hit.pulls),
        badge: hit.badge,
    };
    let full = page.hits.len() == page_size && !page.old;
    KnownList {
        rows: ListRows::Search(page.hits.iter().map(row).collect()),
        total: page.total,
        next_page: full.then_some(number + 1),
        notes: page.old.then_some(ListNote::OldSearch).into_iter().collect(),
    }
}

/// The repositories of a registry.
pub fn repositories(names: &[String], registry: &str) -> KnownList {
    let row = |name: &String| RepositoryRow {
        repository: format!("{registry}/{name}"),
        name: Shown::new(name),
    };
    KnownList::whole(ListRows::Repositories(names.iter().map(row).collect()))
}

/// What refers to an image in a repository, which is named as references name it.
pub fn referrers(found: &[Descriptor], repository: &str) -> KnownList {
    let row = |descriptor: &Descriptor| {
        let kind = match &descriptor.artifact_type[..] {
            "" => &descriptor.media_type,
            artifact_type => artifact_type,
        };
        ReferrerRow {
            artifact_type: Shown::start_of(kind, MAX_TYPE),
            size: u64::try_from(descriptor.size).ok(),
            digest: descriptor.digest.to_string(),
            repository: repository.to_owned(),
        }
    };
    KnownList::whole(ListRows::Referrers(found.iter().map(row).collect()))
}

fn with_tag(repository: &Reference, tag: &str) -> String {
    repository.with_tag(tag).map_or_else(|_| String::new(), |reference| reference.familiar())
}

#[test]
fn the_type_of_a_referrer_is_told_in_part_if_it_is_longer_than_types_are() {
    let digest = crate::oci::Digest::of(b"x");
    let found = Descriptor { artifact_type: "a".repeat(1 << 20), ..Descriptor::of(digest) };
    let ListRows::Referrers(rows) = referrers(&[found], "a/b").rows else { panic!("other rows") };
    assert_eq!(rows[0].artifact_type.len(), MAX_TYPE + "…".len());
}
