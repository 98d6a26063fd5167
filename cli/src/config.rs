//! `stackseer.toml`: sensitivities and mutes for runs on this machine, beside those that are kept.

mod rows;

use anyhow::{Context, Result, bail};
use rows::{CheckRow, Rows};
pub use rows::{MuteRow, SensitivityRow, Subject};
use stackseer_catalog::Catalog;
use stackseer_line::Learned;
use stackseer_model::{
    Application, CheckSetting, Judged, Mute, OwnSensitivity, Quiet, ResourceId, Sensitivity, Settings, Timestamp,
};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Where it is looked for, if no other file is named.
const USUAL: &str = "stackseer.toml";

/// What a file says. Without one it says nothing.
#[derive(Debug, Default)]
pub struct Config {
    file: PathBuf,
    rows: Rows,
}

impl Config {
    /// The file that is named, or the usual one where there is one.
    pub fn read(named: Option<&Path>) -> Result<Self> {
        let file = match named {
            Some(file) => file,
            None if Path::new(USUAL).is_file() => Path::new(USUAL),
            None => return Ok(Self::default()),
        };
        let text = std::fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))?;
        Self::parse(file, &text)
    }

    /// The same, which must be there.
    pub fn read_there(named: Option<&Path>) -> Result<Self> {
        Self::read(Some(named.unwrap_or(Path::new(USUAL))))
    }

    pub fn sensitivities(&self) -> &[SensitivityRow] {
        &self.rows.sensitivities
    }

    pub fn mutes(&self) -> &[MuteRow] {
        &self.rows.mutes
    }

    fn parse(file: &Path, text: &str) -> Result<Self> {
        match rows::parse(text) {
            Ok(rows) => Ok(Self { file: file.to_owned(), rows }),
            Err(wrong) => bail!("{}:{}: {}", file.display(), wrong.line, wrong.text),
        }
    }

    /// What holds of an application: what is kept, and where the file says something of the same, what the file says.
    pub fn over(&self, mut settings: Settings, application: &Application) -> Settings {
        let (scope, by) = (application.scope(), self.file.display().to_string());
        for row in &self.rows.sensitivities {
            let Some(of) = judged(&row.subject, application) else { continue };
            let own = OwnSensitivity::new(&scope, of, row.sensitivity, row.until, &by);
            settings.sensitivities.insert(own.id.clone(), own);
        }
        for row in &self.rows.mutes {
            let Some(what) = quiet(&row.subject, application) else { continue };
            let time = (row.from.unwrap_or(Timestamp::UNIX_EPOCH), row.until);
            let mute = Mute::new(&scope, what, &row.reason, time, row.window.clone(), &by);
            settings.mutes.insert(mute.id.clone(), mute);
        }
        settings.checks.extend(self.rows.checks.iter().filter_map(|row| check_setting(row, application, &by)));
        settings
    }

    /// The same without what it says of the whole application's sensitivity.
    pub fn without_the_application_s(&self, application: &Application) -> Self {
        let is_other = |row: &&SensitivityRow| !names(&row.subject, application);
        let sensitivities = self.rows.sensitivities.iter().filter(is_other).cloned().collect();
        Self { file: self.file.clone(), rows: Rows { sensitivities, ..self.rows.clone() } }
    }

    /// What it says of the whole application's sensitivity at a time.
    pub fn sensitivity_of(&self, application: &Application, now: Timestamp) -> Option<Sensitivity> {
        let held =
            |row: &&SensitivityRow| names(&row.subject, application) && row.until.is_none_or(|until| now < until);
        self.rows.sensitivities.iter().rfind(held).map(|row| row.sensitivity)
    }

    /// The lines of what is about something that there is in the application.
    pub fn used(&self, catalog: &Catalog, application: &Application, learned: &Learned) -> BTreeSet<usize> {
        let there = |subject: &Subject| match subject {
            Subject::Application(_) => names(subject, application),
            Subject::Resource(id) => learned.inventory.resources.iter().any(|r| r.id.as_str() == id),
            Subject::Metric(key) => learned.metrics.iter().any(|m| m.key.to_string() == *key),
            Subject::Check { id, resource } => {
                let here = |wanted: &String| learned.inventory.resources.iter().any(|r| r.id.as_str() == wanted);
                catalog.checks().iter().any(|check| check.id == *id) && resource.as_ref().is_none_or(here)
            }
        };
        self.subjects().filter(|(_, subject)| there(subject)).map(|(line, _)| line).collect()
    }

    /// Says on stderr what is about nothing that there is: a name may be misspelt.
    pub fn say_unused(&self, used: &BTreeSet<usize>) {
        for (line, subject) in self.subjects().filter(|(line, _)| !used.contains(line)) {
            let (kind, which) = subject.said();
            let hint = match subject {
                Subject::Resource(_) => "; write its id, as AWS::Lambda::Function/checkout",
                Subject::Metric(_) => "; write its key, as AWS/Lambda Errors Sum FunctionName=checkout",
                Subject::Application(_) | Subject::Check { .. } => "",
            };
            let file = self.file.display();
            anstream::eprintln!("{file}:{line}: there is no {kind} {which} in what was looked at{hint}");
        }
    }

    fn subjects(&self) -> impl Iterator<Item = (usize, &Subject)> {
        let sensitivities = self.rows.sensitivities.iter().map(|row| (row.line, &row.subject));
        sensitivities.chain(self.rows.mutes.iter().map(|row| (row.line, &row.subject)))
    }
}

/// Whether it is this application, by name or id.
fn names(subject: &Subject, application: &Application) -> bool {
    matches!(subject, Subject::Application(named) if *named == application.name || named == application.id.as_str())
}

/// None: it is about another application.
fn judged(subject: &Subject, application: &Application) -> Option<Judged> {
    Some(match subject {
        Subject::Application(_) if names(subject, application) => Judged::Application { id: application.id.clone() },
        Subject::Resource(id) => Judged::Resource { id: ResourceId(id.clone()) },
        Subject::Metric(key) => Judged::Metric { key: key.clone() },
        Subject::Application(_) | Subject::Check { .. } => return None,
    })
}

/// None: it is about another application.
fn check_setting(row: &CheckRow, application: &Application, by: &str) -> Option<CheckSetting> {
    let of = row.application.as_ref().map(|name| Subject::Application(name.clone()));
    if of.as_ref().is_some_and(|subject| !names(subject, application)) {
        return None;
    }
    let of = of.map(|_| application.id.clone());
    Some(CheckSetting {
        check: row.check.clone(),
        application: of,
        on: row.on,
        threshold: row.threshold,
        by: by.to_owned(),
    })
}

/// None: it is about another application.
fn quiet(subject: &Subject, application: &Application) -> Option<Quiet> {
    Some(match subject {
        Subject::Application(_) if names(subject, application) => Quiet::Application { id: application.id.clone() },
        Subject::Resource(id) => Quiet::Resource { id: ResourceId(id.clone()) },
        Subject::Metric(key) => Quiet::Metric { key: key.clone() },
        Subject::Check { id, resource } => Quiet::Check { id: id.clone(), resource: resource.clone().map(ResourceId) },
        Subject::Application(_) => return None,
    })
}

#[cfg(test)]
mod tests;
