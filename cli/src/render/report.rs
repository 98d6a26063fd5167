//! What a run found, whole: for people, and for programs.

use super::View;
use super::page::{BOLD, DIM, Page, good, rule};
use super::watching::watching;
use super::words::counted;
use crate::args::Global;
use crate::args::Output;
use jiff::Timestamp;
use serde::Serialize;
use stackseer_catalog::{Expiry, NotSeen};
use stackseer_model::time::range;
use stackseer_model::{Application, Insight, InsightId, Resource, ResourceState, Status, Unseen, WatchingCounts};
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
    /// How many of them are watched; helpers, such as roles, are not counted.
    pub watching: WatchingCounts,
    /// Each of those, watched or not, and why not.
    pub states: Vec<ResourceState>,
    /// Metrics that are wanted; of these, those with enough history to tell what is normal.
    pub metrics: usize,
    pub metrics_with_history: usize,
    /// Those that the window was asked for; of these, those that had a point in it.
    pub metrics_watched: usize,
    pub metrics_with_points: usize,
    pub calls: Calls,
    /// What ends on a known day.
    pub expiries: Vec<Expiry>,
    /// What DevOps Guru read of these resources and is not seen here.
    pub not_seen_of_devops_guru: Vec<NotSeen>,
}

/// What was looked at, from (inclusive) and to (exclusive).
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Window {
    pub from: Timestamp,
    pub to: Timestamp,
}

/// `GetMetricData` calls, pages included, and the metrics they asked for, which is what AWS bills.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Calls {
    pub learn: u32,
    pub watch: u32,
    pub metrics_billed: usize,
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

    /// On stdout.
    pub fn print(mut self, global: &Global, view: &View<'_>) -> anyhow::Result<()> {
        let mut out = anstream::AutoStream::auto(std::io::stdout());
        match global.output {
            Output::Text => out.write_all(self.text(view).as_bytes())?,
            Output::Json => {
                if !global.series {
                    self.drop_series();
                }
                let mut out = std::io::BufWriter::new(std::io::stdout().lock());
                serde_json::to_writer_pretty(&mut out, &self)?;
                writeln!(out)?;
                out.flush()?;
            }
        }
        Ok(out.flush()?)
    }

    /// They are most of the bytes, and nothing of the story.
    fn drop_series(&mut self) {
        let anomalies = self.insights.iter_mut().flat_map(|i| &mut i.anomalies);
        anomalies.filter_map(|a| a.of_metric_mut()).for_each(|evidence| evidence.series.clear());
    }

    pub fn text(&self, view: &View<'_>) -> String {
        let mut page = Page::new(view.width);
        // First, as whoever reads only the beginning must not take silence for health.
        let blind: Vec<String> = self.applications.iter().filter_map(|a| a.blind(view.now)).collect();
        for blind in blind.iter().filter(|_| !self.insights.is_empty()) {
            page.styled(0, BOLD, blind);
            page.blank();
        }
        let mut text = page.finish();
        for insight in &self.insights {
            text += &super::insight(insight, view);
            text += &format!("\n{}\n", rule(view.width, ""));
        }
        text + &self.summary(view)
    }

    /// The end of the text alone.
    pub fn summary(&self, view: &View<'_>) -> String {
        let mut page = Page::new(view.width);
        for application in &self.applications {
            self.application(&mut page, application, view);
        }
        unseen(&mut page, &self.unseen);
        page.finish()
    }

    fn application(&self, page: &mut Page, report: &ApplicationReport, view: &View<'_>) {
        let own = || self.insights.iter().filter(|i| i.application.id == report.application.id);
        let of = |status: Status| own().filter(|i| i.status == status).count();
        let (ongoing, closed) = (of(Status::Ongoing), of(Status::Closed));
        let new = match own().filter(|i| self.new.contains(&i.id)).count() {
            0 => String::new(),
            new => format!(", {new} of them new"),
        };
        let found = match (ongoing, closed) {
            (0, 0) => "nothing is wrong".to_owned(),
            (0, closed) => format!("nothing is wrong now, {closed} closed{new}"),
            (ongoing, 0) => format!("{ongoing} ongoing{new}"),
            (ongoing, closed) => format!("{ongoing} ongoing, {closed} closed{new}"),
        };
        let blind = report.blind(view.now);
        let fine = ongoing == 0 && blind.is_none() && self.unseen.is_empty();
        let seen_only = if self.unseen.is_empty() { "" } else { ", as far as could be seen" };
        let line = match blind {
            Some(blind) if ongoing + closed == 0 => blind,
            Some(blind) => format!("{blind} Of what is known without: {ongoing} ongoing, {closed} closed{new}."),
            None => format!("{}: {found}{seen_only}.", report.application.name),
        };
        page.styled(0, if fine { good() } else { BOLD }, &line);
        report.looked(page, view);
    }
}

impl ApplicationReport {
    /// Why nothing can be said of its health, where nothing can.
    fn blind(&self, now: Timestamp) -> Option<String> {
        let name = &self.application.name;
        let resources = counted(self.watching.all(), "resource");
        let looked = range(self.window.from, self.window.to, now);
        Some(match () {
            () if self.watching.all() == 0 => format!("{name}: no resources found that could be watched."),
            () if self.metrics == 0 => {
                format!("{name}: nothing is watched: none of its {resources} has metrics. Its health is not known.")
            }
            () if self.metrics_with_points == 0 => {
                format!("{name}: nothing was read: no metric has a point from {looked}. Its health is not known.")
            }
            () if self.metrics_with_history == 0 => {
                format!(
                    "{name}: nothing was learned: no metric has enough history to tell what is normal. Its health is not known."
                )
            }
            () => return None,
        })
    }

    fn looked(&self, page: &mut Page, view: &View<'_>) {
        let looked = range(self.window.from, self.window.to, view.now);
        let (asked, all) = (self.metrics_watched, self.metrics);
        watching(page, &self.application.name, &self.states);
        not_seen(page, &self.not_seen_of_devops_guru);
        page.styled(2, DIM, &format!("{asked} of {all} metrics looked at from {looked}"));
        if self.metrics_with_points < asked {
            // Many metrics have points only when something happens: said, but no alarm.
            page.styled(2, DIM, &format!("{} of these had points", self.metrics_with_points));
        }
        if self.metrics_with_history < all {
            let young = all - self.metrics_with_history;
            page.styled(2, DIM, &format!("{} without enough history to tell what is normal", counted(young, "metric")));
        }
    }
}

/// For who comes from DevOps Guru, in one line.
fn not_seen(page: &mut Page, not_seen: &[NotSeen]) {
    let said: Vec<String> = not_seen.iter().map(|NotSeen { what, because }| format!("{what} ({because})")).collect();
    if !said.is_empty() {
        page.styled(2, DIM, &format!("Not seen of what DevOps Guru read: {}", said.join("; ")));
    }
}

/// One line per reason, so that a missing permission is told once and not per metric.
pub fn unseen(page: &mut Page, unseen: &[Unseen]) {
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
