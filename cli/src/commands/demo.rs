//! `stackseer demo`: what runs on AWS, over a simulated shop.

use super::console::live;
use super::replay::play;
use crate::args::{self, Global, Output};
use crate::config::Config;
use crate::progress::Progress;
use crate::render::{self, Page, Report, View, rule};
use crate::ticks::How;
use anyhow::{Context, Result, ensure};
use stackseer_catalog::Catalog;
use stackseer_incident::{IncidentSource, Range, refuse_occupied, write_folder};
use stackseer_line::metrics_of;
use stackseer_model::{Insight, InsightType, Timestamp};
use stackseer_testkit::simulator::{Simulated, Simulation, simulate};
use std::io::Write;

const WEEK_SECONDS: i64 = 7 * 24 * 3600;

pub async fn run(args: &args::Demo, global: &Global) -> Result<()> {
    let catalog = Catalog::builtin();
    let config = Config::read(args.settings.config.as_deref())?;
    if let Some(folder) = &args.record {
        refuse_occupied(folder)?;
    }
    let Simulated { mut incident, injected } = shop(args.seed, args.start, catalog).await?;
    if let Some(folder) = &args.record {
        write_folder(folder, &incident)?;
        global.note(format_args!("recorded in {}", folder.display()));
    }
    if args.console {
        let first = injected.iter().map(|injected| injected.from).min().context("something is to happen")?;
        return live::run(args, incident, first, catalog, &config).await;
    }
    let how = How { catalog, config: &config, repeats: args.again.repeats.into() };
    let (whole, day) = (incident.learn, incident.watch);
    let view = global.view(catalog, day.to);
    let say = |text: &str| -> Result<()> {
        if global.output == Output::Text {
            let mut page = Page::new(view.width);
            page.text(0, text);
            std::io::stdout().write_all(page.finish().as_bytes())?;
        }
        Ok(())
    };
    let name = &incident.application.name;
    let resources = incident.inventory.resources.len();
    say(&format!("A simulated {name}: {resources} resources on AWS, one point a minute. No account is used."))?;
    say("")?;
    say("Three ordinary weeks. One is learned from, and the next two are watched:")?;

    let week_end = Timestamp::from_second(whole.from.as_second() + WEEK_SECONDS)?;
    incident.learn.to = week_end;
    incident.watch = Range { from: week_end, to: whole.to };
    let is_reactive = |i: &Insight| i.insight_type() == InsightType::Reactive;
    let ordinary = play(&incident, how, global, &view, "", is_reactive).await?;
    match ordinary.insights.iter().filter(|i| is_reactive(i)).count() {
        0 => say("nothing opened.")?,
        opened => say(&format!("{opened} opened that should not have."))?,
    }
    say("")?;

    incident.learn = whole;
    incident.watch = day;
    let heading = "The next day something happens, and nobody says what. Times are UTC.";
    let mut report = play(&incident, how, global, &view, heading, |_| true).await?;
    // In the order of the day.
    report.insights.sort_by(|a, b| (a.open_time, &a.name).cmp(&(b.open_time, &b.name)));
    let picked = picked(args, &report)?;
    if global.output == Output::Json {
        if let Some(number) = picked {
            report.insights = vec![report.insights.swap_remove(number - 1)];
        }
        return report.print(global, &view);
    }
    tell(&report, picked, &view)
}

/// Three weeks and a day, of the metrics that are watched.
pub async fn shop(seed: u64, start: Option<Timestamp>, catalog: &Catalog) -> Result<Simulated> {
    let _progress = Progress::start("simulating three weeks and a day of a shop", 0);
    let usual = Simulation::default();
    let start = start.unwrap_or(usual.start);
    let mut shop = simulate(&Simulation { seed, start, ..usual });
    let incident = &mut shop.incident;
    let (catalogued, _) = metrics_of(&IncidentSource::new(incident), catalog, &incident.inventory).await?;
    incident.keep_described(&catalogued);
    Ok(shop)
}

/// The number of the one that was asked for.
fn picked(args: &args::Demo, report: &Report) -> Result<Option<usize>> {
    let Some(number) = args.insight else { return Ok(None) };
    let all = report.insights.len();
    ensure!(number.get() <= all, "--insight {number}: write a number from 1 to {all}");
    Ok(Some(number.get()))
}

fn tell(report: &Report, picked: Option<usize>, view: &View<'_>) -> Result<()> {
    let mut out = anstream::AutoStream::auto(std::io::stdout());
    let all = report.insights.len();
    for (number, insight) in (1..).zip(&report.insights).filter(|(n, _)| picked.is_none_or(|p| p == *n)) {
        writeln!(out, "\n{}", rule(view.width, &format!("insight {number} of {all}")))?;
        out.write_all(render::insight(insight, view).as_bytes())?;
    }
    writeln!(out, "\n{}", rule(view.width, ""))?;
    out.write_all(report.summary(view).as_bytes())?;
    Ok(out.flush()?)
}
