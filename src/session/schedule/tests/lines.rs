//! Commands as short lines, for logs that people read.

use super::super::{AddedFile, Beside, CacheKey, Command, WriteTarget};
use crate::layer::Contents;
use crate::protocol::{Event, from_wire};
use crate::session::jobs::{Job, Work};

/// A command as one line, without numbers that differ from run to run.
pub fn line(command: &Command) -> String {
    match command {
        Command::Tell(event) => format!("tell {}", event_line(event)),
        Command::Answer(answer) => {
            let result = from_wire::<Result<(), crate::problem::Problem>>(&answer.answer);
            let result = match result {
                Some(Err(problem)) => format!(" {}", problem.code),
                _ => String::new(),
            };
            let beside = match &answer.beside {
                Beside::Nothing => "",
                Beside::Bytes(_) => " with bytes",
                Beside::Content(_) => " with a content",
                Beside::File(_) => " with a file",
            };
            format!("answer {}{result}{beside}", answer.request.0)
        }
        Command::TellProgress { request, .. } => format!("progress of {}", request.0),
        Command::Log(problem) => format!("log {problem}"),
        Command::ReadSource { .. } => "read source".to_owned(),
        Command::ReadInspection { .. } => "read inspection".to_owned(),
        Command::AddFile { content: AddedFile::Bytes(_), .. } => "add bytes".to_owned(),
        Command::AddFile { .. } => "add offered file".to_owned(),
        Command::RemoveFile(_) => "remove file".to_owned(),
        Command::RunJob { job, .. } => format!("run {}", job_line(job)),
        Command::EndWorker(_) => "end worker".to_owned(),
        Command::OpenSpill { .. } => "open spill".to_owned(),
        Command::Verify { request, .. } => format!("verify {}", request.documents.len()),
        Command::RemoveSpill(_) => "remove spill".to_owned(),
        Command::Send { request, .. } => {
            let range = request.headers.iter().find(|(name, _)| *name == "range");
            let range = range.map(|(_, range)| format!(" {range}")).unwrap_or_default();
            format!("send {} {}{range}", request.method.name(), request.url)
        }
        Command::Abort(_) => "abort".to_owned(),
        Command::ReadCache { keys, .. } => {
            let keys: Vec<String> = keys.iter().map(key).collect();
            format!("read cache {}", keys.join(", "))
        }
        Command::WriteCache { key: name, .. } => format!("write cache {}", key(name)),
        Command::CountCache { .. } => "count cache".to_owned(),
        Command::ClearCache { .. } => "clear cache".to_owned(),
        Command::OpenBlob { .. } => "open blob".to_owned(),
        Command::BeginWrite { target: WriteTarget::Scratch, .. } => "begin scratch".to_owned(),
        Command::BeginWrite { .. } => "begin blob".to_owned(),
        Command::ReadWritten { offset, length, .. } => format!("read {length} from {offset}"),
        Command::Write { bytes, .. } => format!("write {}", bytes.len()),
        Command::Restart { .. } => "restart".to_owned(),
        Command::FinishWrite { keep, .. } => format!("finish, keep {keep}"),
        Command::EndWrite { keep, .. } => format!("end writing, keep {keep}"),
        Command::Yield { .. } => "yield".to_owned(),
        Command::Wake { at: Some(_) } => "wake".to_owned(),
        Command::Wake { at: None } => "do not wake".to_owned(),
    }
}

fn event_line(event: &Event) -> String {
    match event {
        Event::FetchingVerifier(_) => "fetching the verifier".to_owned(),
        Event::Progress(progress) => match progress.image {
            Some(image) => format!("progress {:?} of {image}", progress.stage),
            None => format!("progress {:?}", progress.stage),
        },
        Event::Opened { first, .. } => format!("opened, first {first}"),
        Event::LayerRead { image } => format!("layer read of {image}"),
        Event::TreeReady { image } => format!("tree of {image}"),
        Event::Changed { image } => format!("changed {image}"),
        Event::Ready { image } => format!("ready {image}"),
        Event::Cancelled { image } => format!("cancelled {image}"),
        Event::Idle => "idle".to_owned(),
        Event::Pulling(pulling) => {
            let states: Vec<_> =
                pulling.rows.iter().map(|row| format!("{:?}", row.state)).collect();
            format!("pulling {}", states.join(" "))
        }
        Event::UserMustAnswer(question) => format!("ask {question:?}"),
        Event::Failed(problem) => format!("failed {}", problem.code),
    }
}

/// A job as one line.
pub fn job_line(job: &Job) -> String {
    let kind = match &job.work {
        Work::Index { options, .. } if options.entries.is_some() => "range of",
        Work::Index { options, .. } if options.contents == Contents::Read => "full index",
        Work::Index { .. } => "index",
        Work::Check { .. } => "check",
        Work::Content(_) => "content",
        Work::Compare { .. } => "compare",
        Work::ContentDigest { .. } => "content digest",
        Work::RecordedDigest { .. } => "recorded digest",
        Work::Outline(_) => "outline",
        Work::Member { .. } => "member",
        Work::Look { .. } => "look",
        Work::Names { .. } => "names",
        Work::Search { .. } => "search",
        Work::SourceDigest { .. } => "source digest",
        Work::Attached { .. } => "attached document",
        Work::Advisories { .. } => "advisories",
        Work::Unpack { .. } => "unpack",
        Work::Extract(_) => "extract",
    };
    format!("{kind} {}", job.layer)
}

fn key(key: &CacheKey) -> String {
    match key {
        CacheKey::Document(_) => "document".to_owned(),
        CacheKey::LayerIndex(_) => "layer".to_owned(),
        CacheKey::Text(name) => name.clone(),
    }
}
