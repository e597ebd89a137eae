//! Files that analyses see after the pass over their blob: large ones, and those with further names.

use super::{Blobs, MAX_ALL_NOTES};
use crate::codec::BlobPart;
use crate::layer::{self, NameNote};
use crate::problem::Problem;
use crate::session::jobs::NamedFile;
use std::collections::HashSet;

impl Blobs {
    /// Of this file parts are not enough.
    pub fn needs_whole(&mut self, part: &BlobPart, entry: u32) {
        let Some(blob) = self.blobs.get_mut(part) else { return };
        let notes = &mut blob.scan.notes;
        notes.in_parts.retain(|one| *one != entry);
        notes.large.push(entry);
    }

    /// Takes what was made of a file that was not held in the pass.
    pub fn looked(&mut self, part: &BlobPart, entry: u32, result: Result<Option<String>, Problem>) {
        let Some(blob) = self.blobs.get_mut(part) else { return };
        blob.scan.notes.large.retain(|large| *large != entry);
        blob.scan.notes.in_parts.retain(|one| *one != entry);
        match result {
            Ok(Some(text))
                if self.notes.saturating_add(layer::note_weight(&text)) > MAX_ALL_NOTES =>
            {
                blob.scan.notes.cut = true;
            }
            Ok(Some(text)) => {
                let before = blob.scan.notes.bytes();
                blob.scan.notes.add(entry, text);
                self.notes += blob.scan.notes.bytes() - before;
            }
            Ok(None) => {}
            Err(problem) => blob.warn(problem),
        }
    }

    /// Takes what was made of files under further names, as far as they could be read. The others count as
    /// files with nothing to note: they are not tried again.
    pub fn looked_at_names(
        &mut self,
        part: &BlobPart,
        files: &[NamedFile],
        mut notes: Vec<NameNote>,
        problem: Option<Problem>,
    ) {
        let Some(blob) = self.blobs.get_mut(part) else { return };
        let read: HashSet<u32> = notes.iter().map(|note| note.entry).collect();
        for NamedFile { entry, names, .. } in files.iter().filter(|one| !read.contains(&one.entry))
        {
            notes.extend(names.iter().map(|name| NameNote {
                entry: *entry,
                name: name.clone(),
                text: None,
            }));
        }
        let known = blob.scan.notes.names.iter().map(|note| (note.entry, note.name.clone()));
        let known: HashSet<_> = known.collect();
        notes.retain(|note| !known.contains(&(note.entry, note.name.clone())));
        for note in notes {
            let text = note.text.as_deref().map_or(0, layer::note_weight);
            let fits = self.notes.saturating_add(text) <= MAX_ALL_NOTES;
            blob.scan.notes.cut |= !fits;
            let before = blob.scan.notes.bytes();
            blob.scan.notes.add_name(if fits { note } else { NameNote { text: None, ..note } });
            self.notes += blob.scan.notes.bytes() - before;
        }
        problem.into_iter().for_each(|problem| blob.warn(problem));
    }
}
