//! The file's rows as they are written, and what is wrong with them.

use serde::Deserialize;
use stackseer_model::{Sensitivity, Timestamp, Window};
use toml::Spanned;
use toml::value::Datetime;

/// As many as the API takes.
const MOST_SENSITIVITIES: usize = 500;
const MOST_MUTES: usize = 200;
const LONGEST_REASON: usize = 1000;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows {
    pub sensitivities: Vec<SensitivityRow>,
    pub mutes: Vec<MuteRow>,
    pub checks: Vec<CheckRow>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct CheckRow {
    pub line: usize,
    pub check: String,
    /// By name or id; none: in the whole account.
    pub application: Option<String>,
    pub on: Option<bool>,
    pub threshold: Option<f64>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct SensitivityRow {
    pub line: usize,
    pub subject: Subject,
    pub sensitivity: Sensitivity,
    pub until: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct MuteRow {
    pub line: usize,
    pub subject: Subject,
    pub reason: String,
    /// None: it was always so.
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub window: Option<Window>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// By name or id.
    Application(String),
    Resource(String),
    Metric(String),
    Check {
        id: String,
        /// None: of every resource.
        resource: Option<String>,
    },
}

impl Subject {
    /// What kind of thing it is, in one word, and which.
    pub fn said(&self) -> (&'static str, &str) {
        match self {
            Self::Application(name) => ("application", name),
            Self::Resource(id) => ("resource", id),
            Self::Metric(key) => ("metric", key),
            Self::Check { id, .. } => ("check", id),
        }
    }
}

/// What is wrong in which line.
#[derive(Debug, PartialEq, Eq)]
pub struct Wrong {
    pub line: usize,
    pub text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    sensitivity: Vec<Spanned<WrittenSensitivity>>,
    #[serde(default)]
    mute: Vec<Spanned<WrittenMute>>,
    #[serde(default)]
    check: Vec<Spanned<WrittenCheck>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCheck {
    check: String,
    application: Option<String>,
    on: Option<bool>,
    threshold: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSensitivity {
    application: Option<String>,
    resource: Option<String>,
    metric: Option<String>,
    sensitivity: Level,
    until: Option<Spanned<Datetime>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenMute {
    application: Option<String>,
    resource: Option<String>,
    metric: Option<String>,
    check: Option<String>,
    reason: Spanned<String>,
    from: Option<Spanned<Datetime>>,
    until: Option<Spanned<Datetime>>,
    window: Option<Spanned<WrittenWindow>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenWindow {
    cron: String,
    minutes: u32,
    #[serde(default = "utc")]
    time_zone: String,
}

fn utc() -> String {
    "UTC".to_owned()
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Low,
    Medium,
    High,
}

pub fn parse(text: &str) -> Result<Rows, Wrong> {
    let line_of = |offset: usize| text[..offset.min(text.len())].matches('\n').count() + 1;
    let wrong = |offset: usize, text: String| Wrong { line: line_of(offset), text };
    let written: Written = toml::from_str(text)
        .map_err(|error| wrong(error.span().map_or(0, |span| span.start), said(error.message())))?;
    if written.sensitivity.len() > MOST_SENSITIVITIES || written.mute.len() > MOST_MUTES {
        let most = format!("at most {MOST_SENSITIVITIES} [[sensitivity]] and {MOST_MUTES} [[mute]] can be");
        return Err(wrong(text.len(), most));
    }
    let told = |(offset, said)| wrong(offset, said);
    let sensitivities = written.sensitivity.into_iter().map(|row| sensitivity(line_of(row.span().start), row));
    let checks = written.check.into_iter().map(|row| check(line_of(row.span().start), row));
    let mutes = written.mute.into_iter().map(|row| mute(line_of(row.span().start), row));
    Ok(Rows {
        sensitivities: sensitivities.collect::<Result<_, _>>().map_err(told)?,
        mutes: mutes.collect::<Result<_, _>>().map_err(told)?,
        checks: checks.collect::<Result<_, _>>().map_err(told)?,
    })
}

/// What TOML says, and where that is not enough what to write.
fn said(message: &str) -> String {
    match message.contains("expected a TOML datetime") {
        true => format!("{message}: write it without quotes, as 2026-11-22T14:30:00Z"),
        false => message.to_owned(),
    }
}

/// Where, and what.
type At = (usize, String);

fn sensitivity(line: usize, row: Spanned<WrittenSensitivity>) -> Result<SensitivityRow, At> {
    let at = row.span().start;
    let WrittenSensitivity { application, resource, metric, sensitivity, until } = row.into_inner();
    let subject =
        one([application.map(Subject::Application), resource.map(Subject::Resource), metric.map(Subject::Metric)]);
    let subject = subject.ok_or_else(|| {
        (at, "a [[sensitivity]] is of exactly one: write `application`, `resource` or `metric`".to_owned())
    })?;
    let sensitivity = match sensitivity {
        Level::Low => Sensitivity::Low,
        Level::Medium => Sensitivity::Medium,
        Level::High => Sensitivity::High,
    };
    Ok(SensitivityRow { line, subject, sensitivity, until: until.map(time).transpose()? })
}

fn check(line: usize, row: Spanned<WrittenCheck>) -> Result<CheckRow, At> {
    let at = row.span().start;
    let WrittenCheck { check, application, on, threshold } = row.into_inner();
    if on.is_none() && threshold.is_none() {
        return Err((at, "a [[check]] sets something: write `on = true`, `on = false` or `threshold`".to_owned()));
    }
    if threshold.is_some_and(|threshold| !(threshold.is_finite() && threshold > 0.0)) {
        return Err((at, "`threshold` is a number above 0".to_owned()));
    }
    Ok(CheckRow { line, check, application, on, threshold })
}

fn mute(line: usize, row: Spanned<WrittenMute>) -> Result<MuteRow, At> {
    let at = row.span().start;
    let WrittenMute { application, resource, metric, check, reason, from, until, window } = row.into_inner();
    // Of a check it may be on one resource.
    let (resource, on) = if check.is_some() { (None, resource) } else { (resource, None) };
    let subject = one([
        application.map(Subject::Application),
        resource.map(Subject::Resource),
        metric.map(Subject::Metric),
        check.map(|id| Subject::Check { id, resource: on }),
    ]);
    let subject = subject.ok_or_else(|| {
        let one = "a [[mute]] is of exactly one: write `application`, `resource`, `metric` or `check`, or `check` on a `resource`";
        (at, one.to_owned())
    })?;
    let (reason_at, reason) = (reason.span().start, reason.into_inner());
    if reason.trim().is_empty() || reason.len() > LONGEST_REASON {
        return Err((reason_at, format!("`reason` says why in 1 to {LONGEST_REASON} characters")));
    }
    let until_at = until.as_ref().map_or(at, |until| until.span().start);
    let (from, until) = (from.map(time).transpose()?, until.map(time).transpose()?);
    if from.zip(until).is_some_and(|(from, until)| until <= from) {
        return Err((until_at, "a mute ends after it begins: `until` must be after `from`".to_owned()));
    }
    let window = window.map(|window| {
        let (at, WrittenWindow { cron, minutes, time_zone }) = (window.span().start, window.into_inner());
        Window::new(&cron, minutes, &time_zone).map_err(|error| (at, format!("`window`: {error}")))
    });
    Ok(MuteRow { line, subject, reason, from, until, window: window.transpose()? })
}

/// The only one that is there.
fn one<const N: usize>(given: [Option<Subject>; N]) -> Option<Subject> {
    let mut given = given.into_iter().flatten();
    given.next().filter(|_| given.next().is_none()).filter(|subject| !subject.said().1.is_empty())
}

/// A date is its midnight, and what has no offset is in UTC.
fn time(written: Spanned<Datetime>) -> Result<Timestamp, At> {
    let (at, text) = (written.span().start, written.into_inner().to_string());
    crate::commands::timestamp(&text)
        .ok_or_else(|| (at, format!("`{text}` is no time; write it as 2026-11-22T14:30:00Z")))
}
