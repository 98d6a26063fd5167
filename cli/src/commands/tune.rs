//! `stackseer tune`: what would have opened at each sensitivity.

use super::coverage::applications;
use super::scan::DOLLARS_A_METRIC;
use crate::args::{self, Global, Output};
use crate::config::Config;
use crate::progress::Progress;
use crate::record::{About, Recorder};
use crate::render;
use crate::ticks::How;
use crate::tuning::{Past, Tuning};
use anyhow::{Context, Result};
use stackseer_aws::Aws;
use stackseer_catalog::Catalog;
use stackseer_incident::{Incident, read_folder};
use stackseer_line::{HISTORY_DAYS, metrics_of};
use stackseer_model::ports::{EventSource, MetricSource, ResourceSource};
use stackseer_model::{Application, Metric, Timestamp};
use std::collections::BTreeSet;
use std::io::Write;

/// CloudWatch keeps points of a minute for 15 days, which is no time to learn from; those of five minutes for 63.
const PERIOD: u32 = 300;
/// So many metrics at once: five weeks of them are 8 MB.
const AT_ONCE: usize = 50;
const DAY: i64 = 24 * 3600;

pub async fn run(args: &args::Tune, global: &Global) -> Result<()> {
    let catalog = super::catalog(&args.knowledge)?;
    let config = Config::read(args.settings.config.as_deref())?;
    let how = How { catalog: &catalog, config: &config, repeats: args.again.repeats.into() };
    let (mut tunings, mut used) = (Vec::new(), BTreeSet::new());
    let mut tune = async |incident: &Incident| -> Result<()> {
        let past = Past::learned(incident, args.days, how).await?;
        used.extend(past.used(&config));
        tunings.push(past.tuning(args.budget).await?);
        Ok(())
    };
    match &args.folder {
        Some(folder) => tune(&read_folder(folder)?).await?,
        None => {
            let aws = super::connect(&args.account).await?;
            let resources = aws.resources(&catalog);
            let past = Reading { aws: &aws, catalog: &catalog, days: args.days, now: Timestamp::now(), global };
            for application in applications(&resources, &args.coverage, aws.region()).await? {
                let told = || format!("can't tune {}", application.name);
                let incident = past.read(&resources, &application).await.with_context(told)?;
                tune(&incident).await.with_context(told)?;
            }
        }
    }
    config.say_unused(&used);
    print(&tunings, global, &catalog)
}

fn print(tunings: &[Tuning], global: &Global, catalog: &Catalog) -> Result<()> {
    let mut out = anstream::AutoStream::auto(std::io::stdout());
    match global.output {
        Output::Json => {
            serde_json::to_writer_pretty(&mut out, tunings)?;
            writeln!(out)?;
        }
        Output::Text => {
            for (number, tuning) in tunings.iter().enumerate() {
                if number > 0 {
                    writeln!(out)?;
                }
                let view = global.view(catalog, tuning.to);
                out.write_all(render::tuning(tuning, &view).as_bytes())?;
            }
        }
    }
    Ok(out.flush()?)
}

/// What AWS still has of an application's past.
struct Reading<'a> {
    aws: &'a Aws,
    catalog: &'a Catalog,
    days: u32,
    now: Timestamp,
    global: &'a Global,
}

impl Reading<'_> {
    /// The days that are judged and two weeks before them.
    async fn read(&self, resources: &impl ResourceSource, application: &Application) -> Result<Incident> {
        let name = &application.name;
        let end = self.now.as_second().div_euclid(i64::from(PERIOD)) * i64::from(PERIOD);
        let to = Timestamp::from_second(end)?;
        let middle = Timestamp::from_second(end - i64::from(self.days) * DAY)?;
        let from = Timestamp::from_second(middle.as_second() - HISTORY_DAYS * DAY)?;

        let progress = Progress::start(&format!("{name}: finding resources"), 0);
        let inventory = resources.inventory(application).await?;
        let (metrics, events) = (self.aws.metrics(), self.aws.events());
        let source = Recorder::new(&metrics, &events, true);
        let (wanted, _) = metrics_of(&source, self.catalog, &inventory).await?;
        let wanted: Vec<Metric> =
            wanted.into_iter().map(|metric| Metric { period: metric.period.max(PERIOD), ..metric }).collect();
        drop(progress);

        let progress =
            Progress::start(&format!("{name}: reading {} days", self.days + HISTORY_DAYS as u32), wanted.len());
        let mut calls = 0;
        for (done, batch) in wanted.chunks(AT_ONCE).enumerate() {
            let batch: Vec<&Metric> = batch.iter().collect();
            calls += source.read(&batch, from, to).await?.calls;
            progress.set((done + 1) * AT_ONCE);
        }
        drop(progress);
        let progress = Progress::start(&format!("{name}: reading changes"), 0);
        // As far back as a look does: metrics alone still tell that something was wrong.
        if let Err(error) = source.change_events(&inventory, middle, to).await {
            anstream::eprintln!(
                "{name}: without the changes of that time, which make some things open sooner: {error}"
            );
        }
        drop(progress);
        self.global.note(format_args!(
            "{name}: {} metrics billed ({calls} GetMetricData calls), ${:.4} at $0.01 per 1,000",
            wanted.len(),
            wanted.len() as f64 * DOLLARS_A_METRIC,
        ));
        let about = About { application, inventory: &inventory, learn: (from, middle), watch: (middle, to) };
        source.incident(&about).context("nothing was recorded")
    }
}
