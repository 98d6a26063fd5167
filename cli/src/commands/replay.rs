//! `stackseer replay`: the line over an incident folder.

use crate::args::{self, Global, Output};
use crate::render::{self, ApplicationReport, Calls, Report, Window, journal};
use crate::ticks::{self, Change};
use anyhow::Result;
use stackseer_catalog::Catalog;
use stackseer_incident::{Incident, read_folder};
use stackseer_model::Insight;
use std::io::Write;

pub async fn run(args: &args::Replay, global: &Global) -> Result<()> {
    let catalog = super::catalog(&args.knowledge)?;
    let incident = read_folder(&args.folder)?;
    let report = play(&incident, &catalog, global, |_| true).await?;
    if global.output == Output::Text && !report.insights.is_empty() {
        writeln!(std::io::stdout())?;
    }
    report.print(global.output, incident.watch.to)
}

/// Tells each change of the insights `told` as it happens, unless the output is for programs.
pub async fn play(
    incident: &Incident,
    catalog: &Catalog,
    global: &Global,
    told: impl Fn(&Insight) -> bool,
) -> Result<Report> {
    global.note(format_args!(
        "{}: {} resources, {} series, learning {} to {}, watching to {}",
        incident.application.name,
        incident.inventory.resources.len(),
        incident.series.len(),
        incident.learn.from,
        incident.learn.to,
        incident.watch.to,
    ));
    let mut out = anstream::AutoStream::auto(std::io::stdout());
    let width = render::width();
    let text = global.output == Output::Text;
    let found = ticks::run(incident, catalog, |Change { now, insight, opened }| {
        if text && told(insight) {
            let line = if opened { journal::opened(insight, now, width) } else { journal::closed(insight, now, width) };
            out.write_all(line.as_bytes())?;
        }
        Ok(())
    })
    .await?;
    let mut report = Report {
        applications: vec![ApplicationReport {
            application: incident.application.clone(),
            window: Window { from: incident.watch.from, to: incident.watch.to },
            resources: incident.inventory.resources.clone(),
            metrics: found.metrics,
            metrics_watched: found.metrics,
            calls: Calls::default(),
        }],
        insights: found.insights,
        unseen: found.unseen,
        new: vec![],
    };
    report.sort();
    Ok(report)
}
