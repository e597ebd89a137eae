//! Files of advisories that the user opens: each is read by a layer worker and matched with an image's
//! packages.

use super::clock::rfc3339;
use super::command::AddedFile;
use super::input::OfferedFile;
use super::pool::{OpenedAdvisories, Task};
use super::requested::RequestedJobs;
use super::shared::SharedParts;
use crate::problem::Problem;
use crate::protocol::{Event, RequestId};
use crate::session::jobs::{Job, JobResult};
use crate::vocabulary::ImagePosition;
use std::collections::BTreeMap;

/// JSON documents that are read each by itself. More of them are a folder's, and read as one file.
const MAX_APART: usize = 8;

/// Requests whose files are being read.
#[derive(Default)]
pub struct AdvisoryFiles {
    open: BTreeMap<RequestId, Unread>,
}

/// What is left of a request.
struct Unread {
    files: usize,
    /// The first thing that went wrong.
    problem: Option<Problem>,
}

impl AdvisoryFiles {
    /// Starts to read. `names` is as long as `offered`.
    pub fn request(
        &mut self,
        request: RequestId,
        image: ImagePosition,
        names: Vec<String>,
        offered: &[OfferedFile],
        jobs: &mut RequestedJobs,
        shared: &mut SharedParts,
    ) {
        let mut unread = Unread { files: 0, problem: None };
        for (name, files) in grouped(names, offered.len()) {
            let of_file = files.iter().filter_map(|at| offered.get(*at));
            let breaks = if files.len() > 1 { files.len() as u64 } else { 0 }; // one after each
            let size = of_file.clone().map(|file| file.size).fold(breaks, u64::saturating_add);
            let modified = of_file.map(|file| file.modified).max().unwrap_or_default();
            let number = shared.out.added_file();
            match advisories_job(shared, image, number.0, &name, size) {
                Ok(job) => {
                    shared.add_file(number, AddedFile::Offered { request, files });
                    let file = OpenedAdvisories { name, modified };
                    jobs.push(job, Task::Advisories { request, image, file });
                    unread.files += 1;
                }
                Err(problem) => {
                    unread.problem.get_or_insert(problem);
                }
            }
        }
        if unread.files > 0 {
            self.open.insert(request, unread);
        } else {
            let none = || Problem::new("advisories-unreadable", "No file was opened.");
            shared.out.refuse(request, unread.problem.unwrap_or_else(none));
        }
    }

    /// A file was read, well or not.
    pub fn take(
        &mut self,
        request: RequestId,
        image: ImagePosition,
        file: &OpenedAdvisories,
        result: Result<JobResult, Problem>,
        shared: &mut SharedParts,
    ) {
        let dated = rfc3339(file.modified);
        let taken = result.and_then(|result| {
            shared.session()?.take_advisories(image, &file.name, &dated, result)
        });
        shared.out.tell(Event::Changed { image });
        let Some(unread) = self.open.get_mut(&request) else { return };
        unread.files -= 1;
        if let Err(problem) = taken {
            unread.problem.get_or_insert(problem);
        }
        if unread.files == 0
            && let Some(unread) = self.open.remove(&request)
        {
            shared.out.answer(request, &unread.problem.map_or(Ok(()), Err));
        }
    }

    /// A request was cancelled.
    pub fn cancel(&mut self, request: RequestId) {
        self.open.remove(&request);
    }
}

fn advisories_job(
    shared: &mut SharedParts,
    image: ImagePosition,
    file: u32,
    name: &str,
    size: u64,
) -> Result<Job, Problem> {
    shared.session()?.advisories_job(image, file, name, size)
}

/// Names with the positions of their files: many JSON documents are one file.
fn grouped(names: Vec<String>, count: usize) -> Vec<(String, Vec<usize>)> {
    let is_json = |name: &str| name.to_ascii_lowercase().ends_with(".json");
    let named: Vec<(usize, String)> = names.into_iter().take(count).enumerate().collect();
    let (json, others): (Vec<_>, Vec<_>) = named.into_iter().partition(|(_, name)| is_json(name));
    let apart = |(at, name)| (name, vec![at]);
    if json.len() <= MAX_APART {
        let mut all: Vec<_> = json.into_iter().chain(others).collect();
        all.sort_by_key(|(at, _)| *at);
        return all.into_iter().map(apart).collect();
    }
    let name = format!("{} documents", json.len());
    let together = json.into_iter().map(|(at, _)| at).collect();
    others.into_iter().map(apart).chain([(name, together)]).collect()
}

#[test]
fn many_documents_are_read_as_one_file() {
    let names = |count: usize| (0..count).map(|at| format!("{at}.JSON")).collect::<Vec<_>>();
    let mut few = names(8);
    few.insert(1, "all.zip".to_owned());
    let apart: Vec<_> = grouped(few, 9).into_iter().map(|(_, files)| files).collect();
    assert_eq!(apart, (0..9).map(|at| vec![at]).collect::<Vec<_>>());
    let mut many = names(9);
    many.insert(1, "all.zip".to_owned());
    let joined = vec![0, 2, 3, 4, 5, 6, 7, 8, 9];
    let expected = vec![("all.zip".to_owned(), vec![1]), ("9 documents".to_owned(), joined)];
    assert_eq!(grouped(many, 10), expected);
}
