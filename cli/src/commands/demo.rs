//! `stackseer demo`: the real line over a simulated shop.

use super::replay::play;
use crate::args::{self, Global, Output};
use crate::progress::Progress;
use crate::render;
use anyhow::Result;
use stackseer_catalog::Catalog;
use stackseer_incident::{IncidentSource, Range, write_folder};
use stackseer_line::metrics_of;
use stackseer_model::{Insight, InsightType, Timestamp};
use stackseer_testkit::simulator::{Simulation, simulate};
use std::io::Write;

/// The insights that DevOps Guru was known for, by their patterns and checks: told whole at the end.
const TOLD_WHOLE: [&str; 3] =
    ["lambda-duration-invocations", "dynamodb-writes-under-utilized", "dynamodb-point-in-time-recovery"];
const WEEK_SECONDS: i64 = 7 * 24 * 3600;

pub async fn run(args: &args::Demo, global: &Global) -> Result<()> {
    let catalog = Catalog::builtin();
    let progress = Progress::start("simulating three weeks and a day of a shop", 0);
    let usual = Simulation::default();
    let start = args.start.unwrap_or(usual.start);
    let mut incident = simulate(&Simulation { seed: args.seed, start, ..usual }).incident;
    let (catalogued, _) = metrics_of(&IncidentSource::new(&incident), catalog, &incident.inventory).await?;
    incident.keep_described(&catalogued);
    drop(progress);
    if let Some(folder) = &args.record {
        write_folder(folder, &incident)?;
        global.note(format_args!("recorded in {}", folder.display()));
    }
    let text = global.output == Output::Text;
    let mut out = anstream::AutoStream::auto(std::io::stdout());
    let whole = incident.learn;
    let day = incident.watch;
    let week_end = Timestamp::from_second(whole.from.as_second() + WEEK_SECONDS)?;
    if text {
        let name = &incident.application.name;
        let resources = incident.inventory.resources.len();
        writeln!(out, "A simulated {name}: {resources} resources on AWS, one point a minute. No account is used.\n")?;
        writeln!(out, "Three ordinary weeks. One is learned from, and the next two are watched:")?;
    }

    incident.learn.to = week_end;
    incident.watch = Range { from: week_end, to: whole.to };
    let is_reactive = |i: &Insight| i.insight_type() == InsightType::Reactive;
    let ordinary = play(&incident, catalog, global, is_reactive).await?;
    if text {
        match ordinary.insights.iter().filter(|i| is_reactive(i)).count() {
            0 => writeln!(out, "nothing opened.\n")?,
            opened => writeln!(out, "{opened} opened that should not have.\n")?,
        }
        writeln!(out, "The next day something happens. Nobody tells the line what:")?;
    }

    incident.learn = whole;
    incident.watch = day;
    let report = play(&incident, catalog, global, |_| true).await?;
    if !text {
        return report.print(global.output, day.to);
    }
    writeln!(out)?;
    let width = render::width();
    for name in TOLD_WHOLE {
        let of = |i: &&Insight| i.pattern() == Some(name);
        if let Some(insight) = report.insights.iter().find(of) {
            writeln!(out, "{}\n", "─".repeat(width))?;
            writeln!(out, "{}", render::insight(insight, day.to, width))?;
        }
    }
    report.print_summary()
}
