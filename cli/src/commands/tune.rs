//! `stackseer tune`: what would have opened at each sensitivity.

use super::coverage::applications;
use super::scan::DOLLARS_A_METRIC;
use crate::args::{self, Global, Output};
use crate::config::Config;
use crate::progress::Progress;
use crate::record::{About, Recorder};
use crate::render;
use crate::ticks::How;
use crate::tuning::{self, Tuning};
use anyhow::{Context, Result};
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
        let past = tuning::Past::learned(incident, args.days, how).await?;
        used.extend(past.used(&config));
        tunings.push(past.tuning(args.budget).await?);
        Ok(())
    };
    match &args.folder {
        Some(folder) => tune(&read_folder(folder)?).await?,
        None => {
            let aws = super::connect(&args.account).await?;
            let resources = aws.resources(&catalog);
            let (metrics, events) = (aws.metrics(&catalog), aws.events());
            let past = Past { metrics: &metrics, events: &events, catalog: &catalog, days: args.days, global };
            let now = Timestamp::now();
            for application in applications(&resources, &args.coverage, aws.region()).await? {
                let told = || format!("can't tune {}", application.name);
                let incident = past.read(&resources, &application, now).await.with_context(told)?;
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
struct Past<'a, M, E> {
    metrics: &'a M,
    events: &'a E,
    catalog: &'a Catalog,
    days: u32,
    global: &'a Global,
}

impl<M: MetricSource, E: EventSource> Past<'_, M, E> {
    /// The days that are judged and two weeks before them.
    async fn read(
        &self,
        resources: &impl ResourceSource,
        application: &Application,
        now: Timestamp,
    ) -> Result<Incident> {
        let name = &application.name;
        let end = now.as_second().div_euclid(i64::from(PERIOD)) * i64::from(PERIOD);
        let to = Timestamp::from_second(end)?;
        let middle = Timestamp::from_second(end - i64::from(self.days) * DAY)?;
        let from = Timestamp::from_second(middle.as_second() - HISTORY_DAYS * DAY)?;

        let progress = Progress::start(&format!("{name}: finding resources"), 0);
        let inventory = resources.inventory(application).await?;
        let source = Recorder::new(self.metrics, self.events, true);
        let (wanted, _) = metrics_of(&source, self.catalog, &inventory).await?;
        let wanted: Vec<Metric> =
            wanted.into_iter().map(|metric| Metric { period: metric.period.max(PERIOD), ..metric }).collect();
        drop(progress);

        let all_days = i64::from(self.days) + HISTORY_DAYS;
        let progress = Progress::start(&format!("{name}: reading {all_days} days"), wanted.len());
        let mut calls = 0;
        for (done, batch) in wanted.chunks(AT_ONCE).enumerate() {
            let batch: Vec<&Metric> = batch.iter().collect();
            calls += source.read(&batch, from, to).await?.calls;
            progress.set((done + 1) * AT_ONCE);
        }
        drop(progress);
        let progress = Progress::start(&format!("{name}: reading changes"), 0);
        // As with a look: metrics alone still tell that something was wrong.
        if let Err(error) = source.change_events(&inventory, middle, to).await {
            anstream::eprintln!("{name}: its changes can't be read, and without them some things open later: {error}");
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

#[cfg(test)]
mod tests {
    use super::*;
    use stackseer_incident::IncidentSource;
    use stackseer_testkit::simulator::{Planned, Simulation, Trouble, simulate};

    /// A shop of which AWS had kept points of five minutes.
    fn shop() -> Incident {
        let cut = Planned { trouble: Trouble::CapacityCut, start_minute: 12 * 60, minutes: 50 };
        let mut incident =
            simulate(&Simulation { ordinary_days: 16, troubles: vec![cut], ..Simulation::default() }).incident;
        for recorded in &mut incident.series {
            recorded.series.0.retain(|point| point.time.as_second() % i64::from(PERIOD) == 0);
        }
        incident
    }

    #[tokio::test]
    async fn two_weeks_and_the_days_are_read_in_points_of_five_minutes_each_metric_once() {
        let shop = shop();
        let source = IncidentSource::new(&shop);
        let global = Global { output: Output::Text, color: clap::ColorChoice::Auto, verbose: false, series: false };
        let past = Past { metrics: &source, events: &source, catalog: Catalog::builtin(), days: 2, global: &global };
        let end = shop.watch.to;
        let read = past.read(&source, &shop.application, end).await.unwrap();
        let days = |range: stackseer_incident::Range| (range.to.as_second() - range.from.as_second()) / DAY;
        assert_eq!((days(read.learn), days(read.watch), read.watch.to, read.period), (14, 2, end, PERIOD));
        assert!(
            !read.series.is_empty()
                && read.series.iter().all(|recorded| {
                    recorded.series.0.iter().all(|point| (read.learn.from..end).contains(&point.time))
                })
        );
        let within = |event: &&stackseer_model::ChangeEvent| event.time >= read.watch.from && event.time < end;
        assert_eq!(read.events.len(), shop.events.iter().filter(within).count());
        assert!(!read.events.is_empty());
    }
}
