//! One file per command, and what they share.

mod console;
mod coverage;
mod demo;
mod detect;
mod doctor;
mod manual;
pub mod people;
mod replay;
mod scan;
mod tune;

use crate::args::{Account, Args, Command, Knowledge};
use crate::progress::Progress;
use anyhow::{Context, Result, anyhow, bail};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use stackseer_aws::Aws;
use stackseer_catalog::{Catalog, FOLDERS};
use std::path::{Path, PathBuf};

pub fn run(args: &Args) -> Result<()> {
    let global = &args.global;
    let line = async {
        match &args.command {
            Command::Scan(scan) => scan::run(scan, global).await,
            Command::Replay(replay) => replay::run(replay, global).await,
            Command::Tune(tune) => tune::run(tune, global).await,
            Command::Detect(detect) => detect::run(detect, global),
            Command::Demo(demo) => demo::run(demo, global).await,
            Command::Console(console) => console::run(console, global).await,
            Command::Completions(shell) => manual::completions(shell),
            Command::Man(into) => manual::man(into),
            Command::Person(person) => people::run(person, global).await,
            Command::Doctor(doctor) => doctor::run(doctor, global).await,
        }
    };
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(line)
}

async fn connect(account: &Account) -> Result<Aws> {
    let Account { profile, region, endpoint_url } = account.clone();
    let _progress = Progress::start("signing in to AWS", 0);
    Ok(stackseer_aws::connect(stackseer_aws::Options { profile, region, endpoint_url }).await?)
}

/// What is built in, and the user's own files.
fn catalog(knowledge: &Knowledge) -> Result<Catalog> {
    let read = |path: &PathBuf| {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).with_context(|| format!("can't read {name}"))?;
        Ok((name, text))
    };
    let paths = knowledge.catalog.iter().map(|path| files_of(path)).collect::<Result<Vec<_>>>()?;
    let files = paths.iter().flatten().map(read).collect::<Result<Vec<_>>>()?;
    Catalog::with_user_files(&files).map_err(|errors| {
        let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
        anyhow!("{}", told.join("\n"))
    })
}

/// A file itself; of a folder the files in its folders, which are called as the catalogue's own.
fn files_of(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for folder in FOLDERS.iter().map(|folder| path.join(folder)).filter(|folder| folder.is_dir()) {
        let entries = folder.read_dir().with_context(|| format!("can't read {}", folder.display()))?;
        let entries = entries.collect::<Result<Vec<_>, _>>()?.into_iter().map(|entry| entry.path());
        files.extend(entries.filter(|file| file.extension().is_some_and(|extension| extension == "toml")));
    }
    if files.is_empty() {
        bail!("{} has no .toml file in a folder called {}", path.display(), FOLDERS.join(", "));
    }
    files.sort();
    Ok(files)
}

/// RFC 3339, a date and time without zone (UTC), a date, or Unix seconds.
pub fn timestamp(text: &str) -> Option<Timestamp> {
    let utc = |time: DateTime| TimeZone::UTC.to_timestamp(time).ok();
    text.parse()
        .ok()
        .or_else(|| text.parse::<i64>().ok().and_then(|seconds| Timestamp::from_second(seconds).ok()))
        .or_else(|| text.parse::<DateTime>().ok().and_then(utc))
        .or_else(|| text.parse::<Date>().ok().and_then(|day| utc(day.to_datetime(jiff::civil::Time::midnight()))))
}

#[cfg(test)]
mod tests {
    use super::{files_of, timestamp};

    #[test]
    fn a_folder_s_files_are_those_in_the_catalogue_s_folders() {
        let folder = tempfile::tempdir().unwrap();
        let said = files_of(folder.path()).unwrap_err().to_string();
        assert!(said.contains("resources, ignored"), "{said}");
        for file in ["resources/till.toml", "metrics/till.toml", "metrics/notes.md", "other/till.toml"] {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let expected = ["metrics/till.toml", "resources/till.toml"].map(|file| folder.path().join(file));
        assert_eq!(files_of(folder.path()).unwrap(), expected);
        let file = folder.path().join("other/till.toml");
        assert_eq!(files_of(&file).unwrap(), [file]);
    }

    #[test]
    fn a_time_is_read_in_every_usual_form_and_zone() {
        let same = [
            "2026-11-22T14:30:00Z",
            "2026-11-22T15:30:00+01:00",
            "2026-11-22 14:30:00",
            "2026-11-22 14:30",
            "1795357800",
        ];
        for text in same {
            assert_eq!(timestamp(text).map(|t| t.to_string()).as_deref(), Some("2026-11-22T14:30:00Z"), "{text}");
        }
        assert_eq!(timestamp("2026-11-22").unwrap().to_string(), "2026-11-22T00:00:00Z");
        for text in ["", "yesterday", "2026-13-01", "14:30"] {
            assert_eq!(timestamp(text), None, "{text}");
        }
    }
}
