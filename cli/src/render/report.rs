//! What a run found, whole: for people, and for programs.

use super::page::{BOLD, DIM, Page, good};
use super::time::clock;
use crate::args::Output;
use jiff::Timestamp;
use serde::Serialize;
use stackseer_model::{Application, Insight, InsightId, Resource, Status, Unseen};
use std::io::Write;

/// The JSON of `scan` and `replay`.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    pub applications: Vec<ApplicationReport>,
    pub insights: Vec<Insight>,
    /// Those that the last scan did not know yet.
    pub new: Vec<InsightId>,
    /// What could not be read. Never to be taken for healthy.
    pub unseen: Vec<Unseen>,
}

#[derive(Debug, Serialize)]
pub struct ApplicationReport {
    #[serde(flatten)]
    pub application: Application,
    pub window: Window,
    pub resources: Vec<Resource>,
    /// Metrics that were learned, and that the watch window was asked for.
    pub metrics: usize,
    pub metrics_watched: usize,
    pub calls: Calls,
}

/// What was looked at, from (inclusive) and to (exclusive).
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Window {
    pub from: Timestamp,
    pub to: Timestamp,
}

/// `GetMetricData` calls, pages included.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Calls {
    pub learn: u32,
    pub watch: u32,
}

impl Report {
    pub fn add(&mut self, other: Self) {
        self.applications.extend(other.applications);
        self.insights.extend(other.insights);
        self.new.extend(other.new);
        self.unseen.extend(other.unseen);
    }

    /// The worst first: ongoing before closed, then by severity, then the latest.
    pub fn sort(&mut self) {
        let rank = |i: &Insight| (i.status, std::cmp::Reverse((i.severity, i.start_time)));
        self.insights.sort_by_key(rank);
        self.unseen.sort();
        self.unseen.dedup();
    }

    /// On stdout. `now`: for how long an insight has been ongoing.
    pub fn print(&self, output: Output, now: Timestamp) -> anyhow::Result<()> {
        let mut out = anstream::AutoStream::auto(std::io::stdout());
        match output {
            Output::Text => out.write_all(self.text(now, super::width()).as_bytes())?,
            Output::Json => {
                let mut out = std::io::BufWriter::new(std::io::stdout().lock());
                serde_json::to_writer_pretty(&mut out, self)?;
                writeln!(out)?;
                out.flush()?;
            }
        }
        out.flush()?;
        Ok(())
    }

    /// The end of the text alone.
    pub fn print_summary(&self) -> anyhow::Result<()> {
        let mut out = anstream::AutoStream::auto(std::io::stdout());
        out.write_all(self.summary(super::width()).as_bytes())?;
        Ok(out.flush()?)
    }

    pub(super) fn text(&self, now: Timestamp, width: usize) -> String {
        let mut text = String::new();
        for insight in &self.insights {
            text += &super::insight(insight, now, width);
            text += &format!("\n{DIM}{}{DIM:#}\n\n", "─".repeat(width));
        }
        text + &self.summary(width)
    }

    fn summary(&self, width: usize) -> String {
        let mut page = Page::new(width);
        for application in &self.applications {
            self.application(&mut page, application);
        }
        unseen(&mut page, &self.unseen);
        page.finish()
    }

    fn application(&self, page: &mut Page, report: &ApplicationReport) {
        let of = |status: Status| {
            self.insights.iter().filter(|i| i.application.id == report.application.id && i.status == status).count()
        };
        let (ongoing, closed) = (of(Status::Ongoing), of(Status::Closed));
        let new = self
            .insights
            .iter()
            .filter(|i| i.application.id == report.application.id && self.new.contains(&i.id))
            .count();
        let new = if new == 0 { String::new() } else { format!(", {new} of them new") };
        let found = match (ongoing, closed, report.resources.is_empty()) {
            (_, _, true) => "no resources found".to_owned(),
            (0, 0, _) => "nothing is wrong".to_owned(),
            (0, closed, _) => format!("nothing is wrong now, {closed} closed{new}"),
            (ongoing, 0, _) => format!("{ongoing} ongoing{new}"),
            (ongoing, closed, _) => format!("{ongoing} ongoing, {closed} closed{new}"),
        };
        let fine = ongoing == 0 && !report.resources.is_empty() && self.unseen.is_empty();
        let seen_only = if self.unseen.is_empty() { "" } else { ", as far as could be seen" };
        page.styled(0, if fine { good() } else { BOLD }, &format!("{}: {found}{seen_only}.", report.application.name));
        let window = report.window;
        page.styled(
            2,
            DIM,
            &format!(
                "{} resource{}, {} of {} metrics looked at from {} to {} UTC",
                report.resources.len(),
                if report.resources.len() == 1 { "" } else { "s" },
                report.metrics_watched,
                report.metrics,
                clock(window.from, window.to),
                clock(window.to, window.to),
            ),
        );
    }
}

/// One line per reason, so that a missing permission is told once and not per metric.
fn unseen(page: &mut Page, unseen: &[Unseen]) {
    if unseen.is_empty() {
        return;
    }
    page.heading("Not seen, so not known to be healthy");
    let mut rest: Vec<&Unseen> = unseen.iter().collect();
    while let Some(first) = rest.first().copied() {
        let (same, others): (Vec<&Unseen>, Vec<&Unseen>) =
            rest.into_iter().partition(|u| u.reason == first.reason && u.action == first.action);
        rest = others;
        let what = match same.len() {
            1 => first.what.clone(),
            n => format!("{} and {} more", first.what, n - 1),
        };
        page.text(2, &format!("{what}: {}", first.reason));
        if let Some(action) = &first.action {
            page.styled(4, DIM, &format!("needs {action}"));
        }
    }
}
