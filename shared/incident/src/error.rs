//! What is wrong with a folder: where, what, and how to mend it.

use std::fmt;
use std::io;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum IncidentError {
    #[error("{at}: {problem}")]
    Invalid { at: Place, problem: Problem },
    #[error("{}: cannot {action}: {source}", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
}

/// `shop/metrics.csv:12: value`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub file: PathBuf,
    pub line: Option<u64>,
    /// Column or key.
    pub field: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        match &self.field {
            Some(field) => write!(f, ": {field}"),
            None => Ok(()),
        }
    }
}

/// Each text ends with what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("is not there; an incident folder needs incident.toml and metrics.csv")]
    MissingFile,
    #[error("is not part of an incident folder; only {} may be in it", crate::FILES.join(", "))]
    UnknownFile,
    #[error("exists and is not an empty folder; name another one, or remove it")]
    NotEmpty,
    /// A reader's own words: TOML, JSON or CSV that doesn't parse, a key that isn't known.
    #[error("{message}")]
    Syntax { message: String },
    #[error("unknown key; allowed: {}", allowed.join(", "))]
    UnknownKey { allowed: Vec<&'static str> },
    #[error("is missing; write it as in docs/incident-folder.md")]
    MissingKey,
    #[error("the first line must be exactly `{}`", expected.join(","))]
    Header { expected: Vec<&'static str> },
    #[error("{found} fields where there must be {expected}; quote a field that holds a comma")]
    FieldCount { found: usize, expected: usize },
    #[error("is blank; remove it")]
    BlankLine,
    #[error("is empty; fill it in")]
    Empty,
    #[error("`{found}` is no time; write RFC 3339 with an offset (2026-01-31T09:00:00Z) or whole unix seconds")]
    NotATime { found: String },
    #[error("`{found}` is no number; write a decimal number, or leave it empty where there is no point")]
    NotANumber { found: String },
    #[error("`{found}` {why}; write name=value, several joined by `;`")]
    Dimensions { found: String, why: &'static str },
    #[error("`{found}` {why}")]
    Role { found: String, why: String },
    #[error("`{found}` is no kind of edge; write sync, async or part")]
    EdgeKind { found: String },
    #[error("has another value than on line {first_line}; one series, one resource, has one")]
    Contradiction { first_line: u64 },
    #[error("says what line {first_line} said; keep one of them")]
    Repeated { first_line: u64 },
    #[error("no resource is called `{name}`; name one of metrics.csv, or describe it in config.jsonl")]
    UnknownResource { name: String },
    #[error("several resources are called `{name}`; write the id of the one you mean: {}", ids.join(" or "))]
    AmbiguousResource { name: String, ids: Vec<String> },
    #[error("from must be before to")]
    EmptyRange,
    #[error("watch starts before learn ends, so that what is watched would be taken for normal; move one of them")]
    WatchWithinLearn,
    #[error("format {found} is not known; this version reads format {}", crate::FORMAT)]
    Format { found: i64 },
    #[error(
        "{apart} s after the point before it, which is less than the period of {period} s in incident.toml; write the data's own period there, or one point a period here"
    )]
    CloserThanPeriod { apart: i64, period: u32 },
    #[error("is {period}, but no two points of metrics.csv are nearer than {grain} s; write {grain}")]
    NotThePeriod { period: u32, grain: u32 },
    #[error("has a point every {in_learn} s in the learned range and every {in_watch} s in the watched one; bring both to {}", in_learn.max(in_watch))]
    TwoPeriods { in_learn: u32, in_watch: u32 },
    #[error("must be {wanted}; it is {found}")]
    OutOfRange { found: i64, wanted: &'static str },
    #[error(
        "the catalogue has no metric {metric} for {resource}: fill in its role (such as `latency`); or, if it is a metric the catalogue has, check namespace, statistic and dimensions, and the attributes in config.jsonl that its dimensions need"
    )]
    UnknownMetric { resource: String, metric: String },
}
