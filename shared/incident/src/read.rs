//! From a folder to an incident. Strict: what isn't understood is refused, so that a misspelt name is never silently nothing.

mod config;
mod events;
mod json;
mod metrics;
mod resources;
mod settings;
mod table;
mod times;
mod topology;

use crate::{CONFIG, EVENTS, FILES, INCIDENT, Incident, IncidentError, METRICS, Place, Problem, TOPOLOGY};
use resources::Resources;
use std::io;
use std::path::{Path, PathBuf};

pub fn read_folder(folder: &Path) -> Result<Incident, IncidentError> {
    refuse_unknown_files(folder)?;
    let text = required(folder.join(INCIDENT))?;
    let settings = settings::read(&text)?;
    let mut resources = Resources::default();
    if let Some(text) = optional(folder.join(CONFIG))? {
        config::read(&text, &mut resources)?;
    }
    let series = metrics::read(&folder.join(METRICS), settings.period(), &mut resources)?;
    settings.hold_to(&text, &series)?;
    let edges = match optional(folder.join(TOPOLOGY))? {
        Some(text) => topology::read(&text, &resources)?,
        None => vec![],
    };
    let events = match optional(folder.join(EVENTS))? {
        Some(text) => events::read(&text, &resources)?,
        None => vec![],
    };
    Ok(settings.into_incident(resources.into_list(), edges, series, events))
}

/// A small file held whole.
struct Text {
    path: PathBuf,
    text: String,
}

impl Text {
    fn error(&self, line: u64, field: Option<&str>, problem: Problem) -> IncidentError {
        invalid(&self.path, Some(line), field, problem)
    }

    /// 1-based line of a byte offset.
    fn line_at(&self, offset: usize) -> u64 {
        1 + self.text.bytes().take(offset).filter(|b| *b == b'\n').count() as u64
    }
}

fn invalid(file: &Path, line: Option<u64>, field: Option<&str>, problem: Problem) -> IncidentError {
    IncidentError::Invalid { at: Place { file: file.to_owned(), line, field: field.map(str::to_owned) }, problem }
}

fn optional(path: PathBuf) -> Result<Option<Text>, IncidentError> {
    match std::fs::read(&path) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(Text { path, text })),
            Err(error) => {
                let line =
                    1 + error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count();
                let message = "is not UTF-8 text; save the file as UTF-8".to_owned();
                Err(invalid(&path, Some(line as u64), None, Problem::Syntax { message }))
            }
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(IncidentError::Io { action: "read", path, source }),
    }
}

fn required(path: PathBuf) -> Result<Text, IncidentError> {
    optional(path.clone())?.ok_or_else(|| invalid(&path, None, None, Problem::MissingFile))
}

/// Hidden files are other programs' own and are let be.
fn refuse_unknown_files(folder: &Path) -> Result<(), IncidentError> {
    let fail = |source| IncidentError::Io { action: "read", path: folder.to_owned(), source };
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let name = entry.map_err(fail)?.file_name();
        let known = name.to_str().is_some_and(|name| name.starts_with('.') || FILES.contains(&name));
        if !known {
            return Err(invalid(&folder.join(name), None, None, Problem::UnknownFile));
        }
    }
    Ok(())
}

fn timestamp(text: &str) -> Result<stackseer_model::Timestamp, Problem> {
    let seconds = text.parse::<i64>().ok();
    let time = match seconds {
        Some(seconds) => stackseer_model::Timestamp::from_second(seconds).ok(),
        None => text.parse().ok(),
    };
    time.ok_or_else(|| Problem::NotATime { found: text.to_owned() })
}
