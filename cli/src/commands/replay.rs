//! `stackseer replay`: the line over an incident folder.

use crate::args::{self, Global, Output};
use crate::config::Config;
use crate::render::{ApplicationReport, Calls, Report, View, Window, journal};
use crate::ticks::{self, Change, How};
use anyhow::Result;
use stackseer_incident::{Incident, read_folder};
use stackseer_model::Insight;
use std::io::Write;

pub async fn run(args: &args::Replay, global: &Global) -> Result<()> {
    let catalog = super::catalog(&args.knowledge)?;
    let config = Config::read(args.settings.config.as_deref())?;
    let incident = read_folder(&args.folder)?;
    let view = global.view(&catalog, incident.watch.to);
    let how = How { catalog: &catalog, config: &config, repeats: args.again.repeats.into() };
    let report = play(&incident, how, global, &view, "Times are UTC.", |_| true).await?;
    if global.output == Output::Text && !report.insights.is_empty() {
        writeln!(std::io::stdout())?;
    }
    report.print(global, &view)
}

/// Tells what happens to the insights `told` as it happens, after `heading`, unless the output is for programs.
pub async fn play(
    incident: &Incident,
    how: How<'_>,
    global: &Global,
    view: &View<'_>,
    heading: &str,
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
    let text = global.output == Output::Text;
    let mut heading = Some(heading);
    let found = ticks::run(incident, how, |Change { insight, transition }| {
        let line = if text && told(insight) { journal::told(insight, transition, view) } else { None };
        if let Some(line) = line {
            if let Some(heading) = heading.take() {
                writeln!(out, "{heading}")?;
            }
            out.write_all(line.as_bytes())?;
        }
        Ok(())
    })
    .await?;
    how.config.say_unused(&found.used);
    let mut report = Report {
        applications: vec![ApplicationReport {
            application: incident.application.clone(),
            window: Window { from: incident.watch.from, to: incident.watch.to },
            resources: incident.inventory.resources.clone(),
            expiries: how.catalog.expiries(&incident.inventory),
            not_seen_of_devops_guru: how.catalog.not_seen_of_devops_guru(&found.watching),
            watching: found.watching.iter().collect(),
            states: found.watching,
            metrics: found.metrics.len(),
            metrics_with_history: found.with_history,
            metrics_watched: found.metrics.len(),
            metrics_with_points: incident.with_points(incident.watch),
            calls: Calls::default(),
        }],
        insights: found.insights,
        unseen: found.unseen,
        new: vec![],
    };
    report.sort();
    Ok(report)
}
